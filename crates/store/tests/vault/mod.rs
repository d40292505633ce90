//! The vault: round trips, limits, and its doors.

mod damage;

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use solferino_store::vault::{MAX_EXHIBIT_BYTES, Stored, Vault, VaultError};
use tempfile::TempDir;
use tlog::{Hash, sha256};

/// A vault in a folder of its own.
pub(crate) struct Place {
    home: TempDir,
    pub(crate) vault: Vault,
}

impl Place {
    pub(crate) fn new() -> Self {
        let home = TempDir::new().unwrap();
        let vault = Vault::create(&home.path().join("vault"), &home.path().join("id")).unwrap();
        Self { home, vault }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.home.path().join("vault")
    }

    pub(crate) fn identity_file(&self) -> PathBuf {
        self.home.path().join("id")
    }

    pub(crate) fn put(&self, content: &[u8]) -> Stored {
        self.vault.put(content, MAX_EXHIBIT_BYTES).unwrap()
    }

    pub(crate) fn file(&self, hash: &Hash) -> PathBuf {
        let name = hash.to_string();
        self.folder().join(&name[..2]).join(format!("{name}.age"))
    }

    /// Every file below the vault except its public key.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        files_below(&self.folder())
            .into_iter()
            .filter(|f| !f.ends_with("recipient"))
            .collect()
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

pub(crate) fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Content that no compression or repetition could shorten.
pub(crate) fn content(length: usize) -> Vec<u8> {
    let blocks =
        (0..length.div_ceil(32) as u64).map(|block| *sha256(&block.to_be_bytes()).as_bytes());
    blocks.flatten().take(length).collect()
}

#[test]
fn content_of_every_size_comes_back() {
    let place = Place::new();
    for length in [0, 1, 65_535, 65_536, 65_537, 70_000, 131_072, 5_000_000] {
        let content = content(length);
        let stored = place.put(&content);
        assert_eq!(stored.sha256, sha256(&content));
        assert_eq!((stored.size, stored.fresh), (length as u64, true));
        assert_eq!(
            place.vault.read_all(&stored.sha256, length as u64).unwrap(),
            content
        );
        assert_eq!(
            place.vault.check(&stored.sha256).unwrap(),
            Stored {
                fresh: false,
                ..stored
            }
        );

        let file = fs::read(place.file(&stored.sha256)).unwrap();
        assert_eq!(stored.ciphertext_sha256, sha256(&file));
        let checked = place
            .vault
            .check_ciphertext(&stored.sha256, &stored.ciphertext_sha256);
        assert_eq!(checked.unwrap(), file.len() as u64);
        if length >= 32 {
            assert!(
                !file.windows(16).any(|part| part == &content[..16]),
                "not encrypted"
            );
        }
    }
}

#[test]
fn content_at_the_limit_is_taken_and_one_byte_more_is_not() {
    let place = Place::new();
    for limit in [0, 1, 65_536, 100_000] {
        let within = content(limit);
        assert_eq!(
            place.vault.put(&within[..], limit as u64).unwrap().size,
            limit as u64
        );
        let before = place.files().len();
        let refused = place.vault.put(&content(limit + 1)[..], limit as u64);
        assert!(
            matches!(refused, Err(VaultError::TooLarge { limit_bytes }) if limit_bytes == limit as u64),
            "{refused:?}"
        );
        assert_eq!(place.files().len(), before);
    }
    // A source without end is read no further than the limit.
    let refused = place.vault.put(io::repeat(7), 1_000_000);
    assert!(
        matches!(refused, Err(VaultError::TooLarge { .. })),
        "{refused:?}"
    );
}

#[test]
fn read_all_refuses_more_than_its_limit() {
    let place = Place::new();
    let stored = place.put(&content(1000));
    assert_eq!(
        place.vault.read_all(&stored.sha256, 1000).unwrap().len(),
        1000
    );
    let refused = place.vault.read_all(&stored.sha256, 999);
    assert!(
        matches!(refused, Err(VaultError::TooLarge { limit_bytes: 999 })),
        "{refused:?}"
    );
}

#[test]
fn content_put_twice_is_written_once() {
    let place = Place::new();
    let first = place.put(b"exhibit");
    let before = fs::read(place.file(&first.sha256)).unwrap();
    let second = place.put(b"exhibit");
    assert_eq!(
        second,
        Stored {
            fresh: false,
            ..first
        }
    );
    assert_eq!(fs::read(place.file(&first.sha256)).unwrap(), before);
    assert_eq!(place.files().len(), 1);
}

#[test]
fn concurrent_puts_of_one_content_agree() {
    let place = Place::new();
    let content = content(200_000);
    let stored: Vec<Stored> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| place.put(&content)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(stored.iter().filter(|one| one.fresh).count(), 1);
    assert!(
        stored
            .iter()
            .all(|one| one.ciphertext_sha256 == stored[0].ciphertext_sha256)
    );
    assert_eq!(place.files().len(), 1);
}

#[test]
fn an_interrupted_put_leaves_nothing_visible() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the line went dead"))
        }
    }
    let place = Place::new();
    let refused = place
        .vault
        .put(content(100_000).chain(Failing), MAX_EXHIBIT_BYTES)
        .unwrap_err();
    match &refused {
        VaultError::Source(error) => assert_eq!(error.to_string(), "the line went dead"),
        other => panic!("{other:?}"),
    }
    assert_eq!(place.files(), Vec::<PathBuf>::new());
    assert_eq!(place.vault.list().unwrap(), []);

    // A process that died left its file; one that lives holds its lock.
    let incoming = place.folder().join(".incoming");
    let (dead, alive) = (incoming.join(".tmpdead"), incoming.join(".tmpalive"));
    fs::write(&dead, b"half").unwrap();
    let writer = fs::File::create(&alive).unwrap();
    writer.lock().unwrap();
    assert_eq!(place.vault.list().unwrap(), []);
    Vault::open(&place.folder(), &place.identity_file()).unwrap();
    assert!(!dead.exists() && alive.exists());
    drop(writer);
    Vault::open(&place.folder(), &place.identity_file()).unwrap();
    assert!(!alive.exists());
}

