//! Rules of the norm register: what texts stand, who may bind whom.

use std::sync::Arc;

use norms::{Binding, Change, Force};

use super::{Admission, Ask, refuse};
use crate::ids::{Article, Country, InstrumentId, MemberId};
use crate::kind::Body;
use crate::law::{Law, LawError, MAX_PROPOSALS, Row};
use crate::refusal::{Code, Refusal};
use crate::table::Role;
use crate::time::Day;

impl Ask<'_> {
    /// Works out the law after the statement.
    pub(super) fn check_norm(&self) -> Result<Admission, Refusal> {
        let law = match &self.statement.body {
            Body::NormRegister(r) => self.law_with_registered(&r.document)?,
            Body::NormPropose(p) => self.law_with_proposal(&p.document)?,
            Body::NormAffirm(a) => self.law_with_affirmation(&a.instrument)?,
            Body::StateAccede(a) => {
                let row = (Change::Accede, a.from, &[][..]);
                self.law_with_state_act(&a.state, &a.instrument, row, a.evidence_sha256)?
            }
            Body::StateReserve(r) => {
                let row = (Change::Reserve, r.from, &r.articles[..]);
                self.law_with_state_act(&r.state, &r.instrument, row, r.evidence_sha256)?
            }
            Body::StateWithdraw(w) => {
                let row = (Change::Withdraw, w.from, &[][..]);
                self.law_with_state_act(&w.state, &w.instrument, row, w.evidence_sha256)?
            }
            Body::Pledge(p) => self.law_with_row(&Row {
                party: self.speaker()?.as_str(),
                instrument: &p.accord,
                change: Change::Accede,
                from: p.from,
                articles: &[],
                evidence: self.statement.id.to_string(),
                own_word: true,
            })?,
            _ => return Ok(Admission::default()),
        };
        Ok(Admission {
            law: Some(Arc::new(law)),
            ..Admission::default()
        })
    }

    /// What a state does about a text: by itself, or by the registrar with the hash of public evidence.
    fn law_with_state_act(
        &self,
        state: &Country,
        instrument: &InstrumentId,
        (change, from, articles): (Change, Day, &[Article]),
        evidence: Option<tlog::Hash>,
    ) -> Result<Law, Refusal> {
        let evidence = self.check_state_act(state, evidence)?;
        if change != Change::Accede {
            self.check_not_backdated(from)?;
        }
        let own_word = self
            .member
            .is_some_and(|(_, m)| m.role.role() == Role::State);
        self.law_with_row(&Row {
            party: state.as_str(),
            instrument,
            change,
            from,
            articles,
            evidence,
            own_word,
        })
    }

    fn law_with_text(&self, document: &str, proposed_by: Option<MemberId>) -> Result<Law, Refusal> {
        let changed = self
            .global
            .law
            .with_text(self.statement.id, document, proposed_by);
        changed.or_else(|e| match e {
            LawError::Same { .. } => refuse(Code::NormExists, e.to_string()),
            LawError::Ledger(_) => refuse(Code::LawConflict, e.to_string()),
            _ => refuse(Code::NormInvalid, e.to_string()),
        })
    }

    /// A registration puts no other words in the mouth of those who affirmed a proposal.
    fn law_with_registered(&self, document: &str) -> Result<Law, Refusal> {
        let before = &self.global.law;
        let law = self.law_with_text(document, None)?;
        let mut texts = law.texts().iter();
        let added = texts.find(|(_, r)| r.statement == self.statement.id);
        let proposed = added.and_then(|(id, _)| Some((id, before.texts().get(id)?)));
        match proposed {
            Some((id, earlier)) if earlier.proposed_by.is_some() => refuse(
                Code::NormExists,
                format!(
                    "{id} is a proposal, by statement {}: register the text under another identifier",
                    earlier.statement
                ),
            ),
            _ => Ok(law),
        }
    }

    /// A proposal binds who affirms it, and takes nobody else's place.
    fn law_with_proposal(&self, document: &str) -> Result<Law, Refusal> {
        let proposer = self.speaker()?;
        if self.global.law.proposals_of(proposer) >= MAX_PROPOSALS {
            return refuse(
                Code::TooManyProposals,
                format!("{proposer} has {MAX_PROPOSALS} proposals in the record"),
            );
        }
        let law = self.law_with_text(document, Some(proposer.clone()))?;
        let added = law
            .texts()
            .iter()
            .find(|(_, r)| r.statement == self.statement.id);
        let Some((id, _)) = added else {
            return refuse(Code::NormInvalid, "the document has no instrument");
        };
        if self.global.law.texts().contains_key(id) {
            return refuse(Code::NormExists, format!("there is an instrument {id}"));
        }
        let mut texts = law
            .corpus()
            .entries()
            .iter()
            .filter(|e| e.instrument.id == id.as_str());
        let other = texts.find(|e| {
            e.force() != Force::Proposal || !matches!(e.text().binding, Binding::Affirmation {})
        });
        match other {
            Some(entry) => refuse(
                Code::NormInvalid,
                format!(
                    "norm {} is not of force `proposal` and binding `affirmation`: only that can be proposed",
                    entry.norm.id
                ),
            ),
            None => Ok(law),
        }
    }

    fn law_with_affirmation(&self, instrument: &InstrumentId) -> Result<Law, Refusal> {
        let Some((id, member)) = self.member else {
            return refuse(Code::RoleNotAllowed, "only a member says this");
        };
        let party = match member.role.role() {
            Role::State => member.jurisdiction.as_str(),
            _ => id.as_str(),
        };
        self.law_with_row(&Row {
            party,
            instrument,
            change: Change::Affirm,
            from: self.time.day(),
            articles: &[],
            evidence: self.statement.id.to_string(),
            own_word: false, // it binds by being said here
        })
    }

    fn law_with_row(&self, row: &Row<'_>) -> Result<Law, Refusal> {
        if !self.global.law.has_text(row.instrument) {
            let detail = format!("the record has no text {}", row.instrument);
            return refuse(Code::NormUnknown, detail);
        }
        let changed = self.global.law.with_row(row);
        changed.or_else(|e| refuse(Code::LawConflict, e.to_string()))
    }

    /// Nobody takes back by own word what bound on the day of an act: a state's own reservation or
    /// withdrawal works from the day it is said (Vienna Convention on the Law of Treaties, art. 19,
    /// 56 and 70). An earlier one, made elsewhere, the registrar records with its evidence.
    fn check_not_backdated(&self, from: Day) -> Result<(), Refusal> {
        let own = self
            .member
            .is_some_and(|(_, m)| m.role.role() == Role::State);
        let today = self.time.day();
        if !own || from >= today {
            return Ok(());
        }
        let detail = format!(
            "{from} is past: a state's own reservation or withdrawal works from {today} at the earliest"
        );
        refuse(Code::LawConflict, detail)
    }

    /// A state acts for itself; the registrar only records what public evidence shows. Gives the
    /// evidence of the ledger row.
    fn check_state_act(
        &self,
        state: &Country,
        evidence: Option<tlog::Hash>,
    ) -> Result<String, Refusal> {
        let Some((id, member)) = self.member else {
            return refuse(Code::RoleNotAllowed, "only a member says this");
        };
        match member.role.role() {
            Role::State if member.jurisdiction != *state => refuse(
                Code::NotYourself,
                format!(
                    "member {id} acts for {}, not for {state}",
                    member.jurisdiction
                ),
            ),
            Role::State => Ok(evidence.map_or(self.statement.id.to_string(), |e| e.to_string())),
            _ => match evidence {
                Some(hash) => Ok(hash.to_string()),
                None => refuse(Code::EvidenceMissing, "evidence_sha256 is missing"),
            },
        }
    }
}
