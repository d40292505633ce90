//! The rule of a step: one row of the workflow's table, by whom it names, with what it needs.

use aid::{Reason, Role as Capacity, Stage, StepRefused, TRANSITIONS};
use serde_json::json;

use super::super::{Ask, refuse};
use crate::body::aid::{MAX_TEAM, Offer, Step};
use crate::ids::StatementId;
use crate::json;
use crate::refusal::{Code, Refusal};
use crate::state::{AidRequest, Matched};

/// Seconds after the close of a round's inputs in which a team is offered by its outcome: seven days.
const MAX_OFFER_S: i64 = 7 * 86_400;

/// Canonical bytes of an offer's leaf in the tree of its outcome.
#[must_use]
pub fn offer_leaf(request: &StatementId, offer: &Offer) -> Vec<u8> {
    let leaf = json!({
        "request": request, "responders": offer.responders, "salt": offer.salt,
    });
    json::canonical(&leaf).into_bytes()
}

impl Ask<'_> {
    pub(super) fn check_step(&self, s: &Step) -> Result<(), Refusal> {
        let request = self.aid_request(&s.request)?;
        let capacity = self.capacity(request, s);
        let step = aid::Step {
            to: s.to,
            role: capacity,
            reason: s.reason,
            at_s: self.time.unix_seconds(),
        };
        aid::step(&request.standing, &step, &request.waits).map_err(step_refusal)?;
        if capacity == Capacity::Responder {
            self.check_fit_signer()?;
        }
        self.check_fields(request, s)
    }

    /// The first capacity of the signer in which the table lets it take this step; else any it has.
    pub(in crate::rules) fn capacity(&self, request: &AidRequest, s: &Step) -> Capacity {
        capacity(self.state, &self.statement.signer, request, s)
    }

    pub(super) fn check_fit_signer(&self) -> Result<(), Refusal> {
        let aid = &self.state.aid;
        let Some((id, _)) = aid.responder(&self.statement.signer) else {
            return Ok(());
        };
        match aid.unfit(&id, self.time) {
            Some(why) => refuse(Code::AidResponderUnfit, format!("responder {id}: {why}")),
            None => Ok(()),
        }
    }

    /// Each field stands exactly where the step needs it.
    fn check_fields(&self, request: &AidRequest, s: &Step) -> Result<(), Refusal> {
        let needs = [
            ("class", s.class.is_some(), s.to == Stage::Triaged),
            ("round", s.round.is_some(), s.reason == Reason::RoundOpened),
            ("offer", s.offer.is_some(), s.reason == Reason::Matched),
        ];
        for (name, there, needed) in needs {
            if there != needed {
                let detail = format!(
                    "a step to {} for the reason {} {} the field `{name}`",
                    s.to,
                    s.reason,
                    if needed { "has" } else { "does not have" }
                );
                return refuse(Code::AidStepFields, detail);
            }
        }
        if let Some(round) = &s.round {
            let known = self.state.aid.rounds.get(round);
            let Some(known) = known.filter(|r| r.is_open(self.time)) else {
                let detail =
                    format!("there is no round {round}, or its outcome is said, or it lapsed");
                return refuse(Code::AidRound, detail);
            };
            let since_s = request.standing.since_s;
            if since_s > known.closed.unix_seconds() {
                let detail = format!(
                    "the inputs of round {round} were closed at {}, before the request came to where it stands",
                    known.closed
                );
                return refuse(Code::AidRound, detail);
            }
        }
        if s.reason == Reason::WaitsForRequester && !request.waits_for_answer() {
            return refuse(
                Code::AidNothingAsked,
                "nothing was told to the requester since the request came to where it stands, or they answered",
            );
        }
        // who asked for help goes on with it by a word; the guard lets nothing through without a scope all the same
        let theirs = request.is_of(&self.statement.signer);
        let begins = s.to == Stage::InProgress && !theirs;
        if (s.to == Stage::Offered || begins) && !request.consent.share_with_helpers {
            return refuse(
                Code::AidConsentMissing,
                "the requester does not let it be shown to helpers",
            );
        }
        if let Some(offer) = &s.offer {
            self.check_offer(request, s, offer)?;
        }
        if begins && request.scope_until.is_none_or(|until| until <= self.time) {
            return refuse(
                Code::AidScopeMissing,
                "the requester has signed no scope that is in force",
            );
        }
        Ok(())
    }

    fn check_offer(&self, request: &AidRequest, s: &Step, offer: &Offer) -> Result<(), Refusal> {
        let aid = &self.state.aid;
        let n = offer.responders.len();
        if n == 0 || n > MAX_TEAM || !offer.responders.is_sorted_by(|a, b| a < b) {
            return refuse(
                Code::AidNotMatched,
                format!("{n} responders; 1 to {MAX_TEAM}, ascending, each once"),
            );
        }
        let Some(matched) = aid.matches.get(&offer.matched) else {
            return refuse(
                Code::AidNotMatched,
                format!("there is no outcome {}", offer.matched),
            );
        };
        if request.round != Some(matched.round) {
            return refuse(
                Code::AidNotMatched,
                format!("the request is not in round {}", matched.round),
            );
        }
        let closed = aid.rounds.get(&matched.round).map(|round| round.closed);
        let until = closed.map(|closed| closed.plus_seconds(MAX_OFFER_S));
        if until.is_none_or(|until| until < self.time) {
            let detail = "the round's inputs are older than seven days, and so is what they say of hours, rest and vetting; it needs another round";
            return refuse(Code::AidNotMatched, detail);
        }
        let leaf = tlog::leaf_hash(&offer_leaf(&s.request, offer));
        let size = matched.offers.into();
        if let Err(problem) =
            tlog::verify_inclusion(&leaf, offer.index, size, &offer.path, &matched.root)
        {
            return refuse(
                Code::AidNotMatched,
                format!("the outcome does not hold this offer: {problem}"),
            );
        }
        if matched.offered.contains(&s.request) {
            return refuse(
                Code::AidNotMatched,
                "this outcome was offered to the request before; the next round takes it in",
            );
        }
        offer
            .responders
            .iter()
            .try_for_each(|id| self.check_offered(request, matched, id))
    }

    /// What the record itself knows against offering a responder, whatever the inputs said.
    fn check_offered(
        &self,
        request: &AidRequest,
        matched: &Matched,
        id: &StatementId,
    ) -> Result<(), Refusal> {
        let aid = &self.state.aid;
        if let Some(why) = aid.unfit(id, self.time) {
            return refuse(Code::AidResponderUnfit, format!("responder {id}: {why}"));
        }
        if aid.is_refused(request, id) {
            let detail = format!(
                "responder {id}: the requester wanted another team, or it left this request for a conflict"
            );
            return refuse(Code::AidNotMatched, detail);
        }
        let closed = aid.rounds.get(&matched.round).map(|round| round.closed);
        let enlisted = aid.responders.get(id).map(|r| r.enlisted);
        if enlisted > closed {
            return refuse(
                Code::AidNotMatched,
                format!("responder {id} enlisted after the inputs of the round were closed"),
            );
        }
        let most = aid.desk.as_ref().map_or(0, |d| u32::from(d.weekly_hours)) / aid::UNIT_HOURS;
        let carries = matched.carries.get(id).copied().unwrap_or(0);
        if carries >= most {
            return refuse(
                Code::AidResponderUnfit,
                format!(
                    "responder {id}: this outcome offers it to {carries} requests, and a week has {most} units"
                ),
            );
        }
        Ok(())
    }
}

