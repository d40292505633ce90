//! What the tests share: the shipped data, and short ways to write facts.

use serde_json::{Value, json};
use solferino_norms::{
    Against, Authorship, Corpus, Day, Evaluator, Fact, Found, Given, Judgement, Ledger, LedgerRows,
    Party, Policy, Proof, States, Themes, Vocabulary,
};
use std::sync::LazyLock;

pub(crate) struct Shipped {
    pub(crate) corpus: Corpus,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) themes: Themes,
    pub(crate) states: States,
}

pub(crate) static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| Shipped {
    corpus: Corpus::shipped().unwrap(),
    vocabulary: Vocabulary::shipped().unwrap(),
    themes: Themes::shipped().unwrap(),
    states: States::shipped().unwrap(),
});

pub(crate) fn against() -> Against<'static> {
    Against {
        vocabulary: &SHIPPED.vocabulary,
        themes: &SHIPPED.themes,
        states: &SHIPPED.states,
    }
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn party(text: &str) -> Party {
    text.parse().unwrap()
}

/// A fact of coder `a`; `about` empty: about nobody.
pub(crate) fn fact(element: &str, value: &str, about: &str, likelihood_ppm: u32) -> Fact {
    by("a", element, value, about, likelihood_ppm)
}

pub(crate) fn by(coder: &str, element: &str, value: &str, about: &str, ppm: u32) -> Fact {
    let mut fact: Value = json!({
        "coder": coder, "element": element, "value": value, "likelihood_ppm": ppm, "exhibits": [format!("x-{value}")],
    });
    if !about.is_empty() {
        fact["about"] = json!(about);
    }
    serde_json::from_value(fact).unwrap()
}

pub(crate) fn found(state: &str, proof: Proof) -> Authorship {
    let found = Found {
        proof: Some(proof),
        likelihood_ppm: 970_000,
        exonerated: false,
        finding: "f1".to_owned(),
    };
    Authorship::from([(party(state), found)])
}

pub(crate) fn ledger(rows: &LedgerRows) -> Ledger<'static> {
    Ledger::build(rows, &SHIPPED.corpus, &SHIPPED.states).unwrap()
}

pub(crate) fn judge(
    norm: &str,
    who: &str,
    facts: &[Fact],
    authorship: &Authorship,
    rows: &LedgerRows,
    on: &str,
) -> Judgement {
    let ledger = ledger(rows);
    let given = Given {
        facts,
        authorship,
        ledger: &ledger,
        vocabulary: &SHIPPED.vocabulary,
        policy: Policy::default(),
        on: day(on),
    };
    let entry = SHIPPED.corpus.get(norm).unwrap();
    Evaluator::new(given).judge(entry, &party(who))
}
