//! Cases that check a claim made by others, through the whole procedure.

use record::body::claim::{AssertionOutcome, Because, Tested};
use record::body::outcome::{Outcome, Proposal};
use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{CaseScript, MemoryDesk, ScriptClaim};
use serde_json::{Value, json};

use crate::support::{before_panel, cast, founded, refused, rest_of_round, script};
use crate::threats::start;

/// A claim that says these things, each under the name a1, a2, …
pub(crate) fn claim(says: &[Value]) -> ScriptClaim {
    let named = says.iter().enumerate();
    let assertions: Vec<_> = named
        .map(|(n, says)| json!({"id": format!("a{}", n + 1), "says": says}))
        .collect();
    serde_json::from_value(json!({
        "publisher": "some-vendor", "published": "2014-01-20", "text": "They did it.", "assertions": assertions,
    }))
    .unwrap()
}

pub(crate) fn state(state: &str) -> Value {
    json!({"kind": "state-responsible", "state": state})
}

fn not_state(state: &str) -> Value {
    json!({"kind": "state-not-responsible", "state": state})
}

fn unit(actor: &str, state: Option<&str>) -> Value {
    match state {
        Some(state) => json!({"kind": "unit-responsible", "actor": actor, "state": state}),
        None => json!({"kind": "unit-responsible", "actor": actor}),
    }
}

fn observed(item: &str, of: &str) -> Value {
    json!({"kind": "observed", "item": item, "of": of})
}

/// Plays a script as the check of a claim, up to its published finding.
fn published(script: &CaseScript, says: &[Value]) -> (Proposal, MemoryDesk) {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let mut script = script.clone();
    script.claim = Some(claim(says));
    before_panel(&mut p, &script, true);
    let proposal = rest_of_round(&mut p, &script);
    p.publish(&script.id, &proposal).unwrap();
    (proposal, desk)
}

fn checked(script: &CaseScript, says: &[Value]) -> Proposal {
    published(script, says).0
}

fn answers(proposal: &Proposal) -> Vec<(Tested, Because)> {
    let answer = |a: &AssertionOutcome| (a.outcome, a.because);
    proposal.assertions.iter().map(answer).collect()
}

/// Names of the states a finding clears.
fn cleared(proposal: &Proposal) -> Vec<&str> {
    proposal.exonerated.iter().map(|s| s.as_str()).collect()
}

#[test]
fn a_supported_claim_names_the_state_it_names() {
    let (proposal, desk) = published(&script("claim"), &[state("XA"), unit("ALPHA", Some("XA"))]);
    assert_eq!(proposal.outcome, Outcome::Attributed);
    let named = proposal.named.as_ref().unwrap();
    assert_eq!(named.state.as_str(), "XA");
    assert_eq!(named.actor.as_deref(), Some("ALPHA"));
    let supported = (Tested::Supported, Because::StandardReached);
    assert_eq!(answers(&proposal), [supported, supported]);
    assert!(proposal.assertions[0].likelihood_ppm.unwrap() > 900_000);
    // and its bundle replays, assertions included
    let state = &desk.auditor.state;
    let case = &state.cases[&proposal.case];
    let bundle =
        record::bundle::build(state, case, case.findings[0].statement, &desk, Vec::new()).unwrap();
    let (v, _) = record::bundle::verify(bundle.to_string().as_bytes(), None);
    assert!(v.holds(), "{:?}", v.report);
}

#[test]
fn a_unit_nobody_asked_about_is_not_named() {
    let proposal = checked(&script("unasked"), &[state("XA")]);
    let named = proposal.named.unwrap();
    assert_eq!((named.state.as_str(), named.actor), ("XA", None));
}

#[test]
fn a_contradicted_claim_exonerates_and_names_nobody_else() {
    let proposal = checked(
        &script("wrong"),
        &[state("XB"), not_state("XB"), not_state("XA")],
    );
    // The evidence points to XA, and the claim speaks of it: so XA is named, and XB cleared beside it.
    assert_eq!(proposal.outcome, Outcome::Attributed);
    assert_eq!(cleared(&proposal), ["XB"]);
    assert_eq!(
        answers(&proposal),
        [
            (Tested::Exonerated, Because::Cleared),
            (Tested::Supported, Because::Cleared),
            (Tested::NotSupported, Because::StandardReached),
        ]
    );
    // A claim that speaks of XB alone names nobody, however clear XA is.
    let alone = checked(&script("wrong-alone"), &[state("XB")]);
    assert_eq!((alone.outcome, &alone.named), (Outcome::Exonerated, &None));
    assert_eq!(cleared(&alone), ["XB"]);
    assert_eq!(alone.standard, method::Standard::None);
    assert_eq!(
        Some(alone.likelihood_ppm),
        alone.assertions[0].likelihood_ppm
    );
    let said = serde_json::to_string(&alone).unwrap();
    assert!(!said.contains("XA"), "{said}");
}

