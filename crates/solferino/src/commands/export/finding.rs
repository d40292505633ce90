//! Where an exported finding comes from: a bundle, or a record's folder.

use std::path::{Path, PathBuf};

use publish::VerifiedBundle;
use record::bundle::MAX_BUNDLE_BYTES;

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, opened, select, ui};

#[derive(Debug, clap::Args)]
pub(crate) struct From {
    /// A bundle, or the folder of a record that nothing else has open
    #[arg(value_name = "BUNDLE|RECORD")]
    source: Option<PathBuf>,
    /// Of a record: a finding (a unique beginning is enough), or a case, for its last one
    #[arg(value_name = "FINDING|CASE")]
    what: Option<String>,
    /// Trust file to hold the bundle against; a record brings its own
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Where the record is served, like `https://record.example`: adds addresses
    #[arg(long, value_name = "URL")]
    at: Option<String>,
    /// File to write, which must not be there yet; standard output if absent
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl From {
    pub(super) fn at(&self) -> Option<&str> {
        self.at.as_deref()
    }

    pub(super) fn out(&self) -> Option<&Path> {
        self.out.as_deref()
    }

    /// The finding, verified and replayed.
    pub(super) fn verified(&self) -> Outcome<VerifiedBundle> {
        let source = self.source.as_deref().ok_or_else(|| {
            Problem::new("a bundle, or a record and one of its findings, is needed")
                .exit(Exit::Usage)
        })?;
        let mut trust = self.trust.as_deref().map(opened::trust).transpose()?;
        let bytes = match (source.is_dir(), &self.what) {
            (true, Some(what)) => {
                let record = opened::record(source)?;
                let (case, finding) = {
                    let state = record.state();
                    let (case, finding) = select::finding(&state, what)?;
                    (case.id.clone(), finding.statement)
                };
                if trust.is_none() {
                    trust = Some(record.trust_file()?);
                }
                record
                    .bundle(&case, finding, true)?
                    .to_string()
                    .into_bytes()
            }
            (true, None) => {
                return Err(Problem::new("which finding of the record?")
                    .exit(Exit::Usage)
                    .hint("name a case or a finding after the folder; `solferino case list` shows them"));
            }
            (false, Some(_)) => {
                return Err(
                    Problem::new("a bundle holds one finding, so none is to be named")
                        .exit(Exit::Usage),
                );
            }
            (false, None) => files::read(source, MAX_BUNDLE_BYTES as u64)?,
        };
        let verified = VerifiedBundle::verify(&bytes, trust.as_ref()).map_err(|e| {
            Problem::from(e)
                .of(source.display())
                .exit(Exit::Failed)
                .hint("nothing was written; `solferino verify FILE` shows every check")
        })?;
        if !verified.pinned() {
            ui::remark("signers not pinned: give the body's trust file with --trust FILE");
        }
        Ok(verified)
    }
}
