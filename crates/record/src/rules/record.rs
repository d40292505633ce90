//! Rules of statements about the record itself: genesis, ticks, charter, warnings, complaints.

use std::collections::BTreeSet;

use super::{Admission, Ask, refuse};
use crate::body::charter::{CharterText, Clock, Quorum, SeatRole};
use crate::body::log::{StatedIndex, Tick};
use crate::ids::Vkey;
use crate::index::MAX_INDEX_LAG;
use crate::kind::Body;
use crate::refusal::{Code, Refusal};
use crate::state::State;
use crate::statement::Verified;

/// Most seconds a charter may let `issued` lie from the governing time: one day.
const MAX_TOLERANCE_S: u32 = 86_400;
/// Fewest independent strands of any standard: two source groups, whatever a charter says.
const MIN_STRANDS: u32 = 2;
/// Shortest reply, panel and dissent window a charter may set, in seconds: one day.
const MIN_WINDOW_S: u32 = 86_400;
/// Fewest votes and regions of any quorum: nobody decides alone.
const MIN_QUORUM: u32 = 2;
/// Fewest reviews a finding may rest on.
const MIN_REVIEWS: u32 = 2;

/// Entry 0.
pub(super) fn genesis(
    state: &State,
    index: u64,
    s: &Verified,
    text: &CharterText,
) -> Result<Admission, Refusal> {
    if index != 0 || state.global.charter.is_some() {
        return refuse(Code::GenesisOnly, "this record has its charter");
    }
    if s.signer != text.log {
        return refuse(
            Code::RoleNotAllowed,
            "a charter is signed by the log key it names",
        );
    }
    if s.record != text.origin() {
        return refuse(
            Code::WrongRecord,
            "the field `record` is not the name of the log key",
        );
    }
    if s.case.is_some() || !s.sealed.is_empty() {
        return refuse(
            Code::CaseNotAllowed,
            "a charter belongs to no case and seals nothing",
        );
    }
    if text.version != 1 {
        return refuse(
            Code::AmendmentVersion,
            format!("a first charter has version 1, not {}", text.version),
        );
    }
    check_charter(text)?;
    crate::succession::check(text).or_else(|e| refuse(Code::PredecessorInvalid, e.to_string()))?;
    Ok(Admission::default())
}

/// What any charter must satisfy. No field exempts or prefers a party: there is none to check.
fn check_charter(text: &CharterText) -> Result<(), Refusal> {
    let invalid = |detail: String| refuse(Code::CharterInvalid, detail);
    if let Err(e) = text.method.validate() {
        return invalid(format!("method: {e}"));
    }
    check_floors(text)?;
    check_norms(text)?;
    super::funding::check_caps_within(&text.funding)?;
    super::complaint::check_window(text.complaint_window_s)?;
    if text.clock == Clock::Injected && !text.demonstration {
        return invalid("only a demonstration may have an injected clock".into());
    }
    check_keys(text)?;
    let reviewers: Vec<_> = text
        .seats
        .iter()
        .filter(|s| s.role == SeatRole::Reviewer)
        .collect();
    let regions: BTreeSet<_> = reviewers.iter().map(|s| s.region).collect();
    if reviewers.len() == text.seats.len() {
        return invalid("no registrar is seated".into());
    }
    for (name, Quorum { votes, regions: r }) in [
        ("finding_quorum", text.finding_quorum),
        ("amendment_quorum", text.amendment_quorum),
    ] {
        if votes < MIN_QUORUM || r < MIN_QUORUM {
            return invalid(format!(
                "{name} asks for {votes} votes from {r} regions; at least {MIN_QUORUM} of each"
            ));
        }
        if votes as usize > reviewers.len() || r as usize > regions.len() || r > votes {
            return invalid(format!(
                "{name} asks for {votes} votes from {r} regions; {} reviewers from {} regions are seated",
                reviewers.len(),
                regions.len()
            ));
        }
    }
    check_second_key(text)?;
    let policy = format!("log {}\n{}", text.log, policy_lines(text));
    match tlog::Policy::parse(&policy) {
        Ok(_) => Ok(()),
        Err(e) => invalid(format!("witness_policy: {e}")),
    }
}

