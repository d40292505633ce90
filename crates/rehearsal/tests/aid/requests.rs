//! A request from its first word to the destruction of what was told.

use record::kind::Kind;
use record::refusal::Code;
use record::state::Promise;
use serde_json::json;

use super::{DAY_S, HOUR_S, figure, nothing, offered, request, stage, tick, with_desk};
use crate::support::{cast, founded, refused};

#[test]
fn asked_acknowledged_matched_helped_confirmed_purged() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, responder, _) = offered(&mut p);
    // nobody acts before the requester has signed what may be done
    p.step(&requester, id, "agreed", "team-taken", nothing())
        .unwrap();
    let early = p.step(&responder, id, "in-progress", "scope-signed", nothing());
    assert_eq!(refused(early), Code::AidScopeMissing);
    p.sign_scope(&requester, id).unwrap();
    p.step(&responder, id, "in-progress", "scope-signed", nothing())
        .unwrap();
    p.step(&responder, id, "resolved", "work-done", nothing())
        .unwrap();
    // the desk cannot say for the requester that help helped
    let officer = rehearsal::aid::officer(&cast).unwrap();
    for key in [&officer, &responder] {
        let by_other = p.step(key, id, "confirmed-by-requester", "confirmed", nothing());
        assert_eq!(refused(by_other), Code::AidNotYours);
    }
    p.step(
        &requester,
        id,
        "confirmed-by-requester",
        "confirmed",
        nothing(),
    )
    .unwrap();
    p.step(&officer, id, "closed", "done", nothing()).unwrap();
    let early = p.step(&officer, id, "purged", "retention-over", nothing());
    assert_eq!(refused(early), Code::AidTooEarly);
    p.wait(90 * DAY_S).unwrap();
    tick(&mut p);
    p.step(&officer, id, "purged", "retention-over", nothing())
        .unwrap();
    let counts = [
        "received",
        "open",
        "confirmed",
        "purged",
        "acknowledged-in-time",
        "assisted-in-time",
    ];
    let counts = counts.map(|name| figure(&p, name));
    assert_eq!(counts, [(1, 0), (0, 0), (1, 0), (1, 0), (1, 0), (1, 0)]);
    // whoever asked sees every step, with who and why
    let steps: Vec<_> = request(&p, &id)
        .steps
        .iter()
        .map(|s| s.to.as_str())
        .collect();
    assert_eq!(steps.len(), 12);
    assert_eq!(steps.last(), Some(&"purged"));
    let more = json!({"request": id, "kind": "message", "items": [rehearsal::aid::item(b"late")]});
    assert_eq!(
        refused(p.say(&requester, Kind::AidItem, None, more)),
        Code::AidItems
    );
}

#[test]
fn what_nobody_answers_is_overdue_and_stays_late() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let key = cast.key("requester 1").unwrap();
    let id = p.ask_for_help(&key, b"a story").unwrap();
    p.wait(2 * HOUR_S).unwrap();
    assert_eq!(p.desk.auditor.state.aid.overdue(p.time), []);
    p.wait(1).unwrap();
    let overdue = p.desk.auditor.state.aid.overdue(p.time);
    assert_eq!(overdue.len(), 1);
    assert_eq!(
        (overdue[0].request, overdue[0].promise),
        (id, Promise::Acknowledgement)
    );
    p.triage(id, "P1").unwrap();
    assert_eq!(p.desk.auditor.state.aid.overdue(p.time), []);
    // four hours after it was asked, not after it was read
    p.wait(2 * HOUR_S).unwrap();
    let overdue = p.desk.auditor.state.aid.overdue(p.time);
    assert_eq!(overdue[0].promise, Promise::FirstAssistance);
    let counts = [
        "acknowledged-late",
        "unassisted-overdue",
        "unacknowledged-overdue",
    ];
    let counts = counts.map(|name| figure(&p, name));
    assert_eq!(counts, [(1, 0), (1, 0), (0, 0)]);
}

