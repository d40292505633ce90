//! The steps of a case, each signed by the key entitled to it.

use std::collections::BTreeMap;

use record::blind::{self, MaskMap};
use record::body::case::Question;
use record::body::charter::Region;
use record::body::outcome::{CaseStatements, Proposal};
use record::derive::{self, Replayed};
use record::ids::{CaseId, MemberId, StatementId};
use record::kind::{Content, Kind};
use record::seal::Opening;
use record::state::State;
use record::statement::{CONTENT, Draft, Signed};
use record::time::Timestamp;
use serde_json::{Value, json};
use tlog::SigningKey;

use crate::cast::{Cast, Player, SeatSpecRole, vkey};
use crate::desk::Desk;
use crate::error::RehearsalError;

/// Years until a seal is due, in seconds.
const SEALED_FOR_S: i64 = 2 * 365 * 86_400;

/// A case being played.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// The case.
    pub id: CaseId,
    /// Key of its reporter.
    pub reporter: SigningKey,
    /// Its report.
    pub report: StatementId,
}

/// A cast at a desk.
#[derive(Debug)]
pub struct Procedure<'a, D> {
    /// Who plays.
    pub cast: &'a Cast,
    /// Where statements go.
    pub desk: &'a mut D,
    /// The time of the next statements.
    pub time: Timestamp,
    written: u64,
}

impl<'a, D: Desk> Procedure<'a, D> {
    /// Starts at a time.
    pub fn new(cast: &'a Cast, desk: &'a mut D, time: Timestamp) -> Self {
        let written = desk.look(|s| s.statements.len() as u64);
        Self {
            cast,
            desk,
            time,
            written,
        }
    }

    /// Moves to a later time; earlier times are ignored.
    ///
    /// # Errors
    /// [`crate::DeskError`].
    pub fn go_to(&mut self, time: Timestamp) -> Result<(), RehearsalError> {
        self.time = self.time.max(time);
        Ok(self.desk.set_time(self.time)?)
    }

    /// Moves on by seconds.
    ///
    /// # Errors
    /// [`crate::DeskError`].
    pub fn wait(&mut self, seconds: u32) -> Result<(), RehearsalError> {
        self.go_to(self.time.plus_seconds(seconds.into()))
    }

