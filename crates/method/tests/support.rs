//! Shared fixtures: the worked cases in our own input format, and small hand-made cases.

use serde::Deserialize;
use solferino_method::{
    Actor, ActorKind, ActorRatio, Case, Credibility, Hypotheses, Item, ItemKind, Params,
    Reliability, Source, Strand,
};
use std::collections::BTreeMap;

/// tests/data/worked.json.
#[derive(Deserialize)]
pub(crate) struct Worked {
    pub(crate) cases: Vec<WorkedCase>,
}

#[derive(Deserialize)]
pub(crate) struct WorkedCase {
    pub(crate) id: String,
    hypotheses: Hypotheses,
    strands: Vec<Strand>,
    items: Vec<Staged>,
    pub(crate) expected: Vec<Expected>,
}

#[derive(Deserialize)]
struct Staged {
    stage: u32,
    item: Item,
}

/// Point values to 1e-6; the interval ends are for orientation only.
#[derive(Deserialize)]
pub(crate) struct Expected {
    pub(crate) stage: String,
    pub(crate) state: String,
    pub(crate) p: f64,
    pub(crate) unit: String,
    pub(crate) unit_p: f64,
    pub(crate) supporting: usize,
    pub(crate) worst_p: f64,
    pub(crate) worst_strand: String,
    pub(crate) standard_numeric: String,
    pub(crate) actors: BTreeMap<String, f64>,
    pub(crate) framed: BTreeMap<String, f64>,
    pub(crate) p5: f64,
    pub(crate) p95: f64,
}

impl WorkedCase {
    /// The case with the items known at a stage, named T0, T1, …
    pub(crate) fn at(&self, stage: &str) -> Case {
        let last: u32 = stage.trim_start_matches('T').parse().unwrap();
        let known = self.items.iter().filter(|staged| staged.stage <= last);
        Case {
            hypotheses: self.hypotheses.clone(),
            strands: self.strands.clone(),
            items: known.map(|staged| staged.item.clone()).collect(),
            reviews: Vec::new(),
            reply_recorded: false,
        }
    }
}

pub(crate) fn worked() -> Worked {
    serde_json::from_str(include_str!("data/worked.json")).unwrap()
}

/// A worked case at one stage.
pub(crate) fn stage(case: &str, stage: &str) -> Case {
    worked()
        .cases
        .iter()
        .find(|c| c.id == case)
        .unwrap()
        .at(stage)
}

/// Every worked case at every stage, with its name.
pub(crate) fn all_stages() -> Vec<(String, Case)> {
    let mut out = Vec::new();
    for case in &worked().cases {
        for expected in &case.expected {
            out.push((
                format!("{}/{}", case.id, expected.stage),
                case.at(&expected.stage),
            ));
        }
    }
    out
}

pub(crate) fn params() -> Params {
    Params::default()
}

/// Two states' units `a` (of AA) and `b` (of BB), and `u`, none of these.
pub(crate) fn three(prior_ppm: [u32; 3], delta_ppm: u32) -> Case {
    let actor = |id: &str, state: Option<&str>, prior_ppm| Actor {
        id: id.to_owned(),
        kind: if state.is_some() {
            ActorKind::State
        } else {
            ActorKind::NoneOfThese
        },
        state: state.map(str::to_owned),
        prior_ppm,
    };
    Case {
        hypotheses: Hypotheses {
            actors: vec![
                actor("a", Some("AA"), prior_ppm[0]),
                actor("b", Some("BB"), prior_ppm[1]),
                actor("u", None, prior_ppm[2]),
            ],
            delta_ppm,
            relations: Vec::new(),
        },
        strands: Vec::new(),
        items: Vec::new(),
        reviews: Vec::new(),
        reply_recorded: false,
    }
}

/// As [`three`] without `b`.
pub(crate) fn two(prior_ppm: [u32; 2], delta_ppm: u32) -> Case {
    let mut case = three([prior_ppm[0], 0, prior_ppm[1]], delta_ppm);
    case.hypotheses.actors.remove(1);
    case
}

pub(crate) fn strand(id: &str, rho_ppm: u32, c_ppm: u32) -> Strand {
    Strand {
        id: id.to_owned(),
        rho_ppm,
        c_ppm,
        machine: false,
    }
}

/// An item with point ratios and a point reliability.
pub(crate) fn item(id: &str, strand: &str, r_ppm: u32, phi_ppm: u32, lr: &[(&str, i32)]) -> Item {
    let ratio = |(actor, mban): &(&str, i32)| ActorRatio {
        actor: (*actor).to_owned(),
        mban: [*mban; 3],
    };
    Item {
        id: id.to_owned(),
        strand: strand.to_owned(),
        kind: ItemKind::Malware,
        reliability: Reliability::A,
        credibility: Credibility::try_from(1).unwrap(),
        r_ppm: Some([r_ppm; 3]),
        phi_ppm,
        lr: lr.iter().map(ratio).collect(),
        deception: None,
        upstream: Vec::new(),
        exhibits: Vec::new(),
        recheckable: true,
        source: Source {
            organisation: "lab".to_owned(),
            state: None,
            bloc: None,
        },
    }
}

pub(crate) fn close(got: f64, want: f64, tolerance: f64, what: &str) {
    assert!(
        (got - want).abs() <= tolerance,
        "{what}: got {got}, want {want}"
    );
}
