//! `solferino new`.

use record::ids::CaseId;
use record::kind::Kind;

use crate::problem::{Exit, Outcome, Problem};
use crate::{template, ui};

/// Print a commented template of a statement
///
/// The template is JSON with // comments. Fill it in and hand it to `solferino submit`, which adds
/// the record and the time, seals what is sealed, and signs.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Type of the statement, as `solferino rules` lists them
    #[arg(value_name = "TYPE")]
    kind: Kind,
    /// The case it belongs to
    #[arg(long, value_name = "ID")]
    case: Option<CaseId>,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let text = template::of(args.kind)
        .ok_or_else(|| Problem::new(format!("there is no template of {}", args.kind)))?;
    match &args.case {
        None => ui::text(text),
        Some(_) if !text.contains("\n  \"case\"") => {
            let text = format!("a {} does not belong to a case", args.kind);
            return Err(Problem::new(text).hint("leave out --case"));
        }
        Some(case) => ui::text(text.replace(template::CASE_PLACEHOLDER, case.as_str())),
    }
    Ok(Exit::Ok)
}
