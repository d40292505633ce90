//! Making a bundle: which statements a stranger needs to re-judge one case.

use std::collections::{BTreeMap, BTreeSet};

use tlog::Hash;

use super::{Bundle, BundledStatement};
use crate::ids::{CaseId, StatementId};
use crate::kind::{Group, Kind};
use crate::state::{Case, Complaint, State};

/// Where a bundle's parts come from; implemented by the store.
pub trait Source {
    /// What reading can fail with.
    type Error: std::error::Error;
    /// The bytes of an entry.
    ///
    /// # Errors
    /// Where the entry cannot be read.
    fn entry(&self, index: u64) -> Result<Vec<u8>, Self::Error>;
    /// Its inclusion path in the tree of the published checkpoint.
    ///
    /// # Errors
    /// Where a tile cannot be read.
    fn path(&self, index: u64) -> Result<Vec<Hash>, Self::Error>;
    /// The published checkpoint note.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn checkpoint(&self) -> Result<Vec<u8>, Self::Error>;
}

/// Why no bundle can be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError<E: std::error::Error> {
    /// No such finding.
    #[error("case {case} has no finding {finding}")]
    NoFinding {
        /// The case.
        case: CaseId,
        /// The finding.
        finding: StatementId,
    },
    /// The record could not be read.
    #[error("the record could not be read: {0}")]
    Read(E),
}

/// Indexes of the statements that re-judge a case: charter, members, funding and rules; calibration up to
/// its last assignment; its reports, consents and statements; and the tick that governs each.
#[must_use]
pub fn select(state: &State, case: &Case) -> BTreeSet<u64> {
    chosen(state, Some(case), BTreeSet::new())
}

/// Indexes of the statements that judge what may be said next: those of [`select`] for a case, or without one those
/// that hold for all cases, calibration among them while a question waits; with either, the reports that wait to be
/// taken up, their consents, the complaints about any of all these with their answers, and the last tick.
#[must_use]
pub fn select_docket(state: &State, case: Option<&Case>) -> BTreeSet<u64> {
    let waiting = state.global.reports.values();
    let waiting = waiting.filter(|r| r.case.is_none() && r.refused.is_none());
    let statements = waiting.flat_map(|r| r.statements().map(|(index, _)| index));
    let last_tick = state.statements.kinds().filter(|(_, k)| *k == Kind::Tick);
    let last_tick = last_tick.map(|(index, _)| index).max();
    let mut more: BTreeSet<u64> = statements.chain(last_tick).collect();
    let asked = state
        .global
        .questions
        .values()
        .any(|q| q.resolved.is_none());
    if case.is_none() && asked {
        let kinds = state.statements.kinds();
        let calibration = kinds.filter(|(_, kind)| kind.group() == Group::Calibration);
        more.extend(calibration.map(|(index, _)| index));
    }
    let mut all = chosen(state, case, more.clone());
    let complaints = complaints_about(state, &all);
    if !complaints.is_empty() {
        more.extend(complaints);
        all = chosen(state, case, more); // with the ticks that govern them
    }
    all
}

/// Indexes of the complaints about statements chosen, and of their answers; also of complaints about those. An answer
/// names several complaints at once and is judged by all of them, so one that is not here whole is left out with its
/// complaints.
fn complaints_about(state: &State, chosen: &BTreeSet<u64>) -> BTreeSet<u64> {
    let index = |id: &StatementId| state.statements.index_of(id);
    let mut kept: BTreeMap<_, _> = state.global.complaints.iter().collect();
    let mut answers: BTreeMap<StatementId, BTreeSet<&StatementId>> = BTreeMap::new();
    for (id, complaint) in &kept {
        if let Some(answer) = &complaint.answered {
            answers.entry(answer.statement).or_default().insert(id);
        }
    }
    loop {
        let before = kept.len();
        let whole = |answer: &StatementId| {
            let of = answers.get(answer);
            of.is_some_and(|all| all.iter().all(|id| kept.contains_key(*id)))
        };
        let about = |id: &StatementId| {
            let here = index(id).is_some_and(|at| chosen.contains(&at));
            here || kept.contains_key(id) || whole(id)
        };
        let stays = |c: &Complaint| {
            about(&c.statement) && c.answered.as_ref().is_none_or(|a| whole(&a.statement))
        };
        let left: Vec<_> = kept.iter().filter(|(_, c)| !stays(c)).collect();
        let left: Vec<StatementId> = left.into_iter().map(|(id, _)| **id).collect();
        left.iter().for_each(|id| {
            kept.remove(id);
        });
        if kept.len() == before {
            break;
        }
    }
    let answered = kept.values().filter_map(|c| c.answered.as_ref());
    let answers: BTreeSet<_> = answered.map(|a| a.statement).collect();
    let all = kept.keys().map(|id| **id).chain(answers);
    all.filter_map(|id| index(&id)).collect()
}

fn chosen(state: &State, case: Option<&Case>, more: BTreeSet<u64>) -> BTreeSet<u64> {
    let mut chosen = more;
    let of_case = case.map_or(&[][..], |case| &case.statements[..]);
    chosen.extend(of_case.iter().map(|(index, _)| *index));
    let assignment = |(index, id): &(u64, StatementId)| {
        let kind = state.statements.get(id).map(|e| e.kind);
        (kind == Some(Kind::ReviewAssign)).then_some(*index)
    };
    let assigned = of_case.iter().filter_map(assignment).max();
    let mut ticks = BTreeSet::new();
    for (index, kind) in state.statements.kinds() {
        match (kind, kind.group()) {
            (Kind::Tick, _) => {
                ticks.insert(index);
            }
            (_, Group::Charter | Group::Members | Group::Rules) => {
                chosen.insert(index);
            }
            // what the weights of the panel came from
            (_, Group::Calibration) if Some(index) < assigned => {
                chosen.insert(index);
            }
            _ => {}
        }
    }
    let governing: BTreeSet<u64> = chosen
        .iter()
        .filter_map(|index| ticks.range(..index).next_back().copied())
        .collect();
    chosen.extend(governing);
    chosen
}

/// Makes the bundle of a finding, with the exhibits given.
///
/// # Errors
/// [`BuildError`].
pub fn build<S: Source>(
    state: &State,
    case: &Case,
    finding: StatementId,
    source: &S,
    exhibits: Vec<(Hash, Vec<u8>)>,
) -> Result<Bundle, BuildError<S::Error>> {
    let Some(record) = case.findings.iter().find(|f| f.statement == finding) else {
        return Err(BuildError::NoFinding {
            case: case.id.clone(),
            finding,
        });
    };
    let mut statements = Vec::new();
    for index in select(state, case) {
        let entry = source.entry(index).map_err(BuildError::Read)?;
        let path = source.path(index).map_err(BuildError::Read)?;
        statements.push(BundledStatement { index, path, entry });
    }
    Ok(Bundle {
        finding,
        checkpoint: source.checkpoint().map_err(BuildError::Read)?,
        statements,
        exhibits,
        result: record.replayed.bytes(),
    })
}
