//! Submissions that wait for the witnesses: kept durably, and answered with a signed promise.
//!
//! A submitter is told "recorded" only once its statement is in a checkpoint that the witnesses
//! cosigned. While they are not to be had it gets an *intake receipt* instead (docs/format.md,
//! section 17; `record::intake`): by `merge-by` the log holds this entry, or a `refusal` with its hash. The entry's
//! bytes are durable before the receipt is made, so the promise survives a crash. A thread of its
//! own keeps it: it submits what is kept until that is recorded, or its refusal logged.

mod waiting;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use record::ids::StatementId;
use record::refusal::Refusal;
use record::statement::Verified;
use tlog::SigningKey;

use crate::error::{StoreError, SubmitError};
use crate::log::{Answer, Submission};
use crate::record_folder::Holdings;
use crate::sequencer::{Group, MAX_BATCH, Reply};

pub use self::waiting::{IntakeReceipt, MAX_INTAKE, Waiting, now};

/// Entries brought by one client that may wait for the witnesses, at most: no single one fills the intake.
pub const MAX_WAITING_PER_CLIENT: usize = 256;

/// How long the thread waits before it submits again what was not recorded, in milliseconds.
const TRY_AGAIN_MS: u64 = 1_000;

/// The way into the sequencer.
type Queue = SyncSender<Group>;

/// Who brought what waits. Used for the limit alone; it is lost at a restart, with what it limits still counted in all.
type Brought = Mutex<BTreeMap<StatementId, IpAddr>>;

/// The log's own waiting entries, and the thread to be woken for them.
pub(crate) struct Intake {
    waiting: Arc<Waiting>,
    brought: Brought,
    wake: Mutex<Option<Sender<()>>>,
}

impl Intake {
    /// Opens the folder. The receiver is for [`run`].
    pub(crate) fn open(folder: &Path, key: SigningKey) -> Result<(Self, Receiver<()>), StoreError> {
        let (wake, woken) = channel();
        let intake = Self {
            waiting: Arc::new(Waiting::open(folder, key)?),
            brought: Mutex::default(),
            wake: Mutex::new(Some(wake)),
        };
        Ok((intake, woken))
    }

    /// Keeps an entry and signs the receipt for it. What is no statement of this record is refused
    /// here: it could never be recorded. The rules judge later. `client` is whom it counts against.
    pub(crate) fn take(
        &self,
        entry: &[u8],
        client: Option<IpAddr>,
    ) -> Result<IntakeReceipt, SubmitError> {
        let statement = Verified::parse(entry).map_err(Refusal::from)?;
        let signer = self.waiting.signer();
        if let Some(client) = client {
            self.count(statement.id, client)?;
        }
        let receipt = self
            .waiting
            .take(&statement, entry, signer.name(), now()?)?;
        if let Some(wake) = &*self.wake.lock().unwrap_or_else(PoisonError::into_inner) {
            // A thread that has ended looks at the folder at the next opening.
            let _ = wake.send(());
        }
        Ok(receipt)
    }

    /// Notes who brought an entry, within the limit of one client. What waits no longer counts no longer.
    fn count(&self, id: StatementId, client: IpAddr) -> Result<(), SubmitError> {
        let waits = self.waiting.ids()?;
        let mut brought = self.brought.lock().unwrap_or_else(PoisonError::into_inner);
        // The folder is read in the order of the identities.
        brought.retain(|id, _| waits.binary_search(id).is_ok());
        let theirs = brought.values().filter(|by| **by == client).count();
        if !brought.contains_key(&id) && theirs >= MAX_WAITING_PER_CLIENT {
            let limit = MAX_WAITING_PER_CLIENT;
            return Err(SubmitError::Overloaded { limit });
        }
        brought.entry(id).or_insert(client);
        Ok(())
    }

    /// What waits.
    pub(crate) fn waiting(&self) -> Arc<Waiting> {
        Arc::clone(&self.waiting)
    }

