//! How fast events are read and converted, beside the limit: the same bytes parsed by `serde_json` to values.
//!
//! The event is synthetic: attributes of the types that public feeds have most, half of them to detect. The summary
//! is processor time of this thread, best of several, so that a busy machine changes little.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)] // criterion's macros; a bench stops at the first surprise

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use solferino_exchange::misp;

/// Attributes of the synthetic event.
const ATTRIBUTES: usize = 10_000;
/// How often each figure of the summary is taken; the best counts.
const ROUNDS: usize = 5;

/// Seconds of processor time of this thread; elapsed time where the system does not tell.
fn seconds(mut work: impl FnMut()) -> f64 {
    let cpu = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    };
    let once = |work: &mut dyn FnMut()| {
        let (from, wall) = (cpu(), Instant::now());
        work();
        match (from, cpu()) {
            (Some(from), Some(to)) => (to - from) / 1e9,
            _ => wall.elapsed().as_secs_f64(),
        }
    };
    (0..ROUNDS)
        .map(|_| once(&mut work))
        .fold(f64::INFINITY, f64::min)
}

fn attribute(n: usize) -> Value {
    let (kind, category, value) = match n % 6 {
        0 => (
            "ip-dst",
            "Network activity",
            format!("198.51.{}.{}", n / 256 % 256, n % 256),
        ),
        1 => (
            "domain",
            "Network activity",
            format!("host-{n}.example.org"),
        ),
        2 => (
            "url",
            "Network activity",
            format!("https://example.org/{n}"),
        ),
        3 => ("sha256", "Payload delivery", format!("{n:064x}")),
        4 => (
            "filename|md5",
            "Payload delivery",
            format!("file-{n}.exe|{n:032x}"),
        ),
        _ => (
            "email-src",
            "Payload delivery",
            format!("someone-{n}@example.org"),
        ),
    };
    json!({"id": n.to_string(), "event_id": "1", "uuid": format!("91ae0a21-c7ae-4c7f-b84b-{n:012x}"), "type": kind,
        "category": category, "value": value, "to_ids": n.is_multiple_of(2), "timestamp": "1603642920", "comment": "",
        "distribution": "5", "sharing_group_id": "0", "deleted": false, "disable_correlation": false,
        "Tag": [{"name": "tlp:green", "colour": "#33FF00"}]})
}

fn event() -> Vec<u8> {
    let attributes: Vec<_> = (0..ATTRIBUTES).map(attribute).collect();
    let event = json!({"Event": {"uuid": "a6ef17d6-91cb-4a05-b10b-2f045daf874c", "info": "synthetic",
        "date": "2020-10-25", "timestamp": "1603642920", "Attribute": attributes, "Object": [],
        "Orgc": {"name": "a team", "uuid": "a0c22599-9e58-4da4-96ac-7051603fa951"}}});
    serde_json::to_vec(&event).unwrap()
}

fn bench(c: &mut Criterion) {
    let bytes = event();
    let event = misp::documents(&bytes).unwrap().remove(0).fields;
    let (bundle, _) = misp::event_to_stix(&event);
    let limit = seconds(|| drop(black_box(serde_json::from_slice::<Value>(&bytes).unwrap())));
    let rate = |name: &str, seconds: f64| {
        let each = ATTRIBUTES as f64 / seconds;
        println!(
            "{name}: {seconds:.4} s, {each:.0} attributes/s, {:.1} times the JSON limit",
            seconds / limit
        );
    };
    println!(
        "{} attributes, {} bytes, processor time, best of {ROUNDS}",
        ATTRIBUTES,
        bytes.len()
    );
    rate("serde_json to Value (limit)", limit);
    rate(
        "read",
        seconds(|| drop(black_box(misp::documents(&bytes).unwrap()))),
    );
    rate(
        "to STIX",
        seconds(|| drop(black_box(misp::event_to_stix(&event)))),
    );
    rate(
        "to MISP",
        seconds(|| drop(black_box(misp::stix_to_event(&bundle)))),
    );
    let mut group = c.benchmark_group("misp");
    group
        .throughput(Throughput::Elements(ATTRIBUTES as u64))
        .sample_size(10);
    group.bench_function("serde_json to Value", |b| {
        b.iter(|| serde_json::from_slice::<Value>(&bytes).unwrap())
    });
    group.bench_function("read", |b| b.iter(|| misp::documents(&bytes).unwrap()));
    group.bench_function("to STIX", |b| b.iter(|| misp::event_to_stix(&event)));
    group.bench_function("to MISP", |b| b.iter(|| misp::stix_to_event(&bundle)));
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
