//! Public keys of note signers (signed-note, "Verifier keys").

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

use crate::hash::sha256;
use crate::key_name::{KeyName, KeyNameError, PLUS};
use crate::key_type::KeyType;
use crate::mldsa::MlDsaPublic;
use crate::text::{Base64Error, from_base64, to_base64};

/// Longest name of a subtree/v1 key, and longest origin it signs for, in bytes: their lengths are
/// written in 8 bits (tlog-cosignature, "ML-DSA-44 signed message").
pub const MAX_SUBTREE_NAME_BYTES: usize = 255;

/// Why a key in text form was refused, or a raw signature does not verify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A private key does not start with `PRIVATE+KEY+`.
    #[error("a private key starts with PRIVATE+KEY+")]
    NotPrivate,
    /// Not three parts joined by plus signs.
    #[error("a key is name+id+base64")]
    Parts,
    /// The name is not a key name.
    #[error("the key's name is not valid")]
    Name(#[source] KeyNameError),
    /// The id is not eight lowercase hex digits.
    #[error("the key id is not eight digits of 0-9 and a-f")]
    IdForm,
    /// The last part is not canonical base64.
    #[error("the key's data is not canonical base64")]
    Data(#[source] Base64Error),
    /// The last part holds nothing, not even a type.
    #[error("the key's data is empty")]
    NoData,
    /// A signature type that this project does not use.
    #[error("signature type 0x{type_byte:02x} is not supported")]
    Unsupported {
        /// The type byte of signed-note.
        type_byte: u8,
    },
    /// The key, or the seed of a private key, has another length than its type has.
    #[error("a key of this type has {expected} bytes, this one has {length}")]
    Length {
        /// Length found, in bytes, without the type byte.
        length: usize,
        /// Length of this type, in bytes.
        expected: usize,
    },
    /// A name that the signed message of subtree/v1 cannot hold.
    #[error("the name of a subtree/v1 key has {length} bytes, more than 255")]
    NameTooLong {
        /// Length found, in bytes.
        length: usize,
    },
    /// The bytes are no point of the curve, or a point of small order.
    #[error("the bytes are not a usable Ed25519 public key")]
    Point,
    /// The id in the text is not the one of the name, type and key.
    #[error("the key id is {computed:08x}, the text says {given:08x}")]
    IdMismatch {
        /// Id of the key.
        computed: u32,
        /// Id in the text.
        given: u32,
    },
    /// A signature does not verify under the key.
    #[error("the signature does not verify under {name} ({key_id:08x})")]
    Signature {
        /// Name of the key.
        name: String,
        /// Id of the key.
        key_id: u32,
    },
}

/// A public key together with its name and what it signs (a *vkey*).
///
/// Displays and parses as `name+hex(id)+base64(type || key)`.
#[derive(Clone)]
pub struct VerifierKey {
    name: KeyName,
    key_type: KeyType,
    key: PublicKey,
}

#[derive(Clone)]
pub(crate) enum PublicKey {
    Ed25519(VerifyingKey),
    MlDsa44(MlDsaPublic),
}

impl VerifierKey {
    /// A key from its bytes: 32 (RFC 8032 encoding), or 1312 for [`KeyType::SubtreeV1`]
    /// (FIPS 204 encoding).
    ///
    /// # Errors
    /// [`KeyError::Name`], [`KeyError::NameTooLong`], [`KeyError::Length`]; [`KeyError::Point`]
    /// for bytes that are no point or a point of small order, under which anybody could sign.
    pub fn new(name: &str, public: &[u8], key_type: KeyType) -> Result<Self, KeyError> {
        let name = KeyName::new(name).map_err(KeyError::Name)?;
        let wrong = KeyError::Length {
            length: public.len(),
            expected: key_type.public_key_bytes(),
        };
        let key = match key_type {
            KeyType::Ed25519 | KeyType::CosignatureV1 => {
                let public = <&[u8; 32]>::try_from(public).map_err(|_| wrong)?;
                let key = VerifyingKey::from_bytes(public).map_err(|_| KeyError::Point)?;
                if key.is_weak() {
                    return Err(KeyError::Point);
                }
                PublicKey::Ed25519(key)
            }
            KeyType::SubtreeV1 => {
                let length = name.as_str().len();
                if length > MAX_SUBTREE_NAME_BYTES {
                    return Err(KeyError::NameTooLong { length });
                }
                PublicKey::MlDsa44(MlDsaPublic::from_bytes(public).ok_or(wrong)?)
            }
        };
        Ok(Self {
            name,
            key_type,
            key,
        })
    }

    /// Reads a vkey in its one spelling.
    ///
    /// # Errors
    /// [`KeyError`], also where the id does not belong to the key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let parts = Parts::split(text)?;
        let key = Self::new(parts.name, &parts.bytes, parts.key_type)?;
        parts.expect_id(key.key_id()).map(|()| key)
    }

    /// Checks everything of a vkey that [`Self::parse`] checks, but not that its bytes are a usable
    /// point: for texts that were parsed before.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn check_text(text: &str) -> Result<(), KeyError> {
        let parts = Parts::split(text)?;
        let _ = KeyName::new(parts.name).map_err(KeyError::Name)?;
        let (length, expected) = (parts.bytes.len(), parts.key_type.public_key_bytes());
        if length != expected {
            return Err(KeyError::Length { length, expected });
        }
        parts.expect_id(key_id(parts.name, parts.key_type, &parts.bytes))
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The key's id: the first four bytes of SHA-256(name || 0x0A || type || key).
    pub fn key_id(&self) -> u32 {
        key_id(self.name(), self.key_type, self.public_key_bytes())
    }

    /// What the key signs.
    pub fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The bytes of the public key: 32, or 1312 for [`KeyType::SubtreeV1`].
    pub fn public_key_bytes(&self) -> &[u8] {
        match &self.key {
            PublicKey::Ed25519(key) => key.as_bytes(),
            PublicKey::MlDsa44(key) => key.as_bytes(),
        }
    }

    /// Verifies a signature over exactly `message`. Ed25519 by the strict rule: canonical scalars
    /// and points, no points of small order, no cofactor (docs/log.md, "Which signatures hold").
    /// ML-DSA-44 in pure mode with an empty context.
    ///
    /// # Errors
    /// [`KeyError::Signature`], also for a signature of another length.
    pub fn verify_raw(&self, message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
        let holds = match &self.key {
            PublicKey::Ed25519(key) => Signature::from_slice(signature)
                .is_ok_and(|signature| verifies_strictly(key, message, &signature)),
            PublicKey::MlDsa44(key) => key.verifies(message, signature),
        };
        if holds {
            return Ok(());
        }
        Err(KeyError::Signature {
            name: self.name.to_string(),
            key_id: self.key_id(),
        })
    }

    /// The key in the form its algorithm computes with.
    pub(crate) fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The name in its own type.
    pub(crate) fn key_name(&self) -> &KeyName {
        &self.name
    }

    fn order(&self) -> (&KeyName, KeyType, &[u8]) {
        (&self.name, self.key_type, self.public_key_bytes())
    }
}

