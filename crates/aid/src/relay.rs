//! Relay of a weakness to whoever can mend it, with a clock until which it is not published (docs/aid.md, section 10).

use crate::words::words;
use serde::{Deserialize, Serialize};
use thiserror::Error;

const DAY_S: i64 = 24 * 3600;
/// Days of an embargo, at least.
pub const MIN_EMBARGO_DAYS: i64 = 1;
/// Days of an embargo unless something else is agreed.
pub const DEFAULT_EMBARGO_DAYS: i64 = 90;
/// Days of an embargo, at most.
pub const MAX_EMBARGO_DAYS: i64 = 180;

words! {
    /// Why a relay may be opened.
    OpenReason, "reason";
    /// The embargo is over.
    EmbargoEnded = "embargo-ended",
    /// The vendor agreed.
    VendorAgreed = "vendor-agreed",
    /// It is being exploited: those at risk have to know.
    Exploited = "exploited",
}

words! {
    /// Who says something about a relay.
    RelayRole, "role";
    /// Who passes it on.
    Relay = "relay",
    /// Who can mend it.
    Vendor = "vendor",
}

/// A relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relay {
    /// When the log has it that the vendor was told.
    pub reported_s: i64,
    /// Until when it is not published.
    pub embargo_until_s: i64,
}

/// Why something about a relay was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RelayRefused {
    /// Too short or too long.
    #[error(
        "an embargo ends {MIN_EMBARGO_DAYS} to {MAX_EMBARGO_DAYS} days after the relay is recorded"
    )]
    Length,
    /// It still runs.
    #[error(
        "the embargo runs until {until_s}; before that only the vendor's word or exploitation opens it"
    )]
    Runs {
        /// Until when.
        until_s: i64,
    },
    /// Only the vendor can agree for the vendor.
    #[error("only the vendor says that the vendor agrees")]
    NotTheVendor,
}

impl RelayRefused {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length => "aid-relay",
            Self::Runs { .. } => "aid-embargo",
            Self::NotTheVendor => "aid-not-yours",
        }
    }
}

impl Relay {
    /// A relay with an embargo of so many days.
    ///
    /// # Errors
    /// [`RelayRefused::Length`].
    pub fn new(reported_s: i64, days: i64) -> Result<Self, RelayRefused> {
        let embargo_until_s = reported_s.saturating_add(days.saturating_mul(DAY_S));
        let relay = Self {
            reported_s,
            embargo_until_s,
        };
        relay.check()?;
        Ok(relay)
    }

    /// Checks the length of the embargo.
    ///
    /// # Errors
    /// [`RelayRefused::Length`].
    pub fn check(&self) -> Result<(), RelayRefused> {
        let length_s = self.embargo_until_s.saturating_sub(self.reported_s);
        let allowed = MIN_EMBARGO_DAYS * DAY_S..=MAX_EMBARGO_DAYS * DAY_S;
        if allowed.contains(&length_s) {
            Ok(())
        } else {
            Err(RelayRefused::Length)
        }
    }

    /// Seconds until the embargo ends; 0 once it has.
    #[must_use]
    pub fn left_s(&self, at_s: i64) -> u64 {
        self.embargo_until_s
            .saturating_sub(at_s)
            .max(0)
            .unsigned_abs()
    }

    /// Whether it may be opened.
    ///
    /// # Errors
    /// [`RelayRefused`] while the embargo runs and neither the vendor agreed nor it is exploited.
    pub fn may_open(
        &self,
        reason: OpenReason,
        role: RelayRole,
        at_s: i64,
    ) -> Result<(), RelayRefused> {
        match reason {
            OpenReason::Exploited => Ok(()),
            OpenReason::VendorAgreed if role == RelayRole::Vendor => Ok(()),
            OpenReason::VendorAgreed => Err(RelayRefused::NotTheVendor),
            OpenReason::EmbargoEnded if at_s >= self.embargo_until_s => Ok(()),
            OpenReason::EmbargoEnded => Err(RelayRefused::Runs {
                until_s: self.embargo_until_s,
            }),
        }
    }
}
