//! Harm as it was counted: sums over counts whose times have no moment in common.

use std::collections::BTreeMap;

use aid::{HarmKind, HarmRow, HarmUnit};

use super::{Aid, AidRequest};
use crate::body::aid::{HarmCount, ItemKind};
use crate::time::Timestamp;

/// Harm over all counts.
#[derive(Clone, Debug, Default)]
pub struct HarmTotal {
    /// Counts that were said.
    pub counts: u64,
    /// Requests counted, each once over all counts.
    pub records: u64,
    /// By kind and unit. `known` is nothing where no count gives one.
    pub rows: BTreeMap<(HarmKind, HarmUnit), HarmRow>,
    /// Rows left out because they rest on too few, over all counts.
    pub withheld: u64,
}

impl AidRequest {
    /// From when on its harm can be counted: it was told, and this desk has taken the request on. That is one moment for ever, so
    /// the times of counts, which have no moment in common, never have the same request twice; what is told later changes no count.
    #[must_use]
    pub fn harm_since(&self) -> Option<Timestamp> {
        let mut harm = self.items.iter().filter(|i| i.kind == Some(ItemKind::Harm));
        Some(harm.next()?.told.max(self.accepted?))
    }

    /// Whether its harm is for the count of this time.
    #[must_use]
    pub fn told_harm(&self, from: Timestamp, until: Timestamp) -> bool {
        self.harm_since()
            .is_some_and(|since| from <= since && since < until)
    }
}

impl Aid {
    /// Requests whose harm is for the count of a time and that let lessons be published, each once.
    #[must_use]
    pub fn harm_told(&self, from: Timestamp, until: Timestamp) -> u64 {
        let requests = self.requests.values();
        let told = requests.filter(|r| r.consent.publish_anonymised && r.told_harm(from, until));
        told.count() as u64
    }

    pub(in crate::state) fn count_harm(&mut self, h: &HarmCount) {
        self.harm_counted_until = Some(h.until);
        let total = &mut self.harm;
        total.counts += 1;
        total.records += u64::from(h.records);
        total.withheld += u64::from(h.withheld);
        for row in &h.rows {
            let sum = total.rows.entry((row.kind, row.unit)).or_insert(HarmRow {
                known: None,
                records_known: 0,
                records_unknown: 0,
                told_only: 0,
                ..*row
            });
            sum.known = match (sum.known, row.known) {
                (Some(sum), Some(more)) => Some(sum.saturating_add(more)),
                (sum, more) => sum.or(more),
            };
            sum.records_known = sum.records_known.saturating_add(row.records_known);
            sum.records_unknown = sum.records_unknown.saturating_add(row.records_unknown);
            sum.told_only = sum.told_only.saturating_add(row.told_only);
        }
    }
}
