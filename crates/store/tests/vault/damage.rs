//! Damage: every byte of a small exhibit, its length, and its name.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use solferino_store::vault::{MAX_EXHIBIT_BYTES, VaultError};

use super::{Place, content};

/// Puts other bytes in a write-once file, as a failing disk or an intruder would.
fn overwrite(file: &Path, bytes: &[u8]) {
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(file, bytes).unwrap();
}

#[test]
fn damage_to_any_single_byte_is_found_with_and_without_the_key() {
    let place = Place::new();
    let stored = place.put(b"evidence");
    let file = place.file(&stored.sha256);
    let whole = fs::read(&file).unwrap();
    for at in 0..whole.len() {
        for change in [0x01, 0x20, 0x80, 0xff] {
            let mut damaged = whole.clone();
            damaged[at] ^= change;
            overwrite(&file, &damaged);

            let keyless = place
                .vault
                .check_ciphertext(&stored.sha256, &stored.ciphertext_sha256);
            assert!(
                matches!(
                    keyless,
                    Err(VaultError::Damaged {
                        what: "ciphertext",
                        ..
                    })
                ),
                "byte {at} ^ {change:#x}: {keyless:?}"
            );
            let keyed = place.vault.read_all(&stored.sha256, 100);
            assert!(
                matches!(keyed, Err(VaultError::Undecipherable { .. })),
                "byte {at} ^ {change:#x}: {keyed:?}"
            );
        }
    }
    overwrite(&file, &whole);
    assert_eq!(
        place.vault.read_all(&stored.sha256, 100).unwrap(),
        b"evidence"
    );
}

#[test]
fn a_shorter_or_longer_file_is_found() {
    let place = Place::new();
    // Around the chunk length of the age format, where a cut could pass for an end.
    for length in [0, 8, 65_536, 65_537, 131_072] {
        let stored = place.put(&content(length));
        let file = place.file(&stored.sha256);
        let whole = fs::read(&file).unwrap();
        let chunk = 65_536 + 16;
        let cuts = [
            0,
            1,
            100,
            whole.len() - 1,
            whole.len() - 16,
            whole.len().saturating_sub(chunk),
        ];
        let longer = [&whole[..], b"\n"].concat();
        let doubled = [&whole[..], &whole[..]].concat();
        for damaged in cuts
            .iter()
            .map(|cut| &whole[..*cut])
            .chain([&longer[..], &doubled])
        {
            overwrite(&file, damaged);
            let keyed = place.vault.check(&stored.sha256);
            assert!(
                matches!(keyed, Err(VaultError::Undecipherable { .. })),
                "{length}: {} of {}: {keyed:?}",
                damaged.len(),
                whole.len()
            );
            assert!(
                place
                    .vault
                    .check_ciphertext(&stored.sha256, &stored.ciphertext_sha256)
                    .is_err()
            );
        }
    }
}

#[test]
fn a_swapped_exhibit_is_found() {
    let place = Place::new();
    let (one, two) = (place.put(b"one"), place.put(b"two"));
    overwrite(
        &place.file(&one.sha256),
        &fs::read(place.file(&two.sha256)).unwrap(),
    );
    match place.vault.check(&one.sha256) {
        Err(VaultError::Damaged {
            path,
            what,
            expected,
            found,
        }) => {
            assert_eq!(path, place.file(&one.sha256));
            assert_eq!((what, expected, found), ("content", one.sha256, two.sha256));
        }
        other => panic!("{other:?}"),
    }
    let keyless = place
        .vault
        .check_ciphertext(&one.sha256, &one.ciphertext_sha256);
    assert!(
        matches!(keyless, Err(VaultError::Damaged { found, .. }) if found == two.ciphertext_sha256)
    );
}

#[test]
fn an_exhibit_of_another_vault_is_found() {
    let (place, other) = (Place::new(), Place::new());
    let stored = place.put(b"same");
    let foreign = other.put(b"same");
    assert_ne!(stored.ciphertext_sha256, foreign.ciphertext_sha256);
    overwrite(
        &place.file(&stored.sha256),
        &fs::read(other.file(&stored.sha256)).unwrap(),
    );
    let refused = place.vault.check(&stored.sha256);
    assert!(
        matches!(refused, Err(VaultError::Undecipherable { .. })),
        "{refused:?}"
    );
}

#[test]
fn putting_again_what_is_there_damaged_fails_loudly_and_keeps_the_evidence() {
    let place = Place::new();
    let stored = place.put(b"evidence");
    let file = place.file(&stored.sha256);
    let mut damaged = fs::read(&file).unwrap();
    *damaged.last_mut().unwrap() ^= 1;
    overwrite(&file, &damaged);
    let refused = place.vault.put(&b"evidence"[..], MAX_EXHIBIT_BYTES);
    assert!(
        matches!(refused, Err(VaultError::Undecipherable { .. })),
        "{refused:?}"
    );
    assert_eq!(fs::read(&file).unwrap(), damaged);
    // The operator's repair: destroy what is damaged, put the content again.
    place.vault.destroy(&stored.sha256).unwrap();
    assert!(place.put(b"evidence").fresh);
}
