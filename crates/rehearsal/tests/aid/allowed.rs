//! What the requester allows: that helpers see it, and what they may do. Nothing stands for a word not said.

use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{MemoryDesk, Procedure};
use serde_json::{Value, json};

use super::{nothing, offered, stage, with_desk};
use crate::support::{cast, founded, refused};

fn scope(p: &Procedure<'_, MemoryDesk>, id: record::ids::StatementId, of: tlog::Hash) -> Value {
    json!({"request": id, "scope": of, "until": p.time.plus_seconds(3_600)})
}

#[test]
fn a_scope_is_an_item_of_this_request_that_the_requester_told() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, responder, _) = offered(&mut p);
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let [mine, of_officer, of_helper, of_other] = [
        &b"mine"[..],
        b"of the officer",
        b"of the helper",
        b"of another request",
    ]
    .map(rehearsal::aid::item);
    p.tell(&requester, id, "message", mine).unwrap();
    p.tell(&officer, id, "message", of_officer).unwrap();
    p.tell(&responder, id, "message", of_helper).unwrap();
    let stranger = cast.key("requester 2").unwrap();
    p.ask_for_help(&stranger, b"of another request").unwrap();
    let unknown = tlog::sha256(b"nobody told this");
    for bad in [
        unknown,
        of_officer.commitment,
        of_helper.commitment,
        of_other.commitment,
    ] {
        let body = scope(&p, id, bad);
        let signed = p.say(&requester, Kind::AidScope, None, body);
        assert_eq!(refused(signed), Code::AidScopeMissing);
    }
    let body = scope(&p, id, mine.commitment);
    p.say(&requester, Kind::AidScope, None, body).unwrap();
}

#[test]
fn nobody_is_offered_and_nobody_begins_without_consent_to_share() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let requester = cast.key("requester 1").unwrap();
    let mut body = rehearsal::aid::request(&[rehearsal::aid::item(b"a story")], None);
    body["consent"]["share_with_helpers"] = json!(false);
    let id = p.say(&requester, Kind::AidRequest, None, body).unwrap();
    p.triage(id, "P2").unwrap();
    let (responder, enlisted) = p.vetted_responder("responder 1").unwrap();
    assert_eq!(refused(p.matched(id, &[enlisted])), Code::AidConsentMissing);
    let consent =
        |granted| json!({"request": id, "purpose": "share-with-helpers", "granted": granted});
    p.say(&requester, Kind::AidConsent, None, consent(true))
        .unwrap();
    p.matched(id, &[enlisted]).unwrap();
    p.step(&requester, id, "agreed", "team-taken", nothing())
        .unwrap();
    p.sign_scope(&requester, id).unwrap();
    p.wait(1).unwrap();
    p.say(&requester, Kind::AidConsent, None, consent(false))
        .unwrap();
    let begin = |p: &mut Procedure<'_, MemoryDesk>| {
        p.step(&responder, id, "in-progress", "scope-signed", nothing())
    };
    assert_eq!(refused(begin(&mut p)), Code::AidConsentMissing);
    p.wait(1).unwrap();
    p.say(&requester, Kind::AidConsent, None, consent(true))
        .unwrap();
    begin(&mut p).unwrap();
    assert_eq!(stage(&p, &id), "in-progress");
}

#[test]
fn no_name_stands_in_the_text_of_a_key() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let item = rehearsal::aid::item(b"a story");
    let named = cast.key("clinic-of-st-mary 1").unwrap();
    let bare = rehearsal::aid::request(&[item], None);
    let asked = p.say(&named, Kind::AidRequest, None, bare);
    assert_eq!(refused(asked), Code::AidKeyName);
    let requester = cast.key("requester 1").unwrap();
    let by_proxy = rehearsal::aid::request(&[item], Some(&named));
    let asked = p.say(&requester, Kind::AidRequest, None, by_proxy);
    assert_eq!(refused(asked), Code::AidKeyName);
    let enlist = rehearsal::aid::enlistment(b"p").unwrap();
    let enlisted = p.say(&named, Kind::AidEnlist, None, enlist);
    assert_eq!(refused(enlisted), Code::AidKeyName);
    let registrar = &p.player(rehearsal::SeatSpecRole::Registrar).unwrap().key;
    let notice = json!({
        "template": "vulnerability", "text": item.commitment, "due": p.time.plus_seconds(3_600),
        "answer_key": cast.key("ministry-of-a 1").unwrap().verifier_key().to_string(),
    });
    let given = p.say(registrar, Kind::AidNotice, None, notice);
    assert_eq!(refused(given), Code::AidKeyName);
    // a proxy with words of its own has a requester's key
    let proxy = cast.key("requester 2").unwrap();
    let by_proxy = rehearsal::aid::request(&[item], Some(&proxy));
    p.say(&requester, Kind::AidRequest, None, by_proxy).unwrap();
}
