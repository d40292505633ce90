//! Who was bound when: at the time, not then, not known, each with its reason.

use crate::support::{SHIPPED, day, ledger, party};
use solferino_norms::{
    Bound, Bounds, Change, Corpus, Ledger, LedgerErrors, LedgerRow, LedgerRows, bound_when,
};

fn row(who: &str, instrument: &str, change: Change, from: &str) -> LedgerRow {
    LedgerRow {
        party: party(who),
        instrument: instrument.to_owned(),
        change,
        from: day(from),
        articles: Vec::new(),
        evidence: format!("evidence of {who} {from}"),
        own_word: false,
    }
}

fn reserve(who: &str, instrument: &str, from: &str, articles: &[&str]) -> LedgerRow {
    let articles = articles.iter().map(|a| (*a).to_owned()).collect();
    LedgerRow {
        articles,
        ..row(who, instrument, Change::Reserve, from)
    }
}

fn rows(rows: Vec<LedgerRow>) -> LedgerRows {
    LedgerRows {
        rows,
        ..LedgerRows::default()
    }
}

fn asked(rows: &LedgerRows, norm: &str, who: &str, on: &str) -> Bounds {
    let ledger = Ledger::build(rows, &SHIPPED.corpus, &SHIPPED.states).unwrap();
    bound_when(
        SHIPPED.corpus.get(norm).unwrap(),
        &party(who),
        day(on),
        &ledger,
    )
}

fn refused(rows: LedgerRows) -> LedgerErrors {
    Ledger::build(&rows, &SHIPPED.corpus, &SHIPPED.states).unwrap_err()
}

#[test]
fn accession_withdrawal_and_return() {
    use Bound::{AtTheTime, NotThen, Unknown};
    let ledger = rows(vec![
        row("US", "BUD", Change::Accede, "2007-01-01"),
        row("US", "BUD", Change::Withdraw, "2010-01-01"),
        row("US", "BUD", Change::Accede, "2012-01-01"),
    ]);
    for (on, bound) in [
        ("2006-12-31", NotThen),
        ("2007-01-01", AtTheTime),
        ("2009-12-31", AtTheTime),
        ("2010-01-01", NotThen),
        ("2011-12-31", NotThen),
        ("2012-01-01", AtTheTime),
    ] {
        let bounds = asked(&ledger, "BUD.2", "US", on);
        assert_eq!(bounds.bound, bound, "{on}: {}", bounds.reason);
        assert!(!bounds.evidence.is_empty());
    }
    let other = asked(&ledger, "BUD.2", "BR", "2015-01-01");
    assert_eq!(
        (other.bound, other.reason.as_str()),
        (Unknown, "the ledger does not say")
    );
    // Where all accessions are known, silence means no.
    let mut complete = ledger;
    complete
        .complete
        .insert("BUD".to_owned(), day("2016-01-01"));
    assert_eq!(asked(&complete, "BUD.2", "BR", "2015-01-01").bound, NotThen);
    assert_eq!(asked(&complete, "BUD.2", "BR", "2016-01-02").bound, Unknown);
}

/// A treaty binds nobody before it is in force, whoever acceded before.
#[test]
fn a_treaty_not_in_force_binds_nobody() {
    let ledger = rows(vec![
        row("AL", "BUD", Change::Accede, "2002-06-20"),
        row("AL", "UNCC", Change::Accede, "2026-01-01"),
    ]);
    assert_eq!(
        asked(&ledger, "BUD.2", "AL", "2004-06-30").reason,
        "in force only from 2004-07-01"
    );
    assert_eq!(
        asked(&ledger, "BUD.2", "AL", "2004-07-01").bound,
        Bound::AtTheTime
    );
    let hanoi = asked(&ledger, "UNCC.net", "AL", "2026-06-01");
    assert_eq!(
        (hanoi.bound, hanoi.reason.as_str()),
        (Bound::NotThen, "not in force")
    );
}

#[test]
fn a_reservation_removes_exactly_its_articles() {
    let before = rows(vec![row("US", "BUD", Change::Accede, "2007-01-01")]);
    for reserved in [vec!["2"], vec!["7"], vec!["7", "8"], vec!["35", "4"]] {
        let mut after = before.clone();
        after
            .rows
            .push(reserve("US", "BUD", "2008-01-01", &reserved));
        for entry in SHIPPED
            .corpus
            .entries()
            .iter()
            .filter(|e| e.text().id == "BUD")
        {
            let out = entry
                .norm
                .articles
                .iter()
                .filter(|a| reserved.contains(&a.as_str()))
                .count();
            let wanted = match out {
                0 => Bound::AtTheTime,
                n if n == entry.norm.articles.len() => Bound::NotThen,
                _ => Bound::Unknown, // in part only
            };
            let id = &entry.norm.id;
            assert_eq!(
                asked(&after, id, "US", "2008-01-01").bound,
                wanted,
                "{id} {reserved:?}"
            );
            assert_eq!(
                asked(&after, id, "US", "2007-12-31").bound,
                Bound::AtTheTime,
                "{id}"
            );
            if out > 0 {
                let reason = asked(&after, id, "US", "2008-01-01").reason;
                assert!(reason.contains("reservation"), "{reason}");
            }
        }
    }
    // It ends with its accession.
    let again = rows(vec![
        row("US", "BUD", Change::Accede, "2007-01-01"),
        reserve("US", "BUD", "2007-01-01", &["2"]),
        row("US", "BUD", Change::Withdraw, "2009-01-01"),
        row("US", "BUD", Change::Accede, "2010-01-01"),
    ]);
    assert_eq!(
        asked(&again, "BUD.2", "US", "2008-01-01").bound,
        Bound::NotThen
    );
    assert_eq!(
        asked(&again, "BUD.2", "US", "2010-01-01").bound,
        Bound::AtTheTime
    );
}