impl PartialEq for VerifierKey {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for VerifierKey {}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = join_data(self.key_type, self.public_key_bytes());
        write!(f, "{}+{:08x}+{data}", self.name, self.key_id())
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::parse(text)
    }
}

impl PartialOrd for VerifierKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for VerifierKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

impl std::hash::Hash for VerifierKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.order().hash(state);
    }
}

/// The canonical encodings of the eight points of small order: those that eight times are the
/// identity (order 1, 2, 4, 4, and four times 8).
pub(crate) const SMALL_ORDER: [[u8; 32]; 8] = [
    [
        0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00,
    ],
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x7f,
    ],
    [
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00,
    ],
    [
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x80,
    ],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x85,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0xfa,
    ],
];

/// The strict rule, which is ed25519-dalek's `verify_strict` without reading R as a point: that
/// would take a tenth of the time. It asks for four things. S is canonical and [S]B - [k]A, in its
/// canonical form, is R byte for byte: so says `verify`, and an R that passes is a canonical point.
/// R is not of small order: the eight such points are known by their bytes. A is not of small
/// order: no [`VerifierKey`] is.
fn verifies_strictly(key: &VerifyingKey, message: &[u8], signature: &Signature) -> bool {
    !SMALL_ORDER.contains(signature.r_bytes()) && key.verify(message, signature).is_ok()
}

