//! Every field in which somebody else's text can reach a page, found in the source itself: a field that is
//! added anywhere below fails here until it is said how it is held.
//!
//! A field is bounded where its type cannot hold markup (a test tries each), or it is on the list of free ones
//! with what holds it. Free fields of statements are submitted with something hostile in them; those of the
//! method's input are checked by the method; the rest is shown on pages by the tests of `hostile.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use record::ids::{
    AgeRecipient, Article, CaseId, Country, InputId, InstrumentId, MediaType, MemberId, Slug,
    StatementId, Vkey,
};
use record::kind::{Body, Content, Kind};
use record::time::{Day, Timestamp};
use rehearsal::{SeatSpecRole, corpus};
use serde_json::{Value, json};

use crate::client::Client;
use crate::desk::{Stage, played};
use crate::hostile::{HOSTILE, inert};

#[path = "../../rehearsal/tests/samples.rs"]
mod samples;

/// Where the types stand whose text can reach a page: folders and files, from the workspace's `crates`.
const SOURCES: [&str; 5] = [
    "record/src/body",
    "method/src/input.rs",
    "norms/src/norm.rs",
    "incidents/src/base.rs",
    "server/src/pages/account.rs",
];
/// Where the questions stand that a reader can ask in an address.
const QUESTIONS: [&str; 2] = ["server/src/api", "server/src/pages"];

/// Types of other places that hold no text of their own: containers, numbers, enumerations, hashes, and the
/// identifiers that `no_bounded_type_can_hold_markup` tries.
#[rustfmt::skip] // a word list, not a column
const BOUNDED: &[&str] = &[
    "Option", "Vec", "Box", "BTreeMap", "BTreeSet", "Arc", "Hash", "StatementId", "CaseId",
    "MemberId", "Slug", "Country", "InputId", "InstrumentId", "Article", "MediaType", "Vkey",
    "AgeRecipient", "Day", "Timestamp", "Party", "TextDate", "CodedDate", "Element", "Bound",
    "Policy", "Params", "Standard", "Class", "Clocks", "Reason", "Stage", "Predecessor",
    "Condition", "Tag", "Markup", "Frame", "Choice", "Lang", "HarmRow",
];

