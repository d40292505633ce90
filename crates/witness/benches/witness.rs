//! Checkpoints a witness cosigns in a second: in process, and over HTTP on 127.0.0.1 with the askers
//! on the same machine. Beside them the limits of this machine, measured in the same run: how often the
//! disk makes something durable, and how fast one core verifies and signs. Promise: at least 3,000
//! checkpoints a second over HTTP on two cores (docs/witness.md).
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)] // a bench prints, and may fail

use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use solferino_witness::folder::Folder;
use solferino_witness::http::{Config, Witness, serve};
use tlog::{
    AddCheckpoint, Checkpoint, KeyType, SigningKey, Tree, VerifierKey, consistency_proof, cosign,
    leaf_hash, sign_checkpoint,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Logs that ask at the same time, each one request after the other.
const LOGS: usize = 64;
/// Checkpoints of each log in one run.
const CHECKPOINTS: u64 = 150;
/// Entries between two checkpoints.
const STEP: u64 = 7;
/// Runs of each kind; the best counts, for other work on the machine only slows.
const RUNS: usize = 3;

fn key(name: &str, key_type: KeyType) -> SigningKey {
    SigningKey::from_seed(name, *tlog::sha256(name.as_bytes()).as_bytes(), key_type).unwrap()
}

fn log_name(n: usize) -> String {
    format!("log{n}.example/bench")
}

/// The requests of one log, in order, signed beforehand.
fn requests(n: usize) -> Vec<Vec<u8>> {
    let key = key(&log_name(n), KeyType::Ed25519);
    let mut tree = Tree::new();
    let mut old = 0;
    (1..=CHECKPOINTS)
        .map(|step| {
            let size = step * STEP;
            for leaf in old..size {
                tree.push(leaf_hash(&leaf.to_be_bytes()));
            }
            let checkpoint = Checkpoint::new(&log_name(n), size, tree.root()).unwrap();
            let request = AddCheckpoint {
                old,
                proof: consistency_proof(&tree, old, size).unwrap(),
                note: sign_checkpoint(&checkpoint, &key).unwrap(),
                checkpoint,
            };
            old = size;
            request.to_string().into_bytes()
        })
        .collect()
}

fn witness(dir: &Path) -> Witness {
    let logs: Vec<VerifierKey> = (0..LOGS)
        .map(|n| key(&log_name(n), KeyType::Ed25519).verifier_key())
        .collect();
    Folder::init(dir, "witness.example/bench", ([5; 32], None), &logs).unwrap();
    let rate = server::rate::Rate::new(u32::MAX, u32::MAX);
    let config = Config {
        client: rate,
        all: rate,
        ..Config::default()
    };
    Witness::start(Folder::open(dir).unwrap(), config).unwrap()
}

/// User and system time of this process, all threads, in seconds.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |n: usize| {
        fields
            .get(n)
            .and_then(|f| f.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    // Fields 14 and 15 of proc(5), in hundredths of a second.
    (ticks(11) + ticks(12)) / 100.0
}

async fn in_process(all: Vec<Vec<Vec<u8>>>) {
    let home = tempfile::tempdir_in(".").unwrap();
    let witness = witness(&home.path().join("w"));
    let tasks: Vec<_> = all
        .into_iter()
        .map(|bodies| {
            let witness = witness.clone();
            tokio::spawn(async move {
                for body in bodies {
                    assert_eq!(witness.add_checkpoint(&body).await.status, 200);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// One keep-alive connection per log, with the least of a client: what is measured is the witness.
async fn ask_all(address: std::net::SocketAddr, bodies: Vec<Vec<u8>>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; 16 * 1024];
    for body in bodies {
        let head = format!(
            "POST /add-checkpoint HTTP/1.1\r\nHost: witness\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let request = [head.as_bytes(), &body].concat();
        stream.write_all(&request).await.unwrap();
        let mut held = 0;
        loop {
            held += stream.read(&mut buffer[held..]).await.unwrap();
            let text = std::str::from_utf8(&buffer[..held]).unwrap_or_default();
            // The answer is one signature line.
            if text.contains("\r\n\r\n") && text.ends_with('\n') && !text.ends_with("\r\n") {
                assert!(text.starts_with("HTTP/1.1 200"), "{text}");
                break;
            }
        }
    }
}

async fn over_http(all: Vec<Vec<Vec<u8>>>) {
    let home = tempfile::tempdir_in(".").unwrap();
    let witness = witness(&home.path().join("w"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serve(witness, None, listener, async {
        stopped.await.unwrap();
    }));
    let tasks: Vec<_> = all
        .into_iter()
        .map(|bodies| tokio::spawn(ask_all(address, bodies)))
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

fn best<F: Future<Output = ()>>(name: &str, run: impl Fn(Vec<Vec<Vec<u8>>>) -> F) {
    let all: Vec<_> = (0..LOGS).map(requests).collect();
    let count = LOGS as f64 * CHECKPOINTS as f64;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let mut best = (f64::INFINITY, f64::INFINITY);
    for _ in 0..RUNS {
        let (begun, cpu) = (Instant::now(), cpu_seconds());
        runtime.block_on(run(all.clone()));
        let (wall, cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        best = (best.0.min(wall), best.1.min(cpu));
    }
    println!(
        "{name}: {:.0} checkpoints/s ({count} in {:.2} s), {:.0} us of CPU each",
        count / best.0,
        best.0,
        best.1 / count * 1e6
    );
}

fn per_second(name: &str, mut step: impl FnMut()) {
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < Duration::from_secs(1) {
        step();
        count += 1;
    }
    println!(
        "limit, {name}: {:.0}/s",
        f64::from(count) / begun.elapsed().as_secs_f64()
    );
}

fn main() {
    let home = tempfile::tempdir_in(".").unwrap();
    let mut file = File::create(home.path().join("durable")).unwrap();
    per_second("4 KiB made durable (fdatasync)", || {
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
    });
    let log = key("log.example/limit", KeyType::Ed25519);
    let checkpoint = Checkpoint::new("log.example/limit", 0, tlog::empty_root()).unwrap();
    let note = sign_checkpoint(&checkpoint, &log).unwrap();
    let known = [log.verifier_key()];
    per_second("Ed25519 verified strictly, one core", || {
        black_box(note.verify(&known).unwrap());
    });
    let own = key("witness.example/limit", KeyType::CosignatureV1);
    per_second("Ed25519 cosignature made, one core", || {
        black_box(cosign(&note.text, &own, 1_700_000_000).unwrap());
    });
    best("in process", in_process);
    best(
        "over HTTP on 127.0.0.1, askers on the same cores",
        over_http,
    );
}
