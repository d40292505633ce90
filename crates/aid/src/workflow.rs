//! The workflow of a request for help (docs/aid.md, section 1): stages, who moves a request on, and why.

mod table;
mod vocabulary;

pub use table::TRANSITIONS;
pub use vocabulary::{Reason, Role, Stage, Wait};

use crate::purge::purge_due_s;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use thiserror::Error;

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// From where.
    pub from: Stage,
    /// To where.
    pub to: Stage,
    /// Who may do it.
    pub roles: &'static [Role],
    /// The reasons one of which has to be given.
    pub reasons: &'static [Reason],
    /// What has to have passed since the request came to `from`.
    pub wait: Wait,
}

/// The desk's waits, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waits {
    /// How long a requester has to answer before a paused or resolved request is closed without a word from them.
    pub quiet_s: u64,
    /// How long contents are kept after the end.
    pub retention_s: u64,
}

/// Where a request stands, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// The stage.
    pub stage: Stage,
    /// When it came there.
    pub since_s: i64,
    /// While paused: where it goes on. Nothing in every other stage.
    pub resumes: Option<Stage>,
    /// While paused: whether it waits for the requester, or they asked for it. Only then can silence close it.
    pub waits_for_requester: bool,
    /// Since when requester and proxy have said nothing, as silence counts: since the request came to where it stands or, if later,
    /// since they were last told something. Nothing as long as the last word is theirs.
    pub silent_since_s: Option<i64>,
    /// Whether requester or proxy confirmed that help helped.
    pub confirmed: bool,
}

impl Standing {
    /// A request that just arrived.
    #[must_use]
    pub const fn received(at_s: i64) -> Self {
        Self {
            stage: Stage::Received,
            since_s: at_s,
            resumes: None,
            waits_for_requester: false,
            silent_since_s: Some(at_s),
            confirmed: false,
        }
    }

    /// Requester or proxy said something. Nobody is silent whose word waits for an answer.
    #[must_use]
    pub const fn heard(mut self) -> Self {
        self.silent_since_s = None;
        self
    }

    /// Requester and proxy were told something, and it is their turn again. A pause in which they spoke waits for them no more: the
    /// desk goes on, and pauses again if it asks again.
    #[must_use]
    pub fn told(mut self, at_s: i64) -> Self {
        let spoke = self.silent_since_s.is_none();
        if !(spoke && self.stage == Stage::Paused) {
            self.silent_since_s = Some(at_s);
        }
        self
    }
}

/// A wish to move a request on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// To where.
    pub to: Stage,
    /// In which capacity.
    pub role: Role,
    /// Why.
    pub reason: Reason,
    /// When.
    pub at_s: i64,
}

/// Why a step was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StepRefused {
    /// The table has no such transition.
    #[error("a request that is {from} does not become {to}; it can become {}", listed(.possible))]
    WrongStage {
        /// Where the request stands.
        from: Stage,
        /// Where it should have gone.
        to: Stage,
        /// Where it can go.
        possible: Vec<Stage>,
    },
    /// Paused requests go on where they stopped.
    #[error("this request was paused while it was {resumes}, and goes on there, not at {to}")]
    ResumesElsewhere {
        /// Where it goes on.
        resumes: Stage,
        /// Where it should have gone.
        to: Stage,
    },
    /// Silence closes only what waits for the requester.
    #[error(
        "this request is paused for others or for rest, not for the requester; nobody's silence can close it"
    )]
    PauseIsOurs,
    /// The last word is theirs.
    #[error(
        "requester or proxy said something since this request came to {from}, and wait for an answer; answer them, and go on with what was paused"
    )]
    NotSilent {
        /// Where the request stands.
        from: Stage,
    },
    /// Somebody else has to do it.
    #[error("{role} cannot make a request that is {from} {to}; {} can", listed(.may))]
    NotYours {
        /// Who tried.
        role: Role,
        /// Where the request stands.
        from: Stage,
        /// Where it should have gone.
        to: Stage,
        /// Who may, given the reason or any other.
        may: Vec<Role>,
    },
    /// The transition has other reasons.
    #[error("{reason} is no reason to make a request that is {from} {to}; {}", listed(.reasons))]
    OtherReason {
        /// The reason given.
        reason: Reason,
        /// Where the request stands.
        from: Stage,
        /// Where it should have gone.
        to: Stage,
        /// The reasons there are.
        reasons: Vec<Reason>,
    },
    /// Something has to have passed first.
    #[error("the {wait} wait lasts until {due_s}, {} s from now", .due_s.saturating_sub(*.at_s))]
    TooEarly {
        /// Which wait.
        wait: Wait,
        /// When it is over.
        due_s: i64,
        /// When the step was tried.
        at_s: i64,
    },
    /// What was told is destroyed, so there is nothing to go on with.
    #[error("retention ended at {due_s}, and what was told is destroyed; ask anew")]
    Over {
        /// When it ended.
        due_s: i64,
    },
    /// The step is older than the one before it.
    #[error("the step is of {at_s}, before the request came to where it stands, {since_s}")]
    BackInTime {
        /// When the step says it was made.
        at_s: i64,
        /// When the request came to where it stands.
        since_s: i64,
    },
}

impl StepRefused {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongStage { .. }
            | Self::ResumesElsewhere { .. }
            | Self::PauseIsOurs
            | Self::Over { .. } => "aid-wrong-state",
            Self::NotYours { .. } => "aid-not-yours",
            Self::OtherReason { .. } => "aid-reason",
            Self::TooEarly { .. } => "aid-too-early",
            Self::NotSilent { .. } => "aid-nothing-asked",
            Self::BackInTime { .. } => "aid-back-in-time",
        }
    }
}

