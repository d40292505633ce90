//! What may be done, and what to do first: the guard and the playbooks.

use std::path::PathBuf;

use aid::{Plan, Playbook, Scope};
use record::aid::opened as opened_item;
use record::time::Timestamp;
use serde_json::json;

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, opened, ui};

/// Largest opened item, in bytes.
const MAX_ITEM_BYTES: u64 = 512 * 1024;

/// Say whether a plan stays within the scope that the requester signed
///
/// Takes the request and the item that says the scope, as `solferino aid open --out` writes it, and asks the record whether
/// the requester signed exactly that and it is in force. Exits with 5, and says every reason, if it is not, or if the plan
/// goes beyond it. Nothing that touches the systems of others ever passes.
#[derive(Debug, clap::Args)]
pub(crate) struct Guard {
    /// The request
    request: String,
    /// The opened item that says the scope, with its salt
    scope: PathBuf,
    /// The plan as JSON: one action and its targets
    plan: PathBuf,
    #[command(flatten)]
    server: super::server::At,
    /// The moment it is to be done; now without it
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
}

/// The first hour of an incident, step by step
#[derive(Debug, clap::Args)]
pub(crate) struct First {
    /// Which playbook; without it they are listed
    playbook: Option<String>,
    /// In plain language
    #[arg(long)]
    plain: bool,
    /// In this language (en, fr, ar)
    #[arg(long, value_name = "LANG", value_parser = ["en", "fr", "ar"])]
    lang: Option<String>,
}

/// What a requester signed, if this opened item is it and it holds at a moment.
fn signed(args: &Guard, at: Timestamp) -> Outcome<Scope> {
    let refused = |text: String| {
        Problem::new(text)
            .hint("ask the requester to sign a scope; until then nothing may be done")
            .exit(Exit::Refused)
    };
    let plaintext = files::read(&args.scope, MAX_ITEM_BYTES)?;
    let (commitment, content) = opened_item(&plaintext).ok_or_else(|| {
        Problem::new("it is no opened item")
            .of(args.scope.display())
            .hint("`solferino aid open REQUEST --out DIR` writes one for each item")
    })?;
    let request = args
        .server
        .get(&format!("/api/v1/aid/requests/{}", args.request))?;
    if request["scope"] != json!(commitment) {
        return Err(refused(format!(
            "{} is not what the requester of {} signed as a scope",
            args.scope.display(),
            args.request
        )));
    }
    let until: Timestamp = request["scope_until"]
        .as_str()
        .unwrap_or_default()
        .parse()?;
    if at >= until {
        return Err(refused(format!("the scope was signed until {until}")));
    }
    let scope: Scope = serde_json::from_slice(content).map_err(|e| {
        refused(format!(
            "what was signed is no scope that a guard can judge: {e}"
        ))
    })?;
    scope.check().map_err(|e| refused(e.to_string()))?;
    Ok(scope)
}

pub(crate) fn guard(args: &Guard) -> Outcome {
    let plan: Plan = serde_json::from_str(&files::read_text(&args.plan)?)
        .map_err(|e| Problem::from(e).of(args.plan.display()))?;
    let at = args.at.map_or_else(opened::now, Ok)?;
    let scope = signed(args, at)?;
    match aid::guard(&scope, &plan, at.unix_seconds()) {
        Ok(()) => {
            ui::line("within the scope");
            ui::line(
                "this judges what the plan declares; nobody but the requester can see what is done",
            );
            Ok(Exit::Ok)
        }
        Err(refusals) => {
            let reasons: Vec<_> = refusals.iter().map(ToString::to_string).collect();
            Err(Problem::new(reasons.join("; "))
                .hint("ask the requester to sign what is missing; what is not theirs to sign stays untouched")
                .exit(Exit::Refused))
        }
    }
}

pub(crate) fn first(args: &First) -> Outcome {
    let lang = args.lang.as_deref().unwrap_or("en");
    let playbooks = aid::playbooks_in(lang)?;
    let [minute, keep, never] = match lang {
        "fr" => ["avant la minute", "à garder :", "jamais :"],
        "ar" => ["حتى الدقيقة", "يُحفظ:", "أبدا:"],
        _ => ["by minute", "keep:", "never:"],
    };
    let plain = args.plain;
    let title = |p: &Playbook| {
        if plain {
            p.plain.clone()
        } else {
            p.title.clone()
        }
    };
    let Some(id) = &args.playbook else {
        for playbook in &playbooks {
            ui::line(format!("{}  {}", playbook.id, title(playbook)));
        }
        return Ok(Exit::Ok);
    };
    let found = playbooks.iter().find(|p| p.id == *id);
    let playbook = found.ok_or_else(|| {
        Problem::new(format!("there is no playbook {id}")).hint("`solferino aid first` lists them")
    })?;
    ui::line(title(playbook));
    for step in &playbook.step {
        let text = if plain { &step.plain } else { &step.text };
        ui::line(format!(
            "{minute} {} ({}, {}): {text}",
            step.minutes, step.who, step.action
        ));
        for (word, texts) in [(keep, &step.evidence), (never, &step.never)] {
            for text in texts.iter().filter(|_| !plain) {
                ui::line(format!("  {word} {text}"));
            }
        }
    }
    Ok(Exit::Ok)
}
