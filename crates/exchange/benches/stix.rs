//! How fast bundles are read and judged, beside the limit: the same bytes parsed by `serde_json` to values.
//!
//! Times are processor time of this thread, so that a busy machine changes little. ATT&CK is run where it is beside the
//! repository (docs/stix.md says how to get it).
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)] // criterion's macros; a bench stops at the first surprise

use std::hint::black_box;
use std::io::{Cursor, Read};
use std::path::Path;
use std::time::Instant;

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::Value;
use solferino_exchange::jcs;
use solferino_exchange::stix::pattern::{Edition, Pattern};
use solferino_exchange::stix::{Reader, validate};

/// Objects of the synthetic bundle.
const SYNTHETIC_OBJECTS: u64 = 1_000_000;
/// How often each figure of the summary is taken; the best counts.
const ROUNDS: usize = 3;
/// Patterns of the summary.
const PATTERNS: usize = 100_000;
/// Most seconds of CPU that reading and judging ATT&CK may take.
const MAX_JUDGE_S: f64 = 1.0;
/// Fewest MB of CPU time a second at which synthetic objects are read and judged.
const MIN_JUDGE_MB_S: f64 = 60.0;
/// Most MB of memory that the stream of a million objects may add: the versions it compares, and one object.
const MAX_STREAM_MB: u64 = 64;

/// Processor time of this thread, in nanoseconds, from the scheduler's own count; `None` where there is none.
fn cpu_ns() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// Criterion's measurement by processor time; elapsed time where the system does not tell.
struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = (Option<u64>, Instant);
    type Value = u64;

    fn start(&self) -> Self::Intermediate {
        (cpu_ns(), Instant::now())
    }
    fn end(&self, (cpu, wall): Self::Intermediate) -> u64 {
        match (cpu, cpu_ns()) {
            (Some(from), Some(to)) => to.saturating_sub(from).max(1),
            _ => u64::try_from(wall.elapsed().as_nanos()).unwrap_or(u64::MAX),
        }
    }
    fn add(&self, a: &u64, b: &u64) -> u64 {
        a + b
    }
    fn zero(&self) -> u64 {
        0
    }
    #[allow(clippy::cast_precision_loss)]
    fn to_f64(&self, value: &u64) -> f64 {
        *value as f64
    }
    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

fn attack() -> Option<Vec<u8>> {
    let name = "shared/data/attack/enterprise-attack-18.1.json.gz";
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let path = above
        .map(|folder| folder.join(name))
        .find(|path| path.exists())?;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).unwrap();
    flate2::read::GzDecoder::new(file)
        .read_to_end(&mut bytes)
        .unwrap();
    Some(bytes)
}

/// A bundle of so many objects that is made while it is read.
struct Synthetic {
    next: u64,
    objects: u64,
    piece: Cursor<Vec<u8>>,
}

impl Synthetic {
    fn new(objects: u64) -> Self {
        let head =
            br#"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":["#;
        Self {
            next: 0,
            objects,
            piece: Cursor::new(head.to_vec()),
        }
    }

    fn object(n: u64) -> String {
        let uuid = format!("{:08x}-0000-4000-8000-{n:012x}", n >> 3);
        let common = format!(
            r#""spec_version":"2.1","created":"2024-05-06T20:03:48.{:03}Z","modified":"2024-05-06T20:03:48.{:03}Z","created_by_ref":"identity--f431f809-377b-45e0-aa1c-6a4751cae5ff""#,
            n % 1000,
            n % 1000,
        );
        match n % 4 {
            0 => format!(
                r#"{{"type":"indicator","id":"indicator--{uuid}",{common},"name":"Address {n}","indicator_types":["malicious-activity"],"pattern":"[ipv4-addr:value = '198.51.{}.{}' OR domain-name:value = 'host-{n}.example.com']","pattern_type":"stix","valid_from":"2024-05-06T20:03:48Z","labels":["a","b"]}}"#,
                n >> 8 & 255,
                n & 255,
            ),
            1 => format!(
                r#"{{"type":"malware","id":"malware--{uuid}",{common},"name":"Kit {n}","is_family":true,"malware_types":["backdoor","bot"],"description":"A kit that was seen on the machines of {n} newsrooms and hospitals, and of nobody else.","external_references":[{{"source_name":"somebody","external_id":"K{n}"}}]}}"#
            ),
            2 => format!(
                r#"{{"type":"relationship","id":"relationship--{uuid}",{common},"relationship_type":"indicates","source_ref":"indicator--{uuid}","target_ref":"malware--{uuid}","confidence":{}}}"#,
                n % 101,
            ),
            _ => format!(
                r#"{{"type":"file","spec_version":"2.1","id":"file--{uuid}","name":"file-{n}.exe","size":{n},"hashes":{{"SHA-256":"{n:064x}","MD5":"{n:032x}"}}}}"#
            ),
        }
    }
}

