//! A statement: an envelope, its header fields and its typed body.

use std::collections::BTreeMap;
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use tlog::{Hash, SigningKey};

use crate::body::case::Report;
use crate::body::log::{StatedIndex, Tick};
use crate::envelope::{self, Envelope, EnvelopeError, KnownKeys};
use crate::ids::{CaseId, StatementId, Vkey};
use crate::json::{self, JsonError};
use crate::kind::{Body, Kind};
use crate::plain::Plain;
use crate::seal::{self, Opening, Seal};
use crate::shape;
use crate::time::Timestamp;

/// Payload version.
pub const VERSION: u32 = 1;
/// Entries whose signatures are checked together.
const CHECKED_TOGETHER: usize = 64;
/// Where a withheld content stands in the payload.
pub const CONTENT: &str = "/body/content";

/// The signed payload, without the body's meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// Always 1.
    pub v: u32,
    /// The statement type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Origin of the record it is meant for: a statement cannot be replayed in another record.
    pub record: String,
    /// The author's claim of when it was made.
    pub issued: Timestamp,
    /// The case it belongs to, for types that belong to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The body of the type.
    pub body: Map<String, Value>,
    /// Withheld fields: JSON pointer to seal.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sealed: BTreeMap<String, Seal>,
}

/// Why bytes are not a statement. Nothing about who may say it: that is `rules`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// The envelope.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload is not strict JSON.
    #[error("the payload is not acceptable JSON: {0}")]
    PayloadJson(JsonError),
    /// The payload has the wrong fields.
    #[error("the payload does not have the fields of a statement: {0}")]
    Payload(String),
    /// No such type.
    #[error(transparent)]
    Kind(#[from] crate::kind::UnknownKind),
    /// A content that should have been sealed stands in the open.
    #[error(
        "the content of a {kind} is sealed before it is signed; this one is in the open. `solferino submit` seals it for you"
    )]
    ContentInTheOpen {
        /// The type.
        kind: Kind,
    },
    /// The body does not fit its type.
    #[error("the body is not that of a {kind}: {problem}")]
    Body {
        /// The type.
        kind: Kind,
        /// What does not fit.
        problem: String,
    },
}

/// A statement as read from an entry; its signature may not have been checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its identity.
    pub id: StatementId,
    /// SHA-256 of signer, line break and payload: the same words of the same signer, signed
    /// twice, are still one statement.
    pub words_sha256: Hash,
    /// Who is said to have signed.
    pub signer: Vkey,
    /// The record it is meant for.
    pub record: String,
    /// The author's claim of when.
    pub issued: Timestamp,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// Its type.
    pub kind: Kind,
    /// Its body.
    pub body: Body,
    /// Its seals.
    pub sealed: BTreeMap<String, Seal>,
    envelope: Envelope,
}

impl Statement {
    /// Reads the exact bytes of an entry.
    ///
    /// # Errors
    /// [`StatementError`]; nothing is checked against any state, nor the signature.
    pub fn parse(entry: &[u8]) -> Result<Self, StatementError> {
        // First of all: a bit that flips while the entry is read leads to another identity than
        // the one of what is stored (docs/crash.md).
        let id = StatementId::of_entry(entry);
        Self::of(id, Envelope::parse(entry)?)
    }

    /// As [`Self::parse`], with keys read before.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_with(entry: &[u8], known: &mut KnownKeys) -> Result<Self, StatementError> {
        let id = StatementId::of_entry(entry);
        Self::of(id, Envelope::parse_with(entry, known)?)
    }

    /// As [`Self::parse_with`], for an entry of one's own log: the signer's key is not read again.
    ///
    /// # Errors
    /// [`StatementError`].
    pub fn parse_known(entry: &[u8], known: &mut KnownKeys) -> Result<Self, StatementError> {
        let id = StatementId::of_entry(entry);
        Self::of(id, Envelope::parse_known(entry, known)?)
    }

    fn of(id: StatementId, envelope: Envelope) -> Result<Self, StatementError> {
        // What comes in bulk is read without building a tree; the tree says what is wrong.
        let said = match Said::of_plain(&envelope.payload) {
            Some(said) => said,
            None => Said::of_tree(&envelope.payload)?,
        };
        Ok(Self {
            id,
            words_sha256: words(&envelope.signer, &envelope.payload),
            signer: envelope.signer.clone(),
            record: said.record,
            issued: said.issued,
            case: said.case,
            kind: said.kind,
            body: said.body,
            sealed: said.sealed,
            envelope,
        })
    }

    /// Checks the signature; only a verified statement can be judged.
    ///
    /// # Errors
    /// [`EnvelopeError::Signature`] or [`EnvelopeError::KeyId`].
    pub fn verify(self) -> Result<Verified, EnvelopeError> {
        self.envelope.verify()?;
        Ok(Verified(self))
    }

    /// The signed payload bytes.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.envelope.payload
    }
}

