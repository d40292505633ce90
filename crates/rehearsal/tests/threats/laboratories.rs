//! Two laboratories: blind to each other, never averaged, never buried.

use record::derive::{Agreement, Comparison, LAB_RHO_PPM};
use record::ids::StatementId;
use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{CaseScript, MemoryDesk, Player, Procedure, RehearsalError, SeatSpecRole};
use serde_json::{Value, json};
use tlog::Hash;

use crate::support::{DAY_S, before_panel, cast, founded, refused, rest_of_round, script};

use super::start;

type Rehearsal<'a> = Procedure<'a, MemoryDesk>;

fn lab<'a>(p: &Rehearsal<'a>, n: usize) -> &'a Player {
    p.cast.with_role(SeatSpecRole::Laboratory).nth(n).unwrap()
}

/// A laboratory that is enrolled when the case is under way.
fn third_laboratory(p: &mut Rehearsal<'_>) -> Player {
    let mut third = lab(p, 0).clone();
    third.spec.id = "lab-three".parse().unwrap();
    third.key = p.cast.key("lab-three").unwrap();
    third.next = p.cast.key("lab-three next").unwrap();
    let role = record::body::members::EnrolledRole::Laboratory;
    let enrol = p.cast.enrolment(&third, role).unwrap();
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    let body = serde_json::to_value(enrol).unwrap();
    p.say(&registrar.key, Kind::MemberEnrol, None, body)
        .unwrap();
    third
}

/// An answer that speaks for an actor with ratio 100; grade B2 is r = .9.
fn answer(exhibit: Hash, word: &str, actor: &str) -> Value {
    // by its place among the hypotheses: answers open before anybody may be named
    let actor = match actor {
        "ALPHA" => "1",
        "BETA" => "2",
        "NOBODY" => "9",
        other => other,
    };
    json!({"exhibit": exhibit, "answer": word, "reading": {
        "kind": "forensic", "reliability": "B", "credibility": 2, "phi_ppm": 0,
        "lr": [{"actor": actor, "mban": [2000, 2000, 2000]}], "recheckable": true, "state": "CH", "bloc": "none"}})
}

fn commit(
    p: &mut Rehearsal<'_>,
    s: &CaseScript,
    n: usize,
    exhibit: Hash,
    answer: Value,
) -> Result<StatementId, RehearsalError> {
    let content = json!({"answers": [answer], "report_sha256": tlog::sha256(b"report")});
    let body = json!({"comparison": "header", "exhibits": [exhibit], "content": content});
    let key = &lab(p, n).key;
    p.say(key, Kind::LabCommit, Some(&s.id), body)
}

fn open(
    p: &mut Rehearsal<'_>,
    s: &CaseScript,
    n: usize,
    commit: StatementId,
) -> Result<StatementId, RehearsalError> {
    let kept = p.desk.openings[&commit].clone();
    let body = json!({"commit": commit, "salt": kept.salt, "value": kept.value});
    let key = &lab(p, n).key;
    p.say(key, Kind::LabOpen, Some(&s.id), body)
}

fn an_exhibit(p: &Rehearsal<'_>, s: &CaseScript) -> Hash {
    p.in_case(&s.id, |c| *c.exhibits.keys().next().unwrap())
        .unwrap()
}

/// Both laboratories answer; gives the comparison and the inputs as the panel will see them.
fn answered(s: &CaseScript, words: [&str; 2]) -> (Comparison, method::Case, method::Evaluation) {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    before_panel(&mut p, s, true);
    let exhibit = an_exhibit(&p, s);
    let actors = ["ALPHA", "BETA"];
    let commits = [0, 1]
        .map(|n| commit(&mut p, s, n, exhibit, answer(exhibit, words[n], actors[n])).unwrap());
    for (n, id) in commits.into_iter().enumerate() {
        open(&mut p, s, n, id).unwrap();
    }
    let proposal = rest_of_round(&mut p, s);
    assert!(commits.iter().all(|id| proposal.basis.contains(id)));
    p.publish(&s.id, &proposal).unwrap();
    let finding = p
        .in_case(&s.id, |c| c.findings[0].replayed.clone())
        .unwrap();
    let found = finding
        .laboratories
        .iter()
        .find(|c| c.comparison.as_str() == "header");
    (
        found.unwrap().clone(),
        finding.inputs.clone(),
        finding.evaluation.clone(),
    )
}

fn items(case: &method::Case) -> Vec<&method::Item> {
    case.items
        .iter()
        .filter(|i| i.id.starts_with("LAB-"))
        .collect()
}

