//! A candidate check: what could be looked at next, and how likely each answer is under each
//! hypothesis (docs/method.md, "What to look for next").
//!
//! Chances are integers in parts per million and, for every hypothesis, sum to exactly one million
//! over the outcomes: a check is a proper distribution whoever did it.

use crate::evaluation::MergeNote;
use crate::grade::{self, default_r};
use crate::input::{ActorKind, Case, Credibility, PPM, Reliability};
use crate::validate::{InputError, count, identifier, range};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most candidate checks ranked at once.
pub const MAX_CHECKS: usize = 100;
/// Most outcomes of one check.
pub const MAX_OUTCOMES: usize = 16;
/// Longest description of a check, in bytes.
pub(crate) const MAX_WHAT_LEN: usize = 500;

/// The chance of an outcome if one actor is behind the act, or is the one imitated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chance {
    /// The actor.
    pub actor: String,
    /// The chance, parts per million.
    pub ppm: u32,
}

/// One answer a check can give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckOutcome {
    /// Short identifier, unique in the check.
    pub id: String,
    /// Chance for every actor not named in `actors`, parts per million.
    pub ppm: u32,
    /// Chance if the named actor did it, undisguised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actors: Vec<Chance>,
    /// Chance if anyone imitates the named actor, whoever it is; takes the place of the mixture.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imitating: Vec<Chance>,
}

/// A candidate check, as an analyst writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Short identifier, unique among the checks.
    pub id: String,
    /// What would be done, in plain words.
    pub what: String,
    /// Effort, in days of work; shown, not weighed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// Reliability of who would report it (Admiralty letter).
    pub reliability: Reliability,
    /// Credibility to be expected of the report (Admiralty digit).
    pub credibility: Credibility,
    /// The strand of the case it would join, whose c then holds; else `c_ppm` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strand: Option<String>,
    /// Probability that the whole check is corrupted, for one that joins no strand of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub c_ppm: Option<u32>,
    /// Probability that an imitator of y gives the outcome y itself would, parts per million.
    pub phi_ppm: u32,
    /// The answers; exactly one of them comes.
    pub outcomes: Vec<CheckOutcome>,
}

/// A check as numbers.
pub(crate) struct CheckModel {
    /// Probability that the answer is worth anything: r(1-c).
    pub(crate) sound: f64,
    /// Per outcome: its chance in every cell of the joint table.
    pub(crate) chances: Vec<Vec<f64>>,
}

impl CheckOutcome {
    fn of(&self, actor: &str) -> u32 {
        let named = self.actors.iter().find(|c| c.actor == actor);
        named.map_or(self.ppm, |c| c.ppm)
    }

    fn imitating(&self, actor: &str) -> u32 {
        let named = self.imitating.iter().find(|c| c.actor == actor);
        named.map_or(self.ppm, |c| c.ppm)
    }
}

impl Check {
    /// Checks one candidate against the case it is for.
    ///
    /// # Errors
    /// The first rule broken: sizes, identifiers, a reference to nothing, chances that do not sum
    /// to one million, both or neither of `strand` and `c_ppm`.
    pub fn validate(&self, case: &Case) -> Result<(), InputError> {
        identifier("check", &self.id)?;
        let place = format!("check {}", self.id);
        count("bytes of what", self.what.len(), 1, MAX_WHAT_LEN)?;
        count("outcomes of a check", self.outcomes.len(), 1, MAX_OUTCOMES)?;
        range(&place, "phi_ppm", self.phi_ppm.into(), 0, PPM.into())?;
        match (&self.strand, self.c_ppm) {
            (None, Some(c)) => range(&place, "c_ppm", c.into(), 1, PPM.into())?,
            (Some(strand), None) if case.strands.iter().any(|s| s.id == *strand) => {}
            (Some(strand), None) => return Err(unknown(&place, "strand", strand)),
            _ => {
                return Err(InputError::StrandOrCap {
                    check: self.id.clone(),
                });
            }
        }
        self.validate_outcomes(case, &place)
    }

