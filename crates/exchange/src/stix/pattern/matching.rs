//! A pattern against what was observed (sections 9.4 to 9.7).
//!
//! The search is for distinct observations, one for each that the pattern asks for. An observation that was made several
//! times (`number_observed`) serves that often. Its time is any moment between `first_observed` and `last_observed`.

use std::cell::Cell;

use serde_json::{Map, Value};

use super::ast::{Base, Comparison, Expression, Join, Qualified, Qualifier, Step, Test};
use super::compare::{Native, Ready};
use super::observed::{Observation, Place, kind};
use crate::stix::time::Timestamp;

/// Most steps of the search for observations, and for values along paths, of one match.
pub const MAX_MATCH_STEPS: usize = 1_000_000;

/// Why a match was not decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatchError {
    /// Too many ways to combine the observations.
    #[error(
        "not decided within {MAX_MATCH_STEPS} steps; give fewer observations or a narrower pattern"
    )]
    TooManySteps,
    /// An expression of MATCHES that is no regular expression, or is too large.
    #[error(
        "the expression of MATCHES at character {at} is no regular expression that can be used"
    )]
    Expression {
        /// Where the comparison begins, in characters from 0.
        at: usize,
    },
}

/// Whether these observations match.
pub(super) fn matches(
    tree: &Expression,
    observations: &[Observation<'_>],
) -> Result<bool, MatchError> {
    let steps = Cell::new(0);
    let search = Search {
        observations,
        steps: &steps,
    };
    let plan = search.plan(tree)?;
    let mut used = vec![0_u64; observations.len()];
    search.solve(&plan, &[], &mut used, &mut |_, _| Ok(true))
}

/// The tree with each bracket answered: which observations it is true of.
enum Plan<'t> {
    /// These observations, by index.
    Any(Vec<usize>),
    Join(Join, Vec<Plan<'t>>),
    Limited(Box<Plan<'t>>, &'t Qualifier),
}

impl Plan<'_> {
    /// How many observations it takes at least.
    fn least(&self) -> u64 {
        match self {
            Self::Any(_) => 1,
            Self::Join(Join::Or, parts) => parts.iter().map(Self::least).min().unwrap_or(1),
            Self::Join(_, parts) => parts.iter().map(Self::least).fold(0, u64::saturating_add),
            Self::Limited(inside, Qualifier::Repeats(times)) => {
                let times = times.parse().unwrap_or(u64::MAX);
                inside.least().saturating_mul(times)
            }
            Self::Limited(inside, _) => inside.least(),
        }
    }
}

struct Search<'o, 'v> {
    observations: &'o [Observation<'v>],
    steps: &'o Cell<usize>,
}

/// What is done with each way to satisfy a part: whether the rest is satisfied with it too.
type Rest<'r> = &'r mut dyn FnMut(&[usize], &mut Vec<u64>) -> Result<bool, MatchError>;

