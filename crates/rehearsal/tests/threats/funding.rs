//! Against the body's money: who could buy it, who could block it with a gift.

use record::body::charter::{FundingCaps, SeatRole};
use record::body::members::{Funding, FundingKind};
use record::ids::StatementId;
use record::independence::{Capped, Ledger, index};
use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{MemoryDesk, Procedure, RehearsalError, SeatSpecRole, founding_charter, vkey};
use serde_json::json;

use super::{reviewer, start};
use crate::support::{
    at, before_panel, cast, founded, refused, script, until_votes, vote_and_open,
};

type Desk<'a> = Procedure<'a, MemoryDesk>;

fn entry(kind: &str, source: &str, state: &str, amount: u64, year: u32) -> serde_json::Value {
    json!({"kind": kind, "source": source, "jurisdiction": state, "amount": amount,
        "currency": "chf", "year": year})
}

fn book(p: &mut Desk<'_>, body: serde_json::Value) -> Result<StatementId, RehearsalError> {
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    p.say(&registrar.key, Kind::Funding, None, body)
}

/// Four equal givers of four states: no one above three tenths.
fn spread(p: &mut Desk<'_>) {
    for (source, state) in [("a", "GH"), ("b", "UY"), ("c", "JO"), ("d", "LK")] {
        book(p, entry("received", source, state, 100, 2014)).unwrap();
    }
}

fn broken(p: &Desk<'_>) -> Option<Capped> {
    index(&p.desk.auditor.state).funding.unwrap().broken
}

#[test]
fn a_finding_while_one_hand_pays() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("bought");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    spread(&mut p);
    book(&mut p, entry("received", "big", "CH", 1000, 2014)).unwrap();
    assert_eq!(broken(&p), Some(Capped::Source));
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::FundingCap);
    // everything else goes on
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    let h = tlog::sha256(b"text");
    let warn = json!({"sectors": ["health"], "advisory_sha256": h});
    p.say(&registrar.key, Kind::Warn, None, warn).unwrap();
    let dissent = json!({"ground": "evidence", "text_sha256": h});
    let me = reviewer(&cast, 0);
    p.say(&me.key, Kind::Dissent, Some(&s.id), dissent).unwrap();
    // given back in part, down to the cap: 171 of 571 is below three tenths
    book(&mut p, entry("returned", "big", "CH", 829, 2014)).unwrap();
    assert_eq!(broken(&p), None);
    let finding = p.publish(&s.id, &proposal).unwrap();
    p.wait(1).unwrap(); // the same words are recorded once
    // and broken again it blocks what would replace the finding, not what takes it back
    book(&mut p, entry("received", "big", "CH", 1000, 2014)).unwrap();
    let withdraw = json!({"finding": finding, "reason": "procedure", "text_sha256": h});
    p.say(&me.key, Kind::Withdraw, Some(&s.id), withdraw)
        .unwrap();
    let content = json!({"content": {"strands": [], "items": []}});
    let investigator = p.player(SeatSpecRole::Investigator).unwrap();
    p.say(&investigator.key, Kind::Assessment, Some(&s.id), content)
        .unwrap();
    p.assign(&s.id).unwrap();
    let body = p.finding_body(&s.id, &proposal).unwrap();
    let body = json!({"supersedes": finding, "finding": body});
    let answer = p.say(&registrar.key, Kind::Supersede, Some(&s.id), body);
    assert_eq!(refused(answer), Code::FundingCap);
}

#[test]
fn a_gift_that_nobody_wanted_blocks_nothing() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("unwanted");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    spread(&mut p);
    // nobody but the registrar books
    let donor = cast.key("donor").unwrap();
    let gift = entry("received", "hostile", "CH", 1_000_000, 2014);
    assert_eq!(
        refused(p.say(&donor, Kind::Funding, None, gift.clone())),
        Code::RoleNotAllowed
    );
    book(&mut p, gift).unwrap();
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::FundingCap);
    book(&mut p, entry("returned", "hostile", "CH", 1_000_000, 2014)).unwrap();
    p.publish(&s.id, &proposal).unwrap();
}

#[test]
fn a_registrar_that_books_a_gift_that_never_was() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    spread(&mut p);
    book(&mut p, entry("received", "invented", "CH", 5_000, 2014)).unwrap();
    assert_eq!(broken(&p), Some(Capped::Source));
    // the reviewers' quorum seats another registrar, who takes it off
    let mut text = founding_charter(&cast).unwrap();
    text.version = 2;
    let key = cast.key("registrar-two").unwrap();
    let mut seat = text.seats[0].clone();
    seat.member = "registrar-two".parse().unwrap();
    seat.role = SeatRole::Registrar;
    seat.key = vkey(&key).unwrap();
    text.seats.push(seat);
    let first = reviewer(&cast, 0);
    p.say(&first.key, Kind::CharterAmend, None, json!({"text": text}))
        .unwrap();
    let vote = json!({"amendment": text.digest(), "approve": true});
    for n in 0..4 {
        p.say(
            &reviewer(&cast, n).key,
            Kind::CharterVote,
            None,
            vote.clone(),
        )
        .unwrap();
    }
    let off = entry("corrected", "invented", "CH", 5_000, 2014);
    p.say(&key, Kind::Funding, None, off).unwrap();
    assert_eq!(broken(&p), None);
    let money = index(&p.desk.auditor.state).funding.unwrap();
    assert_eq!((money.received, money.corrected), (5_400, 5_000));
}

