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
    /// Whether no other source draws on the origin.
    pub(super) own: bool,
    pub(super) relation: &'static str,
    pub(super) items: String,
}

/// Sources against the origins of their items. An origin that one source alone draws on is its own
/// evidence; one that several draw on is echoed and counts once.
pub(super) fn origins(t: Texts, inputs: &method::Case) -> Vec<OriginRow> {
    let mut pairs: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut drawing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for item in &inputs.items {
        let source = item.source.organisation.as_str();
        for origin in &item.upstream {
            pairs.entry((source, origin)).or_default().insert(&item.id);
            drawing.entry(origin).or_default().insert(source);
        }
    }
    let row = |((source, origin), items): (&(&str, &str), &BTreeSet<&str>)| {
        let own = drawing.get(origin).is_none_or(|sources| sources.len() == 1);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    fn item(id: &str, source: &str, upstream: &[&str]) -> method::input::Item {
        let item = serde_json::json!({
            "id": id, "strand": "s", "kind": "malware", "reliability": "A", "credibility": 1,
            "phi_ppm": 0, "lr": [], "upstream": upstream, "exhibits": [], "recheckable": true,
            "source": {"organisation": source},
        });
        serde_json::from_value(item).unwrap()
    }

    #[test]
    fn an_origin_that_several_sources_draw_on_is_an_echo() {
        let case = serde_json::json!({
            "hypotheses": {"actors": [], "delta_ppm": 0}, "strands": [], "items": [],
        });
        let mut case: method::Case = serde_json::from_value(case).unwrap();
        case.items = vec![
            item("a", "vendor", &["telemetry"]),
            item("b", "vendor", &["telemetry", "leak"]),
            item("c", "agency", &["leak"]),
        ];
        let rows = origins(Texts(Lang::En), &case);
        let told: Vec<_> = rows
            .iter()
            .map(|r| (&r.source[..], &r.origin[..], r.own, &r.items[..]))
            .collect();
        assert_eq!(
            told,
            [
                ("agency", "leak", false, "c"),
                ("vendor", "leak", false, "b"),
                ("vendor", "telemetry", true, "a, b"),
            ]
        );
    }
}
