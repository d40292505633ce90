//! Norms, states, and who is bound by what on a day.

use axum::Json;
use axum::extract::{Path, State};
use norms::{Basis, Bound, Entry, Standing, bound_when, short_word, standings};
use record::ids::InstrumentId;
use record::law::{Law, Registered};
use record::state::{Case, FindingRecord, State as RecordState};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Asked, Count};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::rules_data::{Shipped, day, shipped};

/// For which day.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OnQuery {
    /// A day such as 2015-07-22; without it the day of the record's governing time.
    pub(crate) on: Option<String>,
}

/// The record's texts, their norms, and who took them on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NormsView {
    /// The texts in force in the record, by instrument.
    texts: Vec<TextView>,
    /// Their norms, paraphrased; `basis_note` says of a row that it was not yet checked against the primary text.
    #[schema(value_type = Vec<Object>)]
    norms: Vec<Value>,
    /// How many; unknown are those not yet checked against the primary text.
    total: Count,
    /// Accessions, reservations, withdrawals, affirmations and pledges, in record order.
    #[schema(value_type = Vec<Object>)]
    ledger: Vec<Value>,
}

/// A text in force.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TextView {
    /// The instrument.
    instrument: String,
    /// The statement that carries the text, a corpus file of docs/norms.md, verbatim.
    statement: String,
    /// SHA-256 of that file.
    sha256: String,
    /// Who proposed it, where it is a proposal.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed_by: Option<String>,
}

impl TextView {
    fn of(instrument: &InstrumentId, text: &Registered) -> Self {
        Self {
            instrument: instrument.to_string(),
            statement: text.statement.to_string(),
            sha256: text.sha256.to_string(),
            proposed_by: text.proposed_by.as_ref().map(ToString::to_string),
        }
    }
}

/// A norm, and who is bound by it on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NormView {
    /// The norm: text, force, source, elements.
    #[schema(value_type = Object)]
    norm: Value,
    /// Standing findings of this record that judged it, with what came out.
    findings: Vec<FindingOf>,
    /// The day.
    on: String,
    /// States bound on that day, with the reason and what shows it.
    bound: Vec<BoundView>,
    /// How many; unknown are those of which the ledger does not say.
    total: Count,
    /// Where nobody is bound: what follows for all states, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    of_all: Option<String>,
}

/// A finding that speaks of a state or a norm.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingOf {
    /// The case.
    pub(crate) case: String,
    /// The finding.
    pub(crate) finding: String,
    /// What it says, in words.
    pub(crate) says: String,
}

/// What standing findings say, by a question put to each; in the order of the cases.
fn findings(
    state: &RecordState,
    says: impl Fn(&FindingRecord) -> Option<String>,
) -> Vec<FindingOf> {
    let standing = state
        .cases
        .values()
        .filter_map(|c| Some((c, c.standing()?)));
    let of = |(case, finding): (&Case, &FindingRecord)| {
        Some(FindingOf {
            case: case.id.to_string(),
            finding: finding.statement.to_string(),
            says: says(finding)?,
        })
    };
    standing.filter_map(of).collect()
}

/// Findings that name a state, or clear it.
pub(crate) fn findings_on_state(state: &RecordState, code: &str) -> Vec<FindingOf> {
    findings(state, |finding| {
        let proposal = &finding.finding.proposal;
        let named = proposal
            .named
            .as_ref()
            .is_some_and(|n| n.state.as_str() == code);
        let cleared = proposal.exonerated.iter().any(|c| c.as_str() == code);
        (named || cleared).then(|| crate::words::outcome(proposal))
    })
}

/// Findings that judged a norm.
pub(crate) fn findings_on_norm(state: &RecordState, norm: &str) -> Vec<FindingOf> {
    findings(state, |finding| {
        let verdicts = finding.replayed.verdicts.as_ref()?;
        let judged = verdicts.norms.iter().find(|n| n.norm == norm)?;
        Some(format!("{}: {}", verdicts.party, judged.words))
    })
}

/// Whether a state is bound.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BoundView {
    /// ISO 3166-1 alpha-2.
    pub(crate) state: String,
    /// Why.
    pub(crate) reason: String,
    /// Statements or documents that show it.
    pub(crate) evidence: Vec<String>,
}

/// The codes of ISO 3166-1 and the kinds of contact a state may register.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatesView {
    /// Code, names in six languages, membership of the United Nations. A code says nothing of statehood.
    #[schema(value_type = Vec<Object>)]
    states: Vec<Value>,
    /// How many.
    total: Count,
    /// Kinds of contact.
    #[schema(value_type = Vec<Object>)]
    contact_kinds: Vec<Value>,
}

