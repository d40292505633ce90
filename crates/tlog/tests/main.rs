//! Tests of the log formats and proofs, one module for each.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test by unwrapping"
)]

mod bundle;
mod checkpoint;
mod cose;
mod cosign;
mod every_size;
mod evidence;
mod golden;
mod key;
mod merkle;
mod mirror_body;
mod note;
mod policy;
mod proof_file;
mod properties;
mod subtree;
mod support;
mod tile;
mod vectors_merkle;
mod vectors_signatures;
mod witness_body;
