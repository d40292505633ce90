//! Rules of aid (docs/aid-statements.md, section 5). What they ask depends on the global state, the
//! desk and the request named: never on a case, never on another request.

mod desk;
mod harm;
mod outside;
mod request;
mod responders;
mod step;

pub(crate) use step::capacity;
pub use step::offer_leaf;

use super::{Ask, refuse};
use crate::body::aid::{Item, MAX_ITEMS};
use crate::ids::{StatementId, Vkey};
use crate::kind::Body;
use crate::refusal::{Code, Refusal};
use crate::state::AidRequest;
use crate::table::Role;

impl<'a> Ask<'a> {
    pub(super) fn check_aid(&self) -> Result<(), Refusal> {
        match &self.statement.body {
            Body::AidDesk(d) => self.check_desk(d),
            Body::AidRequest(r) => self.check_request(r),
            Body::AidItem(i) => self.check_added(i),
            Body::AidStep(s) => self.check_step(s),
            Body::AidEnlist(e) => self.check_enlist(e),
            Body::AidVet(v) => self.check_vet(v),
            Body::AidDismiss(d) => self.check_dismiss(d),
            Body::AidRound(r) => self.check_round(r),
            Body::AidMatch(m) => self.check_match(m),
            Body::AidScope(s) => self.check_scope(s),
            Body::AidConsent(c) => self.check_aid_consent(c),
            Body::AidHarm(h) => self.check_harm(h),
            Body::AidNotice(n) => self.check_notice_between_states(n),
            Body::AidRelay(r) => self.check_relay(r),
            Body::AidReceipt(r) => self.check_receipt(r),
            Body::AidRelayOpen(o) => self.check_relay_open(o),
            _ => Ok(()),
        }
    }

    /// In which capacities of aid a key speaks.
    pub(super) fn aid_roles(&self) -> impl Iterator<Item = Role> {
        let (aid, key) = (&self.state.aid, &self.statement.signer);
        let request = self.request_named().and_then(|id| aid.requests.get(&id));
        let notice = match &self.statement.body {
            Body::AidReceipt(r) => aid.notices.get(&r.of),
            Body::AidRelayOpen(o) => aid.notices.get(&o.relay),
            _ => None,
        };
        let roles = [
            (aid.officer(key).is_some(), Role::Officer),
            (request.is_some_and(|r| r.is_of(key)), Role::Requester),
            (aid.responder(key).is_some(), Role::Responder),
            (notice.is_some_and(|n| n.answer_key == *key), Role::ReplyKey),
        ];
        roles
            .into_iter()
            .filter_map(|(is, role)| is.then_some(role))
    }

    /// A key of the desk does not become a member's: who helps does not judge. Who was an officer
    /// once can still open what was sealed to it, so leaving the desk changes nothing.
    pub(super) fn check_not_of_aid(&self, key: &Vkey) -> Result<(), Refusal> {
        let aid = &self.state.aid;
        let helps = aid.officers.contains(key) || aid.responder_keys.contains_key(key);
        if helps || aid.requests_of(key).next().is_some() {
            return refuse(
                Code::AidWall,
                format!("{key} is or was an officer's, a responder's or a requester's key"),
            );
        }
        Ok(())
    }

    /// The name of a key stands in public for ever, so keys of people whom the record does not name
    /// bear the name of what they are, and no other.
    fn check_key_name(key: &Vkey, names: &[&str]) -> Result<(), Refusal> {
        if names.contains(&key.name()) {
            return Ok(());
        }
        let names = names.join(" or ");
        refuse(
            Code::AidKeyName,
            format!("a key here is named {names}, so that its name tells nothing"),
        )
    }

    fn request_named(&self) -> Option<StatementId> {
        match &self.statement.body {
            Body::AidItem(i) => Some(i.request),
            Body::AidStep(s) => Some(s.request),
            Body::AidScope(s) => Some(s.request),
            Body::AidConsent(c) => Some(c.request),
            _ => None,
        }
    }

    fn aid_request(&self, id: &StatementId) -> Result<&'a AidRequest, Refusal> {
        match self.state.aid.requests.get(id) {
            Some(request) => Ok(request),
            None => refuse(
                Code::AidRequestUnknown,
                format!("there is no request for help {id}"),
            ),
        }
    }

    /// Who helps does not judge: no key of a member that investigates, reviews or registers.
    fn check_apart(&self, key: &Vkey) -> Result<(), Refusal> {
        use Role::{Investigator, Laboratory, Registrar, Reviewer};
        let member = self.global.keys.get(key);
        let member = member.and_then(|id| self.global.members.get_key_value(id));
        match member {
            Some((id, m))
                if [Registrar, Investigator, Laboratory, Reviewer].contains(&m.role.role()) =>
            {
                refuse(
                    Code::AidWall,
                    format!("{key} is the key of {id}, a {}", m.role.role()),
                )
            }
            _ => Ok(()),
        }
    }
}

/// One to [`MAX_ITEMS`] items, each once.
fn check_items(items: &[Item]) -> Result<(), Refusal> {
    let n = items.len();
    let twice = items.iter().enumerate().find(|(n, item)| {
        let earlier = items.iter().take(*n);
        earlier.into_iter().any(|e| e.commitment == item.commitment)
    });
    if n == 0 || n > MAX_ITEMS || twice.is_some() {
        return refuse(
            Code::AidItems,
            format!("{n} items, or one named twice; 1 to {MAX_ITEMS} different ones"),
        );
    }
    Ok(())
}
