//! What a round cannot do: offer whom its inputs do not hold, be closed again and again for a better seed.

use record::ids::StatementId;
use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{MemoryDesk, Procedure, RehearsalError};
use serde_json::json;

use super::{DAY_S, figure, nothing, offered, tick, with_desk};
use crate::support::{cast, founded, refused};

type Play<'a> = Procedure<'a, MemoryDesk>;

/// A request that waits for a team, and a responder who could be of it.
fn waiting(p: &mut Play<'_>) -> (StatementId, StatementId) {
    let key = p.cast.key("requester 1").unwrap();
    let id = p.ask_for_help(&key, b"a story").unwrap();
    p.triage(id, "P2").unwrap();
    (id, p.vetted_responder("responder 1").unwrap().1)
}

fn close(p: &mut Play<'_>, inputs: &[u8], responders: u32) -> Result<StatementId, RehearsalError> {
    let officer = rehearsal::aid::officer(p.cast).unwrap();
    let body = json!({"inputs": tlog::sha256(inputs), "requests": 1, "responders": responders});
    p.say(&officer, Kind::AidRound, None, body)
}

fn outcome(
    p: &mut Play<'_>,
    round: StatementId,
    offers: u32,
    unserved: u32,
) -> Result<StatementId, RehearsalError> {
    let officer = rehearsal::aid::officer(p.cast).unwrap();
    let root = tlog::sha256(b"a root made by hand");
    let body =
        json!({"round": round, "outcome_root": root, "offers": offers, "unserved": unserved});
    p.say(&officer, Kind::AidMatch, None, body)
}

#[test]
fn an_outcome_accounts_for_the_inputs_that_were_closed() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    waiting(&mut p);
    let round = close(&mut p, b"nobody enlisted", 0).unwrap();
    p.wait(1).unwrap();
    tick(&mut p);
    for (offers, unserved) in [(1, 0), (0, 0), (0, 2), (u32::MAX, 2)] {
        let said = outcome(&mut p, round, offers, unserved);
        assert_eq!(refused(said), Code::AidRound, "{offers} {unserved}");
    }
    outcome(&mut p, round, 0, 1).unwrap();
}

#[test]
fn a_round_is_closed_while_no_other_is_open_and_its_inputs_once() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    waiting(&mut p);
    let first = close(&mut p, b"one", 1).unwrap();
    p.wait(1).unwrap();
    assert_eq!(
        refused(close(&mut p, b"two", 1)),
        Code::AidRound,
        "one is open"
    );
    outcome(&mut p, first, 0, 1).unwrap();
    p.wait(1).unwrap();
    assert_eq!(
        refused(close(&mut p, b"one", 1)),
        Code::AidRound,
        "the same inputs"
    );
    close(&mut p, b"two", 1).unwrap();
}

#[test]
fn a_round_without_an_outcome_lapses_after_a_day_and_is_counted() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, _) = waiting(&mut p);
    let disliked = close(&mut p, b"one", 1).unwrap();
    p.wait(DAY_S).unwrap();
    tick(&mut p);
    assert_eq!(
        refused(close(&mut p, b"two", 1)),
        Code::AidRound,
        "open to its last second"
    );
    assert_eq!(figure(&p, "rounds-without-outcome"), (0, 0));
    p.wait(1).unwrap();
    tick(&mut p);
    assert_eq!(figure(&p, "rounds-without-outcome"), (1, 0));
    assert_eq!(refused(outcome(&mut p, disliked, 0, 1)), Code::AidRound);
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let taken = json!({"round": disliked});
    let taken = p.step(&officer, id, "matching", "round-opened", taken);
    assert_eq!(refused(taken), Code::AidRound);
    let second = close(&mut p, b"two", 1).unwrap();
    p.wait(1).unwrap();
    outcome(&mut p, second, 0, 1).unwrap();
    let counts = ["rounds", "rounds-without-outcome"];
    assert_eq!(counts.map(|name| figure(&p, name)), [(2, 0), (1, 0)]);
}

/// Says a round's outcome over these offers, and gives them.
fn said(
    p: &mut Play<'_>,
    round: StatementId,
    offers: &[(StatementId, Vec<StatementId>)],
    unserved: u32,
) -> Result<Vec<record::body::aid::Offer>, RehearsalError> {
    let officer = rehearsal::aid::officer(p.cast).unwrap();
    let (root, made) = rehearsal::aid::outcome(offers);
    let body =
        json!({"round": round, "outcome_root": root, "offers": offers.len(), "unserved": unserved});
    let matched = p.say(&officer, Kind::AidMatch, None, body)?;
    let named = |(mut offer, _): (record::body::aid::Offer, _)| {
        offer.matched = matched;
        offer
    };
    Ok(made.into_iter().map(named).collect())
}

fn take(p: &mut Play<'_>, id: StatementId, round: StatementId) -> Result<(), RehearsalError> {
    let officer = rehearsal::aid::officer(p.cast).unwrap();
    let more = json!({"round": round});
    p.step(&officer, id, "matching", "round-opened", more)
        .map(drop)
}

fn offer(
    p: &mut Play<'_>,
    id: StatementId,
    offer: &record::body::aid::Offer,
) -> Result<(), RehearsalError> {
    let officer = rehearsal::aid::officer(p.cast).unwrap();
    let more = json!({"offer": offer});
    p.step(&officer, id, "offered", "matched", more).map(drop)
}

