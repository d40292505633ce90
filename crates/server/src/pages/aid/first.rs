//! The first hour of an incident, in plain words and in full: what to do before anybody answers.

use aid::Playbook;
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
    plain: String,
    text: String,
    evidence: Vec<String>,
    never: Vec<String>,
}

struct Hour {
    id: String,
    title: String,
    steps: Vec<Step>,
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
        let hour = |playbook: Playbook| Hour {
            id: playbook.id,
            title: playbook.plain,
            steps: playbook
                .step
                .into_iter()
                .map(|step| Step {
                    minutes: t.say("aid.first-minute").n(step.minutes).plain(),
                    who: t.of("aid-who", step.who.as_str()),
                    plain: step.plain,
                    text: step.text,
                    evidence: step.evidence,
                    never: step.never,
                })
                .collect(),
        };
        let playbooks = aid::playbooks_in(t.0.tag()).map_err(ApiError::internal)?;
        let hours = playbooks.into_iter().map(hour).collect();
        Ok(FirstPage { frame, hours })
    })
    .await
}
