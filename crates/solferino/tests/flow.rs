//! A record of one's own: from the first key to a published finding, as docs/cli.md tells it.

use std::path::Path;

use serde_json::{Value, json};

use crate::founding::{ORIGIN, founded};
use crate::support::{Ran, run_in};

/// Submits a statement; gives its identifier.
#[track_caller]
pub(crate) fn say(dir: &Path, key: &str, statement: &Value) -> String {
    let out = try_say(dir, key, statement).code(0);
    let value: Value = serde_json::from_str(&out).unwrap();
    value["statement"].as_str().unwrap().to_owned()
}

pub(crate) fn try_say(dir: &Path, key: &str, statement: &Value) -> Ran {
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

pub(crate) fn json_of(dir: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&run_in(dir, args).code(0)).unwrap()
}

/// Everyone who gathers evidence, enrolled by the registrar.
pub(crate) fn enrol(dir: &Path) {
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
pub(crate) fn open_case(dir: &Path) {
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
pub(crate) fn analyse(dir: &Path) {
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

pub(crate) fn sealed_of(dir: &Path, kinds: &[&str]) -> Vec<String> {
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

pub(crate) fn disclose(dir: &Path, kinds: &[&str]) {
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
