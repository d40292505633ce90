//! Everything a benchmark run can say, ready for JSON. Shares are between 0 and 1.

use serde::Serialize;

/// A value with the middle 95 % of its clustered bootstrap.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The value on the cases themselves.
    pub value: f64,
    /// 2.5 % of the draws lie below.
    pub low: f64,
    /// 2.5 % of the draws lie above.
    pub high: f64,
}

/// Measures on cases whose author is a known group.
#[derive(Clone, Debug, Serialize)]
pub struct Temporal {
    /// Number of cases.
    pub cases: usize,
    /// Number of groups they belong to: the clusters of the bootstrap.
    pub clusters: usize,
    /// Mean number of candidates.
    pub candidates: f64,
    /// Share with the truth first.
    pub top1: Interval,
    /// Share with the truth among the first three.
    pub top3: Interval,
    /// Share with the truth among the first ten.
    pub top10: Interval,
    /// Mean reciprocal rank.
    pub mrr: Interval,
    /// Mean −ln P(truth), nats.
    pub log_loss: Interval,
    /// Mean squared error of the first suggestion's probability.
    pub brier: Interval,
    /// Expected calibration error, ten bins of equal width.
    pub ece: f64,
    /// Expected calibration error, ten bins of equal count.
    pub ece_equal_count: f64,
    /// Precision of the most confident shares.
    pub coverage: Vec<CoveragePoint>,
}

/// How often the most confident share was right.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct CoveragePoint {
    /// Share of the cases.
    pub share: f64,
    /// Number of cases.
    pub cases: usize,
    /// Share of them that was right.
    pub precision: f64,
}

/// Difference to another ranker on the same cases and the same draws.
#[derive(Clone, Debug, Serialize)]
pub struct Paired {
    /// The other ranker.
    pub versus: &'static str,
    /// Share first, this less the other.
    pub top1: Interval,
    /// Share among the first three, this less the other.
    pub top3: Interval,
    /// Mean reciprocal rank, this less the other.
    pub mrr: Interval,
    /// Log loss, this less the other: negative is better.
    pub log_loss: Interval,
}

/// Answers given from some probability on, where the author may be nobody known.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NamedAt {
    /// The probability from which on a group is named.
    pub threshold: f64,
    /// How many cases name a group.
    pub named: usize,
    /// How many of those rightly.
    pub right: usize,
    /// `right` over `named`; absent if none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
    /// Cases of unknown authors that name a group.
    pub unknown_wrongly_named: usize,
}

/// Measures where the author may be none of the known groups.
#[derive(Clone, Debug, Serialize)]
pub struct OpenWorld {
    /// Cases of known authors.
    pub known: usize,
    /// Cases of authors absent from the release.
    pub unknown: usize,
    /// Share of unknown authors.
    pub unknown_share: f64,
    /// Mean stated probability of "none of these".
    pub mean_none: f64,
    /// Mean of P("none") over cases of unknown, and of known authors.
    pub mean_none_by_truth: [f64; 2],
    /// Area under the curve of telling unknown from known authors by P("none").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auroc: Option<f64>,
    /// Brier score of P("none").
    pub none_brier: f64,
    /// Brier score of stating the share of earlier releases instead.
    pub none_brier_base_rate: f64,
    /// Calibration error of P("none"), ten bins of equal width.
    pub none_ece: f64,
    /// Mean −ln P(what was true), "none" included, nats.
    pub log_loss: f64,
    /// Expected calibration error of the answer, "none" included, ten bins of equal width.
    pub ece: f64,
    /// Naming by the open-world probability.
    pub named: Vec<NamedAt>,
    /// Naming by the closed-world probability, which ignores that the author may be unknown.
    pub named_closed: Vec<NamedAt>,
    /// Open-world reliability of the first suggestion, in bins of its open-world probability.
    pub reliability: Vec<crate::shipped::ReliabilityBin>,
}

/// Flips among answers at least so confident.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ForgeryAt {
    /// Least closed-world probability.
    pub confidence: f64,
    /// Answers that were right and at least so confident.
    pub answers: usize,
    /// Mean over those answers of the share of other groups whose five artefacts flip it; absent without answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flipped: Option<f64>,
    /// Share flipped by the runner-up's artefacts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flipped_by_runner_up: Option<f64>,
    /// Share flipped by the artefacts of the group that suits the adversary best.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flipped_by_best: Option<f64>,
}

/// Forgery stress.
#[derive(Clone, Debug, Serialize)]
pub struct Forgery {
    /// Artefacts planted.
    pub planted: usize,
    /// By confidence.
    pub at: Vec<ForgeryAt>,
}

/// One campaign, known by name.
#[derive(Clone, Debug, Serialize)]
pub struct CampaignResult {
    /// Identifier and name.
    pub campaign: String,
    /// The release that knew the groups but not yet the campaign.
    pub release: String,
    /// Features that some group was known to use.
    pub known_features: usize,
    /// Best rank of a group it is attributed to.
    pub rank: usize,
    /// Closed-world probability of those groups together.
    pub probability: f64,
}

/// Everything measured of one ranker.
#[derive(Clone, Debug, Serialize)]
pub struct RankerReport {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Weights used for the last tested release, by name.
    pub weights: Vec<(&'static str, f64)>,
    /// Cases of known authors.
    pub temporal: Temporal,
    /// Against the conditional logit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paired: Option<Paired>,
    /// With unknown authors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_world: Option<OpenWorld>,
    /// Planted artefacts; absent if not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forgery: Option<Forgery>,
    /// Campaigns, where the file has any that can be tested.
    pub campaigns: Vec<CampaignResult>,
}

/// A whole run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The release from which on cases are tested.
    pub from: String,
    /// The last release with a tested case.
    pub to: String,
    /// Temporal cases of earlier releases that the first tested release learned from.
    pub learned_from: usize,
    /// What in the file was passed over, and why.
    pub notes: Vec<String>,
    /// In the order of [`crate::rankers`].
    pub rankers: Vec<RankerReport>,
}
