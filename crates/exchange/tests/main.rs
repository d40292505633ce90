//! The exchange crate from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test stops at the first surprise

mod misp;
mod misp_hostile;
mod observable;
mod pattern;
mod stream;
mod vectors;
