//! One norm: its text's identity, its force, and the elements it is judged by.

use serde::{Deserialize, Serialize};

/// How binding the text is that a norm stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Force {
    /// Binding on its parties once in force for them.
    Treaty,
    /// Agreed by states as a voluntary norm.
    Voluntary,
    /// A public promise of those who joined it.
    Pledge,
    /// Put forward by someone; agreed by nobody as such.
    Proposal,
    /// A restatement of existing law by experts, in their own name.
    ExpertRestatement,
    /// A codification of existing law by a body charged with it.
    LawCodification,
}

/// What a norm asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Polarity {
    /// Leave something undone.
    Refrain,
    /// Do something.
    Do,
    /// Go about something in a certain way.
    Process,
}

/// Whether somebody with the primary text has checked the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Basis {
    /// Seen in a retrieved source.
    R,
    /// Not yet checked against the primary text.
    K,
}

impl Basis {
    /// The note a page shows beside the row, if it needs one.
    #[must_use]
    pub fn note(self) -> Option<&'static str> {
        match self {
            Self::R => None,
            Self::K => Some("not yet checked against the primary text"),
        }
    }
}

/// Whom a norm speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addressee {
    /// States.
    States,
    /// Companies.
    Companies,
    /// Whoever joined, of any kind.
    AllActors,
    /// Makers of products and services.
    DevelopersAndProducers,
    /// Persons and groups that are no state.
    NonStateActors,
    /// Civilians who take part in operations.
    CivilianHackers,
}

/// One condition of a norm; elements are data, their values come from coded facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Element {
    /// The target belongs to the class the norm protects.
    TargetClass,
    /// The effect named by the norm: confidentiality, integrity, availability or physical.
    Effect,
    /// The purpose or knowledge of the author the norm asks for.
    Intent,
    /// The harm reached the norm's threshold.
    HarmThreshold,
    /// The conduct is the addressee's, taken from a finding and never assumed.
    AuthorLink,
    /// The conduct falls in the time and circumstances the norm governs.
    Time,
    /// The act was done from or through the territory.
    Territory,
    /// The territorial state knew.
    Knowledge,
    /// Feasible measures were open and not taken.
    FeasibleMeasures,
    /// The conduct itself: what the norm says to do or to leave.
    Conduct,
}

/// One rule, paraphrased, with the identity of the text it stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Norm {
    /// Identifier, unique in the corpus, such as `GGE15.f`.
    pub id: String,
    /// The text: title and document number.
    pub instrument: String,
    /// Where in the text.
    pub article: String,
    /// Who issued the text.
    pub issuer: String,
    /// When: a year, a month or a day (`2015`, `2017-02`, `2015-07-22`).
    pub date: String,
    /// How binding the text is.
    pub force: Force,
    /// Whom the norm speaks to.
    pub addressee: Addressee,
    /// What it asks for.
    pub polarity: Polarity,
    /// Themes of the crosswalk over instruments, `T01` to `T99`.
    pub themes: Vec<String>,
    /// What the norm says, in our own words.
    pub paraphrase: String,
    /// Whether the row was checked against a source.
    pub basis: Basis,
    /// The elements judged, all of which must be met for a verdict of inconsistency; empty for a
    /// norm about procedure that is not judged by conduct.
    #[serde(default)]
    pub elements: Vec<Element>,
    /// SHA-256 of `paraphrase` as UTF-8, lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paraphrase_sha256: Option<String>,
    /// SHA-256 of the verbatim text, once someone with the primary text registers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor_sha256: Option<String>,
}
