//! Kleene's strong three-valued logic.

use serde::{Deserialize, Serialize};

/// What the coded facts say of one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kleene {
    /// The element is met.
    Met,
    /// The element is not met.
    NotMet,
    /// The facts do not say; neither innocence nor guilt.
    Unknown,
}

impl Kleene {
    /// All three values.
    pub const ALL: [Self; 3] = [Self::Met, Self::NotMet, Self::Unknown];

    /// Both: not met if either is not met, met if both are, else unknown.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::NotMet, _) | (_, Self::NotMet) => Self::NotMet,
            (Self::Met, Self::Met) => Self::Met,
            _ => Self::Unknown,
        }
    }

    /// Either: met if either is met, not met if both are not, else unknown.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Met, _) | (_, Self::Met) => Self::Met,
            (Self::NotMet, Self::NotMet) => Self::NotMet,
            _ => Self::Unknown,
        }
    }
}

impl std::ops::Not for Kleene {
    type Output = Self;

    /// Met and not met change places; unknown stays unknown.
    fn not(self) -> Self {
        match self {
            Self::Met => Self::NotMet,
            Self::NotMet => Self::Met,
            Self::Unknown => Self::Unknown,
        }
    }
}