#[test]
fn agreement_is_two_items_of_one_strand() {
    let s = script("agree");
    let (comparison, inputs, evaluation) = answered(&s, ["copied", "copied"]);
    assert_eq!(comparison.exhibits[0].outcome, Agreement::Agree);
    let strand = comparison.strand.unwrap();
    let declared = inputs.strands.iter().find(|d| d.id == strand).unwrap();
    assert_eq!(declared.rho_ppm, LAB_RHO_PPM);
    let made = items(&inputs);
    assert_eq!(made.len(), 2);
    assert!(made.iter().all(|i| i.strand == strand && i.r_ppm.is_none()));
    // it rests on an exhibit of the analyst's strand, so both count as one
    assert!(
        evaluation
            .merges
            .iter()
            .any(|m| m.strands.contains(&strand))
    );
}

#[test]
fn disagreement_is_shown_and_lowers_both() {
    let s = script("disagree");
    let (comparison, inputs, _) = answered(&s, ["copied", "native"]);
    let exhibit = &comparison.exhibits[0];
    assert_eq!(exhibit.outcome, Agreement::Disagree);
    let words: Vec<_> = exhibit.answers.iter().map(|a| a.answer.as_str()).collect();
    assert_eq!(words, ["copied", "native"]);
    // .9 × .1 / (1 − .81) = .4737, for both may be wrong
    for item in items(&inputs) {
        assert_eq!(item.r_ppm, Some([0, 473_684, 900_000]));
    }
    assert_eq!(
        items(&inputs)[1].lr[0].actor,
        "BETA",
        "each keeps its own ratios"
    );
}

#[test]
fn a_laboratory_cannot_change_its_answer_after_seeing_the_other_s() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("changed");
    before_panel(&mut p, &s, true);
    let exhibit = an_exhibit(&p, &s);
    let first = commit(&mut p, &s, 0, exhibit, answer(exhibit, "copied", "ALPHA")).unwrap();
    assert_eq!(refused(open(&mut p, &s, 0, first)), Code::LabAlone);
    let second = commit(&mut p, &s, 1, exhibit, answer(exhibit, "native", "BETA")).unwrap();
    open(&mut p, &s, 0, first).unwrap();
    let kept = p.desk.openings[&second].clone();
    let mut value = kept.value.clone();
    value["answers"][0]["answer"] = json!("copied");
    let body = json!({"commit": second, "salt": kept.salt, "value": value});
    let changed = p.say(&lab(&p, 1).key.clone(), Kind::LabOpen, Some(&s.id), body);
    assert_eq!(refused(changed), Code::SealMismatch);
    // nor can a third join once an answer is open
    let again = json!({"comparison": "header", "exhibits": [exhibit], "content": kept.value});
    let third = third_laboratory(&mut p);
    let late = p.say(&third.key, Kind::LabCommit, Some(&s.id), again);
    assert_eq!(refused(late), Code::PanelWindow);
}

#[test]
fn laboratories_compare_the_same_exhibits_and_answer_on_each() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("exhibits");
    before_panel(&mut p, &s, true);
    let all: Vec<Hash> = p
        .in_case(&s.id, |c| c.exhibits.keys().copied().collect())
        .unwrap();
    let first = commit(&mut p, &s, 0, all[0], answer(all[1], "copied", "ALPHA")).unwrap();
    let other = commit(&mut p, &s, 1, all[1], answer(all[1], "copied", "ALPHA"));
    assert_eq!(refused(other), Code::LabExhibits);
    let content = json!({"answers": [], "report_sha256": tlog::sha256(b"report")});
    let twice = json!({"comparison": "twice", "exhibits": [all[0], all[0]], "content": content});
    let key = lab(&p, 1).key.clone();
    assert_eq!(
        refused(p.say(&key, Kind::LabCommit, Some(&s.id), twice)),
        Code::LabExhibits
    );
    commit(&mut p, &s, 1, all[0], answer(all[0], "copied", "ALPHA")).unwrap();
    assert_eq!(
        refused(open(&mut p, &s, 0, first)),
        Code::ContentInvalid,
        "it answered on another exhibit"
    );
}

#[test]
fn a_committed_answer_that_never_opens_shows_and_stops_nothing() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("silent-lab");
    before_panel(&mut p, &s, true);
    let exhibit = an_exhibit(&p, &s);
    let first = commit(&mut p, &s, 0, exhibit, answer(exhibit, "copied", "ALPHA")).unwrap();
    let second = commit(&mut p, &s, 1, exhibit, answer(exhibit, "native", "BETA")).unwrap();
    open(&mut p, &s, 0, first).unwrap();
    // nobody rushes past it
    assert_eq!(refused(p.assign(&s.id)), Code::LabWindow);
    p.wait(7 * DAY_S).unwrap();
    let proposal = rest_of_round(&mut p, &s);
    // what opens after the assignment changes no vote
    p.wait(60).unwrap();
    open(&mut p, &s, 1, second).unwrap();
    p.publish(&s.id, &proposal).unwrap();
    let finding = p
        .in_case(&s.id, |c| c.findings[0].replayed.clone())
        .unwrap();
    let shown = finding
        .laboratories
        .iter()
        .find(|c| c.comparison.as_str() == "header")
        .unwrap();
    let opened: Vec<_> = shown.laboratories.iter().map(|l| l.opened).collect();
    assert_eq!(opened, [true, false]);
    assert_eq!(shown.exhibits[0].outcome, Agreement::TooFew);
    assert!(shown.strand.is_none() && items(&finding.inputs).is_empty());
    // and counts from the next round on
    let investigator = p.player(SeatSpecRole::Investigator).unwrap();
    let more = json!({"content": {"strands": [], "items": []}});
    p.say(&investigator.key, Kind::Assessment, Some(&s.id), more)
        .unwrap();
    assert_eq!(items(&p.inputs(&s.id).unwrap()).len(), 2);
}

