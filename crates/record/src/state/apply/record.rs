//! Statements about the record itself: time, charter, members, norms, reports and consent.

use std::sync::Arc;

use crate::body::case::ConsentLevel;
use crate::body::charter::CharterText;
use crate::ids::{MemberId, StatementId};
use crate::kind::{Body, Group};
use crate::law::Law;
use crate::rules::Admission;
use crate::state::State;
use crate::state::complaint::{Complaint, ComplaintAnswered};
use crate::state::global::{Member, MemberRole, PendingAmendment, SelectionRule};
use crate::statement::Verified;
use crate::time::Timestamp;

impl State {
    pub(super) fn apply_to_record(
        &mut self,
        index: u64,
        time: Timestamp,
        s: &Verified,
        admission: Admission,
    ) {
        let g = &mut self.global;
        if let Body::Report(_) = &s.body {
            // Most of a large record: nobody asks who its author is.
            return admission
                .report
                .into_iter()
                .for_each(|report| g.reports.insert(report));
        }
        let author = g.keys.get(&s.signer).cloned();
        match &s.body {
            Body::Tick(tick) => g.time = Some(tick.time),
            Body::Charter(c) => {
                g.time = Some(s.issued);
                self.enact(c.text.clone());
            }
            Body::CharterFound(_) => {
                g.founded_by.insert(s.signer.clone());
            }
            Body::CharterAmend(a) => {
                let pending = PendingAmendment {
                    text: a.text.clone(),
                    votes: Default::default(),
                };
                g.amendments.insert(a.text.digest(), pending);
            }
            Body::CharterVote(v) => self.count_charter_vote(&v.amendment, author, v.approve),
            Body::Consent(c) => self.note_consent(index, s.id, &c.report, c.level, &c.exhibits),
            Body::CaseRefuse(r) => {
                for id in &r.reports {
                    if let Some(report) = g.reports.get_mut(id) {
                        report.refused = Some(r.reason);
                    }
                }
            }
            Body::Warn(_) => g.warnings.push(s.id),
            Body::Complaint(_) | Body::ComplaintAnswer(_) => self.apply_complaint(time, s, author),
            other if other.kind().group() == Group::Members => self.apply_member(s, author),
            other => self.apply_norms(s.id, author, other, admission.law),
        }
    }

    fn apply_complaint(&mut self, time: Timestamp, s: &Verified, author: Option<MemberId>) {
        let g = &mut self.global;
        match &s.body {
            Body::Complaint(c) => {
                let window = g.charter.as_ref().map_or(0, |t| t.complaint_window_s);
                let complaint = Complaint {
                    about: c.about,
                    statement: c.statement,
                    by: s.signer.clone(),
                    member: author,
                    received: time,
                    due: time.plus_seconds(window.into()),
                    answered: None,
                };
                *g.open_complaints.entry(s.signer.clone()).or_default() += 1;
                g.complaints.insert(s.id, complaint);
            }
            Body::ComplaintAnswer(a) => {
                let Some(by) = author else {
                    return; // the rules admit none by others
                };
                for id in &a.complaints {
                    let Some(complaint) = g.complaints.get_mut(id) else {
                        continue;
                    };
                    complaint.answered = Some(ComplaintAnswered {
                        statement: s.id,
                        by: by.clone(),
                        time,
                        reason: a.reason,
                    });
                    let open = g.open_complaints.get(&complaint.by).copied();
                    match open.unwrap_or(0).saturating_sub(1) {
                        0 => g.open_complaints.remove(&complaint.by),
                        left => g.open_complaints.insert(complaint.by.clone(), left),
                    };
                }
            }
            _ => {}
        }
    }