fn words(signer: &Vkey, payload: &[u8]) -> Hash {
    let digest = Sha256::new()
        .chain_update(signer.as_str())
        .chain_update(b"\n")
        .chain_update(payload);
    Hash::from_bytes(digest.finalize().into())
}

/// What a payload says.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    record: String,
    issued: Timestamp,
    case: Option<CaseId>,
    kind: Kind,
    body: Body,
    sealed: BTreeMap<String, Seal>,
}

impl Said {
    /// Reads a payload by way of a JSON tree, with the precise reason if it is none.
    fn of_tree(payload: &[u8]) -> Result<Self, StatementError> {
        let value = json::parse(payload).map_err(StatementError::PayloadJson)?;
        // A list of the fields' values, or of a seal's, would do for serde, and not for others.
        let payload: Payload =
            shape::read(&value).map_err(|e| StatementError::Payload(e.to_string()))?;
        if payload.v != VERSION {
            return Err(StatementError::Payload(format!(
                "v is {}; this software reads version {VERSION}",
                payload.v
            )));
        }
        let kind: Kind = payload.kind.parse()?;
        if kind.has_content() && payload.body.contains_key("content") {
            return Err(StatementError::ContentInTheOpen { kind });
        }
        let body =
            Body::parse(kind, &Value::Object(payload.body)).map_err(|e| StatementError::Body {
                kind,
                problem: e.to_string(),
            })?;
        Ok(Self {
            record: payload.record,
            issued: payload.issued,
            case: payload.case,
            kind,
            body,
            sealed: payload.sealed,
        })
    }

