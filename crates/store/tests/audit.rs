//! Audits: what is whole passes; any damage anywhere is found, and named.

use std::fs;
use std::path::{Path, PathBuf};

use record::check::Outcome;
use solferino_store::{AuditReport, LogCopy, Record, audit};
use tlog::sha256;

use crate::support::{Home, cast, files_below, play, report};

fn run(dir: &Path) -> AuditReport {
    audit(dir, None, |_, _| {})
}

/// The failure's detail, if there is a failure.
fn failure(dir: &Path) -> Option<(String, String)> {
    let found = run(dir);
    let failed = found.report.failure();
    failed.map(|check| (check.name.clone(), check.detail.clone()))
}

/// Puts other bytes in a file's place, whatever its mode, and the old ones back.
fn with_bytes(path: &Path, bytes: &[u8], look: impl FnOnce()) {
    let before = fs::read(path).unwrap();
    let put = |bytes: &[u8]| {
        fs::remove_file(path).unwrap();
        fs::write(path, bytes).unwrap();
    };
    put(bytes);
    look();
    put(&before);
}

/// A record of a few batches, closed.
fn small() -> Home {
    let home = Home::new();
    let record = home.create();
    for n in 0..6 {
        record.submit_blocking(report(n)).unwrap();
    }
    let many = (100..400).map(report).collect();
    assert!(record.submit_all_blocking(many).iter().all(Result::is_ok));
    record.submit_blocking(report(7)).unwrap();
    home
}

#[test]
fn a_whole_record_passes_every_check() {
    let home = Home::new();
    let record = home.create();
    play(&record);
    let trust = record.trust_file().unwrap();
    let size = record.size();
    // Beside the open record first, then with it closed.
    let beside = audit(&home.dir(), Some(&trust), |_, _| {});
    assert_eq!(beside.report.failure(), None);
    drop(record);
    let found = audit(&home.dir(), Some(&trust), |_, _| {});
    assert_eq!(found.report.failure(), None);
    assert_eq!(found.size, size);
    assert_eq!(found.state.cases.len(), 1);
    let open: Vec<_> = found
        .report
        .checks
        .iter()
        .filter(|check| check.outcome != Outcome::Held)
        .collect();
    assert!(open.is_empty(), "{open:?}");
    let other = trust
        .to_string()
        .replace(&trust.charter.to_string(), &sha256(b"another").to_string());
    let other = record::trust::TrustFile::parse(&other).unwrap();
    let found = audit(&home.dir(), Some(&other), |_, _| {});
    assert_eq!(found.report.failure().unwrap().name, "trust");
    damaged_exhibits(&home.dir());
}

/// One byte of each of some exhibits, and of the vault's public key.
fn damaged_exhibits(dir: &Path) {
    let state = run(dir).state;
    let case = state.cases.values().next().unwrap();
    for hash in case.exhibits.keys().take(3) {
        let name = hash.to_string();
        let path = dir.join(format!("vault/{}/{name}.age", &name[..2]));
        let mut bytes = fs::read(&path).unwrap();
        let at = sample(&path, bytes.len());
        bytes[at] ^= 1;
        with_bytes(&path, &bytes, || {
            let (check, detail) = failure(dir).unwrap();
            assert_eq!(check, "exhibits");
            assert!(detail.contains(&name), "{detail}");
        });
    }
    let path = dir.join("vault/recipient");
    for at in [0, 20, 62] {
        let mut bytes = fs::read(&path).unwrap();
        bytes[at] ^= 1;
        with_bytes(&path, &bytes, || {
            assert_eq!(failure(dir).unwrap().0, "exhibits");
        });
    }
}

/// Some offset in a file, the same in every run.
fn sample(path: &Path, length: usize) -> usize {
    let name = path.file_name().unwrap().to_string_lossy();
    let hash = sha256(name.as_bytes());
    let [a, b, ..] = *hash.as_bytes();
    (usize::from(a) * 256 + usize::from(b)) % length
}

#[test]
fn any_flipped_byte_under_the_log_is_found_and_named() {
    let home = small();
    let dir = home.dir();
    assert_eq!(failure(&dir), None);
    for path in files_below(&dir.join("log")) {
        let bytes = fs::read(&path).unwrap();
        for at in [0, sample(&path, bytes.len()), bytes.len() - 1] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x04;
            with_bytes(&path, &damaged, || {
                let (check, detail) = failure(&dir).expect("the damage is found");
                let place = path.strip_prefix(&dir).unwrap().display().to_string();
                assert!(
                    detail.contains(&place),
                    "byte {at} of {place} told as {check}: {detail}"
                );
            });
        }
    }
    assert_eq!(failure(&dir), None);
}

