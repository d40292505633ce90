//! Responders, rounds, offers, and a responder that is gone mid-way.

use record::kind::Kind;
use record::refusal::Code;
use serde_json::json;

use super::{HOUR_S, nothing, offered, request, stage, tick, with_desk};
use crate::support::{cast, founded, refused};

#[test]
fn a_dismissed_responder_is_out_at_once_and_the_clock_runs_on() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, responder, enlisted) = offered(&mut p);
    p.begin_work(&requester, &responder, id).unwrap();
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let body = json!({"responder": enlisted, "reason": "conduct"});
    p.say(&officer, Kind::AidDismiss, None, body).unwrap();
    assert_eq!(stage(&p, &id), "matching");
    let r = request(&p, &id);
    assert!(r.team.is_empty() && r.scope_until.is_none());
    let clock = r.clock(record::state::Promise::FirstAssistance, p.time);
    assert_eq!(clock.stands, aid::ClockStands::Running, "it runs on");
    assert_eq!(r.steps.last().unwrap().reason.as_str(), "responder-lost");
    p.wait(1).unwrap();
    let by_gone = p.step(&responder, id, "in-progress", "scope-signed", nothing());
    assert_eq!(refused(by_gone), Code::RoleNotAllowed);
    // it cannot come back under the same key, nor be vetted again
    let body = rehearsal::aid::enlistment(b"again").unwrap();
    assert_eq!(
        refused(p.say(&responder, Kind::AidEnlist, None, body)),
        Code::AidEnlisted
    );
    let vet = json!({"responder": enlisted, "until": p.time.plus_seconds(86_400)});
    assert_eq!(
        refused(p.say(&officer, Kind::AidVet, None, vet)),
        Code::AidResponderUnfit
    );
    // the next round takes it in, with somebody else
    let (second, enlisted) = p.vetted_responder("responder 2").unwrap();
    p.matched(id, &[enlisted]).unwrap();
    p.begin_work(&requester, &second, id).unwrap();
}

#[test]
fn a_vetting_that_expires_mid_way_stops_the_responder() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, responder, enlisted) = offered(&mut p);
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let vet = json!({"responder": enlisted, "until": p.time.plus_seconds(60)});
    p.say(&officer, Kind::AidVet, None, vet).unwrap();
    p.step(&requester, id, "agreed", "team-taken", nothing())
        .unwrap();
    p.sign_scope(&requester, id).unwrap();
    p.wait(60).unwrap();
    tick(&mut p);
    let late = p.step(&responder, id, "in-progress", "scope-signed", nothing());
    assert_eq!(refused(late), Code::AidResponderUnfit);
    p.step(&officer, id, "matching", "responder-lost", nothing())
        .unwrap();
}

#[test]
fn nobody_is_offered_but_whom_the_round_computed() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, _, first) = offered(&mut p);
    let (_, other) = p.vetted_responder("responder 2").unwrap();
    let offer = p
        .desk
        .auditor
        .state
        .aid
        .matches
        .keys()
        .next()
        .copied()
        .unwrap();
    p.step(&requester, id, "matching", "other-team", nothing())
        .unwrap();
    let officer = rehearsal::aid::officer(&cast).unwrap();
    p.wait(1).unwrap();
    let salt = tlog::sha256(id.0.as_bytes());
    let swapped =
        json!({"match": offer, "responders": [other], "salt": salt, "index": 0, "path": []});
    let step = p.step(
        &officer,
        id,
        "offered",
        "matched",
        json!({"offer": swapped}),
    );
    assert_eq!(refused(step), Code::AidNotMatched);
    // nor is whom the requester refused offered again: not by the same outcome, and not by another round
    let again =
        json!({"match": offer, "responders": [first], "salt": salt, "index": 0, "path": []});
    let step = p.step(&officer, id, "offered", "matched", json!({"offer": again}));
    assert_eq!(refused(step), Code::AidNotMatched);
    assert_eq!(refused(p.matched(id, &[first])), Code::AidNotMatched);
    p.wait(1).unwrap();
    p.matched(id, &[other]).unwrap();
}

#[test]
fn an_outcome_is_good_for_seven_days() {
    for (days, good) in [(6, true), (8, false)] {
        let cast = cast();
        let mut desk = founded(&cast);
        let mut p = with_desk(&cast, &mut desk);
        let requester = cast.key("requester 1").unwrap();
        let id = p.ask_for_help(&requester, b"a story").unwrap();
        p.triage(id, "P2").unwrap();
        let (_, enlisted) = p.vetted_responder("responder 1").unwrap();
        let officer = rehearsal::aid::officer(&cast).unwrap();
        let body = json!({"inputs": tlog::sha256(b"in"), "requests": 1, "responders": 1});
        let round = p.say(&officer, Kind::AidRound, None, body).unwrap();
        p.wait(1).unwrap();
        p.step(
            &officer,
            id,
            "matching",
            "round-opened",
            json!({"round": round}),
        )
        .unwrap();
        let (root, mut offers) = rehearsal::aid::outcome(&[(id, vec![enlisted])]);
        let body = json!({"round": round, "outcome_root": root, "offers": 1, "unserved": 0});
        offers[0].0.matched = p.say(&officer, Kind::AidMatch, None, body).unwrap();
        p.wait(days * super::DAY_S).unwrap();
        tick(&mut p);
        let offer = json!({"offer": offers[0].0});
        let step = p.step(&officer, id, "offered", "matched", offer);
        if good {
            step.unwrap();
        } else {
            assert_eq!(refused(step), Code::AidNotMatched);
        }
    }
}

