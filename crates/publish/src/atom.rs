//! The feed of findings, in Atom (RFC 4287).

use std::fmt::Write as _;

use record::ids::StatementId;
use record::state::{Case, FindingRecord, FindingStatus, State};
use record::time::Timestamp;

use crate::words::{self, Told};

/// Most findings of one feed: the last that changed.
pub const MAX_ENTRIES: usize = 100;

/// The media type of a feed.
pub const MEDIA_TYPE: &str = "application/atom+xml";

/// The feed of a record's findings, newest change first; `base` is where the record is served, such as
/// `https://record.example`, and only adds addresses. A record whose charter is not there yet has no feed.
#[must_use]
pub fn feed(state: &State, base: Option<&str>) -> Option<String> {
    let charter = state.global.charter.as_ref()?;
    let base = base.map(|b| b.trim_end_matches('/'));
    let mut all: Vec<(Timestamp, u64, &Case, &FindingRecord)> = state
        .cases
        .values()
        .flat_map(|case| case.findings.iter().map(move |f| (case, f)))
        .map(|(case, f)| (updated(state, f), f.index, case, f))
        .collect();
    all.sort_by_key(|(time, index, ..)| std::cmp::Reverse((*time, *index)));
    all.truncate(MAX_ENTRIES);
    let genesis = state.statements.iter().map(|(_, e)| e.time).min()?;
    let newest = all.first().map_or(genesis, |(time, ..)| *time);
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n",
    );
    element(
        &mut out,
        "id",
        &tag(charter.origin(), genesis, "/feed.atom"),
    );
    let mark = match charter.demonstration {
        true => "Demonstration: findings of",
        false => "Findings of",
    };
    element(&mut out, "title", &format!("{mark} {}", charter.name));
    element(&mut out, "updated", &newest.to_string());
    if let Some(base) = base {
        link(&mut out, "self", MEDIA_TYPE, &format!("{base}/feed.atom"));
        link(&mut out, "alternate", "text/html", &format!("{base}/"));
    }
    let _ = writeln!(
        out,
        "<author><name>{}</name></author>",
        escaped(charter.name.as_str())
    );
    for (time, _, case, finding) in all {
        let told = Told {
            charter,
            case,
            finding,
        };
        entry(&mut out, told, time, base);
    }
    out.push_str("</feed>\n");
    Some(out)
}

/// When the last thing happened to a finding.
fn updated(state: &State, finding: &FindingRecord) -> Timestamp {
    let later = match &finding.status {
        FindingStatus::Standing => None,
        FindingStatus::Superseded(by) | FindingStatus::Withdrawn(by, _) => moment(state, by),
    };
    later.unwrap_or(finding.time)
}

fn moment(state: &State, id: &StatementId) -> Option<Timestamp> {
    state.statements.get(id).map(|e| e.time)
}

fn entry(out: &mut String, told: Told<'_>, time: Timestamp, base: Option<&str>) {
    let id = told.finding.statement;
    let p = &told.finding.finding.proposal;
    out.push_str("<entry>\n");
    let origin = told.charter.origin();
    element(
        out,
        "id",
        &tag(origin, told.finding.time, &format!("/findings/{id}")),
    );
    element(out, "title", &words::title(told));
    element(out, "published", &told.finding.time.to_string());
    element(out, "updated", &time.to_string());
    if let Some(base) = base {
        link(
            out,
            "alternate",
            "text/html",
            &format!("{base}/findings/{id}"),
        );
        let bundle = format!("{base}/api/v1/findings/{id}/bundle");
        link(out, "enclosure", "text/plain", &bundle);
    }
    for term in [words::outcome(p.outcome), words::standard(p.standard)] {
        let _ = writeln!(out, "<category term=\"{}\"/>", escaped(term));
    }
    element(out, "summary", &words::outcome_sentence(told));
    let content = [
        words::outcome_sentence(told),
        words::likelihood_sentence(told),
        words::confidence_sentence(told),
    ];
    // Without an address an entry has its content in itself (RFC 4287, section 4.1.2).
    let _ = writeln!(
        out,
        "<content type=\"text\">{}</content>",
        escaped(&content.join("\n"))
    );
    out.push_str("</entry>\n");
}

fn element(out: &mut String, name: &str, text: &str) {
    // Writing into a text cannot fail.
    let _ = writeln!(out, "<{name}>{}</{name}>", escaped(text));
}

fn link(out: &mut String, rel: &str, media_type: &str, href: &str) {
    let href = escaped(href);
    let _ = writeln!(
        out,
        "<link rel=\"{rel}\" type=\"{media_type}\" href=\"{href}\"/>"
    );
}

/// Text as XML has it; characters that XML cannot hold are left out (XML 1.0, section 2.2).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// A `tag:` URI of the record (RFC 4151): authority and path are those of the origin, the day is the one on which the
/// thing was published. It stays the same wherever the record is served.
fn tag(origin: &str, time: Timestamp, path: &str) -> String {
    let (authority, place) = origin.split_once('/').unwrap_or((origin, ""));
    format!("tag:{authority},{}:{place}{path}", time.day())
}
