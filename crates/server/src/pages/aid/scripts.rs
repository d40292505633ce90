//! Words that the scripts of these pages say, as JSON in the page: scripts have none of their own.

use serde_json::{Map, Value};

use crate::text::{Markup, Texts, markup};

/// What stands before the keys of these texts in the catalogue; scripts leave it out.
const PREFIX: &str = "aid.js.";

/// What the page that asks says.
pub(super) const ASKING: &[&str] = &[
    "aid.js.sending",
    "aid.js.sent",
    "aid.js.sent-id",
    "aid.js.sent-next",
    "aid.js.saved",
    "aid.js.not-sent",
    "aid.js.not-lost",
    "aid.js.retry",
    "aid.js.check-first",
    "aid.js.fault-long",
    "aid.js.fault-many",
    "aid.js.fault-name",
    "aid.js.fault-sign",
    "aid.js.fault-number",
    "aid.js.fault-language",
    "aid.js.fault-size",
    "aid.js.fault-proxy",
    "aid.js.share-sure",
    "aid.js.readers-own",
    "aid.js.readers-pinned",
    "aid.js.readers-part",
    "aid.js.readers-no-witness",
    "aid.js.readers-as-of",
    "aid.js.readers-later",
    "aid.js.readers-unchecked",
    "aid.js.readers-refused",
];

/// What the page of whoever asked says.
pub(super) const STATUS: &[&str] = &[
    "aid.js.wrong-words",
    "aid.js.none",
    "aid.js.not-done",
    "aid.js.asked-at",
    "aid.js.acknowledgement",
    "aid.js.assistance",
    "aid.js.due",
    "aid.js.late-since",
    "aid.js.met",
    "aid.js.no-class",
    "aid.js.take-team",
    "aid.js.took-team",
    "aid.js.other-team",
    "aid.js.asked-other-team",
    "aid.js.confirm",
    "aid.js.confirmed",
    "aid.js.not-resolved",
    "aid.js.said-not-resolved",
    "aid.js.ask-again",
    "aid.js.asked-again",
    "aid.js.go-on",
    "aid.js.went-on",
    "aid.js.pause",
    "aid.js.pause-sure",
    "aid.js.paused",
    "aid.js.foreign-title",
    "aid.js.foreign-note",
    "aid.js.foreign-open",
    "aid.js.withdraw",
    "aid.js.withdraw-sure",
    "aid.js.withdrawn",
    "aid.js.scope",
    "aid.js.scope-domains",
    "aid.js.scope-networks",
    "aid.js.scope-accounts",
    "aid.js.scope-hosts",
    "aid.js.scope-actions",
    "aid.js.scope-no-action",
    "aid.js.line-first",
    "aid.js.line-domain",
    "aid.js.line-suffix",
    "aid.js.line-account",
    "aid.js.line-network",
    "aid.js.line-wide",
    "aid.js.line-host",
    "aid.js.line-many",
    "aid.js.scope-says",
    "aid.js.scope-until",
    "aid.js.consents",
    "aid.js.share-with-helpers",
    "aid.js.publish-anonymised",
    "aid.js.allowed",
    "aid.js.not-allowed",
    "aid.js.allow",
    "aid.js.take-back",
    "aid.js.consent-said",
    "aid.js.consents-note",
    "aid.js.team",
    "aid.js.team-why",
    "aid.js.row",
    "aid.js.row-helper",
    "aid.js.row-more",
    "aid.js.row-barriers",
    "aid.js.remains-then",
    "aid.js.scope-later",
    "aid.js.sign-scope",
    "aid.js.scope-signed",
    "aid.js.scope-note",
    "aid.js.message",
    "aid.js.add-message",
    "aid.js.message-added",
    "aid.js.told",
    "aid.js.stale",
    "aid.js.reseal",
    "aid.js.resealed",
    "aid.js.again",
    "aid.js.destroyed",
    "aid.js.not-readable",
    "aid.js.remains",
    "aid.js.steps",
    "aid.js.when",
    "aid.js.to",
    "aid.js.why",
    "aid.js.who",
    "aid.js.readers-own",
    "aid.js.readers-pinned",
    "aid.js.readers-part",
    "aid.js.readers-no-witness",
    "aid.js.readers-as-of",
    "aid.js.readers-later",
    "aid.js.readers-unchecked",
    "aid.js.readers-refused",
];

/// What the page says on which an officer opens what was told.
pub(super) const OPENING: &[&str] = &[
    "aid.js.opening",
    "aid.js.opened",
    "aid.js.cannot-open",
    "aid.js.wrong-files",
    "aid.js.again",
];

/// The texts of these keys, and the words of these families, as JSON that no page can be left by.
pub(super) fn texts(t: Texts, keys: &[&'static str], families: &[(&str, Vec<&str>)]) -> Markup {
    let mut all = Map::new();
    for key in keys {
        let short = key.strip_prefix(PREFIX).unwrap_or(key);
        all.insert(short.to_owned(), Value::from(t.s(key)));
    }
    for (family, values) in families {
        let short = family.strip_prefix("aid-").unwrap_or(family);
        for value in values {
            let word = Value::from(t.of(family, value));
            all.insert(format!("{short}.{value}"), word);
        }
    }
    markup(Value::Object(all).to_string().replace('<', "\\u003c"))
}

/// In which capacity somebody reads, as the page that asks shows it.
pub(super) fn roles() -> Vec<(&'static str, Vec<&'static str>)> {
    let roles = aid::Role::ALL.iter().map(|r| r.as_str());
    vec![("aid-role", roles.collect())]
}

/// Stages, reasons, roles, kinds of items, what helpers do and what remains, as the status page shows them.
pub(super) fn workflow() -> Vec<(&'static str, Vec<&'static str>)> {
    let stages = aid::Stage::ALL.iter().map(|s| s.as_str());
    let reasons = aid::Reason::ALL.iter().map(|r| r.as_str());
    let actions = aid::Action::ALL.iter().map(|a| a.as_str());
    let traces = aid::Trace::ALL.iter().map(|t| t.as_str());
    let mut all = vec![
        ("aid-stage", stages.collect()),
        ("aid-reason", reasons.collect()),
        ("aid-action", actions.collect()),
        ("aid-trace", traces.collect()),
        ("aid-helps", vec!["now", "before"]),
    ];
    all.extend(row());
    all.extend(roles());
    all.extend(items());
    all
}

/// What a requester's row of a round says of helpers, beside `helps`.
fn row() -> Vec<(&'static str, Vec<&'static str>)> {
    use aid::matching::{Barrier, WhyUnserved, Worse};
    vec![
        (
            "aid-skill",
            aid::Skill::ALL.iter().map(|s| s.as_str()).collect(),
        ),
        (
            "aid-barrier",
            Barrier::ALL.iter().map(|b| b.as_str()).collect(),
        ),
        (
            "aid-unserved",
            WhyUnserved::ALL.iter().map(|w| w.as_str()).collect(),
        ),
        ("aid-worse", Worse::ALL.iter().map(|w| w.as_str()).collect()),
    ]
}

/// Kinds of sealed items, as the desk's page shows them.
pub(super) fn items() -> Vec<(&'static str, Vec<&'static str>)> {
    vec![(
        "aid-item",
        vec!["request", "message", "need", "report", "harm", "scope"],
    )]
}
