//! Who answers is heard: no clock stands still for them, no silence closes them, nobody writes in their name, and no side fills
//! another's place.

use record::ids::StatementId;
use record::kind::Kind;
use record::refusal::Code;
use record::state::Promise;
use rehearsal::{MemoryDesk, Procedure};
use serde_json::json;
use tlog::SigningKey;

use super::{DAY_S, HOUR_S, nothing, offered, request, stage, tick, with_desk};
use crate::support::{cast, founded, refused};

type Play<'a> = Procedure<'a, MemoryDesk>;

fn word(text: &str) -> record::body::aid::Item {
    rehearsal::aid::item(text.as_bytes())
}

/// A request that the desk asked something and paused, and its requester.
fn asked(p: &mut Play<'_>) -> (StatementId, SigningKey) {
    let key = p.cast.key("requester 1").unwrap();
    let id = p.ask_for_help(&key, b"a story").unwrap();
    let officer = rehearsal::aid::officer(p.cast).unwrap();
    p.step(&officer, id, "acknowledged", "read-by-person", nothing())
        .unwrap();
    p.step(&officer, id, "vetting", "checks", nothing())
        .unwrap();
    p.tell(&officer, id, "message", word("question")).unwrap();
    p.step(&officer, id, "paused", "waits-for-requester", nothing())
        .unwrap();
    (id, key)
}

fn quiet(p: &mut Play<'_>, id: StatementId) -> Result<StatementId, rehearsal::RehearsalError> {
    let officer = rehearsal::aid::officer(p.cast).unwrap();
    p.step(&officer, id, "closed", "quiet", nothing())
}

#[test]
fn an_answer_ends_the_pause_for_the_clock_and_no_silence_closes_it() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, key) = asked(&mut p);
    p.wait(2 * HOUR_S).unwrap();
    p.tell(&key, id, "message", word("answer")).unwrap();
    let answered = p.time;
    assert_eq!(request(&p, &id).wrote_since, Some(answered));
    // as P1, which has four hours; two of them it waited for the requester
    p.wait(4 * HOUR_S + 1).unwrap();
    let clock = request(&p, &id).clock(Promise::FirstAssistance, p.time);
    assert_eq!(clock.stands, aid::ClockStands::Overdue);
    assert!(!p.desk.auditor.state.aid.alarms(p.time).is_empty());
    p.wait(14 * DAY_S).unwrap();
    tick(&mut p);
    assert_eq!(refused(quiet(&mut p, id)), Code::AidNothingAsked);
    // a word of thanks is no question: the pause waits for nobody any more
    let officer = rehearsal::aid::officer(&cast).unwrap();
    p.tell(&officer, id, "message", word("thank you")).unwrap();
    assert_eq!(request(&p, &id).wrote_since, None);
    p.wait(14 * DAY_S).unwrap();
    tick(&mut p);
    assert_eq!(refused(quiet(&mut p, id)), Code::AidNothingAsked);
    // the desk goes on, asks again, and then silence is silence
    p.step(&officer, id, "vetting", "resumed", nothing())
        .unwrap();
    p.tell(&officer, id, "message", word("question 2")).unwrap();
    p.step(&officer, id, "paused", "waits-for-requester", nothing())
        .unwrap();
    p.wait(14 * DAY_S).unwrap();
    tick(&mut p);
    quiet(&mut p, id).unwrap();
}

#[test]
fn after_the_work_a_word_is_no_silence_and_the_wait_begins_with_our_answer() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, responder, _) = offered(&mut p);
    p.begin_work(&requester, &responder, id).unwrap();
    p.step(&responder, id, "resolved", "work-done", nothing())
        .unwrap();
    p.wait(13 * DAY_S).unwrap();
    p.tell(&requester, id, "message", word("it is back"))
        .unwrap();
    p.wait(14 * DAY_S).unwrap();
    tick(&mut p);
    assert_eq!(refused(quiet(&mut p, id)), Code::AidNothingAsked);
    p.tell(&responder, id, "message", word("look at this"))
        .unwrap();
    p.wait(14 * DAY_S - 1).unwrap();
    tick(&mut p);
    assert_eq!(refused(quiet(&mut p, id)), Code::AidTooEarly);
    p.wait(1).unwrap();
    tick(&mut p);
    quiet(&mut p, id).unwrap();
    assert_eq!(stage(&p, &id), "closed");
}

#[test]
fn a_request_that_names_somebody_as_proxy_is_not_theirs_until_they_say_something_in_it() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let [victim, attacker] = ["requester 1", "requester 2"].map(|name| cast.key(name).unwrap());
    let mine = p.ask_for_help(&victim, b"a story").unwrap();
    let lie = [word("MESSAGE OF THE DESK: enter your twelve words at ...")];
    let body = rehearsal::aid::request(&lie, Some(&victim));
    let foreign = p.say(&attacker, Kind::AidRequest, None, body).unwrap();
    let key = rehearsal::vkey(&victim).unwrap();
    let spoken = |p: &Play<'_>, id: &StatementId| request(p, id).is_spoken_for_by(&key);
    assert!(spoken(&p, &mine) && !spoken(&p, &foreign));
    // who does want to speak for them says something, and then it stands among theirs
    p.tell(&victim, foreign, "message", word("I speak for them"))
        .unwrap();
    assert!(spoken(&p, &foreign));
    assert_eq!(request(&p, &foreign).wrote_since, Some(p.time));
}

#[test]
fn no_side_fills_the_place_of_another_and_a_scope_is_signed_after_all_messages() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, responder, _) = offered(&mut p);
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let fill = |p: &mut Play<'_>, key: &SigningKey, who: &str| {
        for part in 0..16 {
            let items: Vec<_> = (0..8).map(|n| word(&format!("{who} {part} {n}"))).collect();
            let body = json!({"request": id, "kind": "message", "items": items});
            p.say(key, Kind::AidItem, None, body).unwrap();
        }
        let more = p.tell(key, id, "message", word(&format!("{who} more")));
        assert_eq!(refused(more), Code::AidItems, "{who}");
    };
    fill(&mut p, &requester, "requester");
    fill(&mut p, &responder, "responder");
    fill(&mut p, &officer, "officer");
    // everybody's other words have places of their own
    p.tell(&responder, id, "report", word("hours")).unwrap();
    p.tell(&officer, id, "need", word("need")).unwrap();
    p.tell(&requester, id, "harm", word("harm")).unwrap();
    p.begin_work(&requester, &responder, id).unwrap();
    let by_helper = p.tell(&responder, id, "scope", word("what I may do"));
    assert_eq!(refused(by_helper), Code::AidNotYours);
}
