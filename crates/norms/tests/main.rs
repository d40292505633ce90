//! The norms crate from outside: data, faults, logic, ledger, evaluation, vectors.
// a test that cannot go on fails there, and a test of speed says what it measured
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod author;
mod contacts;
mod corpus;
mod faults;
mod kappa;
mod ledger;
mod properties;
mod refusals;
mod speed;
mod standing;
mod states;
mod support;
mod vectors;
mod verdict;
