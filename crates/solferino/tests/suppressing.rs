//! Promises kept and broken, receipts, evidence, seals and successors, as a person meets them.

use std::path::Path;

use record::ids::StatementId;
use record::intake::Promise;
use record::time::Timestamp;
use serde_json::{Value, json};
use tlog::{Checkpoint, Evidence, Note, SigningKey, sha256, sign_checkpoint};

use crate::flow::{json_of, say};
use crate::founding::{ORIGIN, founded};
use crate::support::run_in;

const HOUR_S: i64 = 3_600;

fn log_key(dir: &Path) -> SigningKey {
    SigningKey::parse(std::fs::read_to_string(dir.join("log.key")).unwrap().trim()).unwrap()
}

/// A receipt of so many hours ago, as the log would have signed it; it is due 24 hours after.
fn promised(dir: &Path, leaf: StatementId, file: &str, hours_ago: i64) {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let now = Timestamp::from_unix_seconds(i64::try_from(now.as_secs()).unwrap()).unwrap();
    let promise = Promise::new(ORIGIN, leaf, now.plus_seconds(-hours_ago * HOUR_S));
    let note = promise.sign(&log_key(dir)).unwrap();
    std::fs::write(dir.join(file), note.to_string()).unwrap();
}

fn warn() -> Value {
    json!({"type": "warn", "body": {"sectors": ["health"], "advisory_sha256": "0".repeat(64)}})
}

fn declare(employer: &str) -> Value {
    json!({"type": "member.declare", "body": {"states": [], "employer": employer, "funders": []}})
}

const TRUST: [&str; 2] = ["--trust", "ours/trust.txt"];

#[test]
fn a_broken_promise_becomes_one_file_and_a_kept_one_its_receipt() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    let kept: StatementId = say(dir, "registrar.key", &warn()).parse().unwrap();
    say(dir, "reviewer-one.key", &declare("none"));
    let buried = StatementId(sha256(b"what nobody recorded"));
    promised(dir, buried, "buried.intake", 25);
    promised(dir, kept, "kept.intake", 1);
    let prove = |receipt: &str, args: &[&str]| {
        let all = [&["prove-suppression", receipt, "--against", "ours"], args].concat();
        run_in(dir, &all)
    };
    let out = prove("buried.intake", &TRUST).code(0);
    assert!(out.contains("neither statement"), "{out}");
    let verify = ["verify", "buried.intake.suppressed"];
    run_in(dir, &verify).code(3);
    let out = run_in(dir, &[&verify[..], &TRUST].concat()).code(0);
    assert!(out.contains("the log itself"), "{out}");
    // Another statement's proof is not this one's.
    promised(dir, StatementId(sha256(b"another")), "other.intake", 25);
    let text = std::fs::read_to_string(dir.join("buried.intake.suppressed")).unwrap();
    prove("other.intake", &TRUST).code(0);
    let other = std::fs::read_to_string(dir.join("other.intake.suppressed")).unwrap();
    let receipt = |text: &str| text.lines().nth(1).unwrap().to_owned();
    let mixed = text.replace(&receipt(&text), &receipt(&other));
    std::fs::write(dir.join("mixed"), mixed).unwrap();
    // Both are absent, so a proof may serve both only if it is truly one of each.
    let mixed = run_in(dir, &[&["verify", "mixed"][..], &TRUST].concat());
    assert!(
        mixed.code == 4 || text.lines().nth(3) == other.lines().nth(3),
        "{mixed:?}"
    );

    let out = prove("kept.intake", &TRUST).code(0);
    assert!(out.contains("not suppressed"), "{out}");
    run_in(
        dir,
        &[
            "receipt",
            "get",
            &kept.to_string(),
            "--from",
            "ours",
            "--out",
            "kept",
        ],
    )
    .code(0);
    let check = ["receipt", "check", "kept", "--statement", "kept.signed"];
    run_in(dir, &[&check[..], &TRUST].concat()).code(0);
    let proof = std::fs::read(dir.join("kept.intake.tlog-proof")).unwrap();
    assert_eq!(proof, std::fs::read(dir.join("kept")).unwrap());
    let out = run_in(dir, &[&["verify", "kept.intake"][..], &TRUST].concat()).code(0);
    assert!(out.contains("holds it or its refusal"), "{out}");
    // A stranger's receipt is none.
    run_in(dir, &["key", "new", "stranger", "--out", "stranger.key"]).code(0);
    let key = std::fs::read_to_string(dir.join("stranger.key")).unwrap();
    let key = SigningKey::parse(key.trim()).unwrap();
    let text = std::fs::read_to_string(dir.join("buried.intake")).unwrap();
    let promise: Promise = Note::parse(text.as_bytes()).unwrap().text.parse().unwrap();
    let forged = promise.sign(&key).unwrap().to_string();
    std::fs::write(dir.join("forged.intake"), forged).unwrap();
    prove("forged.intake", &TRUST).code(4);
    let relay = ["--relay", &key.verifier_key().to_string()].map(str::to_owned);
    let relay: Vec<&str> = relay.iter().map(String::as_str).collect();
    // Whoever names it as a relay still needs the bytes.
    let out = prove("forged.intake", &relay).code_err(1);
    assert!(out.contains("--entry FILE"), "{out}");
}

