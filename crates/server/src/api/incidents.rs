//! What others say happened: imported datasets, and counts over them. Claims by others, never findings.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use incidents::{Base, Filter, Question, Selected};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Asked, Count, Page, limit, page};
use crate::app::App;
use crate::datasets::CLAIMS;
use crate::error::{ApiError, ErrorBody};

/// Which incidents of which dataset.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct IncidentQuery {
    /// The dataset: the publisher's short name; `eurepoc` if not given.
    dataset: Option<String>,
    /// The year it began.
    #[param(value_type = Option<u16>)]
    year: Option<String>,
    /// A country an initiator is coded with, as the publisher writes it.
    initiator: Option<String>,
    /// A country a receiver is coded with, as the publisher writes it.
    receiver: Option<String>,
    /// A receiver's category or sub-category, as the publisher writes it.
    sector: Option<String>,
    /// The rows after this one: the `next` of the page before.
    after: Option<String>,
    /// At most so many rows, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

impl IncidentQuery {
    pub(crate) fn dataset(&self) -> String {
        let name = self.dataset.as_deref();
        name.unwrap_or(incidents::eurepoc::PUBLISHER).to_owned()
    }

    /// Empty parameters, as forms send them, ask nothing.
    pub(crate) fn filter(&self) -> Result<Filter, ApiError> {
        let filled = |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty());
        let year = filled(&self.year).map(|text| {
            let year = text.trim().parse();
            year.map_err(|_| ApiError::bad_request(format!("year: {text:?} is no year")))
        });
        Ok(Filter {
            year: year.transpose()?,
            initiator: filled(&self.initiator),
            receiver: filled(&self.receiver),
            sector: filled(&self.sector),
        })
    }

    /// The dataset asked for, and the part of it.
    async fn part(&self, app: &App) -> Result<(Arc<Base>, Base, Selected), ApiError> {
        let (name, filter, of) = (self.dataset(), self.filter()?, app.clone());
        app.blocking(move |record| {
            let base = of.datasets().get(record, &name)?;
            let (part, selected) = filter.select(&base);
            Ok((base, part, selected))
        })
        .await
    }
}

/// Where a dataset comes from and what part of it was asked of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DatasetView {
    /// What it is: claims by others, not findings.
    claims: String,
    /// Publisher, title, home, day of publication, licence.
    #[schema(value_type = Object)]
    source: Value,
    /// What the filter asked, of how many incidents, how many meet it, of how many it is unknown.
    #[schema(value_type = Object)]
    selection: Value,
}

impl DatasetView {
    fn of(base: &Base, selected: &Selected) -> Self {
        Self {
            claims: CLAIMS.to_owned(),
            source: json!(base.source),
            selection: json!(selected),
        }
    }
}

/// A page of incidents as a publisher coded them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IncidentsView {
    /// Where they come from.
    dataset: DatasetView,
    /// The page, in the publisher's order.
    #[schema(value_type = Page<Object>)]
    incidents: Page<Value>,
}

/// One incident with the records that speak of it, each kept apart.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IncidentView {
    /// Where it comes from.
    dataset: DatasetView,
    /// The incident.
    #[schema(value_type = Object)]
    incident: Value,
    /// Who was hit.
    #[schema(value_type = Vec<Object>)]
    effects: Vec<Value>,
    /// Who said who did it.
    #[schema(value_type = Vec<Object>)]
    attributions: Vec<Value>,
    /// Under which names the publisher files it.
    campaigns: Vec<String>,
}

/// The answer to a saved question.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatsView {
    /// What was asked.
    dataset: DatasetView,
    /// The question.
    question: String,
    /// What is counted once.
    unit: String,
    /// What makes one count.
    rule: String,
    /// How many units the question was asked of.
    of: usize,
    /// Of these, how many could not be decided.
    unknown: usize,
    /// The lines.
    lines: Page<StatLine>,
}

/// One line of an answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatLine {
    /// What is counted here.
    label: String,
    /// The rule that makes one count, where the line has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    /// The figure.
    n: i64,
}

