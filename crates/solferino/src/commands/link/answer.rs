//! Links as a page to read and as JSON.

use exchange::observable::{Observable, Tally};
use jiff::{ToSpan as _, civil};
use linking::{Index, Known, Link, Links, Policy, Shared};
use serde_json::{Value, json};

use crate::ui;

/// What stands under every answer.
const LEAD: &str = "a link is a lead, not evidence: nothing here enters a case by itself";
/// Shared observables of one link that are printed; JSON has all.
const ROWS: usize = 12;
/// Characters of an observable that are printed.
const MAX_CHARS: usize = 72;

/// A question, and what came of it.
pub(crate) struct Answer<'a> {
    pub(crate) name: &'a str,
    pub(crate) observables: &'a [Observable],
    pub(crate) tally: &'a Tally,
    pub(crate) index: &'a Index<Vec<u8>>,
    pub(crate) index_bytes: u64,
    pub(crate) policy: &'a Policy,
    pub(crate) links: &'a Links,
}

impl Answer<'_> {
    fn except(&self) -> Option<&str> {
        self.policy.except.map(|case| self.index.case(case).name)
    }

    pub(crate) fn json(&self) -> Value {
        let links: Vec<Value> = self.links.links.iter().map(|l| self.link_json(l)).collect();
        let sha256: String = self
            .index
            .sha256()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        json!({
            "notice": LEAD,
            "case": self.name,
            "observables": self.observables.len(),
            "read": tally_json(self.tally),
            "index": {
                "sha256": sha256, "bytes": self.index_bytes, "cases": self.index.cases(),
                "observables": self.index.observables(),
            },
            "policy": {
                "max_cases_per_observable": self.policy.max_cases_per_observable,
                "common_share_ppm": self.policy.common_share_ppm,
                "common_from_cases": self.policy.common_from_cases,
                "max_postings": self.policy.max_postings,
                "kept_ppm": linking::KEPT_PPM,
                "max_links": self.policy.max_links,
                "except": self.except(),
            },
            "earlier_cases": self.links.earlier,
            "known": self.links.known,
            "common": self.known_json(&self.links.common),
            "cut": self.known_json(&self.links.cut),
            "linked_cases": self.links.cases,
            "links": links,
        })
    }

    fn known_json(&self, known: &[Known]) -> Value {
        let one = |known: &Known| {
            let observable = &self.observables[known.sought];
            json!({
                "kind": observable.kind().name(), "value": observable.value(),
                "cases": known.cases,
            })
        };
        known.iter().map(one).collect()
    }

    fn link_json(&self, link: &Link) -> Value {
        let case = self.index.case(link.case);
        let shared = |shared: &Shared| {
            let observable = &self.observables[shared.sought];
            json!({
                "kind": observable.kind().name(), "value": observable.value(),
                "cases": shared.cases, "bits": bits(shared.weight_mbits.into()),
                "counted_bits": bits(shared.counted_mbits.into()),
                "first_seen": shared.first_day.map(date),
            })
        };
        json!({
            "case": case.name, "observables": case.observables, "first_dated": case.day.map(date),
            "bits": bits(link.score_mbits),
            "shared": link.shared.iter().map(shared).collect::<Vec<_>>(),
        })
    }

    pub(crate) fn print(&self) {
        let links = self.links;
        ui::line(format!(
            "{}: {} observables, {} of them known from {} earlier cases",
            plain(self.name),
            self.observables.len(),
            links.known,
            links.earlier
        ));
        if let Some(except) = self.except() {
            let except = plain(except);
            ui::line(format!(
                "not an earlier case, because it is this one: {except}"
            ));
        }
        for link in &links.links {
            self.print_link(link);
        }
        ui::line("");
        if links.cases > links.links.len() {
            let (shown, all) = (links.links.len(), links.cases);
            ui::line(format!(
                "the {shown} strongest of {all} links; --top gives more"
            ));
        }
        if links.cases == 0 {
            ui::line("no link: nothing is shared that counts");
        }
        if !links.common.is_empty() {
            let common = links.common.len();
            ui::line(format!(
                "{common} observables link nothing, because too many cases hold them"
            ));
        }
        if !links.cut.is_empty() {
            ui::line(format!(
                "CUT: the {} commonest shared observables were not followed (limit {} pairs)",
                links.cut.len(),
                self.policy.max_postings
            ));
        }
        print_tally(self.tally);
        ui::line(LEAD);
    }

    fn print_link(&self, link: &Link) {
        let case = self.index.case(link.case);
        ui::line("");
        ui::line(format!(
            "{}: {:.1} bits, {} of its {} observables shared{}",
            plain(case.name),
            bits(link.score_mbits),
            link.shared.len(),
            case.observables,
            case.day
                .map_or_else(String::new, |day| format!(", dated from {}", date(day))),
        ));
        let row = |shared: &Shared| {
            let observable = &self.observables[shared.sought];
            vec![
                observable.kind().name().to_owned(),
                plain(observable.value()),
                shared.cases.to_string(),
                format!("{:.1}", bits(shared.weight_mbits.into())),
                format!("{:.1}", bits(shared.counted_mbits.into())),
                shared.first_day.map_or_else(|| "-".to_owned(), date),
            ]
        };
        let rows: Vec<_> = link.shared.iter().take(ROWS).map(row).collect();
        let heads = [
            "kind",
            "observable",
            "cases",
            "bits",
            "counts",
            "first seen",
        ];
        ui::table(&heads, &rows);
        if link.shared.len() > ROWS {
            let more = link.shared.len() - ROWS;
            ui::line(format!("and {more} more; --json has all"));
        }
    }
}

/// What was read and what was left, for machines.
pub(crate) fn tally_json(tally: &Tally) -> Value {
    let taken = tally.taken.iter();
    let left = tally.left.iter();
    json!({
        "objects": tally.objects,
        "taken": taken.map(|(kind, n)| (kind.name().to_owned(), json!(n))).collect::<serde_json::Map<_, _>>(),
        "left": left.map(|(why, n)| (why.to_string(), json!(n))).collect::<serde_json::Map<_, _>>(),
    })
}

/// What was left, reason by reason: nothing is dropped in silence.
pub(crate) fn print_tally(tally: &Tally) {
    if tally.left.is_empty() {
        return;
    }
    ui::line(format!(
        "read {} objects; {} mentions taken, {} left:",
        tally.objects,
        tally.taken_in_all(),
        tally.left_in_all()
    ));
    for (why, n) in &tally.left {
        ui::line(format!("  {n} {}", plain(&why.to_string())));
    }
}

fn bits(mbits: u64) -> f64 {
    mbits as f64 / 1000.0
}

/// A day as its date.
fn date(day: u16) -> String {
    (civil::date(1970, 1, 1) + i64::from(day).days()).to_string()
}

/// Text from elsewhere, on one line and harmless to a terminal.
fn plain(text: &str) -> String {
    // Marks that turn the direction of writing could make a name look like another.
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        if at == MAX_CHARS {
            out.push('…');
            break;
        }
        if c.is_control() || turns(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}
