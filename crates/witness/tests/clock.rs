//! A log whose clock ran ahead: nobody who watches takes its word for the time.

use std::path::Path;
use std::sync::Arc;

use record::body::charter::{CharterText, Clock};
use record::kind::Kind;
use record::statement::Draft;
use record::time::Timestamp;
use record::trust::TrustFile;
use rehearsal::{SeatSpecRole, founding_charter};
use serde_json::json;
use solferino_witness::mirror::source::Source;
use solferino_witness::mirror::{Mirror, MirrorError, init};
use store::cell::{Cell, FileCell};
use store::folder::FolderObjects;
use store::lock::RecordLock;
use store::log::{Handles, Log, MAX_CLOCK_LEAP_S, Place, Submission};
use store::objects::Objects;
use store::{StoreError, SubmitError};
use tlog::{Note, cosign};

use crate::body::{ORIGIN, Witnesses, cast};
use crate::support::{home, seed};

const DAY_S: i64 = 86_400;

fn now() -> Timestamp {
    store::intake::now().unwrap()
}

/// The charter of a body that goes by the system's clock.
fn charter(policy: &[String]) -> CharterText {
    CharterText {
        clock: Clock::System,
        demonstration: false,
        witness_policy: policy.to_vec(),
        ..founding_charter(&cast()).unwrap()
    }
}

fn signed(
    kind: Kind,
    body: serde_json::Value,
    key: &tlog::SigningKey,
    issued: Timestamp,
) -> Vec<u8> {
    let draft = Draft {
        record: ORIGIN.into(),
        issued,
        case: None,
        kind,
        body,
    };
    draft.sign(key, &[0; 32], issued).unwrap().entry
}

fn genesis(charter: &CharterText, at: Timestamp) -> Vec<Vec<u8>> {
    let cast = cast();
    let mut entries = vec![signed(
        Kind::Charter,
        json!({"text": charter}),
        &cast.log,
        at,
    )];
    for founder in cast.with_role(SeatSpecRole::Founder) {
        let body = json!({"charter": charter.digest()});
        entries.push(signed(Kind::CharterFound, body, &founder.key, at));
    }
    entries
}

fn report(n: u64, at: Timestamp) -> Submission {
    let body = json!({"incident": "disruption", "sector": "health", "happened": "2013-12-24", "account_sha256": tlog::sha256(&n.to_be_bytes())});
    Submission::Entry(signed(
        Kind::Report,
        body,
        &cast().key("reporter").unwrap(),
        at,
    ))
}

/// A log in a folder, run by hand: whoever runs it says what its clock says.
struct ByHand {
    dir: std::path::PathBuf,
    lock: Arc<RecordLock>,
}

impl Place for ByHand {
    fn open(&self) -> Result<Handles, StoreError> {
        let objects: Box<dyn Objects> =
            Box::new(FolderObjects::open(&self.dir.join("log"), &self.lock)?);
        let cell: Box<dyn Cell> = Box::new(FileCell::open(&self.dir.join("log.cell"))?);
        Ok((objects, cell))
    }
}

/// Gives a log one report under a clock.
fn say(log: &mut Log, n: u64, clock: Timestamp) -> Result<(), SubmitError> {
    let mut answered = None;
    log.process(&[report(n, clock)], Some(clock), &mut |_, answer| {
        answered = Some(answer)
    });
    answered.unwrap().map(|_| ())
}

/// A served folder.
struct Folder<'a>(&'a Path);

impl Source for Folder<'_> {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(std::fs::read(self.0.join("log").join(path)).ok())
    }
}

/// Cosigns what is published, at a time.
fn cosign_at(dir: &Path, witness: &tlog::SigningKey, time: Timestamp) {
    let file = dir.join("log/checkpoint");
    let mut note = Note::parse(&std::fs::read(&file).unwrap()).unwrap();
    let time = u64::try_from(time.unix_seconds()).unwrap();
    note.signatures
        .push(cosign(&note.text, witness, time).unwrap());
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, note.to_string()).unwrap();
}

