//! From evidence to a stated likelihood: exact, bounded, bit-for-bit repeatable, with no I/O.
pub mod input;
