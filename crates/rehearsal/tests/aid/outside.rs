//! Notices between states and relays of vulnerabilities.

use record::kind::Kind;
use record::refusal::Code;
use serde_json::json;

use super::{DAY_S, figure, tick, with_desk};
use crate::support::{cast, founded, refused};

#[test]
fn a_notice_is_received_once_by_the_key_the_addressee_chose() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let registrar = p
        .player(rehearsal::SeatSpecRole::Registrar)
        .unwrap()
        .key
        .clone();
    let answer = cast.key("answer addressee").unwrap();
    let text = tlog::sha256(b"commitment");
    let notice = |key: String, due| json!({"template": "activity-observed", "text": text, "answer_key": key, "due": due});
    let due = p.time.plus_seconds(86_400);
    let known = registrar.verifier_key().to_string();
    let named = p.say(&registrar, Kind::AidNotice, None, notice(known, due));
    assert_eq!(
        refused(named),
        Code::AidNotice,
        "a known key would name the addressee"
    );
    let fresh = answer.verifier_key().to_string();
    let past = p.say(
        &registrar,
        Kind::AidNotice,
        None,
        notice(fresh.clone(), p.time),
    );
    assert_eq!(refused(past), Code::AidNotice);
    let id = p
        .say(&registrar, Kind::AidNotice, None, notice(fresh, due))
        .unwrap();
    let receipt = json!({"of": id});
    let stranger = cast.key("stranger").unwrap();
    let other = p.say(&stranger, Kind::AidReceipt, None, receipt.clone());
    assert_eq!(refused(other), Code::RoleNotAllowed);
    p.say(&answer, Kind::AidReceipt, None, receipt.clone())
        .unwrap();
    p.wait(1).unwrap();
    assert_eq!(
        refused(p.say(&answer, Kind::AidReceipt, None, receipt)),
        Code::AidNotice
    );
    // a receipt has no field in which anything could be admitted
    let admitting = json!({"of": id, "admits": true});
    assert!(p.sign(&answer, Kind::AidReceipt, None, admitting).is_err());
}

/// Why docs/aid-statements.md, section 5, says that a receipt proves nothing about the addressee.
#[test]
fn a_sender_can_make_the_receipt_of_its_own_notice() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let registrar = p
        .player(rehearsal::SeatSpecRole::Registrar)
        .unwrap()
        .key
        .clone();
    let made_by_the_sender = cast.key("answer of-nobody").unwrap();
    let notice = json!({
        "template": "activity-observed", "text": tlog::sha256(b"text"), "due": p.time.plus_seconds(86_400),
        "answer_key": made_by_the_sender.verifier_key().to_string(),
    });
    let id = p.say(&registrar, Kind::AidNotice, None, notice).unwrap();
    p.say(
        &made_by_the_sender,
        Kind::AidReceipt,
        None,
        json!({"of": id}),
    )
    .unwrap();
    assert!(p.desk.auditor.state.aid.notices[&id].received.is_some());
    let said = [
        include_str!("../../../../docs/aid-statements.md"),
        aid::RECEIPT_MEANING,
    ];
    for text in said {
        let words: Vec<_> = text.split_whitespace().collect();
        assert!(
            words
                .join(" ")
                .replace("**", "")
                .contains("proves nothing about the addressee")
        );
    }
}

#[test]
fn an_embargo_holds_until_its_end_or_until_who_mends_it_agrees() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let vendor = cast.key("answer vendor").unwrap();
    let relay = |key: &tlog::SigningKey, until| json!({"report": tlog::sha256(b"r"), "answer_key": key.verifier_key().to_string(), "embargo_until": until});
    for days in [0, 181] {
        let until = p.time.plus_seconds(days * 86_400);
        let out = p.say(&officer, Kind::AidRelay, None, relay(&vendor, until));
        assert_eq!(refused(out), Code::AidEmbargo, "{days} days");
    }
    let until = p.time.plus_seconds(90 * 86_400);
    let id = p
        .say(&officer, Kind::AidRelay, None, relay(&vendor, until))
        .unwrap();
    let open =
        |id, reason| json!({"relay": id, "reason": reason, "advisory_sha256": tlog::sha256(b"a")});
    let early = p.say(
        &officer,
        Kind::AidRelayOpen,
        None,
        open(id, "embargo-ended"),
    );
    assert_eq!(refused(early), Code::AidEmbargo);
    let forged = p.say(
        &officer,
        Kind::AidRelayOpen,
        None,
        open(id, "vendor-agreed"),
    );
    assert_eq!(refused(forged), Code::AidNotYours);
    p.say(&vendor, Kind::AidRelayOpen, None, open(id, "vendor-agreed"))
        .unwrap();
    let other = cast.key("answer vendor-2").unwrap();
    let until = p.time.plus_seconds(86_400);
    let second = p
        .say(&officer, Kind::AidRelay, None, relay(&other, until))
        .unwrap();
    p.wait(DAY_S).unwrap();
    tick(&mut p);
    p.say(
        &officer,
        Kind::AidRelayOpen,
        None,
        open(second, "embargo-ended"),
    )
    .unwrap();
    p.wait(1).unwrap();
    let twice = p.say(
        &officer,
        Kind::AidRelayOpen,
        None,
        open(second, "exploited"),
    );
    assert_eq!(refused(twice), Code::AidNotice);
}

#[test]
fn a_receipt_that_is_due_and_an_embargo_that_is_over_are_counted_and_paged_until_somebody_acts() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let registrar = p.player(rehearsal::SeatSpecRole::Registrar).unwrap();
    let [answer, vendor] = ["answer addressee", "answer vendor"].map(|n| cast.key(n).unwrap());
    let (text, day) = (tlog::sha256(b"text"), p.time.plus_seconds(86_400));
    let notice = json!({"template": "all-clear", "text": text, "answer_key": answer.verifier_key().to_string(), "due": day});
    let notice = p
        .say(&registrar.key, Kind::AidNotice, None, notice)
        .unwrap();
    let relay = json!({"report": text, "answer_key": vendor.verifier_key().to_string(), "embargo_until": day});
    let relay = p.say(&officer, Kind::AidRelay, None, relay).unwrap();
    let counts = |p: &rehearsal::Procedure<'_, rehearsal::MemoryDesk>| {
        let names = ["notices", "receipts-overdue", "relays", "embargoes-over"];
        let alarms = p.desk.auditor.state.aid.alarms(p.time);
        let alarms: Vec<_> = alarms.iter().map(|a| a.promise.as_str()).collect();
        (names.map(|name| figure(p, name).0), alarms)
    };
    p.wait(DAY_S - 1).unwrap();
    assert_eq!(counts(&p), ([1, 0, 1, 0], vec![]));
    p.wait(1).unwrap();
    tick(&mut p);
    let mut late = counts(&p);
    late.1.sort_unstable();
    assert_eq!(late, ([1, 1, 1, 1], vec!["embargo", "receipt"]));
    p.say(&answer, Kind::AidReceipt, None, json!({"of": notice}))
        .unwrap();
    let open = json!({"relay": relay, "reason": "embargo-ended", "advisory_sha256": text});
    p.say(&officer, Kind::AidRelayOpen, None, open).unwrap();
    assert_eq!(counts(&p), ([1, 0, 1, 0], vec![]));
}
