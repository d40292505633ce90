//! Imports of files that nobody meant well with: refused or reported in bounded time, and never half-imported.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::support::{Ran, run_in};

/// No hostile file may keep an import busy for longer, on a machine that does other things too.
const MAX_TIME: Duration = Duration::from_secs(60);

fn bundle(objects: &str) -> Vec<u8> {
    format!(
        "{{\"type\":\"bundle\",\"id\":\"bundle--44af6c39-c09b-49c5-9de2-394224b04982\",\"objects\":[{objects}]}}"
    )
    .into_bytes()
}

fn tool(more: &str) -> String {
    format!(
        "{{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--28bb3599-77cd-4a82-a950-b5bc3caf07c4\",\
         \"created\":\"2020-01-01T00:00:00.000Z\",\"modified\":\"2020-01-01T00:00:00.000Z\",\"name\":\"a\"{more}}}"
    )
}

fn event(attribute: &str) -> Vec<u8> {
    format!("{{\"Event\":{{\"uuid\":\"a6ef17d6-91cb-4a05-b10b-2f045daf874c\",\"info\":\"a\",\"Attribute\":[{attribute}]}}}}")
        .into_bytes()
}

/// So many bytes of one letter, packed to about a thousandth.
fn bomb(path: &Path, head: &[u8], megabytes: usize) {
    let mut gzip = GzEncoder::new(File::create(path).unwrap(), Compression::best());
    gzip.write_all(head).unwrap();
    let block = vec![b' '; 1 << 20];
    for _ in 0..megabytes {
        gzip.write_all(&block).unwrap();
    }
    gzip.finish().unwrap();
}

fn import(dir: &Path, format: &str, name: &str) -> Ran {
    let started = Instant::now();
    let ran = run_in(dir, &["import", format, name, "--out", "claims"]);
    let took = started.elapsed();
    assert!(took < MAX_TIME, "{name}: {took:?}");
    ran
}

/// Not imported: an exit code that says so, a sentence that names the file, and nothing left in the folder.
#[track_caller]
fn refused(dir: &Path, format: &str, name: &str) {
    let ran = import(dir, format, name);
    assert!(
        matches!(ran.code, 1 | 4),
        "{name}: {} {}",
        ran.code,
        ran.err
    );
    let told = format!("{}{}", ran.out, ran.err);
    assert!(told.contains(name), "{name}: {told}");
    let left: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left, [name], "nothing half-imported stays");
    fs::remove_file(dir.join(name)).unwrap();
}

#[test]
fn what_no_two_readers_read_alike_is_refused_whole() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let good = tool("");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let long = "a".repeat((16 << 20) + 1);
    let number = "9".repeat(1_000_000);
    let stix: Vec<(&str, Vec<u8>)> = vec![
        (
            "depth.json",
            bundle(&format!("{good},{}", tool(&format!(",\"x_a\":{deep}")))),
        ),
        (
            "size.json",
            bundle(&format!("{good},{}", tool(&format!(",\"x_a\":\"{long}\"")))),
        ),
        (
            "twice.json",
            bundle(&format!("{good},{}", tool(",\"name\":\"b\""))),
        ),
        (
            "number.json",
            bundle(&format!("{good},{}", tool(&format!(",\"x_a\":{number}")))),
        ),
        (
            "infinite.json",
            bundle(&format!("{good},{}", tool(",\"x_a\":1e999"))),
        ),
        (
            "collision.json",
            bundle(&format!("{good},{}", tool(",\"x_a\":1"))),
        ),
        ("no-object.json", bundle(&format!("{good},7"))),
        ("cut.json", bundle(&good)[..150].to_vec()),
        ("after.json", [bundle(&good), b"{}".to_vec()].concat()),
        ("empty.json", Vec::new()),
    ];
    for (name, bytes) in stix {
        fs::write(dir.join(name), bytes).unwrap();
        refused(dir, "stix", name);
    }
    let mut utf8 = bundle(&format!("{good},{}", tool(",\"x_a\":\"?\"")));
    let at = utf8.iter().rposition(|b| *b == b'?').unwrap();
    utf8[at] = 0xff;
    fs::write(dir.join("utf8.json"), utf8).unwrap();
    refused(dir, "stix", "utf8.json");

    let attribute = "\"uuid\":\"91ae0a21-c7ae-4c7f-b84b-b84a7ce53d1f\",\"type\":\"text\"";
    let misp: Vec<(&str, Vec<u8>)> = vec![
        (
            "depth.json",
            event(&format!("{{{attribute},\"value\":{deep}}}")),
        ),
        (
            "twice.json",
            event(&format!("{{{attribute},\"value\":\"a\",\"value\":\"b\"}}")),
        ),
        (
            "infinite.json",
            event(&format!("{{{attribute},\"value\":1e999}}")),
        ),
        ("cut.json", event("")[..60].to_vec()),
        (
            "utf8.json",
            event(&format!("{{{attribute},\"value\":\"?\"}}"))
                .iter()
                .map(|b| if *b == b'?' { 0xff } else { *b })
                .collect(),
        ),
    ];
    for (name, bytes) in misp {
        fs::write(dir.join(name), bytes).unwrap();
        refused(dir, "misp", name);
    }
}

