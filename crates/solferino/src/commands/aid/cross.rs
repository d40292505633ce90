//! `solferino aid cross`: the one way from aid to a case.

use std::path::PathBuf;

use record::body::charter::Clock;
use record::ids::StatementId;
use serde_json::json;

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, opened, ui};

/// Largest opened item, in bytes.
const MAX_ITEM_BYTES: u64 = 256 * 1024;

/// Copy items that a consent in force names into the vault of exhibits, and nothing else
///
/// The files are what `solferino aid open --out` wrote. Each is compared with the commitments of the consent before
/// anything is copied. What an investigator then declares is two hashes, as for every exhibit.
#[derive(Debug, clap::Args)]
pub(crate) struct Cross {
    /// The `aid.consent` statement
    consent: StatementId,
    /// Opened items
    #[arg(required = true)]
    items: Vec<PathBuf>,
    /// Folder of the record; no other process may have it open
    #[arg(long, value_name = "DIR")]
    record: PathBuf,
}

pub(crate) fn run(args: &Cross) -> Outcome {
    let record = opened::record(&args.record)?;
    let read = |path: &PathBuf| files::read(path, MAX_ITEM_BYTES);
    let items: Vec<_> = args.items.iter().map(read).collect::<Outcome<_>>()?;
    let state = record.state();
    let injected = state.global.charter.as_ref().map(|c| c.clock) == Some(Clock::Injected);
    let now = match state.global.time.filter(|_| injected) {
        Some(now) => now,
        None => opened::now()?,
    };
    let crossed =
        store::aid::cross(&state, record.vault(), &args.consent, &items, now).map_err(|e| {
            Problem::from(e)
            .hint("nothing was copied; the requester gives a consent afresh, naming case and items")
            .exit(Exit::Refused)
        })?;
    for stored in crossed {
        ui::json(&json!({
            "sha256": stored.sha256, "ciphertext_sha256": stored.ciphertext_sha256, "size": stored.size,
        }));
    }
    Ok(Exit::Ok)
}
