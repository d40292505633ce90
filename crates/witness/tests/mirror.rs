//! A mirror follows, believes nothing, resumes, and is served.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use record::audit::Fault;
use record::trust::TrustFile;
use solferino_witness::mirror::source::{HttpSource, Source};
use solferino_witness::mirror::{Followed, Mirror, MirrorError, http, init};
use store::Record;
use tlog::{
    Checkpoint, Note, TILE_WIDTH, Tree, VerifierKey, encode_entry_bundle, entry_bundles_to_write,
    leaf_hash, sign_checkpoint, tile_bytes, tiles_to_write,
};

use crate::body::{Witnesses, cast, create, founded_at, genesis, report};
use crate::support::{home, seed};

/// A record's log as its server gives it, with what is done to single files.
#[derive(Clone)]
struct Served {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    asked: Arc<Mutex<Vec<String>>>,
    /// Requests answered until the connection is gone.
    left: Arc<Mutex<usize>>,
}

impl Served {
    fn nothing() -> Self {
        Self {
            files: Arc::default(),
            asked: Arc::default(),
            left: Arc::new(Mutex::new(usize::MAX)),
        }
    }

    /// Everything that is published now.
    fn take(&self, record: &Record) {
        let mut files = self.files.lock().unwrap();
        let size = record.size();
        let mut paths = vec!["checkpoint".to_owned()];
        paths.extend(tiles_to_write(0, size).iter().map(tlog::TileId::path));
        let bundles = entry_bundles_to_write(0, size);
        paths.extend(bundles.iter().map(tlog::EntryBundleId::path));
        for path in paths {
            files.insert(path.clone(), record.tile(&path).unwrap().unwrap());
        }
    }

    fn flip(&self, path: &str) {
        let mut files = self.files.lock().unwrap();
        let bytes = files.get_mut(path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    }
}

impl Source for Served {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let mut left = self.left.lock().unwrap();
        if *left == 0 {
            return Err("connection refused".into());
        }
        *left -= 1;
        self.asked.lock().unwrap().push(path.to_owned());
        Ok(self.files.lock().unwrap().get(path).cloned())
    }
}

/// A record without witnesses, whose time is set.
fn record(dir: &Path) -> Record {
    let record = Record::create(dir, &cast().log, &genesis(&[])).unwrap();
    record.set_time(founded_at()).unwrap();
    record
}

fn grow(record: &Record, reports: std::ops::Range<u64>) {
    let entries = reports.map(report).collect();
    let answers = record.submit_all_blocking(entries);
    assert!(answers.iter().all(Result::is_ok));
}

fn mirror_in(dir: &Path, trust: &TrustFile) -> VerifierKey {
    init(dir, "mirror.example/m", seed("mirror"), trust).unwrap()
}

fn open(dir: &Path) -> Mirror {
    Mirror::open(dir, &|_, _| {}).unwrap()
}

fn follow(mirror: &Mirror, source: &dyn Source) -> Result<Followed, MirrorError> {
    mirror.follow(source, &|_, _| {})
}

fn cosigned(dir: &Path, mirror: &VerifierKey) -> Checkpoint {
    let bytes = std::fs::read(dir.join("log/checkpoint")).unwrap();
    let note = Note::parse(&bytes).unwrap();
    let keys = [cast().log.verifier_key(), mirror.clone()];
    assert_eq!(note.verify(&keys).unwrap().len(), 2);
    Checkpoint::parse(&note.text).unwrap()
}

#[test]
fn a_mirror_holds_the_same_bytes_at_every_size() {
    let home = home();
    let record = record(&home.path().join("r"));
    let dir = home.path().join("m");
    let key = mirror_in(&dir, &record.trust_file().unwrap());
    let mirror = open(&dir);
    let source = Served::nothing();
    for (from, to) in [(0, 3), (3, 240), (240, 250), (250, 251), (251, 600)] {
        grow(&record, from..to);
        source.take(&record);
        let before = mirror.size();
        let done = follow(&mirror, &source).unwrap();
        assert_eq!((done.before, done.size), (before, record.size()));
        assert_eq!(cosigned(&dir, &key).size, record.size());
        let size = record.size();
        let needed = tiles_to_write(0, size).into_iter().map(|t| t.path());
        let bundles = entry_bundles_to_write(0, size)
            .into_iter()
            .map(|b| b.path());
        for path in needed.chain(bundles) {
            let held = std::fs::read(dir.join("log").join(&path)).unwrap();
            assert_eq!(Some(held), record.tile(&path).unwrap(), "{path}");
        }
    }
    // Nothing new: a fresh cosignature, and nothing more is read than leads to the root.
    let done = follow(&mirror, &source).unwrap();
    assert_eq!(done.before, done.size);
    drop(mirror);
    assert_eq!(open(&dir).size(), record.size());
}

