//! The norms crate from outside: data, faults, logic, ledger, evaluation, vectors.

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
