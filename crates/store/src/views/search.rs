//! Finding cases by words and by what is known of them: one full-text index, whose rows carry a case's
//! tags (sector, accused, norm, year, standard) as words of their own. SQLite's FTS5 keeps it; every
//! question is one expression of it, so that a page costs the same however many cases there are.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use record::body::case::Report;
use record::ids::Country;
use record::law::reference;
use record::state::{Case, FindingRecord, State};

/// Most words of a question that count.
pub const MAX_WORDS: usize = 8;
/// Most bytes of a word that count.
pub const MAX_WORD_BYTES: usize = 64;

/// What is known of a case, to choose by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// Sector of a victim, as the reporter gave it.
    Sector,
    /// State that a public claim or the standing finding speaks of, ISO 3166-1 alpha-2.
    Accused,
    /// Norm that the standing finding holds the conduct inconsistent with.
    Norm,
    /// Year of an incident.
    Year,
    /// Standard of proof that the standing finding reached: `none`, `S1`, `S2`, `S3`.
    Standard,
}

impl Tag {
    /// Every tag.
    pub const ALL: [Tag; 5] = [
        Tag::Sector,
        Tag::Accused,
        Tag::Norm,
        Tag::Year,
        Tag::Standard,
    ];

    /// One word that no text can spell by chance, whatever the value: a letter and the value in hex.
    fn word(self, value: &str) -> String {
        let letter = match self {
            Tag::Sector => 's',
            Tag::Accused => 'a',
            Tag::Norm => 'n',
            Tag::Year => 'y',
            Tag::Standard => 'p',
        };
        let mut word = String::from(letter);
        for byte in value.bytes() {
            // Writing to a string does not fail.
            let _ = write!(word, "{byte:02x}");
        }
        word
    }
}

/// What a reader looks for; nothing set finds everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// Words that must all stand in the case, each as it begins.
    pub words: String,
    /// Tags that must all fit.
    pub tags: Vec<(Tag, String)>,
}

impl Sought {
    /// The expression of the index, none where nothing is set. Whatever was typed becomes quoted
    /// words, so that nothing in it is an operator.
    #[must_use]
    pub fn expression(&self) -> Option<String> {
        let tags = self
            .tags
            .iter()
            .map(|(tag, value)| format!("tags : \"{}\"", tag.word(value)));
        let typed = self
            .words
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty());
        let words = typed.take(MAX_WORDS).map(|word| {
            let end = (0..=word.len().min(MAX_WORD_BYTES))
                .rev()
                .find(|n| word.is_char_boundary(*n));
            format!("words : \"{}\" *", &word[..end.unwrap_or(0)])
        });
        let all: Vec<_> = tags.chain(words).collect();
        (!all.is_empty()).then(|| all.join(" AND "))
    }

    /// Whether something was typed of which no word is left: that finds nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let typed = !self.words.trim().is_empty();
        typed && !self.words.chars().any(char::is_alphanumeric)
    }
}

/// The reports a case started from.
fn reports<'a>(state: &'a State, case: &'a Case) -> impl Iterator<Item = &'a Report> {
    let reports = case
        .reports
        .iter()
        .filter_map(|id| state.global.reports.get(id));
    reports.map(|r| &r.body)
}

/// States that a claim or the standing finding speaks of.
fn accused(case: &Case) -> BTreeSet<&Country> {
    let claimed = case
        .question
        .claim()
        .map(|claim| claim.states())
        .unwrap_or_default();
    let mut states: BTreeSet<_> = claimed.into_iter().collect();
    if let Some(found) = case.standing() {
        let proposal = &found.finding.proposal;
        states.extend(proposal.named.iter().map(|named| &named.state));
        states.extend(&proposal.exonerated);
    }
    states
}

/// Norms a finding holds the conduct inconsistent with.
fn norms(found: &FindingRecord) -> Vec<&str> {
    let verdicts = found.replayed.verdicts.iter().flat_map(|v| &v.norms);
    verdicts
        .filter(|n| n.is_inconsistent())
        .map(|n| n.norm.as_str())
        .collect()
}

