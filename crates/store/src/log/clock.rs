//! The sequencer's own clock. A window of the rules passes as soon as a tick says so, and no tick can be
//! taken back: a clock that once ran ahead ends replies and dissents that had time left. So a leap is not
//! believed; whoever runs the log has to say that the clock is right.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use record::body::charter::Clock;
use record::clock::cosignatures;
use record::time::Timestamp;
use tlog::Note;

use super::{Log, effects, read};
use crate::error::StoreError;

/// How far the clock may be ahead of what is known of the time (the last tick before this opening, the latest
/// cosignature, how long this process has run since), in seconds: a week. A record that rested longer wants a word.
pub const MAX_CLOCK_LEAP_S: i64 = 7 * 24 * 60 * 60;

/// The word of whoever runs the log: the clock is right, as far as it may have leapt.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClockWord(Arc<AtomicBool>);

impl ClockWord {
    /// The next look at the clock is believed.
    pub(crate) fn give(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn take(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }
}

/// What was known of the time when this process first looked, and when that was by a clock that nobody sets. A time that
/// was believed is no knowledge: else each leap would open the way for the next.
#[derive(Debug, Default)]
pub(crate) struct Believed(Option<(Timestamp, Instant)>);

impl Believed {
    /// Believes the time, or says what it was expected to be at most. `last` is the last tick, which counts if nothing
    /// is known yet; `at` the moment of looking.
    fn check(&mut self, last: Timestamp, now: Timestamp, at: Instant) -> Result<(), Timestamp> {
        let expected = self.expected(at).unwrap_or(last);
        if now > expected.plus_seconds(MAX_CLOCK_LEAP_S) {
            return Err(expected);
        }
        self.0.get_or_insert((last, at));
        Ok(())
    }

    /// Learns a time from others: from now on it counts, unless more is known.
    fn learn(&mut self, time: Timestamp, at: Instant) {
        if self.expected(at).is_none_or(|expected| time > expected) {
            self.0 = Some((time, at));
        }
    }

    fn expected(&self, at: Instant) -> Option<Timestamp> {
        let (time, looked) = self.0?;
        let ran = at.saturating_duration_since(looked).as_secs();
        Some(time.plus_seconds(i64::try_from(ran).unwrap_or(i64::MAX)))
    }
}

impl Log {
    /// Where whoever runs the log says that the clock is right.
    pub(crate) fn clock_word(&self) -> ClockWord {
        self.clock_word.clone()
    }

    /// Whether the time that the sequencer was given is to be believed.
    pub(super) fn check_clock(&mut self, now: Option<Timestamp>) -> Result<(), StoreError> {
        let global = &self.working.global;
        let (Some(now), Some(in_force)) = (now, global.time) else {
            return Ok(());
        };
        if global.charter.as_ref().map(|charter| charter.clock) != Some(Clock::System) {
            return Ok(());
        }
        let at = Instant::now();
        if self.clock_word.take() {
            self.believed = Believed(Some((now, at)));
            return Ok(());
        }
        if self.believed.check(in_force, now, at).is_ok() {
            return Ok(());
        }
        // Nothing was recorded for long; the witnesses may have cosigned meanwhile.
        if let Some(cosigned) = self.cosigned_at() {
            self.believed.learn(cosigned, at);
        }
        let checked = self.believed.check(in_force, now, at);
        checked.map_err(|expected| StoreError::ClockLeap { now, expected })
    }

    /// When the published checkpoint was last cosigned, by the witnesses of the policy.
    fn cosigned_at(&self) -> Option<Timestamp> {
        let policy = effects::policy_of(&self.working).ok()?;
        let note = Note::parse(&read(&self.published).checkpoint).ok()?;
        let times = cosignatures(&policy, &note).into_iter();
        let latest = times.map(|(_, time)| time).max()?;
        Timestamp::from_unix_seconds(i64::try_from(latest).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const DAY_S: i64 = 86_400;

    #[test]
    fn a_leap_is_not_believed_and_time_that_passes_is() {
        let start: Timestamp = "2026-11-26T00:00:00Z".parse().unwrap();
        let day = |n: i64| start.plus_seconds(n * DAY_S);
        let begun = Instant::now();
        let after = |n: u64| begun + Duration::from_secs(n * DAY_S.unsigned_abs());
        let mut believed = Believed::default();
        // A record that rested: a week, and not a second more.
        let more = day(7).plus_seconds(1);
        assert_eq!(believed.check(start, more, begun), Err(start));
        assert_eq!(believed.check(start, day(7), begun), Ok(()));
        // Open for a hundred days without an entry: the clock went on, and so did this process.
        assert_eq!(believed.check(start, day(107), after(100)), Ok(()));
        assert_eq!(believed.check(start, day(207), after(100)), Err(day(100)));
        assert_eq!(believed.check(start, day(108), after(101)), Ok(()));
        // A clock that goes back is no leap; ticks never decrease anyway.
        assert_eq!(believed.check(day(107), day(50), after(102)), Ok(()));
        // What witnesses said meanwhile counts, and not what is earlier.
        believed.learn(day(300), after(103));
        assert_eq!(believed.check(day(107), day(301), after(103)), Ok(()));
        believed.learn(day(200), after(103));
        assert_eq!(believed.check(day(107), day(307), after(103)), Ok(()));
    }

    #[test]
    fn a_leap_that_was_believed_opens_the_way_for_no_other() {
        let start: Timestamp = "2026-11-26T00:00:00Z".parse().unwrap();
        let day = |n: i64| start.plus_seconds(n * DAY_S);
        let at = Instant::now();
        let mut believed = Believed::default();
        assert_eq!(believed.check(start, day(6), at), Ok(()));
        // The tick of that leap is the last one now.
        assert_eq!(believed.check(day(6), day(12), at), Err(start));
        assert_eq!(believed.check(day(6), day(7), at), Ok(()));
        assert_eq!(believed.check(day(7), day(14), at), Err(start));
    }
}
