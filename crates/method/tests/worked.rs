//! The five historical cases at every stage, against six-digit reference values.

use crate::support::{close, params, worked};
use solferino_method::{Standard, evaluate_as_given};

const TOLERANCE: f64 = 1e-6;

pub(crate) fn standard(name: &str) -> Standard {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).unwrap()
}

#[test]
fn all_seventeen_stages_match_the_reference() {
    let mut stages = 0;
    for case in &worked().cases {
        for want in &case.expected {
            let got = evaluate_as_given(&case.at(&want.stage), &params()).unwrap();
            let name = format!("{}/{}", case.id, want.stage);
            assert_eq!(
                got.top_state.as_deref(),
                Some(want.state.as_str()),
                "{name}"
            );
            assert_eq!(got.top_unit.as_deref(), Some(want.unit.as_str()), "{name}");
            close(got.top().unwrap().p, want.p, TOLERANCE, &name);
            for actor in &got.actors {
                let place = format!("{name} {}", actor.actor);
                close(actor.p, want.actors[&actor.actor], TOLERANCE, &place);
                let framed = want.framed.get(&actor.actor).copied().unwrap_or(0.0);
                close(actor.framed, framed, TOLERANCE, &place);
                if actor.actor == want.unit {
                    close(actor.p, want.unit_p, TOLERANCE, &place);
                }
            }
            assert_eq!(got.supporting.len(), want.supporting, "{name}");
            let worst = got.worst_strand.as_ref().unwrap();
            assert_eq!(worst.strand, want.worst_strand, "{name}");
            close(worst.p, want.worst_p, TOLERANCE, &name);
            assert_eq!(
                got.standard_numeric,
                standard(&want.standard_numeric),
                "{name}"
            );
            stages += 1;
        }
    }
    assert_eq!(stages, 17);
}

/// 800 draws of another generator: the ends must be near, not equal.
#[test]
fn intervals_are_near_the_reference() {
    for case in &worked().cases {
        for want in &case.expected {
            let got = evaluate_as_given(&case.at(&want.stage), &params()).unwrap();
            let top = got.top().unwrap();
            let name = format!("{}/{}", case.id, want.stage);
            println!(
                "{name}: [{:.3}, {:.3}] want [{:.3}, {:.3}]",
                top.p5, top.p95, want.p5, want.p95
            );
            close(top.p5, want.p5, 0.02, &name);
            close(top.p95, want.p95, 0.01, &name);
        }
    }
}
