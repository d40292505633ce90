//! How independent the body itself is: plain words first, then every figure.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use record::independence::{
    self, Complaints, Index, Money, Overdue, PanelRow, Quartiles, Rate, Row, Table,
};

use super::{Frame, Place, show};
use crate::app::App;
use crate::text::{Markup, Texts};

#[derive(Template)]
#[template(path = "independence.html")]
struct Independence {
    frame: Frame,
    as_of: Option<Markup>,
    rules: Vec<RuleLine>,
    tables: [Shown; 2],
    panels: Vec<PanelLine>,
    panels_lead: Markup,
    money: Option<MoneyLines>,
    complaints_lead: Markup,
    complaints: Vec<ComplaintLine>,
    overdue: Vec<Markup>,
}

struct RuleLine {
    sha256: String,
    since: Markup,
}

/// A table of the index, in words.
struct Shown {
    id: &'static str,
    title: &'static str,
    about: &'static str,
    counts: String,
    shares: String,
    units: String,
    rows: Vec<Line>,
    measures: Vec<[String; 5]>,
}

struct Line {
    place: String,
    counts: Vec<String>,
    rates: Vec<String>,
}

struct PanelLine {
    region: String,
    seats: String,
    places: String,
    rates: [String; 3],
}

struct MoneyLines {
    sentence: String,
    blocked: bool,
    figures: Vec<[String; 2]>,
}

struct ComplaintLine {
    about: String,
    counts: [String; 7],
}

pub(super) async fn page(State(app): State<App>, place: Place) -> Response {
    show(app, place, |record, frame| {
        let index = independence::index(&record.state());
        Ok(Independence::of(frame, index))
    })
    .await
}

impl Independence {
    fn of(frame: Frame, index: Index) -> Self {
        let t = frame.t;
        let accused = [
            t.s("independence.accused"),
            t.s("independence.accused-about"),
        ];
        let victim = [t.s("independence.victim"), t.s("independence.victim-about")];
        let rules = index.selection_rules.iter().map(|r| RuleLine {
            sha256: r.sha256.to_string(),
            since: t.say("independence.rule-since").time("time", r.from).html(),
        });
        let panels = &index.panels;
        let regions = quartiles(t, panels.regions_per_panel);
        let lead = t
            .say("independence.panels-lead")
            .n(panels.assigned)
            .word("regions", regions);
        let all = &index.complaints.all;
        let complaints = t
            .say("independence.complaints-lead")
            .number("overdue", all.overdue);
        Self {
            as_of: index
                .as_of
                .map(|time| t.say("independence.as-of").time("time", time).html()),
            rules: rules.collect(),
            tables: [
                Shown::of(t, "accused", accused, &index.accused),
                Shown::of(t, "victim", victim, &index.victim),
            ],
            panels: panels
                .rows
                .iter()
                .map(|row| PanelLine::of(t, row))
                .collect(),
            panels_lead: lead.html(),
            money: index.funding.as_ref().map(|m| MoneyLines::of(t, m)),
            complaints_lead: complaints.number("received", all.received).html(),
            complaints: complaint_lines(t, &index.complaints),
            overdue: index
                .complaints
                .overdue
                .iter()
                .map(|o| overdue(t, o))
                .collect(),
            frame: frame.with_json("/independence.json".to_owned()),
        }
    }
}

fn complaint_lines(t: Texts, complaints: &Complaints) -> Vec<ComplaintLine> {
    let line = |c: &independence::ComplaintRow| ComplaintLine {
        about: t.of("about", c.about),
        counts: [
            c.received, c.known, c.keys, c.open, c.overdue, c.in_time, c.late,
        ]
        .map(|n| t.number(n)),
    };
    complaints.by_subject.iter().map(line).collect()
}

fn overdue(t: Texts, o: &Overdue) -> Markup {
    let say = t
        .say("independence.overdue-line")
        .with("complaint", o.complaint);
    say.word("about", t.of("about", o.about))
        .time("time", o.due)
        .html()
}

fn quartiles(t: Texts, q: Option<Quartiles>) -> String {
    let Some(q) = q else {
        return t.s("common.none").to_owned();
    };
    let range = t
        .say("common.range")
        .number("low", q.q1)
        .number("high", q.q3)
        .plain();
    t.say("independence.quartiles")
        .number("median", q.median)
        .word("range", range)
        .plain()
}

