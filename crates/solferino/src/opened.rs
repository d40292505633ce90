//! Opening a record's folder, with a bar while its entries are replayed.

use std::path::Path;
use std::sync::Arc;

use record::state::State;
use record::time::Timestamp;
use record::trust::TrustFile;
use store::Record;
use store::cosigning::{Cosigners, Patience};
use witness::client::HttpTransport;

use crate::problem::{Exit, Outcome, Problem};
use crate::ui::Progress;
use crate::{files, ui};

/// Opens a record for reading and submitting; no other process may have it open.
pub(crate) fn record(dir: &Path) -> Outcome<Record> {
    let progress = Progress::start("replaying");
    let record = Record::open_asking(dir, cosigners(), |done, total| progress.at(done, total))?;
    // A command is gone before the minute after which a server states it.
    record.index_now()?;
    if let Some(problem) = record.quorum_problem() {
        ui::remark(format!("waiting for the witnesses: {problem}"));
    }
    Ok(record)
}

/// The witnesses of the charter, asked over HTTP.
pub(crate) fn cosigners() -> Cosigners {
    Cosigners::over(Arc::new(HttpTransport::default()), Patience::default())
}

/// Reads a trust file.
pub(crate) fn trust(path: &Path) -> Outcome<TrustFile> {
    TrustFile::parse(&files::read_text(path)?).map_err(|e| {
        Problem::from(e)
            .of(path.display())
            .hint("get the trust file from the body's public page and compare it with a mirror's")
    })
}

/// The time by the system's clock, in whole seconds.
pub(crate) fn now() -> Outcome<Timestamp> {
    Ok(Timestamp::from_unix_seconds(
        jiff::Timestamp::now().as_second(),
    )?)
}

/// Checks of an audit that come after the log has been judged whole.
const BESIDE_THE_LOG: [&str; 3] = ["exhibits", "vault", "views"];

/// The state of a record, judged again from its entries. Opens nothing for writing, so it works
/// beside a running server.
pub(crate) fn state(dir: &Path) -> Outcome<State> {
    let progress = Progress::start("judging");
    let audited = store::audit(dir, None, |done, total| progress.at(done, total));
    match audited.report.failure() {
        None => Ok(audited.state),
        // The log holds; damage beside it does not keep anyone from reading what was said.
        Some(check) if BESIDE_THE_LOG.contains(&check.name.as_str()) => Ok(audited.state),
        Some(check) if check.name == "folder" => Err(Problem::new(&check.detail)
            .hint("`solferino demo` makes a record to look at, `solferino init` one of your own")),
        Some(check) => Err(Problem::new(format!("{}: {}", check.name, check.detail))
            .exit(Exit::Failed)
            .hint("`solferino audit DIR` tells more; software never repairs a log")),
    }
}
