//! What a party is bound by on a day, text by text.

use serde::{Deserialize, Serialize};

use crate::{Basis, Bounds, Corpus, Day, Force, Ledger, Party, bound_when};

/// Norms of one text about which the same can be said of a party on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The text's identifier in the corpus.
    pub instrument: String,
    /// Its title.
    pub title: String,
    /// How binding it is.
    pub force: Force,
    /// Whether all of these rows were checked against a source.
    pub basis: Basis,
    /// The norms, in the order of the corpus.
    pub norms: Vec<String>,
    /// Whether bound, why, and what shows it.
    #[serde(flatten)]
    pub bounds: Bounds,
}

/// What is to be said of a party on a day, text by text. Norms that do not speak to a party of this kind are left out.
/// A text has several entries where its norms differ: a reservation, or norms issued later.
#[must_use]
pub fn standings(corpus: &Corpus, party: &Party, on: Day, ledger: &Ledger<'_>) -> Vec<Standing> {
    let mut all: Vec<Standing> = Vec::new();
    for entry in corpus.entries() {
        if !entry.norm.addressee.fits(party) {
            continue;
        }
        let bounds = bound_when(entry, party, on, ledger);
        let text = entry.text();
        let same = all
            .iter_mut()
            .find(|s| s.instrument == text.id && s.bounds == bounds);
        if let Some(standing) = same {
            standing.norms.push(entry.norm.id.clone());
            if entry.basis() == Basis::K {
                standing.basis = Basis::K;
            }
            continue;
        }
        all.push(Standing {
            instrument: text.id.clone(),
            title: text.title.clone(),
            force: text.force,
            basis: entry.basis(),
            norms: vec![entry.norm.id.clone()],
            bounds,
        });
    }
    all
}
