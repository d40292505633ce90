//! A body to play with: its cast, its genesis, and reports by anyone.

use std::path::{Path, PathBuf};

use record::ids::StatementId;
use record::kind::Kind;
use record::seal::Opening;
use record::state::State;
use record::statement::Draft;
use record::time::Timestamp;
use rehearsal::{Cast, Desk, DeskError, Procedure, Stored, corpus};
use serde_json::json;
use solferino_store::vault::MAX_EXHIBIT_BYTES;
use solferino_store::{Record, SubmitError};
use tempfile::TempDir;

pub(crate) const ORIGIN: &str = "record.example/store";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// When every test record is founded.
pub(crate) fn founded_at() -> Timestamp {
    at("2014-01-01T00:00:00Z")
}

pub(crate) fn cast() -> Cast {
    Cast::new([7; 32], ORIGIN, &corpus::panel().unwrap()).unwrap()
}

pub(crate) fn genesis() -> Vec<Vec<u8>> {
    rehearsal::genesis(&cast(), founded_at()).unwrap()
}

/// A report by somebody outside the cast; `n` makes it one of its own.
pub(crate) fn report(n: u64) -> Vec<u8> {
    report_at(n, founded_at())
}

pub(crate) fn report_at(n: u64, issued: Timestamp) -> Vec<u8> {
    let body = json!({
        "incident": "disruption", "sector": "health", "happened": "2013-12-24",
        "account_sha256": tlog::sha256(&n.to_be_bytes()),
    });
    let draft = Draft {
        record: ORIGIN.into(),
        issued,
        case: None,
        kind: Kind::Report,
        body,
    };
    let key = cast().key("reporter").unwrap();
    draft.sign(&key, &[0; 32], issued).unwrap().entry
}

/// A record in a folder of its own.
pub(crate) struct Home {
    home: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            home: TempDir::new().unwrap(),
        }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.home.path().join("record")
    }

    pub(crate) fn create(&self) -> Record {
        Record::create(&self.dir(), &cast().log, &genesis()).unwrap()
    }

    pub(crate) fn open(&self) -> Record {
        Record::open(&self.dir(), |_, _| {}).unwrap()
    }
}

/// All files below a folder, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The record as the desk a body plays at.
pub(crate) struct RecordDesk<'a>(pub(crate) &'a Record);

fn failed(error: impl std::fmt::Display) -> DeskError {
    DeskError::Store(error.to_string())
}

impl Desk for RecordDesk<'_> {
    fn submit(&mut self, entries: Vec<Vec<u8>>) -> Result<Vec<StatementId>, DeskError> {
        let answers = self.0.submit_all_blocking(entries);
        answers
            .into_iter()
            .map(|answer| match answer {
                Ok(submitted) => Ok(submitted.id),
                Err(SubmitError::Refused(refusal)) => Err(refusal.into()),
                Err(other) => Err(failed(other)),
            })
            .collect()
    }
    fn set_time(&mut self, time: Timestamp) -> Result<(), DeskError> {
        self.0.set_time(time).map_err(failed)
    }
    fn look<R>(&self, at: impl FnOnce(&State) -> R) -> R {
        at(&self.0.state())
    }
    fn store(&mut self, content: &[u8]) -> Result<Stored, DeskError> {
        let stored = self.0.vault().put(content, MAX_EXHIBIT_BYTES);
        let stored = stored.map_err(failed)?;
        Ok(Stored {
            sha256: stored.sha256,
            ciphertext_sha256: stored.ciphertext_sha256,
        })
    }
    fn keep(&mut self, id: StatementId, opening: &Opening) -> Result<(), DeskError> {
        self.0.keep_opening(&id, opening).map_err(failed)
    }
    fn opening(&self, id: &StatementId) -> Result<Option<Opening>, DeskError> {
        self.0.opening(id).map_err(failed)
    }
}

/// Plays the first stage of the first demonstration case; gives its finding.
pub(crate) fn play(record: &Record) -> (record::ids::CaseId, StatementId) {
    let cast = cast();
    let mut desk = RecordDesk(record);
    let mut procedure = Procedure::new(&cast, &mut desk, founded_at());
    procedure.enrol_all().unwrap();
    let scripts = corpus::cases().unwrap();
    let script = scripts.first().unwrap();
    let outcome = rehearsal::play_stage(&mut procedure, script, 0).unwrap();
    (script.id.clone(), outcome.finding)
}
