//! The tests of the crate.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may fail

mod body;
mod cosigning;
mod mirror;
mod policy;
mod support;
mod witness;
