//! Incidents as others have coded them: claims by others, never findings, with no I/O.
//!
//! Four record types are kept apart ([`Incident`], [`Effect`], [`Attribution`], [`Campaign`]), each under
//! the publisher's own identifiers; nothing is merged. [`eurepoc::import`] reads one published
//! dataset; [`Question`] is a count over it that states its unit, its rule and its unknown share, of the part
//! a [`Filter`] selects. [`Coding`] is the form of one's own coding of an incident.
//! The forms are in `docs/incidents.md`.

mod base;
mod coding;
mod coding_check;
mod date;
pub mod eurepoc;
mod filter;
mod question;
mod table;

pub use base::{
    Attribution, BASE_FORMAT, Base, BaseError, Campaign, Effect, Incident, Initiator, Lag, LagKind,
    MAX_BASE_BYTES, Report, Responses, Source, Start, TableReport,
};
pub use coding::{
    Basis, CODING_FORMAT, CodedAttribution, CodedInitiator, CodedReceiver, Coding, Harm, HarmUnit,
    IncidentType, InitiatorCategory, Reach, ReceiverCategory, Response, ResponseKind, SubCode,
    Substitutes,
};
pub use coding_check::{CodingFault, CodingFaults, MAX_CODING_BYTES, MAX_ID_BYTES};
pub use date::{CodedDate, DateError, Precision};
pub use filter::{Filter, Selected};
pub use question::{Answer, Question, Row};
pub use table::{ImportError, MAX_TABLE_BYTES};
