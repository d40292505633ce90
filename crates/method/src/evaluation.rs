//! What an evaluation says, field by field; the finding prints nothing that is not here.
//!
//! Probabilities are plain numbers in [0, 1]; nothing is ever NaN or infinite. `serde_json` prints
//! the shortest form that reads back to the same bits (its reader needs `float_roundtrip`).

use crate::confidence::Confidence;
use crate::likelihood::Likelihood;
use crate::pools::Pools;
use serde::{Deserialize, Serialize};

/// Standards of proof, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Standard {
    /// No standard is reached: not shown.
    #[serde(rename = "none")]
    None,
    /// Preponderance.
    S1,
    /// Clear and convincing.
    S2,
    /// Fully conclusive.
    S3,
}

/// Outcome of one gate; unknown is not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The need is met.
    Met,
    /// The need is not met.
    NotMet,
    /// The record does not say.
    Unknown,
}

/// The gates; the first five and [`GateId::WithoutMachine`] are the numeric ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateId {
    /// P(state).
    Probability,
    /// 5 % bound of P(state).
    LowerBound,
    /// Least P(state) with one strand removed.
    WorstStrandOut,
    /// Number of supporting strands.
    SupportingStrands,
    /// Framed mass of the state; the need is a maximum.
    FramedMass,
    /// P(state) without the strand a machine made; all numeric gates must hold so. Only where
    /// there is such a strand.
    WithoutMachine,
    /// P(state) on re-checkable items alone; its worst strand and strand count must hold too.
    RecheckableOnly,
    /// Lower of P(state) under the linear and the logarithmic pool of reviewers.
    BothPools,
    /// Least P(state) any reviewer holds.
    ReviewerFloor,
    /// Supporting strands whose sources are neither allied with nor adverse to the accused.
    NonAlignedStrand,
    /// The right of reply is recorded (1) or not (0).
    ReplyRecorded,
}

/// One gate of one standard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// The standard it belongs to.
    pub standard: Standard,
    /// Which gate.
    pub gate: GateId,
    /// What is needed.
    pub need: f64,
    /// What there is; nothing where it cannot be said.
    pub have: Option<f64>,
    /// Outcome.
    pub verdict: Verdict,
}

/// One declared actor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorResult {
    /// Its identifier.
    pub actor: String,
    /// Its state, if any.
    pub state: Option<String>,
    /// P(actor), disguised or not.
    pub p: f64,
    /// P(some other actor imitates it).
    pub framed: f64,
    /// Mean over the draws.
    pub mean: f64,
    /// 5 % bound over the draws.
    pub p5: f64,
    /// 95 % bound over the draws.
    pub p95: f64,
}

/// One state: the sum over its units, every link from unit to state taken as 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateResult {
    /// Its code.
    pub state: String,
    /// P(state).
    pub p: f64,
    /// Sum over its units of P(some actor imitates the unit).
    pub framed: f64,
    /// Mean over the draws.
    pub mean: f64,
    /// 5 % bound over the draws.
    pub p5: f64,
    /// 95 % bound over the draws.
    pub p95: f64,
    /// Share of the draws in which it is the likeliest state.
    pub top_share: f64,
    /// ICD 203 word for `p`.
    pub word: Likelihood,
}

/// P(state) after the removal that hurts most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorstStrand {
    /// The strand.
    pub strand: String,
    /// P(top state) without it.
    pub p: f64,
}

/// The result recomputed without something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removal {
    /// What was removed: an item, strand, or source (organisation, state or bloc).
    pub removed: String,
    /// P of the original top state.
    pub p: f64,
    /// The likeliest state afterwards.
    pub top_state: Option<String>,
    /// Its probability.
    pub top_p: f64,
    /// Natural log-odds of the original top state lost by the removal; negative if it gains.
    pub weight_nats: f64,
}

/// What a linchpin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinchpinKind {
    /// One item.
    Item,
    /// A whole strand.
    Strand,
    /// Everything one organisation made known.
    SourceOrganisation,
    /// Everything made known from one state.
    SourceState,
    /// Everything made known from one bloc of states.
    SourceBloc,
}

/// An item, strand or source whose removal changes the ICD 203 word or the top state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linchpin {
    /// Item, strand or source.
    pub kind: LinchpinKind,
    /// Its identifier.
    pub id: String,
    /// The word for the original top state without it.
    pub word: Likelihood,
    /// Whether another state becomes the likeliest.
    pub changes_top: bool,
}

