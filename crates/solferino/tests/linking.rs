//! Earlier cases that share observables: indexing and asking, as a person does it.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::run_in;

/// A bundle of indicators for these domains.
fn bundle(domains: &[&str]) -> Value {
    let indicator = |domain: &&str| {
        json!({
            "type": "indicator", "spec_version": "2.1", "id": format!("indicator--{domain}"),
            "created": "2021-07-18T00:00:00Z", "valid_from": "2021-07-18T00:00:00Z",
            "pattern": format!("[domain-name:value = '{domain}']"), "pattern_type": "stix",
        })
    };
    let objects: Vec<Value> = domains.iter().map(indicator).collect();
    json!({"type": "bundle", "id": "bundle--1", "objects": objects})
}

fn put(dir: &Path, name: &str, value: &Value) {
    std::fs::write(dir.join(name), value.to_string()).unwrap();
}

fn put_gzipped(dir: &Path, name: &str, value: &Value) {
    use std::io::Write as _;
    let file = std::fs::File::create(dir.join(name)).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    gzip.write_all(value.to_string().as_bytes()).unwrap();
    gzip.finish().unwrap();
}

/// Three earlier cases and a new one that shares two domains with the first and one with the second.
fn cases() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    put(
        dir.path(),
        "one.json",
        &bundle(&["a.example", "b.example", "c.example"]),
    );
    put_gzipped(
        dir.path(),
        "two.json.gz",
        &bundle(&["B.example.", "d.example"]),
    );
    put(dir.path(), "three.json", &bundle(&["e.example"]));
    let mut new = bundle(&["a.example", "b.example", "z.example"]);
    let odd = json!({
        "type": "indicator", "id": "indicator--odd", "pattern": "[app:id = 'org.example']",
    });
    new["objects"].as_array_mut().unwrap().push(odd);
    put(dir.path(), "new.json", &new);
    dir
}

fn answer(dir: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&run_in(dir, args).code(0)).unwrap()
}

#[test]
fn links_are_explained_pair_by_pair() {
    let dir = cases();
    let dir = dir.path();
    let files = ["one.json", "two.json.gz", "three.json"];
    let built = answer(
        dir,
        &[&["link", "index", "--out", "x", "--json"], &files[..]].concat(),
    );
    assert_eq!(
        (&built["cases"], &built["observables"], &built["pairs"]),
        (&json!(3), &json!(5), &json!(6))
    );

    let got = answer(dir, &["link", "new.json", "--index", "x", "--json"]);
    assert!(
        got["notice"]
            .as_str()
            .unwrap()
            .starts_with("a link is a lead, not evidence")
    );
    assert_eq!(got["index"]["sha256"], built["sha256"]);
    assert_eq!(
        got["read"]["left"],
        json!({"property without canonical form (app:id)": 1})
    );
    assert_eq!(
        (&got["known"], &got["linked_cases"]),
        (&json!(2), &json!(2))
    );
    // log2(4/1) = 2 bits, then 4/5 of log2(4/2) = 1 bit.
    let first = &got["links"][0];
    assert_eq!(
        (&first["case"], &first["bits"]),
        (&json!("one.json"), &json!(2.8))
    );
    assert_eq!(
        first["shared"],
        json!([
            {"kind": "domain-name", "value": "a.example", "cases": 1, "bits": 2.0, "counted_bits": 2.0, "first_seen": "2021-07-18"},
            {"kind": "domain-name", "value": "b.example", "cases": 2, "bits": 1.0, "counted_bits": 0.8, "first_seen": "2021-07-18"},
        ])
    );
    let second = &got["links"][1];
    assert_eq!(
        (&second["case"], &second["bits"]),
        (&json!("two.json.gz"), &json!(1.0))
    );

    let page = run_in(dir, &["link", "new.json", "--index", "x", "--top", "1"]).code(0);
    assert!(
        page.contains("one.json: 2.8 bits, 2 of its 3 observables shared"),
        "{page}"
    );
    assert!(page.contains("the 1 strongest of 2 links"), "{page}");
    assert!(
        page.contains("1 property without canonical form (app:id)"),
        "{page}"
    );
    assert!(
        page.ends_with("nothing here enters a case by itself\n"),
        "{page}"
    );
}

#[test]
fn the_same_cases_make_the_same_index_and_a_case_does_not_link_to_itself() {
    let dir = cases();
    let dir = dir.path();
    let index = |out: &str, files: &[&str]| {
        run_in(dir, &[&["link", "index", "--out", out], files].concat()).code(0);
        std::fs::read(dir.join(out)).unwrap()
    };
    let files = ["one.json", "two.json.gz", "three.json", "new.json"];
    let backwards = ["new.json", "three.json", "two.json.gz", "one.json"];
    assert_eq!(index("x", &files), index("y", &backwards));
    let got = answer(dir, &["link", "new.json", "--index", "x", "--json"]);
    assert_eq!(
        (&got["policy"]["except"], &got["earlier_cases"]),
        (&json!("new.json"), &json!(3))
    );
    assert_eq!(got["links"][0]["case"], "one.json");
    let got = answer(
        dir,
        &[
            "link", "new.json", "--index", "x", "--json", "--except", "one.json",
        ],
    );
    assert_eq!(got["links"][0]["case"], "new.json");
}