#[test]
fn what_open_evidence_cannot_decide_stays_undecided() {
    let mut weak = script("undecided");
    weak.items.truncate(1);
    let says = [
        state("XA"),
        state("XC"),
        unit("GAMMA", None),
        unit("BETA", Some("XA")),
        not_state("XA"),
    ];
    let proposal = checked(&weak, &says);
    assert_eq!(proposal.outcome, Outcome::ClaimChecked);
    assert!(proposal.named.is_none() && proposal.exonerated.is_empty());
    let cannot_tell = |because| (Tested::CannotTell, because);
    assert_eq!(
        answers(&proposal),
        [
            cannot_tell(Because::Undecided),
            cannot_tell(Because::NotConsidered),
            cannot_tell(Because::NotConsidered),
            cannot_tell(Because::OtherState),
            cannot_tell(Because::Undecided),
        ]
    );
    assert_eq!(proposal.assertions[1].likelihood_ppm, None);
}

#[test]
fn one_strand_clears_nobody() {
    let mut weak = script("one-strand-clears");
    weak.items.truncate(1);
    weak.strands[0].c_ppm = 10_000;
    weak.items[0].lr[0].mban = [4_000; 3];
    weak.items[0].credibility = 1u8.try_into().unwrap();
    weak.hypotheses.delta_ppm = 1_000;
    let proposal = checked(&weak, &[state("XB")]);
    let answer = &proposal.assertions[0];
    // far below its prior, and still: one strand decides nothing about anybody
    assert_eq!(answer.outcome, Tested::CannotTell, "{answer:?}");
    assert!(cleared(&proposal).is_empty());
    assert_eq!(proposal.outcome, Outcome::ClaimChecked);
}

#[test]
fn a_small_prior_clears_nobody() {
    let mut silent = script("silent-claim");
    silent.hypotheses.actors[1].prior_ppm = 2_000;
    silent.hypotheses.actors[2].prior_ppm = 798_000;
    for item in &mut silent.items {
        item.lr.clear();
    }
    let answer = &checked(&silent, &[state("XB")]).assertions[0];
    assert_eq!(answer.because, Because::Undecided, "without evidence");
    // evidence that halves the odds, and no more, against a prior that is below the bound already
    for item in &mut silent.items {
        item.lr =
            serde_json::from_value(json!([{"actor": "BETA", "mban": [-150, -150, -150]}])).unwrap();
    }
    let answer = &checked(&silent, &[state("XB")]).assertions[0];
    assert!(answer.interval_ppm.unwrap()[1] < 50_000, "{answer:?}");
    assert_eq!(answer.because, Because::Undecided, "{answer:?}");
}

#[test]
fn observations_are_judged_by_their_item() {
    let mut s = script("observed");
    s.items[1].recheckable = false;
    s.items[2].credibility = 5u8.try_into().unwrap();
    s.items[3].credibility = 3u8.try_into().unwrap();
    let mut fifth = s.items[3].clone();
    fifth.id = "I-S5".into();
    fifth.reliability = method::Reliability::F;
    s.items.push(fifth);
    let says = [
        observed("I-S1", "malware"),
        observed("I-S2", "tradecraft"),
        observed("I-S3", "infrastructure"),
        observed("I-S4", "judicial"),
        observed("I-S5", "judicial"),
        observed("I-S1", "motive"),
        observed("unheard-of", "malware"),
    ];
    let proposal = checked(&s, &says);
    assert_eq!(
        answers(&proposal),
        [
            (Tested::Supported, Because::ReChecked),
            (Tested::CannotTell, Because::NotReCheckable),
            (Tested::NotSupported, Because::Contradicted),
            (Tested::CannotTell, Because::Doubtful),
            (Tested::CannotTell, Because::UnknownGrade),
            (Tested::CannotTell, Because::NoItem),
            (Tested::CannotTell, Because::NoItem),
        ]
    );
    assert_eq!(proposal.outcome, Outcome::ClaimChecked);
}

