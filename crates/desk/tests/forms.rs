//! Which types the desk offers: every one is in docs/desk.md, with its reason where it is not offered.

use std::collections::BTreeSet;

use record::kind::{Group, Kind};
use solferino_desk::forms;

const DOCS: &str = include_str!("../../../docs/desk.md");

/// Types between the heading and the next one, in rows of a table that begin with them.
fn listed(first_row: &str) -> BTreeSet<&'static str> {
    let (_, after) = DOCS.split_once(first_row).expect("the table");
    let rows = after
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let names = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    names.collect()
}

#[test]
fn every_type_is_offered_or_has_its_reason() {
    let offered: BTreeSet<_> = forms().map(|(kind, _, _)| kind.as_str()).collect();
    assert_eq!(listed("| types | to whom, when |"), offered);
    let reasons = listed("| not offered | why |");
    for kind in Kind::ALL {
        let aid = kind.group() == Group::Aid && reasons.contains("aid.*");
        let excused = aid || reasons.contains(kind.as_str());
        assert!(offered.contains(kind.as_str()) != excused, "{kind}");
    }
}
