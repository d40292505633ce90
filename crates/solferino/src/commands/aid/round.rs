//! `solferino aid round`: the inputs of a round, from what was told and what the record says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use age::x25519::Identity;
use aid::matching::{
    Climb, CodedNeed, Engaged, Enlisted, Opened, Report, Setting, inputs, need_and_team,
};
use aid::{Caps, Class, Id, Known, Language, Profile, Slot, Work};
use record::time::Timestamp;
use serde_json::{Value, json};
use tlog::{Hash, SigningKey};

use super::again::Reader;
use super::server::At;
use super::words;
use crate::files::{self, Mode};
use crate::problem::{Exit, Outcome, Problem};
use crate::{keys, ui};

/// Hours of a shift from which rest is due.
const SHIFT_HOURS: u8 = 8;

/// Build the inputs of a round of matching
///
/// Opens, on this machine, every request that waits for a team and every responder's profile, and puts them together with what
/// the record says: class, consent, who was refused, who worked before, vetting, dismissal, the desk's caps, hours reported.
/// Writes the file that `solferino aid close` takes. Whoever is left out is named, with the reason.
#[derive(Debug, clap::Args)]
pub(crate) struct Inputs {
    /// Where the round is written
    out: PathBuf,
    #[command(flatten)]
    at: At,
    /// File of the officer's private key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// File of the officer's age identity
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// Languages for which the desk has interpreters, with commas
    #[arg(long, value_name = "LANGUAGES", value_delimiter = ',')]
    interpreted: Vec<Language>,
    /// Enlistments of those who sit on a panel that investigates, with commas. The record cannot tell: a member's key and a
    /// responder's are never the same, and only the desk knows who is the same person
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    on_panel: Vec<Id>,
}

/// An officer at a server.
struct Desk<'a> {
    at: &'a At,
    /// Who sits on a panel that investigates.
    on_panel: &'a [Id],
    key: SigningKey,
    identity: Identity,
}

/// What was read of an open request: what it needs, and what responders reported of it.
struct Read {
    opened: Opened,
    stage: String,
    team: Vec<Slot>,
    /// Responders of its team.
    members: u16,
}

/// What the team of a request carries together.
struct Team {
    units: u16,
    members: u16,
}

fn text(value: &Value) -> Outcome<&str> {
    value.as_str().ok_or_else(|| {
        Problem::new(format!(
            "the server's answer has {value} where a text stands"
        ))
    })
}

fn ids(value: &Value) -> Outcome<BTreeSet<Id>> {
    let all = value.as_array().into_iter().flatten();
    all.map(|id| -> Outcome<Id> { Ok(text(id)?.parse()?) })
        .collect()
}

impl Desk<'_> {
    fn open(&self, path: &str, commitment: &str) -> Outcome<Vec<u8>> {
        let age = self.at.sealed_at(&self.key, path)?;
        let expected: Hash = commitment.parse()?;
        words::open(&age, &self.identity, &expected)
    }

    /// An item of a request, also one that was sealed again since.
    fn item(&self, row: &Value, item: &Value) -> Outcome<Vec<u8>> {
        let reader = Reader {
            at: self.at,
            key: &self.key,
            identity: &self.identity,
        };
        reader.content(row, text(&item["commitment"])?)
    }

    /// What triage coded last, of what can be opened.
    fn coded(&self, id: &str, row: &Value, items: &[&Value]) -> Outcome<Option<CodedNeed>> {
        let Some(coded) = items.iter().rev().find(|i| i["kind"] == "need") else {
            return Ok(None);
        };
        let content = self.item(row, coded)?;
        let coded = CodedNeed::from_json(&content).map_err(|e| Problem::from(e).of(id))?;
        Ok(Some(coded))
    }

    /// A request as triage left it; nothing if it has no class yet.
    fn request(&self, row: &Value) -> Outcome<Option<Read>> {
        let Some(class) = row["class"].as_str() else {
            return Ok(None);
        };
        let class: Class = class.parse()?;
        let id = text(&row["id"])?;
        let received: Timestamp = text(&row["received"])?.parse()?;
        let items: Vec<&Value> = row["items"].as_array().into_iter().flatten().collect();
        let first = items
            .first()
            .ok_or_else(|| Problem::new(format!("request {id} has no item")))?;
        let coded = self.coded(id, row, &items)?;
        let form = self.item(row, first).and_then(|form| {
            aid::Request::from_json(&form).map_err(|e| {
                let problem = Problem::from(e).of(id);
                let what = "code what it needs, with `form` in the need (docs/aid.md, section 6)";
                Problem::new(format!("{}; {what}", problem.text))
            })
        });
        let form = match form {
            Ok(form) => Some(form),
            Err(problem) if coded.as_ref().is_none_or(|c| c.form.is_none()) => return Err(problem),
            Err(_) => None,
        };
        let received_s = received.unix_seconds();
        let needed = need_and_team(form.as_ref(), coded.as_ref(), received_s);
        let team = needed.map(|(_, team)| team).unwrap_or_default();
        Ok(Some(Read {
            stage: text(&row["stage"])?.to_owned(),
            members: u16::try_from(ids(&row["team"])?.len())?,
            team,
            opened: Opened {
                id: id.parse()?,
                received_s,
                class,
                share_with_helpers: row["share_with_helpers"] == true,
                form,
                coded,
                refused: ids(&row["refused"])?,
                before: ids(&row["before"])?,
            },
        }))
    }

    /// A responder with the profile opened and the hours it reported, by request.
    fn responder(&self, row: &Value, teams: &BTreeMap<Id, Team>) -> Outcome<Enlisted> {
        let id = text(&row["id"])?;
        let commitment = text(&row["profile"])?;
        let path = format!("/api/v1/aid/responders/{id}/sealed/{commitment}");
        let profile = self.open(&path, commitment)?;
        let profile = Profile::from_json(&profile)?;
        let mut worked: BTreeMap<Id, Vec<Work>> = BTreeMap::new();
        for report in row["reports"].as_array().into_iter().flatten() {
            let request = text(&report["request"])?;
            let content = self.item(&json!({"id": request}), report);
            let content = content.or_else(|_| {
                let row = self.at.get(&format!("/api/v1/aid/requests/{request}"))?;
                self.item(&row, report)
            })?;
            let report = Report::from_json(&content).map_err(|e| {
                Problem::from(e)
                    .of(format!("a report of {id}"))
                    .hint("hours that cannot be read cannot be counted; ask for it anew")
            })?;
            worked
                .entry(request.parse()?)
                .or_default()
                .extend(report.worked);
        }
        let engaged = ids(&row["engaged"])?.into_iter().map(|request| Engaged {
            // A team that cannot be read may carry anything: nobody of it is given more work.
            units: teams.get(&request).map_or(u16::MAX, |team| team.units),
            members: teams.get(&request).map_or(1, |team| team.members),
            worked: worked.get(&request).cloned().unwrap_or_default(),
        });
        let id: Id = id.parse()?;
        let vetted_until = row["vetted_until"].as_str().map(str::parse::<Timestamp>);
        Ok(Enlisted {
            profile,
            signed: row["signed"] == true,
            engaged: engaged.collect(),
            known: Known {
                vetted_until_s: vetted_until.transpose()?.map(|t| t.unix_seconds()),
                worked: worked.into_values().flatten().collect(),
                on_panel: self.on_panel.contains(&id),
                ..Known::default()
            },
            id,
        })
    }
}

