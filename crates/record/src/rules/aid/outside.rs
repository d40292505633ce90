//! Rules of what goes out: notices between states, vulnerabilities relayed, receipts.

use aid::{MAX_DUE_S, MAX_EMBARGO_DAYS, MIN_EMBARGO_DAYS};

use super::super::{Ask, refuse};
use crate::aid::ANSWER_NAME;
use crate::body::aid::{Notice, OpenReason, Receipt, Relay, RelayOpen};
use crate::refusal::{Code, Refusal};

/// Seconds of a day.
const DAY_S: i64 = 86_400;

impl Ask<'_> {
    pub(super) fn check_notice_between_states(&self, n: &Notice) -> Result<(), Refusal> {
        self.check_answer_key(&n.answer_key)?;
        let latest = self.time.plus_seconds(MAX_DUE_S);
        if n.due <= self.time || n.due > latest {
            let detail = format!("due {}; after {} and up to {latest}", n.due, self.time);
            return refuse(Code::AidNotice, detail);
        }
        Ok(())
    }

    /// A fresh key: one that is known would name the addressee.
    fn check_answer_key(&self, key: &crate::ids::Vkey) -> Result<(), Refusal> {
        let used = self
            .state
            .aid
            .notices
            .values()
            .any(|n| n.answer_key == *key);
        if used || self.global.keys.contains_key(key) {
            return refuse(
                Code::AidNotice,
                "the answer key is known already, and would tell who is addressed",
            );
        }
        Self::check_key_name(key, &[ANSWER_NAME])
    }

    pub(super) fn check_relay(&self, r: &Relay) -> Result<(), Refusal> {
        self.check_answer_key(&r.answer_key)?;
        let bounds =
            [MIN_EMBARGO_DAYS, MAX_EMBARGO_DAYS].map(|d| self.time.plus_seconds(d * DAY_S));
        if r.embargo_until < bounds[0] || r.embargo_until > bounds[1] {
            let (until, [least, most]) = (r.embargo_until, bounds);
            return refuse(
                Code::AidEmbargo,
                format!("embargo until {until}; {least} to {most}"),
            );
        }
        Ok(())
    }

    pub(super) fn check_receipt(&self, r: &Receipt) -> Result<(), Refusal> {
        let notice = self.state.aid.notices.get(&r.of);
        match notice.map(|n| n.received) {
            None => refuse(Code::AidNotice, format!("there is no notice {}", r.of)),
            Some(Some(at)) => refuse(Code::AidNotice, format!("its receipt came at {at}")),
            Some(None) => Ok(()),
        }
    }

    pub(super) fn check_relay_open(&self, o: &RelayOpen) -> Result<(), Refusal> {
        let relay = self.state.aid.notices.get(&o.relay);
        let Some((relay, until)) = relay.and_then(|n| Some((n, n.embargo_until?))) else {
            return refuse(Code::AidNotice, format!("there is no relay {}", o.relay));
        };
        if let Some(at) = relay.opened {
            return refuse(Code::AidNotice, format!("its embargo ended at {at}"));
        }
        let by_vendor = relay.answer_key == self.statement.signer;
        match o.reason {
            OpenReason::EmbargoEnded if self.time < until => {
                refuse(Code::AidEmbargo, format!("the embargo lasts until {until}"))
            }
            OpenReason::VendorAgreed if !by_vendor => refuse(
                Code::AidNotYours,
                "whoever mends it says itself that it agrees",
            ),
            OpenReason::Exploited | OpenReason::EmbargoEnded if by_vendor => refuse(
                Code::AidNotYours,
                "whoever mends it agrees, or waits; the rest is the desk's to say",
            ),
            _ => Ok(()),
        }
    }
}
