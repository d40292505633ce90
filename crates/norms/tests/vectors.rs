//! Cases of docs/norms.md: each norm named decides as its instrument says, element by element.
//!
//! The files in `tests/data` say for each norm and party whether it was bound, the words of the verdict, the value of
//! every element, and why the law has it so. `golden.txt` holds what all norms come to, to notice changes of the corpus;
//! `UPDATE=1` writes it anew.

use crate::support::{SHIPPED, against, day, party};
use serde::Deserialize;
use solferino_norms::{
    Authorship, Corpus, Day, Evaluator, Fact, Given, Judgement, Kleene, Ledger, LedgerRows, Party,
    Policy, Term, check_facts,
};
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    title: String,
    label: String,
    summary: String,
    sources: Vec<String>,
    on: Day,
    authorship: Authorship,
    ledger: LedgerRows,
    facts: Vec<Fact>,
    #[serde(default)]
    corpus: Option<serde_json::Value>,
    term: Term,
    expect: Vec<Expected>,
    variants: Vec<Variant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variant {
    name: String,
    on: Option<Day>,
    without: Vec<(String, String)>,
    add: Vec<Fact>,
    term: Option<Term>,
    expect: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    norm: String,
    party: Party,
    bound: solferino_norms::Bound,
    words: String,
    elements: BTreeMap<String, Kleene>,
    why: String,
}

const CASES: &[&str] = &[
    include_str!("data/wannacry-hospital.json"),
    include_str!("data/notpetya-shipping.json"),
    include_str!("data/dnc-mail.json"),
    include_str!("data/viasat.json"),
    include_str!("data/icrc-breach.json"),
    include_str!("data/bank-theft.json"),
    include_str!("data/trade-secrets.json"),
    include_str!("data/company-pledge.json"),
    include_str!("data/proposed-rule.json"),
    include_str!("data/due-diligence.json"),
    include_str!("data/treaty-duty.json"),
    include_str!("data/refusals.json"),
];

fn cases() -> Vec<Case> {
    CASES
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect()
}

fn corpus(case: &Case) -> Corpus {
    match &case.corpus {
        None => SHIPPED.corpus.clone(),
        Some(file) => Corpus::load(&[("proposed", &file.to_string())], against()).unwrap(),
    }
}

