//! Any changed bit of a bundle is found, and the check and the place are named.

use std::path::Path;

use record::bundle;
use record::trust::TrustFile;

/// Every how many bytes a bit is flipped when the digest line is left as it was.
const STEP_PLAIN: usize = 13;
/// The same when the forger also recomputes the digest, so that later checks have to find it.
const STEP_FORGED: usize = 97;

fn vector(file: &str) -> Vec<u8> {
    std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../docs/vectors")
            .join(file),
    )
    .unwrap()
}

fn trust() -> TrustFile {
    TrustFile::parse(std::str::from_utf8(&vector("example.trust")).unwrap()).unwrap()
}

/// The failing check's name and detail.
fn failure(bytes: &[u8]) -> (String, String) {
    let (v, _) = bundle::verify(bytes, Some(&trust()));
    assert!(!v.holds());
    let failure = v
        .report
        .failure()
        .expect("a bundle that does not hold names its check");
    (failure.name.clone(), failure.detail.clone())
}

#[test]
fn the_frozen_bundle_holds() {
    let (v, found) = bundle::verify(&vector("example.bundle"), Some(&trust()));
    assert!(v.holds() && v.pinned, "{:?}", v.report);
    assert!(v.finding(&found.unwrap()).is_some());
}

#[test]
fn every_flipped_bit_is_found() {
    let good = vector("example.bundle");
    for place in (0..good.len()).step_by(STEP_PLAIN) {
        let mut bad = good.clone();
        bad[place] ^= 1 << (place % 8);
        let (check, detail) = failure(&bad);
        assert_eq!(check, "digest", "byte {place}");
        assert!(
            detail.contains("digest")
                || detail.contains("not UTF-8 from byte")
                || detail.contains("carriage return")
                || detail.contains("last line"),
            "{detail}"
        );
    }
}

#[test]
fn every_flipped_bit_is_found_under_a_recomputed_digest() {
    let good = vector("example.bundle");
    let end = good.len() - "sha256 ".len() - 64 - 1;
    let mut found = std::collections::BTreeMap::new();
    for place in (0..end).step_by(STEP_FORGED) {
        let mut bad = good[..end].to_vec();
        bad[place] ^= 1 << (place % 7);
        bad.extend(format!("sha256 {}\n", tlog::sha256(&bad)).bytes());
        let (check, detail) = failure(&bad);
        assert!(!detail.is_empty());
        *found.entry(check).or_insert(0) += 1;
    }
    eprintln!("flips found under a recomputed digest, by check: {found:?}");
    for check in ["statements", "inclusion", "replay"] {
        assert!(found.contains_key(check), "{found:?}");
    }
}

#[test]
fn a_cut_or_shuffled_bundle_is_refused() {
    let text = String::from_utf8(vector("example.bundle")).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let sealed = |lines: &[&str]| {
        let body: String = lines[..lines.len() - 1]
            .iter()
            .map(|l| format!("{l}\n"))
            .collect();
        let digest = tlog::sha256(body.as_bytes());
        format!("{body}sha256 {digest}\n").into_bytes()
    };
    for n in 0..lines.len() - 1 {
        let mut cut = lines.clone();
        cut.remove(n);
        failure(&sealed(&cut));
        if n + 2 < lines.len() {
            let mut shuffled = lines.clone();
            shuffled.swap(n, n + 1);
            failure(&sealed(&shuffled));
        }
    }
    failure(b"");
    failure(text.replace('\n', "\r\n").as_bytes());
}
