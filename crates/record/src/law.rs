//! The rules of state behaviour a record has, and who took them on: docs/norms.md, "In the record".
//!
//! A [`Law`] changes only through admitted statements and never half: a text or a ledger row that
//! does not fit leaves it as it was. A case keeps the law of the moment its panel was assigned.

use std::collections::BTreeMap;
use std::sync::Arc;

use norms::{Change, Corpus, Ledger, LedgerRow, LedgerRows, Party, Reference};
use tlog::Hash;

use crate::ids::{Article, InstrumentId, MemberId, StatementId};
use crate::time::Day;

/// Most proposals of one member that are in the record: nobody fills it with texts of its own.
pub const MAX_PROPOSALS: usize = 8;

/// Most rows of the ledger that one party has on one text.
pub const MAX_ROWS: usize = 64;

/// Why a text or a row does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LawError {
    /// The program's own data cannot be read.
    #[error("the reference data of this program cannot be read: {0}")]
    Reference(String),
    /// The text is not a corpus file.
    #[error("the document is not a corpus file: {0}")]
    Text(String),
    /// The same text again.
    #[error("instrument {id} stands in exactly this form, by statement {statement}")]
    Same {
        /// The instrument.
        id: InstrumentId,
        /// Where.
        statement: StatementId,
    },
    /// The ledger would be faulty.
    #[error("{0}")]
    Ledger(String),
}

/// A text in force in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The statement that carries it.
    pub statement: StatementId,
    /// The corpus file, verbatim.
    pub document: Arc<str>,
    /// SHA-256 of the document.
    pub sha256: Hash,
    /// Who proposed it; none: it was registered.
    pub proposed_by: Option<MemberId>,
}

/// Texts and ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Law {
    texts: BTreeMap<InstrumentId, Registered>,
    corpus: Arc<Corpus>,
    rows: LedgerRows,
}

/// One row of the ledger as a statement makes it.
pub(crate) struct Row<'a> {
    pub(crate) party: &'a str,
    pub(crate) instrument: &'a InstrumentId,
    pub(crate) change: Change,
    pub(crate) from: Day,
    pub(crate) articles: &'a [Article],
    pub(crate) evidence: String,
    /// Said by the party itself, with no document.
    pub(crate) own_word: bool,
}

/// The data the program ships for reading texts and facts.
///
/// # Errors
/// [`LawError::Reference`]; a test reads them.
pub fn reference() -> Result<&'static Reference, LawError> {
    Reference::shipped().map_err(|e| LawError::Reference(e.to_string()))
}

impl Law {
    /// The texts in force, by instrument.
    #[must_use]
    pub fn texts(&self) -> &BTreeMap<InstrumentId, Registered> {
        &self.texts
    }

    /// Their norms.
    #[must_use]
    pub fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// Who took on what, in record order.
    #[must_use]
    pub fn rows(&self) -> &LedgerRows {
        &self.rows
    }

    /// Who is bound by what.
    ///
    /// # Errors
    /// [`LawError`]; never for a law that statements made.
    pub fn ledger(&self) -> Result<Ledger<'static>, LawError> {
        let built = reference()?.ledger(&self.rows, &self.corpus);
        built.map_err(|e| LawError::Ledger(e.to_string()))
    }

    /// Whether anyone may accede to a text of this name.
    #[must_use]
    pub fn has_text(&self, instrument: &InstrumentId) -> bool {
        self.corpus.texts().contains_key(instrument.as_str())
    }

    /// How many proposals of a member are in force.
    #[must_use]
    pub fn proposals_of(&self, member: &MemberId) -> usize {
        let by = |r: &&Registered| r.proposed_by.as_ref() == Some(member);
        self.texts.values().filter(by).count()
    }

    /// This law with a text added, or put in the place of the instrument's earlier one.
    ///
    /// # Errors
    /// [`LawError`] with every fault of the document.
    pub(crate) fn with_text(
        &self,
        statement: StatementId,
        document: &str,
        proposed_by: Option<MemberId>,
    ) -> Result<Self, LawError> {
        let reference = reference()?;
        let alone = reference.corpus(&[("document", document)]);
        let alone = alone.map_err(|e| LawError::Text(e.to_string()))?;
        let header = alone.instruments().next();
        let id = header.and_then(|i| i.id.parse::<InstrumentId>().ok());
        let Some(id) = id else {
            return Err(LawError::Text("it has no instrument".to_owned()));
        };
        let sha256 = tlog::sha256(document.as_bytes());
        if let Some(same) = self.texts.get(&id).filter(|r| r.sha256 == sha256) {
            let statement = same.statement;
            return Err(LawError::Same { id, statement });
        }
        let mut law = self.clone();
        let registered = Registered {
            statement,
            document: document.into(),
            sha256,
            proposed_by,
        };
        law.texts.insert(id, registered);
        let files: Vec<_> = law
            .texts
            .iter()
            .map(|(id, r)| (id.as_str(), &*r.document))
            .collect();
        let corpus = reference.corpus(&files);
        law.corpus = Arc::new(corpus.map_err(|e| LawError::Text(e.to_string()))?);
        law.ledger()?; // every accession still fits
        Ok(law)
    }

    /// This law with a row of the ledger added.
    ///
    /// # Errors
    /// [`LawError::Ledger`] with the reason.
    pub(crate) fn with_row(&self, row: &Row<'_>) -> Result<Self, LawError> {
        let party: Result<Party, _> = row.party.parse();
        let from = row.from.to_string().parse();
        let (Ok(party), Ok(from)) = (party, from) else {
            let problem = format!("{} cannot be bound from {}", row.party, row.from);
            return Err(LawError::Ledger(problem));
        };
        let mine = |r: &&LedgerRow| r.party == party && r.instrument == row.instrument.as_str();
        if self.rows.rows.iter().filter(mine).count() >= MAX_ROWS {
            let problem = format!("{} has {MAX_ROWS} rows on {}", row.party, row.instrument);
            return Err(LawError::Ledger(problem));
        }
        let mut law = self.clone();
        law.rows.rows.push(LedgerRow {
            party,
            instrument: row.instrument.to_string(),
            change: row.change,
            from,
            articles: row.articles.iter().map(ToString::to_string).collect(),
            evidence: row.evidence.clone(),
            own_word: row.own_word,
        });
        law.ledger()?;
        Ok(law)
    }
}
