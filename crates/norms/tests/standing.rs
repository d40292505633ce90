//! What a party is bound by, text by text.

use crate::support::{SHIPPED, day, ledger, party};
use solferino_norms::{Bound, Change, LedgerRow, LedgerRows, Standing, standings};

fn row(change: Change, from: &str, articles: &[&str]) -> LedgerRow {
    LedgerRow {
        party: party("US"),
        instrument: "BUD".to_owned(),
        change,
        from: day(from),
        articles: articles.iter().map(|a| (*a).to_owned()).collect(),
        evidence: format!("evidence of {from}"),
        own_word: false,
    }
}

fn of(who: &str, on: &str) -> Vec<Standing> {
    let rows = LedgerRows {
        rows: vec![
            row(Change::Accede, "2007-01-01", &[]),
            row(Change::Reserve, "2007-01-01", &["9", "10"]),
        ],
        ..LedgerRows::default()
    };
    standings(&SHIPPED.corpus, &party(who), day(on), &ledger(&rows))
}

#[test]
fn every_norm_that_speaks_to_states_stands_exactly_once() {
    for (who, on) in [
        ("US", "2020-01-01"),
        ("CH", "1999-01-01"),
        ("SU", "2016-01-01"),
        ("AQ", "2026-01-01"),
    ] {
        let mut listed: Vec<String> = of(who, on).into_iter().flat_map(|s| s.norms).collect();
        listed.sort();
        let speaks = SHIPPED.corpus.entries().iter();
        let speaks = speaks.filter(|e| e.norm.addressee.fits(&party(who)));
        let mut wanted: Vec<String> = speaks.map(|e| e.norm.id.clone()).collect();
        wanted.sort();
        assert_eq!(listed, wanted, "{who} {on}");
    }
}

#[test]
fn a_reservation_sets_its_norms_apart_with_the_evidence() {
    let budapest: Vec<Standing> = of("US", "2020-01-01")
        .into_iter()
        .filter(|s| s.instrument == "BUD")
        .collect();
    assert_eq!(budapest.len(), 2);
    let out = budapest
        .iter()
        .find(|s| s.bounds.bound == Bound::NotThen)
        .unwrap();
    assert_eq!(out.norms, ["BUD.9-10"]);
    assert_eq!(out.bounds.evidence, ["evidence of 2007-01-01"]);
    assert!(
        out.bounds.reason.contains("reservation to 9, 10"),
        "{}",
        out.bounds.reason
    );
    let before = of("US", "2006-12-31");
    let before: Vec<_> = before.iter().filter(|s| s.instrument == "BUD").collect();
    assert!(before.iter().all(|s| s.bounds.bound == Bound::NotThen));
}
