//! The triage desk's queue: where open requests stand, and which clocks run. Nothing of who asked.

use aid::Role;
use askama::Template;
use axum::response::Response;
use record::state::{AidRequest, Promise as Promised};
use record::time::Timestamp;

use super::scripts::{OPENING, items, texts};
use crate::app::App;
use crate::limits::MAX_PAGE_ROWS;
use crate::pages::frame::{Frame, Place};
use crate::pages::show;
use crate::text::{Markup, Texts};

/// A promise in the queue.
struct Promise {
    /// Moment of keeping or of being due; nothing if it is not known.
    when: Option<Markup>,
    kept: bool,
    late: bool,
    /// Steps of the escalation chain that are reached.
    escalation: u8,
}

impl Promise {
    fn of(t: Texts, r: &AidRequest, promised: Promised, now: Timestamp) -> Self {
        let (due, met) = (r.due(promised, now), r.met(promised));
        Self {
            when: met.or(due).map(|at| t.time_element(at)),
            kept: met.is_some(),
            late: r.is_late(promised, now),
            escalation: r.clock(promised, now).escalation,
        }
    }
}

struct Row {
    id: String,
    short: String,
    stage: String,
    class: String,
    received: Markup,
    /// Acknowledgement, then first assistance.
    promises: [Promise; 2],
    next: String,
}

#[derive(Template)]
#[template(path = "aid-desk.html")]
struct DeskPage {
    frame: Frame,
    rows: Vec<Row>,
    texts: Markup,
}

/// Digits of an identifier that are shown; the link holds all.
const SHORT: usize = 16;

pub(super) async fn page(app: App, place: Place) -> Response {
    let now = app.now();
    show(app, place, move |record, frame| {
        let t = frame.t;
        let state = record.state();
        let mut open: Vec<_> = state
            .aid
            .requests
            .iter()
            .filter(|(_, r)| r.is_open())
            .collect();
        open.sort_by_key(|(id, r)| (r.received, **id));
        let row = |(id, r): &(&record::ids::StatementId, &AidRequest)| {
            let id = id.to_string();
            let next: std::collections::BTreeSet<_> = [Role::Triage, Role::Desk]
                .into_iter()
                .flat_map(|role| aid::allowed(r.standing, role).map(|t| t.to))
                .collect();
            let next: Vec<_> = next.iter().map(|s| t.of("aid-stage", s.as_str())).collect();
            Row {
                short: id.get(..SHORT).unwrap_or(&id).to_owned(),
                id,
                stage: t.of("aid-stage", r.standing.stage.as_str()),
                class: r.class().map(|c| c.to_string()).unwrap_or_default(),
                received: t.time_element(r.received),
                promises: [Promised::Acknowledgement, Promised::FirstAssistance]
                    .map(|promised| Promise::of(t, r, promised, now)),
                next: t.list(&next),
            }
        };
        let rows = open.iter().take(MAX_PAGE_ROWS).map(row).collect();
        drop(state);
        Ok(DeskPage {
            texts: texts(t, OPENING, &items()),
            frame,
            rows,
        })
    })
    .await
}
