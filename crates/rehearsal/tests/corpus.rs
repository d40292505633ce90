//! The worked cases and claims through the whole procedure, in memory.

use record::bundle;
use record::trust;
use rehearsal::{Procedure, corpus, play_stage};

use crate::support::{at, cast, founded};

#[test]
fn every_stage_is_published_and_its_bundle_replays() {
    let cast = cast();
    let mut desk = founded(&cast);
    let scripts = corpus::scripts().unwrap();
    let mut stages: Vec<_> = scripts
        .iter()
        .flat_map(|s| (0..s.stages.len()).map(move |n| (s.stages[n].cutoff, s, n)))
        .collect();
    stages.sort_by_key(|(day, s, n)| (*day, s.id.clone(), *n));
    let start = std::time::Instant::now();
    for (_, script, stage) in stages {
        let mut p = Procedure::new(&cast, &mut desk, at("2014-01-01T00:00:00Z"));
        let time = p.desk.auditor.state.global.time.unwrap();
        p.go_to(time).unwrap();
        let outcome = play_stage(&mut p, script, stage)
            .unwrap_or_else(|e| panic!("{} stage {stage}: {e}", script.id));
        let pr = &outcome.proposal;
        println!(
            "{} {} {:?} {:?} P={} {:?} std={:?} given={:?} cost={:?} naive={:?} {:?}",
            script.id,
            script.stages[stage].label,
            pr.outcome,
            pr.named,
            pr.likelihood_ppm,
            pr.interval_ppm,
            pr.standard,
            outcome.replayed.as_given.standard_numeric,
            pr.planting_cost,
            outcome.replayed.evaluation.naive,
            start.elapsed()
        );
    }
    println!("{} entries", desk.entries.len());
    let state = &desk.auditor.state;
    for case in state.cases.values() {
        for finding in &case.findings {
            let bundle = bundle::build(state, case, finding.statement, &desk, Vec::new()).unwrap();
            let bytes = bundle.to_string();
            let charter = state.global.charter.as_ref().unwrap();
            let trust = trust::of_charter(charter).unwrap();
            let (v, _) = bundle::verify(bytes.as_bytes(), Some(&trust));
            assert!(v.holds(), "{:?}", v.report);
            println!(
                "{} bundle {} bytes {:?}",
                case.id,
                bytes.len(),
                start.elapsed()
            );
        }
    }
}