impl Read for Synthetic {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let taken = self.piece.read(buffer)?;
        if taken > 0 || self.next > self.objects {
            return Ok(taken);
        }
        let mut piece = Vec::new();
        while self.next < self.objects && piece.len() < 1 << 16 {
            if self.next > 0 {
                piece.push(b',');
            }
            piece.extend_from_slice(Self::object(self.next).as_bytes());
            self.next += 1;
        }
        if self.next == self.objects {
            piece.extend_from_slice(b"]}");
            self.next += 1;
        }
        self.piece = Cursor::new(piece);
        self.piece.read(buffer)
    }
}

fn judge(read: impl Read) -> (u64, u64) {
    let (mut objects, mut errors) = (0, 0);
    validate::stream(read, |judged| {
        objects += 1;
        errors += judged.report.error_count();
    })
    .unwrap();
    (objects, errors)
}

/// The best of several rounds, in seconds of processor time.
#[allow(clippy::cast_precision_loss)]
fn best<T>(mut run: impl FnMut() -> T) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let started = CpuTime.start();
        black_box(run());
        CpuTime.end(started)
    });
    rounds.min().unwrap_or_default() as f64 / 1e9
}

/// Most memory the process ever held, in MB.
fn peak_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}

#[allow(clippy::cast_precision_loss)]
fn synthetic_summary() {
    let mut bytes = 0_u64;
    let mut sink = [0; 1 << 16];
    let mut generator = Synthetic::new(SYNTHETIC_OBJECTS);
    let making = best(|| {
        if bytes == 0 || generator.next > SYNTHETIC_OBJECTS {
            generator = Synthetic::new(SYNTHETIC_OBJECTS);
            bytes = 0;
        }
        while let Ok(n @ 1..) = generator.read(&mut sink) {
            bytes += n as u64;
        }
    });
    let before = peak_mb();
    let both = best(|| {
        assert_eq!(
            judge(Synthetic::new(SYNTHETIC_OBJECTS)),
            (SYNTHETIC_OBJECTS, 0)
        )
    });
    let judged = both - making;
    println!(
        "synthetic: {SYNTHETIC_OBJECTS} objects, {} MB: read and judged in {judged:.3} s of CPU, {:.0} MB/s; peak {:?} -> {:?} MB",
        bytes / 1_000_000,
        bytes as f64 / 1e6 / judged,
        before,
        peak_mb(),
    );
    assert!(
        bytes as f64 / 1e6 / judged >= MIN_JUDGE_MB_S,
        "the promise is {MIN_JUDGE_MB_S} MB/s"
    );
    if let (Some(before), Some(after)) = (before, peak_mb()) {
        assert!(
            after - before <= MAX_STREAM_MB,
            "memory is not flat: {before} to {after} MB"
        );
    }
}

/// What `solferino import stix` does with a bundle, but for the disk: read, judged, and written as claims.
fn import(bytes: &[u8]) -> Vec<u8> {
    #[derive(serde::Serialize)]
    struct Claim<'a> {
        origin: &'a str,
        format: &'a str,
        document: Option<&'a serde_json::Map<String, Value>>,
    }
    let mut out = Vec::with_capacity(2 * bytes.len());
    validate::stream(bytes, |judged| {
        let claim = Claim {
            origin: "bench",
            format: "stix",
            document: judged.object,
        };
        serde_json::to_writer(&mut out, &claim).unwrap();
        out.push(b'\n');
    })
    .unwrap();
    out
}

