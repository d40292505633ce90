//! A record with three witnesses and a mirror, each a process of its own, on 127.0.0.1.

use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::founding::{ORIGIN, founded, founded_with};
use crate::serving::{started, started_saying, stop};
use crate::support::run_in;

/// Longest wait for anything; never reached where things work.
const PATIENCE: Duration = Duration::from_secs(120);

fn witness(dir: &Path, name: &str, listen: &str) -> (Child, String) {
    started(dir, &["witness", "serve", name, "--listen", listen])
}

/// A free port, for a witness whose address stands in the charter before it is started.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn log_key(dir: &Path) -> String {
    run_in(dir, &["key", "new", ORIGIN, "--out", "log.key"]).code(0);
    let shown = run_in(dir, &["key", "show", "log.key", "--json"]).code(0);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    shown["vkey"].as_str().unwrap().to_owned()
}

/// Makes a witness of this log; gives its line of the policy.
fn made(dir: &Path, name: &str, log: &str, port: u16) -> String {
    let key = format!("witness.example/{name}");
    let init = ["witness", "init", name, "--name", &key, "--log", log];
    let out = run_in(dir, &init).code(0);
    let vkey = out.lines().find_map(|l| l.strip_prefix("public key      "));
    format!("witness {name} {} http://127.0.0.1:{port}", vkey.unwrap())
}

fn warn(dir: &Path, n: u64) {
    let advisory = format!("{n:064x}");
    let warn =
        json!({"type": "warn", "body": {"sectors": ["health"], "advisory_sha256": advisory}});
    std::fs::write(dir.join(format!("warn{n}.json")), warn.to_string()).unwrap();
}

fn submit(dir: &Path, n: u64, url: &str) -> String {
    warn(dir, n);
    let file = format!("warn{n}.json");
    run_in(
        dir,
        &["submit", &file, "--url", url, "--key", "registrar.key"],
    )
    .code(0)
}

fn signatures(note: &str) -> usize {
    note.lines()
        .filter(|line| line.starts_with('\u{2014}'))
        .count()
}

/// What the policy is worth, by the trust file that the record gives out.
fn one_hoster_has_them_all(dir: &Path) {
    let lint = run_in(dir, &["policy", "lint", "ours/trust.txt", "--json"]).code(0);
    let lint: Value = serde_json::from_str(&lint).unwrap();
    let found = lint["findings"].as_array().unwrap();
    let of = |threat: &str, dimension: &str| {
        let hit = |f: &&Value| f["threat"] == threat && f["dimension"] == dimension;
        found.iter().find(hit).unwrap()["at_most"].as_u64().unwrap()
    };
    assert_eq!(
        (of("split", "witness"), of("forge", "jurisdiction")),
        (1, 2)
    );
    assert_eq!((of("halt", "host"), of("halt", "witness")), (1, 2));
}

/// A mirror, from the beginning, and again after more was said.
fn a_mirror_follows(dir: &Path, url: &str) {
    let mirror = [
        "mirror",
        url,
        "copy",
        "--trust",
        "ours/trust.txt",
        "--name",
        "mirror.example/m",
        "--once",
    ];
    let out = run_in(dir, &mirror).code(0);
    assert!(
        out.contains("every signature, rule and hash holds"),
        "{out}"
    );
    let (serving, copy) = started(
        dir,
        &[
            "mirror",
            url,
            "copy",
            "--every",
            "1",
            "--listen",
            "127.0.0.1:0",
        ],
    );
    submit(dir, 4, url);
    let size = |url: &str| -> u64 {
        let note = ureq::get(format!("{url}/checkpoint")).call().unwrap();
        let note = note.into_body().read_to_string().unwrap();
        note.lines().nth(1).unwrap().parse().unwrap()
    };
    let until = Instant::now() + PATIENCE;
    while size(&copy) < size(url) {
        assert!(Instant::now() < until, "the mirror does not follow");
        std::thread::sleep(Duration::from_millis(100));
    }
    let note = std::fs::read_to_string(dir.join("copy/log/checkpoint")).unwrap();
    assert!(note.contains("\u{2014} mirror.example/m "), "{note}");
    stop(serving);
    a_mirror_brings_to_another(dir, url);
}

/// A second mirror, which cannot reach the log, is brought everything by the first.
fn a_mirror_brings_to_another(dir: &Path, url: &str) {
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let made = [
        "--trust",
        "ours/trust.txt",
        "--name",
        "mirror.example/2",
        "--once",
    ];
    let alone = run_in(
        dir,
        &[&["mirror", &nowhere, "second"][..], &made[..]].concat(),
    );
    assert_ne!(alone.code, 0, "it is made, and reaches nobody");
    let serving = ["--accept", "--listen", "127.0.0.1:0"];
    let (second, address) = started(
        dir,
        &[&["mirror", &nowhere, "second"][..], &serving[..]].concat(),
    );
    let once = [
        "mirror", url, "copy", "--once", "--json", "--bring", &address,
    ];
    let done: Value = serde_json::from_str(&run_in(dir, &once).code(0)).unwrap();
    let brought = &done["brought"][0];
    assert_eq!(
        (&brought["size"], &brought["sent"]),
        (&done["size"], &done["size"])
    );
    let line = brought["cosignatures"][0].as_str().unwrap();
    assert!(line.starts_with("\u{2014} mirror.example/2 "), "{line}");
    let note = std::fs::read_to_string(dir.join("second/log/checkpoint")).unwrap();
    assert!(note.contains(line), "{note}");
    stop(second);
    let gone = run_in(dir, &once);
    assert_ne!(gone.code, 0);
    assert!(gone.err.contains("cannot be reached"), "{}", gone.err);
}

