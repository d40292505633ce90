//! Defined terms: what an operation may be called.

use crate::Kleene;
use serde::{Deserialize, Serialize};

/// The name of the set; a change of a definition changes it.
pub const TERM_SET: &str = "solferino-terms/1";

/// What the coded effects allow an operation to be called (docs/norms.md, Terms).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    /// Persons injured or objects damaged.
    Destruction,
    /// Data or services made unusable.
    Disruption,
    /// Data or functions changed.
    Manipulation,
    /// Data taken and published or handed on.
    TheftAndDisclosure,
    /// Data taken in order to learn.
    Espionage,
    /// Data taken.
    DataTheft,
    /// Nothing more is known.
    IctActivity,
}

/// The effects an operation is known to have had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effects {
    /// Data read or taken.
    pub confidentiality: Kleene,
    /// Data or functions changed.
    pub integrity: Kleene,
    /// Data or services made unusable.
    pub availability: Kleene,
    /// Injury or damage.
    pub physical: Kleene,
    /// What was taken was published.
    pub disclosure: Kleene,
    /// The purpose was to learn.
    pub espionage: Kleene,
}

impl Term {
    /// In words, for pages.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Destruction => "destruction",
            Self::Disruption => "disruption",
            Self::Manipulation => "manipulation",
            Self::TheftAndDisclosure => "theft and disclosure",
            Self::Espionage => "espionage",
            Self::DataTheft => "data theft",
            Self::IctActivity => "ICT activity",
        }
    }

    /// The term that the known effects allow; what is not known adds nothing.
    #[must_use]
    pub fn of(effects: Effects) -> Self {
        let met = |value| value == Kleene::Met;
        if met(effects.physical) {
            Self::Destruction
        } else if met(effects.availability) {
            Self::Disruption
        } else if met(effects.integrity) {
            Self::Manipulation
        } else if met(effects.disclosure) {
            Self::TheftAndDisclosure
        } else if met(effects.confidentiality) && met(effects.espionage) {
            Self::Espionage
        } else if met(effects.confidentiality) {
            Self::DataTheft
        } else {
            Self::IctActivity
        }
    }

    /// The word pages use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Destruction => "attack with physical effect",
            Self::Disruption => "disruption",
            Self::Manipulation => "manipulation",
            Self::TheftAndDisclosure => "theft and disclosure of data",
            Self::Espionage => "espionage",
            Self::DataTheft => "theft of data",
            Self::IctActivity => "ICT activity",
        }
    }

    /// Whether "attack" may be said of it, in the sense of Tallinn Manual 2.0 rule 92.
    #[must_use]
    pub fn is_attack(self) -> bool {
        self == Self::Destruction
    }
}
