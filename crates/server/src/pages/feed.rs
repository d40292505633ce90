//! Findings as an Atom feed (RFC 4287), for those who follow the record: what `publish::atom` writes, in a page's language.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use publish::atom::write::{self, Entry, Head, Link, tag};
use publish::atom::{self, Item};

use super::frame::{Frame, Place};
use super::sentences;
use crate::app::App;
use crate::error::ApiError;
use crate::words;

/// What a demonstration says of itself, in the feed and in every entry.
fn mark(frame: &Frame) -> Option<String> {
    let words = ["common.demonstration-label", "common.demonstration"].map(|key| frame.t.s(key));
    frame.demonstration.then(|| words.join(" "))
}

fn entry(frame: &Frame, item: &Item<'_>) -> Entry {
    let (t, id) = (frame.t, item.finding.statement);
    let mut summary = vec![
        sentences::outcome_plain(t, &item.finding.finding.proposal),
        t.of("status", words::status_code(&item.finding.status)),
    ];
    summary.extend(mark(frame));
    let page = format!("{}/findings/{id}", frame.base());
    Entry {
        id: item.id(&frame.origin),
        title: t.say("finding.title").with("case", &item.case.id).plain(),
        published: item.finding.time,
        updated: item.updated,
        links: vec![
            Link::new("alternate", "text/html", page),
            Link::new(
                "alternate",
                "application/json",
                format!("/findings/{id}.json"),
            ),
            Link::new("related", "text/plain", format!("/findings/{id}.bundle")),
        ],
        categories: Vec::new(),
        summary: summary.join(" "),
        content: None,
    }
}

pub(super) async fn feed(State(app): State<App>, place: Place) -> Response {
    let made = app.blocking(move |record| {
        let frame = Frame::of(record, place);
        let state = record.state();
        let began = atom::began(&state).ok_or_else(|| ApiError::internal("an empty record"))?;
        let (base, path) = (frame.base(), format!("{}/feed.atom", frame.base()));
        let head = Head {
            id: tag(&frame.origin, began, &path),
            language: Some(frame.tag()),
            title: frame
                .t
                .say("common.origin")
                .with("origin", &frame.origin)
                .plain(),
            subtitle: mark(&frame),
            author: &frame.origin,
            links: vec![
                Link::new("self", atom::MEDIA_TYPE, path),
                Link::new("alternate", "text/html", format!("{base}/")),
            ],
        };
        let entries: Vec<Entry> = atom::items(&state)
            .iter()
            .map(|item| entry(&frame, item))
            .collect();
        Ok(write::feed(&head, &entries, began))
    });
    match made.await {
        Ok(text) => {
            let media_type = format!("{}; charset=utf-8", atom::MEDIA_TYPE);
            ([(CONTENT_TYPE, media_type)], text).into_response()
        }
        Err(error) => error.into_response(),
    }
}
