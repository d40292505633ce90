//! The bundle verifier as a wasm32 module: alloc, verify, replay; JSON in and out.
