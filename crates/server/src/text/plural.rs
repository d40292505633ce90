//! Plural categories of whole numbers: Unicode CLDR 48, `supplemental/plurals.xml`.

use super::Lang;

/// The category's name in CLDR.
pub(super) fn category(lang: Lang, n: u64) -> &'static str {
    match lang {
        Lang::En => match n {
            1 => "one",
            _ => "other",
        },
        Lang::Fr => match n {
            0 | 1 => "one",
            _ if n.is_multiple_of(1_000_000) => "many",
            _ => "other",
        },
        Lang::Ar => match (n, n % 100) {
            (0, _) => "zero",
            (1, _) => "one",
            (2, _) => "two",
            (_, 3..=10) => "few",
            (_, 11..=99) => "many",
            _ => "other",
        },
    }
}

/// The categories a text with a number must have in a language.
#[cfg(test)]
pub(super) fn categories(lang: Lang) -> &'static [&'static str] {
    match lang {
        Lang::En => &["one", "other"],
        Lang::Fr => &["many", "one", "other"],
        Lang::Ar => &["few", "many", "one", "other", "two", "zero"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples CLDR gives for each category.
    #[test]
    fn the_samples_of_cldr_fall_into_their_categories() {
        let of = |lang, samples: &[(&str, &[u64])]| {
            for (wanted, numbers) in samples {
                for n in *numbers {
                    assert_eq!(category(lang, *n), *wanted, "{lang:?} {n}");
                }
            }
        };
        of(
            Lang::En,
            &[("one", &[1]), ("other", &[0, 2, 16, 100, 1_000, 1_000_000])],
        );
        of(
            Lang::Fr,
            &[
                ("one", &[0, 1]),
                ("many", &[1_000_000]),
                ("other", &[2, 17, 100, 1_000, 100_000]),
            ],
        );
        of(
            Lang::Ar,
            &[
                ("zero", &[0]),
                ("one", &[1]),
                ("two", &[2]),
                ("few", &[3, 10, 103, 110, 1_003]),
                ("many", &[11, 26, 111, 1_011]),
                (
                    "other",
                    &[100, 102, 200, 202, 300, 1_000, 10_000, 1_000_000],
                ),
            ],
        );
    }
}