#[test]
fn reports_are_cases_wherever_they_stand() {
    let dir = cases();
    let dir = dir.path();
    let mut file = bundle(&["a.example", "b.example", "loose.example"]);
    let report = |id: &str, name: &str, refs: &[&str]| json!({"type": "report", "id": id, "name": name, "published": "2019-05-13T00:00:00Z", "object_refs": refs});
    let objects = file["objects"].as_array_mut().unwrap();
    objects.insert(0, report("report--1", "Early", &["indicator--a.example"]));
    objects.push(report(
        "report--2",
        "Late",
        &["indicator--a.example", "indicator--b.example"],
    ));
    put(dir, "reports.json", &file);
    let args = [
        "link",
        "index",
        "--by",
        "report",
        "--out",
        "x",
        "--json",
        "reports.json",
    ];
    let built = answer(dir, &args);
    assert_eq!(
        (&built["cases"], &built["pairs"], &built["in_no_report"]),
        (&json!(2), &json!(3), &json!(1))
    );
    let got = answer(dir, &["link", "new.json", "--index", "x", "--json"]);
    assert_eq!(got["links"][0]["case"], "report--2 Late");
    assert_eq!(got["links"][0]["first_dated"], "2019-05-13");
}

#[test]
fn what_cannot_be_read_is_a_problem_with_its_place() {
    let dir = cases();
    let dir = dir.path();
    run_in(dir, &["link", "index", "--out", "x", "one.json"]).code(0);
    let problem = |args: &[&str], words: &str| {
        let ran = run_in(dir, args);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        assert!(ran.err.contains(words), "{}", ran.err);
        assert!(ran.out.is_empty(), "{}", ran.out);
    };
    std::fs::write(
        dir.join("bad.json"),
        r#"{"objects":[{"type":"x","id":"y","id":"z"}]}"#,
    )
    .unwrap();
    problem(
        &["link", "bad.json", "--index", "x"],
        "bad.json: object 0, at byte 3",
    );
    problem(
        &["link", "index", "--out", "y", "one.json", "bad.json"],
        "duplicate key",
    );
    assert!(!dir.join("y").exists(), "nothing is half done");
    problem(
        &["link", "index", "--out", "y", "one.json", "./one.json"],
        "two of the files",
    );
    problem(
        &["link", "new.json", "--index", "x", "--except", "nobody"],
        "knows no case",
    );
    problem(
        &["link", "new.json", "--index", "one.json"],
        "not an index of links",
    );
    let mut bytes = std::fs::read(dir.join("x")).unwrap();
    bytes[100] ^= 1;
    std::fs::write(dir.join("x"), bytes).unwrap();
    problem(
        &["link", "new.json", "--index", "x"],
        "does not have its checksum",
    );
    assert_eq!(run_in(dir, &["link"]).code, 2);
}

#[test]
fn names_from_files_cannot_write_to_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mutex =
        json!({"objects": [{"type": "mutex", "id": "mutex--1", "name": "\u{1b}[2Jx\u{202e}y"}]});
    put(dir, "one.json", &mutex);
    put(dir, "new.json", &mutex);
    run_in(dir, &["link", "index", "--out", "x", "one.json"]).code(0);
    let page = run_in(dir, &["link", "new.json", "--index", "x"]).code(0);
    assert!(page.contains("\\u{1b}[2Jx\\u{202e}y"), "{page}");
    assert!(
        !page.contains('\u{1b}') && !page.contains('\u{202e}'),
        "{page}"
    );
}

