//! The first hour of an incident, in plain words and in full: what to do before anybody answers.

use aid::{Playbook, PlaybookStep, Who};
use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::error::ApiError;
use crate::pages::frame::{Frame, Place};
use crate::pages::show;

struct Step {
    /// By when, and who; nothing of what a helper does, whom nobody may have asked yet.
    when: Option<String>,
    plain: String,
    text: String,
    evidence: Vec<String>,
    never: Vec<String>,
}

/// What the reader can do, alone or with others; or what somebody who helps does, once there is one.
struct Part {
    later: bool,
    steps: Vec<Step>,
}

struct Hour {
    id: String,
    title: String,
    parts: Vec<Part>,
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
            when: (step.who != Who::Responder).then(|| {
                let minutes = t.say("aid.first-minute").n(step.minutes).plain();
                format!("{minutes} · {}", t.of("aid-who", step.who.as_str()))
            }),
            plain: step.plain,
            text: step.text,
            evidence: step.evidence,
            never: step.never,
        };
        let part = |later, steps: Vec<PlaybookStep>| Part {
            later,
            steps: steps.into_iter().map(step).collect(),
        };
        let hour = |playbook: Playbook| {
            let helper = |step: &PlaybookStep| step.who == Who::Responder;
            let (later, now): (Vec<_>, Vec<_>) = playbook.step.into_iter().partition(helper);
            let parts = [part(false, now), part(true, later)];
            Hour {
                id: playbook.id,
                title: playbook.plain,
                parts: parts.into_iter().filter(|p| !p.steps.is_empty()).collect(),
            }
        };
        let playbooks = aid::playbooks_in(t.0.tag()).map_err(ApiError::internal)?;
        let hours = playbooks.into_iter().map(hour).collect();
        Ok(FirstPage { frame, hours })
    })
    .await
}
