//! The rows of a ledger as data, and what can be wrong with them.

use crate::fault::lines;
use crate::{Day, Party};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;

/// What a party did about a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    // In this order where several fall on one day.
    /// Left it.
    Withdraw,
    /// Took it on.
    Accede,
    /// Affirmed a proposal.
    Affirm,
    /// Excluded articles.
    Reserve,
}

/// One row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerRow {
    /// Who.
    pub party: Party,
    /// Which text, by its identifier in the corpus.
    pub instrument: String,
    /// What it did.
    pub change: Change,
    /// First day of its effect.
    pub from: Day,
    /// Articles excluded, for a reservation only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub articles: Vec<String>,
    /// A statement's identifier or a document's SHA-256.
    pub evidence: String,
    /// Said by the party itself: it shows that the party was bound from then on, not that it was not before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_word: bool,
}

/// A ledger as data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerRows {
    /// What parties did, in any order.
    pub rows: Vec<LedgerRow>,
    /// Instruments whose accessions are all in the rows, and up to which day.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub complete: BTreeMap<String, Day>,
}

/// All faults of a ledger; one is enough that nothing is loaded.
#[derive(Debug, PartialEq, Eq, Error)]
pub struct LedgerErrors(pub Vec<LedgerError>);

impl fmt::Display for LedgerErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lines(&self.0, f)
    }
}

/// One fault of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("ledger row {row}: {party}, {instrument}, {from}: {reason}")]
pub struct LedgerError {
    /// The row, counted from 1 (0: the list of complete instruments).
    pub row: usize,
    /// Who.
    pub party: String,
    /// Which text.
    pub instrument: String,
    /// From when.
    pub from: Day,
    /// What is wrong.
    pub reason: LedgerFault,
}

/// What is wrong with a row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LedgerFault {
    /// A code that ISO 3166-1 does not have and never had.
    #[error("no code of ISO 3166-1")]
    State,
    /// A text that the corpus does not have.
    #[error("no text of the corpus")]
    Instrument,
    /// Nothing to show for it.
    #[error("no evidence")]
    Evidence,
    /// A second accession without a withdrawal between.
    #[error("bound already since {0}: accessions overlap")]
    Overlap(Day),
    /// Nothing to reserve against or to leave.
    #[error("not bound then")]
    NotBound,
    /// A reservation without articles, or articles without a reservation.
    #[error("articles belong to a reservation, and a reservation has some")]
    Articles,
    /// An article the text does not have.
    #[error("no norm of the text stands in article {0}")]
    Article(String),
    /// An article excluded before.
    #[error("article {0} is reserved already")]
    ReservedTwice(String),
    /// An accession to what is affirmed, or the reverse.
    #[error("this text is not taken on that way")]
    Way,
}
