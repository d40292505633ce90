//! Harm is said of many at once, once, and only of those who let it.

use record::ids::StatementId;
use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{MemoryDesk, Procedure, RehearsalError};
use serde_json::{Value, json};

use super::{tick, with_desk};
use crate::support::{cast, founded, refused};

/// The desk takes a request on.
fn accept(p: &mut Procedure<'_, MemoryDesk>, id: StatementId) {
    let officer = rehearsal::aid::officer(p.cast).unwrap();
    for (to, reason) in [
        ("acknowledged", "read-by-person"),
        ("vetting", "checks"),
        ("accepted", "verified"),
    ] {
        p.step(&officer, id, to, reason, Value::Null).unwrap();
    }
}

/// The same, and the desk takes each on.
fn told(p: &mut Procedure<'_, MemoryDesk>, many: usize, publish: usize) -> Vec<StatementId> {
    let ids = unread(p, many, publish);
    ids.iter().for_each(|id| accept(p, *id));
    ids
}

/// Requests under keys of their own, of which the first `publish` let lessons be published; each tells harm.
fn unread(p: &mut Procedure<'_, MemoryDesk>, many: usize, publish: usize) -> Vec<StatementId> {
    let mut ids = Vec::new();
    for n in 0..many {
        let key = p.cast.key(&format!("requester harmed-{n}")).unwrap();
        let item = rehearsal::aid::item(format!("story {n}").as_bytes());
        let mut body = rehearsal::aid::request(&[item], None);
        body["consent"]["publish_anonymised"] = json!(n < publish);
        let id = p.say(&key, Kind::AidRequest, None, body).unwrap();
        let item = rehearsal::aid::item(format!("harm {n}").as_bytes());
        let body = json!({"request": id, "kind": "harm", "items": [item]});
        p.say(&key, Kind::AidItem, None, body).unwrap();
        ids.push(id);
    }
    ids
}

fn count(p: &Procedure<'_, MemoryDesk>, from_s: i64, until_s: i64, records: u32) -> Value {
    json!({
        "from": p.time.plus_seconds(from_s), "until": p.time.plus_seconds(until_s), "inputs": tlog::sha256(b"inputs"),
        "records": records, "withheld": 1,
        "rows": [{"kind": "service-lost", "unit": "hours", "known": 120, "records_known": records, "records_unknown": 0, "told_only": 2}],
    })
}

/// An officer says a count, changed somewhere.
fn say(
    p: &mut Procedure<'_, MemoryDesk>,
    from_s: i64,
    until_s: i64,
    records: u32,
    change: impl Fn(&mut Value),
) -> Result<StatementId, RehearsalError> {
    let mut body = count(p, from_s, until_s, records);
    change(&mut body);
    let officer = rehearsal::aid::officer(p.cast).unwrap();
    p.say(&officer, Kind::AidHarm, None, body)
}

fn same(_: &mut Value) {}

#[test]
fn harm_is_counted_over_many_and_once() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let ids = told(&mut p, 7, 6);
    p.wait(3_600).unwrap();
    tick(&mut p);
    let refuse = |answer| assert_eq!(refused(answer), Code::AidHarm);
    // Seven told harm, six let it be published.
    refuse(say(&mut p, -7_200, 0, 6, |b| b["records"] = json!(7)));
    // Four could be found out.
    refuse(say(&mut p, -7_200, 0, 4, same));
    // A count to the last digit says what one victim told.
    let exact = |b: &mut Value| b["rows"][0]["known"] = json!(121);
    refuse(say(&mut p, -7_200, 0, 6, exact));
    // Not of what is to come, and not of a time that has no length.
    refuse(say(&mut p, -7_200, 60, 6, same));
    refuse(say(&mut p, 0, 0, 6, same));
    // The time before anybody told any.
    refuse(say(&mut p, -90_000, -86_400, 6, same));
    // An officer says it, nobody else.
    let registrar = p.player(rehearsal::SeatSpecRole::Registrar).unwrap();
    let body = count(&p, -7_200, 0, 6);
    let by_other = p.say(&registrar.key, Kind::AidHarm, None, body);
    assert_eq!(refused(by_other), Code::RoleNotAllowed);
    say(&mut p, -7_200, 0, 6, same).unwrap();
    let harm = &p.desk.auditor.state.aid.harm;
    let row = harm.rows.values().next().unwrap();
    assert_eq!((harm.counts, harm.records, harm.withheld), (1, 6, 1));
    assert_eq!(row.known, Some(120));
    // The difference of two counts would tell of one request: a second count begins where the first ended.
    refuse(say(&mut p, -1, 0, 6, same));
    p.wait(3_600).unwrap();
    tick(&mut p);
    refuse(say(&mut p, -3_601, 0, 5, same));
    refuse(say(&mut p, -3_600, 0, 5, same));
    say(&mut p, -3_600, 0, 0, |b| b["rows"] = json!([])).unwrap();
    // Who takes the permission back is not counted from then on.
    let key = cast.key("requester harmed-0").unwrap();
    let back = json!({"request": ids[0], "purpose": "publish-anonymised", "granted": false});
    p.say(&key, Kind::AidConsent, None, back).unwrap();
    let (from, until) = (p.time.plus_seconds(-90_000), p.time.plus_seconds(1));
    assert_eq!(p.desk.auditor.state.aid.harm_told(from, until), 5);
}

#[test]
fn harm_of_what_nobody_took_on_is_not_counted_and_a_request_is_in_one_count() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let ids = unread(&mut p, 6, 6);
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let told = |p: &Procedure<'_, MemoryDesk>| {
        let (from, until) = (p.time.plus_seconds(-1_000_000), p.time.plus_seconds(1));
        p.desk.auditor.state.aid.harm_told(from, until)
    };
    assert_eq!(told(&p), 0, "anybody asks, and says what they like");
    p.step(
        &officer,
        ids[5],
        "acknowledged",
        "read-by-person",
        Value::Null,
    )
    .unwrap();
    p.step(&officer, ids[5], "vetting", "checks", Value::Null)
        .unwrap();
    p.step(&officer, ids[5], "declined", "not-digital", Value::Null)
        .unwrap();
    assert_eq!(told(&p), 0, "neither what was declined");
    p.wait(7_200).unwrap();
    ids[..5].iter().for_each(|id| accept(&mut p, *id));
    assert_eq!(told(&p), 5);
    p.wait(3_600).unwrap();
    tick(&mut p);
    // told before the time of the count, accepted in it
    say(&mut p, -3_700, 0, 5, same).unwrap();
    // everybody corrects what they told: that is no second count
    for (n, id) in ids[..5].iter().enumerate() {
        let key = cast.key(&format!("requester harmed-{n}")).unwrap();
        let item = rehearsal::aid::item(format!("corrected {n}").as_bytes());
        p.tell(&key, *id, "harm", item).unwrap();
    }
    p.wait(3_600).unwrap();
    tick(&mut p);
    let again = say(&mut p, -3_600, 0, 5, same);
    assert_eq!(refused(again), Code::AidHarm);
    assert_eq!(p.desk.auditor.state.aid.harm.records, 5);
    // an officer says what it found; a responder does not
    let (responder, _) = p.vetted_responder("responder 1").unwrap();
    let found = rehearsal::aid::item(b"seen by an officer");
    p.tell(&officer, ids[0], "harm", found).unwrap();
    let by_other = p.tell(&responder, ids[0], "harm", rehearsal::aid::item(b"heard"));
    assert_eq!(refused(by_other), Code::AidNotYours);
}
