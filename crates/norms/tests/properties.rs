//! Properties of the evaluation over generated facts, for every norm of the corpus.

use crate::support::{SHIPPED, day, party};
use proptest::prelude::*;
use solferino_norms::{
    Authorship, Binding, Bound, Change, Element, Entry, Evaluator, Fact, Found, Given, Judgement,
    Kleene, Ledger, LedgerRow, LedgerRows, NO_OTHER, Party, Policy, Proof, Verdict,
};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const ON: &str = "2026-01-01";

/// Member states that stand for any: the first six that are in no list of participants and no succession.
static STATES: LazyLock<Vec<Party>> = LazyLock::new(|| {
    let listed = |code: &str| {
        SHIPPED
            .corpus
            .entries()
            .iter()
            .any(|e| match &e.text().binding {
                Binding::Participants { states, .. } => states.iter().any(|s| s.as_str() == code),
                _ => false,
            })
    };
    let plain = SHIPPED.states.iter().filter(|s| {
        s.un_member && !listed(&s.code) && SHIPPED.states.formers(&s.code).next().is_none()
    });
    plain.take(6).map(|s| party(&s.code)).collect()
});

/// Every word some norm asks for, with whether it is asked about the party judged.
static WORDS: LazyLock<Vec<(Element, String, bool)>> = LazyLock::new(|| {
    let mut words = std::collections::BTreeSet::new();
    for part in SHIPPED
        .corpus
        .entries()
        .iter()
        .flat_map(|e| &e.norm.elements)
    {
        part.when.walk(&mut |c| {
            if let solferino_norms::Condition::Fact(atom) = c {
                words.extend(
                    atom.words
                        .iter()
                        .map(|w| (atom.element, w.clone(), atom.of.is_some())),
                );
            }
        });
    }
    for (word, _) in SHIPPED.vocabulary.words(Element::AuthorLink) {
        words.insert((Element::AuthorLink, word.to_owned(), true));
    }
    for element in [
        Element::TargetClass,
        Element::Effect,
        Element::Intent,
        Element::HarmThreshold,
    ] {
        words.insert((element, NO_OTHER.to_owned(), false));
    }
    words.into_iter().collect()
});

fn likelihood() -> impl Strategy<Value = u32> {
    prop_oneof![
        Just(20_000),
        Just(200_000),
        Just(500_000),
        Just(800_000),
        Just(990_000)
    ]
}

fn a_fact() -> impl Strategy<Value = Fact> {
    let coder = prop_oneof![Just("a"), Just("b")];
    (0..WORDS.len(), 0..3_usize, likelihood(), coder).prop_map(
        |(word, about, likelihood_ppm, coder)| {
            let (element, value, of) = WORDS[word].clone();
            Fact {
                coder: coder.to_owned(),
                element,
                value,
                about: of.then(|| STATES[about].clone()),
                on: None,
                likelihood_ppm,
                exhibits: vec![format!("x{word}")],
            }
        },
    )
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    prop::collection::vec(a_fact(), 0..80)
}

fn authorship() -> impl Strategy<Value = Authorship> {
    let proof = prop_oneof![
        Just(None),
        Just(Some(Proof::S1)),
        Just(Some(Proof::S2)),
        Just(Some(Proof::S3))
    ];
    prop::collection::btree_map(0..3_usize, (proof, any::<bool>()), 0..3).prop_map(|map| {
        let found = |(proof, exonerated)| Found {
            proof,
            likelihood_ppm: 500_000,
            exonerated,
            finding: "f".to_owned(),
        };
        map.into_iter()
            .map(|(who, said)| (STATES[who].clone(), found(said)))
            .collect()
    })
}

fn judged(
    entries: &[Entry],
    who: &Party,
    facts: &[Fact],
    authorship: &Authorship,
    ledger: &Ledger<'_>,
) -> Vec<Judgement> {
    let given = Given {
        facts,
        authorship,
        ledger,
        vocabulary: &SHIPPED.vocabulary,
        policy: Policy::default(),
        on: day(ON),
    };
    let evaluator = Evaluator::new(given);
    entries.iter().map(|e| evaluator.judge(e, who)).collect()
}

fn all(who: &Party, facts: &[Fact], authorship: &Authorship) -> Vec<Judgement> {
    let ledger = Ledger::empty(&SHIPPED.states);
    judged(SHIPPED.corpus.entries(), who, facts, authorship, &ledger)
}

