//! Bringing entries to a mirror: whole, in parts, twice at once, cut short, and lying.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use solferino_witness::mirror::Mirror;
use solferino_witness::mirror::bring::{BringError, bring};
use solferino_witness::mirror::source::Source;
use solferino_witness::mirror::upload::{Config, MAX_PENDING, Uploads};
use store::Record;
use store::cosigning::{Reply, Transport};
use tlog::{
    AddCheckpoint, AddEntries, Checkpoint, EntryPackage, MirrorInfo, Note, SigningKey, Tree,
    consistency_proof, entry_bundles_to_write, leaf_hash, parse_signature_lines, sign_checkpoint,
    subtree_consistency_proof, tiles_to_write,
};

use crate::body::{cast, founded_at, genesis, report};
use crate::support::{home, seed};

/// A log whose entries the rules admit, with everything needed to bring them somewhere.
pub(crate) struct Bringer {
    pub(crate) key: SigningKey,
    entries: Vec<Vec<u8>>,
    pub(crate) tree: Tree,
}

impl Bringer {
    /// Copies a record that grew by so many reports.
    pub(crate) fn new(dir: &Path, reports: u64) -> (Self, Record) {
        let record = Record::create(dir, &cast().log, &genesis(&[])).unwrap();
        record.set_time(founded_at()).unwrap();
        let answers = record.submit_all_blocking((0..reports).map(report).collect());
        assert!(answers.iter().all(Result::is_ok));
        let size = record.size();
        let entries: Vec<_> = (0..size).map(|n| record.entry(n).unwrap()).collect();
        let tree = Tree::from_leaves(entries.iter().map(|entry| leaf_hash(entry)));
        let key = cast().log;
        (Self { key, entries, tree }, record)
    }

    fn size(&self) -> u64 {
        self.tree.size()
    }

    fn add_checkpoint(&self, old: u64, size: u64) -> Vec<u8> {
        let root = tlog::root(&self.tree, size).unwrap();
        let name = self.key.verifier_key().name().to_owned();
        let checkpoint = Checkpoint::new(&name, size, root).unwrap();
        let request = AddCheckpoint {
            old,
            proof: consistency_proof(&self.tree, old, size).unwrap(),
            note: sign_checkpoint(&checkpoint, &self.key).unwrap(),
            checkpoint,
        };
        request.to_string().into_bytes()
    }

    fn request(&self, start: u64, end: u64) -> AddEntries {
        AddEntries::new(self.key.verifier_key().name(), start, end, &[]).unwrap()
    }

    /// The body with the first `packages` packages.
    pub(crate) fn body(&self, start: u64, end: u64, packages: usize) -> Vec<u8> {
        let request = self.request(start, end);
        let mut bytes = request.to_bytes().unwrap();
        for span in request.spans().take(packages) {
            let (from, to) = (span.first as usize, span.subtree.end() as usize);
            let package = EntryPackage {
                entries: self.entries[from..to].to_vec(),
                proof: subtree_consistency_proof(&self.tree, &span.subtree, end).unwrap(),
            };
            bytes.extend(package.to_bytes().unwrap());
        }
        bytes
    }
}

struct Stage {
    _home: tempfile::TempDir,
    bringer: Bringer,
    record: Record,
    mirror: Arc<Mirror>,
    uploads: Uploads,
}

fn stage(reports: u64) -> Stage {
    let home = home();
    let (bringer, record) = Bringer::new(&home.path().join("r"), reports);
    let dir = home.path().join("m");
    let trust = record.trust_file().unwrap();
    solferino_witness::mirror::init(&dir, "mirror.example/m", seed("m"), &trust).unwrap();
    let mirror = Arc::new(Mirror::open(&dir, &|_, _| {}).unwrap());
    let uploads = Uploads::start(Arc::clone(&mirror), Config::default()).unwrap();
    Stage {
        _home: home,
        bringer,
        record,
        mirror,
        uploads,
    }
}

impl Stage {
    async fn pending(&self, old: u64, size: u64) -> u16 {
        let body = self.bringer.add_checkpoint(old, size);
        self.uploads.add_checkpoint(&body).await.status
    }

    fn send(&self, body: &[u8]) -> (u16, Option<(u64, u64)>) {
        let answer = self.uploads.add_entries(body);
        let info = MirrorInfo::parse(answer.body.as_bytes()).ok();
        (answer.status, info.map(|info| (info.size, info.next)))
    }

