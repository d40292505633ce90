//! The DSSE envelope: exactly one Ed25519 signature over the pre-authentication encoding.
//!
//! Source: DSSE v1.0.2 (secure-systems-lab/dsse), narrowed: one signature; `keyid` is the whole
//! C2SP vkey, so an envelope can be checked by itself; and the envelope must be in its RFC 8785
//! form, so that nobody can make a second entry out of the same signed text by moving a space.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tlog::{SigningKey, VerifierKey};

use crate::ids::Vkey;
use crate::json::{self, JsonError};

/// `payloadType` of every statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.solferino.statement+json";
/// Largest envelope, in bytes: the cap of one tlog-tiles entry.
pub const MAX_ENVELOPE_BYTES: usize = tlog::MAX_ENTRY_BYTES;

/// Why bytes are not an acceptable envelope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// More bytes than one log entry may hold.
    #[error(
        "the envelope has {size} bytes; a log entry holds at most {MAX_ENVELOPE_BYTES}. Put large content in an exhibit and name it by its hash"
    )]
    TooLarge {
        /// Bytes given.
        size: usize,
    },
    /// Not strict JSON.
    #[error("the envelope is not acceptable JSON: {0}")]
    Json(JsonError),
    /// JSON, but not this envelope.
    #[error("the envelope is not a DSSE envelope with one signature: {0}")]
    Shape(&'static str),
    /// Not in canonical form.
    #[error("the envelope is not in its RFC 8785 form (sorted keys, no white space)")]
    NotCanonical,
    /// Another payload type.
    #[error("payloadType is {found:?}; only {PAYLOAD_TYPE:?} is accepted")]
    PayloadType {
        /// What the envelope says.
        found: String,
    },
    /// The key identifier is not an Ed25519 vkey.
    #[error("keyid must be the signer's vkey (name+hash+base64) of an Ed25519 key")]
    KeyId,
    /// The signature does not verify.
    #[error(
        "the signature does not verify under {key}. Sign the pre-authentication encoding of the exact payload bytes"
    )]
    Signature {
        /// The key it claims.
        key: String,
    },
}

/// A parsed envelope; its signature may or may not have been checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The signed payload bytes.
    pub payload: Vec<u8>,
    /// The key that is said to have signed.
    pub signer: Vkey,
    signature: [u8; 64],
}

impl Envelope {
    /// Reads an envelope strictly; does not check the signature.
    ///
    /// # Errors
    /// [`EnvelopeError`], every case but `Signature`.
    pub fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > MAX_ENVELOPE_BYTES {
            return Err(EnvelopeError::TooLarge { size: bytes.len() });
        }
        let value = json::parse(bytes).map_err(EnvelopeError::Json)?;
        let Value::Object(map) = &value else {
            return Err(EnvelopeError::Shape("not an object"));
        };
        if map.len() != 3 {
            return Err(EnvelopeError::Shape(
                "it has exactly the fields payload, payloadType, signatures",
            ));
        }
        let payload_type = text(
            map.get("payloadType"),
            "payloadType is missing or not a string",
        )?;
        if payload_type != PAYLOAD_TYPE {
            return Err(EnvelopeError::PayloadType {
                found: payload_type.chars().take(80).collect(),
            });
        }
        let payload = decoded(
            text(map.get("payload"), "payload is missing or not a string")?,
            "payload is not canonical base64",
        )?;
        let Some([Value::Object(one)]) = map
            .get("signatures")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        else {
            return Err(EnvelopeError::Shape(
                "signatures is an array with exactly one object",
            ));
        };
        if one.len() != 2 {
            return Err(EnvelopeError::Shape(
                "a signature has exactly the fields keyid, sig",
            ));
        }
        let signer: Vkey = text(one.get("keyid"), "keyid is missing or not a string")?
            .parse()
            .map_err(|_| EnvelopeError::KeyId)?;
        let sig = decoded(
            text(one.get("sig"), "sig is missing or not a string")?,
            "sig is not canonical base64",
        )?;
        let signature = sig
            .try_into()
            .map_err(|_| EnvelopeError::Shape("sig is not 64 bytes"))?;
        if json::canonical(&value).as_bytes() != bytes {
            return Err(EnvelopeError::NotCanonical);
        }
        Ok(Self {
            payload,
            signer,
            signature,
        })
    }

    /// Checks the signature with strict RFC 8032 verification.
    ///
    /// # Errors
    /// `KeyId` for a key that is not for statements, `Signature` where it does not verify.
    pub fn verify(&self) -> Result<(), EnvelopeError> {
        let key: VerifierKey = self.signer.verifier().map_err(|_| EnvelopeError::KeyId)?;
        if key.key_type() != tlog::KeyType::Ed25519 {
            return Err(EnvelopeError::KeyId);
        }
        key.verify_raw(&pre_authentication_encoding(&self.payload), &self.signature)
            .map_err(|_| EnvelopeError::Signature {
                key: self.signer.to_string(),
            })
    }
}

/// Signs a payload and gives the envelope's exact bytes.
#[must_use]
pub fn sign(payload: &[u8], key: &SigningKey) -> Vec<u8> {
    let signature = key.sign_raw(&pre_authentication_encoding(payload));
    let envelope = json!({
        "payload": STANDARD.encode(payload),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": key.verifier_key().to_string(), "sig": STANDARD.encode(signature)}],
    });
    json::canonical(&envelope).into_bytes()
}

/// DSSE's PAE: `DSSEv1 len(type) type len(payload) payload`, lengths in ASCII decimal.
#[must_use]
pub fn pre_authentication_encoding(payload: &[u8]) -> Vec<u8> {
    let mut out = format!(
        "DSSEv1 {} {PAYLOAD_TYPE} {} ",
        PAYLOAD_TYPE.len(),
        payload.len()
    )
    .into_bytes();
    out.extend_from_slice(payload);
    out
}

fn text<'a>(value: Option<&'a Value>, problem: &'static str) -> Result<&'a str, EnvelopeError> {
    value
        .and_then(Value::as_str)
        .ok_or(EnvelopeError::Shape(problem))
}

fn decoded(text: &str, problem: &'static str) -> Result<Vec<u8>, EnvelopeError> {
    STANDARD
        .decode(text)
        .map_err(|_| EnvelopeError::Shape(problem))
}
