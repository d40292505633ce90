//! What a finding becomes in the formats of others (docs/export.md).
//!
//! Pure functions of a [`VerifiedBundle`]: the same bundle gives the same bytes everywhere, with no clock, no network and no
//! randomness. A bundle that fails a check cannot be had as one, so nothing unverified is ever exported.

pub mod atom;
pub mod case_uco;
pub mod lines;
pub mod stix;
mod verified;
mod words;

pub use verified::{NotVerified, VerifiedBundle};
