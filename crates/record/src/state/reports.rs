//! Every report and what became of it.
//!
//! Anyone reports, so most of a large record may be reports. The working and the published state
//! hold the same report until something becomes of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use hashbrown::HashTable;
use tlog::Hash;

use super::statements::{place, slot};
use crate::body::case::{ConsentLevel, RefuseReason, Report as ReportBody};
use crate::ids::{CaseId, StatementId, Vkey};
use crate::statement::Verified;
use crate::time::Timestamp;

/// A report and what became of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// The statement.
    pub id: StatementId,
    /// Index in the log.
    pub index: u64,
    /// What was reported.
    pub body: ReportBody,
    /// The reporter's key.
    pub reporter: Vkey,
    /// Governing time when it came in.
    pub received: Timestamp,
    /// Consent for the report itself.
    pub consent: Option<ConsentLevel>,
    /// Consent for single exhibits.
    pub exhibit_consent: BTreeMap<Hash, ConsentLevel>,
    /// The statements of consent, in record order.
    pub consents: Vec<(u64, StatementId)>,
    /// The case it led to.
    pub case: Option<CaseId>,
    /// Why it was refused, if it was.
    pub refused: Option<RefuseReason>,
    /// Digest of the selection rule in force when it came in: the one it is chosen by.
    pub selection_rule: Hash,
}

impl Report {
    /// The report and its consents, in record order: index and statement.
    pub fn statements(&self) -> impl Iterator<Item = (u64, StatementId)> {
        std::iter::once((self.index, self.id)).chain(self.consents.iter().copied())
    }
}

/// All reports, in record order.
#[derive(Clone, Default)]
pub struct Reports {
    all: Vec<Arc<Report>>,
    /// Places in `all`.
    by_id: HashTable<u32>,
}

/// Without the places: their order hangs on how the table grew, and says nothing.
impl fmt::Debug for Reports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.all).finish()
    }
}

impl Reports {
    fn place(&self, id: &StatementId) -> Option<usize> {
        let same = |at: &u32| self.all.get(*at as usize).is_some_and(|r| r.id == *id);
        self.by_id.find(slot(&id.0), same).map(|at| *at as usize)
    }

    /// A report by its statement.
    #[must_use]
    pub fn get(&self, id: &StatementId) -> Option<&Report> {
        self.all.get(self.place(id)?).map(|report| &**report)
    }

    /// A report by its statement, to be changed in this state alone.
    pub fn get_mut(&mut self, id: &StatementId) -> Option<&mut Report> {
        let at = self.place(id)?;
        self.all.get_mut(at).map(Arc::make_mut)
    }

    /// Adds one, after all others; in the place of one of the same statement.
    pub fn insert(&mut self, report: Arc<Report>) {
        if let Some(there) = self.place(&report.id).and_then(|at| self.all.get_mut(at)) {
            *there = report;
            return;
        }
        let at = place(self.all.len());
        let hash = slot(&report.id.0);
        self.all.push(report);
        let all = &self.all;
        let again = |at: &u32| all.get(*at as usize).map_or(0, |report| slot(&report.id.0));
        self.by_id.insert_unique(hash, at, again);
    }

    /// How many of these are reports there, asked for as in [`super::Statements::look_up`].
    pub(super) fn look_up(&self, many: &[&Verified]) -> usize {
        let there = many.iter().filter(|said| self.place(&said.id).is_some());
        there.count()
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, more: usize) {
        let all = &self.all;
        let again = |at: &u32| all.get(*at as usize).map_or(0, |report| slot(&report.id.0));
        self.by_id.reserve(more, again);
        self.all.reserve(more);
    }

    /// Takes all away.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All, in record order.
    pub fn values(&self) -> impl Iterator<Item = &Report> {
        self.all.iter().map(|report| &**report)
    }

    /// All with their statements, in record order.
    pub fn iter(&self) -> impl Iterator<Item = (&StatementId, &Report)> {
        self.values().map(|report| (&report.id, report))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::case::IncidentType;

    fn report(n: u64) -> Arc<Report> {
        let key = tlog::SigningKey::from_seed("somebody", [7; 32], tlog::KeyType::Ed25519);
        let received = Timestamp::from_unix_seconds(1_400_000_000).unwrap();
        Arc::new(Report {
            id: StatementId(tlog::sha256(&n.to_be_bytes())),
            index: n,
            body: ReportBody {
                incident: IncidentType::Disruption,
                sector: "health".parse().unwrap(),
                happened: received.day(),
                region: None,
                account_sha256: tlog::sha256(b"account"),
                against_pledge: None,
            },
            reporter: key.unwrap().verifier_key().to_string().parse().unwrap(),
            received,
            consent: None,
            exhibit_consent: BTreeMap::new(),
            consents: Vec::new(),
            case: None,
            refused: None,
            selection_rule: tlog::sha256(b"rule"),
        })
    }

    #[test]
    fn each_is_found_and_all_are_in_record_order() {
        let mut reports = Reports::default();
        (0..2_000).for_each(|n| reports.insert(report(n)));
        assert_eq!(reports.len(), 2_000);
        assert!(reports.values().map(|r| r.index).eq(0..2_000));
        for n in 0..2_000 {
            assert_eq!(reports.get(&report(n).id).unwrap().index, n);
        }
        assert!(reports.get(&report(2_000).id).is_none());
        reports.insert(report(7));
        assert_eq!(reports.len(), 2_000);
    }

    #[test]
    fn a_copy_shares_a_report_until_something_becomes_of_it() {
        let mut one = Reports::default();
        (0..3).for_each(|n| one.insert(report(n)));
        let other = one.clone();
        let id = report(1).id;
        one.get_mut(&id).unwrap().consent = Some(ConsentLevel::Public);
        assert_eq!(other.get(&id).unwrap().consent, None);
        assert!(Arc::ptr_eq(&one.all[0], &other.all[0]));
        assert!(!Arc::ptr_eq(&one.all[1], &other.all[1]));
    }
}