#[test]
fn voluntary_norms_address_all_member_states_from_their_day() {
    let none = LedgerRows::default();
    assert_eq!(
        asked(&none, "GGE15.f", "FJ", "2015-12-22").bound,
        Bound::NotThen
    );
    assert_eq!(
        asked(&none, "GGE15.f", "FJ", "2015-12-23").bound,
        Bound::AtTheTime
    );
    let outside = asked(&none, "GGE15.f", "AQ", "2020-01-01");
    assert_eq!(outside.bound, Bound::Unknown);
    assert!(
        outside
            .reason
            .contains("member states of the United Nations")
    );
    let company = asked(&none, "GGE15.f", "acme", "2020-01-01");
    assert_eq!(
        (company.bound, company.reason.as_str()),
        (Bound::NotThen, "does not speak to others than states")
    );
    assert_eq!(
        asked(&none, "CTA.1", "US", "2020-01-01").bound,
        Bound::NotThen
    );
}

#[test]
fn participants_proposals_and_restatements() {
    let none = LedgerRows::default();
    assert_eq!(
        asked(&none, "OTHER.USCN15", "CN", "2015-09-25").bound,
        Bound::AtTheTime
    );
    assert_eq!(
        asked(&none, "OTHER.USCN15", "CN", "2015-09-24").bound,
        Bound::NotThen
    );
    assert_eq!(
        asked(&none, "OTHER.USCN15", "FR", "2020-01-01").reason,
        "not among the participants"
    );
    // Measures 12 to 16 came later than 1 to 11.
    assert_eq!(
        asked(&none, "OSCE.1", "CH", "2014-01-01").bound,
        Bound::AtTheTime
    );
    assert_eq!(
        asked(&none, "OSCE.12", "CH", "2014-01-01").bound,
        Bound::NotThen
    );
    assert_eq!(
        asked(&none, "MS10.1", "US", "2018-01-01").bound,
        Bound::Yardstick
    );
    assert_eq!(
        asked(&none, "MS10.1", "US", "2016-01-01").bound,
        Bound::NotThen
    );
    let within = asked(&none, "MS10.1", "US", "2017-04-10");
    assert_eq!(
        within.bound,
        Bound::Unknown,
        "a month is not a day: {}",
        within.reason
    );
    assert_eq!(
        asked(&none, "TM2.66", "US", "2018-01-01").bound,
        Bound::Yardstick
    );
    let earlier = asked(&none, "TM2.66", "US", "2016-01-01");
    assert_eq!(earlier.bound, Bound::Unknown);
    assert!(earlier.reason.contains("is not decided here"));
    // A participant that left is not bound any more.
    let left = rows(vec![
        row("CH", "OSCE", Change::Accede, "2013-12-03"),
        row("CH", "OSCE", Change::Withdraw, "2020-01-01"),
    ]);
    assert_eq!(
        asked(&left, "OSCE.1", "CH", "2019-12-31").bound,
        Bound::AtTheTime
    );
    assert_eq!(
        asked(&left, "OSCE.1", "CH", "2020-01-01").bound,
        Bound::NotThen
    );
}

#[test]
fn successions_carry_what_continues_and_guess_nothing_else() {
    let ledger = rows(vec![
        row("YU", "ARSIWA", Change::Accede, "2002-01-01"),
        row("DD", "ARSIWA", Change::Accede, "1980-01-01"),
    ]);
    let ledger = Ledger::build(&ledger, &SHIPPED.corpus, &SHIPPED.states).unwrap();
    // A text by accession, so that the ledger decides.
    let mut entry = SHIPPED.corpus.get("ARSIWA.4").unwrap().clone();
    let mut text = entry.text().clone();
    text.binding = solferino_norms::Binding::Accession {};
    text.date = "1970".parse().unwrap();
    entry.norm.text = Some(text);
    let asked = |who: &str, on: &str| bound_when(&entry, &party(who), day(on), &ledger);
    // YU -> CS -> RS continue.
    assert_eq!(asked("YU", "2002-06-01").bound, Bound::AtTheTime);
    assert_eq!(asked("RS", "2010-01-01").bound, Bound::AtTheTime);
    assert!(
        asked("RS", "2010-01-01")
            .reason
            .contains("Serbia continues")
    );
    assert_eq!(
        asked("RS", "2005-01-01").bound,
        Bound::Unknown,
        "before the code was in use"
    );
    // Accession to the Federal Republic decides nothing.
    let merged = asked("DE", "2000-01-01");
    assert_eq!(merged.bound, Bound::Unknown);
    assert!(merged.reason.contains("DD was bound"), "{}", merged.reason);
    assert_eq!(asked("ME", "2010-01-01").reason, "the ledger does not say");
}

