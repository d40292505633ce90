//! The register of cases: chosen by words and by what is known of them, the last moved first.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use record::ids::CaseId;
use record::state::State as RecordState;
use record::time::{Day, Timestamp};
use serde::Deserialize;
use store::views::{CaseRow, MAX_WORD_BYTES, Sought, Tag};

use super::facets::{Choice, Facets};
use super::sentences::{self, Said};
use super::{Frame, Place, drawings, plain, show, sorry};
use crate::api::Asked;
use crate::app::App;
use crate::charts::{self, Lane, Mark, Sign};
use crate::error::ApiError;
use crate::limits::REGISTER_ROWS;
use crate::text::{Lang, Markup, Texts, foreign};

#[derive(Template)]
#[template(path = "register.html")]
struct Register {
    frame: Frame,
    words: String,
    choices: Vec<Choice>,
    /// Whether one of them is set.
    chosen: bool,
    count: Markup,
    /// What the rows meet, in words; empty where nothing is set.
    filters: Vec<Markup>,
    rows: Vec<Row>,
    /// The cases of this page on one line of time.
    timeline: Option<Markup>,
    first: bool,
    next: Option<String>,
}

struct Row {
    id: String,
    title: Markup,
    stands: Markup,
    sectors: Markup,
    /// Incident, opening, finding: each with its day.
    course: Vec<Markup>,
    finding: Option<Found>,
}

struct Found {
    id: String,
    outcome: Markup,
    standard: Markup,
    /// Absent where the check of a claim names nobody: then it would speak of whom the claim accuses.
    likelihood: Option<(Markup, Markup)>,
}

/// A moment of the views: microseconds since 1970.
fn moment(micros: i64) -> Option<Timestamp> {
    Timestamp::from_unix_seconds(micros / 1_000_000).ok()
}

fn ppm(value: Option<i64>) -> u32 {
    value.and_then(|v| u32::try_from(v).ok()).unwrap_or(0)
}

impl Found {
    fn of(t: Texts, row: &CaseRow) -> Option<Self> {
        let id = row.finding.clone()?;
        let said = Said {
            outcome: row.outcome.as_deref().unwrap_or_default(),
            state: row.state.as_deref(),
            actor: row.actor.as_deref(),
            exonerated: row
                .exonerated
                .iter()
                .flat_map(|codes| codes.split(' '))
                .collect(),
        };
        let [p, low, high] = [row.likelihood_ppm, row.low_ppm, row.high_ppm].map(ppm);
        let word = method::likelihood_word(f64::from(p) / 1e6);
        let likelihood = t
            .say("register.likelihood")
            .word("word", t.word("likelihood", &word));
        let likelihood = likelihood.word("percent", t.percent(p));
        let standard = t.of("standard", row.standard.as_deref().unwrap_or_default());
        let words = likelihood.word("range", t.range([low, high])).html();
        let strip = charts::strip([p, low, high].map(|p| f64::from(p) / 1e6), t.0 == Lang::Ar);
        let stated = row.claimed_state.is_none() && row.outcome.as_deref() != Some("claim-checked")
            || row.state.is_some();
        Some(Self {
            id,
            outcome: sentences::said(t, &said),
            standard: t
                .say("register.standard-of")
                .word("standard", standard)
                .html(),
            likelihood: stated.then_some((words, strip)),
        })
    }
}

/// When what the register tells of a case came to pass, from the record's state.
#[derive(Default)]
struct Times {
    happened: Option<Day>,
    findings: Vec<Timestamp>,
}

impl Times {
    fn of(state: &RecordState, case: &str) -> Self {
        let case = case
            .parse()
            .ok()
            .and_then(|id: CaseId| state.cases.get(&id));
        case.map_or_else(Self::default, |case| Self {
            happened: plain::reports(state, case).iter().map(|r| r.happened).min(),
            findings: case.findings.iter().map(|f| f.time).collect(),
        })
    }
}

