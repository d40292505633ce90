//! The record: signed statements, the rules that admit them, the state they fold into, bundles
//! and audits. No disk, no network, no clock, no randomness: time and seeds are arguments.
//!
//! One way through: [`statement::Statement::parse`] reads an envelope, [`rules::judge`] admits or
//! refuses it against a [`state::State`], [`state::State::apply`] moves the state. The sequencer,
//! the auditor, the bundle verifier and the browser all use these same three steps.

pub mod aid;
pub mod audit;
pub mod blind;
pub mod body;
pub mod bundle;
pub mod check;
pub mod claim;
pub mod clock;
pub mod derive;
pub mod envelope;
pub mod figures;
pub mod ids;
pub mod independence;
pub mod index;
pub mod intake;
pub mod json;
pub mod kind;
pub mod law;
mod plain;
pub mod refusal;
pub mod rules;
pub mod seal;
mod shape;
pub mod state;
pub mod statement;
pub mod subject_proof;
pub mod succession;
pub mod suppression;
pub mod table;
mod text;
pub mod time;
pub mod trust;
