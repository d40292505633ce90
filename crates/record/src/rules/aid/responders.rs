//! Rules of responders, rounds and outcomes.

use super::super::{Ask, refuse};
use crate::aid::RESPONDER_NAME;
use crate::body::aid::{Dismiss, DismissReason, Enlist, Match, Round, Vet};
use crate::ids::StatementId;
use crate::refusal::{Code, Refusal};
use crate::state::Responder;

/// Longest time for which a vetting holds, in seconds: two years.
const MAX_VETTING_S: i64 = 730 * 86_400;

impl Ask<'_> {
    pub(super) fn check_enlist(&self, e: &Enlist) -> Result<(), Refusal> {
        let (aid, me) = (&self.state.aid, &self.statement.signer);
        let Some(desk) = &aid.desk else {
            return refuse(Code::AidNoDesk, "this record has no desk");
        };
        self.check_apart(me)?;
        if aid.officers.contains(me) || aid.requests_of(me).next().is_some() {
            return refuse(
                Code::AidWall,
                "an officer's or a requester's key helps nobody",
            );
        }
        Self::check_key_name(me, &[RESPONDER_NAME])?;
        if aid.recipients.contains_key(&e.recipient) {
            return refuse(Code::AidWall, "the recipient is or was an officer's");
        }
        if e.code != desk.code {
            return refuse(
                Code::AidCode,
                format!(
                    "it signs version {} of the code of conduct; the desk's is {}, {}",
                    e.code.version, desk.code.version, desk.code.sha256
                ),
            );
        }
        // who was dismissed for what it did needs another key and another vetting
        let earlier = aid
            .responder_keys
            .get(me)
            .and_then(|id| aid.responders.get(id));
        match earlier {
            Some(r) if r.dismissed || r.body.code == desk.code => refuse(
                Code::AidEnlisted,
                "this key is enlisted under this version of the code, or was dismissed",
            ),
            _ => Ok(()),
        }
    }

    fn enlisted(&self, id: &StatementId) -> Result<&Responder, Refusal> {
        match self.state.aid.responders.get(id) {
            Some(r) if r.dismissed => refuse(
                Code::AidResponderUnfit,
                format!("responder {id} was dismissed"),
            ),
            Some(r) => Ok(r),
            None => refuse(
                Code::AidResponderUnknown,
                format!("there is no enlistment {id}"),
            ),
        }
    }

    pub(super) fn check_vet(&self, v: &Vet) -> Result<(), Refusal> {
        self.enlisted(&v.responder)?;
        let latest = self.time.plus_seconds(MAX_VETTING_S);
        if v.until <= self.time || v.until > latest {
            let detail = format!("until {}; after {} and up to {latest}", v.until, self.time);
            return refuse(Code::AidVetting, detail);
        }
        Ok(())
    }

    pub(super) fn check_dismiss(&self, d: &Dismiss) -> Result<(), Refusal> {
        let responder = self.enlisted(&d.responder)?;
        let me = &self.statement.signer;
        let itself = responder.key == *me && d.reason == DismissReason::Ended;
        if itself || self.state.aid.officer(me).is_some() {
            return Ok(());
        }
        refuse(
            Code::AidNotYours,
            "an officer dismisses a responder; a responder ends its own offer, with reason `ended`",
        )
    }

    pub(super) fn check_round(&self, r: &Round) -> Result<(), Refusal> {
        if r.requests == 0 {
            return refuse(Code::AidRound, "a round holds at least one request");
        }
        let aid = &self.state.aid;
        let (waiting, enlisted) = (aid.waiting(), aid.enlisted());
        if r.requests > waiting || r.responders > enlisted {
            return refuse(
                Code::AidRound,
                format!(
                    "{} requests and {} responders; {waiting} requests wait for a team, {enlisted} responders are enlisted",
                    r.requests, r.responders
                ),
            );
        }
        if aid.inputs.contains(&r.inputs) {
            return refuse(
                Code::AidRound,
                "these inputs were closed before; a round with other inputs has another commitment",
            );
        }
        let last = aid
            .last_round
            .and_then(|id| Some((id, aid.rounds.get(&id)?)));
        match last.filter(|(_, round)| round.is_open(self.time)) {
            Some((id, round)) => refuse(
                Code::AidRound,
                format!(
                    "round {id} is open: say its outcome, or wait until it lapses after {}",
                    round.until()
                ),
            ),
            None => Ok(()),
        }
    }

    pub(super) fn check_match(&self, m: &Match) -> Result<(), Refusal> {
        let Some(round) = self.state.aid.rounds.get(&m.round) else {
            return refuse(Code::AidRound, format!("there is no round {}", m.round));
        };
        if let Some(said) = round.outcome {
            return refuse(
                Code::AidRound,
                format!("its outcome was said by {said}; another needs another round"),
            );
        }
        if round.seed.is_none() {
            return refuse(
                Code::AidRound,
                "its seed is not fixed yet: that is the next tick after the round",
            );
        }
        if !round.is_open(self.time) {
            return refuse(
                Code::AidRound,
                format!("it lapsed after {} without an outcome", round.until()),
            );
        }
        if m.offers.checked_add(m.unserved) != Some(round.requests)
            || (m.offers > 0 && round.responders == 0)
        {
            return refuse(
                Code::AidRound,
                format!(
                    "{} offers and {} requests without one; its inputs hold {} requests and {} responders",
                    m.offers, m.unserved, round.requests, round.responders
                ),
            );
        }
        Ok(())
    }
}
