//! Aid and accusation stay apart: keys, consent, bundles.

use record::bundle;
use record::kind::{Group, Kind};
use record::refusal::Code;
use rehearsal::SeatSpecRole;
use serde_json::json;

use super::{DAY_S, nothing, tick, with_desk};
use crate::support::{cast, founded, refused, script, until_votes, vote_and_open};

#[test]
fn who_helps_does_not_judge() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let registrar = p.player(SeatSpecRole::Registrar).unwrap().key.clone();
    let judges = [
        SeatSpecRole::Registrar,
        SeatSpecRole::Reviewer,
        SeatSpecRole::Investigator,
        SeatSpecRole::Laboratory,
    ];
    for role in judges {
        let member = p.player(role).unwrap().key.clone();
        let mut policy = rehearsal::aid::policy(&cast, 2).unwrap();
        policy["officers"][0]["key"] = json!(member.verifier_key().to_string());
        assert_eq!(
            refused(p.say(&registrar, Kind::AidDesk, None, policy)),
            Code::AidWall
        );
        let enlist = rehearsal::aid::enlistment(b"p").unwrap();
        assert_eq!(
            refused(p.say(&member, Kind::AidEnlist, None, enlist)),
            Code::AidWall
        );
        assert_eq!(refused(p.ask_for_help(&member, b"x")), Code::AidWall);
    }
    let officer = rehearsal::aid::officer(&cast).unwrap();
    assert_eq!(refused(p.ask_for_help(&officer, b"x")), Code::AidWall);
    // and an officer's key cannot be enrolled as a member that judges
    let player = p.player(SeatSpecRole::Investigator).unwrap();
    let mut player = player.clone();
    player.spec.id = "new-investigator".parse().unwrap();
    player.key = officer;
    let role = record::body::members::EnrolledRole::Investigator;
    let body = serde_json::to_value(cast.enrolment(&player, role).unwrap()).unwrap();
    assert_eq!(
        refused(p.say(&registrar, Kind::MemberEnrol, None, body)),
        Code::AidWall
    );
}

#[test]
fn who_was_an_officer_judges_no_more_than_who_is_one() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let registrar = p.player(SeatSpecRole::Registrar).unwrap().key.clone();
    let former = rehearsal::aid::officer(&cast).unwrap();
    // two policies later, and nobody is left of the first
    for version in [2, 3] {
        let mut policy = rehearsal::aid::policy(&cast, version).unwrap();
        let next = cast.key(&format!("aid-officer-{version}")).unwrap();
        policy["officers"][0]["key"] = json!(next.verifier_key().to_string());
        let taken = p.say(&registrar, Kind::AidDesk, None, policy.clone());
        assert_eq!(
            refused(taken),
            Code::AidWall,
            "the recipient is another officer's"
        );
        policy["officers"][0]["recipient"] =
            json!(rehearsal::aid::RECIPIENT.replace('q', &version.to_string()));
        p.say(&registrar, Kind::AidDesk, None, policy).unwrap();
        p.wait(1).unwrap();
    }
    assert!(
        p.desk
            .auditor
            .state
            .aid
            .officer(&rehearsal::vkey(&former).unwrap())
            .is_none()
    );
    let mut player = p.player(SeatSpecRole::Investigator).unwrap().clone();
    let investigator = record::body::members::EnrolledRole::Investigator;
    let committed = player.clone();
    player.spec.id = "new-investigator".parse().unwrap();
    player.key = former.clone();
    let body = serde_json::to_value(cast.enrolment(&player, investigator).unwrap()).unwrap();
    let enrolled = p.say(&registrar, Kind::MemberEnrol, None, body);
    assert_eq!(refused(enrolled), Code::AidWall, "enrolment");
    // a member that committed to the officer's key beforehand
    let mut member = committed;
    member.spec.id = "rotating-investigator".parse().unwrap();
    member.key = cast.key("rotating-investigator").unwrap();
    member.next = former.clone();
    let body = serde_json::to_value(cast.enrolment(&member, investigator).unwrap()).unwrap();
    p.say(&registrar, Kind::MemberEnrol, None, body).unwrap();
    p.wait(1).unwrap();
    let body = json!({"member": "rotating-investigator", "next_key_sha256": tlog::sha256(b"next")});
    let rotated = p.say(&former, Kind::MemberRotate, None, body);
    assert_eq!(refused(rotated), Code::AidWall, "rotation");
    let mut text = p
        .desk
        .auditor
        .state
        .global
        .charter_in_force()
        .unwrap()
        .clone();
    text.version += 1;
    text.seats[0].key = rehearsal::vkey(&former).unwrap();
    let amended = p.say(&registrar, Kind::CharterAmend, None, json!({"text": text}));
    assert_eq!(refused(amended), Code::AidWall, "a seat");
    // nor does it ask for help, or help, under that key
    let mut body = rehearsal::aid::request(&[rehearsal::aid::item(b"x")], None);
    body["desk"] = json!(3);
    let asked = p.say(&former, Kind::AidRequest, None, body);
    assert_eq!(refused(asked), Code::AidWall, "a request");
    let enlist = rehearsal::aid::enlistment(b"p").unwrap();
    let enlisted = p.say(&former, Kind::AidEnlist, None, enlist);
    assert_eq!(refused(enlisted), Code::AidWall, "an enlistment");
}