#[test]
fn a_clock_run_ahead() {
    let home = home();
    let dir = home.path().join("r");
    let (text, begun) = (charter(&[]), now());
    let record = store::Record::create(&dir, &cast().log, &genesis(&text, begun)).unwrap();
    let trust = record.trust_file().unwrap();
    drop(record);
    let lock = Arc::new(RecordLock::hold(&dir).unwrap());
    let open = || {
        let (dir, lock) = (dir.clone(), Arc::clone(&lock));
        Log::open(Box::new(ByHand { dir, lock }), &cast().log, &|_, _| {}).unwrap()
    };
    let mut log = open();
    say(&mut log, 1, begun).unwrap();
    // The sequencer does not believe a leap, and a clock that goes right again is taken as before.
    let leapt = begun.plus_seconds(100 * DAY_S);
    let refused = say(&mut log, 2, leapt).unwrap_err();
    let SubmitError::Store(why) = &refused else {
        panic!("{refused:?}")
    };
    assert!(matches!(**why, StoreError::ClockLeap { .. }), "{why}");
    say(&mut log, 2, begun.plus_seconds(1)).unwrap();
    follow(&home.path().join("before"), &dir, &trust).unwrap();
    // Nor a leap on top of one that it believed: what is known is when the log was opened.
    let leap = |n: u64| begun.plus_seconds(n as i64 * MAX_CLOCK_LEAP_S);
    say(&mut log, 3, leap(1)).unwrap();
    assert!(say(&mut log, 4, leap(2)).is_err());
    drop(log);
    // Whoever opens it anew for each step runs it ahead all the same. Who looks with a clock of their own sees it.
    for n in 2..=15 {
        let mut log = open();
        say(&mut log, 2 + n, leap(n)).unwrap();
    }
    drop(lock);
    let audited = store::audit(&dir, Some(&trust), |_, _| {});
    let failure = audited.report.failure().expect("it ran 105 days ahead");
    assert_eq!(failure.name, "ticks", "{failure:?}");
    let mirrored = follow(&home.path().join("m"), &dir, &trust);
    assert!(
        matches!(mirrored, Err(MirrorError::Clock(_))),
        "{mirrored:?}"
    );
    assert!(
        !home.path().join("m/log/checkpoint").exists(),
        "nothing is cosigned"
    );
    // When that day has come, nothing is wrong any more that a clock could tell: only witnesses can.
    let later = begun.plus_seconds(106 * DAY_S);
    let audited = store::audit_at(&dir, Some(&trust), Some(later), |_, _| {});
    assert!(audited.report.failure().is_none(), "{:?}", audited.report);
}

/// A log that serves what its witnesses cosigned on another day.
#[test]
fn a_tick_that_no_quorum_saw() {
    let home = home();
    let dir = home.path().join("r");
    let witnesses = Witnesses::new(1);
    // Long ago, so that no clock of today finds anything.
    let begun: Timestamp = "2014-01-01T00:00:00Z".parse().unwrap();
    let text = charter(&[]);
    let record = store::Record::create(&dir, &cast().log, &genesis(&text, begun)).unwrap();
    let pinned = record.trust_file().unwrap();
    drop(record);
    // The reader pins a witness of its own choice.
    let policy: String = witnesses
        .policy(1)
        .iter()
        .map(|l| format!("{l}\n"))
        .collect();
    let log_line = format!("log {}\n", cast().log.verifier_key());
    let trust = TrustFile::new(pinned.charter, &(log_line + &policy)).unwrap();
    let lock = Arc::new(RecordLock::hold(&dir).unwrap());
    let place = ByHand {
        dir: dir.clone(),
        lock,
    };
    let mut log = Log::open(Box::new(place), &cast().log, &|_, _| {}).unwrap();
    let ahead = begun.plus_seconds(6 * DAY_S);
    say(&mut log, 1, ahead).unwrap();
    drop(log);
    let published = std::fs::read(dir.join("log/checkpoint")).unwrap();
    // A line without a time, which a witness gives to anybody, switches the rule off for nobody.
    let never = Timestamp::from_unix_seconds(0).unwrap();
    for (time, timely) in [(begun, false), (never, false), (ahead, true)] {
        std::fs::remove_file(dir.join("log/checkpoint")).unwrap();
        std::fs::write(dir.join("log/checkpoint"), &published).unwrap();
        cosign_at(&dir, &witnesses.signing_key(0), time);
        let audited = store::audit(&dir, Some(&trust), |_, _| {});
        let failed = audited.report.failure().map(|check| check.name.as_str());
        assert_eq!(failed, (!timely).then_some("ticks"), "{:?}", audited.report);
        let mirror = home.path().join(format!("m{}", time.unix_seconds()));
        match follow(&mirror, &dir, &trust) {
            Ok(_) => assert!(timely),
            Err(MirrorError::Clock(_)) => assert_eq!(time, begun),
            // A mirror counts no line of a witness that has no time.
            Err(MirrorError::Checkpoint(_)) => assert_eq!(time, never),
            other => panic!("{other:?}"),
        }
    }
}

fn follow(mirror: &Path, dir: &Path, trust: &TrustFile) -> Result<u64, MirrorError> {
    init(mirror, "mirror.example/m", seed("mirror"), trust).unwrap();
    let mirror = Mirror::open(mirror, &|_, _| {}).unwrap();
    mirror
        .follow(&Folder(dir), &|_, _| {})
        .map(|followed| followed.size)
}
