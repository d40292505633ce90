//! A record in a folder: made, filled, closed, opened again.

use std::collections::BTreeSet;

use record::kind::Kind;
use record::refusal::Code;
use record::statement::{Draft, Statement};
use rehearsal::SeatSpecRole;
use serde_json::json;
use solferino_store::{Record, StoreError, SubmitError, audit};
use tlog::Hash;

use crate::support::{Home, ORIGIN, at, cast, founded_at, genesis, play, report, report_at};

#[test]
fn genesis_is_the_first_checkpoint() {
    let home = Home::new();
    let record = home.create();
    assert_eq!(record.size(), genesis().len() as u64);
    assert_eq!(record.origin(), ORIGIN);
    assert!(record.state().global.charter_in_force().is_some());
    let again = Record::create(&home.dir(), &cast().log, &genesis());
    assert!(matches!(again, Err(StoreError::AlreadyThere { .. })));
}

#[test]
fn a_genesis_the_rules_refuse_makes_no_record() {
    let home = Home::new();
    let mut entries = genesis();
    entries.pop();
    let refused = Record::create(&home.dir(), &cast().log, &entries);
    assert!(matches!(refused, Err(StoreError::Genesis { .. })));
    let other = cast().key(ORIGIN).unwrap();
    let foreign = Record::create(&Home::new().dir(), &other, &genesis());
    assert!(
        matches!(foreign, Err(StoreError::LogKey { .. })),
        "{foreign:?}"
    );
    // What the first attempt left is no obstacle to the right one.
    let record = home.create();
    assert_eq!(record.size(), genesis().len() as u64);
}

#[test]
fn a_receipt_verifies_offline() {
    let home = Home::new();
    let record = home.create();
    let log = cast().log.verifier_key();
    let trust = record.trust_file().unwrap();
    for n in 0..20 {
        let entry = report(n);
        let submitted = record.submit_blocking(entry.clone()).unwrap();
        assert!(submitted.fresh);
        let receipt = record.receipt(submitted.index).unwrap();
        let leaf = tlog::leaf_hash(&entry);
        let shown = receipt.verify(&leaf, &log, Some(&trust.policy)).unwrap();
        assert_eq!(shown.size, record.size());
        let parsed = tlog::TlogProof::parse(receipt.to_string()).unwrap();
        assert_eq!(parsed, receipt);
        assert_eq!(record.entry(submitted.index).unwrap(), entry);
    }
    let size = record.size();
    assert!(matches!(
        record.receipt(size),
        Err(StoreError::NoEntry { .. })
    ));
    assert!(matches!(
        record.entry(size),
        Err(StoreError::NoEntry { .. })
    ));
}

#[test]
fn the_same_bytes_keep_their_index() {
    let home = Home::new();
    let record = home.create();
    let first = record.submit_blocking(report(1)).unwrap();
    let size = record.size();
    let second = record.submit_blocking(report(1)).unwrap();
    assert_eq!(
        (second.id, second.index, second.fresh),
        (first.id, first.index, false)
    );
    assert_eq!(
        record.size(),
        size,
        "a duplicate writes nothing, not even a tick"
    );
    let both = record.submit_all_blocking(vec![report(2), report(2)]);
    let both: Vec<_> = both.into_iter().map(Result::unwrap).collect();
    assert_eq!(both[0].index, both[1].index);
    assert_eq!((both[0].fresh, both[1].fresh), (true, false));
}

