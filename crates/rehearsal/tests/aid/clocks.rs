//! Clocks and counts that nobody can silence, and what is kept for how long.

use record::kind::Kind;
use record::refusal::Code;
use record::state::Promise;
use rehearsal::{MemoryDesk, Procedure};
use serde_json::json;

use super::{DAY_S, HOUR_S, figure, nothing, offered, request, stage, tick, with_desk};
use crate::support::{cast, founded, refused};

type Play<'a> = Procedure<'a, MemoryDesk>;

/// The promises of a record that are broken now.
fn broken(p: &Play<'_>) -> Vec<Promise> {
    let overdue = p.desk.auditor.state.aid.overdue(p.time);
    overdue.iter().map(|o| o.promise).collect()
}

/// Names a policy with these waits.
fn rename(p: &mut Play<'_>, version: u32, quiet_s: u32, retention_s: u32) {
    let registrar = p.player(rehearsal::SeatSpecRole::Registrar).unwrap();
    let mut policy = rehearsal::aid::policy(p.cast, version).unwrap();
    policy["quiet_s"] = json!(quiet_s);
    policy["retention_s"] = json!(retention_s);
    p.say(&registrar.key, Kind::AidDesk, None, policy).unwrap();
}

#[test]
fn a_request_that_is_read_and_never_classed_is_overdue() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let key = cast.key("requester 1").unwrap();
    let id = p.ask_for_help(&key, b"a story").unwrap();
    let officer = rehearsal::aid::officer(&cast).unwrap();
    for (to, reason) in [
        ("acknowledged", "read-by-person"),
        ("vetting", "checks"),
        ("accepted", "verified"),
    ] {
        p.step(&officer, id, to, reason, nothing()).unwrap();
    }
    p.wait(4 * HOUR_S).unwrap();
    assert_eq!(broken(&p), []);
    p.wait(61 * DAY_S).unwrap();
    assert_eq!(broken(&p), [Promise::FirstAssistance]);
    assert_eq!(figure(&p, "unassisted-overdue"), (1, 0));
    assert_eq!(figure(&p, "unassisted-overdue-p1"), (0, 1), "no class yet");
}

#[test]
fn a_class_that_is_lowered_takes_no_promise_back_and_is_counted() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let key = cast.key("requester 1").unwrap();
    let id = p.ask_for_help(&key, b"a story").unwrap();
    p.triage(id, "P1").unwrap();
    p.wait(4 * HOUR_S + 1).unwrap();
    let before = (broken(&p), figure(&p, "unassisted-overdue-p1"));
    assert_eq!(before, (vec![Promise::FirstAssistance], (1, 0)));
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let lower = json!({"class": "P4"});
    p.step(&officer, id, "triaged", "need-changed", lower)
        .unwrap();
    assert_eq!((broken(&p), figure(&p, "unassisted-overdue-p1")), before);
    assert_eq!(figure(&p, "class-lowered"), (1, 0));
    assert_eq!(request(&p, &id).class(), Some(aid::Class::P4));
}

#[test]
fn help_that_is_lost_opens_the_clock_again() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, responder, enlisted) = offered(&mut p);
    p.begin_work(&requester, &responder, id).unwrap();
    assert_eq!(figure(&p, "assisted-in-time"), (1, 0));
    let stood_s = p.time.unix_seconds() - request(&p, &id).received.unix_seconds();
    p.wait(10 * DAY_S).unwrap();
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let body = json!({"responder": enlisted, "reason": "conduct"});
    p.say(&officer, Kind::AidDismiss, None, body).unwrap();
    assert_eq!((stage(&p, &id), broken(&p)), ("matching", vec![]));
    assert_eq!(figure(&p, "assisted-in-time"), (0, 0));
    // what was left of the day when help began, and not a second more
    let left_s = DAY_S - u32::try_from(stood_s).unwrap();
    p.wait(left_s).unwrap();
    assert_eq!(broken(&p), []);
    p.wait(1).unwrap();
    assert_eq!(broken(&p), [Promise::FirstAssistance]);
    let (second, enlisted) = p.vetted_responder("responder 2").unwrap();
    p.matched(id, &[enlisted]).unwrap();
    p.begin_work(&requester, &second, id).unwrap();
    let counts = ["assisted-late", "assisted-in-time", "unassisted-overdue"];
    assert_eq!(
        counts.map(|name| figure(&p, name)),
        [(1, 0), (0, 0), (0, 0)]
    );
}

