//! `solferino stix` and `solferino import stix`, as a person and as a program use them.

use std::fs;

use serde_json::{Value, json};

use crate::support::run_in;

const URL: &str =
    r#"{"type":"url","id":"url--28bb3599-77cd-4a82-a950-b5bc3caf07c4","value":"a:b"}"#;

const TOOL: &str = r#"{"type":"tool","spec_version":"2.1","id":"tool--28bb3599-77cd-4a82-a950-b5bc3caf07c4","created":"2020-01-01T00:00:00.000Z","modified":"2020-01-01T00:00:00.000Z","name":"a"}"#;

/// Most processor time that importing ATT&CK may take, in seconds.
const IMPORT_S: f64 = 2.5;

fn lines(out: &str) -> Vec<Value> {
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_line_has_its_answer_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let given = format!(
        "{URL}\n\n{{\"type\":\"url\",\"type\":\"url\"}}\n[]\n{}",
        URL.replace("a:b", "no scheme")
    );
    fs::write(dir.path().join("objects"), given).unwrap();
    let out = run_in(dir.path(), &["stix", "validate", "--jsonl", "objects"]).code(0);
    let answers = lines(&out);
    let valid: Vec<_> = answers
        .iter()
        .map(|a| a["valid"].as_bool().unwrap())
        .collect();
    assert_eq!(valid, [true, false, false, false]);
    assert_eq!(answers[1]["errors"][0]["code"], "json");
    assert_eq!(
        answers[3]["errors"][0],
        json!({
            "code": "uri", "pointer": "/value", "message": "\"no scheme\" is not a URI of RFC 3986",
        })
    );
    // It is no UUID of version 5, which is advised.
    assert_eq!(answers[0]["warnings"][0]["code"], "identifier-version");
}

#[test]
fn a_bundle_is_judged_object_by_object() {
    let dir = tempfile::tempdir().unwrap();
    let bundle = |objects: &str| {
        format!(
            "{{\"type\":\"bundle\",\"id\":\"bundle--44af6c39-c09b-49c5-9de2-394224b04982\",\"objects\":[{objects}]}}"
        )
    };
    fs::write(dir.path().join("good"), bundle(URL)).unwrap();
    fs::write(dir.path().join("bad"), bundle(&format!("{URL},7"))).unwrap();
    fs::write(dir.path().join("one"), URL).unwrap();
    fs::write(dir.path().join("cut"), &bundle(URL)[..120]).unwrap();
    let validate = |name: &str| run_in(dir.path(), &["stix", "validate", "--quiet", name]);
    assert_eq!(
        validate("good").code(0),
        "1 objects: 0 errors, 1 warnings\n"
    );
    assert_eq!(validate("one").code(0), "1 objects: 0 errors, 1 warnings\n");
    let out = validate("bad").code(4);
    assert!(
        out.starts_with("error   type                 /objects/1: a STIX object is due here"),
        "{out}"
    );
    validate("cut").code(1);
    validate("absent").code(1);
    let out = run_in(dir.path(), &["stix", "validate", "--json", "bad"]).code(4);
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&answer["valid"], &answer["objects"]),
        (&json!(false), &json!(2))
    );
    assert_eq!(answer["errors_by_code"], json!({"type": 1}));
}

#[test]
fn a_hundred_thousand_errors_are_counted_and_not_all_printed() {
    let dir = tempfile::tempdir().unwrap();
    let objects = vec!["7"; 100_000].join(",");
    fs::write(
        dir.path().join("many"),
        format!("{{\"objects\":[{objects}]}}"),
    )
    .unwrap();
    let out = run_in(dir.path(), &["stix", "validate", "many"]).code(4);
    // Two more: the bundle has no type and no id.
    assert!(
        out.contains("… and 99002 more\n100000 objects: 100002 errors, 0 warnings"),
        "{}",
        &out[out.len() - 200..]
    );
    assert!(out.lines().count() < 1_010);
}

