//! `solferino init`.

use std::path::PathBuf;

use record::body::charter::{CharterText, Clock};
use record::ids::Vkey;
use record::kind::Kind;
use record::statement::{Draft, Statement};
use record::succession::Predecessor;
use record::time::Timestamp;
use serde_json::json;
use store::Record;
use store::log::LogKeys;
use tlog::SigningKey;

use crate::problem::{Exit, Outcome, Problem};
use crate::{copies, files, keys, opened, template, ui};

/// Found a record of your own
///
/// Needs the charter (`solferino new charter`), the log key, and the signature of every founder:
/// their key files, or statements they signed elsewhere over the digest that --digest prints.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder to make
    dir: PathBuf,
    /// The charter, as `solferino new charter` prints it
    #[arg(long, value_name = "FILE")]
    charter: PathBuf,
    /// File of the log's private key; its name is the origin of the record
    #[arg(long, value_name = "FILE", required_unless_present = "digest")]
    log_key: Option<PathBuf>,
    /// File of the log's ML-DSA-44 key, if the charter names one in log_mldsa
    #[arg(long, value_name = "FILE", requires = "log_key")]
    log_mldsa_key: Option<PathBuf>,
    /// File of a founder's private key
    #[arg(long, value_name = "FILE")]
    founder_key: Vec<PathBuf>,
    /// A `charter.found` signed elsewhere
    #[arg(long, value_name = "FILE")]
    found: Vec<PathBuf>,
    /// Only print the charter's digest, for founders who sign elsewhere
    #[arg(long)]
    digest: bool,
    /// A record, or copy of one, that this one succeeds: its first charter has to commit to --log-key
    #[arg(long, value_name = "DIR|URL")]
    predecessor: Option<String>,
    /// Time of the founding, for a charter with an injected clock
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let text = charter(args)?;
    if args.digest {
        ui::line(format!("charter {}", text.digest()));
        ui::line(format!("origin  {}", text.origin()));
        return Ok(Exit::Ok);
    }
    let Some(log_key) = &args.log_key else {
        return Err(Problem::new("no log key was given").exit(Exit::Usage));
    };
    let log_key = keys::read(log_key)?;
    if text.log.as_str() != log_key.verifier_key().to_string() {
        let problem = format!(
            "the charter names the log key {}, the file holds {}",
            text.log,
            log_key.verifier_key()
        );
        return Err(Problem::new(problem)
            .hint("put the public key of --log-key into the charter's field log"));
    }
    let time = match (args.at, text.clock) {
        (Some(at), Clock::Injected) => at,
        (Some(_), Clock::System) => {
            return Err(
                Problem::new("this charter takes its time from the system's clock")
                    .hint("leave out --at"),
            );
        }
        (None, _) => opened::now()?,
    };
    let genesis = genesis(args, &text, &log_key, time)?;
    let mut log_keys = LogKeys::from(log_key);
    if let Some(second) = &args.log_mldsa_key {
        log_keys = log_keys.with_second(keys::read(second)?)?;
    }
    let record = Record::create_asking(&args.dir, log_keys, &genesis, opened::cosigners())?;
    let trust = args.dir.join("trust.txt");
    files::replace(&trust, record.trust_file()?.to_string().as_bytes())?;
    ui::line(format!(
        "founded: {} in {}",
        record.origin(),
        args.dir.display()
    ));
    ui::line(format!("charter {}", text.digest()));
    ui::line(format!("trust file for readers: {}", trust.display()));
    ui::line(format!("next: solferino serve {}", args.dir.display()));
    Ok(Exit::Ok)
}

fn charter(args: &Args) -> Outcome<CharterText> {
    let filled = template::parse(&files::read_text(&args.charter)?)
        .map_err(|p| p.of(args.charter.display()))?;
    let text = filled.body.get("text").cloned().unwrap_or_default();
    let named = |p: Problem| {
        p.of(args.charter.display())
            .hint("`solferino new charter` prints the template")
    };
    if filled.kind != Kind::Charter.as_str() {
        return Err(named(Problem::new(format!(
            "it is a {}, not a charter",
            filled.kind
        ))));
    }
    let mut text: CharterText = serde_json::from_value(text).map_err(|e| named(e.into()))?;
    refuse_template_keys(&text)?;
    if let Some(from) = &args.predecessor {
        let old = copies::read(from, None)?;
        let carried = Predecessor::new(old.note(), &old.entry(0)?, old.receipt(0)?.path);
        text.predecessor = Some(Box::new(carried));
    }
    Ok(text)
}

/// Nobody holds the keys that the template shows, and somebody might: a record founded with one of
/// them could never rotate that seat's key, or a stranger could.
fn refuse_template_keys(text: &CharterText) -> Outcome<()> {
    let printed = template::of(Kind::Charter).unwrap_or_default();
    for seat in &text.seats {
        let next = seat.next_key_sha256.to_string();
        if printed.contains(seat.key.as_str()) || printed.contains(&next) {
            let problem = format!(
                "seat {} still has a key or next key of the template",
                seat.member
            );
            let hint = "`solferino key new NAME --with-next` gives key and next_key_sha256";
            return Err(Problem::new(problem).hint(hint));
        }
    }
    match text
        .founders
        .iter()
        .chain([&text.log])
        .find(|key| printed.contains(key.as_str()))
    {
        Some(key) => Err(Problem::new(format!("{key} is a key of the template"))
            .hint("`solferino key new NAME` makes your own")),
        None => Ok(()),
    }
}

/// The charter signed by the log, then each founder's signature in the charter's order.
fn genesis(
    args: &Args,
    text: &CharterText,
    log_key: &SigningKey,
    time: Timestamp,
) -> Outcome<Vec<Vec<u8>>> {
    let sign = |kind, body, key: &SigningKey| -> Outcome<Vec<u8>> {
        let draft = Draft {
            record: text.origin().to_string(),
            issued: time,
            case: None,
            kind,
            body,
        };
        Ok(draft.sign(key, &[0; 32], time)?.entry)
    };
    let mut signed: Vec<(Vkey, Vec<u8>)> = Vec::new();
    for path in &args.founder_key {
        let key = keys::read(path)?;
        let entry = sign(Kind::CharterFound, json!({"charter": text.digest()}), &key)?;
        signed.push((key.verifier_key().to_string().parse()?, entry));
    }
    for path in &args.found {
        let entry = files::read(path, files::MAX_TEXT_BYTES)?;
        let statement =
            Statement::parse(&entry).map_err(|e| Problem::from(e).of(path.display()))?;
        signed.push((statement.signer, entry));
    }
    let mut entries = vec![sign(Kind::Charter, json!({"text": text}), log_key)?];
    for founder in &text.founders {
        let at = signed.iter().position(|(key, _)| key == founder).ok_or_else(|| {
            Problem::new(format!("the founder {founder} has not signed"))
                .hint("give its key file with --founder-key, or its signed charter.found with --found")
        })?;
        entries.push(signed.swap_remove(at).1);
    }
    match signed.first() {
        Some((stranger, _)) => Err(Problem::new(format!(
            "{stranger} is no founder by this charter"
        ))),
        None => Ok(entries),
    }
}
