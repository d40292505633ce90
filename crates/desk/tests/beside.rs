//! What is said beside the cases, and about what was said.

use rehearsal::SeatSpecRole;
use serde_json::json;

use crate::room::Room;

#[test]
fn a_question_is_asked_answered_opened_and_resolved() {
    let mut room = Room::founded();
    let registrar = room.player(SeatSpecRole::Registrar);
    let reviewer = room.player(SeatSpecRole::Reviewer);
    let closes = room.time.plus_seconds(30 * 86_400);
    let ask = json!({
        "question": "rain", "closes": closes, "outcomes": ["yes", "no"], "text_sha256": tlog::sha256(b"?"),
    });
    room.say(&registrar, "calibration.ask", None, &ask);
    let wrong = json!({"question": "rain", "content": {"ppm": [1, 2]}});
    let draft = room.draft(&reviewer, "calibration.answer", &json!(null), &wrong);
    assert!(draft["problem"].as_str().unwrap().contains("sum to 3"));
    let answer = json!({"content": {"ppm": [700_000, 300_000]}});
    room.say(&reviewer, "calibration.answer", None, &answer);
    assert!(
        !room
            .offered(&reviewer)
            .contains(&"calibration.open".to_owned())
    );
    room.wait(31 * 86_400);
    room.say(&reviewer, "calibration.open", None, &json!({}));
    let outcome = json!({"outcome": "yes", "evidence_sha256": tlog::sha256(b"wet")});
    room.say(&registrar, "calibration.resolve", None, &outcome);
    let question = &room
        .memory
        .auditor
        .state
        .global
        .questions
        .values()
        .next()
        .unwrap();
    assert_eq!(question.resolved.as_ref().unwrap().outcome, 0);
}

#[test]
fn a_complaint_is_answered_by_who_has_no_part_in_it() {
    let mut room = Room::founded();
    let reporter = room.cast.key("someone").unwrap();
    let account = tlog::sha256(b"What happened to us.");
    let report = json!({"incident": "disruption", "sector": "health", "happened": "2026-11-19", "account_sha256": account});
    let report = room.say(&reporter, "report", None, &report);
    let complaint = json!({"about": "selection", "statement": report, "text_sha256": account});
    room.say(&reporter, "complaint", None, &complaint);
    let registrar = room.player(SeatSpecRole::Registrar);
    assert!(
        !room
            .offered(&registrar)
            .contains(&"complaint.answer".to_owned())
    );
    let reviewer = room.player(SeatSpecRole::Reviewer);
    let answer = json!({"reason": "upheld", "text_sha256": account});
    room.say(&reviewer, "complaint.answer", None, &answer);
    assert!(
        !room
            .offered(&reviewer)
            .contains(&"complaint.answer".to_owned())
    );
}

#[test]
fn a_member_declares_rotates_and_is_told_that_its_old_key_is_spent() {
    let mut room = Room::founded();
    let reviewer = room.player(SeatSpecRole::Reviewer);
    let declared = json!({"states": ["CH", "FR"], "employer": "university", "funders": []});
    room.say(&reviewer, "member.declare", None, &declared);
    let id = room
        .cast
        .one(SeatSpecRole::Reviewer)
        .unwrap()
        .spec
        .id
        .clone();
    let members = &room.memory.auditor.state.global.members;
    assert_eq!(members[&id].declared.as_ref().unwrap().states.len(), 2);
    let wanted = members[&id].next_key_sha256;
    let next = room.cast.one(SeatSpecRole::Reviewer).unwrap().next.clone();
    let next_vkey = next.verifier_key().to_string();
    assert_eq!(tlog::sha256(next_vkey.as_bytes()), wanted);
    let after = json!({"next_key_sha256": tlog::sha256(b"one more")});
    room.say(&next, "member.rotate", None, &after);
    let spent = room.next(&reviewer);
    assert_eq!(spent["was"], json!({"member": id, "why": "superseded"}));
    assert_eq!(spent["tasks"], json!([]));
    assert_eq!(room.next(&next)["role"], "reviewer");
    let leaves = json!({"member": id, "reason": "ended"});
    room.say(&next, "member.revoke", None, &leaves);
    assert_eq!(room.next(&next)["was"]["why"], "revoked");
}

#[test]
fn what_a_registrar_says_beside_the_cases() {
    let mut room = Room::founded();
    let registrar = room.player(SeatSpecRole::Registrar);
    let always = room.always(&registrar);
    for kind in [
        "funding",
        "norm.register",
        "state.accede",
        "warn",
        "member.enrol",
        "member.revoke",
        "complaint",
    ] {
        assert!(always.contains(&kind.to_owned()), "{kind} in {always:?}");
    }
    let received = json!({"kind": "received", "source": "foundation", "jurisdiction": "CH", "amount": 1_000, "year": 2026});
    room.say(&registrar, "funding", None, &received);
    let warning = json!({"sectors": ["health"], "advisory_sha256": tlog::sha256(b"patch now")});
    room.say(&registrar, "warn", None, &warning);
    let global = &room.memory.auditor.state.global;
    assert_eq!((global.funding.len(), global.warnings.len()), (1, 1));
}
