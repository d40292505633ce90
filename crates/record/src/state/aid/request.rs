//! One request: where it stands, what it allows, what is held of it, who helps.

use std::sync::Arc;

use aid::{Class, Clocks, Reason, Role, Stage, Standing, Timeline};
use tlog::Hash;

use crate::body::aid::{ConsentFlags, Item, ItemKind, Request as RequestBody};
use crate::ids::{CaseId, StatementId, Vkey};
use crate::time::Timestamp;

/// A request for help.
#[derive(Clone, Debug)]
pub struct AidRequest {
    /// The requester's key.
    pub key: Vkey,
    /// The key that may speak for it.
    pub proxy: Option<Vkey>,
    /// When it came in.
    pub received: Timestamp,
    /// The clocks in force when it came in; no later policy moves them.
    pub clocks: Arc<Clocks>,
    /// Where it stands.
    pub standing: Standing,
    /// What its clocks know of it.
    pub timeline: Timeline,
    /// The responders offered or at work, by enlistment.
    pub team: Vec<StatementId>,
    /// The round whose inputs hold it.
    pub round: Option<StatementId>,
    /// Until when its requester lets the team act on its systems.
    pub scope_until: Option<Timestamp>,
    /// What its requester allows now.
    pub consent: ConsentFlags,
    /// Consents to cross into a case, in record order.
    pub case_consents: Vec<CaseConsent>,
    /// Its items, in record order.
    pub items: Vec<HeldItem>,
    /// Its steps, in record order.
    pub steps: Vec<StepTaken>,
}

/// An item, and where it came from.
#[derive(Clone, Copy, Debug)]
pub struct HeldItem {
    /// Commitment and digest.
    pub item: Item,
    /// What it is; nothing for those of the request itself.
    pub kind: Option<ItemKind>,
    /// When it was recorded.
    pub told: Timestamp,
}

/// A consent to copy items into a case.
#[derive(Clone, Debug)]
pub struct CaseConsent {
    /// The statement that gave it.
    pub statement: StatementId,
    /// The case.
    pub case: CaseId,
    /// The items, by commitment.
    pub items: Vec<Hash>,
    /// Until when it is fresh.
    pub until: Timestamp,
    /// Whether it was taken back.
    pub taken_back: bool,
}

/// A step, as the requester sees it.
#[derive(Clone, Debug)]
pub struct StepTaken {
    /// The statement; for a step that follows from a dismissal, the dismissal.
    pub statement: StatementId,
    /// When.
    pub time: Timestamp,
    /// To which stage.
    pub to: Stage,
    /// In which capacity.
    pub role: Role,
    /// Why.
    pub reason: Reason,
    /// Who signed it.
    pub signer: Vkey,
}

impl AidRequest {
    pub(super) fn new(key: Vkey, body: RequestBody, clocks: Arc<Clocks>, at: Timestamp) -> Self {
        let items = body.items.iter().map(|item| HeldItem {
            item: *item,
            kind: None,
            told: at,
        });
        Self {
            key,
            items: items.collect(),
            proxy: body.proxy,
            received: at,
            clocks,
            standing: Standing::received(at.unix_seconds()),
            timeline: Timeline::received(at.unix_seconds()),
            team: Vec::new(),
            round: None,
            scope_until: None,
            consent: body.consent,
            case_consents: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// Whether a key asked, or is the proxy named.
    #[must_use]
    pub fn is_of(&self, key: &Vkey) -> bool {
        self.key == *key || self.proxy.as_ref() == Some(key)
    }

    /// How urgent it is, once triage has said so.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        self.timeline.class
    }

    /// Whether the desk still owes it something.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.timeline.ended_s.is_none()
    }

    /// Whether an item of this commitment is held.
    #[must_use]
    pub fn has_item(&self, commitment: &Hash) -> bool {
        self.items.iter().any(|i| i.item.commitment == *commitment)
    }

    /// Moves it on; what the workflow made of the step stands in `standing`.
    pub(in crate::state) fn take(
        &mut self,
        standing: Standing,
        step: StepTaken,
        class: Option<Class>,
    ) {
        let moved = aid::Step {
            to: step.to,
            role: step.role,
            reason: step.reason,
            at_s: step.time.unix_seconds(),
        };
        self.timeline = self.timeline.after(&moved, class);
        // whoever was to help is let go, and may do nothing more
        if let Stage::Matching | Stage::Triaged | Stage::Withdrawn | Stage::Closed = step.to {
            self.team.clear();
            self.scope_until = None;
        }
        self.standing = standing;
        self.steps.push(step);
    }
}
