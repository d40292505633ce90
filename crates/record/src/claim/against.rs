//! When evidence speaks against a state or group, and when it clears it.

use method::{PPM, WithoutStrand};

use crate::body::charter::CharterText;
use crate::derive::{DeriveError, Replayed};
use crate::ids::{Country, InputId};

/// Fewest opened reviews, as for the gates on reviewers.
const MIN_REVIEWS: u32 = 2;
/// Bounds of "not supported": ICD 203's "very unlikely" for the evidence and both pools,
/// "unlikely" for every reviewer.
const AGAINST: Bounds = Bounds {
    evidence: 0.20,
    reviewer: 0.45,
};
/// Bounds of exoneration: "almost no chance", and "very unlikely" for every reviewer.
const CLEARED: Bounds = Bounds {
    evidence: 0.05,
    reviewer: 0.20,
};
/// Bound of exoneration with any one strand left out.
const STRAND_OUT: f64 = 0.20;
/// Least prior a test against somebody counts with: the evidence has to do the work, however many
/// further hypotheses share the prior.
const LEAST_PRIOR: f64 = 0.5;
/// Figures that clear nobody.
const UNKNOWN: (f64, f64) = (1.0, 1.0);

struct Bounds {
    evidence: f64,
    reviewer: f64,
}

/// Figures without what a machine suggested; nothing if it suggested nothing. Where it did and the
/// evaluation has none, nobody is cleared.
fn without_machine(
    r: &Replayed,
    row: impl Fn(&method::WithoutMachine) -> (f64, f64),
) -> Option<(f64, f64)> {
    let suggested = r.inputs.strands.iter().any(|s| s.machine);
    suggested.then(|| r.evaluation.without_machine.as_ref().map_or(UNKNOWN, row))
}

/// A state or group with its figures.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    /// Places of its actors among the hypotheses.
    actors: Vec<usize>,
    prior: f64,
    pub(super) p: f64,
    pub(super) p5: f64,
    pub(super) p95: f64,
    /// P and upper end without what a machine suggested, where it suggested anything.
    without_machine: Option<(f64, f64)>,
}

impl Subject {
    /// A state among the hypotheses.
    pub(super) fn state(r: &Replayed, state: &Country) -> Option<Self> {
        let row = r.evaluation.state(state.as_str())?;
        let own = |a: &method::Actor| a.state.as_deref() == Some(state.as_str());
        let mut subject = Self::of(r, own, [row.p, row.p5, row.p95]);
        subject.without_machine = without_machine(r, |m| {
            let row = m.states.iter().find(|s| s.state == state.as_str());
            row.map_or(UNKNOWN, |row| (row.p, row.p95))
        });
        Some(subject)
    }

    /// An actor among the hypotheses, and its state.
    pub(super) fn actor(r: &Replayed, id: &InputId) -> Option<(Self, Option<String>)> {
        let actors = &r.evaluation.actors;
        let row = actors.iter().find(|a| a.actor == id.as_str())?;
        let own = |a: &method::Actor| a.id == id.as_str();
        let mut subject = Self::of(r, own, [row.p, row.p5, row.p95]);
        subject.without_machine = without_machine(r, |m| {
            let row = m.actors.iter().find(|a| a.actor == id.as_str());
            row.map_or(UNKNOWN, |row| (row.p, row.p95))
        });
        Some((subject, row.state.clone()))
    }

    fn of(r: &Replayed, own: impl Fn(&method::Actor) -> bool, figures: [f64; 3]) -> Self {
        let all = r.inputs.hypotheses.actors.iter().enumerate();
        let own: Vec<_> = all.filter(|(_, a)| own(a)).collect();
        let prior_ppm: u64 = own.iter().map(|(_, a)| u64::from(a.prior_ppm)).sum();
        let [p, p5, p95] = figures;
        Self {
            actors: own.iter().map(|(n, _)| *n).collect(),
            prior: prior_ppm as f64 / f64::from(PPM),
            p,
            p5,
            p95,
            without_machine: None,
        }
    }

    fn sum(&self, of: &[f64]) -> f64 {
        let own = self.actors.iter().filter_map(|n| of.get(*n));
        own.fold(0.0, |sum, p| sum + p)
    }

    /// Whether a probability has at most half the odds of the prior.
    fn halved(&self, p: f64) -> bool {
        2.0 * p * (1.0 - self.prior) <= self.prior * (1.0 - p)
    }
}

/// A result with what the tests ask of it beyond the evaluation.
pub(super) struct Clearing<'a> {
    r: &'a Replayed,
    without: Vec<WithoutStrand>,
}

impl<'a> Clearing<'a> {
    pub(super) fn new(r: &'a Replayed, charter: &CharterText) -> Result<Self, DeriveError> {
        let without = method::without_each_strand(&r.inputs, &charter.method)?;
        Ok(Self { r, without })
    }

    /// Whether the evidence speaks against it.
    pub(super) fn speaks_against(&self, s: &Subject) -> bool {
        self.is_below(s, &AGAINST)
    }

    /// Whether the evidence clears it: below the stricter bounds, whichever strand is left out.
    pub(super) fn clears(&self, s: &Subject) -> bool {
        let survives = |w: &WithoutStrand| {
            let p = s.sum(&w.actors);
            p < STRAND_OUT && s.halved(p)
        };
        self.is_below(s, &CLEARED) && self.without.iter().all(survives)
    }

    /// A suggestion a machine made clears nobody: what it adds must not be needed.
    fn is_below(&self, s: &Subject, bounds: &Bounds) -> bool {
        let low = |(p, p95)| s.halved(p) && Self::upper_end(s, p95, bounds.evidence);
        low((s.p, s.p95))
            && s.without_machine.is_none_or(low)
            && self.panel(s, bounds).unwrap_or(false)
    }

    /// The upper end of the interval is below the bound, as if the prior had been at least
    /// [`LEAST_PRIOR`]. In every draw the odds are in proportion to the prior odds, so this is exact.
    fn upper_end(s: &Subject, p95: f64, bound: f64) -> bool {
        let prior = s.prior.max(LEAST_PRIOR);
        // odds(p95) · odds(prior) / odds(π) < odds(bound), without dividing
        let left = p95 * prior * (1.0 - s.prior) * (1.0 - bound);
        left < bound * (1.0 - p95) * (1.0 - prior) * s.prior
    }

    /// Both pools and every reviewer agree; nothing where too few have reviewed.
    fn panel(&self, s: &Subject, bounds: &Bounds) -> Option<bool> {
        let pools = self.r.evaluation.pools.as_ref()?;
        if pools.reviewers < MIN_REVIEWS {
            return None;
        }
        let pooled = [&pools.linear, &pools.log];
        let low = pooled.iter().all(|pool| s.sum(pool) < bounds.evidence);
        let holds = |r: &method::ReviewerPosterior| {
            let own = s.actors.iter().filter_map(|n| r.posterior_ppm.get(*n));
            own.map(|p| u64::from(*p)).sum::<u64>() as f64 / f64::from(PPM)
        };
        let reviews = &self.r.inputs.reviews;
        Some(low && reviews.iter().all(|r| holds(r) < bounds.reviewer))
    }
}
