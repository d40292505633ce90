//! The same answers natively and, bit for bit, from the wasm32 module under Node.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test stops at the first surprise
#![allow(clippy::print_stdout, clippy::print_stderr)] // and says what it skipped or measured

use std::path::PathBuf;
use std::process::Command;

use record::bundle;
use record::time::Timestamp;
use record::trust;
use rehearsal::{Cast, MemoryDesk, Procedure, corpus, genesis, play_stage};
use serde_json::{Value, json};

/// Bundle texts of the last stage of every worked case, and the trust file.
fn bundles() -> (Vec<String>, String) {
    let cast = Cast::new(
        [3; 32],
        "record.example/verifier",
        &corpus::panel().unwrap(),
    )
    .unwrap();
    let time: Timestamp = "2014-01-01T00:00:00Z".parse().unwrap();
    let mut desk =
        MemoryDesk::create(cast.log.clone(), &genesis(&cast, time).unwrap(), time).unwrap();
    Procedure::new(&cast, &mut desk, time).enrol_all().unwrap();
    for script in corpus::cases().unwrap() {
        for stage in 0..script.stages.len() {
            let mut p = Procedure::new(&cast, &mut desk, time);
            let now = p.desk.auditor.state.global.time.unwrap();
            p.go_to(now).unwrap();
            play_stage(&mut p, &script, stage).unwrap();
        }
    }
    let state = &desk.auditor.state;
    let last = |c: &record::state::Case| {
        bundle::build(
            state,
            c,
            c.findings.last().unwrap().statement,
            &desk,
            Vec::new(),
        )
    };
    let texts = state
        .cases
        .values()
        .map(|c| last(c).unwrap().to_string())
        .collect();
    let trust = trust::of_charter(state.global.charter.as_ref().unwrap()).unwrap();
    (texts, trust.to_string())
}

fn requests() -> Vec<Value> {
    let (bundles, trust) = bundles();
    let mut out = Vec::new();
    for text in &bundles {
        out.push(json!({"bundle": text, "trust": trust}));
        out.push(json!({"bundle": text, "trust": trust, "changes": ["delta=0.15"]}));
    }
    out.push(json!({"bundle": bundles[0]}));
    out.push(json!({"bundle": bundles[0].replace("result ", "result  ")}));
    out.push(json!({"bundle": "not a bundle", "trust": trust}));
    out.push(json!({"bundle": bundles[0], "trust": "not a trust file"}));
    out
}

fn native(request: &Value) -> String {
    let run = if request.get("changes").is_some() {
        solferino_verifier::replay
    } else {
        solferino_verifier::verify
    };
    run(&request.to_string())
}

#[test]
fn verdicts() {
    let requests = requests();
    let verdict = |n: usize| {
        serde_json::from_str::<Value>(&native(&requests[n])).unwrap()["verdict"]
            .as_str()
            .unwrap()
            .to_string()
    };
    let n = requests.len();
    for i in 0..n - 4 {
        assert_eq!(verdict(i), "verified", "request {i}");
    }
    assert_eq!(
        [
            verdict(n - 4),
            verdict(n - 3),
            verdict(n - 2),
            verdict(n - 1)
        ],
        ["self-consistent", "failed", "failed", "failed"]
    );
    assert!(solferino_verifier::verify("{").contains("not understood"));
}

#[test]
fn wasm_gives_the_same_bits_as_native() {
    let Some(wasm) = std::env::var_os("SOLFERINO_VERIFIER_WASM")
        .map(PathBuf::from)
        .filter(|p| p.exists())
    else {
        eprintln!(
            "SKIPPED LOUDLY: SOLFERINO_VERIFIER_WASM names no module; `cargo xtask test` builds it and sets this"
        );
        return;
    };
    if Command::new("node").arg("--version").output().is_err() {
        eprintln!("SKIPPED LOUDLY: node is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let requests = requests();
    let mut files = Vec::new();
    for (n, request) in requests.iter().enumerate() {
        let file = folder.path().join(format!("{n}.json"));
        std::fs::write(&file, request.to_string()).unwrap();
        files.push(file);
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/run.mjs");
    let output = Command::new("node")
        .arg(script)
        .arg(&wasm)
        .args(&files)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answers.lines().count(), requests.len());
    for (n, (answer, request)) in answers.lines().zip(&requests).enumerate() {
        assert!(
            answer == native(request),
            "request {n}: wasm32 and native differ"
        );
    }
}
