//! Statements of aid.

use std::collections::{BTreeMap, BTreeSet};

use aid::{Class, Reason, Role, Stage, Standing};

use crate::body::aid::{AddItems, Consent, Dismiss, ItemKind, Purpose, Step};
use crate::ids::StatementId;
use crate::kind::Body;
use crate::rules::capacity;
use crate::state::State;
use crate::state::aid::{Aid, CaseConsent, HeldItem, Matched, Notice, Responder, Round, StepTaken};
use crate::statement::Verified;
use crate::time::Timestamp;

impl State {
    pub(super) fn apply_aid(&mut self, time: Timestamp, s: &Verified) {
        let aid = &mut self.aid;
        match &s.body {
            Body::AidDesk(d) => {
                aid.take_office(d, time);
                aid.name(s.id, d);
            }
            Body::AidRequest(r) => aid.receive(s.id, s.signer.clone(), r.clone(), time),
            Body::AidItem(i) => apply_items(aid, time, s, i),
            Body::AidStep(step) => self.apply_step(time, s, step),
            Body::AidScope(scope) => {
                if let Some(request) = aid.requests.get_mut(&scope.request) {
                    request.hear(&s.signer, time, false);
                    request.scope = Some(scope.scope);
                    request.scope_until = Some(scope.until);
                }
            }
            Body::AidConsent(c) => apply_consent(aid, time, s, c),
            Body::AidHarm(h) => aid.count_harm(h),
            Body::AidNotice(_)
            | Body::AidRelay(_)
            | Body::AidReceipt(_)
            | Body::AidRelayOpen(_) => {
                apply_notice(aid, time, s);
            }
            Body::AidDismiss(d) => apply_dismissal(aid, time, s, d),
            _ => apply_responders(aid, time, s),
        }
    }

    fn apply_step(&mut self, time: Timestamp, s: &Verified, step: &Step) {
        let Some(request) = self.aid.requests.get(&step.request) else {
            return;
        };
        let role = capacity(self, &s.signer, request, step);
        let taken = StepTaken {
            statement: s.id,
            time,
            to: step.to,
            role,
            reason: step.reason,
            signer: s.signer.clone(),
        };
        let leaves = match (step.reason, self.aid.responder(&s.signer)) {
            (Reason::Conflict, Some((id, _))) if role == Role::Responder => Some(id),
            _ => None,
        };
        move_on(&mut self.aid, &step.request, taken, step.class);
        let Some(request) = self.aid.requests.get_mut(&step.request) else {
            return;
        };
        request.round = step.round.or(request.round);
        request.refused.extend(leaves);
        if let Some(offer) = &step.offer {
            request.team.clone_from(&offer.responders);
            if let Some(matched) = self.aid.matches.get_mut(&offer.matched) {
                matched.offered.insert(step.request);
                for id in &offer.responders {
                    *matched.carries.entry(*id).or_default() += 1;
                }
            }
        }
        // not resolved, and nobody whole and fit is there to go on: somebody else is found
        let request = self.aid.requests.get(&step.request);
        let alone = request.is_some_and(|r| !self.aid.has_fit_team(r, time));
        if step.reason == Reason::NotResolved && alone {
            lose_team(&mut self.aid, &step.request, time, s);
        }
    }
}

/// The step that follows from what was said: the team is lost, and the request goes to the next round.
fn lose_team(aid: &mut Aid, request: &StatementId, time: Timestamp, s: &Verified) {
    let taken = StepTaken {
        statement: s.id,
        time,
        to: Stage::Matching,
        role: Role::Desk,
        reason: Reason::ResponderLost,
        signer: s.signer.clone(),
    };
    move_on(aid, request, taken, None);
}

fn apply_items(aid: &mut Aid, time: Timestamp, s: &Verified, added: &AddItems) {
    let Some(request) = aid.requests.get(&added.request) else {
        return;
    };
    let role = aid.teller(request, &s.signer);
    let held = added.items.iter().map(|item| HeldItem {
        item: *item,
        kind: Some(added.kind),
        told: time,
        role,
        signer: s.signer.clone(),
    });
    let held: Vec<_> = held.collect();
    if let Some(request) = aid.requests.get_mut(&added.request) {
        request.items.extend(held);
        request.hear(&s.signer, time, added.kind == ItemKind::Message);
    }
}

/// Takes a step that the workflow allows; another changes nothing.
fn move_on(aid: &mut Aid, id: &StatementId, taken: StepTaken, class: Option<Class>) {
    let Some(request) = aid.requests.get_mut(id) else {
        return;
    };
    let step = aid::Step {
        to: taken.to,
        role: taken.role,
        reason: taken.reason,
        at_s: taken.time.unix_seconds(),
    };
    if let Ok(standing) = aid::step(&request.standing, &step, &request.waits) {
        let was_open = request.is_open();
        request.take(standing, taken, class);
        let (key, is_open) = (request.key.clone(), request.is_open());
        aid.count_open(&key, was_open, is_open);
    }
}

