//! Every cell of the table: type × role × phase.

use record::body::aid::NoticeTemplate;
use record::body::members::EnrolledRole;
use record::ids::{CaseId, StatementId};
use record::kind::Kind;
use record::refusal::Code;
use record::rules;
use record::state::{AidNotice, MemberRole, Notice};
use record::statement::{Draft, Statement};
use record::table::{self, Phase, Role, Scope};
use rehearsal::{Cast, MemoryDesk, Procedure, SeatSpecRole, vkey};
use tlog::SigningKey;

use crate::support::{at, cast, founded};
use crate::{samples, support};

/// A record with one open case and a key for every role.
#[derive(Clone)]
struct World {
    cast: Cast,
    desk: MemoryDesk,
    case: CaseId,
    notice: Notice,
}

fn world() -> World {
    let cast = cast();
    let mut desk = founded(&cast);
    let case: CaseId = "cell".parse().unwrap();
    let mut p = Procedure::new(&cast, &mut desk, at("2014-01-02T00:00:00Z"));
    p.go_to(at("2014-01-02T00:00:00Z")).unwrap();
    let file = p
        .report(&case, "disruption", "health", "2014-01-01", "account")
        .unwrap();
    p.open(&file).unwrap();
    // A state and a company: the investigator's and a laboratory's enrolment under another role.
    let reply_key = vkey(&cast.key("reply-cell").unwrap()).unwrap();
    let notice = Notice {
        statement: file.report,
        reply_key,
        closes: at("2014-02-01T00:00:00Z"),
    };
    help(&cast, &mut desk, &notice);
    World {
        cast,
        desk,
        case,
        notice,
    }
}

/// A desk that helps, with a request, a responder and a notice under the identifier that samples name.
fn help(cast: &Cast, desk: &mut MemoryDesk, notice: &Notice) {
    let sample = StatementId(tlog::sha256(b"sample"));
    let mut p = Procedure::new(cast, desk, at("2014-01-02T00:00:00Z"));
    p.name_desk().unwrap();
    let key = cast.key("requester cell").unwrap();
    let asked = p.ask_for_help(&key, b"cell").unwrap();
    let (_, enlisted) = p.vetted_responder("responder cell").unwrap();
    let aid = &mut desk.auditor.state.aid;
    let request = aid.requests.remove(&asked).unwrap();
    aid.requests.insert(sample, request);
    let responder = aid.responders.remove(&enlisted).unwrap();
    aid.responder_keys.insert(responder.key.clone(), sample);
    aid.responders.insert(sample, responder);
    let notice = AidNotice {
        template: NoticeTemplate::AllClear,
        answer_key: notice.reply_key.clone(),
        given: at("2014-01-02T00:00:00Z"),
        due: None,
        received: None,
        embargo_until: Some(at("2014-02-01T00:00:00Z")),
        opened: None,
    };
    aid.notices.insert(sample, notice);
}

impl World {
    /// A key that speaks in a role, and in `Anyone` where everybody does.
    fn key(&mut self, role: Role) -> SigningKey {
        let seat = |w: &World, r| w.cast.one(r).unwrap().key.clone();
        match role {
            Role::Log => self.cast.log.clone(),
            Role::Founder => seat(self, SeatSpecRole::Founder),
            Role::Registrar => seat(self, SeatSpecRole::Registrar),
            Role::Reviewer => seat(self, SeatSpecRole::Reviewer),
            Role::Investigator => seat(self, SeatSpecRole::Investigator),
            Role::Laboratory => seat(self, SeatSpecRole::Laboratory),
            Role::State => self.enrolled_as(EnrolledRole::State, 0),
            Role::Company => self.enrolled_as(EnrolledRole::Company, 1),
            Role::Reporter => self.cast.key("reporter-cell").unwrap(),
            Role::ReplyKey => self.cast.key("reply-cell").unwrap(),
            Role::NextKey => self.cast.one(SeatSpecRole::Reviewer).unwrap().next.clone(),
            Role::Officer => rehearsal::aid::officer(&self.cast).unwrap(),
            Role::Requester => self.cast.key("requester cell").unwrap(),
            Role::Responder => self.cast.key("responder cell").unwrap(),
            Role::Anyone => self.cast.key("passer-by").unwrap(),
        }
    }

