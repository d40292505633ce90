//! The exchange crate from outside.
// A test stops at the first surprise, and says loudly what it skipped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout
)]

extern crate solferino_exchange as exchange;

#[allow(unreachable_pub, reason = "the fuzzer's own crate exports them")]
#[path = "../../../fuzz/src/formats.rs"]
mod formats;
mod fuzz;
mod misp;
mod misp_hostile;
mod observable;
mod own;
mod pattern;
#[allow(unreachable_pub, reason = "the fuzzer's own crate exports them")]
#[path = "../../../fuzz/src/replay.rs"]
mod replay;
mod stix;
mod stream;
mod vectors;