fn listed<T: std::fmt::Display>(words: &[T]) -> String {
    if words.is_empty() {
        return "nothing any more".to_owned();
    }
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    words.join(", ")
}

/// Moves a request on, if the table, the role, the reason and the wait allow it.
///
/// # Errors
/// [`StepRefused`], which says what would be possible. The standing is unchanged then.
pub fn step(standing: &Standing, step: &Step, waits: &Waits) -> Result<Standing, StepRefused> {
    let (from, to) = (standing.stage, step.to);
    if step.at_s < standing.since_s {
        let (at_s, since_s) = (step.at_s, standing.since_s);
        return Err(StepRefused::BackInTime { at_s, since_s });
    }
    let rows = rows(standing, to)?;
    let by_role: Vec<_> = rows
        .iter()
        .filter(|row| row.roles.contains(&step.role))
        .collect();
    let because = |row: &&&&Transition| row.reasons.contains(&step.reason);
    let Some(row) = by_role.iter().find(because) else {
        return Err(refused(&rows, from, step));
    };
    let kept_until_s = purge_due_s(standing, waits);
    if let Some(due_s) = kept_until_s
        && to == Stage::Vetting
        && due_s <= step.at_s
    {
        return Err(StepRefused::Over { due_s });
    }
    let Some(due_s) = due_s(standing, row.wait, waits) else {
        return Err(StepRefused::NotSilent { from });
    };
    if step.at_s < due_s {
        let (wait, at_s) = (row.wait, step.at_s);
        return Err(StepRefused::TooEarly { wait, due_s, at_s });
    }
    Ok(Standing {
        stage: to,
        since_s: step.at_s,
        resumes: (to == Stage::Paused).then_some(from),
        waits_for_requester: to == Stage::Paused && is_theirs(step.reason),
        silent_since_s: Some(step.at_s),
        confirmed: standing.confirmed || to == Stage::ConfirmedByRequester,
    })
}

/// The rows between two stages; at least one.
fn rows(standing: &Standing, to: Stage) -> Result<Vec<&'static Transition>, StepRefused> {
    let from = standing.stage;
    let leaving: Vec<_> = TRANSITIONS.iter().filter(|row| row.from == from).collect();
    let rows: Vec<_> = leaving.iter().copied().filter(|row| row.to == to).collect();
    if rows.is_empty() {
        let possible = leaving.iter().map(|row| row.to);
        let possible: BTreeSet<_> = possible.filter(|to| goes_on(standing, *to)).collect();
        let possible = possible.into_iter().collect();
        return Err(StepRefused::WrongStage { from, to, possible });
    }
    match standing.resumes {
        Some(_) if to == Stage::Closed && !goes_on(standing, to) => Err(StepRefused::PauseIsOurs),
        Some(resumes) if !goes_on(standing, to) => {
            Err(StepRefused::ResumesElsewhere { resumes, to })
        }
        _ => Ok(rows),
    }
}

/// Why none of these rows fits the step: another role has it, or other reasons.
fn refused(rows: &[&Transition], from: Stage, step: &Step) -> StepRefused {
    let Step {
        to, role, reason, ..
    } = *step;
    let yours: Vec<_> = rows
        .iter()
        .filter(|row| row.roles.contains(&role))
        .collect();
    if yours.is_empty() {
        let may: BTreeSet<Role> = rows.iter().flat_map(|row| row.roles).copied().collect();
        let may = may.into_iter().collect();
        return StepRefused::NotYours {
            role,
            from,
            to,
            may,
        };
    }
    let reasons: BTreeSet<Reason> = yours.iter().flat_map(|row| row.reasons).copied().collect();
    let reasons = reasons.into_iter().collect();
    StepRefused::OtherReason {
        reason,
        from,
        to,
        reasons,
    }
}

/// Whether a pause for this reason waits for the requester.
pub(crate) fn is_theirs(reason: Reason) -> bool {
    matches!(reason, Reason::WaitsForRequester | Reason::RequesterAsked)
}

/// Whether a request may go there: a paused one resumes only where it stopped, and is matched again only if it was matched.
fn goes_on(standing: &Standing, to: Stage) -> bool {
    let Some(resumes) = standing.resumes else {
        return true;
    };
    match to {
        Stage::Matching => resumes != Stage::Vetting,
        Stage::Closed => standing.waits_for_requester,
        _ => resumes == to || !table::PAUSES.contains(&to),
    }
}

/// When a wait is over; nothing for one of silence where nobody is silent.
fn due_s(standing: &Standing, wait: Wait, waits: &Waits) -> Option<i64> {
    let (since_s, wait_s) = match wait {
        Wait::None => (standing.since_s, 0),
        Wait::Quiet => (standing.silent_since_s?, waits.quiet_s),
        Wait::Retention => (standing.since_s, waits.retention_s),
    };
    Some(since_s.saturating_add_unsigned(wait_s))
}

/// The rows that somebody in this role can use now or once their wait is over: what a page offers as buttons.
pub fn allowed(standing: Standing, role: Role) -> impl Iterator<Item = &'static Transition> {
    let rows = TRANSITIONS.iter();
    rows.filter(move |row| {
        row.from == standing.stage && row.roles.contains(&role) && goes_on(&standing, row.to)
    })
}
