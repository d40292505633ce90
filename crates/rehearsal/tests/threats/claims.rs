//! Against claim checks: edited outcomes, judges of their own state, a changed claim.

use record::bundle;
use record::kind::Kind;
use record::refusal::Code;
use rehearsal::CaseScript;
use serde_json::{Value, json};

use crate::claims::{claim, state};
use crate::support::{before_panel, cast, founded, refused, rest_of_round, script, vote_and_open};

use super::{fails_at, publish, reviewer, start};

fn claiming(id: &str, says: &[Value]) -> CaseScript {
    CaseScript {
        claim: Some(claim(says)),
        ..script(id)
    }
}

/// Publishes what the rules derive, with something changed and voted on as changed.
fn edited(says: &[Value], edit: impl FnOnce(&mut Value)) -> Code {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = claiming("edited", says);
    before_panel(&mut p, &s, true);
    p.assign(&s.id).unwrap();
    p.review_all(&s).unwrap();
    p.disclose_reviews(&s.id).unwrap();
    let mut proposal = serde_json::to_value(p.propose(&s.id).unwrap().0).unwrap();
    edit(&mut proposal);
    let proposal = serde_json::from_value(proposal).unwrap();
    vote_and_open(&mut p, &s.id, &proposal);
    let body = p.finding_body(&s.id, &proposal).unwrap();
    publish(&mut p, &s, body)
}

#[test]
fn edited_assertion_outcomes() {
    let wrong = [state("XB"), state("XC")];
    type Edit = fn(&mut Value);
    let edits: [Edit; 6] = [
        |p| p["assertions"][0]["outcome"] = json!("not-supported"),
        |p| p["assertions"][0]["because"] = json!("undecided"),
        |p| p["assertions"][1]["outcome"] = json!("exonerated"),
        |p| p["assertions"].as_array_mut().unwrap().clear(),
        |p| p["exonerated"] = json!(["XB", "XC"]),
        |p| p["assertions"][0]["likelihood_ppm"] = json!(1),
    ];
    for edit in edits {
        assert_eq!(edited(&wrong, edit), Code::NotRecomputed);
    }
    // A state the claim does not speak of: the evidence would carry the name, the question does not.
    let names = |p: &mut Value| p["named"] = json!({"state": "XA", "placement": "title"});
    assert_eq!(edited(&wrong, names), Code::ReplyWindow);
    assert_eq!(
        edited(&wrong, |p| p["outcome"] = json!("attributed")),
        Code::NotRecomputed
    );
}

#[test]
fn a_reviewer_does_not_clear_its_own_state() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = claiming("tied", &[state("XB")]);
    let tied = json!({"states": ["XB"], "employer": "institute", "funders": []});
    p.say(&reviewer(&cast, 2).key, Kind::MemberDeclare, None, tied)
        .unwrap();
    before_panel(&mut p, &s, true);
    let proposal = rest_of_round(&mut p, &s);
    assert_eq!(proposal.exonerated[0].as_str(), "XB");
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::Conflicted);
    // without that vote the others carry it
    let mut body = p.finding_body(&s.id, &proposal).unwrap();
    body["votes"].as_array_mut().unwrap().remove(2);
    let registrar = p.player(rehearsal::SeatSpecRole::Registrar).unwrap();
    p.say(&registrar.key, Kind::Finding, Some(&s.id), body)
        .unwrap();
}

#[test]
fn a_name_in_a_claim_check_needs_notice_and_reply() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = claiming("no-notice", &[state("XA"), state("XB")]);
    before_panel(&mut p, &s, true);
    p.assign(&s.id).unwrap();
    p.review_all(&s).unwrap();
    p.disclose_reviews(&s.id).unwrap();
    let (proposal, _) = p.propose(&s.id).unwrap();
    assert!(proposal.named.is_some());
    vote_and_open(&mut p, &s.id, &proposal);
    assert_eq!(refused(p.publish(&s.id, &proposal)), Code::ReplyWindow);
    // a notice to the other state of the claim is not a notice to the named one
    let (notice, key) = p.notice(&s.id, "XB").unwrap();
    let text = json!({"notice": notice, "text_sha256": tlog::sha256(b"Not us.")});
    p.say(&key, Kind::Reply, Some(&s.id), text).unwrap();
    p.wait(15 * crate::support::DAY_S).unwrap();
    p.disclose_analysis(&s.id).unwrap();
    let body = p.finding_body(&s.id, &proposal).unwrap();
    assert_eq!(publish(&mut p, &s, body), Code::ReplyWindow);
}

#[test]
fn a_bundle_with_another_claim_or_other_outcomes_fails() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = claiming("tampered", &[state("XB")]);
    before_panel(&mut p, &s, true);
    let proposal = rest_of_round(&mut p, &s);
    let finding = p.publish(&s.id, &proposal).unwrap();
    let record = &desk.auditor.state;
    let bundle = bundle::build(record, &record.cases[&s.id], finding, &desk, Vec::new()).unwrap();
    let (v, _) = bundle::verify(bundle.to_string().as_bytes(), None);
    assert!(v.holds(), "{:?}", v.report);
    for (from, to) in [("\"XB\"", "\"XC\""), ("\"cleared\"", "\"undecided\"")] {
        let mut forged = bundle.clone();
        let mut changed = 0;
        for statement in &mut forged.statements {
            changed += usize::from(swap_payload(&mut statement.entry, from, to));
        }
        assert!(changed > 0, "{from}");
        assert_eq!(fails_at(&forged, None), "inclusion");
    }
}

/// Replaces words in the signed payload, leaving the signature as it is.
fn swap_payload(envelope: &mut Vec<u8>, from: &str, to: &str) -> bool {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let mut value: Value = serde_json::from_slice(envelope).unwrap();
    let payload = STANDARD.decode(value["payload"].as_str().unwrap()).unwrap();
    let text = String::from_utf8(payload).unwrap();
    if !text.contains(from) {
        return false;
    }
    value["payload"] = json!(STANDARD.encode(text.replace(from, to)));
    *envelope = record::json::canonical(&value).into_bytes();
    true
}
