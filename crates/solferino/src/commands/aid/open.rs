//! `solferino aid open`: an officer, or one of the team, reads what was told, on its own machine.

use std::path::PathBuf;

use serde_json::Value;

use super::again::{self, Reader, content_of};
use super::server::At;
use super::words;
use crate::files::{self, Mode};
use crate::problem::{Exit, Outcome, Problem};
use crate::{keys, ui};

/// Open what a request holds, on this machine
#[derive(Debug, clap::Args)]
pub(crate) struct Open {
    /// The request
    request: String,
    #[command(flatten)]
    at: At,
    /// File of the private key, an officer's or a responder's
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// File of the age identity
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// Also write each item, with its salt, into this folder: what `solferino aid cross` takes
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Of a form, also compute the need and its class
    #[arg(long)]
    triage: bool,
}

pub(crate) fn run(args: &Open) -> Outcome {
    let key = keys::read(&args.key)?;
    let identity = words::read_identity(&args.identity)?;
    let request = args
        .at
        .get(&format!("/api/v1/aid/requests/{}", args.request))?;
    let received: record::time::Timestamp =
        request["received"].as_str().unwrap_or_default().parse()?;
    let reader = Reader {
        at: &args.at,
        key: &key,
        identity: &identity,
    };
    let (mut shown, mut unopened) = (0_usize, 0_usize);
    for item in request["items"].as_array().into_iter().flatten() {
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let commitment = text(&item["commitment"]);
        let plaintext = match reader.plaintext(&request, &commitment)? {
            Ok(plaintext) => plaintext,
            // Told before this reader was: what can be opened is shown all the same.
            Err(problem) => {
                unopened += 1;
                ui::line(format!("item {commitment}: {}", problem.text));
                continue;
            }
        };
        shown += 1;
        let content = content_of(&plaintext)?;
        if let Some(folder) = &args.out {
            files::create_folder(folder, Mode::Secret)?;
            files::write_new(
                &folder.join(format!("{commitment}.item")),
                &plaintext,
                Mode::Secret,
            )?;
        }
        ui::line(format!("item {commitment} ({})", text(&item["kind"])));
        match again::plaintext(&content) {
            Some(_) => ui::line("seals an item above again, for officers who came later"),
            None => ui::line(String::from_utf8_lossy(&content)),
        }
        if args.triage && item["kind"] == "request" {
            let form = aid::Request::from_json(&content).map_err(|e| {
                Problem::from(e)
                    .hint("ask the requester for what is missing; decline nothing for a form alone")
            })?;
            let triage = aid::triage(&form.need(received.unix_seconds()));
            ui::json(&triage);
        }
    }
    if shown == 0 && unopened > 0 {
        return Err(Problem::new("nothing of it opens with this identity")
            .hint("it was sealed to others; the requester, or an officer who opens it, seals it again: `solferino aid reseal`"));
    }
    Ok(Exit::Ok)
}
