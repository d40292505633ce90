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

/// Languages that the form offers, by what they are called in themselves. The language of the page is always one more.
const LANGUAGES: [(&str, &str); 44] = [
    ("am", "አማርኛ"),
    ("ar", "العربية"),
    ("az", "azərbaycanca"),
    ("bn", "বাংলা"),
    ("bs", "bosanski"),
    ("ckb", "کوردیی ناوەندی"),
    ("de", "Deutsch"),
    ("el", "ελληνικά"),
    ("en", "English"),
    ("es", "español"),
    ("fa", "فارسی"),
    ("fil", "Filipino"),
    ("fr", "français"),
    ("ha", "Hausa"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("ht", "kreyòl ayisyen"),
    ("hy", "հայերեն"),
    ("id", "Bahasa Indonesia"),
    ("it", "italiano"),
    ("ja", "日本語"),
    ("ka", "ქართული"),
    ("km", "ខ្មែរ"),
    ("ko", "한국어"),
    ("ku", "kurdî"),
    ("my", "မြန်မာ"),
    ("ne", "नेपाली"),
    ("pl", "polski"),
    ("prs", "دری"),
    ("ps", "پښتو"),
    ("pt", "português"),
    ("ro", "română"),
    ("ru", "русский"),
    ("rw", "Kinyarwanda"),
    ("so", "Soomaali"),
    ("sw", "Kiswahili"),
    ("ta", "தமிழ்"),
    ("ti", "ትግርኛ"),
    ("tr", "Türkçe"),
    ("uk", "українська"),
    ("ur", "اردو"),
    ("vi", "Tiếng Việt"),
    ("wo", "wolof"),
    ("zh", "中文"),
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
    /// What becomes of it, and how long what was told is kept.
    after: Markup,
    choices: Vec<Choice>,
    assets: Vec<(&'static str, String)>,
    languages: &'static [(&'static str, &'static str)],
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

fn after(t: Texts, desk: &Desk) -> Markup {
    let kept = duration(t, desk.retention_s.into());
    t.say("aid.after-text").word("kept", kept).html()
}

pub(super) async fn page(app: App, place: Place) -> Response {
    show(app, place, |record, frame| {
        let t = frame.t;
        let none = || crate::text::markup(String::new());
        let desk = record.state().aid.desk.clone();
        let after = desk.as_ref().map(|desk| after(t, desk));
        let clocks = desk.as_ref().map(|desk| clocks(t, desk));
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
            clocks: clocks.unwrap_or_else(none),
            after: after.unwrap_or_else(none),
            choices: CHOICES.map(choice).into(),
            assets: ASSETS.map(|a| (a, t.of("aid-asset", a))).into(),
            languages: &LANGUAGES,
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

#[cfg(test)]
mod tests {
    use super::{ASSETS, CHOICES, LANGUAGES};
    use serde_json::{Value, json};

    /// Every answer that the page offers makes a form that an officer's reader takes.
    #[test]
    fn what_the_form_offers_is_read() {
        let vectors = include_str!("../../../../../docs/vectors/aid-form-v1.json");
        let vectors: Value = serde_json::from_str(vectors).unwrap();
        let field = |name: &'static str| match name {
            "danger" => "/life_safety".to_owned(),
            "channel" => "/contact/channel".to_owned(),
            name => format!("/{name}"),
        };
        let read = |form: &Value| aid::Request::from_json(form.to_string().as_bytes());
        for (name, _, _, values) in CHOICES {
            for value in values {
                let mut form = vectors["base"].clone();
                *form.pointer_mut(&field(name)).unwrap() = json!(value);
                assert!(read(&form).is_ok(), "{name} {value}");
            }
        }
        let mut form = vectors["base"].clone();
        form["assets"] = json!(ASSETS);
        assert!(read(&form).is_ok());
        // All at once would be more than a form lists; nobody speaks them all.
        for (tag, name) in LANGUAGES {
            form["languages"] = json!([tag]);
            assert!(read(&form).is_ok() && !name.is_empty(), "{tag}");
        }
        assert!(LANGUAGES.is_sorted());
    }
}
