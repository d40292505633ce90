//! Against findings: consent, strands, reply, lists.

use record::body::outcome::CaseStatements;
use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{CaseScript, SeatSpecRole};
use serde_json::json;

use crate::support::{
    DAY_S, before_panel, cast, founded, refused, rest_of_round, script, until_votes, vote_and_open,
};

use super::{publish, reviewer, start};

#[test]
fn omitted_dissent_or_reply() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("omitted");
    let proposal = until_votes(&mut p, &s);
    let me = reviewer(&cast, 5);
    let text = tlog::sha256(b"I disagree.");
    let dissent = p
        .say(
            &me.key,
            Kind::Dissent,
            Some(&s.id),
            json!({"ground": "weak-strand", "text_sha256": text}),
        )
        .unwrap();
    vote_and_open(&mut p, &s.id, &proposal);
    let whole = p.finding_body(&s.id, &proposal).unwrap();
    let reply = p
        .in_case(&s.id, |c| c.reply.as_ref().unwrap().statement)
        .unwrap();
    let all = p.in_case(&s.id, |c| c.statement_ids()).unwrap();
    for omitted in [dissent, reply] {
        let mut body = whole.clone();
        let kept = CaseStatements::of(all.iter().filter(|id| **id != omitted));
        body["case_statements"] = json!(kept);
        assert_eq!(publish(&mut p, &s, body), Code::WrongCaseList);
    }
    p.publish(&s.id, &proposal).unwrap();
}

#[test]
fn finding_without_consent() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("no-consent");
    let file = before_panel(&mut p, &s, false);
    let proposal = rest_of_round(&mut p, &s);
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::NoConsent);
    p.consent(&file, "private").unwrap();
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::NoConsent);
    p.consent(&file, "selective").unwrap();
    p.publish(&s.id, &proposal).unwrap();
    p.wait(60).unwrap();
    // and what was published cannot be unsaid by lowering consent afterwards
    assert_eq!(refused(p.consent(&file, "private")), Code::AfterPublication);
}

#[test]
fn finding_before_the_reply_window_closes() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("early");
    before_panel(&mut p, &s, true);
    p.assign(&s.id).unwrap();
    p.review_all(&s).unwrap();
    p.disclose_reviews(&s.id).unwrap();
    // votes cast before the reply do not publish a name
    let (early, _) = p.propose(&s.id).unwrap();
    assert!(early.named.is_some());
    vote_and_open(&mut p, &s.id, &early);
    assert_eq!(refused(p.publish(&s.id, &early)), Code::ReplyWindow);
    let (notice, reply_key) = p.notice(&s.id, "XA").unwrap();
    p.disclose_analysis(&s.id).unwrap();
    assert_eq!(refused(p.publish(&s.id, &early)), Code::ReplyWindow);
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    let none = json!({"notice": notice});
    p.wait(13 * DAY_S).unwrap();
    assert_eq!(
        refused(p.say(&registrar.key, Kind::ReplyNone, Some(&s.id), none.clone())),
        Code::WindowOpen
    );
    let text = json!({"notice": notice, "text_sha256": tlog::sha256(b"We deny it.")});
    p.say(&reply_key, Kind::Reply, Some(&s.id), text).unwrap();
    let (late, _) = p.propose(&s.id).unwrap();
    let body = p.finding_body(&s.id, &late).unwrap();
    assert!(matches!(
        publish(&mut p, &s, body),
        Code::QuorumMissing | Code::ReplyWindow
    ));
}

/// Makes a finding claim a name the evidence does not carry.
fn claims_a_name(script: &CaseScript) -> Code {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let mut proposal = until_votes(&mut p, script);
    assert!(proposal.named.is_none());
    proposal.outcome = record::body::outcome::Outcome::Attributed;
    proposal.named = serde_json::from_value(json!({"state": "XA", "placement": "text"})).unwrap();
    vote_and_open(&mut p, &script.id, &proposal);
    let body = p.finding_body(&script.id, &proposal).unwrap();
    publish(&mut p, script, body)
}

#[test]
fn finding_with_one_strand() {
    let mut s = script("one-strand");
    s.items.truncate(1);
    assert_eq!(claims_a_name(&s), Code::OneStrand);
}

#[test]
fn echo_is_not_corroboration() {
    let mut s = script("echo");
    for item in &mut s.items {
        item.upstream = vec!["the-same-disk".to_string()];
    }
    assert_eq!(claims_a_name(&s), Code::Echo);
}

