//! Judging a batch: what comes in, in which order, under which tick.

use std::time::{Duration, Instant};

use record::body::charter::CharterText;
use record::ids::StatementId;
use record::kind::Kind;
use record::refusal::Refusal;
use record::rules::{self, Admission};
use record::statement::{Draft, Verified};
use record::time::Timestamp;
use serde_json::{Value, json};

use super::{Answer, Log, Submission, entries};
use crate::error::{StoreError, SubmitError, Submitted};

/// Refusals logged on submitters' wish in one window, at most: no more than a handful of addresses could
/// have recorded as reports.
pub const MAX_REFUSALS_PER_WINDOW: usize = 1_200;
/// Refusals logged in one window because the log itself promised them, at most. They have a reserve of their own,
/// so that nobody else's wishes make the log break its word.
pub const MAX_PROMISED_REFUSALS_PER_WINDOW: usize = 1_200;
/// Length of that window, in seconds.
pub const REFUSAL_WINDOW_S: u64 = 60;

/// An entry on its way in.
pub(crate) struct Admitted {
    pub(crate) entry: Vec<u8>,
    pub(crate) statement: Verified,
    pub(crate) admission: Admission,
}

/// That a refusal be recorded.
struct Wish<'a> {
    /// The bytes refused.
    of: &'a [u8],
    /// Whether the log itself promised it.
    promised: bool,
    /// Why they are refused although the rules would admit them: they name what is not held.
    beside: Option<&'a Refusal>,
}

/// A judged batch.
#[derive(Default)]
pub(crate) struct Judged {
    /// The tick and what was admitted after it; empty if nothing was.
    pub(crate) batch: Vec<Admitted>,
    /// Position of each submission to answer when the batch is published, and its answer.
    pub(crate) waiting: Vec<(usize, Submitted)>,
}

impl Log {
    /// Judges submissions in order against the working state, which moves with each admitted one.
    /// The tick that governs the batch is made with the first admitted statement: a batch of
    /// refusals writes nothing.
    pub(super) fn judge(
        &mut self,
        submissions: &[Submission],
        verified: Vec<Result<Verified, Refusal>>,
        now: Option<Timestamp>,
        answer: &mut dyn FnMut(usize, Answer),
    ) -> Judged {
        let first_new = self.head.tree.size();
        let before = self.working.global.time;
        // Judged under the time of the tick to come; taken back if none is needed. Without a
        // charter there is no time, and nothing is admitted.
        self.working.global.time = before.map(|before| now.map_or(before, |now| now.max(before)));
        let mut judged = Judged::default();
        for (at, (submission, verified)) in submissions.iter().zip(verified).enumerate() {
            let outcome = match submission {
                Submission::Entry(entry) => self.take(&mut judged, entry, verified, before),
                Submission::Refusal { of, promised } => {
                    let wish = Wish {
                        of,
                        promised: *promised,
                        beside: None,
                    };
                    self.take_refusal(&mut judged, &wish, verified, before)
                }
                Submission::NotHeld {
                    of,
                    refusal,
                    promised,
                } => {
                    let wish = Wish {
                        of,
                        promised: *promised,
                        beside: Some(refusal),
                    };
                    self.take_refusal(&mut judged, &wish, verified, before)
                }
            };
            match outcome {
                Ok(submitted) if submitted.index >= first_new => {
                    judged.waiting.push((at, submitted));
                }
                other => answer(at, other),
            }
        }
        if judged.batch.is_empty() {
            self.working.global.time = before;
        }
        judged
    }

    /// Judges one entry; the same bytes already in the log or in the batch keep their index.
    fn take(
        &mut self,
        judged: &mut Judged,
        entry: &[u8],
        verified: Result<Verified, Refusal>,
        before: Option<Timestamp>,
    ) -> Answer {
        // What was verified carries the identity of these bytes.
        let id = match &verified {
            Ok(statement) => statement.id,
            Err(_) => StatementId::of_entry(entry),
        };
        if let Some(index) = self.working.statements.index_of(&id) {
            return Ok(Submitted {
                id,
                index,
                fresh: false,
            });
        }
        let statement = verified?;
        // Until the batch has its tick, the statement's place is the one after the tick.
        let after = judged.batch.len().max(1) as u64;
        let index = self.head.tree.size() + after;
        let admission = rules::judge(&self.working, index, &statement)?;
        if judged.batch.is_empty() {
            self.open_batch(judged, before)?;
        }
        self.working.apply(index, &statement, admission.clone());
        judged.batch.push(Admitted {
            entry: entry.to_vec(),
            statement,
            admission,
        });
        Ok(Submitted {
            id,
            index,
            fresh: true,
        })
    }

