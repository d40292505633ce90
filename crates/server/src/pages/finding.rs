//! One finding: the plain words first, then every number behind them, then how to check it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use record::body::case::Question;
use record::ids::{CaseId, MemberId};
use record::state::{Case, FindingRecord, FindingStatus, State as RecordState};
use store::Record;
use tlog::Hash;

use super::account::{accounts, with_account};
use super::figures::{self, Comparison, GateRow, RegionRow, StateRow};
use super::matrix::{self, ItemRow, RemovalRow};
use super::verdicts::NormsPart;
use super::{Frame, show};
use crate::api::{DissentView, dissent_places, dissents, find_finding};
use crate::app::App;
use crate::claimed::{Claimed, claimed};
use crate::error::ApiError;
use crate::words;

#[derive(Template)]
#[template(path = "finding.html")]
struct FindingPage {
    frame: Frame,
    id: String,
    case: String,
    round: u32,
    time: String,
    status: &'static str,
    replaced_by: Option<String>,
    outcome: String,
    claim: Vec<Claimed>,
    claim_text: Option<String>,
    likelihood: String,
    interval: String,
    confidence: String,
    standard: &'static str,
    planting: String,
    states: Vec<StateRow>,
    compared: Vec<Comparison>,
    merges: Vec<String>,
    hypotheses: Vec<String>,
    items: Vec<ItemRow>,
    removals: Vec<RemovalRow>,
    linchpins: Vec<String>,
    gates: Vec<GateRow>,
    norms: Option<NormsPart>,
    votes: Vec<RegionRow>,
    blind: String,
    laboratories: Vec<figures::ComparisonRow>,
    counted: usize,
    recused: Vec<String>,
    dissents: Vec<DissentView>,
    reply: String,
    result_sha256: String,
}

fn replaced_by(status: &FindingStatus) -> Option<String> {
    match status {
        FindingStatus::Standing => None,
        FindingStatus::Superseded(id) | FindingStatus::Withdrawn(id, _) => Some(id.to_string()),
    }
}

fn reply(finding: &FindingRecord) -> String {
    match finding.reply.as_ref().map(|reply| reply.text_sha256) {
        None => "No notice was given, so no reply was due.".to_owned(),
        Some(None) => {
            "The party told did not reply before its window closed. Silence is not admission."
                .to_owned()
        }
        Some(Some(hash)) => format!("The party told replied; SHA-256 of its text: {hash}."),
    }
}

/// What the page needs of the state, taken out of it so that the log can be read afterwards.
struct Found {
    case: CaseId,
    question: Question,
    finding: FindingRecord,
    votes: Vec<RegionRow>,
    map_open: bool,
    dissents: Vec<(MemberId, u64)>,
    accounts: Vec<Hash>,
}

impl Found {
    fn of(state: &RecordState, case: &Case, finding: &FindingRecord) -> Self {
        Self {
            case: case.id.clone(),
            question: case.question.clone(),
            votes: figures::votes(state, case, finding),
            map_open: finding
                .finding
                .proposal
                .blind
                .mask
                .is_some_and(|m| case.contents.contains_key(&m)),
            dissents: dissent_places(state, finding),
            accounts: with_account(state, case),
            finding: finding.clone(),
        }
    }
}

fn make(record: &Record, frame: Frame, found: Found) -> Result<FindingPage, ApiError> {
    let finding = &found.finding;
    let proposal = &finding.finding.proposal;
    let replayed = &finding.replayed;
    let (evaluation, actors) = (&replayed.evaluation, &replayed.inputs.hypotheses.actors);
    let accounts = accounts(record, &found.accounts);
    let items = replayed
        .inputs
        .items
        .iter()
        .map(|item| matrix::item_row(item, actors, &accounts));
    let [low, high] = proposal.interval_ppm.map(words::percent);
    Ok(FindingPage {
        frame,
        id: finding.statement.to_string(),
        case: found.case.to_string(),
        round: proposal.round,
        time: finding.time.to_string(),
        status: words::status(&finding.status),
        replaced_by: replaced_by(&finding.status),
        outcome: words::outcome(proposal),
        claim: claimed(&found.question, &proposal.assertions),
        claim_text: found.question.claim().map(|c| c.text_sha256.to_string()),
        likelihood: record::claim::likelihood_sentence(
            &found.question,
            proposal.named.is_some(),
            evaluation,
        ),
        interval: format!("{low} to {high}"),
        confidence: method::confidence_sentence(evaluation),
        standard: words::standard(proposal.standard),
        planting: words::planting(&evaluation.planting),
        states: figures::states(evaluation),
        compared: figures::compared(evaluation, &replayed.as_given),
        merges: figures::merges(evaluation),
        hypotheses: actors.iter().map(matrix::hypothesis).collect(),
        items: items.collect(),
        removals: matrix::removals(evaluation),
        linchpins: figures::linchpins(evaluation),
        gates: figures::gates(evaluation),
        norms: replayed
            .verdicts
            .as_ref()
            .map(|v| NormsPart::of(v, &finding.law)),
        votes: found.votes,
        blind: words::blind(&proposal.blind, found.map_open),
        laboratories: figures::laboratories(&replayed.laboratories),
        counted: finding.finding.votes.len(),
        recused: finding.recused.iter().map(ToString::to_string).collect(),
        dissents: dissents(record, &found.dissents)?,
        reply: reply(finding),
        result_sha256: proposal.result_sha256.to_string(),
    })
}

pub(super) async fn page(State(app): State<App>, Path(id): Path<String>) -> Response {
    show(app, move |record, frame| {
        let found = {
            let state = record.state();
            let (case, finding) = find_finding(&state, &id)?;
            Found::of(&state, case, finding)
        };
        make(record, frame, found)
    })
    .await
}
