//! Against keys, members and the charter.

use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{SeatSpecRole, vkey};
use serde_json::json;

use crate::support::{before_panel, cast, founded, refused, script, until_votes, vote_and_open};

use super::{reviewer, start};

#[test]
fn key_rotated_by_someone_else() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let me = reviewer(&cast, 0);
    let after = vkey(&cast.key("after-next").unwrap()).unwrap().digest();
    let body = json!({"member": me.spec.id, "next_key_sha256": after});
    let thief = cast.key("thief").unwrap();
    assert_eq!(
        refused(p.say(&thief, Kind::MemberRotate, None, body.clone())),
        Code::NextKeyMismatch
    );
    // not even with the present key, which may be the one that was stolen
    assert_eq!(
        refused(p.say(&me.key, Kind::MemberRotate, None, body.clone())),
        Code::NextKeyMismatch
    );
    p.say(&me.next, Kind::MemberRotate, None, body).unwrap();
    let declare = json!({"states": [], "employer": "institute", "funders": []});
    assert_eq!(
        refused(p.say(&me.key, Kind::MemberDeclare, None, declare.clone())),
        Code::SupersededKey
    );
    p.say(&me.next, Kind::MemberDeclare, None, declare).unwrap();
}

#[test]
fn charter_amended_without_its_quorum() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let mut text = p.charter(Clone::clone).unwrap();
    text.version = 2;
    text.finding_quorum.votes = 2;
    text.finding_quorum.regions = 2;
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    p.say(
        &registrar.key,
        Kind::CharterAmend,
        None,
        json!({"text": text}),
    )
    .unwrap();
    let vote = json!({"amendment": text.digest(), "approve": true});
    for n in 0..3 {
        p.say(
            &reviewer(&cast, n).key,
            Kind::CharterVote,
            None,
            vote.clone(),
        )
        .unwrap();
        assert_eq!(
            p.charter(|c| c.version).unwrap(),
            1,
            "three of four votes change nothing"
        );
    }
    assert_eq!(
        refused(p.say(
            &reviewer(&cast, 0).key,
            Kind::CharterVote,
            None,
            vote.clone()
        )),
        Code::AlreadyRecorded
    );
    assert_eq!(
        refused(p.say(&registrar.key, Kind::CharterVote, None, vote.clone())),
        Code::RoleNotAllowed
    );
    p.say(&reviewer(&cast, 3).key, Kind::CharterVote, None, vote)
        .unwrap();
    assert_eq!(p.charter(|c| c.version).unwrap(), 2);
}

#[test]
fn statement_by_a_revoked_key() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let me = reviewer(&cast, 0);
    p.say(
        &me.key,
        Kind::MemberRevoke,
        None,
        json!({"member": me.spec.id, "reason": "compromised"}),
    )
    .unwrap();
    let declare = json!({"states": [], "employer": "institute", "funders": []});
    assert_eq!(
        refused(p.say(&me.key, Kind::MemberDeclare, None, declare)),
        Code::RevokedKey
    );
}

#[test]
fn the_registrar_cannot_silence_a_reviewer_or_pack_the_panel() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("silence");
    before_panel(&mut p, &s, true);
    p.assign(&s.id).unwrap();
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    let revoke = json!({"member": reviewer(&cast, 0).spec.id, "reason": "ended"});
    assert_eq!(
        refused(p.say(&registrar.key, Kind::MemberRevoke, None, revoke)),
        Code::SeatedByCharter
    );
    let mut enrol = serde_json::to_value(
        cast.enrolment(
            reviewer(&cast, 0),
            record::body::members::EnrolledRole::State,
        )
        .unwrap(),
    )
    .unwrap();
    enrol["role"] = json!("reviewer");
    let written = p.sign(&registrar.key, Kind::MemberEnrol, None, enrol);
    assert!(
        written.is_err(),
        "there is no way to write the enrolment of a reviewer"
    );
}

#[test]
fn a_tie_once_declared_stays() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let me = reviewer(&cast, 2);
    for states in [json!(["XA"]), json!([])] {
        let body = json!({"states": states, "employer": "institute", "funders": []});
        p.say(&me.key, Kind::MemberDeclare, None, body).unwrap();
    }
    let s = script("undeclared");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::Conflicted);
}