    fn size(&self) -> u64 {
        self.mirror.size()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_upload_moves_the_mirror_and_is_cosigned() {
    let s = stage(600);
    let end = s.bringer.size();
    assert_eq!(
        s.send(&s.bringer.body(0, end, 9)),
        (422, None),
        "nothing is pending"
    );
    assert_eq!(s.pending(0, end).await, 200);
    let answer = s.uploads.add_entries(&s.bringer.body(0, end, 9));
    assert_eq!(answer.status, 200, "{answer:?}");
    let lines = parse_signature_lines(answer.body.as_bytes()).unwrap();
    let root = tlog::root(&s.bringer.tree, end).unwrap();
    let text = Checkpoint::new(crate::body::ORIGIN, end, root).unwrap();
    let note = Note {
        text: text.to_string(),
        signatures: lines,
    };
    note.verify(&[s.mirror.verifier_key()]).unwrap();
    assert_eq!(s.size(), end);
    // Nothing left to bring: the cosignature again.
    assert_eq!(s.send(&s.bringer.body(end, end, 0)).0, 200);
    // The mirror signs nothing at add-checkpoint.
    let again = s.bringer.add_checkpoint(end, end);
    assert_eq!(s.uploads.add_checkpoint(&again).await.body, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_interruptions_and_overlaps_end_in_the_same_mirror() {
    let s = stage(700);
    let end = s.bringer.size();
    assert_eq!(s.pending(0, end).await, 200);
    // Who knows nothing asks with an empty upload.
    assert_eq!(s.send(&s.bringer.body(0, 0, 0)), (409, Some((end, 0))));
    assert_eq!(s.send(&s.bringer.body(0, end, 1)), (202, Some((end, 256))));
    // Cut short inside the second package of the rest: the first of it counts.
    let mut cut = s.bringer.body(256, end, 9);
    cut.truncate(cut.len() - 40);
    assert_eq!(s.send(&cut), (202, Some((end, 512))));
    // Cut short inside the first: nothing counts.
    let mut nothing = s.bringer.body(512, end, 9);
    nothing.truncate(nothing.len() - 40);
    assert_eq!(s.send(&nothing).0, 400);
    // Beyond what is here: told where to go on.
    assert_eq!(
        s.send(&s.bringer.body(600, end, 9)),
        (409, Some((end, 512)))
    );
    // Overlapping, from the middle of a bundle that is here.
    assert_eq!(s.send(&s.bringer.body(300, end, 9)).0, 200);
    assert_eq!(s.size(), end);
}

#[tokio::test(flavor = "multi_thread")]
async fn lies_are_found_before_anything_is_kept() {
    let s = stage(300);
    let end = s.bringer.size();
    assert_eq!(s.pending(0, end).await, 200);
    let good = s.bringer.body(0, end, 9);
    let head = s.bringer.request(0, end).to_bytes().unwrap().len();
    // A changed bit of an entry, and of the proof at the end of the first package.
    for at in [head + 40, s.bringer.body(0, end, 1).len() - 5] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert_eq!(s.send(&bad).0, 422);
    }
    assert_eq!(s.send(b"").0, 400);
    assert_eq!(s.send(&good[..head - 1]).0, 400);
    let mut other = AddEntries::new("log.example/other", 0, end, &[]).unwrap();
    assert_eq!(s.send(&other.to_bytes().unwrap()).0, 404);
    other.origin = crate::body::ORIGIN.into();
    other.end = end + 1;
    assert_eq!(s.send(&other.to_bytes().unwrap()), (409, Some((end, 0))));
    assert_eq!(s.size(), 0);
    assert_eq!(s.send(&good).0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_bring_at_once_and_an_older_pending_checkpoint_still_serves() {
    let s = stage(700);
    let end = s.bringer.size();
    assert_eq!(s.pending(0, 400).await, 200);
    assert_eq!(s.send(&s.bringer.body(0, 400, 1)), (202, Some((400, 256))));
    // The pending checkpoint moves while the upload is under way.
    assert_eq!(s.pending(400, end).await, 200);
    assert_eq!(s.send(&s.bringer.body(256, 400, 9)).0, 200);
    assert_eq!(s.size(), 400);
    let bodies = [s.bringer.body(400, end, 9), s.bringer.body(256, end, 9)];
    let threads = bodies.map(|body| {
        let uploads = s.uploads.clone();
        std::thread::spawn(move || uploads.add_entries(&body).status)
    });
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 200);
    }
    assert_eq!(s.size(), end);
    // The mirror never goes back.
    assert_eq!(s.send(&s.bringer.body(0, 400, 9)), (409, Some((end, end))));
    assert_eq!(s.pending(0, 400).await, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smaller_checkpoint_is_not_shown_once_more_is_here() {
    let s = stage(700);
    let end = s.bringer.size();
    assert_eq!(s.pending(0, 400).await, 200);
    assert_eq!(s.pending(400, end).await, 200);
    // Somebody is on the way to the larger, and stopped beyond the smaller.
    assert_eq!(s.send(&s.bringer.body(0, end, 2)), (202, Some((end, 512))));
    assert_eq!(
        s.send(&s.bringer.body(256, 400, 9)),
        (409, Some((end, 512)))
    );
    assert_eq!(s.size(), 0);
    assert_eq!(s.send(&s.bringer.body(512, end, 9)).0, 200);
    let copy = store::LogCopy::read(&s._home.path().join("m"), None, |_, _| {});
    assert_eq!(copy.unwrap().checkpoint().size, end);
}

#[tokio::test(flavor = "multi_thread")]
async fn pending_checkpoints_are_forgotten_after_a_while() {
    let s = stage(40);
    let mut old = 0;
    for size in 3..=(4 + MAX_PENDING as u64) {
        assert_eq!(s.pending(old, size).await, 200);
        old = size;
    }
    assert_eq!(s.send(&s.bringer.body(0, 3, 9)), (409, Some((old, 0))));
    assert_eq!(s.send(&s.bringer.body(0, 5, 9)).0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_upload_over_http_is_taken() {
    use axum::serve;
    let s = stage(300);
    let end = s.bringer.size();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = solferino_witness::mirror::http::upload_router(s.uploads.clone());
    let server = tokio::spawn(async move { serve(listener, router).await });
    let checkpoint = s.bringer.add_checkpoint(0, end);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&s.bringer.body(0, end, 9)).unwrap();
    let packed = packed.finish().unwrap();
    let asked = tokio::task::spawn_blocking(move || {
        let pending = ureq::post(format!("{url}/add-checkpoint")).send(&checkpoint[..]);
        assert_eq!(pending.unwrap().status(), 200);
        let sent = ureq::post(format!("{url}/add-entries"))
            .header("Content-Type", "application/octet-stream")
            .header("Content-Encoding", "gzip")
            .send(&packed[..]);
        sent.unwrap().status().as_u16()
    });
    assert_eq!(asked.await.unwrap(), 200);
    assert_eq!(s.size(), end);
    server.abort();
}

/// A mirror reached without a network; counts what is sent.
struct Direct<'a> {
    uploads: &'a Uploads,
    runtime: tokio::runtime::Handle,
    sent: Mutex<Vec<(String, usize)>>,
}

impl<'a> Direct<'a> {
    fn new(uploads: &'a Uploads) -> Self {
        Self {
            uploads,
            runtime: tokio::runtime::Handle::current(),
            sent: Mutex::default(),
        }
    }
}

impl Transport for Direct<'_> {
    fn post(&self, url: &str, body: &[u8]) -> Result<Reply, String> {
        let path = url.rsplit('/').next().unwrap().to_owned();
        let answer = match path.as_str() {
            "add-checkpoint" => self.runtime.block_on(self.uploads.add_checkpoint(body)),
            _ => self.uploads.add_entries(body),
        };
        self.sent.lock().unwrap().push((path, body.len()));
        Ok(Reply {
            status: answer.status,
            body: answer.body.into_bytes(),
        })
    }
}

/// A log's files, as its server gives them.
fn published(record: &Record) -> Files {
    let size = record.size();
    let mut paths = vec!["checkpoint".to_owned()];
    paths.extend(tiles_to_write(0, size).iter().map(tlog::TileId::path));
    let bundles = entry_bundles_to_write(0, size);
    paths.extend(bundles.iter().map(tlog::EntryBundleId::path));
    let file = |path: String| (path.clone(), record.tile(&path).unwrap().unwrap());
    Files(paths.into_iter().map(file).collect())
}

struct Files(BTreeMap<String, Vec<u8>>);

impl Source for Files {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.0.get(path).cloned())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_brought_arrives_and_goes_on_where_it_stopped() {
    let s = stage(700);
    let log = published(&s.record);
    let direct = Direct::new(&s.uploads);
    let all = tokio::task::block_in_place(|| bring(&log, "http://m", &direct)).unwrap();
    let end = s.bringer.size();
    assert_eq!((all.size, all.sent, s.size()), (end, end, end));
    let root = tlog::root(&s.bringer.tree, end).unwrap();
    let text = Checkpoint::new(crate::body::ORIGIN, end, root).unwrap();
    let note = Note {
        text: text.to_string(),
        signatures: all.cosignatures,
    };
    note.verify(&[s.mirror.verifier_key()]).unwrap();

    // The log grows: the mirror names its size, and only what it lacks is sent.
    let before = direct.sent.lock().unwrap().len();
    let answers = s
        .record
        .submit_all_blocking((700..900).map(report).collect());
    assert!(answers.iter().all(Result::is_ok));
    let log = published(&s.record);
    let more = tokio::task::block_in_place(|| bring(&log, "http://m", &direct)).unwrap();
    assert_eq!(
        (more.size, more.sent),
        (s.record.size(), s.record.size() - end)
    );
    let sent = direct.sent.lock().unwrap()[before..].to_vec();
    let paths: Vec<&str> = sent.iter().map(|(path, _)| path.as_str()).collect();
    let twice = ["add-checkpoint", "add-entries"]
        .map(|path| [path; 2])
        .concat();
    assert_eq!(paths, twice, "told, then done");
    // Nothing new: the cosignature again, and no entry sent.
    let none = tokio::task::block_in_place(|| bring(&log, "http://m", &direct)).unwrap();
    assert_eq!((none.sent, none.cosignatures.len()), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_longer_the_log_is_refused_and_said() {
    let s = stage(300);
    let mut log = published(&s.record);
    let direct = Direct::new(&s.uploads);
    let first = log.0.get_mut("tile/entries/000").unwrap();
    let middle = first.len() / 2;
    first[middle] ^= 1;
    let refused = tokio::task::block_in_place(|| bring(&log, "http://m", &direct));
    let refused = refused.unwrap_err();
    assert!(
        matches!(refused, BringError::Refused { status: 422, .. }),
        "{refused}"
    );
    assert_eq!(s.size(), 0);
    log.0.remove("tile/entries/000");
    let gone = tokio::task::block_in_place(|| bring(&log, "http://m", &direct));
    assert!(matches!(gone, Err(BringError::Log(_))));
}

/// A mirror that takes nothing, and names a next entry each time.
struct Crawling<'a> {
    honest: Direct<'a>,
    next: fn(u64) -> u64,
    /// Requests, and the bytes of all.
    asked: Mutex<(u64, usize)>,
}

impl Transport for Crawling<'_> {
    fn post(&self, url: &str, body: &[u8]) -> Result<Reply, String> {
        if !url.ends_with("add-entries") {
            return self.honest.post(url, body);
        }
        let mut asked = self.asked.lock().unwrap();
        asked.0 += 1;
        asked.1 += body.len();
        let info = MirrorInfo {
            size: 700,
            next: (self.next)(asked.0),
            ticket: Vec::new(),
        };
        Ok(Reply {
            status: 202,
            body: info.to_string().into_bytes(),
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_that_goes_on_slowly_or_in_circles_is_given_up() {
    let s = stage(700);
    let log = published(&s.record);
    let whole: usize = log.0.values().map(Vec::len).sum();
    let to_and_fro = |n: u64| if n.is_multiple_of(2) { 0 } else { 256 };
    let each_round_further = |n: u64| if n.is_multiple_of(2) { 0 } else { 256 + n };
    for next in [|n| n, to_and_fro, each_round_further] {
        let crawling = Crawling {
            honest: Direct::new(&s.uploads),
            next,
            asked: Mutex::default(),
        };
        let stuck = tokio::task::block_in_place(|| bring(&log, "http://m", &crawling));
        assert!(matches!(stuck, Err(BringError::Stuck)), "{stuck:?}");
        let (requests, bytes) = *crawling.asked.lock().unwrap();
        assert!(requests < 20, "{requests} requests");
        assert!(bytes < 8 * whole, "{bytes} bytes of a log of {whole}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_uploads_adds_no_line_that_does_not_verify_and_takes_none_away() {
    let s = stage(300);
    let end = s.bringer.size();
    assert_eq!(s.pending(0, end).await, 200);
    assert_eq!(s.send(&s.bringer.body(0, end, usize::MAX)).0, 200);
    let file = s._home.path().join("m/log/checkpoint");
    let shown = || std::fs::read_to_string(&file).unwrap();
    let lines = |note: &str| note.lines().filter(|l| l.starts_with('\u{2014}')).count();
    assert_eq!(lines(&shown()), 2, "the log's and the mirror's");
    // A line under somebody's name that nobody here can check, at the same size.
    let honest = String::from_utf8(s.bringer.add_checkpoint(end, end)).unwrap();
    let junk = SigningKey::from_seed("witness.example/w", seed("junk"), tlog::KeyType::Ed25519);
    let other = Checkpoint::new("other.example/log", 1, tlog::sha256(b"other")).unwrap();
    let junk = tlog::sign_note(&other.to_string(), &junk.unwrap()).unwrap();
    let junk = format!("{honest}{}\n", junk.to_string().lines().last().unwrap());
    assert_eq!(s.uploads.add_checkpoint(junk.as_bytes()).await.status, 200);
    let empty = s.bringer.body(end, end, 0);
    assert_eq!(s.send(&empty).0, 200);
    assert_eq!(lines(&shown()), 2);
    assert!(!shown().contains("witness.example/w"));
}
