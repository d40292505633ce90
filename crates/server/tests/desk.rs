//! Records on disk for the tests: founded, or with a case played to its finding.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use record::body::charter::{CharterText, Clock};
use record::ids::{CaseId, StatementId};
use record::kind::Kind;
use record::seal::Opening;
use record::state::State;
use record::statement::{Draft, Signed};
use record::time::Timestamp;
use rehearsal::{
    CaseScript, Cast, Desk, DeskError, Procedure, SeatSpecRole, corpus, founding_charter, genesis,
    play_stage,
};
use serde_json::{Value, json};
use store::{Record, SubmitError};
use tempfile::TempDir;
use tlog::SigningKey;

pub(crate) const ORIGIN: &str = "record.example/server";
/// What a test's item says of itself, to see it escaped.
pub(crate) const NASTY: &str = "<script>alert('x')</script> & \u{5d0}\u{5d1}\u{202e}";

/// A desk over a record on disk.
pub(crate) struct DiskDesk(pub(crate) Record);

impl Desk for DiskDesk {
    fn submit(&mut self, entries: Vec<Vec<u8>>) -> Result<Vec<StatementId>, DeskError> {
        let answers = self.0.submit_all_blocking(entries).into_iter();
        answers
            .map(|answer| answer.map(|s| s.id).map_err(problem))
            .collect()
    }
    fn set_time(&mut self, time: Timestamp) -> Result<(), DeskError> {
        self.0
            .set_time(time)
            .map_err(|e| DeskError::Store(e.to_string()))
    }
    fn look<R>(&self, at: impl FnOnce(&State) -> R) -> R {
        at(&self.0.state())
    }
    fn store(&mut self, content: &[u8]) -> Result<rehearsal::Stored, DeskError> {
        let stored = self.0.vault().put(content, 1 << 20);
        let stored = stored.map_err(|e| DeskError::Store(e.to_string()))?;
        Ok(rehearsal::Stored {
            sha256: stored.sha256,
            ciphertext_sha256: stored.ciphertext_sha256,
        })
    }
    fn keep(&mut self, id: StatementId, opening: &Opening) -> Result<(), DeskError> {
        self.0
            .keep_opening(&id, opening)
            .map_err(|e| DeskError::Store(e.to_string()))
    }
    fn opening(&self, id: &StatementId) -> Result<Option<Opening>, DeskError> {
        self.0
            .opening(id)
            .map_err(|e| DeskError::Store(e.to_string()))
    }
}

fn problem(error: SubmitError) -> DeskError {
    match error {
        SubmitError::Refused(refusal) => refusal.into(),
        other => DeskError::Store(other.to_string()),
    }
}

/// A record on disk and who plays in it.
pub(crate) struct Stage {
    pub(crate) record: Record,
    pub(crate) cast: Cast,
    pub(crate) time: Timestamp,
    _folder: TempDir,
}

impl Stage {
    /// A founded record with everyone enrolled.
    pub(crate) fn founded() -> Self {
        let time: Timestamp = "2014-01-01T00:00:00Z".parse().unwrap();
        let stage = Self::created(time, |cast| genesis(cast, time).unwrap());
        stage.record.set_time(time).unwrap();
        let mut desk = DiskDesk(stage.record.clone());
        let mut procedure = Procedure::new(&stage.cast, &mut desk, time);
        procedure.enrol_all().unwrap();
        stage
    }

    /// A founded record with the shipped texts of norms.
    pub(crate) fn with_norms() -> Self {
        let stage = Self::founded();
        let mut desk = DiskDesk(stage.record.clone());
        let mut procedure = Procedure::new(&stage.cast, &mut desk, stage.time);
        let texts = norms::SHIPPED.iter().map(|(_, text)| *text);
        procedure.register_texts(texts).unwrap();
        stage
    }

    /// A founded record that is no demonstration, and so has the system's clock.
    pub(crate) fn in_earnest() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = i64::try_from(now.as_secs()).unwrap();
        let time = Timestamp::from_unix_seconds(now).unwrap();
        Self::created(time, |cast| {
            let text = CharterText {
                demonstration: false,
                clock: Clock::System,
                ..founding_charter(cast).unwrap()
            };
            let sign = |kind, body, key: &SigningKey| {
                let draft = Draft {
                    record: ORIGIN.to_owned(),
                    issued: time,
                    case: None,
                    kind,
                    body,
                };
                draft.sign(key, &[0; 32], time).unwrap().entry
            };
            let found = json!({"charter": text.digest()});
            let mut entries = vec![sign(Kind::Charter, json!({"text": text}), &cast.log)];
            for founder in cast.with_role(SeatSpecRole::Founder) {
                entries.push(sign(Kind::CharterFound, found.clone(), &founder.key));
            }
            entries
        })
    }

    fn created(time: Timestamp, genesis: impl FnOnce(&Cast) -> Vec<Vec<u8>>) -> Self {
        let cast = Cast::new([9; 32], ORIGIN, &corpus::panel().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("record");
        let record = Record::create(&place, &cast.log, &genesis(&cast)).unwrap();
        Self {
            record,
            cast,
            time,
            _folder: folder,
        }
    }

    /// Plays a stage of a script; gives its finding.
    pub(crate) fn play(&mut self, script: &CaseScript, stage: usize) -> StatementId {
        let mut desk = DiskDesk(self.record.clone());
        let mut procedure = Procedure::new(&self.cast, &mut desk, self.time);
        let outcome = play_stage(&mut procedure, script, stage).unwrap();
        self.time = procedure.time;
        outcome.finding
    }

    /// A signed statement of this moment.
    pub(crate) fn signed(
        &self,
        key: &SigningKey,
        kind: Kind,
        case: Option<&CaseId>,
        body: Value,
    ) -> Signed {
        self.draft(kind, case, body)
            .sign(key, &[3; 32], self.time.plus_seconds(86_400))
            .unwrap()
    }

    pub(crate) fn draft(&self, kind: Kind, case: Option<&CaseId>, body: Value) -> Draft {
        Draft {
            record: ORIGIN.to_owned(),
            issued: self.time,
            case: case.cloned(),
            kind,
            body,
        }
    }

    /// A report by a key of that name.
    pub(crate) fn report(&self, name: &str) -> (SigningKey, Vec<u8>) {
        let key = self.cast.key(name).unwrap();
        let body = json!({
            "incident": "disruption", "sector": "health", "happened": "2013-12-30",
            "account_sha256": tlog::sha256(name.as_bytes()),
        });
        let entry = self.signed(&key, Kind::Report, None, body).entry;
        (key, entry)
    }

    /// Submits what must be admitted.
    pub(crate) fn admit(&self, entry: Vec<u8>) -> StatementId {
        self.record.submit_blocking(entry).unwrap().id
    }
}

/// A case played to the end of all its stages, shared by tests that only read.
pub(crate) struct Played {
    pub(crate) stage: Stage,
    pub(crate) case: CaseId,
    pub(crate) findings: Vec<StatementId>,
}

pub(crate) fn played() -> &'static Played {
    static PLAYED: OnceLock<Played> = OnceLock::new();
    PLAYED.get_or_init(|| {
        let mut stage = Stage::founded();
        let mut script = corpus::cases().unwrap().swap_remove(0);
        script.items[0].what = NASTY.to_owned();
        let findings = (0..script.stages.len())
            .map(|n| stage.play(&script, n))
            .collect();
        Played {
            stage,
            case: script.id,
            findings,
        }
    })
}