#[test]
fn no_state_is_named_on_territory_or_infrastructure_alone() {
    let mut s = script("territory");
    for item in &mut s.items {
        item.kind = method::ItemKind::Territory;
    }
    assert_eq!(claims_a_name(&s), Code::TerritoryAlone);
}

#[test]
fn finding_on_sealed_items() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("sealed");
    let proposal = until_votes(&mut p, &s);
    for n in 0..6 {
        p.vote(&s.id, reviewer(&cast, n), &proposal, "publish")
            .unwrap();
    }
    p.disclose_votes(&s.id).unwrap();
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::SealedEvidence);
}

#[test]
fn an_alternative_is_admitted_only_if_it_recomputes() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("alternative");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    let finding = p.publish(&s.id, &proposal).unwrap();
    let charter = p.charter(Clone::clone).unwrap();
    let case = p.in_case(&s.id, Clone::clone).unwrap();
    let changes = vec!["item.I-S1".to_string(), "delta=0.2".to_string()];
    let rerun = record::derive::rerun(&case, &case.findings[0], &charter, &changes).unwrap();
    let anyone = cast.key("critic").unwrap();
    let mut body = json!({"finding": finding, "changes": changes, "result_sha256": tlog::sha256(b"wished for")});
    assert_eq!(
        refused(p.say(&anyone, Kind::Alternative, Some(&s.id), body.clone())),
        Code::NotRecomputed
    );
    body["result_sha256"] = json!(rerun.sha256());
    p.say(&anyone, Kind::Alternative, Some(&s.id), body)
        .unwrap();
}

#[test]
fn an_exhibit_kept_private_carries_no_finding() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("private-exhibit");
    let file = before_panel(&mut p, &s, true);
    let exhibit = p
        .in_case(&s.id, |c| *c.exhibits.keys().next().unwrap())
        .unwrap();
    let body = json!({"report": file.report, "level": "private", "exhibits": [exhibit]});
    p.say(&file.reporter, Kind::Consent, None, body).unwrap();
    let proposal = rest_of_round(&mut p, &s);
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::NoConsent);
}

#[test]
fn a_reply_does_not_shorten_the_window() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("short-window");
    before_panel(&mut p, &s, true);
    p.assign(&s.id).unwrap();
    p.review_all(&s).unwrap();
    p.disclose_reviews(&s.id).unwrap();
    // whoever holds the reply key, a registrar's accomplice too, replies at once
    let (notice, reply_key) = p.notice(&s.id, "XA").unwrap();
    let text = json!({"notice": notice, "text_sha256": tlog::sha256(b"Fine.")});
    p.say(&reply_key, Kind::Reply, Some(&s.id), text).unwrap();
    let (proposal, _) = p.propose(&s.id).unwrap();
    vote_and_open(&mut p, &s.id, &proposal);
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::ReplyWindow);
    p.wait(14 * DAY_S).unwrap();
    p.publish(&s.id, &proposal).unwrap();
}

#[test]
fn a_finding_is_withdrawn_by_the_quorum_only() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("withdrawn");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    let finding = p.publish(&s.id, &proposal).unwrap();
    let body =
        json!({"finding": finding, "reason": "procedure", "text_sha256": tlog::sha256(b"why")});
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    assert_eq!(
        refused(p.say(&registrar.key, Kind::Withdraw, Some(&s.id), body.clone())),
        Code::RoleNotAllowed
    );
    for n in 0..4 {
        assert!(
            p.in_case(&s.id, |c| c.standing().is_some()).unwrap(),
            "after {n} of four"
        );
        p.say(
            &reviewer(&cast, n).key,
            Kind::Withdraw,
            Some(&s.id),
            body.clone(),
        )
        .unwrap();
    }
    assert!(p.in_case(&s.id, |c| c.standing().is_none()).unwrap());
}

#[test]
fn a_case_is_longer_than_an_entry() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("long");
    let file = before_panel(&mut p, &s, true);
    for n in 0..1_200 {
        p.wait(1).unwrap();
        let level = if n % 2 == 0 { "selective" } else { "public" };
        p.consent(&file, level).unwrap();
    }
    let proposal = rest_of_round(&mut p, &s);
    p.publish(&s.id, &proposal).unwrap();
}
