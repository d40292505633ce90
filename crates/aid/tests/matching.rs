//! Matching against an enumeration of every outcome, and what it promises.

mod brute;
mod exact;
mod explain;
pub(crate) mod generate;
mod medium;
mod promises;
mod starving;
