//! The rules of state behaviour in the record: texts, who took them on, what a finding says of them.

use norms::{Bound, Kleene, Verdict};
use record::derive::Verdicts;
use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{CaseScript, Cast, MemoryDesk, Player, Procedure, SeatSpecRole};
use serde_json::{Value, json};

use super::{publish, publish_whole, start};
use crate::support::{
    before_panel, cast, founded, refused, rest_of_round, script, until_votes, vote_and_open,
};

/// Two codes of ISO 3166-1 that are no states.
pub(super) const NAMED: &str = "AQ";
pub(super) const OTHER: &str = "BV";

/// A text of two articles that whoever acceded is bound by.
pub(super) fn text(id: &str, force: &str, binding: &Value) -> Value {
    let norm = |n: u32, word: &str| {
        json!({
            "id": format!("{id}.{n}"), "articles": [n.to_string()], "polarity": "refrain", "addressee": "states", "themes": ["T13"],
            "basis": "R", "paraphrase": "States leave hospitals alone in all they do.",
            "elements": [
                {"element": "target-class", "asks": "What was struck", "source": "art.", "basis": "R",
                 "when": {"fact": {"element": "target-class", "value": word}}},
                {"element": "author-link", "asks": "Who did it", "source": "art.", "basis": "R", "when": {"author": "conducted"}},
            ],
        })
    };
    let mut header = json!({
        "id": id, "title": "A text", "issuer": "An issuer", "date": "2010-01-01", "force": force, "document": "doc",
        "basis": "R", "note": "", "binding": binding,
    });
    if force == "treaty" {
        header["in_force"] = json!("2010-01-01");
    }
    json!({"format": "solferino-norms/1", "instrument": header, "norms": [norm(1, "health"), norm(2, "water")]})
}

pub(super) fn treaty() -> String {
    text("HEAL", "treaty", &json!({"by": "accession"})).to_string()
}

/// The S2 script of the support module with codes a ledger knows, and what coders say of it.
fn coded(id: &str) -> CaseScript {
    let mut s = script(id);
    for actor in &mut s.hypotheses.actors {
        actor.state = actor.state.take().map(|code| renamed(&code));
    }
    for relation in &mut s.hypotheses.relations {
        relation.state = renamed(&relation.state);
    }
    let facts = |coder: &str, facts: &[(&str, &str, Option<&str>)]| {
        let facts: Vec<Value> = facts
            .iter()
            .map(|(element, value, about)| {
                json!({"element": element, "value": value, "about": about, "likelihood_ppm": 950_000, "items": ["I-S1"]})
            })
            .collect();
        let statement = json!({"stage": 0, "coder": coder, "on": "2014-01-15", "facts": facts});
        serde_json::from_value(statement).unwrap()
    };
    let act: &[_] = &[
        ("target-class", "health", None),
        ("target-class", "no-other", None),
    ];
    s.facts = vec![
        facts("coder-one", act),
        facts("coder-two", act),
        facts("counsel", &[("author-link", "executed", Some(NAMED))]),
    ];
    s
}

fn renamed(code: &str) -> String {
    code.replace("XA", NAMED).replace("XB", OTHER)
}

pub(super) fn player<'a>(cast: &'a Cast, id: &str) -> &'a Player {
    cast.players
        .iter()
        .find(|p| p.spec.id.as_str() == id)
        .unwrap()
}

pub(super) fn register(
    p: &mut Procedure<'_, MemoryDesk>,
    document: &str,
) -> Result<(), rehearsal::RehearsalError> {
    p.register_texts([document])
}

pub(super) fn accede(
    p: &mut Procedure<'_, MemoryDesk>,
    kind: Kind,
    body: Value,
) -> Result<record::ids::StatementId, rehearsal::RehearsalError> {
    let registrar = player(p.cast, "registrar");
    let mut whole = json!({"state": NAMED, "instrument": "HEAL", "from": "2012-01-01", "evidence_sha256": tlog::sha256(b"a depositary's list")});
    let given = body.as_object().unwrap().clone();
    let whole_fields = whole.as_object_mut().unwrap();
    whole_fields.extend(given);
    // What is given as nothing is left out.
    whole_fields.retain(|_, value| !value.is_null());
    p.say(&registrar.key, kind, None, whole)
}

fn verdicts(p: &Procedure<'_, MemoryDesk>, s: &CaseScript) -> Verdicts {
    let (_, replayed) = p.propose(&s.id).unwrap();
    replayed.verdicts.unwrap()
}

fn words<'a>(v: &'a Verdicts, norm: &str) -> &'a str {
    &v.norms.iter().find(|n| n.norm == norm).unwrap().words
}

