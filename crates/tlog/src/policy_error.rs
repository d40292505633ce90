//! Why a trust policy was refused, and in which line (tlog-policy).

use crate::key::KeyError;
use crate::key_type::KeyType;
use crate::text::DecimalError;

/// A policy was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the policy was refused")]
pub struct PolicyError {
    /// Line, from 1; the last one where something is missing in the whole.
    pub line: usize,
    /// What is wrong there.
    #[source]
    pub problem: PolicyProblem,
}

/// What is wrong in a line of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyProblem {
    /// Longer than [`crate::MAX_POLICY_BYTES`].
    #[error("the policy has {length} bytes, more than 262144")]
    TooLarge {
        /// Length found, in bytes.
        length: usize,
    },
    /// Not UTF-8.
    #[error("the line is not UTF-8")]
    NotUtf8,
    /// A control character other than tab and newline.
    #[error("the line holds the control character 0x{byte:02x}")]
    ControlCharacter {
        /// The character.
        byte: u8,
    },
    /// The last line has no end.
    #[error("the line does not end with a newline")]
    MissingFinalNewline,
    /// The first item is not `log`, `witness`, `group` or `quorum`.
    #[error("a line starts with log, witness, group or quorum, not with {keyword}")]
    Keyword {
        /// First item of the line.
        keyword: String,
    },
    /// Too few or too many items.
    #[error("the line has {items} items; it is written: {form}")]
    Items {
        /// Items found, the keyword included.
        items: usize,
        /// Form of the line.
        form: &'static str,
    },
    /// The key cannot be read.
    #[error("the key is not valid")]
    Key(#[source] KeyError),
    /// A cosigner's key in a `log` line, or a log's key in a `witness` line.
    #[error("the key is of type {actual:?}, this line needs {needed}")]
    KeyType {
        /// Type of the key.
        actual: KeyType,
        /// Types the line takes.
        needed: &'static str,
    },
    /// An earlier line of the same kind has the same public key.
    #[error("an earlier line has the same public key")]
    DuplicateKey,
    /// The name is taken, or predefined (`none`).
    #[error("the name {name} is already defined")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// The name is not defined on an earlier line.
    #[error("the name {name} is not defined on an earlier line")]
    UnknownName {
        /// The name.
        name: String,
    },
    /// The name is already a member of a group; `none` never can be.
    #[error("the name {name} cannot be a member here")]
    Member {
        /// The name.
        name: String,
    },
    /// The threshold is neither `all`, `any` nor a decimal.
    #[error("the threshold is not all, any or a number")]
    Threshold(#[source] DecimalError),
    /// The threshold is 0 or more than there are members.
    #[error("the threshold {threshold} is not from 1 to {members}")]
    ThresholdRange {
        /// Threshold found.
        threshold: u64,
        /// Members of the group.
        members: usize,
    },
    /// A second `quorum` line.
    #[error("the quorum is already defined")]
    SecondQuorum,
    /// No `quorum` line at all.
    #[error("the policy has no quorum line")]
    NoQuorum,
}
