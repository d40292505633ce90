//! Against calibration: answers late, twice, unopened, and weights that reach too far.

use record::bundle;
use record::derive;
use record::ids::StatementId;
use record::kind::Kind;
use record::refusal::Code;
use record::statement::CONTENT;
use record::trust;
use rehearsal::{Cast, MemoryDesk, Procedure, RehearsalError};
use serde_json::json;

use crate::support::{DAY_S, at, before_panel};
use crate::support::{cast, founded, refused, rest_of_round, script, until_votes, vote_and_open};

use super::{reviewer, start};

const CLOSES: &str = "2014-01-10T00:00:00Z";

type Said = Result<StatementId, RehearsalError>;
type P<'a> = Procedure<'a, MemoryDesk>;

fn ask(p: &mut P<'_>, question: &str) -> Said {
    let registrar = p.player(rehearsal::SeatSpecRole::Registrar)?;
    let body = json!({"question": question, "closes": CLOSES, "outcomes": ["yes", "no"],
        "text_sha256": tlog::sha256(b"Will it?")});
    p.say(&registrar.key, Kind::CalibrationAsk, None, body)
}

fn answer(p: &mut P<'_>, n: usize, question: &str, yes_ppm: u32) -> Said {
    let me = reviewer(p.cast, n);
    let content = json!({"ppm": [yes_ppm, 1_000_000 - yes_ppm]});
    let body = json!({"question": question, "content": content});
    p.say(&me.key, Kind::CalibrationAnswer, None, body)
}

fn open(p: &mut P<'_>, answer: StatementId) -> Said {
    let opening = p.desk.openings[&answer].clone();
    assert_eq!(opening.pointer, CONTENT);
    let body = json!({"answer": answer, "salt": opening.salt, "value": opening.value});
    let key = reviewer(p.cast, 0).key.clone();
    p.say(&key, Kind::CalibrationOpen, None, body)
}

fn resolve(p: &mut P<'_>, question: &str, outcome: &str) -> Said {
    let registrar = p.player(rehearsal::SeatSpecRole::Registrar)?;
    let body = json!({"question": question, "outcome": outcome, "evidence_sha256": tlog::sha256(b"It did.")});
    p.say(&registrar.key, Kind::CalibrationResolve, None, body)
}

/// So many questions that came true, answered by reviewer 0 with `good` and by reviewer 1 with
/// `bad`; the answers of reviewer 1 stay sealed if `hidden`.
fn played(p: &mut P<'_>, count: usize, good: u32, bad: u32, hidden: bool) {
    let mut answers = Vec::new();
    for n in 0..count {
        let question = format!("question-{n}");
        ask(p, &question).unwrap();
        answers.push(answer(p, 0, &question, good).unwrap());
        let second = answer(p, 1, &question, bad).unwrap();
        answers.extend((!hidden).then_some(second));
    }
    p.go_to(at(CLOSES)).unwrap();
    for id in answers {
        open(p, id).unwrap();
    }
    if hidden {
        // there is time to open an answer before it counts as the worst
        assert_eq!(refused(resolve(p, "question-0", "yes")), Code::QuestionOpen);
        p.wait(7 * DAY_S).unwrap();
    }
    for n in 0..count {
        resolve(p, &format!("question-{n}"), "yes").unwrap();
    }
}

fn record_of(cast: &Cast, p: &P<'_>, n: usize) -> method::Calibration {
    let global = &p.desk.auditor.state.global;
    global.calibration(&reviewer(cast, n).spec.id)
}

#[test]
fn an_answer_after_the_close() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    assert_eq!(refused(answer(&mut p, 0, "q", 1)), Code::QuestionUnknown);
    ask(&mut p, "q").unwrap();
    p.go_to(at(CLOSES)).unwrap();
    assert_eq!(refused(answer(&mut p, 0, "q", 1)), Code::QuestionClosed);
}

#[test]
fn a_question_resolved_before_its_close_or_twice() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    ask(&mut p, "q").unwrap();
    assert_eq!(refused(resolve(&mut p, "q", "yes")), Code::QuestionOpen);
    p.go_to(at(CLOSES)).unwrap();
    assert_eq!(
        refused(resolve(&mut p, "q", "maybe")),
        Code::QuestionInvalid
    );
    resolve(&mut p, "q", "yes").unwrap();
    assert_eq!(refused(resolve(&mut p, "q", "no")), Code::QuestionResolved);
    assert_eq!(refused(resolve(&mut p, "r", "no")), Code::QuestionUnknown);
}

#[test]
fn a_reviewer_answering_twice() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    ask(&mut p, "q").unwrap();
    answer(&mut p, 0, "q", 900_000).unwrap();
    assert_eq!(
        refused(answer(&mut p, 0, "q", 100_000)),
        Code::QuestionAnswered
    );
    answer(&mut p, 1, "q", 100_000).unwrap();
}

#[test]
fn a_question_asked_twice_or_without_a_choice() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    ask(&mut p, "q").unwrap();
    p.wait(1).unwrap();
    assert_eq!(refused(ask(&mut p, "q")), Code::QuestionExists);
    let registrar = p.player(rehearsal::SeatSpecRole::Registrar).unwrap();
    for (closes, outcomes) in [
        (CLOSES, json!(["yes"])),
        (CLOSES, json!(["yes", "yes"])),
        ("2014-01-01T00:00:00Z", json!(["yes", "no"])),
    ] {
        let body = json!({"question": "r", "closes": closes, "outcomes": outcomes, "text_sha256": tlog::sha256(b"")});
        let said = p.say(&registrar.key, Kind::CalibrationAsk, None, body);
        assert_eq!(refused(said), Code::QuestionInvalid);
    }
}

