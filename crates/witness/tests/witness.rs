//! What a witness answers, in the order of tlog-witness, and what it keeps.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use solferino_witness::decide::{Logs, MAX_CHECKPOINT_SIGNATURES, Refused, Seen, judge, read};
use solferino_witness::folder::{Folder, FolderError};
use solferino_witness::http::{Answer, Config, Witness};
use tlog::{
    Checkpoint, Hash, NoteSignature, VerifierKey, empty_root, parse_signature_lines,
    sign_checkpoint,
};

use crate::support::{Log, ORIGIN, home, log_key, witness_in};

fn start(dir: &Path) -> Witness {
    Witness::start(Folder::open(dir).unwrap(), Config::default()).unwrap()
}

fn cosigned(answer: &Answer, log: &Log, key: &VerifierKey) -> u64 {
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut note = log.request(0).note;
    note.signatures = parse_signature_lines(answer.body.as_bytes()).unwrap();
    let verified = note.verify(std::slice::from_ref(key)).unwrap();
    verified[0].timestamp.unwrap()
}

fn evidence(dir: &Path) -> Vec<String> {
    let files = std::fs::read_dir(dir.join("evidence")).unwrap();
    let mut texts: Vec<_> = files
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    texts.sort();
    texts
}

#[tokio::test]
async fn a_growing_log_is_cosigned_and_the_memory_survives_a_restart() {
    let home = home();
    let dir = home.path().join("w");
    let key = witness_in(&dir, "witness.example/w", &[ORIGIN]);
    let mut log = Log::new(ORIGIN);
    let witness = start(&dir);
    let first = witness.add_checkpoint(&log.grow(5).body(0)).await;
    assert!(cosigned(&first, &log, &key) > 1_700_000_000);
    // The same again: a fresh time is what heartbeats ask for.
    let again = witness.add_checkpoint(&log.body(5)).await;
    cosigned(&again, &log, &key);
    witness.stop();
    drop(witness);
    let witness = start(&dir);
    let stale = witness.add_checkpoint(&log.grow(9).body(0)).await;
    assert_eq!(
        (stale.status, stale.content_type, stale.body.as_str()),
        (409, "text/x.tlog.size", "5\n")
    );
    cosigned(&witness.add_checkpoint(&log.body(5)).await, &log, &key);
    assert!(evidence(&dir).is_empty());
}

#[tokio::test]
async fn statuses_come_in_the_order_of_the_specification() {
    let home = home();
    let dir = home.path().join("w");
    witness_in(&dir, "witness.example/w", &[ORIGIN]);
    let witness = start(&dir);
    let mut log = Log::new(ORIGIN);
    log.grow(8);
    let status = async |body: Vec<u8>| witness.add_checkpoint(&body).await.status;
    assert_eq!(status(log.body(0)).await, 200);
    log.grow(12);
    let good = log.request(8);
    let with = |change: &dyn Fn(&mut tlog::AddCheckpoint)| {
        let mut request = good.clone();
        change(&mut request);
        request.to_string().into_bytes()
    };
    // Malformed comes before everything.
    assert_eq!(status(b"old 08\n\n".to_vec()).await, 400);
    assert_eq!(status(b"".to_vec()).await, 400);
    // A stranger's log, even with a wrong size and an old beyond it.
    let mut stranger = Log::new("log.example/other");
    assert_eq!(status(stranger.grow(3).body(9)).await, 404);
    // Our origin, another's key.
    let mut forged = good.clone();
    let mut other = Log::new("log.example/other");
    forged.note.signatures = other.grow(12).request(0).note.signatures;
    assert_eq!(status(forged.to_string().into_bytes()).await, 403);
    // A known key whose signature fails refuses the whole, whatever stands beside it.
    let broken = with(&|r| r.note.signatures[0].bytes[9] ^= 1);
    assert_eq!(status(broken).await, 403);
    // old beyond the size, then old that is not the size cosigned.
    assert_eq!(status(with(&|r| r.old = 13)).await, 400);
    assert_eq!(status(with(&|r| r.old = 7)).await, 409);
    // Proofs.
    assert_eq!(status(with(&|r| r.proof.clear())).await, 422);
    assert_eq!(status(with(&|r| r.proof.push(empty_root()))).await, 422);
    assert_eq!(status(with(&|r| r.proof[0] = empty_root())).await, 422);
    // Signatures of strangers beside the log's are ignored.
    let stranger = other.request(0).note.signatures[0].clone();
    let beside = with(&|r| r.note.signatures.insert(0, stranger.clone()));
    assert_eq!(status(beside).await, 200);
}

