//! Matching against an enumeration of every outcome, and what it promises.

mod brute;
mod exact;
mod explain;
mod generate;
mod promises;
mod starving;
