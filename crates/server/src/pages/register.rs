//! The register of cases.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use record::ids::CaseId;
use record::state::{Case, FindingRecord, State as RecordState};
use serde::Deserialize;

use super::{Frame, Place, plain, sentences, show};
use crate::api::{Asked, parsed};
use crate::app::App;
use crate::limits::MAX_PAGE_ROWS;
use crate::text::{Markup, Texts};

#[derive(Template)]
#[template(path = "register.html")]
struct Register {
    frame: Frame,
    rows: Vec<Row>,
    count: Markup,
    next: Option<String>,
}

struct Row {
    id: String,
    title: Markup,
    phase: String,
    sectors: Markup,
    opened: Markup,
    finding: Option<Found>,
}

struct Found {
    id: String,
    outcome: Markup,
    standard: Markup,
    likelihood: Markup,
    decided: Markup,
}

impl Found {
    fn of(t: Texts, finding: &FindingRecord) -> Self {
        let proposal = &finding.finding.proposal;
        let word = method::likelihood_word(f64::from(proposal.likelihood_ppm) / 1e6);
        let likelihood = t
            .say("register.likelihood")
            .word("word", t.word("likelihood", &word));
        let likelihood = likelihood.word("percent", t.percent(proposal.likelihood_ppm));
        let standard = t.word("standard", &proposal.standard);
        Self {
            id: finding.statement.to_string(),
            outcome: sentences::outcome(t, proposal),
            standard: t
                .say("register.standard-of")
                .word("standard", standard)
                .html(),
            likelihood: likelihood
                .word("range", t.range(proposal.interval_ppm))
                .html(),
            decided: t.say("register.decided").time("time", finding.time).html(),
        }
    }
}

impl Row {
    fn of(t: Texts, state: &RecordState, case: &Case) -> Self {
        let sectors = plain::sectors(t, &plain::reports(state, case));
        Self {
            id: case.id.to_string(),
            title: t.say("register.case").with("case", &case.id).html(),
            phase: t.of("phase", case.phase.as_str()),
            sectors: t
                .say("register.sectors")
                .with("sectors", t.list(&sectors))
                .html(),
            opened: t.say("register.opened").time("time", case.opened).html(),
            finding: case.standing().map(|f| Found::of(t, f)),
        }
    }
}

/// Where the page begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Begin {
    after: Option<String>,
}

pub(super) async fn page(
    State(app): State<App>,
    place: Place,
    Asked(begin): Asked<Begin>,
) -> Response {
    show(app, place, move |record, frame| {
        let t = frame.t;
        let state = record.state();
        let after: Option<CaseId> = begin.after.as_deref().map(parsed).transpose()?;
        let later = state
            .cases
            .values()
            .filter(|c| after.as_ref().is_none_or(|a| c.id > *a));
        let mut rows: Vec<_> = later
            .take(MAX_PAGE_ROWS + 1)
            .map(|case| Row::of(t, &state, case))
            .collect();
        let more = rows.len() > MAX_PAGE_ROWS;
        rows.truncate(MAX_PAGE_ROWS);
        Ok(Register {
            next: rows.last().filter(|_| more).map(|row| row.id.clone()),
            rows,
            count: t.say("register.count").n(state.cases.len()).html(),
            frame: frame.with_json("/cases.json".to_owned()),
        })
    })
    .await
}