/// How many of the claims' documents are equal, after RFC 8785, to the bundle's objects in their order.
fn equal(bytes: &[u8], claims: &[u8]) -> (usize, usize) {
    let bundle: Value = serde_json::from_slice(bytes).unwrap();
    let objects = bundle["objects"].as_array().unwrap();
    let lines = claims
        .split(|b| *b == b'\n')
        .filter(|line| !line.is_empty());
    let same = lines.zip(objects).filter(|(line, object)| {
        let claim: Value = serde_json::from_slice(line).unwrap();
        jcs::canonical(&claim["document"]) == jcs::canonical(object)
    });
    (same.count(), objects.len())
}

#[allow(clippy::cast_precision_loss)]
fn pattern_summary() {
    let patterns: Vec<String> = (0..PATTERNS)
        .map(|n| {
            format!(
                "[ipv4-addr:value = '198.51.{}.{}' OR domain-name:value IN ('host-{n}.example', 'b.example')] \
                 FOLLOWEDBY [file:hashes.'SHA-256' = '{n:064x}'] WITHIN 300 SECONDS",
                n >> 8 & 255,
                n & 255
            )
        })
        .collect();
    let json: Vec<String> = patterns
        .iter()
        .map(|p| Value::from(p.as_str()).to_string())
        .collect();
    let limit = best(|| {
        for pattern in &json {
            black_box(serde_json::from_str::<Value>(pattern).unwrap());
        }
    });
    let parse = |p: &String| Pattern::parse(p, Edition::V21).unwrap();
    let parsed = best(|| {
        for pattern in &patterns {
            black_box(parse(pattern));
        }
    });
    let canonical = best(|| {
        for pattern in &patterns {
            black_box(parse(pattern).canonical().unwrap());
        }
    });
    println!("{PATTERNS} patterns: serde_json to values {limit:.3} s of CPU (the JSON limit)");
    for (what, seconds) in [
        ("parsed", parsed),
        ("parsed and brought into canonical form", canonical),
    ] {
        println!(
            "patterns: {what} in {seconds:.3} s, {:.1} x the limit, {:.0} a second",
            seconds / limit,
            PATTERNS as f64 / seconds
        );
    }
}

#[allow(clippy::cast_precision_loss)]
fn attack_summary(bytes: &[u8]) {
    let limit = best(|| serde_json::from_slice::<Value>(bytes).unwrap());
    let read = best(|| Reader::bundle(bytes).map(Result::unwrap).count());
    let judged = best(|| judge(bytes));
    let mb = bytes.len() as f64 / 1e6;
    println!("ATT&CK, {mb:.1} MB: serde_json to values {limit:.3} s of CPU (the JSON limit)");
    let whole = best(|| import(bytes));
    for (what, seconds) in [
        ("read", read),
        ("read and judged", judged),
        ("read, judged and written as claims", whole),
    ] {
        println!(
            "ATT&CK: {what} in {seconds:.3} s, {:.2} x the limit, {:.0} MB/s",
            seconds / limit,
            mb / seconds
        );
    }
    let (same, all) = equal(bytes, &import(bytes));
    println!("ATT&CK: {same} of {all} objects come out equal after RFC 8785");
    assert_eq!(same, all);
    assert!(
        judged <= MAX_JUDGE_S,
        "the promise is {MAX_JUDGE_S} s of CPU: {judged:.3}"
    );
}

fn stix(criterion: &mut Criterion<CpuTime>) {
    pattern_summary();
    synthetic_summary();
    let Some(bytes) = attack() else {
        println!("SKIPPED: ATT&CK is not beside the repository");
        return;
    };
    attack_summary(&bytes);
    let mut group = criterion.benchmark_group("attack-18.1");
    group
        .throughput(Throughput::Bytes(bytes.len() as u64))
        .sample_size(10);
    group.bench_function("serde_json to values (the limit)", |b| {
        b.iter(|| serde_json::from_slice::<Value>(&bytes).unwrap());
    });
    group.bench_function("read", |b| {
        b.iter(|| Reader::bundle(bytes.as_slice()).count())
    });
    group.bench_function("read and judge", |b| b.iter(|| judge(bytes.as_slice())));
    group.finish();
}

criterion_group! {
    name = speed;
    config = Criterion::default().with_measurement(CpuTime);
    targets = stix
}
criterion_main!(speed);
