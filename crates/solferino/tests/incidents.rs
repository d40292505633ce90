//! `solferino import eurepoc` and `solferino stats`, as a person uses them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::run_in;

/// Six small tables of our own in the publisher's form.
const TABLES: [(&str, &str); 6] = [
    (
        "incident_types",
        "ID,incident_type,weighted_cyber_intensity,start_date,receiver_country\n7,Data theft,2.5,2019-03-04,Freedonia\n8,Disruption,,2020-01-01,Sylvania\n",
    ),
    (
        "initiators",
        "ID,initiator_country,initiator_category,initiator_name\n7,Ruritania,State,Grey Heron\n8,Unknown,Non-state-group,\n",
    ),
    (
        "targeted_sectors",
        "ID,receiver_country,receiver_category,receiver_category_subcode\n7,Freedonia,Critical infrastructure,Health\n8,Sylvania,Media,\n",
    ),
    (
        "attributions_basis",
        "ID,attribution_ID,attribution_date,attribution_basis_clean,initiator_country\n7,70,2019-05-01,Industry attribution,Ruritania\n",
    ),
    (
        "attributions",
        "ID,date_difference_ind,date_difference_pol,date_difference_att,date_difference_third,date_difference_other\n7,58,,,,\n",
    ),
    (
        "responses",
        "ID,political_response,legal_response,response\n7,1,0,1\n8,0,0,0\n",
    ),
];

fn tables(folder: &Path) {
    for (name, text) in TABLES {
        fs::write(folder.join(format!("{name}.csv")), text).unwrap();
    }
}

