//! Rules of outcomes: the refusals of principle that concern findings are enforced here.

use std::sync::Arc;

use super::{Admission, Ask, refuse};
use crate::body::case::ConsentLevel;
use crate::body::claim::Claim;
use crate::body::deciding::Choice;
use crate::body::outcome::{CaseStatements, Finding, Named, Proposal};
use crate::derive::{self, DeriveError, Replayed};
use crate::ids::{Country, StatementId};
use crate::kind::{Body, Content};
use crate::refusal::{Code, Refusal};
use crate::state::{Case, FindingRecord, FindingStatus, Report, Vote};
use crate::table::Phase;

/// Most alternatives of one finding in the log: each is recomputed by everyone who audits it.
const MAX_ALTERNATIVES: u32 = 32;
/// Most changes of one alternative.
const MAX_CHANGES: usize = 64;

impl Ask<'_> {
    pub(super) fn check_outcome(&self, case: &Case) -> Result<Admission, Refusal> {
        match &self.statement.body {
            Body::Finding(f) => {
                if let Some(standing) = case.standing() {
                    return refuse(
                        Code::StandingFinding,
                        format!("finding {} stands", standing.statement),
                    );
                }
                self.check_finding(case, f)
            }
            Body::Supersede(s) => {
                if case.standing().map(|f| f.statement) != Some(s.supersedes) {
                    return refuse(
                        Code::FindingUnknown,
                        format!("{} is not the standing finding", s.supersedes),
                    );
                }
                self.check_finding(case, &s.finding)
            }
            Body::Withdraw(w) => {
                let stands = |f: &&FindingRecord| {
                    f.statement == w.finding && f.status == FindingStatus::Standing
                };
                let Some(finding) = case.findings.iter().find(stands) else {
                    return refuse(
                        Code::FindingUnknown,
                        format!("{} is not a standing finding", w.finding),
                    );
                };
                let me = self.speaker()?;
                if finding.withdrawn_by.contains(me) {
                    return refuse(
                        Code::OncePerRound,
                        format!("{me} has asked for the withdrawal"),
                    );
                }
                let asking = finding
                    .withdrawn_by
                    .iter()
                    .chain([me])
                    .filter(|m| self.global.reviewer(m).is_some());
                let (votes, regions) = self.global.spread(asking);
                let quorum = self.charter.finding_quorum;
                let carried = votes >= quorum.votes && regions >= quorum.regions;
                Ok(Admission {
                    carried,
                    ..Admission::default()
                })
            }
            _ => Ok(Admission::default()),
        }
    }

    fn check_finding(&self, case: &Case, f: &Finding) -> Result<Admission, Refusal> {
        self.check_lists(case, f)?;
        self.check_consent(case)?;
        check_claim_held(case)?;
        let reviews = u32::try_from(case.reviews.len()).unwrap_or(u32::MAX);
        if reviews < self.charter.min_reviews {
            return refuse(
                Code::TooFewReviews,
                format!(
                    "{reviews} reviews in this round; {} are needed",
                    self.charter.min_reviews
                ),
            );
        }
        let (derived, replayed) = derive::propose(self.charter, case, |id| case.contents.get(id))
            .or_else(|e| match e {
            DeriveError::Sealed(_) => refuse(Code::SealedEvidence, e.to_string()),
            other => refuse(Code::ContentInvalid, other.to_string()),
        })?;
        if let Some(named) = &f.proposal.named {
            self.check_naming(case, named, &replayed)?;
        }
        check_recomputed(&f.proposal, &derived)?;
        self.check_exhibit_consent(case, &replayed)?;
        self.check_votes(case, f)?;
        self.check_dissent_window(case)?;
        Ok(Admission {
            replayed: Some(Arc::new(replayed)),
            ..Admission::default()
        })
    }

    /// The list of all statements and the digest of the deciding state leave nothing out.
    fn check_lists(&self, case: &Case, f: &Finding) -> Result<(), Refusal> {
        let all = CaseStatements::of(&case.statement_ids());
        if f.case_statements != all {
            let (said, is) = (&f.case_statements, &all);
            let detail = format!(
                "the finding lists {} statements with digest {}; the case has {} with digest {}",
                said.count, said.sha256, is.count, is.sha256
            );
            return refuse(Code::WrongCaseList, detail);
        }
        let digest = derive::state_sha256(self.global, case);
        if f.state_sha256 != digest {
            return refuse(Code::WrongStateDigest, format!("the digest is {digest}"));
        }
        Ok(())
    }

    fn check_consent(&self, case: &Case) -> Result<(), Refusal> {
        for id in &case.reports {
            let level = self.state.report(id).and_then(|r| r.consent);
            if level.is_none_or(|l| l < ConsentLevel::Selective) {
                return refuse(
                    Code::NoConsent,
                    format!("the reporter of {id} has not consented to a finding"),
                );
            }
        }
        Ok(())
    }

    /// No item rests on an exhibit that its reporter keeps private.
    fn check_exhibit_consent(&self, case: &Case, replayed: &Replayed) -> Result<(), Refusal> {
        let reports = || case.reports.iter().filter_map(|id| self.state.report(id));
        for text in replayed.inputs.items.iter().flat_map(|i| &i.exhibits) {
            let Ok(hash) = text.parse() else { continue };
            let level = |r: &Report| r.exhibit_consent.get(&hash).copied();
            if reports().any(|r| level(&r) == Some(ConsentLevel::Private)) {
                return refuse(
                    Code::NoConsent,
                    format!("the reporter keeps exhibit {hash} private"),
                );
            }
        }
        Ok(())
    }

    /// What stands between an evaluation and a name.
    fn check_naming(&self, case: &Case, named: &Named, replayed: &Replayed) -> Result<(), Refusal> {
        let e = &replayed.evaluation;
        if e.infrastructure_only
            .as_ref()
            .is_some_and(|i| i.rests_on_territory_or_infrastructure_alone)
        {
            return refuse(
                Code::TerritoryAlone,
                format!(
                    "without items on territory and infrastructure, {} does not lead",
                    named.state
                ),
            );
        }
        let needed = self.charter.method.s1.strands as usize;
        if e.supporting.len() < needed {
            let detail = format!(
                "{} independent strands support {}; {needed} are needed",
                e.supporting.len(),
                named.state
            );
            let echo = replayed.as_given.supporting.len() >= needed;
            return refuse(if echo { Code::Echo } else { Code::OneStrand }, detail);
        }
        if case.phase != Phase::Answered {
            return refuse(
                Code::ReplyWindow,
                format!("case {} is in phase {}, not answered", case.id, case.phase),
            );
        }
        if let Some(notice) = case.notice.as_ref().filter(|n| self.time < n.closes) {
            let detail = format!(
                "the reply window is open until {}, replied or not",
                notice.closes
            );
            return refuse(Code::ReplyWindow, detail);
        }
        let addressee = case
            .notice
            .as_ref()
            .and_then(|n| case.contents.get(&n.statement));
        match addressee {
            Some(Content::Addressee(a)) if a.state == named.state => Ok(()),
            Some(_) => refuse(
                Code::ReplyWindow,
                format!("the notice went to another party than {}", named.state),
            ),
            None => refuse(
                Code::SealedEvidence,
                "the addressee of the notice is still sealed",
            ),
        }
    }

    fn check_votes(&self, case: &Case, f: &Finding) -> Result<(), Refusal> {
        let digest = f.proposal.digest();
        let mut after = None;
        let mut members = Vec::new();
        for id in &f.votes {
            let not_counted = |why: &str| refuse(Code::VoteNotCounted, format!("vote {id} {why}"));
            let Some(vote) = case.votes.iter().find(|v| v.statement == *id) else {
                return not_counted("is not a vote of this round");
            };
            if after >= Some(vote.index) {
                return not_counted("is listed twice or out of order");
            }
            after = Some(vote.index);
            self.check_vote(case, vote, digest, &f.proposal)?;
            members.push(&vote.member);
        }
        let (votes, regions) = self.global.spread(members.into_iter());
        let quorum = self.charter.finding_quorum;
        if votes < quorum.votes || regions < quorum.regions {
            return refuse(
                Code::QuorumMissing,
                format!(
                    "{votes} votes from {regions} regions; the charter asks for {} from {}",
                    quorum.votes, quorum.regions
                ),
            );
        }
        Ok(())
    }

    fn check_vote(
        &self,
        case: &Case,
        vote: &Vote,
        digest: tlog::Hash,
        proposal: &Proposal,
    ) -> Result<(), Refusal> {
        let id = vote.statement;
        let not_counted = |why: &str| refuse(Code::VoteNotCounted, format!("vote {id} {why}"));
        let Some(opened) = case.opened_vote(&id) else {
            return not_counted("is still sealed");
        };
        if opened.proposal != digest {
            return refuse(
                Code::VoteOtherText,
                format!(
                    "vote {id} is on {}; this finding is {digest}",
                    opened.proposal
                ),
            );
        }
        if opened.choice != Choice::Publish {
            return not_counted("is not to publish");
        }
        let Some(member) = self.global.reviewer(&vote.member) else {
            return not_counted("is by a key revoked or unseated since");
        };
        if case.recused.contains(&vote.member) {
            return not_counted("is by a recused reviewer");
        }
        // Nobody judges its own state, neither to accuse it nor to clear it.
        let named = proposal.named.as_ref().map(|n| &n.state);
        let tied = |s: &&Country| member.jurisdiction == **s || member.ties.contains(*s);
        if let Some(state) = named.into_iter().chain(&proposal.exonerated).find(tied) {
            return refuse(
                Code::Conflicted,
                format!("{} has a declared tie to {state}", vote.member),
            );
        }
        if named.is_none() {
            return Ok(());
        }
        if case.reply.as_ref().is_none_or(|r| vote.index < r.index) {
            return refuse(
                Code::ReplyWindow,
                format!("vote {id} was cast before the reply or the end of its window"),
            );
        }
        Ok(())
    }

    /// An objector has had its dissent recorded, or time to file it.
    fn check_dissent_window(&self, case: &Case) -> Result<(), Refusal> {
        let agrees = |v: &Vote| {
            case.opened_vote(&v.statement)
                .is_some_and(|o| o.choice != Choice::Object)
        };
        let silent = case
            .votes
            .iter()
            .find(|v| !agrees(v) && !case.dissents.iter().any(|(m, _)| *m == v.member));
        let (Some(objector), Some(last)) = (silent, case.votes.last()) else {
            return Ok(());
        };
        let closes = last.time.plus_seconds(self.charter.dissent_window_s.into());
        if self.time < closes {
            return refuse(
                Code::DissentWindow,
                format!(
                    "{} may still file a dissent until {closes}",
                    objector.member
                ),
            );
        }
        Ok(())
    }

    /// Endorsements, rebuttals and alternatives.
    pub(super) fn check_response(&self, case: &Case) -> Result<(), Refusal> {
        let known = |id: &StatementId| case.findings.iter().find(|f| f.statement == *id);
        let unknown = |id: &StatementId| {
            Refusal::new(
                Code::FindingUnknown,
                format!("{id} is no finding of case {}", case.id),
            )
        };
        match &self.statement.body {
            Body::Endorse(e) => known(&e.finding)
                .map(|_| ())
                .ok_or_else(|| unknown(&e.finding)),
            Body::Rebut(r) => known(&r.finding)
                .map(|_| ())
                .ok_or_else(|| unknown(&r.finding)),
            Body::Alternative(a) => {
                let finding = known(&a.finding).ok_or_else(|| unknown(&a.finding))?;
                if a.changes.len() > MAX_CHANGES {
                    let detail = format!("{} changes; at most {MAX_CHANGES}", a.changes.len());
                    return refuse(Code::ChangeInvalid, detail);
                }
                if finding.alternatives >= MAX_ALTERNATIVES {
                    let detail = format!(
                        "{MAX_ALTERNATIVES} alternatives of this finding are on the record"
                    );
                    return refuse(Code::ChangeInvalid, detail);
                }
                let rerun = derive::rerun(&finding.replayed, &self.charter.method, &a.changes)
                    .or_else(|e| refuse(Code::ChangeInvalid, e.to_string()))?;
                if rerun.sha256() == a.result_sha256 {
                    Ok(())
                } else {
                    refuse(
                        Code::NotRecomputed,
                        format!("the re-run gives result {}", rerun.sha256()),
                    )
                }
            }
            _ => Ok(()),
        }
    }
}

