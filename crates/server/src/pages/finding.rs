//! One finding on one page: the plain words first, then every number behind them, then how to check it.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use record::body::case::{Question, Report};
use record::ids::{CaseId, MemberId};
use record::state::{Case, FindingRecord, FindingStatus, State as RecordState};
use store::Record;
use tlog::Hash;

use super::account::{Account, accounts, with_account};
use super::claim::{self, ClaimRow};
use super::drawings;
use super::evidence::{self, ExhibitRow};
use super::figures::{self, Comparison, GateRow, StateRow, StrandRow, Votes};
use super::matrix::{self, ItemRow, RemovalRow};
use super::plain::{self, Answered};
use super::responses::{self, Response as Said};
use super::verdicts::NormsPart;
use super::verify::Verifier;
use super::{Frame, Place, scripted, sentences, show};
use crate::api::{self, DissentView, dissent_places, dissents, find_finding};
use crate::app::App;
use crate::charts;
use crate::error::ApiError;
use crate::text::{Markup, Texts, foreign, markup};
use crate::words;

#[derive(Template)]
#[template(path = "finding.html")]
struct FindingPage {
    frame: Frame,
    verifier: Verifier,
    id: String,
    case: String,
    title: String,
    heading: Markup,
    kicker: Markup,
    status: Markup,
    stands: bool,
    outcome: Markup,
    outcome_text: String,
    /// What a reader of the tables must know where they name states that the finding does not.
    nobody: Option<&'static str>,
    /// What happened, in one sentence.
    happened: Markup,
    interval: Option<Markup>,
    /// How likely and how well founded, each in its own sentence.
    sure: Vec<Markup>,
    drawn: Drawn,
    questions: Vec<Answered>,
    grounds: Vec<Markup>,
    claim: Vec<ClaimRow>,
    claim_text: Option<String>,
    states: Vec<StateRow>,
    strands: Vec<StrandRow>,
    raised: Vec<Markup>,
    compared: Vec<Comparison>,
    merges: Vec<Markup>,
    hypotheses: Vec<Markup>,
    items: Vec<ItemRow>,
    planting: Markup,
    removals: Vec<RemovalRow>,
    gates: Vec<GateRow>,
    exhibits: Vec<ExhibitRow>,
    exhibits_shown: Option<Markup>,
    laboratories: Vec<figures::ComparisonRow>,
    origins: Vec<evidence::OriginRow>,
    norms: Option<NormsPart>,
    panel_lead: Markup,
    votes: Vec<VoteRow>,
    blind: Markup,
    dissents: Vec<Markup>,
    reply: Markup,
    recused: Vec<Markup>,
    responses: Vec<Markup>,
    proposal_sha256: String,
    result_sha256: String,
}

/// Drawings beside the tables.
struct Drawn {
    states: Option<Markup>,
    caps: Option<Markup>,
    without: Option<Markup>,
    custody: Option<Markup>,
    origins: Option<Markup>,
    votes: Option<Markup>,
}

impl Drawn {
    fn of(t: Texts, found: &Found, strands: &[StrandRow], origins: &[evidence::OriginRow]) -> Self {
        let evaluation = &found.finding.replayed.evaluation;
        Self {
            states: drawings::states(t, evaluation, nobody(t, &found.finding)),
            caps: drawings::caps(t, strands),
            without: drawings::without(t, evaluation),
            custody: drawings::custody(t, &found.exhibits),
            origins: drawings::origins(t, origins),
            votes: drawings::votes(t, found),
        }
    }
}

struct VoteRow {
    region: String,
    votes: Votes,
}

