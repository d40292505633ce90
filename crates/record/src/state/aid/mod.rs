//! The desk that helps: its policy, requests, responders, rounds. No code that investigates,
//! derives or publishes reads this (docs/aid-statements.md, section 9).

mod counters;
mod harm;
mod office;
mod request;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::aid::Waits;
use tlog::Hash;

pub use counters::{Overdue, Promise};
pub use harm::HarmTotal;
pub use office::InOffice;
pub use request::{AidRequest, CaseConsent, HeldItem, StepTaken};

use crate::body::aid::{Desk, Enlist, Officer, Purpose};
use crate::body::aid::{NoticeTemplate, Request as RequestBody};
use crate::ids::{AgeRecipient, StatementId, Vkey};
use crate::time::Timestamp;

/// Seconds from the close of a round's inputs to its outcome, at most: a day. A round that is not
/// said by then lapses, and counts as one without an outcome.
pub(crate) const MAX_ROUND_S: i64 = 86_400;

/// Everything the rules know of aid.
#[derive(Clone, Debug, Default)]
pub struct Aid {
    /// The desk's policy in force.
    pub desk: Option<Desk>,
    /// The statements that ever named a desk, in record order.
    pub desks: Vec<StatementId>,
    /// Its clocks, shared by the requests that came in under it.
    pub clocks: Arc<aid::Clocks>,
    /// Whoever is or was an officer, by key; and whose each recipient is or was. Neither ends with
    /// the office: what was sealed to them stays readable to whoever has the identity.
    pub officers: BTreeSet<Vkey>,
    /// As [`Self::officers`].
    pub recipients: BTreeMap<AgeRecipient, Vkey>,
    /// Since when the officers of the desk in force are in office.
    pub in_office: InOffice,
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
    /// Inputs of all rounds, by commitment: none is computed twice.
    pub inputs: BTreeSet<Hash>,
    /// The round that was closed last.
    pub last_round: Option<StatementId>,
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
    /// Requests in them.
    pub requests: u32,
    /// Responders in them.
    pub responders: u32,
    /// Requests that waited for a team when they were closed, whether they are in them or not.
    pub waiting: u32,
    /// Responders that were enlisted then, whether they are in them or not.
    pub enlisted: u32,
    /// The next tick, once it is recorded, and the seed made of both.
    pub tick: Option<StatementId>,
    /// As [`Self::tick`].
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
    /// Requests that were offered what it holds for them.
    pub offered: BTreeSet<StatementId>,
    /// To how many of them each responder was offered: it carries a unit for each at least.
    pub carries: BTreeMap<StatementId, u32>,
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

impl Round {
    /// Until when its outcome can be said.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.closed.plus_seconds(MAX_ROUND_S)
    }

