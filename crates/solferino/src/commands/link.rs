//! `solferino link`.

mod answer;
mod bundles;
mod index;
mod input;

use std::path::{Path, PathBuf};

use exchange::observable::{Observable, Tally};
use linking::{Index, Key, Policy, Scratch, Sought};

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// Largest index that is read, in bytes (16 GiB).
const MAX_INDEX_BYTES: u64 = 16 << 30;
/// Most links one answer gives.
const MAX_TOP: u16 = 1_000;

/// Find earlier cases that share observables with a new one
///
/// `solferino link index` builds the index of earlier cases from STIX bundles, and from what peers claim over TAXII; `solferino link FILE --index INDEX` lists
/// which of them share addresses, names or hashes with the bundle in FILE, the rarest counting most, and
/// says pair by pair what is shared. A link is a lead, not evidence.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// The new case: a STIX 2.1 bundle, objects one a line (.jsonl), or claims of an import; packed with gzip or not
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// The index of earlier cases
    #[arg(long, value_name = "FILE", required = true)]
    index: Option<PathBuf>,
    /// How many links to give
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=i64::from(MAX_TOP)))]
    top: u16,
    /// A case of the index that is the new case itself; by itself, one named like FILE
    #[arg(long, value_name = "CASE")]
    except: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Index(index::Args),
}

pub(crate) fn run(args: &Args) -> Outcome {
    match (&args.command, &args.file, &args.index) {
        (Some(Command::Index(args)), _, _) => index::run(args),
        (None, Some(file), Some(index)) => link(file, index, args),
        // clap requires them.
        _ => Err(Problem::new("a bundle and an index are needed")),
    }
}

fn link(file: &Path, index_file: &Path, args: &Args) -> Outcome {
    let (index, bytes) = open(index_file)?;
    let name = bundles::case_name(file)?;
    let except = match &args.except {
        None => index.case_named(&name),
        Some(given) => Some(index.case_named(given).ok_or_else(|| {
            Problem::new(format!("the index knows no case {given:?}"))
                .hint("cases are named as `link index` named them: by file, or by report")
        })?),
    };
    let (observables, tally) = held(file)?;
    let sought: Vec<Sought> = observables.iter().map(sought).collect();
    let policy = Policy {
        max_links: usize::from(args.top),
        except,
        ..Policy::default()
    };
    let links = index.link(&sought, &policy, &mut Scratch::default());
    let answer = answer::Answer {
        name: &name,
        observables: &observables,
        tally: &tally,
        index: &index,
        index_bytes: bytes,
        policy: &policy,
        links: &links,
    };
    if args.json {
        ui::json(&answer.json());
    } else {
        answer.print();
    }
    Ok(Exit::Ok)
}

fn sought(observable: &Observable) -> Sought {
    Sought {
        key: Key::of(&observable.to_string()),
        family: observable.kind().family() as u8,
    }
}

/// The different observables of a bundle, in order.
fn held(file: &Path) -> Outcome<(Vec<Observable>, Tally)> {
    let mut tally = Tally::default();
    let mut found = std::collections::BTreeSet::new();
    bundles::each(file, |_, object| {
        found.extend(exchange::observable::observables(object, &mut tally));
        Ok(())
    })?;
    Ok((found.into_iter().collect(), tally))
}

/// Opens an index; gives its length as well.
fn open(path: &Path) -> Outcome<(Index<Vec<u8>>, u64)> {
    let bytes = files::read(path, MAX_INDEX_BYTES)?;
    let length = bytes.len() as u64;
    let index = Index::open(bytes).map_err(|e| Problem::from(e).of(path.display()))?;
    Ok((index, length))
}
