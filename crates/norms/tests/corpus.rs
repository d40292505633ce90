//! The shipped corpus: what it holds, and that it reads back from its documents.

use crate::support::{SHIPPED, against};
use serde_json::Value;
use solferino_norms::{Basis, Corpus, Element, Force, SHIPPED as FILES, short_word};
use std::collections::BTreeSet;

#[test]
fn seventeen_instruments_and_143_norms() {
    let corpus = &SHIPPED.corpus;
    assert_eq!(corpus.instruments().count(), 17);
    assert_eq!(corpus.entries().len(), 143);
    assert_eq!(SHIPPED.themes.iter().count(), 23);
    for (theme, _) in SHIPPED.themes.iter() {
        assert!(
            corpus.of_theme(theme).next().is_some(),
            "{theme} has no norm"
        );
    }
    let unchecked = corpus.entries().iter().filter(|e| e.norm.basis == Basis::K);
    assert_eq!(unchecked.count(), 54);
    let treaties = corpus
        .entries()
        .iter()
        .filter(|e| e.force() == Force::Treaty);
    assert_eq!(treaties.count(), 13 + 4 + 1);
}

/// Articles and themes must fit the record's own limits, so that `norm.register` takes every row.
#[test]
fn every_row_fits_a_record() {
    let mut words = BTreeSet::new();
    for entry in SHIPPED.corpus.entries() {
        let word = short_word(&entry.norm.id);
        assert!(word.len() <= 64 && words.insert(word), "{}", entry.norm.id);
        assert!((1..=32).contains(&entry.norm.article().len()));
        assert_eq!(entry.digest.len(), 64);
    }
}

#[test]
fn every_element_has_a_source_and_says_what_it_asks() {
    let mut judged = 0;
    for entry in SHIPPED.corpus.entries() {
        for part in &entry.norm.elements {
            assert!(!part.source.is_empty() && !part.asks.is_empty());
            judged += 1;
        }
        // An author link that is asked of states is never the only element.
        let links = entry
            .norm
            .elements
            .iter()
            .filter(|p| p.element == Element::AuthorLink);
        if links.count() > 0 {
            assert!(entry.norm.elements.len() > 1, "{}", entry.norm.id);
        }
    }
    assert!(judged > 200, "{judged}");
}

#[test]
fn every_word_of_conduct_is_asked_for_by_a_norm() {
    let mut asked = BTreeSet::new();
    for part in SHIPPED
        .corpus
        .entries()
        .iter()
        .flat_map(|e| &e.norm.elements)
    {
        part.when.walk(&mut |c| {
            if let solferino_norms::Condition::Fact(atom) = c {
                asked.extend(atom.words.iter().map(|w| (atom.element, w.clone())));
            }
        });
    }
    for (word, meaning) in SHIPPED.vocabulary.words(Element::Conduct) {
        assert!(
            asked.contains(&(Element::Conduct, word.to_owned())),
            "{word}: {meaning}"
        );
    }
}

#[test]
fn documents_read_back_to_the_same_norms_and_digests() {
    let corpus = &SHIPPED.corpus;
    let texts: Vec<String> = corpus
        .entries()
        .iter()
        .map(|e| e.document().unwrap())
        .collect();
    let named: Vec<(&str, &str)> = corpus
        .entries()
        .iter()
        .zip(&texts)
        .map(|(e, text)| (e.norm.id.as_str(), text.as_str()))
        .collect();
    let again = Corpus::documents(&named, against()).unwrap();
    assert_eq!(&again, corpus);
    // A document that says something else of the same instrument is no document of it.
    let mut other: Value = serde_json::from_str(&texts[0]).unwrap();
    other["instrument"]["title"] = "Another".into();
    let other = other.to_string();
    let both = [named[1], ("other", other.as_str())];
    let faults = Corpus::documents(&both, against()).unwrap_err().to_string();
    assert!(faults.contains("is already in"), "{faults}");
}

/// The digest is what a record pins; a change of a header or an element table changes it.
#[test]
fn digest_covers_header_and_element_table() {
    let (name, text) = FILES
        .iter()
        .find(|(name, _)| *name == "gge15.json")
        .unwrap();
    let digests = |text: &str| -> Vec<String> {
        let corpus = Corpus::load(&[(name, text)], against()).unwrap();
        corpus.entries().iter().map(|e| e.digest.clone()).collect()
    };
    let before = digests(text);
    let renamed = digests(&text.replace("(20 states)", "(21 states)"));
    assert!(before.iter().zip(&renamed).all(|(a, b)| a != b));
    let element = "The state refused cooperation or gave it up";
    let reworded = digests(&text.replace(element, "The state refused cooperation"));
    let changed = before.iter().zip(&reworded).filter(|(a, b)| a != b).count();
    assert_eq!(changed, 1);
}
