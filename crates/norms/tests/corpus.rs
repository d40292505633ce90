//! The starter corpus loads, and each way a row can be wrong is named with file and row.

use serde_json::{Value, json};
use solferino_norms::{Basis, STARTER, load, load_named};

fn good() -> Value {
    json!({
        "id": "X.1", "instrument": "A text", "article": "1", "issuer": "Somebody",
        "date": "2020-02-29", "force": "voluntary", "addressee": "states",
        "polarity": "refrain", "themes": ["T01"], "paraphrase": "leave it", "basis": "K"
    })
}

fn refused(change: impl FnOnce(&mut Value)) -> String {
    let mut bad = good();
    bad["id"] = json!("X.2");
    change(&mut bad);
    match load_named("a.json", &json!([good(), bad]).to_string()) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn starter_loads() {
    let norms = load(STARTER).unwrap();
    for id in [
        "GGE15.c",
        "GGE15.f",
        "GGE21.71g-1",
        "PARIS.3",
        "TM2.17",
        "BUD.5",
    ] {
        assert!(norms.iter().any(|n| n.id == id), "{id} is missing");
    }
    for norm in &norms {
        assert!(norm.paraphrase_sha256.is_some(), "{} has no hash", norm.id);
        assert_eq!(norm.basis.note().is_some(), norm.basis == Basis::K);
    }
    let again = serde_json::to_string(&norms).unwrap();
    assert_eq!(load(&again).unwrap(), norms);
}

#[test]
fn each_fault_names_file_row_and_reason() {
    let faults: [(String, &str); 9] = [
        (
            refused(|n| n["id"] = json!("X.1")),
            "id X.1 is already used by an earlier row",
        ),
        (refused(|n| n["article"] = json!(" ")), "`article` is empty"),
        (
            refused(|n| n["date"] = json!("2021-02-29")),
            "date 2021-02-29 is not",
        ),
        (refused(|n| n["themes"] = json!([])), "themes must be"),
        (refused(|n| n["themes"] = json!(["T1"])), "themes must be"),
        (
            refused(|n| n["anchor_sha256"] = json!("AB")),
            "`anchor_sha256` is not 64",
        ),
        (
            refused(|n| n["paraphrase"] = json!("x".repeat(1_001))),
            "has 1001 characters",
        ),
        (
            refused(|n| n["elements"] = json!(["time", "time"])),
            "an element is named twice",
        ),
        (refused(|n| n["basis"] = json!("Q")), "unknown variant `Q`"),
    ];
    for (message, reason) in faults {
        assert!(message.starts_with("a.json, row 2: "), "{message}");
        assert!(message.contains(reason), "{message} / {reason}");
    }
    assert!(refused(|n| n["extra"] = json!(1)).contains("unknown field `extra`"));
    assert!(
        load_named("a.json", "{}")
            .unwrap_err()
            .to_string()
            .starts_with("a.json: not a JSON")
    );
}

#[test]
fn dates_may_be_a_year_or_a_month() {
    for (date, fits) in [
        ("2015", true),
        ("2017-02", true),
        ("2017-13", false),
        ("17", false),
        ("2017-02-01-01", false),
        ("", false),
        ("1900-02-29", false),
    ] {
        let mut norm = good();
        norm["date"] = json!(date);
        assert_eq!(load(&json!([norm]).to_string()).is_ok(), fits, "{date}");
    }
    let mut longest = good();
    longest["paraphrase"] = json!("x".repeat(1_000));
    assert!(load(&json!([longest]).to_string()).is_ok());
}
