//! Exports of whole cases, made from verified bundles.

// A test stops at the first surprise, and says loudly what it skipped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout
)]

mod contested;
mod findings;
mod support;
