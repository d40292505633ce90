//! The tests of the crate.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may fail

mod body;
mod clock;
mod cosigning;
mod exhibits;
mod http;
mod lines;
mod mirror;
mod policy;
mod relay;
mod second_key;
mod standing;
mod support;
mod upload;
mod witness;
