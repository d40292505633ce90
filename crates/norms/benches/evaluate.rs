//! How long all 143 norms take on the cases of the vectors, and how long the corpus takes to load.
#![allow(missing_docs, clippy::unwrap_used)] // criterion's macros document nothing; a bench may fail

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::Value;
use solferino_norms::{
    Authorship, Corpus, Day, Evaluator, Fact, Given, Ledger, LedgerRows, Party, Policy, States,
    Vocabulary,
};
use std::hint::black_box;

const CASES: &[&str] = &[
    include_str!("../tests/data/wannacry-hospital.json"),
    include_str!("../tests/data/notpetya-shipping.json"),
    include_str!("../tests/data/dnc-mail.json"),
    include_str!("../tests/data/viasat.json"),
    include_str!("../tests/data/icrc-breach.json"),
    include_str!("../tests/data/bank-theft.json"),
    include_str!("../tests/data/trade-secrets.json"),
    include_str!("../tests/data/company-pledge.json"),
    include_str!("../tests/data/due-diligence.json"),
    include_str!("../tests/data/treaty-duty.json"),
    include_str!("../tests/data/refusals.json"),
];

struct Case {
    on: Day,
    party: Party,
    facts: Vec<Fact>,
    authorship: Authorship,
    rows: LedgerRows,
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

fn cases() -> Vec<Case> {
    let case = |text: &&str| {
        let file: Value = serde_json::from_str(text).unwrap();
        Case {
            on: read(&file["on"]),
            party: read(&file["expect"][0]["party"]),
            facts: read(&file["facts"]),
            authorship: read(&file["authorship"]),
            rows: read(&file["ledger"]),
        }
    };
    CASES.iter().map(case).collect()
}

fn evaluate(c: &mut Criterion) {
    let corpus = Corpus::shipped().unwrap();
    let (vocabulary, states) = (Vocabulary::shipped().unwrap(), States::shipped().unwrap());
    let cases = cases();
    let name = format!("{} norms on {} cases", corpus.entries().len(), cases.len());
    c.bench_function(&name, |b| {
        b.iter(|| {
            let mut elements = 0;
            for case in &cases {
                let ledger = Ledger::build(&case.rows, &corpus, &states).unwrap();
                let evaluator = Evaluator::new(Given {
                    facts: &case.facts,
                    authorship: &case.authorship,
                    ledger: &ledger,
                    vocabulary: &vocabulary,
                    policy: Policy::default(),
                    on: case.on,
                });
                for entry in corpus.entries() {
                    elements += evaluator.judge(entry, &case.party).elements.len();
                }
            }
            black_box(elements)
        });
    });
    c.bench_function("load the shipped corpus", |b| {
        b.iter(|| black_box(Corpus::shipped().unwrap()));
    });
}

criterion_group!(benches, evaluate);
criterion_main!(benches);