#[tokio::test]
async fn a_second_history_is_kept_as_evidence_and_never_cosigned() {
    let home = home();
    let dir = home.path().join("w");
    let key = witness_in(&dir, "witness.example/w", &[ORIGIN]);
    let witness = start(&dir);
    let mut log = Log::new(ORIGIN);
    log.grow(4);
    let mut other = log.other();
    cosigned(&witness.add_checkpoint(&log.body(0)).await, &log, &key);
    cosigned(
        &witness.add_checkpoint(&log.grow(10).body(4)).await,
        &log,
        &key,
    );
    other.grow(10);
    // The same size with another root.
    let fork = other.body(10);
    for _ in 0..2 {
        let answer = witness.add_checkpoint(&fork).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains("size 10 with the root"), "{answer:?}");
    }
    let kept = evidence(&dir);
    assert_eq!(kept.len(), 1, "once for each checkpoint");
    let lines: Vec<_> = kept[0].lines().collect();
    assert_eq!(lines[0], "solferino.org/inconsistent@v1");
    let bytes = |line: &str| STANDARD.decode(line.split_once(' ').unwrap().1).unwrap();
    assert_eq!(bytes(lines[3]), fork);
    // Both notes verify under the log's key, with one size and two roots: proof by themselves.
    let seen = tlog::open_checkpoint(&bytes(lines[2]), &log.key.verifier_key()).unwrap();
    assert_eq!(seen.0.size, 10);
    assert_ne!(seen.0.root, other.tree.root());
    // A larger tree of the other history.
    assert_eq!(
        witness
            .add_checkpoint(&other.grow(20).body(10))
            .await
            .status,
        422
    );
    assert_eq!(evidence(&dir).len(), 2);
    // The true one goes on.
    cosigned(
        &witness.add_checkpoint(&log.grow(11).body(10)).await,
        &log,
        &key,
    );
}

#[tokio::test]
async fn an_empty_tree_has_one_root_and_no_proof() {
    let home = home();
    let dir = home.path().join("w");
    witness_in(&dir, "witness.example/w", &[ORIGIN]);
    let witness = start(&dir);
    let mut log = Log::new(ORIGIN);
    let checkpoint = Checkpoint::new(ORIGIN, 0, Hash::from_bytes([7; 32])).unwrap();
    let mut wrong = log.request(0);
    wrong.note = sign_checkpoint(&checkpoint, &log.key).unwrap();
    wrong.checkpoint = checkpoint;
    let status = async |body: String| witness.add_checkpoint(body.as_bytes()).await.status;
    assert_eq!(status(wrong.to_string()).await, 422);
    assert_eq!(status(log.request(0).to_string()).await, 200);
    let mut proven = log.grow(3).request(0);
    proven.proof.push(empty_root());
    assert_eq!(status(proven.to_string()).await, 422);
    assert_eq!(status(log.request(0).to_string()).await, 200);
}

#[tokio::test]
async fn of_two_racing_histories_only_one_is_ever_cosigned() {
    let home = home();
    let dir = home.path().join("w");
    witness_in(&dir, "witness.example/w", &[ORIGIN]);
    let witness = start(&dir);
    let mut log = Log::new(ORIGIN);
    log.grow(6);
    let mut other = log.other();
    assert_eq!(witness.add_checkpoint(&log.body(0)).await.status, 200);
    let bodies: Vec<Vec<u8>> = (0..40)
        .map(|n| {
            if n % 2 == 0 {
                log.grow(9 + n).body(6)
            } else {
                other.grow(9 + n).body(6)
            }
        })
        .collect();
    let tasks: Vec<_> = bodies
        .into_iter()
        .map(|body| {
            let witness = witness.clone();
            tokio::spawn(async move { witness.add_checkpoint(&body).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    // All shared transactions, and all began at size 6: one moved it, the rest are stale.
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 39);
}

#[test]
fn signature_lines_are_limited_on_both_sides() {
    let mut log = Log::new(ORIGIN);
    let logs = Logs::new([log_key(ORIGIN).verifier_key()]);
    let mut request = log.grow(2).request(0);
    let line = |n: u32| NoteSignature {
        name: "stranger.example".parse().unwrap(),
        key_id: n,
        bytes: vec![0; 64],
    };
    for n in 1..MAX_CHECKPOINT_SIGNATURES {
        request.note.signatures.push(line(n as u32));
    }
    let asked = read(&logs, request.to_string().as_bytes()).unwrap();
    // What is kept and served holds the log's own signature only.
    assert_eq!(asked.note.signatures.len(), 1);
    request.note.signatures.push(line(0));
    let refused = read(&logs, request.to_string().as_bytes()).unwrap_err();
    assert!(matches!(refused, Refused::Signatures { lines: 33 }));
    assert_eq!(refused.status(), 400);
}

#[test]
fn the_verdict_moves_forward_only() {
    let mut log = Log::new(ORIGIN);
    let logs = Logs::new([log_key(ORIGIN).verifier_key()]);
    let mut seen = Seen::default();
    for size in [1, 2, 3, 7, 8, 100, 100, 257] {
        let asked = read(&logs, &log.grow(size).body(seen.size)).unwrap();
        let next = judge(&seen, &asked).unwrap();
        assert!(next.size >= seen.size && next.root == log.tree.root());
        // The same request again is stale, unless nothing moved.
        if next.size > asked.old {
            assert!(matches!(judge(&next, &asked), Err(Refused::Stale { .. })));
        }
        seen = next;
    }
}

#[test]
fn one_process_has_the_folder_and_a_second_init_changes_nothing() {
    let home = home();
    let dir = home.path().join("w");
    witness_in(&dir, "witness.example/w", &[ORIGIN]);
    let again = Folder::init(&dir, "witness.example/x", [1; 32], &[]);
    assert!(matches!(again, Err(FolderError::AlreadyThere(_))));
    let held = Folder::open(&dir).unwrap();
    assert!(matches!(Folder::open(&dir), Err(FolderError::Held(_))));
    drop(held);
    std::fs::write(dir.join("logs"), "log nonsense\n").unwrap();
    assert!(matches!(Folder::open(&dir), Err(FolderError::Logs(..))));
    let nothing = Folder::open(home.path());
    assert!(matches!(nothing, Err(FolderError::NoWitness(_))));
}
