//! The threats of the design, each by name, each with the refusal that answers it.

use record::bundle::{self, Bundle};
use record::kind::Kind;
use record::refusal::Code;
use record::statement::{Statement, StatementError};
use record::trust::{self, TrustFile};
use rehearsal::{
    CaseScript, Cast, MemoryDesk, Player, Procedure, SeatSpecRole, corpus, genesis, vkey,
};
use serde_json::{Value, json};

use crate::support::{
    DAY_S, ORIGIN, at, before_panel, cast, founded, refused, script, until_votes, vote_and_open,
};

fn start<'a>(cast: &'a Cast, desk: &'a mut MemoryDesk) -> Procedure<'a, MemoryDesk> {
    Procedure::new(cast, desk, at("2014-01-01T00:00:00Z"))
}

fn reviewer(cast: &Cast, n: usize) -> &Player {
    cast.with_role(SeatSpecRole::Reviewer).nth(n).unwrap()
}

/// Publishes `script` in full; gives the desk and the bundle of its finding.
fn published(cast: &Cast, script: &CaseScript) -> (MemoryDesk, Bundle, TrustFile) {
    let mut desk = founded(cast);
    let mut p = start(cast, &mut desk);
    let proposal = until_votes(&mut p, script);
    assert!(
        proposal.named.is_some(),
        "the script is meant to name XA: {proposal:?}"
    );
    vote_and_open(&mut p, &script.id, &proposal);
    let finding = p.publish(&script.id, &proposal).unwrap();
    let state = &desk.auditor.state;
    let bundle =
        bundle::build(state, &state.cases[&script.id], finding, &desk, Vec::new()).unwrap();
    let trust = trust::of_charter(state.global.charter.as_ref().unwrap()).unwrap();
    (desk, bundle, trust)
}

/// The check at which a bundle fails.
fn fails_at(bundle: &Bundle, trust: Option<&TrustFile>) -> String {
    let (v, _) = bundle::verify(bundle.to_string().as_bytes(), trust);
    let failure = v
        .report
        .failure()
        .unwrap_or_else(|| panic!("the bundle holds: {:?}", v.report));
    failure.name.clone()
}

#[test]
fn rewrite_of_a_published_entry() {
    let cast = cast();
    let (desk, bundle, trust) = published(&cast, &script("rewrite"));
    let last = desk.entries.len() - 1;
    // The log key's holder signs another text in place of an entry: no path leads to the root.
    let mut changed = bundle;
    let at_end = changed.statements.last_mut().unwrap();
    assert_eq!(at_end.index as usize, last);
    at_end.entry = desk.entries[last - 1].clone();
    assert_eq!(fails_at(&changed, Some(&trust)), "inclusion");
}

#[test]
fn truncated_or_forked_log() {
    let cast = cast();
    let (desk, ..) = published(&cast, &script("fork"));
    let (size, root) = (desk.auditor.size(), desk.auditor.root());
    let old = size - 3;
    let leaf = |n: u64| tlog::leaf_hash(&desk.entries[n as usize]);
    let kept = tlog::Tree::from_leaves((0..old).map(leaf));
    let proof = tlog::consistency_proof(&desk.auditor.tree, old, size).unwrap();
    tlog::verify_consistency(old, size, &proof, &kept.root(), &root).unwrap();
    // A fork that leaves one entry out, and a log cut short, are inconsistent with what was seen.
    let forked = tlog::Tree::from_leaves((0..size).filter(|n| *n != 5).chain([5]).map(leaf));
    let proof = tlog::consistency_proof(&forked, old, size).unwrap();
    assert!(tlog::verify_consistency(old, size, &proof, &kept.root(), &forked.root()).is_err());
    assert!(tlog::consistency_proof(&kept, size, old).is_err());
}

#[test]
fn backdated_statement() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    p.go_to(at("2014-03-01T00:00:00Z")).unwrap();
    p.time = at("2014-02-01T00:00:00Z"); // the author's claim; the desk's clock stays
    assert_eq!(
        refused(p.report(
            &"late".parse().unwrap(),
            "disruption",
            "health",
            "2014-01-15",
            "x"
        )),
        Code::OutsideTolerance
    );
}

#[test]
fn bundle_signed_by_made_up_keys() {
    let (_, _, honest) = published(&cast(), &script("honest"));
    let forger = Cast::new([66; 32], ORIGIN, &corpus::panel().unwrap()).unwrap();
    let (_, forged, _) = published(&forger, &script("honest"));
    assert_eq!(fails_at(&forged, Some(&honest)), "trust");
    let (v, _) = bundle::verify(forged.to_string().as_bytes(), None);
    assert!(
        v.holds() && !v.pinned,
        "without a trust file it is only self-consistent"
    );
    assert!(
        v.report
            .checks
            .iter()
            .any(|c| c.detail.starts_with("signers not pinned"))
    );
}

