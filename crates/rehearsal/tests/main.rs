//! Whole procedures, rehearsed in memory.

extern crate solferino_rehearsal as rehearsal;

mod cells;
mod corpus;
mod foreign;
mod malformed;
mod pages;
mod renaming;
mod samples;
mod support;
mod tamper;
mod threats;
mod vectors;
