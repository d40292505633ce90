//! Statements of one case: evidence, analysis, deciding, outcome.

use std::sync::Arc;

use crate::body::outcome::{Finding, Withdraw};
use crate::ids::{MemberId, StatementId};
use crate::kind::Body;
use crate::rules::Admission;
use crate::state::case::{
    Case, Exhibit, FindingRecord, FindingStatus, LabCommitment, MaskedAnalysis, Notice, Reply, Vote,
};
use crate::statement::Verified;
use crate::table::Phase;
use crate::time::Timestamp;

/// Applies a statement of a case, whose entry in the case's list is made already.
pub(super) fn apply(
    case: &mut Case,
    index: u64,
    time: Timestamp,
    s: &Verified,
    admission: Admission,
) {
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
        Body::LabOpen(o) => open_answer(case, o.commit, time, admission),
        Body::LabCommit(c) => {
            let committed = speaker.map(|laboratory| LabCommitment {
                laboratory,
                comparison: c.comparison.clone(),
                exhibits: c.exhibits.clone(),
                index,
                time,
                opened: None,
                opened_in_time: false,
            });
            case.lab_commits.extend(committed.map(|l| (s.id, l)));
        }
        Body::Hypotheses(_) => {
            start_next_round(case);
            case.analysts.extend(speaker);
            case.hypotheses = Some(s.id);
        }
        Body::Assessment(a) => {
            start_next_round(case);
            case.analysts.extend(speaker);
            case.assessments.retain(|id| Some(*id) != a.replaces);
            case.assessments.push(s.id);
        }
        Body::Facts(_) => code(case, speaker, s.id),
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
        Body::Withdraw(w) => withdraw(case, s.id, w, &admission),
        Body::Alternative(a) => {
            if let Some(f) = case.findings.iter_mut().find(|f| f.statement == a.finding) {
                f.alternatives += 1;
            }
            case.responses.push((s.kind, s.id));
        }
        Body::Endorse(_) | Body::Rebut(_) => case.responses.push((s.kind, s.id)),
        _ => apply_panel(case, index, time, s, &admission),
    }
}

/// The last coding of each coder counts; after a finding it starts the next round.
fn code(case: &mut Case, coder: Option<MemberId>, id: StatementId) {
    if case.phase == Phase::Decided {
        start_next_round(case);
    }
    if let Some(coder) = coder {
        case.facts.retain(|(earlier, _)| *earlier != coder);
        case.facts.push((coder, id));
    }
}

/// A laboratory's answer is open from now on.
fn open_answer(case: &mut Case, commit: StatementId, time: Timestamp, admission: Admission) {
    let content = admission.content.map(|content| (commit, content));
    case.contents.extend(content);
    if let Some(lab) = case.lab_commits.get_mut(&commit) {
        lab.opened = Some(time);
    }
    if case.phase == Phase::Open {
        case.mask = None; // it adds items with names of their own
    }
}

/// One reviewer asks for a withdrawal; the one that completes the quorum carries it.
fn withdraw(case: &mut Case, id: StatementId, w: &Withdraw, admission: &Admission) {
    if let Some(f) = case.findings.iter_mut().find(|f| f.statement == w.finding) {
        f.withdrawn_by.extend(admission.member.clone());
        if admission.carried {
            f.status = FindingStatus::Withdrawn(id, w.reason);
        }
    }
}

/// Applies a step of deciding.
fn apply_panel(case: &mut Case, index: u64, time: Timestamp, s: &Verified, admission: &Admission) {
    let speaker = admission.member.clone();
    match &s.body {
        Body::Mask(_) => mask(case, s.id),
        // Later it changes no count: nobody can undo a vote with it.
        Body::Unmask(u) => {
            if !case.reviews_open() {
                case.unmasked.insert(u.reviewer.clone());
            }
            case.unmask_said.insert(u.reviewer.clone());
        }
        Body::ReviewAssign(a) => {
            for (id, lab) in &mut case.lab_commits {
                lab.opened_in_time = case.contents.contains_key(id);
            }
            case.panel.clone_from(&a.reviewers);
            case.panels.push(a.reviewers.clone());
            case.assigned = Some(time);
            case.phase = Phase::Review;
        }
        Body::Recuse(_) => case.recused.extend(speaker),
        Body::Review(_) => case.reviews.extend(speaker.map(|m| (m, s.id))),
        Body::Vote(_) => {
            case.ballots.extend(speaker.clone().map(|m| (m, s.id)));
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
        _ => {}
    }
}

/// A mask belongs to the analysis as it stands.
fn mask(case: &mut Case, id: StatementId) {
    let Some(hypotheses) = case.hypotheses else {
        return; // the rules admit none without
    };
    let open = |id: &&StatementId| case.contents.contains_key(*id);
    let masked = MaskedAnalysis {
        hypotheses,
        assessments: case.assessments.clone(),
        laboratories: case.lab_commits.keys().filter(open).copied().collect(),
    };
    case.masks.insert(id, masked);
    case.mask = Some(id);
}

fn answered(case: &mut Case, reply: Reply) {
    case.reply = Some(reply);
    case.phase = Phase::Answered;
}

/// New analysis after a finding or a lost round opens the next round with an empty panel.
fn start_next_round(case: &mut Case) {
    case.mask = None; // made for an analysis that is no more the whole one
    if case.phase != Phase::Open {
        if case.phase != Phase::Decided {
            // A lost round: what is still sealed may never open, so its authors submit it again.
            let open = |id: &StatementId| case.contents.contains_key(id);
            case.hypotheses = case.hypotheses.filter(open);
            case.assessments.retain(open);
            case.facts.retain(|(_, id)| open(id));
        }
        case.phase = Phase::Open;
        case.round += 1;
        case.panel.clear();
        case.weights.clear();
        case.assigned = None;
        case.law = None;
        case.recused.clear();
        case.unmasked.clear();
        case.unmask_said.clear();
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
        law: case.law.clone().unwrap_or_default(),
        dissents: case.dissents.clone(),
        reply: case.reply.clone(),
        votes: case.votes.clone(),
        withdrawn_by: Vec::new(),
        alternatives: 0,
        recused: case.recused.clone(),
    });
}
