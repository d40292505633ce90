//! A public claim made by others, split into assertions, and what was found of each.

use serde::{Deserialize, Serialize};
use tlog::Hash;

use crate::ids::{Country, InputId, Slug};
use crate::time::Day;

/// Most assertions of one claim.
pub const MAX_ASSERTIONS: usize = 32;

/// A claim as its publisher made it. Its text and objects are exhibits of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Who published it, as a short word.
    pub publisher: Slug,
    /// When.
    pub published: Day,
    /// SHA-256 of its exact text.
    pub text_sha256: Hash,
    /// SHA-256 of the STIX bundle or MISP event that came with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects_sha256: Option<Hash>,
    /// What it says, one assertion after the other.
    pub assertions: Assertions,
}

/// One to [`MAX_ASSERTIONS`] assertions, no identifier and no content twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Assertion>", into = "Vec<Assertion>")]
pub struct Assertions(Vec<Assertion>);

/// One thing a claim says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// Its name within the claim.
    pub id: Slug,
    /// What it says.
    pub says: Says,
}

/// The kinds of assertion that a case can decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Says {
    /// A state is responsible.
    StateResponsible {
        /// The state.
        state: Country,
    },
    /// A group did it.
    UnitResponsible {
        /// The actor of the case's hypotheses that stands for the group.
        actor: InputId,
        /// The state it is said to act for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<Country>,
    },
    /// A state is not responsible.
    StateNotResponsible {
        /// The state.
        state: Country,
    },
    /// Something was observed.
    Observed {
        /// The item of the case's assessments that stands for the observation.
        item: InputId,
        /// Its kind.
        of: method::ItemKind,
    },
}

/// Why a list of assertions is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionsError {
    /// None, or too many.
    #[error("a claim has 1 to {MAX_ASSERTIONS} assertions, not {0}")]
    Count(usize),
    /// An identifier given twice.
    #[error("assertion {0} is given twice")]
    Id(Slug),
    /// Two assertions that say the same.
    #[error("assertions {0} and {1} say the same")]
    Same(Slug, Slug),
}

impl TryFrom<Vec<Assertion>> for Assertions {
    type Error = AssertionsError;
    fn try_from(list: Vec<Assertion>) -> Result<Self, AssertionsError> {
        if list.is_empty() || list.len() > MAX_ASSERTIONS {
            return Err(AssertionsError::Count(list.len()));
        }
        for (n, later) in list.iter().enumerate() {
            for earlier in list.iter().take(n) {
                if earlier.id == later.id {
                    return Err(AssertionsError::Id(later.id.clone()));
                }
                if earlier.says == later.says {
                    let (first, second) = (earlier.id.clone(), later.id.clone());
                    return Err(AssertionsError::Same(first, second));
                }
            }
        }
        Ok(Self(list))
    }
}

impl From<Assertions> for Vec<Assertion> {
    fn from(assertions: Assertions) -> Self {
        assertions.0
    }
}

impl Assertions {
    /// The assertions, in the order of the claim.
    pub fn iter(&self) -> std::slice::Iter<'_, Assertion> {
        self.0.iter()
    }
}

impl Says {
    /// The state it speaks of, if it speaks of one.
    #[must_use]
    pub fn state(&self) -> Option<&Country> {
        match self {
            Self::StateResponsible { state } | Self::StateNotResponsible { state } => Some(state),
            Self::UnitResponsible { state, .. } => state.as_ref(),
            Self::Observed { .. } => None,
        }
    }
}

impl Claim {
    /// The states it speaks of, each once, in its order.
    #[must_use]
    pub fn states(&self) -> Vec<&Country> {
        let mut out: Vec<&Country> = Vec::new();
        for state in self.assertions.iter().filter_map(|a| a.says.state()) {
            if !out.contains(&state) {
                out.push(state);
            }
        }
        out
    }

    /// What has to be an exhibit of the case: its text and, if there are any, its objects.
    pub fn exhibits(&self) -> impl Iterator<Item = &Hash> {
        std::iter::once(&self.text_sha256).chain(&self.objects_sha256)
    }
}

/// What open evidence says of an assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tested {
    /// The evidence carries it.
    Supported,
    /// The evidence speaks against it.
    NotSupported,
    /// The evidence clears whom it accuses.
    Exonerated,
    /// Neither can be said from open evidence.
    CannotTell,
}

/// Why an assertion has its outcome (docs/method.md lists them with their meaning).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // explained by `claim::because`
pub enum Because {
    StandardReached,
    Cleared,
    EvidenceAgainst,
    NotConsidered,
    OtherState,
    Undecided,
    GroupUndecided,
    ReChecked,
    Contradicted,
    NoItem,
    NotReCheckable,
    Doubtful,
    UnknownGrade,
}

/// What was found of one assertion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssertionOutcome {
    /// The assertion.
    pub id: Slug,
    /// What was found.
    pub outcome: Tested,
    /// Why.
    pub because: Because,
    /// P of the state or group it speaks of, parts per million, where it is among the hypotheses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likelihood_ppm: Option<u32>,
    /// Its 5-95 % interval, parts per million.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_ppm: Option<[u32; 2]>,
}
