//! The desk that helps: its policy, requests, responders, rounds. No code that investigates,
//! derives or publishes reads this (docs/aid-statements.md, section 9).

mod counters;
mod harm;
mod request;

use std::collections::BTreeMap;
use std::sync::Arc;

use tlog::Hash;

pub use counters::{Overdue, Promise};
pub use harm::HarmTotal;
pub use request::{AidRequest, CaseConsent, HeldItem, StepTaken};

use crate::body::aid::{Desk, Enlist, Officer, Purpose};
use crate::body::aid::{NoticeTemplate, Request as RequestBody};
use crate::ids::{StatementId, Vkey};
use crate::time::Timestamp;

/// Everything the rules know of aid.
#[derive(Clone, Debug, Default)]
pub struct Aid {
    /// The desk's policy in force.
    pub desk: Option<Desk>,
    /// Its clocks, shared by the requests that came in under it.
    pub clocks: Arc<aid::Clocks>,
    /// Requests, by statement.
    pub requests: BTreeMap<StatementId, AidRequest>,
    /// How many requests of a key are open; keys with none are left out.
    pub open_requests: BTreeMap<Vkey, u32>,
    /// Responders, by enlistment.
    pub responders: BTreeMap<StatementId, Responder>,
    /// The enlistment in force of each responder's key.
    pub responder_keys: BTreeMap<Vkey, StatementId>,
    /// Rounds of matching, by statement.
    pub rounds: BTreeMap<StatementId, Round>,
    /// Rounds whose seed the next tick fixes.
    pub rounds_without_seed: Vec<StatementId>,
    /// Outcomes, by statement.
    pub matches: BTreeMap<StatementId, Matched>,
    /// Notices and relays, by statement.
    pub notices: BTreeMap<StatementId, Notice>,
    /// Until when harm was counted, if it ever was.
    pub harm_counted_until: Option<Timestamp>,
    /// Harm over all counts.
    pub harm: HarmTotal,
}

/// A responder.
#[derive(Clone, Debug)]
pub struct Responder {
    /// Its key.
    pub key: Vkey,
    /// What it signed.
    pub body: Enlist,
    /// When.
    pub enlisted: Timestamp,
    /// Until when it is vetted, if it ever was.
    pub vetted_until: Option<Timestamp>,
    /// Whether it was dismissed.
    pub dismissed: bool,
}

/// A round of matching.
#[derive(Clone, Debug)]
pub struct Round {
    /// Commitment of its inputs.
    pub inputs: Hash,
    /// When they were closed.
    pub closed: Timestamp,
    /// Its seed, once the next tick is recorded.
    pub seed: Option<Hash>,
    /// Its outcome, once it is said.
    pub outcome: Option<StatementId>,
}

/// An outcome.
#[derive(Clone, Debug)]
pub struct Matched {
    /// Its round.
    pub round: StatementId,
    /// Root of the tree of its offers.
    pub root: Hash,
    /// Number of offers.
    pub offers: u32,
}

/// A notice, or a vulnerability relayed.
#[derive(Clone, Debug)]
pub struct Notice {
    /// What it is about.
    pub template: NoticeTemplate,
    /// Who answers.
    pub answer_key: Vkey,
    /// When it was given.
    pub given: Timestamp,
    /// By when a receipt is asked for.
    pub due: Option<Timestamp>,
    /// When the receipt came.
    pub received: Option<Timestamp>,
    /// Until when nobody else is told, for a relay.
    pub embargo_until: Option<Timestamp>,
    /// When the embargo ended.
    pub opened: Option<Timestamp>,
}

impl Aid {
    /// The officer whose key this is, of the desk in force.
    #[must_use]
    pub fn officer(&self, key: &Vkey) -> Option<&Officer> {
        let desk = self.desk.as_ref()?;
        desk.officers.iter().find(|o| o.key == *key)
    }

    /// The enlistment of a responder's key, unless it was dismissed.
    #[must_use]
    pub fn responder(&self, key: &Vkey) -> Option<(StatementId, &Responder)> {
        let id = self.responder_keys.get(key)?;
        let responder = self.responders.get(id).filter(|r| !r.dismissed)?;
        Some((*id, responder))
    }

    /// Whether a key is of the team of a request.
    #[must_use]
    pub fn helps(&self, request: &AidRequest, key: &Vkey) -> bool {
        let mut team = request.team.iter().filter_map(|id| self.responders.get(id));
        team.any(|r| r.key == *key)
    }

    /// Why a responder may not help at that time; nothing if it may.
    #[must_use]
    pub fn unfit(&self, id: &StatementId, at: Timestamp) -> Option<&'static str> {
        let Some(responder) = self.responders.get(id) else {
            return Some("there is no such enlistment");
        };
        let code = self.desk.as_ref().map(|d| &d.code);
        match responder.vetted_until {
            _ if responder.dismissed => Some("it was dismissed"),
            _ if code != Some(&responder.body.code) => {
                Some("it signed another version of the code of conduct")
            }
            None => Some("it is not vetted"),
            Some(until) if until <= at => Some("its vetting has expired"),
            Some(_) => None,
        }
    }

    /// The requests that a key asked or speaks for as their proxy.
    pub fn requests_of<'a>(
        &'a self,
        key: &'a Vkey,
    ) -> impl Iterator<Item = (&'a StatementId, &'a AidRequest)> {
        self.requests.iter().filter(move |(_, r)| r.is_of(key))
    }

    /// The consent in force at that time by which items of a request may be copied into a case.
    #[must_use]
    pub fn consent(
        &self,
        statement: &StatementId,
        at: Timestamp,
    ) -> Option<(&AidRequest, &CaseConsent)> {
        let (request, consent) = self.requests.values().find_map(|r| {
            let given = r.case_consents.iter().find(|c| c.statement == *statement)?;
            Some((r, given))
        })?;
        let gone = request.standing.stage == aid::Stage::Purged;
        (!gone && !consent.taken_back && at < consent.until).then_some((request, consent))
    }

    /// A new request, just received.
    pub(super) fn receive(&mut self, id: StatementId, key: Vkey, body: RequestBody, at: Timestamp) {
        *self.open_requests.entry(key.clone()).or_default() += 1;
        let request = AidRequest::new(key, body, Arc::clone(&self.clocks), at);
        self.requests.insert(id, request);
    }

    /// Counts a request that has ended, or goes on again.
    pub(super) fn count_open(&mut self, key: &Vkey, was_open: bool, is_open: bool) {
        let count = self.open_requests.entry(key.clone()).or_default();
        *count = match (was_open, is_open) {
            (true, false) => count.saturating_sub(1),
            (false, true) => count.saturating_add(1),
            _ => *count,
        };
        if *count == 0 {
            self.open_requests.remove(key);
        }
    }

    /// The first tick after a round is closed fixes its seed.
    pub(super) fn tick(&mut self, tick: StatementId) {
        for id in std::mem::take(&mut self.rounds_without_seed) {
            if let Some(round) = self.rounds.get_mut(&id) {
                round.seed = Some(crate::aid::round_seed(id, tick));
            }
        }
    }

    /// A consent that changes what is allowed from now on.
    pub(super) fn note_flag(request: &mut AidRequest, purpose: Purpose, granted: bool) {
        match purpose {
            Purpose::ShareWithHelpers => request.consent.share_with_helpers = granted,
            Purpose::PublishAnonymised => request.consent.publish_anonymised = granted,
            Purpose::Case => {}
        }
    }
}
