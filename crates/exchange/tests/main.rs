//! The exchange crate from outside.
// A test stops at the first surprise, and says loudly what it skipped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout
)]

mod misp;
mod misp_hostile;
mod observable;
mod pattern;
mod stix;
mod stream;
mod vectors;
