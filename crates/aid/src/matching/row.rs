//! What a round says of one ask, for whoever asked: their own row, and why (docs/aid.md, section 7).

use super::Barrier;
use super::explain::{Explainer, SlotAnswer, Why};
use super::outcome::{Part, WhyUnserved};
use super::round::RoundError;
use crate::text::Id;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What `format` says.
pub const ROW_FORMAT: &str = "solferino.org/aid-row@v1";
/// Helpers that a row names: each answer can cost as much as the round.
pub const MAX_NAMED: usize = 64;

/// What a helper is for an ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The helper.
    pub helper: Id,
    /// For each slot of the ask.
    pub slots: Vec<SlotAnswer>,
}

/// The row of an ask. Who could not help is counted and not named: why somebody cannot is theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// [`ROW_FORMAT`].
    pub format: String,
    /// The round, by its statement.
    pub round: Id,
    /// The ask.
    pub ask: Id,
    /// The team; empty if there is none.
    pub team: Vec<Part>,
    /// Why there is none.
    pub why_none: Option<WhyUnserved>,
    /// Helpers of the round.
    pub helpers: u32,
    /// Those who help, then those who could have helped in some slot, at most [`MAX_NAMED`], and why they do or do not.
    pub named: Vec<Named>,
    /// How many could have helped and are not named here.
    pub not_named: u32,
    /// For each barrier, between how many helpers and some slot it stands.
    pub barriers: BTreeMap<Barrier, u32>,
}

impl Explainer {
    /// The row of an ask.
    ///
    /// # Errors
    /// [`RoundError::Unknown`] for an ask that the round does not have.
    pub fn row(&self, round: &Id, ask: &Id) -> Result<Row, RoundError> {
        let (team, why_none) = self.team_of(ask)?;
        let (mut helping, mut able, mut counts) = (Vec::new(), Vec::new(), BTreeMap::new());
        for helper in self.helpers() {
            let barriers = self.barriers(ask, helper)?;
            let mut stand: Vec<Barrier> = barriers.iter().flatten().copied().collect();
            stand.sort_unstable();
            stand.dedup();
            for barrier in stand {
                *counts.entry(barrier).or_default() += 1;
            }
            if team.iter().any(|part| part.helper == *helper) {
                helping.push(helper.clone());
            } else if barriers.iter().any(Vec::is_empty) {
                able.push(helper.clone());
            }
        }
        let all = helping.len() + able.len();
        let names = helping.into_iter().chain(able).take(MAX_NAMED);
        let named = |helper: Id| {
            let slots = self.explain(ask, &helper)?;
            Ok(Named { helper, slots })
        };
        let named: Vec<Named> = names.map(named).collect::<Result<_, RoundError>>()?;
        Ok(Row {
            format: ROW_FORMAT.to_owned(),
            round: round.clone(),
            ask: ask.clone(),
            team,
            why_none,
            helpers: self.helpers().count() as u32,
            not_named: (all - named.len()) as u32,
            named,
            barriers: counts,
        })
    }
}

impl Row {
    /// Whether somebody helps.
    #[must_use]
    pub fn has_team(&self) -> bool {
        let helps = |answer: &SlotAnswer| matches!(answer.why, Why::Helps { .. });
        self.named.iter().any(|one| one.slots.iter().any(helps))
    }
}
