//! States: their names, what they accepted and when, what binds them on a day.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use norms::{ContactKind, Names, Succession};

use super::{Frame, show};
use crate::api::{Asked, FindingOf, OnQuery, findings_on_state, state_answer};
use crate::app::App;
use crate::rules_data::shipped;
use crate::words::coded;

#[derive(Template)]
#[template(path = "states.html")]
struct StatesPage {
    frame: Frame,
    rows: Vec<&'static norms::State>,
    kinds: Vec<&'static ContactKind>,
}

pub(super) async fn list(State(app): State<App>) -> Response {
    show(app, |_, frame| {
        let shipped = shipped()?;
        Ok(StatesPage {
            frame,
            rows: shipped.reference.states.iter().collect(),
            kinds: shipped.contacts.iter().collect(),
        })
    })
    .await
}

#[derive(Template)]
#[template(path = "state.html")]
struct StatePage {
    frame: Frame,
    code: String,
    names: Option<&'static Names>,
    un_member: bool,
    successions: Vec<Succession>,
    statements: Vec<Said>,
    on: String,
    standing: Vec<Row>,
    findings: Vec<FindingOf>,
}

/// What the state did about a text.
struct Said {
    from: String,
    what: String,
    instrument: String,
    articles: String,
    evidence: String,
}

struct Row {
    title: String,
    force: String,
    bound: String,
    reason: String,
    norms: Vec<String>,
    note: Option<&'static str>,
}

pub(super) async fn one(
    State(app): State<App>,
    Path(code): Path<String>,
    Asked(query): Asked<OnQuery>,
) -> Response {
    show(app, move |record, frame| {
        let shipped = shipped()?;
        let (answer, findings) = {
            let state = record.state();
            let answer = state_answer(shipped, &state, &code, query.on.as_deref())?;
            (answer, findings_on_state(&state, &code))
        };
        let statements = answer.statements.into_iter().map(|row| Said {
            from: row.from.to_string(),
            what: coded(&row.change),
            instrument: row.instrument,
            articles: row.articles.join(", "),
            evidence: row.evidence,
        });
        let standing = answer.standing.into_iter().map(|s| Row {
            title: s.title,
            force: coded(&s.force),
            bound: coded(&s.bounds.bound),
            reason: s.bounds.reason,
            norms: s.norms,
            note: s.basis.note(),
        });
        Ok(StatePage {
            frame,
            names: shipped.reference.states.get(&code).map(|s| &s.names),
            un_member: shipped.reference.states.is_un_member(&code),
            successions: answer.successions,
            statements: statements.collect(),
            on: answer.on.to_string(),
            standing: standing.collect(),
            findings,
            code,
        })
    })
    .await
}
