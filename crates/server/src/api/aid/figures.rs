//! Public counts: nothing of any request but that it is one.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::app::App;

/// A count with what makes it readable.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FigureView {
    /// Its name.
    name: String,
    /// How many.
    count: u64,
    /// Of what.
    unit: String,
    /// What makes one count.
    rule: String,
    /// For how many of `of` nobody can say whether the rule holds.
    unknown: u64,
    /// How many were looked at.
    of: u64,
}

/// Counts of requests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FiguresView {
    /// The moment they hold for.
    at: String,
    /// The counts.
    figures: Vec<FigureView>,
    /// Harm, over all requests that were counted; absent until an officer has counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    harm: Option<HarmView>,
}

/// Harm as officers counted it, of many and of nobody.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HarmView {
    /// Harm of requests that told it and were accepted before then is counted.
    until: String,
    /// Counts that were said; their times have no moment in common.
    counts: u64,
    /// Requests counted.
    records: u64,
    /// What makes one count.
    rule: &'static str,
    /// By kind and unit. There is no sum over kinds or units.
    rows: Vec<HarmRowView>,
    /// Rows left out because they rest on too few, over all counts.
    withheld: u64,
}

/// Harm of one kind in one unit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HarmRowView {
    /// Of which kind.
    kind: String,
    /// In what it is counted.
    unit: String,
    /// At least so many; absent if too few give a count.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<u64>,
    /// Requests that give a count.
    records_known: u64,
    /// Requests that have this harm and give none.
    records_unknown: u64,
    /// Of both, those that rest on the requester's word alone.
    told_only: u64,
}

/// What makes a row of harm.
const HARM_RULE: &str = "told in requests that the desk took on and whose requesters let lessons be published, each request in one count; each count rounded down to two digits; a row rests on at least 5 requests; what a requester alone says counts as told, whatever it calls it";

impl HarmView {
    fn of(aid: &record::state::Aid) -> Option<Self> {
        let until = aid.harm_counted_until?;
        let row = |row: &aid::HarmRow| HarmRowView {
            kind: row.kind.to_string(),
            unit: row.unit.to_string(),
            known: row.known,
            records_known: row.records_known,
            records_unknown: row.records_unknown,
            told_only: row.told_only,
        };
        Some(Self {
            until: until.to_string(),
            counts: aid.harm.counts,
            records: aid.harm.records,
            rule: HARM_RULE,
            rows: aid.harm.rows.values().map(row).collect(),
            withheld: aid.harm.withheld,
        })
    }
}

impl From<aid::Figure> for FigureView {
    fn from(f: aid::Figure) -> Self {
        Self {
            name: f.name,
            count: f.count,
            unit: f.unit,
            rule: f.rule,
            unknown: f.unknown,
            of: f.of,
        }
    }
}

/// Counts of the desk
#[utoipa::path(get, path = "/aid/figures", tag = "aid",
    responses((status = 200, body = Answer<FiguresView>)))]
pub(crate) async fn figures(State(app): State<App>) -> Json<Answer<FiguresView>> {
    let now = app.now();
    let state = app.record().state();
    let figures = state.aid.figures(now).into_iter().map(Into::into);
    let view = FiguresView {
        at: now.to_string(),
        figures: figures.collect(),
        harm: HarmView::of(&state.aid),
    };
    Answer::of(&state, view)
}
