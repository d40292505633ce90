//! Country-blind review: the sealed map from names to tokens, and who saw it early.

use serde::{Deserialize, Serialize};
use tlog::Hash;

use crate::ids::MemberId;

/// Seals the map from the names of a round's analysis to tokens, before its panel is named.
/// Content: [`MaskMap`], sealed until the hypotheses open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mask {}

/// What a masked name is a name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameKind {
    /// An actor's identifier.
    Actor,
    /// A state's code.
    State,
    /// A source organisation.
    Organisation,
    /// A bloc of sources.
    Bloc,
    /// Where an observation originates.
    Upstream,
    /// A strand's identifier.
    Strand,
    /// An item's identifier.
    Item,
    /// A tell-tale word of free text.
    Term,
}

impl NameKind {
    /// The kind on the wire and in the token's digest.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Actor => "actor",
            Self::State => "state",
            Self::Organisation => "organisation",
            Self::Bloc => "bloc",
            Self::Upstream => "upstream",
            Self::Strand => "strand",
            Self::Item => "item",
            Self::Term => "term",
        }
    }
}

/// One name and the token that stands for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// What it is a name of.
    pub kind: NameKind,
    /// The name itself.
    pub original: String,
    /// The token: a function of the seed, the kind and the name ([`crate::blind`]).
    pub token: String,
    /// For a term: the state whose token it carries, if it stands for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

/// The map of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskMap {
    /// The secret the tokens come from; the same in every round of the case.
    pub seed: Hash,
    /// The names, each kind and original once.
    pub names: Vec<Name>,
}

/// Why a reviewer is not blind; kept coarse so that it names nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnmaskReason {
    /// Was shown the map or the case as it is.
    Shown,
    /// Recognised the case or a party.
    Recognised,
    /// The names leaked.
    Leaked,
}

/// Records that a reviewer knows what the map hides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unmask {
    /// The reviewer.
    pub reviewer: MemberId,
    /// How it came to know.
    pub reason: UnmaskReason,
}