#[test]
fn packed_files_out_of_proportion_are_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    for (format, head) in [
        ("stix", &b"{\"type\":\"bundle\",\"objects\":["[..]),
        ("misp", &b"{\"Event\":"[..]),
    ] {
        bomb(&dir.join("bomb.json"), head, 1024);
        assert!(fs::metadata(dir.join("bomb.json")).unwrap().len() < 2 << 20);
        refused(dir, format, "bomb.json");
    }
    // whatever it is called, and also on the way to the validator
    bomb(&dir.join("bomb"), b"", 1024);
    let ran = run_in(dir, &["stix", "validate", "bomb"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("times its size"), "{}", ran.err);
    fs::remove_file(dir.join("bomb")).unwrap();
    bomb(&dir.join("cut.json.gz"), &bundle(&tool("")), 0);
    let whole = fs::read(dir.join("cut.json.gz")).unwrap();
    fs::write(dir.join("cut.json.gz"), &whole[..whole.len() - 9]).unwrap();
    refused(dir, "stix", "cut.json.gz");
}

#[test]
fn gzip_is_known_by_its_content() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    bomb(&dir.join("plainly-named.json"), &bundle(&tool("")), 0);
    import(dir, "stix", "plainly-named.json").code(0);
    fs::remove_file(dir.join("claims")).unwrap();
    fs::write(dir.join("not-packed.json.gz"), bundle(&tool(""))).unwrap();
    import(dir, "stix", "not-packed.json.gz").code(0);
    run_in(dir, &["stix", "validate", "--quiet", "plainly-named.json"]).code(0);
}

/// References that go round in a ring are data, not an order to walk: kept, in time.
#[test]
fn rings_of_references_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let count = 2_000;
    let id = |n: usize| format!("relationship--00000000-0000-4000-8000-{:012x}", n % count);
    let objects: Vec<String> = (0..count)
        .map(|n| {
            format!(
                "{{\"type\":\"relationship\",\"spec_version\":\"2.1\",\"id\":\"{}\",\"created\":\"2020-01-01T00:00:00.000Z\",\
                 \"modified\":\"2020-01-01T00:00:00.000Z\",\"relationship_type\":\"related-to\",\"source_ref\":\"{}\",\"target_ref\":\"{}\"}}",
                id(n), id(n + 1), id(n + 2)
            )
        })
        .collect();
    fs::write(dir.join("ring.json"), bundle(&objects.join(","))).unwrap();
    import(dir, "stix", "ring.json").code(0);
    assert_eq!(
        fs::read_to_string(dir.join("claims"))
            .unwrap()
            .lines()
            .count(),
        count
    );
}

#[test]
fn a_hundred_thousand_errors_are_counted_and_a_hundred_named() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let bad = vec!["{\"type\":7}"; 100_000].join(",");
    fs::write(dir.join("bad.json"), bundle(&format!("{},{bad}", tool("")))).unwrap();
    let args = ["import", "stix", "bad.json", "--out", "claims", "--json"];
    let ran = run_in(dir, &args);
    assert_eq!(ran.code, 4);
    assert!(ran.out.len() < 100_000, "{} bytes of report", ran.out.len());
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["refused"], 100_000);
    assert_eq!(report["refusals"].as_array().unwrap().len(), 100);
    assert_eq!(report["unlisted_refusals"], 99_900);
    assert!(!dir.join("claims").exists());
    let ran = run_in(dir, &[&args[..], &["--skip-refused"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        fs::read_to_string(dir.join("claims"))
            .unwrap()
            .lines()
            .count(),
        1
    );
}
