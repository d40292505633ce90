//! The funding ledger: what counts, who gave how large a share, and whether a cap is broken.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::body::charter::FundingCaps;
use crate::body::members::{Funding, FundingKind};
use crate::ids::{Country, Slug};

/// Parts per million of the whole.
const PPM: u128 = 1_000_000;

/// The ledger over the years that count.
#[derive(Clone, Debug)]
pub struct Ledger<'a> {
    /// First and last calendar year that count.
    pub years: [u32; 2],
    /// Entries of those years.
    pub entries: usize,
    /// Whole units received, returned and taken off as wrongly booked, in that order.
    pub sums: [u128; 3],
    /// What each source gave and was not given back, whole units; sources with nothing left out.
    pub sources: BTreeMap<&'a Slug, u128>,
    /// The same by jurisdiction.
    pub jurisdictions: BTreeMap<&'a Country, u128>,
    caps: &'a FundingCaps,
}

/// Whose share is capped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capped {
    /// One source.
    Source,
    /// All sources of one jurisdiction.
    Jurisdiction,
}

impl Capped {
    /// In words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Jurisdiction => "jurisdiction",
        }
    }
}

/// A cap that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenCap {
    /// Which cap.
    pub what: Capped,
    /// Who gave too much.
    pub name: String,
    /// Its share, parts per million.
    pub share_ppm: u32,
    /// The cap, parts per million.
    pub cap_ppm: u32,
}

impl<'a> Ledger<'a> {
    /// The ledger of a calendar year and those before it that the caps count.
    #[must_use]
    pub fn of(entries: &'a [Funding], caps: &'a FundingCaps, year: u32) -> Self {
        let from = year.saturating_sub(caps.years.saturating_sub(1));
        let mut ledger = Self {
            years: [from, year],
            entries: 0,
            sums: [0; 3],
            sources: BTreeMap::new(),
            jurisdictions: BTreeMap::new(),
            caps,
        };
        let counts = |f: &&Funding| (from..=year).contains(&f.year) && f.currency == caps.currency;
        for f in entries.iter().filter(counts) {
            ledger.entries += 1;
            let amount = u128::from(f.amount);
            let (sum, gave) = match f.kind {
                FundingKind::Received => (0, true),
                FundingKind::Returned => (1, false),
                FundingKind::Corrected => (2, false),
            };
            ledger.sums[sum] += amount;
            let by_source = ledger.sources.entry(&f.source).or_default();
            let by_jurisdiction = ledger.jurisdictions.entry(&f.jurisdiction).or_default();
            for held in [by_source, by_jurisdiction] {
                // The rules take off no more than was given, year by year.
                *held = match gave {
                    true => held.saturating_add(amount),
                    false => held.saturating_sub(amount),
                };
            }
        }
        ledger.sources.retain(|_, held| *held > 0);
        ledger.jurisdictions.retain(|_, held| *held > 0);
        ledger
    }

    /// What the body holds of these years, whole units.
    #[must_use]
    pub fn total(&self) -> u128 {
        self.sources.values().sum()
    }

    /// An amount as a share of the total, parts per million, rounded half up; 0 without money.
    #[must_use]
    pub fn share_ppm(&self, amount: u128) -> u32 {
        let total = self.total();
        let share = (amount * PPM + total / 2).checked_div(total).unwrap_or(0);
        u32::try_from(share).unwrap_or(u32::MAX)
    }

    /// The first cap that does not hold, the one on sources first; equal givers by name. Without
    /// money no cap is broken: the log cannot tell an unpaid body from one that books nothing.
    #[must_use]
    pub fn broken(&self) -> Option<BrokenCap> {
        let total = self.total();
        let over = |amount: u128, cap: u32| amount * PPM > u128::from(cap) * total;
        let broken = |what, name: String, amount, cap_ppm| BrokenCap {
            what,
            name,
            share_ppm: self.share_ppm(amount),
            cap_ppm,
        };
        let (source, jurisdiction) = (self.caps.source_ppm, self.caps.jurisdiction_ppm);
        if let Some((name, amount)) = largest(&self.sources).filter(|l| over(l.1, source)) {
            return Some(broken(Capped::Source, name.to_string(), amount, source));
        }
        let (name, amount) = largest(&self.jurisdictions).filter(|l| over(l.1, jurisdiction))?;
        let what = Capped::Jurisdiction;
        Some(broken(what, name.to_string(), amount, jurisdiction))
    }
}

/// Who gave most; of equal ones the first by name.
pub(super) fn largest<'a, K: Ord>(held: &BTreeMap<&'a K, u128>) -> Option<(&'a K, u128)> {
    let mut most: Option<(&K, u128)> = None;
    for (name, amount) in held {
        if most.is_none_or(|(_, m)| *amount > m) {
            most = Some((name, *amount));
        }
    }
    most
}

/// Herfindahl-Hirschman index in parts per million: the sum of the squared shares. One giver
/// alone gives 1,000,000, n equal ones 1,000,000 / n; 0 without money.
pub(super) fn concentration_ppm<K: Ord>(held: &BTreeMap<&K, u128>) -> u32 {
    let total: u128 = held.values().sum();
    if total == 0 {
        return 0;
    }
    // In an order that no name influences: by amount.
    let mut amounts: Vec<u128> = held.values().copied().collect();
    amounts.sort_unstable();
    let squares = amounts.iter().map(|a| {
        let share = *a as f64 / total as f64;
        share * share
    });
    (squares.sum::<f64>() * 1e6).round() as u32
}
