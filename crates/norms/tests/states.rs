//! States by ISO 3166-1 in six languages, and successions that lead somewhere.

use crate::support::{SHIPPED, day};
use serde_json::{Value, json};
use solferino_norms::States;

#[test]
fn codes_and_names() {
    let states = &SHIPPED.states;
    assert_eq!(states.iter().count(), 249);
    assert_eq!(states.iter().filter(|s| s.un_member).count(), 193);
    let names = |code| states.get(code).unwrap().names.clone();
    assert_eq!(names("CH").fr, "Suisse");
    assert_eq!(names("CH").zh, "瑞士");
    assert_eq!(names("EG").ar, "مصر");
    assert_eq!(names("RU").ru, "Россия");
    assert_eq!(names("DE").es, "Alemania");
    assert_eq!(names("JP").en, "Japan");
    assert!(states.has("SU") && states.get("SU").is_none());
    assert!(!states.has("XK") && !states.has("EU") && !states.has("ZZ"));
    assert!(!states.is_un_member("SU") && !states.is_un_member("AQ"));
    let from: Vec<_> = states.formers("RU").map(|s| s.former.as_str()).collect();
    assert_eq!(from, ["SU"]);
    assert_eq!(states.succession("ZR").unwrap().on, day("1997-07-14"));
}

fn two() -> Value {
    let names = json!({"ar": "a", "zh": "z", "en": "e", "fr": "f", "ru": "r", "es": "s"});
    json!({"format": "solferino-states/1", "source": "s", "states": [
        {"code": "AA", "un_member": true, "names": names}, {"code": "BB", "un_member": true, "names": names}
    ]})
}

fn chain(links: &[(&str, &str, &str)]) -> String {
    let rows: Vec<Value> = links
        .iter()
        .map(|(former, to, on)| {
            json!({"former": former, "successors": [to], "on": on, "obligations": "continue", "note": "n"})
        })
        .collect();
    json!({"format": "solferino-successions/1", "source": "s", "successions": rows}).to_string()
}

fn refused(states: &Value, successions: &str) -> String {
    match States::load(&states.to_string(), successions) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn circular_and_unknown_successions_are_refused() {
    let good = chain(&[("CC", "DD", "1990-01-01"), ("DD", "AA", "1991-01-01")]);
    assert_eq!(refused(&two(), &good), "accepted");
    let circle = chain(&[
        ("CC", "DD", "1990-01-01"),
        ("DD", "EE", "1990-01-01"),
        ("EE", "CC", "1990-01-01"),
    ]);
    let message = refused(&two(), &circle);
    assert_eq!(
        message,
        "the successions lead in a circle: CC -> DD -> EE -> CC"
    );
    assert!(refused(&two(), &chain(&[("CC", "CC", "1990-01-01")])).contains("circle: CC -> CC"));
    for (links, reason) in [
        (
            vec![("CC", "ZZ", "1990-01-01")],
            "CC is succeeded by ZZ, which is no code",
        ),
        (vec![("AA", "BB", "1990-01-01")], "AA is in use"),
        (
            vec![("C", "BB", "1990-01-01")],
            "\"C\" is not two capital letters",
        ),
        (
            vec![("CC", "AA", "1990-01-01"), ("CC", "BB", "1991-01-01")],
            "code CC stands twice",
        ),
        (
            vec![("CC", "DD", "1992-01-01"), ("DD", "AA", "1991-01-01")],
            "was withdrawn already",
        ),
    ] {
        let message = refused(&two(), &chain(&links));
        assert!(message.contains(reason), "{message} / {reason}");
    }
    let nobody = chain(&[("CC", "AA", "1990-01-01")]).replace("[\"AA\"]", "[]");
    assert!(refused(&two(), &nobody).contains("CC has no successors"));
}

#[test]
fn broken_states_are_refused() {
    let none = chain(&[]);
    let refused = |change: fn(&mut Value)| {
        let mut bad = two();
        change(&mut bad);
        refused(&bad, &none)
    };
    assert!(refused(|s| s["states"][1]["code"] = json!("AA")).contains("code AA stands twice"));
    assert!(refused(|s| s["states"][1]["code"] = json!("A1")).contains("\"A1\" is not two"));
    assert!(
        refused(|s| s["states"][1]["names"]["ru"] = json!(" ")).contains("BB has no name in ru")
    );
    assert!(refused(|s| s["format"] = json!("x")).contains("format is \"x\""));
    assert!(refused(|s| s["states"][1]["names"] = json!({})).contains("not of the form"));
}
