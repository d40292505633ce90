//! A case as a script: hypotheses, strands, items with their public source, stages.

use method::input::{DeceptionRatios, Hypotheses, Item, ItemKind, Reliability, Source, Strand};
use method::{ActorRatio, Credibility};
use record::body::analysis::{CodedFacts, Fact};
use record::body::charter::Region;
use record::body::claim::{Assertions, Claim};
use record::ids::{CaseId, MemberId, Slug};
use record::time::Day;
use serde::{Deserialize, Serialize};
use tlog::Hash;

/// A case to play.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseScript {
    /// Case identifier.
    pub id: CaseId,
    /// Title for people.
    pub title: String,
    /// What happened, to whom, with what harm.
    pub summary: String,
    /// Sector of the victim.
    pub victim_sector: Slug,
    /// Day of the incident.
    pub happened: Day,
    /// Region of the victim, where one can be given.
    #[serde(default)]
    pub victim_region: Option<Region>,
    /// Whether its reviewers get it with every name masked.
    #[serde(default)]
    pub blind: bool,
    /// The public claim that the case checks; without one the question is who did it.
    #[serde(default)]
    pub claim: Option<ScriptClaim>,
    /// The competing hypotheses.
    pub hypotheses: Hypotheses,
    /// Strands, in declared order.
    pub strands: Vec<Strand>,
    /// Stages, in order of time.
    pub stages: Vec<Stage>,
    /// Items, in order.
    pub items: Vec<ScriptItem>,
    /// Coded facts for the norms.
    #[serde(default)]
    pub facts: Vec<ScriptFacts>,
}

/// What one coder says of the act; the facts rest on items that are known at the stage.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptFacts {
    /// Index of the stage at which it is said.
    pub stage: usize,
    /// Who says it.
    pub coder: MemberId,
    /// The day of the act.
    pub on: Day,
    /// The facts.
    pub facts: Vec<ScriptFact>,
}

/// A coded fact that rests on items of the script.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptFact {
    /// Which element it speaks of.
    pub element: norms::Element,
    /// A word of that element's vocabulary.
    pub value: Slug,
    /// The party it is about.
    #[serde(default)]
    pub about: Option<norms::Party>,
    /// Likelihood, parts per million.
    pub likelihood_ppm: u32,
    /// The items whose exhibits it rests on.
    pub items: Vec<String>,
}

/// A claim by others, with its text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptClaim {
    /// Who made it, as a short word.
    pub publisher: Slug,
    /// The day it was public.
    pub published: Day,
    /// What it says, in our own words.
    pub text: String,
    /// What it says, assertion by assertion.
    pub assertions: Assertions,
}

impl ScriptClaim {
    /// The claim as `case.open` carries it, by the hash of its text.
    #[must_use]
    pub fn claim(&self, text_sha256: Hash) -> Claim {
        Claim {
            publisher: self.publisher.clone(),
            published: self.published,
            text_sha256,
            objects_sha256: None,
            assertions: self.assertions.clone(),
        }
    }
}

/// What was known up to a day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Short label: `T0`.
    pub label: String,
    /// Last day of evidence.
    pub cutoff: Day,
    /// One sentence.
    pub note: String,
    /// What naive reasoning says, where that is instructive.
    #[serde(default)]
    pub naive: Option<String>,
}

/// An item with its public source; the exhibit is made from the last fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // the fields of method::input::Item
pub struct ScriptItem {
    /// Index of the stage at which it becomes known.
    pub stage: usize,
    pub id: String,
    pub strand: String,
    pub kind: ItemKind,
    pub reliability: Reliability,
    pub credibility: Credibility,
    #[serde(default)]
    pub r_ppm: Option<[u32; 3]>,
    pub phi_ppm: u32,
    pub lr: Vec<ActorRatio>,
    #[serde(default)]
    pub deception: Option<DeceptionRatios>,
    pub upstream: Vec<String>,
    pub recheckable: bool,
    pub source: Source,
    /// What was observed, in our own words.
    pub what: String,
    /// Who published it, under which title, when.
    pub public_source: String,
    #[serde(default)]
    pub source_url: Option<String>,
    /// Day it became public.
    pub known: Day,
}

/// Content of the exhibit that an item of the demo rests on.
#[derive(Clone, Debug, Serialize)]
struct ItemExhibit<'a> {
    item: &'a str,
    what: &'a str,
    public_source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_url: Option<&'a str>,
    known: Day,
    label: &'static str,
}

/// Media type of such an exhibit.
pub(crate) const ITEM_MEDIA_TYPE: &str = "application/vnd.solferino.item+json";

impl ScriptItem {
    /// The exhibit's bytes.
    #[must_use]
    pub fn exhibit(&self) -> Vec<u8> {
        let exhibit = ItemExhibit {
            item: &self.id,
            what: &self.what,
            public_source: &self.public_source,
            source_url: self.source_url.as_deref(),
            known: self.known,
            label: "reconstruction from public reporting, in our own words",
        };
        serde_json::to_vec_pretty(&exhibit).unwrap_or_default()
    }

    /// The item as an analyst signs it, resting on one exhibit.
    #[must_use]
    pub fn item(&self, exhibit: &Hash) -> Item {
        Item {
            id: self.id.clone(),
            strand: self.strand.clone(),
            kind: self.kind,
            reliability: self.reliability,
            credibility: self.credibility,
            r_ppm: self.r_ppm,
            phi_ppm: self.phi_ppm,
            lr: self.lr.clone(),
            deception: self.deception.clone(),
            upstream: self.upstream.clone(),
            exhibits: vec![exhibit.to_string()],
            recheckable: self.recheckable,
            source: self.source.clone(),
        }
    }
}

impl ScriptFacts {
    /// The content as its coder seals it; an item's exhibit is named by the hash of its bytes.
    #[must_use]
    pub fn content(&self, items: &[ScriptItem]) -> CodedFacts {
        let exhibit = |id: &String| {
            let item = items.iter().find(|i| i.id == *id)?;
            Some(tlog::sha256(&item.exhibit()))
        };
        let fact = |f: &ScriptFact| Fact {
            element: f.element,
            value: f.value.clone(),
            about: f.about.clone(),
            on: None,
            likelihood_ppm: f.likelihood_ppm,
            exhibits: f.items.iter().filter_map(exhibit).collect(),
        };
        CodedFacts {
            on: self.on,
            facts: self.facts.iter().map(fact).collect(),
        }
    }
}

impl CaseScript {
    /// Items that become known at a stage.
    pub fn items_of(&self, stage: usize) -> impl Iterator<Item = &ScriptItem> {
        self.items.iter().filter(move |i| i.stage == stage)
    }

    /// Strands first used at a stage, in declared order.
    #[must_use]
    pub fn strands_of(&self, stage: usize) -> Vec<Strand> {
        let first = |s: &Strand| {
            self.items
                .iter()
                .filter(|i| i.strand == s.id)
                .map(|i| i.stage)
                .min()
        };
        self.strands
            .iter()
            .filter(|s| first(s) == Some(stage))
            .cloned()
            .collect()
    }
}
