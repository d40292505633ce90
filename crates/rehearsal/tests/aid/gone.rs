//! Who may not help any more reads nothing more, and who asked can say so at any time.

use record::ids::{StatementId, Vkey};
use record::kind::Kind;
use record::refusal::Code;
use record::state::Promise;
use rehearsal::{MemoryDesk, Procedure};
use serde_json::json;
use tlog::SigningKey;

use super::{DAY_S, HOUR_S, figure, nothing, offered, request, stage, tick, with_desk};
use crate::support::{cast, founded, refused};

type Play<'a> = Procedure<'a, MemoryDesk>;

/// A request whose team says that the work is done.
fn resolved(p: &mut Play<'_>) -> (StatementId, SigningKey, SigningKey, StatementId) {
    let (id, requester, responder, enlisted) = offered(p);
    p.begin_work(&requester, &responder, id).unwrap();
    p.step(&responder, id, "resolved", "work-done", nothing())
        .unwrap();
    (id, requester, responder, enlisted)
}

/// Whether a key of the team reads, and how many recipients there are beside the officers'.
fn reads(p: &Play<'_>, id: &StatementId, key: &SigningKey) -> (bool, usize) {
    let aid = &p.desk.auditor.state.aid;
    let key: Vkey = rehearsal::vkey(key).unwrap();
    let r = request(p, id);
    let helps = r.is_shown_to_team() && aid.helps(r, &key, p.time);
    (helps, aid.recipients_of(r, p.time).count())
}

fn dismiss(p: &mut Play<'_>, enlisted: StatementId) {
    let officer = rehearsal::aid::officer(p.cast).unwrap();
    let body = json!({"responder": enlisted, "reason": "conduct"});
    p.say(&officer, Kind::AidDismiss, None, body).unwrap();
}

#[test]
fn who_is_dismissed_after_the_work_reads_nothing_more_and_a_no_finds_others() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, responder, enlisted) = resolved(&mut p);
    assert_eq!(reads(&p, &id, &responder), (true, 2));
    dismiss(&mut p, enlisted);
    assert_eq!(reads(&p, &id, &responder), (false, 1));
    let r = request(&p, &id);
    assert_eq!(stage(&p, &id), "resolved", "the requester still confirms");
    assert!(r.team.is_empty() && r.scope.is_none() && r.scope_until.is_none());
    p.wait(1).unwrap();
    p.step(&requester, id, "agreed", "not-resolved", nothing())
        .unwrap();
    assert_eq!(stage(&p, &id), "matching", "nobody is there to go on");
    let clock = request(&p, &id).clock(Promise::FirstAssistance, p.time);
    assert_eq!(clock.stands, aid::ClockStands::Running);
    assert_eq!(figure(&p, "assisted-in-time"), (0, 0));
    let (second, other) = p.vetted_responder("responder 2").unwrap();
    p.matched(id, &[other]).unwrap();
    p.begin_work(&requester, &second, id).unwrap();
    assert_eq!(reads(&p, &id, &second), (true, 2));
}