fn rate(t: Texts, rate: Rate) -> String {
    let Some(ppm) = rate.ppm else {
        return t
            .say("independence.rate-none")
            .number("count", rate.count)
            .number("of", rate.of)
            .plain();
    };
    let [low, high] = rate.interval_ppm.map(|ppm| t.share(ppm));
    let range = t
        .say("common.range")
        .word("low", low)
        .word("high", high)
        .plain();
    let say = t
        .say("independence.rate")
        .number("count", rate.count)
        .number("of", rate.of);
    say.word("percent", t.share(ppm))
        .word("range", range)
        .plain()
}

impl Shown {
    fn of(t: Texts, id: &'static str, [title, about]: [&'static str; 2], table: &Table) -> Self {
        let rows = table.rows.iter().chain([&table.all]);
        let measures = table.measures.iter().map(|m| {
            [
                m.name.to_owned(),
                m.unit.to_owned(),
                m.rule.to_owned(),
                t.number(m.total),
                rate(t, m.unknown),
            ]
        });
        Self {
            id,
            title,
            about,
            counts: t.say("independence.counts").word("table", title).plain(),
            shares: t.say("independence.shares").word("table", title).plain(),
            units: t.say("independence.units").word("table", title).plain(),
            rows: rows.map(|row| Line::of(t, row)).collect(),
            measures: measures.collect(),
        }
    }
}

impl Line {
    fn of(t: Texts, row: &Row) -> Self {
        let fate = |name| row.fates.get(name).copied().unwrap_or(0);
        let counts = [
            row.asked,
            row.opened,
            row.refused.values().sum(),
            row.waiting,
            row.cases,
            fate("attributed"),
            fate("not-attributed"),
            fate("exonerated"),
            fate("claim-checked"),
            fate("withdrawn"),
            fate("closed-without-finding"),
            fate("running"),
        ];
        let undefined = || t.s("independence.not-defined").to_owned();
        let rates = vec![
            row.opened_rate.map_or_else(undefined, |r| rate(t, r)),
            rate(t, row.attributed_rate),
            rate(t, row.exonerated_rate),
            quartiles(t, row.days_to_opening),
            quartiles(t, row.days_to_finding),
        ];
        Self {
            place: t.of("region", row.place),
            counts: counts.map(|n| t.number(n)).into(),
            rates,
        }
    }
}

impl PanelLine {
    fn of(t: Texts, row: &PanelRow) -> Self {
        Self {
            region: t.of("region", row.region),
            seats: t.number(row.seats),
            places: t.number(row.places),
            rates: [row.objected, row.abstained, row.sealed].map(|r| rate(t, r)),
        }
    }
}

impl MoneyLines {
    fn of(t: Texts, m: &Money) -> Self {
        let key = match (&m.largest_source, m.broken.map(|what| what.as_str())) {
            (None, _) => "independence.money-nothing",
            (Some(_), Some("source")) => "independence.money-broken-source",
            (Some(_), Some(_)) => "independence.money-broken-jurisdiction",
            (Some(_), None) => "independence.money-kept",
        };
        let [from, to] = m.years;
        let of_cap = |ppm, cap| {
            let say = t.say("independence.with-cap").word("share", t.share(ppm));
            say.word("cap", t.share(cap)).plain()
        };
        let figures = [
            ("independence.currency", m.currency.to_string()),
            ("independence.entries", t.number(m.entries)),
            ("independence.received", t.number(m.received)),
            ("independence.returned", t.number(m.returned)),
            ("independence.corrected", t.number(m.corrected)),
            ("independence.sources", t.number(m.sources)),
            ("independence.jurisdictions", t.number(m.jurisdictions)),
            (
                "independence.source-share",
                of_cap(m.source_ppm, m.source_cap_ppm),
            ),
            (
                "independence.jurisdiction-share",
                of_cap(m.jurisdiction_ppm, m.jurisdiction_cap_ppm),
            ),
            (
                "independence.source-concentration",
                t.share(m.source_concentration_ppm),
            ),
            (
                "independence.jurisdiction-concentration",
                t.share(m.jurisdiction_concentration_ppm),
            ),
        ];
        Self {
            sentence: t.say(key).word("from", from).word("to", to).plain(),
            blocked: m.broken.is_some(),
            figures: figures
                .map(|(key, value)| [t.s(key).to_owned(), value])
                .into(),
        }
    }
}
