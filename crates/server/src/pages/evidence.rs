//! Exhibits with labels and custody, and where sources have their observations from.

use std::collections::{BTreeMap, BTreeSet};

use record::body::evidence::{CustodyEvent, Exhibit as Declared};
use record::state::{Case, State, is_public};
use record::time::Timestamp;

use crate::limits::MAX_EXHIBIT_ROWS;
use crate::text::{Markup, Texts, foreign};

/// An exhibit as the record holds it.
pub(super) struct Held {
    pub(super) body: Declared,
    pub(super) custody: Vec<(Timestamp, CustodyEvent)>,
    pub(super) public: bool,
}

/// The exhibits of a case, by hash.
pub(super) fn held(state: &State, case: &Case) -> Vec<Held> {
    let held = case.exhibits.values().map(|e| Held {
        body: e.body.clone(),
        custody: e.custody.clone(),
        public: is_public(state, case, e),
    });
    held.collect()
}

/// An exhibit in a table.
pub(super) struct ExhibitRow {
    pub(super) sha256: String,
    pub(super) media_type: String,
    pub(super) size: String,
    pub(super) label: String,
    pub(super) acquired: String,
    pub(super) source: Markup,
    pub(super) how: String,
    pub(super) custody: Vec<Markup>,
    pub(super) public: bool,
}

fn event(t: Texts, (time, event): &(Timestamp, CustodyEvent)) -> Markup {
    let say = match event {
        CustodyEvent::Transfer { to } => t.say("coded.custody.transfer").with("member", to),
        CustodyEvent::Copy { to } => t.say("coded.custody.copy").with("member", to),
        CustodyEvent::Analysis => t.say("coded.custody.analysis"),
        CustodyEvent::Return => t.say("coded.custody.return"),
        CustodyEvent::Destruction => t.say("coded.custody.destruction"),
        CustodyEvent::Redaction { basis } => t.say("coded.custody.redaction").with("basis", basis),
    };
    let html = format!("{}: {}", t.time_element(*time).0, say.html().0);
    crate::text::markup(html)
}

/// Rows of the first exhibits, and how many of all they are if not all.
pub(super) fn rows(t: Texts, held: &[Held]) -> (Vec<ExhibitRow>, Option<Markup>) {
    let row = |h: &Held| ExhibitRow {
        sha256: h.body.sha256.to_string(),
        media_type: h.body.media_type.to_string(),
        size: t.number(h.body.size),
        label: t.word("tlp", &h.body.tlp),
        acquired: t.day(h.body.acquired),
        source: foreign(&h.body.source.to_string()),
        how: t.word("acquisition", &h.body.how),
        custody: h.custody.iter().map(|e| event(t, e)).collect(),
        public: h.public,
    };
    let rows: Vec<_> = held.iter().take(MAX_EXHIBIT_ROWS).map(row).collect();
    let cut = rows.len() < held.len();
    let say = t.say("finding.evidence-shown").number("shown", rows.len());
    (rows, cut.then(|| say.number("all", held.len()).html()))
}

/// A source and an origin of what it observed.
pub(super) struct OriginRow {
    pub(super) source: String,
    pub(super) origin: String,
    /// Whether the origin is the source itself.
    pub(super) own: bool,
    pub(super) relation: &'static str,
    pub(super) items: String,
}

/// Who speaks of what others observed: sources against the origins of their items. An observation
/// is a source's own where its organisation is among the origins.
pub(super) fn origins(t: Texts, inputs: &method::Case) -> Vec<OriginRow> {
    let mut pairs: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for item in &inputs.items {
        for origin in &item.upstream {
            let pair = (item.source.organisation.as_str(), origin.as_str());
            pairs.entry(pair).or_default().insert(&item.id);
        }
    }
    let row = |((source, origin), items): (&(&str, &str), &BTreeSet<&str>)| {
        let own = source == origin;
        let items: Vec<_> = items.iter().map(|i| (*i).to_owned()).collect();
        OriginRow {
            source: (*source).to_owned(),
            origin: (*origin).to_owned(),
            own,
            relation: t.s(if own { "finding.own" } else { "finding.echo" }),
            items: t.list(&items),
        }
    };
    pairs.iter().map(row).collect()
}
