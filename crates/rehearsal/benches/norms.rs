//! How long all norms of the shipped corpus take on all cases of the demonstration: the promise is 50 ms.
#![allow(missing_docs, clippy::unwrap_used)] // criterion's macros document nothing; a bench may fail

extern crate solferino_rehearsal as rehearsal;

use criterion::{Criterion, criterion_group, criterion_main};
use norms::{Authorship, Found, Proof, Term};
use record::derive::Verdicts;
use record::law::Law;
use rehearsal::{Cast, MemoryDesk, Procedure, corpus, genesis};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Promised for all norms on all cases.
const MOST: Duration = Duration::from_millis(50);

/// A record with the whole corpus.
fn law() -> Arc<Law> {
    let time = "2014-01-01T00:00:00Z".parse().unwrap();
    let cast = Cast::new([7; 32], "record.example/bench", &corpus::panel().unwrap()).unwrap();
    let entries = genesis(&cast, time).unwrap();
    let mut desk = MemoryDesk::create(cast.log.clone(), &entries, time).unwrap();
    let documents = norms::SHIPPED.iter().map(|(_, document)| *document);
    let mut p = Procedure::new(&cast, &mut desk, time);
    p.register_texts(documents).unwrap();
    Arc::clone(&desk.auditor.state.global.law)
}

/// What a finding at S2 would ask, for every case.
fn cases(law: &Law) -> Vec<Verdicts> {
    let scripts = corpus::scripts().unwrap();
    let of = |script: &rehearsal::CaseScript| {
        let state = script
            .hypotheses
            .actors
            .iter()
            .find_map(|a| a.state.clone());
        let party: norms::Party = state.unwrap().parse().unwrap();
        let found = Found {
            proof: Some(Proof::S2),
            likelihood_ppm: 900_000,
            exonerated: false,
            finding: "bench".to_owned(),
        };
        let fact = |coder: &str, f: record::body::analysis::Fact| norms::Fact {
            coder: coder.to_owned(),
            element: f.element,
            value: f.value.to_string(),
            about: f.about,
            on: None,
            likelihood_ppm: f.likelihood_ppm,
            exhibits: f.exhibits.iter().map(ToString::to_string).collect(),
        };
        let coded = script.facts.iter().flat_map(|c| {
            let facts = c.content(&script.items).facts;
            facts.into_iter().map(move |f| fact(c.coder.as_str(), f))
        });
        Verdicts {
            party: party.clone(),
            on: vec![script.happened.to_string().parse().unwrap()],
            authorship: Authorship::from([(party, found)]),
            policy: norms::Policy::default(),
            reference_sha256: tlog::sha256(b""),
            texts: law
                .texts()
                .iter()
                .map(|(id, r)| (id.clone(), r.sha256))
                .collect(),
            facts: coded.collect(),
            set_aside: Vec::new(),
            agreement: Vec::new(),
            term: Term::IctActivity,
            aggravating: Vec::new(),
            norms: Vec::new(),
        }
    };
    scripts.iter().map(of).collect()
}

fn evaluate(c: &mut Criterion) {
    let law = law();
    let cases = cases(&law);
    let facts: usize = cases.iter().map(|v| v.facts.len()).sum();
    let name = format!(
        "{} norms on {} demonstration cases with {facts} facts, ledger built anew",
        law.corpus().entries().len(),
        cases.len()
    );
    c.bench_function(&name, |b| {
        b.iter(|| {
            let judged = cases.iter().map(|v| v.judge(&law).unwrap().len());
            black_box(judged.sum::<usize>())
        });
    });
    let run = |_| {
        let start = Instant::now();
        black_box(
            cases
                .iter()
                .map(|v| v.judge(&law).unwrap().len())
                .sum::<usize>(),
        );
        start.elapsed()
    };
    let best = (0..5).map(run).min().unwrap();
    assert!(best < MOST, "the promise is {MOST:?}: {best:?}");
}

criterion_group!(benches, evaluate);
criterion_main!(benches);