/// List incidents as others coded them
#[utoipa::path(get, path = "/incidents", tag = "claims by others", params(IncidentQuery), responses(
    (status = 200, body = Answer<IncidentsView>), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list(
    State(app): State<App>,
    Asked(query): Asked<IncidentQuery>,
) -> Result<Json<Answer<IncidentsView>>, ApiError> {
    let limit = limit(query.limit)?;
    let (base, part, selected) = query.part(&app).await?;
    let start = match &query.after {
        None => 0,
        Some(after) => {
            let at = part.incidents.iter().position(|i| &i.id == after);
            at.ok_or_else(|| ApiError::bad_request(format!("after: no incident {after} here")))? + 1
        }
    };
    let rows = part.incidents.iter().skip(start).take(limit + 1);
    let total = Count {
        unknown: u64::try_from(selected.unknown).unwrap_or(u64::MAX),
        ..Count::exact(
            part.incidents.len(),
            "incident as the publisher counts",
            "meets the filter",
        )
    };
    let key = |row: &Value| row["id"].as_str().unwrap_or_default().to_owned();
    let view = IncidentsView {
        dataset: DatasetView::of(&base, &selected),
        incidents: page(rows.map(|i| json!(i)).collect(), limit, key, total),
    };
    Ok(Answer::of(&app.record().state(), view))
}

/// One incident as others coded it
#[utoipa::path(get, path = "/incidents/{dataset}/{id}", tag = "claims by others", params(
    ("dataset" = String, Path, description = "The publisher's short name"),
    ("id" = String, Path, description = "The publisher's identifier")), responses(
    (status = 200, body = Answer<IncidentView>), (status = 404, body = ErrorBody)))]
pub(crate) async fn one(
    State(app): State<App>,
    Path((dataset, id)): Path<(String, String)>,
) -> Result<Json<Answer<IncidentView>>, ApiError> {
    let of = app.clone();
    let base = app
        .blocking(move |record| of.datasets().get(record, &dataset))
        .await?;
    let incident = base.incidents.iter().find(|i| i.id == id);
    let incident = incident.ok_or_else(|| {
        ApiError::not_found(format!("{} has no incident {id}", base.source.publisher))
    })?;
    let campaigns = base.campaigns.iter().filter(|c| c.incidents.contains(&id));
    let selected = Selected {
        filter: Filter::default(),
        of: base.incidents.len(),
        selected: 1,
        unknown: 0,
    };
    let view = IncidentView {
        dataset: DatasetView::of(&base, &selected),
        incident: json!(incident),
        effects: base
            .effects
            .iter()
            .filter(|e| e.incident == id)
            .map(|e| json!(e))
            .collect(),
        attributions: base
            .attributions
            .iter()
            .filter(|a| a.incident == id)
            .map(|a| json!(a))
            .collect(),
        campaigns: campaigns.map(|c| c.name.clone()).collect(),
    };
    Ok(Answer::of(&app.record().state(), view))
}

/// Answer a saved question over incidents as others coded them
#[utoipa::path(get, path = "/stats/{question}", tag = "claims by others", params(IncidentQuery,
    ("question" = String, Path, description = "who-attacked-whom, attribution-basis, time-to-attribution or responses")),
    responses((status = 200, body = Answer<StatsView>), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn stats(
    State(app): State<App>,
    Path(question): Path<String>,
    Asked(query): Asked<IncidentQuery>,
) -> Result<Json<Answer<StatsView>>, ApiError> {
    let limit = limit(query.limit)?;
    let question = Question::named(&question).ok_or_else(|| {
        let known: Vec<_> = Question::ALL.iter().map(|q| q.as_str()).collect();
        ApiError::not_found(format!(
            "there is no question {question}; there are {}",
            known.join(", ")
        ))
    })?;
    let (base, part, selected) = query.part(&app).await?;
    let answer = question.answer(&part);
    let start = match &query.after {
        None => 0,
        Some(after) => {
            let at = answer.rows.iter().position(|r| &r.label == after);
            at.ok_or_else(|| ApiError::bad_request(format!("after: no line {after} here")))? + 1
        }
    };
    let total = Count::exact(answer.rows.len(), "line", "is in the answer");
    let rows = answer
        .rows
        .into_iter()
        .skip(start)
        .take(limit + 1)
        .map(|r| StatLine {
            label: r.label,
            rule: r.rule,
            n: r.n,
        });
    let view = StatsView {
        dataset: DatasetView::of(&base, &selected),
        question: question.as_str().to_owned(),
        unit: answer.unit,
        rule: answer.rule,
        of: answer.of,
        unknown: answer.unknown,
        lines: page(rows.collect(), limit, |row| row.label.clone(), total),
    };
    Ok(Answer::of(&app.record().state(), view))
}
