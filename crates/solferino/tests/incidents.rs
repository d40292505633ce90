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
    assert!(ran.err.contains("no attributions.csv"), "{}", ran.err);
    let ask = ["stats", "who", "--base", "base.json"];
    assert_eq!(run_in(dir.path(), &ask).code, 2);
}
