//! Why this helper, and why not that one (docs/aid.md, section 7).

use super::Barrier;
use super::line::Seed;
use super::outcome::{Part, WhyUnserved, named, numbers};
use super::round::{Round, RoundError};
use super::solve::{Given, Left, Shared, Solver};
use crate::skill::{Level, Skill};
use crate::text::Id;
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;

words! {
    /// What would be worse if this helper took one unit of the slot.
    Worse, "reason";
    /// An ask that has a team would have none.
    OthersLose = "others-lose",
    /// Somebody would carry more than now.
    Overload = "overload",
    /// Somebody would lose a helper they had before.
    Continuity = "continuity",
    /// Nothing; the lot fell on others.
    Lot = "lot",
}

/// What a helper is for one slot of an ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Why {
    /// They help.
    Helps {
        /// With so many units.
        units: u16,
        /// Whether they helped before, so continuity speaks for them.
        before: bool,
    },
    /// They could not.
    CouldNot {
        /// Everything that stands between them.
        barriers: Vec<Barrier>,
    },
    /// They could, but the ask has no team.
    NoTeam {
        /// Why it has none.
        why: WhyUnserved,
        /// Asks that hold what it needs: all before it in the line; at most [`MAX_HOLDERS`] of them, the first of the line first.
        holders: Vec<Id>,
        /// How many there are.
        holder_count: usize,
    },
    /// They could, but then something would be worse.
    WouldBeWorse {
        /// What.
        what: Worse,
    },
}

/// Asks that an explanation names.
pub const MAX_HOLDERS: usize = 32;

/// The answer for one slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotAnswer {
    /// Skill of the slot.
    pub skill: Skill,
    /// Level of the slot.
    pub level: Level,
    /// Why this helper, or why not.
    pub why: Why,
}

/// A solved round that answers for every pair.
pub struct Explainer {
    solver: Solver,
    served: Vec<usize>,
    left: std::collections::BTreeMap<usize, Left>,
    shared: Shared,
}

impl Explainer {
    /// Solves the round.
    ///
    /// # Errors
    /// [`RoundError`], as [`super::solve`].
    pub fn new(round: Round, seed: &Seed) -> Result<Self, RoundError> {
        let solver = Solver::new(round, seed)?;
        let (served, left) = solver.serve();
        let shared = solver.share(&served).ok_or(RoundError::NoRoom)?;
        Ok(Self {
            solver,
            served,
            left,
            shared,
        })
    }

    pub(super) fn helpers(&self) -> impl Iterator<Item = &Id> {
        self.solver.round.helpers.iter().map(|helper| &helper.id)
    }

    /// The team of an ask, or why it has none.
    pub(super) fn team_of(&self, ask: &Id) -> Result<(Vec<Part>, Option<WhyUnserved>), RoundError> {
        let round = &self.solver.round;
        let found = round.asks.binary_search_by(|one| one.id.cmp(ask));
        let number = found.map_err(|_| RoundError::Unknown(ask.clone()))?;
        let why = self.left.get(&number).map(WhyUnserved::of);
        let team = self.shared.teams.get(&number);
        let team = team.map(|team| named(round, number, team).parts);
        Ok((team.unwrap_or_default(), why))
    }

    /// What stands between a helper and each slot of an ask.
    pub(super) fn barriers(&self, ask: &Id, helper: &Id) -> Result<Vec<Vec<Barrier>>, RoundError> {
        let Solver { round, sides, .. } = &self.solver;
        let (ask, helper) = numbers(round, ask, helper)?;
        let slots = round.asks[ask].team.iter();
        Ok(slots
            .map(|slot| sides.all(round, ask, slot, helper).list())
            .collect())
    }

    /// What a helper is for each slot of an ask.
    ///
    /// Costs up to as much as solving the round, per slot that the helper could fill and does not; without drawing the lots.
    ///
    /// # Errors
    /// [`RoundError::Unknown`] for an ask or helper that the round does not have.
    pub fn explain(&self, ask: &Id, helper: &Id) -> Result<Vec<SlotAnswer>, RoundError> {
        let (ask, helper) = numbers(&self.solver.round, ask, helper)?;
        let holders = OnceCell::new();
        let slots = self.solver.round.asks[ask].team.iter().enumerate();
        let answer = |(number, slot): (usize, &crate::Slot)| SlotAnswer {
            skill: slot.skill,
            level: slot.level,
            why: self.why(ask, number, helper, &holders),
        };
        Ok(slots.map(answer).collect())
    }

    fn why(&self, ask: usize, slot: usize, helper: usize, holders: &OnceCell<Vec<Id>>) -> Why {
        let Solver { round, sides, .. } = &self.solver;
        let barriers = sides.all(round, ask, &round.asks[ask].team[slot], helper);
        if !barriers.is_empty() {
            let barriers = barriers.list();
            return Why::CouldNot { barriers };
        }
        if let Some(left) = self.left.get(&ask) {
            let why = WhyUnserved::of(left);
            let all = holders.get_or_init(|| {
                if *left == Left::NobodyAble {
                    return Vec::new();
                }
                let holders = self.solver.holders(ask, &self.served).into_iter();
                holders.map(|ask| round.asks[ask].id.clone()).collect()
            });
            let holders = all.iter().take(MAX_HOLDERS).cloned().collect();
            let holder_count = all.len();
            return Why::NoTeam {
                why,
                holders,
                holder_count,
            };
        }
        let team = self.shared.teams.get(&ask);
        let units = team.and_then(|team| team.get(&(slot, helper as u32)));
        if let Some(&units) = units {
            let before = round.asks[ask].before.contains(&round.helpers[helper].id);
            return Why::Helps { units, before };
        }
        let given = Given {
            ask,
            slot,
            helper: helper as u32,
        };
        let what = self.worse(given);
        Why::WouldBeWorse { what }
    }

    /// The first part of the goal that gets worse if one unit goes to this helper.
    fn worse(&self, given: Given) -> Worse {
        let other = self.solver.keep(&self.served, Some(given));
        let best = &self.shared;
        let Some((other, ..)) = other else {
            return Worse::OthersLose;
        };
        if other.overload > best.overload {
            Worse::Overload
        } else if other.kept < best.kept {
            Worse::Continuity
        } else {
            Worse::Lot
        }
    }
}