/// A state: what it accepted and when, and what it is bound by on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StateView {
    /// ISO 3166-1 alpha-2; may be a withdrawn code.
    state: String,
    /// Names in the six languages of the United Nations; absent for a withdrawn code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    names: Option<Value>,
    /// Whether it is a member state of the United Nations.
    un_member: bool,
    /// Withdrawn codes this one stands in place of, and what came of this one if it is withdrawn.
    #[schema(value_type = Vec<Object>)]
    successions: Vec<Value>,
    /// What this record says it did: accessions, reservations, withdrawals, with evidence.
    #[schema(value_type = Vec<Object>)]
    statements: Vec<Value>,
    /// Standing findings of this record that name it or clear it.
    findings: Vec<FindingOf>,
    /// The day.
    on: String,
    /// Text by text: whether bound on that day, why, what shows it.
    #[schema(value_type = Vec<Object>)]
    standing: Vec<Value>,
}

/// A norm as answers show it.
fn brief(entry: &Entry) -> Value {
    json!({
        "norm": entry.norm.id, "instrument": entry.text().id, "title": entry.text().title,
        "article": entry.norm.article(), "force": entry.force(), "date": entry.issued(),
        "polarity": entry.norm.polarity, "addressee": entry.norm.addressee, "themes": entry.norm.themes,
        "paraphrase": entry.norm.paraphrase, "basis": entry.basis(), "basis_note": entry.basis().note(),
        "sha256": entry.digest,
    })
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// List norms
#[utoipa::path(get, path = "/norms", tag = "rules", responses((status = 200, body = Answer<NormsView>)))]
pub(crate) async fn list(State(app): State<App>) -> Json<Answer<NormsView>> {
    let state = app.record().state();
    let law = &state.global.law;
    let entries = law.corpus().entries();
    let unchecked = entries.iter().filter(|e| e.basis() == Basis::K).count();
    let view = NormsView {
        texts: law
            .texts()
            .iter()
            .map(|(id, text)| TextView::of(id, text))
            .collect(),
        norms: entries.iter().map(brief).collect(),
        total: Count {
            unknown: u64::try_from(unchecked).unwrap_or(u64::MAX),
            ..Count::exact(
                entries.len(),
                "norm",
                "stands in a text of this record; unknown: not yet checked against the primary text, and among the count",
            )
        },
        ledger: law.rows().rows.iter().map(json).collect(),
    };
    Answer::of(&state, view)
}

/// A norm of the record by its identifier, in the spelling of its text or as a short word.
pub(crate) fn find(law: &Law, id: &str) -> Result<Entry, ApiError> {
    let wanted = short_word(id);
    let mut entries = law.corpus().entries().iter();
    let found = entries.find(|e| short_word(&e.norm.id) == wanted);
    found
        .cloned()
        .ok_or_else(|| ApiError::not_found(format!("no text of this record has a norm {id}")))
}

/// Who is bound by a norm: states bound, how many unknown, and what holds of all where nobody is bound through it.
pub(crate) struct WhoIsBound {
    pub(crate) on: norms::Day,
    pub(crate) bound: Vec<BoundView>,
    pub(crate) unknown: usize,
    pub(crate) of_all: Option<String>,
}

pub(crate) fn who_is_bound(
    shipped: &'static Shipped,
    state: &RecordState,
    entry: &Entry,
    on: Option<&str>,
) -> Result<WhoIsBound, ApiError> {
    let on = day(on, state)?;
    let ledger = state.global.law.ledger().map_err(ApiError::internal)?;
    let (mut bound, mut unknown) = (Vec::new(), 0);
    let mut reasons = std::collections::BTreeSet::new();
    for code in shipped.reference.states.iter().map(|s| s.code.as_str()) {
        let party = code.parse().map_err(ApiError::internal)?;
        let bounds = bound_when(entry, &party, on, &ledger);
        match bounds.bound {
            Bound::AtTheTime => bound.push(BoundView {
                state: code.to_owned(),
                reason: bounds.reason,
                evidence: bounds.evidence,
            }),
            Bound::Unknown => {
                unknown += 1;
                reasons.insert(bounds.reason);
            }
            Bound::NotThen | Bound::Yardstick => {
                reasons.insert(bounds.reason);
            }
        }
    }
    let same = bound.is_empty() && reasons.len() == 1;
    Ok(WhoIsBound {
        on,
        bound,
        unknown,
        of_all: reasons.into_iter().next().filter(|_| same),
    })
}

/// One norm, and who is bound by it on a day
#[utoipa::path(get, path = "/norms/{id}", tag = "rules", params(OnQuery,
    ("id" = String, Path, description = "Identifier, such as GGE15.f")), responses(
    (status = 200, body = Answer<NormView>), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
    Asked(query): Asked<OnQuery>,
) -> Result<Json<Answer<NormView>>, ApiError> {
    let shipped = shipped()?;
    let state = app.record().state();
    let entry = find(&state.global.law, &id)?;
    let who = who_is_bound(shipped, &state, &entry, query.on.as_deref())?;
    let mut norm = brief(&entry);
    norm["elements"] = json!(entry.norm.elements);
    norm["no_elements"] = json!(entry.norm.no_elements);
    norm["text"] = json!(entry.text());
    let view = NormView {
        norm,
        findings: findings_on_norm(&state, &entry.norm.id),
        on: who.on.to_string(),
        total: Count {
            unknown: u64::try_from(who.unknown).unwrap_or(u64::MAX),
            ..Count::exact(who.bound.len(), "state", "is bound by this norm on the day")
        },
        bound: who.bound,
        of_all: who.of_all,
    };
    Ok(Answer::of(&state, view))
}