#[test]
fn a_failing_sink_is_not_taken_for_damage() {
    let place = Place::new();
    let stored = place.put(&content(100));
    let refused = place.vault.copy_to(&stored.sha256, &mut &mut [0; 50][..]);
    assert!(matches!(refused, Err(VaultError::Sink(_))), "{refused:?}");
}

#[test]
fn the_list_is_sorted_and_holds_only_exhibits() {
    let place = Place::new();
    let mut hashes: Vec<Hash> = (0..20u8).map(|n| place.put(&[n]).sha256).collect();
    hashes.sort();
    let shard = place.file(&hashes[0]).parent().unwrap().to_path_buf();
    fs::write(shard.join("note.txt"), b"").unwrap();
    fs::write(shard.join(format!("{}.bak", hashes[0])), b"").unwrap();
    fs::write(place.folder().join("ab.age"), b"").unwrap();
    fs::write(place.folder().join("zz"), b"").unwrap();
    assert_eq!(place.vault.list().unwrap(), hashes);
}

#[test]
fn a_destroyed_exhibit_is_gone_and_can_be_put_again() {
    let place = Place::new();
    let kept = place.put(b"kept");
    let gone = place.put(b"to be redacted");
    let copy = place.folder().with_file_name("linked-copy");
    fs::hard_link(place.file(&gone.sha256), &copy).unwrap();
    assert!(place.vault.contains(&gone.sha256).unwrap());
    assert!(place.vault.destroy(&gone.sha256).unwrap());
    assert!(
        !place.vault.destroy(&gone.sha256).unwrap(),
        "destroying may be repeated"
    );

    assert!(!place.vault.contains(&gone.sha256).unwrap());
    assert_eq!(place.vault.list().unwrap(), [kept.sha256]);
    assert_eq!(place.files(), [place.file(&kept.sha256)]);
    assert!(
        fs::read(&copy).unwrap().iter().all(|byte| *byte == 0),
        "the blocks were overwritten"
    );
    let missing = place.vault.read_all(&gone.sha256, 100);
    assert!(matches!(missing, Err(VaultError::Missing { hash }) if hash == gone.sha256));
    assert!(place.put(b"to be redacted").fresh);
}

#[test]
fn modes_keep_others_out() {
    let place = Place::new();
    let stored = place.put(b"x");
    assert_eq!(mode(&place.file(&stored.sha256)), 0o400);
    assert_eq!(mode(&place.folder()), 0o700);
    assert_eq!(mode(&place.identity_file()), 0o600);
    let text = fs::read_to_string(place.identity_file()).unwrap();
    assert!(text.starts_with("AGE-SECRET-KEY-1") && text.lines().count() == 1);
    assert!(!format!("{:?}", place.vault).contains("SECRET"));

    fs::set_permissions(place.identity_file(), fs::Permissions::from_mode(0o640)).unwrap();
    let refused = Vault::open(&place.folder(), &place.identity_file());
    assert!(
        matches!(
            refused,
            Err(VaultError::IdentityExposed { mode: 0o640, .. })
        ),
        "{refused:?}"
    );
}

#[test]
fn a_vault_opens_only_with_its_own_identity() {
    let (place, other) = (Place::new(), Place::new());
    let stored = place.put(b"x");
    let again = Vault::open(&place.folder(), &place.identity_file()).unwrap();
    assert_eq!(again.read_all(&stored.sha256, 1).unwrap(), b"x");

    let refused = Vault::open(&place.folder(), &other.identity_file());
    assert!(
        matches!(refused, Err(VaultError::WrongIdentity { .. })),
        "{refused:?}"
    );
    let keyless = Vault::open_keyless(&place.folder()).unwrap();
    assert_eq!(keyless.list().unwrap(), [stored.sha256]);
    keyless
        .check_ciphertext(&stored.sha256, &stored.ciphertext_sha256)
        .unwrap();
    for refused in [keyless.check(&stored.sha256), keyless.put(&b"y"[..], 1)] {
        assert!(
            matches!(refused, Err(VaultError::NoIdentity)),
            "{refused:?}"
        );
    }
    assert!(matches!(
        Vault::open_keyless(other.home.path()),
        Err(VaultError::NotAVault { .. })
    ));
}

#[test]
fn creation_takes_no_vault_twice_and_may_be_repeated_after_a_crash() {
    let place = Place::new();
    let refused = Vault::create(&place.folder(), &place.identity_file());
    assert!(
        matches!(refused, Err(VaultError::AlreadyThere { .. })),
        "{refused:?}"
    );
    place.put(b"still there");

    // A crash before the last step leaves an identity and no recipient.
    let key = fs::read(place.identity_file()).unwrap();
    let folder = place.home.path().join("second");
    Vault::create(&folder, &place.identity_file()).unwrap();
    assert_eq!(fs::read(place.identity_file()).unwrap(), key);

    for text in [
        "",
        "AGE-SECRET-KEY-1",
        "two\nlines",
        &"AGE-SECRET-KEY-1X\n".repeat(1000),
    ] {
        fs::write(place.identity_file(), text).unwrap();
        let refused = Vault::open(&folder, &place.identity_file());
        assert!(
            matches!(refused, Err(VaultError::IdentityMalformed { .. })),
            "{refused:?}"
        );
    }
}
