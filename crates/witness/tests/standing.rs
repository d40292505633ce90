//! A mirror against a log that answers wrongly, or not at all: what it goes on doing, and what it says.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use server::rate::Rate;
use solferino_witness::mirror::source::Source;
use solferino_witness::mirror::upload::{Config, Uploads};
use solferino_witness::mirror::{Mirror, MirrorError, http, init};
use solferino_witness::relay::{Config as RelayConfig, Relay, Target, relay_key};
use store::Record;
use tlog::{
    AddCheckpoint, Checkpoint, Tree, consistency_proof, encode_entry_bundle,
    entry_bundles_to_write, leaf_hash, sign_checkpoint, tile_bytes, tiles_to_write,
};

use crate::body::{cast, founded_at, genesis, report};
use crate::support::{home, seed};

/// Within what anything that waits for nobody is answered; long, for a machine that does much else.
const SOON: Duration = Duration::from_secs(30);

/// A log's files.
#[derive(Clone, Default)]
struct Files(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Files {
    /// The log of these entries, under the log's key, whether or not the rules admit them.
    fn of(entries: &[Vec<u8>]) -> Self {
        let files = Self::default();
        files.publish(entries);
        files
    }

    fn publish(&self, entries: &[Vec<u8>]) {
        let tree = Tree::from_leaves(entries.iter().map(|entry| leaf_hash(entry)));
        self.put("checkpoint", note(&tree).to_string());
        for tile in tiles_to_write(0, tree.size()) {
            self.put(&tile.path(), tile_bytes(&tree, &tile).unwrap());
        }
        for bundle in entry_bundles_to_write(0, tree.size()) {
            let from = bundle.index as usize * 256;
            let held = &entries[from..from + usize::from(bundle.width)];
            let held: Vec<&[u8]> = held.iter().map(Vec::as_slice).collect();
            self.put(&bundle.path(), encode_entry_bundle(&held).unwrap());
        }
    }

    fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.0.lock().unwrap().insert(path.into(), bytes.into());
    }
}

impl Source for Files {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.0.lock().unwrap().get(path).cloned())
    }
}

fn note(tree: &Tree) -> tlog::Note {
    let checkpoint = Checkpoint::new(crate::body::ORIGIN, tree.size(), tree.root()).unwrap();
    sign_checkpoint(&checkpoint, &cast().log).unwrap()
}

/// A record of so many reports, its entries, and a mirror's folder.
struct Stage {
    _home: tempfile::TempDir,
    entries: Vec<Vec<u8>>,
    dir: PathBuf,
}

fn stage(reports: u64) -> Stage {
    let home = home();
    let record = Record::create(&home.path().join("r"), &cast().log, &genesis(&[])).unwrap();
    record.set_time(founded_at()).unwrap();
    let answers = record.submit_all_blocking((0..reports).map(report).collect());
    assert!(answers.iter().all(Result::is_ok));
    let entries = (0..record.size()).map(|n| record.entry(n).unwrap());
    let dir = home.path().join("m");
    init(
        &dir,
        "mirror.example/m",
        seed("m"),
        &record.trust_file().unwrap(),
    )
    .unwrap();
    Stage {
        entries: entries.collect(),
        dir,
        _home: home,
    }
}

fn open(dir: &Path) -> Mirror {
    Mirror::open(dir, &|_, _| {}).unwrap()
}

/// A mirror that is served, with uploads and a relay to nowhere.
struct Served {
    mirror: Arc<Mirror>,
    address: SocketAddr,
}

async fn serve(s: &Stage, uploads: Config, relay: RelayConfig) -> Served {
    let mirror = Arc::new(open(&s.dir));
    let uploads = Uploads::start(Arc::clone(&mirror), uploads).unwrap();
    let key = relay_key(&s.dir, "mirror.example/m", seed("relay")).unwrap();
    let log = mirror.log().clone();
    let url = "http://127.0.0.1:9".into();
    let relay = Relay::start(&s.dir, &key, vec![Target { log, url }], relay).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let site = mirror.site();
    tokio::spawn(http::serve(
        site,
        Some(uploads),
        Some(relay),
        listener,
        std::future::pending(),
    ));
    Served { mirror, address }
}

