//! The first hour of an incident, in plain words: what to do before anybody answers.

use aid::{Playbook, PlaybookStep, Who};
use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::error::ApiError;
use crate::pages::frame::{Frame, Place};
use crate::pages::show;

struct Step {
    minutes: String,
    who: String,
    text: String,
}

struct Hour {
    id: String,
    title: String,
    /// What the reader can do, alone or with others.
    steps: Vec<Step>,
    /// What somebody who helps does, once there is one.
    later: Vec<String>,
}

#[derive(Template)]
#[template(path = "aid-first.html")]
struct FirstPage {
    frame: Frame,
    hours: Vec<Hour>,
}

pub(super) async fn page(State(app): State<App>, place: Place) -> Response {
    show(app, place, |_, frame| {
        let t = frame.t;
        let step = |step: PlaybookStep| Step {
            minutes: t.say("aid.first-minute").n(step.minutes).plain(),
            who: t.of("aid-who", step.who.as_str()),
            text: step.plain,
        };
        let hour = |playbook: Playbook| {
            let helper = |step: &PlaybookStep| step.who == Who::Responder;
            let (later, now): (Vec<_>, Vec<_>) = playbook.step.into_iter().partition(helper);
            Hour {
                id: playbook.id,
                title: playbook.plain,
                steps: now.into_iter().map(step).collect(),
                later: later.into_iter().map(|step| step.plain).collect(),
            }
        };
        let playbooks = aid::playbooks_in(t.0.tag()).map_err(ApiError::internal)?;
        let hours = playbooks.into_iter().map(hour).collect();
        Ok(FirstPage { frame, hours })
    })
    .await
}
