//! Against the choice of cases: a rule written after the report it is to keep out.

use record::independence::index;
use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{MemoryDesk, SeatSpecRole, genesis};
use serde_json::json;

use super::{reviewer, start};
use crate::support::{at, cast, founded, refused};

#[test]
fn nothing_is_received_before_the_selection_rule_stands() {
    let cast = cast();
    let time = at("2014-01-01T00:00:00Z");
    let entries = genesis(&cast, time).unwrap();
    for signed in 0..entries.len() {
        let some = &entries[..signed];
        let made = MemoryDesk::create(cast.log.clone(), some, time);
        let mut desk = made.unwrap();
        let mut p = start(&cast, &mut desk);
        let case = "early".parse().unwrap();
        let report = p.report(&case, "disruption", "health", "2013-12-31", "account");
        assert_eq!(refused(report), Code::NotFounded, "{signed} entries");
    }
    let mut desk = MemoryDesk::create(cast.log.clone(), &entries, time).unwrap();
    let mut p = start(&cast, &mut desk);
    let case = "early".parse().unwrap();
    p.report(&case, "disruption", "health", "2013-12-31", "account")
        .unwrap();
}

#[test]
fn an_amended_selection_rule_does_not_reach_back() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let [before, after] = ["before", "after"].map(|id| id.parse().unwrap());
    let old = p.charter(|c| c.selection_rule_sha256).unwrap();
    let new = tlog::sha256(b"Only reports that suit us.\n");
    let early = p
        .report(&before, "disruption", "health", "2013-12-31", "one")
        .unwrap();
    let mut text = p.charter(Clone::clone).unwrap();
    text.version = 2;
    text.selection_rule_sha256 = new;
    p.wait(60).unwrap();
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
    let late = p
        .report(&after, "disruption", "health", "2013-12-31", "two")
        .unwrap();
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    let mut refuse = |reports: &[_], rule| {
        let body =
            json!({"reports": reports, "reason": "out-of-scope", "selection_rule_sha256": rule});
        p.say(&registrar.key, Kind::CaseRefuse, None, body)
    };
    for (reports, rule) in [
        (vec![early.report], new),
        (vec![late.report], old),
        (vec![early.report, late.report], new),
        (vec![early.report, late.report], old),
    ] {
        assert_eq!(refused(refuse(&reports, rule)), Code::SelectionRule);
    }
    refuse(&[late.report], new).unwrap();
    let body = json!({"reports": [early.report], "question": {"kind": "who"}, "selection_rule_sha256": old});
    p.say(&registrar.key, Kind::CaseOpen, Some(&before), body)
        .unwrap();
    // anyone sees that it changed, when, and what was refused
    let index = index(&p.desk.auditor.state);
    let rules: Vec<_> = index.selection_rules.iter().map(|r| r.sha256).collect();
    assert_eq!(rules, [old, new]);
    assert_eq!(index.selection_rules[1].from, at("2014-01-01T00:01:00Z"));
    let all = index.victim.all;
    assert_eq!(
        (all.asked, all.opened, all.refused["out-of-scope"]),
        (2, 1, 1)
    );
}
