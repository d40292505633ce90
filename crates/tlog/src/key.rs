//! Public keys of note signers (signed-note, "Verifier keys").

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, VerifyingKey};

use crate::hash::sha256;
use crate::key_name::{KeyName, KeyNameError, PLUS};
use crate::text::{Base64Error, from_base64, to_base64};

/// What a key signs: the signature types of signed-note that this project uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// Type 0x01: Ed25519 over the text of a note. Logs sign with it.
    Ed25519,
    /// Type 0x04: Ed25519 over a checkpoint and a time (cosignature/v1). Witnesses sign with it.
    CosignatureV1,
}

impl KeyType {
    /// The signature type byte of signed-note.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
        }
    }

    /// The type of a signature type byte, if this project reads it.
    pub(crate) const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Ed25519),
            0x04 => Some(Self::CosignatureV1),
            _ => None,
        }
    }
}

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
    /// The key has not 32 bytes.
    #[error("an Ed25519 key has 32 bytes, this one has {length}")]
    Length {
        /// Length found, in bytes, without the type byte.
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
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    key_type: KeyType,
    key: VerifyingKey,
}

impl VerifierKey {
    /// A key from its 32 bytes (RFC 8032 encoding).
    ///
    /// # Errors
    /// [`KeyError::Name`]; [`KeyError::Point`] for bytes that are no point or a point of small
    /// order, under which anybody could sign.
    pub fn from_ed25519(name: &str, public: [u8; 32], key_type: KeyType) -> Result<Self, KeyError> {
        let name = KeyName::new(name).map_err(KeyError::Name)?;
        let key = VerifyingKey::from_bytes(&public).map_err(|_| KeyError::Point)?;
        if key.is_weak() {
            return Err(KeyError::Point);
        }
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
        let (name, given, key_type, public) = parse_parts(text)?;
        let key = Self::from_ed25519(name, public, key_type)?;
        expect_id(key.key_id(), given).map(|()| key)
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The key's id: the first four bytes of SHA-256(name || 0x0A || type || key).
    pub fn key_id(&self) -> u32 {
        let mut input = self.name().as_bytes().to_vec();
        input.extend_from_slice(&[b'\n', self.key_type.byte()]);
        input.extend_from_slice(self.key.as_bytes());
        let [a, b, c, d, ..] = *sha256(&input).as_bytes();
        u32::from_be_bytes([a, b, c, d])
    }

    /// What the key signs.
    pub fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The 32 bytes of the public key.
    pub fn public_key_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Verifies an Ed25519 signature over exactly `message`, by the strict rule: canonical
    /// scalars, no points of small order, no cofactor.
    ///
    /// # Errors
    /// [`KeyError::Signature`].
    pub fn verify_raw(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), KeyError> {
        let strict = self
            .key
            .verify_strict(message, &Signature::from_bytes(signature));
        let failed = |_| KeyError::Signature {
            name: self.name.to_string(),
            key_id: self.key_id(),
        };
        strict.map_err(failed)
    }

    /// The name in its own type.
    pub(crate) fn key_name(&self) -> &KeyName {
        &self.name
    }

    fn order(&self) -> (&KeyName, KeyType, &[u8; 32]) {
        (&self.name, self.key_type, self.key.as_bytes())
    }
}

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

/// Base64 of the type byte and 32 bytes of key or seed.
pub(crate) fn join_data(key_type: KeyType, bytes: &[u8; 32]) -> String {
    let mut data = vec![key_type.byte()];
    data.extend_from_slice(bytes);
    to_base64(&data)
}

/// Splits `name+hex8+base64(type || 32 bytes)`, in public and private keys alike.
pub(crate) fn parse_parts(text: &str) -> Result<(&str, u32, KeyType, [u8; 32]), KeyError> {
    // The base64 part may hold plus signs, the name may not: split from the left, twice.
    let (name, rest) = text.split_once(PLUS).ok_or(KeyError::Parts)?;
    let (id, data) = rest.split_once(PLUS).ok_or(KeyError::Parts)?;
    let lower_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if id.len() != 8 || !id.bytes().all(lower_hex) {
        return Err(KeyError::IdForm);
    }
    let id = u32::from_str_radix(id, 16).map_err(|_| KeyError::IdForm)?;
    let data = from_base64(data).map_err(KeyError::Data)?;
    let (&type_byte, bytes) = data.split_first().ok_or(KeyError::NoData)?;
    let key_type = KeyType::from_byte(type_byte).ok_or(KeyError::Unsupported { type_byte })?;
    let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| KeyError::Length {
        length: bytes.len(),
    })?;
    Ok((name, id, key_type, bytes))
}

/// Refuses a key whose text states another id than its own.
pub(crate) fn expect_id(computed: u32, given: u32) -> Result<(), KeyError> {
    if computed == given {
        Ok(())
    } else {
        Err(KeyError::IdMismatch { computed, given })
    }
}