#[test]
fn a_later_policy_moves_no_clock_of_an_earlier_request() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let id = p
        .ask_for_help(&cast.key("requester 1").unwrap(), b"a")
        .unwrap();
    let registrar = p
        .player(rehearsal::SeatSpecRole::Registrar)
        .unwrap()
        .key
        .clone();
    let mut body = rehearsal::aid::policy(&cast, 2).unwrap();
    body["clocks"]["acknowledge_s"] = json!(DAY_S);
    p.say(&registrar, Kind::AidDesk, None, body).unwrap();
    p.wait(2 * HOUR_S + 1).unwrap();
    assert_eq!(p.desk.auditor.state.aid.overdue(p.time)[0].request, id);
}

#[test]
fn a_requester_withdraws_at_any_time_and_the_proxy_speaks_for_it() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (key, proxy) = (
        cast.key("requester 1").unwrap(),
        cast.key("proxy 1").unwrap(),
    );
    let items = [rehearsal::aid::item(b"a story")];
    let body = rehearsal::aid::request(&items, Some(&proxy));
    let id = p.say(&key, Kind::AidRequest, None, body).unwrap();
    let stranger = cast.key("stranger").unwrap();
    let by_other = p.step(&stranger, id, "withdrawn", "taken-back", nothing());
    assert_eq!(refused(by_other), Code::RoleNotAllowed);
    p.step(&proxy, id, "withdrawn", "taken-back", nothing())
        .unwrap();
    // withdrawn is purged without waiting
    let officer = rehearsal::aid::officer(&cast).unwrap();
    p.step(&officer, id, "purged", "after-withdrawal", nothing())
        .unwrap();
    let counts = ["withdrawn", "purged", "unacknowledged-overdue"];
    assert_eq!(
        counts.map(|name| figure(&p, name)),
        [(1, 0), (1, 0), (0, 0)]
    );
}

#[test]
fn silence_closes_without_blame_and_counts_as_not_known() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, responder, _) = offered(&mut p);
    p.begin_work(&requester, &responder, id).unwrap();
    p.step(&responder, id, "resolved", "work-done", nothing())
        .unwrap();
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let early = p.step(&officer, id, "closed", "quiet", nothing());
    assert_eq!(refused(early), Code::AidTooEarly);
    p.wait(14 * DAY_S).unwrap();
    tick(&mut p);
    p.step(&officer, id, "closed", "quiet", nothing()).unwrap();
    assert_eq!(figure(&p, "confirmed"), (0, 1));
    assert_eq!(stage(&p, &id), "closed");
}

#[test]
fn one_key_has_four_open_requests_and_a_closed_one_makes_room() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let key = cast.key("requester 1").unwrap();
    let ids: Vec<_> = (0..4)
        .map(|n| p.ask_for_help(&key, &[n]).unwrap())
        .collect();
    assert_eq!(refused(p.ask_for_help(&key, b"fifth")), Code::AidTooMany);
    p.step(&key, ids[0], "withdrawn", "taken-back", nothing())
        .unwrap();
    p.ask_for_help(&key, b"fifth").unwrap();
}

#[test]
fn an_entry_has_no_field_in_which_anything_of_the_victim_could_stand() {
    let cast = cast();
    let item = json!([rehearsal::aid::item(b"a story")]);
    for field in [
        "name", "sector", "country", "region", "language", "text", "incident", "class",
    ] {
        let mut body = rehearsal::aid::request(&[], None);
        body["items"] = item.clone();
        body[field] = json!("x");
        let draft = record::statement::Draft {
            record: crate::support::ORIGIN.to_owned(),
            issued: crate::support::at("2014-01-02T00:00:00Z"),
            case: None,
            kind: Kind::AidRequest,
            body,
        };
        let key = cast.key("requester 1").unwrap();
        let signed = draft.sign(&key, &[1; 32], draft.issued);
        assert!(signed.unwrap_err().to_string().contains(field), "{field}");
    }
}
