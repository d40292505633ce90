//! Entries of a log, read and checked on all cores, judged in order on one.
//!
//! The thread that judges takes part in checking whenever what it has to judge next is not there
//! yet; so there are as many threads as cores, and none of them waits while anything is left that
//! may be checked. How far checking may run ahead is bounded, and with it the memory.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use record::envelope::KnownKeys;
use tlog::{EntryBundleId, TILE_WIDTH};

use super::entries::{Read, Reader, bundle_of};
use crate::error::StoreError;
use crate::objects::Objects;

/// Bundles read and checked ahead of the one that is judged, for each core (16 MiB of entries at
/// most, as a bundle holds 256 of 65,535 bytes).
const AHEAD_PER_CORE: u64 = 8;
/// In a log of fewer entries nothing is read ahead (eight bundles): it takes no time anyway.
const MIN_AHEAD_ENTRIES: u64 = 2_048;

type Outcome = Result<Read, StoreError>;

/// What the threads share: bundles by number, from 0.
struct Pipeline {
    bundles: u64,
    ahead: u64,
    state: Mutex<State>,
    /// Something was checked, or judged, or it is over.
    moved: Condvar,
}

#[derive(Default)]
struct State {
    /// The next bundle that nobody has taken to check.
    next: u64,
    /// The bundle that is judged next.
    judged: u64,
    /// Checked and not yet judged; nothing where a thread ended before it was done.
    checked: BTreeMap<u64, Option<Outcome>>,
    over: bool,
}

/// What the judging thread does next.
enum Turn {
    Judge(Option<Outcome>),
    Check(u64),
}

impl Pipeline {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is one step, so a thread that panicked left it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.moved
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A bundle to check, if one may be checked now.
    fn claim(&self, state: &mut State) -> Option<u64> {
        let within = state.next < self.bundles && state.next < state.judged + self.ahead;
        let claimed = within.then_some(state.next)?;
        state.next += 1;
        Some(claimed)
    }

    /// For a thread that only checks: waits for a bundle; nothing once there are no more.
    fn following(&self) -> Option<u64> {
        let mut state = self.state();
        loop {
            if state.over || state.next >= self.bundles {
                return None;
            }
            match self.claim(&mut state) {
                Some(claimed) => return Some(claimed),
                None => state = self.wait(state),
            }
        }
    }

    /// For the thread that judges: the next bundle if it is there, or one to check meanwhile.
    fn turn(&self) -> Turn {
        let mut state = self.state();
        loop {
            let at = state.judged;
            if let Some(checked) = state.checked.remove(&at) {
                state.judged += 1;
                drop(state);
                self.moved.notify_all();
                return Turn::Judge(checked);
            }
            match self.claim(&mut state) {
                Some(claimed) => return Turn::Check(claimed),
                None => state = self.wait(state),
            }
        }
    }

    fn put(&self, bundle: u64, outcome: Option<Outcome>) {
        self.state().checked.insert(bundle, outcome);
        self.moved.notify_all();
    }
}

/// Puts what became of a bundle, also if its thread ends early: the one that judges does it then.
struct Claimed<'a> {
    pipeline: &'a Pipeline,
    bundle: u64,
    outcome: Option<Outcome>,
}

impl Drop for Claimed<'_> {
    fn drop(&mut self) {
        self.pipeline.put(self.bundle, self.outcome.take());
    }
}

/// Ends the threads that check, however judging ends.
struct Ending<'a>(&'a Pipeline);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.state().over = true;
        self.0.moved.notify_all();
    }
}

/// Calls `each` with the entries of a log of `size` entries, bundle after bundle, every signature
/// checked: on all cores, some bundles ahead, while `each` takes them in order.
///
/// # Errors
/// As [`super::entries::read_bundle`], and those of `each`.
pub fn for_each_checked(
    objects: &dyn Objects,
    size: u64,
    each: impl FnMut(Read) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    over(
        size,
        &|bundle, known| Read::checked(objects, bundle, known),
        each,
    )
}

/// As [`for_each_checked`], each entry read by `reader`.
///
/// # Errors
/// As there.
pub fn for_each_read(
    objects: &dyn Objects,
    size: u64,
    reader: Reader,
    each: impl FnMut(Read) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    over(
        size,
        &|bundle, known| Read::of(objects, bundle, reader, known),
        each,
    )
}

