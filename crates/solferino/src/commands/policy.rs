//! `solferino policy`.

use std::path::{Path, PathBuf};

use record::trust::TrustFile;
use tlog::Policy;
use witness::policy::{Dimension, Lint, Register, Smallest, Threat, lint};

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// Look at witness policies
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Lint(Args),
}

/// What a policy is worth: who has to collude to split the view, or to fail to halt the log
///
/// Counted in witnesses, operators, jurisdictions, owners, hosts and implementations, with the
/// smallest sets. Exits with 4 if the policy is void: no quorum, or two quorums without a common
/// witness.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A C2SP tlog-policy or a trust file; its `#register` lines say who runs each witness
    file: PathBuf,
    /// Further `#register` lines; they go first
    #[arg(long, value_name = "FILE")]
    register: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: &Command) -> Outcome {
    let Command::Lint(args) = command;
    let text = files::read_text(&args.file)?;
    let policy = policy(&args.file, &text)?;
    let mut register = read_register(&args.file, &text)?;
    if let Some(path) = &args.register {
        register.extend(read_register(path, &files::read_text(path)?)?);
    }
    let found = lint(&policy, &register);
    if args.json {
        ui::json(&found);
    } else {
        print(&found);
    }
    Ok(if found.is_void() {
        Exit::Failed
    } else {
        Exit::Ok
    })
}

fn policy(path: &Path, text: &str) -> Outcome<Policy> {
    if let Ok(trust) = TrustFile::parse(text) {
        return Ok(trust.policy);
    }
    Policy::parse(text).map_err(|e| {
        Problem::from(e).of(path.display()).hint(
            "a policy has lines log, witness, group and one quorum: https://c2sp.org/tlog-policy",
        )
    })
}

fn read_register(path: &Path, text: &str) -> Outcome<Register> {
    Register::read(text).map_err(|e| Problem::from(e).of(path.display()))
}

fn print(found: &Lint) {
    let Some(quorum) = &found.quorum else {
        ui::line(
            "quorum none: no cosignature is asked for, so the log alone decides what each reader sees",
        );
        return;
    };
    ui::line(format!(
        "quorum {quorum} of {} witnesses: {}",
        found.counting.len(),
        found.counting.join(", ")
    ));
    ui::line("");
    let row = |dimension: Dimension| {
        let cells =
            Threat::ALL.map(|threat| found.of(threat, dimension).map_or_else(String::new, count));
        std::iter::once(dimension.plural().to_owned())
            .chain(cells)
            .collect()
    };
    let rows: Vec<Vec<String>> = Dimension::ALL.map(row).to_vec();
    ui::table(&["", "split view", "forged view", "halt"], &rows);
    ui::line("");
    for finding in &found.findings {
        let threat = match finding.threat {
            Threat::Split => "to split the view",
            Threat::Forge => "to forge a view",
            Threat::Halt => "to halt the log",
        };
        ui::line(sets(threat, finding.dimension, &finding.smallest));
    }
    for (names, said) in [
        (&found.undeclared, "no register line, counted as one hand"),
        (&found.unreachable, "no address, so the log cannot ask it"),
        (&found.idle, "counts towards no quorum"),
        (&found.strangers, "in the register, not in the policy"),
    ] {
        if !names.is_empty() {
            ui::line(format!("note: {}: {said}", names.join(", ")));
        }
    }
    if found.is_void() {
        ui::line(
            "VOID: two quorums need have no witness in common, so the log alone can show two histories",
        );
    }
}

fn count(smallest: &Smallest) -> String {
    if smallest.is_exact() {
        return smallest.at_most.to_string();
    }
    format!("{} to {}", smallest.at_least, smallest.at_most)
}

fn sets(threat: &str, dimension: Dimension, smallest: &Smallest) -> String {
    if smallest.at_most == 0 {
        return format!("{threat}: no {} need take part", dimension.plural());
    }
    let sets: Vec<String> = smallest.sets.iter().map(|set| set.join(" + ")).collect();
    let more = if smallest.more { "; and others" } else { "" };
    format!(
        "{threat}, {}: {}{more}",
        dimension.plural(),
        sets.join(" | ")
    )
}
