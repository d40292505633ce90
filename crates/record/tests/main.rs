//! The parsers of log and record against inputs nobody meant well with.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test by unwrapping"
)]
#![allow(clippy::print_stdout, reason = "a test says how much it tried")]

extern crate solferino_record as record;

mod fuzz;
mod seeds;
#[allow(unreachable_pub, reason = "the fuzzer's own crate exports them")]
#[path = "../../../fuzz/src/targets.rs"]
mod targets;
