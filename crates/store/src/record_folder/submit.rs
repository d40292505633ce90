//! Submitting to an open record.

use std::net::IpAddr;
use std::sync::mpsc::TrySendError;
use std::time::Duration;

use record::kind::Kind;
use tokio::sync::oneshot;

use super::Record;
use crate::answers::{Awaited, gather};
use crate::error::{SubmitError, Submitted};
use crate::intake::IntakeReceipt;
use crate::log::Submission;
use crate::sequencer::{Group, MAX_BATCH, MAX_QUEUE, Reply};

/// What became of a submission within the submitter's patience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is in a published checkpoint.
    Recorded(Submitted),
    /// It waits, durably, with the log's promise to record it or to log its refusal.
    Received(IntakeReceipt),
}

impl Record {
    /// As [`Self::submit`], but waits no longer than this: then the entry is kept durably, and the
    /// answer is the log's signed promise.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub async fn submit_within(
        &self,
        entry: Vec<u8>,
        patience: Duration,
    ) -> Result<Taken, SubmitError> {
        self.submit_from(entry, patience, None).await
    }

    /// As [`Self::submit_within`], of a client: of one only so many may wait
    /// ([`crate::intake::MAX_WAITING_PER_CLIENT`]). Used for that alone: never logged, never stored.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub async fn submit_from(
        &self,
        entry: Vec<u8>,
        patience: Duration,
        client: Option<IpAddr>,
    ) -> Result<Taken, SubmitError> {
        let kept = entry.clone();
        match tokio::time::timeout(patience, self.submit(entry)).await {
            Ok(answer) => answer.map(Taken::Recorded),
            Err(_) => {
                let record = self.clone();
                let taken = tokio::task::spawn_blocking(move || {
                    // The patience may have ended before this was looked at.
                    record.check_held(&kept)?;
                    record.inner.intake.take(&kept, client)
                });
                let receipt = taken.await.map_err(|_| SubmitError::Stopped)??;
                Ok(Taken::Received(receipt))
            }
        }
    }

    /// Submits one entry; resolves when it is in a published checkpoint, or refused. The same
    /// bytes again give the same index, with `fresh` false.
    ///
    /// # Errors
    /// [`SubmitError`]. After [`SubmitError::Store`] submit the same bytes again: they are
    /// recorded once at most.
    pub async fn submit(&self, entry: Vec<u8>) -> Result<Submitted, SubmitError> {
        let may_be = MayBe::of(&entry);
        if may_be.of_aid {
            return self.submit_of_aid(entry).await;
        }
        if !may_be.exhibit {
            return self.ask(Submission::Entry(entry)).await;
        }
        let record = self.clone();
        let checked =
            tokio::task::spawn_blocking(move || record.check_held(&entry).map(|()| entry));
        let entry = checked.await.map_err(|_| SubmitError::Stopped)??;
        self.ask(Submission::Entry(entry)).await
    }

    /// What the entry names is held.
    pub(super) fn check_held(&self, entry: &[u8]) -> Result<(), SubmitError> {
        self.inner.held.check(entry)
    }

    /// Has the log sign and record that these bytes are refused, by their hash and the refusal's
    /// code. The sequencer judges them itself; what names something that is not held is refused for that, which
    /// whoever submits it was told too.
    ///
    /// # Errors
    /// [`SubmitError::NotRefused`] if they would be admitted, [`SubmitError::TooManyRefusals`].
    pub async fn log_refusal(&self, submission: &[u8]) -> Result<Submitted, SubmitError> {
        let (of, record) = (submission.to_vec(), self.clone());
        let promised = false;
        let checked = tokio::task::spawn_blocking(move || (record.check_held(&of), of));
        let wish = match checked.await.map_err(|_| SubmitError::Stopped)? {
            (Ok(()), of) => Submission::Refusal { of, promised },
            (Err(SubmitError::Refused(refusal)), of) => Submission::NotHeld {
                of,
                refusal,
                promised,
            },
            (Err(other), _) => return Err(other),
        };
        self.ask(wish).await
    }

    /// As [`Self::submit`], for callers without an asynchronous runtime.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub fn submit_blocking(&self, entry: Vec<u8>) -> Result<Submitted, SubmitError> {
        let may_be = MayBe::of(&entry);
        self.inner.held.check_as(&entry, may_be)?;
        let (replies, awaited) = gather(1);
        let submission = Submission::Entry(entry);
        self.enqueue(std::iter::once(submission).zip(replies).collect())?;
        let answer = awaited.wait().pop().unwrap_or(Err(SubmitError::Stopped))?;
        if may_be.of_aid {
            self.inner.held.purge()?;
        }
        Ok(answer)
    }

    /// Submits entries that are judged in this order, in one batch if they fit, and waits for
    /// all. Each has its own answer: one refusal does not stop the others. Waits for a place in
    /// the queue instead of answering [`SubmitError::Overloaded`].
    pub fn submit_all_blocking(
        &self,
        entries: Vec<Vec<u8>>,
    ) -> Vec<Result<Submitted, SubmitError>> {
        let (mut asked, mut answers) = (Vec::new(), Vec::with_capacity(entries.len()));
        let mut entries = entries.into_iter();
        while entries.len() > 0 {
            asked.push(self.ask_together(entries.by_ref().take(MAX_BATCH).collect()));
        }
        for (of_aid, awaited) in asked {
            answers.extend(
                of_aid
                    .into_iter()
                    .zip(awaited.wait())
                    .map(|(of_aid, answer)| {
                        let answer = answer?;
                        if of_aid {
                            self.inner.held.purge()?;
                        }
                        Ok(answer)
                    }),
            );
        }
        answers
    }

    /// Hands entries to the sequencer together. Gives which of them may be of aid, and whom to ask
    /// for the answers.
    fn ask_together(&self, entries: Vec<Vec<u8>>) -> (Vec<bool>, Awaited) {
        let (replies, awaited) = gather(entries.len());
        let mut of_aid = Vec::with_capacity(entries.len());
        let mut group = Group::with_capacity(entries.len());
        for (entry, reply) in entries.into_iter().zip(replies) {
            let may_be = MayBe::of(&entry);
            of_aid.push(may_be.of_aid);
            match self.inner.held.check_as(&entry, may_be) {
                Ok(()) => group.push((Submission::Entry(entry), reply)),
                Err(refused) => reply(Err(refused)),
            }
        }
        if let Some(queue) = self.inner.sequencer.queue() {
            // If it has stopped, the replies are dropped with the group.
            let _ = queue.send(group);
        }
        (of_aid, awaited)
    }

    pub(super) async fn ask(&self, submission: Submission) -> Result<Submitted, SubmitError> {
        let (sender, answer) = oneshot::channel();
        // Whoever asked may have gone; what was submitted is recorded all the same.
        let reply: Reply = Box::new(move |answer| drop(sender.send(answer)));
        self.enqueue(vec![(submission, reply)])?;
        answer.await.unwrap_or(Err(SubmitError::Stopped))
    }

    fn enqueue(&self, group: Group) -> Result<(), SubmitError> {
        let queue = self.inner.sequencer.queue().ok_or(SubmitError::Stopped)?;
        queue.try_send(group).map_err(|refused| match refused {
            TrySendError::Full(_) => SubmitError::Overloaded { limit: MAX_QUEUE },
            TrySendError::Disconnected(_) => SubmitError::Stopped,
        })
    }
}

/// What an entry may be, told without parsing it: the type stands in the payload as it is, or in
/// escapes.
#[derive(Clone, Copy)]
pub(super) struct MayBe {
    /// The declaration of an exhibit.
    pub(super) exhibit: bool,
    /// A statement of aid.
    pub(super) of_aid: bool,
}

impl MayBe {
    pub(super) fn of(entry: &[u8]) -> Self {
        let payload = record::envelope::payload_of_canonical(entry);
        let text = payload
            .as_deref()
            .and_then(|bytes| str::from_utf8(bytes).ok());
        match text.filter(|text| !text.contains('\\')) {
            Some(text) => Self {
                exhibit: text.contains(Kind::Exhibit.as_str()),
                of_aid: text.contains("\"aid."),
            },
            None => Self {
                exhibit: true,
                of_aid: true,
            },
        }
    }
}