#[test]
fn nobody_is_closed_in_silence_who_was_not_asked_and_the_wait_is_that_of_receipt() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let key = cast.key("requester 1").unwrap();
    let id = p.ask_for_help(&key, b"a story").unwrap();
    let officer = rehearsal::aid::officer(&cast).unwrap();
    p.tell(&officer, id, "message", rehearsal::aid::item(b"welcome"))
        .unwrap();
    p.wait(1).unwrap();
    p.step(&officer, id, "acknowledged", "read-by-person", nothing())
        .unwrap();
    p.step(&officer, id, "vetting", "checks", nothing())
        .unwrap();
    let pause = |p: &mut Play<'_>| {
        p.wait(1).unwrap();
        p.step(&officer, id, "paused", "waits-for-requester", nothing())
    };
    // what was told before the request came here asks nothing of them now; a need is not told to them
    assert_eq!(refused(pause(&mut p)), Code::AidNothingAsked);
    p.tell(&officer, id, "need", rehearsal::aid::item(b"need"))
        .unwrap();
    assert_eq!(refused(pause(&mut p)), Code::AidNothingAsked);
    p.tell(&officer, id, "message", rehearsal::aid::item(b"question"))
        .unwrap();
    p.wait(1).unwrap();
    p.tell(&key, id, "message", rehearsal::aid::item(b"answer"))
        .unwrap();
    assert_eq!(
        refused(pause(&mut p)),
        Code::AidNothingAsked,
        "it is our turn"
    );
    p.tell(&officer, id, "message", rehearsal::aid::item(b"question 2"))
        .unwrap();
    pause(&mut p).unwrap();
    rename(&mut p, 2, DAY_S, 90 * DAY_S);
    p.wait(14 * DAY_S - 1).unwrap();
    tick(&mut p);
    let early = p.step(&officer, id, "closed", "quiet", nothing());
    assert_eq!(refused(early), Code::AidTooEarly);
    p.wait(1).unwrap();
    tick(&mut p);
    p.step(&officer, id, "closed", "quiet", nothing()).unwrap();
    assert_eq!(figure(&p, "closed-unassisted"), (1, 0));
}

#[test]
fn nothing_is_kept_longer_than_was_said_when_it_was_asked() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let key = cast.key("requester 1").unwrap();
    let [id, other] = [b"one", b"two"].map(|told| p.ask_for_help(&key, told).unwrap());
    let officer = rehearsal::aid::officer(&cast).unwrap();
    for id in [id, other] {
        p.step(&officer, id, "acknowledged", "read-by-person", nothing())
            .unwrap();
        p.step(&officer, id, "vetting", "checks", nothing())
            .unwrap();
        p.step(&officer, id, "declined", "not-digital", nothing())
            .unwrap();
    }
    rename(&mut p, 2, 14 * DAY_S, 730 * DAY_S);
    p.wait(90 * DAY_S - 1).unwrap();
    tick(&mut p);
    assert_eq!(figure(&p, "purge-overdue"), (0, 0));
    assert!(!request(&p, &id).is_over(p.time));
    p.step(&key, other, "vetting", "asked-again", nothing())
        .unwrap();
    p.wait(1).unwrap();
    tick(&mut p);
    assert!(request(&p, &id).is_over(p.time));
    assert!(!request(&p, &other).is_over(p.time));
    assert_eq!(figure(&p, "purge-overdue"), (1, 0));
    // there is nothing any more to go on with
    let again = p.step(&key, id, "vetting", "asked-again", nothing());
    assert_eq!(refused(again), Code::AidWrongState);
    let more = p.tell(&key, id, "message", rehearsal::aid::item(b"late"));
    assert_eq!(refused(more), Code::AidItems);
    p.step(&officer, id, "purged", "retention-over", nothing())
        .unwrap();
    assert_eq!(figure(&p, "purge-overdue"), (0, 0));
    // who withdraws is over at once
    p.step(&key, other, "withdrawn", "taken-back", nothing())
        .unwrap();
    assert!(request(&p, &other).is_over(p.time));
    assert_eq!(figure(&p, "purge-overdue"), (1, 0));
}
