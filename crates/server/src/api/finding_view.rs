//! A finding as the API shows it.

use record::body::outcome::Named;
use record::ids::{MemberId, StatementId};
use record::kind::Body;
use record::state::{Case, FindingRecord, FindingStatus, State};
use record::statement::Statement;
use serde::Serialize;
use serde_json::Value;
use store::Record;
use utoipa::ToSchema;

use super::answer::Count;
use crate::claimed::{Claimed, claimed};
use crate::error::ApiError;
use crate::words;

/// A finding in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingRow {
    /// Identifier: that of its statement.
    pub(crate) id: String,
    /// Index in the log.
    pub(crate) index: u64,
    /// The case.
    case: String,
    /// Governing time of publication.
    published: String,
    /// What was found.
    outcome: String,
    /// The same in plain words.
    outcome_words: String,
    /// Who is named, if anyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    named: Option<Named>,
    /// States a claim by others speaks of that the evidence clears.
    exonerated: Vec<String>,
    /// Standard of proof reached: none, S1, S2 or S3.
    standard: String,
    /// Likelihood of the leading state (in the check of a claim: of the named state, else of the
    /// first the claim speaks of), parts per million. Confidence is stated apart.
    likelihood_ppm: u32,
    /// Its 5-95 % interval, parts per million.
    interval_ppm: [u32; 2],
    /// ICD 203 word for the likelihood.
    likelihood_word: String,
    /// Whether it stands, was superseded or withdrawn.
    status: String,
}

impl FindingRow {
    pub(crate) fn of(case: &Case, record: &FindingRecord) -> Self {
        let proposal = &record.finding.proposal;
        Self {
            id: record.statement.to_string(),
            index: record.index,
            case: case.id.to_string(),
            published: record.time.to_string(),
            outcome: words::outcome_code(proposal.outcome).to_owned(),
            outcome_words: words::outcome(proposal),
            named: proposal.named.clone(),
            exonerated: proposal
                .exonerated
                .iter()
                .map(ToString::to_string)
                .collect(),
            standard: words::standard_code(proposal.standard).to_owned(),
            likelihood_ppm: proposal.likelihood_ppm,
            interval_ppm: proposal.interval_ppm,
            likelihood_word: words::likelihood(proposal.likelihood_ppm).to_owned(),
            status: words::status_code(&record.status).to_owned(),
        }
    }
}

/// A vote of the finding's round.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VoteView {
    /// The reviewer.
    pub(crate) member: String,
    /// Its region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    /// The statement.
    pub(crate) statement: String,
    /// Publish, object or abstain; absent while it is sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) choice: Option<String>,
    /// Whether the finding rests on it.
    pub(crate) counted: bool,
}

/// A dissent of the finding's round.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DissentView {
    /// The reviewer.
    pub(crate) member: String,
    /// The statement.
    pub(crate) statement: String,
    /// What it turns on.
    pub(crate) ground: String,
    /// SHA-256 of its text, hex.
    pub(crate) text_sha256: String,
}

/// The reply of the party concerned.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplyView {
    /// The statement.
    statement: String,
    /// SHA-256 of its text, hex; absent if the window closed without a reply, which admits nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    text_sha256: Option<String>,
}

/// A finding.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingView {
    /// What a list shows of it.
    finding: FindingRow,
    /// The assertions of the claim that was checked, with what was found of each; empty where the
    /// question was who did it.
    assertions: Vec<Claimed>,
    /// How likely, in one sentence.
    likelihood: String,
    /// How well founded, apart from how likely.
    confidence: String,
    /// What it would take to forge the result.
    planting: String,
    /// The exact content voted on.
    #[schema(value_type = Object)]
    proposal: Value,
    /// Digest of the proposal, which the votes carry.
    proposal_sha256: String,
    /// Inputs and every number of the method, bit for bit as in the bundle; strands as given
    /// stand beside strands merged.
    #[schema(value_type = Object)]
    result: Value,
    /// Votes of the round.
    votes: Vec<VoteView>,
    /// Votes to publish that the finding rests on.
    votes_to_publish: Count,
    /// Reviewers who stepped aside.
    recused: Vec<String>,
    /// Dissents.
    pub(crate) dissents: Vec<DissentView>,
    /// Reply, or that there was none; absent where no notice was due.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<ReplyView>,
    /// The statement that superseded or withdrew it.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<String>,
}

fn votes(state: &State, case: &Case, finding: &FindingRecord) -> Vec<VoteView> {
    let view = |vote: &record::state::Vote| VoteView {
        member: vote.member.to_string(),
        region: state
            .global
            .members
            .get(&vote.member)
            .and_then(|m| m.region)
            .map(|r| r.as_str().to_owned()),
        statement: vote.statement.to_string(),
        choice: case
            .opened_vote(&vote.statement)
            .map(|v| words::choice(v.choice).to_owned()),
        counted: finding.finding.votes.contains(&vote.statement),
    };
    finding.votes.iter().map(view).collect()
}

/// Where the dissents of a finding stand in the log.
pub(crate) fn dissent_places(state: &State, finding: &FindingRecord) -> Vec<(MemberId, u64)> {
    let place = |(member, id): &(MemberId, StatementId)| {
        let entry = state.statements.get(id)?;
        Some((member.clone(), entry.index))
    };
    finding.dissents.iter().filter_map(place).collect()
}

/// Reads dissents; the state must not be held.
pub(crate) fn dissents(
    record: &Record,
    places: &[(MemberId, u64)],
) -> Result<Vec<DissentView>, ApiError> {
    let mut views = Vec::new();
    for (member, index) in places {
        let bytes = record.entry(*index)?;
        let statement = Statement::parse(&bytes).map_err(ApiError::internal)?;
        if let Body::Dissent(dissent) = &statement.body {
            views.push(DissentView {
                member: member.to_string(),
                statement: statement.id.to_string(),
                ground: dissent.ground.to_string(),
                text_sha256: dissent.text_sha256.to_string(),
            });
        }
    }
    Ok(views)
}

/// Everything but the dissents, which stand in the log.
pub(crate) fn view(
    state: &State,
    case: &Case,
    finding: &FindingRecord,
) -> Result<FindingView, ApiError> {
    let evaluation = &finding.replayed.evaluation;
    let replaced_by = match &finding.status {
        FindingStatus::Standing => None,
        FindingStatus::Superseded(id) | FindingStatus::Withdrawn(id, _) => Some(id.to_string()),
    };
    Ok(FindingView {
        finding: FindingRow::of(case, finding),
        assertions: claimed(&case.question, &finding.finding.proposal.assertions),
        likelihood: record::claim::likelihood_sentence(
            &case.question,
            finding.finding.proposal.named.is_some(),
            evaluation,
        ),
        confidence: method::confidence_sentence(evaluation),
        planting: words::planting(&evaluation.planting),
        proposal: serde_json::to_value(&finding.finding.proposal).map_err(ApiError::internal)?,
        proposal_sha256: finding.finding.proposal.digest().to_string(),
        result: serde_json::from_str(&finding.replayed.bytes()).map_err(ApiError::internal)?,
        votes: votes(state, case, finding),
        votes_to_publish: Count::exact(
            finding.finding.votes.len(),
            "vote",
            "opened, to publish this exact text, by an assigned reviewer without a tie to the state named",
        ),
        recused: finding.recused.iter().map(ToString::to_string).collect(),
        dissents: Vec::new(),
        reply: finding.reply.as_ref().map(|reply| ReplyView {
            statement: reply.statement.to_string(),
            text_sha256: reply.text_sha256.map(|h| h.to_string()),
        }),
        replaced_by,
    })
}
