//! The DSSE envelope: exactly one Ed25519 signature over the pre-authentication encoding.
//!
//! Source: DSSE v1.0.2 (secure-systems-lab/dsse), narrowed: one signature; `keyid` is the whole
//! C2SP vkey, so an envelope can be checked by itself; and the envelope must be in its RFC 8785
//! form, so that nobody can make a second entry out of the same signed text by moving a space.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hashbrown::HashTable;
use serde_json::{Value, json};
use tlog::{Signed, SigningKey, VerifierKey};

use crate::ids::Vkey;
use crate::json::{self, JsonError};

/// `payloadType` of every statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.solferino.statement+json";
/// Largest envelope, in bytes: the cap of one tlog-tiles entry.
pub const MAX_ENVELOPE_BYTES: usize = tlog::MAX_ENTRY_BYTES;

/// Characters of a signature in base64, padding included.
const SIG_CHARS: usize = 88;

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
    /// The same key, ready to verify with: reading its point is a tenth of a verification.
    /// Nothing where it was not read.
    key: Option<Arc<VerifierKey>>,
    signature: [u8; 64],
}

/// Keys by their text, so that the point of a key that signs again and again is read once. The same
/// text is the same key, so nothing is believed that was not read.
#[derive(Clone, Debug, Default)]
pub struct KnownKeys(HashTable<Known>);

#[derive(Clone, Debug)]
struct Known {
    signer: Vkey,
    /// Nothing where only the text was looked at.
    key: Option<Arc<VerifierKey>>,
}

/// Keys kept in one [`KnownKeys`], at most (about a megabyte).
pub const MAX_KNOWN_KEYS: usize = 4_096;

impl KnownKeys {
    fn read(&mut self, text: &str) -> Result<(Vkey, Arc<VerifierKey>), tlog::KeyError> {
        if let Some(Known {
            signer,
            key: Some(key),
        }) = self.find(text)
        {
            return Ok((signer.clone(), Arc::clone(key)));
        }
        let (signer, key) = Vkey::read(text)?;
        let key = Arc::new(key);
        self.keep(&signer, Some(Arc::clone(&key)));
        Ok((signer, key))
    }

    /// The key's text, looked at but for its point.
    fn read_text(&mut self, text: &str) -> Result<Vkey, tlog::KeyError> {
        if let Some(known) = self.find(text) {
            return Ok(known.signer.clone());
        }
        let signer = Vkey::known(text)?;
        self.keep(&signer, None);
        Ok(signer)
    }

    fn find(&self, text: &str) -> Option<&Known> {
        let same = |known: &Known| known.signer.as_str() == text;
        self.0.find(Vkey::slot_of(text), same)
    }

    fn keep(&mut self, signer: &Vkey, key: Option<Arc<VerifierKey>>) {
        let slot = |known: &Known| Vkey::slot_of(known.signer.as_str());
        let text = signer.as_str();
        if let Some(known) = self
            .0
            .find_mut(Vkey::slot_of(text), |known| known.signer == *signer)
        {
            known.key = key;
            return;
        }
        if self.0.len() >= MAX_KNOWN_KEYS {
            self.0.clear();
        }
        let signer = signer.clone();
        self.0
            .insert_unique(Vkey::slot_of(text), Known { signer, key }, slot);
    }
}

