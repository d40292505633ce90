//! Who is on call (docs/aid.md, section 4): a week, the same every week, without a gap.

use crate::hours::{WEEK_HOURS, second_of_week};
use crate::text::Id;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use thiserror::Error;

/// Hours that one person is on call at a stretch, at most.
pub const MAX_STRETCH_HOURS: u8 = 12;
/// Shifts of a week.
pub const MAX_SHIFTS: usize = 168;

/// A stretch of the week, `[from, to)` in hours UTC from Monday 00:00, and the chain of those who answer for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// First hour.
    pub from: u8,
    /// Hour after the last.
    pub to: u8,
    /// Who answers first; then whom each step of the escalation chain tells.
    pub chain: Vec<Id>,
}

/// A week of shifts that leaves no hour out and gives none twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Shift>", into = "Vec<Shift>")]
pub struct Rota(Vec<Shift>);

/// Why a rota was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RotaError {
    /// More than [`MAX_SHIFTS`].
    #[error("{0} shifts; a week has at most {MAX_SHIFTS}")]
    TooMany(usize),
    /// An hour for which nobody answers.
    #[error("nobody is on call from hour {from} of the week to hour {to}; add a shift")]
    Gap {
        /// First hour without anybody.
        from: u8,
        /// Hour after the last.
        to: u8,
    },
    /// Two shifts at once, or one that ends before it begins.
    #[error(
        "the shift from hour {from} to hour {to} ends before it begins, goes past hour 168, or begins before the one ahead of it ends"
    )]
    Overlap {
        /// First hour.
        from: u8,
        /// Hour after the last.
        to: u8,
    },
    /// A chain with nobody in it, or with somebody twice.
    #[error(
        "the shift from hour {0}: a chain has at least two people, each once, so that somebody else is told when the first does not answer"
    )]
    Chain(u8),
    /// Somebody is on call for too long.
    #[error(
        "{who} is first on call for {hours} hours at a stretch, more than {MAX_STRETCH_HOURS}; people have to sleep"
    )]
    NoSleep {
        /// Who.
        who: Id,
        /// How long.
        hours: u32,
    },
}

impl RotaError {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "aid-rota"
    }
}

impl Rota {
    /// Its shifts, from the beginning of the week.
    #[must_use]
    pub fn shifts(&self) -> &[Shift] {
        &self.0
    }

    /// The shift of a moment.
    #[must_use]
    pub fn shift(&self, at_s: i64) -> &Shift {
        let hour = second_of_week(at_s) / 3600;
        let index = self.0.partition_point(|shift| i64::from(shift.to) <= hour);
        // A rota covers the week, so this is never past its end.
        &self.0[index.min(self.0.len() - 1)]
    }

    /// Whom to tell at a moment, once so many steps of the escalation chain are reached: everybody up to there, first on call first.
    #[must_use]
    pub fn told(&self, at_s: i64, escalation: u8) -> &[Id] {
        let chain = &self.shift(at_s).chain;
        &chain[..chain.len().min(usize::from(escalation) + 1)]
    }
}

impl TryFrom<Vec<Shift>> for Rota {
    type Error = RotaError;

    fn try_from(mut shifts: Vec<Shift>) -> Result<Self, RotaError> {
        if shifts.len() > MAX_SHIFTS {
            return Err(RotaError::TooMany(shifts.len()));
        }
        shifts.sort_by_key(|shift| (shift.from, shift.to));
        let mut covered = 0;
        for shift in &shifts {
            let Shift {
                from,
                to,
                ref chain,
            } = *shift;
            if from >= to || to > WEEK_HOURS || from < covered {
                return Err(RotaError::Overlap { from, to });
            }
            if from > covered {
                return Err(RotaError::Gap {
                    from: covered,
                    to: from,
                });
            }
            let people: BTreeSet<&Id> = chain.iter().collect();
            if people.len() < 2 || people.len() != chain.len() {
                return Err(RotaError::Chain(from));
            }
            covered = to;
        }
        if covered < WEEK_HOURS {
            return Err(RotaError::Gap {
                from: covered,
                to: WEEK_HOURS,
            });
        }
        check_sleep(&shifts)?;
        Ok(Self(shifts))
    }
}

/// Twice around, so that a stretch over the end of the week is seen whole.
fn check_sleep(shifts: &[Shift]) -> Result<(), RotaError> {
    let mut stretch: Option<(&Id, u32)> = None;
    for shift in shifts.iter().chain(shifts) {
        let hours = u32::from(shift.to - shift.from);
        let Some(first) = shift.chain.first() else {
            return Err(RotaError::Chain(shift.from));
        };
        let hours = match stretch {
            Some((who, before)) if who == first => before + hours,
            _ => hours,
        };
        if hours > u32::from(MAX_STRETCH_HOURS) {
            return Err(RotaError::NoSleep {
                who: first.clone(),
                hours,
            });
        }
        stretch = Some((first, hours));
    }
    Ok(())
}

impl From<Rota> for Vec<Shift> {
    fn from(rota: Rota) -> Self {
        rota.0
    }
}
