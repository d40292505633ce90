//! The norms crate from outside: data, faults, logic, ledger, evaluation, vectors.
#![allow(clippy::unwrap_used)] // a test that cannot go on fails there

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
