//! Who is on call, and what they have to know now (docs/aid.md, section 4).

use std::path::{Path, PathBuf};
use std::time::Duration;

use aid::{Alarm, Class, Clock, OnCall, Promise, second_of_week};
use record::time::Timestamp;
use serde_json::{Value, json};

use super::server::At;
use crate::problem::{Exit, Outcome, Problem};
use crate::{opened, ui};

/// Seconds of an hour.
const HOUR_S: i64 = 3_600;

/// Say who is on call and who is next in the chain; put a rota into a record's folder
///
/// The rota is a file that the officers keep beside the log (docs/aid.md, section 4). It is no part of the record, and no page
/// shows it. A server that serves the folder pages by it, and takes a new one in within seconds.
#[derive(Debug, clap::Args)]
pub(crate) struct Rota {
    /// A rota as JSON: with --record it takes the place of the one there, else it is only checked
    #[arg(required_unless_present = "record")]
    file: Option<PathBuf>,
    /// Folder of the record; a server may have it open
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// Who is on call then; now without it
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Clocks that run or ran out, and who has to know of each now
///
/// For those who have no webhook, and for whoever wonders whether somebody was told.
#[derive(Debug, clap::Args)]
pub(crate) struct Due {
    #[command(flatten)]
    at: At,
    /// The rota; the one in a record's folder is DIR/on-call/rota.json
    #[arg(long, value_name = "FILE")]
    rota: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// The rota of a file.
fn read(file: &Path) -> Outcome<OnCall> {
    let found = store::on_call::read_rota(file)?;
    found.ok_or_else(|| {
        Problem::new(format!("there is no rota in {}", file.display()))
            .hint("docs/aid.md, section 4, says what one looks like; `solferino aid rota FILE --record DIR` puts it there")
    })
}

pub(crate) fn rota(args: &Rota) -> Outcome {
    let rota = match (&args.file, &args.record) {
        (Some(file), None) => read(file)?,
        (Some(file), Some(dir)) => {
            let rota = read(file)?;
            store::on_call::keep_rota(dir, &rota)?;
            rota
        }
        (None, dir) => read(&store::on_call::rota_file(
            dir.as_deref().unwrap_or(Path::new(".")),
        ))?,
    };
    let at = args.at.map_or_else(opened::now, Ok)?;
    let at_s = at.unix_seconds();
    let shift = rota.shifts.shift(at_s);
    let ends_s = at_s + i64::from(shift.to) * HOUR_S - second_of_week(at_s);
    let ends = Timestamp::from_unix_seconds(ends_s)?;
    let next = rota.shifts.shift(ends_s);
    let unreached = rota.people.iter().filter(|(_, p)| p.webhook.is_none());
    let unreached: Vec<_> = unreached.map(|(who, _)| who).collect();
    if args.json {
        ui::json(&json!({
            "at": at, "chain": shift.chain, "until": ends, "next": next.chain, "without_webhook": unreached,
        }));
        return Ok(Exit::Ok);
    }
    let [now, then] = [&shift.chain, &next.chain].map(|chain| {
        let names: Vec<_> = chain.iter().map(aid::Id::as_str).collect();
        names.join(", then ")
    });
    ui::line(format!("on call at {at}: {now}"));
    ui::line(format!("from {ends}: {then}"));
    if !unreached.is_empty() {
        let names: Vec<_> = unreached.iter().map(|who| who.as_str()).collect();
        ui::line(format!(
            "without a webhook, so nothing is posted to them: {}",
            names.join(", ")
        ));
    }
    Ok(Exit::Ok)
}

pub(crate) fn due(args: &Due) -> Outcome {
    let rota = read(&args.rota)?;
    let now = args.at.desk()?.now;
    let rows = args.at.rows("/api/v1/aid/requests")?;
    let mut alarms: Vec<Alarm> = Vec::new();
    for row in &rows {
        alarms.extend(alarm(
            row,
            Promise::Acknowledgement,
            &row["acknowledgement"],
        )?);
        alarms.extend(alarm(
            row,
            Promise::FirstAssistance,
            &row["first_assistance"],
        )?);
    }
    alarms.sort();
    let told = |alarm: &Alarm| alarm.told(&rota.shifts, now.unix_seconds()).to_vec();
    if args.json {
        let row = |alarm: &Alarm| json!({"alarm": alarm, "tell": told(alarm)});
        ui::json(&alarms.iter().map(row).collect::<Vec<_>>());
        return Ok(Exit::Ok);
    }
    for alarm in &alarms {
        let due = Timestamp::from_unix_seconds(alarm.due_s)?;
        let names: Vec<_> = told(alarm).into_iter().map(String::from).collect();
        ui::line(format!(
            "{}  {}  {}  {} {due}  tell {}",
            alarm.request,
            alarm.class.map_or("-", Class::as_str),
            alarm.promise,
            if alarm.ran_out { "RAN OUT" } else { "due" },
            names.join(", "),
        ));
    }
    ui::remark(format!(
        "{} clocks somebody has to know of, of {} open requests, at {now}",
        alarms.len(),
        rows.len()
    ));
    Ok(Exit::Ok)
}

/// The alarm of a clock as the API shows it.
fn alarm(row: &Value, promise: Promise, clock: &Value) -> Outcome<Option<Alarm>> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let due: Timestamp = text(&clock["due"]).parse()?;
    let class = row["class"].as_str().map(str::parse).transpose()?;
    let clock = Clock {
        stands: serde_json::from_value(clock["stands"].clone())?,
        due_s: due.unix_seconds(),
        escalation: u8::try_from(clock["escalation"].as_u64().unwrap_or_default())?,
    };
    Ok(Alarm::of(text(&row["id"]).parse()?, class, promise, &clock))
}

/// Longest time a page may take on its way.
const PATIENCE: Duration = Duration::from_secs(10);

/// Posts pages over the one agent that asks others over the network.
pub(crate) fn pager() -> server::paging::Pager {
    server::paging::Pager::new(|webhook, text| {
        let request = witness::agent::agent(PATIENCE)
            .post(webhook.as_str())
            .header("Content-Type", "application/json");
        // Neither error shows the address, which may hold a secret.
        match request.send(text) {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(format!("answered with {}", answer.status().as_u16())),
            Err(ureq::Error::Timeout(_)) => Err("no answer in time".to_owned()),
            Err(_) => Err("could not be reached".to_owned()),
        }
    })
}
