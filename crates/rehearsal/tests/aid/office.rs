//! Officers come and go: what was sealed to those before is known for it, and nothing is sealed to nobody.

use record::kind::Kind;
use record::refusal::Code;
use record::time::Timestamp;
use rehearsal::SeatSpecRole;
use serde_json::{Value, json};

use super::with_desk;
use crate::support::{cast, founded, refused};

type Play<'a> = rehearsal::Procedure<'a, rehearsal::MemoryDesk>;

/// An officer of a rehearsed desk, by number; 1 is the one that every desk here begins with.
fn officer(p: &Play<'_>, number: u32) -> Value {
    if number == 1 {
        return rehearsal::aid::policy(p.cast, 1).unwrap()["officers"][0].clone();
    }
    let key = p.cast.key(&format!("aid-officer-{number}")).unwrap();
    let recipient = rehearsal::aid::RECIPIENT.replace('q', &number.to_string());
    json!({"key": key.verifier_key().to_string(), "recipient": recipient, "lead": true})
}

/// Names a desk of these officers.
fn name(p: &mut Play<'_>, version: u32, officers: &[u32]) -> Timestamp {
    p.wait(3_600).unwrap();
    let mut policy = rehearsal::aid::policy(p.cast, version).unwrap();
    policy["officers"] = officers.iter().map(|n| officer(p, *n)).collect();
    let registrar = p.player(SeatSpecRole::Registrar).unwrap().key.clone();
    p.say(&registrar, Kind::AidDesk, None, policy).unwrap();
    p.desk.auditor.state.global.time.unwrap()
}

/// Asks under a fresh key, sealed to a version of the desk.
fn ask(p: &mut Play<'_>, asker: &str, desk: u32) -> Result<(), Code> {
    let key = p.cast.key(asker).unwrap();
    let mut body = rehearsal::aid::request(&[rehearsal::aid::item(asker.as_bytes())], None);
    body["desk"] = json!(desk);
    match p.say(&key, Kind::AidRequest, None, body) {
        Ok(_) => Ok(()),
        refusal => Err(refused(refusal)),
    }
}

#[test]
fn a_request_sealed_to_nobody_in_office_is_not_taken() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    ask(&mut p, "requester 1", 1).unwrap();
    // one stays: what is sealed to the desk before is read by that one
    name(&mut p, 2, &[1, 2]);
    ask(&mut p, "requester 2", 1).unwrap();
    ask(&mut p, "requester 3", 2).unwrap();
    // nobody stays: only what is sealed to those in office is taken
    name(&mut p, 3, &[3]);
    assert_eq!(ask(&mut p, "requester 4", 2), Err(Code::AidDeskVersion));
    ask(&mut p, "requester 4", 3).unwrap();
    // the same officers under another policy read what is sealed to them
    name(&mut p, 4, &[3]);
    ask(&mut p, "requester 5", 3).unwrap();
    assert_eq!(ask(&mut p, "requester 6", 2), Err(Code::AidDeskVersion));
}

#[test]
fn the_record_knows_since_when_its_officers_read() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let since = |p: &Play<'_>| {
        let office = &p.desk.auditor.state.aid.in_office;
        (
            office.readable_since().unwrap(),
            office.readable_by_all_since().unwrap(),
        )
    };
    let first = since(&p).0;
    assert_eq!(since(&p), (first, first));
    let second = name(&mut p, 2, &[1, 2]);
    assert_eq!(since(&p), (first, second), "the one who stayed, and all");
    let third = name(&mut p, 3, &[2]);
    assert!(third > second);
    assert_eq!(
        since(&p),
        (second, second),
        "who left reads nothing more for the desk"
    );
    let fourth = name(&mut p, 4, &[1, 2]);
    assert_eq!(since(&p), (second, fourth), "who comes back was away");
    let fifth = name(&mut p, 5, &[3]);
    assert_eq!(since(&p), (fifth, fifth));
}
