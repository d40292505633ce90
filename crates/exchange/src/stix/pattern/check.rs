//! What the specification asks of a pattern beside its grammar.

use std::collections::BTreeSet;

use super::ast::{
    Base, Comparison, Expression, Literal, Operator, Qualified, Qualifier, Step, Test,
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
            found.extend(wrong_hash(comparison));
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
    found
}

/// A hash compared for equality has the form its algorithm gives it: nothing else can ever be equal to one (section 2.7).
fn wrong_hash(comparison: &Comparison) -> Option<PatternError> {
    let equality = matches!(
        comparison.operator,
        Operator::Equal | Operator::NotEqual | Operator::In
    );
    let [.., Step::Key(hashes), Step::Key(algorithm)] = comparison.path.as_slice() else {
        return None;
    };
    let wrong = |value: &Literal| match value {
        Literal::Text(digits) => hash_fits(algorithm, digits) == Some(false),
        _ => false,
    };
    let found = equality && hashes == "hashes" && comparison.values.iter().any(wrong);
    found.then(|| PatternError {
        at: comparison.at,
        problem: PatternProblem::Hash(algorithm.clone()),
    })
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
