//! A statement signed by other software, from docs/format.md alone, is accepted.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use record::kind::Kind;
use serde_json::json;

use crate::support::{ORIGIN, cast, founded};

fn docs(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/examples")
        .join(file)
}

/// A payload as its author might type it: with white space, unsorted.
fn payload() -> String {
    let body = json!({"incident": "ransomware", "sector": "health", "happened": "2013-12-31", "account_sha256": tlog::sha256(b"account")});
    format!(
        "{{ \"v\": 1, \"type\": \"report\",\n  \"record\": \"{ORIGIN}\", \"issued\": \"2014-01-01T00:00:05Z\",\n  \"body\": {body} }}\n"
    )
}

fn run(command: &mut Command) -> Option<Output> {
    match command.output() {
        Ok(output) if output.status.success() => Some(output),
        Ok(output) => panic!(
            "{command:?} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(e) => {
            eprintln!("SKIPPED LOUDLY: {command:?} cannot be run: {e}");
            None
        }
    }
}

fn accepted(envelope: Vec<u8>) {
    let cast = cast();
    let mut desk = founded(&cast);
    let id = desk.submit_one(envelope).unwrap();
    assert_eq!(
        desk.auditor.state.statements.get(&id).unwrap().kind,
        Kind::Report
    );
}

#[test]
fn openssl_signs_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let (key, file) = (
        folder.path().join("key.pem"),
        folder.path().join("payload.json"),
    );
    std::fs::write(&file, payload()).unwrap();
    if run(Command::new("openssl")
        .args(["genpkey", "-algorithm", "ed25519", "-out"])
        .arg(&key))
    .is_none()
    {
        return;
    }
    let signed = run(Command::new("sh")
        .arg(docs("sign-with-openssl.sh"))
        .arg("reporter.example")
        .arg(&key)
        .arg(&file));
    accepted(signed.unwrap().stdout);
}

#[test]
fn python_signs_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("payload.json");
    std::fs::write(&file, payload()).unwrap();
    // Debian's python3 has Debian's python3-cryptography; another python3 may come first on the path.
    let able = |python: &&str| {
        Command::new(python)
            .args(["-c", "import cryptography"])
            .output()
            .is_ok_and(|o| o.status.success())
    };
    let Some(python) = ["python3", "/usr/bin/python3"].into_iter().find(able) else {
        eprintln!("SKIPPED LOUDLY: no python3 with the module cryptography");
        return;
    };
    let seed = "17".repeat(32);
    let signed = run(Command::new(python)
        .arg(docs("sign.py"))
        .arg("reporter.example")
        .arg(seed)
        .arg(&file));
    accepted(signed.unwrap().stdout);
}