/// Every tag of a case with its value, each once, in order.
#[must_use]
pub fn tags(state: &State, case: &Case) -> BTreeSet<(Tag, String)> {
    let mut all = BTreeSet::new();
    for report in reports(state, case) {
        all.insert((Tag::Sector, report.sector.to_string()));
        all.insert((
            Tag::Year,
            report.happened.to_string().chars().take(4).collect(),
        ));
    }
    all.extend(
        accused(case)
            .into_iter()
            .map(|code| (Tag::Accused, code.to_string())),
    );
    if let Some(found) = case.standing() {
        let standard = match found.finding.proposal.standard {
            method::Standard::None => "none",
            method::Standard::S1 => "S1",
            method::Standard::S2 => "S2",
            method::Standard::S3 => "S3",
        };
        all.insert((Tag::Standard, standard.to_owned()));
        all.extend(
            norms(found)
                .into_iter()
                .map(|norm| (Tag::Norm, norm.to_owned())),
        );
    }
    all
}

/// The tags as words of the index.
pub(super) fn tag_words(state: &State, case: &Case) -> String {
    let words: Vec<_> = tags(state, case)
        .iter()
        .map(|(tag, value)| tag.word(value))
        .collect();
    words.join(" ")
}

/// The words of a case: its identifier, sectors, who claims what, names of states in the languages of
/// the pages, and actors, items, strands and sources of the standing finding.
pub(super) fn words(state: &State, case: &Case) -> String {
    let mut words = BTreeSet::from([case.id.to_string()]);
    words.extend(reports(state, case).map(|r| r.sector.to_string()));
    words.extend(
        case.question
            .claim()
            .map(|claim| claim.publisher.to_string()),
    );
    for code in accused(case) {
        words.insert(code.to_string());
        let known = reference().ok().and_then(|r| r.states.get(code.as_str()));
        if let Some(known) = known {
            let names = &known.names;
            words.extend([&names.en, &names.fr, &names.ar].map(Clone::clone));
        }
    }
    if let Some(found) = case.standing() {
        let inputs = &found.replayed.inputs;
        words.extend(inputs.hypotheses.actors.iter().map(|a| a.id.clone()));
        for item in &inputs.items {
            words.extend([&item.id, &item.strand, &item.source.organisation].map(Clone::clone));
            words.extend(item.upstream.iter().cloned());
        }
    }
    words.into_iter().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sought(words: &str, tags: &[(Tag, &str)]) -> Sought {
        let tags = tags
            .iter()
            .map(|(tag, value)| (*tag, (*value).to_owned()))
            .collect();
        Sought {
            words: words.to_owned(),
            tags,
        }
    }

    #[test]
    fn what_was_typed_is_never_an_operator() {
        let hostile = "a\" OR tags : * NEAR(b) -c ^d";
        let expression = sought(hostile, &[]).expression().unwrap();
        assert_eq!(
            expression,
            "words : \"a\" * AND words : \"OR\" * AND words : \"tags\" * AND words : \"NEAR\" * AND words : \"b\" * \
             AND words : \"c\" * AND words : \"d\" *"
        );
        assert_eq!(sought("", &[]).expression(), None);
        assert!(sought(" \"* ", &[]).is_blank());
        assert!(!sought("", &[(Tag::Year, "2014")]).is_blank());
    }

    #[test]
    fn a_question_is_bounded_whatever_is_typed() {
        let long = format!("{} ", "\u{5d0}".repeat(1_000)).repeat(1_000);
        let expression = sought(&long, &[]).expression().unwrap();
        assert_eq!(expression.matches("words").count(), MAX_WORDS);
        assert!(expression.len() < MAX_WORDS * (MAX_WORD_BYTES + 24));
    }

    #[test]
    fn a_tag_is_one_word_of_its_kind_and_value() {
        let expression = sought("", &[(Tag::Sector, "a b"), (Tag::Year, "2014")]).expression();
        let wanted = "tags : \"s612062\" AND tags : \"y32303134\"";
        assert_eq!(expression.as_deref(), Some(wanted));
    }
}