#[test]
fn broken_ledgers_say_every_fault_and_load_nothing() {
    let accede = |who, text, from| row(who, text, Change::Accede, from);
    let mut silent = accede("FR", "BUD", "2010-01-01");
    silent.evidence = " ".to_owned();
    let faults = refused(rows(vec![
        accede("XX", "BUD", "2010-01-01"),
        accede("FR", "NONE", "2010-01-01"),
        silent,
        accede("US", "BUD", "2007-01-01"),
        accede("US", "BUD", "2011-01-01"),
        row("CA", "BUD", Change::Withdraw, "2011-01-01"),
        reserve("US", "BUD", "2006-01-01", &["2"]),
        reserve("US", "BUD", "2008-01-01", &["99"]),
        reserve("US", "BUD", "2008-01-01", &["3"]),
        reserve("US", "BUD", "2009-01-01", &["3"]),
        reserve("US", "BUD", "2009-01-01", &[]),
        row("US", "BUD", Change::Affirm, "2009-01-01"),
    ]));
    let text = faults.to_string();
    for wanted in [
        "ledger row 1: XX, BUD, 2010-01-01: no code of ISO 3166-1",
        "ledger row 2: FR, NONE, 2010-01-01: no text of the corpus",
        "ledger row 3: FR, BUD, 2010-01-01: no evidence",
        "ledger row 5: US, BUD, 2011-01-01: bound already since 2007-01-01: accessions overlap",
        "ledger row 6: CA, BUD, 2011-01-01: not bound then",
        "ledger row 7: US, BUD, 2006-01-01: not bound then",
        "ledger row 8: US, BUD, 2008-01-01: no norm of the text stands in article 99",
        "ledger row 10: US, BUD, 2009-01-01: article 3 is reserved already",
        "ledger row 11: US, BUD, 2009-01-01: articles belong to a reservation",
        "ledger row 12: US, BUD, 2009-01-01: this text is not taken on that way",
    ] {
        assert!(text.contains(wanted), "{text}\nlacks {wanted}");
    }
    assert_eq!(text.lines().count(), 10, "{text}");
    let mut strange = LedgerRows::default();
    strange
        .complete
        .insert("NONE".to_owned(), day("2020-01-01"));
    assert!(refused(strange).to_string().contains("NONE"));
}

/// A collection's texts are acceded to one by one.
#[test]
fn texts_of_a_collection_are_apart() {
    let ledger = rows(vec![row("GH", "MALABO", Change::Accede, "2019-06-03")]);
    assert_eq!(
        asked(&ledger, "OTHER.MALABO", "GH", "2023-06-08").bound,
        Bound::AtTheTime
    );
    assert_eq!(
        asked(&ledger, "OTHER.MALABO", "GH", "2023-06-07").bound,
        Bound::NotThen
    );
    assert_eq!(
        asked(&ledger, "OTHER.PALL25", "GH", "2026-01-01").bound,
        Bound::Unknown
    );
    let texts: Vec<&str> = SHIPPED.corpus.texts().into_keys().collect();
    assert!(texts.contains(&"G20A15") && !texts.contains(&"OTHER"));
    assert!(Corpus::default().texts().is_empty());
}

#[test]
fn no_participant_leaves_by_taking_the_text_on_again_later() {
    let later = rows(vec![row("CH", "OSCE", Change::Accede, "2999-01-01")]);
    assert_eq!(
        asked(&later, "OSCE.1", "CH", "2014-01-01").bound,
        Bound::AtTheTime
    );
}

/// A party's own word shows that it is bound from then on, never that it was not before; a document does.
#[test]
fn no_party_clears_its_past_by_saying_when_it_began() {
    let own = LedgerRow {
        own_word: true,
        ..row("RU", "BUD", Change::Accede, "2999-01-01")
    };
    let bound = |rows: Vec<LedgerRow>, on: &str| {
        let rows = LedgerRows {
            rows,
            ..LedgerRows::default()
        };
        let ledger = ledger(&rows);
        let entry = SHIPPED.corpus.get("BUD.2").unwrap();
        bound_when(entry, &party("RU"), day(on), &ledger).bound
    };
    assert_eq!(bound(vec![own.clone()], "2017-01-01"), Bound::Unknown);
    assert_eq!(bound(vec![own.clone()], "2999-01-01"), Bound::AtTheTime);
    let shown = row("RU", "BUD", Change::Accede, "2999-01-01");
    assert_eq!(bound(vec![shown], "2017-01-01"), Bound::NotThen);
    // an evidenced accession that goes back further stands beside it, in either order
    let earlier = row("RU", "BUD", Change::Accede, "2010-01-01");
    for rows in [vec![own.clone(), earlier.clone()], vec![earlier, own]] {
        assert_eq!(bound(rows, "2017-01-01"), Bound::AtTheTime);
    }
}
