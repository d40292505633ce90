//! The desk that helps, by the command: who is on call is paged and told what it needs, the guard refuses, playbooks are
//! read, and only what a consent names crosses.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

use serde_json::{Value, json};

use crate::serving::{started, stop};
use crate::support::{copy_of_demo, run_in, shared};

/// The time of the demonstration's last entry.
pub(crate) fn ends(dir: &Path) -> String {
    let marker = std::fs::read_to_string(dir.join("demo/demo.json")).unwrap();
    let marker: Value = serde_json::from_str(&marker).unwrap();
    marker["as_of"].as_str().unwrap().to_owned()
}

pub(crate) fn write(dir: &Path, name: &str, value: &Value) {
    std::fs::write(dir.join(name), value.to_string()).unwrap();
}

/// A rota in which `first` is always first on call, twelve hours each with a double, and has this webhook.
fn rota(webhook: &str) -> Value {
    let shift = |n: u8| {
        let first = ["first", "again"][usize::from(n % 2)];
        json!({"from": n * 12, "to": n * 12 + 12, "chain": [first, "lead"]})
    };
    json!({
        "format": "solferino.org/aid-rota@v1",
        "people": {"first": {"webhook": webhook}, "again": {"webhook": webhook}, "lead": {}},
        "shifts": (0..14).map(shift).collect::<Vec<_>>(),
    })
}

/// The body of the next POST; it is answered with this status.
fn next_post(listener: &TcpListener, status: &str) -> Value {
    let (mut stream, _) = listener.accept().unwrap();
    let mut seen = Vec::new();
    let mut chunk = [0; 4_096];
    loop {
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&seen).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        assert!(head.starts_with("POST /hook?key=s3cret "), "{head}");
        let length = head.lines().find_map(|l| {
            l.to_lowercase()
                .strip_prefix("content-length: ")?
                .parse()
                .ok()
        });
        if length == Some(body.len()) {
            let answer =
                format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
            return serde_json::from_str(body).unwrap();
        }
    }
}

#[test]
fn a_running_server_posts_to_who_is_on_call_and_a_restart_posts_nothing_again() {
    let copy = copy_of_demo();
    let dir = copy.path();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let hook = format!("http://{}/hook?key=s3cret", listener.local_addr().unwrap());
    write(dir, "rota.json", &rota(&hook));
    let at = ends(dir);
    let shown = run_in(
        dir,
        &["aid", "rota", "rota.json", "--record", "demo", "--at", &at],
    )
    .code(0);
    assert!(
        shown.contains("on call at ") && shown.contains(", then lead"),
        "{shown}"
    );
    assert!(
        shown.contains("nothing is posted to them: lead") && !shown.contains("s3cret"),
        "{shown}"
    );
    let clock = dir.join("now");
    std::fs::write(&clock, &at).unwrap();
    let serve = [
        "serve",
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--steered-by",
        clock.to_str().unwrap(),
    ];
    let (child, url) = started(dir, &serve);
    let page = next_post(&listener, "204 No Content");
    assert_eq!(page["format"], "solferino.org/aid-page@v1");
    // The demonstration's one request that nobody answers, with both its clocks; what it told is in the story alone.
    let alarms = page["alarms"].as_array().unwrap();
    assert_eq!(alarms.len(), 2);
    assert_eq!(alarms[0]["request"], alarms[1]["request"]);
    assert!(alarms.iter().all(|a| a["ran_out"] == true), "{page}");
    assert!(!page.to_string().contains("telephoned"), "{page}");
    let due = run_in(
        dir,
        &[
            "aid",
            "due",
            "--rota",
            "demo/on-call/rota.json",
            "--url",
            &url,
        ],
    )
    .code(0);
    let request = page["alarms"][0]["request"].as_str().unwrap();
    assert!(
        due.contains(request) && due.contains("RAN OUT") && due.contains(", lead"),
        "{due}"
    );
    let out = run_in(
        dir,
        &[
            "aid",
            "due",
            "--rota",
            "demo/on-call/rota.json",
            "--url",
            &url,
            "--json",
        ],
    )
    .code(0);
    let rows: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(rows[0]["alarm"]["request"], page["alarms"][0]["request"]);
    // Kept before the next look, which comes within seconds; then a restart has nothing to say.
    let outbox = dir.join("demo/on-call/outbox.json");
    while !std::fs::read_to_string(&outbox).is_ok_and(|text| text.contains("\"told_s\":1")) {
        std::thread::yield_now();
    }
    stop(child);
    let before = std::fs::read_to_string(&outbox).unwrap();
    let (child, url) = started(dir, &serve);
    run_in(dir, &["aid", "figures", "--url", &url]).code(0); // it serves, and looked before that
    listener.set_nonblocking(true).unwrap();
    stop(child);
    assert!(listener.accept().is_err(), "posted again");
    assert_eq!(std::fs::read_to_string(&outbox).unwrap(), before);
}