    /// Reads a payload in its RFC 8785 form that says what comes in bulk: a report or a tick, with
    /// nothing sealed. `None` for any other, and wherever it is not plain to see.
    fn of_plain(payload: &[u8]) -> Option<Self> {
        let mut plain = Plain::new(payload);
        plain.literal(r#"{"body":{"#)?;
        let (body, end) = match report(&mut plain) {
            Some(report) => (Body::Report(report), r#","type":"report","v":1}"#),
            None => {
                plain = Plain::new(payload);
                plain.literal(r#"{"body":{"#)?;
                (Body::Tick(tick(&mut plain)?), r#","type":"tick","v":1}"#)
            }
        };
        let issued = plain.value(r#"},"issued":"#)?;
        let record = plain.text(r#","record":"#)?;
        plain.literal(end)?;
        plain.is_read().then(|| Self {
            record: record.to_owned(),
            issued,
            case: None,
            kind: body.kind(),
            body,
            sealed: BTreeMap::new(),
        })
    }
}

/// The members of a report's body.
fn report(plain: &mut Plain<'_>) -> Option<Report> {
    Some(Report {
        account_sha256: plain.value(r#""account_sha256":"#)?,
        against_pledge: plain.maybe(r#","against_pledge":"#)?,
        happened: plain.value(r#","happened":"#)?,
        incident: plain.word(r#","incident":"#)?,
        region: plain.maybe_word(r#","region":"#)?,
        sector: plain.value(r#","sector":"#)?,
    })
}

/// The members of a tick's body.
fn tick(plain: &mut Plain<'_>) -> Option<Tick> {
    let index = match plain.literal(r#""index":{"#) {
        Some(()) => {
            let index = StatedIndex {
                sha256: plain.value(r#""sha256":"#)?,
                size: plain.number(r#","size":"#)?,
                time: plain.value(r#","time":"#)?,
            };
            plain.literal("},")?;
            Some(index)
        }
        None => None,
    };
    Some(Tick {
        index,
        size: plain.number(r#""size":"#)?,
        time: plain.value(r#","time":"#)?,
    })
}

/// A statement whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified(Statement);

impl Verified {
    /// Reads and checks in one step.
    ///
    /// # Errors
    /// [`StatementError`].
    pub fn parse(entry: &[u8]) -> Result<Self, StatementError> {
        Ok(Statement::parse(entry)?.verify()?)
    }

    /// As [`Self::parse`], with keys read before: the signature is checked all the same.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_with(entry: &[u8], known: &mut KnownKeys) -> Result<Self, StatementError> {
        Ok(Statement::parse_with(entry, known)?.verify()?)
    }

    /// Reads many entries, each as [`Self::parse_with`] does: every signature is checked by itself
    /// and has its own answer; what they share is a step of the arithmetic.
    pub fn parse_each(
        entries: &[&[u8]],
        known: &mut KnownKeys,
    ) -> Vec<Result<Self, StatementError>> {
        let mut all = Vec::with_capacity(entries.len());
        for part in entries.chunks(CHECKED_TOGETHER) {
            let read = part.iter().map(|entry| Statement::parse_with(entry, known));
            let read: Vec<_> = read.collect();
            let envelopes: Vec<_> = read.iter().flatten().map(|said| &said.envelope).collect();
            let mut held = Envelope::verify_each(&envelopes).into_iter();
            all.extend(read.into_iter().map(|read| {
                let statement = read?;
                match held.next() {
                    Some(held) => Ok(held.map(|()| Self(statement))?),
                    None => Ok(statement.verify()?),
                }
            }));
        }
        all
    }

    /// Reads an entry of one's own log, whose signature was checked before it came there, without
    /// checking it again. It says so much only if the entries lead to a root that the reader
    /// itself has signed; an auditor, a mirror or a reader of a bundle has signed nothing.
    ///
    /// # Errors
    /// [`StatementError`].
    pub fn of_own_log(entry: &[u8], known: &mut KnownKeys) -> Result<Self, StatementError> {
        Statement::parse_known(entry, known).map(Self)
    }
}

impl Deref for Verified {
    type Target = Statement;
    fn deref(&self) -> &Statement {
        &self.0
    }
}

/// A statement being written: what `solferino submit` and the demo sign.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Origin of the record.
    pub record: String,
    /// When it is made.
    pub issued: Timestamp,
    /// The case, for types that belong to one.
    pub case: Option<CaseId>,
    /// The type.
    pub kind: Kind,
    /// The body, with its content in the open.
    pub body: Value,
}

/// A statement before it is signed, and what opens its content.
#[derive(Clone, Debug)]
pub struct Written {
    /// The payload, canonical.
    pub payload: String,
    /// The opening of the content, if the type withholds one.
    pub opening: Option<Opening>,
}

/// A signed statement and what opens its content.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The entry's bytes.
    pub entry: Vec<u8>,
    /// The opening of the content, if the type withholds one.
    pub opening: Option<Opening>,
}

impl Draft {
    /// Seals the content (if the type has one) under the seed until the given time, and signs.
    ///
    /// # Errors
    /// The body is not an object, or a content is missing, or the result is not a statement.
    pub fn sign(
        &self,
        key: &SigningKey,
        seed: &[u8; 32],
        until: Timestamp,
    ) -> Result<Signed, StatementError> {
        let Written { payload, opening } = self.write(seed, until)?;
        let entry = envelope::sign(payload.as_bytes(), key);
        Statement::parse(&entry)?;
        Ok(Signed { entry, opening })
    }

    /// Seals the content (if the type has one) under the seed until the given time: what is then signed.
    ///
    /// # Errors
    /// The body is not an object, or a content is missing.
    pub fn write(&self, seed: &[u8; 32], until: Timestamp) -> Result<Written, StatementError> {
        let problem = |problem: &str| StatementError::Body {
            kind: self.kind,
            problem: problem.to_string(),
        };
        let Value::Object(mut body) = self.body.clone() else {
            return Err(problem("it is not an object"));
        };
        let opening = if self.kind.has_content() {
            let value = body
                .remove("content")
                .ok_or_else(|| problem("its content is missing"))?;
            Some(Opening {
                pointer: CONTENT.to_string(),
                salt: seal::salt(seed, CONTENT),
                value,
            })
        } else {
            None
        };
        let mut payload = json!({
            "v": VERSION, "type": self.kind.as_str(), "record": self.record,
            "issued": self.issued, "body": body,
        });
        if let Some(case) = &self.case {
            payload["case"] = json!(case);
        }
        if let Some(o) = &opening {
            payload["sealed"] =
                json!({CONTENT: Seal { sha256: seal::digest(&o.salt, CONTENT, &o.value), until }});
        }
        Ok(Written {
            payload: json::canonical(&payload),
            opening,
        })
    }
}

#[cfg(test)]
mod tests;