    /// The player with a role.
    ///
    /// # Errors
    /// [`RehearsalError::Script`] where the cast has none.
    pub fn player(&self, role: SeatSpecRole) -> Result<&'a Player, RehearsalError> {
        self.cast
            .one(role)
            .ok_or_else(|| RehearsalError::Script(format!("the cast has no {role:?}")))
    }

    /// Signs a statement without submitting it.
    ///
    /// # Errors
    /// [`record::statement::StatementError`].
    pub fn sign(
        &mut self,
        key: &SigningKey,
        kind: Kind,
        case: Option<&CaseId>,
        body: Value,
    ) -> Result<Signed, RehearsalError> {
        self.written += 1;
        let draft = Draft {
            record: self.cast.origin.clone(),
            issued: self.time,
            case: case.cloned(),
            kind,
            body,
        };
        let seed = self.cast.salt_seed(&format!("{}", self.written));
        Ok(draft.sign(key, &seed, self.time.plus_seconds(SEALED_FOR_S))?)
    }

    /// Signs and submits a statement; keeps its opening.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn say(
        &mut self,
        key: &SigningKey,
        kind: Kind,
        case: Option<&CaseId>,
        body: Value,
    ) -> Result<StatementId, RehearsalError> {
        let signed = self.sign(key, kind, case, body)?;
        self.submit(vec![signed])?
            .pop()
            .ok_or_else(|| RehearsalError::Script("the desk gave no identifier".into()))
    }

    /// Submits signed statements in order; keeps their openings.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn submit(&mut self, signed: Vec<Signed>) -> Result<Vec<StatementId>, RehearsalError> {
        for s in &signed {
            if let Some(opening) = &s.opening {
                self.desk.keep(StatementId::of_entry(&s.entry), opening)?;
            }
        }
        Ok(self
            .desk
            .submit(signed.into_iter().map(|s| s.entry).collect())?)
    }

    /// A report with consent for a public finding.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn report(
        &mut self,
        case: &CaseId,
        incident: &str,
        sector: &str,
        happened: &str,
        account: &str,
    ) -> Result<CaseFile, RehearsalError> {
        self.report_from(None, case, incident, sector, happened, account)
    }

    /// A report that says in which region the victim is.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn report_from(
        &mut self,
        region: Option<Region>,
        case: &CaseId,
        incident: &str,
        sector: &str,
        happened: &str,
        account: &str,
    ) -> Result<CaseFile, RehearsalError> {
        let reporter = self.cast.key(&format!("reporter-{case}"))?;
        let stored = self.desk.store(account.as_bytes())?;
        let mut body = json!({"incident": incident, "sector": sector, "happened": happened, "account_sha256": stored.sha256});
        if let Some(region) = region {
            body["region"] = json!(region);
        }
        let report = self.say(&reporter, Kind::Report, None, body)?;
        Ok(CaseFile {
            id: case.clone(),
            reporter,
            report,
        })
    }

    /// The reporter's consent for the report.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn consent(&mut self, file: &CaseFile, level: &str) -> Result<StatementId, RehearsalError> {
        let body = json!({"report": file.report, "level": level, "exhibits": []});
        self.say(&file.reporter, Kind::Consent, None, body)
    }

    /// Opens the case on the question who did it.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn open(&mut self, file: &CaseFile) -> Result<StatementId, RehearsalError> {
        self.open_on(file, &Question::Who)
    }

    /// Opens the case on a question.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn open_on(
        &mut self,
        file: &CaseFile,
        question: &Question,
    ) -> Result<StatementId, RehearsalError> {
        let registrar = self.player(SeatSpecRole::Registrar)?;
        let rule = self.charter(|c| c.selection_rule_sha256)?;
        let body =
            json!({"reports": [file.report], "question": question, "selection_rule_sha256": rule});
        self.say(&registrar.key, Kind::CaseOpen, Some(&file.id), body)
    }

    /// Something of the charter in force.
    ///
    /// # Errors
    /// [`RehearsalError::Script`] before the record is founded.
    pub fn charter<R>(
        &self,
        of: impl FnOnce(&record::body::charter::CharterText) -> R,
    ) -> Result<R, RehearsalError> {
        let found = self.desk.look(|s| s.global.charter_in_force().map(of));
        found.ok_or_else(|| RehearsalError::Script("the record is not founded".into()))
    }

    /// Masks the case for its reviewers; gives the statement and what it seals.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn mask(&mut self, case: &CaseId) -> Result<(StatementId, MaskMap), RehearsalError> {
        let registrar = self.player(SeatSpecRole::Registrar)?;
        let inputs = self.inputs(case)?;
        // One seed for all rounds of a case, so that its tokens stay the same.
        let seed = tlog::sha256(&self.cast.salt_seed(&format!("mask {case}")));
        let map = blind::make(seed, blind::names_of(&inputs))
            .map_err(|e| RehearsalError::Script(e.to_string()))?;
        let id = self.say(
            &registrar.key,
            Kind::Mask,
            Some(case),
            json!({"content": map}),
        )?;
        Ok((id, map))
    }

    /// Assigns the whole panel.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn assign(&mut self, case: &CaseId) -> Result<StatementId, RehearsalError> {
        let registrar = self.player(SeatSpecRole::Registrar)?;
        let panel: Vec<_> = self
            .cast
            .with_role(SeatSpecRole::Reviewer)
            .map(|p| p.spec.id.clone())
            .collect();
        self.say(
            &registrar.key,
            Kind::ReviewAssign,
            Some(case),
            json!({"reviewers": panel}),
        )
    }

    /// Opens one sealed content with the opening kept at the desk; the registrar signs.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn disclose(
        &mut self,
        case: &CaseId,
        statement: StatementId,
    ) -> Result<StatementId, RehearsalError> {
        let registrar = self.player(SeatSpecRole::Registrar)?;
        let opening = self.kept(&statement)?;
        let body = json!({"statement": statement, "pointer": CONTENT, "salt": opening.salt, "value": opening.value});
        self.say(&registrar.key, Kind::Disclose, Some(case), body)
    }

    fn kept(&self, statement: &StatementId) -> Result<Opening, RehearsalError> {
        let kept = self.desk.opening(statement)?;
        kept.ok_or_else(|| RehearsalError::Script(format!("no opening of {statement} is kept")))
    }

    /// Opens the round's reviews.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn disclose_reviews(&mut self, case: &CaseId) -> Result<(), RehearsalError> {
        for id in self.in_case(case, |c| {
            c.reviews.iter().map(|(_, id)| *id).collect::<Vec<_>>()
        })? {
            self.disclose(case, id)?;
        }
        Ok(())
    }

    /// Opens the round's votes.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn disclose_votes(&mut self, case: &CaseId) -> Result<(), RehearsalError> {
        for id in self.in_case(case, |c| {
            c.votes.iter().map(|v| v.statement).collect::<Vec<_>>()
        })? {
            self.disclose(case, id)?;
        }
        Ok(())
    }

    /// Opens hypotheses, assessments, facts, mask and notice that are still sealed, in that order.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn disclose_analysis(&mut self, case: &CaseId) -> Result<(), RehearsalError> {
        let waiting = self.in_case(case, |c| {
            let notice = c.notice.as_ref().map(|n| n.statement);
            let all = c
                .hypotheses
                .iter()
                .chain(&c.assessments)
                .chain(c.facts.iter().map(|(_, id)| id))
                .chain(&c.mask)
                .chain(&notice);
            all.filter(|id| !c.contents.contains_key(*id))
                .copied()
                .collect::<Vec<_>>()
        })?;
        for id in waiting {
            self.disclose(case, id)?;
        }
        Ok(())
    }

    /// Something of a case's state.
    ///
    /// # Errors
    /// [`RehearsalError::Script`] where there is no such case.
    pub fn in_case<R>(
        &self,
        case: &CaseId,
        of: impl FnOnce(&record::state::Case) -> R,
    ) -> Result<R, RehearsalError> {
        let found = self.desk.look(|s| s.cases.get(case).map(of));
        found.ok_or_else(|| RehearsalError::Script(format!("there is no case {case}")))
    }

    /// Notice to the state the proposal would name, with a fresh reply key.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn notice(
        &mut self,
        case: &CaseId,
        state: &str,
    ) -> Result<(StatementId, SigningKey), RehearsalError> {
        let registrar = self.player(SeatSpecRole::Registrar)?;
        let round = self.in_case(case, |c| c.round)?;
        let reply_key = self.cast.key(&format!("reply-{case}-{round}"))?;
        let body = json!({"content": {"state": state}, "reply_key": vkey(&reply_key)?});
        Ok((
            self.say(&registrar.key, Kind::Notice, Some(case), body)?,
            reply_key,
        ))
    }

    /// Derives the proposal from what is open and what this desk can open.
    ///
    /// # Errors
    /// [`derive::DeriveError`] where something is missing.
    pub fn propose(&self, case: &CaseId) -> Result<(Proposal, Replayed), RehearsalError> {
        let contents = self.contents(case)?;
        let derived = self.desk.look(|s: &State| {
            let charter = s.global.charter_in_force()?;
            let case = s.cases.get(case)?;
            Some(derive::propose(charter, case, |id| {
                case.contents.get(id).or_else(|| contents.get(id))
            }))
        });
        Ok(derived.ok_or_else(|| RehearsalError::Script("no charter or no case".into()))??)
    }

    /// The method's inputs as they stand, from what is open and what this desk can open.
    ///
    /// # Errors
    /// [`derive::DeriveError`] where something is missing.
    pub fn inputs(&self, case: &CaseId) -> Result<method::Case, RehearsalError> {
        let contents = self.contents(case)?;
        let opened = |c: &record::state::Case| {
            derive::inputs(c, |id| c.contents.get(id).or_else(|| contents.get(id)))
        };
        Ok(self.in_case(case, opened)??.0)
    }

    /// Every content of a case that this desk can open.
    fn contents(&self, case: &CaseId) -> Result<BTreeMap<StatementId, Content>, RehearsalError> {
        let wanted = self.in_case(case, |c| {
            c.sealed
                .iter()
                .map(|(id, s)| (*id, s.kind))
                .collect::<Vec<_>>()
        })?;
        let mut contents: BTreeMap<StatementId, Content> = BTreeMap::new();
        for (id, kind) in wanted {
            if let Some(opening) = self.desk.opening(&id)? {
                let content = Content::parse(kind, &opening.value)
                    .map_err(|e| RehearsalError::Script(e.to_string()))?;
                contents.insert(id, content);
            }
        }
        Ok(contents)
    }

    /// One reviewer's sealed vote.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn vote(
        &mut self,
        case: &CaseId,
        reviewer: &Player,
        proposal: &Proposal,
        choice: &str,
    ) -> Result<StatementId, RehearsalError> {
        let body = json!({"content": {"proposal": proposal.digest(), "choice": choice}});
        self.say(&reviewer.key, Kind::Vote, Some(case), body)
    }

    /// The body of the finding that the case's present state asks for.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn finding_body(
        &self,
        case: &CaseId,
        proposal: &Proposal,
    ) -> Result<Value, RehearsalError> {
        let digest = proposal.digest();
        let built = self.desk.look(|s| {
            let case = s.cases.get(case)?;
            let in_favour = |id: &StatementId| {
                case.opened_vote(id).is_some_and(|v| {
                    v.proposal == digest && v.choice == record::body::deciding::Choice::Publish
                })
            };
            let votes: Vec<_> = case
                .votes
                .iter()
                .map(|v| v.statement)
                .filter(in_favour)
                .collect();
            Some(json!({
                "proposal": proposal, "votes": votes, "case_statements": CaseStatements::of(&case.statement_ids()),
                "state_sha256": derive::state_sha256(&s.global, case),
            }))
        });
        built.ok_or_else(|| RehearsalError::Script(format!("there is no case {case}")))
    }

    /// Publishes the finding, in place of the standing one if there is one.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn publish(
        &mut self,
        case: &CaseId,
        proposal: &Proposal,
    ) -> Result<StatementId, RehearsalError> {
        let registrar = self.player(SeatSpecRole::Registrar)?;
        let body = self.finding_body(case, proposal)?;
        match self.in_case(case, |c| c.standing().map(|f| f.statement))? {
            None => self.say(&registrar.key, Kind::Finding, Some(case), body),
            Some(old) => self.say(
                &registrar.key,
                Kind::Supersede,
                Some(case),
                json!({"supersedes": old, "finding": body}),
            ),
        }
    }

    /// The members assigned to a case's round.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn panel(&self, case: &CaseId) -> Result<Vec<MemberId>, RehearsalError> {
        self.in_case(case, |c| c.panel.clone())
    }
}