#[test]
fn whose_vetting_is_over_or_who_signed_another_code_reads_nothing_and_tells_nothing() {
    for by_code in [false, true] {
        let cast = cast();
        let mut desk = founded(&cast);
        let mut p = with_desk(&cast, &mut desk);
        let (id, requester, responder, enlisted) = offered(&mut p);
        p.begin_work(&requester, &responder, id).unwrap();
        assert_eq!(reads(&p, &id, &responder), (true, 2));
        let registrar = p.player(rehearsal::SeatSpecRole::Registrar).unwrap();
        let officer = rehearsal::aid::officer(&cast).unwrap();
        if by_code {
            let mut policy = rehearsal::aid::policy(&cast, 2).unwrap();
            policy["code"] = json!({"version": "code-2", "sha256": tlog::sha256(b"two")});
            p.say(&registrar.key, Kind::AidDesk, None, policy).unwrap();
        } else {
            let until = p.time.plus_seconds(60);
            let vet = json!({"responder": enlisted, "until": until});
            p.say(&officer, Kind::AidVet, None, vet).unwrap();
            p.wait(60).unwrap();
            tick(&mut p);
        }
        assert_eq!(reads(&p, &id, &responder), (false, 1));
        let word = rehearsal::aid::item(b"who are you");
        let told = p.tell(&responder, id, "message", word);
        assert_eq!(refused(told), Code::AidResponderUnfit);
        // it is looked at again, or signs the new code: the same team goes on
        if by_code {
            let mut body = rehearsal::aid::enlistment(b"again").unwrap();
            body["code"] = json!({"version": "code-2", "sha256": tlog::sha256(b"two")});
            p.say(&responder, Kind::AidEnlist, None, body).unwrap();
        } else {
            let vet = json!({"responder": enlisted, "until": p.time.plus_seconds(86_400)});
            p.say(&officer, Kind::AidVet, None, vet).unwrap();
        }
        assert_eq!(reads(&p, &id, &responder), (true, 2), "{by_code}");
    }
}

#[test]
fn no_is_taken_without_scope_and_without_consent_and_work_is_not() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, responder, _) = resolved(&mut p);
    let consent =
        |granted| json!({"request": id, "purpose": "share-with-helpers", "granted": granted});
    p.say(&requester, Kind::AidConsent, None, consent(false))
        .unwrap();
    p.wait(8 * DAY_S).unwrap();
    tick(&mut p);
    assert!(request(&p, &id).scope_until.unwrap() < p.time);
    p.step(&requester, id, "agreed", "not-resolved", nothing())
        .unwrap();
    assert_eq!(stage(&p, &id), "agreed");
    assert_eq!(figure(&p, "assisted-in-time"), (0, 0), "the clock is open");
    p.wait(DAY_S).unwrap();
    assert_eq!(figure(&p, "unassisted-overdue"), (1, 0));
    let begin = |p: &mut Play<'_>| p.step(&responder, id, "in-progress", "scope-signed", nothing());
    assert_eq!(refused(begin(&mut p)), Code::AidConsentMissing);
    p.say(&requester, Kind::AidConsent, None, consent(true))
        .unwrap();
    assert_eq!(refused(begin(&mut p)), Code::AidScopeMissing);
    p.sign_scope(&requester, id).unwrap();
    begin(&mut p).unwrap();
    // who asked for a pause goes on when they like; whoever helps needs a scope that holds
    p.step(&requester, id, "paused", "requester-asked", nothing())
        .unwrap();
    p.wait(8 * DAY_S).unwrap();
    tick(&mut p);
    let by_helper = p.step(&responder, id, "in-progress", "resumed", nothing());
    assert_eq!(refused(by_helper), Code::AidScopeMissing);
    p.step(&requester, id, "in-progress", "resumed", nothing())
        .unwrap();
}

#[test]
fn what_remains_forgets_no_team_and_no_crossing() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, _, _) = offered(&mut p);
    assert!(!request(&p, &id).was_shown, "an offer shows nothing");
    p.step(&requester, id, "agreed", "team-taken", nothing())
        .unwrap();
    let item = request(&p, &id).items[0].item.commitment;
    let cross = |granted| json!({"request": id, "purpose": "case", "granted": granted, "into_case": "case-1", "items": [item]});
    p.say(&requester, Kind::AidConsent, None, cross(true))
        .unwrap();
    p.wait(HOUR_S).unwrap();
    p.say(&requester, Kind::AidConsent, None, cross(false))
        .unwrap();
    p.step(&requester, id, "withdrawn", "taken-back", nothing())
        .unwrap();
    let r = request(&p, &id);
    assert!(r.team.is_empty() && r.before.is_empty());
    assert!(r.was_shown, "the team read before it began");
    assert_eq!(r.crossed.len(), 1, "what crossed is not called back");
}
