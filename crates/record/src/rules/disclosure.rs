//! Rules of opening seals: what opens when, so that blind review is real and no state is named
//! early.

use std::collections::BTreeMap;

use super::{Admission, Ask, refuse};
use crate::blind;
use crate::body::analysis::{CodedFacts, MAX_FACTS};
use crate::body::blind::MaskMap;
use crate::body::deciding::Choice;
use crate::body::evidence::Disclose;
use crate::derive::{self, LAB_PREFIX};
use crate::ids::MemberId;
use crate::kind::{Content, Kind};
use crate::refusal::{Code, Refusal};
use crate::seal::Opening;
use crate::state::{Case, FindingRecord, SealedStatement};
use crate::statement::CONTENT;
use crate::table::Phase;
use crate::time::Timestamp;

/// Checks an opening against its seal and reads the content.
pub(super) fn opened(
    kind: Kind,
    sealed: &SealedStatement,
    opening: &Opening,
) -> Result<Content, Refusal> {
    if !opening.opens(&sealed.seal) {
        return refuse(
            Code::SealMismatch,
            "salt and value do not give the committed digest",
        );
    }
    Content::parse(kind, &opening.value).or_else(|e| {
        refuse(
            Code::ContentInvalid,
            format!("the opened content is not that of a {kind}: {e}"),
        )
    })
}

