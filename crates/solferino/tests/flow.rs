//! A record of one's own: from the first key to a published finding, as docs/cli.md tells it.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Ran, run_in};

const ORIGIN: &str = "record.example/your-body";
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
    let mut charter = run_in(dir, &["new", "charter"]).code(0);
    run_in(dir, &["key", "new", ORIGIN, "--out", "log.key"]).code(0);
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
    format!(
        "{}{}{}",
        &charter[..start],
        shown["vkey"].as_str().unwrap(),
        &charter[end..]
    )
}

/// Submits a statement; gives its identifier.
#[track_caller]
fn say(dir: &Path, key: &str, statement: &Value) -> String {
    let out = try_say(dir, key, statement).code(0);
    let value: Value = serde_json::from_str(&out).unwrap();
    value["statement"].as_str().unwrap().to_owned()
}

fn try_say(dir: &Path, key: &str, statement: &Value) -> Ran {
    std::fs::write(dir.join("statement.json"), statement.to_string()).unwrap();
    run_in(
        dir,
        &[
            "submit",
            "statement.json",
            "--key",
            key,
            "--record",
            "ours",
            "--json",
        ],
    )
}

fn selection_rule(dir: &Path) -> String {
    let charter = std::fs::read_to_string(dir.join("charter.jsonc")).unwrap();
    let at = charter.find("\"selection_rule_sha256\": \"").unwrap() + 26;
    charter[at..at + 64].to_owned()
}

fn json_of(dir: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&run_in(dir, args).code(0)).unwrap()
}

/// Everyone who gathers evidence, enrolled by the registrar.
fn enrol(dir: &Path) {
    let made = run_in(
        dir,
        &[
            "key",
            "new",
            "investigator",
            "--out",
            "investigator.key",
            "--with-next",
        ],
    )
    .code(0);
    let next = made
        .lines()
        .find_map(|l| l.strip_prefix("next_key_sha256 "))
        .unwrap();
    let body = run_in(
        dir,
        &[
            "key",
            "possession",
            "--key",
            "investigator.key",
            "--next-key-sha256",
            next,
            "--origin",
            ORIGIN,
            "--member",
            "investigator",
            "--role",
            "investigator",
            "--jurisdiction",
            "MU",
        ],
    );
    std::fs::write(dir.join("enrol.json"), body.code(0)).unwrap();
    run_in(
        dir,
        &[
            "submit",
            "enrol.json",
            "--key",
            "registrar.key",
            "--record",
            "ours",
        ],
    )
    .code(0);
}

/// A report with consent, and the case opened from it.
fn open_case(dir: &Path) {
    run_in(dir, &["key", "new", "reporter", "--out", "reporter.key"]).code(0);
    std::fs::write(dir.join("account.txt"), "What happened to us.\n").unwrap();
    let account = json_of(
        dir,
        &[
            "exhibit",
            "add",
            "account.txt",
            "--record",
            "ours",
            "--json",
        ],
    );
    let report = say(
        dir,
        "reporter.key",
        &json!({"type": "report", "body": {
        "incident": "disruption", "sector": "health", "happened": "2026-11-20", "account_sha256": account["sha256"]}}),
    );
    say(
        dir,
        "reporter.key",
        &json!({"type": "consent", "body": {"report": report, "level": "public", "exhibits": []}}),
    );
    say(
        dir,
        "registrar.key",
        &json!({"type": "case.open", "case": "clinic-2026", "body": {
        "reports": [report], "question": {"kind": "who"}, "selection_rule_sha256": selection_rule(dir)}}),
    );
}

/// One exhibit, hypotheses, one assessment.
fn analyse(dir: &Path) {
    std::fs::write(dir.join("evidence.txt"), "A server log.\n").unwrap();
    let exhibit = json_of(
        dir,
        &[
            "exhibit",
            "add",
            "evidence.txt",
            "--record",
            "ours",
            "--case",
            "clinic-2026",
            "--key",
            "investigator.key",
            "--source",
            "example-responder",
            "--upstream",
            "example-server-logs",
            "--media-type",
            "text/plain",
            "--json",
        ],
    );
    for kind in ["hypotheses", "assessment"] {
        let template = run_in(dir, &["new", kind, "--case", "clinic-2026"]).code(0);
        let hash = template
            .find("\"exhibits\": [\"")
            .map(|at| template[at + 14..at + 78].to_owned());
        let filled = hash.map_or(template.clone(), |h| {
            template.replace(&h, exhibit["sha256"].as_str().unwrap())
        });
        let file = format!("{kind}.jsonc");
        std::fs::write(dir.join(&file), filled).unwrap();
        run_in(
            dir,
            &[
                "submit",
                &file,
                "--key",
                "investigator.key",
                "--record",
                "ours",
            ],
        )
        .code(0);
    }
}

