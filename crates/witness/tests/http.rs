//! The witness over HTTP on 127.0.0.1: limits, the monitoring endpoint, subtrees, metrics.

use server::rate::Rate;
use solferino_witness::evidence::{Contradictory, Evidence, Kept, MAX_EVIDENCE_FILES};
use solferino_witness::folder::Folder;
use solferino_witness::http::{Config, Witness, serve};
use tlog::{
    MAX_WITNESS_BODY_BYTES, Note, SignSubtree, Subtree, VerifierKey, origin_hash,
    parse_signature_lines, subtree_consistency_proof, subtree_hash, verify_subtree_cosignature,
};

use crate::support::{Log, ORIGIN, home, log_key, seed};

struct Running {
    home: tempfile::TempDir,
    url: String,
    keys: Vec<VerifierKey>,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
}

async fn running(subtree: bool, config: Config) -> Running {
    let home = home();
    let dir = home.path().join("w");
    let logs = [log_key(ORIGIN).verifier_key()];
    let seeds = (seed("w"), subtree.then(|| seed("w2")));
    let keys = Folder::init(&dir, "witness.example/w", seeds, &logs).unwrap();
    let witness = Witness::start(Folder::open(&dir).unwrap(), config).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(serve(witness, None, listener, std::future::pending()));
    Running {
        home,
        url,
        keys,
        server,
    }
}

