//! New findings as an Atom feed (RFC 4287), for those who follow the record.

use askama::Template;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use record::state::State as RecordState;

use super::frame::{Frame, Place};
use super::sentences;
use crate::app::App;
use crate::error::ApiError;
use crate::limits::FEED_ENTRIES;
use crate::text::Texts;
use crate::words;

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed {
    frame: Frame,
    title: String,
    id: String,
    updated: String,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    finding: String,
    title: String,
    updated: String,
    summary: String,
    status: String,
}

/// A `tag:` URI (RFC 4151) of this record: its authority and path are those of the origin, its day
/// the one on which the thing was published.
fn tag(origin: &str, day: &str, path: &str) -> String {
    let (authority, place) = origin.split_once('/').unwrap_or((origin, ""));
    format!("tag:{authority},{day}:{place}{path}")
}

fn entries(t: Texts, state: &RecordState, origin: &str) -> Vec<Entry> {
    let all = state
        .cases
        .values()
        .flat_map(|c| c.findings.iter().map(move |f| (c, f)));
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(_, f)| std::cmp::Reverse(f.index));
    let entry = |(case, f): &(&record::state::Case, &record::state::FindingRecord)| {
        let day = f.time.day().to_string();
        Entry {
            id: tag(origin, &day, &format!("/findings/{}", f.statement)),
            finding: f.statement.to_string(),
            title: t.say("finding.title").with("case", &case.id).plain(),
            updated: f.time.to_string(),
            summary: sentences::outcome_plain(t, &f.finding.proposal),
            status: t.of("status", words::status_code(&f.status)),
        }
    };
    all.iter().take(FEED_ENTRIES).map(entry).collect()
}

pub(super) async fn feed(State(app): State<App>, place: Place) -> Response {
    let made = app.blocking(move |record| {
        let frame = Frame::of(record, place);
        let t = frame.t;
        let state = record.state();
        let time = state
            .global
            .time
            .map(|time| time.to_string())
            .unwrap_or_default();
        let entries = entries(t, &state, record.origin());
        let first = state
            .global
            .selection_rules
            .first()
            .map(|r| r.from.day().to_string());
        let feed = Feed {
            title: t
                .say("common.origin")
                .with("origin", record.origin())
                .plain(),
            id: tag(
                record.origin(),
                &first.unwrap_or_default(),
                &format!("{}/feed.atom", frame.base()),
            ),
            updated: entries.first().map_or(time, |e| e.updated.clone()),
            entries,
            frame,
        };
        feed.render().map_err(ApiError::internal)
    });
    match made.await {
        Ok(text) => (
            [(CONTENT_TYPE, "application/atom+xml; charset=utf-8")],
            text,
        )
            .into_response(),
        Err(error) => error.into_response(),
    }
}
