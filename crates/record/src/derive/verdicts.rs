//! What the norms say of a case: docs/norms.md, "In the record".
//!
//! Facts come from the case, who is named and at which standard from the proposal, texts and ledger
//! from the law of the moment the panel was assigned.

use std::collections::{BTreeMap, BTreeSet};

use norms::{
    Authorship, Basis, Bound, Day, Element, Evaluator, Found, Given, Judgement, Kappa, Kleene,
    Ledger, Party, Policy, Proof, Term, Verdict,
};
use serde::{Deserialize, Serialize};
use tlog::Hash;

use super::DeriveError;
use crate::body::analysis::CodedFacts;
use crate::body::charter::NormsPolicy;
use crate::body::outcome::{Inconsistent, NormsSummary, Proposal};
use crate::ids::{InstrumentId, MemberId};
use crate::law::{Law, LawError, reference};
use crate::state::Case;

/// Why facts do not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetAside {
    /// Whose.
    pub coder: MemberId,
    /// Of which element.
    pub element: Element,
    /// How many.
    pub facts: u32,
    /// Why.
    pub reason: String,
}

/// How far two coders agree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// The one.
    pub first: String,
    /// The other.
    pub second: String,
    /// Cohen's κ on the last day coded.
    pub kappa: Kappa,
}

/// One element of a norm, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElementValue {
    /// Its kind.
    pub element: Element,
    /// Met, not met, unknown.
    pub value: Kleene,
}

/// One norm, judged, in short; [`Verdicts::judge`] gives the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NormVerdict {
    /// The norm.
    pub norm: String,
    /// SHA-256 of its row and header.
    pub norm_sha256: String,
    /// K: not yet checked against the primary text.
    pub basis: Basis,
    /// Whether the party was bound.
    pub bound: Bound,
    /// The verdict.
    pub verdict: Verdict,
    /// In words.
    pub words: String,
    /// Each element.
    pub elements: Vec<ElementValue>,
    /// How many coders the element with fewest rests on, of those that rest on facts; 0 where none does.
    pub coders: u32,
}

/// All norms of the law on one case, and everything that went in but the law itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdicts {
    /// Who is judged: the state the finding names, else the author, not named.
    pub party: Party,
    /// The days of the act as coders have them, in order.
    pub on: Vec<Day>,
    /// What the finding says of authors.
    pub authorship: Authorship,
    /// Thresholds, standard of proof, control test.
    pub policy: Policy,
    /// Digest of vocabulary, themes, states and successions.
    pub reference_sha256: Hash,
    /// SHA-256 of each text judged by.
    pub texts: BTreeMap<InstrumentId, Hash>,
    /// Facts that count.
    pub facts: Vec<norms::Fact>,
    /// Facts that do not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<SetAside>,
    /// Every pair of coders.
    pub agreement: Vec<Agreement>,
    /// What the operation may be called.
    pub term: Term,
    /// Protected classes struck.
    pub aggravating: Vec<String>,
    /// Each norm, in the order of the law.
    pub norms: Vec<NormVerdict>,
}

impl From<LawError> for DeriveError {
    fn from(e: LawError) -> Self {
        Self::Input(e.to_string())
    }
}

/// Judges the law's norms on the coded facts; none where nothing was coded or nothing is law.
pub(super) fn judge_case(
    case: &Case,
    law: &Law,
    charter: &NormsPolicy,
    coded: &[(MemberId, CodedFacts)],
    proposal: &Proposal,
) -> Result<Option<Verdicts>, DeriveError> {
    if coded.is_empty() || law.texts().is_empty() {
        return Ok(None);
    }
    let (facts, set_aside) = counted(case, coded)?;
    let days: Result<BTreeSet<Day>, _> = coded
        .iter()
        .map(|(_, c)| c.on.to_string().parse())
        .collect();
    let days = days.map_err(|e| DeriveError::Input(e.to_string()))?;
    let mut verdicts = Verdicts {
        party: party(proposal)?,
        on: days.into_iter().collect(),
        authorship: authorship(proposal)?,
        policy: charter.policy,
        reference_sha256: charter.reference_sha256,
        texts: law
            .texts()
            .iter()
            .map(|(id, r)| (id.clone(), r.sha256))
            .collect(),
        facts,
        set_aside,
        agreement: Vec::new(),
        term: Term::IctActivity,
        aggravating: Vec::new(),
        norms: Vec::new(),
    };
    verdicts.agreement = agreement(&verdicts, coded);
    verdicts.draw(law)?;
    Ok(Some(verdicts))
}

