//! Whose lines readers of a mirror see, whatever is brought or served again.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use record::trust::TrustFile;
use solferino_witness::mirror::source::Source;
use solferino_witness::mirror::upload::{Config, Uploads};
use solferino_witness::mirror::{Mirror, MirrorError, init};
use store::Record;
use tlog::{
    AddCheckpoint, Checkpoint, KeyType, Note, SigningKey, consistency_proof, cosign,
    sign_checkpoint,
};

use crate::body::ORIGIN;
use crate::support::{home, seed};
use crate::upload::Bringer;

/// A mirror that pins one of two witnesses: one of each kind of key.
struct Stage {
    _home: tempfile::TempDir,
    dir: PathBuf,
    bringer: Bringer,
    record: Record,
    mirror: Arc<Mirror>,
    uploads: Uploads,
    witnesses: [SigningKey; 2],
}

/// The lines of a note: a witness, and the time it signed at.
type Lines<'a> = &'a [(usize, u64)];

fn stage() -> Stage {
    let home = home();
    let (bringer, record) = Bringer::new(&home.path().join("r"), 20);
    let key = |name: &str, of| SigningKey::from_seed(name, seed(name), of).unwrap();
    let witnesses = [
        key("witness.example/w0", KeyType::CosignatureV1),
        key("witness.example/w1", KeyType::SubtreeV1),
    ];
    let [w0, w1] = witnesses.each_ref().map(SigningKey::verifier_key);
    let log = bringer.key.verifier_key();
    let policy =
        format!("log {log}\nwitness w0 {w0}\nwitness w1 {w1}\ngroup q 1 w0 w1\nquorum q\n");
    let charter = record.trust_file().unwrap().charter;
    let trust = TrustFile::new(charter, &policy).unwrap();
    let dir = home.path().join("m");
    init(&dir, "mirror.example/m", seed("m"), &trust).unwrap();
    let mirror = Arc::new(Mirror::open(&dir, &|_, _| {}).unwrap());
    let uploads = Uploads::start(Arc::clone(&mirror), Config::default()).unwrap();
    Stage {
        _home: home,
        dir,
        bringer,
        record,
        mirror,
        uploads,
        witnesses,
    }
}

impl Stage {
    fn note(&self, lines: Lines<'_>) -> Note {
        let tree = &self.bringer.tree;
        let checkpoint = Checkpoint::new(ORIGIN, tree.size(), tree.root()).unwrap();
        let mut note = sign_checkpoint(&checkpoint, &self.bringer.key).unwrap();
        for (witness, time) in lines {
            let line = cosign(&note.text, &self.witnesses[*witness], *time).unwrap();
            note.signatures.push(line);
        }
        note
    }

    /// Uploads what there is, under a note with these lines; gives the statuses of both calls.
    async fn upload(&self, lines: Lines<'_>) -> (u16, u16) {
        let tree = &self.bringer.tree;
        let note = self.note(lines);
        let mut request = AddCheckpoint {
            old: self.mirror.size(),
            proof: Vec::new(),
            checkpoint: Checkpoint::parse(&note.text).unwrap(),
            note,
        };
        request.proof = consistency_proof(tree, request.old, tree.size()).unwrap();
        let body = request.to_string().into_bytes();
        let pending = self.uploads.add_checkpoint(&body).await.status;
        let body = self.bringer.body(request.old, tree.size(), 9);
        (pending, self.uploads.add_entries(&body).status)
    }

    /// Follows a log that serves a note with these lines.
    fn follow(&self, lines: Lines<'_>) -> Result<(), MirrorError> {
        let log = Serving(self.note(lines).to_string(), &self.record);
        self.mirror.follow(&log, &|_, _| {}).map(|_| ())
    }

    /// What readers see: the pinned witnesses' lines, by number.
    fn shown(&self) -> BTreeMap<usize, u64> {
        let bytes = std::fs::read(self.dir.join("log/checkpoint")).unwrap();
        let note = Note::parse(&bytes).unwrap();
        let keys = self.witnesses.each_ref().map(SigningKey::verifier_key);
        let verified = note.verify(&keys).unwrap();
        let place = |key| keys.iter().position(|known| known == key).unwrap();
        let shown = verified
            .iter()
            .map(|v| (place(&v.key), v.timestamp.unwrap()));
        shown.collect()
    }
}

/// A log's files, with another note.
struct Serving<'a>(String, &'a Record);

impl Source for Serving<'_> {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match path {
            "checkpoint" => Ok(Some(self.0.clone().into_bytes())),
            path => self.1.tile(path).map_err(|error| error.to_string()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_of_what_was_published_turns_no_time_back_and_takes_no_witness_away() {
    let s = stage();
    assert_eq!(s.upload(&[(0, 2_000), (1, 2_000)]).await, (200, 200));
    let both = BTreeMap::from([(0, 2_000), (1, 2_000)]);
    assert_eq!(s.shown(), both);
    // Everybody has these: notes of an earlier day, and lines of time 0 as witnesses sign subtrees.
    let replays: [Lines<'_>; 6] = [
        &[(0, 1_000)],
        &[(1, 1_000)],
        &[(0, 1_999), (1, 1_999)],
        &[(1, 0)],
        &[(0, 1_000), (1, 0)],
        &[(0, 2_000), (1, 0)],
    ];
    for lines in replays {
        assert_eq!(s.upload(lines).await, (200, 200), "{lines:?}");
        assert_eq!(s.shown(), both, "after an upload of {lines:?}");
        // The log's own server, or a cache in front of it, may be behind as well.
        s.follow(lines).unwrap();
        assert_eq!(s.shown(), both, "after following {lines:?}");
    }
    // What is later counts, of each key by itself.
    assert_eq!(s.upload(&[(0, 3_000)]).await, (200, 200));
    assert_eq!(s.shown(), BTreeMap::from([(0, 3_000), (1, 2_000)]));
    s.follow(&[(0, 2_500), (1, 4_000)]).unwrap();
    assert_eq!(s.shown(), BTreeMap::from([(0, 3_000), (1, 4_000)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_time_0_is_no_cosignature_of_a_checkpoint() {
    let s = stage();
    // The quorum is one of the two; a line without a time is none.
    let (_, entries) = s.upload(&[(1, 0)]).await;
    assert_ne!(entries, 200);
    let followed = s.follow(&[(1, 0)]);
    assert!(
        matches!(followed, Err(MirrorError::Checkpoint(_))),
        "{followed:?}"
    );
    assert!(!s.dir.join("log/checkpoint").exists());
    s.follow(&[(1, 5_000)]).unwrap();
    assert_eq!(s.shown(), BTreeMap::from([(1, 5_000)]));
}
