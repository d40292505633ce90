//! The vectors of others (docs/conformance.md): every case as given, or named there with the sentence that says otherwise.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use solferino_exchange::jcs;
use solferino_exchange::stix::pattern::{Edition, MatchError, Pattern, observations};
use solferino_exchange::stix::{Reader, Writer, id, validate};

/// A file of the folder `shared` beside the repository, or further up.
pub(crate) fn beside(name: &str) -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above
        .map(|folder| folder.join("shared").join(name))
        .find(|path| path.exists())
}

/// The cases of a file, or a loud note that the vectors are not there.
fn cases(name: &str) -> Vec<Value> {
    let Some(text) =
        beside(&format!("vectors/stix/{name}")).and_then(|path| std::fs::read_to_string(path).ok())
    else {
        eprintln!("SKIPPED: {name} is not beside the repository; its cases were not run");
        return Vec::new();
    };
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The cases of a file that docs/conformance.md names.
fn named(file: &str) -> Vec<usize> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/conformance.md");
    let page = std::fs::read_to_string(page).unwrap();
    let row = format!("| `{file}` |");
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix(&row)?.split('|').next());
    rows.flat_map(|cell| cell.split(',').map(|n| n.trim().parse().unwrap()))
        .collect()
}

/// How many cases of a file docs/conformance.md says are as given, and of how many.
fn counted(file: &str) -> Option<(usize, usize)> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/conformance.md");
    let page = std::fs::read_to_string(page).unwrap();
    let row = format!("| `{file}` |");
    let rows = page.lines().filter_map(|line| line.strip_prefix(&row));
    let cells = rows.flat_map(|row| row.split('|'));
    let mut counts = cells.filter_map(|cell| {
        let (given, of) = cell.trim().split_once(" of ")?;
        Some((given.parse().ok()?, of.parse().ok()?))
    });
    counts.next()
}

/// Fails unless exactly the cases that docs/conformance.md names differ, and its counts are those of this run; each is given
/// with what was found.
fn hold(file: &str, differing: &[(usize, String)]) {
    let of = cases(file).len();
    if of > 0 && file != "spec21-examples.jsonl" {
        let found = (of - differing.len(), of);
        assert_eq!(
            counted(file),
            Some(found),
            "{file}: counts in docs/conformance.md"
        );
    }
    let named = if differing.is_empty() {
        Vec::new()
    } else {
        named(file)
    };
    let unnamed: Vec<_> = differing
        .iter()
        .filter(|(n, _)| !named.contains(n))
        .collect();
    assert!(
        unnamed.is_empty(),
        "{file}: not as given, and not in docs/conformance.md:\n{unnamed:#?}"
    );
    let as_given: Vec<_> = named
        .iter()
        .filter(|n| !differing.iter().any(|(d, _)| d == *n))
        .collect();
    assert!(
        as_given.is_empty(),
        "{file}: as given, and still in docs/conformance.md: {as_given:?}"
    );
}

#[test]
fn stix_validator() {
    let mut differing = Vec::new();
    for (n, case) in cases("stix-validator-v21.jsonl").iter().enumerate() {
        let report = validate::text(case["input"].to_string().as_bytes());
        if report.is_valid() != case["must_valid"].as_bool().unwrap() {
            let test = case["test"].as_str().unwrap_or_default();
            differing.push((
                n,
                format!("{test} {:?} {}", report.errors, case["must_errors"]),
            ));
        }
    }
    hold("stix-validator-v21.jsonl", &differing);
}

#[test]
fn pattern_validator() {
    let mut differing = Vec::new();
    for (n, case) in cases("pattern-validator-v21.jsonl").iter().enumerate() {
        let pattern = case["pattern"].as_str().unwrap();
        let problems = match Pattern::parse(pattern, Edition::V21) {
            Ok(pattern) => pattern.problems().collect(),
            Err(problem) => vec![problem],
        };
        if problems.is_empty() != case["expect_valid"].as_bool().unwrap() {
            differing.push((n, format!("{pattern} {problems:?}")));
        }
    }
    hold("pattern-validator-v21.jsonl", &differing);
}

#[test]
fn pattern_matcher() {
    let mut differing = Vec::new();
    for (n, case) in cases("pattern-matcher-v21.jsonl").iter().enumerate() {
        let text = case["pattern"].as_str().unwrap();
        let bundles = case["observations"].as_array().unwrap();
        // Bundles of observed data and its observables, or observed data with a container of its own.
        let each = |given: &'_ Value| given.get("objects").and_then(Value::as_array).cloned();
        let objects: Vec<Value> = bundles
            .iter()
            .flat_map(|given| each(given).unwrap_or_else(|| vec![given.clone()]))
            .collect();
        let objects: Vec<&Map<String, Value>> =
            objects.iter().filter_map(Value::as_object).collect();
        let pattern = Pattern::parse(text, Edition::V21);
        let found: Option<Result<bool, MatchError>> = pattern
            .ok()
            .map(|pattern| pattern.matches(&observations(&objects)));
        let as_given = match (case["matches"].as_bool(), &found) {
            (Some(due), Some(Ok(found))) => due == *found,
            (None, None) => true,
            _ => false,
        };
        if !as_given {
            differing.push((
                n,
                format!("{text} {found:?} {} {}", case["matches"], case["error"]),
            ));
        }
    }
    hold("pattern-matcher-v21.jsonl", &differing);
}