#[test]
fn three_witnesses_and_a_mirror_watch_a_record() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    let log = log_key(dir);
    let names = ["w1", "w2", "w3"];
    let ports = names.map(|_| free_port());
    let mut policy: Vec<String> = names
        .iter()
        .zip(ports)
        .map(|(name, port)| made(dir, name, &log, port))
        .collect();
    for (name, country) in names.iter().zip(["CH", "SE", "KE"]) {
        policy.push(format!(
            "#register {name} operator=op-{name} jurisdiction={country} owner=op-{name} host=rack-1 implementation=solferino"
        ));
    }
    policy.push("group q 2 w1 w2 w3".into());
    policy.push("quorum q".into());
    let mut running: Vec<(Child, String)> = names
        .iter()
        .zip(ports)
        .map(|(name, port)| witness(dir, name, &format!("127.0.0.1:{port}")))
        .collect();
    founded_with(dir, &policy);

    let said = std::fs::File::create(dir.join("server.log")).unwrap();
    let serve = ["serve", "ours", "--listen", "127.0.0.1:0"];
    let (server, url) = started_saying(dir, &serve, said.into());
    submit(dir, 1, &url);
    let note = std::fs::read_to_string(dir.join("ours/log/checkpoint")).unwrap();
    // The log and the quorum; the third has only a short grace.
    assert!(signatures(&note) >= 3, "{note}");
    // The receipt verifies under the trust file, whose policy the charter gave.
    let receipt = |n: u64| {
        let (proof, signed) = (
            format!("warn{n}.json.tlog-proof"),
            format!("warn{n}.json.signed"),
        );
        let verify = [
            "verify",
            &proof,
            "--statement",
            &signed,
            "--trust",
            "ours/trust.txt",
        ];
        run_in(dir, &verify).code(0);
    };
    receipt(1);

    one_hoster_has_them_all(dir);

    // One witness gone: the quorum holds.
    stop(running.remove(2).0);
    submit(dir, 2, &url);
    receipt(2);
    // Two gone: nothing is acknowledged but with a promise.
    stop(running.remove(1).0);
    let out = submit(dir, 3, &url);
    assert!(
        out.contains("its signed promise: warn3.json.intake"),
        "{out}"
    );
    let promise = std::fs::read_to_string(dir.join("warn3.json.intake")).unwrap();
    assert!(promise.starts_with(&format!("solferino.org/intake@v1\nlog {ORIGIN}\n")));
    assert!(!dir.join("warn3.json.tlog-proof").exists());
    // Whoever runs the log reads why, witness by witness.
    let said = std::fs::read_to_string(dir.join("server.log")).unwrap();
    assert!(said.contains("nothing is published"), "{said}");
    assert!(said.contains("witness.example/w3: "), "{said}");
    // Back again, and it is there.
    running.push(witness(dir, "w2", &format!("127.0.0.1:{}", ports[1])));
    let again = ["submit", "warn3.json.signed", "--raw", "--url", &url];
    let until = Instant::now() + PATIENCE;
    while !run_in(dir, &again).code(0).contains("was recorded before") {
        assert!(Instant::now() < until);
    }

    a_mirror_follows(dir, &url);
    stop(server);
    for (child, _) in running {
        stop(child);
    }
    run_in(dir, &["audit", "ours", "--trust", "ours/trust.txt"]).code(0);
    // The monitoring endpoint served what it cosigned; the folders hold no evidence of anything.
    for name in names {
        assert_eq!(
            std::fs::read_dir(dir.join(name).join("evidence"))
                .unwrap()
                .count(),
            0
        );
    }
}

#[test]
fn a_policy_that_protects_nothing_is_called_void() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    std::fs::write(dir.join("none.txt"), "quorum none\n").unwrap();
    let out = run_in(dir, &["policy", "lint", "none.txt"]).code(4);
    assert!(out.contains("the log alone decides"), "{out}");
    std::fs::write(dir.join("bad.txt"), "quorum q\n").unwrap();
    let refused = run_in(dir, &["policy", "lint", "bad.txt"]);
    assert!(
        refused.code == 1 && refused.err.contains("hint: "),
        "{refused:?}"
    );
    let log = log_key(dir);
    let lines: Vec<String> = ["w1", "w2", "w3"].map(|w| made(dir, w, &log, 1)).into();
    let text = format!("{}\ngroup q any w1 w2 w3\nquorum q\n", lines.join("\n"));
    std::fs::write(dir.join("any.txt"), text).unwrap();
    let out = run_in(dir, &["policy", "lint", "any.txt"]).code(4);
    assert!(out.contains("VOID"), "{out}");
    assert!(
        out.contains("no register line, counted as one hand"),
        "{out}"
    );
}

