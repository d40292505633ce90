//! The feed of findings, in Atom (RFC 4287): which findings stand in it, and when each changed. [`feed`] tells them in
//! English; a server tells the same in its own languages, through [`mod@write`].

pub mod write;

use record::ids::StatementId;
use record::state::{Case, FindingRecord, FindingStatus, State};
use record::time::Timestamp;

pub use self::write::MEDIA_TYPE;
use self::write::{Entry, Head, Link, tag};
use crate::words::{self, Told};

/// Most findings of one feed: the last that changed. In any language a feed stays below 100 kB.
pub const MAX_ENTRIES: usize = 50;

/// A finding that stands in the feed.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// Its case.
    pub case: &'a Case,
    /// The finding.
    pub finding: &'a FindingRecord,
    /// When the last thing happened to it: that it was published, superseded, withdrawn, objected to, or answered.
    pub updated: Timestamp,
}

impl Item<'_> {
    /// The identifier of its entry, the same in every language and wherever the record is served.
    #[must_use]
    pub fn id(&self, origin: &str) -> String {
        let path = format!("/findings/{}", self.finding.statement);
        tag(origin, self.finding.time, &path)
    }
}

/// The findings of the feed, newest change first, at most [`MAX_ENTRIES`].
#[must_use]
pub fn items(state: &State) -> Vec<Item<'_>> {
    let all = state.cases.values();
    let all = all.flat_map(|case| case.findings.iter().map(move |finding| (case, finding)));
    let mut items: Vec<Item<'_>> = all
        .map(|(case, finding)| Item {
            case,
            finding,
            updated: updated(state, case, finding),
        })
        .collect();
    items.sort_by_key(|item| std::cmp::Reverse((item.updated, item.finding.index)));
    items.truncate(MAX_ENTRIES);
    items
}

/// When a record began: what the feed's identifier and the time of an empty feed are made from.
#[must_use]
pub fn began(state: &State) -> Option<Timestamp> {
    state.statements.iter().next().map(|(_, entry)| entry.time)
}

/// When the last thing happened to a finding. What others say of a case later is said of its findings that came before.
fn updated(state: &State, case: &Case, finding: &FindingRecord) -> Timestamp {
    let ended = match &finding.status {
        FindingStatus::Standing => None,
        FindingStatus::Superseded(by) | FindingStatus::Withdrawn(by, _) => Some(by),
    };
    let dissents = finding.dissents.iter().map(|(_, id)| id);
    let reply = finding.reply.iter().map(|reply| &reply.statement);
    let said = case.responses.iter().map(|(_, id)| id);
    let all = ended.into_iter().chain(dissents).chain(reply).chain(said);
    let times = all.filter_map(|id: &StatementId| state.statements.get(id));
    times.map(|entry| entry.time).fold(finding.time, Ord::max)
}

/// The feed of a record's findings in English; `base` is where the record is served, such as `https://record.example`, and only
/// adds addresses. A record whose charter is not there yet has no feed.
#[must_use]
pub fn feed(state: &State, base: Option<&str>) -> Option<String> {
    let charter = state.global.charter.as_ref()?;
    let began = began(state)?;
    let base = base.map(|b| b.trim_end_matches('/'));
    let mark = match charter.demonstration {
        true => "Demonstration: findings of",
        false => "Findings of",
    };
    let head = Head {
        id: tag(charter.origin(), began, "/feed.atom"),
        title: format!("{mark} {}", charter.name),
        author: charter.name.as_str(),
        links: base.map_or_else(Vec::new, |base| {
            vec![
                Link::new("self", MEDIA_TYPE, format!("{base}/feed.atom")),
                Link::new("alternate", "text/html", format!("{base}/")),
            ]
        }),
        ..Head::default()
    };
    let entry = |item: &Item<'_>| {
        let told = Told {
            charter,
            case: item.case,
            finding: item.finding,
        };
        entry(told, item, base)
    };
    let entries: Vec<Entry> = items(state).iter().map(entry).collect();
    Some(write::feed(&head, &entries, began))
}

fn entry(told: Told<'_>, item: &Item<'_>, base: Option<&str>) -> Entry {
    let id = told.finding.statement;
    let p = &told.finding.finding.proposal;
    let links = base.map_or_else(Vec::new, |base| {
        let page = format!("{base}/findings/{id}");
        let bundle = format!("{base}/api/v1/findings/{id}/bundle");
        vec![
            Link::new("alternate", "text/html", page),
            Link::new("enclosure", "text/plain", bundle),
        ]
    });
    let terms = [words::outcome(p.outcome), words::standard(p.standard)];
    let content = [
        words::outcome_sentence(told),
        words::likelihood_sentence(told),
        words::confidence_sentence(told),
    ];
    Entry {
        id: item.id(told.charter.origin()),
        title: words::title(told),
        published: told.finding.time,
        updated: item.updated,
        links,
        categories: terms.map(str::to_owned).into(),
        summary: words::outcome_sentence(told),
        // Without an address an entry has its content in itself (RFC 4287, section 4.1.2).
        content: Some(content.join("\n")),
    }
}
