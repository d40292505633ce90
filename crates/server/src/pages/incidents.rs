//! Datasets of others and the saved questions over them: claims by others, not findings.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use incidents::{Base, Filter, Question, Row};

use super::{Frame, show};
use crate::api::{Asked, IncidentQuery};
use crate::app::App;
use crate::limits::MAX_ANSWER_LINES;

#[derive(Template)]
#[template(path = "incidents.html")]
struct IncidentsPage {
    frame: Frame,
    datasets: Vec<Dataset>,
}

struct Dataset {
    name: String,
    title: String,
    home: String,
    published: String,
    licence: String,
    incidents: usize,
    effects: usize,
    attributions: usize,
    campaigns: usize,
    year: String,
    initiator: String,
    receiver: String,
    sector: String,
    of: usize,
    selected: usize,
    unknown: usize,
    answers: Vec<Answer>,
}

struct Answer {
    question: &'static str,
    unit: String,
    rule: String,
    of: usize,
    unknown: usize,
    lines: usize,
    rows: Vec<Row>,
}

impl Dataset {
    fn of(base: &Base, filter: &Filter) -> Self {
        let (part, selected) = filter.select(base);
        let answers = Question::ALL.iter().map(|question| {
            let mut answer = question.answer(&part);
            let lines = answer.rows.len();
            answer.rows.truncate(MAX_ANSWER_LINES);
            Answer {
                question: question.as_str(),
                unit: answer.unit,
                rule: answer.rule,
                of: answer.of,
                unknown: answer.unknown,
                lines,
                rows: answer.rows,
            }
        });
        let stated = |text: Option<String>| text.unwrap_or_else(|| "not stated".to_owned());
        let source = &base.source;
        Self {
            name: source.publisher.clone(),
            title: source.title.clone(),
            home: source.home.clone(),
            published: stated(source.published.as_ref().map(ToString::to_string)),
            licence: stated(source.licence.clone()),
            incidents: base.incidents.len(),
            effects: base.effects.len(),
            attributions: base.attributions.len(),
            campaigns: base.campaigns.len(),
            year: filter.year.map_or_else(String::new, |y| y.to_string()),
            initiator: filter.initiator.clone().unwrap_or_default(),
            receiver: filter.receiver.clone().unwrap_or_default(),
            sector: filter.sector.clone().unwrap_or_default(),
            of: selected.of,
            selected: selected.selected,
            unknown: selected.unknown,
            answers: answers.collect(),
        }
    }
}

pub(super) async fn page(State(app): State<App>, Asked(query): Asked<IncidentQuery>) -> Response {
    let of = app.clone();
    show(app, move |record, frame| {
        let mut datasets = Vec::new();
        for name in store::datasets::names(record.dir())? {
            let base = of.datasets().get(record, &name)?;
            let asked = query.dataset() == name;
            let filter = if asked {
                query.filter()?
            } else {
                Filter::default()
            };
            datasets.push(Dataset::of(&base, &filter));
        }
        Ok(IncidentsPage { frame, datasets })
    })
    .await
}
