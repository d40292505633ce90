//! Datasets of others and the saved questions over them: claims by others, not findings.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use incidents::{Base, Filter, Question, Row};

use super::{Frame, Place, show};
use crate::api::{Asked, IncidentQuery};
use crate::app::App;
use crate::limits::MAX_ANSWER_LINES;
use crate::text::{Markup, Texts};

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
    records: Markup,
    year: String,
    initiator: String,
    receiver: String,
    sector: String,
    asked: Markup,
    answers: Vec<Answer>,
}

struct Answer {
    question: &'static str,
    about: Markup,
    caption: String,
    rows: Vec<Row>,
}

impl Answer {
    fn of(t: Texts, question: Question, part: &Base) -> Self {
        let mut answer = question.answer(part);
        let lines = answer.rows.len();
        answer.rows.truncate(MAX_ANSWER_LINES);
        let about = t
            .say("incidents.answer")
            .with("unit", &answer.unit)
            .with("rule", &answer.rule);
        let about = about
            .number("of", answer.of)
            .number("unknown", answer.unknown);
        let caption = t.say("incidents.lines").word("question", question.as_str());
        Self {
            question: question.as_str(),
            about: about.html(),
            caption: caption
                .number("shown", answer.rows.len())
                .number("lines", lines)
                .plain(),
            rows: answer.rows,
        }
    }
}

impl Dataset {
    fn of(t: Texts, base: &Base, filter: &Filter) -> Self {
        let (part, selected) = filter.select(base);
        let answers = Question::ALL
            .iter()
            .map(|question| Answer::of(t, *question, &part));
        let stated =
            |text: Option<String>| text.unwrap_or_else(|| t.s("common.not-stated").to_owned());
        let source = &base.source;
        let records = t
            .say("incidents.records-counts")
            .number("incidents", base.incidents.len());
        let records = records.number("effects", base.effects.len());
        let records = records.number("attributions", base.attributions.len());
        let asked = t.say("incidents.asked").number("of", selected.of);
        let asked = asked.number("selected", selected.selected);
        Self {
            name: source.publisher.clone(),
            title: source.title.clone(),
            home: source.home.clone(),
            published: stated(source.published.as_ref().map(ToString::to_string)),
            licence: stated(source.licence.clone()),
            records: records.number("campaigns", base.campaigns.len()).html(),
            year: filter.year.map_or_else(String::new, |y| y.to_string()),
            initiator: filter.initiator.clone().unwrap_or_default(),
            receiver: filter.receiver.clone().unwrap_or_default(),
            sector: filter.sector.clone().unwrap_or_default(),
            asked: asked.number("unknown", selected.unknown).html(),
            answers: answers.collect(),
        }
    }
}

pub(super) async fn page(
    State(app): State<App>,
    place: Place,
    Asked(query): Asked<IncidentQuery>,
) -> Response {
    let of = app.clone();
    show(app, place, move |record, frame| {
        let mut datasets = Vec::new();
        for name in store::datasets::names(record.dir())? {
            let base = of.datasets().get(record, &name)?;
            let asked = query.dataset() == name;
            let filter = if asked {
                query.filter()?
            } else {
                Filter::default()
            };
            datasets.push(Dataset::of(frame.t, &base, &filter));
        }
        Ok(IncidentsPage { frame, datasets })
    })
    .await
}
