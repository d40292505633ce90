//! A log's clock against the time that others give: the last tick and the cosignatures of the
//! checkpoint it stands in.
//!
//! Ticks never decrease, and the rules go by nothing else. So whoever runs the log could let a window
//! pass in a minute by running its clock ahead. Witnesses sign with their own time; a tick is at most
//! [`MAX_TICK_AHEAD_S`] ahead of the time that the quorum signed at.

use tlog::{Note, Policy, VerifierKey};

use crate::body::charter::{CharterText, Clock};
use crate::time::Timestamp;

/// How far a tick may be ahead of the cosignatures of its checkpoint, and of the clock of a mirror
/// that cosigns it, in seconds. As far apart may the clocks of a log and its witnesses be.
pub const MAX_TICK_AHEAD_S: u64 = 60 * 60;

/// What others say of a log's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing is to be said: the charter has time given by hand, so it is a demonstration.
    Injected,
    /// No witness has cosigned, and none has to.
    ByNobody,
    /// The latest cosignature, in seconds since 1970; the quorum's are not earlier than the last tick, by more than
    /// [`MAX_TICK_AHEAD_S`].
    At(u64),
}

/// Compares the last tick before a checkpoint with the checkpoint's cosignatures, under a policy. The note's signatures
/// are checked here; those that do not verify, or are of others, say nothing. A quorum has to say when: a cosignature
/// without a time, as every witness gives of a subtree, vouches for the tree and for no clock.
///
/// # Errors
/// A sentence: the log's clock was ahead of what the quorum says, or the quorum does not say when.
pub fn check(
    charter: &CharterText,
    policy: &Policy,
    note: &Note,
    tick: Timestamp,
) -> Result<Told, String> {
    if charter.clock == Clock::Injected {
        return Ok(Told::Injected);
    }
    let cosigned = lines(policy, note);
    let keys = |counts: &dyn Fn(u64) -> bool| -> Vec<VerifierKey> {
        let counted = cosigned.iter().filter(|(_, time)| counts(*time));
        counted.map(|(key, _)| key.clone()).collect()
    };
    let tick_s = u64::try_from(tick.unix_seconds()).unwrap_or(0);
    let timely = |time: u64| time > 0 && tick_s <= time.saturating_add(MAX_TICK_AHEAD_S);
    let latest = cosigned.iter().map(|(_, time)| *time).max().unwrap_or(0);
    if timely(latest) && policy.is_satisfied_by(&keys(&timely)) {
        return Ok(Told::At(latest));
    }
    let is_quorum = policy.is_satisfied_by(&keys(&|_| true));
    if (latest == 0 && policy.quorum().is_none()) || (!is_quorum && (latest == 0 || timely(latest)))
    {
        // Whether a quorum is missing is asked elsewhere.
        return Ok(Told::ByNobody);
    }
    if is_quorum && !policy.is_satisfied_by(&keys(&|time| time > 0)) {
        return Err(
            "the cosignatures that make the quorum do not say when they were made: nobody can tell whether the log's \
             clock was ahead"
                .to_owned(),
        );
    }
    let witnessed = i64::try_from(latest)
        .ok()
        .and_then(|s| Timestamp::from_unix_seconds(s).ok())
        .map_or_else(|| latest.to_string(), |time| time.to_string());
    Err(format!(
        "the log's clock was ahead: its last tick says {tick}, its quorum cosigned earlier (at {witnessed} at the \
         latest); {MAX_TICK_AHEAD_S} s may lie between"
    ))
}

/// Who of a policy's witnesses cosigned a checkpoint and said when (seconds since 1970).
#[must_use]
pub fn cosignatures(policy: &Policy, note: &Note) -> Vec<(VerifierKey, u64)> {
    let mut timed = lines(policy, note);
    timed.retain(|(_, time)| *time > 0);
    timed
}

/// Who of a policy's witnesses cosigned a checkpoint; 0 where one does not say when.
fn lines(policy: &Policy, note: &Note) -> Vec<(VerifierKey, u64)> {
    let one = |key: VerifierKey| {
        let verified = note.verify(std::slice::from_ref(&key)).ok()?;
        Some((key, verified.first()?.timestamp.unwrap_or(0)))
    };
    policy.witness_keys().into_iter().filter_map(one).collect()
}

/// Compares a tick with the clock of whoever reads it now.
///
/// # Errors
/// A sentence: the tick is ahead.
pub fn check_now(charter: &CharterText, tick: Timestamp, now: Timestamp) -> Result<(), String> {
    let ahead = tick.unix_seconds().saturating_sub(now.unix_seconds());
    // Below 2^63.
    if charter.clock == Clock::Injected || ahead <= MAX_TICK_AHEAD_S as i64 {
        return Ok(());
    }
    Err(format!(
        "the log's clock is ahead: its last tick says {tick}, the clock here {now}; {MAX_TICK_AHEAD_S} s may lie between"
    ))
}