#[test]
fn the_ledger_takes_no_entry_that_would_get_around_the_caps() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    p.go_to(at("2016-06-01T00:00:00Z")).unwrap();
    book(&mut p, entry("received", "a", "GH", 100, 2016)).unwrap();
    book(&mut p, entry("received", "a", "GH", 40, 2015)).unwrap();
    let mut euro = entry("received", "b", "UY", 100, 2016);
    euro["currency"] = json!("eur");
    let bad = [
        euro,
        entry("received", "b", "UY", 0, 2016),
        entry("received", "b", "UY", 100, 2014),
        entry("received", "b", "UY", 100, 2017),
        entry("received", "a", "CH", 100, 2016),
        entry("returned", "a", "GH", 101, 2016),
        entry("returned", "a", "GH", 41, 2015),
        entry("corrected", "a", "GH", 1, 2014),
        entry("returned", "b", "UY", 1, 2016),
    ];
    for body in bad {
        let code = refused(book(&mut p, body.clone()));
        assert_eq!(code, Code::FundingInvalid, "{body}");
    }
    book(&mut p, entry("returned", "a", "GH", 60, 2016)).unwrap();
    let rest = entry("corrected", "a", "GH", 41, 2016);
    assert_eq!(refused(book(&mut p, rest)), Code::FundingInvalid);
    book(&mut p, entry("corrected", "a", "GH", 40, 2016)).unwrap();
    book(&mut p, entry("returned", "a", "GH", 40, 2015)).unwrap();
}

fn received(source: &str, state: &str, amount: u64, year: u32) -> Funding {
    Funding {
        kind: FundingKind::Received,
        source: source.parse().unwrap(),
        jurisdiction: state.parse().unwrap(),
        amount,
        currency: "chf".parse().unwrap(),
        year,
    }
}

fn caps(currency: record::ids::Slug) -> FundingCaps {
    FundingCaps {
        currency,
        source_ppm: 300_000,
        jurisdiction_ppm: 400_000,
        years: 3,
    }
}

#[test]
fn a_share_at_the_cap_holds_and_one_above_does_not() {
    let caps = caps("chf".parse().unwrap());
    let others = |a: u64| {
        vec![
            received("a", "GH", a, 2014),
            received("b", "UY", 250, 2015),
            received("c", "JO", 250, 2016),
            received("d", "LK", 200, 2016),
        ]
    };
    let broken = |entries: &[Funding], year| {
        let ledger = Ledger::of(entries, &caps, year);
        ledger.broken().map(|b| (b.what, b.name, b.share_ppm))
    };
    assert_eq!(broken(&others(300), 2016), None);
    let above = broken(&others(301), 2016);
    assert_eq!(above, Some((Capped::Source, "a".into(), 300_699)));
    // out of the years that count: 2014 to 2016, not 2014 in 2017
    let later = Ledger::of(&[received("a", "GH", 301, 2014)], &caps, 2017).total();
    assert_eq!(later, 0);
    // two givers of one state, each within its own cap
    let mut state = others(150);
    state[3] = received("d", "GH", 250, 2016);
    assert_eq!(
        broken(&state, 2016),
        Some((Capped::Jurisdiction, "GH".into(), 444_444))
    );
    // nothing booked, nothing broken; one giver alone is above any cap there can be
    assert_eq!(broken(&[], 2016), None);
    let alone = broken(&[received("a", "GH", 1, 2016)], 2016);
    assert_eq!(alone, Some((Capped::Source, "a".into(), 1_000_000)));
}

#[test]
fn sums_of_the_largest_amounts_do_not_overflow() {
    let caps = caps("chf".parse().unwrap());
    let most = (1_u64 << 53) - 1;
    let entries: Vec<Funding> = (0..1_000)
        .map(|n| received(&format!("s{n}"), "GH", most, 2016))
        .collect();
    let ledger = Ledger::of(&entries, &caps, 2016);
    assert_eq!(ledger.share_ppm(u128::from(most)), 1_000);
    assert_eq!(ledger.broken().map(|b| b.what), Some(Capped::Jurisdiction));
}

#[test]
fn money_does_not_silence_a_case_before_its_panel() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    book(&mut p, entry("received", "only", "CH", 1, 2014)).unwrap();
    let s = script("goes-on");
    before_panel(&mut p, &s, true);
    p.assign(&s.id).unwrap();
    p.review_all(&s).unwrap();
    p.disclose_reviews(&s.id).unwrap();
}
