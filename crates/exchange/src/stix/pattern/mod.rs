//! STIX patterns (STIX 2.1, section 9; `STIXPattern.g4` of the OASIS committee): read, print, check, match, compare.
//!
//! ```
//! use solferino_exchange::stix::pattern::{Edition, Pattern};
//!
//! let a = Pattern::parse("[ a-type:b=1 OR a-type:c IN ('x') ]", Edition::V21)?;
//! assert_eq!(a.to_string(), "[a-type:b = 1 OR a-type:c IN ('x')]");
//! let error = Pattern::parse("[file:size = ]", Edition::V21).unwrap_err();
//! assert_eq!((error.at, error.to_string()), (13, "character 13: a constant is due here".into()));
//! # Ok::<(), solferino_exchange::stix::pattern::PatternError>(())
//! ```

mod ast;
mod canonical;
mod check;
mod compare;
mod matching;
mod observed;
mod parse;
mod token;

use std::fmt;

pub use ast::{
    Base, Comparison, Expression, Join, Literal, Operator, Qualified, Qualifier, Step, Test,
};
pub use canonical::{CanonicalError, MAX_CANONICAL_PARTS};
pub use matching::{MAX_MATCH_STEPS, MatchError};
pub use observed::{Observation, observations};

/// Deepest nesting of parentheses in a pattern, in levels.
pub const MAX_PATTERN_DEPTH: usize = 64;

/// The edition of the language a pattern is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// STIX 2.0: START and STOP may have times as texts.
    V20,
    /// STIX 2.1.
    V21,
}

/// A pattern that fits the grammar.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    tree: Expression,
}

/// Why a text is no pattern, or breaks a rule of patterns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("character {at}: {problem}")]
pub struct PatternError {
    /// Place in the pattern, in characters from 0.
    pub at: usize,
    /// What is wrong there.
    pub problem: PatternProblem,
}

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // the messages say it
pub enum PatternProblem {
    #[error("no word of the language begins with this character")]
    Character,
    #[error("it is never closed")]
    Unclosed,
    #[error("only \\' and \\\\ are escapes")]
    Escape,
    #[error("not a number")]
    Number,
    #[error("a positive number is written without + (section 9.2)")]
    Plus,
    #[error("not a timestamp (section 2.16)")]
    Timestamp,
    #[error("not an even number of hexadecimal digits (section 9.2)")]
    Hex,
    #[error("not base64 of RFC 4648 (section 9.2)")]
    Base64,
    #[error("{0} is due here")]
    Expected(&'static str),
    #[error("nested deeper than {MAX_PATTERN_DEPTH} levels")]
    TooDeep,
    #[error("a second {0} on one observation expression (section 9.5.1)")]
    Duplicate(&'static str),
    #[error("AND joins comparisons that no single object can satisfy (section 9.5)")]
    Unsatisfiable,
    #[error("a set has values of one type (section 9.6.1)")]
    MixedSet,
    #[error("compared with what is no {0} hash (section 2.7)")]
    Hash(String),
    #[error(
        "ISSUBSET and ISSUPERSET compare with an address or block of IPv4 or IPv6 (section 9.6.1)"
    )]
    Addresses,
    #[error("{0:?} is no name of a type (section 3.1)")]
    TypeName(String),
    #[error("{0:?} is no name of a property (section 3.1)")]
    PropertyName(String),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`PatternError`] with the first character that does not fit the grammar.
    pub fn parse(text: &str, edition: Edition) -> Result<Self, PatternError> {
        let tree = parse::pattern(text, edition)?;
        Ok(Self { tree })
    }

    /// Its tree.
    #[must_use]
    pub fn tree(&self) -> &Expression {
        &self.tree
    }

    /// What it breaks beside the grammar: qualifiers twice, AND over objects of different types, mixed sets, sets of
    /// addresses that are none, and comparisons with what is no hash because of which it never matches.
    pub fn problems(&self) -> impl Iterator<Item = PatternError> + use<> {
        check::problems(&self.tree).into_iter()
    }

    /// Comparisons with what is no hash, where it may match all the same.
    pub fn doubts(&self) -> impl Iterator<Item = PatternError> + use<> {
        check::doubts(&self.tree).into_iter()
    }

    /// Types and properties it names that cannot exist; none of them may be in an indicator's pattern.
    pub fn names(&self) -> impl Iterator<Item = PatternError> + use<> {
        check::names(&self.tree).into_iter()
    }

    /// All its comparisons, in their order.
    #[must_use]
    pub fn comparisons(&self) -> Vec<&Comparison> {
        let mut found = Vec::new();
        check::comparisons(&self.tree, &mut found);
        found
    }

    /// Whether these observations match it (section 9.4).
    ///
    /// # Errors
    /// [`MatchError`] if it cannot be decided within [`MAX_MATCH_STEPS`], or an expression of MATCHES is none.
    pub fn matches(&self, observations: &[Observation<'_>]) -> Result<bool, MatchError> {
        matching::matches(&self.tree, observations)
    }

    /// A pattern that is the same for all patterns this one is found equivalent to.
    ///
    /// Two patterns with one canonical text match the same observations. The reverse is not promised: equivalence of
    /// qualifiers is not looked for.
    ///
    /// # Errors
    /// [`CanonicalError`] if it would have more than [`MAX_CANONICAL_PARTS`] parts.
    pub fn canonical(&self) -> Result<Self, CanonicalError> {
        let tree = canonical::expression(&self.tree)?;
        Ok(Self { tree })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.tree)
    }
}

/// All comparisons of a pattern of either edition, in their order.
///
/// # Errors
/// [`PatternError`] with the first character that does not fit the grammar.
pub fn comparisons(pattern: &str) -> Result<Vec<Comparison>, PatternError> {
    let pattern = Pattern::parse(pattern, Edition::V20)?;
    Ok(pattern.comparisons().into_iter().cloned().collect())
}
