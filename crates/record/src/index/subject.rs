//! What entries are indexed by.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use tlog::Hash;

use super::map::digest;
use crate::ids::{CaseId, StatementId, Vkey};
use crate::kind::Body;
use crate::refusal::Code;
use crate::statement::Statement;

const KEY: &[u8] = b"solferino.org/index-key@v1\n";

/// Something that entries may be about. Displays as `case:clinic-2026`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The entry with this identity.
    Statement(StatementId),
    /// Refusals of a submission with this identity.
    Refused(StatementId),
    /// Those of these refusals that answer a receipt whatever the submission's age: all but `outside-tolerance`.
    Answered(StatementId),
    /// Statements of a case.
    Case(CaseId),
    /// Statements that name an exhibit by its SHA-256, in the open.
    Exhibit(Hash),
    /// Statements that name a key as their signer.
    Issuer(Vkey),
}

/// A text that names no subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no subject: statement:HEX, refused:HEX, answered:HEX, case:ID, exhibit:HEX or issuer:VKEY"
)]
pub struct SubjectError(pub String);

impl Subject {
    fn kind(&self) -> &'static str {
        match self {
            Self::Statement(_) => "statement",
            Self::Refused(_) => "refused",
            Self::Answered(_) => "answered",
            Self::Case(_) => "case",
            Self::Exhibit(_) => "exhibit",
            Self::Issuer(_) => "issuer",
        }
    }

    /// Its place in the index.
    #[must_use]
    pub fn key(&self) -> Hash {
        let value: &[u8] = match self {
            Self::Statement(id) | Self::Refused(id) | Self::Answered(id) => id.0.as_bytes(),
            Self::Exhibit(hash) => hash.as_bytes(),
            Self::Case(id) => id.as_str().as_bytes(),
            Self::Issuer(key) => key.as_str().as_bytes(),
        };
        digest(&[KEY, self.kind().as_bytes(), b"\n", value])
    }

    /// All that an entry is about. Looks at the bytes alone: not at signatures, nor at any rule.
    #[must_use]
    pub fn of_entry(entry: &[u8]) -> BTreeSet<Self> {
        match Statement::parse(entry) {
            Ok(statement) => Self::of_statement(&statement),
            Err(_) => BTreeSet::from([Self::Statement(StatementId::of_entry(entry))]),
        }
    }

    /// All that a statement is about.
    #[must_use]
    pub fn of_statement(statement: &Statement) -> BTreeSet<Self> {
        let mut subjects = BTreeSet::new();
        Self::each_of(statement, |subject| {
            subjects.insert(subject);
        });
        subjects
    }

    /// The keys of all that a statement is about; one that it names twice may be there twice.
    pub(crate) fn keys_of(statement: &Statement) -> Vec<Hash> {
        let mut keys = Vec::with_capacity(2);
        Self::each_of(statement, |subject| keys.push(subject.key()));
        keys
    }

    fn each_of(statement: &Statement, mut found: impl FnMut(Self)) {
        found(Self::Statement(statement.id));
        found(Self::Issuer(statement.signer.clone()));
        if let Some(case) = &statement.case {
            found(Self::Case(case.clone()));
        }
        let exhibits: &[Hash] = match &statement.body {
            Body::Refusal(refused) => {
                found(Self::Refused(StatementId(refused.submission)));
                if refused.code.as_str() != Code::OutsideTolerance.as_str() {
                    found(Self::Answered(StatementId(refused.submission)));
                }
                &[]
            }
            Body::Exhibit(exhibit) => std::slice::from_ref(&exhibit.sha256),
            Body::Custody(custody) => std::slice::from_ref(&custody.exhibit),
            Body::Consent(consent) => &consent.exhibits,
            Body::LabCommit(commit) => &commit.exhibits,
            _ => &[],
        };
        exhibits.iter().for_each(|hash| found(Self::Exhibit(*hash)));
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.kind())?;
        match self {
            Self::Statement(id) | Self::Refused(id) | Self::Answered(id) => id.fmt(f),
            Self::Exhibit(hash) => hash.fmt(f),
            Self::Case(id) => id.fmt(f),
            Self::Issuer(key) => key.fmt(f),
        }
    }
}

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, SubjectError> {
        let read = || {
            let (kind, value) = text.split_once(':')?;
            Some(match kind {
                "statement" => Self::Statement(value.parse().ok()?),
                "refused" => Self::Refused(value.parse().ok()?),
                "answered" => Self::Answered(value.parse().ok()?),
                "case" => Self::Case(value.parse().ok()?),
                "exhibit" => Self::Exhibit(value.parse().ok()?),
                "issuer" => Self::Issuer(value.parse().ok()?),
                _ => return None,
            })
        };
        read().ok_or_else(|| SubjectError(text.chars().take(80).collect()))
    }
}
