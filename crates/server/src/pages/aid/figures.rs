//! Promises kept and broken: counts only, each with its rule and what is not known.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::pages::frame::{Frame, Place};
use crate::pages::show;
use crate::text::Markup;

struct Row {
    what: &'static str,
    count: String,
    unknown: String,
    rule: &'static str,
    id: &'static str,
}

#[derive(Template)]
#[template(path = "aid-figures.html")]
struct FiguresPage {
    frame: Frame,
    lead: Markup,
    rows: Vec<Row>,
}

pub(super) async fn page(State(app): State<App>, place: Place) -> Response {
    let now = app.now();
    show(app, place, move |record, frame| {
        let t = frame.t;
        let f = record.state().aid.figures(now);
        let rows = [
            (
                "received",
                "aid.f-received",
                "aid.r-received",
                f.received,
                0,
            ),
            ("open", "aid.f-open", "aid.r-open", f.open, 0),
            (
                "ack-in-time",
                "aid.f-ack-in-time",
                "aid.r-ack-in-time",
                f.acknowledged_in_time,
                f.ended_unread,
            ),
            (
                "ack-late",
                "aid.f-ack-late",
                "aid.r-ack-late",
                f.acknowledged_late,
                0,
            ),
            (
                "ack-overdue",
                "aid.f-ack-overdue",
                "aid.r-ack-overdue",
                f.acknowledgement_overdue,
                0,
            ),
            (
                "assist-in-time",
                "aid.f-assist-in-time",
                "aid.r-assist-in-time",
                f.assisted_in_time,
                f.assistance_unknown + f.ended_unassisted,
            ),
            (
                "assist-late",
                "aid.f-assist-late",
                "aid.r-assist-late",
                f.assisted_late,
                0,
            ),
            (
                "assist-overdue",
                "aid.f-assist-overdue",
                "aid.r-assist-overdue",
                f.assistance_overdue,
                f.assistance_unknown,
            ),
            (
                "confirmed",
                "aid.f-confirmed",
                "aid.r-confirmed",
                f.confirmed,
                f.closed_unconfirmed,
            ),
            (
                "declined",
                "aid.f-declined",
                "aid.r-declined",
                f.declined,
                0,
            ),
            (
                "referred",
                "aid.f-referred",
                "aid.r-referred",
                f.referred,
                0,
            ),
            (
                "withdrawn",
                "aid.f-withdrawn",
                "aid.r-withdrawn",
                f.withdrawn,
                0,
            ),
            ("purged", "aid.f-purged", "aid.r-purged", f.purged, 0),
        ];
        let number = |n: usize| t.number(u64::try_from(n).unwrap_or(u64::MAX));
        let row = |(id, what, rule, count, unknown): (
            &'static str,
            &'static str,
            &'static str,
            usize,
            usize,
        )| Row {
            what: t.s(what),
            count: number(count),
            unknown: number(unknown),
            rule: t.s(rule),
            id,
        };
        Ok(FiguresPage {
            lead: t.say("aid.figures-lead").time("at", now).html(),
            rows: rows.map(row).into(),
            frame: frame.with_json("/api/v1/aid/figures".to_owned()),
        })
    })
    .await
}
