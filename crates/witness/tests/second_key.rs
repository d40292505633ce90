//! ML-DSA-44 beside Ed25519: as a log's second key, and as the key of a witness in the policy.

use std::path::Path;
use std::sync::Arc;

use record::kind::Kind;
use record::statement::Draft;
use record::trust::TrustFile;
use rehearsal::{SeatSpecRole, founding_charter};
use serde_json::json;
use solferino_witness::folder::Folder;
use solferino_witness::http::Witness;
use solferino_witness::mirror::{self, Mirror, MirrorError, source::Source};
use store::cosigning::{Cosigners, Reply, Transport};
use store::log::LogKeys;
use store::{LogCopy, Record, StoreError};
use tlog::{KeyType, Note, Policy, SigningKey, VerifierKey, leaf_hash, open_checkpoint};

use crate::body::{ORIGIN, cast, founded_at, patience, report};
use crate::support::{home, seed};

fn second() -> SigningKey {
    SigningKey::from_seed(ORIGIN, seed("second"), KeyType::SubtreeV1).unwrap()
}

fn both() -> LogKeys {
    LogKeys::from(cast().log).with_second(second()).unwrap()
}

/// A charter with this second key and these witnesses, and its founders' signatures.
fn genesis(second: Option<&VerifierKey>, policy: &[String]) -> Vec<Vec<u8>> {
    let cast = cast();
    let mut charter = founding_charter(&cast).unwrap();
    charter.witness_policy = policy.to_vec();
    charter.log_mldsa = second.map(|key| key.to_string().parse().unwrap());
    let sign = |kind, body, key: &SigningKey| {
        let issued = founded_at();
        let draft = Draft {
            record: ORIGIN.into(),
            issued,
            case: None,
            kind,
            body,
        };
        draft.sign(key, &[0; 32], issued).unwrap().entry
    };
    let mut entries = vec![sign(Kind::Charter, json!({"text": charter}), &cast.log)];
    for founder in cast.with_role(SeatSpecRole::Founder) {
        let body = json!({"charter": charter.digest()});
        entries.push(sign(Kind::CharterFound, body, &founder.key));
    }
    entries
}

/// Real witnesses, each with both keys, asked without a network.
struct Asked(Vec<Witness>, tokio::runtime::Handle);

impl Transport for Asked {
    fn post(&self, url: &str, body: &[u8]) -> Result<Reply, String> {
        let number: usize = url["http://w".len()..][..1].parse().unwrap();
        let answer = self.1.block_on(self.0[number].add_checkpoint(body));
        Ok(Reply {
            status: answer.status,
            body: answer.body.into_bytes(),
        })
    }
}

/// Two witnesses and a policy that wants both: the first by its ML-DSA-44 key, the second by its
/// Ed25519 key.
fn witnesses(home: &Path) -> (Asked, Vec<String>) {
    let (mut running, mut lines) = (Vec::new(), Vec::new());
    for n in 0..2 {
        let dir = home.join(format!("w{n}"));
        let seeds = (seed(&format!("w{n}")), Some(seed(&format!("w{n} second"))));
        let name = format!("witness.example/w{n}");
        let logs = [cast().log.verifier_key()];
        let keys = Folder::init(&dir, &name, seeds, &logs).unwrap();
        let key = &keys[1 - n];
        lines.push(format!("witness w{n} {key} http://w{n}.test"));
        running.push(Witness::start(Folder::open(&dir).unwrap(), Default::default()).unwrap());
    }
    lines.extend(["group q all w0 w1".into(), "quorum q".into()]);
    (Asked(running, tokio::runtime::Handle::current()), lines)
}

/// The lines of a note, by what their keys are.
fn signers(note: &[u8]) -> Vec<String> {
    let note = Note::parse(note).unwrap();
    note.signatures.iter().map(|s| s.name.to_string()).collect()
}

fn without_line(note: &[u8], line: usize) -> Vec<u8> {
    let mut note = Note::parse(note).unwrap();
    note.signatures.remove(line);
    note.to_string().into_bytes()
}

/// A log's folder as its server shows it, with another checkpoint.
struct Shown<'a>(&'a Record, Vec<u8>);