#[test]
fn vote_by_a_recused_member() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("recused");
    before_panel(&mut p, &s, true);
    p.assign(&s.id).unwrap();
    let me = reviewer(&cast, 0);
    p.say(
        &me.key,
        Kind::Recuse,
        Some(&s.id),
        json!({"reason": "interest"}),
    )
    .unwrap();
    let (proposal, _) = p.propose(&s.id).unwrap();
    assert_eq!(
        refused(p.vote(&s.id, me, &proposal, "publish")),
        Code::Recused
    );
}

#[test]
fn one_member_voting_twice() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("twice");
    let proposal = until_votes(&mut p, &s);
    p.vote(&s.id, reviewer(&cast, 0), &proposal, "publish")
        .unwrap();
    assert_eq!(
        refused(p.vote(&s.id, reviewer(&cast, 0), &proposal, "object")),
        Code::OncePerRound
    );
    // and one vote listed twice in the finding counts once at most
    for n in 1..6 {
        p.vote(&s.id, reviewer(&cast, n), &proposal, "publish")
            .unwrap();
    }
    p.disclose_votes(&s.id).unwrap();
    p.disclose_analysis(&s.id).unwrap();
    let mut body = p.finding_body(&s.id, &proposal).unwrap();
    let first = body["votes"][0].clone();
    body["votes"] = json!([first, first, first, first]);
    assert_eq!(publish(&mut p, &s, body), Code::VoteNotCounted);
}

/// Submits a finding body that must be refused.
fn publish(p: &mut Procedure<'_, MemoryDesk>, s: &CaseScript, body: Value) -> Code {
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    refused(p.say(&registrar.key, Kind::Finding, Some(&s.id), body))
}

#[test]
fn vote_on_another_text() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("other-text");
    let proposal = until_votes(&mut p, &s);
    let mut softer = proposal.clone();
    softer.likelihood_ppm -= 1;
    for n in 0..6 {
        p.vote(
            &s.id,
            reviewer(&cast, n),
            if n == 0 { &softer } else { &proposal },
            "publish",
        )
        .unwrap();
    }
    p.disclose_votes(&s.id).unwrap();
    p.disclose_analysis(&s.id).unwrap();
    let mut body = p.finding_body(&s.id, &proposal).unwrap();
    let all: Vec<_> = p
        .in_case(&s.id, |c| c.votes.iter().map(|v| v.statement).collect())
        .unwrap();
    body["votes"] = json!(all);
    assert_eq!(publish(&mut p, &s, body), Code::VoteOtherText);
}

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
    for omitted in [dissent, reply] {
        let mut body = whole.clone();
        let kept: Vec<_> = body["case_statements"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|v| **v != json!(omitted))
            .cloned()
            .collect();
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

/// From the panel to opened votes.
fn rest_of_round(
    p: &mut Procedure<'_, MemoryDesk>,
    s: &CaseScript,
) -> record::body::outcome::Proposal {
    p.assign(&s.id).unwrap();
    p.review_all(s).unwrap();
    p.disclose_reviews(&s.id).unwrap();
    let (notice, _) = p.notice(&s.id, "XA").unwrap();
    p.wait(15 * DAY_S).unwrap();
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    p.say(
        &registrar.key,
        Kind::ReplyNone,
        Some(&s.id),
        json!({"notice": notice}),
    )
    .unwrap();
    let proposal = p.propose(&s.id).unwrap().0;
    vote_and_open(p, &s.id, &proposal);
    proposal
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

#[test]
fn a_reply_after_the_window_is_refused() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("late-reply");
    before_panel(&mut p, &s, true);
    p.assign(&s.id).unwrap();
    let (notice, reply_key) = p.notice(&s.id, "XA").unwrap();
    p.wait(14 * DAY_S).unwrap();
    let text = json!({"notice": notice, "text_sha256": tlog::sha256(b"We deny it.")});
    assert_eq!(
        refused(p.say(&reply_key, Kind::Reply, Some(&s.id), text)),
        Code::WindowClosed
    );
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
fn nothing_opens_early() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("blind");
    before_panel(&mut p, &s, true);
    p.assign(&s.id).unwrap();
    let hypotheses = p.in_case(&s.id, |c| c.hypotheses.unwrap()).unwrap();
    assert_eq!(refused(p.disclose(&s.id, hypotheses)), Code::TooEarlyToOpen);
    let content = json!({"content": {"posterior_ppm": [600_000, 200_000, 200_000], "blind": true}});
    let review = p
        .say(&reviewer(&cast, 0).key, Kind::Review, Some(&s.id), content)
        .unwrap();
    assert_eq!(refused(p.disclose(&s.id, review)), Code::TooEarlyToOpen);
    let (proposal, _) = p.propose(&s.id).unwrap();
    let vote = p
        .vote(&s.id, reviewer(&cast, 0), &proposal, "publish")
        .unwrap();
    assert_eq!(refused(p.disclose(&s.id, vote)), Code::TooEarlyToOpen);
}

#[test]
fn removed_dissent() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("removed");
    let proposal = until_votes(&mut p, &s);
    let text = tlog::sha256(b"I disagree.");
    p.say(
        &reviewer(&cast, 5).key,
        Kind::Dissent,
        Some(&s.id),
        json!({"ground": "weak-strand", "text_sha256": text}),
    )
    .unwrap();
    vote_and_open(&mut p, &s.id, &proposal);
    let finding = p.publish(&s.id, &proposal).unwrap();
    let state = &desk.auditor.state;
    let mut bundle = bundle::build(state, &state.cases[&s.id], finding, &desk, Vec::new()).unwrap();
    bundle
        .statements
        .retain(|b| Statement::parse(&b.entry).unwrap().kind != Kind::Dissent);
    assert_eq!(fails_at(&bundle, None), "rules");
}