#[test]
fn a_dataset_is_read_and_asked() {
    let dir = tempfile::tempdir().unwrap();
    tables(dir.path());
    let read = ["import", "eurepoc", ".", "--out", "base.json"];
    let out = run_in(dir.path(), &read).code(0);
    let says = "claims by eurepoc: 2 incidents, 2 victim effects, 1 attributions, 1 campaigns";
    assert!(out.contains(says), "{out}");
    let stats = ["stats", "--base", "base.json"];
    let out = run_in(dir.path(), &stats).code(0);
    for part in [
        "not findings",
        "unit: ",
        "rule: ",
        "unknown ",
        "Ruritania → Freedonia",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let one = ["stats", "responses", "--base", "base.json", "--json"];
    let answer: Value = serde_json::from_str(&run_in(dir.path(), &one).code(0)).unwrap();
    assert_eq!(answer["answers"][0]["of"], 1);
    assert_eq!(answer["answers"][0]["rows"][0]["n"], 1);
}

#[test]
fn a_broken_dataset_writes_nothing_and_says_where() {
    let dir = tempfile::tempdir().unwrap();
    tables(dir.path());
    fs::write(
        dir.path().join("responses.csv"),
        "ID,political_response,legal_response,response\n7,perhaps,0,1\n",
    )
    .unwrap();
    let read = ["import", "eurepoc", ".", "--out", "base.json"];
    let ran = run_in(dir.path(), &read);
    assert_eq!(ran.code, 1);
    let says = "responses, line 2: political_response is \"perhaps\", not 0 or 1";
    assert!(ran.err.contains(says), "{}", ran.err);
    assert!(!dir.path().join("base.json").exists());
    fs::remove_file(dir.path().join("attributions.csv")).unwrap();
    let ran = run_in(dir.path(), &read);
    let says = "with the columns of the table attributions";
    assert!(ran.err.contains(says), "{}", ran.err);
    let ask = ["stats", "who", "--base", "base.json"];
    assert_eq!(run_in(dir.path(), &ask).code, 2);
}

/// Publishers rename their files: a table is told by its columns.
#[test]
fn tables_are_told_by_their_columns() {
    let dir = tempfile::tempdir().unwrap();
    tables(dir.path());
    let out = |name: &'static str| ["import", "eurepoc", ".", "--out", name];
    run_in(dir.path(), &out("as-named.json")).code(0);
    let at = |name: &str| dir.path().join(name);
    fs::rename(at("responses.csv"), at("Responses (dashboard, 2).csv")).unwrap();
    fs::rename(at("initiators.csv"), at("zz.csv")).unwrap();
    fs::write(at("notes.csv"), "day,note\n2020-01-01,read me\n").unwrap();
    fs::write(at("licence.txt"), "theirs").unwrap();
    let said = run_in(dir.path(), &out("renamed.json")).code(0);
    assert!(said.contains("notes.csv has the columns of none"), "{said}");
    assert!(
        said.contains("not read: ./licence.txt: its name ends otherwise"),
        "{said}"
    );
    let base = |name: &str| fs::read(at(name)).unwrap();
    assert_eq!(base("as-named.json"), base("renamed.json"));
    fs::copy(at("zz.csv"), at("again.csv")).unwrap();
    let ran = run_in(dir.path(), &out("twice.json"));
    assert!(
        ran.err
            .contains("both have the columns of the table initiators"),
        "{}",
        ran.err
    );
    assert!(!at("twice.json").exists());
}

/// The dataset in a record: apart from the log, the same again changes nothing, a broken one changes nothing.
#[test]
fn a_dataset_is_kept_in_a_record_and_asked_there() {
    let dir = tempfile::tempdir().unwrap();
    tables(dir.path());
    let into = [
        "import",
        "eurepoc",
        ".",
        "--into",
        "rec",
        "--published",
        "2023-12",
        "--licence",
        "theirs",
    ];
    let ran = run_in(dir.path(), &into);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("there is no record in rec"), "{}", ran.err);
    // What makes a folder a record's is enough here: no log is read or written.
    fs::create_dir(dir.path().join("rec")).unwrap();
    let mark = "{\"format\":\"solferino.org/record@v1\",\"origin\":\"r.example/r\"}";
    fs::write(dir.path().join("rec/record.json"), mark).unwrap();
    assert!(run_in(dir.path(), &into).code(0).contains("(new)"));
    let kept = fs::read(dir.path().join("rec/datasets/eurepoc.json")).unwrap();
    assert!(run_in(dir.path(), &into).code(0).contains("(unchanged)"));
    let stats = ["stats", "--base", "rec", "--year", "2019"];
    let out = run_in(dir.path(), &stats).code(0);
    for part in [
        "claims by eurepoc, not findings",
        "published 2023-12, licence theirs",
        "selected 1 of 2 incidents",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let json = [
        "stats",
        "responses",
        "--base",
        "rec",
        "--sector",
        "health",
        "--json",
    ];
    let answer: Value = serde_json::from_str(&run_in(dir.path(), &json).code(0)).unwrap();
    assert_eq!(answer["claims"], "claims by others, not findings");
    assert_eq!(
        (
            &answer["selection"]["selected"],
            &answer["answers"][0]["of"]
        ),
        (&1.into(), &1.into())
    );
    fs::write(
        dir.path().join("responses.csv"),
        "ID,political_response\n7,1\n",
    )
    .unwrap();
    assert_eq!(run_in(dir.path(), &into).code, 1);
    assert_eq!(
        fs::read(dir.path().join("rec/datasets/eurepoc.json")).unwrap(),
        kept
    );
    // Where and on what terms it was published is not ours to make up.
    assert_eq!(
        run_in(dir.path(), &["import", "eurepoc", ".", "--into", "rec"]).code,
        2
    );
}

#[test]
fn a_coding_of_ones_own_is_checked() {
    let dir = tempfile::tempdir().unwrap();
    let page = include_str!("../../../docs/incidents.md");
    let example = page
        .split("```json\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    fs::write(dir.path().join("own.json"), example).unwrap();
    let out = run_in(dir.path(), &["incident", "check", "own.json"]).code(0);
    assert!(
        out.contains("no fault") && out.contains("attributions by others"),
        "{out}"
    );
    fs::write(
        dir.path().join("bad.json"),
        example.replace("\"KP\"", "\"XX\""),
    )
    .unwrap();
    let ran = run_in(dir.path(), &["incident", "check", "bad.json"]);
    let says = "initiators[0].country: \"XX\" is no code of ISO 3166-1";
    assert!(
        ran.code != 0 && ran.out.contains(says),
        "{} {}",
        ran.out,
        ran.err
    );
    assert!(ran.err.contains("2 faults"), "{}", ran.err);
}

#[test]
fn who_was_bound_when_is_answered_with_reason_and_evidence() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = r#"{"rows": [
        {"party": "CH", "instrument": "BUD", "change": "accede", "from": "2012-01-01", "evidence": "deposit-1"},
        {"party": "CH", "instrument": "BUD", "change": "reserve", "from": "2012-01-01", "articles": ["9", "10"], "evidence": "deposit-2"}],
        "complete": {"BUD": "2020-12-31"}}"#;
    fs::write(dir.path().join("ledger.json"), ledger).unwrap();
    let bound = |more: &[&str]| {
        let mut args = vec!["norms", "bound"];
        args.extend(more);
        run_in(dir.path(), &args)
    };
    let out = bound(&[
        "--state",
        "CH",
        "--instrument",
        "BUD",
        "--on",
        "2013-01-01",
        "--ledger",
        "ledger.json",
    ])
    .code(0);
    for part in [
        "Switzerland (CH) on 2013-01-01",
        "took it on from 2012-01-01",
        "deposit-1",
        "reservation to 9, 10",
        "deposit-2",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let out = bound(&[
        "--instrument",
        "BUD",
        "--on",
        "2013-01-01",
        "--ledger",
        "ledger.json",
    ])
    .code(0);
    assert!(
        out.contains("248 states not-then: all accessions up to 2020-12-31 are known"),
        "{out}"
    );
    let json = bound(&[
        "--state",
        "CH",
        "--on",
        "2011-12-31",
        "--ledger",
        "ledger.json",
        "--json",
    ])
    .code(0);
    let answer: Value = serde_json::from_str(&json).unwrap();
    let texts = answer["texts"].as_array().unwrap();
    let bud = texts.iter().find(|t| t["instrument"] == "BUD").unwrap();
    assert_eq!(
        (&bud["bound"], &bud["evidence"][0]),
        (&"not-then".into(), &"deposit-1".into())
    );
    let out = bound(&["--state", "CH", "--on", "2013-01-01"]).code(0);
    assert!(
        out.contains("no ledger was given")
            && out.contains("not yet checked against the primary text"),
        "{out}"
    );
    for (args, says) in [
        (vec!["--state", "XX"], "XX is no code of ISO 3166-1"),
        (vec!["--instrument", "NONE"], "there is no text NONE"),
        (vec!["--state", "CH", "--ledger", "none.json"], "none.json"),
    ] {
        let ran = bound(&args);
        assert!(
            ran.code != 0 && ran.err.contains(says),
            "{says}: {}",
            ran.err
        );
    }
    assert_eq!(bound(&[]).code, 2);
    let twice = ledger
        .replace("\"change\": \"reserve\"", "\"change\": \"accede\"")
        .replace("\"articles\": [\"9\", \"10\"], ", "");
    fs::write(dir.path().join("twice.json"), twice).unwrap();
    let ran = bound(&["--state", "CH", "--ledger", "twice.json"]);
    assert!(
        ran.code != 0
            && ran
                .err
                .contains("ledger row 2: CH, BUD, 2012-01-01: bound already"),
        "{}",
        ran.err
    );
}
