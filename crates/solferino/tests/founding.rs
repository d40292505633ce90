//! Founding a record, keys, receipts, refusals, and statements signed elsewhere.

use std::path::Path;

use serde_json::{Value, json};

use crate::flow::{say, try_say};
use crate::support::run_in;

pub(crate) const ORIGIN: &str = "record.example/your-body";
/// Everyone whose key stands in the template of the charter.
const SEATS: [&str; 6] = [
    "founder-one",
    "founder-two",
    "registrar",
    "reviewer-one",
    "reviewer-two",
    "reviewer-three",
];

/// A founded record in `dir/ours`, with keys in `dir`.
pub(crate) fn founded(dir: &Path) {
    founded_with(dir, &[]);
}

/// As above, with the lines of a witness policy in the charter, and the log key that is there.
pub(crate) fn founded_with(dir: &Path, policy: &[String]) {
    let mut charter = run_in(dir, &["new", "charter"]).code(0);
    let lines = serde_json::to_string(policy).unwrap();
    charter = charter.replace(
        "\"witness_policy\": []",
        &format!("\"witness_policy\": {lines}"),
    );
    if !dir.join("log.key").exists() {
        run_in(dir, &["key", "new", ORIGIN, "--out", "log.key"]).code(0);
    }
    charter = with_key(dir, &charter, ORIGIN, "log.key");
    for name in SEATS {
        let file = format!("{name}.key");
        run_in(dir, &["key", "new", name, "--out", &file]).code(0);
        charter = with_key(dir, &charter, name, &file);
    }
    std::fs::write(dir.join("charter.jsonc"), charter).unwrap();
    let found = [
        "init",
        "ours",
        "--charter",
        "charter.jsonc",
        "--log-key",
        "log.key",
        "--founder-key",
        "founder-one.key",
        "--founder-key",
        "founder-two.key",
    ];
    run_in(dir, &found).code(0);
}

/// The charter with the example key of that name replaced by the one in the file.
fn with_key(dir: &Path, charter: &str, name: &str, file: &str) -> String {
    let shown = run_in(dir, &["key", "show", file, "--json"]).code(0);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let start = charter.find(&format!("\"{name}+")).unwrap() + 1;
    let end = start + charter[start..].find('"').unwrap();
    // a seat's next digest stands right behind its key
    let mut rest = charter[end..].to_owned();
    if let Some(at) = rest.find("next_key_sha256\": \"").filter(|at| *at < 40) {
        let digest = at + "next_key_sha256\": \"".len();
        rest.replace_range(
            digest..digest + 64,
            &tlog::sha256(name.as_bytes()).to_string(),
        );
    }
    format!(
        "{}{}{rest}",
        &charter[..start],
        shown["vkey"].as_str().unwrap()
    )
}

#[test]
fn receipts_refusals_and_statements_signed_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    let warn =
        json!({"type": "warn", "body": {"sectors": ["health"], "advisory_sha256": "0".repeat(64)}});
    say(dir, "registrar.key", &warn);
    let receipt = [
        "verify",
        "statement.json.tlog-proof",
        "--statement",
        "statement.json.signed",
    ];
    run_in(dir, &receipt).code(3);
    run_in(
        dir,
        &[&receipt[..], &["--trust", "ours/trust.txt"]].concat(),
    )
    .code(0);
    let other = [
        "verify",
        "statement.json.tlog-proof",
        "--statement",
        "charter.jsonc",
    ];
    let out = run_in(dir, &[&other[..], &["--trust", "ours/trust.txt"]].concat()).code(4);
    assert!(out.contains("inclusion    FAILED"), "{out}");

    let refused = try_say(dir, "reviewer-one.key", &warn);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(
        refused.err.contains("role-not-allowed") && refused.err.contains("hint: "),
        "{refused:?}"
    );

    std::fs::write(dir.join("elsewhere.json"), warn.to_string()).unwrap();
    run_in(
        dir,
        &[
            "submit",
            "elsewhere.json",
            "--key",
            "registrar.key",
            "--sign-only",
            "--origin",
            ORIGIN,
        ],
    )
    .code(0);
    let raw = [
        "submit",
        "elsewhere.json.signed",
        "--raw",
        "--record",
        "ours",
    ];
    let first = run_in(dir, &raw);
    assert!(
        first.code == 0 || first.err.contains("already-recorded"),
        "{first:?}"
    );
    run_in(
        dir,
        &["exhibit", "add", "elsewhere.json", "--record", "ours"],
    )
    .code(0);
    let hash = tlog::sha256(warn.to_string().as_bytes()).to_string();
    run_in(
        dir,
        &[
            "exhibit",
            "get",
            &hash,
            "--record",
            "ours",
            "--out",
            "back.json",
        ],
    )
    .code(0);
    assert_eq!(
        std::fs::read_to_string(dir.join("back.json")).unwrap(),
        warn.to_string()
    );
    let again = run_in(
        dir,
        &[
            "exhibit",
            "get",
            &hash,
            "--record",
            "ours",
            "--out",
            "back.json",
        ],
    );
    assert_eq!(again.code, 1, "{again:?}");
}

#[test]
fn keys_are_private_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    run_in(dir.path(), &["key", "new", "someone", "--out", "k"]).code(0);
    let mode = std::fs::metadata(dir.path().join("k"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = run_in(dir.path(), &["key", "new", "someone", "--out", "k"]);
    assert!(
        again.code == 1 && again.err.contains("never overwritten"),
        "{again:?}"
    );
    let spaced = run_in(dir.path(), &["key", "new", "no name"]);
    assert!(
        spaced.code == 1 && spaced.err.contains("hint: "),
        "{spaced:?}"
    );
}

#[test]
fn a_charter_with_keys_of_the_template_founds_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let printed = run_in(dir.path(), &["new", "charter"]).code(0);
    std::fs::write(dir.path().join("printed.jsonc"), printed).unwrap();
    let args = ["init", "theirs", "--charter", "printed.jsonc", "--digest"];
    let ran = run_in(dir.path(), &args);
    assert!(
        ran.code == 1 && ran.err.contains("of the template"),
        "{ran:?}"
    );
}

#[test]
fn a_founding_without_every_founder_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    founded(dir.path());
    let ran = run_in(
        dir.path(),
        &[
            "init",
            "theirs",
            "--charter",
            "charter.jsonc",
            "--log-key",
            "log.key",
            "--founder-key",
            "founder-one.key",
        ],
    );
    assert!(
        ran.code == 1 && ran.err.contains("has not signed"),
        "{ran:?}"
    );
    assert!(!dir.path().join("theirs").exists());
    let digest = run_in(
        dir.path(),
        &["init", "theirs", "--charter", "charter.jsonc", "--digest"],
    )
    .code(0);
    assert!(digest.starts_with("charter "), "{digest}");
}
