//! Broken corpora: each kind of fault is named with file, row and reason, and nothing is loaded.

use crate::support::against;
use serde_json::{Value, json};
use solferino_norms::{Corpus, MAX_FILE_BYTES, MAX_PARAPHRASE, Themes, Vocabulary};

fn good() -> Value {
    json!({
        "format": "solferino-norms/1",
        "instrument": {
            "id": "X1", "title": "A text", "issuer": "Somebody", "date": "2020-02-29", "force": "treaty",
            "in_force": "2021-01-01", "document": "D/1", "binding": {"by": "accession"}, "basis": "R", "note": ""
        },
        "norms": [row("X1.1"), row("X1.2")]
    })
}

fn row(id: &str) -> Value {
    json!({
        "id": id, "articles": ["1"], "polarity": "refrain", "addressee": "states", "themes": ["T01"],
        "basis": "K", "paraphrase": "Leave it alone.",
        "elements": [{"element": "effect", "asks": "It happened", "source": "art. 1", "basis": "R",
                      "when": {"fact": {"element": "effect", "value": "integrity"}}}]
    })
}

fn load(texts: &[(&str, &str)]) -> String {
    match Corpus::load(texts, against()) {
        Ok(_) => "accepted".to_owned(),
        Err(faults) => faults.to_string(),
    }
}

fn refused(change: impl FnOnce(&mut Value)) -> String {
    let mut bad = good();
    change(&mut bad);
    load(&[("a.json", &bad.to_string())])
}

fn in_row(change: impl FnOnce(&mut Value)) -> String {
    let message = refused(|f| change(&mut f["norms"][1]));
    assert!(message.starts_with("a.json, row 2"), "{message}");
    message
}

fn in_condition(condition: Value) -> String {
    in_row(|r| r["elements"][0]["when"] = condition)
}

#[test]
fn the_good_file_is_good() {
    assert_eq!(refused(|_| ()), "accepted");
}

#[test]
fn faults_of_a_file() {
    for (text, reason) in [
        ("{", "a.json: not JSON"),
        (
            "[\"solferino-norms/1\", {}, []]",
            "a.json: not a JSON object",
        ),
        (
            "{\"format\":\"solferino-norms/1\"}",
            "a.json: missing field",
        ),
    ] {
        let message = load(&[("a.json", text)]);
        assert!(message.starts_with(reason), "{message}");
    }
    let format = refused(|f| f["format"] = json!("solferino-norms/2"));
    assert!(
        format.contains("format is \"solferino-norms/2\", this program reads"),
        "{format}"
    );
    let long = format!("{}{}", good(), " ".repeat(MAX_FILE_BYTES));
    assert!(load(&[("a.json", &long)]).contains("bytes, at most"));
    assert!(refused(|f| f["extra"] = json!(1)).contains("unknown field `extra`"));
}

#[test]
fn faults_of_a_header() {
    type Change = fn(&mut Value);
    let faults: [(Change, &str); 11] = [
        (|h| h["id"] = json!("x1"), "instrument id \"x1\" is not"),
        (|h| h["id"] = json!("X".repeat(17)), "at most 16 characters"),
        (|h| h["title"] = json!(" "), "`title` is empty"),
        (
            |h| h["date"] = json!("2021-02-29"),
            "is not a year, a month or a day",
        ),
        (|h| h["force"] = json!("law"), "unknown variant `law`"),
        (
            |h| h["in_force"] = json!("2019-12-31"),
            "`in_force` 2019-12-31 stands",
        ),
        (|h| h["force"] = json!("pledge"), "no treaty"),
        (
            |h| h["binding"] = json!({"by": "magic"}),
            "unknown variant `magic`",
        ),
        (
            |h| h["binding"] = json!({"by": "accession", "from": "2020-01-01"}),
            "unknown field `from`",
        ),
        (
            |h| {
                h["binding"] = json!({"by": "participants", "from": "2020-03-01", "states": ["XX"], "note": "n"})
            },
            "XX is no code of ISO 3166-1",
        ),
        (
            |h| {
                h["binding"] =
                    json!({"by": "participants", "from": "2020-03-01", "states": [], "note": "n"})
            },
            "participants are empty",
        ),
    ];
    for (change, reason) in faults {
        let message = refused(|f| change(&mut f["instrument"]));
        let first = message.lines().next().unwrap();
        assert!(first.starts_with("a.json, instrument: "), "{message}");
        assert!(message.contains(reason), "{message} / {reason}");
    }
}

