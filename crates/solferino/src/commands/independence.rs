//! `solferino independence`.

use std::path::PathBuf;

use record::independence::{Complaints, Index, Money, Panels, Quartiles, Row, Table, index};
use serde_json::json;

use crate::problem::{Exit, Outcome};
use crate::{opened, ui};

/// Show how independent the body itself is: whom it took up, refused, named and cleared, who pays, what it left unanswered
///
/// Computed from the record alone, so anyone with a copy gets the same figures. By region, never by
/// state. docs/independence.md defines every number. Works beside a running server.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the record
    dir: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let state = opened::state(&args.dir)?;
    let demonstration = ui::is_demonstration(&state);
    let index = index(&state);
    if args.json {
        ui::json(&ui::marked(json!({ "index": index }), demonstration));
        return Ok(Exit::Ok);
    }
    ui::notice(demonstration);
    show(&index);
    Ok(Exit::Ok)
}

fn show(index: &Index) {
    if let Some(time) = index.as_of {
        ui::line(format!("as of {time}"));
    }
    for rule in &index.selection_rules {
        ui::line(format!(
            "selection rule {} since {} (charter version {})",
            rule.sha256, rule.from, rule.version
        ));
    }
    ui::line("");
    ui::line("by region of the accused, as public claims and findings name them");
    table(&index.accused);
    ui::line("");
    ui::line("by region of the victim, as reporters gave it");
    table(&index.victim);
    panels(&index.panels);
    if let Some(m) = &index.funding {
        money(m);
    }
    complaints(&index.complaints);
}

fn table(table: &Table) {
    let rows = || table.rows.iter().chain([&table.all]);
    let heads = [
        "region",
        "reports",
        "opened",
        "refused",
        "waiting",
        "cases",
        "attributed",
        "not attributed",
        "exonerated",
        "claim checked",
        "withdrawn",
        "closed without",
        "running",
    ];
    ui::table(&heads, &rows().map(counts).collect::<Vec<_>>());
    ui::line("");
    let heads = [
        "region",
        "opened",
        "attributed",
        "exonerated",
        "days to opening",
        "days to finding",
    ];
    ui::table(&heads, &rows().map(rates).collect::<Vec<_>>());
    let refused = table.all.refused.iter().filter(|(_, n)| **n > 0);
    for (reason, n) in refused {
        ui::line(format!("refused as {reason}: {n}"));
    }
    let unknown = table.measures.iter().filter(|m| m.total > 0);
    for m in unknown {
        let (name, unit, rule) = (m.name, m.unit, m.rule);
        ui::line(format!(
            "{name}: unit {unit}, counted if it {rule}; region unknown for {}",
            m.unknown
        ));
    }
}

fn counts(row: &Row) -> Vec<String> {
    let refused = row.refused.values().sum();
    let before = [row.asked, row.opened, refused, row.waiting, row.cases];
    let fates = [
        "attributed",
        "not-attributed",
        "exonerated",
        "claim-checked",
        "withdrawn",
        "closed-without-finding",
        "running",
    ];
    let fates = fates.map(|name| row.fates.get(name).copied().unwrap_or(0));
    let all = before.iter().chain(&fates).map(u64::to_string);
    std::iter::once(row.place.to_owned()).chain(all).collect()
}

fn rates(row: &Row) -> Vec<String> {
    let opened = row.opened_rate.map(|r| r.to_string());
    vec![
        row.place.to_owned(),
        opened.unwrap_or_else(|| "-".to_owned()),
        row.attributed_rate.to_string(),
        row.exonerated_rate.to_string(),
        quartiles(row.days_to_opening),
        quartiles(row.days_to_finding),
    ]
}

fn quartiles(q: Option<Quartiles>) -> String {
    q.map_or_else(|| "-".to_owned(), |q| q.to_string())
}

fn panels(panels: &Panels) {
    ui::line("");
    ui::line(format!(
        "panels: {} assigned; regions on one: {}",
        panels.assigned,
        quartiles(panels.regions_per_panel)
    ));
    let row = |r: &record::independence::PanelRow| {
        vec![
            r.region.to_owned(),
            r.seats.to_string(),
            r.places.to_string(),
            r.objected.to_string(),
            r.abstained.to_string(),
            r.sealed.to_string(),
        ]
    };
    let rows: Vec<_> = panels.rows.iter().map(row).collect();
    let heads = [
        "region",
        "seats",
        "places",
        "objected",
        "abstained",
        "never opened",
    ];
    ui::table(&heads, &rows);
}

fn money(m: &Money) {
    let percent = |ppm: u32| format!("{:.1} %", f64::from(ppm) / 10_000.0);
    let [from, to] = m.years;
    ui::line("");
    ui::line(format!(
        "money {from} to {to} in {}: {} received, {} returned, {} corrected; {} sources, {} jurisdictions, {} entries",
        m.currency, m.received, m.returned, m.corrected, m.sources, m.jurisdictions, m.entries
    ));
    let Some(source) = &m.largest_source else {
        ui::line(
            "nothing is booked: the record cannot tell an unpaid body from one that books nothing",
        );
        return;
    };
    ui::line(format!(
        "largest source {source}: {} (cap {}); largest jurisdiction: {} (cap {})",
        percent(m.source_ppm),
        percent(m.source_cap_ppm),
        percent(m.jurisdiction_ppm),
        percent(m.jurisdiction_cap_ppm)
    ));
    ui::line(format!(
        "concentration (Herfindahl-Hirschman): sources {}, jurisdictions {}",
        percent(m.source_concentration_ppm),
        percent(m.jurisdiction_concentration_ppm)
    ));
    if let Some(what) = m.broken {
        ui::line(format!(
            "the cap on one {} is broken: no new finding can be published",
            what.as_str()
        ));
    }
}

fn complaints(complaints: &Complaints) {
    ui::line("");
    let rows = complaints.by_subject.iter().chain([&complaints.all]);
    let row = |c: &record::independence::ComplaintRow| -> Vec<String> {
        let counts = [
            c.received, c.known, c.keys, c.open, c.overdue, c.in_time, c.late,
        ];
        let counts = counts.iter().map(u64::to_string);
        std::iter::once(c.about.to_owned()).chain(counts).collect()
    };
    let heads = [
        "complaints",
        "received",
        "known",
        "keys",
        "open",
        "overdue",
        "in time",
        "late",
    ];
    ui::table(&heads, &rows.map(row).collect::<Vec<_>>());
    for o in &complaints.overdue {
        ui::line(format!(
            "overdue since {}: {} about {}",
            o.due, o.complaint, o.about
        ));
    }
}