#[test]
fn a_finding_judges_the_named_state_by_what_bound_it_then() {
    let cast = cast();
    let s = coded("bound");
    for (from, expected) in [
        ("2012-01-01", "breach of"),
        ("2014-01-15", "breach of"),
        ("2014-01-16", "not bound then"),
    ] {
        let mut desk = founded(&cast);
        let mut p = start(&cast, &mut desk);
        register(&mut p, &treaty()).unwrap();
        accede(&mut p, Kind::StateAccede, json!({"from": from})).unwrap();
        let proposal = until_votes(&mut p, &s);
        let v = verdicts(&p, &s);
        assert_eq!(v.party.as_str(), NAMED);
        assert_eq!(words(&v, "HEAL.1"), expected, "acceded {from}");
        let other = v.norms.iter().find(|n| n.norm == "HEAL.2").unwrap();
        assert_eq!(other.verdict, Verdict::NotEngaged);
        assert_eq!(v.agreement.len(), 3);
        vote_and_open(&mut p, &s.id, &proposal);
        p.publish(&s.id, &proposal).unwrap();
        let summary = proposal.norms.unwrap();
        let breaches = usize::from(expected == "breach of");
        assert_eq!(summary.inconsistent.len(), breaches);
        assert_eq!(summary.judged, 2);
    }
}

#[test]
fn verdicts_replay_from_the_bundle_and_a_changed_one_is_found() {
    let cast = cast();
    let (_, bundle, trust) = publish_whole(&cast, &coded("plain"));
    let (v, _) = record::bundle::verify(bundle.to_string().as_bytes(), Some(&trust));
    assert!(v.holds(), "{:?}", v.report);
    // without any text registered there is nothing to judge by
    assert!(v.finding(&bundle).unwrap().replayed.verdicts.is_none());

    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    register(&mut p, &treaty()).unwrap();
    accede(&mut p, Kind::StateAccede, json!({})).unwrap();
    let s = coded("bundled");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    let finding = p.publish(&s.id, &proposal).unwrap();
    let state = &desk.auditor.state;
    let case = &state.cases[&s.id];
    let mut bundle = record::bundle::build(state, case, finding, &desk, Vec::new()).unwrap();
    let (v, _) = record::bundle::verify(bundle.to_string().as_bytes(), None);
    assert!(v.holds(), "{:?}", v.report);
    let full = v.finding(&bundle).unwrap();
    let judged = full.replayed.verdicts.as_ref().unwrap();
    let whole = judged.judge(&full.law).unwrap();
    assert_eq!(whole[0][0].words, "breach of");
    assert_eq!(whole[0][0].elements[0].exhibits.len(), 1);
    assert!(bundle.result.contains("breach of"));
    bundle.result = bundle.result.replace("breach of", "not engaged");
    assert_eq!(super::fails_at(&bundle, None), "replay");
}

#[test]
fn what_becomes_law_after_the_assignment_changes_no_case_under_review() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    register(&mut p, &treaty()).unwrap();
    let s = coded("later-law");
    let proposal = until_votes(&mut p, &s);
    accede(&mut p, Kind::StateAccede, json!({})).unwrap();
    register(&mut p, &treaty().replace("A text", "Another title")).unwrap();
    assert_eq!(p.propose(&s.id).unwrap().0, proposal);
    vote_and_open(&mut p, &s.id, &proposal);
    p.publish(&s.id, &proposal).unwrap();
}

#[test]
fn who_assesses_fact_does_not_assess_law() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    register(&mut p, &treaty()).unwrap();
    accede(&mut p, Kind::StateAccede, json!({})).unwrap();
    let mut s = coded("one-hand");
    s.facts[2].coder = "investigator".parse().unwrap();
    until_votes(&mut p, &s);
    let v = verdicts(&p, &s);
    assert_eq!(words(&v, "HEAL.1"), "cannot tell");
    assert_eq!(v.set_aside.len(), 1);
    assert_eq!(v.set_aside[0].facts, 1);
}

#[test]
fn coders_who_give_two_days_leave_unknown_what_hangs_on_the_day() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    register(&mut p, &treaty()).unwrap();
    accede(&mut p, Kind::StateAccede, json!({"from": "2014-01-10"})).unwrap();
    let mut s = coded("two-days");
    s.facts[1].on = "2014-01-05".parse().unwrap();
    until_votes(&mut p, &s);
    let v = verdicts(&p, &s);
    assert_eq!(v.on.len(), 2);
    let first = v.norms.iter().find(|n| n.norm == "HEAL.1").unwrap();
    assert_eq!(
        (first.bound, first.verdict),
        (Bound::Unknown, Verdict::CannotTell)
    );
}

#[test]
fn where_nobody_is_named_no_state_is_judged() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    register(&mut p, &treaty()).unwrap();
    accede(&mut p, Kind::StateAccede, json!({})).unwrap();
    let mut s = coded("nobody");
    s.items.truncate(1); // one strand names nobody
    s.strands.truncate(1);
    let proposal = until_votes(&mut p, &s);
    assert!(proposal.named.is_none());
    let v = verdicts(&p, &s);
    assert!(v.party.is_unnamed() && v.authorship.is_empty());
    assert_eq!(words(&v, "HEAL.1"), "cannot tell");
    let values: Vec<Kleene> = v.norms[0].elements.iter().map(|e| e.value).collect();
    assert_eq!(values, [Kleene::Met, Kleene::Unknown]);
    assert!(
        !serde_json::to_string(&proposal.norms)
            .unwrap()
            .contains(NAMED)
    );
}

