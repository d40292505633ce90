//! The parsers of log and record against inputs nobody meant well with.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test by unwrapping"
)]
#![allow(
    clippy::print_stdout,
    clippy::panic,
    reason = "a test says how much it tried, and which input broke it"
)]

extern crate solferino_record as record;

mod fuzz;
#[allow(unreachable_pub, reason = "the fuzzer's own crate exports them")]
#[path = "../../../fuzz/src/replay.rs"]
mod replay;
mod seeds;
#[allow(unreachable_pub, reason = "the fuzzer's own crate exports them")]
#[path = "../../../fuzz/src/targets.rs"]
mod targets;