impl Ask<'_> {
    pub(super) fn check_disclosure(&self, case: &Case, d: &Disclose) -> Result<Admission, Refusal> {
        let sealed = case
            .sealed
            .get(&d.statement)
            .filter(|_| d.pointer == CONTENT);
        let Some(sealed) = sealed else {
            return refuse(
                Code::SealUnknown,
                format!(
                    "case {} has no sealed {} in {}",
                    case.id, d.pointer, d.statement
                ),
            );
        };
        if case.contents.contains_key(&d.statement) {
            return refuse(Code::AlreadyOpen, format!("{} is open", d.statement));
        }
        self.check_moment(case, d, sealed.kind)?;
        let opening = Opening {
            pointer: d.pointer.clone(),
            salt: d.salt,
            value: d.value.clone(),
        };
        let content = opened(sealed.kind, sealed, &opening)?;
        self.check_content(case, d, &content)?;
        Ok(Admission {
            content: Some(content),
            ..Admission::default()
        })
    }

    /// Whether a content of this type may open now. What a published finding rested on opens
    /// freely after it; the addressee of a notice only if that finding names it.
    fn check_moment(&self, case: &Case, d: &Disclose, kind: Kind) -> Result<(), Refusal> {
        let early = |detail: String| refuse(Code::TooEarlyToOpen, detail);
        let said = self
            .state
            .statements
            .index_of(&d.statement)
            .unwrap_or(u64::MAX);
        let decided = case.findings.iter().find(|f| f.index > said);
        let may = |f: &FindingRecord| kind != Kind::Notice || f.finding.proposal.named.is_some();
        if decided.is_some_and(may) && kind != Kind::LabCommit {
            return Ok(());
        }
        if decided.is_some() || matches!(case.phase, Phase::Decided | Phase::Closed) {
            return early(format!("no finding of case {} rests on it", case.id));
        }
        match kind {
            Kind::LabCommit => {
                early("a laboratory opens its commitment itself, by lab.open".into())
            }
            Kind::Review => {
                let silent = case
                    .active_panel()
                    .find(|m| !case.reviews.iter().any(|(r, _)| r == *m));
                self.check_panel_window(silent, case.assigned, "reviewed")
            }
            Kind::Vote => {
                let silent = case
                    .active_panel()
                    .find(|m| !case.votes.iter().any(|v| v.member == **m));
                self.check_panel_window(silent, case.votes.first().map(|v| v.time), "voted")
            }
            _ => {
                let quorum = self.charter.finding_quorum;
                let (votes, regions) = self.most_votes_to_publish(case);
                if votes >= quorum.votes && regions >= quorum.regions {
                    return Ok(());
                }
                early(format!(
                    "{votes} opened votes from {regions} regions agree to publish; the charter asks for {} from {}",
                    quorum.votes, quorum.regions
                ))
            }
        }
    }

    /// What a panel says opens once nobody is left to speak, or the window has closed that
    /// began when the panel was assigned (for votes: with the first vote).
    fn check_panel_window(
        &self,
        silent: Option<&MemberId>,
        began: Option<Timestamp>,
        did: &str,
    ) -> Result<(), Refusal> {
        let Some(silent) = silent else { return Ok(()) };
        let Some(began) = began else {
            return refuse(Code::TooEarlyToOpen, format!("nobody has {did} yet"));
        };
        let closes = began.plus_seconds(self.charter.panel_window_s.into());
        if self.time >= closes {
            return Ok(());
        }
        refuse(
            Code::TooEarlyToOpen,
            format!("reviewer {silent} has not {did} and may until {closes}"),
        )
    }

    /// Whether the round has run out without a finding: after the last vote (or, where there is
    /// none, the assignment or the end of the reply window) the dissent window and one more panel
    /// window have passed. Until then any reviewer can publish what the quorum decided; after it
    /// new analysis may start the next round. No one hand can stop this clock.
    pub(super) fn round_is_lost(&self, case: &Case) -> bool {
        let voted = case.votes.last().map(|v| v.time);
        let closes = case.notice.as_ref().map(|n| n.closes);
        let Some(last) = [case.assigned, voted, closes].into_iter().flatten().max() else {
            return false;
        };
        let grace =
            i64::from(self.charter.dissent_window_s) + i64::from(self.charter.panel_window_s);
        self.time >= last.plus_seconds(grace)
    }

    /// Opened votes to publish on the proposal that has most, and their regions.
    fn most_votes_to_publish(&self, case: &Case) -> (u32, u32) {
        let mut by_proposal: BTreeMap<tlog::Hash, Vec<&MemberId>> = BTreeMap::new();
        for vote in &case.votes {
            if let Some(v) = case
                .opened_vote(&vote.statement)
                .filter(|v| v.choice == Choice::Publish)
            {
                by_proposal
                    .entry(v.proposal)
                    .or_default()
                    .push(&vote.member);
            }
        }
        let spreads = by_proposal
            .values()
            .map(|members| self.global.spread(members.iter().copied()));
        spreads.max().unwrap_or((0, 0))
    }

    /// What the opened content says, checked against the case it belongs to.
    fn check_content(&self, case: &Case, d: &Disclose, content: &Content) -> Result<(), Refusal> {
        let invalid = |detail: String| refuse(Code::ContentInvalid, detail);
        match content {
            Content::Hypotheses(h) => h.validate().or_else(|e| invalid(e.to_string())),
            Content::Reviewed(r) => {
                let sum: u64 = r.posterior_ppm.iter().map(|p| u64::from(*p)).sum();
                if sum == u64::from(method::input::PPM) {
                    Ok(())
                } else {
                    invalid(format!("the posterior sums to {sum} ppm, not one million"))
                }
            }
            Content::Facts(coded) => {
                check_facts(coded)?;
                let cited = coded.facts.iter().flat_map(|f| &f.exhibits);
                check_exhibits(case, cited.copied())
            }
            Content::Assessed(a) => self.check_assessed(case, d, a),
            Content::Mask(m) => check_mask(case, d, m),
            // a forecast belongs to no case and opens by `calibration.open`
            Content::Voted(_)
            | Content::Addressee(_)
            | Content::LabAnswer(_)
            | Content::Forecast(_) => Ok(()),
        }
    }

    /// Items are read against the hypotheses and against the strands of earlier assessments, so
    /// those open first.
    fn check_assessed(
        &self,
        case: &Case,
        d: &Disclose,
        a: &crate::body::analysis::Assessed,
    ) -> Result<(), Refusal> {
        let hypotheses = case.hypotheses.and_then(|id| case.contents.get(&id));
        let Some(Content::Hypotheses(hypotheses)) = hypotheses else {
            return refuse(
                Code::TooEarlyToOpen,
                "the hypotheses of the case open first",
            );
        };
        let (mut strands, mut items) = (Vec::new(), Vec::new());
        for id in case.assessments.iter().take_while(|id| **id != d.statement) {
            let Some(Content::Assessed(earlier)) = case.contents.get(id) else {
                return refuse(
                    Code::TooEarlyToOpen,
                    format!("the earlier assessment {id} opens first"),
                );
            };
            strands.extend(earlier.strands.iter().cloned());
            items.extend(earlier.items.iter().cloned());
        }
        strands.extend(a.strands.iter().cloned());
        items.extend(a.items.iter().cloned());
        if let Err(e) = method::validate_items(hypotheses, &strands, &items) {
            return refuse(Code::ContentInvalid, e.to_string());
        }
        let strands = a.strands.iter().map(|s| &s.id);
        let mut ids = strands.chain(a.items.iter().map(|i| &i.id));
        if let Some(id) = ids.find(|id| id.starts_with(LAB_PREFIX)) {
            let detail = format!("{id:?}: identifiers with {LAB_PREFIX} are the laboratories'");
            return refuse(Code::ContentInvalid, detail);
        }
        let mut cited = Vec::new();
        for text in a.items.iter().flat_map(|i| &i.exhibits) {
            match text.parse() {
                Ok(hash) => cited.push(hash),
                Err(_) => {
                    return refuse(Code::ContentInvalid, format!("{text:?} is no exhibit hash"));
                }
            }
        }
        check_exhibits(case, cited.into_iter())
    }
}