pub(crate) fn run(args: &Inputs) -> Outcome {
    let policy = args.at.desk()?;
    let desk = Desk {
        at: &args.at,
        on_panel: &args.on_panel,
        key: keys::read(&args.key)?,
        identity: words::read_identity(&args.identity)?,
    };
    let mut left_out = Vec::new();
    let mut read = Vec::new();
    for row in args.at.rows("/api/v1/aid/requests")? {
        match desk.request(&row) {
            Ok(one) => read.extend(one),
            Err(problem) => left_out.push(format!("{}: {}", row["id"], problem.text)),
        }
    }
    let units = |team: &[Slot]| -> u16 { team.iter().map(|slot| u16::from(slot.units)).sum() };
    let team = |one: &Read| Team {
        units: units(&one.team),
        members: one.members,
    };
    let teams = read.iter().map(|one| (one.opened.id.clone(), team(one)));
    let teams: BTreeMap<Id, Team> = teams.collect();
    let mut enlisted = Vec::new();
    for row in args.at.rows("/api/v1/aid/responders")? {
        match desk.responder(&row, &teams) {
            Ok(one) => enlisted.push(one),
            Err(problem) => left_out.push(format!("{}: {}", row["id"], problem.text)),
        }
    }
    let nobody = |id: &&Id| !enlisted.iter().any(|one| one.id == **id);
    if let Some(id) = args.on_panel.iter().find(nobody) {
        return Err(
            Problem::new(format!("--on-panel {id}: there is no such responder"))
                .hint("name enlistments, as `solferino aid enlist` printed them"),
        );
    }
    let waiting = read
        .into_iter()
        .filter(|one| ["triaged", "matching"].contains(&one.stage.as_str()));
    let setting = Setting {
        at_s: policy.now.unix_seconds(),
        climb: Climb::default(),
        interpreted: args.interpreted.iter().cloned().collect(),
        caps: caps(&policy.policy)?,
    };
    let opened = waiting.map(|one| one.opened).collect();
    let (round, without) = inputs(setting, opened, enlisted)?;
    left_out.extend(without.iter().map(ToString::to_string));
    let bytes = serde_json::to_vec(&round)?;
    files::write_new(&args.out, &bytes, Mode::Secret)?;
    for one in &left_out {
        ui::line(format!("left out: {one}"));
    }
    for id in &args.on_panel {
        ui::line(format!("offered nothing, on a panel: {id}"));
    }
    ui::line(format!(
        "round: {} requests, {} responders in {}; {} left out",
        round.asks.len(),
        round.helpers.len(),
        args.out.display(),
        left_out.len()
    ));
    Ok(Exit::Ok)
}

fn caps(policy: &Value) -> Outcome<Caps> {
    let hours = |name: &str| -> Outcome<u8> {
        let hours = policy[name].as_u64().unwrap_or_default();
        Ok(u8::try_from(hours)?)
    };
    Ok(Caps {
        weekly_hours: hours("weekly_hours")?,
        shift_hours: SHIFT_HOURS,
        rest_hours: hours("rest_hours")?,
        code: text(&policy["code"]["version"])?.to_owned(),
    })
}
