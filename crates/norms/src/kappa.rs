//! Cohen's κ: how far two coders agree beyond chance (J. Cohen, 1960).

use crate::facts::{Fact, Index, Reading};
use crate::{Day, Element, Party, Policy};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Agreement of two coders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kappa {
    /// Units both were compared on.
    pub units: usize,
    /// Units on which they agree.
    pub agreed: usize,
    /// (p_o − p_e)/(1 − p_e), in [−1, 1]; none where it is undefined.
    pub kappa: Option<f64>,
    /// Why it is undefined.
    pub undefined: Option<Undefined>,
}

/// Why κ has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undefined {
    /// Nothing was coded.
    NothingCoded,
    /// Both coders used one and the same category throughout: agreement by chance is certain.
    NoVariation,
}

/// Cohen's κ over pairs of categories, one pair per unit.
///
/// With N units, a of them agreed, and E = Σ_c n₁(c)·n₂(c), κ = (a·N − E)/(N² − E): integers until the one division.
#[must_use]
pub fn cohen<C: Ord + Copy>(pairs: &[(C, C)]) -> Kappa {
    let units = pairs.len();
    let agreed = pairs.iter().filter(|(a, b)| a == b).count();
    let mut counts: BTreeMap<C, (u64, u64)> = BTreeMap::new();
    for (first, second) in pairs {
        counts.entry(*first).or_default().0 += 1;
        counts.entry(*second).or_default().1 += 1;
    }
    let expected: u64 = counts.values().map(|(a, b)| a * b).sum();
    let (n, a) = (units as u64, agreed as u64);
    let (kappa, undefined) = if n == 0 {
        (None, Some(Undefined::NothingCoded))
    } else if n * n == expected {
        (None, Some(Undefined::NoVariation))
    } else {
        let over = i128::from(a * n) - i128::from(expected);
        let of = i128::from(n * n) - i128::from(expected);
        (Some(over as f64 / of as f64), None)
    };
    Kappa {
        units,
        agreed,
        kappa,
        undefined,
    }
}

/// κ of two coders of a case: a unit is a word (about a party, if one is named) that at least one of them coded, of an
/// element that both coded; the categories are met, not met, undecided and silent. `no-other` counts as the word it is. Who
/// codes only law is not compared with who codes only fact.
#[must_use]
pub fn coder_agreement(
    facts: &[Fact],
    first: &str,
    second: &str,
    on: Day,
    policy: Policy,
) -> Kappa {
    let of =
        |coder: &str| -> Vec<Fact> { facts.iter().filter(|f| f.coder == coder).cloned().collect() };
    let (first, second) = (of(first), of(second));
    let (a, b) = (readings(&first, on, policy), readings(&second, on, policy));
    let elements = |r: &BTreeMap<Unit, Reading>| -> BTreeSet<Element> {
        r.keys().map(|(element, _, _)| *element).collect()
    };
    let both: BTreeSet<Element> = elements(&a).intersection(&elements(&b)).copied().collect();
    let units = a.keys().chain(b.keys());
    let units: BTreeSet<_> = units
        .filter(|(element, _, _)| both.contains(element))
        .collect();
    let pairs: Vec<_> = units
        .into_iter()
        .map(|unit| (a.get(unit).copied(), b.get(unit).copied()))
        .collect();
    cohen(&pairs)
}

type Unit = (Element, String, Option<Party>);

fn readings(facts: &[Fact], on: Day, policy: Policy) -> BTreeMap<Unit, Reading> {
    let index = Index::new(facts, on, policy);
    let mut by_unit: BTreeMap<Unit, Vec<u32>> = BTreeMap::new();
    for fact in index.facts() {
        let unit = (fact.element, fact.value.clone(), fact.about.clone());
        by_unit.entry(unit).or_default().push(fact.likelihood_ppm);
    }
    let fold = |list: Vec<u32>| {
        let distinct: BTreeSet<Reading> = list.into_iter().map(|l| policy.read(l)).collect();
        match distinct.first() {
            Some(one) if distinct.len() == 1 => *one,
            _ => Reading::Undecided,
        }
    };
    by_unit
        .into_iter()
        .map(|(unit, list)| (unit, fold(list)))
        .collect()
}
