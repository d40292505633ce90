//! What the norms say, as rows of a finding's page (docs/norms.md, In the record).

use norms::{Binding, Day, Entry};
use record::derive::{CoderAgreement, ElementValue, NormVerdict, SetAside, Verdicts};
use record::law::Law;

use super::{norms as norms_page, sentences};
use crate::text::{Markup, Texts, foreign, markup};

/// The norms of a finding.
pub(super) struct NormsPart {
    /// Who is judged, for which days.
    pub(super) judged: Markup,
    /// Counts with their unit, rule and unknown share.
    pub(super) counts: Markup,
    /// Norms inconsistent with, or not decided; the rest are counted.
    pub(super) rows: Vec<NormRow>,
    /// Agreement of coders.
    pub(super) agreement: Vec<Markup>,
    /// Facts that do not count, and why.
    pub(super) set_aside: Vec<Markup>,
}

/// One norm.
pub(super) struct NormRow {
    pub(super) norm: String,
    pub(super) text: String,
    pub(super) says: String,
    pub(super) unchecked: bool,
    pub(super) inconsistent: bool,
    pub(super) verdict: String,
    pub(super) bound: String,
    /// First day it bound the party, in words, where the record says so.
    pub(super) since: Option<String>,
    pub(super) elements: Vec<String>,
}

impl NormsPart {
    pub(super) fn of(t: Texts, verdicts: &Verdicts, law: &Law) -> Self {
        let shown = |n: &&NormVerdict| n.is_inconsistent() || n.is_open();
        let mut rows: Vec<_> = verdicts.norms.iter().filter(shown).collect();
        rows.sort_by_key(|n| !n.is_inconsistent()); // stable: else in the order of the law
        let days: Vec<_> = verdicts
            .on
            .iter()
            .map(|d| norms_page::day(t, &d.to_string()))
            .collect();
        let judged = t.say("finding.norms-judged");
        let judged = judged.word("party", sentences::party(t, &verdicts.party));
        Self {
            judged: judged
                .word("days", days.join(t.s("finding.days-or")))
                .html(),
            counts: counts(t, verdicts),
            rows: rows.into_iter().map(|n| row(t, n, verdicts, law)).collect(),
            agreement: verdicts.agreement.iter().map(|a| agreement(t, a)).collect(),
            set_aside: verdicts.set_aside.iter().map(|s| set_aside(t, s)).collect(),
        }
    }
}

fn counts(t: Texts, verdicts: &Verdicts) -> Markup {
    let summary = verdicts.summary();
    let say = t
        .say("finding.norms-counts")
        .number("judged", summary.judged);
    let say = say.number("inconsistent", summary.inconsistent.len());
    let say = say.number("open", summary.cannot_tell);
    let say = say.number("not-engaged", summary.not_engaged);
    let say = say.number("not-then", summary.not_bound_then);
    say.number("unmeasured", summary.not_measured).html()
}

fn row(t: Texts, verdict: &NormVerdict, verdicts: &Verdicts, law: &Law) -> NormRow {
    let entry = law.corpus().get(&verdict.norm);
    let element = |e: &ElementValue| {
        let say = t
            .say("finding.element")
            .word("element", t.of("element", e.element.as_str()));
        say.word("value", t.word("met", &e.value)).plain()
    };
    let words = t.of("verdict", &verdict.words);
    let one_coder = verdict.is_inconsistent() && verdict.coders == 1;
    NormRow {
        norm: verdict.norm.clone(),
        text: entry.map(|e| e.text().title.clone()).unwrap_or_default(),
        says: entry.map(|e| e.norm.paraphrase.clone()).unwrap_or_default(),
        unchecked: verdict.basis == norms::Basis::K,
        inconsistent: verdict.is_inconsistent(),
        verdict: match one_coder {
            true => t.say("finding.one-coder").word("verdict", words).plain(),
            false => words,
        },
        bound: t.word("bound", &verdict.bound),
        since: entry
            .filter(|_| verdict.bound == norms::Bound::AtTheTime)
            .and_then(|e| since(e, verdicts, law))
            .map(|day| norms_page::day(t, &day.to_string())),
        elements: verdict.elements.iter().map(element).collect(),
    }
}

/// Since when a norm binds the party judged: from its text, or from the ledger of accessions.
fn since(entry: &Entry, verdicts: &Verdicts, law: &Law) -> Option<Day> {
    let text = entry.text();
    let act = *verdicts.on.first()?;
    match &text.binding {
        Binding::AllStates { from, .. } => Some(*from),
        Binding::Participants { from, states, .. } if states.contains(&verdicts.party) => {
            Some(*from)
        }
        _ => {
            let ledger = law.ledger().ok()?;
            let taken = ledger.accepted(&verdicts.party);
            taken
                .filter(|(id, from, _)| *id == text.id && *from <= act)
                .map(|(_, from, _)| from)
                .max()
        }
    }
}

fn agreement(t: Texts, pair: &CoderAgreement) -> Markup {
    let k = &pair.kappa;
    let kappa = match (k.kappa, k.undefined) {
        (Some(kappa), _) => t.decimal(kappa, 2),
        (None, Some(norms::Undefined::NoVariation)) => t.s("finding.kappa-no-variation").to_owned(),
        (None, _) => t.s("finding.kappa-nothing").to_owned(),
    };
    let say = t
        .say("finding.kappa")
        .with("first", &pair.first)
        .with("second", &pair.second);
    let say = say.word("kappa", kappa).word("agreed", k.agreed);
    say.word("units", k.units).html()
}

fn set_aside(t: Texts, s: &SetAside) -> Markup {
    let say = t
        .say("finding.set-aside")
        .word("element", t.of("element", s.element.as_str()));
    let say = say.with("coder", &s.coder).number("facts", s.facts).html();
    markup(format!(
        "{} <span lang=\"en\">{}</span>",
        say.0,
        foreign(&s.reason).0
    ))
}
