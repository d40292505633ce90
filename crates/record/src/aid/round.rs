//! What fixes the seed of a round, shown by entries of the log (docs/aid-statements.md, section 7): the server that says a seed could have
//! chosen it, the entries it shows could not be.

use tlog::Hash;

use super::readers::{Evidence, ReadersError};
use super::round_seed;
use super::shown::Log;
use crate::body::aid::{Match, Round};
use crate::ids::StatementId;
use crate::kind::Body;
use crate::trust::TrustFile;

/// A round, as the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// What was closed.
    pub round: Round,
    /// The first tick after it, and the seed made of both.
    pub tick: StatementId,
    /// As [`Self::tick`].
    pub seed: Hash,
    /// What was said to come of it, if that is shown.
    pub outcome: Option<(StatementId, Match)>,
}

/// The seed of a round, from every entry of the log between the round and the next tick, both included; and its outcome, if one more
/// entry says it. Whoever shows another tick than the next, or leaves one out, is found.
///
/// # Errors
/// [`ReadersError`] for the first that does not hold.
pub fn round_fixed(
    evidence: &Evidence,
    trust: &TrustFile,
    id: StatementId,
) -> Result<Fixed, ReadersError> {
    let log = Log::of(evidence, trust)?;
    let mut entries = evidence.entries.iter();
    let first = entries.next().ok_or(ReadersError::Round(id))?;
    let closed = log.statement(first)?;
    let Body::AidRound(round) = &closed.body else {
        return Err(ReadersError::Round(id));
    };
    if closed.id != id {
        return Err(ReadersError::Round(id));
    }
    let mut next = first.index;
    let tick = loop {
        next += 1;
        let entry = entries.next().filter(|entry| entry.index == next);
        let entry = entry.ok_or(ReadersError::NoTick(id))?;
        let statement = log.statement(entry)?;
        match statement.body {
            Body::Tick(_) if statement.signer.as_str() == log.key.to_string() => {
                break statement.id;
            }
            Body::Tick(_) => {
                return Err(ReadersError::Entry {
                    index: entry.index,
                    problem: "a tick that is not the log's".to_owned(),
                });
            }
            _ => {}
        }
    };
    let outcome = match entries.next() {
        None => None,
        Some(entry) => {
            let statement = log.statement(entry)?;
            match &statement.body {
                Body::AidMatch(said) if said.round == id => Some((statement.id, said.clone())),
                _ => return Err(ReadersError::Round(id)),
            }
        }
    };
    if entries.next().is_some() {
        return Err(ReadersError::Order);
    }
    Ok(Fixed {
        round: round.clone(),
        tick,
        seed: round_seed(id, tick),
        outcome,
    })
}