#[test]
fn patterns_are_judged_printed_and_compared() {
    let dir = tempfile::tempdir().unwrap();
    let given = "{\"pattern\":\"[ a-b:c=1 ]\"}\n{\"pattern\":\"[file:size = ]\",\"set\":\"any\"}\n{\"pattern\":7}\nno json\n";
    fs::write(dir.path().join("patterns"), given).unwrap();
    let out = run_in(
        dir.path(),
        &["stix", "pattern", "--jsonl", "--canonical", "patterns"],
    )
    .code(0);
    let answers = lines(&out);
    assert_eq!(
        answers[0],
        json!({"valid": true, "errors": [], "warnings": [], "canonical": "[a-b:c = 1]"})
    );
    assert_eq!(
        answers[1]["errors"],
        json!([{
            "code": "pattern", "pointer": "/pattern", "message": "character 13: a constant is due here",
        }])
    );
    let codes: Vec<_> = answers[2..]
        .iter()
        .map(|a| a["errors"][0]["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["missing", "json"]);
    fs::write(dir.path().join("one"), "[b:c=1 OR\n a:b='x']\n").unwrap();
    let out = run_in(dir.path(), &["stix", "pattern", "--canonical", "one"]).code(0);
    assert_eq!(out, "[b:c = 1 OR a:b = 'x']\n[a:b = 'x' OR b:c = 1]\n");
    fs::write(dir.path().join("bad"), "[b:c=1]]").unwrap();
    run_in(dir.path(), &["stix", "pattern", "bad"]).code(4);
    fs::write(dir.path().join("odd"), "[file:hashes.MD5 != 'x']").unwrap();
    let out = run_in(dir.path(), &["stix", "pattern", "odd"]).code(0);
    assert!(out.starts_with("warning hash"), "{out}");
}

fn bundle(objects: &str) -> String {
    format!(
        "{{\"type\":\"bundle\",\"id\":\"bundle--44af6c39-c09b-49c5-9de2-394224b04982\",\"objects\":[{objects}]}}"
    )
}

#[test]
fn an_import_keeps_to_the_letter_and_says_what_it_refused() {
    let dir = tempfile::tempdir().unwrap();
    let custom =
        r#"{"type":"x-ward","id":"x-ward--28bb3599-77cd-4a82-a950-b5bc3caf07c4","beds":4}"#;
    fs::write(dir.path().join("good"), bundle(&format!("{URL},{custom}"))).unwrap();
    fs::write(
        dir.path().join("bad"),
        bundle(&format!("{TOOL},{}", TOOL.replace("\"a\"", "\"b\""))),
    )
    .unwrap();
    let import = |more: &[&str]| {
        let args = [&["import", "stix", "--out", "claims"], more].concat();
        run_in(dir.path(), &args)
    };
    import(&["bad"]).code(4);
    assert!(!dir.path().join("claims").exists(), "whole or nothing");
    let out = import(&["good", "--json"]).code(0);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["kept"], json!({"url": 1, "x-ward": 1}));
    assert_eq!(
        (&report["kept_with_custom_content"], &report["refused"]),
        (&json!(1), &json!(0))
    );
    let claims = lines(&fs::read_to_string(dir.path().join("claims")).unwrap());
    assert_eq!(
        claims[0],
        json!({"origin": "good", "format": "stix", "kind": "url", "document": serde_json::from_str::<Value>(URL).unwrap()})
    );
    assert_eq!(claims[1]["document"]["beds"], 4);
    fs::remove_file(dir.path().join("claims")).unwrap();
    let out = import(&["bad", "--skip-refused"]).code(0);
    assert!(
        out.contains("refused bad /objects/1: another content of the same version"),
        "{out}"
    );
}

/// What lies in a folder and is not read is named: nobody finds out months later that half of it was left.
#[test]
fn an_import_names_what_it_passes_over() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir_all(at("in/deeper")).unwrap();
    fs::write(at("in/a.json"), bundle(URL)).unwrap();
    fs::write(at("in/deeper/notes.txt"), "read me").unwrap();
    fs::write(at("elsewhere.json"), bundle(TOOL)).unwrap();
    std::os::unix::fs::symlink(at("elsewhere.json"), at("in/link.json")).unwrap();
    std::os::unix::fs::symlink(dir.path(), at("in/round")).unwrap();
    for n in 0..98 {
        fs::write(at(&format!("in/x{n:02}.csv")), "a,b").unwrap();
    }
    let import = |more: &[&str]| {
        let args = [&["import", "stix", "in", "--out"], more].concat();
        run_in(dir.path(), &args).code(0)
    };
    let out = import(&["claims", "--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["kept"], json!({"url": 1}), "links are not followed");
    let passed = &report["passed_over"];
    assert_eq!(passed["count"], 101);
    let first = passed["first"].as_array().unwrap();
    assert_eq!(first.len(), 100);
    for (n, path, why) in [
        (0, "in/deeper/notes.txt", "its name ends otherwise"),
        (1, "in/link.json", "links are not followed"),
        (2, "in/round", "links are not followed"),
        (3, "in/x00.csv", "its name ends otherwise"),
    ] {
        assert_eq!(first[n], json!({"path": path, "why": why}));
    }
    let out = import(&["again"]);
    assert!(
        out.contains("not read: in/link.json: links are not followed\n"),
        "{out}"
    );
    assert!(out.contains("not read: 1 more\n"), "{out}");
    // Named itself, a link is what it leads to.
    run_in(
        dir.path(),
        &["import", "stix", "in/link.json", "--out", "linked"],
    )
    .code(0);
}

/// Runs the command; gives what it printed, and its processor time, in seconds. A shell's `times` counts the processes that it
/// waited for, and nothing else waits in this one.
fn measured(dir: &std::path::Path, args: &[&str]) -> (String, f64) {
    let ran = std::process::Command::new("sh")
        .args(["-c", "\"$@\" || exit; times >&2", "sh"])
        .arg(crate::support::bin())
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{errors}");
    // `0m0.750000s 0m0.100000s`, of user and system, of those waited for
    let seconds = |text: &str| {
        let (minutes, rest) = text.trim_end_matches('s').split_once('m').unwrap();
        minutes.parse::<f64>().unwrap() * 60.0 + rest.parse::<f64>().unwrap()
    };
    let spent = errors.lines().last().unwrap().split(' ').map(seconds).sum();
    (String::from_utf8(ran.stdout).unwrap(), spent)
}

/// The whole import of ATT&CK where it is beside the repository: nothing lost, and in the promised time where the command
/// was built for it. The time is the processor's, over all cores, so that what else runs does not count.
#[test]
fn attack_is_imported_whole_and_comes_out_equal() {
    let name = "shared/data/attack/enterprise-attack-18.1.json.gz";
    let above = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let Some(file) = above.map(|dir| dir.join(name)).find(|file| file.exists()) else {
        println!("SKIPPED: ATT&CK is not beside the repository; its import was not measured");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let args = [
        "import",
        "stix",
        file.to_str().unwrap(),
        "--out",
        "claims",
        "--json",
    ];
    let started = std::time::Instant::now();
    let (out, spent) = measured(dir.path(), &args);
    let took = started.elapsed();
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&report["objects"], &report["refused"]),
        (&json!(24_772), &json!(0))
    );
    println!(
        "ATT&CK: 24,772 objects read, judged and written in {spent:.2} s of the processor, {took:?} by the clock"
    );
    let built_for_speed = crate::support::bin().to_string_lossy().contains("release");
    assert!(
        !built_for_speed || spent < IMPORT_S,
        "the promise is {IMPORT_S} s: {spent:.2} s"
    );

    let packed = fs::File::open(file).unwrap();
    let bundle: Value = serde_json::from_reader(std::io::BufReader::new(
        flate2::read::MultiGzDecoder::new(packed),
    ))
    .unwrap();
    let objects = bundle["objects"].as_array().unwrap();
    let claims = fs::read_to_string(dir.path().join("claims")).unwrap();
    assert_eq!(claims.lines().count(), objects.len());
    for (line, object) in claims.lines().zip(objects) {
        let claim: Value = serde_json::from_str(line).unwrap();
        assert!(claim["document"] == *object, "{}", object["id"]);
    }
}