fn sealed_of(dir: &Path, kinds: &[&str]) -> Vec<String> {
    let case = json_of(
        dir,
        &["case", "show", "clinic-2026", "--record", "ours", "--json"],
    );
    let all = case["statements"].as_array().unwrap().iter();
    let wanted = |s: &&Value| s["content"] == "sealed" && kinds.iter().any(|k| s["type"] == *k);
    all.filter(wanted)
        .map(|s| s["statement"].as_str().unwrap().to_owned())
        .collect()
}

fn disclose(dir: &Path, kinds: &[&str]) {
    for id in sealed_of(dir, kinds) {
        run_in(
            dir,
            &[
                "disclose",
                &id[..16],
                "--record",
                "ours",
                "--key",
                "registrar.key",
            ],
        )
        .code(0);
    }
}

#[test]
fn from_the_first_key_to_a_published_finding() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    enrol(dir);
    open_case(dir);
    analyse(dir);
    let reviewers = ["reviewer-one", "reviewer-two", "reviewer-three"];
    let case = "clinic-2026";
    say(
        dir,
        "registrar.key",
        &json!({"type": "review.assign", "case": case, "body": {"reviewers": reviewers}}),
    );
    for reviewer in reviewers {
        let content = json!({"posterior_ppm": [400_000, 200_000, 400_000], "blind": true});
        say(
            dir,
            &format!("{reviewer}.key"),
            &json!({"type": "review", "case": case, "body": {"content": content}}),
        );
    }
    disclose(dir, &["review"]);
    let proposed = json_of(
        dir,
        &["finding", "propose", case, "--record", "ours", "--json"],
    );
    assert_eq!(proposed["proposal"]["outcome"], "not-attributed");
    assert_eq!(proposed["demonstration"], false);
    for reviewer in reviewers {
        let content = json!({"proposal": proposed["digest"], "choice": "publish"});
        say(
            dir,
            &format!("{reviewer}.key"),
            &json!({"type": "vote", "case": case, "body": {"content": content}}),
        );
    }
    disclose(dir, &["vote"]);
    disclose(dir, &["hypotheses", "assessment"]);
    let finding = run_in(
        dir,
        &["finding", "propose", case, "--record", "ours", "--finding"],
    )
    .code(0);
    say(
        dir,
        "registrar.key",
        &serde_json::from_str(&finding).unwrap(),
    );

    run_in(
        dir,
        &["bundle", case, "--record", "ours", "--out", "clinic.bundle"],
    )
    .code(0);
    run_in(
        dir,
        &["verify", "clinic.bundle", "--trust", "ours/trust.txt"],
    )
    .code(0);
    run_in(dir, &["audit", "ours", "--trust", "ours/trust.txt"]).code(0);
    let alternative = [
        "replay",
        "clinic.bundle",
        "--set",
        "item.I1.phi=0.9",
        "--alternative",
        "other.json",
    ];
    run_in(dir, &alternative).code(0);
    run_in(
        dir,
        &[
            "submit",
            "other.json",
            "--key",
            "reporter.key",
            "--record",
            "ours",
        ],
    )
    .code(0);
    let out = run_in(dir, &["finding", "show", case, "--record", "ours"]).code(0);
    assert!(
        out.contains("not attributed") && !out.contains("no body has decided"),
        "{out}"
    );
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

#[test]
fn the_first_session_of_the_page_works_as_it_stands() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cli.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut script = String::from("set -eu\n");
    for block in page.split("```sh\n").skip(1) {
        script.push_str(block.split("```").next().unwrap());
    }
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(crate::support::bin(), dir.path().join("solferino")).unwrap();
    let path = format!(
        "{}:{}",
        dir.path().display(),
        std::env::var("PATH").unwrap()
    );
    let mut bash = std::process::Command::new("bash");
    bash.args(["-c", &script])
        .env("PATH", path)
        .current_dir(dir.path());
    let out = Ran::of(&bash.output().unwrap()).code(0);
    assert!(out.contains("founded: record.example/your-body"), "{out}");
    assert_eq!(out.matches("\nverified\n").count(), 3, "{out}");
}
