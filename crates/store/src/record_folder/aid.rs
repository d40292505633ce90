//! The record and what the desk was told: nothing is recorded that is not held, nothing is held
//! of a request that is over.

use std::time::Duration;

use record::body::aid::Item;
use record::ids::StatementId;
use record::kind::Body;
use record::refusal::{Code, Refusal};
use record::rules;
use record::statement::{Statement, Verified};
use tlog::Hash;

use super::{Inner, Record, Taken};
use crate::aid::{AidStore, SealedItem};
use crate::error::{StoreError, SubmitError, Submitted};
use crate::log::{self, Shared, Submission};
use crate::sequencer::{self, GivenTime};

/// What was written for a statement, to be taken back if it is refused after all.
struct Kept {
    id: StatementId,
    known: bool,
    fresh: Vec<Hash>,
}

impl Record {
    /// Keeps the sealed items of a statement and submits it, as one step: if the rules refuse it,
    /// nothing is kept. The items are in the order in which the statement names them.
    ///
    /// # Errors
    /// [`Code::AidContentNotHeld`] if the items are not those the statement names; as
    /// [`Record::submit`].
    pub async fn submit_with_items(
        &self,
        entry: Vec<u8>,
        sealed: Vec<Vec<u8>>,
        patience: Duration,
    ) -> Result<Taken, SubmitError> {
        let record = self.clone();
        let kept = tokio::task::spawn_blocking(move || {
            record.keep_items(&entry, sealed).map(|kept| (entry, kept))
        });
        let (entry, kept) = kept.await.map_err(|_| SubmitError::Stopped)??;
        let answer = self.submit_within(entry, patience).await;
        let record = self.clone();
        let taken_back = tokio::task::spawn_blocking(move || record.settle(answer, &kept));
        taken_back.await.map_err(|_| SubmitError::Stopped)?
    }

    /// As [`Self::submit_with_items`], for callers without an asynchronous runtime.
    ///
    /// # Errors
    /// As [`Self::submit_with_items`].
    pub fn submit_with_items_blocking(
        &self,
        entry: Vec<u8>,
        sealed: Vec<Vec<u8>>,
    ) -> Result<Submitted, SubmitError> {
        let kept = self.keep_items(&entry, sealed)?;
        self.settle(self.submit_blocking(entry), &kept)
    }

    /// After a refusal nothing of the statement is left.
    fn settle<T>(&self, answer: Result<T, SubmitError>, kept: &Kept) -> Result<T, SubmitError> {
        if let Err(SubmitError::Refused(_)) = &answer {
            let gone = match kept.known {
                true => self.aid().drop_items(&kept.id, &kept.fresh),
                false => self.aid().forget(&kept.id).map(|_| ()),
            };
            gone.map_err(StoreError::from)?;
        }
        answer
    }

    /// Keeps the items under the request or enlistment they belong to. Whoever cannot sign, or says
    /// what the rules refuse, fills no disk.
    fn keep_items(&self, entry: &[u8], sealed: Vec<Vec<u8>>) -> Result<Kept, SubmitError> {
        let statement = Verified::parse(entry).map_err(Refusal::from)?;
        let Some((id, items)) = named_items(&statement) else {
            return not_held("it names no sealed items");
        };
        let matching = items.len() == sealed.len()
            && items
                .iter()
                .zip(&sealed)
                .all(|(item, age)| tlog::sha256(age) == item.sealed_sha256);
        if !matching {
            return not_held("the sealed items handed over are not those the statement names");
        }
        let known = {
            let state = self.state();
            let recorded = state.statements.contains_key(&statement.id);
            if !recorded {
                // The sequencer judges again; this only spares the disk.
                let index = state.statements.len() as u64;
                rules::judge(&state, index, &statement).or_else(clock_may_mend)?;
            }
            recorded || id != statement.id
        };
        let items: Vec<_> = items
            .iter()
            .zip(sealed)
            .map(|(item, age)| SealedItem {
                commitment: item.commitment,
                age,
            })
            .collect();
        let fresh = self.aid().keep(&id, &items).map_err(StoreError::from)?;
        Ok(Kept { id, known, fresh })
    }

