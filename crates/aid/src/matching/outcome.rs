//! What a round of matching comes to.

use super::barrier::Sides;
use super::line::{Seed, Waiting};
use super::round::{Round, RoundError};
use super::solve::{Left, Solver};
use crate::skill::{Level, Skill};
use crate::text::Id;
use crate::triage::Class;
use crate::words::words;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Units of a slot with a helper.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Skill of the slot.
    pub skill: Skill,
    /// Level of the slot.
    pub level: Level,
    /// Who.
    pub helper: Id,
    /// Units of [`crate::UNIT_HOURS`] hours.
    pub units: u16,
}

/// The team of a served ask: all of it, or the ask is not served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Whose.
    pub ask: Id,
    /// Who does what, by slot and helper.
    pub parts: Vec<Part>,
}

words! {
    /// Why an ask has no team.
    WhyUnserved, "reason for having no team";
    /// Nobody could, not even if nobody else asked.
    NobodyAble = "nobody-able",
    /// Those before it in the line need whom it needs.
    Taken = "taken",
}

impl WhyUnserved {
    pub(super) const fn of(left: &Left) -> Self {
        match left {
            Left::NobodyAble => Self::NobodyAble,
            Left::Taken => Self::Taken,
        }
    }
}

/// An ask without a team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unserved {
    /// Which.
    pub ask: Id,
    /// The rank it had.
    pub rank: Class,
    /// Seconds it has waited.
    pub waited_s: u64,
    /// Why.
    pub why: WhyUnserved,
}

/// Counts of a class. Unit: asks; every ask of the round once; none is of unknown class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassFigures {
    /// The class (not the rank).
    pub class: Class,
    /// Asks.
    pub asks: u32,
    /// Of them with a team.
    pub served: u32,
    /// Seconds the longest unserved has waited; nothing if all are served.
    pub longest_unserved_s: Option<u64>,
}

/// What a round comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Digest of the round, hexadecimal.
    pub inputs: String,
    /// The seed, hexadecimal.
    pub seed: String,
    /// Teams, in the order of the asks' names.
    pub teams: Vec<Team>,
    /// Those without, in the order of the line.
    pub unserved: Vec<Unserved>,
    /// Sum over helpers of the costs of their units.
    pub overload: u64,
    /// Counts by class, P1 first.
    pub figures: Vec<ClassFigures>,
}

impl Outcome {
    /// The digest that names an outcome.
    ///
    /// # Errors
    /// [`RoundError::Shape`] if it cannot be written as JSON, which does not happen.
    pub fn digest(&self) -> Result<[u8; 32], RoundError> {
        let mut hash = Sha256::new();
        hash.update(b"solferino aid outcome 1\n");
        hash.update(serde_json::to_vec(self)?);
        Ok(hash.finalize().into())
    }
}

/// The outcome of a round under a seed: the same for everybody who has both.
///
/// # Errors
/// [`RoundError`] if the round is not of the documented form or beyond its limits.
pub fn solve(round: Round, seed: &Seed) -> Result<Outcome, RoundError> {
    let solver = Solver::new(round, seed)?;
    let (served, left) = solver.serve();
    // `serve` found room for all of these, so `share` does.
    let shared = solver.share(&served).ok_or(RoundError::NoRoom)?;
    let round = &solver.round;
    let waiting = |ask: usize| Waiting::of(&round.asks[ask], round.at_s);
    let unserved = solver.line.iter().filter_map(|&ask| {
        let why = WhyUnserved::of(left.get(&ask)?);
        let Waiting { waited_s, .. } = waiting(ask);
        let (id, rank) = (round.asks[ask].id.clone(), waiting(ask).rank(&round.climb));
        Some(Unserved {
            ask: id,
            rank,
            waited_s,
            why,
        })
    });
    Ok(Outcome {
        inputs: hex(&round.canonical_digest()?),
        seed: hex(seed),
        teams: shared
            .teams
            .iter()
            .map(|(&ask, team)| named(round, ask, team))
            .collect(),
        unserved: unserved.collect(),
        overload: shared.overload,
        figures: Class::ALL
            .iter()
            .map(|&class| figures(round, class, &left))
            .collect(),
    })
}

pub(super) fn named(round: &Round, ask: usize, team: &super::solve::Team) -> Team {
    let part = |(&(slot, helper), &units): (&(usize, u32), &u16)| {
        let slot = &round.asks[ask].team[slot];
        let helper = round.helpers[helper as usize].id.clone();
        Part {
            skill: slot.skill,
            level: slot.level,
            helper,
            units,
        }
    };
    Team {
        ask: round.asks[ask].id.clone(),
        parts: team.iter().map(part).collect(),
    }
}

fn figures(round: &Round, class: Class, left: &BTreeMap<usize, Left>) -> ClassFigures {
    let asks = || (0..round.asks.len()).filter(|ask| round.asks[*ask].class == class);
    let unserved = || asks().filter(|ask| left.contains_key(ask));
    let waited = |ask| Waiting::of(&round.asks[ask], round.at_s).waited_s;
    ClassFigures {
        class,
        asks: asks().count() as u32,
        served: (asks().count() - unserved().count()) as u32,
        longest_unserved_s: unserved().map(waited).max(),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every barrier between a helper and each slot of an ask, in the order of the slots: empty lists where they could help.
///
/// # Errors
/// [`RoundError`] if the round is not of the documented form, or has no such ask or helper.
pub fn barriers(
    round: Round,
    ask: &Id,
    helper: &Id,
) -> Result<Vec<Vec<super::Barrier>>, RoundError> {
    let round = round.canonical()?;
    let (ask, helper) = numbers(&round, ask, helper)?;
    let sides = Sides::new(&round);
    let slots = round.asks[ask].team.iter();
    Ok(slots
        .map(|slot| sides.all(&round, ask, slot, helper).list())
        .collect())
}

/// Places of an ask and a helper in a canonical round.
pub(super) fn numbers(round: &Round, ask: &Id, helper: &Id) -> Result<(usize, usize), RoundError> {
    let asks = round.asks.binary_search_by(|one| one.id.cmp(ask));
    let helpers = round.helpers.binary_search_by(|one| one.id.cmp(helper));
    let unknown = |id: &Id| RoundError::Unknown(id.clone());
    Ok((
        asks.map_err(|_| unknown(ask))?,
        helpers.map_err(|_| unknown(helper))?,
    ))
}