impl Row {
    fn of(t: Texts, row: &CaseRow, times: &Times) -> Self {
        let sectors: Vec<_> = row.sectors.split(' ').map(|s| t.of("sector", s)).collect();
        Self {
            id: row.case_id.clone(),
            title: t.say("register.case").with("case", &row.case_id).html(),
            stands: stands(t, row, times),
            sectors: t
                .say("register.sectors")
                .with("sectors", t.list(&sectors))
                .html(),
            course: course(t, row, times),
            finding: Found::of(t, row),
        }
    }
}

fn course(t: Texts, row: &CaseRow, times: &Times) -> Vec<Markup> {
    let happened = times.happened.map(|day| {
        let say = t.say("register.happened");
        say.word("when", t.day(day)).html()
    });
    let opened = moment(row.opened).map(|time| t.say("register.opened").time("time", time).html());
    let decided = row.decided.and_then(moment);
    let decided = decided.map(|time| t.say("register.decided").time("time", time).html());
    [happened, opened, decided].into_iter().flatten().collect()
}

/// Where a case stands, and how many findings there were if several.
fn stands(t: Texts, row: &CaseRow, times: &Times) -> Markup {
    let phase = t.of("phase", &row.phase);
    let stands = t.say("register.stands").word("phase", phase).html();
    match times.findings.len() {
        0 | 1 => stands,
        n => {
            let findings = t.say("register.findings").n(n).html();
            crate::text::markup(format!("{} · {}", stands.0, findings.0))
        }
    }
}

/// A case of the register on the line of time.
fn lane(row: &CaseRow, times: &Times) -> Lane {
    let mark = |sign| {
        move |time: Timestamp| Mark {
            at: time.unix_seconds(),
            sign,
        }
    };
    let happened = times.happened.map(Day::start).map(mark(Sign::Ring));
    let opened = moment(row.opened).map(mark(Sign::Dot));
    let decided = match times.findings.is_empty() {
        true => row.decided.and_then(moment).into_iter().collect(),
        false => times.findings.clone(),
    };
    let decided = decided.into_iter().map(mark(Sign::Square));
    Lane {
        label: row.case_id.clone(),
        marks: happened.into_iter().chain(opened).chain(decided).collect(),
    }
}

/// What a reader asks for. A form sends what is not set as an empty text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Query {
    q: String,
    sector: String,
    accused: String,
    norm: String,
    year: String,
    standard: String,
    after: String,
}

/// The fields of the form for tags, in their order: tag, name, key of the label.
pub(super) const FIELDS: [(Tag, &str, &str); 5] = [
    (Tag::Sector, "sector", "register.sector"),
    (Tag::Accused, "accused", "register.accused"),
    (Tag::Norm, "norm", "register.norm"),
    (Tag::Year, "year", "register.year"),
    (Tag::Standard, "standard", "register.standard"),
];

impl Query {
    pub(super) fn value(&self, tag: Tag) -> &str {
        match tag {
            Tag::Sector => &self.sector,
            Tag::Accused => &self.accused,
            Tag::Norm => &self.norm,
            Tag::Year => &self.year,
            Tag::Standard => &self.standard,
        }
    }

    fn sought(&self) -> Result<Sought, ApiError> {
        let set = FIELDS
            .iter()
            .filter(|(tag, ..)| !self.value(*tag).is_empty());
        let tags: Vec<_> = set
            .map(|(tag, ..)| (*tag, self.value(*tag).to_owned()))
            .collect();
        if let Some((tag, _)) = tags.iter().find(|(_, value)| value.len() > MAX_WORD_BYTES) {
            let name = FIELDS
                .iter()
                .find(|(of, ..)| of == tag)
                .map_or("a field", |(_, name, _)| name);
            return Err(ApiError::bad_request(format!(
                "{name} has at most {MAX_WORD_BYTES} bytes"
            )));
        }
        Ok(Sought {
            words: self.q.clone(),
            tags,
        })
    }

