//! From evidence to a stated likelihood: exact, bounded, bit-for-bit repeatable, with no I/O.
//!
//! A [`Case`] holds the signed judgements of analysts as integers; [`evaluate`] turns it into an
//! [`Evaluation`]. Nothing here reads a disk, a network, a clock or the environment, every
//! exponential and logarithm comes from one portable library, and every sum has a fixed order,
//! so a stranger's machine gives the same bits. Nothing sorts or branches by a name: renaming
//! the countries permutes the output and changes nothing else.
//!
//! The exact forms, the draw order and the rules decided here stand in `docs/method.md`.

mod calibration;
mod caps;
mod change;
mod change_text;
mod check;
mod confidence;
mod each_strand;
mod elementary;
mod envelope;
mod evaluate;
mod evaluation;
mod gates;
mod grade;
mod influence;
pub mod input;
mod likelihood;
mod machine;
mod merge;
mod model;
mod montecarlo;
mod naive;
mod params;
mod parts;
mod planting;
mod planting_search;
mod pools;
mod posterior;
mod product;
mod random;
mod sensitivity;
mod sentences;
mod standing;
mod validate;
mod validate_item;
mod voi;
mod wide;

pub use calibration::{
    Calibration, EQUAL_WEIGHT_PPM, LOG_FLOOR_PPM, MAX_QUESTION_OUTCOMES, MAX_WEIGHT_PPM,
    MIN_QUESTION_OUTCOMES, MIN_WEIGHT_PPM, Scored, calibration,
};
pub use change::{Change, ChangeError, counterfactual};
pub use check::{Chance, Check, CheckOutcome, MAX_CHECKS, MAX_OUTCOMES, validate_checks};
pub use confidence::{Confidence, confidence_sentence};
pub use each_strand::{WithoutStrand, without_each_strand};
pub use evaluate::{evaluate, evaluate_as_given, evaluate_on};
pub use evaluation::{
    ActorResult, ConfidenceData, Envelope, Evaluation, Gate, GateId, Grounds, InfrastructureOnly,
    Linchpin, LinchpinKind, MergeNote, Naive, PlantedSet, PlantingCost, PlantingEffort,
    Recheckable, Removal, SharedOrigin, Standard, StateResult, Tipping, Verdict, WithoutMachine,
    WorstStrand,
};
pub use grade::default_r;
pub use input::*;
pub use likelihood::{Likelihood, likelihood_sentence, likelihood_word};
pub use merge::merge_strands;
pub use params::{
    ConfidenceThresholds, MAX_CALIBRATION_N, MAX_DRAWS, MAX_LOSS_MILLI, MAX_PLANTING_SETS,
    MAX_SEED, MAX_WIDTH_UNAT, MIN_CALIBRATION_N, MIN_DRAWS, Params, ParamsError, Thresholds,
};
pub use parts::{Removals, intervals, removals};
pub use pools::{Pools, Range, pools};
pub use sentences::sensitivity_sentences;
pub use validate::{InputError, MAX_DELTA_PPM, MAX_ID_LEN, MAX_REVIEWS, validate_items};
pub use validate_item::{MAX_ORIGINS, MAX_UPSTREAM_LEN};
pub use voi::{
    Candidate, CheckValue, Decision, EVSI_FLOOR, NextChecks, OutcomeValue, next_checks,
    next_checks_as_given,
};
