//! Plays a body: keys from a seed, a charter, cases from report to published finding.
//!
//! The demo plays into a record on disk, the tests into memory; both through [`Desk`], both under
//! the real rules with an injected clock. Nothing here is privileged: every statement is signed
//! by the key that is entitled to it and judged like any other.

pub mod aid;
mod cast;
pub mod corpus;
mod desk;
mod error;
mod flood;
mod play;
mod procedure;
mod script;

pub use cast::{Cast, Player, SELECTION_RULE, SeatSpec, SeatSpecRole, founding_charter, vkey};
pub use desk::{Desk, DeskError, MemoryDesk, Stored};
pub use error::RehearsalError;
pub use flood::Flood;
pub use play::{StageOutcome, founded, genesis, play_stage};
pub use procedure::{CaseFile, Procedure};
pub use script::{CaseScript, ScriptClaim, ScriptFact, ScriptFacts, ScriptItem, Stage};