#[test]
fn a_changed_bit_anywhere_is_found_and_nothing_of_it_is_kept() {
    let home = home();
    let record = record(&home.path().join("r"));
    grow(&record, 0..300);
    let trust = record.trust_file().unwrap();
    let honest = Served::nothing();
    honest.take(&record);
    let paths: Vec<String> = honest.files.lock().unwrap().keys().cloned().collect();
    let mut changed = 0;
    for (n, path) in paths.iter().enumerate() {
        // Full level 0 tiles are made from the entries, not read.
        if path.starts_with("tile/0/") && !path.contains(".p/") {
            continue;
        }
        let dir = home.path().join(format!("m{n}"));
        let key = mirror_in(&dir, &trust);
        let source = Served::nothing();
        source.take(&record);
        source.flip(path);
        let mirror = open(&dir);
        let refused = follow(&mirror, &source).unwrap_err();
        assert!(
            matches!(
                refused,
                MirrorError::NotCommitted(_) | MirrorError::Checkpoint(_)
            ),
            "{path}: {refused}"
        );
        assert!(!dir.join("log/checkpoint").exists() && !dir.join("log").join(path).exists());
        // The same mirror goes on as soon as it is served the truth.
        follow(&mirror, &honest).unwrap();
        assert_eq!(cosigned(&dir, &key).size, record.size());
        changed += 1;
    }
    assert!(changed >= 5, "{paths:?}");
}

#[test]
fn killed_at_any_request_it_goes_on_where_it_was() {
    let home = home();
    let record = record(&home.path().join("r"));
    grow(&record, 0..700);
    let dir = home.path().join("m");
    let key = mirror_in(&dir, &record.trust_file().unwrap());
    let source = Served::nothing();
    source.take(&record);
    let mut rounds = 0;
    loop {
        rounds += 1;
        // Each process gets a little further: checkpoint and two tiles, then one bundle more.
        *source.left.lock().unwrap() = 4;
        let mirror = open(&dir);
        match follow(&mirror, &source) {
            Ok(done) => break assert_eq!(done.size, record.size()),
            Err(error) => assert!(error.is_passing(), "{error}"),
        }
        assert!(!dir.join("log/checkpoint").exists());
        assert!(rounds < 10);
    }
    assert!(rounds >= 3);
    assert_eq!(cosigned(&dir, &key).size, record.size());
    let asked = source.asked.lock().unwrap();
    let bundles: Vec<_> = asked
        .iter()
        .filter(|p| p.contains("entries") && !p.contains(".p/"))
        .collect();
    let once: BTreeSet<_> = bundles.iter().collect();
    assert_eq!(bundles.len(), once.len(), "no full bundle is fetched twice");
}

#[test]
fn a_second_history_is_kept_as_evidence_and_a_stale_one_waited_for() {
    let home = home();
    let (one, two) = (
        record(&home.path().join("1")),
        record(&home.path().join("2")),
    );
    let dir = home.path().join("m");
    let key = mirror_in(&dir, &one.trust_file().unwrap());
    let mirror = open(&dir);
    let (first, other) = (Served::nothing(), Served::nothing());
    grow(&one, 0..5);
    first.take(&one);
    grow(&one, 5..9);
    let later = Served::nothing();
    later.take(&one);
    follow(&mirror, &later).unwrap();
    let behind = follow(&mirror, &first).unwrap_err();
    assert!(matches!(behind, MirrorError::Behind { .. }), "{behind}");
    grow(&two, 100..120);
    other.take(&two);
    let forked = follow(&mirror, &other).unwrap_err();
    assert!(matches!(forked, MirrorError::Forked(_)), "{forked}");
    // Of the same size the contradiction stands in two notes.
    let same = Served::nothing();
    let tree_size = one.size();
    let checkpoint = Checkpoint::new(one.origin(), tree_size, leaf_hash(b"another")).unwrap();
    let note = sign_checkpoint(&checkpoint, &cast().log).unwrap();
    same.files
        .lock()
        .unwrap()
        .insert("checkpoint".into(), note.to_string().into_bytes());
    let forked = follow(&mirror, &same).unwrap_err();
    assert!(matches!(forked, MirrorError::Forked(_)), "{forked}");
    let kept = std::fs::read_dir(dir.join("evidence")).unwrap();
    let kept: Vec<_> = kept.map(|file| file.unwrap().path()).collect();
    assert_eq!(kept.len(), 2);
    // That of the same size is proof by itself.
    let proof = kept
        .iter()
        .find(|path| path.extension().unwrap() == "equivocation");
    let proof = tlog::Evidence::parse(std::fs::read(proof.unwrap()).unwrap()).unwrap();
    assert_eq!(proof.verify().unwrap().newer.size, tree_size);
    assert_eq!(cosigned(&dir, &key).size, one.size());
    // A log that has shown two is not cosigned any more, whatever it shows now, until a person has looked.
    let ended = follow(&mirror, &later).unwrap_err();
    assert!(matches!(ended, MirrorError::Ended(_)), "{ended}");
    drop(mirror);
    follow(&open(&dir), &later).unwrap();
}

