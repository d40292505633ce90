//! The vectors the design hands out, read directly where they are at hand.
//!
//! Set `SOLFERINO_SHARED_VECTORS` to the folder that holds `method/worked_cases.json`; without it
//! `../shared/vectors` beside the workspace is tried.

use crate::support::{close, params};
use crate::worked::standard;
use serde_json::Value;
use solferino_method::{
    Actor, ActorKind, ActorRatio, Case, Credibility, DeceptionRatios, Hypotheses, Imitating, Item,
    ItemKind, Reliability, Source, Strand, evaluate_as_given,
};
use std::path::PathBuf;

fn folder() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");
    let root = std::env::var_os("SOLFERINO_SHARED_VECTORS").map_or(beside.into(), PathBuf::from);
    [root.join("method"), root]
        .into_iter()
        .find(|f| f.join("worked_cases.json").is_file())
}

fn ppm(value: &Value) -> u32 {
    (value.as_f64().unwrap() * 1e6).round() as u32
}

fn mban(value: &Value) -> i32 {
    (value.as_f64().unwrap() * 1e3).round() as i32
}

fn actor(case: &Value, id: &str) -> Actor {
    let state = case["state"][id].as_str().unwrap();
    let kind = match state {
        "U" => ActorKind::NoneOfThese,
        "non-state" => ActorKind::NonState,
        _ => ActorKind::State,
    };
    let state = (kind == ActorKind::State).then(|| state.to_owned());
    Actor {
        id: id.to_owned(),
        kind,
        state,
        prior_ppm: ppm(&case["prior"][id]),
    }
}

fn deception(dec: &Value) -> DeceptionRatios {
    let rows = dec.as_object().unwrap().iter();
    let named = rows.filter(|(key, _)| *key != "none" && *key != "other");
    let row = |(actor, v): (&String, &Value)| Imitating {
        actor: actor.clone(),
        mban: mban(v),
    };
    DeceptionRatios {
        none_mban: mban(&dec["none"]),
        other_mban: mban(&dec["other"]),
        imitating: named.map(row).collect(),
    }
}

fn item(evidence: &Value) -> Item {
    let text = |field: &str| evidence[field].as_str().unwrap().to_owned();
    let letter = evidence["grade"].as_str().unwrap()[..1].to_owned();
    let digit: u8 = evidence["grade"].as_str().unwrap()[1..].parse().unwrap();
    let ratio = |(actor, v): (&String, &Value)| ActorRatio {
        actor: actor.clone(),
        mban: match v.as_array() {
            Some(range) => [mban(&range[0]), mban(&range[1]), mban(&range[2])],
            None => [mban(v); 3],
        },
    };
    Item {
        id: text("id"),
        strand: text("group"),
        kind: ItemKind::Malware,
        reliability: serde_json::from_value::<Reliability>(letter.into()).unwrap(),
        credibility: Credibility::try_from(digit).unwrap(),
        r_ppm: None,
        phi_ppm: ppm(&evidence["phi"]),
        lr: evidence["lr"]
            .as_object()
            .unwrap()
            .iter()
            .map(ratio)
            .collect(),
        deception: evidence.get("dec").map(deception),
        upstream: Vec::new(),
        exhibits: Vec::new(),
        recheckable: true,
        source: Source {
            organisation: "vector".to_owned(),
            state: None,
            bloc: None,
        },
    }
}

fn case(value: &Value, stage: u64) -> Case {
    let ids = value["actors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a.as_str().unwrap());
    let strand = |(id, v): (&String, &Value)| Strand {
        machine: false,
        id: id.clone(),
        rho_ppm: ppm(&v["rho"]),
        c_ppm: ppm(&v["c"]),
    };
    let known = |e: &&Value| e["stage"].as_u64().unwrap() <= stage;
    Case {
        hypotheses: Hypotheses {
            actors: ids.map(|id| actor(value, id)).collect(),
            delta_ppm: ppm(&value["delta"]),
            relations: Vec::new(),
        },
        strands: value["groups"]
            .as_object()
            .unwrap()
            .iter()
            .map(strand)
            .collect(),
        items: value["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .filter(known)
            .map(item)
            .collect(),
        reviews: Vec::new(),
        reply_recorded: false,
    }
}

#[test]
fn the_shared_vectors_hold_where_they_are_at_hand() {
    let Some(folder) = folder() else {
        eprintln!("SKIPPED: no shared vectors; set SOLFERINO_SHARED_VECTORS to check against them");
        return;
    };
    let read = |name: &str| -> Value {
        serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap()
    };
    let (cases, expected) = (read("worked_cases.json"), read("worked_expected.json"));
    for (name, want) in expected.as_object().unwrap() {
        let (id, stage) = name.split_once("/T").unwrap();
        let got = evaluate_as_given(&case(&cases[id], stage.parse().unwrap()), &params()).unwrap();
        let number = |field: &str| want[field].as_f64().unwrap();
        assert_eq!(got.top_state.as_deref(), want["state"].as_str(), "{name}");
        assert_eq!(got.top_unit.as_deref(), want["actor"].as_str(), "{name}");
        close(got.top().unwrap().p, number("p"), 1e-6, name);
        assert_eq!(
            got.supporting.len() as u64,
            want["groups"].as_u64().unwrap(),
            "{name}"
        );
        let worst = got.worst_strand.as_ref().unwrap();
        close(worst.p, number("worst"), 1e-6, name);
        assert_eq!(
            worst.strand.as_str(),
            want["worst_group"].as_str().unwrap(),
            "{name}"
        );
        let reached = want["standard"]
            .as_str()
            .unwrap()
            .split(' ')
            .next()
            .unwrap();
        assert_eq!(got.standard_numeric, standard(reached), "{name}");
        for row in &got.actors {
            close(
                row.p,
                want["actors"][&row.actor].as_f64().unwrap(),
                1e-6,
                name,
            );
            let framed = want["framed"]
                .get(&row.actor)
                .map_or(0.0, |v| v.as_f64().unwrap());
            close(row.framed, framed, 1e-6, name);
        }
    }
}