#[test]
fn a_consent_to_cross_names_items_is_fresh_and_can_be_taken_back() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let key = cast.key("requester 1").unwrap();
    let items = [
        rehearsal::aid::item(b"form"),
        rehearsal::aid::item(b"message"),
    ];
    let id = p
        .say(
            &key,
            Kind::AidRequest,
            None,
            rehearsal::aid::request(&items, None),
        )
        .unwrap();
    let consent = |granted: bool, items: serde_json::Value| json!({"request": id, "purpose": "case", "granted": granted, "into_case": "olympic-2018", "items": items});
    let message = items[1].commitment;
    for bad in [
        consent(true, json!([])),
        consent(true, json!([tlog::sha256(b"of another request")])),
        consent(true, json!([message, message])),
        json!({"request": id, "purpose": "share-with-helpers", "granted": true, "items": [message]}),
    ] {
        assert_eq!(
            refused(p.say(&key, Kind::AidConsent, None, bad)),
            Code::AidConsentInvalid
        );
    }
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let by_desk = p.say(
        &officer,
        Kind::AidConsent,
        None,
        consent(true, json!([message])),
    );
    assert_eq!(refused(by_desk), Code::RoleNotAllowed);
    let given = p
        .say(
            &key,
            Kind::AidConsent,
            None,
            consent(true, json!([message])),
        )
        .unwrap();
    let in_force = |p: &rehearsal::Procedure<'_, rehearsal::MemoryDesk>, given| {
        p.desk
            .auditor
            .state
            .aid
            .consent(&given, p.time)
            .map(|(_, c)| c.items.clone())
    };
    assert_eq!(in_force(&p, given), Some(vec![message]));
    p.wait(7 * DAY_S).unwrap();
    tick(&mut p);
    assert_eq!(
        in_force(&p, given),
        None,
        "a consent that is not fresh is none"
    );
    let again = p
        .say(
            &key,
            Kind::AidConsent,
            None,
            consent(true, json!([message])),
        )
        .unwrap();
    p.wait(1).unwrap();
    p.say(
        &key,
        Kind::AidConsent,
        None,
        consent(false, json!([message])),
    )
    .unwrap();
    assert_eq!(in_force(&p, again), None, "a consent taken back is none");
    let third = consent(true, json!([items[0].commitment]));
    let third = p.say(&key, Kind::AidConsent, None, third).unwrap();
    p.step(&key, id, "withdrawn", "taken-back", nothing())
        .unwrap();
    p.step(&officer, id, "purged", "after-withdrawal", nothing())
        .unwrap();
    assert_eq!(in_force(&p, third), None, "nothing crosses after a purge");
}

#[test]
fn a_bundle_carries_no_word_of_aid_and_a_finding_does_not_change_by_it() {
    let cast = cast();
    let script = script("apart");
    let publish = |with_aid: bool| {
        let mut desk = founded(&cast);
        let mut p =
            rehearsal::Procedure::new(&cast, &mut desk, crate::support::at("2014-01-01T00:00:00Z"));
        if with_aid {
            p.name_desk().unwrap();
            p.ask_for_help(&cast.key("requester 1").unwrap(), b"a")
                .unwrap();
        } else {
            // as many statements, so that the rehearsed salts are the same
            let registrar = p.player(SeatSpecRole::Registrar).unwrap().key.clone();
            for advisory in [b"1", b"2"] {
                let body =
                    json!({"sectors": ["health"], "advisory_sha256": tlog::sha256(advisory)});
                p.say(&registrar, Kind::Warn, None, body).unwrap();
            }
        }
        let proposal = until_votes(&mut p, &script);
        vote_and_open(&mut p, &script.id, &proposal);
        let finding = p.publish(&script.id, &proposal).unwrap();
        let state = &desk.auditor.state;
        let case = &state.cases[&script.id];
        let bundle = bundle::build(state, case, finding, &desk, Vec::new()).unwrap();
        let kinds: Vec<_> = bundle
            .statements
            .iter()
            .map(|s| record::statement::Statement::parse(&s.entry).unwrap().kind)
            .collect();
        assert!(kinds.iter().all(|k| k.group() != Group::Aid), "{kinds:?}");
        let (verdict, _) = bundle::verify(bundle.to_string().as_bytes(), None);
        assert!(verdict.report.failure().is_none());
        (
            proposal.outcome,
            proposal.likelihood_ppm,
            proposal.interval_ppm,
            proposal.result_sha256,
        )
    };
    assert_eq!(publish(false), publish(true));
}
