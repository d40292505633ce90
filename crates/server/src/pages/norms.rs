//! The norms side by side by theme, and one norm with who is bound.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use norms::{Basis, Entry};

use super::{Frame, show};
use crate::api::{Asked, BoundView, FindingOf, OnQuery, find_norm, findings_on_norm, who_is_bound};
use crate::app::App;
use crate::rules_data::shipped;
use crate::words::coded;

#[derive(Template)]
#[template(path = "norms.html")]
struct NormsPage {
    frame: Frame,
    count: usize,
    instruments: usize,
    unchecked: usize,
    themes: Vec<Theme>,
}

struct Theme {
    id: &'static str,
    title: &'static str,
    rows: Vec<Row>,
}

/// A norm.
struct Row {
    id: String,
    force: String,
    date: String,
    paraphrase: String,
    note: Option<&'static str>,
}

impl Row {
    fn of(entry: &Entry) -> Self {
        Self {
            id: entry.norm.id.clone(),
            force: coded(&entry.force()),
            date: entry.issued().to_string(),
            paraphrase: entry.norm.paraphrase.clone(),
            note: entry.basis().note(),
        }
    }
}

pub(super) async fn list(State(app): State<App>) -> Response {
    show(app, |record, frame| {
        let shipped = shipped()?;
        let law = Arc::clone(&record.state().global.law);
        let (corpus, entries) = (law.corpus(), law.corpus().entries());
        let themes = shipped.reference.themes.iter().map(|(id, title)| Theme {
            id,
            title,
            rows: corpus.of_theme(id).map(Row::of).collect(),
        });
        Ok(NormsPage {
            frame,
            count: entries.len(),
            instruments: corpus.instruments().count(),
            unchecked: entries.iter().filter(|e| e.basis() == Basis::K).count(),
            themes: themes.collect(),
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
    issuer: String,
    polarity: String,
    addressee: String,
    sha256: String,
    no_elements: Option<String>,
    elements: Vec<ElementRow>,
    on: String,
    bound: Vec<BoundView>,
    unknown: usize,
    of_all: Option<String>,
    findings: Vec<FindingOf>,
}

struct ElementRow {
    element: &'static str,
    asks: String,
    source: String,
    note: Option<&'static str>,
}

pub(super) async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
    Asked(query): Asked<OnQuery>,
) -> Response {
    show(app, move |record, frame| {
        let shipped = shipped()?;
        let state = record.state();
        let entry = find_norm(&state.global.law, &id)?;
        let who = who_is_bound(shipped, &state, &entry, query.on.as_deref())?;
        let text = entry.text();
        let elements = entry.norm.elements.iter().map(|part| ElementRow {
            element: part.element.as_str(),
            asks: part.asks.clone(),
            source: part.source.clone(),
            note: part.basis.note(),
        });
        Ok(NormPage {
            frame,
            row: Row::of(&entry),
            title: text.title.clone(),
            document: text.document.clone(),
            article: entry.norm.article(),
            issuer: text.issuer.clone(),
            polarity: coded(&entry.norm.polarity),
            addressee: coded(&entry.norm.addressee),
            sha256: entry.digest.clone(),
            no_elements: entry.norm.no_elements.clone(),
            elements: elements.collect(),
            on: who.on.to_string(),
            bound: who.bound,
            unknown: who.unknown,
            of_all: who.of_all,
            findings: findings_on_norm(&state, &entry.norm.id),
        })
    })
    .await
}
