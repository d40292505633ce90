//! TAXII as others use it: accounts, the inbox, and OASIS' own client.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::founding::founded;
use crate::serving::{serve, stop};
use crate::support::run_in;
use crate::taxii::{bundle, tool};

/// Name and password of the registrar of `ours`.
fn account(dir: &Path) -> (String, String) {
    let out = run_in(dir, &["taxii", "account", "ours", "registrar"]).code(0);
    let password = out
        .lines()
        .find_map(|line| line.strip_prefix("password  "))
        .unwrap();
    ("registrar".to_owned(), password.to_owned())
}

#[test]
fn an_account_writes_and_the_inbox_is_decided_from_the_command_line() {
    use base64::Engine as _;
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    run_in(dir, &["taxii", "account", "ours", "nobody"]).code(1);
    let (_, old) = account(dir);
    let (name, password) = account(dir);
    let (child, url) = serve(dir);
    let post = |password: &str| {
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}"));
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let sent = agent
            .post(format!("{url}/taxii2/solferino/collections/inbox/objects/"))
            .header("Authorization", format!("Basic {basic}"))
            .header("Content-Type", "application/taxii+json;version=2.1")
            .send(json!({"objects": [tool(1), tool(2)]}).to_string());
        sent.unwrap().status().as_u16()
    };
    assert_eq!(post(&old), 401, "a new password ends the old one");
    assert_eq!(post(&password), 202);
    let listed = run_in(dir, &["taxii", "review", "ours", "--json"]).code(0);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let waiting = listed["waiting"].as_array().unwrap();
    assert_eq!(
        (waiting.len(), &waiting[0]["member"]),
        (2, &json!("registrar"))
    );
    let number = |n: usize| waiting[n]["number"].to_string();
    run_in(dir, &["taxii", "review", "ours", "--refuse", &number(1)]).code(2);
    let decided = run_in(
        dir,
        &[
            "taxii",
            "review",
            "ours",
            "--accept",
            &number(0),
            "--refuse",
            &number(1),
            "--because",
            "no sighting",
        ],
    )
    .code(0);
    assert!(
        decided.contains("accepted") && decided.contains("refused: no sighting"),
        "{decided}"
    );
    assert!(
        run_in(dir, &["taxii", "review", "ours"])
            .code(0)
            .contains("0 wait")
    );
    run_in(dir, &["taxii", "review", "ours", "--accept", &number(0)]).code(1);
    let sightings = ureq::get(format!(
        "{url}/taxii2/solferino/collections/sightings/objects/"
    ))
    .call()
    .unwrap()
    .body_mut()
    .read_to_string()
    .unwrap();
    assert!(
        sightings.contains("tool 1") && !sightings.contains("tool 2"),
        "{sightings}"
    );
    stop(child);
}

/// An interpreter with OASIS' client; the test command brings one.
fn python() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("SOLFERINO_TAXII_PYTHON") {
        return Some(given.into());
    }
    let able = |python: &&str| {
        let probe = Command::new(python)
            .args(["-c", "import taxii2client.v21"])
            .output();
        probe.is_ok_and(|output| output.status.success())
    };
    ["python3"].into_iter().find(able).map(PathBuf::from)
}

#[test]
fn python_taxii2_client_pages_100_000_objects_complete_and_in_order_while_others_write() {
    const COUNT: usize = 100_000;
    const LATER: usize = 20;
    const EACH: usize = 50;
    let Some(python) = python() else {
        println!(
            "SKIPPED LOUDLY: no python3 with taxii2client; `cargo xtask test` installs it, SOLFERINO_TAXII_PYTHON names one"
        );
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    bundle(dir, "many.json", 0..COUNT);
    run_in(
        dir,
        &["taxii", "load", "ours", "many.json", "--name", "many"],
    )
    .code(0);
    let (name, password) = account(dir);
    let (child, url) = serve(dir);
    let growing = dir.join("growing");
    std::fs::write(&growing, "").unwrap();
    let ended = std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..LATER {
                let (start, file) = (COUNT + n * EACH, format!("later-{n}.json"));
                bundle(dir, &file, start..start + EACH);
                let loaded =
                    run_in(dir, &["taxii", "load", "ours", &file, "--name", "many"]).code(0);
                assert!(loaded.contains("50 new"), "{loaded}");
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            std::fs::remove_file(&growing).unwrap();
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/taxii_client.py");
        let mut client = Command::new(&python);
        client
            .arg(script)
            .args([
                &format!("{url}/taxii2/"),
                "claims-many",
                &COUNT.to_string(),
                &name,
                &password,
            ])
            .arg(&growing);
        client.output().unwrap()
    });
    let (out, err) = (
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr),
    );
    assert!(
        ended.status.success() && out.trim_end().ends_with("done"),
        "{out}\n{err}"
    );
    let all = COUNT + LATER * EACH;
    assert!(
        out.contains(&format!("objects: {all} in order")),
        "the last round sees all of it: {out}"
    );
    stop(child);
}
