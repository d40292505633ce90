//! The norms crate from outside: logic, verdicts and the loader.

mod corpus;
mod verdict;
