//! Rules of the funding ledger, and the caps that stand between money and a finding.

use super::{Ask, refuse};
use crate::body::charter::FundingCaps;
use crate::body::members::{Funding, FundingKind};
use crate::independence::Ledger;
use crate::refusal::{Code, Refusal};

/// Lowest cap a charter may set, parts per million: below it twenty equal givers were too few.
const MIN_CAP_PPM: u32 = 50_000;
/// Highest: no one hand gives more than half, whatever a charter says.
const MAX_CAP_PPM: u32 = 500_000;
/// Fewest calendar years a charter may count: with one, each January would begin with one giver.
const MIN_YEARS: u32 = 2;
/// Most: with more, old money would hide new.
const MAX_YEARS: u32 = 5;
/// How many years late an entry may be booked.
const MAX_YEARS_LATE: u32 = 1;

/// No charter can switch the caps off.
pub(super) fn check_caps_within(caps: &FundingCaps) -> Result<(), Refusal> {
    let invalid = |detail: String| refuse(Code::CharterInvalid, detail);
    for (name, cap) in [
        ("source_ppm", caps.source_ppm),
        ("jurisdiction_ppm", caps.jurisdiction_ppm),
    ] {
        if !(MIN_CAP_PPM..=MAX_CAP_PPM).contains(&cap) {
            return invalid(format!(
                "funding.{name} is {cap}; {MIN_CAP_PPM} to {MAX_CAP_PPM}"
            ));
        }
    }
    if !(MIN_YEARS..=MAX_YEARS).contains(&caps.years) {
        return invalid(format!(
            "funding.years is {}; {MIN_YEARS} to {MAX_YEARS}",
            caps.years
        ));
    }
    Ok(())
}

impl Ask<'_> {
    pub(super) fn check_funding(&self, f: &Funding) -> Result<(), Refusal> {
        let invalid = |detail: String| refuse(Code::FundingInvalid, detail);
        let caps = &self.charter.funding;
        if f.currency != caps.currency || f.amount == 0 {
            return invalid(format!(
                "{} {}; the ledger is in whole units of {}",
                f.amount, f.currency, caps.currency
            ));
        }
        let mut same = self.global.funding.iter().filter(|e| e.source == f.source);
        if let Some(other) = same.clone().find(|e| e.jurisdiction != f.jurisdiction) {
            return invalid(format!(
                "source {} is booked under {}, not {}",
                f.source, other.jurisdiction, f.jurisdiction
            ));
        }
        if f.kind == FundingKind::Received {
            let now = self.time.year();
            let earliest = now.saturating_sub(MAX_YEARS_LATE);
            if !(earliest..=now).contains(&f.year) {
                return invalid(format!(
                    "year {}; money is booked in {earliest} or {now}",
                    f.year
                ));
            }
            return Ok(());
        }
        let gave = same.try_fold(0_u128, |sum, e| match (e.year == f.year, e.kind) {
            (false, _) => Some(sum),
            (true, FundingKind::Received) => Some(sum + u128::from(e.amount)),
            (true, _) => sum.checked_sub(u128::from(e.amount)),
        });
        match gave {
            Some(left) if left >= u128::from(f.amount) => Ok(()),
            left => invalid(format!(
                "of what {} gave in {}, {} is left, less than {}",
                f.source,
                f.year,
                left.unwrap_or(0),
                f.amount
            )),
        }
    }

    /// While one hand gives too much, the body publishes no new finding.
    pub(super) fn check_caps(&self) -> Result<(), Refusal> {
        let caps = &self.charter.funding;
        let ledger = Ledger::of(&self.global.funding, caps, self.time.year());
        let Some(broken) = ledger.broken() else {
            return Ok(());
        };
        let [from, to] = ledger.years;
        let detail = format!(
            "{} {} gave {} ppm of the money of {from} to {to}; the charter's cap is {} ppm",
            broken.what.as_str(),
            broken.name,
            broken.share_ppm,
            broken.cap_ppm
        );
        refuse(Code::FundingCap, detail)
    }
}