impl Running {
    async fn ask(&self, path: &str, body: Option<Vec<u8>>) -> (u16, String, String) {
        let url = format!("{}{path}", self.url);
        let asked = move || {
            let config = ureq::Agent::config_builder().http_status_as_error(false);
            let agent: ureq::Agent = config.build().into();
            let answer = match body {
                Some(body) => agent.post(&url).send(&body[..]),
                None => agent.get(&url).call(),
            };
            let mut answer = answer.unwrap();
            let kind = answer.headers().get("content-type").cloned();
            let kind = kind.map_or(String::new(), |v| v.to_str().unwrap().to_owned());
            let text = answer.body_mut().read_to_string().unwrap();
            (answer.status().as_u16(), kind, text)
        };
        tokio::task::spawn_blocking(asked).await.unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_cosigned_checkpoint_is_served_with_both_signers() {
    let w = running(true, Config::default()).await;
    let path = format!("/{}/checkpoint", origin_hash(ORIGIN));
    assert_eq!(w.ask(&path, None).await.0, 404);
    let mut log = Log::new(ORIGIN);
    let (status, kind, body) = w.ask("/add-checkpoint", Some(log.grow(9).body(0))).await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; charset=utf-8"));
    let lines = parse_signature_lines(body.as_bytes()).unwrap();
    assert_eq!(lines.len(), 2, "Ed25519 and ML-DSA-44");
    let (status, _, text) = w.ask(&path, None).await;
    assert_eq!(status, 200);
    let note = Note::parse(text.as_bytes()).unwrap();
    let mut signers = w.keys.clone();
    signers.push(log.key.verifier_key());
    let verified = note.verify(&signers).unwrap();
    assert_eq!(verified.len(), 3);
    assert!(verified.iter().all(|v| v.timestamp != Some(0)));
    // These very cosignatures, not others.
    assert!(lines.iter().all(|line| note.signatures.contains(line)));
    let (status, kind, size) = w.ask("/add-checkpoint", Some(log.body(3))).await;
    assert_eq!(
        (status, kind.as_str(), size.as_str()),
        (409, "text/x.tlog.size", "9\n")
    );
    let other = format!("/{}/checkpoint", origin_hash("log.example/other"));
    assert_eq!(w.ask(&other, None).await.0, 404);
    let about = w.ask("/", None).await.2;
    assert!(about.contains(&w.keys[0].to_string()) && about.contains(ORIGIN));
    let metrics = w.ask("/metrics", None).await.2;
    for line in [
        "solferino_witness_answers_total{call=\"add-checkpoint\",status=\"200\"} 1",
        "solferino_witness_answers_total{call=\"add-checkpoint\",status=\"409\"} 1",
        "solferino_witness_log_size_entries{origin=\"log.example/ours\"} 9",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn subtrees_of_what_was_cosigned_are_signed() {
    let w = running(true, Config::default()).await;
    let mut log = Log::new(ORIGIN);
    log.grow(300);
    assert_eq!(w.ask("/add-checkpoint", Some(log.body(0))).await.0, 200);
    let cosigned = w
        .ask(&format!("/{}/checkpoint", origin_hash(ORIGIN)), None)
        .await
        .2;
    let subtree = Subtree::new(256, 300).unwrap();
    let request = SignSubtree {
        subtree,
        hash: subtree_hash(&log.tree, &subtree).unwrap(),
        proof: subtree_consistency_proof(&log.tree, &subtree, 300).unwrap(),
        note: Note::parse(cosigned.as_bytes()).unwrap(),
        checkpoint: log.request(0).checkpoint,
    };
    let (status, _, body) = w
        .ask("/sign-subtree", Some(request.to_string().into_bytes()))
        .await;
    assert_eq!(status, 200, "{body}");
    let lines = parse_signature_lines(body.as_bytes()).unwrap();
    assert_eq!(lines.len(), 1);
    verify_subtree_cosignature(ORIGIN, &subtree, &request.hash, &lines[0], &w.keys[1]).unwrap();
    let status = async |request: &SignSubtree| {
        let body = request.to_string().into_bytes();
        w.ask("/sign-subtree", Some(body)).await.0
    };
    let mut wrong = request.clone();
    wrong.hash = tlog::empty_root();
    assert_eq!(status(&wrong).await, 422);
    // Only what this witness has cosigned itself.
    let mut unsigned = request.clone();
    unsigned.note = log.request(0).note;
    assert_eq!(status(&unsigned).await, 403);
    assert_eq!(
        w.ask("/sign-subtree", Some(b"subtree 1 3\n".to_vec()))
            .await
            .0,
        400
    );
    let without = running(false, Config::default()).await;
    let body = request.to_string().into_bytes();
    assert_eq!(without.ask("/sign-subtree", Some(body)).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_and_rates_are_limited() {
    let rate = Rate::new(3, 1);
    let config = Config {
        client: rate,
        all: Rate::new(1_000, 1_000),
        ..Config::default()
    };
    let w = running(false, config).await;
    let long = |bytes: usize| Some(vec![b'x'; bytes]);
    assert_eq!(
        w.ask("/add-checkpoint", long(MAX_WITNESS_BODY_BYTES))
            .await
            .0,
        400
    );
    assert_eq!(
        w.ask("/add-checkpoint", long(MAX_WITNESS_BODY_BYTES + 1))
            .await
            .0,
        413
    );
    assert_eq!(w.ask("/", None).await.0, 200);
    assert_eq!(w.ask("/", None).await.0, 429);
    assert!(w.home.path().join("w/evidence").is_dir());
}

#[test]
fn evidence_is_limited_on_both_sides() {
    let home = home();
    let evidence = Evidence::new(home.path().to_path_buf());
    let found = |n: usize| Contradictory {
        problem: "two\nlines".into(),
        seen: None,
        text: n.to_string(),
        shown: b"body".to_vec(),
        proof: None,
    };
    for n in 0..MAX_EVIDENCE_FILES - 1 {
        std::fs::write(home.path().join(format!("{n}.inconsistent")), b"").unwrap();
    }
    assert_eq!(evidence.keep(&found(1)).unwrap(), Kept::Written);
    assert_eq!(evidence.keep(&found(1)).unwrap(), Kept::Before);
    assert_eq!(evidence.keep(&found(2)).unwrap(), Kept::Full);
    let name = tlog::sha256(b"1");
    let text = std::fs::read_to_string(home.path().join(format!("{name}.inconsistent"))).unwrap();
    assert_eq!(
        text,
        "solferino.org/inconsistent@v1\nproblem two lines\nseen -\nshown Ym9keQ==\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_a_witness_counts_whom_the_proxy_names() {
    for behind_proxy in [true, false] {
        let config = Config {
            client: Rate::new(1, 1),
            all: Rate::new(1_000, 1_000),
            behind_proxy,
        };
        let w = running(false, config).await;
        let url = format!("{}/add-checkpoint", w.url);
        let asked = move || {
            let config = ureq::Agent::config_builder().http_status_as_error(false);
            let agent: ureq::Agent = config.build().into();
            let of = |n: u8| {
                let post = agent.post(&url);
                let post = post.header("X-Forwarded-For", format!("192.0.2.1, 10.0.0.{n}"));
                post.send("x").unwrap().status().as_u16()
            };
            (0..20).filter(|n| of(*n) == 429).count()
        };
        let refused = tokio::task::spawn_blocking(asked).await.unwrap();
        assert_eq!(refused == 0, behind_proxy, "{refused} of 20 refused");
    }
}