/// Published indicators, where they are at hand; set `SOLFERINO_SHARED_DATA` to the folder above `civil-society`.
#[test]
fn published_indicators_link_to_themselves_and_not_to_each_other() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var("SOLFERINO_SHARED_DATA").unwrap_or(beside.into());
    let folder = std::path::Path::new(&folder).join("civil-society");
    let names = ["pegasus.stix2", "cytrox.stix2", "novispy.stix2"];
    if names.iter().any(|name| !folder.join(name).is_file()) {
        println!("SKIPPED: no published indicators; set SOLFERINO_SHARED_DATA to link them");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let paths = names.map(|name| folder.join(name).to_str().unwrap().to_owned());
    let mut args = vec!["link", "index", "--out", "x", "--json"];
    args.extend(paths.iter().map(String::as_str));
    let built = answer(dir.path(), &args);
    assert_eq!(
        (&built["cases"], &built["read"]["objects"]),
        (&json!(3), &json!(3823))
    );
    for path in &paths {
        let got = answer(dir.path(), &["link", path, "--index", "x", "--json"]);
        assert_eq!(got["linked_cases"], 0, "{got}");
    }
    // Under another name it is a new case, and shares everything.
    std::fs::copy(&paths[1], dir.path().join("again.json")).unwrap();
    let got = answer(
        dir.path(),
        &["link", "again.json", "--index", "x", "--json"],
    );
    assert_eq!(got["links"][0]["case"], "cytrox.stix2");
    assert_eq!(got["links"][0]["shared"].as_array().unwrap().len(), 336);
}

/// What an import wrote feeds the index as it is: each imported file a case, MISP as well as STIX.
#[test]
fn observables_of_imports_link_cases() {
    let dir = cases();
    let dir = dir.path();
    put(
        dir,
        "event.json",
        &json!({"Event": {
            "uuid": "a6ef17d6-91cb-4a05-b10b-2f045daf874c", "info": "seen elsewhere", "date": "2021-01-01",
            "Attribute": [{"uuid": "91ae0a21-c7ae-4c7f-b84b-b84a7ce53d1f", "type": "domain", "value": "z.example"}],
        }}),
    );
    let stix = [
        "import",
        "stix",
        "one.json",
        "three.json",
        "--out",
        "stix.claims",
    ];
    run_in(dir, &stix).code(0);
    run_in(
        dir,
        &["import", "misp", "event.json", "--out", "misp.claims"],
    )
    .code(0);
    let args = [
        "link",
        "index",
        "stix.claims",
        "misp.claims",
        "--by",
        "origin",
        "--out",
        "x",
        "--json",
    ];
    let built = answer(dir, &args);
    assert_eq!(
        (&built["cases"], &built["observables"]),
        (&json!(3), &json!(5))
    );
    let got = answer(dir, &["link", "new.json", "--index", "x", "--json"]);
    let linked: Vec<_> = got["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| {
            (
                l["case"].as_str().unwrap(),
                l["shared"].as_array().unwrap().len(),
            )
        })
        .collect();
    assert_eq!(linked, [("one.json", 2), ("event.json", 1)]);

    // claims can be the new case too
    run_in(dir, &["link", "index", "one.json", "--out", "y"]).code(0);
    let got = answer(dir, &["link", "stix.claims", "--index", "y", "--json"]);
    assert_eq!(got["links"][0]["case"], "one.json");
    // and only claims have an origin
    let ran = run_in(
        dir,
        &["link", "index", "one.json", "--by", "origin", "--out", "w"],
    );
    assert_eq!(ran.code, 1, "{}", ran.err);
}

/// What peers sent over TAXII is read where it is kept.
#[test]
fn claims_of_peers_link_cases() {
    let dir = cases();
    let dir = dir.path();
    // What makes a folder a record's is enough here: no log is read or written.
    std::fs::create_dir(dir.join("rec")).unwrap();
    let mark = "{\"format\":\"solferino.org/record@v1\",\"origin\":\"r.example/r\"}";
    std::fs::write(dir.join("rec/record.json"), mark).unwrap();
    let indexed = |to: &'static str, by: &'static str| {
        ["link", "index", "rec", "--out", to, "--json", "--by", by]
    };
    let ran = run_in(dir, &indexed("none", "file"));
    assert!(ran.err.contains("no claims by others in it"), "{}", ran.err);
    for (file, name) in [("one.json", "peer-a"), ("three.json", "peer-b")] {
        run_in(dir, &["taxii", "load", "rec", file, "--name", name]).code(0);
    }
    // A collection is a case, and so is what it says it is from.
    for (to, by) in [("x", "file"), ("by-origin", "origin")] {
        let built = answer(dir, &indexed(to, by));
        assert_eq!(built["cases"], 2, "{by}");
        let got = answer(dir, &["link", "new.json", "--index", to, "--json"]);
        assert_eq!(got["links"][0]["case"], "claims-peer-a", "{by}");
    }
    // The same objects from files link the same.
    let from = |index: &str| {
        let got = answer(dir, &["link", "new.json", "--index", index, "--json"]);
        got["links"][0]["shared"].clone()
    };
    let shared = from("x");
    run_in(
        dir,
        &["link", "index", "one.json", "three.json", "--out", "y"],
    )
    .code(0);
    assert_eq!(shared, from("y"));
    // Beside files, and by reports, too.
    let built = answer(
        dir,
        &["link", "index", "rec", "one.json", "--out", "z", "--json"],
    );
    assert_eq!(built["cases"], 3);
}
