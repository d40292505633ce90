//! What others wrote is shown inert, in every field where they can write freely.
//!
//! Which fields these are `fields.rs` finds in the source; each test here fails where a free field of its types
//! is not written to.

use incidents::Base;
use record::kind::Kind;
use rehearsal::{SeatSpecRole, corpus};
use serde_json::{Value, json};
use store::datasets::keep;

use crate::client::Client;
use crate::desk::Stage;
use crate::fields::{names_in, questions, shown as shown_fields, texts, with};

/// A script, an end of an attribute, a turn of the text, an invisible letter, a letter of another script.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=alert(1)> \"' onload=\u{202e}evil\u{200b} p\u{430}ypal";

fn enormous() -> String {
    "W".repeat(6_000)
}

/// Nothing of it runs, hides or turns; it can still be read. What pages run themselves is a file of the
/// server's, and their words are data.
pub(crate) fn inert(path: &str, page: &str) {
    let own = page.replace("<script type=\"module\" src=\"/assets/", "");
    let page = &own.replace("<script type=\"application/json\" id=\"texts\">", "");
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

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_an_item_is_shown_inert() {
    let mut stage = Stage::founded();
    let mut script = corpus::cases().unwrap().swap_remove(0);
    script.items[0].what = HOSTILE.to_owned();
    script.items[0].public_source = HOSTILE.to_owned();
    let free = shown_fields("server::Account");
    assert_eq!(free, ["public_source", "what"].into());
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

/// As hostile as a text of norms can be: characters that hide are refused there.
const HOSTILE_NORM: &str =
    "<script>alert(1)</script><img src=x onerror=alert(1)> \"' onload= p\u{430}ypal";

/// A text of norms with every field that a text can have.
fn whole_text() -> Value {
    let shipped = norms::SHIPPED
        .iter()
        .find(|(name, _)| name.starts_with("cta"));
    let mut text: Value = serde_json::from_str(shipped.unwrap().1).unwrap();
    text["instrument"]["id"] = json!("EVIL");
    text["instrument"]["note"] = json!("a note");
    let mut norm = text["norms"][0].clone();
    norm["id"] = json!("EVIL.1");
    norm["articles"] = json!(["1"]);
    norm["anchor_sha256"] = json!(tlog::sha256(b"anchor"));
    let mut unmeasured = norm.clone();
    unmeasured["id"] = json!("EVIL.2");
    unmeasured["elements"] = json!([]);
    unmeasured["no_elements"] = json!("it measures nothing");
    text["norms"] = json!([norm, unmeasured]);
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_of_norms_is_shown_inert_or_refused_field_by_field() {
    let stage = Stage::founded();
    let registrar = stage
        .cast
        .with_role(SeatSpecRole::Registrar)
        .next()
        .unwrap();
    let register = |text: &Value| {
        let body = json!({"document": text.to_string()});
        let entry = stage
            .signed(&registrar.key, Kind::NormRegister, None, body)
            .entry;
        stage.record.submit_blocking(entry)
    };
    let whole = whole_text();
    let mut places = Vec::new();
    texts(&whole, "", &mut places);
    let tried = names_in(&places);
    for of in ["norms::Instrument", "norms::Norm", "norms::Part"] {
        let missing: Vec<_> = shown_fields(of)
            .into_iter()
            .filter(|f| !tried.contains(f))
            .collect();
        assert!(missing.is_empty(), "{of}: {missing:?} is not written to");
    }
    // Each field by itself: what hides is refused; what is taken is taken in one text below.
    let (mut hostile, mut taken) = (whole.clone(), Vec::new());
    for place in &places {
        let refused = register(&with(&whole, place, HOSTILE));
        assert!(refused.is_err(), "{place} takes characters that hide");
        if norms_take(&with(&whole, place, HOSTILE_NORM)) {
            hostile = with(&hostile, place, HOSTILE_NORM);
            taken.push(place.rsplit('/').next().unwrap());
        }
    }
    for field in [
        "title",
        "issuer",
        "document",
        "note",
        "paraphrase",
        "asks",
        "source",
        "no_elements",
    ] {
        assert!(taken.contains(&field), "{field} is free: {taken:?}");
    }
    register(&hostile).unwrap();
    let client = Client::unlimited(&stage.record);
    let mut pages = 0;
    for address in server::site::addresses_of(&stage.record).await.unwrap() {
        let reply = client.get(&address).await;
        if reply.header("content-type").starts_with("text/html") {
            inert(&address, reply.text());
            let script = reply
                .text()
                .contains("&#60;script&#62;alert(1)&#60;/script&#62;");
            pages += u32::from(script);
        }
    }
    // The list and two norms, in three languages.
    assert!(pages >= 9, "only {pages} pages show the text");
}

/// Whether a text of norms is one, apart from any record.
fn norms_take(text: &Value) -> bool {
    let reference = record::law::reference().unwrap();
    let against = norms::Against {
        vocabulary: &reference.vocabulary,
        states: &reference.states,
        themes: &reference.themes,
    };
    norms::Corpus::load(&[("text", &text.to_string())], against).is_ok()
}

/// A dataset with every field that one can have.
fn whole_base() -> Base {
    let base = json!({
        "format": incidents::BASE_FORMAT,
        "source": {"publisher": "eurepoc", "title": "t", "home": "h", "published": "2024-01-01", "licence": "l"},
        "incidents": [{
            "id": "i1", "start": {"day": "2020-01-01", "maybe_year_only": false}, "types": ["t"], "intensity_milli": 1000,
            "initiators": [{"country": "c", "category": "c", "name": "n"}], "receivers": ["r"],
            "responses": {"political": false, "legal": false, "any": false}, "lags": [],
        }],
        "effects": [{"incident": "i1", "country": "c", "category": "c", "subcategory": "s"}],
        "attributions": [{"incident": "i1", "id": "a", "date": "2020-02-01", "basis": "b", "countries": ["c"]}],
        "campaigns": [{"name": "n", "incidents": ["i1"]}],
        "report": {"tables": [{"table": "t", "rows": 1, "repeats": 0}]},
    });
    serde_json::from_value(base).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_of_others_is_shown_inert_field_by_field() {
    let whole = serde_json::to_value(whole_base()).unwrap();
    let mut places = Vec::new();
    texts(&whole, "", &mut places);
    let tried = names_in(&places);
    for of in [
        "Start",
        "Initiator",
        "Incident",
        "Effect",
        "Attribution",
        "Campaign",
        "TableReport",
        "Source",
        "Base",
    ] {
        let shown = shown_fields(&format!("incidents::{of}"));
        assert!(!shown.is_empty(), "{of}");
        let missing: Vec<_> = shown.into_iter().filter(|f| !tried.contains(f)).collect();
        assert!(missing.is_empty(), "{of}: {missing:?} is not written to");
    }
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let mut all = whole.clone();
    for place in &places {
        let changed = with(&whole, place, HOSTILE);
        let bytes = changed.to_string().into_bytes();
        // What a dataset cannot be is refused whole; an identifier has to be the same in every place.
        if Base::read(&bytes).is_err() {
            continue;
        }
        all = with(&all, place, HOSTILE);
    }
    for (place, text) in [
        ("/source/title", HOSTILE),
        ("/incidents/0/receivers/0", &enormous()),
    ] {
        all = with(&all, place, text);
    }
    let base = Base::read(all.to_string().as_bytes()).unwrap();
    keep(stage.record.dir(), "eurepoc", &base.write().unwrap()).unwrap();
    for base in ["", "/fr", "/ar"] {
        let path = format!("{base}/incidents");
        shown(&path, client.get(&path).await.text());
        for question in questions() {
            let asked =
                format!("{base}/incidents?dataset=eurepoc&{question}=%3Cscript%3E%E2%80%AE");
            inert(&asked, client.get(&asked).await.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reader_asks_for_is_shown_inert() {
    let stage = Stage::with_norms();
    let client = Client::unlimited(&stage.record);
    let names = questions();
    for field in [
        "q", "sector", "accused", "norm", "year", "standard", "after", "on", "dataset",
    ] {
        assert!(
            names.contains(field),
            "{field} is no question any more: {names:?}"
        );
    }
    for page in [
        "/",
        "/norms/GGE15.f",
        "/states/CH",
        "/incidents",
        "/log",
        "/aid/status",
    ] {
        for name in &names {
            let path =
                format!("{page}?{name}=%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE%22%20onload=x");
            inert(&path, client.get(&path).await.text());
        }
    }
    for base in ["", "/fr", "/ar"] {
        for question in [
            "?q=%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE%22%20onload=x",
            "?sector=%3Cscript%3E%E2%80%AE&accused=%22%3E%3Cb%3E&norm=%E2%80%AE&year=%3Ci%3E&standard=%27",
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
