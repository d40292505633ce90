//! Submitting to an open record.

use std::sync::mpsc::{Receiver, TrySendError, channel};
use std::time::Duration;

use record::kind::Kind;
use tokio::sync::oneshot;

use super::Record;
use crate::error::{SubmitError, Submitted};
use crate::intake::IntakeReceipt;
use crate::log::{Answer, Submission};
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
        let kept = entry.clone();
        match tokio::time::timeout(patience, self.submit(entry)).await {
            Ok(answer) => answer.map(Taken::Recorded),
            Err(_) => {
                let record = self.clone();
                let taken = tokio::task::spawn_blocking(move || {
                    // The patience may have ended before this was looked at.
                    record.check_held(&kept)?;
                    record.inner.intake.take(&kept)
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
        if may_be_of_aid(&entry) {
            return self.submit_of_aid(entry).await;
        }
        if !may_be_exhibit(&entry) {
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
    /// code. The sequencer judges them itself.
    ///
    /// # Errors
    /// [`SubmitError::NotRefused`] if they would be admitted, [`SubmitError::TooManyRefusals`].
    pub async fn log_refusal(&self, submission: &[u8]) -> Result<Submitted, SubmitError> {
        self.ask(Submission::Refusal(submission.to_vec())).await
    }

    /// As [`Self::submit`], for callers without an asynchronous runtime.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub fn submit_blocking(&self, entry: Vec<u8>) -> Result<Submitted, SubmitError> {
        self.check_held(&entry)?;
        let (reply, answer) = waiting();
        let of_aid = may_be_of_aid(&entry);
        self.enqueue(vec![(Submission::Entry(entry), reply)])?;
        let answer = answer.recv().unwrap_or(Err(SubmitError::Stopped))?;
        if of_aid {
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
        let mut answers = Vec::with_capacity(entries.len());
        let of_aid: Vec<bool> = entries.iter().map(|e| may_be_of_aid(e)).collect();
        let mut entries = entries.into_iter();
        loop {
            let (group, receivers): (Vec<_>, Vec<_>) = entries
                .by_ref()
                .take(MAX_BATCH)
                .map(|entry| {
                    let (reply, answer) = waiting();
                    let checked = self.check_held(&entry);
                    (((Submission::Entry(entry), reply), checked), answer)
                })
                .unzip();
            if receivers.is_empty() {
                break;
            }
            let group = held_ones(group);
            if let Some(queue) = self.inner.sequencer.queue() {
                // If it has stopped, the replies are dropped with the group.
                let _ = queue.send(group);
            }
            answers.extend(receivers);
        }
        let answers = answers.into_iter().zip(of_aid);
        answers
            .map(|(answer, of_aid)| {
                let answer = answer.recv().unwrap_or(Err(SubmitError::Stopped))?;
                if of_aid {
                    self.inner.held.purge()?;
                }
                Ok(answer)
            })
            .collect()
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

/// Whether an entry may declare an exhibit, told without parsing it: the type stands in the
/// payload as it is, or in escapes.
pub(super) fn may_be_exhibit(entry: &[u8]) -> bool {
    may_hold(entry, Kind::Exhibit.as_str())
}

/// Whether an entry may be a statement of aid, told as [`may_be_exhibit`] tells.
pub(super) fn may_be_of_aid(entry: &[u8]) -> bool {
    may_hold(entry, "\"aid.")
}

fn may_hold(entry: &[u8], text: &str) -> bool {
    let Some(payload) = record::envelope::payload_of_canonical(entry) else {
        return true;
    };
    let text = text.as_bytes();
    payload.contains(&b'\\') || payload.windows(text.len()).any(|window| window == text)
}

fn waiting() -> (Reply, Receiver<Answer>) {
    let (sender, answer) = channel();
    (Box::new(move |answer| drop(sender.send(answer))), answer)
}

/// Answers what was refused before the queue; gives the rest.
fn held_ones(group: Vec<((Submission, Reply), Result<(), SubmitError>)>) -> Group {
    let mut rest = Group::new();
    for ((submission, reply), checked) in group {
        match checked {
            Ok(()) => rest.push((submission, reply)),
            Err(refused) => reply(Err(refused)),
        }
    }
    rest
}