/// Whether somebody in the team of a request in this standing could still be working on it.
fn has_team(standing: &Standing) -> bool {
    matches!(
        standing.stage,
        Stage::Offered | Stage::Agreed | Stage::InProgress | Stage::Paused
    )
}

/// A responder is gone: every request it was offered or helps goes back to matching, and its clocks
/// run on. Where the work is done the request stays where it is, and the team is let go.
fn apply_dismissal(aid: &mut Aid, time: Timestamp, s: &Verified, d: &Dismiss) {
    let Some(key) = aid.responders.get(&d.responder).map(|r| r.key.clone()) else {
        return;
    };
    // one key may have enlisted again under a later code of conduct
    for responder in aid.responders.values_mut().filter(|r| r.key == key) {
        responder.dismissed = true;
    }
    let requests = aid.requests.iter();
    let hit: Vec<_> = requests
        .filter(|(_, r)| aid.is_of_team(r, &key))
        .map(|(id, r)| (*id, has_team(&r.standing)))
        .collect();
    for (id, works) in hit {
        if works {
            lose_team(aid, &id, time, s);
        } else if let Some(request) = aid.requests.get_mut(&id) {
            request.let_go();
        }
    }
}

fn apply_responders(aid: &mut Aid, time: Timestamp, s: &Verified) {
    match &s.body {
        Body::AidEnlist(e) => {
            let earlier = aid.responder(&s.signer);
            let responder = Responder {
                vetted_until: earlier.and_then(|(_, r)| r.vetted_until),
                key: s.signer.clone(),
                body: e.clone(),
                enlisted: time,
                dismissed: false,
            };
            aid.responders.insert(s.id, responder);
            aid.responder_keys.insert(s.signer.clone(), s.id);
        }
        Body::AidVet(v) => {
            if let Some(responder) = aid.responders.get_mut(&v.responder) {
                responder.vetted_until = Some(v.until);
            }
        }
        Body::AidRound(r) => {
            let round = Round {
                inputs: r.inputs,
                closed: time,
                requests: r.requests,
                responders: r.responders,
                waiting: aid.waiting(),
                enlisted: aid.enlisted(),
                tick: None,
                seed: None,
                outcome: None,
            };
            aid.rounds.insert(s.id, round);
            aid.inputs.insert(r.inputs);
            aid.last_round = Some(s.id);
            aid.rounds_without_seed.push(s.id);
        }
        Body::AidMatch(m) => {
            if let Some(round) = aid.rounds.get_mut(&m.round) {
                round.outcome = Some(s.id);
            }
            let matched = Matched {
                round: m.round,
                root: m.outcome_root,
                offers: m.offers,
                offered: BTreeSet::new(),
                carries: BTreeMap::new(),
            };
            aid.matches.insert(s.id, matched);
        }
        _ => {}
    }
}

fn apply_consent(aid: &mut Aid, time: Timestamp, s: &Verified, c: &Consent) {
    let fresh_s = aid.desk.as_ref().map_or(0, |d| d.consent_s);
    let Some(request) = aid.requests.get_mut(&c.request) else {
        return;
    };
    request.consents = request.consents.saturating_add(1);
    request.hear(&s.signer, time, false);
    match (&c.into_case, c.purpose, c.granted) {
        (Some(case), Purpose::Case, true) => {
            request.crossed.extend(&c.items);
            request.case_consents.push(CaseConsent {
                statement: s.id,
                case: case.clone(),
                items: c.items.clone(),
                until: time.plus_seconds(fresh_s.into()),
                taken_back: false,
            });
        }
        (Some(case), Purpose::Case, false) => {
            for consent in request.case_consents.iter_mut().filter(|g| g.case == *case) {
                consent.items.retain(|i| !c.items.contains(i));
                consent.taken_back |= consent.items.is_empty();
            }
        }
        (_, purpose, granted) => Aid::note_flag(request, purpose, granted),
    }
    request.note_shown();
}

fn apply_notice(aid: &mut Aid, time: Timestamp, s: &Verified) {
    match &s.body {
        Body::AidNotice(n) => {
            let notice = Notice {
                template: n.template,
                answer_key: n.answer_key.clone(),
                given: time,
                due: Some(n.due),
                received: None,
                embargo_until: None,
                opened: None,
            };
            aid.notices.insert(s.id, notice);
        }
        Body::AidRelay(r) => {
            let notice = Notice {
                template: crate::body::aid::NoticeTemplate::Vulnerability,
                answer_key: r.answer_key.clone(),
                given: time,
                due: None,
                received: None,
                embargo_until: Some(r.embargo_until),
                opened: None,
            };
            aid.notices.insert(s.id, notice);
        }
        Body::AidReceipt(r) => {
            if let Some(notice) = aid.notices.get_mut(&r.of) {
                notice.received = Some(time);
            }
        }
        Body::AidRelayOpen(o) => {
            if let Some(notice) = aid.notices.get_mut(&o.relay) {
                notice.opened = Some(time);
            }
        }
        _ => {}
    }
}
