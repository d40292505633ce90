//! Rules of what a requester says: the request, what is added to it, scope and consent.

use std::collections::BTreeSet;

use aid::{MAX_SCOPE_DAYS, Stage};

use super::super::{Ask, refuse};
use super::check_items;
use crate::aid::{PROXY_NAME, REQUESTER_NAME};
use crate::body::aid::{
    AddItems, Consent, ItemKind, MAX_ITEMS, MAX_OPEN_REQUESTS, Purpose, Request, Scope,
};
use crate::ids::{AgeRecipient, Vkey};
use crate::refusal::{Code, Refusal};

/// Most items of one request, added ones included.
const MAX_ITEMS_OF_REQUEST: usize = 64;

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
        let n = request.items.len() + i.items.len();
        if request.is_over(self.time) || n > MAX_ITEMS_OF_REQUEST {
            return refuse(
                Code::AidItems,
                format!(
                    "a request that was withdrawn or whose retention is over takes nothing in; another at most {MAX_ITEMS_OF_REQUEST} items"
                ),
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
        let helps = aid.responder(me).is_some() && aid.helps(request, me);
        let entitled = match i.kind {
            ItemKind::Message => is_officer || helps || request.is_of(me),
            ItemKind::Need => is_officer,
            ItemKind::Report => is_officer || helps,
            ItemKind::Harm => request.is_of(me),
        };
        if entitled {
            return Ok(());
        }
        refuse(
            Code::AidNotYours,
            "a need is said by an officer, a report by who helps, harm by the requester, a message by any of them",
        )
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
