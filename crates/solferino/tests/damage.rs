//! One bit changed anywhere: the check that finds it says where.

use std::path::{Path, PathBuf};

use crate::support::{copy_of_demo, files, flip, run_in, shared};

/// Audits a copy of the demonstration after one bit of one of its files was changed.
#[track_caller]
fn audit_finds(file: &str, at: Option<usize>) {
    let dir = copy_of_demo();
    let path = dir.path().join("demo").join(file);
    let length = std::fs::metadata(&path).unwrap().len() as usize;
    flip(&path, at.unwrap_or(length / 2));
    let out = run_in(dir.path(), &["audit", "demo", "--trust", "demo/trust.txt"]).code(4);
    let failed = out.lines().find(|l| l.contains("FAILED")).unwrap();
    assert!(failed.contains(file), "{failed}\nshould name {file}");
}

fn below(folder: &str) -> Vec<String> {
    let demo = shared().join("demo");
    let name = |p: PathBuf| {
        p.strip_prefix(&demo)
            .unwrap()
            .to_string_lossy()
            .into_owned()
    };
    files(&demo.join(folder)).into_iter().map(name).collect()
}

#[test]
fn an_untouched_copy_passes_the_audit() {
    let dir = copy_of_demo();
    let out = run_in(dir.path(), &["audit", "demo", "--trust", "demo/trust.txt"]).code(0);
    assert!(out.ends_with("verified\n"), "{out}");
    run_in(dir.path(), &["audit", "demo"]).code(3);
}

#[test]
fn a_flipped_bit_in_a_tile_is_named() {
    let tiles = below("log/tile/0");
    assert!(tiles.len() >= 4);
    audit_finds(&tiles[0], None);
    audit_finds(tiles.last().unwrap(), Some(0));
    audit_finds(&below("log/tile/1")[0], None);
}

#[test]
fn a_flipped_bit_in_an_entry_bundle_is_named() {
    let bundles = below("log/tile/entries");
    audit_finds(&bundles[0], None);
    audit_finds(bundles.last().unwrap(), None);
}

#[test]
fn a_flipped_bit_in_the_checkpoint_is_named() {
    for at in [Some(0), None] {
        audit_finds("log/checkpoint", at);
    }
}

#[test]
fn a_flipped_bit_in_the_cell_is_named() {
    audit_finds("log.cell", None);
}

#[test]
fn a_flipped_bit_in_an_exhibit_is_named() {
    let bundle =
        std::fs::read_to_string(shared().join("demo/bundles/olympic-2018-1.bundle")).unwrap();
    let exhibit = bundle
        .lines()
        .find_map(|l| l.strip_prefix("exhibit "))
        .unwrap();
    let hash = exhibit.split(' ').next().unwrap();
    audit_finds(&format!("vault/{}/{hash}.age", &hash[..2]), None);
}

#[test]
fn deleted_views_are_made_again() {
    let dir = copy_of_demo();
    for file in files(&dir.path().join("demo")) {
        if file
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("views.sqlite")
        {
            std::fs::remove_file(file).unwrap();
        }
    }
    let audit = ["audit", "demo", "--trust", "demo/trust.txt"];
    let out = run_in(dir.path(), &audit).code(0);
    assert!(out.contains("views        not checked"), "{out}");
    run_in(dir.path(), &["rebuild", "demo"]).code(0);
    let out = run_in(dir.path(), &audit).code(0);
    assert!(
        out.contains("views        ok: the views hold what a rebuild makes"),
        "{out}"
    );
}

/// The line kinds of a bundle with the first, middle and last line of each.
fn sampled_lines(text: &str) -> Vec<(String, usize, usize)> {
    let mut at = 0;
    let mut lines: Vec<(String, usize, usize)> = Vec::new();
    for line in text.split_inclusive('\n') {
        let word = line.split([' ', '\n']).next().unwrap();
        lines.push((word.to_owned(), at, line.len() - 1));
        at += line.len();
    }
    let mut kinds: Vec<_> = lines.iter().map(|(k, _, _)| k.clone()).collect();
    kinds.dedup();
    let sample = |kind: &String| {
        let of: Vec<_> = lines
            .iter()
            .filter(|(k, _, _)| k == kind)
            .cloned()
            .collect();
        [
            of[0].clone(),
            of[of.len() / 2].clone(),
            of[of.len() - 1].clone(),
        ]
    };
    kinds.iter().flat_map(sample).collect()
}

fn verify(dir: &Path, bytes: &[u8]) -> String {
    std::fs::write(dir.join("flipped.bundle"), bytes).unwrap();
    let trust = shared().join("demo/trust.txt");
    let out = run_in(
        dir,
        &[
            "verify",
            "flipped.bundle",
            "--trust",
            trust.to_str().unwrap(),
        ],
    )
    .code(4);
    assert!(out.ends_with("NOT verified\n"), "{out}");
    out.lines()
        .find(|l| l.contains("FAILED"))
        .unwrap()
        .to_owned()
}

#[test]
fn a_flipped_bit_in_any_line_of_a_bundle_is_found_by_the_digest() {
    let text =
        std::fs::read_to_string(shared().join("demo/bundles/olympic-2018-1.bundle")).unwrap();
    let lines = sampled_lines(&text);
    let mut kinds: Vec<_> = lines.iter().map(|(k, _, _)| k.as_str()).collect();
    kinds.dedup();
    assert_eq!(kinds.len(), 7, "{kinds:?}");
    let dir = tempfile::tempdir().unwrap();
    for (kind, at, length) in lines {
        let mut bytes = text.clone().into_bytes();
        bytes[at + length / 2] ^= 1;
        let failed = verify(dir.path(), &bytes);
        assert!(failed.starts_with("digest "), "{kind}: {failed}");
    }
}

#[test]
fn with_a_fresh_digest_a_deeper_check_names_the_place() {
    let text =
        std::fs::read_to_string(shared().join("demo/bundles/olympic-2018-1.bundle")).unwrap();
    let body_end = text.rfind("sha256 ").unwrap();
    let dir = tempfile::tempdir().unwrap();
    for (kind, at, length) in sampled_lines(&text)
        .into_iter()
        .filter(|(k, _, _)| k != "sha256")
    {
        for part in [1, 2, 3] {
            let mut bytes = text.as_bytes()[..body_end].to_vec();
            bytes[at + length * part / 4] ^= 1;
            let digest = format!("sha256 {}\n", tlog::sha256(&bytes));
            bytes.extend_from_slice(digest.as_bytes());
            let failed = verify(dir.path(), &bytes);
            assert!(!failed.starts_with("digest "), "{kind}: {failed}");
            let place = match kind.as_str() {
                "statement" => ["index", "line", "charter"]
                    .iter()
                    .any(|w| failed.contains(w)),
                "exhibit" => ["exhibit", "line"].iter().any(|w| failed.contains(w)),
                "result" => {
                    failed.starts_with("replay ") && failed.contains('/') || failed.contains("JSON")
                }
                _ => true,
            };
            assert!(place, "{kind}, part {part}: {failed}");
        }
    }
}
