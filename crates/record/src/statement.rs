//! A statement: an envelope, its header fields and its typed body.

use std::collections::BTreeMap;
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tlog::{Hash, SigningKey};

use crate::envelope::{self, Envelope, EnvelopeError};
use crate::ids::{CaseId, StatementId, Vkey};
use crate::json::{self, JsonError};
use crate::kind::{Body, Kind};
use crate::seal::{self, Opening, Seal};
use crate::time::Timestamp;

/// Payload version.
pub const VERSION: u32 = 1;
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
        let envelope = Envelope::parse(entry)?;
        let value = json::parse(&envelope.payload).map_err(StatementError::PayloadJson)?;
        let payload: Payload =
            serde_json::from_value(value).map_err(|e| StatementError::Payload(e.to_string()))?;
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
            id,
            words_sha256: tlog::sha256(
                &[
                    envelope.signer.as_str().as_bytes(),
                    b"
",
                    &envelope.payload,
                ]
                .concat(),
            ),
            signer: envelope.signer.clone(),
            record: payload.record,
            issued: payload.issued,
            case: payload.case,
            kind,
            body,
            sealed: payload.sealed,
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
