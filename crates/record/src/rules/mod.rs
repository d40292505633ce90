//! The rules of the record: who may say what, when. One function, used by the sequencer, the
//! auditor, the bundle verifier and the browser alike.

mod aid;
mod analysis;
mod calibration;
mod case;
mod complaint;
mod disclosure;
mod finding;
mod funding;
mod members;
mod norms;
mod panel;
mod record;

use std::sync::Arc;

use crate::body::charter::CharterText;
use crate::derive::Replayed;
use crate::ids::{MemberId, Vkey};
use crate::intake::MAX_LATE_S;
use crate::kind::{Body, Content, Kind};
use crate::law::Law;
use crate::refusal::{Code, Refusal};
use crate::state::{Case, Global, Member, Report, State};
use crate::statement::{CONTENT, Verified};
use crate::table::{self, Role, Scope};
use crate::time::Timestamp;

pub(crate) use aid::capacity;
pub use aid::offer_leaf;
pub use analysis::check_answers;
pub use disclosure::check_facts;
pub(crate) use record::policy_lines;

/// What the rules worked out while admitting a statement, for [`State::apply`].
#[derive(Clone, Debug, Default)]
pub struct Admission {
    /// The member that speaks, if the key is a member's.
    pub member: Option<MemberId>,
    /// The content a disclosure opened.
    pub content: Option<Content>,
    /// When the window a notice opens will close.
    pub closes: Option<Timestamp>,
    /// Whether a withdrawal has reached its quorum.
    pub carried: bool,
    /// Inputs and result of a finding.
    pub replayed: Option<Arc<Replayed>>,
    /// The law after a text or a row of the ledger.
    pub law: Option<Arc<Law>>,
    /// A report, as all states hold it.
    pub report: Option<Arc<Report>>,
}

/// A statement before the rules, with what they look at.
struct Ask<'a> {
    state: &'a State,
    global: &'a Global,
    statement: &'a Verified,
    charter: &'a CharterText,
    time: Timestamp,
    member: Option<(&'a MemberId, &'a Member)>,
}

/// Admits or refuses a statement that would become entry `index`.
///
/// # Errors
/// [`Refusal`] with the first rule it breaks; the state is not touched.
pub fn judge(state: &State, index: u64, statement: &Verified) -> Result<Admission, Refusal> {
    if let Body::Charter(charter) = &statement.body {
        return record::genesis(state, index, statement, &charter.text);
    }
    let global = &state.global;
    let (Some(charter), Some(time)) = (&global.charter, global.time) else {
        return refuse(Code::NotFounded, "entry 0 of a record is its charter");
    };
    if statement.record != charter.origin() {
        let detail = format!(
            "the statement is meant for record {:?}; this is {:?}",
            statement.record,
            charter.origin()
        );
        return refuse(Code::WrongRecord, detail);
    }
    if let Some(earlier) = state.statements.with_words(&statement.words_sha256) {
        return refuse(
            Code::AlreadyRecorded,
            format!("the same words are statement {earlier}"),
        );
    }
    let member = speaker(global, &statement.signer)?;
    let ask = Ask {
        state,
        global,
        statement,
        charter,
        time,
        member,
    };
    ask.check_founded()?;
    ask.check_time()?;
    let case = ask.check_table()?;
    ask.check_seals()?;
    let mut admission = ask.check_body(index, case)?;
    admission.member = member.map(|(id, _)| id.clone());
    Ok(admission)
}

/// Judges and applies in one step.
///
/// # Errors
/// [`Refusal`]; the state is not touched.
pub fn admit(state: &mut State, index: u64, statement: &Verified) -> Result<(), Refusal> {
    let admission = judge(state, index, statement)?;
    state.apply(index, statement, admission);
    Ok(())
}

fn refuse<T>(code: Code, detail: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::new(code, detail))
}

