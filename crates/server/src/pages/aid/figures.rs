//! Promises kept and broken: counts only, each with its rule and what is not known.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::pages::frame::{Frame, Place};
use crate::pages::show;
use crate::text::Markup;

struct Row {
    id: String,
    what: String,
    count: String,
    unknown: String,
    of: String,
    rule: String,
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
        let figures = record.state().aid.figures(now);
        let row = |f: aid::Figure| Row {
            what: t.of("aid-figure", &f.name),
            count: t.number(f.count),
            unknown: t.number(f.unknown),
            of: t.number(f.of),
            rule: t.of("aid-rule", &f.name),
            id: f.name,
        };
        Ok(FiguresPage {
            lead: t.say("aid.figures-lead").time("at", now).html(),
            rows: figures.into_iter().map(row).collect(),
            frame: frame.with_json("/api/v1/aid/figures".to_owned()),
        })
    })
    .await
}
