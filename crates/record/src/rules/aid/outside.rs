//! Rules of what goes out: notices between states, vulnerabilities relayed, receipts.

use aid::{MAX_DUE_S, RelayRefused, RelayRole};

use super::super::{Ask, refuse};
use crate::aid::ANSWER_NAME;
use crate::body::aid::{Notice, OpenReason, Receipt, Relay, RelayOpen};
use crate::refusal::{Code, Refusal};

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
        let relay = aid::Relay {
            reported_s: self.time.unix_seconds(),
            embargo_until_s: r.embargo_until.unix_seconds(),
        };
        relay.check().or_else(relay_refusal)
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
        let (agrees, reason) = match o.reason {
            OpenReason::VendorAgreed => (by_vendor, aid::OpenReason::VendorAgreed),
            _ if by_vendor => {
                return refuse(
                    Code::AidNotYours,
                    "whoever mends it agrees, or waits; the rest is the desk's to say",
                );
            }
            OpenReason::EmbargoEnded => (false, aid::OpenReason::EmbargoEnded),
            OpenReason::Exploited => (false, aid::OpenReason::Exploited),
        };
        let role = if agrees {
            RelayRole::Vendor
        } else {
            RelayRole::Relay
        };
        let relay = aid::Relay {
            reported_s: relay.given.unix_seconds(),
            embargo_until_s: until.unix_seconds(),
        };
        let opened = relay.may_open(reason, role, self.time.unix_seconds());
        opened.or_else(relay_refusal)
    }
}

fn relay_refusal(refused: RelayRefused) -> Result<(), Refusal> {
    let code = match refused {
        RelayRefused::Length | RelayRefused::Runs { .. } => Code::AidEmbargo,
        RelayRefused::NotTheVendor => Code::AidNotYours,
    };
    refuse(code, refused.to_string())
}
