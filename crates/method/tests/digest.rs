//! The bit pin: one digest over the printed form of all seventeen evaluations.
//!
//! It must be the same on every machine, native or WebAssembly; the verifier runs the same cases
//! through its wasm build and compares with the same constants. A change here is a change of the
//! method: it needs a new version of docs/method.md and a note in the change log.

use crate::support::{all_stages, params};
use solferino_method::{evaluate, evaluate_as_given};

/// FNV-1a over the bytes of the JSON form of all evaluations with strands as given.
const AS_GIVEN: u64 = 0x04b0_853a_d00c_8481;
/// The same after merging.
const MERGED: u64 = 0x63b9_0502_0b59_fd27;

fn fnv1a(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |h, b| {
        (h ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[test]
fn all_evaluations_have_the_frozen_bits() {
    let mut as_given = 0xcbf2_9ce4_8422_2325;
    let mut merged = 0xcbf2_9ce4_8422_2325;
    for (_, case) in all_stages() {
        let result = evaluate_as_given(&case, &params()).unwrap();
        as_given = fnv1a(as_given, &serde_json::to_vec(&result).unwrap());
        let result = evaluate(&case, &params()).unwrap();
        merged = fnv1a(merged, &serde_json::to_vec(&result).unwrap());
    }
    assert_eq!(
        (as_given, merged),
        (AS_GIVEN, MERGED),
        "{as_given:#018x} {merged:#018x}"
    );
}
