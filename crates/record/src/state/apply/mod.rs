//! Moving the state by one admitted statement. Nothing is checked here: `rules::judge` has.

mod calibration;
mod case;
mod record;

use tlog::Hash;

use super::case::SealedStatement;
use super::{Case, Entry, Report, State};
use crate::body::case::Open;
use crate::ids::{MemberId, StatementId};
use crate::kind::{Body, Group, Kind};
use crate::rules::Admission;
use crate::statement::{CONTENT, Verified};

impl State {
    /// Applies a statement that [`crate::rules::judge`] has just admitted against this state.
    pub fn apply(&mut self, index: u64, statement: &Verified, admission: Admission) {
        let id = statement.id;
        // A tick governs itself.
        let time = match &statement.body {
            Body::Tick(tick) => tick.time,
            _ => self.global.time.unwrap_or(statement.issued),
        };
        let entry = Entry {
            index,
            kind: statement.kind,
            case: statement.case.clone(),
            signer: statement.signer.clone(),
            time,
        };
        self.statements.push(id, statement.words_sha256, &entry);
        if let Body::CaseOpen(open) = &statement.body {
            self.open_case(statement, open);
        }
        let time = self.global.time.unwrap_or(statement.issued);
        let weights = self.weights(&statement.body);
        if let Some(case) = statement.case.as_ref().and_then(|c| self.cases.get_mut(c)) {
            case.statements.push((index, id));
            if let Some(seal) = statement.sealed.get(CONTENT) {
                let author = statement.signer.clone();
                case.sealed.insert(
                    id,
                    SealedStatement {
                        kind: statement.kind,
                        author,
                        seal: seal.clone(),
                    },
                );
            }
            case::apply(case, index, time, statement, admission);
            case.weights.extend(weights);
        } else if statement.kind.group() == Group::Calibration {
            self.apply_calibration(statement, admission);
        } else {
            self.apply_to_record(index, statement);
        }
    }

    /// Takes over a statement of which the state keeps nothing but that it is there (a report, a
    /// tick), without judging it: for who judged it before and kept the row. An audit never does.
    pub fn restore(&mut self, id: StatementId, words_sha256: Hash, entry: &Entry) {
        self.statements.push(id, words_sha256, entry);
        if entry.kind == Kind::Tick {
            self.global.time = Some(entry.time);
        }
    }

    /// For an assignment, the weight each reviewer's calibration record earns at this moment.
    fn weights(&self, body: &Body) -> Vec<(MemberId, u32)> {
        let Body::ReviewAssign(assign) = body else {
            return Vec::new();
        };
        let weight = |m: &MemberId| (m.clone(), self.global.calibration(m).weight_ppm);
        assign.reviewers.iter().map(weight).collect()
    }

    /// A report, of which more is known from here on.
    fn report_mut(&mut self, id: &StatementId) -> Option<&mut Report> {
        if !self.global.reports.contains_key(id) {
            let report = self.untouched_report(id)?;
            self.global.reports.insert(*id, report);
        }
        self.global.reports.get_mut(id)
    }

    fn open_case(&mut self, statement: &Verified, open: &Open) {
        let Some(case_id) = statement.case.clone() else {
            return;
        };
        let mut statements = Vec::new();
        for id in &open.reports {
            if let Some(report) = self.report_mut(id) {
                report.case = Some(case_id.clone());
                statements.extend(report.statements.iter().copied());
            }
        }
        statements.sort_unstable();
        let opened = self.global.time.unwrap_or(statement.issued);
        let case = Case::new(case_id.clone(), opened, open, statements);
        self.cases.insert(case_id, case);
    }
}