#[test]
fn faults_of_a_row() {
    type Change = fn(&mut Value);
    let faults: [(Change, &str); 20] = [
        (
            |r| r["id"] = json!("Y.2"),
            "id \"Y.2\" is not the instrument's id",
        ),
        (|r| r["id"] = json!("X1."), "is not the instrument's id"),
        (|r| r["id"] = json!("X1.1"), "id is already used in a.json"),
        (|r| r["articles"] = json!([]), "no articles"),
        (|r| r["articles"] = json!(["1 a"]), "article \"1 a\" is not"),
        (
            |r| r["articles"] = json!(["x".repeat(33)]),
            "is not 1 to 32",
        ),
        (
            |r| r["articles"] = json!(["x".repeat(16), "y".repeat(16)]),
            "are more than 32 characters together",
        ),
        (|r| r["themes"] = json!([]), "no themes"),
        (
            |r| r["themes"] = json!(["T99"]),
            "theme T99 is not in themes.json",
        ),
        (|r| r["themes"] = json!(["T01", "T01"]), "or stands twice"),
        (|r| r["date"] = json!("2017-13"), "is not a year"),
        (
            |r| r["paraphrase"] = json!("too short"),
            "paraphrase has 9 characters, 10 to 1000",
        ),
        (
            |r| r["paraphrase"] = json!("x".repeat(MAX_PARAPHRASE + 1)),
            "has 1001 characters",
        ),
        (
            |r| r["anchor_sha256"] = json!("AB"),
            "`anchor_sha256` is not 64",
        ),
        (|r| r["basis"] = json!("Q"), "unknown variant `Q`"),
        (|r| r["extra"] = json!(1), "unknown field `extra`"),
        (
            |r| r["elements"] = json!([]),
            "exactly one of `elements` and `no_elements`",
        ),
        (
            |r| r["no_elements"] = json!("why"),
            "exactly one of `elements` and `no_elements`",
        ),
        (
            |r| {
                let element = r["elements"][0].clone();
                r["elements"] = json!([element, element]);
            },
            "element effect stands twice",
        ),
        (
            |r| r["elements"][0]["source"] = json!(""),
            "`source` is empty",
        ),
    ];
    for (change, reason) in faults {
        let message = in_row(change);
        assert!(message.contains(reason), "{message} / {reason}");
    }
    let longest = |n| refused(|f| f["norms"][1]["paraphrase"] = json!("x".repeat(n)));
    assert_eq!(longest(MAX_PARAPHRASE), "accepted");
    assert_eq!(longest(10), "accepted");
    // `X1.1-2` and `X1.1--2` would be one short word in a record.
    let same = refused(|f| {
        f["norms"][0]["id"] = json!("X1.1-2");
        f["norms"][1]["id"] = json!("X1.1--2");
    });
    assert!(
        same.contains("makes the same short word as X1.1-2"),
        "{same}"
    );
}