#[test]
fn what_is_refused_leaves_no_trace() {
    let home = Home::new();
    let record = home.create();
    let (size, checkpoint) = (record.size(), record.checkpoint());
    let late = report_at(1, at("2020-01-01T00:00:00Z"));
    let answers = record.submit_all_blocking(vec![late.clone(), b"no statement".to_vec()]);
    let code = |answer: &Result<_, SubmitError>| match answer {
        Err(SubmitError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(&answers[0]), Code::OutsideTolerance);
    assert_eq!(code(&answers[1]), Code::Malformed);
    assert_eq!((record.size(), record.checkpoint()), (size, checkpoint));
    // One refusal does not stop the others.
    let mixed = record.submit_all_blocking(vec![report(1), late, report(2)]);
    assert_eq!(mixed.iter().filter(|a| a.is_ok()).count(), 2);
    assert_eq!(record.size(), size + 3, "a tick and two reports");
}

#[test]
fn an_exhibit_that_the_vault_does_not_hold_is_not_declared() {
    let home = Home::new();
    let record = home.create();
    let (case, _) = play(&record);
    let size = record.size();
    let declare = |sha256: Hash, ciphertext: Hash| {
        let body = json!({
            "sha256": sha256, "ciphertext_sha256": ciphertext, "size": 7, "media_type": "text/plain",
            "acquired": "2014-01-01", "how": "open-source", "source": "press", "upstream": [], "tlp": "clear",
        });
        let issued = record.state().global.time.unwrap();
        let draft = Draft {
            record: ORIGIN.into(),
            issued,
            case: Some(case.clone()),
            kind: Kind::Exhibit,
            body,
        };
        let key = cast().one(SeatSpecRole::Investigator).unwrap().key.clone();
        record.submit_blocking(draft.sign(&key, &[0; 32], issued).unwrap().entry)
    };
    let refused =
        |answer| matches!(answer, Err(SubmitError::Refused(r)) if r.code == Code::ExhibitNotHeld);
    let invented = tlog::sha256(b"invented");
    assert!(refused(declare(invented, invented)));
    let held = record.vault().put(b"content".as_slice(), 100).unwrap();
    assert!(refused(declare(held.sha256, invented)));
    assert_eq!(record.size(), size);
    declare(held.sha256, held.ciphertext_sha256).unwrap();
}

#[test]
fn each_batch_opens_with_a_tick_of_the_given_time() {
    let home = Home::new();
    let record = home.create();
    let later = founded_at().plus_seconds(120);
    record.set_time(later).unwrap();
    let earlier = record.set_time(founded_at());
    assert!(matches!(earlier, Err(StoreError::TimeDecreases { .. })));
    let submitted = record.submit_blocking(report(1)).unwrap();
    assert_eq!(record.state().global.time, Some(later));
    let tick = Statement::parse(&record.entry(submitted.index - 1).unwrap()).unwrap();
    assert_eq!(tick.kind, record::kind::Kind::Tick);
    assert_eq!(tick.issued, later);
}

#[tokio::test]
async fn a_refusal_is_logged_on_wish() {
    let home = Home::new();
    let record = home.create();
    let bad = report_at(1, at("2020-01-01T00:00:00Z"));
    let logged = record.log_refusal(&bad).await.unwrap();
    let entry = Statement::parse(&record.entry(logged.index).unwrap()).unwrap();
    let record::kind::Body::Refusal(refused) = entry.body else {
        panic!("not a refusal");
    };
    assert_eq!(refused.submission, tlog::leaf_hash(&bad));
    assert_eq!(refused.code.as_str(), "outside-tolerance");
    assert!(refused.clock_dependent);
    let admissible = record.log_refusal(&report(2)).await;
    assert!(matches!(admissible, Err(SubmitError::NotRefused)));
    assert!(record.submit(report(3)).await.unwrap().fresh);
}

#[test]
fn opened_again_it_is_the_same() {
    let home = Home::new();
    let record = home.create();
    for n in 0..300 {
        record.submit_blocking(report(n)).unwrap();
    }
    let held = Record::open(&home.dir(), |_, _| {});
    assert!(
        matches!(held, Err(StoreError::Lock(_))),
        "one process at a time"
    );
    let before = (record.checkpoint(), format!("{:?}", *record.state()));
    let files: Vec<_> = (0..record.size())
        .map(|i| record.entry(i).unwrap())
        .collect();
    record.stop();
    assert!(matches!(
        record.submit_blocking(report(999)),
        Err(SubmitError::Stopped)
    ));
    drop(record);
    let seen = std::cell::RefCell::new(Vec::new());
    let record = Record::open(&home.dir(), |done, total| {
        seen.borrow_mut().push((done, total))
    })
    .unwrap();
    assert_eq!(
        before,
        (record.checkpoint(), format!("{:?}", *record.state()))
    );
    assert_eq!(seen.borrow().last(), Some(&(record.size(), record.size())));
    for (index, entry) in (0..).zip(&files) {
        assert_eq!(&record.entry(index).unwrap(), entry);
    }
    assert!(!record.submit_blocking(report(7)).unwrap().fresh);
}

#[test]
fn partial_tiles_go_once_their_full_tile_is_there() {
    let home = Home::new();
    let record = home.create();
    let log = home.dir().join("log");
    for n in 0..20 {
        assert!(record.submit_blocking(report(n)).unwrap().fresh);
    }
    let partials = |kind: &str| log.join(format!("tile/{kind}/000.p")).is_dir();
    assert!(partials("0") && partials("entries"));
    let part = record.tile("tile/0/000.p/12").unwrap().unwrap();
    let bundle = record.tile("tile/entries/000.p/12").unwrap().unwrap();
    let more = record.submit_all_blocking((100..400).map(report).collect());
    assert!(more.iter().all(Result::is_ok));
    record.stop();
    assert!(
        !partials("0") && !partials("entries"),
        "the folders are gone too"
    );
    // Who asks for them all the same gets them, cut from the full ones.
    assert_eq!(record.tile("tile/0/000.p/12").unwrap(), Some(part));
    assert_eq!(record.tile("tile/entries/000.p/12").unwrap(), Some(bundle));
    assert!(record.tile("tile/1/000.p/1").unwrap().is_some());
    drop(record);
    let report = audit(&home.dir(), None, |_, _| {});
    assert!(report.report.failure().is_none(), "{:?}", report.report);
    let size = home.open().size();
    assert_eq!(size, report.size);
}

#[test]
fn tiles_are_served_by_their_one_spelling_and_published_size() {
    let home = Home::new();
    let record = home.create();
    let reports = (0..300).map(report).collect();
    assert!(
        record
            .submit_all_blocking(reports)
            .iter()
            .all(Result::is_ok)
    );
    let size = record.size();
    let rest = size % 256;
    assert_eq!(
        record.tile("checkpoint").unwrap(),
        Some(record.checkpoint())
    );
    let full = record.tile("tile/0/000").unwrap().unwrap();
    assert_eq!(full.len(), 8192);
    assert!(
        record
            .tile(&format!("tile/0/001.p/{rest}"))
            .unwrap()
            .is_some()
    );
    assert!(
        record
            .tile(&format!("tile/entries/001.p/{rest}"))
            .unwrap()
            .is_some()
    );
    assert_eq!(record.tile("tile/1/000.p/1").unwrap().unwrap().len(), 32);
    for absent in [
        "tile/0/001",
        "tile/0/0",
        "tile/0/000.p/256",
        "tile/1/000.p/2",
        "tile/63/000.p/1",
        "tile/entries/002.p/1",
        "staged/0",
        "../log.cell",
        "tile/0/../../checkpoint",
        "",
    ] {
        assert_eq!(record.tile(absent).unwrap(), None, "{absent}");
    }
}

#[test]
fn eight_submitters_at_once() {
    let home = Home::new();
    let record = home.create();
    let started = std::time::Instant::now();
    let reports: Vec<Vec<Vec<u8>>> = (0..8_u64)
        .map(|thread| (0..50).map(|n| report(1000 * thread + n)).collect())
        .collect();
    let indexes: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = reports
            .iter()
            .map(|mine| {
                let record = record.clone();
                scope.spawn(move || {
                    let submit = |r: &Vec<u8>| record.submit_blocking(r.clone()).unwrap().index;
                    mine.iter().map(submit).collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|t| t.join().unwrap())
            .collect()
    });
    println!("400 reports in {:?}", started.elapsed());
    assert_eq!(indexes.iter().collect::<BTreeSet<_>>().len(), 400);
    let log = cast().log.verifier_key();
    for (mine, report) in indexes.iter().zip(reports.iter().flatten()) {
        let receipt = record.receipt(*mine).unwrap();
        receipt
            .verify(&tlog::leaf_hash(report), &log, None)
            .unwrap();
    }
}

#[test]
fn a_whole_case_gives_a_bundle_that_verifies() {
    let home = Home::new();
    let record = home.create();
    let (case, finding) = play(&record);
    let trust = record.trust_file().unwrap();
    for with_exhibits in [false, true] {
        let bundle = record.bundle(&case, finding, with_exhibits).unwrap();
        assert_eq!(bundle.exhibits.is_empty(), !with_exhibits);
        let text = bundle.to_string();
        let (verification, _) = record::bundle::verify(text.as_bytes(), Some(&trust));
        assert_eq!(verification.report.failure(), None);
    }
    let unknown = record.bundle(&"no-such-case".parse().unwrap(), finding, false);
    assert!(matches!(unknown, Err(StoreError::NoFinding(_))));
    let sealed: Vec<_> = record.state().cases[&case].sealed.keys().copied().collect();
    let kept = sealed
        .iter()
        .filter(|id| record.opening(id).unwrap().is_some());
    assert_eq!(kept.count(), sealed.len());
    drop(record);
    let record = home.open();
    assert!(record.bundle(&case, finding, true).is_ok());
}

/// Prints how long submissions take on this machine; run with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a check"]
fn throughput() {
    let home = Home::new();
    let record = home.create();
    let timed = |what: &str, count: u64, work: &dyn Fn()| {
        let started = std::time::Instant::now();
        work();
        let each = started.elapsed().as_secs_f64() / count as f64;
        println!(
            "{what}: {:.2} ms each, {:.0} a second",
            each * 1e3,
            1.0 / each
        );
    };
    let alone: Vec<_> = (0..200).map(report).collect();
    timed("one after the other", 200, &|| {
        for report in &alone {
            record.submit_blocking(report.clone()).unwrap();
        }
    });
    let many: Vec<_> = (1000..11_000).map(report).collect();
    timed("10,000 at once", 10_000, &|| {
        assert!(
            record
                .submit_all_blocking(many.clone())
                .iter()
                .all(Result::is_ok)
        );
    });
    let shared: Vec<Vec<_>> = (0..32_u64)
        .map(|t| (0..50).map(|n| report(100_000 + 1000 * t + n)).collect())
        .collect();
    timed("32 submitters, 50 each", 1600, &|| {
        std::thread::scope(|scope| {
            for mine in &shared {
                let record = record.clone();
                scope.spawn(move || {
                    for report in mine {
                        record.submit_blocking(report.clone()).unwrap();
                    }
                });
            }
        });
    });
    let size = record.size();
    drop(record);
    timed("opening again, for each entry", size, &|| drop(home.open()));
    timed("audit, for each entry", size, &|| {
        let found = solferino_store::audit(&home.dir(), None, |_, _| {});
        assert_eq!(found.report.failure(), None);
    });
}
