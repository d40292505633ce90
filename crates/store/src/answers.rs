//! Answers to submissions made together: gathered, and handed over once the last is there.
//!
//! Whoever waits is woken once for all of them. Woken for each, the submitters of a full batch
//! would take more of the processor by waking than by what they submit.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::SubmitError;
use crate::log::Answer;
use crate::sequencer::Reply;

/// Waits for the answers of one group.
pub(crate) struct Awaited(Arc<Shared>);

struct Shared {
    gathered: Mutex<Gathered>,
    complete: Condvar,
}

struct Gathered {
    /// By position in the group; nothing where none came yet.
    answers: Vec<Option<Answer>>,
    /// Places that may still be filled.
    open: usize,
}

/// Where one answer goes. Dropped without one, the submission stays unanswered.
struct Place {
    shared: Arc<Shared>,
    at: usize,
}

impl Shared {
    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        // An answer is put in one step, so a thread that panicked left them whole.
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    fn fill(self, answer: Answer) {
        if let Some(place) = self.shared.gathered().answers.get_mut(self.at) {
            *place = Some(answer);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut gathered = self.shared.gathered();
        gathered.open -= 1;
        if gathered.open == 0 {
            self.shared.complete.notify_all();
        }
    }
}

/// Where the answers of so many submissions go, in order, and who waits for them.
pub(crate) fn gather(count: usize) -> (Vec<Reply>, Awaited) {
    let mut answers = Vec::new();
    answers.resize_with(count, || None);
    let open = count;
    let shared = Arc::new(Shared {
        gathered: Mutex::new(Gathered { answers, open }),
        complete: Condvar::new(),
    });
    let reply = |at| -> Reply {
        let shared = Arc::clone(&shared);
        let place = Place { shared, at };
        Box::new(move |answer| place.fill(answer))
    };
    let replies = (0..count).map(reply).collect();
    (replies, Awaited(shared))
}

impl Awaited {
    /// Waits until each submission is answered or nobody is left to answer it, which says
    /// [`SubmitError::Stopped`].
    pub(crate) fn wait(self) -> Vec<Answer> {
        let mut gathered = self.0.gathered();
        while gathered.open > 0 {
            gathered = self
                .0
                .complete
                .wait(gathered)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let answers = std::mem::take(&mut gathered.answers).into_iter();
        answers
            .map(|answer| answer.unwrap_or(Err(SubmitError::Stopped)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Submitted;
    use record::ids::StatementId;

    fn submitted(index: u64) -> Submitted {
        Submitted {
            id: StatementId(tlog::sha256(&index.to_be_bytes())),
            index,
            fresh: true,
        }
    }

    #[test]
    fn each_answer_comes_at_its_place_and_nobody_waits_for_what_was_dropped() {
        let (replies, awaited) = gather(5);
        let answering = std::thread::spawn(move || {
            let mut replies: Vec<_> = replies.into_iter().enumerate().collect();
            replies.reverse();
            for (at, reply) in replies {
                match at {
                    2 => drop(reply),
                    _ => reply(Ok(submitted(at as u64))),
                }
            }
        });
        let answers = awaited.wait();
        answering.join().unwrap();
        assert_eq!(answers.len(), 5);
        for (at, answer) in answers.into_iter().enumerate() {
            match at {
                2 => assert!(matches!(answer, Err(SubmitError::Stopped))),
                _ => assert_eq!(answer.unwrap().index, at as u64),
            }
        }
        assert!(gather(0).1.wait().is_empty());
    }
}