/// First four bytes of SHA-256(name || 0x0A || type || key).
fn key_id(name: &str, key_type: KeyType, public: &[u8]) -> u32 {
    let mut input = name.as_bytes().to_vec();
    input.extend_from_slice(&[b'\n', key_type.byte()]);
    input.extend_from_slice(public);
    let [a, b, c, d, ..] = *sha256(&input).as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// Base64 of the type byte and the bytes of a key or seed.
pub(crate) fn join_data(key_type: KeyType, bytes: &[u8]) -> String {
    let mut data = vec![key_type.byte()];
    data.extend_from_slice(bytes);
    to_base64(&data)
}

/// The parts of `name+hex8+base64(type || bytes)`, in public and private keys alike.
pub(crate) struct Parts<'a> {
    pub(crate) name: &'a str,
    given_id: u32,
    pub(crate) key_type: KeyType,
    pub(crate) bytes: Vec<u8>,
}

impl<'a> Parts<'a> {
    pub(crate) fn split(text: &'a str) -> Result<Self, KeyError> {
        // The base64 part may hold plus signs, the name may not: split from the left, twice.
        let (name, rest) = text.split_once(PLUS).ok_or(KeyError::Parts)?;
        let (id, data) = rest.split_once(PLUS).ok_or(KeyError::Parts)?;
        let lower_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if id.len() != 8 || !id.bytes().all(lower_hex) {
            return Err(KeyError::IdForm);
        }
        let given_id = u32::from_str_radix(id, 16).map_err(|_| KeyError::IdForm)?;
        let data = from_base64(data).map_err(KeyError::Data)?;
        let (&type_byte, bytes) = data.split_first().ok_or(KeyError::NoData)?;
        let key_type = KeyType::from_byte(type_byte).ok_or(KeyError::Unsupported { type_byte })?;
        let bytes = bytes.to_vec();
        Ok(Self {
            name,
            given_id,
            key_type,
            bytes,
        })
    }

    /// Refuses a key whose text states another id than its own.
    pub(crate) fn expect_id(&self, computed: u32) -> Result<(), KeyError> {
        let given = self.given_id;
        if computed == given {
            Ok(())
        } else {
            Err(KeyError::IdMismatch { computed, given })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_eight_points_of_small_order_are_known() {
        // There are eight; so eight different ones are all of them.
        let weak = |bytes: &&[u8; 32]| VerifyingKey::from_bytes(bytes).is_ok_and(|k| k.is_weak());
        assert_eq!(SMALL_ORDER.iter().filter(weak).count(), 8);
        let mut sorted = SMALL_ORDER;
        sorted.sort_unstable();
        assert!(sorted.is_sorted_by(|one, other| one < other));
    }

    #[test]
    fn the_text_of_a_key_is_checked_as_its_parser_does_but_for_the_point() {
        let key = VerifierKey::new("log.example", &[0; 32], KeyType::Ed25519);
        assert_eq!(key.unwrap_err(), KeyError::Point);
        let good = crate::SigningKey::from_seed("log.example", [1; 32], KeyType::Ed25519)
            .unwrap()
            .verifier_key()
            .to_string();
        for at in 0..good.len() {
            for byte in [b'A', b'+', b'0', b' ', b'='] {
                let mut text = good.clone().into_bytes();
                text[at] = byte;
                let text = String::from_utf8(text).unwrap();
                let parsed = VerifierKey::parse(&text).map(drop);
                let checked = VerifierKey::check_text(&text);
                assert!(
                    parsed == checked || parsed == Err(KeyError::Point),
                    "{text}"
                );
            }
        }
    }
}