#[test]
fn a_mirror_says_what_it_needs_first() {
    let home = tempfile::tempdir().unwrap();
    let ran = run_in(
        home.path(),
        &["mirror", "http://127.0.0.1:1", "copy", "--once"],
    );
    assert!(ran.code == 2 && ran.err.contains("--trust"), "{ran:?}");
}

#[test]
fn whom_the_log_ignores_submits_through_a_mirror_or_a_witness() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    founded(dir);
    let (server, url) = started(dir, &["serve", "ours", "--listen", "127.0.0.1:0"]);
    let shown = run_in(dir, &["key", "show", "log.key", "--json"]).code(0);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let log = shown["vkey"].as_str().unwrap();
    made(dir, "w1", log, 1);
    // A relay has to know where to hand over.
    let nowhere = run_in(dir, &["witness", "serve", "w1", "--relay"]);
    assert!(nowhere.err.contains("has an address"), "{nowhere:?}");
    std::fs::write(dir.join("w1/logs"), format!("log {log} {url}\n")).unwrap();
    let witness = [
        "witness",
        "serve",
        "w1",
        "--listen",
        "127.0.0.1:0",
        "--relay",
        "--behind-proxy",
    ];
    let mirror = [
        "mirror",
        &url,
        "copy",
        "--trust",
        "ours/trust.txt",
        "--name",
        "mirror.example/m",
    ];
    run_in(dir, &[&mirror[..], &["--once"]].concat()).code(0);
    let mirror = [&mirror[..3], &["--listen", "127.0.0.1:0", "--relay"]].concat();
    for (n, args) in [(1, &witness[..]), (2, &mirror[..])] {
        let (relay, door) = started(dir, args);
        warn(dir, n);
        let file = format!("warn{n}.json");
        let submit = [
            "submit",
            &file,
            "--url",
            &door,
            "--key",
            "registrar.key",
            "--origin",
            ORIGIN,
        ];
        let out = run_in(dir, &submit).code(0);
        assert!(out.contains("taken by the relay "), "{out}");
        let about = ureq::get(format!("{door}/relay")).call().unwrap();
        let about = about.into_body().read_to_string().unwrap();
        let key = about
            .lines()
            .next()
            .unwrap()
            .strip_prefix("relay ")
            .unwrap();
        let receipt = format!("{file}.intake");
        let verify = ["verify", &receipt, "--trust", "ours/trust.txt"];
        run_in(dir, &verify).code(4);
        run_in(dir, &[&verify[..], &["--relay", key]].concat()).code(0);
        // The relay hands it over by itself; asked again, the log has it.
        let signed = format!("{file}.signed");
        let until = Instant::now() + PATIENCE;
        while std::fs::read_dir(dir.join(if n == 1 { "w1" } else { "copy" }).join("relayed"))
            .unwrap()
            .any(|log| std::fs::read_dir(log.unwrap().path()).unwrap().count() > 0)
        {
            assert!(Instant::now() < until, "it still waits");
            std::thread::sleep(Duration::from_millis(50));
        }
        let again = ["submit", &signed, "--raw", "--url", &url];
        let again = run_in(dir, &again).code(0);
        assert!(again.contains("was recorded before"), "{again}");
        stop(relay);
    }
    stop(server);
}

#[test]
fn a_log_with_a_second_key_is_founded_and_audited() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    founded(dir);
    let mldsa = ["key", "new", ORIGIN, "--mldsa", "--out", "log.mldsa.key"];
    run_in(dir, &mldsa).code(0);
    let shown = run_in(dir, &["key", "show", "log.mldsa.key", "--json"]).code(0);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let charter = std::fs::read_to_string(dir.join("charter.jsonc")).unwrap();
    let field = format!(
        "\"log_mldsa\": {},\n\"selection_rule_sha256\"",
        shown["vkey"]
    );
    let charter = charter.replacen("\"selection_rule_sha256\"", &field, 1);
    std::fs::write(dir.join("both.jsonc"), charter).unwrap();
    let init = [
        "init",
        "both",
        "--charter",
        "both.jsonc",
        "--log-key",
        "log.key",
        "--founder-key",
        "founder-one.key",
        "--founder-key",
        "founder-two.key",
    ];
    let one = run_in(dir, &init);
    assert!(one.code == 1 && one.err.contains("ML-DSA-44"), "{one:?}");
    std::fs::remove_dir_all(dir.join("both")).unwrap();
    run_in(
        dir,
        &[&init[..], &["--log-mldsa-key", "log.mldsa.key"]].concat(),
    )
    .code(0);
    run_in(dir, &["audit", "both", "--trust", "both/trust.txt"]).code(0);
    let note = std::fs::read_to_string(dir.join("both/log/checkpoint")).unwrap();
    assert_eq!(signatures(&note), 2);
}
