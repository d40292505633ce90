//! What the specification asks of a pattern beside its grammar.

use std::collections::BTreeSet;

use super::ast::{
    Base, Comparison, Expression, Join, Literal, Operator, Qualified, Qualifier, Step, Test,
};
use super::{PatternError, PatternProblem};
use crate::stix::id::is_type_name;
use crate::stix::validate::{hash_fits, is_ipv4, is_ipv6};

/// All comparisons, in their order.
pub(super) fn comparisons<'t>(tree: &'t Expression, found: &mut Vec<&'t Comparison>) {
    for one in all(tree) {
        if let Base::Bracket(test) = &one.base {
            within(test, found);
        }
    }
}

fn within<'t>(test: &'t Test, found: &mut Vec<&'t Comparison>) {
    match test {
        Test::Comparison(comparison) => found.push(comparison),
        Test::And(parts) | Test::Or(parts) => parts.iter().for_each(|part| within(part, found)),
    }
}

/// Every observation expression and group, in their order.
fn all(tree: &Expression) -> Vec<&Qualified> {
    match tree {
        Expression::Join(_, parts) => parts.iter().flat_map(all).collect(),
        Expression::One(one) => {
            let mut found = vec![one];
            if let Base::Group(inside) = &one.base {
                found.extend(all(inside));
            }
            found
        }
    }
}

/// Rules of sections 9.5 and 9.6.
pub(super) fn problems(tree: &Expression) -> Vec<PatternError> {
    let mut found = Vec::new();
    for one in all(tree) {
        let Base::Bracket(test) = &one.base else {
            continue;
        };
        let mut compared = Vec::new();
        within(test, &mut compared);
        let at = compared.first().map_or(0, |comparison| comparison.at);
        for (n, qualifier) in one.qualifiers.iter().enumerate() {
            if one.qualifiers[..n]
                .iter()
                .any(|q| name(q) == name(qualifier))
            {
                let problem = PatternProblem::Duplicate(name(qualifier));
                found.push(PatternError { at, problem });
            }
        }
        if let Err(at) = types(test) {
            let problem = PatternProblem::Unsatisfiable;
            found.push(PatternError { at, problem });
        }
        for comparison in &compared {
            found.extend(wrong_block(comparison));
        }
        let sets = compared.iter().filter(|c| c.operator == Operator::In);
        for set in sets.filter(|set| is_mixed(&set.values)) {
            let problem = PatternProblem::MixedSet;
            found.push(PatternError {
                at: set.at,
                problem,
            });
        }
    }
    found.extend(unmatchable(tree).into_iter().map(wrong_hash));
    found
}

/// Comparisons with what is no hash that keep the whole pattern from ever matching; none where it may still match: one arm of
/// an OR may never be true, and who compares with `!=` may mean anything.
fn unmatchable(tree: &Expression) -> Vec<&Comparison> {
    match tree {
        Expression::Join(Join::Or, parts) => all_or_none(parts.iter().map(unmatchable)),
        Expression::Join(_, parts) => parts.iter().flat_map(unmatchable).collect(),
        Expression::One(one) => match &one.base {
            Base::Group(inside) => unmatchable(inside),
            Base::Bracket(test) => never_true(test),
        },
    }
}

fn never_true(test: &Test) -> Vec<&Comparison> {
    match test {
        Test::Comparison(comparison) => {
            let never = equals(comparison) && comparison.values.iter().all(no_hash(comparison));
            Vec::from_iter(never.then_some(comparison))
        }
        Test::And(parts) => parts.iter().flat_map(never_true).collect(),
        Test::Or(parts) => all_or_none(parts.iter().map(never_true)),
    }
}

/// What all arms of an OR are wrong about; nothing if one of them is not wrong.
fn all_or_none<'t>(arms: impl Iterator<Item = Vec<&'t Comparison>>) -> Vec<&'t Comparison> {
    let arms: Vec<_> = arms.collect();
    if arms.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    arms.concat()
}

/// Whether a comparison is true of equal values only.
fn equals(comparison: &Comparison) -> bool {
    match comparison.operator {
        Operator::Equal | Operator::In => !comparison.negated,
        Operator::NotEqual => comparison.negated,
        _ => false,
    }
}

/// Tells of a value that it does not have the form that the compared hash's algorithm gives it: no hash is equal to it
/// (section 2.7).
fn no_hash(comparison: &Comparison) -> impl Fn(&Literal) -> bool {
    let algorithm = algorithm(comparison);
    move |value| match (algorithm, value) {
        (Some(algorithm), Literal::Text(digits)) => hash_fits(algorithm, digits) == Some(false),
        _ => false,
    }
}

