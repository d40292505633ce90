//! Words that tell a country: names, demonyms, languages, capitals, seats of power.

/// One line per country: ISO 3166-1 alpha-2 code, a bar, words separated by semicolons.
const STATES: &str = include_str!("../../data/states.txt");

/// Every country of the list with its words, a plural beside each demonym.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = STATES.lines().filter(|l| !l.starts_with('#'));
    lines
        .filter_map(|l| l.split_once('|'))
        .flat_map(|(code, words)| {
            let words = words.split(';').map(str::trim);
            words.filter(|w| !w.is_empty()).map(move |w| (code, w))
        })
}

/// Words that stand for a state in free text: those of the list, plurals included.
#[must_use]
pub fn words_of(state: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (_, word) in all().filter(|(code, _)| *code == state) {
        words.push(word.to_string());
        words.extend(plural(word));
    }
    words
}

/// The plural in `-s`, where a word may have one.
pub(super) fn plural(word: &str) -> Option<String> {
    let may = word.ends_with(|c: char| c.is_alphabetic() && !matches!(c, 's' | 'h' | 'e' | 'z'));
    may.then(|| format!("{word}s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_well_formed() {
        let mut codes: Vec<_> = STATES
            .lines()
            .filter(|l| !l.starts_with('#'))
            .map(|l| l.split_once('|').unwrap().0)
            .collect();
        let count = codes.len();
        assert!(count > 190, "{count}");
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count, "a code twice");
        for (code, word) in all() {
            assert!(code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()));
            assert!(word.chars().count() >= 2 && word == word.trim(), "{word:?}");
        }
        assert!(words_of("RU").contains(&"Russians".to_string()));
        assert!(words_of("XA").is_empty());
    }
}
