//! Moving the state by one admitted statement. Nothing is checked here: `rules::judge` has.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::case::{
    Case, Exhibit, FindingRecord, FindingStatus, LabCommitment, Notice, Reply, SealedStatement,
    Vote,
};
use super::global::{Member, MemberRole, PendingAmendment, Report};
use super::{Entry, State};
use crate::body::case::{ConsentLevel, Open};
use crate::body::charter::CharterText;
use crate::body::outcome::Finding;
use crate::ids::{CaseId, MemberId, StatementId};
use crate::kind::Body;
use crate::rules::Admission;
use crate::statement::{CONTENT, Verified};
use crate::table::Phase;
use crate::time::Timestamp;

impl State {
    /// Applies a statement that [`crate::rules::judge`] has just admitted against this state.
    pub fn apply(&mut self, index: u64, statement: &Verified, admission: Admission) {
        let id = statement.id;
        let entry = Entry {
            index,
            kind: statement.kind,
            case: statement.case.clone(),
        };
        self.statements.insert(id, entry);
        self.words.insert(statement.words_sha256, id);
        if let Body::CaseOpen(open) = &statement.body {
            self.open_case(statement, open);
        }
        let time = self.global.time.unwrap_or(statement.issued);
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
            apply_to_case(case, index, time, statement, admission);
        } else {
            self.apply_to_record(index, time, statement);
        }
        if let Some(case) = &statement.case {
            self.note_sitting(case);
        }
    }

    fn open_case(&mut self, statement: &Verified, open: &Open) {
        let Some(case_id) = statement.case.clone() else {
            return;
        };
        let mut statements = Vec::new();
        for id in &open.reports {
            if let Some(report) = self.global.reports.get_mut(id) {
                report.case = Some(case_id.clone());
                statements.extend(report.statements.iter().copied());
            }
        }
        statements.sort_unstable();
        let case = Case {
            id: case_id.clone(),
            opened: self.global.time.unwrap_or(statement.issued),
            phase: Phase::Open,
            round: 1,
            question: open.question.clone(),
            reports: open.reports.clone(),
            statements,
            exhibits: Default::default(),
            sealed: Default::default(),
            contents: Default::default(),
            hypotheses: None,
            assessments: Vec::new(),
            facts: Vec::new(),
            lab_commits: Default::default(),
            panel: Vec::new(),
            assigned: None,
            recused: BTreeSet::new(),
            reviews: Vec::new(),
            votes: Vec::new(),
            notice: None,
            reply: None,
            dissents: Vec::new(),
            findings: Vec::new(),
            responses: Vec::new(),
        };
        self.cases.insert(case_id, case);
    }

    fn apply_to_record(&mut self, index: u64, time: Timestamp, s: &Verified) {
        let g = &mut self.global;
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
            Body::MemberEnrol(e) => {
                g.keys.insert(e.key.clone(), e.member.clone());
                let member = Member {
                    role: MemberRole::Enrolled(e.role),
                    jurisdiction: e.jurisdiction.clone(),
                    region: None,
                    key: e.key.clone(),
                    next_key_sha256: e.next_key_sha256,
                    revoked: false,
                    seated: true,
                    declared: None,
                    ties: BTreeSet::new(),
                };
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
            Body::Report(body) => {
                let report = Report {
                    body: body.clone(),
                    reporter: s.signer.clone(),
                    received: time,
                    consent: None,
                    exhibit_consent: Default::default(),
                    statements: vec![(index, s.id)],
                    case: None,
                    refused: false,
                };
                g.reports.insert(s.id, report);
            }
            Body::Consent(c) => self.note_consent(index, s.id, &c.report, c.level, &c.exhibits),
            Body::CaseRefuse(r) => {
                for id in &r.reports {
                    if let Some(report) = g.reports.get_mut(id) {
                        report.refused = true;
                    }
                }
            }
            Body::Warn(_) => g.warnings.push(s.id),
            Body::Complaint(c) => g.complaints.push((s.id, c.statement)),
            Body::Funding(f) => g.funding.push(f.clone()),
            other => self.apply_norms(s.id, author, other),
        }
    }

    fn apply_norms(&mut self, id: StatementId, author: Option<MemberId>, body: &Body) {
        let g = &mut self.global;
        match body {
            Body::NormPropose(p) => {
                g.proposals.insert(p.norm.clone(), BTreeSet::new());
            }
            Body::NormAffirm(a) => {
                if let (Some(p), Some(member)) = (g.proposals.get_mut(&a.norm), author) {
                    p.insert(member);
                }
            }
            Body::NormRegister(n) => {
                g.norms.insert(n.norm.clone(), n.clone());
            }
            Body::StateAccede(a) => g.accessions.push(a.clone()),
            Body::StateReserve(r) => g.reservations.push(r.clone()),
            Body::StateWithdraw(w) => g.withdrawals.push(w.clone()),
            Body::Pledge(p) => {
                if let Some(member) = author {
                    g.pledges.insert(id, (member, p.accord.clone()));
                }
            }
            _ => {}
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
            let member = Member {
                role: MemberRole::Seated(seat.role),
                jurisdiction: seat.jurisdiction.clone(),
                region: Some(seat.region),
                key: seat.key.clone(),
                next_key_sha256: seat.next_key_sha256,
                revoked: false,
                seated: true,
                declared: None,
                ties: BTreeSet::new(),
            };
            g.members.insert(seat.member.clone(), member);
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
        let (votes, regions) = g.spread(in_favour.iter());
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
        report.statements.push((index, id));
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

    /// Keeps the list of reviewers who sit in an undecided round.
    fn note_sitting(&mut self, id: &CaseId) {
        let Some(case) = self.cases.get(id) else {
            return;
        };
        let undecided = matches!(
            case.phase,
            Phase::Review | Phase::Notified | Phase::Answered
        );
        for cases in self.global.sitting.values_mut() {
            cases.remove(id);
        }
        for member in case.active_panel().filter(|_| undecided) {
            let cases = self.global.sitting.entry(member.clone()).or_default();
            cases.insert(id.clone());
        }
    }
}

fn apply_to_case(case: &mut Case, index: u64, time: Timestamp, s: &Verified, admission: Admission) {
    let speaker = admission.member.clone();
    match &s.body {
        Body::CaseClose(_) => case.phase = Phase::Closed,
        Body::Exhibit(e) => {
            let exhibit = Exhibit {
                body: e.clone(),
                statement: s.id,
                custody: Vec::new(),
            };
            case.exhibits.insert(e.sha256, exhibit);
        }
        Body::Custody(c) => {
            if let Some(exhibit) = case.exhibits.get_mut(&c.exhibit) {
                exhibit.custody.push((time, c.event.clone()));
            }
        }
        Body::Disclose(d) => {
            case.contents
                .extend(admission.content.map(|content| (d.statement, content)));
        }
        Body::LabOpen(o) => {
            case.contents
                .extend(admission.content.map(|content| (o.commit, content)));
        }
        Body::LabCommit(c) => {
            if let Some(laboratory) = speaker {
                case.lab_commits.insert(
                    s.id,
                    LabCommitment {
                        laboratory,
                        comparison: c.comparison.clone(),
                    },
                );
            }
        }
        Body::Hypotheses(_) => {
            start_next_round(case);
            case.hypotheses = Some(s.id);
        }
        Body::Assessment(a) => {
            start_next_round(case);
            case.assessments.retain(|id| Some(*id) != a.replaces);
            case.assessments.push(s.id);
        }
        Body::Facts(_) => case.facts.push(s.id),
        Body::ReviewAssign(a) => {
            case.panel.clone_from(&a.reviewers);
            case.assigned = Some(time);
            case.phase = Phase::Review;
        }
        Body::Recuse(_) => case.recused.extend(speaker),
        Body::Review(_) => case.reviews.extend(speaker.map(|m| (m, s.id))),
        Body::Vote(_) => {
            case.votes.extend(speaker.map(|member| Vote {
                member,
                statement: s.id,
                index,
                time,
            }));
        }
        Body::Dissent(_) => case.dissents.extend(speaker.map(|m| (m, s.id))),
        Body::Notice(n) => {
            let closes = admission.closes.unwrap_or(time);
            case.notice = Some(Notice {
                statement: s.id,
                reply_key: n.reply_key.clone(),
                closes,
            });
            case.phase = Phase::Notified;
        }
        Body::Reply(r) => answered(
            case,
            Reply {
                statement: s.id,
                index,
                text_sha256: Some(r.text_sha256),
            },
        ),
        Body::ReplyNone(_) => answered(
            case,
            Reply {
                statement: s.id,
                index,
                text_sha256: None,
            },
        ),
        Body::Finding(f) => decided(case, index, time, s.id, f, None, admission),
        Body::Supersede(f) => decided(
            case,
            index,
            time,
            s.id,
            &f.finding,
            Some(f.supersedes),
            admission,
        ),
        Body::Withdraw(w) => {
            if let Some(f) = case.findings.iter_mut().find(|f| f.statement == w.finding) {
                f.status = FindingStatus::Withdrawn(s.id, w.reason);
            }
        }
        Body::Endorse(_) | Body::Rebut(_) | Body::Alternative(_) => {
            case.responses.push((s.kind, s.id))
        }
        _ => {}
    }
}

fn answered(case: &mut Case, reply: Reply) {
    case.reply = Some(reply);
    case.phase = Phase::Answered;
}

/// New analysis after a finding or a lost vote opens the next round with an empty panel.
fn start_next_round(case: &mut Case) {
    if case.phase != Phase::Open {
        case.phase = Phase::Open;
        case.round += 1;
        case.panel.clear();
        case.assigned = None;
        case.recused.clear();
        case.reviews.clear();
        case.votes.clear();
        case.dissents.clear();
        case.notice = None;
        case.reply = None;
    }
}

fn decided(
    case: &mut Case,
    index: u64,
    time: Timestamp,
    id: StatementId,
    finding: &Finding,
    supersedes: Option<StatementId>,
    admission: Admission,
) {
    for earlier in &mut case.findings {
        if Some(earlier.statement) == supersedes {
            earlier.status = FindingStatus::Superseded(id);
        }
    }
    case.phase = Phase::Decided;
    let Some(replayed) = admission.replayed else {
        return;
    };
    case.findings.push(FindingRecord {
        statement: id,
        index,
        time,
        finding: finding.clone(),
        status: FindingStatus::Standing,
        replayed: Arc::clone(&replayed),
        dissents: case.dissents.clone(),
        reply: case.reply.clone(),
        votes: case.votes.clone(),
        recused: case.recused.clone(),
    });
}
