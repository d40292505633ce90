//! Incidents as others have coded them: claims by others, never findings, with no I/O.
//!
//! Four record types are kept apart ([`Incident`], [`Effect`], [`Attribution`], [`Campaign`]), each under
//! the publisher's own identifiers; nothing is merged. [`eurepoc::import`] reads one published
//! dataset; [`Question`] is a count over it that states its unit, its rule and its unknown share.
//! The forms are in `docs/incidents.md`.

mod base;
pub mod eurepoc;
mod question;
mod table;

pub use base::{
    Attribution, Base, Campaign, Effect, Incident, Initiator, Lag, LagKind, Report, Responses,
    Start, TableReport,
};
pub use question::{Answer, Question, Row};
pub use table::{ImportError, MAX_TABLE_BYTES};
