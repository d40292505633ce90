//! Every stage × stage × capacity × reason, judged against the workflow's table.

use aid::{Reason, Role, Stage, TRANSITIONS, Wait};
use record::kind::Kind;
use record::refusal::Code;
use record::rules;
use record::statement::{Draft, Statement};
use serde_json::json;

use super::{offered, with_desk};
use crate::support::{ORIGIN, at, cast, founded};

/// What the rules must say of a step, from the table alone; `None` where it must pass or fails only
/// for what the step needs besides.
fn wanted(from: Stage, to: Stage, role: Role, reason: Reason) -> Option<Code> {
    let rows = || TRANSITIONS.iter().filter(|t| t.from == from && t.to == to);
    if rows().next().is_none() {
        return Some(Code::AidWrongState);
    }
    // an officer speaks for triage and for the desk
    let officer = [Role::Triage, Role::Desk];
    let may = |row: &&aid::Transition| {
        row.roles.contains(&role)
            || (officer.contains(&role) && row.roles.iter().any(|r| officer.contains(r)))
    };
    if !rows().any(|row| may(&row)) {
        return Some(Code::AidNotYours);
    }
    match rows().find(|row| may(row) && row.reasons.contains(&reason)) {
        None => Some(Code::AidReason),
        Some(row) => (row.wait != Wait::None).then_some(Code::AidTooEarly),
    }
}

#[test]
fn every_step_is_judged_as_the_workflow_says() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, responder, _) = offered(&mut p);
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let proxy = cast.key("proxy 1").unwrap();
    let mut state = desk.auditor.state.clone();
    let size = desk.auditor.size();
    let now = state.global.time.unwrap();
    let request = state.aid.requests.get_mut(&id).unwrap();
    request.proxy = Some(record::body::aid::Proxy {
        key: rehearsal::vkey(&proxy).unwrap(),
        recipient: rehearsal::aid::PROXY_RECIPIENT.parse().unwrap(),
    });
    let keys = [
        (Role::Requester, &requester),
        (Role::Proxy, &proxy),
        (Role::Triage, &officer),
        (Role::Responder, &responder),
    ];
    let (mut cells, mut passed) = (0, 0);
    for from in Stage::ALL {
        let standing = &mut state.aid.requests.get_mut(&id).unwrap().standing;
        standing.stage = *from;
        standing.since_s = now.unix_seconds();
        standing.silent_since_s = Some(standing.since_s);
        standing.waits_for_requester = *from == Stage::Paused;
        for to in Stage::ALL {
            // a paused request goes on where it stopped
            let standing = &mut state.aid.requests.get_mut(&id).unwrap().standing;
            standing.resumes = (*from == Stage::Paused).then_some(*to);
            let row = TRANSITIONS.iter().find(|t| t.from == *from && t.to == *to);
            let right = row.map_or(Reason::Checks, |r| r.reasons[0]);
            let wrong = if right == Reason::Done {
                Reason::Rest
            } else {
                Reason::Done
            };
            for (role, key) in keys {
                for reason in [right, wrong] {
                    let draft = Draft {
                        record: ORIGIN.to_owned(),
                        issued: now,
                        case: None,
                        kind: Kind::AidStep,
                        body: json!({"request": id, "to": to, "reason": reason}),
                    };
                    let signed = draft
                        .sign(key, &[1; 32], at("2020-01-01T00:00:00Z"))
                        .unwrap();
                    let step = Statement::parse(&signed.entry).unwrap().verify().unwrap();
                    let code = rules::judge(&state, size, &step).err().map(|r| r.code);
                    let wanted = wanted(*from, *to, role, reason);
                    let place = format!("{from} to {to} by {role} for {reason}: {code:?}");
                    match wanted {
                        Some(_) => assert_eq!(code, wanted, "{place}"),
                        None => {
                            let needs = [
                                Code::AidStepFields,
                                Code::AidScopeMissing,
                                Code::AidNothingAsked,
                            ];
                            assert!(code.is_none_or(|c| needs.contains(&c)), "{place}");
                            passed += 1;
                        }
                    }
                    cells += 1;
                }
            }
        }
    }
    assert_eq!(cells, Stage::ALL.len() * Stage::ALL.len() * 4 * 2);
    assert!(
        passed > TRANSITIONS.len(),
        "{passed} of {cells} cells pass the table"
    );
}
