//! Asking for help, and seeing what became of it.

use askama::Template;
use axum::response::Response;
use record::body::aid::Desk;

use super::scripts::{ASKING, STATUS, roles, texts, workflow};
use crate::app::App;
use crate::pages::frame::{Frame, Place};
use crate::pages::show;
use crate::text::{Markup, Texts};

const HOUR_S: u64 = 3_600;
const DAY_S: u64 = 86_400;

/// What the form offers, in the order in which it offers it.
const CHOICES: [(&str, &str, &str, &[&str]); 8] = [
    (
        "danger",
        "aid.danger-question",
        "aid-danger",
        &["now", "possible", "none", "unknown"],
    ),
    (
        "incident",
        "aid.incident",
        "aid-incident",
        &[
            "intrusion-attempt",
            "intrusion",
            "malicious-code",
            "availability",
            "information-security",
            "fraud",
            "abusive-content",
            "other",
        ],
    ),
    (
        "sector",
        "aid.sector",
        "aid-sector",
        &[
            "health",
            "drinking-water",
            "energy",
            "humanitarian",
            "media",
            "civil-society",
            "elections",
            "education",
            "public-administration",
            "person",
            "other",
        ],
    ),
    (
        "function",
        "aid.function",
        "aid-function",
        &["unknown", "none", "degraded", "partly", "stopped"],
    ),
    (
        "data",
        "aid.data",
        "aid-data",
        &[
            "unknown",
            "none",
            "ordinary",
            "personal",
            "special",
            "life-endangering",
        ],
    ),
    (
        "ongoing",
        "aid.ongoing",
        "aid-answer",
        &["unknown", "yes", "no"],
    ),
    (
        "support",
        "aid.support",
        "aid-support",
        &["unknown", "none", "insufficient", "sufficient"],
    ),
    (
        "channel",
        "aid.channel",
        "aid-channel",
        &["desk", "mail", "messenger", "phone", "in-person"],
    ),
];

/// Assets the form offers; several can be chosen.
const ASSETS: [&str; 8] = [
    "account", "computer", "phone", "server", "website", "network", "data", "people",
];

/// A question with one answer out of several.
struct Choice {
    name: &'static str,
    label: &'static str,
    /// Asked of everybody; the others can be left out in a hurry.
    always: bool,
    options: Vec<Answer>,
}

/// One answer; what nobody chose is what is not known.
struct Answer {
    value: &'static str,
    word: String,
    selected: bool,
}

#[derive(Template)]
#[template(path = "aid.html")]
struct AskPage {
    frame: Frame,
    desk: bool,
    clocks: Markup,
    choices: Vec<Choice>,
    assets: Vec<(&'static str, String)>,
    texts: Markup,
}

#[derive(Template)]
#[template(path = "aid-status.html")]
struct StatusPage {
    frame: Frame,
    desk: bool,
    texts: Markup,
}

fn duration(t: Texts, seconds: u64) -> String {
    if seconds.is_multiple_of(DAY_S) {
        t.say("aid.days").n(seconds / DAY_S).plain()
    } else {
        t.say("aid.hours").n(seconds.div_ceil(HOUR_S)).plain()
    }
}

fn clocks(t: Texts, desk: &Desk) -> Markup {
    let [p1, _, _, p4] = desk.clocks.assist_s;
    t.say("aid.clocks-text")
        .word("acknowledge", duration(t, desk.clocks.acknowledge_s))
        .word("p1", duration(t, p1))
        .word("p4", duration(t, p4))
        .html()
}

pub(super) async fn page(app: App, place: Place) -> Response {
    show(app, place, |record, frame| {
        let t = frame.t;
        let clocks = record.state().aid.desk.as_ref().map(|desk| clocks(t, desk));
        let choice =
            |(name, label, family, values): (&'static str, &'static str, &str, &[&'static str])| {
                Choice {
                    name,
                    label: t.s(label),
                    always: ["danger", "incident", "channel"].contains(&name),
                    options: values
                        .iter()
                        .map(|value| Answer {
                            value,
                            word: t.of(family, value),
                            selected: ["unknown", "other"].contains(value),
                        })
                        .collect(),
                }
            };
        Ok(AskPage {
            desk: clocks.is_some(),
            clocks: clocks.unwrap_or_else(|| crate::text::markup(String::new())),
            choices: CHOICES.map(choice).into(),
            assets: ASSETS.map(|a| (a, t.of("aid-asset", a))).into(),
            texts: texts(t, ASKING, &roles()),
            frame,
        })
    })
    .await
}

pub(super) async fn status(app: App, place: Place) -> Response {
    show(app, place, |record, frame| {
        Ok(StatusPage {
            desk: record.state().aid.desk.is_some(),
            texts: texts(frame.t, STATUS, &workflow()),
            frame,
        })
    })
    .await
}
