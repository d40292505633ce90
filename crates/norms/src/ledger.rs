//! Who is bound by what, when: accessions, reservations, withdrawals, each with its evidence.

use crate::accession::{Change, LedgerError, LedgerErrors, LedgerFault, LedgerRow, LedgerRows};
use crate::states::Obligations;
use crate::{Binding, Corpus, Day, Entry, Instrument, Party, States};
use std::collections::{BTreeMap, BTreeSet};

/// One time of being bound.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Interval {
    from: Day,
    until: Option<Day>,
    evidence: Vec<String>,
    reserved: BTreeMap<String, (Day, String)>,
    /// Begun by the party's own word alone.
    own_word: bool,
}

impl Interval {
    fn covers(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// Accessions and what became of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger<'a> {
    states: &'a States,
    intervals: BTreeMap<(Party, String), Vec<Interval>>,
    complete: BTreeMap<String, Day>,
}

impl<'a> Ledger<'a> {
    /// A ledger that says nothing.
    #[must_use]
    pub fn empty(states: &'a States) -> Self {
        Self {
            states,
            intervals: BTreeMap::new(),
            complete: BTreeMap::new(),
        }
    }

    /// Builds a ledger from its rows, in any order.
    ///
    /// # Errors
    /// [`LedgerErrors`] names every faulty row; nothing is loaded then.
    pub fn build(
        rows: &LedgerRows,
        corpus: &Corpus,
        states: &'a States,
    ) -> Result<Self, LedgerErrors> {
        let texts = corpus.texts();
        let mut ledger = Self::empty(states);
        ledger.complete.clone_from(&rows.complete);
        let mut numbered: Vec<(usize, &LedgerRow)> = (1..).zip(&rows.rows).collect();
        numbered.sort_by_key(|(number, row)| (row.from, row.change, *number));
        let mut faults = Vec::new();
        for (number, row) in numbered {
            let checked = ledger.check(row, &texts);
            if let Err(reason) = checked.and_then(|()| ledger.enter(row)) {
                faults.push(LedgerError {
                    row: number,
                    party: row.party.to_string(),
                    instrument: row.instrument.clone(),
                    from: row.from,
                    reason,
                });
            }
        }
        let strange = rows
            .complete
            .iter()
            .filter(|(id, _)| !texts.contains_key(id.as_str()));
        faults.extend(strange.map(|(id, until)| LedgerError {
            row: 0,
            party: "complete".to_owned(),
            instrument: id.clone(),
            from: *until,
            reason: LedgerFault::Instrument,
        }));
        faults.sort_by_key(|fault| fault.row);
        if faults.is_empty() {
            Ok(ledger)
        } else {
            Err(LedgerErrors(faults))
        }
    }

    fn check(
        &self,
        row: &LedgerRow,
        texts: &BTreeMap<&str, Vec<&Entry>>,
    ) -> Result<(), LedgerFault> {
        let unknown = row.party.is_state() && !self.states.has(row.party.as_str());
        if unknown || row.party.is_unnamed() {
            return Err(LedgerFault::State);
        }
        let norms = texts.get(row.instrument.as_str());
        let Some((norms, first)) = norms.and_then(|n| Some((n, n.first()?))) else {
            return Err(LedgerFault::Instrument);
        };
        if row.evidence.trim().is_empty() {
            return Err(LedgerFault::Evidence);
        }
        let affirmed = matches!(first.text().binding, Binding::Affirmation {});
        match row.change {
            Change::Accede if affirmed => return Err(LedgerFault::Way),
            Change::Affirm if !affirmed => return Err(LedgerFault::Way),
            _ => {}
        }
        if row.articles.is_empty() == (row.change == Change::Reserve) {
            return Err(LedgerFault::Articles);
        }
        let known: BTreeSet<&String> = norms.iter().flat_map(|e| &e.norm.articles).collect();
        match row.articles.iter().find(|a| !known.contains(a)) {
            Some(article) => Err(LedgerFault::Article(article.clone())),
            None => Ok(()),
        }
    }

    fn enter(&mut self, row: &LedgerRow) -> Result<(), LedgerFault> {
        let key = (row.party.clone(), row.instrument.clone());
        let intervals = self.intervals.entry(key).or_default();
        let open = intervals.last_mut().filter(|i| i.until.is_none());
        match (row.change, open) {
            // A document that goes back further stands already; the party's own word adds nothing to it.
            (Change::Accede, Some(open)) if row.own_word && !open.own_word => {
                open.evidence.push(row.evidence.clone());
                Ok(())
            }
            (Change::Accede | Change::Affirm, Some(open)) => Err(LedgerFault::Overlap(open.from)),
            (Change::Accede | Change::Affirm, None) => {
                intervals.push(Interval {
                    from: row.from,
                    until: None,
                    evidence: vec![row.evidence.clone()],
                    reserved: BTreeMap::new(),
                    own_word: row.own_word,
                });
                Ok(())
            }
            (_, None) => Err(LedgerFault::NotBound),
            (Change::Withdraw, Some(open)) => {
                open.until = Some(row.from);
                open.evidence.push(row.evidence.clone());
                Ok(())
            }
            (Change::Reserve, Some(open)) => {
                let twice = row.articles.iter().find(|a| open.reserved.contains_key(*a));
                if let Some(article) = twice {
                    return Err(LedgerFault::ReservedTwice(article.clone()));
                }
                for article in &row.articles {
                    let since = (row.from, row.evidence.clone());
                    open.reserved.insert(article.clone(), since);
                }
                Ok(())
            }
        }
    }

