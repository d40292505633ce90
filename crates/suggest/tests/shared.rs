//! The shared attribution benchmark, read where it is at hand: the port's checks and the figures to reach.
//!
//! Set `SOLFERINO_SHARED_DATA` to the folder that holds `attack/attribution-benchmark.json.gz`; without it
//! `../shared/data` beside the workspace is tried.

use std::io::Read as _;
use std::path::PathBuf;

use solferino_suggest::{Benchmark, Options, RankerReport, SHIPPED, Weights, ranker, run};

fn path() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let root = std::env::var_os("SOLFERINO_SHARED_DATA").map_or(beside.into(), PathBuf::from);
    let path = root.join("attack/attribution-benchmark.json.gz");
    if path.is_file() {
        return Some(path);
    }
    eprintln!(
        "*** SKIPPED: no {}; set SOLFERINO_SHARED_DATA ***",
        path.display()
    );
    None
}

fn shared() -> Option<Benchmark> {
    let mut bytes = Vec::new();
    let packed = std::fs::File::open(path()?).unwrap();
    flate2::read::GzDecoder::new(packed)
        .read_to_end(&mut bytes)
        .unwrap();
    Some(Benchmark::parse(&bytes).unwrap())
}

fn measured(file: &Benchmark, name: &str, without_forgery: bool) -> RankerReport {
    let options = Options {
        from: Some("v6.0".to_owned()),
        ranker: Some(name.to_owned()),
        without_forgery,
    };
    run(file, &options).unwrap().rankers.remove(0)
}

#[test]
fn the_dirichlet_baseline_is_a_faithful_port() {
    let Some(file) = shared() else { return };
    assert_eq!(file.checks.len(), 20);
    let ranker = ranker("dirichlet").unwrap();
    for (case, check) in file.temporal.iter().zip(&file.checks) {
        let knowledge = file.knowledge(case.release);
        let scores = ranker
            .prepare(&knowledge)
            .columns(&case.features)
            .scores(&[1.0]);
        for (group, score) in check {
            let got = scores[file.candidate(case.release, *group).unwrap()];
            assert!((got - score).abs() < 1e-9, "{got} {score}");
        }
    }
}

#[test]
fn the_shipped_ranker_beats_the_published_conditional_logit() {
    let Some(file) = shared() else { return };
    let t = measured(&file, SHIPPED, true).temporal;
    assert_eq!(t.cases, 137);
    assert!(
        t.top1.value > 0.380 && t.top3.value > 0.496,
        "{:?} {:?}",
        t.top1,
        t.top3
    );
    assert!(
        t.mrr.value > 0.469 && t.log_loss.value < 3.08,
        "{:?} {:?}",
        t.mrr,
        t.log_loss
    );
    assert!(
        t.ece < 0.095 && t.ece_equal_count < 0.095,
        "{} {}",
        t.ece,
        t.ece_equal_count
    );
}

#[test]
fn five_planted_artefacts_flip_few_confident_answers() {
    let Some(file) = shared() else { return };
    let forgery = measured(&file, SHIPPED, false).forgery.unwrap();
    let confident = forgery.at.iter().find(|at| at.confidence == 0.8).unwrap();
    assert!(confident.answers >= 20, "{confident:?}");
    assert!(confident.flipped.unwrap() < 0.30, "{confident:?}");
    // What the cap is measured against: the uncapped baseline flips far more often.
    let baseline = measured(&file, "dirichlet", false).forgery.unwrap();
    let baseline = baseline.at.iter().find(|at| at.confidence == 0.8).unwrap();
    assert!(baseline.flipped.unwrap() > 0.40, "{baseline:?}");
}

#[test]
fn the_shipped_weights_come_from_this_file() {
    let Some(file) = shared() else { return };
    let shipped = Weights::shipped().unwrap();
    let learned = Weights::learn(&file, shipped.data_sha256.clone(), None).unwrap();
    assert_eq!(learned, shipped);
}
