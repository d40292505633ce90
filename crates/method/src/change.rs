//! Counterfactuals: the same case with one judgement changed, for what-if pages and the command.

use crate::input::{ActorRatio, Case, Credibility, Hypotheses, Item, PPM, Reliability, Strand};

/// One change to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Leave out one item.
    WithoutItem(String),
    /// Leave out one strand with its items.
    WithoutStrand(String),
    /// Leave out every item of one source organisation.
    WithoutSource(String),
    /// How easily an item is planted.
    SetPhi {
        /// The item.
        item: String,
        /// Parts per million.
        ppm: u32,
    },
    /// An item's reliability.
    SetReliability {
        /// The item.
        item: String,
        /// Low, middle, high, parts per million.
        ppm: [u32; 3],
    },
    /// An item's grade; a stated reliability is dropped.
    SetGrade {
        /// The item.
        item: String,
        /// Admiralty letter.
        reliability: Reliability,
        /// Admiralty digit.
        credibility: Credibility,
    },
    /// An item's likelihood ratio for one actor.
    SetRatio {
        /// The item.
        item: String,
        /// The actor.
        actor: String,
        /// Low, middle, high, millibans.
        mban: [i32; 3],
    },
    /// An actor's prior; the others are rescaled so that the sum stays one million.
    SetPrior {
        /// The actor.
        actor: String,
        /// Parts per million.
        ppm: u32,
    },
    /// The prior probability of imitation, parts per million.
    SetDelta(u32),
    /// A strand's correlation.
    SetRho {
        /// The strand.
        strand: String,
        /// Parts per million.
        ppm: u32,
    },
    /// A strand's probability of corruption.
    SetC {
        /// The strand.
        strand: String,
        /// Parts per million.
        ppm: u32,
    },
}

/// Why a change cannot be read or applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Nothing of that name in the case.
    #[error("the case has no {what} {id:?}")]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// Its identifier.
        id: String,
    },
    /// A prior that leaves the other actors less than one part per million each.
    #[error("a prior of {ppm} parts per million leaves nothing for the other {others} actors")]
    Prior {
        /// What was asked.
        ppm: u32,
        /// How many others there are.
        others: usize,
    },
    /// Not of the form described in docs/method.md.
    #[error("{text:?} is not a change: {why}")]
    Syntax {
        /// What was given.
        text: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// The case with one change; the result is validated only when it is evaluated.
///
/// # Errors
/// When the change names something the case does not have.
pub fn counterfactual(case: &Case, change: &Change) -> Result<Case, ChangeError> {
    let mut out = case.clone();
    match change {
        Change::WithoutItem(id) => {
            item(&mut out, id)?;
            out.items.retain(|i| i.id != *id);
        }
        Change::WithoutStrand(id) => {
            strand(&mut out, id)?;
            out.strands.retain(|s| s.id != *id);
            out.items.retain(|i| i.strand != *id);
        }
        Change::WithoutSource(id) => {
            if !out.items.iter().any(|i| i.source.organisation == *id) {
                return Err(ChangeError::Unknown {
                    what: "source",
                    id: id.clone(),
                });
            }
            out.items.retain(|i| i.source.organisation != *id);
        }
        Change::SetPhi { item: id, ppm } => item(&mut out, id)?.phi_ppm = *ppm,
        Change::SetReliability { item: id, ppm } => item(&mut out, id)?.r_ppm = Some(*ppm),
        Change::SetGrade {
            item: id,
            reliability,
            credibility,
        } => {
            let item = item(&mut out, id)?;
            item.reliability = *reliability;
            item.credibility = *credibility;
            item.r_ppm = None;
        }
        Change::SetRatio {
            item: id,
            actor,
            mban,
        } => set_ratio(&mut out, id, actor, *mban)?,
        Change::SetPrior { actor, ppm } => set_prior(&mut out.hypotheses, actor, *ppm)?,
        Change::SetDelta(ppm) => out.hypotheses.delta_ppm = *ppm,
        Change::SetRho { strand: id, ppm } => strand(&mut out, id)?.rho_ppm = *ppm,
        Change::SetC { strand: id, ppm } => strand(&mut out, id)?.c_ppm = *ppm,
    }
    Ok(out)
}

fn item<'a>(case: &'a mut Case, id: &str) -> Result<&'a mut Item, ChangeError> {
    let unknown = ChangeError::Unknown {
        what: "item",
        id: id.to_owned(),
    };
    case.items.iter_mut().find(|i| i.id == id).ok_or(unknown)
}

fn strand<'a>(case: &'a mut Case, id: &str) -> Result<&'a mut Strand, ChangeError> {
    let unknown = ChangeError::Unknown {
        what: "strand",
        id: id.to_owned(),
    };
    case.strands.iter_mut().find(|s| s.id == id).ok_or(unknown)
}

fn set_ratio(case: &mut Case, id: &str, actor: &str, mban: [i32; 3]) -> Result<(), ChangeError> {
    if !case.hypotheses.actors.iter().any(|a| a.id == actor) {
        return Err(ChangeError::Unknown {
            what: "actor",
            id: actor.to_owned(),
        });
    }
    let item = item(case, id)?;
    match item.lr.iter_mut().find(|r| r.actor == actor) {
        Some(ratio) => ratio.mban = mban,
        None => item.lr.push(ActorRatio {
            actor: actor.to_owned(),
            mban,
        }),
    }
    Ok(())
}

/// Rescales the other priors in proportion, by largest remainder in integers; ties and the last
/// parts go by declared order, and every prior stays at least one part per million.
fn set_prior(hypotheses: &mut Hypotheses, actor: &str, ppm: u32) -> Result<(), ChangeError> {
    let Some(own) = hypotheses.actors.iter().position(|a| a.id == actor) else {
        return Err(ChangeError::Unknown {
            what: "actor",
            id: actor.to_owned(),
        });
    };
    let others: Vec<usize> = (0..hypotheses.actors.len()).filter(|i| *i != own).collect();
    let rest = u64::from(PPM).saturating_sub(u64::from(ppm));
    if others.is_empty() || ppm == 0 || rest < others.len() as u64 {
        return Err(ChangeError::Prior {
            ppm,
            others: others.len(),
        });
    }
    let old = |i: &usize| u64::from(hypotheses.actors[*i].prior_ppm);
    let sum = others.iter().map(old).sum::<u64>().max(1);
    let mut shares: Vec<u64> = others
        .iter()
        .map(|i| (old(i) * rest / sum).max(1))
        .collect();
    let mut order: Vec<usize> = (0..others.len()).collect();
    order.sort_by_key(|k| core::cmp::Reverse(old(&others[*k]) * rest % sum));
    let mut given: u64 = shares.iter().sum();
    for k in order.iter().cycle().take(2 * others.len()) {
        if given < rest {
            shares[*k] += 1;
            given += 1;
        }
    }
    while given > rest {
        let Some(k) = (0..shares.len()).rev().max_by_key(|k| shares[*k]) else {
            break;
        };
        shares[k] -= 1;
        given -= 1;
    }
    hypotheses.actors[own].prior_ppm = ppm;
    for (index, share) in others.iter().zip(shares) {
        hypotheses.actors[*index].prior_ppm = share as u32;
    }
    Ok(())
}