    fn apply_member(&mut self, s: &Verified, author: Option<MemberId>) {
        let g = &mut self.global;
        match &s.body {
            Body::MemberEnrol(e) => {
                g.keys.insert(e.key.clone(), e.member.clone());
                let member = Member::new(
                    MemberRole::Enrolled(e.role),
                    &e.jurisdiction,
                    None,
                    &e.key,
                    e.next_key_sha256,
                );
                g.members.insert(e.member.clone(), member);
            }
            Body::MemberRotate(r) => {
                g.keys.insert(s.signer.clone(), r.member.clone());
                if let Some(m) = g.members.get_mut(&r.member) {
                    m.key = s.signer.clone();
                    m.next_key_sha256 = r.next_key_sha256;
                }
            }
            Body::MemberRevoke(r) => {
                if let Some(m) = g.members.get_mut(&r.member) {
                    m.revoked = true;
                }
            }
            Body::MemberDeclare(d) => {
                if let Some(m) = author.and_then(|a| g.members.get_mut(&a)) {
                    m.ties.extend(d.states.iter().cloned());
                    m.declared = Some(d.clone());
                }
            }
            Body::Funding(f) => g.funding.push(f.clone()),
            _ => {}
        }
    }

    fn apply_norms(
        &mut self,
        id: StatementId,
        author: Option<MemberId>,
        body: &Body,
        law: Option<Arc<Law>>,
    ) {
        let g = &mut self.global;
        if let Some(law) = law {
            g.law = law;
        }
        if let (Body::Pledge(p), Some(member)) = (body, author) {
            g.pledges.insert(id, (member, p.accord.clone()));
        }
    }

    /// Puts a charter text in force and seats its members.
    fn enact(&mut self, text: CharterText) {
        let g = &mut self.global;
        for member in g.members.values_mut() {
            if matches!(member.role, MemberRole::Seated(_)) {
                member.seated = false;
            }
        }
        for seat in &text.seats {
            if let Some(known) = g.members.get_mut(&seat.member) {
                known.seated = true;
                known.role = MemberRole::Seated(seat.role);
                known.region = Some(seat.region);
                continue;
            }
            g.keys.insert(seat.key.clone(), seat.member.clone());
            let role = MemberRole::Seated(seat.role);
            let member = Member::new(
                role,
                &seat.jurisdiction,
                Some(seat.region),
                &seat.key,
                seat.next_key_sha256,
            );
            g.members.insert(seat.member.clone(), member);
        }
        let rule = text.selection_rule_sha256;
        if let Some(from) = g.time
            && g.selection_rules.last().map(|r| r.sha256) != Some(rule)
        {
            g.selection_rules.push(SelectionRule {
                sha256: rule,
                version: text.version,
                from,
            });
        }
        g.charter = Some(text);
    }

    fn count_charter_vote(
        &mut self,
        amendment: &tlog::Hash,
        author: Option<MemberId>,
        approve: bool,
    ) {
        let g = &mut self.global;
        let (Some(pending), Some(member)) = (g.amendments.get_mut(amendment), author) else {
            return;
        };
        pending.votes.insert(member, approve);
        let in_favour: Vec<MemberId> = pending
            .votes
            .iter()
            .filter(|(_, approve)| **approve)
            .map(|(m, _)| m.clone())
            .collect();
        let Some(charter) = g.charter_in_force() else {
            return;
        };
        let entitled = in_favour.iter().filter(|m| g.reviewer(m).is_some());
        let (votes, regions) = g.spread(entitled);
        let quorum = charter.amendment_quorum;
        let in_force = votes >= quorum.votes && regions >= quorum.regions;
        if let Some(passed) = in_force
            .then(|| self.global.amendments.remove(amendment))
            .flatten()
        {
            self.global.amendments.clear(); // others were written against the text now replaced
            self.global
                .founded_by
                .extend(passed.text.founders.iter().cloned());
            self.enact(passed.text);
        }
    }

    fn note_consent(
        &mut self,
        index: u64,
        id: StatementId,
        report: &StatementId,
        level: ConsentLevel,
        exhibits: &[tlog::Hash],
    ) {
        let Some(report) = self.global.reports.get_mut(report) else {
            return;
        };
        report.consents.push((index, id));
        if exhibits.is_empty() {
            report.consent = Some(level);
        }
        for exhibit in exhibits {
            report.exhibit_consent.insert(*exhibit, level);
        }
        if let Some(case) = report.case.as_ref().and_then(|c| self.cases.get_mut(c)) {
            case.statements.push((index, id));
        }
    }
}