#[test]
fn a_rota_that_leaves_people_alone_is_refused_and_changes_nothing() {
    let copy = copy_of_demo();
    let dir = copy.path();
    let before = std::fs::read(dir.join("demo/on-call/rota.json")).unwrap();
    let mut bad = rota("http://pager.example/");
    write(dir, "plain.json", &bad);
    let refused = run_in(dir, &["aid", "rota", "plain.json", "--record", "demo"]).code_err(1);
    assert!(refused.contains("a webhook is https://"), "{refused}");
    bad = rota("https://pager.example/");
    bad["shifts"].as_array_mut().unwrap().remove(1);
    write(dir, "hole.json", &bad);
    let refused = run_in(dir, &["aid", "rota", "hole.json", "--record", "demo"]).code_err(1);
    assert!(
        refused.contains("nobody is on call from hour 12 of the week to hour 24"),
        "{refused}"
    );
    assert_eq!(
        std::fs::read(dir.join("demo/on-call/rota.json")).unwrap(),
        before
    );
    let none = run_in(dir, &["aid", "rota", "--record", "."]).code_err(1);
    assert!(none.contains("there is no rota"), "{none}");
}

#[test]
fn the_first_hour_is_read_step_by_step() {
    let all = run_in(Path::new("."), &["aid", "first"]).code(0);
    assert_eq!(
        all.lines().count(),
        aid::playbooks().unwrap().len(),
        "{all}"
    );
    for line in all.lines() {
        let id = line.split("  ").next().unwrap();
        let steps = run_in(Path::new("."), &["aid", "first", id]).code(0);
        let plain = run_in(Path::new("."), &["aid", "first", id, "--plain"]).code(0);
        assert!(
            steps.contains("by minute ") && steps.contains("  never: "),
            "{steps}"
        );
        assert_ne!(steps, plain);
    }
    let arabic = |more: &[&str]| {
        let args = [&["aid", "first", "wiper", "--lang", "ar"], more].concat();
        run_in(Path::new("."), &args).code(0)
    };
    let (whole, plain) = (arabic(&[]), arabic(&["--plain"]));
    assert!(plain.contains("كل دقيقة مهمة"), "{plain}");
    assert!(
        whole.contains("أبدا: ") && whole.contains("يُحفظ: "),
        "{whole}"
    );
    assert!(
        !whole.contains("never") && !plain.contains("أبدا: "),
        "{whole}"
    );
    let none = run_in(Path::new("."), &["aid", "first", "revenge"]).code_err(1);
    assert!(none.contains("there is no playbook revenge"), "{none}");
}

#[test]
fn what_was_told_is_opened_by_its_requester_and_crosses_by_a_consent_alone() {
    let copy = copy_of_demo();
    let dir = copy.path();
    let (child, url) = started(dir, &["serve", "demo", "--listen", "127.0.0.1:0"]);
    let keys = "demo/keys-of-the-demo";
    let words = format!("{keys}/party-office-call-2015.words");
    let status = run_in(
        dir,
        &["aid", "status", "--url", &url, "--words", &words, "--json"],
    )
    .code(0);
    let rows: Value = serde_json::from_str(&status).unwrap();
    let (id, item) = (
        rows[0]["id"].as_str().unwrap(),
        rows[0]["items"][0]["commitment"].as_str().unwrap(),
    );
    let officer = [
        format!("{keys}/aid-officer.key"),
        format!("{keys}/aid-officer.age"),
    ];
    let open = [
        "aid",
        "open",
        id,
        "--url",
        &url,
        "--key",
        &officer[0],
        "--identity",
        &officer[1],
        "--out",
        "opened",
        "--triage",
    ];
    let opened = run_in(dir, &open).code(0);
    assert!(
        opened.contains("telephoned our party") && opened.contains("\"class\""),
        "{opened}"
    );
    // Another's words open nothing, and somebody else's key is told so.
    let stranger = [
        "aid",
        "open",
        id,
        "--url",
        &url,
        "--key",
        "demo/keys-of-the-demo/registrar.key",
        "--identity",
        &officer[1],
    ];
    let refused = run_in(dir, &stranger).code_err(5);
    assert!(refused.contains("aid-not-yours"), "{refused}");
    let file = format!("opened/{item}.item");
    stop(child);
    let vault = crate::support::files(&dir.join("demo/vault")).len();
    // Without a consent nothing crosses, and nothing is copied.
    let cross = ["aid", "cross", id, &file, "--record", "demo"];
    let refused = run_in(dir, &cross).code_err(5);
    assert!(refused.contains("nothing was copied"), "{refused}");
    assert_eq!(crate::support::files(&dir.join("demo/vault")).len(), vault);
}

#[test]
fn the_demonstration_helps_once_and_fails_once_for_everybody_to_see() {
    let out = std::fs::read_to_string(shared().join("first-run.txt")).unwrap();
    let line = "help asked for: 2 requests; 1 read in time, 1 helped in time, 1 confirmed, 1 destroyed after their retention; 1 unanswered and overdue";
    assert!(out.contains(line), "{out}");
    // What the helped one told is gone, and its round can still be computed again by whoever holds the inputs.
    let purged = std::fs::read_dir(shared().join("demo/aid/items"))
        .unwrap()
        .count();
    assert_eq!(purged, 2, "the other request and the responder's profile");
}
