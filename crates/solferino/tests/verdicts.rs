//! The norms of a finding, judged again from its bundle alone.

use serde_json::Value;

use crate::support::{run_in, shared};

fn judged(bundle: &str, more: &[&str]) -> Value {
    let file = format!("demo/bundles/{bundle}.bundle");
    let mut args = vec![
        "norms",
        "verdicts",
        &file,
        "--trust",
        "demo/trust.txt",
        "--json",
    ];
    args.extend(more);
    serde_json::from_str(&run_in(shared(), &args).code(0)).unwrap()
}

#[test]
fn every_bundle_says_which_norms_were_judged_and_how_coders_agreed() {
    for entry in std::fs::read_dir(shared().join("demo/bundles")).unwrap() {
        let name = entry.unwrap().file_name();
        let name = name.to_string_lossy();
        let answer = judged(name.trim_end_matches(".bundle"), &["--all"]);
        let summary = &answer["summary"];
        let count = |field: &str| summary[field].as_u64().unwrap();
        let inconsistent = summary["inconsistent"].as_array().unwrap().len() as u64;
        let all = inconsistent
            + count("cannot_tell")
            + count("not_engaged")
            + count("not_bound_then")
            + count("not_measured");
        assert_eq!(count("judged"), all, "{name}");
        assert_eq!(answer["norms"].as_array().unwrap().len() as u64, all);
        assert!(
            !answer["agreement"].as_array().unwrap().is_empty(),
            "{name}"
        );
        // a state is judged only where the finding names it
        let party = answer["party"].as_str().unwrap();
        assert!(party == "-" || party.len() == 2, "{party}");
        assert!(inconsistent == 0 || party != "-", "{name}");
    }
}

#[test]
fn one_norm_is_explained_element_by_element() {
    let args = [
        "norms",
        "verdicts",
        "demo/bundles/notpetya-2017-4.bundle",
        "--trust",
        "demo/trust.txt",
        "--norm",
        "GGE15.f",
    ];
    let out = run_in(shared(), &args).code(0);
    for wanted in [
        "target-class met",
        "effect met",
        "author-link",
        "coder-one met",
        "exhibit ",
        "missing: ",
    ] {
        assert!(out.contains(wanted), "{wanted}: {out}");
    }
    let unknown = [&args[..6], &["GGE15.zz"]].concat();
    let ran = run_in(shared(), &unknown);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("no norm GGE15.zz was judged"), "{ran:?}");
}

#[test]
fn espionage_is_not_called_an_attack() {
    let answer = judged("solarwinds-2020-1", &[]);
    assert_ne!(answer["term"], "destruction");
    let answer = judged("notpetya-2017-1", &[]);
    assert_eq!(answer["term"], "disruption");
}