#[test]
fn swapped_exhibit() {
    let cast = cast();
    let (desk, mut bundle, trust) = published(&cast, &script("swapped"));
    let (hash, content) = desk
        .exhibits
        .iter()
        .find(|(h, _)| {
            desk.auditor
                .state
                .cases
                .values()
                .any(|c| c.exhibits.contains_key(h))
        })
        .unwrap();
    bundle.exhibits = vec![(*hash, content.clone())];
    let (v, _) = bundle::verify(bundle.to_string().as_bytes(), Some(&trust));
    assert!(v.holds(), "{:?}", v.report);
    bundle.exhibits = vec![(*hash, b"another content".to_vec())];
    assert_eq!(fails_at(&bundle, Some(&trust)), "exhibits");
    bundle.exhibits = vec![(tlog::sha256(b"undeclared"), b"undeclared".to_vec())];
    assert_eq!(fails_at(&bundle, Some(&trust)), "exhibits");
}

#[test]
fn replayed_envelope_in_another_case_or_record() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let (a, b) = (script("case-a"), script("case-b"));
    before_panel(&mut p, &a, true);
    before_panel(&mut p, &b, true);
    let close = p
        .sign(
            &p.player(SeatSpecRole::Registrar).unwrap().key,
            Kind::CaseClose,
            Some(&a.id),
            json!({"reason": "exhausted"}),
        )
        .unwrap();
    p.submit(vec![close.clone()]).unwrap();
    // the same bytes again
    assert_eq!(
        refused(p.submit(vec![close.clone()])),
        Code::AlreadyRecorded
    );
    // the same signature over a payload that names the other case
    let text = String::from_utf8(close.entry.clone()).unwrap();
    let payload = Statement::parse(&close.entry).unwrap().payload().to_vec();
    let moved = String::from_utf8(payload.clone())
        .unwrap()
        .replace("case-a", "case-b");
    let encode =
        |bytes: &[u8]| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
    let forged = text.replace(&encode(&payload), &encode(moved.as_bytes()));
    let parsed = Statement::parse(forged.as_bytes()).unwrap();
    assert!(matches!(
        parsed.verify(),
        Err(record::envelope::EnvelopeError::Signature { .. })
    ));
    // a white-space variant of the same envelope is not a second statement
    let spaced = text.replacen("\":", "\": ", 1);
    assert!(matches!(
        Statement::parse(spaced.as_bytes()),
        Err(StatementError::Envelope(
            record::envelope::EnvelopeError::NotCanonical
        ))
    ));
    // and in another record
    let elsewhere = Cast::new([9; 32], "elsewhere.example", &corpus::panel().unwrap()).unwrap();
    let time = at("2014-02-01T00:00:00Z");
    let mut other = MemoryDesk::create(
        elsewhere.log.clone(),
        &genesis(&elsewhere, time).unwrap(),
        time,
    )
    .unwrap();
    assert_eq!(
        other.submit_one(close.entry).unwrap_err().code,
        Code::WrongRecord
    );
}

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
fn the_registrar_cannot_silence_a_sitting_reviewer_or_pack_the_panel() {
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
        Code::RevokeAssigned
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
fn an_objector_has_time_to_dissent() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("objector");
    let proposal = until_votes(&mut p, &s);
    for n in 0..6 {
        p.vote(
            &s.id,
            reviewer(&cast, n),
            &proposal,
            if n == 5 { "object" } else { "publish" },
        )
        .unwrap();
    }
    p.disclose_votes(&s.id).unwrap();
    p.disclose_analysis(&s.id).unwrap();
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::DissentWindow);
    p.wait(3 * DAY_S).unwrap();
    p.publish(&s.id, &proposal).unwrap();
}

