//! The two spellings every C2SP text format shares: strict base64 and strict decimals.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Why a base64 text was refused. Only the one canonical spelling of RFC 4648 section 4 is read:
/// standard alphabet, padded, unused trailing bits zero.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not canonical base64: {reason}")]
pub struct Base64Error {
    /// What the decoder met, with the offset in bytes.
    pub reason: String,
}

/// Why a decimal was refused. Only ASCII digits without a leading zero (or `0` alone) up to
/// 2^64 - 1 are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Nothing stood where a number was expected.
    #[error("the number is empty")]
    Empty,
    /// A byte other than an ASCII digit.
    #[error("the number holds the byte 0x{byte:02x}, which is not a digit")]
    NotADigit {
        /// The byte found.
        byte: u8,
    },
    /// A zero in front of other digits.
    #[error("the number has a leading zero")]
    LeadingZero,
    /// More than 2^64 - 1.
    #[error("the number does not fit 64 bits")]
    TooLarge,
}

/// Standard padded base64 of `bytes`.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// As [`to_base64`], into a buffer of just that length.
pub(crate) fn base64_into<'a>(bytes: &[u8], text: &'a mut [u8]) -> Option<&'a str> {
    let written = STANDARD.encode_slice(bytes, text).ok()?;
    str::from_utf8(text.get(..written)?).ok()
}

/// Decodes canonical standard padded base64.
pub(crate) fn from_base64(text: &str) -> Result<Vec<u8>, Base64Error> {
    STANDARD.decode(text).map_err(|error| Base64Error {
        reason: error.to_string(),
    })
}

/// Reads a decimal in its one canonical spelling.
pub(crate) fn parse_decimal(text: &str) -> Result<u64, DecimalError> {
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return Err(DecimalError::Empty);
    }
    if let Some(&byte) = bytes.iter().find(|byte| !byte.is_ascii_digit()) {
        return Err(DecimalError::NotADigit { byte });
    }
    if bytes.len() > 1 && bytes.first() == Some(&b'0') {
        return Err(DecimalError::LeadingZero);
    }
    text.parse().map_err(|_| DecimalError::TooLarge)
}
