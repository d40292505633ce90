//! Suggestions from data: which known groups a case's techniques and software resemble. Ranking, never proof.
//!
//! A [`Knowledge`] holds what public reports say each group has used. A [`Ranker`] turns a case into one probability
//! per group; its few weights are fitted on earlier releases only (`rolling`). The measures of every ranker on a
//! [`Benchmark`] file are a [`Report`]; what a person sees of one case is a [`Suggestion`] list with an explicit
//! "none of these", the measured reliability of such suggestions and what it would cost to plant them.
//!
//! Nothing here reads a disk, a network, a clock or the environment. Exponentials and logarithms come from one
//! portable library, sums have a fixed order, and no number depends on a group's name. The forms stand in
//! `docs/suggest.md`.

mod benchmark;
mod bootstrap;
mod campaigns;
mod columns;
mod dirichlet;
mod error;
mod file;
mod forgery;
mod knowledge;
mod logit;
mod metrics;
mod none;
mod planting;
mod random;
mod ranker;
mod rankers;
mod report;
mod rolling;
mod shipped;
mod strand;
mod suggestion;

pub use benchmark::{Options, run};
pub use columns::Columns;
pub use error::FileError;
pub use file::{
    Benchmark, Case, CheckedScores, Feature, Group, KnownCampaign, MAX_FILE_BYTES, Release,
};
pub use forgery::{MAX_PLANTED, PLANTED};
pub use knowledge::{Kind, Knowledge, Profile};
pub use none::NoneModel;
pub use planting::{MAX_PLANTING_COST, PlantingCost};
pub use ranker::{Prepared, Ranker, ranker, rankers};
pub use rankers::guarded::{GUARD_DELTA, GUARD_ITEMS, ITEM_CAP};
pub use report::{
    CampaignResult, CoveragePoint, Forgery, ForgeryAt, Interval, NamedAt, OpenWorld, Paired,
    RankerReport, Report, Temporal,
};
pub use rolling::rolling_weights;
pub use shipped::{ReliabilityBin, SHIPPED, Weights, WeightsError};
pub use strand::{DraftItem, R_TECHNIQUE_CODING, STRAND_CORRUPTION, draft};
pub use suggestion::{ABSTAIN_BELOW, Suggestion, Suggestions, suggest};