/// How a free field is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// A statement with something hostile there is refused (tried below).
    Refused,
    /// The method refuses an input that holds it (tried below).
    ByMethod,
    /// Shown inert, or refused at the door: `hostile.rs` writes it and looks at the pages.
    Shown,
    /// Shown, and only through the one escaper; what sees to that.
    Escaped(&'static str),
    /// No page shows it; why.
    NotShown(&'static str),
}

/// Every field that can hold any text.
const FREE: &[(&str, Held)] = &[
    (
        "record::Reading.state",
        Held::NotShown("a state of a reading counts only in the method's input, which is checked"),
    ),
    (
        "record::Reading.bloc",
        Held::NotShown("as the state of a reading"),
    ),
    ("record::LabOpen.value", Held::Refused),
    (
        "record::Name.original",
        Held::NotShown("a map of masked names is told to be open or sealed, never listed"),
    ),
    ("record::Name.token", Held::NotShown("as the name itself")),
    ("record::Name.of", Held::NotShown("as the name itself")),
    ("record::OpenAnswer.value", Held::Refused),
    ("record::CharterText.witness_policy", Held::Refused),
    ("record::Disclose.pointer", Held::Refused),
    ("record::Disclose.value", Held::Refused),
    ("record::Enrol.possession", Held::Refused),
    ("record::Alternative.changes", Held::Refused),
    ("record::Named.actor", Held::Refused),
    ("record::Inconsistent.norm", Held::Refused),
    ("record::Inconsistent.words", Held::Refused),
    ("record::Propose.document", Held::Refused),
    ("record::Register.document", Held::Refused),
    ("method::Actor.id", Held::ByMethod),
    ("method::Actor.state", Held::ByMethod),
    ("method::StateRelations.state", Held::ByMethod),
    ("method::StateRelations.allied", Held::ByMethod),
    ("method::StateRelations.adversary", Held::ByMethod),
    ("method::Strand.id", Held::ByMethod),
    ("method::ActorRatio.actor", Held::ByMethod),
    ("method::Imitating.actor", Held::ByMethod),
    ("method::Source.organisation", Held::ByMethod),
    ("method::Source.state", Held::ByMethod),
    ("method::Source.bloc", Held::ByMethod),
    ("method::Item.id", Held::ByMethod),
    ("method::Item.strand", Held::ByMethod),
    (
        "method::Item.upstream",
        Held::Escaped(
            "a name in a table and a drawing: `no_template_turns_the_escaping_off`, `charts::tests`",
        ),
    ),
    ("method::Item.exhibits", Held::ByMethod),
    ("method::ReviewerPosterior.reviewer", Held::ByMethod),
    ("norms::Instrument.id", Held::Shown),
    ("norms::Instrument.title", Held::Shown),
    ("norms::Instrument.issuer", Held::Shown),
    ("norms::Instrument.document", Held::Shown),
    ("norms::Instrument.note", Held::Shown),
    ("norms::Part.asks", Held::Shown),
    ("norms::Part.source", Held::Shown),
    (
        "norms::Binding.note",
        Held::Escaped("the reason why a state is bound, a cell of a table"),
    ),
    ("norms::Norm.id", Held::Shown),
    ("norms::Norm.articles", Held::Shown),
    ("norms::Norm.themes", Held::Shown),
    ("norms::Norm.paraphrase", Held::Shown),
    ("norms::Norm.anchor_sha256", Held::Shown),
    ("norms::Norm.no_elements", Held::Shown),
    ("norms::Entry.digest", Held::Shown),
    ("incidents::Start.day", Held::Shown),
    ("incidents::Initiator.country", Held::Shown),
    ("incidents::Initiator.category", Held::Shown),
    ("incidents::Initiator.name", Held::Shown),
    ("incidents::Incident.id", Held::Shown),
    ("incidents::Incident.types", Held::Shown),
    ("incidents::Incident.receivers", Held::Shown),
    ("incidents::Effect.incident", Held::Shown),
    ("incidents::Effect.country", Held::Shown),
    ("incidents::Effect.category", Held::Shown),
    ("incidents::Effect.subcategory", Held::Shown),
    ("incidents::Attribution.incident", Held::Shown),
    ("incidents::Attribution.id", Held::Shown),
    ("incidents::Attribution.date", Held::Shown),
    ("incidents::Attribution.basis", Held::Shown),
    ("incidents::Attribution.countries", Held::Shown),
    ("incidents::Campaign.name", Held::Shown),
    ("incidents::Campaign.incidents", Held::Shown),
    ("incidents::TableReport.table", Held::Shown),
    ("incidents::Source.publisher", Held::Shown),
    ("incidents::Source.title", Held::Shown),
    ("incidents::Source.home", Held::Shown),
    ("incidents::Source.licence", Held::Shown),
    ("incidents::Base.format", Held::Shown),
    ("server::Account.what", Held::Shown),
    ("server::Account.public_source", Held::Shown),
    (
        "server::Account.known",
        Held::Escaped("a blank of a text, as the account itself"),
    ),
];

/// The source files of places, each with the name of its crate.
fn sources(places: &[&str]) -> Vec<(String, String)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (mut texts, mut paths) = (Vec::new(), Vec::new());
    for place in places {
        let of = place.split('/').next().unwrap();
        paths.push((of.to_owned(), crates.join(place)));
    }
    while let Some((of, path)) = paths.pop() {
        match path.is_dir() {
            true => {
                let inside = std::fs::read_dir(&path).unwrap();
                paths.extend(inside.map(|entry| (of.clone(), entry.unwrap().path())));
            }
            false => texts.push((of, std::fs::read_to_string(&path).unwrap())),
        }
    }
    texts
}

