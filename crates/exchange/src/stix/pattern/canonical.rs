//! One form for patterns that say the same: nested joins flattened, OR outermost, the same things in one order, and what
//! is implied by something beside it left out.

use super::ast::{Base, Comparison, Expression, Join, Literal, Operator, Qualified, Step, Test};
use super::compare::bytes;
use crate::observable;

/// Most parts a canonical pattern may have; OR outermost can multiply them.
pub const MAX_CANONICAL_PARTS: usize = 4_096;

/// The canonical form would be too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the canonical form has more than {MAX_CANONICAL_PARTS} parts")]
pub struct CanonicalError;

type Canonical<T> = Result<T, CanonicalError>;

/// The canonical form of a pattern's tree.
pub(super) fn expression(tree: &Expression) -> Canonical<Expression> {
    let mut found = Vec::new();
    for one in alternatives(tree)? {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    // Of two alternatives where one asks for less, the one that asks for more adds nothing.
    let asked = found
        .iter()
        .filter(|a| !found.iter().any(|b| b != *a && asks_for(a, b)));
    let mut kept: Vec<Expression> = asked.cloned().collect();
    kept.sort_by_cached_key(ToString::to_string);
    Ok(join(Join::Or, kept))
}

fn join(join: Join, mut parts: Vec<Expression>) -> Expression {
    let only = if parts.len() == 1 { parts.pop() } else { None };
    only.unwrap_or(Expression::Join(join, parts))
}

/// The alternatives of a tree, each without OR outside qualifiers.
fn alternatives(tree: &Expression) -> Canonical<Vec<Expression>> {
    match tree {
        Expression::One(one) => qualified(one),
        Expression::Join(Join::Or, parts) => {
            let parts: Canonical<Vec<_>> = parts.iter().map(alternatives).collect();
            bounded(parts?.into_iter().flatten().collect())
        }
        Expression::Join(by, parts) => {
            let mut ways: Vec<Vec<Expression>> = vec![Vec::new()];
            for part in parts {
                let choices = alternatives(part)?;
                if ways.len().saturating_mul(choices.len()) > MAX_CANONICAL_PARTS {
                    return Err(CanonicalError);
                }
                let extend = |way: &Vec<Expression>| {
                    let way = way.clone();
                    choices
                        .iter()
                        .map(move |choice| [way.as_slice(), std::slice::from_ref(choice)].concat())
                        .collect::<Vec<_>>()
                };
                ways = ways.iter().flat_map(extend).collect();
            }
            let made = |parts: Vec<Expression>| {
                let flat = parts.into_iter().flat_map(|part| match part {
                    Expression::Join(inner, inside) if inner == *by => inside,
                    other => vec![other],
                });
                let mut flat: Vec<Expression> = flat.collect();
                if *by == Join::And {
                    flat.sort_by_cached_key(ToString::to_string);
                }
                join(*by, flat)
            };
            bounded(ways.into_iter().map(made).collect())
        }
    }
}

fn bounded<T>(parts: Vec<T>) -> Canonical<Vec<T>> {
    if parts.len() > MAX_CANONICAL_PARTS {
        return Err(CanonicalError);
    }
    Ok(parts)
}

/// A bracket or group with its qualifiers. A group without any only orders, and order is in the tree.
fn qualified(one: &Qualified) -> Canonical<Vec<Expression>> {
    let base = match &one.base {
        Base::Group(inside) if one.qualifiers.is_empty() => return alternatives(inside),
        Base::Group(inside) => match expression(inside)? {
            // Qualifiers of the one thing inside come first.
            Expression::One(inner) => {
                let mut qualifiers = inner.qualifiers;
                qualifiers.extend(one.qualifiers.iter().cloned());
                let base = inner.base;
                return Ok(vec![Expression::One(Qualified { base, qualifiers })]);
            }
            several => Base::Group(Box::new(several)),
        },
        Base::Bracket(test) => Base::Bracket(self::test(test)?),
    };
    let qualifiers = one.qualifiers.clone();
    Ok(vec![Expression::One(Qualified { base, qualifiers })])
}

/// Whether whatever satisfies `more` satisfies `less` too, as far as their shapes tell.
fn asks_for(more: &Expression, less: &Expression) -> bool {
    if more == less {
        return true;
    }
    let parts = |tree: &Expression, by: Join| match tree {
        Expression::Join(join, parts) if *join == by => parts.clone(),
        other => vec![other.clone()],
    };
    // Some of the things in order, in that order, or one of them alone.
    if let Expression::Join(Join::FollowedBy, all) = more {
        let mut rest = all.iter();
        return parts(less, Join::FollowedBy)
            .iter()
            .all(|part| rest.any(|one| one == part));
    }
    // Some of the things in any order, each as often as it is asked for.
    if let Expression::Join(Join::And, all) = more {
        let mut left = all.clone();
        return parts(less, Join::And).iter().all(|part| {
            let at = left.iter().position(|one| one == part);
            at.map(|at| left.remove(at)).is_some()
        });
    }
    false
}

/// The canonical form of what a bracket tests: alternatives, each a list of comparisons.
fn test(test: &Test) -> Canonical<Test> {
    let mut found: Vec<Vec<Comparison>> = Vec::new();
    for mut all in choices(test)? {
        all.sort_by_cached_key(ToString::to_string);
        all.dedup_by(|a, b| same(a, b));
        if !found.iter().any(|other| same_list(other, &all)) {
            found.push(all);
        }
    }
    // No object is of two types. Where nothing can satisfy the test, all of it stays.
    let of_one =
        |all: &Vec<Comparison>| all.windows(2).all(|pair| pair[0].object == pair[1].object);
    if found.iter().any(of_one) {
        found.retain(of_one);
    }
    let holds_all = |all: &[Comparison], some: &[Comparison]| {
        some.iter()
            .all(|one| all.iter().any(|other| same(one, other)))
    };
    let kept = found.iter().filter(|all| {
        !found
            .iter()
            .any(|some| !same_list(some, all) && holds_all(all, some))
    });
    let mut kept: Vec<Test> = kept.map(|all| and(all)).collect();
    kept.sort_by_cached_key(ToString::to_string);
    let only = if kept.len() == 1 { kept.pop() } else { None };
    Ok(only.unwrap_or(Test::Or(kept)))
}

fn and(all: &[Comparison]) -> Test {
    match all {
        [one] => Test::Comparison(one.clone()),
        all => Test::And(all.iter().cloned().map(Test::Comparison).collect()),
    }
}

fn same(a: &Comparison, b: &Comparison) -> bool {
    a.to_string() == b.to_string()
}

fn same_list(a: &[Comparison], b: &[Comparison]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

/// OR outermost: every way to satisfy a test, as the comparisons it takes.
fn choices(test: &Test) -> Canonical<Vec<Vec<Comparison>>> {
    match test {
        Test::Comparison(one) => Ok(vec![vec![comparison(one)]]),
        Test::Or(parts) => {
            let parts: Canonical<Vec<_>> = parts.iter().map(choices).collect();
            bounded(parts?.into_iter().flatten().collect())
        }
        Test::And(parts) => {
            let mut ways: Vec<Vec<Comparison>> = vec![Vec::new()];
            for part in parts {
                let these = choices(part)?;
                if ways.len().saturating_mul(these.len()) > MAX_CANONICAL_PARTS {
                    return Err(CanonicalError);
                }
                let extend = |way: &Vec<Comparison>| {
                    these
                        .iter()
                        .map(|this| [way.as_slice(), this].concat())
                        .collect::<Vec<_>>()
                };
                ways = ways.iter().flat_map(extend).collect();
            }
            Ok(ways)
        }
    }
}

/// One spelling for constants, and for operators that say the same.
fn comparison(one: &Comparison) -> Comparison {
    let mut made = one.clone();
    made.at = 0;
    for value in &mut made.values {
        *value = literal(value);
        if let Some(spelled) = spelling(one, value) {
            *value = Literal::Text(spelled);
        }
    }
    if made.operator == Operator::In {
        made.values.sort();
        made.values.dedup();
        if made.values.len() == 1 {
            made.operator = Operator::Equal;
        }
    }
    let opposite = match made.operator {
        Operator::Equal => Some(Operator::NotEqual),
        Operator::NotEqual => Some(Operator::Equal),
        _ => None,
    };
    if let Some(opposite) = opposite.filter(|_| made.negated) {
        (made.operator, made.negated) = (opposite, false);
    }
    made
}

fn literal(value: &Literal) -> Literal {
    match value {
        Literal::Number(number) => {
            let shortest = number
                .parse::<f64>()
                .ok()
                .filter(|_| number.parse::<i64>().is_err());
            Literal::Number(shortest.map_or_else(|| number.clone(), |n| n.to_string()))
        }
        Literal::Marked('h' | 'b', _) => {
            let octets = bytes(value).unwrap_or_default();
            Literal::Marked('h', hex::encode(octets))
        }
        other => other.clone(),
    }
}

/// Values that have several spellings: addresses, and registry keys and value names, which Windows reads without case.
fn spelling(of: &Comparison, value: &Literal) -> Option<String> {
    let Literal::Text(text) = value else {
        return None;
    };
    let path: Vec<&Step> = of.path.iter().collect();
    let is = |step: &Step, name: &str| matches!(step, Step::Key(key) if key == name);
    let last = of.path.last()?;
    let equality = matches!(
        of.operator,
        Operator::Equal | Operator::NotEqual | Operator::In
    );
    match (of.object.as_str(), path.as_slice()) {
        ("ipv4-addr", [step]) if equality && is(step, "value") => {
            let text = without_zeros(text);
            let found = observable::canonical(observable::Kind::Ipv4Addr, &text)?;
            (found.kind() == observable::Kind::Ipv4Addr).then(|| found.value().to_owned())
        }
        ("ipv6-addr", [step]) if equality && is(step, "value") => {
            let found = observable::canonical(observable::Kind::Ipv6Addr, text)?;
            (found.kind() == observable::Kind::Ipv6Addr).then(|| found.value().to_owned())
        }
        ("windows-registry-key", [step]) if equality && is(step, "key") => {
            Some(text.to_lowercase())
        }
        ("windows-registry-key", [first, .., _])
            if equality && is(first, "values") && is(last, "name") =>
        {
            Some(text.to_lowercase())
        }
        _ => None,
    }
}

/// An IPv4 address without zeros in front of its numbers, where it is one number whether they mark octal digits or not.
fn without_zeros(text: &str) -> String {
    let (address, block) = match text.split_once('/') {
        Some((address, block)) => (address, Some(block)),
        None => (text, None),
    };
    let short = |number: &str| match number.trim_start_matches('0') {
        "" if !number.is_empty() => "0".to_owned(),
        digit @ ("1" | "2" | "3" | "4" | "5" | "6" | "7") => digit.to_owned(),
        _ => number.to_owned(),
    };
    let numbers: Vec<String> = address.split('.').map(short).collect();
    let address = numbers.join(".");
    block.map_or_else(|| address.clone(), |block| format!("{address}/{block}"))
}