fn over(
    size: u64,
    read: &(dyn Fn(EntryBundleId, &mut KnownKeys) -> Outcome + Sync),
    each: impl FnMut(Read) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if size < MIN_AHEAD_ENTRIES { 1 } else { cores };
    let width = u64::from(TILE_WIDTH);
    let read = |bundle, known: &mut KnownKeys| read(bundle_of(bundle * width, size), known);
    run(size.div_ceil(width), threads, &read, each)
}

fn run(
    bundles: u64,
    threads: usize,
    read: &(dyn Fn(u64, &mut KnownKeys) -> Outcome + Sync),
    mut each: impl FnMut(Read) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let pipeline = &Pipeline {
        bundles,
        // One thread alone holds one bundle at a time.
        ahead: (threads as u64 - 1) * AHEAD_PER_CORE + 1,
        state: Mutex::default(),
        moved: Condvar::new(),
    };
    let check = |bundle, known: &mut KnownKeys| {
        let mut claimed = Claimed {
            pipeline,
            bundle,
            outcome: None,
        };
        claimed.outcome = Some(read(bundle, known));
    };
    let mut judge = |known: &mut KnownKeys| {
        let _ending = Ending(pipeline);
        let mut judged = 0;
        while judged < bundles {
            match pipeline.turn() {
                Turn::Check(bundle) => check(bundle, known),
                Turn::Judge(checked) => {
                    each(checked.unwrap_or_else(|| read(judged, known))?)?;
                    judged += 1;
                }
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let checks_only = || {
            let mut known = KnownKeys::default();
            while let Some(bundle) = pipeline.following() {
                check(bundle, &mut known);
            }
        };
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(checks_only)).collect();
        let judged = judge(&mut KnownKeys::default());
        for other in others {
            // What it did not finish was done by the one that judges.
            let _ = other.join();
        }
        judged
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::log::entries::Held;

    fn made(bundle: u64) -> Read {
        let bundle = EntryBundleId {
            index: bundle,
            width: TILE_WIDTH,
        };
        Read::new(bundle, Held::default(), Vec::new())
    }

    #[test]
    fn all_come_in_order_and_no_more_are_ahead_than_allowed() {
        for threads in 1..5 {
            let (begun, taken) = (AtomicU64::new(0), AtomicU64::new(0));
            let most = (threads as u64 - 1) * AHEAD_PER_CORE + 1;
            let read = |bundle: u64, _: &mut KnownKeys| {
                let begun = begun.fetch_add(1, Ordering::SeqCst) + 1;
                assert!(begun - taken.load(Ordering::SeqCst) <= most + 1);
                Ok(made(bundle))
            };
            let mut next = 0;
            run(200, threads, &read, |read| {
                assert_eq!(read.bundle.index, next);
                next += 1;
                taken.fetch_add(1, Ordering::SeqCst);
                Ok(())
            })
            .unwrap();
            assert_eq!(next, 200);
        }
    }

    #[test]
    fn the_first_failure_in_order_ends_it() {
        for threads in 1..5 {
            let read = |bundle: u64, _: &mut KnownKeys| match bundle {
                70.. => Err(StoreError::damaged(bundle.to_string(), "it is bad")),
                _ => Ok(made(bundle)),
            };
            let mut count = 0;
            let ended = run(200, threads, &read, |_| {
                count += 1;
                Ok(())
            });
            assert_eq!(count, 70);
            assert!(ended.unwrap_err().to_string().contains("70"));
            let stopped = run(200, threads, &read, |read| match read.bundle.index {
                9 => Err(StoreError::damaged("here", "enough")),
                _ => Ok(()),
            });
            assert!(stopped.unwrap_err().to_string().contains("here"));
        }
    }

    #[test]
    fn what_a_thread_did_not_finish_is_done_by_the_one_that_judges() {
        // Whichever of the other threads checks something ends with it.
        let judging = std::thread::current().id();
        let read = |bundle: u64, _: &mut KnownKeys| {
            if std::thread::current().id() != judging {
                // Ends the thread without the noise of a panic's message.
                std::panic::resume_unwind(Box::new("ended"));
            }
            Ok(made(bundle))
        };
        let mut next = 0;
        run(200, 4, &read, |read| {
            assert_eq!(read.bundle.index, next);
            next += 1;
            Ok(())
        })
        .unwrap();
        assert_eq!(next, 200);
    }
}
