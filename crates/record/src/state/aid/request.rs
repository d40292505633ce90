//! One request: where it stands, what it allows, what is held of it, who helps.

use std::collections::BTreeSet;
use std::sync::Arc;

use aid::{Class, Clocks, Reason, Role, Stage, Standing, Timeline, Waits};
use tlog::Hash;

use crate::body::aid::{ConsentFlags, Item, ItemKind, Proxy, Request as RequestBody};
use crate::ids::{AgeRecipient, CaseId, StatementId, Vkey};
use crate::time::Timestamp;

/// A request for help.
#[derive(Clone, Debug)]
pub struct AidRequest {
    /// The requester's key.
    pub key: Vkey,
    /// What is answered is sealed to it.
    pub recipient: AgeRecipient,
    /// Who may speak for it.
    pub proxy: Option<Proxy>,
    /// Whether the proxy's key signed anything of it. Until then somebody named it, and no more.
    pub proxy_agreed: bool,
    /// Since when a word of requester or proxy waits for an answer; nothing while the last word is the desk's or the team's.
    pub wrote_since: Option<Timestamp>,
    /// When it came in.
    pub received: Timestamp,
    /// The clocks in force when it came in; no later policy moves them.
    pub clocks: Arc<Clocks>,
    /// The waits in force when it came in; no later policy moves them either.
    pub waits: Waits,
    /// Where it stands.
    pub standing: Standing,
    /// What its clocks know of it.
    pub timeline: Timeline,
    /// The responders offered or at work, by enlistment.
    pub team: Vec<StatementId>,
    /// Those who are not offered again: the requester wanted another team, or they left it for a
    /// conflict.
    pub refused: BTreeSet<StatementId>,
    /// Those who worked on it.
    pub before: BTreeSet<StatementId>,
    /// Whether a team could ever read what was told in it.
    pub was_shown: bool,
    /// When this desk first took it on.
    pub accepted: Option<Timestamp>,
    /// The round whose inputs hold it.
    pub round: Option<StatementId>,
    /// What its requester lets the team do, by the commitment of the item that says it; with `scope_until`.
    pub scope: Option<Hash>,
    /// Until when its requester lets the team act on its systems.
    pub scope_until: Option<Timestamp>,
    /// What its requester allows now.
    pub consent: ConsentFlags,
    /// How often something was allowed or taken back after it was asked.
    pub consents: u32,
    /// Consents to cross into a case, in record order.
    pub case_consents: Vec<CaseConsent>,
    /// Items that were ever allowed to cross. A consent that is taken back takes nothing out of a case.
    pub crossed: BTreeSet<Hash>,
    /// Its items, in record order.
    pub items: Vec<HeldItem>,
    /// Its steps, in record order.
    pub steps: Vec<StepTaken>,
}

/// An item, and where it came from.
#[derive(Clone, Debug)]
pub struct HeldItem {
    /// Commitment and digest.
    pub item: Item,
    /// What it is; nothing for those of the request itself.
    pub kind: Option<ItemKind>,
    /// When it was recorded.
    pub told: Timestamp,
    /// In which capacity it was told.
    pub role: Role,
    /// Who signed it.
    pub signer: Vkey,
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
    pub(super) fn new(
        key: Vkey,
        body: RequestBody,
        clocks: Arc<Clocks>,
        waits: Waits,
        at: Timestamp,
    ) -> Self {
        let items = body.items.iter().map(|item| HeldItem {
            item: *item,
            kind: None,
            told: at,
            role: Role::Requester,
            signer: key.clone(),
        });
        Self {
            items: items.collect(),
            key,
            recipient: body.recipient,
            proxy: body.proxy,
            proxy_agreed: false,
            wrote_since: None,
            received: at,
            clocks,
            waits,
            standing: Standing::received(at.unix_seconds()),
            timeline: Timeline::received(at.unix_seconds()),
            team: Vec::new(),
            refused: BTreeSet::new(),
            before: BTreeSet::new(),
            was_shown: false,
            accepted: None,
            round: None,
            scope: None,
            scope_until: None,
            consent: body.consent,
            consents: 0,
            case_consents: Vec::new(),
            crossed: BTreeSet::new(),
            steps: Vec::new(),
        }
    }

