//! Rules of intake: reports, consent, opening and refusing; and of exhibits and their custody.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Admission, Ask, refuse};
use crate::body::case::{ConsentLevel, Report as ReportBody};
use crate::ids::StatementId;
use crate::kind::Body;
use crate::refusal::{Code, Refusal};
use crate::state::{Case, Report};
use crate::table::Phase;

impl Ask<'_> {
    pub(super) fn check_intake(&self, index: u64) -> Result<Admission, Refusal> {
        match &self.statement.body {
            Body::Report(r) => self.check_report(index, r),
            _ => self.check_about_reports().map(|()| Admission::default()),
        }
    }

    fn check_report(&self, index: u64, body: &ReportBody) -> Result<Admission, Refusal> {
        if let Some(pledge) = body.against_pledge
            && !self.global.pledges.contains_key(&pledge)
        {
            return refuse(Code::PledgeUnknown, format!("there is no pledge {pledge}"));
        }
        let report = Report {
            id: self.statement.id,
            index,
            body: body.clone(),
            reporter: self.statement.signer.clone(),
            received: self.time,
            consent: None,
            exhibit_consent: BTreeMap::new(),
            consents: Vec::new(),
            case: None,
            refused: None,
            selection_rule: self.charter.selection_rule_sha256,
        };
        Ok(Admission {
            report: Some(Arc::new(report)),
            ..Admission::default()
        })
    }

    fn check_about_reports(&self) -> Result<(), Refusal> {
        match &self.statement.body {
            Body::Consent(c) => {
                let report = self.global.reports.get(&c.report);
                let case = report
                    .and_then(|r| r.case.as_ref())
                    .and_then(|c| self.state.cases.get(c));
                let published = case.is_some_and(|c| !c.findings.is_empty());
                if published && c.level < ConsentLevel::Selective {
                    return refuse(
                        Code::AfterPublication,
                        "a finding that rests on this report is published",
                    );
                }
                Ok(())
            }
            Body::CaseOpen(o) => {
                let claim = o.question.claim();
                if let Some(claim) = claim.filter(|c| c.published > self.time.day()) {
                    return refuse(
                        Code::ClaimNotPublic,
                        format!(
                            "the claim is dated {}, after the governing day",
                            claim.published
                        ),
                    );
                }
                self.check_reports(&o.reports, o.selection_rule_sha256)
            }
            Body::CaseRefuse(r) => self.check_reports(&r.reports, r.selection_rule_sha256),
            _ => Ok(()),
        }
    }

    fn check_reports(&self, reports: &[StatementId], rule: tlog::Hash) -> Result<(), Refusal> {
        if reports.is_empty() {
            return refuse(Code::ReportUnknown, "at least one report is named");
        }
        for (n, id) in reports.iter().enumerate() {
            let Some(report) = self.global.reports.get(id) else {
                return refuse(Code::ReportUnknown, format!("there is no report {id}"));
            };
            if report.case.is_some()
                || report.refused.is_some()
                || reports.iter().take(n).any(|earlier| earlier == id)
            {
                return refuse(Code::ReportTaken, format!("report {id} is taken"));
            }
            if report.selection_rule != rule {
                let detail = format!(
                    "when report {id} came in, the selection rule was {}; a later one does not reach back",
                    report.selection_rule
                );
                return refuse(Code::SelectionRule, detail);
            }
        }
        Ok(())
    }

    /// A case before its panel is not closed over the panel's head.
    pub(super) fn check_close(&self, case: &Case) -> Result<(), Refusal> {
        let panel = matches!(
            case.phase,
            Phase::Review | Phase::Notified | Phase::Answered
        );
        if panel && !self.round_is_lost(case) {
            let detail = format!(
                "case {} is before its panel, and its round is not lost",
                case.id
            );
            return refuse(Code::AnalysisFrozen, detail);
        }
        Ok(())
    }

    pub(super) fn check_evidence(&self, case: &Case) -> Result<Admission, Refusal> {
        match &self.statement.body {
            Body::Exhibit(e) if case.exhibits.contains_key(&e.sha256) => refuse(
                Code::ExhibitExists,
                format!("exhibit {} is declared in case {}", e.sha256, case.id),
            ),
            Body::Custody(c) if !case.exhibits.contains_key(&c.exhibit) => refuse(
                Code::ExhibitUnknown,
                format!("case {} has no exhibit {}", case.id, c.exhibit),
            ),
            Body::Custody(c) => match &c.event {
                crate::body::evidence::CustodyEvent::Transfer { to }
                | crate::body::evidence::CustodyEvent::Copy { to }
                    if !self.global.members.contains_key(to) =>
                {
                    refuse(Code::MemberUnknown, format!("there is no member {to}"))
                }
                _ => Ok(Admission::default()),
            },
            Body::Disclose(d) => self.check_disclosure(case, d),
            _ => Ok(Admission::default()),
        }
    }
}