/// In which capacity a key takes a step of a request.
pub(crate) fn capacity(
    state: &crate::state::State,
    key: &crate::ids::Vkey,
    request: &AidRequest,
    s: &Step,
) -> Capacity {
    let aid = &state.aid;
    let helps = aid.responder(key).is_some() && aid.is_of_team(request, key);
    let officer = aid.officer(key).is_some();
    let has = [
        (request.key == *key, Capacity::Requester),
        (request.key != *key && request.is_of(key), Capacity::Proxy),
        (officer, Capacity::Triage),
        (officer, Capacity::Desk),
        (helps, Capacity::Responder),
    ];
    let mut mine = has.iter().filter(|(is, _)| *is).map(|(_, c)| *c);
    let from = request.standing.stage;
    let rows = || {
        TRANSITIONS
            .iter()
            .filter(|t| t.from == from && t.to == s.to)
    };
    let by = |c: &Capacity, reason: bool| {
        rows().any(|row| row.roles.contains(c) && (!reason || row.reasons.contains(&s.reason)))
    };
    let entitled = mine
        .clone()
        .find(|c| by(c, true))
        .or_else(|| mine.clone().find(|c| by(c, false)));
    // A responder of another request has no capacity here; it is refused as one that is not named.
    entitled
        .or_else(|| mine.next())
        .unwrap_or(Capacity::Responder)
}

fn step_refusal(refused: StepRefused) -> Refusal {
    let code = match &refused {
        StepRefused::WrongStage { .. }
        | StepRefused::ResumesElsewhere { .. }
        | StepRefused::PauseIsOurs
        | StepRefused::Over { .. } => Code::AidWrongState,
        StepRefused::NotYours { .. } => Code::AidNotYours,
        StepRefused::OtherReason { .. } => Code::AidReason,
        StepRefused::TooEarly { .. } => Code::AidTooEarly,
        StepRefused::NotSilent { .. } => Code::AidNothingAsked,
        StepRefused::BackInTime { .. } => Code::TimeDecreases,
    };
    Refusal::new(code, refused.to_string())
}
