//! What the norms say, as rows of a finding's page (docs/norms.md, In the record).

use norms::Kleene;
use record::derive::{CoderAgreement, NormVerdict, Verdicts};
use record::law::Law;

/// The norms of a finding.
pub(super) struct NormsPart {
    /// Who is judged, in words.
    pub(super) party: String,
    /// Days of the act.
    pub(super) on: String,
    /// What the operation may be called.
    pub(super) term: String,
    /// Protected classes struck.
    pub(super) aggravating: Vec<String>,
    /// Counts with their unit, rule and unknown share.
    pub(super) counts: String,
    /// Norms inconsistent with, or not decided; the rest are counted.
    pub(super) rows: Vec<NormRow>,
    /// Agreement of coders.
    pub(super) agreement: Vec<String>,
    /// Facts that do not count, and why.
    pub(super) set_aside: Vec<String>,
}

/// One norm.
pub(super) struct NormRow {
    pub(super) norm: String,
    pub(super) text: String,
    pub(super) says: String,
    pub(super) unchecked: bool,
    pub(super) words: String,
    pub(super) bound: &'static str,
    pub(super) elements: Vec<String>,
}

impl NormsPart {
    pub(super) fn of(verdicts: &Verdicts, law: &Law) -> Self {
        let summary = verdicts.summary();
        let shown = |n: &&NormVerdict| n.is_inconsistent() || n.is_open();
        let mut rows: Vec<_> = verdicts.norms.iter().filter(shown).collect();
        rows.sort_by_key(|n| !n.is_inconsistent()); // stable: else in the order of the law
        Self {
            party: verdicts.party.to_string(),
            on: days(verdicts),
            term: verdicts.term.words().to_owned(),
            aggravating: verdicts.aggravating.clone(),
            counts: format!(
                "Of {} norms in this record: inconsistent with {}, cannot tell {}, not engaged {}, not bound then {}; {} measure no conduct. Unit: a norm. \
                 A norm is inconsistent with only if every element is met; unknown is neither a breach nor innocence.",
                summary.judged,
                summary.inconsistent.len(),
                summary.cannot_tell,
                summary.not_engaged,
                summary.not_bound_then,
                summary.not_measured
            ),
            rows: rows.into_iter().map(|n| row(n, law)).collect(),
            agreement: verdicts.agreement.iter().map(agreement).collect(),
            set_aside: verdicts
                .set_aside
                .iter()
                .map(|s| {
                    format!(
                        "{} facts of {} on {}: {}",
                        s.facts, s.coder, s.element, s.reason
                    )
                })
                .collect(),
        }
    }
}

fn days(verdicts: &Verdicts) -> String {
    let days: Vec<String> = verdicts.on.iter().map(ToString::to_string).collect();
    days.join(" or ")
}

fn row(verdict: &NormVerdict, law: &Law) -> NormRow {
    let entry = law.corpus().get(&verdict.norm);
    let element = |e: &record::derive::ElementValue| {
        let value = match e.value {
            Kleene::Met => "met",
            Kleene::NotMet => "not met",
            Kleene::Unknown => "unknown",
        };
        format!("{}: {value}", e.element)
    };
    NormRow {
        norm: verdict.norm.clone(),
        text: entry.map(|e| e.text().title.clone()).unwrap_or_default(),
        says: entry.map(|e| e.norm.paraphrase.clone()).unwrap_or_default(),
        unchecked: verdict.basis == norms::Basis::K,
        words: match (verdict.is_inconsistent(), verdict.coders) {
            (true, 1) => format!("{} (one coder's word)", verdict.words),
            _ => verdict.words.clone(),
        },
        bound: match verdict.bound {
            norms::Bound::AtTheTime => "bound at the time",
            norms::Bound::NotThen => "not bound then",
            norms::Bound::Yardstick => "binds nobody by itself: a yardstick",
            norms::Bound::Unknown => "unknown whether bound",
        },
        elements: verdict.elements.iter().map(element).collect(),
    }
}

fn agreement(pair: &CoderAgreement) -> String {
    let k = &pair.kappa;
    let value = match (k.kappa, k.undefined) {
        (Some(kappa), _) => format!("Cohen's κ {kappa:.2}"),
        (None, Some(norms::Undefined::NoVariation)) => {
            "Cohen's κ undefined (no variation)".to_owned()
        }
        (None, _) => "Cohen's κ undefined (nothing coded)".to_owned(),
    };
    format!(
        "{} and {}: {value}, {} of {} words alike",
        pair.first, pair.second, k.agreed, k.units
    )
}
