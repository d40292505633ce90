//! A coding of one's own: the example of the page, and every way it can be wrong.

use serde_json::{Value, json};
use solferino_incidents::{CodedDate, Coding, MAX_CODING_BYTES, MAX_ID_BYTES, Precision};

/// The example of docs/incidents.md.
fn example() -> Value {
    let page = include_str!("../../../docs/incidents.md");
    let text = page.split("```json\n").nth(1).unwrap();
    serde_json::from_str(text.split("```").next().unwrap()).unwrap()
}

fn read(value: &Value) -> Result<Coding, Vec<String>> {
    let state = |code: &str| ["GB", "KP", "US"].contains(&code);
    Coding::read(value.to_string().as_bytes(), state)
        .map_err(|faults| faults.0.iter().map(ToString::to_string).collect())
}

#[test]
fn the_example_of_the_page_is_good_and_comes_back() {
    let coding = read(&example()).unwrap();
    assert_eq!(serde_json::to_value(&coding).unwrap(), example());
    assert_eq!(coding.start.unwrap().precision(), Precision::Day);
}

#[test]
fn every_fault_is_named_with_its_place() {
    type Change = fn(&mut Value);
    let faults: [(Change, &str); 22] = [
        (|c| c["format"] = json!("x"), "format: is \"x\""),
        (|c| c["id"] = json!("Upper"), "id: \"Upper\" is not 1 to 64"),
        (
            |c| c["inclusion_rule"] = json!(""),
            "inclusion_rule: \"\" is not",
        ),
        (|c| c["title"] = json!(" "), "title: is empty"),
        (|c| c["coder"] = json!(""), "coder: is empty"),
        (|c| c["campaign"] = json!(""), "campaign: is empty"),
        (|c| c["types"] = json!([]), "types: is empty"),
        (
            |c| c["types"] = json!(["ransomware", "ransomware"]),
            "types: names a type twice",
        ),
        (
            |c| c["types"] = json!(["war"]),
            "file: unknown variant `war`",
        ),
        (
            |c| c["start"] = json!("2017-02-30"),
            "file: \"2017-02-30\" is not a year",
        ),
        (
            |c| c["end"] = json!("2017-04"),
            "end: 2017-04 lies before the start, 2017-05-12",
        ),
        (|c| c["initiators"] = json!([]), "initiators: is empty"),
        (
            |c| c["initiators"][0]["country"] = json!("XX"),
            "initiators[0].country: \"XX\" is no code",
        ),
        (|c| c["receivers"] = json!([]), "receivers: is empty"),
        (
            |c| c["receivers"][0]["category"] = json!("media"),
            "receivers[0].sub_code: stands exactly",
        ),
        (
            |c| c["receivers"][0]["harm"][0]["low"] = json!(9),
            "receivers[0].harm[0]: the range 9 to 7",
        ),
        (
            |c| c["receivers"][0]["harm"][0]["estimate"] = json!(8),
            "receivers[0].harm[0].estimate: lies outside",
        ),
        (
            |c| c["receivers"][0]["harm"][0]["source"] = json!(""),
            "receivers[0].harm[0].source: is empty",
        ),
        (
            |c| c["attributions"][0]["date"] = json!("2016"),
            "attributions[0].date: 2016 lies before",
        ),
        (
            |c| {
                let a = c["attributions"][0].as_object_mut().unwrap();
                a.remove("country");
                a.remove("actor");
            },
            "attributions[0]: names neither",
        ),
        (
            |c| c["responses"][0]["by"] = json!("ZZ"),
            "responses[0].by: \"ZZ\" is no code",
        ),
        (|c| c["extra"] = json!(1), "file: unknown field `extra`"),
    ];
    for (change, says) in faults {
        let mut bad = example();
        change(&mut bad);
        let faults = read(&bad).unwrap_err();
        assert!(
            faults.len() == 1 && faults[0].starts_with(says),
            "{faults:?} / {says}"
        );
    }
    let mut bad = example();
    bad["title"] = json!("");
    bad["coder"] = json!("");
    assert_eq!(read(&bad).unwrap_err().len(), 2, "all faults at once");
}

#[test]
fn limits_on_both_sides() {
    let mut long = example();
    long["id"] = json!("a".repeat(MAX_ID_BYTES));
    assert!(read(&long).is_ok());
    long["id"] = json!("a".repeat(MAX_ID_BYTES + 1));
    assert!(read(&long).is_err());
    let mut text = example().to_string();
    text.push_str(&" ".repeat(MAX_CODING_BYTES - text.len()));
    assert!(Coding::read(text.as_bytes(), |_| true).is_ok());
    text.push(' ');
    let says = Coding::read(text.as_bytes(), |_| true)
        .unwrap_err()
        .to_string();
    assert!(says.contains("at most 1048576 are read"), "{says}");
}

#[test]
fn a_date_says_how_exactly_it_is_known() {
    let date = |text: &str| text.parse::<CodedDate>();
    for good in ["2017", "2017-06", "2016-02-29", "0001-01-01", "9999-12-31"] {
        assert_eq!(date(good).unwrap().to_string(), good);
    }
    for bad in [
        "",
        "0000",
        "17",
        "2017-6",
        "2017-13",
        "2015-02-29",
        "2017-06-31",
        "2017-06-27-1",
        "+017",
        "2017-06-2x",
    ] {
        assert!(date(bad).is_err(), "{bad}");
    }
    let before = |a: &str, b: &str| date(a).unwrap().surely_before(&date(b).unwrap());
    assert!(before("2016", "2017-01-01") && before("2017-05", "2017-06-01"));
    assert!(
        !before("2017", "2017-06-27") && !before("2017-06-27", "2017") && !before("2018", "2017")
    );
}