#[test]
fn sealed_or_faulty_facts_carry_no_finding() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = coded("sealed-facts");
    let proposal = until_votes(&mut p, &s);
    for reviewer in p.cast.with_role(SeatSpecRole::Reviewer) {
        p.vote(&s.id, reviewer, &proposal, "publish").unwrap();
    }
    p.disclose_votes(&s.id).unwrap();
    let ids = p
        .in_case(&s.id, |c| {
            let mut ids = vec![c.hypotheses.unwrap()];
            ids.extend(&c.assessments);
            ids.extend(c.notice.as_ref().map(|n| n.statement));
            ids
        })
        .unwrap();
    for id in ids {
        p.disclose(&s.id, id).unwrap();
    }
    let body = p.finding_body(&s.id, &proposal).unwrap();
    assert_eq!(publish(&mut p, &s, body), Code::SealedEvidence);
}

#[test]
fn facts_out_of_the_vocabulary_do_not_open() {
    type Change = fn(&mut rehearsal::ScriptFact);
    let changes: [(&str, Change); 4] = [
        ("word", |f| f.value = "moon-base".parse().unwrap()),
        ("state", |f| f.about = Some("XQ".parse().unwrap())),
        ("likelihood", |f| f.likelihood_ppm = 1_000_001),
        ("exhibit", |f| f.items.clear()),
    ];
    for (name, change) in changes {
        let cast = cast();
        let mut desk = founded(&cast);
        let mut p = start(&cast, &mut desk);
        let mut s = coded("faulty");
        change(&mut s.facts[0].facts[0]);
        let proposal = until_votes(&mut p, &s);
        for reviewer in p.cast.with_role(SeatSpecRole::Reviewer) {
            p.vote(&s.id, reviewer, &proposal, "publish").unwrap();
        }
        p.disclose_votes(&s.id).unwrap();
        let id = p.in_case(&s.id, |c| c.facts[0].1).unwrap();
        let got = refused(p.disclose(&s.id, id));
        assert_eq!(got, Code::ContentInvalid, "{name}");
    }
}

#[test]
fn a_later_round_codes_again_and_the_last_of_each_coder_counts() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    register(&mut p, &treaty()).unwrap();
    accede(&mut p, Kind::StateAccede, json!({})).unwrap();
    let s = coded("coded-again");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    p.publish(&s.id, &proposal).unwrap();
    p.wait(3_600).unwrap();
    let mut again = s.facts[0].clone();
    again.facts[0].likelihood_ppm = 500_000;
    let body = json!({"content": again.content(&s.items)});
    let coder = player(&cast, "coder-one");
    p.say(&coder.key, Kind::Facts, Some(&s.id), body).unwrap();
    assert_eq!(
        p.in_case(&s.id, |c| (c.round, c.facts.len())).unwrap(),
        (2, 3)
    );
    rest_of_round(&mut p, &s);
    assert_eq!(words(&verdicts(&p, &s), "HEAL.1"), "cannot tell");
    let proposal = p.propose(&s.id).unwrap().0;
    p.publish(&s.id, &proposal).unwrap();
    // each round's finding is still recomputed to the bit, and what changes a name changes the verdicts
    let charter = p.charter(Clone::clone).unwrap();
    let case = p.in_case(&s.id, Clone::clone).unwrap();
    for finding in &case.findings {
        let same = record::derive::rerun(&case, finding, &charter, &[]).unwrap();
        assert_eq!(same.bytes(), finding.replayed.bytes());
    }
    let without: Vec<String> = ["I-S1", "I-S2", "I-S3"]
        .map(|i| format!("item.{i}"))
        .to_vec();
    let less = record::derive::rerun(&case, &case.findings[0], &charter, &without).unwrap();
    assert!(less.verdicts.unwrap().party.is_unnamed());
}

#[test]
fn a_fact_rests_on_no_exhibit_that_its_reporter_keeps_private() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    register(&mut p, &treaty()).unwrap();
    let s = coded("private-fact");
    let file = before_panel(&mut p, &s, true);
    // an exhibit that no item rests on, only a fact
    let investigator = player(&cast, "investigator");
    let stored = rehearsal::Desk::store(p.desk, b"a patient list").unwrap();
    let body = json!({
        "sha256": stored.sha256, "ciphertext_sha256": stored.ciphertext_sha256, "size": 14, "media_type": "text/plain",
        "acquired": "2014-01-20", "how": "victim-system", "source": "hospital", "upstream": [], "tlp": "clear",
    });
    p.say(&investigator.key, Kind::Exhibit, Some(&s.id), body)
        .unwrap();
    let mut facts = serde_json::to_value(s.facts[0].content(&s.items)).unwrap();
    facts["facts"][0]["exhibits"] = json!([stored.sha256]);
    let coder = player(&cast, "coder-one");
    p.say(
        &coder.key,
        Kind::Facts,
        Some(&s.id),
        json!({"content": facts}),
    )
    .unwrap();
    let private = json!({"report": file.report, "level": "private", "exhibits": [stored.sha256]});
    p.say(&file.reporter, Kind::Consent, None, private).unwrap();
    let proposal = rest_of_round(&mut p, &s);
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::NoConsent);
}
