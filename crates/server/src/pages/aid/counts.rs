//! The desk's counts beside other pages: as of the record's own time, so that a page stays a function of its checkpoint.

use record::state::State;

use crate::text::{Markup, Texts};

/// What waits, of the figures of `/aid/figures`.
const SHOWN: [&str; 7] = [
    "open",
    "unacknowledged-overdue",
    "unassisted-overdue",
    "unassisted-overdue-p1",
    "unassisted-overdue-p2",
    "unassisted-overdue-p3",
    "unassisted-overdue-p4",
];

/// Counts only; nothing of any request but that it is one.
pub(crate) struct Counts {
    pub(crate) lead: Markup,
    pub(crate) rows: Vec<Row>,
}

pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) what: String,
    pub(crate) count: String,
    pub(crate) unknown: String,
}

impl Counts {
    /// Of a record that has a desk.
    pub(crate) fn of(t: Texts, state: &State) -> Option<Self> {
        let (_, at) = state.aid.desk.as_ref().zip(state.global.time)?;
        let figures = state.aid.figures(at);
        let row = |f: &aid::Figure| Row {
            id: format!("desk-{}", f.name),
            what: t.of("aid-figure", &f.name),
            count: t.number(f.count),
            unknown: t.number(f.unknown),
        };
        let shown = SHOWN.iter().filter_map(|name| {
            let figure = figures.iter().find(|f| f.name == *name);
            figure.map(row)
        });
        Some(Self {
            lead: t.say("aid.counts-lead").time("at", at).html(),
            rows: shown.collect(),
        })
    }
}