/// The member behind a key; a key that was one but is no more can say nothing.
fn speaker<'a>(
    global: &'a Global,
    key: &Vkey,
) -> Result<Option<(&'a MemberId, &'a Member)>, Refusal> {
    let Some(id) = global.keys.get(key) else {
        return Ok(None);
    };
    let Some((id, member)) = global.members.get_key_value(id) else {
        return Ok(None);
    };
    if member.revoked {
        return refuse(
            Code::RevokedKey,
            format!("the keys of member {id} are revoked"),
        );
    }
    if member.key != *key {
        return refuse(
            Code::SupersededKey,
            format!("member {id} has rotated to another key"),
        );
    }
    Ok(Some((id, member)))
}

impl<'a> Ask<'a> {
    fn check_founded(&self) -> Result<(), Refusal> {
        let early = matches!(self.statement.kind, Kind::CharterFound | Kind::Tick);
        if early || self.global.charter_in_force().is_some() {
            return Ok(());
        }
        let (have, need) = (self.global.founded_by.len(), self.charter.founders.len());
        refuse(
            Code::NotFounded,
            format!("{have} of {need} founders have signed the charter"),
        )
    }

    /// `issued` is the author's claim: not after the governing time, but for clocks that differ, and not long before it.
    /// A statement that waits for its log (an outage, a log that will not) stays admissible as long as any receipt for
    /// it runs; that the past is given more room than the future lets nobody backdate, as no rule goes by `issued`.
    fn check_time(&self) -> Result<(), Refusal> {
        if self.statement.kind == Kind::Tick {
            return Ok(()); // judged by its own rule
        }
        let (issued, time) = (self.statement.issued, self.time);
        let late_s = time.unix_seconds() - issued.unix_seconds();
        let most_s = i64::from(self.charter.issued_tolerance_s);
        let detail = if late_s < -most_s {
            format!(
                "issued {issued}, {} s after the governing time {time}; at most {most_s} s are allowed",
                -late_s
            )
        } else if late_s > MAX_LATE_S {
            format!(
                "issued {issued}, {late_s} s before the governing time {time}; at most {MAX_LATE_S} s are allowed"
            )
        } else {
            return Ok(());
        };
        refuse(Code::OutsideTolerance, detail)
    }