impl Envelope {
    /// Reads an envelope strictly; does not check the signature.
    ///
    /// # Errors
    /// [`EnvelopeError`], every case but `Signature`.
    pub fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        Self::parse_with(bytes, &mut KnownKeys::default())
    }

    /// As [`Self::parse`], with keys read before.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_with(bytes: &[u8], known: &mut KnownKeys) -> Result<Self, EnvelopeError> {
        if bytes.len() > MAX_ENVELOPE_BYTES {
            return Err(EnvelopeError::TooLarge { size: bytes.len() });
        }
        // Nearly every envelope is in its one form, and that form is read without building a tree;
        // the tree says what is wrong.
        let quick = Parts::of_canonical(bytes).and_then(|parts| parts.read(known).ok());
        quick.map_or_else(|| Self::parse_tree(bytes), Ok)
    }

    /// As [`Self::parse_with`], for an entry of one's own log: no key's point is read again.
    pub(crate) fn parse_known(bytes: &[u8], known: &mut KnownKeys) -> Result<Self, EnvelopeError> {
        let parts = Parts::of_canonical(bytes).filter(|_| bytes.len() <= MAX_ENVELOPE_BYTES);
        let quick = parts.and_then(|parts| parts.read_known(known).ok());
        quick.map_or_else(|| Self::parse_with(bytes, known), Ok)
    }

    /// Reads an envelope by way of a JSON tree, with the precise reason if it is none.
    fn parse_tree(bytes: &[u8]) -> Result<Self, EnvelopeError> {
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
        let payload = text(map.get("payload"), "payload is missing or not a string")?;
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
        let parts = Parts {
            payload: payload.as_bytes(),
            keyid: text(one.get("keyid"), "keyid is missing or not a string")?,
            sig: text(one.get("sig"), "sig is missing or not a string")?.as_bytes(),
        };
        let envelope = parts.read(&mut KnownKeys::default())?;
        if json::canonical(&value).as_bytes() != bytes {
            return Err(EnvelopeError::NotCanonical);
        }
        Ok(envelope)
    }

    /// Checks the signature with strict RFC 8032 verification.
    ///
    /// # Errors
    /// `KeyId` for a key that is not for statements, `Signature` where it does not verify.
    pub fn verify(&self) -> Result<(), EnvelopeError> {
        let read;
        let key = match &self.key {
            Some(key) => &**key,
            None => {
                read = self.signer.verifier().map_err(|_| EnvelopeError::KeyId)?;
                &read
            }
        };
        if key.key_type() != tlog::KeyType::Ed25519 {
            return Err(EnvelopeError::KeyId);
        }
        key.verify_raw(&pre_authentication_encoding(&self.payload), &self.signature)
            .map_err(|_| self.does_not_hold())
    }
}

impl Envelope {
    /// Checks the signatures of many, each as [`Self::verify`] does.
    pub(crate) fn verify_each(envelopes: &[&Self]) -> Vec<Result<(), EnvelopeError>> {
        let heads: Vec<_> = envelopes.iter().map(|e| head_of(e.payload.len())).collect();
        let signed = envelopes.iter().zip(&heads).filter_map(|(envelope, head)| {
            Some(Signed {
                key: envelope.ready_key()?,
                message: [head, &envelope.payload],
                signature: &envelope.signature,
            })
        });
        let mut held = tlog::verify_raw_each(&signed.collect::<Vec<_>>()).into_iter();
        let outcome = |envelope: &&Self| match envelope.ready_key().and_then(|_| held.next()) {
            Some(true) => Ok(()),
            Some(false) => Err(envelope.does_not_hold()),
            None => envelope.verify(),
        };
        envelopes.iter().map(outcome).collect()
    }

    /// The key, if it was read and is one for statements.
    fn ready_key(&self) -> Option<&VerifierKey> {
        let key = self.key.as_deref();
        key.filter(|key| key.key_type() == tlog::KeyType::Ed25519)
    }

    fn does_not_hold(&self) -> EnvelopeError {
        EnvelopeError::Signature {
            key: self.signer.to_string(),
        }
    }
}