/// Fields of the types that places declare, as `crate::Type.field`, with the types in them that they do not declare.
fn fields(places: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let (mut found, mut own) = (BTreeMap::new(), BTreeSet::new());
    for (of, text) in sources(places) {
        let mut inside = BTreeMap::new();
        read(&text, &mut inside, &mut own);
        let named = inside.into_iter();
        found.extend(named.map(|(field, types)| (format!("{of}::{field}"), types)));
    }
    for types in found.values_mut() {
        types.retain(|name: &String| !own.contains(name));
    }
    // An error is told to whoever sent what is wrong; it is no part of what is kept.
    found.retain(|field, _| !field.contains("Error."));
    found
}

/// Names of what a reader can ask in an address: the fields of all types of questions.
pub(crate) fn questions() -> BTreeSet<String> {
    let names = fields(&QUESTIONS).into_keys().filter_map(|field| {
        let (of, name) = field.split_once('.')?;
        of.ends_with("Query").then(|| name.to_owned())
    });
    names.collect()
}

/// Names of the free fields of a type that tests of pages write something hostile into.
pub(crate) fn shown(of: &str) -> BTreeSet<&'static str> {
    let shown = FREE.iter().filter(|(_, held)| *held == Held::Shown);
    let named = shown.filter_map(|(field, _)| field.split_once('.'));
    named
        .filter(|(name, _)| *name == of)
        .map(|(_, field)| field)
        .collect()
}

/// Reads the types that one source declares; `own` gets their names.
fn read(source: &str, found: &mut BTreeMap<String, BTreeSet<String>>, own: &mut BTreeSet<String>) {
    let source = source.split("#[cfg(test)]").next().unwrap();
    let mut within: Option<String> = None;
    for line in source.lines() {
        let code = line.split("//").next().unwrap();
        let words: Vec<_> = code.split([' ', '{', '(', '<', ';']).collect();
        let declared = words.iter().position(|w| ["struct", "enum"].contains(w));
        if let Some(name) = declared
            .filter(|_| !line.starts_with(' '))
            .map(|at| words[at + 1])
        {
            own.insert(name.to_owned());
            // A type on one line, as `struct A(B);`, has its field there.
            let whole = code.trim_end().ends_with([';', '}']);
            if whole {
                take(found, name, code.split(name).nth(1).unwrap_or_default());
            }
            within = (!whole).then(|| name.to_owned());
        } else if line.starts_with('}') {
            within = None;
        } else if let Some(name) = &within
            && !code.trim_start().starts_with('#')
        {
            take(found, name, code);
        }
    }
}

/// The types that a line of a declaration names: after a colon, or between brackets of a variant.
fn take(found: &mut BTreeMap<String, BTreeSet<String>>, of: &str, line: &str) {
    let at = line.find(": ").or_else(|| line.find('('));
    let Some(at) = at else { return };
    let (before, after) = line.split_at(at);
    let field = before
        .rsplit([' ', '{'])
        .find(|w| !w.is_empty())
        .unwrap_or("0");
    let names = after.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let types = names.filter(|n| n.starts_with(|c: char| c.is_ascii_uppercase()) || *n == "str");
    let types: BTreeSet<_> = types.map(str::to_owned).collect();
    found
        .entry(format!("{of}.{field}"))
        .or_default()
        .extend(types);
}