    /// The table: role, scope, phase. Gives the case for case statements.
    fn check_table(&self) -> Result<Option<&'a Case>, Refusal> {
        let kind = self.statement.kind;
        let Some(row) = table::row(kind) else {
            return refuse(
                Code::UnknownType,
                format!("{kind} has no row in the table of rules"),
            );
        };
        let case = match (&self.statement.case, row.scope) {
            (None, Scope::Record) => None,
            (Some(case), Scope::Record | Scope::Genesis) => {
                return refuse(
                    Code::CaseNotAllowed,
                    format!("a {kind} belongs to no case, but names {case}"),
                );
            }
            (None, _) => return refuse(Code::CaseRequired, format!("a {kind} belongs to a case")),
            (Some(id), Scope::NewCase) => match self.state.cases.get(id) {
                Some(_) => return refuse(Code::CaseExists, format!("case {id} is already open")),
                None => None,
            },
            (Some(id), Scope::Case(_)) => match self.state.cases.get(id) {
                Some(case) => Some(case),
                None => return refuse(Code::UnknownCase, format!("there is no case {id}")),
            },
        };
        let roles = self.roles(case);
        if !row.roles.iter().any(|r| roles.contains(r)) {
            return self.refuse_role(row.roles, &roles);
        }
        if let (Scope::Case(phases), Some(case)) = (row.scope, case)
            && !phases.contains(&case.phase)
        {
            let detail = format!(
                "case {} is in phase {}; a {kind} is admitted with a {}",
                case.id, case.phase, row.scope
            );
            return refuse(Code::WrongPhase, detail);
        }
        Ok(case)
    }

    fn refuse_role<T>(&self, needed: &[Role], have: &[Role]) -> Result<T, Refusal> {
        let kind = self.statement.kind;
        if kind == Kind::MemberRotate {
            return refuse(
                Code::NextKeyMismatch,
                "the member did not commit to this key as its next",
            );
        }
        let names = |roles: &[Role]| {
            roles
                .iter()
                .map(|r| r.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        };
        refuse(
            Code::RoleNotAllowed,
            format!(
                "a {kind} is said by: {}; this key speaks as: {}",
                names(needed),
                names(have)
            ),
        )
    }

    /// Every capacity in which the signer may speak here.
    fn roles(&self, case: Option<&Case>) -> Vec<Role> {
        let key = &self.statement.signer;
        if *key == self.charter.log {
            return vec![Role::Log];
        }
        let mut roles = Vec::with_capacity(4);
        roles.push(Role::Anyone);
        roles.extend(
            self.member
                .filter(|(_, m)| m.seated)
                .map(|(_, m)| m.role.role()),
        );
        if self.charter.founders.contains(key) {
            roles.push(Role::Founder);
        }
        let wrote = |id: &crate::ids::StatementId| {
            let said = self.state.statements.get(id);
            said.is_some_and(|e| e.kind == Kind::Report && e.signer == *key)
        };
        let reporter = match (&self.statement.body, case) {
            (Body::Consent(c), _) => wrote(&c.report),
            (_, Some(case)) => case.reports.iter().any(wrote),
            _ => false,
        };
        if reporter {
            roles.push(Role::Reporter);
        }
        if case
            .and_then(|c| c.notice.as_ref())
            .is_some_and(|n| n.reply_key == *key)
        {
            roles.push(Role::ReplyKey);
        }
        roles.extend(self.aid_roles());
        if let Body::MemberRotate(r) = &self.statement.body {
            let committed = self
                .global
                .members
                .get(&r.member)
                .filter(|m| !m.revoked)
                .map(|m| m.next_key_sha256);
            if committed == Some(key.digest()) && self.member.is_none() {
                roles.push(Role::NextKey);
            }
        }
        roles
    }

    fn check_seals(&self) -> Result<(), Refusal> {
        let (kind, sealed) = (self.statement.kind, &self.statement.sealed);
        if let Some(pointer) = sealed
            .keys()
            .find(|p| p.as_str() != CONTENT || !kind.has_content())
        {
            return refuse(
                Code::NotSealable,
                format!("{pointer:?} of a {kind} cannot be sealed"),
            );
        }
        match sealed.get(CONTENT) {
            None if kind.has_content() => {
                refuse(Code::MustBeSealed, format!("a {kind} seals {CONTENT}"))
            }
            Some(seal) if seal.until <= self.time => refuse(
                Code::SealDate,
                format!(
                    "the seal is due at {}, which is not after {}",
                    seal.until, self.time
                ),
            ),
            _ => Ok(()),
        }
    }

    /// The rule of the type itself.
    fn check_body(&self, index: u64, case: Option<&'a Case>) -> Result<Admission, Refusal> {
        let nothing = |()| Admission::default();
        match case {
            None => match self.statement.kind.group() {
                crate::kind::Group::Members => self.check_member().map(nothing),
                crate::kind::Group::Rules => self.check_norm(),
                crate::kind::Group::Calibration => self.check_calibration(),
                crate::kind::Group::Case => self.check_intake(index),
                crate::kind::Group::Aid => self.check_aid().map(nothing),
                _ => self.check_record(index).map(nothing),
            },
            Some(case) => match self.statement.kind.group() {
                crate::kind::Group::Evidence => self.check_evidence(case),
                crate::kind::Group::Analysis => self.check_analysis(case),
                crate::kind::Group::Deciding => self.check_panel(case),
                crate::kind::Group::Outcome => self.check_outcome(case),
                crate::kind::Group::Others => self.check_response(case).map(nothing),
                crate::kind::Group::Case => self.check_close(case).map(nothing),
                _ => Ok(Admission::default()),
            },
        }
    }

    /// The speaking member's identifier; the table has made sure there is one where it is used.
    fn speaker(&self) -> Result<&'a MemberId, Refusal> {
        match self.member {
            Some((id, _)) => Ok(id),
            None => refuse(Code::RoleNotAllowed, "only a member says this"),
        }
    }
}