/// The fewest plantable items whose removal flips the result (docs/method.md, "Planting cost").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "result", deny_unknown_fields)]
pub enum PlantingCost {
    /// This set flips it, and no smaller one does.
    Flips {
        /// Number of items.
        cost: u32,
        /// The first such set, in declared order.
        items: Vec<String>,
    },
    /// No set of plantable items flips it.
    None {
        /// Number of plantable items.
        plantable: u32,
    },
    /// No set up to this size flips it; larger ones were not all tried.
    MoreThan {
        /// The size: a proven lower bound is one more.
        k: u32,
        /// Number of plantable items.
        plantable: u32,
        /// The smallest flipping set met, in declared order; nothing if none was.
        best: Option<Vec<String>>,
    },
}

/// The flipping set that is easiest to plant (docs/method.md, "Planting cost").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "result", deny_unknown_fields)]
pub enum PlantingEffort {
    /// This set flips it, and none of less effort does.
    Flips {
        /// Sum of -log10 φ over the items, millibans.
        effort_mban: u32,
        /// The items, in declared order.
        items: Vec<String>,
    },
    /// No set of plantable items flips it.
    None {
        /// Number of plantable items.
        plantable: u32,
    },
    /// No set of less effort flips it; those from here on were not all tried.
    AtLeast {
        /// The proven lower bound, millibans.
        effort_mban: u32,
        /// Effort and items of the easiest flipping set met; nothing if none was.
        best: Option<PlantedSet>,
    },
}

/// A set of items and how hard it is to plant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlantedSet {
    /// Sum of -log10 φ over the items, millibans.
    pub effort_mban: u32,
    /// The items, in declared order.
    pub items: Vec<String>,
}

/// The result without the strand a machine made, sampled anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithoutMachine {
    /// Items left out, in declared order.
    pub left_out: Vec<String>,
    /// Per actor, as in [`Evaluation::actors`].
    pub actors: Vec<ActorResult>,
    /// Per state, as in [`Evaluation::states`].
    pub states: Vec<StateResult>,
    /// The likeliest state.
    pub top_state: Option<String>,
    /// Supporting strands of the original top state.
    pub supporting: Vec<String>,
    /// Least P of the original top state with one more strand removed.
    pub worst_strand: Option<WorstStrand>,
    /// Highest standard the original top state reaches by the numeric gates.
    pub standard: Standard,
}

/// The result without items of kind infrastructure and territory (refusal 1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InfrastructureOnly {
    /// P of the original top state without them.
    pub p_without: f64,
    /// The likeliest state without them.
    pub top_state_without: Option<String>,
    /// Such items exist, and without them the state is not the top or not above one half.
    pub rests_on_territory_or_infrastructure_alone: bool,
}

/// The result from re-checkable items alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recheckable {
    /// Items left out, in declared order.
    pub left_out: Vec<String>,
    /// P of the original top state.
    pub p: f64,
    /// The likeliest state.
    pub top_state: Option<String>,
    /// Supporting strands of the original top state.
    pub supporting: u32,
    /// Least P of the original top state with one strand removed.
    pub worst: Option<f64>,
    /// Highest standard whose gates on P, worst strand and strand count hold here.
    pub standard: Standard,
}

/// What plain Bayes without caps, grades or disguise would say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Naive {
    /// Likeliest actor.
    pub actor: String,
    /// Its probability.
    pub p: f64,
}

/// P(top state) where stated values are pushed to the ends of their ranges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Its units at their low ratios, all others at their high ones.
    pub low: f64,
    /// The reverse.
    pub high: f64,
    /// No draw can be below: a proven bound over everything that is drawn.
    pub bound_low: f64,
    /// No draw can be above.
    pub bound_high: f64,
    /// Whether the 5-95 % interval lies within the bounds, as it must.
    pub interval_within: bool,
}

/// The ratio at which an item alone would bring the top state to its threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tipping {
    /// The item.
    pub item: String,
    /// log10 ratio of the likeliest unit as stated.
    pub stated_bans: f64,
    /// log10 ratio at the threshold, to first order: caps are not in it.
    pub tipping_bans: f64,
}

/// Something two strands share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SharedOrigin {
    /// The same upstream.
    Upstream(String),
    /// The same exhibit, by hash.
    Exhibit(String),
}

/// Declared strands counted as one because they share an origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeNote {
    /// The strand that remains: the first declared.
    pub into: String,
    /// All merged strands, in declared order.
    pub strands: Vec<String>,
    /// What they share, in order of first statement.
    pub shared: Vec<SharedOrigin>,
    /// Correlation of the merged strand: the larger.
    pub rho_ppm: u32,
    /// Corruption of the merged strand: the larger.
    pub c_ppm: u32,
}