    /// Puts the tick at the head of the batch.
    fn open_batch(
        &mut self,
        judged: &mut Judged,
        before: Option<Timestamp>,
    ) -> Result<(), SubmitError> {
        let time = std::mem::replace(&mut self.working.global.time, before);
        let index = self.head.tree.size();
        let tick = |log: &Self| -> Result<(Vec<u8>, Verified, Admission), StoreError> {
            let time = time.ok_or_else(|| StoreError::Genesis {
                problem: "the record has no charter yet".into(),
            })?;
            let mut body = json!({"time": time, "size": index});
            if let (Value::Object(fields), Some(stated)) = (&mut body, log.next_index.take(index)) {
                fields.insert("index".to_owned(), json!(stated));
            }
            let (entry, statement) = log.own_statement(Kind::Tick, time, body)?;
            let admission =
                rules::judge(&log.working, index, &statement).map_err(StoreError::OwnStatement)?;
            Ok((entry, statement, admission))
        };
        match tick(self) {
            Ok((entry, statement, admission)) => {
                self.working.apply(index, &statement, admission.clone());
                judged.batch.push(Admitted {
                    entry,
                    statement,
                    admission,
                });
                Ok(())
            }
            Err(error) => {
                self.working.global.time = time;
                Err(error.into())
            }
        }
    }

    /// Judges bytes whose refusal is to be recorded, and records it. What is no statement, or not signed, is
    /// refused and not logged: nobody could have a receipt for it.
    fn take_refusal(
        &mut self,
        judged: &mut Judged,
        &Wish {
            of,
            promised,
            beside,
        }: &Wish<'_>,
        verified: Result<Verified, Refusal>,
        before: Option<Timestamp>,
    ) -> Answer {
        let id = StatementId::of_entry(of);
        if self.working.statements.contains_key(&id) {
            return Err(SubmitError::NotRefused);
        }
        let index = self.head.tree.size() + judged.batch.len().max(1) as u64;
        let judgement = rules::judge(&self.working, index, &verified?);
        let refusal = match (beside, judgement) {
            (Some(beside), _) => beside.clone(),
            (None, Err(refusal)) => refusal,
            (None, Ok(_)) => return Err(SubmitError::NotRefused),
        };
        let Some(time) = self.working.global.time else {
            return Err(refusal.into());
        };
        self.count_refusal(promised)?;
        let body = json!({
            "submission": id,
            "code": refusal.code.as_str(),
            "clock_dependent": refusal.clock_dependent(),
        });
        let (entry, statement) = self.own_statement(Kind::Refusal, time, body)?;
        self.take(judged, &entry, Ok(statement), before)
    }

    /// Keeps the number of logged refusals within its limit.
    fn count_refusal(&mut self, promised: bool) -> Result<(), SubmitError> {
        let (now, window) = (Instant::now(), Duration::from_secs(REFUSAL_WINDOW_S));
        let (counted, limit) = match promised {
            true => (
                &mut self.promised_refusals,
                MAX_PROMISED_REFUSALS_PER_WINDOW,
            ),
            false => (&mut self.refusals, MAX_REFUSALS_PER_WINDOW),
        };
        while counted
            .front()
            .is_some_and(|at| now.duration_since(*at) >= window)
        {
            counted.pop_front();
        }
        if counted.len() >= limit {
            return Err(SubmitError::TooManyRefusals {
                limit,
                window_s: REFUSAL_WINDOW_S,
            });
        }
        counted.push_back(now);
        Ok(())
    }

    /// A statement signed by the log itself.
    fn own_statement(
        &self,
        kind: Kind,
        time: Timestamp,
        body: Value,
    ) -> Result<(Vec<u8>, Verified), StoreError> {
        let draft = Draft {
            record: self.keys.verifier_key().name().to_owned(),
            issued: time,
            case: None,
            kind,
            body,
        };
        // Nothing in it is sealed, so the seed and the date are not used.
        let signed = draft.sign(self.keys.first(), &[0; 32], time);
        signed
            .and_then(|signed| Verified::parse(&signed.entry).map(|s| (signed.entry, s)))
            .map_err(|error| StoreError::OwnStatement(error.into()))
    }

    /// Judges the first entries of a record.
    pub(super) fn judge_genesis(
        &mut self,
        genesis: &[Vec<u8>],
    ) -> Result<Vec<Admitted>, StoreError> {
        let wrong = |problem: String| StoreError::Genesis { problem };
        if self.broken || self.head.tree.size() != 0 {
            return Err(wrong("the log is not empty".into()));
        }
        let bytes: Vec<&[u8]> = genesis.iter().map(Vec::as_slice).collect();
        let mut batch = Vec::new();
        let mut state = record::state::State::default();
        for (index, verified) in (0..).zip(entries::verify_all(&bytes)) {
            let refused = |refusal: Refusal| wrong(format!("entry {index}: {refusal}"));
            let statement = verified.map_err(refused)?;
            let admission = rules::judge(&state, index, &statement).map_err(refused)?;
            state.apply(index, &statement, admission.clone());
            batch.push(Admitted {
                entry: bytes
                    .get(index as usize)
                    .map_or_else(Vec::new, |b| b.to_vec()),
                statement,
                admission,
            });
        }
        let charter: &CharterText = state
            .global
            .charter_in_force()
            .ok_or_else(|| wrong("not every founder has signed the charter".into()))?;
        self.keys.check_named_by(charter)?;
        self.working = state;
        Ok(batch)
    }
}
