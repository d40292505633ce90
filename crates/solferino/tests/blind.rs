//! A case handed to reviewers without names: the folder, the sealed map, the count in the finding.

use std::path::Path;

use serde_json::{Value, json};

use crate::flow::{analyse, disclose, enrol, json_of, open_case, say, sealed_of};
use crate::founding::founded;
use crate::support::{files, run_in};

const CASE: &str = "clinic-2026";

fn blind(dir: &Path, out: &str, more: &[&str]) -> crate::support::Ran {
    let mut args = vec!["blind", CASE, "--record", "ours", "--out", out];
    args.extend(more);
    run_in(dir, &args)
}

fn read(path: std::path::PathBuf) -> String {
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn submit(dir: &Path, file: &str) -> String {
    let args = [
        "submit",
        file,
        "--key",
        "registrar.key",
        "--record",
        "ours",
        "--json",
    ];
    json_of(dir, &args)["statement"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn reviewers_get_tokens_and_the_finding_counts_them_as_blind() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    enrol(dir);
    open_case(dir);
    let early = blind(dir, "too-early", &[]);
    assert_eq!(early.code, 1, "{early:?}");
    assert!(
        early
            .err
            .contains("hint: hypotheses and an assessment come first"),
        "{early:?}"
    );
    analyse(dir);
    let told = blind(dir, "first", &["--term", "server log", "--json"]).code(0);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&told["texts"], &told["texts_left_out"]),
        (&json!(1), &json!(0))
    );

    let handed = dir.join("first/for-reviewers");
    let draft: Value = serde_json::from_str(&read(dir.join("first/mask.json"))).unwrap();
    let names = draft["body"]["content"]["names"].as_array().unwrap();
    assert!(
        names
            .iter()
            .any(|n| n["original"] == "XX" && n["kind"] == "state")
    );
    for file in files(&handed) {
        let text = read(file.clone());
        for name in names.iter().filter(|n| n["kind"] != "term") {
            let original = name["original"].as_str().unwrap();
            assert!(
                !text
                    .split(|c: char| !c.is_alphanumeric() && c != '-')
                    .any(|w| w == original)
                    || original == "U",
                "{} in {}",
                original,
                file.display()
            );
        }
        assert!(!text.to_lowercase().contains("server log"), "{text}");
    }
    let check = read(dir.join("first/check-before-handing-over.txt"));
    assert!(
        check.contains("T-") && check.contains("put in 1 times"),
        "{check}"
    );
    let again = blind(dir, "first", &[]);
    assert_eq!(again.code, 1, "a folder is never overwritten: {again:?}");

    // the seed stays, so tokens do; the last mask before the assignment counts
    submit(dir, "first/mask.json");
    blind(dir, "second", &["--term", "another word"]).code(0);
    let first = read(handed.join("case.json"));
    assert_eq!(first, read(dir.join("second/for-reviewers/case.json")));
    let mask = submit(dir, "second/mask.json");
    finish(dir, &mask);
}

/// From the assignment to the published finding.
fn finish(dir: &Path, mask: &str) {
    let reviewers = ["reviewer-one", "reviewer-two", "reviewer-three"];
    let in_case = |kind: &str, body: Value| json!({"type": kind, "case": CASE, "body": body});
    say(
        dir,
        "registrar.key",
        &in_case("review.assign", json!({"reviewers": reviewers})),
    );
    let knows = json!({"reviewer": "reviewer-three", "reason": "recognised"});
    say(dir, "reviewer-three.key", &in_case("unmask", knows));
    for reviewer in reviewers {
        let content = json!({"posterior_ppm": [400_000, 200_000, 400_000], "blind": true});
        say(
            dir,
            &format!("{reviewer}.key"),
            &in_case("review", json!({"content": content})),
        );
    }
    disclose(dir, &["review"]);
    let propose = ["finding", "propose", CASE, "--record", "ours", "--json"];
    let proposed = json_of(dir, &propose);
    assert_eq!(
        proposed["proposal"]["blind"],
        json!({"stated": 3, "counted": 2, "mask": mask})
    );
    for reviewer in reviewers {
        let content = json!({"proposal": proposed["digest"], "choice": "publish"});
        say(
            dir,
            &format!("{reviewer}.key"),
            &in_case("vote", json!({"content": content})),
        );
    }
    disclose(dir, &["vote"]);
    let early = [
        "disclose",
        mask,
        "--record",
        "ours",
        "--key",
        "registrar.key",
    ];
    let early = run_in(dir, &early);
    assert!(
        early.code == 5 && early.err.contains("too-early-to-open"),
        "{early:?}"
    );
    disclose(dir, &["hypotheses", "assessment"]);
    disclose(dir, &["mask"]);
    assert_eq!(
        sealed_of(dir, &["mask"]).len(),
        0,
        "the mask that was replaced opens as well"
    );
    let args = ["finding", "propose", CASE, "--record", "ours", "--finding"];
    let finding = run_in(dir, &args).code(0);
    say(
        dir,
        "registrar.key",
        &serde_json::from_str(&finding).unwrap(),
    );
    let out = run_in(dir, &["finding", "show", CASE, "--record", "ours"]).code(0);
    assert!(
        out.contains("blind reviews: 2 counted of 3 that claim to be; the map is open"),
        "{out}"
    );
    run_in(dir, &["bundle", CASE, "--record", "ours", "--out", "b"]).code(0);
    run_in(dir, &["verify", "b", "--trust", "ours/trust.txt"]).code(0);
    run_in(dir, &["replay", "b", "--trust", "ours/trust.txt"]).code(0);
}