/// Asks and gives the status and what comes after the head; `from` is whom a proxy would name.
fn ask(address: SocketAddr, call: &str, from: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    let head = format!(
        "{call} HTTP/1.1\r\nHost: m\r\nConnection: close\r\nX-Forwarded-For: {from}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let text = answer.split_once("\r\n\r\n").unwrap().1.to_owned();
    (status, text)
}

impl Served {
    async fn ask(&self, call: &str, from: &str, body: Vec<u8>) -> (u16, String) {
        let (address, call, from) = (self.address, call.to_owned(), from.to_owned());
        let asked = tokio::task::spawn_blocking(move || ask(address, &call, &from, &body));
        asked.await.unwrap()
    }

    async fn get(&self, path: &str) -> (u16, String) {
        self.ask(&format!("GET {path}"), "10.0.0.1", Vec::new())
            .await
    }

    async fn follow(&self, source: &Files) -> Result<u64, MirrorError> {
        let (mirror, source) = (Arc::clone(&self.mirror), source.clone());
        let work = move || mirror.follow(&source, &|_, _| {}).map(|done| done.size);
        tokio::task::spawn_blocking(work).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_answer_is_said_and_ends_nothing_but_the_following() {
    let s = stage(5);
    let m = serve(&s, Config::default(), RelayConfig::default()).await;
    let size = s.entries.len() as u64;
    let log = Files::of(&s.entries);
    assert_eq!(m.follow(&log).await.unwrap(), size);
    let (_, shown) = m.get("/checkpoint").await;
    let (_, about) = m.get("/").await;
    assert!(about.contains("following yes\ncosigning yes\n"), "{about}");
    assert!(about.starts_with("mirror mirror.example/m+"), "{about}");

    let garbage = Files::default();
    garbage.put("checkpoint", "certainly not one");
    let (flipped, more) = (Files::of(&s.entries), [report(77)]);
    flipped.publish(&[&s.entries[..], &more[..]].concat());
    let bundle = format!("tile/entries/000.p/{}", size + 1);
    let mut bytes = flipped.get(&bundle).unwrap().unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    flipped.put(&bundle, bytes);
    for (source, code) in [
        (&garbage, "checkpoint-not-accepted"),
        (&flipped, "not-committed"),
        (&Files::default(), "unreadable"),
    ] {
        for _ in 0..2 {
            assert_eq!(m.follow(source).await.unwrap_err().code(), code);
        }
        let (_, about) = m.get("/").await;
        let (said, rest) = about.split_once("following no since ").expect(&about);
        assert!(said.contains(&format!("size {size}\n")), "{about}");
        let first = rest.lines().next().unwrap();
        assert!(first.ends_with(&format!(": {code}")), "{about}");
        assert!(
            rest.contains("\nproblem ") && rest.contains("\nends "),
            "{about}"
        );
        assert!(rest.ends_with("\ncosigning yes\n"), "{about}");
        let (_, metrics) = m.get("/metrics").await;
        assert!(
            metrics.contains("solferino_mirror_following 0"),
            "{metrics}"
        );
        let counted = format!("solferino_mirror_rounds_total{{outcome=\"{code}\"}} 2");
        assert!(metrics.contains(&counted), "{metrics}");
        // Everything else goes on.
        assert_eq!(m.get("/checkpoint").await, (200, shown.clone()));
        let entry = report(99);
        let taken = m.ask("POST /api/v1/statements", "10.0.0.1", entry).await;
        assert_eq!(taken.0, 202, "{}", taken.1);
    }
    assert_eq!(m.mirror.trouble().unwrap().code, "unreadable");
    // The truth ends it.
    assert_eq!(m.follow(&log).await.unwrap(), size);
    assert_eq!(m.mirror.trouble(), None);
    let (_, metrics) = m.get("/metrics").await;
    for line in [
        "following 1",
        "cosigning 1",
        "rounds_total{outcome=\"held\"} 2",
    ] {
        assert!(
            metrics.contains(&format!("solferino_mirror_{line}")),
            "{metrics}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_broke_its_word_is_not_cosigned_until_a_person_starts_the_mirror_again() {
    let s = stage(5);
    let m = serve(&s, Config::default(), RelayConfig::default()).await;
    let good = s.entries.len() as u64;
    // What the rules refuse, behind two entries that they admit.
    let refused = genesis(&["quorum none".to_owned()]).remove(1);
    let bad = Files::of(&[&s.entries[..], &[refused]].concat());
    let two = Files::of(&s.entries[..2]);
    assert_eq!(m.follow(&two).await.unwrap(), 2);
    let (_, shown) = m.get("/checkpoint").await;
    for _ in 0..2 {
        assert_eq!(m.follow(&bad).await.unwrap_err().code(), "rules-broken");
    }
    // The log takes it back: it signed it all the same.
    let taken_back = Files::of(&s.entries);
    assert_eq!(m.follow(&taken_back).await.unwrap_err().code(), "ended");
    let (_, about) = m.get("/").await;
    assert!(
        about.contains("\ncosigning no: the log holds what the rules refuse"),
        "{about}"
    );
    let (_, metrics) = m.get("/metrics").await;
    assert!(
        metrics.contains("solferino_mirror_cosigning 0"),
        "{metrics}"
    );
    assert_eq!(m.get("/checkpoint").await, (200, shown.clone()));
    // Whoever brings it is not answered with a cosignature either.
    let tree = Tree::from_leaves(s.entries.iter().map(|entry| leaf_hash(entry)));
    let pending = add_checkpoint(&tree);
    assert_eq!(
        m.ask("POST /add-checkpoint", "10.0.0.1", pending).await.0,
        200
    );
    let request = tlog::AddEntries::new(crate::body::ORIGIN, good, good, &[]).unwrap();
    let body = request.to_bytes().unwrap();
    let (status, why) = m.ask("POST /add-entries", "10.0.0.1", body).await;
    assert!(
        status == 422 && why.contains("cosigned any more"),
        "{status} {why}"
    );
    assert_eq!(m.get("/checkpoint").await, (200, shown));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smaller_checkpoint_after_a_round_cut_short_is_stale_and_no_second_history() {
    let s = stage(700);
    let m = serve(&s, Config::default(), RelayConfig::default()).await;
    let cut = Files::of(&s.entries);
    let last = entry_bundles_to_write(0, s.entries.len() as u64).pop();
    cut.0.lock().unwrap().remove(&last.unwrap().path());
    assert_eq!(m.follow(&cut).await.unwrap_err().code(), "unreadable");
    // Two whole bundles are here; the log, or a cache in front of it, is behind them.
    let stale = Files::of(&s.entries[..300]);
    assert_eq!(m.follow(&stale).await.unwrap_err().code(), "behind");
    let all = Files::of(&s.entries);
    assert_eq!(m.follow(&all).await.unwrap(), s.entries.len() as u64);
    let evidence = std::fs::read_dir(s.dir.join("evidence")).unwrap();
    assert_eq!(evidence.count(), 0, "nobody is accused");
}

fn add_checkpoint(tree: &Tree) -> Vec<u8> {
    let note = note(tree);
    let request = AddCheckpoint {
        old: 0,
        proof: consistency_proof(tree, 0, tree.size()).unwrap(),
        checkpoint: Checkpoint::parse(&note.text).unwrap(),
        note,
    };
    request.to_string().into_bytes()
}

/// A log that says when it is asked for a file, and answers when it is told to.
struct Blocking {
    log: Files,
    blocks: &'static str,
    asked: Mutex<Sender<()>>,
    answer: Mutex<Receiver<()>>,
}

impl Source for Blocking {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        if path.starts_with(self.blocks) {
            self.asked.lock().unwrap().send(()).unwrap();
            self.answer.lock().unwrap().recv().unwrap();
        }
        self.log.get(path)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_log_is_asked_nobody_else_waits() {
    for blocks in ["checkpoint", "tile/1/", "tile/entries/"] {
        let s = stage(300);
        let (two, all) = (Files::of(&s.entries[..2]), Files::of(&s.entries));
        let m = serve(&s, Config::default(), RelayConfig::default()).await;
        assert_eq!(m.follow(&two).await.unwrap(), 2);
        let (told, asked) = channel();
        let (release, answer) = channel();
        let slow = Blocking {
            log: all,
            blocks,
            asked: Mutex::new(told),
            answer: Mutex::new(answer),
        };
        let mirror = Arc::clone(&m.mirror);
        let following =
            std::thread::spawn(move || mirror.follow(&slow, &|_, _| {}).map(|d| d.size));
        asked.recv_timeout(SOON).unwrap();
        // More than there are workers, all at once.
        let tree = Tree::from_leaves(s.entries.iter().map(|entry| leaf_hash(entry)));
        for from in ["10.0.0.1", "10.0.0.2", "10.0.0.3"] {
            let pending = add_checkpoint(&tree);
            let (status, text) = m.ask("POST /add-checkpoint", from, pending).await;
            assert!(status == 200 || status == 409, "{status} {text}");
            for path in ["/checkpoint", "/relay", "/", "/tile/0/000.p/2"] {
                assert_eq!(m.get(path).await.0, 200, "{path}");
            }
            let empty = tlog::AddEntries::new(crate::body::ORIGIN, 0, 0, &[]).unwrap();
            let empty = empty.to_bytes().unwrap();
            assert_eq!(m.ask("POST /add-entries", from, empty).await.0, 409);
        }
        assert!(!following.is_finished());
        for _ in 0..2 {
            release.send(()).unwrap();
        }
        let size = following.join().unwrap().unwrap();
        assert_eq!((size, m.mirror.size()), (tree.size(), tree.size()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_upload_of_one_address_waits_and_holds_nothing() {
    let s = stage(2);
    let m = serve(&s, Config::default(), RelayConfig::default()).await;
    // Two that have begun, and are in no hurry.
    let begun: Vec<TcpStream> = (0..2)
        .map(|_| {
            let mut stream = TcpStream::connect(m.address).unwrap();
            let head = b"POST /add-entries HTTP/1.1\r\nHost: m\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n";
            stream.write_all(head).unwrap();
            stream.set_read_timeout(Some(SOON)).unwrap();
            // The server reads the body: it has taken a place.
            let mut go_on = [0; 12];
            stream.read_exact(&mut go_on).unwrap();
            assert_eq!(&go_on, b"HTTP/1.1 100");
            stream
        })
        .collect();
    let empty = tlog::AddEntries::new(crate::body::ORIGIN, 0, 0, &[]).unwrap();
    let empty = empty.to_bytes().unwrap();
    let third = m.ask("POST /add-entries", "", empty.clone()).await;
    assert_eq!(third.0, 503, "{}", third.1);
    assert_eq!(m.get("/relay").await.0, 200);
    drop(begun);
    let until = std::time::Instant::now() + SOON;
    while m.ask("POST /add-entries", "", empty.clone()).await.0 == 503 {
        assert!(
            std::time::Instant::now() < until,
            "the places are not given back"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_each_has_a_limit_of_its_own() {
    for behind_proxy in [true, false] {
        let s = stage(2);
        let (client, all) = (Rate::new(1, 1), Rate::new(1_000, 1_000));
        let uploads = Config {
            client,
            all,
            behind_proxy,
        };
        let relay = RelayConfig {
            client,
            all,
            behind_proxy,
            ..RelayConfig::default()
        };
        let m = serve(&s, uploads, relay).await;
        for call in ["POST /add-checkpoint", "POST /api/v1/statements"] {
            let refused = async |from: String| {
                let (status, text) = m.ask(call, &from, b"{}".to_vec()).await;
                assert!(status == 400 || status == 429, "{status} {text}");
                status == 429
            };
            // Only the last address is the proxy's word; the rest may be the client's.
            let mut others = 0;
            for n in 0..20 {
                others += u32::from(refused(format!("192.0.2.9, 10.0.1.{n}")).await);
            }
            assert_eq!(others == 0, behind_proxy, "{call}: {others} refused");
            let mut asked = 0;
            while !refused(format!("192.0.2.{asked}, 10.0.0.1")).await {
                asked += 1;
                assert!(asked < 200, "{call}: one that asks on and on has no limit");
            }
        }
    }
}