    fn after(&self) -> Result<Option<i64>, ApiError> {
        if self.after.is_empty() {
            return Ok(None);
        }
        let place = self.after.parse::<u32>().map(i64::from);
        let wrong =
            |_| ApiError::bad_request("after is the number that the link to further cases carries");
        place.map(Some).map_err(wrong)
    }

    /// The address of the page after this one: a path of its own where nothing is set, so that a
    /// static copy has it too.
    fn next(&self, base: &str, after: i64) -> String {
        let fields = FIELDS
            .iter()
            .map(|(tag, name, _)| (*name, self.value(*tag)));
        let set = fields
            .chain([("q", self.q.as_str())])
            .filter(|(_, value)| !value.is_empty());
        let set: Vec<_> = set
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        match set.is_empty() {
            true => format!("{base}/after/{after}"),
            false => format!("{base}/?{}&after={after}", set.join("&")),
        }
    }

    /// What is set, in words.
    fn filters(&self, t: Texts) -> Vec<Markup> {
        let tags = FIELDS
            .iter()
            .map(|(tag, _, key)| (t.s(key), super::facets::value(t, *tag, self.value(*tag))));
        let words = (t.s("register.search"), self.q.clone());
        let set = tags.chain([words]).filter(|(_, value)| !value.is_empty());
        set.map(|(name, value)| {
            crate::text::markup(format!(
                "{}: {}",
                crate::text::escaped(name),
                foreign(&value).0
            ))
        })
        .collect()
    }
}

/// A value of a query string.
fn encoded(value: &str) -> String {
    super::plain::foreign_path(value)
}

pub(super) async fn page(
    State(app): State<App>,
    place: Place,
    Asked(query): Asked<Query>,
) -> Response {
    register(app, place, query).await
}

/// A later page of all cases.
pub(super) async fn after(
    State(app): State<App>,
    place: Place,
    Path(after): Path<String>,
) -> Response {
    register(
        app,
        place,
        Query {
            after,
            ..Query::default()
        },
    )
    .await
}

async fn register(app: App, place: Place, query: Query) -> Response {
    let found = found(&app, &query).await;
    let (rows, facets) = match found {
        Ok(found) => found,
        Err(error) => return sorry(&app, place, error),
    };
    show(app, place, move |record, frame| {
        let t = frame.t;
        let more = rows.len() > REGISTER_ROWS;
        let last = rows.get(REGISTER_ROWS - 1).filter(|_| more);
        let state = record.state();
        let timed = rows.iter().take(REGISTER_ROWS);
        let timed: Vec<_> = timed
            .map(|row| (row, Times::of(&state, &row.case_id)))
            .collect();
        let lanes: Vec<_> = timed.iter().map(|(row, times)| lane(row, times)).collect();
        let chosen = |(tag, name, key)| Choice::of(t, &facets, tag, name, key, query.value(tag));
        Ok(Register {
            words: query.q.clone(),
            choices: FIELDS.map(chosen).into(),
            chosen: FIELDS.iter().any(|(tag, ..)| !query.value(*tag).is_empty()),
            count: t.say("register.count").n(state.cases.len()).html(),
            filters: query.filters(t),
            next: last.map(|row| query.next(frame.base(), row.moved)),
            first: query.after.is_empty(),
            timeline: drawings::cases(t, &lanes),
            rows: timed
                .iter()
                .map(|(row, times)| Row::of(t, row, times))
                .collect(),
            frame: frame.with_json("/cases.json".to_owned()),
        })
    })
    .await
}

/// The rows, one more than a page has, and what there is to choose.
async fn found(
    app: &App,
    query: &Query,
) -> Result<(Vec<CaseRow>, std::sync::Arc<Facets>), ApiError> {
    let (sought, after) = (query.sought()?, query.after()?);
    let limit = u32::try_from(REGISTER_ROWS + 1).unwrap_or(u32::MAX);
    let views = app.record().views();
    views.wait_for(app.record().size()).await?;
    let rows = views.register(&sought, after, limit).await?;
    Ok((rows, app.facets().of(app.record())))
}