/// A second key of the log signs checkpoints as the first does, by another algorithm.
fn check_second_key(text: &CharterText) -> Result<(), Refusal> {
    let Some(second) = &text.log_mldsa else {
        return Ok(());
    };
    let key = second.verifier().ok();
    let fits = |k: &tlog::VerifierKey| {
        k.key_type() == tlog::KeyType::SubtreeV1 && k.name() == text.origin()
    };
    if key.as_ref().is_some_and(fits) {
        return Ok(());
    }
    let detail = "log_mldsa is an ML-DSA-44 key (type 0x06) of the name of the log's own key";
    refuse(Code::CharterInvalid, detail)
}

/// The policy lines of a charter, `quorum none` where it has none.
pub(crate) fn policy_lines(text: &CharterText) -> String {
    if text.witness_policy.is_empty() {
        return "quorum none\n".to_string();
    }
    text.witness_policy
        .iter()
        .map(|l| format!("{l}\n"))
        .collect()
}

/// The thresholds leave room for doubt, and the program has the data the charter pins.
fn check_norms(text: &CharterText) -> Result<(), Refusal> {
    let invalid = |detail: String| refuse(Code::CharterInvalid, detail);
    if let Err(e) = text.norms.policy.check() {
        return invalid(format!("norms.policy: {e}"));
    }
    let has = match crate::law::reference() {
        Ok(reference) => reference.digest(),
        Err(e) => return invalid(e.to_string()),
    };
    let pinned = text.norms.reference_sha256.to_string();
    if pinned != has {
        return invalid(format!(
            "norms.reference_sha256 is {pinned}; this program judges with {has}"
        ));
    }
    Ok(())
}

/// Floors that no charter goes below: none of them can be set so that a refusal is off.
fn check_floors(text: &CharterText) -> Result<(), Refusal> {
    let invalid = |detail: String| refuse(Code::CharterInvalid, detail);
    if text.method.s1.strands < MIN_STRANDS {
        return invalid(format!(
            "method.s1.strands is {}; at least {MIN_STRANDS}",
            text.method.s1.strands
        ));
    }
    if text.issued_tolerance_s > MAX_TOLERANCE_S {
        return invalid(format!(
            "issued_tolerance_s is {}; at most {MAX_TOLERANCE_S} s",
            text.issued_tolerance_s
        ));
    }
    for (name, window) in [
        ("panel_window_s", text.panel_window_s),
        ("dissent_window_s", text.dissent_window_s),
    ] {
        if window < MIN_WINDOW_S {
            return invalid(format!("{name} is {window}; at least {MIN_WINDOW_S} s"));
        }
    }
    if text.reply_window_s < MIN_WINDOW_S {
        return invalid(format!(
            "reply_window_s is {}; at least {MIN_WINDOW_S} s",
            text.reply_window_s
        ));
    }
    if text.min_reviews < MIN_REVIEWS {
        return invalid(format!(
            "min_reviews is {}; at least {MIN_REVIEWS}",
            text.min_reviews
        ));
    }
    Ok(())
}

fn check_keys(text: &CharterText) -> Result<(), Refusal> {
    if text.founders.is_empty() {
        return refuse(Code::CharterInvalid, "a charter has at least one founder");
    }
    let founders: BTreeSet<_> = text.founders.iter().collect();
    if founders.len() != text.founders.len() {
        return refuse(Code::CharterInvalid, "a founder is named twice");
    }
    let mut keys: BTreeSet<&Vkey> = BTreeSet::from([&text.log]);
    let mut names = BTreeSet::new();
    for seat in &text.seats {
        if !names.insert(&seat.member) || !keys.insert(&seat.key) {
            return refuse(
                Code::CharterInvalid,
                format!("seat {} repeats a member or a key", seat.member),
            );
        }
    }
    for key in text.founders.iter().chain(keys) {
        check_statement_key(key)?;
    }
    Ok(())
}

/// Statement keys are Ed25519 (vkey type 0x01).
pub(super) fn check_statement_key(key: &Vkey) -> Result<(), Refusal> {
    match key.verifier().map(|k| k.key_type()) {
        Ok(tlog::KeyType::Ed25519) => Ok(()),
        _ => refuse(
            Code::CharterInvalid,
            format!("{key} is not an Ed25519 statement key"),
        ),
    }
}

