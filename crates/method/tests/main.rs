//! Tests of the method: worked cases, closed forms, symmetry, robustness and the bit pin.

mod changes;
mod closed_forms;
mod digest;
mod generate;
mod refusals;
mod results;
mod robust;
mod shared_vectors;
mod support;
mod symmetry;
mod worked;