/// Who is told that nothing is there about a key, a case or an exhibit, and who is told where all of it is.
#[test]
fn the_index_proves_what_is_there_and_what_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    let said: StatementId = say(dir, "registrar.key", &warn()).parse().unwrap();
    say(dir, "reviewer-one.key", &declare("none"));
    let vkey = |file: &str| {
        let text = std::fs::read_to_string(dir.join(file)).unwrap();
        SigningKey::parse(text.trim()).unwrap().verifier_key()
    };
    run_in(dir, &["key", "new", "stranger", "--out", "stranger.key"]).code(0);
    let absent = "0".repeat(64);
    let cases = [
        (format!("statement:{said}"), true),
        (format!("issuer:{}", vkey("registrar.key")), true),
        (format!("issuer:{}", vkey("stranger.key")), false),
        (format!("exhibit:{absent}"), false),
        (format!("refused:{absent}"), false),
        ("case:clinic-2026".to_owned(), false),
    ];
    for (n, (subject, present)) in cases.iter().enumerate() {
        let file = format!("{n}.index");
        run_in(
            dir,
            &[
                "receipt", "index", subject, "--from", "ours", "--out", &file,
            ],
        )
        .code(0);
        run_in(dir, &["verify", &file]).code(3);
        let json = [&["verify", &file, "--json"][..], &TRUST].concat();
        let answer: Value = serde_json::from_str(&run_in(dir, &json).code(0)).unwrap();
        let entries = answer["shown"]["entries"].as_array().unwrap();
        assert_eq!(!entries.is_empty(), *present, "{subject}: {answer}");
        assert_eq!(answer["shown"]["subject"], json!(subject));
        // A subject that is there under the proof of another, a bit of the proof, and another log's trust file show nothing.
        let text = std::fs::read_to_string(dir.join(&file)).unwrap();
        let present = [&cases[0].0, &cases[1].0]
            .into_iter()
            .find(|p| *p != subject);
        let other = text.replace(subject.as_str(), present.unwrap());
        std::fs::write(dir.join("other"), other).unwrap();
        let check = ["receipt", "check", "other"];
        assert_eq!(
            run_in(dir, &[&check[..], &TRUST].concat()).code,
            4,
            "{subject}"
        );
        let line = text
            .lines()
            .find(|line| line.starts_with("proof "))
            .unwrap();
        let flipped = if line.as_bytes()[9] == b'A' { 'B' } else { 'A' };
        let changed = format!("{}{flipped}{}", &line[..9], &line[10..]);
        std::fs::write(dir.join("other"), text.replace(line, &changed)).unwrap();
        assert_eq!(
            run_in(dir, &[&check[..], &TRUST].concat()).code,
            4,
            "{subject}"
        );
    }
}