#[test]
fn a_round_holds_no_more_requests_and_responders_than_the_record() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    assert_eq!(refused(close(&mut p, b"nobody waits", 0)), Code::AidRound);
    let key = cast.key("requester 1").unwrap();
    let id = p.ask_for_help(&key, b"a story").unwrap();
    assert_eq!(refused(close(&mut p, b"not triaged", 0)), Code::AidRound);
    p.triage(id, "P2").unwrap();
    assert_eq!(refused(close(&mut p, b"nobody helps", 1)), Code::AidRound);
    let (leaves, gone) = p.vetted_responder("responder 1").unwrap();
    p.vetted_responder("responder 2").unwrap();
    assert_eq!(refused(close(&mut p, b"three", 3)), Code::AidRound);
    let ended = json!({"responder": gone, "reason": "ended"});
    p.say(&leaves, Kind::AidDismiss, None, ended).unwrap();
    assert_eq!(
        refused(close(&mut p, b"two", 2)),
        Code::AidRound,
        "one left"
    );
    let round = close(&mut p, b"one", 1).unwrap();
    let round = &p.desk.auditor.state.aid.rounds[&round];
    assert_eq!(
        (round.waiting, round.enlisted),
        (1, 1),
        "what was left out shows"
    );
}

#[test]
fn an_outcome_is_offered_to_nobody_who_was_not_taken_into_its_round() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, responder) = waiting(&mut p);
    let round = close(&mut p, b"one", 1).unwrap();
    p.wait(1).unwrap();
    tick(&mut p);
    // an honest outcome is said even if whoever it serves went away meanwhile
    let offers = said(&mut p, round, &[(id, vec![responder])], 0).unwrap();
    assert_eq!(refused(offer(&mut p, id, &offers[0])), Code::AidWrongState);
    assert_eq!(refused(take(&mut p, id, round)), Code::AidRound, "said");
    p.wait(1).unwrap();
    let next = close(&mut p, b"two", 1).unwrap();
    p.wait(1).unwrap();
    take(&mut p, id, next).unwrap();
    assert_eq!(refused(offer(&mut p, id, &offers[0])), Code::AidNotMatched);
}

#[test]
fn what_changed_after_the_inputs_were_closed_is_not_in_them() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, _) = waiting(&mut p);
    let round = close(&mut p, b"one", 1).unwrap();
    p.wait(1).unwrap();
    // triaged after that, and once more: neither it nor its new class can be in the inputs
    let second = p
        .ask_for_help(&cast.key("requester 2").unwrap(), b"two")
        .unwrap();
    p.triage(second, "P1").unwrap();
    assert_eq!(refused(take(&mut p, second, round)), Code::AidRound);
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let class = json!({"class": "P1"});
    p.step(&officer, id, "triaged", "need-changed", class)
        .unwrap();
    assert_eq!(refused(take(&mut p, id, round)), Code::AidRound);
    // who enlists after that is not in them either
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, _) = waiting(&mut p);
    let round = close(&mut p, b"one", 1).unwrap();
    p.wait(1).unwrap();
    take(&mut p, id, round).unwrap();
    let (_, late) = p.vetted_responder("responder 2").unwrap();
    let offers = said(&mut p, round, &[(id, vec![late])], 0).unwrap();
    assert_eq!(refused(offer(&mut p, id, &offers[0])), Code::AidNotMatched);
}

#[test]
fn nobody_is_offered_again_whom_the_requester_did_not_want_nor_more_than_a_week_holds() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, _, unwanted) = offered(&mut p);
    p.step(&requester, id, "matching", "other-team", nothing())
        .unwrap();
    p.wait(1).unwrap();
    assert_eq!(refused(p.matched(id, &[unwanted])), Code::AidNotMatched);
    // ten hours a week are two units: the third request of one outcome is one too many
    p.wait(1).unwrap();
    let (_, responder) = p.vetted_responder("responder 2").unwrap();
    let asked: Vec<_> = (2..5)
        .map(|n| {
            let key = cast.key(&format!("requester {n}")).unwrap();
            let id = p.ask_for_help(&key, &[n]).unwrap();
            p.triage(id, "P2").unwrap();
            id
        })
        .collect();
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let body = json!({"inputs": tlog::sha256(b"three"), "requests": 3, "responders": 1});
    let round = p.say(&officer, Kind::AidRound, None, body).unwrap();
    p.wait(1).unwrap();
    asked
        .iter()
        .for_each(|id| take(&mut p, *id, round).unwrap());
    let offers: Vec<_> = asked.iter().map(|id| (*id, vec![responder])).collect();
    let offers = said(&mut p, round, &offers, 0).unwrap();
    for (n, (id, made)) in asked.iter().zip(&offers).enumerate() {
        let taken = offer(&mut p, *id, made);
        match n {
            2 => assert_eq!(refused(taken), Code::AidResponderUnfit),
            _ => taken.unwrap(),
        }
    }
    // what an outcome held for a request is offered once
    p.step(&officer, asked[0], "matching", "responder-lost", nothing())
        .unwrap();
    p.wait(1).unwrap();
    assert_eq!(
        refused(offer(&mut p, asked[0], &offers[0])),
        Code::AidNotMatched
    );
}
