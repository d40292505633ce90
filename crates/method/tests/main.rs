//! Tests of the method: worked cases, closed forms, symmetry, robustness and the bit pin.
// helpers outside #[test] functions may fail a test too
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod by_hand;
mod calibration;
mod changes;
mod closed_forms;
mod digest;
mod generate;
mod refusals;
mod results;
mod robust;
mod sensitivity;
mod shared_vectors;
mod support;
mod symmetry;
mod voi;
mod worked;