#[test]
fn k_of_n_votes_across_regions() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("quorum");
    let proposal = until_votes(&mut p, &s);
    for n in 0..6 {
        p.vote(
            &s.id,
            reviewer(&cast, n),
            &proposal,
            if n < 3 { "publish" } else { "abstain" },
        )
        .unwrap();
    }
    p.disclose_votes(&s.id).unwrap();
    let hypotheses = p.in_case(&s.id, |c| c.hypotheses.unwrap()).unwrap();
    assert_eq!(
        refused(p.disclose(&s.id, hypotheses)),
        Code::TooEarlyToOpen,
        "a lost vote names nobody"
    );
    // a lost vote does not bury the case: new analysis starts the next round
    let investigator = p.player(SeatSpecRole::Investigator).unwrap();
    let body = json!({"content": s.hypotheses});
    p.say(&investigator.key, Kind::Hypotheses, Some(&s.id), body)
        .unwrap();
    assert_eq!(p.in_case(&s.id, |c| c.round).unwrap(), 2);
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    let revoke = json!({"member": reviewer(&cast, 0).spec.id, "reason": "ended"});
    p.say(&registrar.key, Kind::MemberRevoke, None, revoke)
        .unwrap();
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
    let params = p.charter(|c| c.method.clone()).unwrap();
    let inputs = p
        .in_case(&s.id, |c| c.findings[0].replayed.inputs.clone())
        .unwrap();
    let changes = vec!["item.I-S1".to_string(), "delta=0.2".to_string()];
    let rerun = record::derive::rerun(&inputs, &params, &changes).unwrap();
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
fn a_vote_that_may_still_win_cannot_be_buried_by_new_analysis() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("buried");
    let proposal = until_votes(&mut p, &s);
    let investigator = p.player(SeatSpecRole::Investigator).unwrap();
    let body = json!({"content": s.hypotheses});
    let bury = |p: &mut Procedure<'_, MemoryDesk>| {
        refused(p.say(
            &investigator.key,
            Kind::Hypotheses,
            Some(&s.id),
            body.clone(),
        ))
    };
    assert_eq!(bury(&mut p), Code::AnalysisFrozen);
    for n in 0..6 {
        p.vote(&s.id, reviewer(&cast, n), &proposal, "publish")
            .unwrap();
    }
    p.wait(60).unwrap();
    assert_eq!(bury(&mut p), Code::AnalysisFrozen);
    p.disclose_votes(&s.id).unwrap();
    p.disclose_analysis(&s.id).unwrap();
    p.wait(60).unwrap();
    assert_eq!(bury(&mut p), Code::AnalysisFrozen);
    // and if the registrar does not publish, a reviewer can
    let body = p.finding_body(&s.id, &proposal).unwrap();
    p.say(&reviewer(&cast, 3).key, Kind::Finding, Some(&s.id), body)
        .unwrap();
}

#[test]
fn one_silent_reviewer_cannot_hold_a_case_up() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("silent");
    before_panel(&mut p, &s, true);
    p.assign(&s.id).unwrap();
    let content = json!({"content": {"posterior_ppm": [900_000, 50_000, 50_000], "blind": true}});
    for n in 0..5 {
        p.say(
            &reviewer(&cast, n).key,
            Kind::Review,
            Some(&s.id),
            content.clone(),
        )
        .unwrap();
    }
    let first = p.in_case(&s.id, |c| c.reviews[0].1).unwrap();
    assert_eq!(refused(p.disclose(&s.id, first)), Code::TooEarlyToOpen);
    p.wait(7 * DAY_S).unwrap();
    p.disclose_reviews(&s.id).unwrap();
    let late = p.say(&reviewer(&cast, 5).key, Kind::Review, Some(&s.id), content);
    assert_eq!(
        refused(late),
        Code::PanelWindow,
        "nobody reviews blind once reviews are open"
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