#[test]
fn receipts_for_cose_evidence_and_seals() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    let id = say(dir, "registrar.key", &warn());
    run_in(
        dir,
        &[
            "receipt",
            "cose",
            &id,
            "--record",
            "ours",
            "--out",
            "warn.cose",
        ],
    )
    .code(0);
    let check = [
        "verify",
        "warn.cose",
        "--statement",
        "statement.json.signed",
    ];
    run_in(dir, &[&check[..], &TRUST].concat()).code(0);
    let other = ["verify", "warn.cose", "--statement", "charter.jsonc"];
    run_in(dir, &[&other[..], &TRUST].concat()).code(4);
    assert_eq!(
        json_of(dir, &["seals", "ours", "--overdue", "--json"])["overdue"],
        json!([])
    );

    let key = log_key(dir);
    let note = |root: &[u8]| {
        let checkpoint = Checkpoint::new(ORIGIN, 9, sha256(root)).unwrap();
        sign_checkpoint(&checkpoint, &key).unwrap()
    };
    let evidence = |older, newer| Evidence {
        signers: vec![key.verifier_key()],
        prefix: Vec::new(),
        older,
        newer,
    };
    let write = |name: &str, evidence: Evidence| {
        std::fs::write(dir.join(name), evidence.to_string()).unwrap();
    };
    write("two", evidence(note(b"one"), note(b"two")));
    write("same", evidence(note(b"one"), note(b"one")));
    run_in(dir, &["verify", "two"]).code(3);
    let out = run_in(dir, &[&["verify", "two"][..], &TRUST].concat()).code(0);
    assert!(out.contains("signed both"), "{out}");
    run_in(dir, &[&["verify", "same"][..], &TRUST].concat()).code(4);
}

/// The charter of `from` under a new log key, and what else is changed.
fn charter(dir: &Path, out: &str, change: impl Fn(String) -> String) {
    let text = std::fs::read_to_string(dir.join("charter.jsonc")).unwrap();
    std::fs::write(dir.join(out), change(text)).unwrap();
}

#[test]
fn a_successor_goes_on_from_the_last_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    let next = "record.example/your-body-2";
    for file in ["next.key", "thief.key"] {
        run_in(dir, &["key", "new", next, "--out", file]).code(0);
    }
    let vkey = |file: &str| {
        json_of(dir, &["key", "show", file, "--json"])["vkey"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = vkey("log.key");
    let commit = sha256(vkey("next.key").as_bytes());
    charter(dir, "old.jsonc", |text| {
        let at = text.find("\"selection_rule_sha256\"").unwrap();
        format!(
            "{}\"next_log_key_sha256\": \"{commit}\",\n{}",
            &text[..at],
            &text[at..]
        )
    });
    let found = |dir_name: &str, charter: &str, key: &str, more: &[&str]| {
        let args = [
            "init",
            dir_name,
            "--charter",
            charter,
            "--log-key",
            key,
            "--founder-key",
            "founder-one.key",
            "--founder-key",
            "founder-two.key",
        ];
        run_in(dir, &[&args[..], more].concat())
    };
    found("old", "old.jsonc", "log.key", &[]).code(0);
    for (file, key) in [("new.jsonc", "next.key"), ("thief.jsonc", "thief.key")] {
        let own = vkey(key);
        charter(dir, file, |text| text.replace(&first, &own));
    }
    let from = ["--predecessor", "old"];
    let stolen = found("theirs", "thief.jsonc", "thief.key", &from);
    assert!(
        stolen.code != 0 && stolen.err.contains("predecessor-invalid"),
        "{stolen:?}"
    );
    found("new", "new.jsonc", "next.key", &from).code(0);
    let audit = [
        "audit",
        "new",
        "--trust",
        "new/trust.txt",
        "--predecessor",
        "old",
    ];
    let out = run_in(dir, &audit).code(0);
    assert!(out.contains("predecessor"), "{out}");
    // What the old log says afterwards is a fork, and shows.
    let more =
        json!({"type": "warn", "body": {"sectors": ["health"], "advisory_sha256": "1".repeat(64)}});
    std::fs::write(dir.join("more.json"), more.to_string()).unwrap();
    run_in(
        dir,
        &[
            "submit",
            "more.json",
            "--key",
            "registrar.key",
            "--record",
            "old",
        ],
    )
    .code(0);
    let out = run_in(dir, &audit).code(4);
    assert!(out.contains("last cosigned checkpoint"), "{out}");
}