impl<'v> Search<'_, 'v> {
    fn step(&self) -> Result<(), MatchError> {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if steps > MAX_MATCH_STEPS {
            return Err(MatchError::TooManySteps);
        }
        Ok(())
    }

    fn plan<'t>(&self, tree: &'t Expression) -> Result<Plan<'t>, MatchError> {
        match tree {
            Expression::Join(join, parts) => {
                let parts: Result<_, _> = parts.iter().map(|part| self.plan(part)).collect();
                Ok(Plan::Join(*join, parts?))
            }
            Expression::One(one) => self.limited(one),
        }
    }

    fn limited<'t>(&self, one: &'t Qualified) -> Result<Plan<'t>, MatchError> {
        let base = match &one.base {
            Base::Group(inside) => self.plan(inside)?,
            Base::Bracket(test) => {
                let test = ready(test)?;
                let mut found = Vec::new();
                for (n, observation) in self.observations.iter().enumerate() {
                    if observation.count > 0 && self.observed(&test, observation)? {
                        found.push(n);
                    }
                }
                Plan::Any(found)
            }
        };
        let limit = |plan, qualifier| Plan::Limited(Box::new(plan), qualifier);
        Ok(one.qualifiers.iter().fold(base, limit))
    }

    /// Whether one object of the observation satisfies the whole test (section 9.5).
    fn observed(
        &self,
        test: &Tested<'_>,
        observation: &Observation<'v>,
    ) -> Result<bool, MatchError> {
        for object in observation.objects.values() {
            if self.holds(test, object, observation)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn holds(
        &self,
        test: &Tested<'_>,
        object: &'v Map<String, Value>,
        observation: &Observation<'v>,
    ) -> Result<bool, MatchError> {
        match test {
            Tested::All(parts) => {
                for part in parts {
                    if !self.holds(part, object, observation)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Tested::Any(parts) => {
                for part in parts {
                    if self.holds(part, object, observation)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Tested::One(comparison, _) if comparison.object != kind(object) => Ok(false),
            Tested::One(comparison, ready) => {
                let values = self.values(&comparison.path, object, observation)?;
                let exists = comparison.operator == super::Operator::Exists;
                // NOT EXISTS is about the path itself; everything else about a path that is not there is false.
                Ok(if exists {
                    values.is_empty() == comparison.negated
                } else {
                    values.iter().any(|value| ready.holds(value))
                })
            }
        }
    }

    /// The values at the end of a path (section 9.7); references are followed within the observation.
    fn values(
        &self,
        path: &[Step],
        object: &'v Map<String, Value>,
        observation: &Observation<'v>,
    ) -> Result<Vec<Native<'v>>, MatchError> {
        let mut at: Vec<Place<'v>> = vec![Place::Object(object)];
        for step in path {
            let mut next = Vec::new();
            for place in at {
                self.step()?;
                place.step(step, observation, &mut next);
            }
            at = next;
        }
        Ok(at.into_iter().filter_map(Place::native).collect())
    }

    /// Tries every way to satisfy a plan with observations that are not used up, until one satisfies the rest too. What
    /// limits the whole around it limits each of its parts, so that hopeless ways are left early.
    fn solve(
        &self,
        plan: &Plan<'_>,
        around: &[&Qualifier],
        used: &mut Vec<u64>,
        rest: Rest<'_>,
    ) -> Result<bool, MatchError> {
        match plan {
            Plan::Any(found) => {
                for &n in found {
                    self.step()?;
                    if used[n] < self.observations[n].count {
                        used[n] += 1;
                        let done = rest(&[n], used)?;
                        used[n] -= 1;
                        if done {
                            return Ok(true);
                        }
                    }
                }
                Ok(false)
            }
            Plan::Join(Join::Or, parts) => {
                for part in parts {
                    if self.solve(part, around, used, rest)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Plan::Join(join, parts) => self.all(*join, parts, around, &[], used, rest),
            Plan::Limited(inside, Qualifier::Repeats(times)) => {
                let times = times.parse().unwrap_or(u64::MAX);
                self.repeat(inside, times, around, (&[], &[]), used, rest)
            }
            Plan::Limited(inside, qualifier) => {
                let around = [around, &[*qualifier]].concat();
                self.solve(inside, &around, used, &mut |chosen, used| {
                    Ok(self.limits(qualifier, chosen) && rest(chosen, used)?)
                })
            }
        }
    }

    /// Each of several parts with observations of its own; for FOLLOWEDBY each not before the ones in front of it.
    fn all(
        &self,
        join: Join,
        parts: &[Plan<'_>],
        around: &[&Qualifier],
        before: &[usize],
        used: &mut Vec<u64>,
        rest: Rest<'_>,
    ) -> Result<bool, MatchError> {
        let Some((first, others)) = parts.split_first() else {
            return rest(before, used);
        };
        self.solve(first, around, used, &mut |chosen, used| {
            if join == Join::FollowedBy && !self.can_follow(before, chosen) {
                return Ok(false);
            }
            let both = [before, chosen].concat();
            let hopeful = around.iter().all(|limit| self.limits(limit, &both));
            Ok(hopeful && self.all(join, others, around, &both, used, rest)?)
        })
    }

    /// The same plan several times. The choices are taken in order, so that no set of them is tried twice.
    fn repeat(
        &self,
        plan: &Plan<'_>,
        times: u64,
        around: &[&Qualifier],
        (before, last): (&[usize], &[usize]),
        used: &mut Vec<u64>,
        rest: Rest<'_>,
    ) -> Result<bool, MatchError> {
        if times == 0 {
            return rest(before, used);
        }
        let left = self
            .observations
            .iter()
            .zip(used.iter())
            .map(|(o, used)| o.count - used);
        let left = left.fold(0_u64, u64::saturating_add);
        if left < times.saturating_mul(plan.least()) {
            return Ok(false);
        }
        // Deep repetition of one bracket is decided by counting.
        if let Plan::Any(found) = plan
            && before.is_empty()
            && times > MAX_REPEAT_SEARCH
        {
            return self.repeat_by_count(found, times, used, rest);
        }
        if times > MAX_REPEAT_SEARCH {
            return Err(MatchError::TooManySteps);
        }
        self.solve(plan, around, used, &mut |chosen, used| {
            if chosen < last {
                return Ok(false);
            }
            let both = [before, chosen].concat();
            let hopeful = around.iter().all(|limit| self.limits(limit, &both))
                && self.can_go_on(plan, times - 1, around, &both, used);
            Ok(hopeful && self.repeat(plan, times - 1, around, (&both, chosen), used, rest)?)
        })
    }

    /// Whether enough observations are left that fit beside the chosen ones; in their order, those before the last chosen
    /// one were tried already. Always, where a repetition is more than one bracket.
    fn can_go_on(
        &self,
        plan: &Plan<'_>,
        times: u64,
        around: &[&Qualifier],
        chosen: &[usize],
        used: &[u64],
    ) -> bool {
        let (Plan::Any(found), Some(last)) = (plan, chosen.last()) else {
            return true;
        };
        let mut with = chosen.to_vec();
        let mut left = 0_u64;
        for n in found.iter().filter(|n| *n >= last) {
            with.push(*n);
            if around.iter().all(|limit| self.limits(limit, &with)) {
                left = left.saturating_add(self.observations[*n].count - used[*n]);
            }
            with.pop();
        }
        left >= times
    }

    /// Takes the first observations there are: enough where only their number counts.
    fn repeat_by_count(
        &self,
        found: &[usize],
        times: u64,
        used: &mut Vec<u64>,
        rest: Rest<'_>,
    ) -> Result<bool, MatchError> {
        let mut left = times;
        let mut taken: Vec<(usize, u64)> = Vec::new();
        for &n in found {
            let take = left.min(self.observations[n].count - used[n]);
            if take > 0 {
                taken.push((n, take));
                used[n] += take;
                left -= take;
            }
        }
        let chosen: Vec<usize> = taken.iter().map(|(n, _)| *n).collect();
        let done = left == 0 && rest(&chosen, used)?;
        for (n, take) in taken {
            used[n] -= take;
        }
        Ok(done)
    }

    /// Whether times can be chosen so that none of the later ones lies before one of the earlier.
    fn can_follow(&self, earlier: &[usize], later: &[usize]) -> bool {
        let first = earlier
            .iter()
            .map(|n| self.observations[*n].first)
            .max()
            .flatten();
        let last = later
            .iter()
            .map(|n| self.observations[*n].last)
            .min()
            .flatten();
        match (first, last) {
            (Some(first), Some(last)) => first <= last,
            _ => true,
        }
    }

    fn limits(&self, qualifier: &Qualifier, chosen: &[usize]) -> bool {
        let of = |n: &usize| &self.observations[*n];
        match qualifier {
            Qualifier::Repeats(_) => true,
            // Times exist with start <= time < stop.
            Qualifier::StartStop(start, stop) => {
                let (Ok(start), Ok(stop)) = (Timestamp::parse(start), Timestamp::parse(stop))
                else {
                    return false;
                };
                start < stop
                    && chosen
                        .iter()
                        .map(of)
                        .all(|o| o.first < Some(stop) && o.last >= Some(start))
            }
            // The latest that must come lies less than the window after the earliest that can end.
            Qualifier::Within(seconds) => {
                let window: f64 = seconds.parse().unwrap_or_default();
                let latest = chosen.iter().map(|n| of(n).first).max().flatten();
                let earliest = chosen.iter().map(|n| of(n).last).min().flatten();
                match (latest, earliest) {
                    (Some(latest), Some(earliest)) => {
                        latest <= earliest || span_seconds(earliest, latest) < window
                    }
                    _ => true,
                }
            }
        }
    }
}

/// Most repetitions that are searched one by one; more are counted.
const MAX_REPEAT_SEARCH: u64 = 100;

/// Seconds from one time to a later one.
#[allow(clippy::cast_precision_loss)] // years of seconds are exact in a double
fn span_seconds(from: Timestamp<'_>, to: Timestamp<'_>) -> f64 {
    let fraction = |t: Timestamp<'_>| format!("0.{}", t.fraction).parse().unwrap_or(0.0);
    (to.seconds - from.seconds) as f64 + (fraction(to) - fraction(from))
}

/// A test with its comparisons made ready.
enum Tested<'t> {
    One(&'t Comparison, Ready<'t>),
    All(Vec<Tested<'t>>),
    Any(Vec<Tested<'t>>),
}

fn ready(test: &Test) -> Result<Tested<'_>, MatchError> {
    Ok(match test {
        Test::Comparison(comparison) => {
            let at = comparison.at;
            let ready = Ready::new(comparison).ok_or(MatchError::Expression { at })?;
            Tested::One(comparison, ready)
        }
        Test::And(parts) => Tested::All(parts.iter().map(ready).collect::<Result<_, _>>()?),
        Test::Or(parts) => Tested::Any(parts.iter().map(ready).collect::<Result<_, _>>()?),
    })
}