#[test]
fn the_reader_of_sources_sees_every_form_of_a_field() {
    let source = "pub struct A {\n    /// Said: String\n    #[serde(rename = \"x: String\")]\n    pub a: Option<String>,\n    b: Slug,\n}\n\
                  pub(crate) struct N(String);\npub struct E {}\npub enum V {\n    One(Value),\n    Two { c: Vec<A>, d: u8 },\n    Three,\n}\n\
                  fn f(x: String) {}\n#[cfg(test)]\npub struct T { x: String }\n";
    let (mut found, mut own) = (BTreeMap::new(), BTreeSet::new());
    read(source, &mut found, &mut own);
    let set = |names: &[&str]| {
        names
            .iter()
            .map(|n| (*n).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let wanted = [
        ("A.a", set(&["Option", "String"])),
        ("A.b", set(&["Slug"])),
        ("N.0", set(&["String"])),
        ("V.One", set(&["Value"])),
        ("V.c", set(&["Vec", "A"])),
    ];
    assert_eq!(
        found,
        wanted.map(|(name, types)| (name.to_owned(), types)).into()
    );
    assert_eq!(own, set(&["A", "E", "N", "V"]));
}

#[test]
fn every_field_is_bounded_or_said_to_be_held() {
    let fields = fields(&SOURCES);
    assert!(fields.len() > 250, "only {} fields", fields.len());
    let (mut free, mut unknown) = (BTreeSet::new(), Vec::new());
    for (field, types) in &fields {
        for name in types {
            match name.as_str() {
                "String" | "str" | "Value" => drop(free.insert(field.as_str())),
                other if BOUNDED.contains(&other) => {}
                other => unknown.push(format!("{field}: {other}")),
            }
        }
    }
    assert!(
        unknown.is_empty(),
        "can these hold any text? Then they are free; else they belong to BOUNDED: {unknown:#?}"
    );
    let held: BTreeSet<_> = FREE.iter().map(|(field, _)| *field).collect();
    let differ: Vec<_> = free.symmetric_difference(&held).collect();
    assert!(
        differ.is_empty(),
        "say in FREE how each is held, and only of these: {differ:#?}"
    );
}

#[test]
fn no_bounded_type_can_hold_markup() {
    let enormous = "W".repeat(6_000);
    for text in [
        HOSTILE,
        "p\u{430}ypal",
        "a\u{202e}b",
        "a b",
        "<b>",
        enormous.as_str(),
    ] {
        let read = [
            text.parse::<CaseId>().is_ok(),
            text.parse::<MemberId>().is_ok(),
            text.parse::<Slug>().is_ok(),
            text.parse::<Country>().is_ok(),
            text.parse::<InputId>().is_ok(),
            text.parse::<InstrumentId>().is_ok(),
            text.parse::<Article>().is_ok(),
            text.parse::<MediaType>().is_ok(),
            text.parse::<Vkey>().is_ok(),
            text.parse::<AgeRecipient>().is_ok(),
            text.parse::<StatementId>().is_ok(),
            text.parse::<tlog::Hash>().is_ok(),
            text.parse::<Day>().is_ok(),
            text.parse::<Timestamp>().is_ok(),
            text.parse::<norms::Party>().is_ok(),
            serde_json::from_value::<norms::TextDate>(json!(text)).is_ok(),
            serde_json::from_value::<incidents::CodedDate>(json!(text)).is_ok(),
        ];
        assert!(!read.contains(&true), "{text:.20}: {read:?}");
    }
}

/// Places of all texts in a value, as JSON pointers.
pub(crate) fn texts(value: &Value, at: &str, into: &mut Vec<String>) {
    match value {
        Value::String(_) => into.push(at.to_owned()),
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                texts(item, &format!("{at}/{n}"), into);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                texts(field, &format!("{at}/{name}"), into);
            }
        }
        _ => {}
    }
}

/// A value with another text at a place.
pub(crate) fn with(value: &Value, place: &str, text: &str) -> Value {
    let mut changed = value.clone();
    *changed.pointer_mut(place).unwrap() = json!(text);
    changed
}

/// Whether a body with its content, if it has one, can be read as its type.
fn reads(kind: Kind, body: &Value) -> bool {
    let mut body = body.clone();
    let content = body.as_object_mut().unwrap().remove("content");
    let content = content.is_none_or(|content| Content::parse(kind, &content).is_ok());
    content && Body::parse(kind, &body).is_ok()
}

pub(crate) fn names_in(places: &[String]) -> BTreeSet<&str> {
    let parts = places.iter().flat_map(|place| place.split('/'));
    parts.collect()
}