    /// The states the ledger goes by.
    #[must_use]
    pub fn states(&self) -> &'a States {
        self.states
    }

    /// What a party took on, and from when until when (first day no longer bound).
    pub fn accepted<'b>(
        &'b self,
        party: &'b Party,
    ) -> impl Iterator<Item = (&'b str, Day, Option<Day>)> {
        let own = self.intervals.iter().filter(move |((p, _), _)| p == party);
        own.flat_map(|((_, id), list)| list.iter().map(move |i| (id.as_str(), i.from, i.until)))
    }

    /// Last day up to which all accessions to a text are known.
    pub(crate) fn complete_until(&self, text: &Instrument) -> Option<Day> {
        self.complete.get(&text.id).copied()
    }

    /// Whether the party's own rows on a text begin by a day.
    pub(crate) fn began_by(&self, party: &Party, text: &Instrument, on: Day) -> bool {
        let key = (party.clone(), text.id.clone());
        let own = self.intervals.get(&key);
        own.is_some_and(|own| own.iter().any(|i| i.from <= on))
    }

    /// What the ledger says of a party, a text and a day, state successions included.
    pub(crate) fn standing(&self, party: &Party, text: &Instrument, on: Day) -> Standing {
        let key = (party.clone(), text.id.clone());
        let own = self.intervals.get(&key).map_or(&[][..], Vec::as_slice);
        if let Some(interval) = own.iter().find(|i| i.covers(on)) {
            return Standing::bound(interval, on);
        }
        if let Some(inherited) = self.inherited(party, text, on) {
            return inherited;
        }
        match (own.first(), own.iter().rev().find(|i| i.from <= on)) {
            (None, _) => Standing::Silent,
            (
                Some(_),
                Some(Interval {
                    until: Some(u),
                    evidence,
                    ..
                }),
            ) => Standing::Outside {
                why: format!("withdrew from {u}"),
                evidence: evidence.clone(),
            },
            (Some(first), _) if first.own_word => Standing::Unclear {
                why: format!(
                    "says itself that it took it on from {}; whether earlier is not shown",
                    first.from
                ),
                evidence: first.evidence.clone(),
            },
            (Some(first), _) => Standing::Outside {
                why: format!("took it on only from {}", first.from),
                evidence: first.evidence.clone(),
            },
        }
    }

    /// What follows from a withdrawn code this one stands in place of.
    fn inherited(&self, party: &Party, text: &Instrument, on: Day) -> Option<Standing> {
        for succession in self.states.formers(party.as_str()) {
            let former: Party = succession.former.parse().ok()?;
            let last = succession.on;
            // What stood for the former code on the day of the change, or goes back further.
            let standing = self.standing(&former, text, last);
            if on < last || !matches!(standing, Standing::In { .. }) {
                continue;
            }
            return Some(match succession.obligations {
                Obligations::Continue => self.standing(&former, text, on).because(&succession.note),
                Obligations::Unknown => {
                    let why = format!("{former} was bound; {}", succession.note);
                    Standing::Unclear {
                        evidence: vec![format!("succession: {why}")],
                        why,
                    }
                }
            });
        }
        None
    }
}

/// What the ledger says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Bound, but for these articles.
    In {
        why: String,
        evidence: Vec<String>,
        reserved: BTreeSet<String>,
    },
    /// Known not to be.
    Outside { why: String, evidence: Vec<String> },
    /// Something is known, but not enough.
    Unclear { why: String, evidence: Vec<String> },
    /// No row.
    Silent,
}

impl Standing {
    fn bound(interval: &Interval, on: Day) -> Self {
        let mut evidence = interval.evidence.clone();
        let mut reserved = BTreeSet::new();
        for (article, (since, shown)) in &interval.reserved {
            if *since <= on {
                reserved.insert(article.clone());
                evidence.push(shown.clone());
            }
        }
        evidence.dedup();
        let why = format!("took it on from {}", interval.from);
        Self::In {
            why,
            evidence,
            reserved,
        }
    }

    fn because(self, note: &str) -> Self {
        match self {
            Self::In {
                why,
                evidence,
                reserved,
            } => Self::In {
                why: format!("{why}; {note}"),
                evidence,
                reserved,
            },
            other => other,
        }
    }
}
