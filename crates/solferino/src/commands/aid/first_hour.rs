//! What may be done, and what to do first: the guard and the playbooks.

use std::path::PathBuf;

use aid::{Plan, Playbook, Scope};
use record::time::Timestamp;

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, opened, ui};

/// Say whether a plan stays within the scope that the requester signed
///
/// Exits with 5, and says every reason, if it does not. Nothing that touches the systems of others ever passes.
#[derive(Debug, clap::Args)]
pub(crate) struct Guard {
    /// The scope as JSON (docs/aid.md, section 8)
    scope: PathBuf,
    /// The plan as JSON: one action and its targets
    plan: PathBuf,
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
    /// In this language (en, fr, ar), which is plain
    #[arg(long, value_name = "LANG", value_parser = ["en", "fr", "ar"])]
    lang: Option<String>,
}

pub(crate) fn guard(args: &Guard) -> Outcome {
    let scope: Scope = serde_json::from_str(&files::read_text(&args.scope)?)
        .map_err(|e| Problem::from(e).of(args.scope.display()))?;
    scope
        .check()
        .map_err(|e| Problem::from(e).of(args.scope.display()))?;
    let plan: Plan = serde_json::from_str(&files::read_text(&args.plan)?)
        .map_err(|e| Problem::from(e).of(args.plan.display()))?;
    let at = args.at.map_or_else(opened::now, Ok)?;
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
    let playbooks = aid::playbooks_in(args.lang.as_deref().unwrap_or("en"))?;
    let foreign = args.lang.as_deref().is_some_and(|lang| lang != "en");
    let plain = args.plain || foreign;
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
            "by minute {} ({}, {}): {text}",
            step.minutes, step.who, step.action
        ));
        // What is there in one language only is no help in another.
        for never in step.never.iter().filter(|_| !foreign) {
            ui::line(format!("  never: {never}"));
        }
    }
    Ok(Exit::Ok)
}