#[test]
fn the_method_refuses_every_text_that_is_no_identifier() {
    let played = played();
    let state = played.stage.record.state();
    let found = state.cases[&played.case].findings.last().unwrap();
    let inputs = serde_json::to_value(&found.replayed.inputs).unwrap();
    let mut places = Vec::new();
    texts(&inputs, "", &mut places);
    let mut taken = BTreeSet::new();
    for place in &places {
        let changed = serde_json::from_value::<method::Case>(with(&inputs, place, HOSTILE));
        if changed.is_ok_and(|case| case.validate().is_ok()) {
            let name = place.split('/').rfind(|part| part.parse::<u32>().is_err());
            taken.insert(name.unwrap().to_owned());
        }
    }
    let of_method = FREE
        .iter()
        .filter(|(field, _)| field.starts_with("method::"));
    let escaped = of_method.filter(|(_, held)| matches!(held, Held::Escaped(_)));
    let escaped = escaped.map(|(field, _)| field.rsplit('.').next().unwrap().to_owned());
    assert_eq!(taken, escaped.collect::<BTreeSet<_>>());
    let tried = names_in(&places);
    for (field, _) in FREE.iter().filter(|(_, held)| *held == Held::ByMethod) {
        let name = field.rsplit('.').next().unwrap();
        assert!(tried.contains(name), "{field} was not tried");
    }
}

/// A sample with the free fields that it may leave out.
fn whole(kind: Kind, mut body: Value) -> Value {
    match kind {
        Kind::Charter | Kind::CharterAmend => {
            body["text"]["witness_policy"] = json!(["quorum none"]);
        }
        Kind::Finding => {
            body["proposal"]["named"] = json!({"state": "XA", "actor": "A", "placement": "text"});
            let broken = json!({"norm": "X.1", "words": "w", "bound": "yardstick", "coders": 2});
            body["proposal"]["norms"] = json!({"judged": 1, "inconsistent": [broken], "cannot_tell": 0,
                "not_measured": 0, "not_engaged": 0, "not_bound_then": 0});
        }
        _ => {}
    }
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_with_a_hostile_text_is_refused_or_shown_inert() {
    let mut stage = Stage::with_norms();
    let script = corpus::cases().unwrap().swap_remove(0);
    stage.play(&script, 0);
    let size = stage.record.size();
    let keys: Vec<_> = [
        SeatSpecRole::Registrar,
        SeatSpecRole::Reviewer,
        SeatSpecRole::Investigator,
        SeatSpecRole::Founder,
    ]
    .into_iter()
    .map(|role| stage.cast.with_role(role).next().unwrap().key.clone())
    .collect();
    let mut tried = Vec::new();
    for kind in Kind::ALL {
        let body = whole(*kind, samples::body(&stage.cast, *kind));
        let mut places = Vec::new();
        texts(&body, "", &mut places);
        for place in places {
            let changed = with(&body, &place, HOSTILE);
            if !reads(*kind, &changed) {
                continue;
            }
            for (key, case) in keys.iter().flat_map(|k| [(k, None), (k, Some(&script.id))]) {
                let draft = stage.draft(*kind, case, changed.clone());
                let Ok(signed) = draft.sign(key, &[3; 32], stage.time.plus_seconds(86_400)) else {
                    continue;
                };
                // Refused or not, what counts is what the pages say below.
                drop(stage.record.submit_blocking(signed.entry));
            }
            tried.push(place);
        }
    }
    let names = names_in(&tried);
    for (field, _) in FREE.iter().filter(|(_, held)| *held == Held::Refused) {
        let name = field.rsplit('.').next().unwrap();
        assert!(names.contains(name), "{field} was not tried: {names:?}");
    }
    // What was taken in is sealed, or the log's own note of a refusal.
    let client = Client::unlimited(&stage.record);
    assert!(stage.record.size() >= size);
    for address in server::site::addresses_of(&stage.record).await.unwrap() {
        let reply = client.get(&address).await;
        if reply.header("content-type").starts_with("text/html") {
            inert(&address, reply.text());
        }
    }
}
