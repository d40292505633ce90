//! What a case must satisfy before any arithmetic: after this, nothing can fail or overflow.

use crate::calibration::{MAX_WEIGHT_PPM, MIN_WEIGHT_PPM};
use crate::input::{
    Actor, ActorKind, Case, Hypotheses, Item, MAX_ACTORS, MAX_ITEMS, MAX_STRANDS, PPM, Strand,
};
use crate::params::ParamsError;
use crate::validate_item::{self, Known};
use std::collections::BTreeSet;

/// Longest identifier, in bytes.
pub const MAX_ID_LEN: usize = 64;
/// Largest prior probability of imitation, parts per million.
pub const MAX_DELTA_PPM: u32 = 500_000;
/// Most opened reviews of one case.
pub const MAX_REVIEWS: usize = 1_000;

/// Why an input is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Not `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`.
    #[error(
        "{what} identifier {id:?} is not one letter or digit and up to 63 of A-Z a-z 0-9 . _ -"
    )]
    BadId {
        /// What it identifies.
        what: &'static str,
        /// The identifier.
        id: String,
    },
    /// The same identifier twice.
    #[error("{what} {id:?} is given twice")]
    Duplicate {
        /// What it identifies.
        what: &'static str,
        /// The identifier.
        id: String,
    },
    /// A reference to something not declared.
    #[error("{place} refers to {what} {id:?}, which is not declared")]
    Unknown {
        /// Where the reference stands.
        place: String,
        /// What it should name.
        what: &'static str,
        /// The identifier.
        id: String,
    },
    /// Too many, or too few.
    #[error("{count} {what}, outside {min} to {max}")]
    Count {
        /// What is counted.
        what: &'static str,
        /// How many.
        count: usize,
        /// Fewest allowed.
        min: usize,
        /// Most allowed.
        max: usize,
    },
    /// A number outside its range.
    #[error("{place}: {what} is {value}, outside {min} to {max}")]
    OutOfRange {
        /// Where it stands.
        place: String,
        /// The field, with its unit.
        what: &'static str,
        /// The value.
        value: i64,
        /// Least allowed.
        min: i64,
        /// Most allowed.
        max: i64,
    },
    /// Low, middle and high in the wrong order.
    #[error("{place}: {what} {values:?} decreases")]
    Decreasing {
        /// Where it stands.
        place: String,
        /// The field.
        what: &'static str,
        /// The three values.
        values: [i64; 3],
    },
    /// Probabilities that do not sum to one million.
    #[error("{what} sums to {sum} parts per million, not 1000000")]
    Sum {
        /// Which distribution.
        what: String,
        /// The sum.
        sum: u64,
    },
    /// The number of "none of these" hypotheses is not one.
    #[error("{count} hypotheses of kind none-of-these, exactly one is needed")]
    NoneOfThese {
        /// How many were given.
        count: usize,
    },
    /// A state code missing, superfluous or not two capital letters.
    #[error(
        "{place}: state {state:?} must be two capital letters, and stand exactly where one is due"
    )]
    State {
        /// Where it stands.
        place: String,
        /// The code, if any.
        state: Option<String>,
    },
    /// A text that cannot serve as upstream or exhibit.
    #[error("item {item}: {what} {text:?} is malformed")]
    Text {
        /// The item.
        item: String,
        /// The field.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// A grade of "cannot be judged" together with a stated reliability.
    #[error("item {item} is graded F or 6 (cannot be judged) and yet states a reliability")]
    UnknownGradeWithR {
        /// The item.
        item: String,
    },
    /// An item made by a machine outside its strand, or another item inside it.
    #[error(
        "item {item} and strand {strand}: items of kind suggestion belong in the strand marked \
         `machine`, and no other item does"
    )]
    MachineMade {
        /// The item.
        item: String,
        /// Its strand.
        strand: String,
    },
    /// A check that joins a strand and states a c of its own, or neither.
    #[error("check {check} names either the strand it would join or a c_ppm of its own, not both")]
    StrandOrCap {
        /// The check.
        check: String,
    },
    /// The policy parameters are not usable.
    #[error("policy parameters")]
    Params(#[from] ParamsError),
}

impl Case {
    /// Checks the whole case; afterwards the arithmetic cannot fail.
    ///
    /// # Errors
    /// The first rule broken, with its evidence.
    pub fn validate(&self) -> Result<(), InputError> {
        self.hypotheses.validate()?;
        validate_strands(&self.strands)?;
        validate_items(&self.hypotheses, &self.strands, &self.items)?;
        self.validate_reviews()
    }

    fn validate_reviews(&self) -> Result<(), InputError> {
        count("reviews", self.reviews.len(), 0, MAX_REVIEWS)?;
        unique("reviewer", self.reviews.iter().map(|r| r.reviewer.as_str()))?;
        let actors = self.hypotheses.actors.len();
        for review in &self.reviews {
            count(
                "probabilities of a review",
                review.posterior_ppm.len(),
                actors,
                actors,
            )?;
            let what = format!("posterior of reviewer {}", review.reviewer);
            sums_to_one(what, review.posterior_ppm.iter().copied())?;
            let place = format!("review of {}", review.reviewer);
            let bounds = (MIN_WEIGHT_PPM.into(), MAX_WEIGHT_PPM.into());
            range(
                &place,
                "weight_ppm",
                review.weight_ppm.into(),
                bounds.0,
                bounds.1,
            )?;
        }
        Ok(())
    }
}