/// Renames states in anything that names them by their codes in quotes.
fn renamed<T: serde::Serialize + serde::de::DeserializeOwned>(
    value: &T,
    names: &BTreeMap<String, String>,
) -> T {
    fn walk(value: &mut serde_json::Value, names: &BTreeMap<String, String>) {
        match value {
            serde_json::Value::String(text) => {
                if let Some(name) = names.get(text.as_str()) {
                    name.clone_into(text);
                } else {
                    // Codes inside sentences, such as "a finding on AB that ...".
                    let words = text.split(' ').map(|w| {
                        let bare = w.trim_end_matches([':', ';', ',', '.']);
                        names
                            .get(bare)
                            .map_or(w.to_owned(), |n| w.replacen(bare, n, 1))
                    });
                    *text = words.collect::<Vec<_>>().join(" ");
                }
            }
            serde_json::Value::Array(list) => list.iter_mut().for_each(|v| walk(v, names)),
            serde_json::Value::Object(map) => {
                let old = std::mem::take(map);
                for (key, mut value) in old {
                    walk(&mut value, names);
                    map.insert(names.get(&key).cloned().unwrap_or(key), value);
                }
            }
            _ => {}
        }
    }
    let mut json = serde_json::to_value(value).unwrap();
    walk(&mut json, names);
    serde_json::from_value(json).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Unknown is never a breach and never innocence: the verdict follows from the elements alone.
    #[test]
    fn unknown_is_neither_breach_nor_innocence(facts in facts(), authorship in authorship()) {
        for judged in all(&STATES[0], &facts, &authorship) {
            let values: Vec<Kleene> = judged.elements.iter().map(|e| e.value).collect();
            let unknown = values.contains(&Kleene::Unknown) || values.is_empty();
            if unknown {
                prop_assert_ne!(judged.verdict, Verdict::Inconsistent);
            }
            if judged.verdict == Verdict::NotEngaged {
                prop_assert!(values.contains(&Kleene::NotMet));
            }
            prop_assert!(judged.words != "breach of" || judged.force == solferino_norms::Force::Treaty);
            let says_why = !judged.missing.is_empty() || judged.no_elements.is_some();
            prop_assert!(judged.verdict != Verdict::CannotTell || says_why, "{}", judged.norm);
        }
    }

    /// Nobody coded anything and no finding: nothing is inconsistent, nothing cleared.
    #[test]
    fn silence_decides_nothing(who in 0..6_usize) {
        for judged in all(&STATES[who], &[], &Authorship::new()) {
            prop_assert_eq!(judged.verdict, Verdict::CannotTell);
            prop_assert!(judged.aggravating.is_empty());
        }
    }

    /// Renaming the states renames the judgements and changes nothing else.
    #[test]
    fn permuting_states_permutes_verdicts(facts in facts(), authorship in authorship(), turn in 1..6_usize) {
        let names: BTreeMap<String, String> = (0..6)
            .map(|n| (STATES[n].to_string(), STATES[(n + turn) % 6].to_string()))
            .collect();
        let (other_facts, other_authorship) = (renamed(&facts, &names), renamed(&authorship, &names));
        for n in 0..3 {
            let (before, after) = (&STATES[n], &STATES[(n + turn) % 6]);
            let wanted = renamed(&all(before, &facts, &authorship), &names);
            prop_assert_eq!(wanted, all(after, &other_facts, &other_authorship));
        }
    }

    /// A fact no condition of a norm looks at changes nothing of its judgement; protected classes, effects and
    /// intents are said beside every verdict, so they are not irrelevant.
    #[test]
    fn an_irrelevant_fact_changes_nothing(facts in facts(), authorship in authorship(), extra in a_fact()) {
        prop_assume!(!matches!(extra.element, Element::TargetClass | Element::Effect | Element::Intent));
        let before = all(&STATES[0], &facts, &authorship);
        let mut more = facts.clone();
        more.push(extra.clone());
        let after = all(&STATES[0], &more, &authorship);
        for ((entry, before), after) in SHIPPED.corpus.entries().iter().zip(before).zip(after) {
            let mut looks = false;
            for part in &entry.norm.elements {
                part.when.walk(&mut |c| looks |= match c {
                    solferino_norms::Condition::Fact(atom) => {
                        let word = extra.value == NO_OTHER || atom.words.contains(&extra.value);
                        let about = atom.of.is_none() || extra.about.as_ref() == Some(&STATES[0]);
                        atom.element == extra.element && word && about
                    }
                    solferino_norms::Condition::Author(_) => {
                        extra.element == Element::AuthorLink && extra.about.as_ref() == Some(&STATES[0])
                    }
                    _ => false,
                });
            }
            if !looks {
                prop_assert_eq!(before, after);
            }
        }
    }

    /// Kleene monotonicity: coding a word nobody has coded never turns a decided verdict.
    #[test]
    fn learning_never_turns_a_decided_verdict(facts in facts(), authorship in authorship(), extra in a_fact()) {
        let known = |f: &Fact| {
            let list = extra.value == NO_OTHER || f.value == NO_OTHER;
            f.element == extra.element && (list || f.value == extra.value)
        };
        prop_assume!(!facts.iter().any(known));
        let mut more = facts.clone();
        more.push(extra);
        let after = all(&STATES[0], &more, &authorship);
        for (before, after) in all(&STATES[0], &facts, &authorship).into_iter().zip(after) {
            for (b, a) in before.elements.iter().zip(&after.elements) {
                prop_assert!(b.value == Kleene::Unknown || b.value == a.value, "{} {}", before.norm, b.element);
            }
            prop_assert!(before.verdict == Verdict::CannotTell || before.verdict == after.verdict, "{}", before.norm);
        }
    }

    /// What is said about another party decides no element of the one judged.
    #[test]
    fn a_fact_about_another_party_decides_nothing(facts in facts(), authorship in authorship(), extra in a_fact()) {
        let mut extra = extra;
        extra.about = Some(STATES[1].clone());
        let before = all(&STATES[0], &facts, &authorship);
        let mut more = facts.clone();
        more.push(extra);
        let after = all(&STATES[0], &more, &authorship);
        for (before, after) in before.iter().zip(&after) {
            prop_assert_eq!(&before.elements, &after.elements);
            prop_assert_eq!(before.verdict, after.verdict);
        }
    }

    /// Before accession: not bound then, whatever else is true; after it, the words follow the force.
    #[test]
    fn before_accession_not_bound_then(facts in facts(), authorship in authorship(), from in 2..28_u8, on in 2..28_u8) {
        let row = LedgerRow {
            party: STATES[0].clone(),
            instrument: "BUD".to_owned(),
            change: Change::Accede,
            from: day(&format!("2026-01-{from:02}")),
            articles: Vec::new(),
            evidence: "e".to_owned(),
            own_word: false,
};
        let rows = LedgerRows { rows: vec![row], ..LedgerRows::default() };
        let ledger = Ledger::build(&rows, &SHIPPED.corpus, &SHIPPED.states).unwrap();
        let given = Given {
            facts: &facts, authorship: &authorship, ledger: &ledger, vocabulary: &SHIPPED.vocabulary,
            policy: Policy::default(), on: day(&format!("2026-01-{on:02}")),
        };
        let evaluator = Evaluator::new(given);
        for entry in SHIPPED.corpus.entries().iter().filter(|e| e.text().id == "BUD") {
            let judged = evaluator.judge(entry, &STATES[0]);
            prop_assert_eq!(judged.bounds.bound == Bound::NotThen, on < from);
            prop_assert_eq!(judged.words == "not bound then", on < from);
            prop_assert_eq!(judged.words == "breach of", on >= from && judged.verdict == Verdict::Inconsistent);
        }
    }

    /// A reservation removes exactly its articles, for every norm of the treaty and every verdict.
    #[test]
    fn a_reservation_removes_exactly_its_articles(facts in facts(), out in 0..13_usize) {
        let treaty: Vec<Entry> = SHIPPED.corpus.entries().iter().filter(|e| e.text().id == "BUD").cloned().collect();
        let row = |change, articles: &[String]| LedgerRow {
            party: STATES[0].clone(), instrument: "BUD".to_owned(), change, from: day("2020-01-01"),
            articles: articles.to_vec(), evidence: "e".to_owned(),
 own_word: false,
        };
        let build = |rows| {
            let rows = LedgerRows { rows, ..LedgerRows::default() };
            Ledger::build(&rows, &SHIPPED.corpus, &SHIPPED.states).unwrap()
        };
        let plain = build(vec![row(Change::Accede, &[])]);
        let reserved = build(vec![row(Change::Accede, &[]), row(Change::Reserve, &treaty[out].norm.articles)]);
        let before = judged(&treaty, &STATES[0], &facts, &Authorship::new(), &plain);
        let after = judged(&treaty, &STATES[0], &facts, &Authorship::new(), &reserved);
        for (n, (before, after)) in before.into_iter().zip(after).enumerate() {
            if n == out {
                prop_assert_eq!(after.words, "not bound then");
                prop_assert_eq!(before.elements, after.elements);
            } else {
                prop_assert_eq!(before, after);
            }
        }
    }
}