    fn validate_outcomes(&self, case: &Case, place: &str) -> Result<(), InputError> {
        let actors = &case.hypotheses.actors;
        let mut outcomes = BTreeSet::new();
        for outcome in &self.outcomes {
            identifier("outcome", &outcome.id)?;
            if !outcomes.insert(outcome.id.as_str()) {
                return Err(duplicate("outcome", &outcome.id));
            }
            for (what, chances) in [
                ("actor", &outcome.actors),
                ("imitated actor", &outcome.imitating),
            ] {
                let mut seen = BTreeSet::new();
                for chance in chances {
                    let known = actors.iter().find(|a| a.id == chance.actor);
                    let fits = |kind| what == "actor" || kind != ActorKind::NoneOfThese;
                    if !known.is_some_and(|a| fits(a.kind)) {
                        return Err(unknown(place, what, &chance.actor));
                    }
                    if !seen.insert(chance.actor.as_str()) {
                        return Err(duplicate(what, &chance.actor));
                    }
                }
            }
        }
        self.sums(place, "any other actor", |o| o.ppm)?;
        for actor in actors {
            self.sums(place, &actor.id, |o| o.of(&actor.id))?;
            if self.frames_named().contains(actor.id.as_str()) {
                let who = format!("an imitator of {}", actor.id);
                self.sums(place, &who, |o| o.imitating(&actor.id))?;
            }
        }
        Ok(())
    }

    fn sums(
        &self,
        place: &str,
        who: &str,
        chance: impl Fn(&CheckOutcome) -> u32,
    ) -> Result<(), InputError> {
        let sum: u64 = self.outcomes.iter().map(|o| u64::from(chance(o))).sum();
        if sum == u64::from(PPM) {
            return Ok(());
        }
        let what = format!("{place}: the outcomes' chances for {who}");
        Err(InputError::Sum { what, sum })
    }

    fn frames_named(&self) -> BTreeSet<&str> {
        let all = self.outcomes.iter().flat_map(|o| &o.imitating);
        all.map(|c| c.actor.as_str()).collect()
    }

    /// r(1-c), with the c of the strand that the declared one is part of after merging.
    fn sound(&self, merged: &Case, merges: &[MergeNote]) -> f64 {
        let joined = self.strand.as_ref().and_then(|id| {
            let note = merges.iter().find(|n| n.strands.contains(id));
            let into = note.map_or(id, |n| &n.into);
            merged.strands.iter().find(|s| s.id == *into)
        });
        let c_ppm = joined.map_or(self.c_ppm, |s| Some(s.c_ppm)).unwrap_or(PPM);
        let c = f64::from(c_ppm) / f64::from(PPM);
        default_r(self.reliability, self.credibility) * (1.0 - c)
    }

    /// Compiles a validated check: `P(o|a,none) = q(a)`, `P(o|a→y) = (1-φ) q(a) + φ q(y)`, or what
    /// `imitating` says for y.
    pub(crate) fn compile(&self, merged: &Case, merges: &[MergeNote]) -> CheckModel {
        let actors = &merged.hypotheses.actors;
        let listed = |a: &&crate::input::Actor| a.kind != ActorKind::NoneOfThese;
        let part = |ppm: u32| f64::from(ppm) / f64::from(PPM);
        let phi = part(self.phi_ppm);
        let named = self.frames_named();
        let mut chances = Vec::with_capacity(self.outcomes.len());
        for outcome in &self.outcomes {
            let mut cells = Vec::new();
            for actor in actors {
                let own = part(outcome.of(&actor.id));
                cells.push(own);
                for frame in actors.iter().filter(listed) {
                    cells.push(if named.contains(frame.id.as_str()) {
                        part(outcome.imitating(&frame.id))
                    } else {
                        (1.0 - phi) * own + phi * part(outcome.of(&frame.id))
                    });
                }
            }
            chances.push(cells);
        }
        CheckModel {
            sound: self.sound(merged, merges),
            chances,
        }
    }

    /// Whether its grade says "cannot be judged", so that no answer could count.
    #[must_use]
    pub fn is_unjudged(&self) -> bool {
        grade::is_unknown(self.reliability, self.credibility)
    }
}

/// Checks a list of candidates against the case they are for.
///
/// # Errors
/// The first rule broken.
pub fn validate_checks(case: &Case, checks: &[Check]) -> Result<(), InputError> {
    count("checks", checks.len(), 0, MAX_CHECKS)?;
    let mut seen = BTreeSet::new();
    for check in checks {
        check.validate(case)?;
        if !seen.insert(check.id.as_str()) {
            return Err(duplicate("check", &check.id));
        }
    }
    Ok(())
}

fn unknown(place: &str, what: &'static str, id: &str) -> InputError {
    InputError::Unknown {
        place: place.to_owned(),
        what,
        id: id.to_owned(),
    }
}

fn duplicate(what: &'static str, id: &str) -> InputError {
    InputError::Duplicate {
        what,
        id: id.to_owned(),
    }
}
