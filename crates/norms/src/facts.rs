//! Coded facts, and how the readings of several coders become one value.

use crate::vocabulary::NO_OTHER;
use crate::{Day, Element, Kleene, Party, Policy, States, Vocabulary};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// One whole, in parts per million.
pub const PPM: u32 = 1_000_000;

/// A coded fact, as a record's `facts` statement states it (`territory` there is `about` here).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Who coded it: a member's identifier.
    pub coder: String,
    /// Which element it speaks of.
    pub element: Element,
    /// A word of that element's vocabulary.
    pub value: String,
    /// The party it is about, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Party>,
    /// From when it held, if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Day>,
    /// Likelihood that it is so, parts per million.
    pub likelihood_ppm: u32,
    /// Exhibits it rests on.
    pub exhibits: Vec<String>,
}

/// Why a list of facts was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("fact {number}: {reason}")]
pub struct FactError {
    /// Which, counted from 1.
    pub number: usize,
    /// What is wrong.
    pub reason: FactFault,
}

/// What is wrong with a fact.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FactFault {
    /// No such word.
    #[error("{word:?} is no word of {element}; docs/norms.md and data/vocabulary.json list them")]
    Word {
        /// The element.
        element: Element,
        /// The word.
        word: String,
    },
    /// No such state.
    #[error("{0} is no code of ISO 3166-1")]
    State(String),
    /// More than one.
    #[error("likelihood is {0} parts per million, more than one")]
    Likelihood(u32),
    /// It rests on nothing.
    #[error("it rests on no exhibit")]
    NoExhibit,
}

/// Checks a list of facts before it is judged by.
///
/// # Errors
/// All faults; a list with one is not used.
pub fn check_facts(
    facts: &[Fact],
    vocabulary: &Vocabulary,
    states: &States,
) -> Result<(), Vec<FactError>> {
    let mut faults = Vec::new();
    for (number, fact) in (1..).zip(facts) {
        let mut fault = |reason| faults.push(FactError { number, reason });
        if !vocabulary.knows(fact.element, &fact.value) {
            fault(FactFault::Word {
                element: fact.element,
                word: fact.value.clone(),
            });
        }
        let unknown = |p: &&Party| p.is_unnamed() || (p.is_state() && !states.has(p.as_str()));
        if let Some(about) = fact.about.as_ref().filter(unknown) {
            fault(FactFault::State(about.to_string()));
        }
        if fact.likelihood_ppm > PPM {
            fault(FactFault::Likelihood(fact.likelihood_ppm));
        }
        if fact.exhibits.is_empty() {
            fault(FactFault::NoExhibit);
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

/// What one coder says of one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// It is so.
    Met,
    /// It is not so.
    NotMet,
    /// Neither likely enough nor unlikely enough, or the coder's own facts disagree.
    Undecided,
}

/// A coder's reading with the numbers behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoderReading {
    /// Who.
    pub coder: String,
    /// What it comes to.
    pub reading: Reading,
    /// The coder's own likelihoods, parts per million; none if it follows from `no-other`.
    pub likelihood_ppm: Vec<u32>,
}

/// All that was coded of one word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordReading {
    /// The element.
    pub element: Element,
    /// The word.
    pub word: String,
    /// The party it is about, where the norm asks for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Party>,
    /// What the coders together come to.
    pub value: Kleene,
    /// Each coder who spoke, by name.
    pub coders: Vec<CoderReading>,
    /// Exhibits all this rests on, in order, once each.
    pub exhibits: Vec<String>,
}

impl WordReading {
    /// Whether coders spoke and do not agree.
    #[must_use]
    pub fn differ(&self) -> bool {
        let readings: BTreeSet<Reading> = self.coders.iter().map(|c| c.reading).collect();
        readings.len() > 1
    }
}

/// Of whom a word is read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Judged<'a> {
    /// Facts about this party only.
    About(&'a Party),
    /// Facts about this party, or about nobody.
    Party(&'a Party),
    /// All facts: what was done, whoever did it.
    Nobody,
}

/// Facts by element and word.
#[derive(Clone, Debug)]
pub(crate) struct Index<'a> {
    by_word: BTreeMap<Element, BTreeMap<&'a str, Vec<&'a Fact>>>,
    policy: Policy,
}

