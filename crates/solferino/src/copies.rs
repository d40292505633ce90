//! A copy of a log to read from: a folder that is there, or an address that is copied first.

use std::ops::Deref;
use std::path::Path;

use record::trust::TrustFile;
use store::LogCopy;
use tempfile::TempDir;
use witness::mirror::Mirror;
use witness::mirror::source::HttpSource;

use crate::keys;
use crate::problem::{Exit, Outcome, Problem};
use crate::ui::Progress;

/// A log, judged, with the folder it was copied to, which goes when this does.
pub(crate) struct Held {
    log: LogCopy,
    _folder: Option<TempDir>,
}

impl Deref for Held {
    type Target = LogCopy;
    fn deref(&self) -> &LogCopy {
        &self.log
    }
}

/// Reads a record's folder, a mirror's, or a log at an address, and judges all of it again.
pub(crate) fn read(from: &str, trust: Option<&TrustFile>) -> Outcome<Held> {
    if !from.contains("://") {
        return Ok(Held {
            log: read_folder(Path::new(from), trust)?,
            _folder: None,
        });
    }
    let Some(trust) = trust else {
        let text = format!("{from}: an address could serve anything");
        return Err(Problem::new(text)
            .hint("say whose log it has to be with --trust FILE")
            .exit(Exit::Usage));
    };
    let folder = tempfile::tempdir()?;
    let place = folder.path().join("copy");
    // Nobody asks for what this key signs; it goes with the folder.
    let key = witness::mirror::init(&place, "copy", keys::random()?, trust)?;
    let progress = Progress::start("copying");
    let mirror = Mirror::open(&place, &|_, _| {})?;
    let source = HttpSource::new(from);
    mirror
        .follow(&source, &|done, total| progress.at(done, total))
        .map_err(|e| Problem::from(e).of(from).exit(Exit::Failed))?;
    drop((progress, mirror));
    let mut log = read_folder(&place, Some(trust))?;
    log.forget_signature(&key);
    Ok(Held {
        log,
        _folder: Some(folder),
    })
}

fn read_folder(dir: &Path, trust: Option<&TrustFile>) -> Outcome<LogCopy> {
    let progress = Progress::start("judging");
    LogCopy::read(dir, trust, |done, total| progress.at(done, total)).map_err(|e| {
        Problem::from(e)
            .of(dir.display())
            .exit(Exit::Failed)
            .hint("`solferino audit DIR` tells more of a record's folder")
    })
}