/// The algorithm whose hashes are compared, if they are.
fn algorithm(comparison: &Comparison) -> Option<&str> {
    match comparison.path.as_slice() {
        [.., Step::Key(hashes), Step::Key(algorithm)] if hashes == "hashes" => Some(algorithm),
        _ => None,
    }
}

fn wrong_hash(comparison: &Comparison) -> PatternError {
    let algorithm = algorithm(comparison).unwrap_or_default();
    PatternError {
        at: comparison.at,
        problem: PatternProblem::Hash(algorithm.to_owned()),
    }
}

/// Comparisons for equality or its contrary with what is no hash, though the pattern may match all the same.
pub(super) fn doubts(tree: &Expression) -> Vec<PatternError> {
    let fatal: BTreeSet<usize> = unmatchable(tree).iter().map(|one| one.at).collect();
    let mut compared = Vec::new();
    comparisons(tree, &mut compared);
    let of_equality = [Operator::Equal, Operator::NotEqual, Operator::In];
    compared.retain(|one| {
        of_equality.contains(&one.operator)
            && one.values.iter().any(no_hash(one))
            && !fatal.contains(&one.at)
    });
    compared.into_iter().map(wrong_hash).collect()
}

/// A set of addresses is an address or a block of IPv4 or IPv6 (section 9.6.1, ISSUBSET and ISSUPERSET).
fn wrong_block(comparison: &Comparison) -> Option<PatternError> {
    let of_sets = matches!(
        comparison.operator,
        Operator::IsSubset | Operator::IsSuperset
    );
    let wrong = |value: &Literal| match value {
        Literal::Text(text) => !is_ipv4(text) && !is_ipv6(text),
        _ => true,
    };
    let found = of_sets && comparison.values.iter().any(wrong);
    found.then_some(PatternError {
        at: comparison.at,
        problem: PatternProblem::Addresses,
    })
}

fn name(qualifier: &Qualifier) -> &'static str {
    match qualifier {
        Qualifier::Within(_) => "WITHIN",
        Qualifier::Repeats(_) => "REPEATS",
        Qualifier::StartStop(..) => "START STOP",
    }
}

/// Whole and broken numbers are one type: both compare with both (section 9.2).
fn is_mixed(values: &[Literal]) -> bool {
    let kind = |literal: &Literal| match literal {
        Literal::Text(_) => 's',
        Literal::Number(_) => 'n',
        Literal::Bool(_) => 'l',
        Literal::Marked('t', _) => 't',
        Literal::Marked(..) => 'x',
    };
    values
        .windows(2)
        .any(|pair| kind(&pair[0]) != kind(&pair[1]))
}

/// The types an object may have to satisfy a test; the place of an AND that none satisfies.
fn types(test: &Test) -> Result<BTreeSet<&str>, usize> {
    match test {
        Test::Comparison(comparison) => Ok(BTreeSet::from([comparison.object.as_str()])),
        Test::Or(parts) => {
            let parts: Result<Vec<_>, _> = parts.iter().map(types).collect();
            Ok(parts?.into_iter().flatten().collect())
        }
        Test::And(parts) => {
            let mut common: Option<BTreeSet<&str>> = None;
            for part in parts {
                let these = types(part)?;
                let both = match common {
                    Some(earlier) => earlier.intersection(&these).copied().collect(),
                    None => these,
                };
                if both.is_empty() {
                    let mut inside = Vec::new();
                    within(part, &mut inside);
                    return Err(inside.first().map_or(0, |comparison| comparison.at));
                }
                common = Some(both);
            }
            Ok(common.unwrap_or_default())
        }
    }
}

/// Names that no type and no property can have (section 3.1): in an indicator they say nothing.
pub(super) fn names(tree: &Expression) -> Vec<PatternError> {
    let mut compared = Vec::new();
    comparisons(tree, &mut compared);
    let mut found = Vec::new();
    for comparison in compared {
        let at = comparison.at;
        if !is_type_name(&comparison.object) {
            let problem = PatternProblem::TypeName(comparison.object.clone());
            found.push(PatternError { at, problem });
        }
        if let Some(Step::Key(key)) = comparison.path.first()
            && !is_property_name(key)
        {
            let problem = PatternProblem::PropertyName(key.clone());
            found.push(PatternError { at, problem });
        }
    }
    found
}

fn is_property_name(name: &str) -> bool {
    name == "id"
        || (3..=250).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