#[test]
fn faults_of_a_condition() {
    let fact = |f: Value| json!({ "fact": f });
    let faults = [
        (
            json!({"all": []}),
            "element effect: an empty `all` or `any`",
        ),
        (json!({"any": []}), "an empty `all` or `any`"),
        (json!({"some": []}), "unknown variant `some`"),
        (
            json!({"author": "conducted"}),
            "`author` belongs to author-link only",
        ),
        (
            fact(json!({"element": "effect"})),
            "exactly one of `value`, `set` and `words`",
        ),
        (
            fact(json!({"element": "effect", "value": "integrity", "set": "damaging"})),
            "exactly one of `value`, `set` and `words`",
        ),
        (
            fact(json!({"element": "effect", "value": "smoke"})),
            "\"smoke\" is no word of effect",
        ),
        (
            fact(json!({"element": "effect", "words": ["smoke"]})),
            "\"smoke\" is no word of effect",
        ),
        (
            fact(json!({"element": "effect", "set": "smoke"})),
            "\"smoke\" is no set of effect",
        ),
        (
            fact(json!({"element": "smoke", "value": "x"})),
            "unknown variant `smoke`",
        ),
        (
            fact(json!({"element": "effect", "value": "integrity", "of": "me"})),
            "unknown variant `me`",
        ),
    ];
    for (condition, reason) in faults {
        let message = in_condition(condition);
        assert!(message.contains(reason), "{message} / {reason}");
    }
    let nested = |times: usize| {
        let inner = json!({"fact": {"element": "effect", "value": "integrity"}});
        (0..times).fold(inner, |c, _| json!({ "not": c }))
    };
    assert!(in_condition(nested(8)).contains("nested deeper than 8"));
    let deepest = refused(|f| f["norms"][1]["elements"][0]["when"] = nested(7));
    assert_eq!(deepest, "accepted");
}

#[test]
fn every_fault_of_every_file_is_said_and_nothing_is_loaded() {
    let mut first = good();
    first["norms"][0]["articles"] = json!([]);
    first["norms"][1]["themes"] = json!(["T77"]);
    let mut second = good();
    second["norms"] = json!([row("X1.1")]);
    let message = load(&[
        ("a.json", &first.to_string()),
        ("b.json", &second.to_string()),
        ("c.json", "no"),
    ]);
    let wanted = [
        "a.json, row 1 (X1.1): no articles",
        "a.json, row 2 (X1.2): theme T77",
        "b.json, instrument: instrument X1 is already in a.json",
        "b.json, row 1 (X1.1): id is already used in a.json",
        "c.json: not JSON",
    ];
    assert_eq!(message.lines().count(), wanted.len(), "{message}");
    for (line, wanted) in message.lines().zip(wanted) {
        assert!(line.starts_with(wanted), "{line} / {wanted}");
    }
}

#[test]
fn broken_vocabularies_and_themes() {
    let shipped: Value = serde_json::from_str(include_str!("../data/vocabulary.json")).unwrap();
    let refused = |change: fn(&mut Value)| {
        let mut bad = shipped.clone();
        change(&mut bad);
        let error = Vocabulary::load(&bad.to_string()).unwrap_err();
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error} {}", cause.unwrap_or_default())
    };
    let set = refused(|v| v["elements"]["effect"]["sets"]["damaging"] = json!(["smoke"]));
    assert!(
        set.contains("set damaging names \"smoke\", which is no word of effect"),
        "{set}"
    );
    let class = refused(|v| v["aggravating"][0]["value"] = json!("smoke"));
    assert!(class.contains("aggravating names \"smoke\""), "{class}");
    let missing = refused(|v| {
        v["elements"].as_object_mut().unwrap().remove("time");
    });
    assert!(missing.contains("element time has no words"), "{missing}");
    assert!(refused(|v| v["format"] = json!("x")).contains("format is \"x\""));
    assert!(refused(|v| v["elements"]["smoke"] = json!({})).contains("unknown variant `smoke`"));
    assert!(Themes::load("{\"format\":\"x\",\"themes\":{}}").is_err());
    assert!(Themes::load("{}").is_err());
}

#[test]
fn no_text_shows_as_another_one() {
    for bad in [
        '\0', '\u{1b}', '\n', '\u{200b}', '\u{202e}', '\u{2066}', '\u{feff}',
    ] {
        let text = format!("Leave it{bad} alone.");
        for said in [
            refused(|f| f["instrument"]["title"] = json!(text)),
            refused(|f| f["instrument"]["note"] = json!(text)),
            in_row(|r| r["paraphrase"] = json!(text)),
        ] {
            assert!(said.contains("changes the direction"), "{bad:?}: {said}");
        }
    }
}