#[test]
fn the_seed_is_the_first_tick_after_the_inputs_and_an_outcome_is_said_once() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let requester = cast.key("requester 1").unwrap();
    let id = p.ask_for_help(&requester, b"a story").unwrap();
    p.triage(id, "P2").unwrap();
    let inputs = json!({"inputs": tlog::sha256(b"in"), "requests": 1, "responders": 0});
    let round = p.say(&officer, Kind::AidRound, None, inputs).unwrap();
    let outcome =
        json!({"round": round, "outcome_root": tlog::sha256(b"out"), "offers": 0, "unserved": 1});
    // no time has passed, so no tick: the seed is open, and nobody can have computed with it
    let early = p.say(&officer, Kind::AidMatch, None, outcome.clone());
    assert_eq!(refused(early), Code::AidRound);
    p.wait(1).unwrap();
    let match_id = p.say(&officer, Kind::AidMatch, None, outcome).unwrap();
    let entries = &p.desk.entries;
    let tick = record::ids::StatementId::of_entry(&entries[entries.len() - 2]);
    let seed = p.desk.auditor.state.aid.rounds[&round].seed;
    assert_eq!(seed, Some(record::aid::round_seed(round, tick)));
    p.wait(HOUR_S).unwrap();
    let other =
        json!({"round": round, "outcome_root": tlog::sha256(b"other"), "offers": 0, "unserved": 1});
    assert_eq!(
        refused(p.say(&officer, Kind::AidMatch, None, other)),
        Code::AidRound
    );
    assert_eq!(p.desk.auditor.state.aid.rounds[&round].seed, seed);
    assert!(p.desk.auditor.state.aid.matches.contains_key(&match_id));
}

#[test]
fn a_responder_signs_the_code_in_force_and_an_unvetted_one_is_offered_nothing() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let key = cast.key("responder 3").unwrap();
    let other = json!({"version": "code-0", "sha256": tlog::sha256(b"other")});
    let mut body = rehearsal::aid::enlistment(b"p").unwrap();
    body["code"] = other;
    assert_eq!(
        refused(p.say(&key, Kind::AidEnlist, None, body)),
        Code::AidCode
    );
    let body = rehearsal::aid::enlistment(b"p").unwrap();
    let unvetted = p.say(&key, Kind::AidEnlist, None, body).unwrap();
    let id = p
        .ask_for_help(&cast.key("requester 1").unwrap(), b"a")
        .unwrap();
    p.triage(id, "P3").unwrap();
    assert_eq!(refused(p.matched(id, &[unvetted])), Code::AidResponderUnfit);
    // a new code: who signed the old one waits until it has signed again, and stays vetted
    let (_, vetted) = p.vetted_responder("responder 4").unwrap();
    let registrar = p
        .player(rehearsal::SeatSpecRole::Registrar)
        .unwrap()
        .key
        .clone();
    let mut policy = rehearsal::aid::policy(&cast, 2).unwrap();
    policy["code"] = json!({"version": "code-2", "sha256": tlog::sha256(b"two")});
    p.say(&registrar, Kind::AidDesk, None, policy.clone())
        .unwrap();
    let aid = &p.desk.auditor.state.aid;
    assert!(
        aid.unfit(&vetted, p.time)
            .unwrap()
            .contains("another version")
    );
    let mut body = rehearsal::aid::enlistment(b"p4").unwrap();
    body["code"] = policy["code"].clone();
    let again = p
        .say(
            &cast.key("responder 4").unwrap(),
            Kind::AidEnlist,
            None,
            body,
        )
        .unwrap();
    assert_eq!(p.desk.auditor.state.aid.unfit(&again, p.time), None);
}

#[test]
fn a_responder_ends_its_own_offer_and_nobody_elses() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (one, first) = p.vetted_responder("responder 1").unwrap();
    let (_, second) = p.vetted_responder("responder 2").unwrap();
    let end = |id, reason| json!({"responder": id, "reason": reason});
    let other = p.say(&one, Kind::AidDismiss, None, end(second, "ended"));
    assert_eq!(refused(other), Code::AidNotYours);
    let accuse = p.say(&one, Kind::AidDismiss, None, end(first, "conduct"));
    assert_eq!(refused(accuse), Code::AidNotYours);
    p.say(&one, Kind::AidDismiss, None, end(first, "ended"))
        .unwrap();
}
