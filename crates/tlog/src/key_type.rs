//! What a key signs: the signature types of signed-note that this project uses.

use crate::mldsa;

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// Type 0x01: Ed25519 over the text of a note. Logs sign with it.
    Ed25519,
    /// Type 0x04: Ed25519 over a checkpoint and a time (cosignature/v1). Witnesses sign with it.
    CosignatureV1,
    /// Type 0x06: ML-DSA-44 over a subtree, of which a checkpoint is one, and a time
    /// (subtree/v1). Logs and witnesses sign with it.
    SubtreeV1,
}

impl KeyType {
    /// The signature type byte of signed-note.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
            Self::SubtreeV1 => 0x06,
        }
    }

    /// The type of a signature type byte, if this project reads it.
    pub(crate) const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Ed25519),
            0x04 => Some(Self::CosignatureV1),
            0x06 => Some(Self::SubtreeV1),
            _ => None,
        }
    }

    /// Length of a public key of this type, in bytes.
    pub const fn public_key_bytes(self) -> usize {
        match self {
            Self::Ed25519 | Self::CosignatureV1 => 32,
            Self::SubtreeV1 => mldsa::PUBLIC_BYTES,
        }
    }

    /// Length of a raw signature of this type, in bytes, without key id and time.
    pub const fn signature_bytes(self) -> usize {
        match self {
            Self::Ed25519 | Self::CosignatureV1 => 64,
            Self::SubtreeV1 => mldsa::SIGNATURE_BYTES,
        }
    }

    /// Whether a signature of this type carries a time.
    pub const fn is_timed(self) -> bool {
        !matches!(self, Self::Ed25519)
    }

    /// Whether a log signs its own checkpoints with keys of this type.
    pub const fn signs_for_logs(self) -> bool {
        !matches!(self, Self::CosignatureV1)
    }

    /// Whether a witness cosigns checkpoints with keys of this type.
    pub const fn cosigns(self) -> bool {
        !matches!(self, Self::Ed25519)
    }
}