#[test]
fn a_reviewer_with_a_tie_to_the_named_state_does_not_count() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let tie = json!({"states": ["XA"], "employer": "institute", "funders": []});
    p.say(&reviewer(&cast, 2).key, Kind::MemberDeclare, None, tie)
        .unwrap();
    let s = script("tie");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::Conflicted);
}

#[test]
fn no_charter_switches_a_refusal_off() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    let amended = |path: &str, value: u32| {
        let mut text = serde_json::to_value(rehearsal::founding_charter(&cast).unwrap()).unwrap();
        text["version"] = json!(2);
        *text.pointer_mut(path).unwrap() = json!(value);
        json!({"text": text})
    };
    let switches = [
        ("/method/s1/strands", 1),
        ("/dissent_window_s", 0),
        ("/panel_window_s", 0),
        ("/reply_window_s", 0),
        ("/issued_tolerance_s", u32::MAX),
        ("/min_reviews", 1),
        ("/finding_quorum/votes", 1),
        ("/finding_quorum/regions", 1),
        ("/complaint_window_s", 86_399),
        ("/complaint_window_s", 90 * 86_400 + 1),
        ("/funding/source_ppm", 500_001),
        ("/funding/source_ppm", 49_999),
        ("/funding/jurisdiction_ppm", 500_001),
        ("/funding/jurisdiction_ppm", 49_999),
        ("/funding/years", 1),
        ("/funding/years", 6),
    ];
    for (path, value) in switches {
        let answer = p.say(
            &registrar.key,
            Kind::CharterAmend,
            None,
            amended(path, value),
        );
        assert_eq!(refused(answer), Code::CharterInvalid, "{path}");
    }
    let mut other = amended("/version", 2);
    other["text"]["funding"]["currency"] = json!("eur");
    let answer = p.say(&registrar.key, Kind::CharterAmend, None, other);
    assert_eq!(
        refused(answer),
        Code::CharterInvalid,
        "the ledger keeps its currency"
    );
    // the other side of each limit
    let limits = [
        ("/complaint_window_s", 86_400),
        ("/complaint_window_s", 90 * 86_400),
        ("/funding/source_ppm", 500_000),
        ("/funding/source_ppm", 50_000),
        ("/funding/jurisdiction_ppm", 500_000),
        ("/funding/jurisdiction_ppm", 50_000),
        ("/funding/years", 2),
        ("/funding/years", 5),
    ];
    for (path, value) in limits {
        let text = amended(path, value);
        let answer = p.say(&registrar.key, Kind::CharterAmend, None, text);
        assert!(answer.is_ok(), "{path} {value}: {answer:?}");
    }
    let seat_key = amended("/version", 2);
    let mut moved = seat_key.clone();
    moved["text"]["seats"][0]["key"] = json!(vkey(&cast.key("usurper").unwrap()).unwrap());
    let answer = p.say(&registrar.key, Kind::CharterAmend, None, moved);
    assert_eq!(
        refused(answer),
        Code::KeyInUse,
        "a seat's key is moved by its holder only"
    );
}

#[test]
fn a_charter_vote_by_a_revoked_key_does_not_count() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let mut text = p.charter(Clone::clone).unwrap();
    text.version = 2;
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    p.say(
        &registrar.key,
        Kind::CharterAmend,
        None,
        json!({"text": text}),
    )
    .unwrap();
    let vote = json!({"amendment": text.digest(), "approve": true});
    p.say(
        &reviewer(&cast, 0).key,
        Kind::CharterVote,
        None,
        vote.clone(),
    )
    .unwrap();
    let revoke = json!({"member": reviewer(&cast, 0).spec.id, "reason": "compromised"});
    p.say(&reviewer(&cast, 0).key, Kind::MemberRevoke, None, revoke)
        .unwrap();
    for n in 1..5 {
        assert_eq!(
            p.charter(|c| c.version).unwrap(),
            1,
            "before the vote of reviewer {n}"
        );
        p.say(
            &reviewer(&cast, n).key,
            Kind::CharterVote,
            None,
            vote.clone(),
        )
        .unwrap();
    }
    assert_eq!(p.charter(|c| c.version).unwrap(), 2);
}
