//! Whole procedures, rehearsed in memory.

extern crate solferino_rehearsal as rehearsal;

mod corpus;
mod support;
