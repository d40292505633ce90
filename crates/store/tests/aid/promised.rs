//! What was promised while the witnesses were away: as little is left of it, and nothing is promised that is not held.

use std::path::Path;
use std::time::{Duration, Instant};

use age::x25519::Identity;
use record::kind::{Body, Kind};
use record::refusal::Code;
use record::statement::{Statement, Verified};
use serde_json::json;
use solferino_store::intake::Waiting;
use solferino_store::{Record, SubmitError, Taken};
use tlog::SigningKey;

use super::{STORY, holding, request, signed, told, with_desk};
use crate::support::{Home, cast, files_below, founded_at};

/// Says a step without patience: answered by a promise, which a thread keeps.
async fn promised(record: &Record, entry: Vec<u8>, dir: &Path) {
    let taken = record.submit_within(entry, Duration::ZERO).await.unwrap();
    assert!(matches!(taken, Taken::Received(_)), "{taken:?}");
    let until = Instant::now() + PROMISES_KEPT_WITHIN;
    while std::fs::read_dir(dir.join("intake")).unwrap().count() > 0 {
        assert!(Instant::now() < until, "the promise is still open");
        tokio::task::yield_now().await;
    }
}

/// Until then a busy machine has recorded what it promised; much less than the minute in which a
/// thread would tidy up anyway.
const PROMISES_KEPT_WITHIN: Duration = Duration::from_secs(40);

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_that_was_only_promised_leaves_as_little() {
    let home = Home::new();
    let record = home.create();
    let key = cast().key("requester 1").unwrap();
    let asking = record.clone();
    let (id, form) = tokio::task::spawn_blocking(move || {
        with_desk(&asking);
        let form = told(&Identity::generate(), STORY);
        let key = cast().key("requester 1").unwrap();
        (request(&asking, &key, &[&form]).unwrap(), form)
    })
    .await
    .unwrap();
    let kept = files_below(&home.dir().join("aid")).into_iter();
    let kept = kept.filter(|p| p.to_string_lossy().contains(&id.to_string()));
    let kept: Vec<Vec<u8>> = kept.map(|p| std::fs::read(p).unwrap()).collect();
    assert_eq!(kept.len(), 2, "an item and its key");
    let mut secrets: Vec<&[u8]> = vec![STORY, &form.plaintext, &form.age];
    secrets.extend(kept.iter().map(Vec::as_slice));
    let step = |key: &SigningKey, to: &str, reason: &str| {
        let body = json!({"request": id, "to": to, "reason": reason});
        signed(&record, key, Kind::AidStep, body)
    };
    promised(&record, step(&key, "withdrawn", "taken-back"), &home.dir()).await;
    let officer = rehearsal::aid::officer(&cast()).unwrap();
    promised(
        &record,
        step(&officer, "purged", "after-withdrawal"),
        &home.dir(),
    )
    .await;
    let stage = record.state().aid.requests[&id].standing.stage;
    assert_eq!(stage.as_str(), "purged");
    assert_eq!(record.aid().kept().unwrap(), []);
    assert_eq!(holding(&home.dir(), &secrets), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_held_is_not_promised_either() {
    let home = Home::new();
    let record = home.create();
    let asking = record.clone();
    let (items, exhibit) = tokio::task::spawn_blocking(move || {
        with_desk(&asking);
        let form = told(&Identity::generate(), STORY);
        let body = rehearsal::aid::request(&[form.item], None);
        let key = cast().key("requester 1").unwrap();
        let hash = tlog::sha256(b"never held");
        let declared = json!({"sha256": hash, "ciphertext_sha256": hash, "size": 6, "media_type": "text/plain",
            "acquired": "2014-01-01", "how": "open-source", "source": "press", "upstream": ["press"], "tlp": "clear"});
        let items = signed(&asking, &key, Kind::AidRequest, body);
        (items, signed(&asking, &key, Kind::Exhibit, declared))
    })
    .await
    .unwrap();
    for (entry, code) in [
        (&items, Code::AidContentNotHeld),
        (&exhibit, Code::ExhibitNotHeld),
    ] {
        let answer = record.submit_within(entry.clone(), Duration::ZERO).await;
        let Err(SubmitError::Refused(refusal)) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(refusal.code, code);
    }
    record.stop();
    drop(record);
    // Promised while it was held, and gone since: the promise is kept by a refusal in the log.
    let waiting = Waiting::open(&home.dir().join("intake"), cast().log.clone()).unwrap();
    let statement = Verified::parse(&exhibit).unwrap();
    let id = statement.id;
    waiting
        .take(
            &statement,
            &exhibit,
            cast().log.verifier_key().name(),
            founded_at(),
        )
        .unwrap();
    let record = home.open();
    let until = Instant::now() + PROMISES_KEPT_WITHIN;
    while !waiting.ids().unwrap().is_empty() {
        assert!(Instant::now() < until, "the promise is still open");
        tokio::task::yield_now().await;
    }
    let last = record.entry(record.size() - 1).unwrap();
    let Body::Refusal(refusal) = Statement::parse(&last).unwrap().body else {
        panic!("no refusal")
    };
    assert_eq!(
        (refusal.submission, refusal.code.as_str()),
        (id.0, "exhibit-not-held")
    );
}
