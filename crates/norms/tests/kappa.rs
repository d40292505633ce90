//! Cohen's κ against examples worked by hand, and where it is undefined.

use crate::support::{by, day};
use solferino_norms::{Policy, Undefined, coder_agreement, cohen};

fn pairs(counts: &[(char, char, usize)]) -> Vec<(char, char)> {
    let repeat = |(a, b, n): &(char, char, usize)| std::iter::repeat_n((*a, *b), *n);
    counts.iter().flat_map(repeat).collect()
}

/// The textbook table of 50 proposals: both yes 20, only the first 5, only the second 10, both no 15.
/// p_o = 35/50 = 0.7; p_e = (25·30 + 25·20)/2500 = 0.5; κ = 0.2/0.5 = 0.4.
#[test]
fn textbook_example() {
    let table = pairs(&[
        ('y', 'y', 20),
        ('y', 'n', 5),
        ('n', 'y', 10),
        ('n', 'n', 15),
    ]);
    let result = cohen(&table);
    assert_eq!((result.units, result.agreed), (50, 35));
    assert_eq!(result.kappa, Some(0.4));
    assert_eq!(result.undefined, None);
}

/// Three categories by hand. First coder: a 4, b 3, c 3; second: a 5, b 3, c 2; agreed 4 + 2 + 2 = 8 of 10.
/// E = 4·5 + 3·3 + 3·2 = 35; κ = (8·10 − 35)/(100 − 35) = 45/65.
#[test]
fn three_categories() {
    let table = pairs(&[
        ('a', 'a', 4),
        ('b', 'b', 2),
        ('c', 'c', 2),
        ('b', 'a', 1),
        ('c', 'b', 1),
    ]);
    let result = cohen(&table);
    assert_eq!((result.units, result.agreed), (10, 8));
    assert_eq!(result.kappa, Some(45.0 / 65.0));
}

#[test]
fn ends_and_undefined_cases() {
    let perfect = pairs(&[('y', 'y', 3), ('n', 'n', 3)]);
    assert_eq!(cohen(&perfect).kappa, Some(1.0));
    let opposite = pairs(&[('y', 'n', 3), ('n', 'y', 3)]);
    assert_eq!(cohen(&opposite).kappa, Some(-1.0));
    let same = cohen(&pairs(&[('y', 'y', 9)]));
    assert_eq!(
        (same.kappa, same.undefined),
        (None, Some(Undefined::NoVariation))
    );
    let none = cohen::<char>(&[]);
    assert_eq!(
        (none.kappa, none.undefined),
        (None, Some(Undefined::NothingCoded))
    );
    // No agreement beyond chance is 0, not undefined.
    let chance = pairs(&[('y', 'y', 1), ('y', 'n', 1), ('n', 'y', 1), ('n', 'n', 1)]);
    assert_eq!(cohen(&chance).kappa, Some(0.0));
}

/// Units are what at least one of the two coded, of elements that both coded; silence is a category; third coders do not count.
#[test]
fn over_the_facts_of_a_case() {
    let facts = [
        by("a", "effect", "availability", "", 950_000),
        by("b", "effect", "availability", "", 900_000),
        by("a", "effect", "integrity", "", 950_000),
        by("b", "effect", "integrity", "", 100_000),
        by("a", "effect", "physical", "", 990_000),
        by("a", "target-class", "health", "", 990_000), // b says nothing of what was struck
        by("a", "territory", "from", "AA", 900_000),
        by("b", "territory", "from", "AA", 500_000),
        by("c", "time", "peacetime", "", 990_000),
    ];
    let agreement = |a, b| coder_agreement(&facts, a, b, day("2020-01-01"), Policy::default());
    let both = agreement("a", "b");
    // a: met 4; b: met 1, not met 1, silent 1, undecided 1. Agreed 1; E = 4; κ = (4 − 4)/(16 − 4) = 0.
    assert_eq!((both.units, both.agreed, both.kappa), (4, 1, Some(0.0)));
    assert_eq!(agreement("a", "a").undefined, Some(Undefined::NoVariation));
    assert_eq!(agreement("x", "y").undefined, Some(Undefined::NothingCoded));
}
