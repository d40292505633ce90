//! The triage desk's queue: where open requests stand, and which clocks run. Nothing of who asked.

use aid::Role;
use askama::Template;
use axum::response::Response;
use record::ids::StatementId;
use record::state::{AidRequest, Promise as Promised};
use record::time::Timestamp;
use serde::Deserialize;

use super::scripts::{OPENING, items, texts};
use crate::api::{aid_order as order, aid_place as place};
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
    /// Since when a word of theirs waits for an answer.
    wrote: Option<Markup>,
    /// Acknowledgement, then first assistance.
    promises: [Promise; 2],
    next: String,
}

#[derive(Template)]
#[template(path = "aid-desk.html")]
struct DeskPage {
    frame: Frame,
    rows: Vec<Row>,
    /// How many of how many open requests the page shows.
    shown: Markup,
    /// Whether the page begins after others, and the address of the next page.
    later: bool,
    next: Option<String>,
    texts: Markup,
}

/// Which part of the queue.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Query {
    /// The requests after this one.
    after: Option<String>,
}

/// Digits of an identifier that are shown; the link holds all.
const SHORT: usize = 16;

impl Row {
    fn of(t: Texts, id: &StatementId, r: &AidRequest, now: Timestamp) -> Self {
        let id = id.to_string();
        let next: std::collections::BTreeSet<_> = [Role::Triage, Role::Desk]
            .into_iter()
            .flat_map(|role| aid::allowed(r.standing, role).map(|t| t.to))
            .collect();
        let next: Vec<_> = next.iter().map(|s| t.of("aid-stage", s.as_str())).collect();
        Self {
            short: id.get(..SHORT).unwrap_or(&id).to_owned(),
            id,
            stage: t.of("aid-stage", r.standing.stage.as_str()),
            class: r.class().map(|c| c.to_string()).unwrap_or_default(),
            received: t.time_element(r.received),
            wrote: r.wrote_since.map(|at| t.time_element(at)),
            promises: [Promised::Acknowledgement, Promised::FirstAssistance]
                .map(|promised| Promise::of(t, r, promised, now)),
            next: t.list(&next),
        }
    }
}

pub(super) async fn page(app: App, at: Place, query: Query) -> Response {
    let now = app.now();
    show(app, at, move |record, frame| {
        let t = frame.t;
        let state = record.state();
        let requests = state.aid.requests.iter();
        let mut open: Vec<_> = requests.filter(|(_, r)| r.is_open()).collect();
        open.sort_by_key(|(id, r)| order(id, r));
        let after = place(&state.aid, query.after.as_deref())?;
        let before = after.map_or(0, |after| {
            open.partition_point(|(id, r)| order(id, r) <= after)
        });
        let part = open.iter().skip(before).take(MAX_PAGE_ROWS);
        let rows: Vec<_> = part.map(|(id, r)| Row::of(t, id, r, now)).collect();
        let last = rows.last().filter(|_| before + rows.len() < open.len());
        let next = last.map(|row| format!("{}/aid/desk?after={}", frame.base(), row.id));
        let shown = t.say("aid.desk-shown").n(open.len());
        let shown = shown.word("shown", rows.len().to_string()).html();
        drop(state);
        Ok(DeskPage {
            texts: texts(t, OPENING, &items()),
            later: before > 0,
            frame,
            rows,
            shown,
            next,
        })
    })
    .await
}
