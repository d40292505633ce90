//! Verifying and replaying need no network: they run where there is none.

use std::process::Command;

use crate::support::{Ran, bin, shared};

/// How to run something in a network namespace of its own, if that is permitted here.
fn cut_off() -> Option<Vec<&'static str>> {
    let ways = [vec!["-n"], vec!["-r", "-n"]];
    ways.into_iter().find(|way| {
        let tried = Command::new("unshare").args(way).arg("true").output();
        tried.is_ok_and(|o| o.status.success())
    })
}

#[test]
fn verify_and_replay_work_without_a_network() {
    let Some(way) = cut_off() else {
        println!("*** SKIPPED: THIS MACHINE DOES NOT PERMIT A NETWORK NAMESPACE (unshare -n) ***");
        return;
    };
    let run = |args: &[&str]| {
        let mut command = Command::new("unshare");
        command
            .args(&way)
            .arg(bin())
            .args(args)
            .current_dir(shared());
        Ran::of(&command.output().unwrap())
    };
    let bundles = std::fs::read_dir(shared().join("demo/bundles")).unwrap();
    let mut checked = 0;
    for entry in bundles {
        let bundle = entry.unwrap().path().display().to_string();
        run(&["verify", &bundle, "--trust", "demo/trust.txt"]).code(0);
        let out = run(&["replay", &bundle, "--trust", "demo/trust.txt"]).code(0);
        assert!(out.contains("bit for bit the same"), "{out}");
        checked += 1;
    }
    assert_eq!(
        checked, 18,
        "every bundle of the demo: 17 stages and one claim"
    );
}
