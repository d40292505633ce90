//! States: names, what each accepted, what binds it on a day, and findings that speak of it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use norms::{ContactKind, Names, Succession};

use super::found::{self, FoundLine};
use super::norms::day;
use super::{Frame, Place, names, show};
use crate::api::{self, Asked, OnQuery, state_answer};
use crate::app::App;
use crate::rules_data::shipped;
use crate::text::{Markup, Texts};

#[derive(Template)]
#[template(path = "states.html")]
struct StatesPage {
    frame: Frame,
    lead: Markup,
    rows: Vec<&'static norms::State>,
    kinds: Vec<&'static ContactKind>,
}

pub(super) async fn list(State(app): State<App>, place: Place) -> Response {
    show(app, place, |_, frame| {
        let shipped = shipped()?;
        let rows: Vec<_> = shipped.reference.states.iter().collect();
        Ok(StatesPage {
            lead: frame.t.say("states.lead").n(rows.len()).html(),
            rows,
            kinds: shipped.contacts.iter().collect(),
            frame: frame.with_json("/states.json".to_owned()),
        })
    })
    .await
}

#[derive(Template)]
#[template(path = "state.html")]
struct StatePage {
    frame: Frame,
    name: String,
    names: Option<&'static Names>,
    un_member: bool,
    successions: Vec<Followed>,
    statements: Vec<Said>,
    on: String,
    bound_on: String,
    standing: Vec<Row>,
    findings: Vec<FoundLine>,
}

/// What came after a code.
struct Followed {
    says: Markup,
    note: String,
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
    unchecked: bool,
}

fn followed(t: Texts, s: Succession) -> Followed {
    let successors: Vec<_> = s.successors.iter().map(ToString::to_string).collect();
    let say = t
        .say("states.succeeded")
        .word("day", day(t, &s.on.to_string()));
    let say = say
        .with("former", &s.former)
        .with("successors", t.list(&successors));
    Followed {
        says: say.html(),
        note: s.note,
    }
}

pub(super) async fn one(
    State(app): State<App>,
    place: Place,
    Path(code): Path<String>,
    Asked(query): Asked<OnQuery>,
) -> Response {
    if let Some(code) = code.strip_suffix(".json") {
        let answer = api::state(State(app), Path(code.to_owned()), Asked(query));
        return answer.await.into_response();
    }
    show(app, place, move |record, frame| {
        let t = frame.t;
        let shipped = shipped()?;
        let (answer, findings) = {
            let state = record.state();
            let answer = state_answer(shipped, &state, &code, query.on.as_deref())?;
            (answer, found::on_state(t, &state, &code))
        };
        let statements = answer.statements.into_iter().map(|row| Said {
            from: day(t, &row.from.to_string()),
            what: t.word("change", &row.change),
            instrument: row.instrument,
            articles: row.articles.join(", "),
            evidence: row.evidence,
        });
        let standing = answer.standing.into_iter().map(|s| Row {
            title: s.title,
            force: t.word("force", &s.force),
            bound: t.word("bound", &s.bounds.bound),
            reason: s.bounds.reason,
            norms: s.norms,
            unchecked: s.basis.note().is_some(),
        });
        let known = shipped.reference.states.get(&code);
        Ok(StatePage {
            name: match known {
                Some(_) => names::state(t, &code),
                None => t.say("states.former-code").word("code", &code).plain(),
            },
            names: known.map(|s| &s.names),
            un_member: shipped.reference.states.is_un_member(&code),
            successions: answer
                .successions
                .into_iter()
                .map(|s| followed(t, s))
                .collect(),
            statements: statements.collect(),
            bound_on: t
                .say("states.bound")
                .word("day", day(t, &answer.on.to_string()))
                .plain(),
            on: answer.on.to_string(),
            standing: standing.collect(),
            findings,
            frame: frame.with_json(format!("/states/{code}.json")),
        })
    })
    .await
}