/// List states and kinds of contact
#[utoipa::path(get, path = "/states", tag = "rules", responses((status = 200, body = Answer<StatesView>)))]
pub(crate) async fn states(State(app): State<App>) -> Result<Json<Answer<StatesView>>, ApiError> {
    let shipped = shipped()?;
    let all = shipped.reference.states.iter();
    let rows = all.map(|s| json!({"state": s.code, "un_member": s.un_member, "names": s.names}));
    let states: Vec<Value> = rows.collect();
    let view = StatesView {
        total: Count::exact(states.len(), "code", "is in ISO 3166-1"),
        states,
        contact_kinds: shipped.contacts.iter().map(json).collect(),
    };
    Ok(Answer::of(&app.record().state(), view))
}

/// What is to be said of a state on a day.
pub(crate) struct StateAnswer {
    pub(crate) on: norms::Day,
    pub(crate) statements: Vec<norms::LedgerRow>,
    pub(crate) standing: Vec<Standing>,
    pub(crate) successions: Vec<norms::Succession>,
}

pub(crate) fn state_answer(
    shipped: &'static Shipped,
    state: &RecordState,
    code: &str,
    on: Option<&str>,
) -> Result<StateAnswer, ApiError> {
    if !shipped.reference.states.has(code) {
        return Err(ApiError::not_found(format!(
            "{code} is no code of ISO 3166-1 and no withdrawn one"
        )));
    }
    let on = day(on, state)?;
    let party: norms::Party = code.parse().map_err(ApiError::internal)?;
    let law = &state.global.law;
    let ledger = law.ledger().map_err(ApiError::internal)?;
    let mut statements = law.rows().rows.clone();
    statements.retain(|row| row.party == party);
    statements.sort_by_key(|row| (row.from, row.change));
    let formers = shipped.reference.states.formers(code);
    let successions = formers.chain(shipped.reference.states.succession(code));
    Ok(StateAnswer {
        on,
        statements,
        standing: standings(law.corpus(), &party, on, &ledger),
        successions: successions.cloned().collect(),
    })
}

/// One state: what it accepted and when, and what it is bound by on a day
#[utoipa::path(get, path = "/states/{code}", tag = "rules", params(OnQuery,
    ("code" = String, Path, description = "ISO 3166-1 alpha-2, such as CH")), responses(
    (status = 200, body = Answer<StateView>), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn state(
    State(app): State<App>,
    Path(code): Path<String>,
    Asked(query): Asked<OnQuery>,
) -> Result<Json<Answer<StateView>>, ApiError> {
    let shipped = shipped()?;
    let state = app.record().state();
    let answer = state_answer(shipped, &state, &code, query.on.as_deref())?;
    let known = shipped.reference.states.get(&code);
    let view = StateView {
        names: known.map(|s| json!(s.names)),
        un_member: shipped.reference.states.is_un_member(&code),
        successions: answer.successions.iter().map(json).collect(),
        statements: answer.statements.iter().map(json).collect(),
        on: answer.on.to_string(),
        standing: answer.standing.iter().map(json).collect(),
        findings: findings_on_state(&state, &code),
        state: code,
    };
    Ok(Answer::of(&state, view))
}