impl VoteRow {
    fn of(t: Texts, (region, votes): (&&'static str, &Votes)) -> Self {
        Self {
            region: t.of("region", region),
            votes: votes.clone(),
        }
    }
}

/// What the page needs of the record, in no language, taken out of the state so that the log can
/// be read afterwards.
pub(super) struct Found {
    pub(super) case: CaseId,
    pub(super) question: Question,
    pub(super) finding: FindingRecord,
    pub(super) reports: Vec<Report>,
    pub(super) votes: BTreeMap<&'static str, Votes>,
    pub(super) responses: Vec<Said>,
    pub(super) exhibits: Vec<evidence::Held>,
    map_open: bool,
    dissents: Vec<(MemberId, u64)>,
    said: Vec<DissentView>,
    with_account: Vec<Hash>,
    accounts: BTreeMap<String, Account>,
}

impl Found {
    fn of(state: &RecordState, case: &Case, finding: &FindingRecord) -> Self {
        let mask = finding.finding.proposal.blind.mask;
        Self {
            case: case.id.clone(),
            question: case.question.clone(),
            reports: plain::reports(state, case),
            votes: figures::votes(state, case, finding),
            responses: responses::of(state, case),
            exhibits: evidence::held(state, case),
            map_open: mask.is_some_and(|m| case.contents.contains_key(&m)),
            dissents: dissent_places(state, finding),
            said: Vec::new(),
            with_account: with_account(state, case),
            accounts: BTreeMap::new(),
            finding: finding.clone(),
        }
    }

    /// Reads what stands in the log and the vault; the state must not be held.
    fn read(mut self, record: &Record) -> Result<Self, ApiError> {
        self.accounts = accounts(record, &self.with_account);
        self.said = dissents(record, &self.dissents)?;
        responses::read(record, &self.finding.statement, &mut self.responses)?;
        Ok(self)
    }
}

fn status(t: Texts, finding: &FindingRecord) -> Markup {
    let word = t.of("status", words::status_code(&finding.status));
    match &finding.status {
        FindingStatus::Standing => foreign(&word),
        FindingStatus::Superseded(id) | FindingStatus::Withdrawn(id, _) => {
            let code = markup(format!("<code dir=\"ltr\">{id}</code>"));
            let by = t
                .say("finding.replaced-by")
                .html_blank("statement", code)
                .html();
            markup(format!("{word} {}", by.0))
        }
    }
}

/// What stands beside every table and drawing that names states where the finding names none.
fn nobody(t: Texts, finding: &FindingRecord) -> Option<&'static str> {
    let named = finding.finding.proposal.named.is_some();
    (!named).then(|| t.s("finding.nobody-accused"))
}

/// What is shared of a finding: first that it fell, if it did, then whom it names.
fn shared(t: Texts, finding: &FindingRecord) -> String {
    let outcome = sentences::outcome_plain(t, &finding.finding.proposal);
    match fallen(t, finding) {
        Some(status) => format!("{status} {outcome}"),
        None => outcome,
    }
}

/// That a finding no longer stands, in a sentence.
fn fallen(t: Texts, finding: &FindingRecord) -> Option<String> {
    let standing = finding.status == FindingStatus::Standing;
    (!standing).then(|| t.of("status", words::status_code(&finding.status)))
}

/// Round and time, above the heading.
fn kicker(t: Texts, finding: &FindingRecord) -> Markup {
    let say = t
        .say("finding.kicker")
        .number("round", finding.finding.proposal.round);
    say.time("time", finding.time).html()
}

fn dissent(t: Texts, d: &DissentView) -> Markup {
    let hash = markup(format!("<code dir=\"ltr\">{}</code>", d.text_sha256));
    let say = t
        .say("finding.dissents-on")
        .with("member", &d.member)
        .with("ground", &d.ground);
    say.html_blank("hash", hash).html()
}