    /// Submits a statement of aid, and destroys what it purges before it answers.
    pub(super) async fn submit_of_aid(&self, entry: Vec<u8>) -> Result<Submitted, SubmitError> {
        let record = self.clone();
        let checked =
            tokio::task::spawn_blocking(move || record.check_held(&entry).map(|()| entry));
        let entry = checked.await.map_err(|_| SubmitError::Stopped)??;
        let submitted = self.ask(Submission::Entry(entry)).await?;
        let record = self.clone();
        let purged = tokio::task::spawn_blocking(move || record.inner.held.purge());
        purged.await.map_err(|_| SubmitError::Stopped)??;
        Ok(submitted)
    }
}

/// The published time lags behind the batch to come, so a refusal by the clock is left to that.
fn clock_may_mend(refusal: Refusal) -> Result<rules::Admission, Refusal> {
    if refusal.clock_dependent() {
        return Ok(rules::Admission::default());
    }
    Err(refusal)
}

/// Destroys what is held of requests that are over by the published record and the time (withdrawn,
/// retention over, purged), and of responders it calls dismissed. No officer has to say anything
/// for that. Repeating it is free.
pub(super) fn purge(
    aid: &AidStore,
    published: &Shared,
    given_time: Option<&GivenTime>,
) -> Result<(), StoreError> {
    let mut gone = aid.kept()?;
    {
        let published = log::read(published);
        let state = published.state();
        // Where no clock says anything, nothing is over by time alone.
        let at = state.global.time.max(sequencer::now(given_time));
        let said = &state.aid;
        let over = |id: &StatementId| {
            let request = said.requests.get(id);
            request.is_some_and(|r| at.is_some_and(|at| r.is_over(at)))
        };
        let dismissed = |id: &StatementId| said.responders.get(id).is_some_and(|r| r.dismissed);
        gone.retain(|id| over(id) || dismissed(id));
    }
    for id in gone {
        aid.forget(&id)?;
    }
    Ok(())
}

impl Record {
    /// Destroys what is held of requests that are over, at once: what a thread does each minute
    /// ([`crate::indexing::INDEX_EVERY_S`]) and every statement of aid does before its answer.
    ///
    /// # Errors
    /// The storage fails.
    pub fn purge_now(&self) -> Result<(), StoreError> {
        self.inner.held.purge()
    }
}

impl Inner {
    /// What a crash left: items of statements that were never recorded, and of what was purged.
    pub(super) fn tidy_aid(&self) -> Result<(), StoreError> {
        self.held.purge()?;
        if !self.intake.waiting().ids()?.is_empty() {
            return Ok(()); // what waits to be recorded may name anything that is kept
        }
        for id in self.held.aid.kept()? {
            let published = log::read(&self.published);
            let aid = &published.state().aid;
            let named: Vec<Hash> = match (aid.requests.get(&id), aid.responders.get(&id)) {
                (Some(request), _) => request.items.iter().map(|i| i.item.commitment).collect(),
                (None, Some(responder)) => vec![responder.body.profile.commitment],
                (None, None) => {
                    self.held.aid.forget(&id)?;
                    continue;
                }
            };
            let mut orphans = self.held.aid.items_kept(&id)?;
            orphans.retain(|commitment| !named.contains(commitment));
            self.held.aid.drop_items(&id, &orphans)?;
        }
        Ok(())
    }
}

/// The items a statement names, and the request or enlistment under whose key they are kept.
pub(super) fn named_items(statement: &Statement) -> Option<(StatementId, Vec<Item>)> {
    match &statement.body {
        Body::AidRequest(r) => Some((statement.id, r.items.clone())),
        Body::AidEnlist(e) => Some((statement.id, vec![e.profile])),
        Body::AidItem(i) => Some((i.request, i.items.clone())),
        _ => None,
    }
}

pub(super) fn not_held<T>(detail: impl Into<String>) -> Result<T, SubmitError> {
    let refusal = Refusal::new(Code::AidContentNotHeld, detail);
    Err(SubmitError::Refused(refusal))
}