fn evaluated<T>(
    case: &Case,
    facts: &[Fact],
    on: Day,
    then: impl FnOnce(&Evaluator<'_>, &Corpus) -> T,
) -> T {
    let corpus = corpus(case);
    let ledger = Ledger::build(&case.ledger, &corpus, &SHIPPED.states).unwrap();
    let given = Given {
        facts,
        authorship: &case.authorship,
        ledger: &ledger,
        vocabulary: &SHIPPED.vocabulary,
        policy: Policy::default(),
        on,
    };
    then(&Evaluator::new(given), &corpus)
}

fn check(what: &str, judged: &Judgement, expected: &Expected) {
    let what = format!(
        "{what}, {} for {}: {}",
        expected.norm, expected.party, expected.why
    );
    let elements: BTreeMap<String, Kleene> = judged
        .elements
        .iter()
        .map(|e| (e.element.to_string(), e.value))
        .collect();
    assert_eq!(elements, expected.elements, "{what}\n{judged:#?}");
    assert_eq!(
        judged.bounds.bound, expected.bound,
        "{what}: {}",
        judged.bounds.reason
    );
    assert_eq!(judged.words, expected.words, "{what}");
    assert!(
        judged
            .elements
            .iter()
            .all(|e| !e.source.is_empty() && !e.reason.is_empty())
    );
    for element in judged
        .elements
        .iter()
        .filter(|e| e.value != Kleene::Unknown)
    {
        let exonerated = element.author.as_ref().is_some_and(|a| a.links.is_empty());
        assert!(
            !element.exhibits.is_empty() || exonerated,
            "{what}: {}",
            element.element
        );
    }
}

#[test]
fn each_case_decides_as_the_instruments_say() {
    let mut compared = 0;
    for case in cases() {
        evaluated(&case, &case.facts, case.on, |evaluator, corpus| {
            assert_eq!(evaluator.term(), case.term, "{}", case.id);
            for expected in &case.expect {
                let entry = corpus.get(&expected.norm).unwrap();
                check(&case.id, &evaluator.judge(entry, &expected.party), expected);
                compared += 1;
            }
        });
        for variant in &case.variants {
            let gone = |f: &Fact| {
                let of = |(element, value): &(String, String)| {
                    f.element.as_str() == element && &f.value == value
                };
                variant.without.iter().any(of)
            };
            for (element, value) in &variant.without {
                let there = case
                    .facts
                    .iter()
                    .any(|f| f.element.as_str() == element && &f.value == value);
                assert!(
                    there,
                    "{}, {}: no fact {element} {value}",
                    case.id, variant.name
                );
            }
            let mut facts: Vec<Fact> = case.facts.iter().filter(|f| !gone(f)).cloned().collect();
            facts.extend(variant.add.iter().cloned());
            let what = format!("{}, {}", case.id, variant.name);
            evaluated(
                &case,
                &facts,
                variant.on.unwrap_or(case.on),
                |evaluator, corpus| {
                    assert_eq!(
                        evaluator.term(),
                        variant.term.unwrap_or(case.term),
                        "{what}"
                    );
                    for expected in &variant.expect {
                        let entry = corpus.get(&expected.norm).unwrap();
                        check(&what, &evaluator.judge(entry, &expected.party), expected);
                        compared += 1;
                    }
                },
            );
        }
    }
    assert!(compared > 70, "{compared}");
}

/// Facts are well-formed, rest on a named source, and each file says what it is.
#[test]
fn the_files_are_well_formed_and_say_what_they_are() {
    for case in cases() {
        assert!(!case.title.is_empty() && !case.summary.is_empty());
        assert!(case.label.starts_with("Illustrative") || case.label.starts_with("Fictional"));
        let names: Vec<&str> = case
            .sources
            .iter()
            .filter_map(|s| s.split_once(": "))
            .map(|s| s.0)
            .collect();
        assert_eq!(names.len(), case.sources.len(), "{}", case.id);
        let added = case.variants.iter().flat_map(|v| &v.add);
        let facts: Vec<Fact> = case.facts.iter().chain(added).cloned().collect();
        check_facts(&facts, &SHIPPED.vocabulary, &SHIPPED.states).unwrap();
        for exhibit in facts.iter().flat_map(|f| &f.exhibits) {
            assert!(names.contains(&exhibit.as_str()), "{}: {exhibit}", case.id);
        }
    }
}

/// Whoever is accused in a case by name is answered in it: a denial is among the sources.
#[test]
fn the_accused_are_heard() {
    for case in cases()
        .iter()
        .filter(|c| c.label.starts_with("Illustrative"))
    {
        let named = !case.authorship.is_empty();
        let heard = case
            .sources
            .iter()
            .any(|s| s.contains("denial") || s.contains("spokesperson"));
        assert!(!named || heard, "{}", case.id);
    }
}

/// All norms on all cases, for the first party of each: a change shows here.
#[test]
fn golden() {
    let mut lines = Vec::new();
    for case in cases() {
        let who = case.expect[0].party.clone();
        evaluated(&case, &case.facts, case.on, |evaluator, corpus| {
            let mut by_words: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for entry in corpus.entries() {
                let judged = evaluator.judge(entry, &who);
                by_words.entry(judged.words).or_default().push(judged.norm);
            }
            for (words, norms) in by_words {
                lines.push(format!(
                    "{} {who} {words} ({}): {}",
                    case.id,
                    norms.len(),
                    norms.join(" ")
                ));
            }
        });
    }
    let text = lines.join("\n") + "\n";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/golden.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        text,
        "UPDATE=1 writes it anew"
    );
}

/// Judges every norm of the corpus on every case for its first party; how many judgements that was. Reading the files is
/// included, so this is more than the promise speaks of.
pub(crate) fn judge_all() -> usize {
    let judged = cases().into_iter().map(|case| {
        let who = case.expect[0].party.clone();
        evaluated(&case, &case.facts, case.on, |evaluator, corpus| {
            let judged = corpus.entries().iter().map(|e| evaluator.judge(e, &who));
            judged.filter(|j| !j.words.is_empty()).count()
        })
    });
    judged.sum()
}

/// The order of facts and of coders' statements changes nothing.
#[test]
fn the_order_of_facts_changes_nothing() {
    for case in cases() {
        let who = case.expect[0].party.clone();
        let all = |facts: &[Fact]| {
            evaluated(&case, facts, case.on, |evaluator, corpus| {
                let judged = corpus.entries().iter().map(|e| evaluator.judge(e, &who));
                judged.collect::<Vec<_>>()
            })
        };
        let mut turned = case.facts.clone();
        turned.reverse();
        assert_eq!(all(&case.facts), all(&turned), "{}", case.id);
    }
}

#[test]
fn a_case_of_nobody_names_nobody() {
    let case = cases().into_iter().find(|c| c.id == "icrc-breach").unwrap();
    assert!(case.authorship.is_empty());
    assert!(!SHIPPED.states.has("ZZ"));
    evaluated(&case, &case.facts, case.on, |evaluator, corpus| {
        for state in SHIPPED.states.iter().step_by(40) {
            for entry in corpus.entries() {
                let judged = evaluator.judge(entry, &party(&state.code));
                assert_ne!(
                    judged.verdict,
                    solferino_norms::Verdict::Inconsistent,
                    "{}",
                    judged.norm
                );
            }
        }
    });
    assert_eq!(case.on, day("2021-11-09"));
}
