//! A mirror that is served while its log answers with garbage: whom a relay stands against cannot switch it off.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::founding::{ORIGIN, founded};
use crate::serving::{started, started_saying, stop};
use crate::support::run_in;

/// Longest wait for anything; never reached where things work.
const PATIENCE: Duration = Duration::from_secs(120);

/// A door in front of a log's server, which answers with garbage for the checkpoint while told to.
fn door(log: String) -> (String, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let lies = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&lies);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (log, told) = (log.clone(), Arc::clone(&told));
            // Whoever hangs up is not answered.
            std::thread::spawn(move || pass_on(stream.unwrap(), &log, &told));
        }
    });
    (url, lies)
}

fn pass_on(mut stream: TcpStream, log: &str, lies: &AtomicBool) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.to_ascii_lowercase();
        if let Some(number) = line.strip_prefix("content-length:") {
            length = number.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let path = first.split(' ').nth(1).unwrap_or_default();
    let (status, answer) = if lies.load(Ordering::SeqCst) && path == "/checkpoint" {
        (200, b"certainly not one".to_vec())
    } else {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let agent: ureq::Agent = config.build().into();
        let url = format!("{log}{path}");
        let asked = match first.starts_with("POST ") {
            true => {
                let post = agent.post(&url);
                let post = post.header("Content-Type", "application/vnd.dsse+json");
                post.send(&body[..])
            }
            false => agent.get(&url).call(),
        };
        let mut asked = asked.unwrap();
        let answer = asked.body_mut().read_to_vec().unwrap();
        (asked.status().as_u16(), answer)
    };
    let length = answer.len();
    let head =
        format!("HTTP/1.1 {status} said\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(&answer)
}

fn get(url: &str) -> String {
    let answer = ureq::get(url).call().unwrap();
    answer.into_body().read_to_string().unwrap()
}

fn until(what: &str, done: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn submit(dir: &Path, n: u64, url: &str) -> String {
    let body = json!({"sectors": ["health"], "advisory_sha256": format!("{n:064x}")});
    let file = format!("warn{n}.json");
    let warn = json!({"type": "warn", "body": body}).to_string();
    std::fs::write(dir.join(&file), warn).unwrap();
    let key = ["--key", "registrar.key", "--origin", ORIGIN];
    run_in(dir, &[&["submit", &file, "--url", url], &key[..]].concat()).code(0)
}

#[test]
fn a_log_that_answers_with_garbage_ends_neither_mirror_nor_relay() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    founded(dir);
    let (server, log) = started(dir, &["serve", "ours", "--listen", "127.0.0.1:0"]);
    let (url, lies) = door(log.clone());
    let named = ["--trust", "ours/trust.txt", "--name", "mirror.example/m"];
    let said = std::fs::File::create(dir.join("mirror.log")).unwrap();
    let serving = [
        "--every",
        "1",
        "--listen",
        "127.0.0.1:0",
        "--relay",
        "--accept",
    ];
    let serving = [&serving[..], &["--behind-proxy"]].concat();
    let serving = [&["mirror", &url, "copy"], &named[..], &serving[..]].concat();
    // The first run makes the folder, and says so first.
    let once = [&["mirror", &url, "copy"], &named[..], &["--once"]].concat();
    run_in(dir, &once).code(0);
    let (mirror, copy) = started_saying(dir, &serving, said.into());
    until("it follows", || get(&copy).contains("\nfollowing yes\n"));
    let shown = |url: &str| get(&format!("{url}/checkpoint"));
    let before = shown(&copy);

    lies.store(true, Ordering::SeqCst);
    until("it says what is wrong", || {
        get(&copy).contains(": checkpoint-not-accepted\n")
    });
    let metrics = get(&format!("{copy}/metrics"));
    assert!(
        metrics.contains("solferino_mirror_following 0"),
        "{metrics}"
    );
    // Lines of the mirror's own change with each cosignature; the text does not.
    assert_eq!(
        before.split("\n\n").next(),
        shown(&copy).split("\n\n").next()
    );
    let taken = submit(dir, 1, &copy);
    assert!(taken.contains("taken by the relay "), "{taken}");
    let logged = std::fs::read_to_string(dir.join("mirror.log")).unwrap();
    assert!(logged.contains("the log is not followed"), "{logged}");
    assert!(
        logged.contains("a checkpoint that the pinned key"),
        "{logged}"
    );
    // Who looks once is told by the exit code.
    let other = ["mirror", &url, "other", "--trust", "ours/trust.txt"];
    let other = [&other[..], &["--name", "mirror.example/o", "--once"]].concat();
    let refused = run_in(dir, &other);
    assert_eq!(refused.code, 4, "{refused:?}");

    // What the relay took reaches the log, and the truth ends it.
    until("the relay hands over", || {
        let mut logs = std::fs::read_dir(dir.join("copy/relayed")).unwrap();
        logs.all(|log| {
            std::fs::read_dir(log.unwrap().path())
                .unwrap()
                .next()
                .is_none()
        })
    });
    let again = ["submit", "warn1.json.signed", "--raw", "--url", &log];
    let again = run_in(dir, &again).code(0);
    assert!(again.contains("was recorded before"), "{again}");
    lies.store(false, Ordering::SeqCst);
    until("it follows again", || {
        get(&copy).contains("\nfollowing yes\n")
            && shown(&copy).lines().nth(1) == shown(&log).lines().nth(1)
    });
    stop(mirror);
    stop(server);
}
