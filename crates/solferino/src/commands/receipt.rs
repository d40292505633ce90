//! `solferino receipt`.

use std::path::PathBuf;

use record::ids::StatementId;
use record::index::{End, Subject};
use record::subject_proof::{LastStated, SubjectProof};
use tlog::CoseReceipt;

use super::verify;
use crate::problem::{Exit, Outcome, Problem};
use crate::{copies, files, keys, opened, select, ui};

/// Get and check receipts: proofs that a statement is in the log
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Write the receipt of a statement, from any copy of the log
    Get(Get),
    /// Write a receipt for software that speaks COSE; the log's key signs it
    Cose(Cose),
    /// Write the proof of which entries are about a case, an exhibit, a key or a statement, or that none is
    ///
    /// From the last index that the log has stated. `receipt check` and `verify` check it offline.
    Index(Index),
    /// Check a receipt of any kind offline
    Check(verify::Args),
}

/// Arguments of `get`.
#[derive(Debug, clap::Args)]
pub(crate) struct Get {
    /// A statement, or a unique beginning of its identifier
    statement: String,
    /// A record's folder, a mirror's, or the address of either; an address needs --trust
    #[arg(long, value_name = "DIR|URL")]
    from: String,
    /// Trust file that says whose log it has to be
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Where to write the receipt (.tlog-proof); the statement goes beside it (.signed)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Arguments of `index`.
#[derive(Debug, clap::Args)]
pub(crate) struct Index {
    /// case:ID, exhibit:SHA256, issuer:VKEY, statement:ID, refused:ID or answered:ID
    subject: Subject,
    /// A record's folder, a mirror's, or the address of either; an address needs --trust
    #[arg(long, value_name = "DIR|URL")]
    from: String,
    /// Trust file that says whose log it has to be
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Where to write the proof
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Arguments of `cose`.
#[derive(Debug, clap::Args)]
pub(crate) struct Cose {
    /// A statement, or a unique beginning of its identifier
    statement: String,
    /// Folder of the record
    #[arg(long, value_name = "DIR")]
    record: PathBuf,
    /// Where to write the receipt
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Get(args) => get(args),
        Command::Cose(args) => cose(args),
        Command::Index(args) => index(args),
        Command::Check(args) => verify::run(args),
    }
}

/// The statement meant, and its index.
fn meant(log: &copies::Held, prefix: &str) -> Outcome<(StatementId, u64)> {
    let state = &log.auditor().state;
    let id = select::statement(state, prefix)?;
    let entry = state.statements.get(&id);
    let index = entry.map(|entry| entry.index);
    let index = index.ok_or_else(|| Problem::new(format!("there is no statement {id}")))?;
    Ok((id, index))
}

fn get(args: &Get) -> Outcome {
    let trust = args.trust.as_deref().map(opened::trust).transpose()?;
    let log = copies::read(&args.from, trust.as_ref())?;
    let (id, index) = meant(&log, &args.statement)?;
    let signed = files::beside(&args.out, ".signed");
    files::replace(&args.out, log.receipt(index)?.to_string().as_bytes())?;
    files::replace(&signed, &log.entry(index)?)?;
    ui::line(format!("statement {id}, entry {index}"));
    ui::line(format!("receipt   {}", args.out.display()));
    ui::line(format!("statement {}", signed.display()));
    Ok(Exit::Ok)
}

fn index(args: &Index) -> Outcome {
    let trust = args.trust.as_deref().map(opened::trust).transpose()?;
    let log = copies::read(&args.from, trust.as_ref())?;
    let mut last = LastStated::default();
    log.for_each(log.checkpoint().size, |entry| last.push(entry))?;
    let Some((tick, stated)) = last.found() else {
        return Err(Problem::new("the log has stated no index yet")
            .hint("wait, or submit anything: the next batch states it"));
    };
    let mut index = record::index::Index::new();
    log.for_each(stated.size, |entry| index.push_entry(entry))?;
    let proof = last
        .proof(args.subject.clone(), &mut index, log.receipt(tick)?)
        .ok_or_else(|| {
            Problem::new("the log states another index than it has").exit(Exit::Failed)
        })?;
    let file = proof.to_string();
    // A key with more entries than a proof may list has none.
    SubjectProof::parse(file.as_bytes())?;
    files::replace(&args.out, file.as_bytes())?;
    ui::line(match &proof.proof.end {
        End::Entries(entries) => format!("{}: {} entries", args.subject, entries.len()),
        End::Empty | End::Other { .. } => format!("{}: no entry", args.subject),
    });
    ui::line(format!(
        "of the first {} entries, as of {}",
        stated.size, stated.time
    ));
    ui::line(format!("proof     {}", args.out.display()));
    Ok(Exit::Ok)
}

fn cose(args: &Cose) -> Outcome {
    let log = copies::read(&args.record.display().to_string(), None)?;
    let (id, index) = meant(&log, &args.statement)?;
    let key = keys::read(&args.record.join("keys").join("log.key"))?;
    let path = log.receipt(index)?.path;
    let receipt = CoseReceipt::sign(log.checkpoint(), &id.0, index, &path, &key)?;
    files::replace(&args.out, &receipt.to_bytes()?)?;
    ui::line(format!("statement {id}, entry {index}"));
    ui::line(format!("receipt   {}", args.out.display()));
    Ok(Exit::Ok)
}
