//! Kinds of contact, and registrations checked whole or not at all.

use crate::support::{SHIPPED, day, party};
use solferino_norms::{Contact, ContactKinds};

fn contact(state: &str, kind: &str, from: &str, until: &str) -> Contact {
    Contact {
        state: party(state),
        kind: kind.to_owned(),
        office: "Office for information security".to_owned(),
        from: day(from),
        until: (!until.is_empty()).then(|| day(until)),
        evidence: "e1".to_owned(),
    }
}

#[test]
fn the_shipped_kinds_have_a_source_each() {
    let kinds = ContactKinds::shipped().unwrap();
    for id in [
        "diplomatic-poc",
        "technical-poc",
        "national-csirt",
        "osce-poc",
        "cybercrime-24-7",
    ] {
        assert!(!kinds.get(id).unwrap().source.is_empty(), "{id}");
    }
    assert_eq!(kinds.iter().count(), 5);
}

#[test]
fn broken_kinds_are_refused() {
    let kind = |id: &str, title: &str| {
        format!(r#"{{"id":"{id}","title":"{title}","serves":"s","source":"s","basis":"K"}}"#)
    };
    let load = |format: &str, kinds: &[String]| {
        let text = format!(r#"{{"format":"{format}","kinds":[{}]}}"#, kinds.join(","));
        ContactKinds::load(&text).err().map(|e| e.to_string())
    };
    let good = "solferino-contacts/1";
    assert_eq!(load(good, &[kind("a", "t"), kind("b", "t")]), None);
    let says = |problem: Option<String>, part: &str| assert!(problem.unwrap().contains(part));
    says(load("x", &[]), "format is \"x\"");
    says(
        load(good, &[kind("a", "t"), kind("a", "t")]),
        "\"a\" stands twice",
    );
    says(
        load(good, &[kind("A", "t")]),
        "\"A\" stands twice, or is not",
    );
    says(load(good, &[kind("a", " ")]), "kind a has an empty field");
    says(
        ContactKinds::load("{}").err().map(|e| e.to_string()),
        "not of the form",
    );
}

#[test]
fn contacts_are_checked_row_by_row() {
    let kinds = ContactKinds::shipped().unwrap();
    let good = [
        contact("CH", "national-csirt", "2008-04-01", "2024-01-01"),
        contact("CH", "national-csirt", "2024-01-01", ""),
        contact("CH", "technical-poc", "2024-05-09", ""),
        contact("FR", "national-csirt", "2009-07-07", ""),
    ];
    kinds.check(&good, &SHIPPED.states).unwrap();
    let mut silent = contact("CH", "osce-poc", "2016-03-10", "");
    silent.evidence = " ".to_owned();
    let bad = [
        contact("CH", "national-csirt", "2008-04-01", ""),
        contact("XX", "national-csirt", "2008-04-01", ""),
        contact("SU", "national-csirt", "1990-01-01", ""),
        contact("CH", "fax", "2008-04-01", ""),
        silent,
        contact("CH", "technical-poc", "2024-05-09", "2024-05-09"),
        contact("CH", "national-csirt", "2024-01-01", ""),
    ];
    let says = kinds.check(&bad, &SHIPPED.states).unwrap_err().to_string();
    let wanted = [
        "contact row 2: XX, national-csirt: no code of ISO 3166-1 in use",
        "contact row 3: SU, national-csirt: no code of ISO 3166-1 in use",
        "contact row 4: CH, fax: no kind of contact",
        "contact row 5: CH, osce-poc: no office, or no evidence",
        "contact row 6: CH, technical-poc: ends on or before its first day",
        "contact row 7: CH, national-csirt: overlaps the one of row 1: end that one first",
    ];
    assert_eq!(says.lines().collect::<Vec<_>>(), wanted);
}
