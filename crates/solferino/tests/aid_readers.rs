//! A server that lies about who reads: the command seals to nobody whom signed statements do not name, and sends nothing.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use age::x25519::Identity;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::helping::{Desk, form, id_after};
use crate::serving::stop;
use crate::support::{Ran, run_in};

/// What becomes of the evidence in an answer.
type Lie = Arc<dyn Fn(&mut Value) + Send + Sync>;

/// A server in front of the record's own: it changes what shows who reads, and counts what is sent to it.
struct Liar {
    url: String,
    lie: Arc<Mutex<Lie>>,
    posts: Arc<AtomicUsize>,
}

impl Liar {
    fn before(origin: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let honest: Lie = Arc::new(|_| ());
        let (lie, posts) = (Arc::new(Mutex::new(honest)), Arc::new(AtomicUsize::new(0)));
        let (origin, told, counted) = (origin.to_owned(), Arc::clone(&lie), Arc::clone(&posts));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(&origin, stream.unwrap(), &told, &counted);
            }
        });
        Self { url, lie, posts }
    }

    /// What a command says whose server lies so, and whether it sent anything.
    fn asked(&self, dir: &Path, args: &[&str], lie: &Lie) -> (Ran, bool) {
        *self.lie.lock().unwrap() = Arc::clone(lie);
        let before = self.posts.load(Ordering::SeqCst);
        let ran = run_in(dir, &[&["aid"], args, &["--url", &self.url]].concat());
        (ran, self.posts.load(Ordering::SeqCst) > before)
    }
}

/// Passes one request on, and its answer back.
fn answer(origin: &str, stream: TcpStream, lie: &Mutex<Lie>, posts: &AtomicUsize) {
    let mut reader = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let path = first.split(' ').nth(1).unwrap_or_default();
    let address = format!("{origin}{path}");
    let mut answer = if first.starts_with("POST") {
        posts.fetch_add(1, Ordering::SeqCst);
        ureq::post(&address)
            .header("Content-Type", "application/json")
            .send(&body[..])
            .unwrap()
    } else {
        ureq::get(&address).call().unwrap()
    };
    let mut text = answer.body_mut().read_to_string().unwrap();
    if path.ends_with("/readers") {
        let mut value: Value = serde_json::from_str(&text).unwrap();
        (lie.lock().unwrap())(&mut value["data"]["evidence"]);
        text = value.to_string();
    }
    let head = format!(
        "HTTP/1.1 {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.status(),
        text.len()
    );
    let stream = reader.get_mut();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
}

/// The last statement, of this type, with another body: its signature is nobody's.
fn forged(evidence: &mut Value, kind: &str, change: impl Fn(&mut Value)) {
    let entry = evidence["entries"]
        .as_array_mut()
        .unwrap()
        .last_mut()
        .unwrap();
    let mut envelope: Value = serde_json::from_str(entry["envelope"].as_str().unwrap()).unwrap();
    let payload = STANDARD
        .decode(envelope["payload"].as_str().unwrap())
        .unwrap();
    let mut payload: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(payload["type"], kind);
    change(&mut payload["body"]);
    envelope["payload"] = json!(STANDARD.encode(payload.to_string()));
    entry["envelope"] = json!(envelope.to_string());
}

#[test]
fn a_server_that_swaps_or_adds_a_recipient_or_shows_another_log_gets_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let desk = Desk::open(dir);
    let mut trust = ureq::get(format!("{}/trust", desk.url)).call().unwrap();
    std::fs::write(
        dir.join("trust.txt"),
        trust.body_mut().read_to_string().unwrap(),
    )
    .unwrap();
    std::fs::write(dir.join("form.json"), form("Nobody").to_json().unwrap()).unwrap();
    let liar = Liar::before(&desk.url);
    let honest: Lie = Arc::new(|_| ());
    let request = |words: &'static str| ["request", "--form", "form.json", "--words-out", words];

    // an honest one: who reads is said, and by whose word
    let (ran, sent) = liar.asked(
        dir,
        &[&request("a.words")[..], &["--trust", "trust.txt"]].concat(),
        &honest,
    );
    assert!(
        ran.err.contains("verified with your trust file"),
        "{}",
        ran.err
    );
    let policy = ureq::get(format!("{}/api/v1/aid", desk.url))
        .call()
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap();
    let policy: Value = serde_json::from_str(&policy).unwrap();
    let officer = policy["data"]["recipients"][0].as_str().unwrap().to_owned();
    let digest = record::aid::recipient_digest(&officer);
    assert!(
        ran.err.contains(&format!("{digest}  officer of the desk")),
        "{}",
        ran.err
    );
    assert!(sent);
    let id = id_after(&ran.code(0), "asked: request ");
    let (ran, sent) = liar.asked(dir, &request("b.words"), &honest);
    assert!(
        ran.err.contains("self-consistent") && ran.err.contains("given by this server"),
        "{}",
        ran.err
    );
    assert!(sent && ran.code == 0);

    let mine = Identity::generate().to_public().to_string();
    let (other, more) = (mine.clone(), mine.clone());
    let swap = move |evidence: &mut Value| {
        forged(evidence, "aid.desk", |body| {
            body["officers"][0]["recipient"] = json!(mine)
        });
    };
    let add = move |evidence: &mut Value| {
        forged(evidence, "aid.desk", |body| {
            let mut officer = body["officers"][0].clone();
            officer["recipient"] = json!(other);
            body["officers"].as_array_mut().unwrap().push(officer);
        });
    };
    let no_charter =
        |evidence: &mut Value| drop(evidence["entries"].as_array_mut().unwrap().remove(0));
    let no_desk = |evidence: &mut Value| drop(evidence["entries"].as_array_mut().unwrap().pop());
    let lies: [(&str, Lie); 4] = [
        ("entry", Arc::new(swap)),
        ("entry", Arc::new(add)),
        ("charter", Arc::new(no_charter)),
        ("no desk", Arc::new(no_desk)),
    ];
    for (n, (says, lie)) in lies.into_iter().enumerate() {
        for trust in [&["--trust", "trust.txt"][..], &[]] {
            let words = format!("{n}-{}.words", trust.len());
            let args = ["request", "--form", "form.json", "--words-out", &words];
            let (ran, sent) = liar.asked(dir, &[&args, trust].concat(), &lie);
            let said = ran.code_err(4);
            assert!(
                said.contains("not shown who would read this") && said.contains(says),
                "{said}"
            );
            assert!(
                !sent && !dir.join(words).exists(),
                "nothing is sealed, no words are made"
            );
        }
    }
    // what is told in a request is held to the same
    std::fs::write(dir.join("more.txt"), "and one thing more").unwrap();
    let tell = [
        "tell",
        &id,
        "more.txt",
        "--key",
        "officer.key",
        "--trust",
        "trust.txt",
    ];
    let theirs: Lie = Arc::new(move |evidence| {
        forged(evidence, "aid.request", |body| {
            body["recipient"] = json!(more)
        });
    });
    let (ran, sent) = liar.asked(dir, &tell, &theirs);
    assert!(ran.code_err(4).contains("not shown"));
    assert!(!sent);
    let (ran, sent) = liar.asked(dir, &tell, &honest);
    assert!(ran.err.contains("whoever asked") && sent, "{}", ran.err);
    stop(desk.child);
}