impl Hypotheses {
    /// Checks actors, priors, δ and relations on their own.
    ///
    /// # Errors
    /// The first rule broken, with its evidence.
    pub fn validate(&self) -> Result<(), InputError> {
        count("actors", self.actors.len(), 2, MAX_ACTORS)?;
        unique("actor", self.actors.iter().map(|a| a.id.as_str()))?;
        for actor in &self.actors {
            validate_actor(actor)?;
        }
        let none = self
            .actors
            .iter()
            .filter(|a| a.kind == ActorKind::NoneOfThese)
            .count();
        if none != 1 {
            return Err(InputError::NoneOfThese { count: none });
        }
        sums_to_one("prior".to_owned(), self.actors.iter().map(|a| a.prior_ppm))?;
        range(
            "hypotheses",
            "delta_ppm",
            self.delta_ppm.into(),
            0,
            MAX_DELTA_PPM.into(),
        )?;
        self.validate_relations()
    }

    fn validate_relations(&self) -> Result<(), InputError> {
        count("relations", self.relations.len(), 0, MAX_ACTORS)?;
        let mut seen = BTreeSet::new();
        for relation in &self.relations {
            let named = |a: &Actor| a.state.as_deref() == Some(relation.state.as_str());
            if !self.actors.iter().any(named) {
                let place = "relations".to_owned();
                let id = relation.state.clone();
                return Err(InputError::Unknown {
                    place,
                    what: "state",
                    id,
                });
            }
            if !seen.insert(relation.state.as_str()) {
                let id = relation.state.clone();
                return Err(InputError::Duplicate {
                    what: "relations of state",
                    id,
                });
            }
            for bloc in relation.allied.iter().chain(&relation.adversary) {
                identifier("bloc", bloc)?;
            }
        }
        Ok(())
    }
}

fn validate_actor(actor: &Actor) -> Result<(), InputError> {
    let place = || format!("actor {}", actor.id);
    let due = actor.kind == ActorKind::State;
    if due != actor.state.is_some() || actor.state.as_deref().is_some_and(|s| !is_state(s)) {
        return Err(InputError::State {
            place: place(),
            state: actor.state.clone(),
        });
    }
    range(&place(), "prior_ppm", actor.prior_ppm.into(), 1, PPM.into())
}

fn validate_strands(strands: &[Strand]) -> Result<(), InputError> {
    count("strands", strands.len(), 0, MAX_STRANDS)?;
    unique("strand", strands.iter().map(|s| s.id.as_str()))?;
    for strand in strands {
        let place = format!("strand {}", strand.id);
        range(&place, "rho_ppm", strand.rho_ppm.into(), 0, PPM.into())?;
        // c = 0 would leave the strand without a bound 1/c
        range(&place, "c_ppm", strand.c_ppm.into(), 1, PPM.into())?;
    }
    let machine = strands.iter().filter(|s| s.machine).count();
    count("strands made by a machine", machine, 0, 1)
}

/// Checks items against declared hypotheses and strands, as one opened assessment needs it.
///
/// Hypotheses and strands are checked with them, so that a caller needs no other call.
///
/// # Errors
/// The first rule broken, with its evidence.
pub fn validate_items(
    hypotheses: &Hypotheses,
    strands: &[Strand],
    items: &[Item],
) -> Result<(), InputError> {
    hypotheses.validate()?;
    validate_strands(strands)?;
    count("items", items.len(), 0, MAX_ITEMS)?;
    unique("item", items.iter().map(|i| i.id.as_str()))?;
    let known = Known::new(hypotheses, strands);
    items
        .iter()
        .try_for_each(|item| validate_item::validate(item, &known))
}

/// Whether a text is two capital ASCII letters.
pub(crate) fn is_state(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())
}

/// Checks the identifier syntax.
pub(crate) fn identifier(what: &'static str, id: &str) -> Result<(), InputError> {
    let mut bytes = id.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_alphanumeric());
    let rest = bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    if first && rest && id.len() <= MAX_ID_LEN {
        Ok(())
    } else {
        Err(InputError::BadId {
            what,
            id: id.to_owned(),
        })
    }
}

/// Checks the syntax and uniqueness of identifiers.
fn unique<'a>(what: &'static str, ids: impl Iterator<Item = &'a str>) -> Result<(), InputError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        identifier(what, id)?;
        if !seen.insert(id) {
            return Err(InputError::Duplicate {
                what,
                id: id.to_owned(),
            });
        }
    }
    Ok(())
}

/// Checks a count.
pub(crate) fn count(
    what: &'static str,
    count: usize,
    min: usize,
    max: usize,
) -> Result<(), InputError> {
    if (min..=max).contains(&count) {
        Ok(())
    } else {
        Err(InputError::Count {
            what,
            count,
            min,
            max,
        })
    }
}

/// Checks one number.
pub(crate) fn range(
    place: &str,
    what: &'static str,
    value: i64,
    min: i64,
    max: i64,
) -> Result<(), InputError> {
    if (min..=max).contains(&value) {
        Ok(())
    } else {
        Err(InputError::OutOfRange {
            place: place.to_owned(),
            what,
            value,
            min,
            max,
        })
    }
}

fn sums_to_one(what: String, values: impl Iterator<Item = u32>) -> Result<(), InputError> {
    let sum: u64 = values.map(u64::from).sum();
    if sum == u64::from(PPM) {
        Ok(())
    } else {
        Err(InputError::Sum { what, sum })
    }
}
