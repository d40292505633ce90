//! The evaluator: coded facts and a norm give a judgement, element by element, explained.

use crate::author::{AuthorReading, conducted, in_words};
use crate::bound::bound_when;
use crate::condition::{Atom, Condition, Of};
use crate::facts::{Index, Judged, Reading, WordReading};
use crate::judgement::{Aggravation, ElementJudgement, Gap, Judgement, Missing};
use crate::terms::{Effects, TERM_SET, Term};
use crate::{
    Authorship, Day, Element, Entry, Fact, Kleene, Ledger, Part, Party, Policy, Verdict,
    Vocabulary, judge, verdict_words,
};
use std::collections::BTreeSet;

/// What a case is judged on. Facts are checked first, with [`crate::check_facts`].
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// Coded facts of all coders.
    pub facts: &'a [Fact],
    /// What the finding says of authors; empty: no finding.
    pub authorship: &'a Authorship,
    /// Who is bound by what.
    pub ledger: &'a Ledger<'a>,
    /// Words and protected classes.
    pub vocabulary: &'a Vocabulary,
    /// Parameters.
    pub policy: Policy,
    /// The day of the act.
    pub on: Day,
}

/// Judges norms on one case.
#[derive(Clone, Debug)]
pub struct Evaluator<'a> {
    given: Given<'a>,
    index: Index<'a>,
    aggravating: Vec<Aggravation>,
    term: Term,
}

impl<'a> Evaluator<'a> {
    /// Sorts the facts of a case once for all norms.
    #[must_use]
    pub fn new(given: Given<'a>) -> Self {
        let index = Index::new(given.facts, given.on, given.policy);
        let effect = |word| index.read(Element::Effect, word, Judged::Nobody).value;
        let term = Term::of(Effects {
            confidentiality: effect("confidentiality"),
            integrity: effect("integrity"),
            availability: effect("availability"),
            physical: effect("physical"),
            disclosure: effect("disclosure"),
            espionage: index
                .read(Element::Intent, "espionage", Judged::Nobody)
                .value,
        });
        let struck = given.vocabulary.aggravating().iter().filter_map(|class| {
            let read = index.read(Element::TargetClass, &class.value, Judged::Nobody);
            (read.value == Kleene::Met).then(|| Aggravation {
                class: class.value.clone(),
                why: class.why.clone(),
                source: class.source.clone(),
                exhibits: read.exhibits,
            })
        });
        let aggravating = struck.collect();
        Self {
            given,
            index,
            aggravating,
            term,
        }
    }

    /// Judges one norm for one party.
    #[must_use]
    pub fn judge(&self, entry: &Entry, party: &Party) -> Judgement {
        let bounds = bound_when(entry, party, self.given.on, self.given.ledger);
        let elements: Vec<_> = entry
            .norm
            .elements
            .iter()
            .map(|p| self.element(p, party))
            .collect();
        let values: Vec<Kleene> = elements.iter().map(|e| e.value).collect();
        let verdict = judge(&values);
        let mut missing = Vec::new();
        if verdict == Verdict::CannotTell {
            for (part, judged) in entry.norm.elements.iter().zip(&elements) {
                if judged.value == Kleene::Unknown {
                    self.missing(&part.when, part.element, party, &mut missing);
                }
            }
        }
        if bounds.bound == crate::Bound::Unknown {
            missing.push(Missing {
                element: None,
                gap: Gap::Bound,
                code: None,
                words: Vec::new(),
                about: Some(party.clone()),
                text: format!("whether {party} was bound: {}", bounds.reason),
            });
        }
        let engaged = verdict != Verdict::NotEngaged;
        Judgement {
            norm: entry.norm.id.clone(),
            norm_sha256: entry.digest.clone(),
            force: entry.force(),
            basis: entry.basis(),
            party: party.clone(),
            on: self.given.on,
            words: verdict_words(entry.force(), verdict, bounds.bound).to_owned(),
            bounds,
            elements,
            verdict,
            no_elements: entry.norm.no_elements.clone(),
            missing,
            aggravating: if engaged {
                self.aggravating.clone()
            } else {
                Vec::new()
            },
            term: self.term,
            term_set: TERM_SET.to_owned(),
        }
    }

    /// What the operation may be called.
    #[must_use]
    pub fn term(&self) -> Term {
        self.term
    }

    fn element(&self, part: &Part, party: &Party) -> ElementJudgement {
        let mut seen = Seen::default();
        let value = self.value(&part.when, party, &mut seen);
        let mut exhibits: BTreeSet<String> = BTreeSet::new();
        let links = seen.author.iter().flat_map(|a| &a.links);
        for reading in seen.readings.iter().chain(links) {
            exhibits.extend(reading.exhibits.iter().cloned());
        }
        ElementJudgement {
            element: part.element,
            asks: part.asks.clone(),
            source: part.source.clone(),
            basis: part.basis,
            value,
            reason: seen.reason(),
            facts: seen.readings,
            author: seen.author,
            exhibits: exhibits.into_iter().collect(),
        }
    }

    fn value(&self, condition: &Condition, party: &Party, seen: &mut Seen) -> Kleene {
        match condition {
            Condition::All(parts) => parts
                .iter()
                .map(|p| self.value(p, party, seen))
                .fold(Kleene::Met, Kleene::and),
            Condition::Any(parts) => parts
                .iter()
                .map(|p| self.value(p, party, seen))
                .fold(Kleene::NotMet, Kleene::or),
            Condition::Not(inner) => !self.value(inner, party, seen),
            Condition::Fact(atom) => {
                let readings = self.read(atom, party);
                let value = any(&readings);
                seen.take(readings);
                value
            }
            Condition::Author(_) => {
                let author = self.author(party);
                let value = author.value;
                seen.author = Some(author);
                value
            }
        }
    }

