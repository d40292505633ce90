//! Promises kept and broken: counts only, each with its rule and what is not known.

use askama::Template;
use axum::response::Response;

use crate::app::App;
use crate::pages::frame::{Frame, Place};
use crate::pages::show;
use crate::text::{Markup, Texts};

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
    harm: Option<Harm>,
}

/// Harm as officers counted it.
struct Harm {
    lead: Markup,
    rows: Vec<HarmRow>,
    withheld: Markup,
}

struct HarmRow {
    what: String,
    unit: String,
    /// Nothing if too few give a count.
    known: Option<Markup>,
    records: String,
    unknown: String,
    told_only: String,
}

impl Harm {
    fn of(t: Texts, aid: &record::state::Aid) -> Option<Self> {
        let until = aid.harm_counted_until?;
        let row = |row: &aid::HarmRow| HarmRow {
            what: t.of("aid-harm", row.kind.as_str()),
            unit: t.of("aid-harm-unit", row.unit.as_str()),
            known: row
                .known
                .map(|n| t.say("aid.harm-least").word("n", t.number(n)).html()),
            records: t.number(row.records_known + row.records_unknown),
            unknown: t.number(row.records_unknown),
            told_only: t.number(row.told_only),
        };
        let lead = t.say("aid.harm-lead").time("until", until);
        Some(Self {
            lead: lead.word("records", t.number(aid.harm.records)).html(),
            rows: aid.harm.rows.values().map(row).collect(),
            withheld: t
                .say("aid.harm-withheld")
                .word("n", t.number(aid.harm.withheld))
                .html(),
        })
    }
}

pub(super) async fn page(app: App, place: Place) -> Response {
    let now = app.now();
    show(app, place, move |record, frame| {
        let t = frame.t;
        let (figures, harm) = {
            let state = record.state();
            (state.aid.figures(now), Harm::of(t, &state.aid))
        };
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
            harm,
            frame: frame.with_json("/api/v1/aid/figures".to_owned()),
        })
    })
    .await
}