#[test]
fn what_the_rules_refuse_is_never_cosigned_though_the_log_signed_it() {
    let home = home();
    let record = record(&home.path().join("r"));
    let trust = record.trust_file().unwrap();
    let mut entries: Vec<Vec<u8>> = (0..record.size())
        .map(|n| record.entry(n).unwrap())
        .collect();
    let good = entries.len() as u64;
    // A report without its tick would do; this is a founder's statement over another charter.
    entries.push(genesis(&["quorum none".to_owned()]).remove(1));
    let tree = Tree::from_leaves(entries.iter().map(|entry| leaf_hash(entry)));
    let checkpoint = Checkpoint::new(record.origin(), tree.size(), tree.root()).unwrap();
    let note = sign_checkpoint(&checkpoint, &cast().log).unwrap();
    let source = Served::nothing();
    {
        let mut files = source.files.lock().unwrap();
        files.insert("checkpoint".into(), note.to_string().into_bytes());
        for tile in tiles_to_write(0, tree.size()) {
            files.insert(tile.path(), tile_bytes(&tree, &tile).unwrap());
        }
        let held: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
        let bundle = &entry_bundles_to_write(0, tree.size())[0];
        assert!(bundle.width < TILE_WIDTH);
        files.insert(bundle.path(), encode_entry_bundle(&held).unwrap());
    }
    let dir = home.path().join("m");
    mirror_in(&dir, &trust);
    let mirror = open(&dir);
    for _ in 0..2 {
        let refused = follow(&mirror, &source).unwrap_err();
        let MirrorError::Rules(Fault::Rule { index, .. }) = refused else {
            panic!("{refused}")
        };
        assert_eq!(index, good);
    }
    assert!(!dir.join("log/checkpoint").exists());
    assert_eq!(mirror.size(), 0);
}

#[test]
fn without_the_witnesses_quorum_no_checkpoint_is_followed() {
    let home = home();
    let witnesses = Witnesses::new(3);
    let record = create(&home.path().join("r"), &witnesses, 2);
    let dir = home.path().join("m");
    mirror_in(&dir, &record.trust_file().unwrap());
    let mirror = open(&dir);
    let source = Served::nothing();
    source.take(&record);
    let whole = source.files.lock().unwrap()["checkpoint"].clone();
    let mut note = Note::parse(&whole).unwrap();
    // The log's signature and one of three cosignatures.
    note.signatures.truncate(2);
    source
        .files
        .lock()
        .unwrap()
        .insert("checkpoint".into(), note.to_string().into_bytes());
    let refused = follow(&mirror, &source).unwrap_err();
    assert!(matches!(refused, MirrorError::Checkpoint(_)), "{refused}");
    source
        .files
        .lock()
        .unwrap()
        .insert("checkpoint".into(), whole);
    follow(&mirror, &source).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_is_served_read_only_and_can_be_mirrored() {
    let home = home();
    let record = record(&home.path().join("r"));
    grow(&record, 0..300);
    let trust = record.trust_file().unwrap();
    let source = Served::nothing();
    source.take(&record);
    let (one, two) = (home.path().join("1"), home.path().join("2"));
    mirror_in(&one, &trust);
    init(&two, "mirror.example/second", seed("second"), &trust).unwrap();
    let mirror = open(&one);
    follow(&mirror, &source).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(http::serve(
        mirror.site(),
        None,
        None,
        listener,
        std::future::pending(),
    ));
    let prefix = tlog::origin_hash(record.origin());
    let below = format!("{url}/{prefix}");
    let done = tokio::task::spawn_blocking(move || {
        let second = open(&two);
        let done = follow(&second, &HttpSource::new(&url)).unwrap();
        // The prefix of tlog-mirror, and what is not there.
        let site = HttpSource::new(&below);
        assert!(
            site.get("checkpoint")
                .unwrap()
                .unwrap()
                .starts_with(b"record.example/")
        );
        assert_eq!(site.get("tile/0/000").unwrap().unwrap().len(), 8192);
        for path in [
            "tile/0/999",
            "tile/../../mirror.key",
            "tile/%2e%2e/mirror.json",
        ] {
            assert!(!matches!(site.get(path), Ok(Some(_))), "{path}");
        }
        done
    });
    assert_eq!(done.await.unwrap().size, record.size());
    server.abort();
}
