//! What corpus files and coded facts are checked against, as one thing that a charter can pin.

use crate::corpus::{Against, ShippedError};
use crate::norm::sha256_hex;
use crate::{Corpus, CorpusErrors, Ledger, LedgerErrors, LedgerRows, States, Themes, Vocabulary};
use std::sync::OnceLock;

/// Vocabulary, themes, states and successions (docs/norms.md, In the record).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Words of facts.
    pub vocabulary: Vocabulary,
    /// Themes of the crosswalk.
    pub themes: Themes,
    /// States and what became of them.
    pub states: States,
    digest: String,
}

impl Reference {
    /// The project's own, read once.
    ///
    /// # Errors
    /// [`ShippedError`] if the shipped data are wrong; a test loads them.
    pub fn shipped() -> Result<&'static Self, ShippedError> {
        static SHIPPED: OnceLock<Reference> = OnceLock::new();
        if let Some(reference) = SHIPPED.get() {
            return Ok(reference);
        }
        let read = Self {
            vocabulary: Vocabulary::shipped()?,
            themes: Themes::shipped()?,
            states: States::shipped()?,
            digest: digest(),
        };
        Ok(SHIPPED.get_or_init(|| read))
    }

    /// SHA-256 over the four files, lower-case hex: what a charter pins.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Reads corpus files against this reference.
    ///
    /// # Errors
    /// [`CorpusErrors`] names every fault; nothing is loaded then.
    pub fn corpus(&self, files: &[(&str, &str)]) -> Result<Corpus, CorpusErrors> {
        let against = Against {
            vocabulary: &self.vocabulary,
            themes: &self.themes,
            states: &self.states,
        };
        Corpus::load(files, against)
    }

    /// Builds a ledger over a corpus.
    ///
    /// # Errors
    /// [`LedgerErrors`] names every faulty row; nothing is loaded then.
    pub fn ledger(&self, rows: &LedgerRows, corpus: &Corpus) -> Result<Ledger<'_>, LedgerErrors> {
        Ledger::build(rows, corpus, &self.states)
    }
}

fn digest() -> String {
    let files = [
        ("vocabulary", crate::vocabulary::VOCABULARY),
        ("themes", crate::vocabulary::THEMES),
        ("states", crate::states::STATES),
        ("successions", crate::states::SUCCESSIONS),
    ];
    let line = |(name, text): &(&str, &str)| format!("{name} {}\n", sha256_hex(text.as_bytes()));
    let lines: String = files.iter().map(line).collect();
    sha256_hex(lines.as_bytes())
}
