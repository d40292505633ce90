//! The typed bodies of all statement types, grouped as in docs/format.md.
//!
//! Bodies hold enumerated fields, bounded identifiers, integers and hashes; never free text.
//! What a type withholds is its *content*: it stands at `/body/content` while the author writes
//! it, is replaced by a seal before signing, and never appears in the statement itself.

pub mod aid;
pub mod analysis;
pub mod blind;
pub mod calibration;
pub mod case;
pub mod charter;
pub mod claim;
pub mod deciding;
pub mod evidence;
pub mod log;
pub mod members;
pub mod others;
pub mod outcome;
pub mod rules;