    fn read(&self, atom: &Atom, party: &Party) -> Vec<WordReading> {
        let judged = match atom.of {
            Some(Of::Addressee) => Judged::About(party),
            None => Judged::Party(party),
        };
        let words = atom.words.iter();
        words
            .map(|w| self.index.read(atom.element, w, judged))
            .collect()
    }

    fn author(&self, party: &Party) -> AuthorReading {
        conducted(party, self.given.authorship, &self.index, self.given.policy)
    }

    /// The unknown parts of a condition that is unknown.
    fn missing(
        &self,
        condition: &Condition,
        element: Element,
        party: &Party,
        out: &mut Vec<Missing>,
    ) {
        let mut seen = Seen::default();
        if self.value(condition, party, &mut seen) != Kleene::Unknown {
            return;
        }
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                for part in parts {
                    self.missing(part, element, party, out);
                }
            }
            Condition::Not(inner) => self.missing(inner, element, party, out),
            Condition::Fact(atom) => {
                out.extend(missing_facts(atom, element, &self.read(atom, party)))
            }
            Condition::Author(_) => out.extend(missing_author(&self.author(party), element, party)),
        }
    }
}

/// What a condition looked at.
#[derive(Default)]
struct Seen {
    readings: Vec<WordReading>,
    author: Option<AuthorReading>,
    silent: bool,
}

impl Seen {
    /// Keeps what somebody spoke of; the same word is kept once.
    fn take(&mut self, readings: Vec<WordReading>) {
        self.silent |= readings.iter().all(|r| r.coders.is_empty());
        for reading in readings.into_iter().filter(|r| !r.coders.is_empty()) {
            if !self.readings.contains(&reading) {
                self.readings.push(reading);
            }
        }
    }

    fn reason(&self) -> String {
        let mut parts: Vec<String> = self.readings.iter().map(in_short).collect();
        if let Some(author) = &self.author {
            parts.insert(0, author.reason.clone());
        }
        if parts.is_empty() || (self.silent && self.author.is_none() && parts.is_empty()) {
            return "not coded".to_owned();
        }
        parts.join("; ")
    }
}

fn in_short(reading: &WordReading) -> String {
    let said = |c: &crate::facts::CoderReading| {
        let word = match c.reading {
            Reading::Met => "met",
            Reading::NotMet => "not met",
            Reading::Undecided => "undecided",
        };
        let numbers: Vec<String> = c.likelihood_ppm.iter().map(|l| percent(*l)).collect();
        if numbers.is_empty() {
            format!("{} {word} (list complete)", c.coder)
        } else {
            format!("{} {word} ({})", c.coder, numbers.join(", "))
        }
    };
    let coders: Vec<String> = reading.coders.iter().map(said).collect();
    let differ = if reading.differ() {
        ", coders differ"
    } else {
        ""
    };
    let (word, value) = (&reading.word, in_words(reading.value));
    format!("{word} {value}{differ}: {}", coders.join(", "))
}

/// `95 %`, `99.95 %`: exact, without a floating-point number.
fn percent(ppm: u32) -> String {
    let (whole, rest) = (ppm / 10_000, ppm % 10_000);
    if rest == 0 {
        return format!("{whole} %");
    }
    let fraction = format!("{rest:04}");
    format!("{whole}.{} %", fraction.trim_end_matches('0'))
}

fn any(readings: &[WordReading]) -> Kleene {
    readings
        .iter()
        .map(|r| r.value)
        .fold(Kleene::NotMet, Kleene::or)
}

fn missing_facts(atom: &Atom, element: Element, readings: &[WordReading]) -> Vec<Missing> {
    let code = atom.element;
    let mut out = Vec::new();
    for gap in [Gap::CodersDiffer, Gap::Undecided, Gap::NotCoded] {
        let unknown = readings
            .iter()
            .filter(|r| r.value == Kleene::Unknown && gap_of(r) == gap);
        let words: Vec<String> = unknown.clone().map(|r| r.word.clone()).collect();
        if words.is_empty() {
            continue;
        }
        let about = unknown.clone().find_map(|r| r.about.clone());
        let of = about
            .as_ref()
            .map_or(String::new(), |p| format!(" about {p}"));
        let list = words.join(", ");
        let text = match gap {
            Gap::CodersDiffer => format!("coders differ over {code}{of}: {list}"),
            Gap::Undecided => format!("{code}{of} is coded too close to even: {list}"),
            _ if words.len() == 1 => format!("{code}{of} is not coded: {list}"),
            _ => format!("{code}{of} is not coded: one of {list}"),
        };
        out.push(Missing {
            element: Some(element),
            gap,
            code: Some(code),
            words,
            about,
            text,
        });
    }
    out
}

fn gap_of(reading: &WordReading) -> Gap {
    if reading.differ() {
        Gap::CodersDiffer
    } else if reading.coders.is_empty() {
        Gap::NotCoded
    } else {
        Gap::Undecided
    }
}

fn missing_author(author: &AuthorReading, element: Element, party: &Party) -> Vec<Missing> {
    let part = |gap, code, text| Missing {
        element: Some(element),
        gap,
        code,
        words: Vec::new(),
        about: Some(party.clone()),
        text,
    };
    let mut out = Vec::new();
    if author.fact == Kleene::Unknown {
        let text = format!("a finding on {party} that reaches the standard, or exonerates");
        out.push(part(Gap::Finding, None, text));
    }
    if author.law == Kleene::Unknown {
        let text = format!("an assessment in law of the part {party} had, that decides");
        out.push(part(Gap::Law, Some(Element::AuthorLink), text));
    }
    out
}
