//! Playing a script: genesis, enrolment, and each stage of a case from evidence to finding.

use method::input::PPM;
use record::blind::{self, MaskMap};
use record::body::case::Question;
use record::body::members::EnrolledRole;
use record::body::outcome::Proposal;
use record::derive::Replayed;
use record::ids::{CaseId, StatementId};
use record::kind::Kind;
use record::statement::Draft;
use record::time::Timestamp;
use serde_json::json;

use crate::cast::{Cast, SELECTION_RULE, SeatSpecRole, founding_charter};
use crate::corpus;
use crate::corpus::AccessionScript;
use crate::desk::{Desk, DeskError, MemoryDesk};
use crate::error::RehearsalError;
use crate::procedure::{CaseFile, Procedure};
use crate::script::{CaseScript, ITEM_MEDIA_TYPE, ScriptItem};

/// What came out of a stage.
#[derive(Clone, Debug)]
pub struct StageOutcome {
    /// The finding's statement.
    pub finding: StatementId,
    /// What it says.
    pub proposal: Proposal,
    /// What it was computed to.
    pub replayed: Replayed,
}

/// A record in memory, founded at a time, with everyone of the cast enrolled.
///
/// # Errors
/// [`RehearsalError`].
pub fn founded(cast: &Cast, time: Timestamp) -> Result<MemoryDesk, RehearsalError> {
    let entries = genesis(cast, time)?;
    let mut desk = MemoryDesk::create(cast.log.clone(), &entries, time).map_err(DeskError::from)?;
    Procedure::new(cast, &mut desk, time).enrol_all()?;
    Ok(desk)
}

/// The genesis entries: the charter and its founders' signatures.
///
/// # Errors
/// [`RehearsalError`].
pub fn genesis(cast: &Cast, time: Timestamp) -> Result<Vec<Vec<u8>>, RehearsalError> {
    let charter = founding_charter(cast)?;
    let draft = |kind, body| Draft {
        record: cast.origin.clone(),
        issued: time,
        case: None,
        kind,
        body,
    };
    let mut entries = vec![
        draft(Kind::Charter, json!({"text": charter}))
            .sign(&cast.log, &[0; 32], time)?
            .entry,
    ];
    for founder in cast.with_role(SeatSpecRole::Founder) {
        let found = draft(Kind::CharterFound, json!({"charter": charter.digest()}));
        entries.push(found.sign(&founder.key, &[0; 32], time)?.entry);
    }
    Ok(entries)
}

