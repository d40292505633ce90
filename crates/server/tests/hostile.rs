//! What others wrote is shown inert, in every field where they can write freely.
//!
//! Identifiers cannot hold anything of the kind, and that is tested too: the list of free fields
//! below is what is left. It is the list of docs/pages.md, What others wrote.

use incidents::{Base, Source};
use record::ids::{CaseId, Country, InputId, MediaType, MemberId, Slug};
use record::kind::Kind;
use rehearsal::corpus;
use serde_json::{Value, json};
use store::datasets::keep;

use crate::client::Client;
use crate::desk::Stage;

/// A script, an end of an attribute, a turn of the text, an invisible letter, a letter of another script.
const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=alert(1)> \"' onload=\u{202e}evil\u{200b} p\u{430}ypal";

fn enormous() -> String {
    "W".repeat(6_000)
}

/// Nothing of it runs, hides or turns; it can still be read.
fn inert(path: &str, page: &str) {
    for forbidden in [
        "<script",
        "<img",
        "onerror=alert(1)>",
        "\"' onload",
        "javascript:",
        "style=\"",
    ] {
        assert!(!page.contains(forbidden), "{path} holds {forbidden}");
    }
    let hidden = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let found: Vec<_> = page.chars().filter(|c| hidden(*c)).collect();
    assert!(found.is_empty(), "{path} holds {found:?}");
}

fn shown(path: &str, page: &str) {
    inert(path, page);
    assert!(
        page.contains("&#60;script&#62;alert(1)&#60;/script&#62;"),
        "{path} hides the text"
    );
    assert!(
        page.contains("[U+202E]evil[U+200B]"),
        "{path} hides the characters"
    );
}

#[test]
fn no_identifier_can_hold_anything_of_the_kind() {
    let enormous = enormous();
    for text in [
        HOSTILE,
        "p\u{430}ypal",
        "a\u{202e}b",
        "a b",
        "<b>",
        enormous.as_str(),
    ] {
        assert!(text.parse::<CaseId>().is_err(), "{text:.20}");
        assert!(text.parse::<MemberId>().is_err(), "{text:.20}");
        assert!(text.parse::<Slug>().is_err(), "{text:.20}");
        assert!(text.parse::<Country>().is_err(), "{text:.20}");
        assert!(text.parse::<InputId>().is_err(), "{text:.20}");
        assert!(text.parse::<MediaType>().is_err(), "{text:.20}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_an_item_is_shown_inert() {
    let mut stage = Stage::founded();
    let mut script = corpus::cases().unwrap().swap_remove(0);
    script.items[0].what = HOSTILE.to_owned();
    script.items[0].public_source = HOSTILE.to_owned();
    script.items[1].what = enormous();
    let finding = stage.play(&script, 0);
    let client = Client::of(&stage.record);
    for base in ["", "/fr", "/ar"] {
        let path = format!("{base}/findings/{finding}");
        let reply = client.get(&path).await;
        shown(&path, reply.text());
        assert!(
            reply.text().contains("<mark class=\"mixed\">p\u{430}ypal"),
            "{path}"
        );
        assert!(reply.text().contains(&enormous()), "{path}");
    }
}

/// A proposed text with something hostile in every field that takes free text.
fn proposal() -> Value {
    let mut text: Value = serde_json::from_str(
        norms::SHIPPED
            .iter()
            .find(|(name, _)| name.starts_with("cta"))
            .unwrap()
            .1,
    )
    .unwrap();
    let instrument = text["instrument"].as_object_mut().unwrap();
    for field in ["title", "issuer", "document", "note"] {
        instrument.insert(field.to_owned(), json!(HOSTILE));
    }
    instrument.insert("id".to_owned(), json!("EVIL"));
    instrument.insert("force".to_owned(), json!("proposal"));
    instrument.insert("binding".to_owned(), json!({"by": "affirmation"}));
    let mut norm = text["norms"][0].clone();
    norm["id"] = json!("EVIL.1");
    norm["paraphrase"] = json!(HOSTILE);
    norm["articles"] = json!(["1"]);
    if let Some(elements) = norm.get_mut("elements").and_then(Value::as_array_mut) {
        for element in elements {
            element["asks"] = json!(HOSTILE);
            element["source"] = json!(enormous()[..200]);
        }
    }
    text["norms"] = json!([norm]);
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposed_norm_is_shown_inert() {
    let stage = Stage::with_norms();
    let member = stage
        .cast
        .with_role(rehearsal::SeatSpecRole::Investigator)
        .next()
        .unwrap();
    let body = json!({"document": proposal().to_string()});
    let entry = stage
        .signed(&member.key, Kind::NormPropose, None, body)
        .entry;
    if let Err(refused) = stage.record.submit_blocking(entry) {
        // A rule that refuses such a text at the door is as good; the shown fields are then plain.
        assert!(refused.to_string().contains("text"), "{refused}");
        return;
    }
    let client = Client::of(&stage.record);
    for base in ["", "/fr", "/ar"] {
        for path in ["/norms", "/norms/EVIL.1"] {
            let path = format!("{base}{path}");
            shown(&path, client.get(&path).await.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_of_others_is_shown_inert() {
    let stage = Stage::founded();
    let incident = json!({
        "id": "i1", "start": null, "types": [HOSTILE], "intensity_milli": null,
        "initiators": [{"country": HOSTILE, "category": HOSTILE, "name": enormous()}],
        "receivers": [HOSTILE, enormous()],
        "responses": {"political": false, "legal": false, "any": false}, "lags": [],
    });
    let base = Base {
        format: incidents::BASE_FORMAT.to_owned(),
        source: Source {
            publisher: "eurepoc".to_owned(),
            title: HOSTILE.to_owned(),
            home: HOSTILE.to_owned(),
            published: None,
            licence: Some(HOSTILE.to_owned()),
        },
        incidents: vec![serde_json::from_value(incident).unwrap()],
        ..Base::default()
    };
    keep(stage.record.dir(), "eurepoc", &base.write().unwrap()).unwrap();
    let client = Client::of(&stage.record);
    for base in ["", "/fr", "/ar"] {
        let path = format!("{base}/incidents");
        shown(&path, client.get(&path).await.text());
        let asked = format!("{base}/incidents?dataset=eurepoc&initiator=%3Cscript%3E%E2%80%AE");
        inert(&asked, client.get(&asked).await.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reader_asks_for_is_shown_inert() {
    let client = Client::of(&Stage::founded().record);
    for base in ["", "/fr", "/ar"] {
        for question in [
            "?q=%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE%22%20onload=x",
            "?sector=%3Cscript%3E%E2%80%AE&accused=%22%3E%3Cb%3E&norm=%E2%80%AE&year=%3Ci%3E&standard=%27",
            "?after=%3Cscript%3E",
            "nowhere/%3Cscript%3E",
            "cases/%3Cscript%3E%E2%80%AE",
            "findings/%E2%80%AE",
            "norms/%3Cscript%3E",
            "states/%3Cscript%3E",
            "after/%3Cscript%3E",
        ] {
            let path = format!("{base}/{question}");
            let page = client.get(&path).await;
            inert(&path, page.text());
            assert!(
                !page.text().contains("<b>") && !page.text().contains("<i>"),
                "{path}"
            );
        }
    }
}

#[test]
fn no_template_turns_the_escaping_off() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for filter in ["|safe", "| safe", "|escape(", "escape=\"none\""] {
            assert!(!text.contains(filter), "{} has {filter}", path.display());
        }
    }
}