fn make(frame: Frame, found: &Found, verifier: Verifier) -> FindingPage {
    let t = frame.t;
    let finding = &found.finding;
    let proposal = &finding.finding.proposal;
    let replayed = &finding.replayed;
    let (inputs, evaluation) = (&replayed.inputs, &replayed.evaluation);
    let actors = &inputs.hypotheses.actors;
    let norms = replayed
        .verdicts
        .as_ref()
        .map(|v| NormsPart::of(t, v, &finding.law));
    let id = finding.statement.to_string();
    let strands = figures::strands(t, inputs, evaluation);
    let origins = evidence::origins(t, inputs);
    let drawn = Drawn::of(t, found, &strands, &origins);
    let (exhibits, exhibits_shown) = evidence::rows(t, &found.exhibits);
    FindingPage {
        verifier,
        case: found.case.to_string(),
        title: t.say("finding.title").with("case", &found.case).plain(),
        heading: t.say("finding.title").with("case", &found.case).html(),
        kicker: kicker(t, finding),
        status: status(t, finding),
        stands: finding.status == FindingStatus::Standing,
        outcome: sentences::outcome(t, proposal),
        outcome_text: shared(t, finding),
        nobody: nobody(t, finding),
        happened: plain::happened(t, &found.reports),
        interval: drawings::interval(t, found),
        sure: plain::sure(t, found),
        drawn,
        questions: plain::questions(t, found, norms.as_ref()),
        grounds: sentences::grounds(t, inputs, evaluation),
        claim: claim::rows(t, &found.question, &proposal.assertions),
        claim_text: found.question.claim().map(|c| c.text_sha256.to_string()),
        states: figures::states(t, evaluation),
        strands,
        raised: figures::raised(t, evaluation),
        compared: figures::compared(t, evaluation, &replayed.as_given),
        merges: figures::merges(t, evaluation),
        hypotheses: actors.iter().map(|a| matrix::hypothesis(t, a)).collect(),
        items: (inputs.items.iter())
            .map(|item| matrix::item_row(t, item, actors, &found.accounts))
            .collect(),
        planting: sentences::planting(t, &evaluation.planting),
        removals: matrix::removals(t, evaluation),
        gates: figures::gates(t, evaluation),
        exhibits,
        exhibits_shown,
        laboratories: figures::laboratories(t, &replayed.laboratories),
        origins,
        norms,
        panel_lead: t
            .say("finding.panel-lead")
            .n(finding.finding.votes.len())
            .html(),
        votes: found.votes.iter().map(|row| VoteRow::of(t, row)).collect(),
        blind: sentences::blind(t, &proposal.blind, found.map_open),
        dissents: found.said.iter().map(|d| dissent(t, d)).collect(),
        reply: plain::reply(t, finding),
        recused: finding
            .recused
            .iter()
            .map(|m| foreign(&m.to_string()))
            .collect(),
        responses: found.responses.iter().map(|r| r.says(t)).collect(),
        proposal_sha256: proposal.digest().to_string(),
        result_sha256: proposal.result_sha256.to_string(),
        frame: frame.with_json(format!("/findings/{id}.json")),
        id,
    }
}

pub(super) async fn page(State(app): State<App>, place: Place, Path(id): Path<String>) -> Response {
    if let Some(id) = id.strip_suffix(".json") {
        return api::finding(State(app), Path(id.to_owned()))
            .await
            .into_response();
    }
    if let Some(id) = id.strip_suffix(".svg") {
        return picture(app, place, id.to_owned()).await;
    }
    if let Some(id) = id.strip_suffix(".bundle") {
        return api::bundle_with_exhibits(app, id.to_owned())
            .await
            .into_response();
    }
    let verifier = Verifier::of(&app, place.lang, Some(&id));
    let page = show(app, place, move |record, frame| {
        let found = {
            let state = record.state();
            let (case, finding) = find_finding(&state, &id)?;
            Found::of(&state, case, finding)
        };
        Ok(make(frame, &found.read(record)?, verifier))
    });
    scripted(page.await)
}

/// The picture for sharing.
async fn picture(app: App, place: Place, id: String) -> Response {
    let drawn = app.blocking(move |record| {
        let frame = Frame::of(record, place);
        let t = frame.t;
        let state = record.state();
        let (case, finding) = find_finding(&state, &id)?;
        let proposal = &finding.finding.proposal;
        let evaluation = &finding.replayed.evaluation;
        let likelihood = sentences::figures_by_name(t, proposal, evaluation);
        let [low, high] = proposal.interval_ppm;
        let figures = [proposal.likelihood_ppm, low, high].map(|p| f64::from(p) / 1e6);
        Ok(charts::card(charts::Card {
            record: &t
                .say("common.origin")
                .with("origin", record.origin())
                .plain(),
            title: &t.say("finding.title").with("case", &case.id).plain(),
            outcome: &sentences::outcome_plain(t, proposal),
            fallen: fallen(t, finding).as_deref(),
            likelihood: &likelihood,
            figures: proposal.named.is_some().then_some(figures),
            notice: frame.demonstration.then(|| t.s("common.demonstration")),
            lang: frame.tag(),
            rtl: frame.dir() == "rtl",
        }))
    });
    match drawn.await {
        Ok(text) => ([(CONTENT_TYPE, "image/svg+xml")], text).into_response(),
        Err(error) => error.into_response(),
    }
}
