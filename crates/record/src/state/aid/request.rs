//! One request: where it stands, what it allows, what is held of it, who helps.

use aid::{Class, Reason, Role, Stage, Standing};
use tlog::Hash;

use crate::body::aid::{Clocks, ConsentFlags, Item, ItemKind, Request as RequestBody};
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
    pub clocks: Clocks,
    /// Where it stands.
    pub standing: Standing,
    /// How urgent, once triage has said so.
    pub class: Option<Class>,
    /// When a person had read it.
    pub acknowledged: Option<Timestamp>,
    /// When help first began.
    pub assisted: Option<Timestamp>,
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
    pub(super) fn new(key: Vkey, body: RequestBody, clocks: Clocks, at: Timestamp) -> Self {
        let items = body.items.iter().map(|item| HeldItem {
            item: *item,
            kind: None,
        });
        Self {
            key,
            items: items.collect(),
            proxy: body.proxy,
            received: at,
            clocks,
            standing: Standing::received(at.unix_seconds()),
            class: None,
            acknowledged: None,
            assisted: None,
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

    /// Whether the desk still owes it something.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(
            self.standing.stage,
            Stage::Declined | Stage::Referred | Stage::Closed | Stage::Withdrawn | Stage::Purged
        )
    }

    /// Whether an item of this commitment is held.
    #[must_use]
    pub fn has_item(&self, commitment: &Hash) -> bool {
        self.items.iter().any(|i| i.item.commitment == *commitment)
    }

    /// Moves it on; what the workflow made of the step stands in `standing`.
    pub(in crate::state) fn take(&mut self, standing: Standing, step: StepTaken) {
        match step.to {
            Stage::Acknowledged => {
                self.acknowledged.get_or_insert(step.time);
            }
            Stage::InProgress => {
                self.assisted.get_or_insert(step.time);
            }
            // whoever was to help is let go, and may do nothing more
            Stage::Matching | Stage::Triaged | Stage::Withdrawn | Stage::Closed => {
                self.team.clear();
                self.scope_until = None;
            }
            _ => {}
        }
        self.standing = standing;
        self.steps.push(step);
    }
}
