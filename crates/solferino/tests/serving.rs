//! A running server, and what the command does beside it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::founding::founded;
use crate::support::{bin, copy_of_demo, run_in};

/// Serves `dir/ours` on a free port; gives the address.
pub(crate) fn serve(dir: &Path) -> (Child, String) {
    started(dir, &["serve", "ours", "--listen", "127.0.0.1:0"])
}

/// Starts a server of any kind; gives the address it prints first.
pub(crate) fn started(dir: &Path, args: &[&str]) -> (Child, String) {
    started_saying(dir, args, Stdio::inherit())
}

/// The same, with what it writes to standard error going elsewhere.
pub(crate) fn started_saying(dir: &Path, args: &[&str], errors: Stdio) -> (Child, String) {
    let mut child = Command::new(bin())
        .args(args)
        .current_dir(dir)
        .stdout(Stdio::piped())
        .stderr(errors)
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let url = line.trim().rsplit(' ').next().unwrap().to_owned();
    assert!(url.starts_with("http://"), "{line:?}");
    (child, url)
}

pub(crate) fn stop(mut child: Child) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(sent.success());
    assert!(child.wait().unwrap().success(), "a polite stop ends with 0");
}

#[test]
fn statements_go_to_a_running_server_and_survive_its_stop() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    let (child, url) = serve(dir);
    let warn =
        json!({"type": "warn", "body": {"sectors": ["health"], "advisory_sha256": "1".repeat(64)}});
    std::fs::write(dir.join("warn.json"), warn.to_string()).unwrap();
    let submit = [
        "submit",
        "warn.json",
        "--url",
        &url,
        "--key",
        "registrar.key",
    ];
    let out = run_in(dir, &submit).code(0);
    assert!(out.contains("recorded: statement "), "{out}");
    let again = run_in(dir, &["submit", "warn.json.signed", "--raw", "--url", &url]).code(0);
    assert!(again.contains("was recorded before"), "{again}");
    let refused = run_in(
        dir,
        &[
            "submit",
            "warn.json",
            "--url",
            &url,
            "--key",
            "reviewer-one.key",
        ],
    );
    assert!(
        refused.code == 5 && refused.err.contains("role-not-allowed"),
        "{refused:?}"
    );
    // What only reads works beside it; what writes says who has the record.
    run_in(dir, &["audit", "ours", "--trust", "ours/trust.txt"]).code(0);
    run_in(dir, &["case", "list", "--record", "ours"]).code(0);
    let locked = run_in(
        dir,
        &[
            "submit",
            "warn.json",
            "--record",
            "ours",
            "--key",
            "registrar.key",
        ],
    );
    assert!(
        locked.code == 1 && locked.err.contains("--url"),
        "{locked:?}"
    );
    stop(child);
    let receipt = [
        "verify",
        "warn.json.tlog-proof",
        "--statement",
        "warn.json.signed",
        "--trust",
        "ours/trust.txt",
    ];
    run_in(dir, &receipt).code(0);
    run_in(dir, &["audit", "ours", "--trust", "ours/trust.txt"]).code(0);
    let nowhere = [
        "submit",
        "warn.json",
        "--url",
        "ftp://127.0.0.1",
        "--key",
        "registrar.key",
    ];
    let nowhere = run_in(dir, &nowhere);
    assert!(
        nowhere.code == 1 && nowhere.err.contains("no http:// or https:// address"),
        "{nowhere:?}"
    );
}

#[test]
fn a_complete_demo_is_served_with_what_to_try_next() {
    let dir = copy_of_demo();
    let mut child = Command::new(bin())
        .args(["demo", "--dir", "demo", "--listen", "127.0.0.1:0"])
        .current_dir(dir.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let line = said.find(|l| l.starts_with("serving on http://")).unwrap();
    let url = line.split(' ').nth(2).unwrap().to_owned();
    let next: Vec<_> = said.by_ref().take(6).collect();
    assert!(
        next.iter().any(|l| l.contains("solferino replay")),
        "{next:?}"
    );
    let note = ureq::get(format!("{url}/checkpoint"))
        .call()
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap();
    assert!(note.starts_with("record.example/demonstration\n"), "{note}");
    stop(child);
}