#[test]
fn an_answer_opened_early_or_to_something_else() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    ask(&mut p, "q").unwrap();
    let id = answer(&mut p, 0, "q", 900_000).unwrap();
    assert_eq!(refused(open(&mut p, id)), Code::QuestionOpen);
    p.go_to(at(CLOSES)).unwrap();
    let honest = p.desk.openings[&id].clone();
    p.desk.openings.get_mut(&id).unwrap().value = json!({"ppm": [100_000, 900_000]});
    assert_eq!(refused(open(&mut p, id)), Code::SealMismatch);
    p.desk.openings.insert(id, honest);
    open(&mut p, id).unwrap();
    p.wait(1).unwrap();
    assert_eq!(refused(open(&mut p, id)), Code::AlreadyOpen);
}

#[test]
fn an_answer_that_is_no_distribution_never_opens() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    ask(&mut p, "q").unwrap();
    let me = reviewer(&cast, 0);
    let body = json!({"question": "q", "content": {"ppm": [1_000_000, 1_000_000]}});
    let id = p.say(&me.key, Kind::CalibrationAnswer, None, body).unwrap();
    p.go_to(at(CLOSES)).unwrap();
    assert_eq!(refused(open(&mut p, id)), Code::ContentInvalid);
    p.wait(7 * DAY_S).unwrap();
    resolve(&mut p, "q", "yes").unwrap();
    assert_eq!(record_of(&cast, &p, 0).unopened, 1);
}

#[test]
fn a_bad_answer_kept_sealed_counts_as_the_worst() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    played(&mut p, 3, 900_000, 400_000, true);
    let hidden = record_of(&cast, &p, 1);
    assert_eq!((hidden.n, hidden.unopened, hidden.brier), (3, 3, 2.0));
    assert!(hidden.weight_ppm < record_of(&cast, &p, 0).weight_ppm);
    // opening it later is better for its author, never worse
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    played(&mut p, 3, 900_000, 400_000, false);
    assert!(record_of(&cast, &p, 1).weight_ppm > hidden.weight_ppm);
}

#[test]
fn weights_are_shrunk_bounded_and_counted_in_both_pools() {
    let cast = cast();
    let s = script("weighed");
    let mut linear = Vec::new();
    for count in [0, 3, 30] {
        let mut desk = founded(&cast);
        let mut p = start(&cast, &mut desk);
        played(&mut p, count, 1_000_000, 0, false);
        let proposal = until_votes(&mut p, &s);
        let (_, replayed) = p.propose(&s.id).unwrap();
        let weights: Vec<u32> = replayed
            .inputs
            .reviews
            .iter()
            .map(|r| r.weight_ppm)
            .collect();
        let (best, worst) = match count {
            0 => (1_000_000, 1_000_000),
            3 => (1_033_333, 966_667),
            _ => (1_333_333, 666_667),
        };
        assert_eq!(weights[..3], [best, worst, 1_000_000], "{count} questions");
        linear.push(replayed.evaluation.pools.unwrap().linear);
        // and what is published under these weights verifies and replays from its bundle alone
        vote_and_open(&mut p, &s.id, &proposal);
        let finding = p.publish(&s.id, &proposal).unwrap();
        let state = &desk.auditor.state;
        let case = &state.cases[&s.id];
        let bundle = bundle::build(state, case, finding, &desk, Vec::new()).unwrap();
        let trust = trust::of_charter(state.global.charter.as_ref().unwrap()).unwrap();
        let (v, _) = bundle::verify(bundle.to_string().as_bytes(), Some(&trust));
        assert!(v.holds(), "{:?}", v.report);
    }
    assert_ne!(linear[0], linear[1]);
    assert_ne!(linear[1], linear[2]);
}

#[test]
fn a_question_resolved_during_a_review_moves_nothing_in_it() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    ask(&mut p, "q").unwrap();
    let id = answer(&mut p, 0, "q", 1_000_000).unwrap();
    let s = script("during");
    let proposal = until_votes(&mut p, &s);
    let digest = |p: &P<'_>| {
        let state = &p.desk.auditor.state;
        derive::state_sha256(&state.global, &state.cases[&s.id])
    };
    let before = digest(&p);
    open(&mut p, id).unwrap();
    resolve(&mut p, "q", "yes").unwrap();
    assert!(record_of(&cast, &p, 0).weight_ppm > 1_000_000);
    assert_eq!(p.propose(&s.id).unwrap().0, proposal);
    assert_eq!(digest(&p), before);
    vote_and_open(&mut p, &s.id, &proposal);
    p.publish(&s.id, &proposal).unwrap();
}

/// A bundle from which the questions are missing gives other weights, and does not verify.
#[test]
fn questions_left_out_of_a_bundle() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    played(&mut p, 5, 900_000, 200_000, false);
    let s = script("left-out");
    before_panel(&mut p, &s, true);
    let proposal = rest_of_round(&mut p, &s);
    let finding = p.publish(&s.id, &proposal).unwrap();
    let state = &desk.auditor.state;
    let mut bundle = bundle::build(state, &state.cases[&s.id], finding, &desk, Vec::new()).unwrap();
    let whole = bundle.statements.len();
    let resolved = |index: u64| {
        let mut all = state.statements.kinds();
        all.any(|said| said == (index, Kind::CalibrationResolve))
    };
    bundle.statements.retain(|s| !resolved(s.index));
    assert_eq!(bundle.statements.len(), whole - 5);
    assert_eq!(super::fails_at(&bundle, None), "rules");
}