impl<D: Desk> Procedure<'_, D> {
    /// Enrols the investigators and laboratories of the cast, and lets readers have the text of the
    /// selection rule.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn enrol_all(&mut self) -> Result<(), RehearsalError> {
        self.desk.store(SELECTION_RULE)?;
        let registrar = self.player(SeatSpecRole::Registrar)?;
        for player in &self.cast.players {
            let role = match player.spec.role {
                SeatSpecRole::Investigator => EnrolledRole::Investigator,
                SeatSpecRole::Laboratory => EnrolledRole::Laboratory,
                _ => continue,
            };
            let body = serde_json::to_value(self.cast.enrolment(player, role)?).unwrap_or_default();
            self.say(&registrar.key, Kind::MemberEnrol, None, body)?;
        }
        Ok(())
    }

    /// Books what the demonstration's fictional givers gave in the governing year.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn book(&mut self, ledger: &[corpus::Gift]) -> Result<(), RehearsalError> {
        let registrar = self.player(SeatSpecRole::Registrar)?;
        let year = self.time.year();
        for gift in ledger.iter().filter(|g| g.year.is_none_or(|y| y == year)) {
            let body = json!({
                "kind": gift.kind, "source": gift.source, "jurisdiction": gift.jurisdiction,
                "amount": gift.amount, "currency": gift.currency, "year": year,
            });
            self.say(&registrar.key, Kind::Funding, None, body)?;
        }
        Ok(())
    }

    /// Stores and declares the exhibit of an item; gives the item as signed.
    fn exhibit(
        &mut self,
        case: &CaseId,
        item: &ScriptItem,
    ) -> Result<method::Item, RehearsalError> {
        let investigator = self.player(SeatSpecRole::Investigator)?;
        let content = item.exhibit();
        let stored = self.desk.store(&content)?;
        let source = record::ids::Slug::try_from(slug(&item.source.organisation))?;
        let upstream: Vec<String> = item.upstream.iter().map(|u| slug(u)).collect();
        let body = json!({
            "sha256": stored.sha256, "ciphertext_sha256": stored.ciphertext_sha256, "size": content.len(),
            "media_type": ITEM_MEDIA_TYPE, "acquired": item.known, "how": "open-source",
            "source": source, "upstream": upstream, "tlp": "clear",
        });
        self.say(&investigator.key, Kind::Exhibit, Some(case), body)?;
        Ok(item.item(&stored.sha256))
    }

    /// Opens the case on its script's question; a claim's text becomes an exhibit of the case.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn open_script(
        &mut self,
        file: &CaseFile,
        script: &CaseScript,
    ) -> Result<(), RehearsalError> {
        let Some(claim) = &script.claim else {
            self.open(file)?;
            return Ok(());
        };
        let stored = self.desk.store(claim.text.as_bytes())?;
        self.open_on(file, &Question::Claim(claim.claim(stored.sha256)))?;
        let registrar = self.player(SeatSpecRole::Registrar)?;
        let body = json!({
            "sha256": stored.sha256, "ciphertext_sha256": stored.ciphertext_sha256, "size": claim.text.len(),
            "media_type": "text/plain", "acquired": claim.published, "how": "open-source",
            "source": claim.publisher, "upstream": [], "tlp": "clear",
        });
        self.say(&registrar.key, Kind::Exhibit, Some(&file.id), body)?;
        Ok(())
    }

    /// Two laboratories commit to an answer on the same exhibits, then open it.
    fn laboratories(
        &mut self,
        case: &CaseId,
        label: &str,
        exhibits: &[String],
    ) -> Result<(), RehearsalError> {
        let report = self.desk.store(
            b"Demonstration: the laboratory checked that the account matches its public source.\n",
        )?;
        let answers: Vec<_> = exhibits
            .iter()
            .map(|e| json!({"exhibit": e, "answer": "account-matches-source"}))
            .collect();
        let mut commits = Vec::new();
        for lab in self.cast.with_role(SeatSpecRole::Laboratory) {
            let content = json!({"answers": answers, "report_sha256": report.sha256});
            let body = json!({"comparison": label, "exhibits": exhibits, "content": content});
            commits.push((lab, self.say(&lab.key, Kind::LabCommit, Some(case), body)?));
        }
        for (lab, commit) in commits {
            let Some(opening) = self.desk.opening(&commit)? else {
                continue;
            };
            let body = json!({"commit": commit, "salt": opening.salt, "value": opening.value});
            self.say(&lab.key, Kind::LabOpen, Some(case), body)?;
        }
        Ok(())
    }

    /// Sealed evidence and analysis of one stage; the case must be open.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn analyse(&mut self, script: &CaseScript, stage: usize) -> Result<(), RehearsalError> {
        let investigator = self.player(SeatSpecRole::Investigator)?;
        let mut items = Vec::new();
        for item in script.items_of(stage) {
            items.push(self.exhibit(&script.id, item)?);
        }
        let exhibits: Vec<String> = items.iter().flat_map(|i| i.exhibits.clone()).collect();
        self.laboratories(&script.id, &format!("stage-{stage}"), &exhibits)?;
        self.code(script, stage)?;
        if stage == 0 {
            let body = json!({"content": script.hypotheses});
            self.say(&investigator.key, Kind::Hypotheses, Some(&script.id), body)?;
        }
        let content = json!({"strands": script.strands_of(stage), "items": items});
        self.say(
            &investigator.key,
            Kind::Assessment,
            Some(&script.id),
            json!({"content": content}),
        )?;
        Ok(())
    }

    /// Coders say what was done, for the norms.
    fn code(&mut self, script: &CaseScript, stage: usize) -> Result<(), RehearsalError> {
        for coded in script.facts.iter().filter(|f| f.stage == stage) {
            let mut players = self.cast.players.iter();
            let Some(coder) = players.find(|p| p.spec.id == coded.coder) else {
                let problem = format!("the cast has no {}", coded.coder);
                return Err(RehearsalError::Script(problem));
            };
            let body = json!({"content": coded.content(&script.items)});
            self.say(&coder.key, Kind::Facts, Some(&script.id), body)?;
        }
        Ok(())
    }

    /// The registrar enters the texts that norms are judged by, in the order given.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn register_texts<'t>(
        &mut self,
        documents: impl IntoIterator<Item = &'t str>,
    ) -> Result<(), RehearsalError> {
        let registrar = self.player(SeatSpecRole::Registrar)?;
        for document in documents {
            let body = json!({"document": document});
            self.say(&registrar.key, Kind::NormRegister, None, body)?;
        }
        Ok(())
    }

    /// The registrar records a state's accession; its evidence, the name of the public list, goes into the vault.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn accede(&mut self, accession: &AccessionScript) -> Result<(), RehearsalError> {
        let registrar = self.player(SeatSpecRole::Registrar)?;
        let stored = self.desk.store(accession.source.as_bytes())?;
        let body = json!({
            "state": accession.state, "instrument": accession.instrument, "from": accession.from,
            "evidence_sha256": stored.sha256,
        });
        self.say(&registrar.key, Kind::StateAccede, None, body)?;
        Ok(())
    }

    /// The whole panel reviews, from the masked case where the round has a mask. The
    /// demonstration's reviewers hold the computed posterior, each drawn a little towards the
    /// prior: illustrative, and never more certain than the method.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn review_all(&mut self, script: &CaseScript) -> Result<(), RehearsalError> {
        let (seen, blind) = self.before_reviewers(&script.id)?;
        let params = self.charter(|c| c.method.clone())?;
        let evaluation =
            method::evaluate(&seen, &params).map_err(record::derive::DeriveError::from)?;
        let prior: Vec<u32> = script
            .hypotheses
            .actors
            .iter()
            .map(|a| a.prior_ppm)
            .collect();
        let computed: Vec<f64> = evaluation.actors.iter().map(|a| a.p).collect();
        for (n, reviewer) in self.cast.with_role(SeatSpecRole::Reviewer).enumerate() {
            let posterior = drawn_to_prior(&computed, &prior, n as u32);
            let body = json!({"content": {"posterior_ppm": posterior, "blind": blind}});
            self.say(&reviewer.key, Kind::Review, Some(&script.id), body)?;
        }
        Ok(())
    }

    /// What reviewers are given, and whether it is masked.
    fn before_reviewers(&self, case: &CaseId) -> Result<(method::Case, bool), RehearsalError> {
        let inputs = self.inputs(case)?;
        let Some(mask) = self.in_case(case, |c| c.mask)? else {
            return Ok((inputs, false));
        };
        let problem = |e: &dyn std::error::Error| RehearsalError::Script(e.to_string());
        let sealed = self.desk.opening(&mask)?;
        let sealed = sealed.ok_or_else(|| RehearsalError::Script("no map is kept".into()))?;
        let map: MaskMap = serde_json::from_value(sealed.value).map_err(|e| problem(&e))?;
        Ok((blind::mask(&inputs, &map).map_err(|e| problem(&e))?, true))
    }

    /// Notice and the wait for a reply that nobody sends: a demonstration notifies nobody.
    fn notify(&mut self, case: &CaseId, state: &str) -> Result<(), RehearsalError> {
        let (notice, _) = self.notice(case, state)?;
        self.wait(self.charter(|c| c.reply_window_s)?)?;
        let registrar = self.player(SeatSpecRole::Registrar)?;
        self.say(
            &registrar.key,
            Kind::ReplyNone,
            Some(case),
            json!({"notice": notice}),
        )?;
        Ok(())
    }

    /// Everyone votes; at S1 the last reviewer objects and files a dissent, so that one is shown.
    fn vote_all(&mut self, case: &CaseId, proposal: &Proposal) -> Result<(), RehearsalError> {
        let reviewers: Vec<_> = self.cast.with_role(SeatSpecRole::Reviewer).collect();
        let objects = proposal.standard == method::Standard::S1;
        for (n, reviewer) in reviewers.iter().enumerate() {
            let last = n + 1 == reviewers.len();
            let choice = if last && objects { "object" } else { "publish" };
            self.vote(case, reviewer, proposal, choice)?;
            if last && objects {
                let text = self
                    .desk
                    .store(b"Demonstration: a name should wait for a standard above S1.\n")?;
                let body = json!({"ground": "standard-too-low", "text_sha256": text.sha256});
                self.say(&reviewer.key, Kind::Dissent, Some(case), body)?;
            }
        }
        Ok(())
    }
}