#[test]
fn a_laboratory_that_let_a_window_pass_is_waited_for_no_more() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("stalling-lab");
    before_panel(&mut p, &s, true);
    let exhibit = an_exhibit(&p, &s);
    for n in 0..2 {
        commit(&mut p, &s, n, exhibit, answer(exhibit, "copied", "ALPHA")).unwrap();
    }
    p.wait(7 * DAY_S).unwrap();
    let content = json!({"answers": [answer(exhibit, "copied", "ALPHA")], "report_sha256": tlog::sha256(b"report")});
    let again = json!({"comparison": "again", "exhibits": [exhibit], "content": content});
    for n in 0..2 {
        let key = lab(&p, n).key.clone();
        p.say(&key, Kind::LabCommit, Some(&s.id), again.clone())
            .unwrap();
    }
    p.assign(&s.id).unwrap();
}

#[test]
fn a_reading_that_does_not_fit_makes_no_item_and_stops_no_finding() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("unfit");
    before_panel(&mut p, &s, true);
    let exhibit = an_exhibit(&p, &s);
    let commits = [("ALPHA", 0), ("NOBODY", 1)].map(|(actor, n)| {
        (
            n,
            commit(&mut p, &s, n, exhibit, answer(exhibit, "copied", actor)).unwrap(),
        )
    });
    for (n, id) in commits {
        open(&mut p, &s, n, id).unwrap();
    }
    let proposal = rest_of_round(&mut p, &s);
    p.publish(&s.id, &proposal).unwrap();
    let finding = p
        .in_case(&s.id, |c| c.findings[0].replayed.clone())
        .unwrap();
    let shown = finding
        .laboratories
        .iter()
        .find(|c| c.comparison.as_str() == "header")
        .unwrap();
    let usable: Vec<_> = shown.exhibits[0]
        .answers
        .iter()
        .map(|a| (a.item.is_some(), a.not_usable))
        .collect();
    assert_eq!(usable, [(true, false), (false, true)]);
}

#[test]
fn analysts_do_not_speak_in_the_laboratories_name() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let mut s = script("usurped");
    s.strands[0].id = "LAB-1".into();
    s.items[0].strand = "LAB-1".into();
    before_panel(&mut p, &s, true);
    p.assign(&s.id).unwrap();
    p.review_all(&s).unwrap();
    p.disclose_reviews(&s.id).unwrap();
    let (proposal, _) = p.propose(&s.id).unwrap();
    for player in cast.with_role(SeatSpecRole::Reviewer) {
        p.vote(&s.id, player, &proposal, "publish").unwrap();
    }
    p.disclose_votes(&s.id).unwrap();
    assert_eq!(refused(p.disclose_analysis(&s.id)), Code::ContentInvalid);
}

#[test]
fn a_masked_case_masks_its_laboratories_too() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("masked-labs");
    before_panel(&mut p, &s, true);
    let exhibit = an_exhibit(&p, &s);
    let commits =
        [0, 1].map(|n| commit(&mut p, &s, n, exhibit, answer(exhibit, "copied", "ALPHA")).unwrap());
    let (early, _) = p.mask(&s.id).unwrap();
    for (n, id) in commits.into_iter().enumerate() {
        open(&mut p, &s, n, id).unwrap();
    }
    assert_eq!(
        p.in_case(&s.id, |c| c.mask).unwrap(),
        None,
        "{early} lacks their names"
    );
    let (mask, map) = p.mask(&s.id).unwrap();
    assert!(map.names.iter().any(|n| n.original == "LAB-2-1-1"));
    let proposal = rest_of_round(&mut p, &s);
    p.publish(&s.id, &proposal).unwrap();
    assert!(
        p.in_case(&s.id, |c| c.contents.contains_key(&mask))
            .unwrap()
    );
}

#[test]
fn an_answer_names_no_actor_before_the_panel_sits() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("named-early");
    before_panel(&mut p, &s, true);
    let exhibit = an_exhibit(&p, &s);
    let ids = [0, 1].map(|n| {
        let named = answer(exhibit, "copied", "XA-unit");
        commit(&mut p, &s, n, exhibit, named).unwrap()
    });
    let early = open(&mut p, &s, 0, ids[0]);
    assert_eq!(refused(early), Code::ContentInvalid);
}