impl Source for Shown<'_> {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        if path == "checkpoint" {
            return Ok(Some(self.1.clone()));
        }
        self.0.tile(path).map_err(|e| e.to_string())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_signs_with_both_keys_and_each_reader_checks_those_it_knows() {
    let home = home();
    let (asked, policy) = witnesses(home.path());
    let cosigners = Cosigners::over(Arc::new(asked), patience());
    let dir = home.path().join("r");
    let (log, mldsa) = (cast().log.verifier_key(), second().verifier_key());
    let genesis = genesis(Some(&mldsa), &policy);
    let record = Record::create_asking(&dir, both(), &genesis, cosigners).unwrap();
    record.set_time(founded_at()).unwrap();
    let entry = report(1);
    let index = record.submit(entry.clone()).await.unwrap().index;
    let note = record.checkpoint();
    let names = [ORIGIN, ORIGIN, "witness.example/w0", "witness.example/w1"];
    assert_eq!(signers(&note), names);
    // Whoever knows one key opens it by that one; whoever pins the second, by the second.
    let by_first = open_checkpoint(&note, &log).unwrap().0;
    assert_eq!(by_first, open_checkpoint(&note, &mldsa).unwrap().0);
    let receipt = record.receipt(index).unwrap();
    for key in [&log, &mldsa] {
        let lines: String = policy.iter().map(|line| format!("{line}\n")).collect();
        let policy = Policy::parse(format!("log {key}\n{lines}")).unwrap();
        receipt
            .verify(&leaf_hash(&entry), key, Some(&policy))
            .unwrap();
    }
    let trust = record.trust_file().unwrap();
    let size = record.size();
    let work = move || {
        follow(&record, &trust, home.path());
        record.stop();
        drop(record);
        let report = store::audit(&dir, Some(&trust), |_, _| {});
        assert!(report.report.failure().is_none(), "{:?}", report.report);
        // It opens again with both keys, and not with one.
        let record = Record::open(&dir, |_, _| {}).unwrap();
        assert_eq!((record.size(), record.checkpoint()), (size, note.clone()));
        drop(record);
        tampered(&dir, &trust, &note);
        drop(home);
    };
    tokio::task::spawn_blocking(work).await.unwrap();
}

/// A mirror takes what both keys signed, and nothing else.
fn follow(record: &Record, trust: &TrustFile, home: &Path) {
    let dir = home.join("m");
    mirror::init(&dir, "mirror.example/m", seed("mirror"), trust).unwrap();
    let mirror = Mirror::open(&dir, &|_, _| {}).unwrap();
    let one_missing = Shown(record, without_line(&record.checkpoint(), 1));
    let refused = mirror.follow(&one_missing, &|_, _| {});
    assert!(
        matches!(&refused, Err(MirrorError::Checkpoint(why)) if why.contains("ML-DSA-44")),
        "{refused:?}"
    );
    assert_eq!(mirror.size(), 0);
    let whole = Shown(record, record.checkpoint());
    let done = mirror.follow(&whole, &|_, _| {}).unwrap();
    assert_eq!(done.size, record.size());
    LogCopy::read(&dir, Some(trust), |_, _| {}).unwrap();
}

/// Without the second signature nothing that knows the charter accepts the checkpoint.
fn tampered(dir: &Path, trust: &TrustFile, note: &[u8]) {
    let path = dir.join("log/checkpoint");
    let put = |bytes: &[u8]| {
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
    };
    put(&without_line(note, 1));
    let report = store::audit(dir, Some(trust), |_, _| {}).report;
    let failure = report.failure().unwrap();
    assert_eq!(failure.name, "checkpoint");
    assert!(failure.detail.contains("ML-DSA-44"), "{failure:?}");
    let copy = LogCopy::read(dir, Some(trust), |_, _| {});
    assert!(matches!(copy, Err(StoreError::Damaged { .. })), "{copy:?}");
    assert!(Record::open(dir, |_, _| {}).is_err());
    put(note);
    drop(Record::open(dir, |_, _| {}).unwrap());
    std::fs::remove_file(dir.join("keys/log.mldsa.key")).unwrap();
    let alone = Record::open(dir, |_, _| {});
    assert!(matches!(alone, Err(StoreError::LogKey { .. })), "{alone:?}");
}

#[test]
fn charter_and_keys_have_to_agree() {
    let home = home();
    let dir = |name: &str| home.path().join(name);
    let (log, mldsa) = (cast().log, second().verifier_key());
    let missing = Record::create(&dir("a"), &log, &genesis(Some(&mldsa), &[]));
    assert!(matches!(missing, Err(StoreError::LogKey { .. })));
    let unnamed = Record::create(&dir("b"), both(), &genesis(None, &[]));
    assert!(matches!(unnamed, Err(StoreError::LogKey { .. })));
    // The rules: an ML-DSA-44 key, of the log's own name.
    let other = SigningKey::from_seed("record.example/other", [1; 32], KeyType::SubtreeV1);
    for wrong in [log.verifier_key(), other.unwrap().verifier_key()] {
        let refused = Record::create(&dir("c"), &log, &genesis(Some(&wrong), &[]));
        let Err(StoreError::Genesis { problem }) = refused else {
            panic!("{refused:?}")
        };
        assert!(problem.contains("ML-DSA-44"), "{problem}");
    }
    let wrong = LogKeys::from(&log).with_second(log.clone());
    assert!(matches!(wrong, Err(StoreError::LogKey { .. })));
    drop(Record::create(&dir("d"), both(), &genesis(Some(&mldsa), &[])).unwrap());
}