impl Verdicts {
    /// Every norm judged in full, element by element, once for each day coded.
    ///
    /// # Errors
    /// [`DeriveError::Input`] where the law or the program's data cannot be read.
    pub fn judge(&self, law: &Law) -> Result<Vec<Vec<Judgement>>, DeriveError> {
        let ledger = law.ledger()?;
        let mut all = vec![Vec::new(); law.corpus().entries().len()];
        for on in &self.on {
            let evaluator = self.evaluator(&ledger, *on)?;
            for (entry, judged) in law.corpus().entries().iter().zip(&mut all) {
                judged.push(evaluator.judge(entry, &self.party));
            }
        }
        Ok(all)
    }

    /// The same facts under another proposal.
    pub(super) fn again(&self, law: &Law, proposal: &Proposal) -> Result<Self, DeriveError> {
        let mut verdicts = self.clone();
        verdicts.party = party(proposal)?;
        verdicts.authorship = authorship(proposal)?;
        verdicts.draw(law)?;
        Ok(verdicts)
    }

    fn evaluator<'a>(
        &'a self,
        ledger: &'a Ledger<'_>,
        on: Day,
    ) -> Result<Evaluator<'a>, DeriveError> {
        Ok(Evaluator::new(Given {
            facts: &self.facts,
            authorship: &self.authorship,
            ledger,
            vocabulary: &reference()?.vocabulary,
            policy: self.policy,
            on,
        }))
    }

    fn draw(&mut self, law: &Law) -> Result<(), DeriveError> {
        let judged = self.judge(law)?;
        if let Some(last) = judged.first().and_then(|j| j.last()) {
            self.term = last.term;
        }
        let struck = judged.iter().flatten().flat_map(|j| &j.aggravating);
        let struck: BTreeSet<String> = struck.map(|a| a.class.clone()).collect();
        self.aggravating = struck.into_iter().collect();
        self.norms = judged.iter().filter_map(|j| in_short(j)).collect();
        Ok(())
    }

    /// What the panel votes on: what is inconsistent, in words, and how many are not.
    #[must_use]
    pub fn summary(&self) -> NormsSummary {
        let measured = || self.norms.iter().filter(|n| !n.elements.is_empty());
        let counted = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let count = |words: &str| counted(measured().filter(|n| n.words == words).count());
        NormsSummary {
            judged: counted(self.norms.len()),
            inconsistent: measured()
                .filter(|n| n.is_inconsistent())
                .map(|n| Inconsistent {
                    norm: n.norm.clone(),
                    words: n.words.clone(),
                    bound: n.bound,
                    coders: n.coders,
                })
                .collect(),
            cannot_tell: count("cannot tell"),
            not_measured: counted(self.norms.len() - measured().count()),
            not_engaged: count("not engaged"),
            not_bound_then: count("not bound then"),
        }
    }
}

impl NormVerdict {
    /// Whether the conduct is inconsistent with a norm that bound, or measures, the party.
    #[must_use]
    pub fn is_inconsistent(&self) -> bool {
        self.verdict == Verdict::Inconsistent
            && self.bound != Bound::NotThen
            && !self.elements.is_empty()
    }

    /// Whether it cannot be decided although something that the norm asks for is met: what a reader looks at next.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let met = |e: &ElementValue| e.value == Kleene::Met;
        self.words == "cannot tell" && self.elements.iter().any(met)
    }
}

/// One row of the days; a norm that comes out differently on two of them is unknown in both.
fn in_short(days: &[Judgement]) -> Option<NormVerdict> {
    let first = days.first()?;
    let alike = days
        .iter()
        .all(|j| j.verdict == first.verdict && j.bounds.bound == first.bounds.bound);
    let (bound, verdict) = if alike {
        (first.bounds.bound, first.verdict)
    } else {
        (Bound::Unknown, Verdict::CannotTell)
    };
    let value = |n: usize, first: Kleene| {
        let mut of_days = days.iter().filter_map(|j| j.elements.get(n));
        match of_days.all(|e| e.value == first) {
            true => first,
            false => Kleene::Unknown,
        }
    };
    let elements = first.elements.iter().enumerate();
    Some(NormVerdict {
        norm: first.norm.clone(),
        norm_sha256: first.norm_sha256.clone(),
        basis: first.basis,
        bound,
        verdict,
        words: norms::verdict_words(first.force, verdict, bound).to_owned(),
        elements: elements
            .map(|(n, e)| ElementValue {
                element: e.element,
                value: value(n, e.value),
            })
            .collect(),
        coders: first.elements.iter().filter_map(coders).min().unwrap_or(0),
    })
}