#[test]
fn pattern_equivalence() {
    let mut differing = Vec::new();
    for (n, case) in cases("pystix2-pattern-equivalence.jsonl")
        .iter()
        .enumerate()
    {
        let canonical = |name: &str| {
            let pattern = Pattern::parse(case[name].as_str().unwrap(), Edition::V21).unwrap();
            pattern.canonical().unwrap().to_string()
        };
        let (a, b) = (canonical("a"), canonical("b"));
        if (a == b) != case["equivalent"].as_bool().unwrap() {
            differing.push((n, format!("{} <=> {}: {a} <=> {b}", case["a"], case["b"])));
        }
    }
    hold("pystix2-pattern-equivalence.jsonl", &differing);
}

#[test]
fn patterns_are_printed_as_they_were_read() {
    let files = [
        ("pattern-validator-v21.jsonl", "pattern"),
        ("pattern-matcher-v21.jsonl", "pattern"),
        ("pystix2-pattern-equivalence.jsonl", "a"),
        ("pystix2-pattern-equivalence.jsonl", "b"),
    ];
    for (file, name) in files {
        for case in cases(file) {
            let Ok(pattern) = Pattern::parse(case[name].as_str().unwrap(), Edition::V21) else {
                continue;
            };
            let printed = pattern.to_string();
            let again = Pattern::parse(&printed, Edition::V21).unwrap();
            assert_eq!(again.to_string(), printed);
            let canonical = pattern.canonical().unwrap();
            assert_eq!(again.canonical().unwrap(), canonical, "{printed}");
            assert_eq!(canonical.canonical().unwrap(), canonical, "{printed}");
        }
    }
}

#[test]
fn pystix2_parse() {
    let mut differing = Vec::new();
    for (n, case) in cases("pystix2-parse-v21.jsonl").iter().enumerate() {
        let input = &case["input"];
        let text = input
            .as_str()
            .map_or_else(|| input.to_string(), str::to_owned);
        let report = validate::text(text.as_bytes());
        if report.is_valid() != case["accepted"].as_bool().unwrap() {
            let errors: Vec<_> = report
                .errors
                .iter()
                .map(|e| format!("{} {}", e.code, e.pointer))
                .collect();
            differing.push((
                n,
                format!("{} {errors:?} {}", case["kwargs"], case["error"]),
            ));
        }
    }
    hold("pystix2-parse-v21.jsonl", &differing);
}

#[test]
fn specification_examples() {
    let mut differing = Vec::new();
    for (n, example) in cases("spec21-examples.jsonl").iter().enumerate() {
        let text = example.to_string();
        let mut reader = Reader::lines(text.as_bytes());
        let object = reader.next().unwrap().unwrap();
        let again = jcs::canonical_map(object.properties());
        assert_eq!(again, jcs::canonical(example), "example {n}");
        let report = validate::text(text.as_bytes());
        if !report.is_valid() {
            differing.push((n, format!("{} {:?}", object.kind(), report.errors)));
        }
    }
    // The specification breaks its own rules in some of its examples.
    hold("spec21-examples.jsonl", &differing);
}

#[test]
fn identifiers_of_content() {
    for case in cases("spec21-sco-ids.jsonl") {
        let object = case["obj"].as_object().unwrap();
        let random = id::contributing(object["type"].as_str().unwrap()) == Some(&[]);
        let due = case["pystix2_id"].as_str().filter(|_| !random);
        assert_eq!(id::of_content(object).as_deref(), due, "{object:?}");
    }
}

/// MITRE ATT&CK enterprise 18.1, all 24,772 objects.
#[test]
fn attack_is_judged_and_written_again_as_it_was() {
    let Some(path) = beside("data/attack/enterprise-attack-18.1.json.gz") else {
        eprintln!("SKIPPED: ATT&CK is not beside the repository");
        return;
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).unwrap();
    flate2::read::GzDecoder::new(file)
        .read_to_end(&mut bytes)
        .unwrap();
    let mut writer =
        Writer::bundle(Vec::new(), "bundle--44af6c39-c09b-49c5-9de2-394224b04982").unwrap();
    let mut invalid = std::collections::BTreeMap::new();
    let header = validate::stream(bytes.as_slice(), |judged| {
        writer.object(judged.object.unwrap()).unwrap();
        for error in judged.report.errors {
            let (count, example) = invalid.entry(error.code).or_insert((0, error));
            let _ = example;
            *count += 1;
        }
    });
    assert_eq!(header.unwrap().errors, []);
    let written = writer.finish().unwrap();
    let pairs = Reader::bundle(bytes.as_slice()).zip(Reader::bundle(written.as_slice()));
    let mut count = 0;
    for (before, after) in pairs {
        let (before, after) = (before.unwrap(), after.unwrap());
        assert_eq!(
            jcs::canonical_map(before.properties()),
            jcs::canonical_map(after.properties())
        );
        count += 1;
    }
    assert_eq!(count, 24_772);
    assert!(invalid.is_empty(), "{invalid:#?}");
}
