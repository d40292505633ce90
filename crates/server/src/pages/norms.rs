//! The norms side by side by theme, and one norm with who is bound.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use norms::{Basis, Entry};

use super::found::{self, FoundLine};
use super::{Frame, Place, names, show};
use crate::api::{self, Asked, BoundView, OnQuery, find_norm, who_is_bound};
use crate::app::App;
use crate::rules_data::shipped;
use crate::text::{Markup, Texts};

#[derive(Template)]
#[template(path = "norms.html")]
struct NormsPage {
    frame: Frame,
    none: bool,
    lead: Markup,
    themes: Vec<Theme>,
}

struct Theme {
    id: &'static str,
    title: String,
    rows: Vec<Row>,
}

/// A norm.
struct Row {
    id: String,
    force: String,
    date: String,
    paraphrase: String,
    unchecked: bool,
}

impl Row {
    fn of(t: Texts, entry: &Entry) -> Self {
        Self {
            id: entry.norm.id.clone(),
            force: t.word("force", &entry.force()),
            date: day(t, &entry.issued().to_string()),
            paraphrase: entry.norm.paraphrase.clone(),
            unchecked: entry.basis() == Basis::K,
        }
    }
}

/// A day as the corpus writes it, in words where it is a whole day.
pub(super) fn day(t: Texts, text: &str) -> String {
    t.written_day(text).unwrap_or_else(|| text.to_owned())
}

pub(super) async fn list(State(app): State<App>, place: Place) -> Response {
    show(app, place, |record, frame| {
        let t = frame.t;
        let shipped = shipped()?;
        let law = Arc::clone(&record.state().global.law);
        let (corpus, entries) = (law.corpus(), law.corpus().entries());
        let themes = shipped.reference.themes.iter().map(|(id, _)| Theme {
            id,
            title: t.of("theme", id),
            rows: corpus.of_theme(id).map(|entry| Row::of(t, entry)).collect(),
        });
        let unchecked = entries.iter().filter(|e| e.basis() == Basis::K).count();
        let lead = t.say("norms.lead").n(entries.len());
        let lead = lead.number("instruments", corpus.instruments().count());
        Ok(NormsPage {
            none: entries.is_empty(),
            lead: lead.number("unchecked", unchecked).html(),
            themes: themes.collect(),
            frame: frame.with_json("/norms.json".to_owned()),
        })
    })
    .await
}

#[derive(Template)]
#[template(path = "norm.html")]
struct NormPage {
    frame: Frame,
    row: Row,
    title: String,
    document: String,
    article: String,
    issued: Markup,
    asks: String,
    sha256: String,
    no_elements: Option<String>,
    elements: Vec<ElementRow>,
    on: String,
    bound_on: String,
    bound_caption: String,
    bound_count: Markup,
    bound: Vec<Alike>,
    of_all: Option<String>,
    findings: Vec<FoundLine>,
}

/// States bound for the same reason, shown by the same.
struct Alike {
    reason: String,
    evidence: Vec<String>,
    /// Code and name.
    states: Vec<(String, String)>,
}

/// States that are bound alike in one row, in the order in which each reason first comes.
fn alike(t: Texts, bound: Vec<BoundView>) -> Vec<Alike> {
    let mut rows: Vec<Alike> = Vec::new();
    for view in bound {
        let state = (view.state.clone(), names::state(t, &view.state));
        let same = |row: &&mut Alike| row.reason == view.reason && row.evidence == view.evidence;
        match rows.iter_mut().find(same) {
            Some(row) => row.states.push(state),
            None => rows.push(Alike {
                reason: view.reason,
                evidence: view.evidence,
                states: vec![state],
            }),
        }
    }
    rows
}

struct ElementRow {
    element: String,
    asks: String,
    source: String,
    unchecked: bool,
}

pub(super) async fn one(
    State(app): State<App>,
    place: Place,
    Path(id): Path<String>,
    Asked(query): Asked<OnQuery>,
) -> Response {
    if let Some(id) = id.strip_suffix(".json") {
        let answer = api::norm(State(app), Path(id.to_owned()), Asked(query));
        return answer.await.into_response();
    }
    show(app, place, move |record, frame| {
        let t = frame.t;
        let shipped = shipped()?;
        let state = record.state();
        let entry = find_norm(&state.global.law, &id)?;
        let who = who_is_bound(shipped, &state, &entry, query.on.as_deref())?;
        let text = entry.text();
        let elements = entry.norm.elements.iter().map(|part| ElementRow {
            element: t.of("element", part.element.as_str()),
            asks: part.asks.clone(),
            source: part.source.clone(),
            unchecked: part.basis == Basis::K,
        });
        let row = Row::of(t, &entry);
        let on = day(t, &who.on.to_string());
        let asks = t
            .say("norms.asks-of")
            .word("polarity", t.word("polarity", &entry.norm.polarity));
        let count = t.say("norms.bound-count").n(who.bound.len());
        Ok(NormPage {
            title: text.title.clone(),
            document: text.document.clone(),
            article: entry.norm.article(),
            issued: t
                .say("norms.by")
                .word("date", &row.date)
                .with("issuer", &text.issuer)
                .html(),
            asks: asks
                .word("addressee", t.word("addressee", &entry.norm.addressee))
                .plain(),
            sha256: entry.digest.clone(),
            no_elements: entry.norm.no_elements.clone(),
            elements: elements.collect(),
            bound_on: t.say("norms.bound").word("day", &on).plain(),
            bound_caption: t.say("norms.bound-caption").word("day", &on).plain(),
            bound_count: count.number("unknown", who.unknown).html(),
            on: who.on.to_string(),
            bound: alike(t, who.bound),
            of_all: who.of_all,
            findings: found::on_norm(t, &state, &entry.norm.id),
            frame: frame.with_json(format!("/norms/{}.json", row.id)),
            row,
        })
    })
    .await
}