/// How many coders spoke of what an element asks for; none if it rests on no fact.
fn coders(element: &norms::ElementJudgement) -> Option<u32> {
    let said = element.facts.iter().flat_map(|f| &f.coders);
    let names: BTreeSet<&str> = said.map(|c| c.coder.as_str()).collect();
    let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
    (count > 0).then_some(count)
}

/// The facts of all coders, but for law assessed by those who assess fact.
fn counted(
    case: &Case,
    coded: &[(MemberId, CodedFacts)],
) -> Result<(Vec<norms::Fact>, Vec<SetAside>), DeriveError> {
    let (mut facts, mut set_aside) = (Vec::new(), Vec::new());
    for (coder, content) in coded {
        let analyst = case.analysts.contains(coder);
        let mut aside = 0;
        for fact in &content.facts {
            if analyst && fact.element == Element::AuthorLink {
                aside += 1;
                continue;
            }
            let on = fact.on.map(|day| day.to_string().parse()).transpose();
            facts.push(norms::Fact {
                coder: coder.to_string(),
                element: fact.element,
                value: fact.value.to_string(),
                about: fact.about.clone(),
                on: on.map_err(|e: norms::DateError| DeriveError::Input(e.to_string()))?,
                likelihood_ppm: fact.likelihood_ppm,
                exhibits: fact.exhibits.iter().map(ToString::to_string).collect(),
            });
        }
        if aside > 0 {
            set_aside.push(SetAside {
                coder: coder.clone(),
                element: Element::AuthorLink,
                facts: aside,
                reason: "this member wrote hypotheses or an assessment of the case".to_owned(),
            });
        }
    }
    Ok((facts, set_aside))
}

fn agreement(verdicts: &Verdicts, coded: &[(MemberId, CodedFacts)]) -> Vec<Agreement> {
    let Some(on) = verdicts.on.last() else {
        return Vec::new();
    };
    let coders: BTreeSet<&MemberId> = coded.iter().map(|(coder, _)| coder).collect();
    let coders: Vec<_> = coders.into_iter().collect();
    let mut pairs = Vec::new();
    for (n, first) in coders.iter().enumerate() {
        for second in coders.iter().skip(n + 1) {
            let (a, b) = (first.as_str(), second.as_str());
            pairs.push(Agreement {
                first: a.to_owned(),
                second: b.to_owned(),
                kappa: norms::coder_agreement(&verdicts.facts, a, b, *on, verdicts.policy),
            });
        }
    }
    pairs
}

fn state(code: &str) -> Result<Party, DeriveError> {
    code.parse()
        .map_err(|e: norms::PartyError| DeriveError::Input(e.to_string()))
}

fn party(proposal: &Proposal) -> Result<Party, DeriveError> {
    let named = proposal.named.as_ref().map(|n| n.state.as_str());
    named.map_or(Ok(Party::unnamed()), state)
}

/// Who is named, at the standard reached; who is exonerated.
fn authorship(proposal: &Proposal) -> Result<Authorship, DeriveError> {
    let found = |proof, exonerated| Found {
        proof,
        likelihood_ppm: if exonerated {
            0
        } else {
            proposal.likelihood_ppm
        },
        exonerated,
        finding: format!("{} round {}", proposal.case, proposal.round),
    };
    let proof = match proposal.standard {
        method::Standard::None => None,
        method::Standard::S1 => Some(Proof::S1),
        method::Standard::S2 => Some(Proof::S2),
        method::Standard::S3 => Some(Proof::S3),
    };
    let mut all = Authorship::new();
    for code in &proposal.exonerated {
        all.insert(state(code.as_str())?, found(None, true));
    }
    if let Some(named) = &proposal.named {
        all.insert(state(named.state.as_str())?, found(proof, false));
    }
    Ok(all)
}
