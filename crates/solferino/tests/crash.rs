//! A server killed with SIGKILL at any moment keeps every statement it acknowledged, and never
//! shows two histories.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use record::kind::Kind;
use record::statement::Draft;
use record::time::Timestamp;
use record::trust::TrustFile;
use serde_json::json;
use store::Record;
use tlog::{Hash, KeyType, SigningKey, TlogProof, Tree};

use crate::founding::{ORIGIN, founded};
use crate::serving::serve;
use crate::support::run_in;

const THREADS: u64 = 4;
/// Below what a server takes from one address at once.
const REPORTS_PER_THREAD: u64 = 14;
/// The kill falls within so many milliseconds of the start of the load.
const KILL_WITHIN_MS: u64 = 160;
/// Runs on one record before a fresh one is taken.
const RUNS_PER_RECORD: u64 = 20;

/// What a client holds in its hands.
#[derive(Default)]
struct Held {
    /// Entries with their receipts.
    receipts: Vec<(Vec<u8>, TlogProof)>,
    /// Checkpoints seen: size to root.
    checkpoints: BTreeMap<u64, Hash>,
}

/// A small generator (splitmix64): a failing run can be repeated by its number.
fn random(seed: u64) -> u64 {
    let z = seed
        .wrapping_add(0x9e37_79b9_7f4a_7c15)
        .wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (z ^ (z >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 16
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Timestamp::from_unix_seconds(i64::try_from(since.as_secs()).unwrap()).unwrap()
}

fn report(origin: &str, key: &SigningKey, number: u64) -> Vec<u8> {
    let draft = Draft {
        record: origin.to_owned(),
        issued: now(),
        case: None,
        kind: Kind::Report,
        body: json!({"incident": "disruption", "sector": "health", "happened": "2026-11-20",
            "account_sha256": tlog::sha256(&number.to_be_bytes())}),
    };
    draft.sign(key, &[0; 32], now()).unwrap().entry
}

/// One client: submits until the server is gone, and keeps what was acknowledged.
fn load(url: &str, origin: &str, client: u64, run: u64, held: &Mutex<Held>) {
    let seed = *tlog::sha256(&[client.to_be_bytes(), run.to_be_bytes()].concat()).as_bytes();
    let key = SigningKey::from_seed("reporter", seed, KeyType::Ed25519).unwrap();
    for n in 0..REPORTS_PER_THREAD {
        let entry = report(origin, &key, n);
        let post = ureq::post(format!("{url}/api/v1/statements"))
            .header("Content-Type", "application/json")
            .send(&entry[..]);
        let Ok(mut answer) = post else { return };
        let Ok(text) = answer.body_mut().read_to_string() else {
            return;
        };
        let proof = TlogProof::parse(&text).unwrap();
        let mut held = held.lock().unwrap();
        held.see(&proof.checkpoint);
        held.receipts.push((entry, proof));
    }
}

impl Held {
    /// Two checkpoints of one size with different roots would be a fork.
    fn see(&mut self, note: &str) {
        let note = tlog::Note::parse(note.as_bytes()).unwrap();
        let checkpoint = tlog::Checkpoint::parse(&note.text).unwrap();
        let before = self.checkpoints.insert(checkpoint.size, checkpoint.root);
        assert!(
            before.is_none_or(|root| root == checkpoint.root),
            "two trees of size {}",
            checkpoint.size
        );
    }
}

fn watch(url: &str, held: &Mutex<Held>) {
    while let Ok(mut answer) = ureq::get(format!("{url}/checkpoint")).call() {
        let Ok(note) = answer.body_mut().read_to_string() else {
            return;
        };
        held.lock().unwrap().see(&note);
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// Gives how far the batch had come.
fn one_run(dir: &Path, run: u64, held: &Mutex<Held>) -> &'static str {
    let (mut child, url) = serve(dir);
    std::thread::scope(|scope| {
        for client in 0..THREADS {
            let url = &url;
            scope.spawn(move || load(url, ORIGIN, client, run, held));
        }
        scope.spawn(|| watch(&url, held));
        std::thread::sleep(Duration::from_millis(random(run) % KILL_WITHIN_MS));
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
    });
    let stage = stage(&dir.join("ours"));
    after_the_kill(dir, run, &held.lock().unwrap());
    stage
}

/// The audit passes before anything is repaired, and again once the record was opened.
fn after_the_kill(dir: &Path, run: u64, held: &Held) {
    let audit = ["audit", "ours", "--trust", "ours/trust.txt"];
    run_in(dir, &audit).code(0);
    let trust = std::fs::read_to_string(dir.join("ours/trust.txt")).unwrap();
    let trust = TrustFile::parse(&trust).unwrap();
    let log = trust.policy.logs()[0].key.clone();
    let record = Record::open(&dir.join("ours"), |_, _| {}).unwrap();
    let mut tree = Tree::default();
    for index in 0..record.size() {
        tree.push(tlog::leaf_hash(&record.entry(index).unwrap()));
    }
    for (entry, proof) in &held.receipts {
        let kept = record.entry(proof.index).unwrap();
        assert_eq!(
            &kept, entry,
            "run {run}: entry {} is another one",
            proof.index
        );
        proof
            .verify(&tlog::leaf_hash(entry), &log, Some(&trust.policy))
            .unwrap();
    }
    let mut seen = held.checkpoints.clone();
    seen.insert(tree.size(), tree.root());
    let seen: Vec<_> = seen.into_iter().collect();
    for (n, (old, old_root)) in seen.iter().enumerate() {
        for (new, new_root) in &seen[n..] {
            assert!(
                *new <= tree.size(),
                "run {run}: a checkpoint of {new} entries was shown, {} are there",
                tree.size()
            );
            let proof = tlog::consistency_proof(&tree, *old, *new).unwrap();
            tlog::verify_consistency(*old, *new, &proof, old_root, new_root).unwrap();
        }
    }
    drop(record);
    run_in(dir, &audit).code(0);
}

/// How far the batch had come when the server died, by what it left (docs/crash.md).
fn stage(dir: &Path) -> &'static str {
    let size = |file: &str| {
        let note = std::fs::read_to_string(dir.join(file)).unwrap();
        note.lines().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let (signed, published) = (size("log.cell"), size("log/checkpoint"));
    let staged = std::fs::read_dir(dir.join("log/staged"));
    let staged = staged.is_ok_and(|mut files| files.next().is_some());
    let next = dir.join(format!("log/staged/{published}")).exists();
    match staged {
        _ if signed > published => "in effects 5 to 7",
        false => "between batches or in effects 1 and 2",
        true if next => "in effects 3 and 4",
        true => "in effects 8 and 9",
    }
}

/// What many kills came to; each of them held.
#[derive(Default)]
struct Tally {
    kills: u64,
    receipts: usize,
    checkpoints: usize,
    stages: BTreeMap<&'static str, u64>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} kills, {} acknowledged statements looked up and none lost, {} checkpoints and no two disagree; killed {:?}",
            self.kills, self.receipts, self.checkpoints, self.stages
        )
    }
}

/// Kills one record's server once for each number.
fn one_record(runs: Range<u64>, tally: &Mutex<Tally>) {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    founded(dir.path());
    let held = Mutex::new(Held::default());
    for run in runs {
        let stage = one_run(dir.path(), run, &held);
        let mut tally = tally.lock().unwrap();
        tally.kills += 1;
        *tally.stages.entry(stage).or_default() += 1;
    }
    let (held, mut tally) = (held.lock().unwrap(), tally.lock().unwrap());
    tally.receipts += held.receipts.len();
    tally.checkpoints += held.checkpoints.len();
}

/// Kills once for each number, on a record for every [`RUNS_PER_RECORD`], a record on each core.
fn kill(runs: Range<u64>) -> Tally {
    let (tally, next) = (Mutex::default(), Mutex::new(runs.start));
    let take = || {
        let mut next = next.lock().unwrap();
        let first = *next;
        *next = runs.end.min(first + RUNS_PER_RECORD);
        (first < *next).then_some(first..*next)
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(runs) = take() {
                    one_record(runs.clone(), &tally);
                    println!(
                        "seeds {} to {}: {}",
                        runs.start,
                        runs.end - 1,
                        tally.lock().unwrap()
                    );
                }
            });
        }
    });
    tally.into_inner().unwrap()
}

#[test]
fn kill_nine() {
    assert!(
        kill(0..5).receipts > 0,
        "no statement was acknowledged before any kill: the test shows nothing"
    );
}

/// A number that the environment gives.
fn given(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}

#[test]
#[ignore = "minutes; `cargo xtask kill-test` runs it"]
fn kill_nine_long() {
    let first = given("SOLFERINO_KILL_FROM").unwrap_or(0);
    let count = given("SOLFERINO_KILL_RUNS").unwrap_or(200);
    let tally = kill(first..first + count);
    println!("seeds {first} to {}: {tally}", first + count - 1);
    assert!(tally.receipts > 0, "nothing was acknowledged");
}