/// A strand whose stated corruption was below the charter's floor and was raised to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RaisedCap {
    /// The strand.
    pub strand: String,
    /// As stated, parts per million.
    pub from_ppm: u32,
    /// As used, parts per million.
    pub to_ppm: u32,
}

/// The three grounds of confidence, stated apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grounds {
    /// What had to be assumed.
    pub key_assumptions: String,
    /// Credibility and diversity of sources.
    pub sourcing: String,
    /// How the conclusion hangs together.
    pub argument: String,
}

/// Analytic confidence and what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfidenceData {
    /// Low, moderate or high.
    pub level: Confidence,
    /// Number of supporting strands.
    pub supporting: u32,
    /// Least P(top state) with one strand removed.
    pub worst: Option<f64>,
    /// Width of the 5-95 % interval.
    pub width: f64,
    /// Share of the absolute weight of all items that comes from re-checkable ones.
    pub recheckable_share: f64,
    /// Disagreement of the reviewers, bits.
    pub jsd_bits: Option<f64>,
    /// In words.
    pub grounds: Grounds,
}

/// Everything the method says about a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// Monte Carlo draws used.
    pub draws: u32,
    /// Seed used.
    pub seed: u64,
    /// Strands merged before anything else.
    pub merges: Vec<MergeNote>,
    /// Strands whose corruption was raised to the charter's floor, in declared order.
    pub raised: Vec<RaisedCap>,
    /// Per declared actor, in declared order.
    pub actors: Vec<ActorResult>,
    /// Per state, in order of first declaration.
    pub states: Vec<StateResult>,
    /// The likeliest state (never a non-state actor or "none of these"); first declared on a tie.
    pub top_state: Option<String>,
    /// Its likeliest unit.
    pub top_unit: Option<String>,
    /// Strands whose removal at least halves the odds of the top state, in declared order; never a
    /// machine's.
    pub supporting: Vec<String>,
    /// The strand whose removal leaves the least P(top state).
    pub worst_strand: Option<WorstStrand>,
    /// Leave-one-item-out, in declared order.
    pub without_item: Vec<Removal>,
    /// Leave-one-strand-out, in declared order.
    pub without_strand: Vec<Removal>,
    /// Leave-one-source-organisation-out, in order of first statement.
    pub without_organisation: Vec<Removal>,
    /// Leave-one-source-state-out, in order of first statement.
    pub without_source_state: Vec<Removal>,
    /// Leave-one-source-bloc-out, in order of first statement.
    pub without_source_bloc: Vec<Removal>,
    /// Items, strands and sources the result hangs on.
    pub linchpins: Vec<Linchpin>,
    /// Smallest flipping set of plantable items.
    pub planting: PlantingCost,
    /// Easiest flipping set of plantable items.
    pub planting_effort: PlantingEffort,
    /// Smallest δ, parts per million, at which P(top state) falls below its threshold.
    pub break_even_delta_ppm: Option<u32>,
    /// Tipping ratios, in declared order of items.
    pub tipping: Vec<Tipping>,
    /// Ends of the stated ranges.
    pub envelope: Option<Envelope>,
    /// Refusal 1.
    pub infrastructure_only: Option<InfrastructureOnly>,
    /// Re-checkable items alone.
    pub recheckable: Option<Recheckable>,
    /// Without the strand a machine made; nothing where there is none.
    pub without_machine: Option<WithoutMachine>,
    /// Every gate of every standard.
    pub gates: Vec<Gate>,
    /// Highest standard by the numeric gates alone.
    pub standard_numeric: Standard,
    /// Highest standard by all gates; unknown is not met.
    pub standard: Standard,
    /// What plain Bayes would say.
    pub naive: Naive,
    /// Pools of the opened reviews.
    pub pools: Option<Pools>,
    /// Analytic confidence, never multiplied with likelihood.
    pub confidence: ConfidenceData,
}

impl Evaluation {
    /// The likeliest state's row.
    #[must_use]
    pub fn top(&self) -> Option<&StateResult> {
        let top = self.top_state.as_deref()?;
        self.states.iter().find(|s| s.state == top)
    }

    /// A state's row.
    #[must_use]
    pub fn state(&self, code: &str) -> Option<&StateResult> {
        self.states.iter().find(|s| s.state == code)
    }
}