#[test]
fn exchanging_two_states_exchanges_the_outcomes() {
    let s = script("permuted");
    let mut other = s.clone();
    for actor in &mut other.hypotheses.actors {
        actor.state = actor.state.take().map(|s| exchanged(&s));
    }
    for relation in &mut other.hypotheses.relations {
        relation.state = exchanged(&relation.state);
    }
    let says = [state("XA"), state("XB"), unit("ALPHA", Some("XA"))];
    let swapped = [state("XB"), state("XA"), unit("ALPHA", Some("XB"))];
    let (a, b) = (checked(&s, &says), checked(&other, &swapped));
    assert_eq!(a.assertions, b.assertions);
    assert_eq!(a.named.unwrap().state.as_str(), "XA");
    assert_eq!(b.named.unwrap().state.as_str(), "XB");
    assert_eq!(
        a.exonerated[0].as_str(),
        exchanged(b.exonerated[0].as_str())
    );
}

fn exchanged(state: &str) -> String {
    match state {
        "XA" => "XB".into(),
        "XB" => "XA".into(),
        other => other.into(),
    }
}

#[test]
fn a_claim_is_kept_as_an_exhibit_or_nothing_is_found() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("not-kept");
    p.go_to(s.stages[0].cutoff.start()).unwrap();
    let file = p
        .report(&s.id, "disruption", "health", "2014-01-15", "account")
        .unwrap();
    p.consent(&file, "public").unwrap();
    let mut claim = claim(&[state("XB")]).claim(tlog::sha256(b"They did it."));
    claim.published = "2014-02-02".parse().unwrap();
    let question = record::body::case::Question::Claim(claim.clone());
    assert_eq!(refused(p.open_on(&file, &question)), Code::ClaimNotPublic);
    claim.published = "2014-02-01".parse().unwrap();
    p.open_on(&file, &record::body::case::Question::Claim(claim))
        .unwrap();
    p.analyse(&s, 0).unwrap();
    let proposal = rest_of_round(&mut p, &s);
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::ExhibitUnknown);
}

#[test]
fn a_claim_says_something_and_nothing_twice() {
    let open = |assertions: Value| {
        let body = json!({"reports": [], "selection_rule_sha256": tlog::sha256(b""), "question": {
            "kind": "claim", "publisher": "p", "published": "2014-01-01", "text_sha256": tlog::sha256(b""),
            "assertions": assertions}});
        record::kind::Body::parse(Kind::CaseOpen, &body).map_err(|e| e.to_string())
    };
    let one = |id: &str, says: Value| json!({"id": id, "says": says});
    assert!(open(json!([one("a", state("XA"))])).is_ok());
    let many: Vec<_> = (0..33)
        .map(|n| one(&format!("a{n}"), observed(&format!("I{n}"), "motive")))
        .collect();
    for (bad, why) in [
        (json!([]), "1 to 32"),
        (json!(many), "1 to 32"),
        (
            json!([one("a", state("XA")), one("a", state("XB"))]),
            "given twice",
        ),
        (
            json!([one("a", state("XA")), one("b", state("XA"))]),
            "say the same",
        ),
        (json!([one("a", state("Russia"))]), "alpha-2"),
        (json!([one("a", unit("a name", None))]), "identifier"),
        (
            json!([one(
                "a",
                json!({"kind": "state-responsible", "state": "XA", "sure": true})
            )]),
            "unknown field",
        ),
    ] {
        let error = open(bad).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn the_early_olympic_claim_stays_open() {
    let script = rehearsal::corpus::claims().unwrap().swap_remove(0);
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let played = rehearsal::play_stage(&mut p, &script, 0).unwrap();
    assert_eq!(played.proposal.outcome, Outcome::ClaimChecked);
    let undecided = (Tested::CannotTell, Because::Undecided);
    let likeness = (Tested::Supported, Because::ReChecked);
    assert_eq!(answers(&played.proposal), [undecided, undecided, likeness]);
    assert!(played.proposal.named.is_none() && played.proposal.exonerated.is_empty());
    // Merged strands damp what points elsewhere: the figures stand beside the answer, and are not rounded to one.
    let kp = &played.proposal.assertions[0];
    assert_eq!(kp.likelihood_ppm.map(|p| p / 10_000), Some(6));
}
