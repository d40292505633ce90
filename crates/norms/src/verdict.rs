//! From the values of a norm's elements to a verdict, and from a verdict to words.

use crate::{Force, Kleene};
use serde::{Deserialize, Serialize};

/// What the elements together say of the conduct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every element is met.
    Inconsistent,
    /// At least one element is not met: the norm does not speak to this conduct.
    NotEngaged,
    /// No element is known to fail, and not all are known to be met.
    CannotTell,
}

/// Whether the addressee had taken on the text when it acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The text stood and the addressee had taken it on; for a treaty: in force for it.
    AtTheTime,
    /// The text did not stand yet, or the addressee had not taken it on, or had left.
    NotThen,
    /// The text binds nobody; conduct is measured against it.
    Yardstick,
    /// The ledger does not say.
    Unknown,
}

/// The verdict over a norm's elements, in any order.
///
/// No elements at all is `CannotTell`: nothing was examined, so nothing is concluded.
#[must_use]
pub fn judge(elements: &[Kleene]) -> Verdict {
    let Some((first, rest)) = elements.split_first() else {
        return Verdict::CannotTell;
    };
    match rest.iter().fold(*first, |all, next| all.and(*next)) {
        Kleene::Met => Verdict::Inconsistent,
        Kleene::NotMet => Verdict::NotEngaged,
        Kleene::Unknown => Verdict::CannotTell,
    }
}

/// The words a page may use for a verdict.
///
/// "breach of" only for a treaty that bound the addressee at the time. Whoever had not taken on
/// the text is "not bound then", whatever else is true. Everything that is no treaty, and a treaty
/// whose accession is not known, gives "inconsistent with" at most.
#[must_use]
pub fn verdict_words(force: Force, verdict: Verdict, bound: Bound) -> &'static str {
    match (bound, verdict) {
        (Bound::NotThen, _) => "not bound then",
        (_, Verdict::NotEngaged) => "not engaged",
        (_, Verdict::CannotTell) => "cannot tell",
        (Bound::AtTheTime, Verdict::Inconsistent) if force == Force::Treaty => "breach of",
        (_, Verdict::Inconsistent) => "inconsistent with",
    }
}
