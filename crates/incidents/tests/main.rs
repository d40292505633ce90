//! Tests of the incident base.
// a test may say that it was skipped, and helpers outside #[test] functions may fail one
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

mod coding;
mod eurepoc;
mod filter;
mod published;
