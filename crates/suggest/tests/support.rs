//! A small benchmark of our own: invented groups with invented habits.

use serde_json::{Value, json};
use solferino_suggest::Benchmark;

/// Number of groups of [`file`]; the last one is unknown to all releases but the last.
pub(crate) const GROUPS: usize = 6;
/// Features: four techniques and one piece of software per group, and ten techniques of everybody.
pub(crate) const FEATURES: usize = GROUPS * 5 + 10;

/// The features of a group: its own, then some of everybody's.
pub(crate) fn habits(group: usize) -> Vec<usize> {
    let own = group * 5..group * 5 + 5;
    own.chain((0..4).map(|i| GROUPS * 5 + (group + i * 2) % 10))
        .collect()
}

/// Four releases with cases against the first three.
pub(crate) fn value() -> Value {
    let feats: Vec<Value> = (0..FEATURES)
        .map(|f| {
            let software = f < GROUPS * 5 && f % 5 == 4;
            json!([
                format!("F{f}"),
                if software { "S" } else { "T" },
                -1,
                format!("feature {f}")
            ])
        })
        .collect();
    let groups: Vec<Value> = (0..GROUPS)
        .map(|g| json!([format!("G{g}"), format!("group {g}"), null]))
        .collect();
    let releases: Vec<Value> = (0..4)
        .map(|r| {
            let known = if r == 3 { GROUPS } else { GROUPS - 1 };
            let profile = |g: usize| {
                let features: Vec<Value> = habits(g).iter().take(6 + r).map(|f| json!([f, 1 + r])).collect();
                (g.to_string(), Value::Array(features))
            };
            let profiles: serde_json::Map<String, Value> = (0..known).map(profile).collect();
            let nsrc: serde_json::Map<String, Value> = (0..known).map(|g| (g.to_string(), json!(r + g))).collect();
            json!({"tag": format!("Example-v{}.0", r + 1), "date": "2020-01-01", "profiles": profiles, "nsrc": nsrc})
        })
        .collect();
    let case = |r: usize, g: usize| json!({"r": r, "g": g, "f": habits(g).iter().skip(r).take(5).collect::<Vec<_>>()});
    let temporal: Vec<Value> = (0..3)
        .flat_map(|r| (0..GROUPS - 1).map(move |g| case(r, g)))
        .collect();
    let openset: Vec<Value> = (0..3).map(|r| case(r, GROUPS - 1)).collect();
    let campaign = json!({"ext": "C1", "name": "Example Campaign", "groups": [2], "feats": habits(2), "release": 2,
                          "current": true, "first_seen": "2020-01-01"});
    json!({"note": "invented", "feats": feats, "groups": groups, "releases": releases, "temporal": temporal,
           "openset": openset, "campaigns": [campaign]})
}

pub(crate) fn parse(value: &Value) -> Benchmark {
    Benchmark::parse(value.to_string().as_bytes()).unwrap()
}

pub(crate) fn file() -> Benchmark {
    parse(&value())
}