/// Facts use the words of the vocabulary and rest on something.
///
/// # Errors
/// [`Code::ContentInvalid`] with the first fault.
pub fn check_facts(coded: &CodedFacts) -> Result<(), Refusal> {
    let invalid = |detail: String| refuse(Code::ContentInvalid, detail);
    if coded.facts.len() > MAX_FACTS {
        return invalid(format!("{} facts; at most {MAX_FACTS}", coded.facts.len()));
    }
    let reference =
        crate::law::reference().or_else(|e| refuse(Code::ContentInvalid, e.to_string()))?;
    for (number, fact) in (1..).zip(&coded.facts) {
        let as_judged = norms::Fact {
            coder: String::new(),
            element: fact.element,
            value: fact.value.to_string(),
            about: fact.about.clone(),
            on: None,
            likelihood_ppm: fact.likelihood_ppm,
            exhibits: fact.exhibits.iter().map(ToString::to_string).collect(),
        };
        let one = std::slice::from_ref(&as_judged);
        if let Err(faults) = norms::check_facts(one, &reference.vocabulary, &reference.states) {
            let reasons: Vec<String> = faults.iter().map(|f| f.reason.to_string()).collect();
            return invalid(format!("fact {number}: {}", reasons.join("; ")));
        }
    }
    Ok(())
}

/// A map opens after the analysis it was made for, and covers every name of it.
fn check_mask(case: &Case, d: &Disclose, map: &MaskMap) -> Result<(), Refusal> {
    let Some(masked) = case.masks.get(&d.statement) else {
        return refuse(
            Code::SealUnknown,
            format!("{} is no mask of this case", d.statement),
        );
    };
    let (hypotheses, assessments) = (masked.hypotheses, &masked.assessments);
    let counts = |id: &crate::ids::StatementId| masked.laboratories.contains(id);
    let opened = |id: &crate::ids::StatementId| case.contents.get(id);
    let (inputs, _, _) = derive::analysis(case, hypotheses, assessments, counts, opened)
        .or_else(|e| refuse(Code::TooEarlyToOpen, format!("the map opens last: {e}")))?;
    blind::check(map, &inputs).or_else(|e| refuse(Code::ContentInvalid, e.to_string()))
}

fn check_exhibits(case: &Case, mut cited: impl Iterator<Item = tlog::Hash>) -> Result<(), Refusal> {
    match cited.find(|hash| !case.exhibits.contains_key(hash)) {
        Some(unknown) => refuse(
            Code::ExhibitUnknown,
            format!(
                "the content cites exhibit {unknown}, which case {} does not have",
                case.id
            ),
        ),
        None => Ok(()),
    }
}
