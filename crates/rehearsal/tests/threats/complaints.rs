//! Against complaints: burying one, sitting on one, drowning them.

use record::body::others::{MAX_COMPLAINTS_PER_ANSWER, MAX_OPEN_COMPLAINTS};
use record::ids::StatementId;
use record::independence::{Complaints, index};
use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{MemoryDesk, Procedure, RehearsalError, SeatSpecRole};
use serde_json::json;
use tlog::SigningKey;

use super::{reviewer, start};
use crate::support::{DAY_S, before_panel, cast, founded, refused, script};

type Desk<'a> = Procedure<'a, MemoryDesk>;

fn complain(
    p: &mut Desk<'_>,
    key: &SigningKey,
    about: &str,
    statement: StatementId,
    n: u32,
) -> Result<StatementId, RehearsalError> {
    let text = tlog::sha256(format!("complaint {n}").as_bytes());
    let body = json!({"about": about, "statement": statement, "text_sha256": text});
    p.say(key, Kind::Complaint, None, body)
}

fn answer(
    p: &mut Desk<'_>,
    key: &SigningKey,
    complaints: &[StatementId],
) -> Result<StatementId, RehearsalError> {
    let text = tlog::sha256(b"answer");
    let body = json!({"complaints": complaints, "reason": "not-upheld", "text_sha256": text});
    p.say(key, Kind::ComplaintAnswer, None, body)
}

/// Any statement: it brings a tick of the present time.
fn anything(p: &mut Desk<'_>) {
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    let body = json!({"sectors": ["health"], "advisory_sha256": tlog::sha256(b"advisory")});
    p.say(&registrar.key, Kind::Warn, None, body).unwrap();
}

fn figures(p: &Desk<'_>) -> Complaints {
    index(&p.desk.auditor.state).complaints
}

/// A statement to complain of: what a reviewer declared.
fn declared(p: &mut Desk<'_>, n: usize) -> StatementId {
    let me = reviewer(p.cast, n);
    let body = json!({"states": [], "employer": "institute", "funders": []});
    p.say(&me.key, Kind::MemberDeclare, None, body).unwrap()
}

#[test]
fn a_complaint_nobody_answers_is_overdue_for_everybody() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let about = declared(&mut p, 0);
    let stranger = cast.key("stranger").unwrap();
    let complaint = complain(&mut p, &stranger, "conduct", about, 0).unwrap();
    p.wait(30 * DAY_S).unwrap();
    anything(&mut p);
    assert_eq!((figures(&p).all.open, figures(&p).all.overdue), (1, 0));
    p.wait(1).unwrap();
    anything(&mut p);
    let figures_now = figures(&p);
    assert_eq!((figures_now.all.open, figures_now.all.overdue), (0, 1));
    assert_eq!(figures_now.overdue[0].complaint, complaint);
    assert!(!figures_now.overdue[0].known);
    assert_eq!(figures_now.by_subject[0].overdue, 1);
    // an answer that comes late stays late
    answer(&mut p, &reviewer(&cast, 1).key, &[complaint]).unwrap();
    let all = figures(&p).all;
    assert_eq!((all.overdue, all.late, all.in_time), (0, 1, 0));
    assert_eq!(all.reasons["not-upheld"], 1);
}

#[test]
fn nobody_answers_in_its_own_cause() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let about = declared(&mut p, 0);
    let accused = reviewer(&cast, 0);
    let complainer = reviewer(&cast, 1);
    let complaint = complain(&mut p, &complainer.key, "conduct", about, 0).unwrap();
    for own in [accused, complainer] {
        let code = refused(answer(&mut p, &own.key, &[complaint]));
        assert_eq!(code, Code::ComplaintOwn);
    }
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    let code = refused(answer(&mut p, &registrar.key, &[complaint]));
    assert_eq!(code, Code::RoleNotAllowed);
    let other = reviewer(&cast, 2);
    let answered = answer(&mut p, &other.key, &[complaint]).unwrap();
    let again = answer(&mut p, &reviewer(&cast, 3).key, &[complaint]);
    assert_eq!(refused(again), Code::ComplaintAnswered);
    // an answer can be complained of, and its author does not answer that
    let second = complain(&mut p, &complainer.key, "procedure", answered, 1).unwrap();
    let code = refused(answer(&mut p, &other.key, &[second]));
    assert_eq!(code, Code::ComplaintOwn);
    answer(&mut p, &reviewer(&cast, 3).key, &[second]).unwrap();
}

#[test]
fn an_answer_names_complaints_each_once() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let about = declared(&mut p, 0);
    let me = reviewer(&cast, 1);
    let mut all = Vec::new();
    for n in 0..=MAX_COMPLAINTS_PER_ANSWER as u32 {
        let key = cast.key(&format!("stranger-{n}")).unwrap();
        all.push(complain(&mut p, &key, "privacy", about, n).unwrap());
    }
    let bad = [vec![], all.clone(), vec![all[0], all[0]], vec![about]];
    for complaints in bad {
        let code = refused(answer(&mut p, &me.key, &complaints));
        assert_eq!(code, Code::ComplaintUnknown, "{}", complaints.len());
    }
    answer(&mut p, &me.key, &all[1..]).unwrap();
    let figures = figures(&p).all;
    assert_eq!(
        (figures.received, figures.in_time, figures.open),
        (65, 64, 1)
    );
    assert_eq!((figures.keys, figures.known), (65, 0));
}

#[test]
fn a_flood_of_complaints_by_one_key() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let about = declared(&mut p, 0);
    let flood = cast.key("flood").unwrap();
    let mut open = Vec::new();
    for n in 0..MAX_OPEN_COMPLAINTS {
        open.push(complain(&mut p, &flood, "conduct", about, n).unwrap());
    }
    let one_more = |p: &mut Desk<'_>| complain(p, &flood, "conduct", about, 99);
    assert_eq!(refused(one_more(&mut p)), Code::ComplaintsOpen);
    // it keeps nobody else out
    let honest = cast.key("honest").unwrap();
    complain(&mut p, &honest, "conduct", about, 100).unwrap();
    answer(&mut p, &reviewer(&cast, 1).key, &open[..1]).unwrap();
    one_more(&mut p).unwrap();
    // and does not hide a complaint of someone the record knows
    let s = script("known");
    let file = before_panel(&mut p, &s, true);
    let known = complain(&mut p, &file.reporter, "selection", file.report, 101).unwrap();
    p.wait(31 * DAY_S).unwrap();
    anything(&mut p);
    let figures = figures(&p);
    assert_eq!(figures.overdue[0].complaint, known);
    assert_eq!((figures.all.overdue, figures.all.known), (10, 1));
}

#[test]
fn a_deadline_is_not_moved_by_a_later_charter() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let about = declared(&mut p, 0);
    let stranger = cast.key("stranger").unwrap();
    complain(&mut p, &stranger, "conduct", about, 0).unwrap();
    let mut text = p.charter(Clone::clone).unwrap();
    text.version = 2;
    text.complaint_window_s = 90 * DAY_S;
    let first = reviewer(&cast, 0);
    p.say(&first.key, Kind::CharterAmend, None, json!({"text": text}))
        .unwrap();
    let vote = json!({"amendment": text.digest(), "approve": true});
    for n in 0..4 {
        p.say(
            &reviewer(&cast, n).key,
            Kind::CharterVote,
            None,
            vote.clone(),
        )
        .unwrap();
    }
    complain(&mut p, &stranger, "conduct", about, 1).unwrap();
    p.wait(31 * DAY_S).unwrap();
    anything(&mut p);
    assert_eq!((figures(&p).all.overdue, figures(&p).all.open), (1, 1));
}
