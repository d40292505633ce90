//! Harm: told by a requester, sealed; counted by an officer over many, and never said of one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use aid::{HarmBasis, HarmRecord, MAX_HARM_BYTES, publishable};
use record::aid::commitment;
use record::body::aid::HarmCount;
use record::ids::StatementId;
use record::kind::Kind;
use record::time::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use tlog::{Hash, SigningKey};

use super::readers::sealed_to;
use super::server::At;
use super::words::{self, WordsAt};
use crate::files::{self, Mode};
use crate::problem::{Outcome, Problem};
use crate::{keys, problem::Exit, ui};

/// Tell what harm was done, sealed to the officers
///
/// The file has counts and no names (docs/aid.md, section 10). A later one takes the place of an earlier one.
#[derive(Debug, clap::Args)]
pub(crate) struct Harm {
    /// The request
    request: String,
    /// The harm record as JSON
    file: PathBuf,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    words: WordsAt,
}

/// Count the harm that requesters told in a time, and say it in the record
///
/// Opens on this machine what was sealed, of requests alone that the desk took on and whose requesters let lessons be
/// published. What a requester says counts as told; `seen` and `documented` is what an officer found (`aid tell --kind harm`).
/// What rests on fewer than 5 requests is left out, and counts are rounded down. A request is in one count: the times of two
/// have no moment in common, and what is told after it was counted changes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Count {
    /// Of requests whose harm was told, and which were accepted, from then
    #[arg(long, value_name = "TIME")]
    from: Timestamp,
    /// And before then
    #[arg(long, value_name = "TIME")]
    until: Timestamp,
    #[command(flatten)]
    at: At,
    /// File of the officer's private key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// File of the officer's age identity
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// Where the list of what was counted goes, for whoever is entitled to count again
    #[arg(long, value_name = "FILE")]
    inputs: PathBuf,
    /// Only show what would be said
    #[arg(long)]
    dry_run: bool,
}

/// What was counted: names no more than the log does.
#[derive(Debug, Serialize)]
struct Inputs {
    from: Timestamp,
    until: Timestamp,
    /// The item that counts, by request.
    items: BTreeMap<StatementId, Hash>,
}

pub(crate) fn tell(args: &Harm) -> Outcome {
    let bytes = files::read(&args.file, MAX_HARM_BYTES as u64)?;
    let record =
        HarmRecord::from_json(&bytes).map_err(|e| Problem::from(e).of(args.file.display()))?;
    let desk = args.at.desk()?;
    let who = args.words.read(&desk.origin)?;
    let mut to = sealed_to(&args.at, &desk, None)?.recipients;
    to.push(who.identity.to_public());
    let (item, age) = words::seal(&serde_json::to_vec(&record)?, &to)?;
    let body = json!({"request": args.request, "kind": "harm", "items": [item]});
    args.at
        .hand_over("/api/v1/aid/items", &who.key, Kind::AidItem, body, &[age])?;
    ui::line(format!(
        "told: {} kinds of harm, sealed; nobody but the officers and you can read it",
        record.harms.len()
    ));
    Ok(Exit::Ok)
}

pub(crate) fn count(args: &Count) -> Outcome {
    let key = keys::read(&args.key)?;
    let identity = words::read_identity(&args.identity)?;
    let rows = args.at.rows(&format!(
        "/api/v1/aid/requests?harm_from={}&harm_until={}",
        args.from, args.until
    ))?;
    let mut inputs = Inputs {
        from: args.from,
        until: args.until,
        items: BTreeMap::new(),
    };
    let mut records = Vec::new();
    for row in rows
        .iter()
        .filter(|r| r["publish_anonymised"] == json!(true))
    {
        let (request, item, found) = latest(row, args)?;
        let record = opened(&args.at, &key, &identity, request, item)?;
        records.push(if found { record } else { on_word(record) });
        inputs.items.insert(request, item);
    }
    let (rows, withheld) = publishable(&records);
    let salt = Hash::from(keys::random()?);
    let body = HarmCount {
        from: args.from,
        until: args.until,
        inputs: commitment(salt.as_bytes(), &serde_json::to_vec(&inputs)?),
        records: u32::try_from(records.len())?,
        rows,
        withheld,
    };
    ui::json(&body);
    if args.dry_run {
        return Ok(Exit::Ok);
    }
    let text = serde_json::to_string(&json!({"salt": salt, "inputs": inputs}))?;
    files::write_new(&args.inputs, text.as_bytes(), Mode::Secret)?;
    let id = args
        .at
        .say(&key, Kind::AidHarm, serde_json::to_value(&body)?)?;
    ui::line(format!("counted: statement {id}"));
    Ok(Exit::Ok)
}

/// What a requester says rests on its word alone, whatever it calls it.
fn on_word(mut record: HarmRecord) -> HarmRecord {
    for harm in &mut record.harms {
        harm.basis = HarmBasis::Told;
    }
    record
}

/// The last harm that was told in a request before the end of the time, and whether an officer said it.
fn latest(row: &Value, args: &Count) -> Outcome<(StatementId, Hash, bool)> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let mut last = None;
    for item in row["items"].as_array().into_iter().flatten() {
        let told: Timestamp = text(&item["told"]).parse()?;
        if item["kind"] == "harm" && told < args.until {
            let found = !["requester", "proxy"].contains(&text(&item["role"]).as_str());
            last = Some((text(&item["commitment"]), found));
        }
    }
    let (item, found) =
        last.ok_or_else(|| Problem::new("the server lists a request without harm"))?;
    Ok((text(&row["id"]).parse()?, item.parse()?, found))
}

fn opened(
    at: &At,
    key: &SigningKey,
    identity: &age::x25519::Identity,
    request: StatementId,
    item: Hash,
) -> Outcome<HarmRecord> {
    let age = at.sealed(key, &request.to_string(), &item.to_string())?;
    let content = words::open(&age, identity, &item)?;
    HarmRecord::from_json(&content).map_err(|e| {
        Problem::from(e)
            .of(format!("what {request} told"))
            .hint("ask the requester for another harm record; it takes the place of this one")
    })
}