    /// Whether a key asked, or is the proxy named.
    #[must_use]
    pub fn is_of(&self, key: &Vkey) -> bool {
        self.key == *key || self.proxy.as_ref().is_some_and(|p| p.key == *key)
    }

    /// Whether a key asked, or is the proxy named and has signed something of it. Whoever names a proxy writes nothing into
    /// the proxy's own list by that.
    #[must_use]
    pub fn is_spoken_for_by(&self, key: &Vkey) -> bool {
        self.key == *key || (self.proxy_agreed && self.is_of(key))
    }

    /// Takes in that somebody said something in it beside a step. A word of requester or proxy waits for an answer: the clock that
    /// waited for them runs on, and no silence closes it. A message of anybody else is such an answer.
    pub(in crate::state) fn hear(&mut self, key: &Vkey, at: Timestamp, message: bool) {
        if self.is_of(key) {
            self.standing = self.standing.heard();
            self.timeline = self.timeline.heard(at.unix_seconds());
            self.wrote_since = self.wrote_since.or(Some(at));
            self.proxy_agreed |= self.key != *key;
        } else if message {
            self.standing = self.standing.told(at.unix_seconds());
            self.wrote_since = None;
        }
    }

    /// Notes that its team can read what is told, if it can: for what remains once it is purged.
    pub(in crate::state) fn note_shown(&mut self) {
        self.was_shown |= self.is_shown_to_team() && !self.team.is_empty();
    }

    /// Whether nothing of what was told is kept any more: it was withdrawn, its retention is over,
    /// or it is purged. Nobody has to take a step for that.
    #[must_use]
    pub fn is_over(&self, at: Timestamp) -> bool {
        aid::is_over(&self.standing, &self.waits, at.unix_seconds())
    }

    /// From when on nothing of it is kept, if nothing happens before.
    #[must_use]
    pub fn kept_until(&self) -> Option<Timestamp> {
        let due_s = aid::purge_due_s(&self.standing, &self.waits)?;
        Timestamp::from_unix_seconds(due_s).ok()
    }

    /// Whether the requester was told something since the request came to where it stands, and
    /// has not answered: only then does it wait for them.
    #[must_use]
    pub fn waits_for_answer(&self) -> bool {
        let mut messages = self
            .items
            .iter()
            .filter(|i| i.kind == Some(ItemKind::Message));
        messages.next_back().is_some_and(|last| {
            let theirs = [Role::Requester, Role::Proxy].contains(&last.role);
            !theirs && last.told.unix_seconds() >= self.standing.since_s
        })
    }

    /// Whether requester or proxy told an item of this commitment.
    #[must_use]
    pub fn told_by_requester(&self, commitment: &Hash) -> bool {
        self.items.iter().any(|i| {
            i.item.commitment == *commitment && [Role::Requester, Role::Proxy].contains(&i.role)
        })
    }

    /// Whether its team may see what is told in it: from the moment the requester takes the team, while it may be shown to
    /// helpers.
    #[must_use]
    pub fn is_shown_to_team(&self) -> bool {
        use Stage::{Agreed, InProgress, Paused, Resolved};
        let stage = self.standing.resumes.unwrap_or(self.standing.stage);
        self.consent.share_with_helpers && [Agreed, InProgress, Paused, Resolved].contains(&stage)
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
        if step.to == Stage::Accepted {
            self.accepted = self.accepted.or(Some(step.time));
        }
        self.proxy_agreed |= step.role == Role::Proxy;
        if step.to == Stage::InProgress {
            self.before.extend(&self.team);
        }
        if step.reason == Reason::OtherTeam {
            self.refused.extend(&self.team);
        }
        // whoever was to help is let go and may do nothing more, and the round that found them finds nobody a second time
        if let Stage::Matching | Stage::Triaged | Stage::Withdrawn | Stage::Closed = step.to {
            self.let_go();
            self.round = None;
        }
        self.standing = standing;
        self.steps.push(step);
        self.note_shown();
    }

    /// Lets the team go; what it was allowed to do lapses.
    pub(in crate::state) fn let_go(&mut self) {
        self.team.clear();
        (self.scope, self.scope_until) = (None, None);
    }
}
