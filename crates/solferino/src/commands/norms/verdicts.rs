//! `solferino norms verdicts`: what a bundle's finding says of the norms, judged again offline.

use std::path::PathBuf;

use norms::{Judgement, Kleene};
use record::bundle::{self, MAX_BUNDLE_BYTES};
use record::derive::{NormVerdict, Verdicts};
use record::law::Law;
use serde_json::json;

use crate::commands::verify;
use crate::files;
use crate::opened;
use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Judge a finding's norms again from its bundle, element by element
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The bundle
    file: PathBuf,
    /// The body's trust file; without it the signers are not pinned
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// One norm only, in full, such as GGE15.f
    #[arg(long, value_name = "NORM")]
    norm: Option<String>,
    /// Every norm, also where nothing is met, or that did not bind
    #[arg(long)]
    all: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let trust = args.trust.as_deref().map(opened::trust).transpose()?;
    let bytes = files::read(&args.file, MAX_BUNDLE_BYTES as u64)?;
    let (v, bundle) = bundle::verify(&bytes, trust.as_ref());
    let finding = bundle.as_ref().and_then(|b| v.finding(b));
    let (true, Some(finding)) = (v.holds(), finding) else {
        verify::print_checks(&v.report);
        ui::line(verify::verdict(Exit::Failed));
        return Ok(Exit::Failed);
    };
    let Some(verdicts) = &finding.replayed.verdicts else {
        return Err(Problem::new("nothing was coded for the norms in this case")
            .hint("a `facts` statement says what was done; docs/norms.md has its words"));
    };
    let whole = verdicts.judge(&finding.law)?;
    let mut chosen: Vec<_> = verdicts
        .norms
        .iter()
        .zip(&whole)
        .filter(|(n, _)| wanted(args, n))
        .collect();
    chosen.sort_by_key(|(n, _)| !n.is_inconsistent()); // what matters most first; else in the order of the law
    if let (Some(norm), true) = (&args.norm, chosen.is_empty()) {
        return Err(Problem::new(format!("no norm {norm} was judged"))
            .hint("`solferino norms verdicts FILE --all` lists those that were"));
    }
    let charter = v.state.global.charter.as_ref();
    let demonstration = charter.is_some_and(|c| c.demonstration);
    if args.json {
        let chosen: Vec<_> = chosen
            .iter()
            .map(|(short, days)| json!({"verdict": short, "judgements": days}))
            .collect();
        let answer = json!({
            "case": finding.finding.proposal.case, "party": verdicts.party, "on": verdicts.on, "term": verdicts.term,
            "aggravating": verdicts.aggravating, "summary": verdicts.summary(), "agreement": verdicts.agreement,
            "set_aside": verdicts.set_aside, "norms": chosen, "pinned": v.pinned,
        });
        ui::json(&ui::marked(answer, demonstration));
        return Ok(Exit::Ok);
    }
    ui::notice(demonstration);
    print_head(verdicts);
    for (short, days) in chosen {
        print_norm(short, days, &finding.law, args.norm.is_some());
    }
    if args.norm.is_none() && !args.all {
        ui::line(
            "shown: inconsistent, or undecided with something met; --all shows every norm, --norm NORM one in full",
        );
    }
    if !v.pinned {
        ui::line("signers not pinned: give the body's trust file with --trust FILE");
    }
    ui::notice(demonstration);
    Ok(Exit::Ok)
}

fn wanted(args: &Args, verdict: &NormVerdict) -> bool {
    match &args.norm {
        Some(norm) => verdict.norm == *norm,
        None => args.all || verdict.is_inconsistent() || verdict.is_open(),
    }
}

fn print_head(verdicts: &Verdicts) {
    let days: Vec<String> = verdicts.on.iter().map(ToString::to_string).collect();
    let s = verdicts.summary();
    ui::line(format!(
        "judged: {}, for an act of {}",
        verdicts.party,
        days.join(" or ")
    ));
    ui::line(format!("may be called: {}", verdicts.term.words()));
    if !verdicts.aggravating.is_empty() {
        ui::line(format!(
            "protected classes struck: {}",
            verdicts.aggravating.join(", ")
        ));
    }
    ui::line(format!(
        "norms judged {} (unit: a norm): inconsistent with {}, cannot tell {}, not engaged {}, not bound then {}, measuring no conduct {}",
        s.judged,
        s.inconsistent.len(),
        s.cannot_tell,
        s.not_engaged,
        s.not_bound_then,
        s.not_measured
    ));
    for pair in &verdicts.agreement {
        let kappa = pair
            .kappa
            .kappa
            .map_or("undefined".to_owned(), |k| format!("{k:.2}"));
        ui::line(format!(
            "coders {} and {}: Cohen's κ {kappa}, {} of {} words alike",
            pair.first, pair.second, pair.kappa.agreed, pair.kappa.units
        ));
    }
    for aside in &verdicts.set_aside {
        ui::line(format!(
            "not counted: {} facts of {} on {}: {}",
            aside.facts, aside.coder, aside.element, aside.reason
        ));
    }
    ui::line("");
}

fn print_norm(short: &NormVerdict, days: &[Judgement], law: &Law, full: bool) {
    let unchecked = match short.basis {
        norms::Basis::K => " (not yet checked against the primary text)",
        norms::Basis::R => "",
    };
    let alone = if short.is_inconsistent() && short.coders == 1 {
        ", on one coder's word"
    } else {
        ""
    };
    ui::line(format!("{}: {}{alone}{unchecked}", short.norm, short.words));
    if let Some(entry) = law.corpus().get(&short.norm) {
        ui::line(format!(
            "  {}: {}",
            entry.text().title,
            entry.norm.paraphrase
        ));
    }
    if !full {
        let elements: Vec<String> = short
            .elements
            .iter()
            .map(|e| format!("{} {}", e.element, word(e.value)))
            .collect();
        ui::line(format!("  {}", elements.join(", ")));
        return;
    }
    for judged in days {
        ui::line(format!("  on {}: {}", judged.on, judged.bounds.reason));
        for e in &judged.elements {
            ui::line(format!(
                "  {} {}: {} [{}]",
                e.element,
                word(e.value),
                e.asks,
                e.source
            ));
            ui::line(format!("    {}", e.reason));
            for exhibit in &e.exhibits {
                ui::line(format!("    exhibit {exhibit}"));
            }
        }
        for gap in &judged.missing {
            ui::line(format!("  missing: {}", gap.text));
        }
        for a in &judged.aggravating {
            ui::line(format!(
                "  aggravating: {} ({}; {})",
                a.class, a.why, a.source
            ));
        }
    }
}

fn word(value: Kleene) -> &'static str {
    match value {
        Kleene::Met => "met",
        Kleene::NotMet => "not met",
        Kleene::Unknown => "unknown",
    }
}