/// The three texts of an envelope that differ from one to the next.
struct Parts<'a> {
    payload: &'a [u8],
    keyid: &'a str,
    sig: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Takes an envelope in its RFC 8785 form apart, from its end, as a signature has one length.
    /// `None` wherever that form is not plain to see, also where the key holds what JSON would
    /// escape: the tree decides then. Payload and signature hold nothing such if they are base64.
    fn of_canonical(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(br#"{"payload":""#)?;
        let rest = rest.strip_suffix(br#""}]}"#)?;
        let before_sig = rest.len().checked_sub(SIG_CHARS)?;
        let (rest, sig) = rest.split_at_checked(before_sig)?;
        let rest = rest.strip_suffix(br#"","sig":""#)?;
        let quote = rest.iter().rposition(|byte| *byte == b'"')?;
        let (rest, keyid) = rest.split_at_checked(quote + 1)?;
        let rest = rest.strip_suffix(br#"","signatures":[{"keyid":""#)?;
        let rest = rest.strip_suffix(PAYLOAD_TYPE.as_bytes())?;
        let payload = rest.strip_suffix(br#"","payloadType":""#)?;
        let as_it_stands = |byte: &u8| (0x20..0x7f).contains(byte) && *byte != b'\\';
        keyid.iter().all(as_it_stands).then_some(Self {
            payload,
            keyid: str::from_utf8(keyid).ok()?,
            sig,
        })
    }

    fn read(&self, known: &mut KnownKeys) -> Result<Envelope, EnvelopeError> {
        let payload = decoded(self.payload, "payload is not canonical base64")?;
        let (signer, key) = known.read(self.keyid).map_err(|_| EnvelopeError::KeyId)?;
        self.with(payload, signer, Some(key))
    }

    fn read_known(&self, known: &mut KnownKeys) -> Result<Envelope, EnvelopeError> {
        let payload = decoded(self.payload, "payload is not canonical base64")?;
        let signer = known.read_text(self.keyid);
        let signer = signer.map_err(|_| EnvelopeError::KeyId)?;
        self.with(payload, signer, None)
    }

    fn with(
        &self,
        payload: Vec<u8>,
        signer: Vkey,
        key: Option<Arc<VerifierKey>>,
    ) -> Result<Envelope, EnvelopeError> {
        Ok(Envelope {
            payload,
            signer,
            key,
            signature: signature(self.sig)?,
        })
    }
}

fn signature(text: &[u8]) -> Result<[u8; 64], EnvelopeError> {
    // As many characters could be two bytes more without padding.
    let mut room = [0; 66];
    if text.len() == SIG_CHARS
        && STANDARD.decode_slice(text, &mut room) == Ok(64)
        && let Some(signature) = room.first_chunk()
    {
        return Ok(*signature);
    }
    let bytes = decoded(text, "sig is not canonical base64")?;
    bytes
        .try_into()
        .map_err(|_| EnvelopeError::Shape("sig is not 64 bytes"))
}

/// The payload of an envelope in its one form, with nothing else looked at; `None` if the form is
/// not plain to see.
#[must_use]
pub fn payload_of_canonical(bytes: &[u8]) -> Option<Vec<u8>> {
    let parts = Parts::of_canonical(bytes)?;
    decoded(parts.payload, "payload is not canonical base64").ok()
}

/// Signs a payload and gives the envelope's exact bytes.
#[must_use]
pub fn sign(payload: &[u8], key: &SigningKey) -> Vec<u8> {
    let signature = key.sign_raw(&pre_authentication_encoding(payload));
    assemble(payload, &key.verifier_key().to_string(), &signature)
}

/// The envelope's exact bytes from a payload and a signature made elsewhere, over
/// [`pre_authentication_encoding`]; nothing is checked.
#[must_use]
pub fn assemble(payload: &[u8], keyid: &str, signature: &[u8]) -> Vec<u8> {
    let envelope = json!({
        "payload": STANDARD.encode(payload),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": keyid, "sig": STANDARD.encode(signature)}],
    });
    json::canonical(&envelope).into_bytes()
}

/// DSSE's PAE: `DSSEv1 len(type) type len(payload) payload`, lengths in ASCII decimal.
#[must_use]
pub fn pre_authentication_encoding(payload: &[u8]) -> Vec<u8> {
    let mut out = head_of(payload.len());
    out.extend_from_slice(payload);
    out
}

/// What stands before a payload of this length, in bytes, where it is signed.
fn head_of(length: usize) -> Vec<u8> {
    format!("DSSEv1 {} {PAYLOAD_TYPE} {length} ", PAYLOAD_TYPE.len()).into_bytes()
}

fn text<'a>(value: Option<&'a Value>, problem: &'static str) -> Result<&'a str, EnvelopeError> {
    value
        .and_then(Value::as_str)
        .ok_or(EnvelopeError::Shape(problem))
}

fn decoded(text: &[u8], problem: &'static str) -> Result<Vec<u8>, EnvelopeError> {
    STANDARD
        .decode(text)
        .map_err(|_| EnvelopeError::Shape(problem))
}

#[cfg(test)]
mod tests;
