//! Rules of what a requester says: the request, what is added to it, scope and consent.

use std::collections::BTreeSet;

use aid::{MAX_SCOPE_DAYS, Role, Stage};

use super::super::{Ask, refuse};
use super::check_items;
use crate::aid::{PROXY_NAME, REQUESTER_NAME};
use crate::body::aid::{
    AddItems, Consent, ItemKind, MAX_ITEMS, MAX_OPEN_REQUESTS, Purpose, Request, Scope,
};
use crate::ids::{AgeRecipient, Vkey};
use crate::refusal::{Code, Refusal};
use crate::state::AidRequest;

/// Which side told an item. Each has a limit of its own, so that no side fills another's.
fn side(role: Role) -> &'static str {
    match role {
        Role::Requester | Role::Proxy => "requester and proxy",
        Role::Triage | Role::Desk => "desk",
        Role::Responder => "team",
    }
}

/// Most items of a kind that one side tells in a request; those of the request itself count as none. A scope has places of
/// its own: who wrote a lot can still sign one.
const fn most(kind: ItemKind) -> (usize, &'static str) {
    match kind {
        ItemKind::Message => (128, "message"),
        ItemKind::Report => (128, "report"),
        ItemKind::Need => (32, "need"),
        ItemKind::Scope => (32, "scope"),
        ItemKind::Harm => (16, "harm"),
    }
}

impl Ask<'_> {
    pub(super) fn check_request(&self, r: &Request) -> Result<(), Refusal> {
        let aid = &self.state.aid;
        let Some(desk) = &aid.desk else {
            return refuse(Code::AidNoDesk, "this record has no desk");
        };
        let before = r.desk + 1 == desk.version && aid.in_office.reads_the_version_before();
        if r.desk != desk.version && !before {
            let detail = format!(
                "it is sealed to the officers of the desk's version {}; in force is {}, whose officers could not read it",
                r.desk, desk.version
            );
            return refuse(Code::AidDeskVersion, detail);
        }
        check_items(&r.items)?;
        let me = &self.statement.signer;
        self.check_own(me, &r.recipient)?;
        Self::check_key_name(me, &[REQUESTER_NAME])?;
        if let Some(proxy) = &r.proxy {
            self.check_own(&proxy.key, &proxy.recipient)?;
            Self::check_key_name(&proxy.key, &[PROXY_NAME, REQUESTER_NAME])?;
            if proxy.key == *me || proxy.recipient == r.recipient {
                return refuse(Code::AidWall, "the proxy is another than the requester");
            }
        }
        let open = aid.open_requests.get(me).copied().unwrap_or(0);
        if open >= MAX_OPEN_REQUESTS {
            return refuse(
                Code::AidTooMany,
                format!("{open} requests of this key are open; at most {MAX_OPEN_REQUESTS}"),
            );
        }
        Ok(())
    }

    /// Whoever asks has keys of its own: no member's, and nobody's who helps or helped.
    fn check_own(&self, key: &Vkey, recipient: &AgeRecipient) -> Result<(), Refusal> {
        let aid = &self.state.aid;
        if self.global.keys.contains_key(key)
            || aid.officers.contains(key)
            || aid.recipients.contains_key(recipient)
            || aid.responder_keys.contains_key(key)
        {
            return refuse(
                Code::AidWall,
                "a request is asked under keys of its own, not a member's, officer's or responder's",
            );
        }
        Ok(())
    }

    pub(super) fn check_added(&self, i: &AddItems) -> Result<(), Refusal> {
        let request = self.aid_request(&i.request)?;
        check_items(&i.items)?;
        if request.is_over(self.time) {
            return refuse(
                Code::AidItems,
                "a request that was withdrawn or whose retention is over takes nothing in; ask anew",
            );
        }
        if let Some(item) = i.items.iter().find(|i| request.has_item(&i.commitment)) {
            return refuse(
                Code::AidItems,
                format!("the request has an item {}", item.commitment),
            );
        }
        let me = &self.statement.signer;
        let aid = &self.state.aid;
        let is_officer = aid.officer(me).is_some();
        let of_team = aid.responder(me).is_some() && aid.is_of_team(request, me);
        let entitled = match i.kind {
            ItemKind::Message => is_officer || of_team || request.is_of(me),
            ItemKind::Need => is_officer,
            ItemKind::Report => is_officer || of_team,
            ItemKind::Harm => is_officer || request.is_of(me),
            ItemKind::Scope => request.is_of(me),
        };
        if !entitled {
            return refuse(
                Code::AidNotYours,
                "a need is said by an officer, a report by who helps, a scope by the requester, harm by the requester or an officer, a message by any of them",
            );
        }
        if !is_officer && !request.is_of(me) {
            self.check_fit_signer()?;
        }
        self.check_room(request, i)
    }

    /// Whether the side that tells it has room for more of this kind.
    fn check_room(&self, request: &AidRequest, i: &AddItems) -> Result<(), Refusal> {
        let mine = side(self.state.aid.teller(request, &self.statement.signer));
        let held = request
            .items
            .iter()
            .filter(|held| held.kind == Some(i.kind));
        let n = held.filter(|held| side(held.role) == mine).count() + i.items.len();
        let (most, kind) = most(i.kind);
        if n > most {
            let detail = format!(
                "{n} items of the kind {kind} by {mine}; at most {most}: put what is left into one, or use the channel that the form names"
            );
            return refuse(Code::AidItems, detail);
        }
        Ok(())
    }

    pub(super) fn check_scope(&self, s: &Scope) -> Result<(), Refusal> {
        let request = self.aid_request(&s.request)?;
        let stage = request.standing.stage;
        let when = [
            Stage::Offered,
            Stage::Agreed,
            Stage::InProgress,
            Stage::Paused,
            Stage::Resolved,
        ];
        if !when.contains(&stage) {
            let detail = format!("the request is {stage}; a scope is for a team that was offered");
            return refuse(Code::AidWrongState, detail);
        }
        let latest = self.time.plus_seconds(MAX_SCOPE_DAYS * 86_400);
        if s.until <= self.time || s.until > latest {
            let detail = format!("until {}; after {} and up to {latest}", s.until, self.time);
            return refuse(Code::AidScopeMissing, detail);
        }
        if !request.told_by_requester(&s.scope) {
            let detail = format!(
                "{} is no item that requester or proxy told in this request",
                s.scope
            );
            return refuse(Code::AidScopeMissing, detail);
        }
        Ok(())
    }

    pub(super) fn check_aid_consent(&self, c: &Consent) -> Result<(), Refusal> {
        let request = self.aid_request(&c.request)?;
        if request.is_over(self.time) {
            return refuse(
                Code::AidConsentInvalid,
                "what was told is destroyed; there is nothing to consent to",
            );
        }
        if c.purpose != Purpose::Case {
            if c.into_case.is_some() || !c.items.is_empty() {
                return refuse(
                    Code::AidConsentInvalid,
                    "only a consent to cross names a case and items",
                );
            }
            return Ok(());
        }
        let different: BTreeSet<_> = c.items.iter().collect();
        let n = c.items.len();
        if c.into_case.is_none() || n == 0 || n > MAX_ITEMS || different.len() != n {
            return refuse(
                Code::AidConsentInvalid,
                format!("a consent to cross names a case, and 1 to {MAX_ITEMS} different items"),
            );
        }
        match c.items.iter().find(|i| !request.has_item(i)) {
            Some(other) => refuse(
                Code::AidConsentInvalid,
                format!("{other} is no item of this request"),
            ),
            None => Ok(()),
        }
    }
}
