//! Whole procedures, rehearsed in memory.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test stops at the first surprise
#![allow(clippy::print_stdout, clippy::print_stderr)] // and says what it skipped or measured

extern crate solferino_rehearsal as rehearsal;

mod aid;
mod auditing;
mod blinding;
mod cells;
mod claims;
mod corpus;
mod foreign;
mod independence;
mod index;
mod malformed;
mod overdue;
mod pages;
mod public;
mod renaming;
mod samples;
mod shapes;
mod support;
mod suppression;
mod tamper;
mod threats;
mod vectors;