    /// A laboratory turned into another enrolled role, directly in the state.
    fn enrolled_as(&mut self, role: EnrolledRole, n: usize) -> SigningKey {
        let player = self
            .cast
            .with_role(SeatSpecRole::Laboratory)
            .nth(n)
            .unwrap()
            .clone();
        let member = self
            .desk
            .auditor
            .state
            .global
            .members
            .get_mut(&player.spec.id)
            .unwrap();
        member.role = MemberRole::Enrolled(role);
        player.key
    }

    fn judge(&self, key: &SigningKey, kind: Kind, case: Option<&str>) -> Option<Code> {
        let mut body = samples::body(&self.cast, kind);
        if kind == Kind::Consent {
            body["report"] = serde_json::to_value(self.notice.statement).unwrap();
        }
        let draft = Draft {
            record: support::ORIGIN.to_string(),
            issued: at("2014-01-02T00:00:00Z"),
            case: case.map(|c| c.parse().unwrap()),
            kind,
            body,
        };
        let signed = draft
            .sign(key, &[1; 32], at("2020-01-01T00:00:00Z"))
            .unwrap();
        let verified = Statement::parse(&signed.entry).unwrap().verify().unwrap();
        rules::judge(
            &self.desk.auditor.state,
            self.desk.auditor.size(),
            &verified,
        )
        .err()
        .map(|r| r.code)
    }
}

#[test]
fn every_type_has_exactly_one_row_in_order() {
    let in_table: Vec<_> = table::TABLE.iter().map(|r| r.kind).collect();
    assert_eq!(in_table, Kind::ALL);
}

#[test]
fn every_cell_decides_as_the_table_says() {
    let (mut cells, founded) = (0, world());
    for row in table::TABLE.iter().filter(|r| r.scope != Scope::Genesis) {
        for role in Role::ALL {
            for phase in Phase::ALL {
                let mut w = founded.clone();
                let key = w.key(*role);
                let c = w.desk.auditor.state.cases.get_mut(&w.case).unwrap();
                c.phase = *phase;
                c.notice = Some(w.notice.clone());
                let named = match row.scope {
                    Scope::Case(_) => Some("cell"),
                    Scope::NewCase => Some("other"),
                    _ => None,
                };
                let code = w.judge(&key, row.kind, named);
                // Everyone but the log may also speak as anyone.
                let entitled = row.roles.contains(role)
                    || (row.roles.contains(&Role::Anyone) && *role != Role::Log);
                let in_phase = !matches!(row.scope, Scope::Case(phases) if !phases.contains(phase));
                let place = format!("{} by {role} in {phase}: {code:?}", row.kind);
                match (entitled, in_phase) {
                    (false, _) => {
                        let other = if row.kind == Kind::MemberRotate {
                            Code::NextKeyMismatch
                        } else {
                            Code::RoleNotAllowed
                        };
                        assert_eq!(code, Some(other), "{place}");
                    }
                    (true, false) => assert_eq!(code, Some(Code::WrongPhase), "{place}"),
                    (true, true) => {
                        assert!(
                            !matches!(
                                code,
                                Some(
                                    Code::RoleNotAllowed | Code::WrongPhase | Code::NextKeyMismatch
                                )
                            ),
                            "{place}"
                        );
                    }
                }
                cells += 1;
            }
        }
    }
    assert_eq!(
        cells,
        (Kind::ALL.len() - 1) * Role::ALL.len() * Phase::ALL.len()
    );
}

#[test]
fn the_field_case_is_there_exactly_where_the_scope_says() {
    let mut w = world();
    for row in table::TABLE.iter().filter(|r| r.scope != Scope::Genesis) {
        let key = w.key(row.roles[0]);
        let (wrong, code) = match row.scope {
            Scope::Record => (Some("cell"), Code::CaseNotAllowed),
            _ => (None, Code::CaseRequired),
        };
        assert_eq!(w.judge(&key, row.kind, wrong), Some(code), "{}", row.kind);
        if let Scope::Case(_) = row.scope {
            assert_eq!(
                w.judge(&key, row.kind, Some("nowhere")),
                Some(Code::UnknownCase),
                "{}",
                row.kind
            );
        }
    }
}