#[test]
fn what_is_cut_short_missing_or_foreign_is_found_and_named() {
    let home = small();
    let dir = home.dir();
    let needed: Vec<PathBuf> = files_below(&dir.join("log"));
    for path in &needed {
        let place = path.strip_prefix(&dir).unwrap().display().to_string();
        let bytes = fs::read(path).unwrap();
        with_bytes(path, &bytes[..bytes.len() - 1], || {
            let (_, detail) = failure(&dir).expect("the damage is found");
            assert!(detail.contains(&place), "{place} told as {detail}");
        });
    }
    for place in [
        "log/checkpoint",
        "log/tile/0/000",
        "log/tile/entries/000",
        "log.cell",
    ] {
        let path = dir.join(place);
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let (_, detail) = failure(&dir).expect("the loss is found");
        assert!(detail.contains(place), "{place} told as {detail}");
        fs::write(&path, bytes).unwrap();
    }
    for place in [
        "log/tile/0/005",
        "log/tile/entries/009.p/3",
        "log/notes",
        "log/tile/0/1",
    ] {
        let path = dir.join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, [7; 8192]).unwrap();
        let (_, detail) = failure(&dir).expect("the stranger is found");
        assert!(detail.contains(place), "{place} told as {detail}");
        fs::remove_file(&path).unwrap();
    }
    assert_eq!(failure(&dir), None);
}

#[test]
fn no_folder_makes_an_audit_panic() {
    let home = Home::new();
    assert_eq!(failure(&home.dir()).unwrap().0, "folder");
    fs::create_dir_all(home.dir().join("log")).unwrap();
    fs::write(home.dir().join("record.json"), b"{}").unwrap();
    assert_eq!(failure(&home.dir()).unwrap().0, "folder");
    let mark = br#"{"format":"solferino.org/record@v2","origin":"x"}"#;
    fs::write(home.dir().join("record.json"), mark).unwrap();
    assert!(failure(&home.dir()).unwrap().1.contains("record@v2"));
    let mark = br#"{"format":"solferino.org/record@v1","origin":"x"}"#;
    fs::write(home.dir().join("record.json"), mark).unwrap();
    assert_eq!(failure(&home.dir()).unwrap().0, "checkpoint");
    for junk in [
        &b""[..],
        b"\n\n",
        b"x\n0\n\n\n",
        b"x\n18446744073709551615\nAAAA\n\n",
    ] {
        fs::write(home.dir().join("log/checkpoint"), junk).unwrap();
        assert_eq!(failure(&home.dir()).unwrap().0, "checkpoint");
    }
}

#[test]
fn an_audit_may_run_beside_a_busy_server() {
    let home = Home::new();
    let record = home.create();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0.. {
                if done.load(std::sync::atomic::Ordering::SeqCst) {
                    break;
                }
                record.submit_blocking(report(n)).unwrap();
            }
        });
        for _ in 0..3 {
            let failed = failure(&home.dir());
            if failed.is_some() {
                done.store(true, std::sync::atomic::Ordering::SeqCst);
            }
            assert_eq!(failed, None);
        }
        done.store(true, std::sync::atomic::Ordering::SeqCst);
    });
}

/// Writes a file whatever its mode.
fn put(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn an_opening_trusts_the_logs_own_key_and_an_audit_does_not() {
    let home = Home::new();
    let record = home.create();
    record.submit_blocking(report(1)).unwrap();
    let size = record.size();
    drop(record);
    let width = u16::try_from(size).unwrap();
    let bundle = home.dir().join(format!("log/tile/entries/000.p/{width}"));
    let mut held = tlog::parse_entry_bundle(&fs::read(&bundle).unwrap(), width).unwrap();
    // Another signature under the last statement: the first character of `sig`.
    let last = held.last_mut().unwrap();
    let key = b"\"sig\":\"";
    let at = last.windows(key.len()).position(|w| w == key).unwrap() + key.len();
    last[at] = if last[at] == b'A' { b'B' } else { b'A' };
    let refs: Vec<&[u8]> = held.iter().map(Vec::as_slice).collect();
    put(&bundle, &tlog::encode_entry_bundle(&refs).unwrap());
    // The log's key has not signed these entries: it is found, and named, by an opening as well.
    let error = Record::open(&home.dir(), |_, _| {}).unwrap_err();
    let wanted = format!("entry {}: the signature does not verify", size - 1);
    assert!(error.to_string().contains(&wanted), "{error}");
    // Whoever holds the log's key can sign anything. The log believes itself; nobody else does.
    let tree = tlog::Tree::from_leaves(held.iter().map(|entry| tlog::leaf_hash(entry)));
    let tile = tlog::TileId::new(0, 0, width).unwrap();
    let tiles = home.dir().join("log").join(tile.path());
    put(&tiles, &tlog::tile_bytes(&tree, &tile).unwrap());
    let log = cast().log;
    let checkpoint = tlog::Checkpoint::new(log.verifier_key().name(), size, tree.root()).unwrap();
    let note = tlog::sign_checkpoint(&checkpoint, &log)
        .unwrap()
        .to_string();
    put(&home.dir().join("log/checkpoint"), note.as_bytes());
    fs::write(home.dir().join("log.cell"), note).unwrap();
    drop(Record::open(&home.dir(), |_, _| {}).unwrap());
    let (check, detail) = failure(&home.dir()).unwrap();
    assert_eq!(check, "signatures");
    assert!(detail.contains(&wanted), "{detail}");
    let copy = LogCopy::read(&home.dir(), None, |_, _| {}).unwrap_err();
    assert!(copy.to_string().contains(&wanted), "{copy}");
}
