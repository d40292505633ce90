//! `solferino exhibit`.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use record::body::evidence::{Acquisition, Tlp};
use record::ids::{CaseId, MediaType, Slug};
use record::time::{Day, Timestamp};
use serde_json::json;
use store::vault::MAX_EXHIBIT_BYTES;
use tlog::Hash;

use super::submit;
use crate::files::at;
use crate::problem::{Exit, Outcome, Problem};
use crate::template::Filled;
use crate::{keys, opened, ui};

/// Keep evidence and texts in the record's vault
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Add(Add),
    Get(Get),
}

/// Put a file into the vault, encrypted; with --case and --key declare it in a case as well
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// The file
    file: PathBuf,
    /// Folder of the record
    #[arg(long, value_name = "DIR")]
    record: PathBuf,
    /// Declare it in this case
    #[arg(long, value_name = "ID", requires = "key", requires = "source")]
    case: Option<CaseId>,
    /// File of the private key that signs the declaration
    #[arg(long, value_name = "FILE", requires = "case")]
    key: Option<PathBuf>,
    /// Media type
    #[arg(long, default_value = "application/octet-stream")]
    media_type: MediaType,
    /// By whom or where from, as a short word
    #[arg(long)]
    source: Option<Slug>,
    /// Where the observation originates; what shares an upstream counts once
    #[arg(long)]
    upstream: Vec<Slug>,
    /// Day of acquisition; today if absent
    #[arg(long, value_name = "DAY")]
    acquired: Option<Day>,
    /// victim-system, handed-over, open-source, own-telemetry or public-record
    #[arg(long, default_value = "handed-over", value_parser = acquisition)]
    how: Acquisition,
    /// clear, green, amber, amber-strict or red
    #[arg(long, default_value = "amber", value_parser = tlp)]
    tlp: Tlp,
    /// Time of the statement, for a record with an injected clock
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Get a file out of the vault; it is checked before it gets its name
#[derive(Debug, clap::Args)]
pub(crate) struct Get {
    /// SHA-256 of the content
    hash: Hash,
    /// Folder of the record
    #[arg(long, value_name = "DIR")]
    record: PathBuf,
    /// File to write; must not exist
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

fn acquisition(text: &str) -> Result<Acquisition, String> {
    serde_json::from_value(json!(text)).map_err(|e| e.to_string())
}

fn tlp(text: &str) -> Result<Tlp, String> {
    serde_json::from_value(json!(text)).map_err(|e| e.to_string())
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Add(args) => add(&args),
        Command::Get(args) => get(&args),
    }
}

fn add(args: &Add) -> Outcome {
    let record = opened::record(&args.record)?;
    let file = File::open(&args.file).map_err(at(&args.file))?;
    let stored = record.vault().put(file, MAX_EXHIBIT_BYTES)?;
    let mut answer = json!({
        "sha256": stored.sha256, "ciphertext_sha256": stored.ciphertext_sha256,
        "size": stored.size, "fresh": stored.fresh,
    });
    if let (Some(case), Some(key), Some(source)) = (&args.case, &args.key, &args.source) {
        let acquired = match args.acquired {
            Some(day) => day,
            None => opened::now()?.day(),
        };
        let body = json!({
            "sha256": stored.sha256, "ciphertext_sha256": stored.ciphertext_sha256, "size": stored.size,
            "media_type": args.media_type, "acquired": acquired, "how": args.how, "source": source,
            "upstream": args.upstream, "tlp": args.tlp,
        });
        let filled = Filled {
            kind: "exhibit".to_string(),
            case: Some(case.clone()),
            body,
            until: None,
        };
        let submitted = submit::say(&record, &keys::read(key)?, filled, args.at)?;
        answer["statement"] = json!(submitted.id);
        answer["index"] = json!(submitted.index);
    }
    if args.json {
        ui::json(&answer);
        return Ok(Exit::Ok);
    }
    ui::line(format!("sha256            {}", stored.sha256));
    ui::line(format!("ciphertext_sha256 {}", stored.ciphertext_sha256));
    ui::line(format!("size              {}", stored.size));
    if let Some(id) = answer.get("statement").and_then(|v| v.as_str()) {
        ui::line(format!("declared by       {id}"));
    }
    Ok(Exit::Ok)
}

fn get(args: &Get) -> Outcome {
    let record = opened::record(&args.record)?;
    let folder = args.out.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    // The file gets its name only once the whole content was checked.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(at(folder))?;
    let stored = record.vault().copy_to(&args.hash, &mut file)?;
    file.flush().map_err(at(&args.out))?;
    file.persist_noclobber(&args.out).map_err(|e| {
        Problem::new(format!("{}: {}", args.out.display(), e.error))
            .hint("choose a file that does not exist")
    })?;
    ui::line(format!("{} bytes: {}", stored.size, args.out.display()));
    Ok(Exit::Ok)
}
