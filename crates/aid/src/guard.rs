//! The guard: no action on a system outside what the requester signed, and no action that is not defence (docs/aid.md, section 8).

mod scope;
mod target;

pub use scope::{
    Account, DomainScope, MAX_SCOPE_DAYS, MAX_SCOPE_ENTRIES, MIN_V4_PREFIX, MIN_V6_PREFIX, Network,
    NetworkError, Scope, ScopeError,
};
pub use target::{Domain, Target};

use crate::words::words;
use serde::{Deserialize, Serialize};
use thiserror::Error;

words! {
    /// What helpers do. A closed list, and all of it is defence: nothing here enters, changes, scans or stops a system of somebody else.
    Action, "action";
    /// Say what to do. Touches nothing.
    Advise = "advise",
    /// Write to a provider or platform on the requester's behalf. Touches nothing.
    AskProvider = "ask-provider",
    /// Copy logs.
    CollectLogs = "collect-logs",
    /// Copy a disk, memory or mailbox, with hashes.
    CopyEvidence = "copy-evidence",
    /// Look for traces on the requester's systems.
    Examine = "examine",
    /// Look at the requester's systems from outside, as anybody could.
    CheckExposure = "check-exposure",
    /// Watch the requester's own network.
    Watch = "watch",
    /// Take a system off the network.
    Isolate = "isolate",
    /// Set new passwords and keys.
    ResetCredentials = "reset-credentials",
    /// End sessions and take back grants.
    RevokeSessions = "revoke-sessions",
    /// Second factors, least rights.
    StrengthenAccess = "strengthen-access",
    /// Let less in to the requester's systems.
    FilterIncoming = "filter-incoming",
    /// Keep bad mail out.
    FilterMail = "filter-mail",
    /// Put a service behind one that withstands floods.
    Shield = "shield",
    /// Remove what the attacker left on the requester's systems.
    Clean = "clean",
    /// Close weaknesses.
    Patch = "patch",
    /// Bring back from backups.
    Restore = "restore",
}

impl Action {
    /// Whether it touches systems. One that does names them; one that does not names none.
    #[must_use]
    pub fn touches(self) -> bool {
        !matches!(self, Self::Advise | Self::AskProvider)
    }
}

/// What a responder is about to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What.
    pub action: Action,
    /// On which systems.
    pub targets: Vec<Target>,
}

/// Targets of a plan, at most.
pub const MAX_TARGETS: usize = 1_000;

/// One reason why a plan is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GuardRefusal {
    /// The scope does not hold yet, or no longer.
    #[error(
        "the scope holds from {from_s} to {until_s}, not at {at_s}; ask the requester to sign a new one"
    )]
    NotInForce {
        /// First moment.
        from_s: i64,
        /// First moment after.
        until_s: i64,
        /// The moment asked for.
        at_s: i64,
    },
    /// The requester did not agree to this.
    #[error("the requester did not sign for the action {0}; ask them to")]
    NotAuthorised(Action),
    /// Not theirs.
    #[error("{0} lies outside the scope that the requester signed; nothing may be done to it")]
    OutsideScope(Target),
    /// An action on systems that names none.
    #[error("the action {0} touches systems and names none; say which")]
    NoTarget(Action),
    /// An action that touches nothing and names systems.
    #[error(
        "the action {0} touches nothing; leave the targets out, or choose the action that is meant"
    )]
    NeedlessTarget(Action),
    /// Too many targets for one plan.
    #[error("{0} targets; a plan has at most {MAX_TARGETS}")]
    TooMany(usize),
}

impl GuardRefusal {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInForce { .. } => "aid-scope-not-in-force",
            Self::NotAuthorised(_) => "aid-action-not-authorised",
            Self::OutsideScope(_) => "aid-outside-scope",
            Self::NoTarget(_) | Self::NeedlessTarget(_) | Self::TooMany(_) => "aid-plan",
        }
    }
}

/// Whether a plan may be carried out at a moment under a scope that the requester signed.
///
/// # Errors
/// Every [`GuardRefusal`] there is, not only the first.
pub fn guard(scope: &Scope, plan: &Plan, at_s: i64) -> Result<(), Vec<GuardRefusal>> {
    let mut refusals = Vec::new();
    let Scope {
        from_s, until_s, ..
    } = *scope;
    if !(from_s..until_s).contains(&at_s) {
        refusals.push(GuardRefusal::NotInForce {
            from_s,
            until_s,
            at_s,
        });
    }
    if !scope.actions.contains(&plan.action) {
        refusals.push(GuardRefusal::NotAuthorised(plan.action));
    }
    if plan.targets.len() > MAX_TARGETS {
        refusals.push(GuardRefusal::TooMany(plan.targets.len()));
        return Err(refusals);
    }
    match (plan.action.touches(), plan.targets.is_empty()) {
        (true, true) => refusals.push(GuardRefusal::NoTarget(plan.action)),
        (false, false) => refusals.push(GuardRefusal::NeedlessTarget(plan.action)),
        _ => {}
    }
    let outside = plan.targets.iter().filter(|target| !scope.covers(target));
    refusals.extend(outside.cloned().map(GuardRefusal::OutsideScope));
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals)
    }
}
