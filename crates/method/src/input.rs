//! The signed inputs of the method: hypotheses, strands and items, as analysts state them.
//!
//! Every number is an integer with its unit in the name, so that a statement never carries a
//! floating-point literal: `_ppm` is parts per million of a probability, `_mban` is thousandths
//! of a ban (a ban is a unit of log10 likelihood ratio). Conversion to `f64` is one correctly
//! rounded division, the same on every machine.

use serde::{Deserialize, Serialize};

/// Parts per million in one.
pub const PPM: u32 = 1_000_000;
/// Millibans in one ban.
pub const MBAN: i32 = 1_000;
/// Most actors a case may hold, the "none of these" included.
pub const MAX_ACTORS: usize = 21;
/// Most items of one case.
pub const MAX_ITEMS: usize = 200;
/// Most strands of one case.
pub const MAX_STRANDS: usize = 50;
/// Largest absolute log10 likelihood ratio, in millibans (ten bans).
pub const MAX_LR_MBAN: i32 = 10_000;

/// What an actor stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActorKind {
    /// A unit or group tied to a state, whose code stands in [`Actor::state`].
    State,
    /// A person or group tied to no state.
    NonState,
    /// None of the listed actors (`U` in the literature); exactly one per case.
    NoneOfThese,
}

/// One declared hypothesis: "this actor did it".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Short identifier, unique in the case.
    pub id: String,
    /// What the actor stands for.
    pub kind: ActorKind,
    /// ISO 3166-1 alpha-2 code of the state, exactly when `kind` is `state`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Prior probability, parts per million; the priors of a case sum to one million.
    pub prior_ppm: u32,
}

/// What an analyst says about a state named among the hypotheses, for the gate on partial sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateRelations {
    /// The state, as in [`Actor::state`].
    pub state: String,
    /// Source blocs counted as allied with it (its own included).
    pub allied: Vec<String>,
    /// Source blocs counted as its adversaries.
    pub adversary: Vec<String>,
}

/// The hypotheses of a case: actors with priors, and how likely imitation is beforehand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hypotheses {
    /// The actors, in the declared order that fixes the order of all sums and of ties.
    pub actors: Vec<Actor>,
    /// Prior probability that the author imitates another listed actor, parts per million.
    pub delta_ppm: u32,
    /// Blocs allied with or adverse to each state; a state not listed leaves that gate unknown.
    #[serde(default)]
    pub relations: Vec<StateRelations>,
}

/// A declared independence group of items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strand {
    /// Short identifier, unique in the case.
    pub id: String,
    /// Correlation of the items within the strand, parts per million.
    pub rho_ppm: u32,
    /// Probability that the whole strand is corrupted, parts per million; caps its ratio at 1/c.
    pub c_ppm: u32,
    /// Whether a machine made it: a ranking computed from earlier cases. At most one of a case,
    /// with items of kind [`ItemKind::Suggestion`] only; no gate is met with its help.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub machine: bool,
}

/// The kind of observation an item rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// Servers, domains, addresses, certificates.
    Infrastructure,
    /// Where the act came from or passed through.
    Territory,
    /// Code, samples, build artefacts.
    Malware,
    /// Ways of working: tools, timing, operational security.
    Tradecraft,
    /// Who was chosen as a target.
    Victimology,
    /// Who would gain; political context.
    Motive,
    /// Language, user names, document properties.
    Metadata,
    /// Accounts, money, persons: findings of a criminal investigation.
    Judicial,
    /// A statement by a government or agency.
    Official,
    /// A check of whether another item was planted.
    Forensic,
    /// Ranking produced by a machine from earlier cases; only in a strand marked so.
    Suggestion,
}

/// Source reliability of the Admiralty scale (A-F).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // the letters are the scale
pub enum Reliability {
    A,
    B,
    C,
    D,
    E,
    /// Cannot be judged: unknown, never 50 %.
    F,
}

/// Information credibility of the Admiralty scale (1-6); 6 cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Credibility(u8);

impl Credibility {
    /// The digit, 1 to 6.
    #[must_use]
    pub fn digit(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Credibility {
    type Error = String;
    fn try_from(digit: u8) -> Result<Self, String> {
        if (1..=6).contains(&digit) {
            Ok(Self(digit))
        } else {
            Err(format!("credibility is a digit from 1 to 6, not {digit}"))
        }
    }
}

impl From<Credibility> for u8 {
    fn from(c: Credibility) -> u8 {
        c.0
    }
}

/// A likelihood ratio relative to "none of these", as log10 in millibans: low, middle, high.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorRatio {
    /// The actor the ratio speaks of.
    pub actor: String,
    /// Low, middle and high, millibans, not decreasing.
    pub mban: [i32; 3],
}

/// How likely an observation is given how the operation was disguised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeceptionRatios {
    /// No imitation, millibans.
    pub none_mban: i32,
    /// Imitation of a listed actor not named in `imitating`, millibans.
    pub other_mban: i32,
    /// Imitation of one named actor, millibans.
    pub imitating: Vec<Imitating>,
}

/// One row of [`DeceptionRatios`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imitating {
    /// The actor who is imitated.
    pub actor: String,
    /// log10 likelihood ratio, millibans.
    pub mban: i32,
}

/// Who made the observation known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Organisation, as a short identifier.
    pub organisation: String,
    /// ISO 3166-1 alpha-2 code of its jurisdiction, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Bloc its jurisdiction is counted in, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bloc: Option<String>,
}

/// An exhibit's meaning for the hypotheses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Short identifier, unique in the case.
    pub id: String,
    /// The declared strand.
    pub strand: String,
    /// The kind of observation.
    pub kind: ItemKind,
    /// Reliability of the source (Admiralty letter).
    pub reliability: Reliability,
    /// Credibility of the information (Admiralty digit).
    pub credibility: Credibility,
    /// Overrides the default reliability r of the grade: low, middle, high, parts per million.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r_ppm: Option<[u32; 3]>,
    /// How easily it is planted: probability that an imitator reproduces it, parts per million.
    pub phi_ppm: u32,
    /// Likelihood ratios relative to "none of these"; an actor not listed has ratio 1.
    pub lr: Vec<ActorRatio>,
    /// Likelihood ratios over the disguise, where the observation speaks of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deception: Option<DeceptionRatios>,
    /// Where the *observation* originates, not who reported it; shared upstreams merge strands.
    pub upstream: Vec<String>,
    /// Exhibits it rests on, SHA-256 in hex.
    pub exhibits: Vec<String>,
    /// Whether a stranger can repeat the observation from disclosed exhibits.
    pub recheckable: bool,
    /// Who made it known.
    pub source: Source,
}

/// A reviewer's opened posterior over the declared actors, in the declared order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewerPosterior {
    /// The reviewer's member identifier.
    pub reviewer: String,
    /// One probability per actor, parts per million; they sum to one million.
    pub posterior_ppm: Vec<u32>,
    /// Weight in both pools from the reviewer's calibration record, parts per million of the
    /// weight everybody starts with.
    #[serde(default = "equal_weight")]
    pub weight_ppm: u32,
}

fn equal_weight() -> u32 {
    PPM
}

/// Everything the method needs of one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Actors and priors.
    pub hypotheses: Hypotheses,
    /// Strands, in the order of the statements that declared them.
    pub strands: Vec<Strand>,
    /// Items, in the order of the statements that carried them.
    pub items: Vec<Item>,
    /// Opened reviews; empty before the panel has reviewed.
    #[serde(default)]
    pub reviews: Vec<ReviewerPosterior>,
    /// Whether the accused's right of reply is on the record.
    #[serde(default)]
    pub reply_recorded: bool,
}
