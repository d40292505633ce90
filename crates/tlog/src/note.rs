//! Signed notes: text and signature lines (signed-note, "Format").

use std::fmt;

use crate::key_name::{KeyName, KeyNameError};
use crate::text::{Base64Error, from_base64, to_base64};

/// Longest note that is read, in bytes, signatures included.
pub const MAX_NOTE_BYTES: usize = 1_000_000;
/// Most signature lines in a note that is read. The specification asks for at least 16.
pub const MAX_NOTE_SIGNATURES: usize = 128;

/// Start of a signature line: em dash (U+2014) and space.
const SIGNATURE_PREFIX: &str = "\u{2014} ";
/// Bytes of the key id in front of a signature.
const KEY_ID_BYTES: usize = 4;

/// A text and its signatures, none of them verified yet ([`Note::verify`]).
///
/// Parsing and displaying are inverse: an accepted note displays as the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The signed text, with its final newline.
    pub text: String,
    /// The signatures, in the order of their lines.
    pub signatures: Vec<NoteSignature>,
}

/// One signature line of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: KeyName,
    /// Id of the key; name and id together say which key and which kind of signature.
    pub key_id: u32,
    /// The signature, without the key id; at least one byte. 64 bytes for Ed25519; 8 bytes of
    /// time and 64 bytes for cosignature/v1; 8 bytes of time and 2420 bytes for subtree/v1.
    pub bytes: Vec<u8>,
}

/// Why bytes are not a note. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Longer than [`MAX_NOTE_BYTES`].
    #[error("the note has {length} bytes, more than 1000000")]
    TooLarge {
        /// Length found, in bytes.
        length: usize,
    },
    /// Not UTF-8.
    #[error("the note is not UTF-8 from byte {offset} on")]
    NotUtf8 {
        /// Offset of the first wrong byte.
        offset: usize,
    },
    /// A control character other than the newline; a carriage return is one.
    #[error("the note holds the control character 0x{byte:02x} at byte {offset}")]
    ControlCharacter {
        /// Offset in bytes.
        offset: usize,
        /// The character.
        byte: u8,
    },
    /// The last line has no end.
    #[error("the note does not end with a newline")]
    MissingFinalNewline,
    /// No empty line between text and signatures.
    #[error("the note has no empty line before its signatures")]
    NoSeparator,
    /// Nothing follows the last empty line.
    #[error("the note has no signature")]
    NoSignature,
    /// More than [`MAX_NOTE_SIGNATURES`] lines.
    #[error("the note has {count} signatures, more than 128")]
    TooManySignatures {
        /// Lines found.
        count: usize,
    },
    /// A line after the last empty line is not em dash, space, name, space, base64.
    #[error("line {line} of the note is not a signature line")]
    SignatureLine {
        /// Line in the note.
        line: usize,
    },
    /// The name in a signature line is not a key name.
    #[error("the name in line {line} of the note is not valid")]
    Name {
        /// Line in the note.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: KeyNameError,
    },
    /// The signature is not canonical base64.
    #[error("the signature in line {line} of the note is not valid")]
    Base64 {
        /// Line in the note.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: Base64Error,
    },
    /// The signature does not reach beyond the key id.
    #[error("the signature in line {line} of the note has {length} bytes, too few")]
    SignatureTooShort {
        /// Line in the note.
        line: usize,
        /// Length in bytes, key id included.
        length: usize,
    },
    /// The same signature line stands twice.
    #[error("line {line} of the note repeats an earlier signature line")]
    DuplicateSignature {
        /// Line in the note.
        line: usize,
    },
}

impl Note {
    /// Reads a note.
    ///
    /// The text ends before the last empty line; everything after it has to be signature lines.
    ///
    /// # Errors
    /// [`NoteError`], naming the first thing that is not as signed-note writes it.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge {
                length: bytes.len(),
            });
        }
        let whole = std::str::from_utf8(bytes).map_err(|error| NoteError::NotUtf8 {
            offset: error.valid_up_to(),
        })?;
        check_characters(whole)?;
        // The separator is the newline that ends the text and the one of the empty line.
        let (text, lines) = whole.rsplit_once("\n\n").ok_or(NoteError::NoSeparator)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoSignature)?;
        let count = lines.split('\n').count();
        if count > MAX_NOTE_SIGNATURES {
            return Err(NoteError::TooManySignatures { count });
        }
        let text = format!("{text}\n");
        let first_line = text.matches('\n').count() + 2;
        let mut signatures: Vec<NoteSignature> = Vec::with_capacity(count);
        for (line, content) in (first_line..).zip(lines.split('\n')) {
            let signature = NoteSignature::parse_line(content, line)?;
            if signatures.contains(&signature) {
                return Err(NoteError::DuplicateSignature { line });
            }
            signatures.push(signature);
        }
        Ok(Self { text, signatures })
    }

    /// Refuses a text that no note can carry: control characters, no final newline.
    pub(crate) fn check_text(text: &str) -> Result<(), NoteError> {
        if text.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge { length: text.len() });
        }
        check_characters(text)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl NoteSignature {
    /// Reads one signature line, without its newline. Witnesses answer with such lines
    /// (tlog-witness).
    ///
    /// # Errors
    /// [`NoteError`] with line 1.
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        check_characters_without_end(line)?;
        Self::parse_line(line, 1)
    }

    fn parse_line(content: &str, line: usize) -> Result<Self, NoteError> {
        let rest = content.strip_prefix(SIGNATURE_PREFIX);
        let (name, data) = rest
            .and_then(|rest| rest.split_once(' '))
            .ok_or(NoteError::SignatureLine { line })?;
        let name = KeyName::new(name).map_err(|source| NoteError::Name { line, source })?;
        let data = from_base64(data).map_err(|source| NoteError::Base64 { line, source })?;
        match data.split_first_chunk::<KEY_ID_BYTES>() {
            Some((id, bytes)) if !bytes.is_empty() => Ok(Self {
                name,
                key_id: u32::from_be_bytes(*id),
                bytes: bytes.to_vec(),
            }),
            _ => Err(NoteError::SignatureTooShort {
                line,
                length: data.len(),
            }),
        }
    }
}

/// The signature line, without its newline.
impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut data = self.key_id.to_be_bytes().to_vec();
        data.extend_from_slice(&self.bytes);
        write!(f, "{SIGNATURE_PREFIX}{} {}", self.name, to_base64(&data))
    }
}

fn check_characters(text: &str) -> Result<(), NoteError> {
    let refused = |&(_, byte): &(usize, u8)| byte < b' ' && byte != b'\n';
    if let Some((offset, byte)) = text.bytes().enumerate().find(refused) {
        return Err(NoteError::ControlCharacter { offset, byte });
    }
    if text.ends_with('\n') {
        Ok(())
    } else {
        Err(NoteError::MissingFinalNewline)
    }
}

fn check_characters_without_end(line: &str) -> Result<(), NoteError> {
    match line.bytes().enumerate().find(|&(_, byte)| byte < b' ') {
        Some((offset, byte)) => Err(NoteError::ControlCharacter { offset, byte }),
        None => Ok(()),
    }
}