/// Plays one stage of a case up to its published finding.
///
/// # Errors
/// [`RehearsalError`].
pub fn play_stage<D: Desk>(
    p: &mut Procedure<'_, D>,
    script: &CaseScript,
    stage: usize,
) -> Result<StageOutcome, RehearsalError> {
    let Some(known) = script.stages.get(stage) else {
        return Err(RehearsalError::Script(format!(
            "{} has no stage {stage}",
            script.id
        )));
    };
    p.go_to(known.cutoff.start())?;
    p.wait(60)?;
    if stage == 0 {
        let account = format!(
            "{}\n\n{}\n\nReconstruction from public reporting.\n",
            script.title,
            script.summary.trim()
        );
        let file = p.report_from(
            script.victim_region,
            &script.id,
            "disruption",
            script.victim_sector.as_str(),
            &script.happened.to_string(),
            &account,
        )?;
        p.consent(&file, "public")?;
        p.open_script(&file, script)?;
    }
    p.analyse(script, stage)?;
    p.wait(3_600)?;
    if script.blind {
        p.mask(&script.id)?;
    }
    p.assign(&script.id)?;
    p.review_all(script)?;
    p.disclose_reviews(&script.id)?;
    let (first, _) = p.propose(&script.id)?;
    if let Some(named) = &first.named {
        p.notify(&script.id, named.state.as_str())?;
    }
    let (proposal, replayed) = p.propose(&script.id)?;
    p.vote_all(&script.id, &proposal)?;
    p.disclose_votes(&script.id)?;
    p.disclose_analysis(&script.id)?;
    let finding = p.publish(&script.id, &proposal)?;
    Ok(StageOutcome {
        finding,
        proposal,
        replayed,
    })
}

/// A posterior `n` per cent of the way to the prior, in parts per million summing to one million.
fn drawn_to_prior(computed: &[f64], prior: &[u32], n: u32) -> Vec<u32> {
    let share = f64::from(n) / 100.0;
    let mut ppm: Vec<u32> = computed
        .iter()
        .zip(prior)
        .map(|(p, prior)| ((1.0 - share) * p * f64::from(PPM) + share * f64::from(*prior)) as u32)
        .collect();
    let sum: u32 = ppm.iter().sum();
    // Rounding down leaves a few millionths; they go to the last actor, "none of these".
    if let Some(last) = ppm.last_mut() {
        *last += PPM.saturating_sub(sum);
    }
    ppm
}

/// A source's short name as a slug.
fn slug(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect()
}