impl<'a> Index<'a> {
    /// Facts that hold from a later day than the one judged are left out.
    pub(crate) fn new(facts: &'a [Fact], on: Day, policy: Policy) -> Self {
        let mut by_word: BTreeMap<Element, BTreeMap<_, Vec<&Fact>>> = BTreeMap::new();
        for fact in facts.iter().filter(|f| f.on.is_none_or(|day| day <= on)) {
            let words = by_word.entry(fact.element).or_default();
            words.entry(fact.value.as_str()).or_default().push(fact);
        }
        for list in by_word.values_mut().flat_map(BTreeMap::values_mut) {
            // So that the order of statements changes nothing.
            list.sort_by(|a, b| {
                let key = |f: &'a Fact| (&f.coder, f.likelihood_ppm, &f.about, &f.exhibits);
                key(a).cmp(&key(b))
            });
        }
        Self { by_word, policy }
    }

    /// What the coders say of a word in judging a party: facts about that party, where the norm asks for that;
    /// else also facts about nobody. What is said about another party never counts.
    pub(crate) fn read(&self, element: Element, word: &str, judged: Judged<'_>) -> WordReading {
        let about = match judged {
            Judged::About(party) => Some(party),
            Judged::Party(_) | Judged::Nobody => None,
        };
        let of = |f: &&&Fact| match judged {
            Judged::About(party) => f.about.as_ref() == Some(party),
            Judged::Party(party) => f.about.as_ref().is_none_or(|p| p == party),
            Judged::Nobody => true,
        };
        let own = self.all(element, word).iter().filter(of);
        let lists = self.all(element, NO_OTHER).iter().filter(of);
        let mut by_coder: BTreeMap<&str, (Vec<&Fact>, Vec<&Fact>)> = BTreeMap::new();
        for fact in own {
            by_coder.entry(&fact.coder).or_default().0.push(fact);
        }
        for fact in lists.filter(|_| word != NO_OTHER) {
            by_coder.entry(&fact.coder).or_default().1.push(fact);
        }
        let mut coders = Vec::new();
        let mut exhibits = BTreeSet::new();
        for (coder, (own, lists)) in by_coder {
            let (reading, rests_on) = if own.is_empty() {
                match self.fold(&lists) {
                    Some(Reading::Met) => (Reading::NotMet, &lists),
                    _ => continue,
                }
            } else {
                match self.fold(&own) {
                    Some(reading) => (reading, &own),
                    None => continue,
                }
            };
            exhibits.extend(rests_on.iter().flat_map(|f| f.exhibits.iter().cloned()));
            coders.push(CoderReading {
                coder: coder.to_owned(),
                reading,
                likelihood_ppm: own.iter().map(|f| f.likelihood_ppm).collect(),
            });
        }
        let value = together(&coders);
        WordReading {
            element,
            word: word.to_owned(),
            about: about.cloned(),
            value,
            coders,
            exhibits: exhibits.into_iter().collect(),
        }
    }

    fn all(&self, element: Element, word: &str) -> &[&'a Fact] {
        let words = self.by_word.get(&element);
        words
            .and_then(|w| w.get(word))
            .map_or(&[][..], Vec::as_slice)
    }

    /// One coder's facts on one word; they must agree.
    fn fold(&self, facts: &[&Fact]) -> Option<Reading> {
        let mut readings = facts.iter().map(|f| self.policy.read(f.likelihood_ppm));
        let first = readings.next()?;
        Some(if readings.all(|r| r == first) {
            first
        } else {
            Reading::Undecided
        })
    }

    /// All facts with their element and word.
    pub(crate) fn facts(&self) -> impl Iterator<Item = &'a Fact> {
        let lists = self.by_word.values().flat_map(BTreeMap::values);
        lists.flatten().copied()
    }
}

/// All who speak agree, or it is unknown.
fn together(coders: &[CoderReading]) -> Kleene {
    let Some(first) = coders.first().map(|c| c.reading) else {
        return Kleene::Unknown;
    };
    if coders.iter().any(|c| c.reading != first) {
        return Kleene::Unknown;
    }
    match first {
        Reading::Met => Kleene::Met,
        Reading::NotMet => Kleene::NotMet,
        Reading::Undecided => Kleene::Unknown,
    }
}
