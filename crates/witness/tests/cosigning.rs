//! The log and its witnesses: down, slow, lying, lost and regained. Nothing is acknowledged that
//! the quorum has not cosigned, and nothing that was acknowledged is lost.

use std::time::{Duration, Instant};

use record::ids::StatementId;
use record::intake::MERGE_WINDOW_S;
use store::{Record, StoreError, SubmitError, Taken};
use tlog::Note;

use crate::body::{
    Mood, ORIGIN, Witnesses, cast, cosigned, create, founded_at, genesis, open, policy_text, report,
};
use crate::support::home;

/// Long enough for any machine, and never waited for.
const PATIENT: Duration = Duration::from_secs(60);
/// Shorter than a lost quorum lasts.
const SHORT: Duration = Duration::from_millis(300);

fn ready(record: Record) -> Record {
    record.set_time(founded_at()).unwrap();
    record
}

async fn wait_for_size(record: &Record, size: u64) {
    let until = Instant::now() + PATIENT;
    while record.size() < size {
        assert!(Instant::now() < until, "still {} entries", record.size());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_three_cosign_and_the_receipt_verifies_under_the_policy() {
    let home = home();
    let witnesses = Witnesses::new(3);
    let record = ready(create(&home.path().join("r"), &witnesses, 2));
    let entry = report(1);
    let submitted = record.submit(entry.clone()).await.unwrap();
    assert_eq!(cosigned(&record.checkpoint(), &record), 3);
    let receipt = record.receipt(submitted.index).unwrap();
    let (log, policy) = (cast().log.verifier_key(), policy_text(&witnesses, 2));
    receipt
        .verify(&tlog::leaf_hash(&entry), &log, Some(&policy))
        .unwrap();
    assert!((0..3).all(|w| witnesses.seen(w).size == record.size()));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_three_may_misbehave_in_any_way() {
    let home = home();
    let witnesses = Witnesses::new(3);
    let dir = home.path().join("r");
    let record = ready(create(&dir, &witnesses, 2));
    for (n, mood) in [
        Mood::Down,
        Mood::Slow(3_000),
        Mood::BadSignature,
        Mood::OtherCheckpoint,
        Mood::WrongTime,
        Mood::Confused,
        Mood::Ahead,
        Mood::Garbage,
    ]
    .into_iter()
    .enumerate()
    {
        witnesses.mood(1, mood);
        record.submit(report(n as u64)).await.unwrap();
        assert_eq!(cosigned(&record.checkpoint(), &record), 2, "{mood:?}");
        witnesses.mood(1, Mood::Honest);
    }
    // Back among them: what it missed is proven from the size it names itself.
    tokio::time::sleep(Duration::from_millis(3_500)).await;
    record.submit(report(100)).await.unwrap();
    assert_eq!(cosigned(&record.checkpoint(), &record), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quorum_is_lost_and_regained_and_nothing_is_lost_with_it() {
    let home = home();
    let witnesses = Witnesses::new(3);
    let dir = home.path().join("r");
    let record = ready(create(&dir, &witnesses, 2));
    record.submit(report(0)).await.unwrap();
    let before = (record.size(), record.checkpoint());
    for w in [0, 2] {
        witnesses.mood(w, Mood::Down);
    }
    // Seven submitters: the first batch is signed and pending, the others wait behind it.
    let mut promises = Vec::new();
    for n in 1..8 {
        match record.submit_within(report(n), SHORT).await.unwrap() {
            Taken::Received(promise) => promises.push((n, promise)),
            Taken::Recorded(submitted) => panic!("acknowledged without a quorum: {submitted:?}"),
        }
    }
    // Nobody was shown anything.
    assert_eq!((record.size(), record.checkpoint()), before);
    let problem = record.quorum_problem().unwrap();
    assert!(problem.contains("witness.example/w0: "), "{problem}");
    for (n, promise) in &promises {
        let note = Note::parse(promise.note.as_bytes()).unwrap();
        note.verify(&[cast().log.verifier_key()]).unwrap();
        let id = StatementId::of_entry(&report(*n));
        let lines: Vec<_> = note.text.lines().collect();
        assert_eq!(
            lines[..3],
            [
                "solferino.org/intake@v1",
                &format!("log {ORIGIN}"),
                &format!("leaf {id}")
            ]
        );
        let moment = |line: &str| {
            let at: record::time::Timestamp = line.split(' ').nth(1).unwrap().parse().unwrap();
            at.unix_seconds()
        };
        assert_eq!(moment(lines[4]) - moment(lines[3]), MERGE_WINDOW_S);
        assert!(tlog::Checkpoint::parse(&note.text).is_err());
    }
    for w in [0, 2] {
        witnesses.mood(w, Mood::Honest);
    }
    wait_for_size(&record, before.0 + 9).await;
    for n in 1..8 {
        let again = record.submit(report(n)).await.unwrap();
        assert!(!again.fresh, "{n} was promised and is there");
    }
    assert!(record.quorum_problem().is_none());
    assert!(cosigned(&record.checkpoint(), &record) >= 2);
}

/// The batch that was signed when the quorum went, and what waited behind it.
#[tokio::test(flavor = "multi_thread")]
async fn an_outage_longer_than_the_tolerance_loses_no_promise() {
    let home = home();
    let witnesses = Witnesses::new(2);
    let record = ready(create(&home.path().join("r"), &witnesses, 2));
    let before = record.size();
    witnesses.mood(0, Mood::Down);
    for n in 1..3 {
        let taken = record.submit_within(report(n), SHORT).await.unwrap();
        assert!(matches!(taken, Taken::Received(_)));
    }
    let charter = record.state().global.charter.clone().unwrap();
    let outage_s = i64::from(charter.issued_tolerance_s) + 1;
    record
        .set_time(founded_at().plus_seconds(outage_s))
        .unwrap();
    witnesses.mood(0, Mood::Honest);
    wait_for_size(&record, before + 4).await;
    for n in 1..3 {
        let again = record.submit(report(n)).await.unwrap();
        assert!(!again.fresh, "{n} was promised");
        assert_eq!(record.entry(again.index).unwrap(), report(n));
    }
    assert_eq!(record.size(), before + 4, "and nothing was refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_promised_survives_a_restart_without_the_witnesses() {
    let home = home();
    let witnesses = Witnesses::new(2);
    let dir = home.path().join("r");
    let record = ready(create(&dir, &witnesses, 2));
    let size = record.size();
    witnesses.mood(0, Mood::Down);
    for n in 0..3 {
        let taken = record.submit_within(report(n), SHORT).await.unwrap();
        assert!(matches!(taken, Taken::Received(_)));
    }
    record.stop();
    drop(record);
    // It opens, and serves what is published, without its witnesses.
    let record = open(&dir, &witnesses);
    assert_eq!(record.size(), size);
    assert!(record.quorum_problem().is_some());
    record.stop();
    drop(record);
    witnesses.mood(0, Mood::Honest);
    let record = ready(open(&dir, &witnesses));
    for n in 0..3 {
        let submitted = record.submit(report(n)).await.unwrap();
        let entry = record.entry(submitted.index).unwrap();
        assert_eq!(entry, report(n));
    }
    wait_empty(&dir.join("intake")).await;
    assert_eq!(cosigned(&record.checkpoint(), &record), 2);
    let trust = record.trust_file().unwrap();
    let audit = move || store::audit(&dir, Some(&trust), |_, _| {});
    let report = tokio::task::spawn_blocking(audit).await.unwrap();
    assert!(report.report.failure().is_none(), "{:?}", report.report);
}

async fn wait_empty(folder: &std::path::Path) {
    let until = Instant::now() + PATIENT;
    while std::fs::read_dir(folder).unwrap().count() > 0 {
        assert!(Instant::now() < until, "promises are still open");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_rules_refuse_later_has_its_refusal_logged() {
    let home = home();
    let witnesses = Witnesses::new(1);
    let dir = home.path().join("r");
    let record = ready(create(&dir, &witnesses, 1));
    witnesses.mood(0, Mood::Down);
    // Signed well, and by somebody who may not say it. The first holds up the sequencer.
    let taken = record.submit_within(report(1), SHORT).await.unwrap();
    assert!(matches!(taken, Taken::Received(_)));
    let mut unentitled = genesis(&[]).remove(1);
    let taken = record
        .submit_within(unentitled.clone(), SHORT)
        .await
        .unwrap();
    let Taken::Received(promise) = taken else {
        panic!("{taken:?}")
    };
    // What is no statement is never promised anything.
    unentitled.pop();
    let refused = record.submit_within(unentitled, SHORT).await;
    assert!(
        matches!(refused, Err(SubmitError::Refused(_))),
        "{refused:?}"
    );
    witnesses.mood(0, Mood::Honest);
    wait_empty(&dir.join("intake")).await;
    let last = record.entry(record.size() - 1).unwrap();
    let said = record::statement::Statement::parse(&last).unwrap();
    let record::kind::Body::Refusal(refusal) = &said.body else {
        panic!("{said:?}")
    };
    assert_eq!(refusal.submission, promise.id.0);
}

#[test]
fn a_charter_that_asks_for_witnesses_nobody_can_ask_is_refused_before_anything_is_written() {
    let home = home();
    let witnesses = Witnesses::new(2);
    let dir = home.path().join("r");
    let genesis = genesis(&witnesses.policy(1));
    let none = Record::create(&dir, &cast().log, &genesis);
    assert!(matches!(none, Err(StoreError::QuorumMissing { .. })));
    witnesses.mood(0, Mood::Down);
    witnesses.mood(1, Mood::BadSignature);
    let missing = Record::create_asking(&dir, &cast().log, &genesis, witnesses.cosigners());
    let Err(StoreError::QuorumMissing { problem, .. }) = missing else {
        panic!("{missing:?}")
    };
    assert!(problem.contains("connection refused"), "{problem}");
    // Repeated with the same arguments once the witnesses are there.
    witnesses.mood(1, Mood::Honest);
    let record = Record::create_asking(&dir, &cast().log, &genesis, witnesses.cosigners()).unwrap();
    assert_eq!(record.size(), genesis.len() as u64);
    assert_eq!(cosigned(&record.checkpoint(), &record), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_log_has_its_checkpoint_cosigned_anew() {
    let home = home();
    let witnesses = Witnesses::new(1);
    let dir = home.path().join("r");
    drop(create(&dir, &witnesses, 1));
    let patience = store::cosigning::Patience {
        heartbeat: Duration::from_millis(1_100),
        ..crate::body::patience()
    };
    let cosigners =
        store::cosigning::Cosigners::over(std::sync::Arc::new(witnesses.clone()), patience);
    let record = Record::open_asking(&dir, cosigners, |_, _| {}).unwrap();
    let time = |note: &[u8]| {
        let note = Note::parse(note).unwrap();
        note.verify(&witnesses.keys()).unwrap()[0]
            .timestamp
            .unwrap()
    };
    let (first, size) = (time(&record.checkpoint()), record.size());
    let until = Instant::now() + PATIENT;
    while time(&record.checkpoint()) == first {
        assert!(Instant::now() < until, "no heartbeat");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(record.size(), size);
    // A heartbeat that finds nobody leaves the checkpoint as it is.
    witnesses.mood(0, Mood::Down);
    let (asked, kept) = (witnesses.asked(0), record.checkpoint());
    while witnesses.asked(0) < asked + 2 {
        assert!(Instant::now() < until, "no heartbeat");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(record.checkpoint().len(), kept.len());
    assert!(cosigned(&record.checkpoint(), &record) == 1);
}
