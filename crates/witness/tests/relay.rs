//! Another door to a log: what a relay takes, and what its receipt proves when the log buries.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::{Body as HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use record::ids::StatementId;
use record::index::Index;
use record::intake::{MERGE_WINDOW_S, Promise};
use record::kind::Kind;
use record::statement::Draft;
use record::suppression::{Held, Search, SuppressionProof};
use record::time::Timestamp;
use serde_json::json;
use server::rate::Rate;
use solferino_witness::folder::Folder;
use solferino_witness::http::Witness;
use solferino_witness::mirror::source::HttpSource;
use solferino_witness::mirror::{self, Mirror};
use solferino_witness::relay::{Config, Relay, Target, relay_key};
use store::cosigning::{Reply, Transport};
use store::{LogCopy, Record, StoreError};
use tlog::VerifierKey;

use crate::body::{Witnesses, cast, create, founded_at, genesis, report};
use crate::support::{home, seed};

const PATIENT: Duration = Duration::from_secs(60);

/// Receipts of 25 hours ago are due an hour ago.
fn yesterday() -> Result<Timestamp, StoreError> {
    Ok(store::intake::now()?.plus_seconds(-25 * 3_600))
}

fn config() -> Config {
    Config {
        client: Rate::new(1_000, 1_000),
        all: Rate::new(1_000, 1_000),
        retry: Duration::from_millis(50),
        clock: yesterday,
        ..Config::default()
    }
}

/// A report by anyone, made now.
fn report_now(n: u64) -> Vec<u8> {
    report_of(n, store::intake::now().unwrap())
}

fn report_of(n: u64, issued: Timestamp) -> Vec<u8> {
    let draft = Draft {
        record: crate::body::ORIGIN.into(),
        issued,
        case: None,
        kind: Kind::Report,
        body: json!({"incident": "disruption", "sector": "health", "happened": "2013-12-24",
            "account_sha256": tlog::sha256(&n.to_be_bytes())}),
    };
    let key = cast().key("reporter").unwrap();
    draft.sign(&key, &[0; 32], issued).unwrap().entry
}

async fn listener() -> (tokio::net::TcpListener, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// The log's own server, behind a door that loses these submissions and says nothing of it.
async fn burying(record: &Record, buried: BTreeSet<StatementId>) -> String {
    let at_the_door = move |request: Request, next: Next| {
        let buried = buried.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, 1 << 20).await.unwrap();
            if buried.contains(&StatementId::of_entry(&body)) {
                return (StatusCode::ACCEPTED, "thank you\n").into_response();
            }
            let request = Request::from_parts(parts, HttpBody::from(body));
            let answer: Response = next.run(request).await;
            answer
        }
    };
    let router = server::router(record.clone(), server::Config::default())
        .layer(from_fn(at_the_door))
        .into_make_service_with_connect_info::<SocketAddr>();
    let (listener, url) = listener().await;
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// What a door answers: status and text.
async fn post(url: &str, entry: &[u8]) -> (u16, String) {
    let (url, entry) = (format!("{url}/api/v1/statements"), entry.to_vec());
    let asked = move || {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let agent: ureq::Agent = config.build().into();
        let mut answer = agent.post(&url).send(&entry[..]).unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), text)
    };
    tokio::task::spawn_blocking(asked).await.unwrap()
}

