//! How independent the body itself is: plain words first, then every figure.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use record::independence::{self, Complaints, Index, Money, PanelRow, Quartiles, Row, Table};

use super::{Frame, show};
use crate::app::App;
use crate::words;

#[derive(Template)]
#[template(path = "independence.html")]
struct Independence {
    frame: Frame,
    as_of: String,
    rules: Vec<RuleLine>,
    tables: [Shown; 2],
    panels: Vec<PanelLine>,
    panels_assigned: u64,
    regions_per_panel: String,
    money: Option<MoneyLines>,
    complaints: Complaints,
}

struct RuleLine {
    sha256: String,
    from: String,
}

/// A table of the index, in words.
struct Shown {
    id: &'static str,
    title: &'static str,
    about: &'static str,
    rows: Vec<Line>,
    measures: Vec<[String; 5]>,
}

struct Line {
    place: &'static str,
    counts: Vec<u64>,
    rates: Vec<String>,
}

struct PanelLine {
    region: &'static str,
    seats: u64,
    places: u64,
    rates: [String; 3],
}

struct MoneyLines {
    sentence: String,
    blocked: bool,
    figures: Vec<[String; 2]>,
}

pub(super) async fn page(State(app): State<App>) -> Response {
    show(app, |record, frame| {
        let index = independence::index(&record.state());
        Ok(Independence::of(frame, index))
    })
    .await
}

impl Independence {
    fn of(frame: Frame, index: Index) -> Self {
        let accused = Shown::of(
            "accused",
            "By region of the accused",
            "A case counts for a region once a public claim it checks, or a published finding, has named a state of it. Before that, and where nobody is named, it is unknown.",
            &index.accused,
        );
        let victim = Shown::of(
            "victim",
            "By region of the victim",
            "The region is what the reporter gave; where none was given it is unknown.",
            &index.victim,
        );
        Self {
            frame,
            as_of: index.as_of.map_or_else(String::new, |t| t.to_string()),
            rules: index
                .selection_rules
                .iter()
                .map(|r| RuleLine {
                    sha256: r.sha256.to_string(),
                    from: r.from.to_string(),
                })
                .collect(),
            tables: [accused, victim],
            panels: index.panels.rows.iter().map(PanelLine::of).collect(),
            panels_assigned: index.panels.assigned,
            regions_per_panel: quartiles(index.panels.regions_per_panel),
            money: index.funding.as_ref().map(MoneyLines::of),
            complaints: index.complaints,
        }
    }
}

fn quartiles(q: Option<Quartiles>) -> String {
    q.map_or_else(|| "none".to_owned(), |q| q.to_string())
}

/// A place in words for people.
fn place(name: &'static str) -> &'static str {
    match name {
        "several" => "Several regions",
        "unknown" => "Unknown",
        "all" => "All",
        other => words::region_named(other),
    }
}

impl Shown {
    fn of(id: &'static str, title: &'static str, about: &'static str, table: &Table) -> Self {
        let rows = table.rows.iter().chain([&table.all]);
        let measures = table.measures.iter().map(|m| {
            [
                m.name.to_owned(),
                m.unit.to_owned(),
                m.rule.to_owned(),
                m.total.to_string(),
                m.unknown.to_string(),
            ]
        });
        Self {
            id,
            title,
            about,
            rows: rows.map(Line::of).collect(),
            measures: measures.collect(),
        }
    }
}

impl Line {
    fn of(row: &Row) -> Self {
        let fate = |name| row.fates.get(name).copied().unwrap_or(0);
        let counts = vec![
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
        let opened = row.opened_rate.map(|r| r.to_string());
        let rates = vec![
            opened.unwrap_or_else(|| "not defined".to_owned()),
            row.attributed_rate.to_string(),
            row.exonerated_rate.to_string(),
            quartiles(row.days_to_opening),
            quartiles(row.days_to_finding),
        ];
        Self {
            place: place(row.place),
            counts,
            rates,
        }
    }
}

impl PanelLine {
    fn of(row: &PanelRow) -> Self {
        Self {
            region: place(row.region),
            seats: row.seats,
            places: row.places,
            rates: [row.objected, row.abstained, row.sealed].map(|r| r.to_string()),
        }
    }
}

impl MoneyLines {
    fn of(m: &Money) -> Self {
        let [from, to] = m.years;
        let sentence = match (&m.largest_source, m.broken) {
            (None, _) => format!(
                "Nothing is booked for {from} to {to}. Whether nobody pays, or nobody books, this record cannot tell."
            ),
            (Some(_), Some(what)) => format!(
                "One {} gave more than the charter allows. Until that changes, no new finding can be published.",
                what.as_str()
            ),
            (Some(_), None) => {
                format!("From {from} to {to}, nobody gave more than the charter allows.")
            }
        };
        let share = |ppm: u32| format!("{:.1} %", f64::from(ppm) / 10_000.0);
        let line = |what: &str, value: String| [what.to_owned(), value];
        let of_cap = |ppm, cap| format!("{} (cap {})", share(ppm), share(cap));
        let figures = vec![
            line("Currency", m.currency.to_string()),
            line("Entries", m.entries.to_string()),
            line("Received", m.received.to_string()),
            line("Given back", m.returned.to_string()),
            line("Taken off as wrongly booked", m.corrected.to_string()),
            line("Sources", m.sources.to_string()),
            line("Jurisdictions", m.jurisdictions.to_string()),
            line(
                "Largest share of one source",
                of_cap(m.source_ppm, m.source_cap_ppm),
            ),
            line(
                "Largest share of one jurisdiction",
                of_cap(m.jurisdiction_ppm, m.jurisdiction_cap_ppm),
            ),
            line(
                "Concentration of sources (Herfindahl-Hirschman)",
                share(m.source_concentration_ppm),
            ),
            line(
                "Concentration of jurisdictions",
                share(m.jurisdiction_concentration_ppm),
            ),
        ];
        Self {
            sentence,
            blocked: m.broken.is_some(),
            figures,
        }
    }
}
