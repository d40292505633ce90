//! The norms crate from outside: data, faults, logic, ledger, evaluation, vectors.
#![allow(clippy::unwrap_used)] // a test that cannot go on fails there

mod author;
mod corpus;
mod faults;
mod kappa;
mod ledger;
mod properties;
mod refusals;
mod states;
mod support;
mod vectors;
mod verdict;
