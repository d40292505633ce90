//! The aid crate from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test stops at the first surprise

mod matching;
mod support;
mod triage;
mod workflow;