/// An index stated in a tick is of entries before it, and not much older than it. Whether it is
/// the right one, only those can say who have all entries.
fn check_stated(tick: &Tick, stated: &StatedIndex) -> Result<(), Refusal> {
    let oldest = tick.size.saturating_sub(MAX_INDEX_LAG).max(1);
    if !(oldest..=tick.size).contains(&stated.size) || stated.time > tick.time {
        let detail = format!(
            "the index stated is over {} entries at {}; here it is over {oldest} to {} and not after {}",
            stated.size, stated.time, tick.size, tick.time
        );
        return refuse(Code::IndexShape, detail);
    }
    Ok(())
}

impl Ask<'_> {
    /// Record-wide statements that are neither members, norms nor intake.
    pub(super) fn check_record(&self, index: u64) -> Result<(), Refusal> {
        match &self.statement.body {
            Body::Tick(tick) => {
                if tick.time < self.time || tick.time != self.statement.issued {
                    return refuse(
                        Code::TimeDecreases,
                        format!("tick of {} after {}", tick.time, self.time),
                    );
                }
                if tick.size != index {
                    return refuse(
                        Code::TimeDecreases,
                        format!(
                            "the tick says {} entries stand before it; there are {index}",
                            tick.size
                        ),
                    );
                }
                tick.index
                    .as_ref()
                    .map_or(Ok(()), |stated| check_stated(tick, stated))
            }
            Body::CharterFound(f) => {
                if f.charter != self.charter.digest() {
                    return refuse(
                        Code::WrongDigest,
                        format!("the charter's digest is {}", self.charter.digest()),
                    );
                }
                if self.global.founded_by.contains(&self.statement.signer) {
                    return refuse(Code::AlreadySigned, "this founder has signed the charter");
                }
                Ok(())
            }
            Body::CharterAmend(a) => self.check_amendment(&a.text),
            Body::CharterVote(v) => {
                let Some(pending) = self.global.amendments.get(&v.amendment) else {
                    return refuse(
                        Code::AmendmentUnknown,
                        format!("no amendment with digest {} is open", v.amendment),
                    );
                };
                if pending.votes.contains_key(self.speaker()?) {
                    return refuse(Code::OncePerRound, "this member has voted on the amendment");
                }
                Ok(())
            }
            Body::Complaint(c) => self.check_complaint(c),
            Body::ComplaintAnswer(a) => self.check_complaint_answer(a),
            _ => Ok(()),
        }
    }

    fn check_amendment(&self, text: &CharterText) -> Result<(), Refusal> {
        let same_log = text.log == self.charter.log && text.log_mldsa == self.charter.log_mldsa;
        if text.version != self.charter.version.saturating_add(1) || !same_log {
            let detail = format!(
                "version {} under log {}; in force is version {} under {}",
                text.version, text.log, self.charter.version, self.charter.log
            );
            return refuse(Code::AmendmentVersion, detail);
        }
        if text.demonstration != self.charter.demonstration || text.clock != self.charter.clock {
            return refuse(
                Code::CharterInvalid,
                "a demonstration cannot become a record of decisions, nor the reverse",
            );
        }
        if text.funding.currency != self.charter.funding.currency {
            return refuse(
                Code::CharterInvalid,
                "the ledger keeps its currency: another one would forget what was booked",
            );
        }
        if text.next_log_key_sha256 != self.charter.next_log_key_sha256
            || text.predecessor != self.charter.predecessor
        {
            return refuse(
                Code::PredecessorInvalid,
                "predecessor and next log key are fixed by the first charter",
            );
        }
        if self.global.amendments.contains_key(&text.digest()) {
            return refuse(Code::AlreadyAffirmed, "this amendment is open");
        }
        for seat in &text.seats {
            let taken = self
                .global
                .keys
                .get(&seat.key)
                .is_some_and(|m| *m != seat.member);
            let known = self.global.members.get(&seat.member);
            // A seat keeps its key: only the member itself rotates it.
            let changed = known.is_some_and(|m| {
                m.key != seat.key
                    || m.jurisdiction != seat.jurisdiction
                    || m.revoked
                    || matches!(m.role, crate::state::MemberRole::Enrolled(_))
            });
            if taken || changed {
                let detail = format!(
                    "seat {} takes another member's key or name, or changes a known member's key or jurisdiction, or seats a revoked one",
                    seat.member
                );
                return refuse(Code::KeyInUse, detail);
            }
        }
        check_charter(text)
    }
}