    /// Lets the thread end.
    pub(crate) fn stop(&self) {
        drop(
            self.wake
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }
}

/// Keeps the promises until nobody can wake it any more. `look` gives what waits and the way into
/// the sequencer; nothing once the record is gone.
pub(crate) fn run(
    woken: &Receiver<()>,
    look: impl Fn() -> Option<(Arc<Waiting>, Queue)>,
    held: &Holdings,
) {
    let pass = || {
        let (waiting, queue) = look()?;
        // What fails is tried again.
        let ids = waiting.ids().unwrap_or_default();
        for ids in ids.chunks(MAX_BATCH) {
            let _ = merge(&queue, &waiting, held, ids);
        }
        Some(ids.is_empty())
    };
    each_wake(woken, pass);
}

/// Passes over what waits, when woken and while something waits each second; however many wakes came meanwhile, one
/// pass is for all of them. `pass` says whether nothing waits, and nothing to end.
fn each_wake(woken: &Receiver<()>, pass: impl Fn() -> Option<bool>) {
    while let Some(empty) = pass() {
        let heard = if empty {
            woken.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            woken.recv_timeout(Duration::from_millis(TRY_AGAIN_MS))
        };
        if heard == Err(RecvTimeoutError::Disconnected) {
            return;
        }
        while woken.try_recv().is_ok() {}
    }
}

/// Has entries recorded together, then the refusals of others logged together, and forgets those. As with any
/// submission, what an entry names is held before it is recorded, and what it purges is gone before it is forgotten here.
fn merge(
    queue: &Queue,
    waiting: &Waiting,
    held: &Holdings,
    ids: &[StatementId],
) -> Result<(), StoreError> {
    let promised = true;
    let (mut asked, mut refused) = (Vec::new(), Vec::new());
    for id in ids {
        let Some(entry) = waiting.read(id)? else {
            continue;
        };
        match held.check(&entry) {
            Ok(()) => asked.push((id, entry)),
            Err(SubmitError::Refused(refusal)) => {
                let of = entry;
                refused.push((
                    id,
                    Submission::NotHeld {
                        of,
                        refusal,
                        promised,
                    },
                ));
            }
            // The storage failed; it is tried again.
            Err(_) => {}
        }
    }
    let entries = asked.iter().map(|(_, entry)| entry.clone());
    let answers = ask(queue, entries.map(Submission::Entry).collect());
    for ((id, entry), answer) in asked.into_iter().zip(answers) {
        match answer {
            Ok(_) if held.purge_after(&entry).is_ok() => waiting.forget(id)?,
            Err(SubmitError::Refused(_)) => {
                let of = entry;
                refused.push((id, Submission::Refusal { of, promised }));
            }
            _ => {}
        }
    }
    let (ids, refused): (Vec<_>, Vec<_>) = refused.into_iter().unzip();
    for (id, answer) in ids.into_iter().zip(ask(queue, refused)) {
        // What is not logged yet, as too many were within the minute, is tried again.
        if answer.is_ok() {
            waiting.forget(id)?;
        }
    }
    Ok(())
}

/// Submits together, and waits for all answers.
fn ask(queue: &Queue, submissions: Vec<Submission>) -> Vec<Answer> {
    if submissions.is_empty() {
        return Vec::new();
    }
    let mut answers = Vec::with_capacity(submissions.len());
    let group = submissions.into_iter().map(|submission| {
        let (sender, answer) = channel();
        answers.push(answer);
        let reply: Reply = Box::new(move |answer| drop(sender.send(answer)));
        (submission, reply)
    });
    // If the sequencer has stopped, the replies are dropped with the group.
    let _ = queue.send(group.collect());
    let answers = answers.into_iter();
    answers
        .map(|answer| answer.recv().unwrap_or(Err(SubmitError::Stopped)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test stops at the first surprise

    use std::cell::Cell;

    use record::kind::Kind;
    use record::statement::Draft;
    use serde_json::json;
    use tlog::KeyType;

    use super::*;

    const ORIGIN: &str = "record.example/intake";

    fn entry(n: u64) -> Vec<u8> {
        let issued = "2026-01-01T00:00:00Z".parse().unwrap();
        let draft = Draft {
            record: ORIGIN.into(),
            issued,
            case: None,
            kind: Kind::Report,
            body: json!({"incident": "disruption", "sector": "health", "happened": "2025-12-24",
                "account_sha256": tlog::sha256(&n.to_be_bytes())}),
        };
        let key = SigningKey::from_seed("reporter", [7; 32], KeyType::Ed25519).unwrap();
        draft.sign(&key, &[0; 32], issued).unwrap().entry
    }

    #[test]
    fn no_single_client_fills_the_intake() {
        let folder = tempfile::tempdir().unwrap();
        let key = SigningKey::from_seed(ORIGIN, [1; 32], KeyType::Ed25519).unwrap();
        let (intake, _woken) = Intake::open(folder.path(), key).unwrap();
        let client = |n: u8| Some(IpAddr::from([10, 0, 0, n]));
        let many = MAX_WAITING_PER_CLIENT as u64;
        for n in 0..many {
            intake.take(&entry(n), client(1)).unwrap();
        }
        let full = intake.take(&entry(many), client(1));
        assert!(
            matches!(full, Err(SubmitError::Overloaded { limit }) if limit == MAX_WAITING_PER_CLIENT)
        );
        intake.take(&entry(0), client(1)).unwrap(); // it waits already
        intake.take(&entry(many), client(2)).unwrap();
        // What waits no longer makes room.
        intake
            .waiting()
            .forget(&StatementId::of_entry(&entry(0)))
            .unwrap();
        intake.take(&entry(many + 1), client(1)).unwrap();
    }

    #[test]
    fn however_many_wake_it_one_pass_is_for_all() {
        let (wake, woken) = channel();
        for _ in 0..200 {
            wake.send(()).unwrap();
        }
        drop(wake);
        let passes = Cell::new(0);
        each_wake(&woken, || {
            passes.set(passes.get() + 1);
            Some(true)
        });
        assert_eq!(passes.get(), 2, "the first look, and one for 200 wakes");
    }
}