/// The vault holds what was checked: text and objects of a claim are exhibits of its case.
fn check_claim_held(case: &Case) -> Result<(), Refusal> {
    let mut wanted = case.question.claim().into_iter().flat_map(Claim::exhibits);
    match wanted.find(|hash| !case.exhibits.contains_key(*hash)) {
        Some(missing) => refuse(
            Code::ExhibitUnknown,
            format!(
                "the claim's text or objects {missing} are no exhibit of case {}",
                case.id
            ),
        ),
        None => Ok(()),
    }
}

/// The proposal is exactly what the rules derive; the first difference is named.
fn check_recomputed(given: &Proposal, derived: &Proposal) -> Result<(), Refusal> {
    if given == derived {
        return Ok(());
    }
    let (Ok(given), Ok(derived)) = (serde_json::to_value(given), serde_json::to_value(derived))
    else {
        return refuse(
            Code::NotRecomputed,
            "the proposal differs from the derived one",
        );
    };
    let fields = derived.as_object().into_iter().flatten();
    let differing = fields
        .chain(given.as_object().into_iter().flatten())
        .map(|(k, _)| k)
        .find(|k| given.get(*k) != derived.get(*k));
    let field = differing.map_or("proposal", String::as_str);
    let null = serde_json::Value::Null;
    let (said, is) = (
        given.get(field).unwrap_or(&null),
        derived.get(field).unwrap_or(&null),
    );
    refuse(
        Code::NotRecomputed,
        format!("{field} is {said} in the finding, {is} recomputed"),
    )
}
