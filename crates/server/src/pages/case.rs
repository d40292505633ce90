//! One case: its course, what was said in it, its exhibits, its findings.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use record::body::case::Question;
use record::kind::Kind;
use record::state::{Case, State as RecordState};
use record::statement::Statement;
use record::time::Timestamp;
use store::Record;

use super::claim::{self, ClaimRow};
use super::evidence::{self, ExhibitRow};
use super::{Frame, Place, drawings, plain, sentences, show};
use crate::api::{self, find_case};
use crate::app::App;
use crate::error::ApiError;
use crate::limits::MAX_TIMELINE_ROWS;
use crate::text::{Markup, Texts, foreign};
use crate::words;

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    frame: Frame,
    title: String,
    heading: Markup,
    phase: String,
    round: u32,
    opened: Markup,
    question: Markup,
    sectors: String,
    claim: Vec<ClaimRow>,
    claim_lead: Option<Markup>,
    steps: Vec<Step>,
    steps_drawn: Option<Markup>,
    findings: Vec<FindingLine>,
    timeline: Vec<Event>,
    statements: Markup,
    cut: Option<Markup>,
    exhibits: Vec<ExhibitRow>,
    exhibits_shown: Option<Markup>,
}

/// A step of the case, and when it was taken.
struct Step {
    name: String,
    times: Vec<Markup>,
}

struct FindingLine {
    id: String,
    published: Markup,
    outcome: Markup,
    status: String,
}

struct Event {
    index: u64,
    id: String,
    kind: String,
    issued: Timestamp,
    when: String,
    by: Markup,
}

/// Statements at these places, in short; the state must not be held.
fn timeline(t: Texts, record: &Record, places: &[u64]) -> Result<Vec<Event>, ApiError> {
    let mut statements = Vec::new();
    for index in places {
        let bytes = record.entry(*index)?;
        let statement = Statement::parse(&bytes).map_err(ApiError::internal)?;
        statements.push((*index, statement));
    }
    let state = record.state();
    let event = |(index, statement): &(u64, Statement)| {
        let member = state.global.keys.get(&statement.signer);
        let unknown = || t.say("case.no-member").html();
        Event {
            index: *index,
            id: statement.id.to_string(),
            kind: t.of("kind", Kind::as_str(statement.kind)),
            issued: statement.issued,
            when: t.time(statement.issued),
            by: member.map_or_else(unknown, |m| foreign(&m.to_string())),
        }
    };
    Ok(statements.iter().map(event).collect())
}

/// The main steps of a case that were taken, each with its moments: the first and the last of many.
fn steps(t: Texts, state: &RecordState, case: &Case) -> Vec<(String, Vec<Timestamp>)> {
    let reports = case
        .reports
        .iter()
        .filter_map(|id| state.global.reports.get(id));
    let votes: Vec<_> = case.votes.iter().map(|v| v.time).collect();
    let steps: [(Kind, Vec<Timestamp>); 5] = [
        (Kind::Report, reports.map(|r| r.received).collect()),
        (Kind::CaseOpen, vec![case.opened]),
        (Kind::ReviewAssign, case.assigned.into_iter().collect()),
        (Kind::Vote, ends(votes)),
        (
            Kind::Finding,
            case.findings.iter().map(|f| f.time).collect(),
        ),
    ];
    let taken = steps.into_iter().filter(|(_, times)| !times.is_empty());
    taken
        .map(|(kind, times)| (t.of("kind", kind.as_str()), ends(times)))
        .collect()
}

/// The first and the last of several moments; a moment that is both once.
fn ends(mut times: Vec<Timestamp>) -> Vec<Timestamp> {
    times.sort();
    times.dedup();
    match times[..] {
        [first, .., last] => vec![first, last],
        _ => times,
    }
}

fn question(t: Texts, question: &Question) -> Markup {
    match question.claim() {
        None => t.say("case.who").html(),
        Some(claim) => {
            let say = t.say("case.is-claim").with("publisher", &claim.publisher);
            say.word("day", t.day(claim.published)).html()
        }
    }
}

impl CasePage {
    /// Everything but the timeline, which stands in the log.
    fn of(state: &RecordState, case: &Case, frame: Frame) -> Self {
        let t = frame.t;
        let findings = case.findings.iter().rev().map(|f| FindingLine {
            id: f.statement.to_string(),
            published: t.say("case.published").time("time", f.time).html(),
            outcome: sentences::outcome(t, &f.finding.proposal),
            status: t.of("status", words::status_code(&f.status)),
        });
        let (exhibits, exhibits_shown) = evidence::rows(t, &evidence::held(state, case));
        let publisher = case.question.claim().map(|c| c.publisher.to_string());
        let count = case.statements.len();
        let steps = steps(t, state, case);
        let cut = t.say("case.shown").number("shown", MAX_TIMELINE_ROWS);
        Self {
            title: t.say("case.title").with("case", &case.id).plain(),
            heading: t.say("case.title").with("case", &case.id).html(),
            phase: t.of("phase", case.phase.as_str()),
            round: case.round,
            opened: t.time_element(case.opened),
            question: question(t, &case.question),
            sectors: t.list(&plain::sectors(t, &plain::reports(state, case))),
            claim: claim::rows(t, &case.question, &[]),
            claim_lead: publisher.map(|p| t.say("case.claim-lead").with("publisher", p).html()),
            steps_drawn: drawings::steps(t, &steps),
            steps: steps
                .into_iter()
                .map(|(name, times)| Step {
                    name,
                    times: times.into_iter().map(|time| t.time_element(time)).collect(),
                })
                .collect(),
            findings: findings.collect(),
            timeline: Vec::new(),
            statements: t.say("case.statements").n(count).html(),
            cut: (count > MAX_TIMELINE_ROWS).then(|| cut.html()),
            exhibits,
            exhibits_shown,
            frame: frame.with_json(format!("/cases/{}.json", case.id)),
        }
    }
}

pub(super) async fn page(State(app): State<App>, place: Place, Path(id): Path<String>) -> Response {
    if let Some(id) = id.strip_suffix(".json") {
        return api::case(State(app), Path(id.to_owned()))
            .await
            .into_response();
    }
    show(app, place, move |record, frame| {
        let t = frame.t;
        let (mut page, places) = {
            let state = record.state();
            let case = find_case(&state, &id)?;
            let places = case.statements.iter().map(|(index, _)| *index);
            let places: Vec<_> = places.take(MAX_TIMELINE_ROWS).collect();
            (CasePage::of(&state, case, frame), places)
        };
        page.timeline = timeline(t, record, &places)?;
        Ok(page)
    })
    .await
}