async fn until(what: &str, done: impl Fn() -> bool) {
    let until = Instant::now() + PATIENT;
    while !done() {
        assert!(Instant::now() < until, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The proof that a receipt's statement is not in a copy, or what is.
fn prove(
    copy: &LogCopy,
    receipt: &str,
    entry: &[u8],
    relay: &VerifierKey,
) -> Result<SuppressionProof, Held> {
    let relays = std::slice::from_ref(relay);
    let (promise, _) = Promise::open(receipt.as_bytes(), copy.log(), relays).unwrap();
    let mut search = Search::new(promise).with_entry(entry);
    let size = copy.checkpoint().size;
    copy.for_each(size, |entry| search.push(entry)).unwrap();
    match search.held() {
        Held::Missing { tick, size, .. } => {
            let mut index = Index::new();
            copy.for_each(size, |entry| index.push_entry(entry))
                .unwrap();
            let inclusion = copy.receipt(tick).unwrap();
            let proof = search.proof(receipt.as_bytes(), Some(entry), &mut index, inclusion);
            Ok(proof.unwrap())
        }
        held => Err(held),
    }
}

fn mirror_of(dir: &Path, record: &Record) -> Mirror {
    let trust = record.trust_file().unwrap();
    mirror::init(dir, "mirror.example/m", seed("mirror"), &trust).unwrap();
    Mirror::open(dir, &|_, _| {}).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_log_buries_a_mirrors_receipt_proves_to_a_stranger() {
    let home = home();
    let dir = home.path().join("m");
    // The log of the charter's witnesses; their clocks are the real one.
    let witnesses = Witnesses::new(2);
    let record = create(&home.path().join("r"), &witnesses, 2);
    record.set_time(founded_at()).unwrap();
    // The buried one is of the day on which the relay took it; a relay cannot convict with any other.
    let [buried, kept] = [report_of(1, yesterday().unwrap()), report(2)];
    let unentitled = genesis(&[]).remove(1);
    let log = burying(&record, [StatementId::of_entry(&buried)].into()).await;

    let mirror = mirror_of(&dir, &record);
    let key = relay_key(&dir, "mirror.example/m", seed("relay")).unwrap();
    let target = Target {
        log: mirror.log().clone(),
        url: log.clone(),
    };
    let relay = Relay::start(&dir, &key, vec![target], config()).unwrap();
    let (listener, door) = listener().await;
    let site = mirror.site();
    let shown = Some(relay.clone());
    tokio::spawn(mirror::http::serve(
        site,
        None,
        shown,
        listener,
        std::future::pending(),
    ));

    // The log's own door takes it and forgets it. The mirror's gives a receipt.
    assert_eq!(post(&log, &buried).await.0, 202);
    let mut receipts = Vec::new();
    for entry in [&buried, &kept, &unentitled] {
        let (status, receipt) = post(&door, entry).await;
        assert_eq!(status, 202, "{receipt}");
        receipts.push(receipt);
    }
    until("the others are settled", || {
        relay.waiting(record.origin()).unwrap() == [StatementId::of_entry(&buried)]
    })
    .await;
    // The same bytes again are kept once.
    assert_eq!(post(&door, &buried).await.0, 202);
    assert_eq!(relay.waiting(record.origin()).unwrap().len(), 1);

    // Later the log states its index, as it does each minute, and the mirror follows.
    record.set_time(store::intake::now().unwrap()).unwrap();
    record.submit(report_now(3)).await.unwrap();
    record.index_now().unwrap();
    record.submit(report_now(4)).await.unwrap();
    let relay_key = relay.verifier_key();
    let trust = record.trust_file().unwrap();
    let work = move || {
        let source = HttpSource::new(&log);
        mirror.follow(&source, &|_, _| {}).unwrap();
        drop(mirror);
        let copy = LogCopy::read(&dir, Some(&trust), |_, _| {}).unwrap();
        let proof = prove(&copy, &receipts[0], &buried, &relay_key)
            .unwrap()
            .to_string();
        let relays = std::slice::from_ref(&relay_key);
        let shown = SuppressionProof::verify(proof.as_bytes(), Some(&trust), relays);
        let suppressed = shown.shown.unwrap_or_else(|| panic!("{:?}", shown.report));
        assert_eq!(suppressed.promise.leaf, StatementId::of_entry(&buried));
        assert!(!suppressed.by_log && suppressed.signer == relay_key);
        // Whoever does not name the relay is shown nothing.
        let unnamed = SuppressionProof::verify(proof.as_bytes(), Some(&trust), &[]);
        assert_eq!(unnamed.report.failure().unwrap().name, "receipt");
        // What the log holds, or says that it refused, was not suppressed.
        let held = prove(&copy, &receipts[1], &kept, &relay_key);
        assert!(matches!(held, Err(Held::Recorded(_))), "{held:?}");
        let held = prove(&copy, &receipts[2], &unentitled, &relay_key);
        assert!(matches!(held, Err(Held::Refused(_, _))), "{held:?}");
    };
    tokio::task::spawn_blocking(work).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_takes_statements_for_its_logs_and_nothing_else() {
    let home = home();
    let dir = home.path().join("w");
    let log = cast().log.verifier_key();
    Folder::init(&dir, "witness.example/w", (seed("w"), None), &[log]).unwrap();
    let nowhere = "http://127.0.0.1:9";
    let line = format!("log {} {nowhere}\n", cast().log.verifier_key());
    std::fs::write(dir.join("logs"), line).unwrap();
    let folder = Folder::open(&dir).unwrap();
    assert_eq!(folder.targets[0].url, nowhere);
    let key = relay_key(&dir, "witness.example/w", seed("relay")).unwrap();
    let config = Config {
        client: Rate::new(7, 1),
        ..config()
    };
    let relay = Relay::start(&dir, &key, folder.targets.clone(), config).unwrap();
    let witness = Witness::start(folder, Default::default()).unwrap();
    let (listener, door) = listener().await;
    tokio::spawn(solferino_witness::http::serve(
        witness,
        Some(relay.clone()),
        listener,
        std::future::pending(),
    ));
    let good = report(1);
    let flipped = {
        let text = String::from_utf8(good.clone()).unwrap();
        let at = text.find("\"sig\":\"").unwrap() + 10;
        let other = if &text[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &text[..at], &text[at + 1..]).into_bytes()
    };
    let elsewhere = {
        let issued = founded_at();
        let draft = Draft {
            record: "record.example/other".into(),
            issued,
            case: None,
            kind: Kind::Report,
            body: json!({"incident": "disruption", "sector": "health", "happened": "2013-12-24",
                "account_sha256": "0".repeat(64)}),
        };
        let key = cast().key("reporter").unwrap();
        draft.sign(&key, &[0; 32], issued).unwrap().entry
    };
    for (entry, status, code) in [
        (flipped, 403, "bad-signature"),
        (elsewhere, 403, "wrong-record"),
        (b"{}".to_vec(), 400, "malformed"),
        (vec![b'x'; 70_000], 413, "too-large"),
    ] {
        let (answered, text) = post(&door, &entry).await;
        assert_eq!(answered, status, "{text}");
        let body: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(body["code"], code, "{text}");
    }
    let (status, receipt) = post(&door, &good).await;
    assert_eq!(status, 202);
    let relays = [relay.verifier_key()];
    let log = cast().log.verifier_key();
    let (promise, signer) = Promise::open(receipt.as_bytes(), &log, &relays).unwrap();
    assert_eq!(
        (promise.leaf, &signer),
        (StatementId::of_entry(&good), &relays[0])
    );
    let window_s = promise.merge_by.unix_seconds() - promise.received.unix_seconds();
    assert_eq!(window_s, MERGE_WINDOW_S);
    // Of one client only so many; the first five were paid for as well.
    let (mut limited, begun) = (false, Instant::now());
    while !limited && begun.elapsed() < PATIENT {
        limited = post(&door, &good).await.0 == 429;
    }
    assert!(limited);
}

/// A log that may be away.
#[derive(Clone)]
struct Away {
    record: Record,
    away: Arc<Mutex<bool>>,
}

impl Transport for Away {
    fn post(&self, url: &str, entry: &[u8]) -> Result<Reply, String> {
        assert_eq!(url, "http://log.test/api/v1/statements?log-refusal=true");
        if *self.away.lock().unwrap() {
            return Err("connection refused".into());
        }
        let submitted = self.record.submit_blocking(entry.to_vec());
        let index = submitted.map_err(|e| e.to_string())?.index;
        let receipt = self.record.receipt(index).unwrap().to_string();
        let body = receipt.into_bytes();
        Ok(Reply { status: 201, body })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_relay_took_survives_its_restart_and_reaches_the_log() {
    let home = home();
    let record = Record::create(&home.path().join("r"), &cast().log, &genesis(&[])).unwrap();
    record.set_time(founded_at()).unwrap();
    let log = Away {
        record: record.clone(),
        away: Arc::new(Mutex::new(true)),
    };
    let dir = home.path().join("m");
    drop(mirror_of(&dir, &record));
    let target = Target {
        log: cast().log.verifier_key(),
        url: "http://log.test/".into(),
    };
    let start = |seed_of: &str| {
        // A key that is there stays.
        let key = relay_key(&dir, "mirror.example/m", seed(seed_of)).unwrap();
        let targets = vec![target.clone()];
        Relay::over(Arc::new(log.clone()), &dir, &key, targets, config()).unwrap()
    };
    let relay = start("relay");
    let key = relay.verifier_key();
    for n in 0..3 {
        relay.take(&report(n), None).unwrap();
    }
    drop(relay);
    let relay = start("another");
    assert_eq!(relay.verifier_key(), key);
    assert_eq!(relay.waiting(record.origin()).unwrap().len(), 3);
    *log.away.lock().unwrap() = false;
    until("all three are recorded", || {
        relay.waiting(record.origin()).unwrap().is_empty()
    })
    .await;
    for n in 0..3 {
        assert!(!record.submit(report(n)).await.unwrap().fresh);
    }
}

/// Two logs: one that answers when it is let go, and one that answers at once.
struct SlowAndQuick {
    slow: &'static str,
    begun: Mutex<Sender<()>>,
    release: Mutex<Receiver<()>>,
    quick: Mutex<Sender<StatementId>>,
}

impl Transport for SlowAndQuick {
    fn post(&self, url: &str, entry: &[u8]) -> Result<Reply, String> {
        if url.starts_with(self.slow) {
            self.begun.lock().unwrap().send(()).unwrap();
            // Ends with the test.
            let _ = self.release.lock().unwrap().recv();
            return Err("no answer".into());
        }
        let id = StatementId::of_entry(entry);
        self.quick.lock().unwrap().send(id).unwrap();
        let body = br#"{"code": "x", "logged_as": "0"}"#.to_vec();
        Ok(Reply { status: 422, body })
    }
}

#[test]
fn a_log_that_does_not_answer_holds_up_no_other() {
    let home = home();
    let target = |origin: &str, url: &str| Target {
        log: crate::support::log_key(origin).verifier_key(),
        url: url.into(),
    };
    let slow = target("log.example/a-slow", "http://slow.test");
    let quick = target("log.example/quick", "http://quick.test");
    let entry = |target: &Target| {
        let issued = store::intake::now().unwrap();
        let draft = Draft {
            record: target.log.name().into(),
            issued,
            case: None,
            kind: Kind::Report,
            body: json!({"incident": "disruption", "sector": "health", "happened": "2013-12-24",
                "account_sha256": "0".repeat(64)}),
        };
        let key = cast().key("reporter").unwrap();
        draft.sign(&key, &[0; 32], issued).unwrap().entry
    };
    let (begun, asked) = channel();
    let (let_go, release) = channel();
    let (told, handed) = channel();
    let transport = SlowAndQuick {
        slow: "http://slow.test",
        begun: Mutex::new(begun),
        release: Mutex::new(release),
        quick: Mutex::new(told),
    };
    let key = relay_key(home.path(), "mirror.example/m", seed("relay")).unwrap();
    let targets = vec![slow.clone(), quick.clone()];
    let relay = Relay::over(Arc::new(transport), home.path(), &key, targets, config()).unwrap();
    relay.take(&entry(&slow), None).unwrap();
    asked.recv_timeout(PATIENT).unwrap();
    let good = entry(&quick);
    relay.take(&good, None).unwrap();
    let id = handed.recv_timeout(PATIENT);
    assert_eq!(
        id,
        Ok(StatementId::of_entry(&good)),
        "it waits behind the other log"
    );
    assert_eq!(relay.waiting(slow.log.name()).unwrap().len(), 1);
    drop(let_go);
}