    /// Whether its outcome can be said at that time, and no other round closed.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.outcome.is_none() && at <= self.until()
    }
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

    /// To whom what is told in a request is sealed beside the officers: its requester, its proxy,
    /// and those of its team who may help at that time, from the moment the requester takes it, while it may be shown to helpers.
    pub fn recipients_of<'a>(
        &'a self,
        request: &'a AidRequest,
        at: Timestamp,
    ) -> impl Iterator<Item = &'a AgeRecipient> {
        let shown = request.is_shown_to_team();
        let team = self.fit_team(request, at).filter(move |_| shown);
        let team = team.filter_map(|id| Some(&self.responders.get(id)?.body.recipient));
        let proxy = request.proxy.iter().map(|p| &p.recipient);
        std::iter::once(&request.recipient).chain(proxy).chain(team)
    }

    /// The enlistments in force of the same keys, without those who were dismissed.
    pub fn in_force<'a>(
        &'a self,
        enlistments: &'a BTreeSet<StatementId>,
    ) -> impl Iterator<Item = StatementId> + 'a {
        let keys = enlistments.iter().filter_map(|id| self.responders.get(id));
        keys.filter_map(|r| Some(self.responder(&r.key)?.0))
    }

    /// Whether a key is of the team of a request, whether or not it may help now.
    #[must_use]
    pub fn is_of_team(&self, request: &AidRequest, key: &Vkey) -> bool {
        let mut team = request.team.iter().filter_map(|id| self.responders.get(id));
        team.any(|r| r.key == *key)
    }

    /// Whether a key is of the team of a request and may help at that time: not dismissed, vetted, under the code in force.
    #[must_use]
    pub fn helps(&self, request: &AidRequest, key: &Vkey, at: Timestamp) -> bool {
        self.is_of_team(request, key) && self.is_fit(key, at)
    }

    /// Whether the team of a request is there, whole, and may help at that time.
    #[must_use]
    pub fn has_fit_team(&self, request: &AidRequest, at: Timestamp) -> bool {
        !request.team.is_empty() && self.fit_team(request, at).count() == request.team.len()
    }

    /// Those of the team of a request, as it was offered, whose keys may help at that time.
    pub fn fit_team<'a>(
        &'a self,
        request: &'a AidRequest,
        at: Timestamp,
    ) -> impl Iterator<Item = &'a StatementId> {
        let key = move |id: &StatementId| Some(&self.responders.get(id)?.key);
        let fit = move |id: &&StatementId| key(id).is_some_and(|key| self.is_fit(key, at));
        request.team.iter().filter(fit)
    }

    /// Whether a responder's key may help at that time, under the enlistment in force.
    fn is_fit(&self, key: &Vkey, at: Timestamp) -> bool {
        let enlisted = self.responder(key);
        enlisted.is_some_and(|(id, _)| self.unfit(&id, at).is_none())
    }

    /// Whether a responder, under any of its enlistments, is not offered to a request again.
    #[must_use]
    pub fn is_refused(&self, request: &AidRequest, id: &StatementId) -> bool {
        let key = |id| self.responders.get(id).map(|r| &r.key);
        request
            .refused
            .iter()
            .any(|refused| key(refused) == key(id))
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

    /// How many requests wait for a team: triaged, or in a round of matching.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        use ::aid::Stage::{Matching, Triaged};
        let waits = |r: &&AidRequest| [Triaged, Matching].contains(&r.standing.stage);
        count(self.requests.values().filter(waits))
    }

    /// How many responders are enlisted and not dismissed, each once.
    #[must_use]
    pub fn enlisted(&self) -> u32 {
        let in_force = self.responder_keys.values();
        count(in_force.filter(|id| self.responders.get(id).is_some_and(|r| !r.dismissed)))
    }

    /// The requests that a key asked or that name it as their proxy.
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
        let given = !consent.taken_back && at < consent.until && !request.is_over(at);
        given.then_some((request, consent))
    }

    /// A new policy of the desk.
    pub(super) fn name(&mut self, statement: StatementId, desk: &Desk) {
        self.desks.push(statement);
        self.clocks = Arc::new(desk.clocks.clone());
        for officer in &desk.officers {
            self.officers.insert(officer.key.clone());
            let whose = officer.key.clone();
            self.recipients.insert(officer.recipient.clone(), whose);
        }
        self.desk = Some(desk.clone());
    }

    /// In which capacity a key tells an item of a request.
    pub(crate) fn teller(&self, request: &AidRequest, key: &Vkey) -> aid::Role {
        if request.key == *key {
            aid::Role::Requester
        } else if request.is_of(key) {
            aid::Role::Proxy
        } else if self.officer(key).is_some() {
            aid::Role::Triage
        } else {
            aid::Role::Responder
        }
    }

    /// A new request, just received.
    pub(super) fn receive(&mut self, id: StatementId, key: Vkey, body: RequestBody, at: Timestamp) {
        let Some(desk) = &self.desk else {
            return; // the rules admit none without a desk
        };
        let waits = Waits {
            quiet_s: desk.quiet_s.into(),
            retention_s: desk.retention_s.into(),
        };
        *self.open_requests.entry(key.clone()).or_default() += 1;
        let request = AidRequest::new(key, body, Arc::clone(&self.clocks), waits, at);
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
                round.tick = Some(tick);
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

fn count<T>(found: impl Iterator<Item = T>) -> u32 {
    u32::try_from(found.count()).unwrap_or(u32::MAX)
}
