//! Moving the state by one admitted statement. Nothing is checked here: `rules::judge` has.

mod aid;
mod calibration;
mod case;
mod record;

use std::sync::Arc;

use super::case::SealedStatement;
use super::{Case, Entry, State};
use crate::body::case::Open;
use crate::ids::MemberId;
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
            member: admission.member.clone(),
            signer: statement.signer.clone(),
            time,
        };
        self.statements.push(id, statement.words_sha256, &entry);
        if let Body::CaseOpen(open) = &statement.body {
            self.open_case(statement, open);
        }
        let weights = self.weights(&statement.body);
        let law = Arc::clone(&self.global.law);
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
            if statement.kind == Kind::ReviewAssign {
                case.law = Some(law); // what is registered later changes no case under review
            }
        } else if statement.kind.group() == Group::Calibration {
            self.apply_calibration(statement, admission);
        } else if statement.kind.group() == Group::Aid {
            self.apply_aid(time, statement);
        } else {
            if statement.kind == Kind::Tick {
                self.aid.tick(id);
            }
            self.apply_to_record(index, time, statement, admission);
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

    fn open_case(&mut self, statement: &Verified, open: &Open) {
        let Some(case_id) = statement.case.clone() else {
            return;
        };
        let mut statements = Vec::new();
        for id in &open.reports {
            if let Some(report) = self.global.reports.get_mut(id) {
                report.case = Some(case_id.clone());
                statements.extend(report.statements());
            }
        }
        statements.sort_unstable();
        let opened = self.global.time.unwrap_or(statement.issued);
        let case = Case::new(case_id.clone(), opened, open, statements);
        self.cases.insert(case_id, case);
    }
}
