//! Against the panel: votes, windows, blindness.

use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{MemoryDesk, Procedure, SeatSpecRole};
use serde_json::json;

use crate::support::{
    DAY_S, before_panel, cast, founded, refused, script, until_votes, vote_and_open,
};

use super::{publish, reviewer, start};

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
    // a lost vote does not bury the case: after its windows new analysis starts the next round
    let investigator = p.player(SeatSpecRole::Investigator).unwrap();
    let body = json!({"content": s.hypotheses});
    p.wait(9 * DAY_S).unwrap();
    let early = p.say(
        &investigator.key,
        Kind::Hypotheses,
        Some(&s.id),
        body.clone(),
    );
    assert_eq!(refused(early), Code::AnalysisFrozen);
    p.wait(DAY_S).unwrap();
    p.say(&investigator.key, Kind::Hypotheses, Some(&s.id), body)
        .unwrap();
    assert_eq!(p.in_case(&s.id, |c| c.round).unwrap(), 2);
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

#[test]
fn one_hand_cannot_block_a_case_for_ever() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("blocked");
    // a laboratory seals facts that can never open
    let file = before_panel(&mut p, &s, true);
    let investigator = p.player(SeatSpecRole::Investigator).unwrap();
    let fact = json!({"on": "2014-01-15", "facts": [{"element": "effect", "value": "integrity", "likelihood_ppm": 1, "exhibits": [tlog::sha256(b"nowhere")]}]});
    p.say(
        &investigator.key,
        Kind::Facts,
        Some(&s.id),
        json!({"content": fact}),
    )
    .unwrap();
    let proposal = {
        p.assign(&file.id).unwrap();
        p.review_all(&s).unwrap();
        p.disclose_reviews(&s.id).unwrap();
        p.propose(&s.id).unwrap().0
    };
    for n in 0..6 {
        p.vote(&s.id, reviewer(&cast, n), &proposal, "publish")
            .unwrap();
    }
    p.disclose_votes(&s.id).unwrap();
    // and a reviewer who voted revokes itself
    let me = reviewer(&cast, 0);
    let revoke = json!({"member": me.spec.id, "reason": "ended"});
    p.say(&me.key, Kind::MemberRevoke, None, revoke).unwrap();
    assert_eq!(refused(p.disclose_analysis(&s.id)), Code::ExhibitUnknown);
    // the round runs out; what never opened is left behind
    p.wait(10 * DAY_S).unwrap();
    p.say(
        &investigator.key,
        Kind::Hypotheses,
        Some(&s.id),
        json!({"content": s.hypotheses}),
    )
    .unwrap();
    assert!(
        p.in_case(&s.id, |c| c.facts.is_empty() && c.round == 2)
            .unwrap()
    );
}

#[test]
fn the_registrar_alone_names_nobody() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("alone");
    before_panel(&mut p, &s, true);
    p.assign(&s.id).unwrap();
    let (notice, _) = p.notice(&s.id, "XB").unwrap();
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    let close = json!({"reason": "exhausted"});
    let early = p.say(&registrar.key, Kind::CaseClose, Some(&s.id), close.clone());
    assert_eq!(
        refused(early),
        Code::AnalysisFrozen,
        "not over the panel's head"
    );
    p.wait(24 * DAY_S).unwrap();
    p.say(&registrar.key, Kind::CaseClose, Some(&s.id), close)
        .unwrap();
    let hypotheses = p.in_case(&s.id, |c| c.hypotheses.unwrap()).unwrap();
    for sealed in [notice, hypotheses] {
        p.wait(1).unwrap();
        assert_eq!(refused(p.disclose(&s.id, sealed)), Code::TooEarlyToOpen);
    }
}

#[test]
fn one_laboratory_s_answer_does_not_open_before_the_other_s() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("labs");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    p.publish(&s.id, &proposal).unwrap();
    let lab = p.player(SeatSpecRole::Laboratory).unwrap();
    let content = json!({"answers": [], "report_sha256": tlog::sha256(b"report")});
    let body = json!({"comparison": "later", "exhibits": [], "content": content});
    let commit = p.say(&lab.key, Kind::LabCommit, Some(&s.id), body).unwrap();
    assert_eq!(refused(p.disclose(&s.id, commit)), Code::TooEarlyToOpen);
    let kept = p.desk.openings[&commit].clone();
    let open = json!({"commit": commit, "salt": kept.salt, "value": kept.value});
    assert_eq!(
        refused(p.say(&lab.key, Kind::LabOpen, Some(&s.id), open)),
        Code::LabAlone
    );
}
