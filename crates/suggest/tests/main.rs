//! Suggestions from data: formats, properties, and the figures on the shared benchmark file where it is at hand.

// A test stops at the first surprise, and says what it skipped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

mod format;
mod properties;
mod protocol;
mod shared;
mod support;
mod weights;
