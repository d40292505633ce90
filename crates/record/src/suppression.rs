//! Suppression proofs: a promise, and that the log did not keep it in time, in one file
//! (docs/suppression.md, section 5).

mod search;

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tlog::{Checkpoint, TlogProof, VerifierKey, leaf_hash};

use crate::body::log::StatedIndex;
use crate::check::Report;
use crate::clock::MAX_TICK_AHEAD_S;
use crate::index::{Found, KeyProof, Subject, check_proof};
use crate::intake::{IntakeError, MAX_LATE_S, Promise};
use crate::statement::Verified;
use crate::subject_proof::check_tick;
use crate::time::Timestamp;
use crate::trust::{TrustFile, with_sources};

pub use self::search::{Held, Search};

/// First line of a suppression proof.
pub const SUPPRESSION_HEADER: &str = "solferino.org/suppression@v1";
/// How long before merge-by a statement may have been issued, in seconds: so long as every log may record it until
/// then, also one whose clock is an hour ahead.
pub const MAX_ISSUED_BEFORE_S: i64 = MAX_LATE_S - MAX_TICK_AHEAD_S as i64;
/// How far a submitter's clock may be ahead of that of whoever took the statement, in seconds.
pub const MAX_ISSUED_AFTER_S: i64 = 300;
/// Longest suppression proof that is read, in bytes.
pub const MAX_SUPPRESSION_BYTES: usize = 4_000_000;

/// A parsed suppression proof; nothing in it is verified yet. Displays as the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressionProof {
    /// The intake receipt, a signed note.
    pub receipt: Vec<u8>,
    /// The tick that states the index, an entry of the log.
    pub tick: Vec<u8>,
    /// The entry that was promised. A relay's word alone convicts nobody of burying bytes that never were: its
    /// receipt counts only with them.
    pub entry: Option<Vec<u8>>,
    /// That the statement is not in that index.
    pub statement: KeyProof,
    /// Whether the statement was handed over in time, which its entry shows: then a refusal as outside its time does
    /// not answer the receipt.
    pub in_time: bool,
    /// That no refusal of it is; of one that was in time, none but as outside its time.
    pub refused: KeyProof,
    /// That the tick is in the log.
    pub inclusion: TlogProof,
}

/// Why bytes are no suppression proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the suppression proof: {problem}")]
pub struct SuppressionFormError {
    /// Line, from 1; 0 for the whole.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
}

/// What a suppression proof shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// What was promised.
    pub promise: Promise,
    /// Who signed the receipt.
    pub signer: VerifierKey,
    /// Whether that is the log itself.
    pub by_log: bool,
    /// The index in which neither the statement nor its refusal is.
    pub index: StatedIndex,
    /// The checkpoint that holds the log's statement of that index.
    pub checkpoint: Checkpoint,
}

/// How a verification came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuppressionVerification {
    /// Check by check.
    pub report: Report,
    /// What is shown, if everything holds.
    pub shown: Option<Suppressed>,
    /// Whether a trust file said whose log it is.
    pub pinned: bool,
}

impl SuppressionProof {
    /// Reads a suppression proof.
    ///
    /// # Errors
    /// [`SuppressionFormError`] with the line.
    pub fn parse(bytes: &[u8]) -> Result<Self, SuppressionFormError> {
        let wrong = |line, problem: String| SuppressionFormError { line, problem };
        if bytes.len() > MAX_SUPPRESSION_BYTES {
            return Err(wrong(0, format!("more than {MAX_SUPPRESSION_BYTES} bytes")));
        }
        let text = std::str::from_utf8(bytes).map_err(|e| wrong(0, e.to_string()))?;
        let (head, inclusion) = text
            .split_once("\n\n")
            .ok_or_else(|| wrong(0, "no empty line before the tlog-proof".into()))?;
        let mut lines = (1..).zip(head.split('\n'));
        let in_time = head.contains("\nanswered ");
        let mut next = |prefix: &'static str| {
            let (line, found) = lines.next().unwrap_or((0, ""));
            let rest = found.strip_prefix(prefix);
            rest.map(|rest| (line, rest))
                .ok_or_else(|| wrong(line, format!("it does not begin with {prefix:?}")))
        };
        let _ = next(SUPPRESSION_HEADER)?;
        let receipt = next("receipt ")?;
        let tick = next("tick ")?;
        let entry = next("entry ")?;
        let statement = next("statement ")?;
        let refused = next(if in_time { "answered " } else { "refused " })?;
        let decode = |(line, value): (usize, &str)| {
            STANDARD
                .decode(value)
                .map_err(|e| wrong(line, e.to_string()))
        };
        let proof = |(line, value): (usize, &str)| {
            KeyProof::from_str(value).map_err(|e| wrong(line, e.to_string()))
        };
        let parsed = Self {
            receipt: decode(receipt)?,
            tick: decode(tick)?,
            entry: (entry.1 != "-").then(|| decode(entry)).transpose()?,
            statement: proof(statement)?,
            in_time,
            refused: proof(refused)?,
            inclusion: TlogProof::parse(inclusion).map_err(|e| wrong(8, with_sources(&e)))?,
        };
        if parsed.to_string() == text {
            Ok(parsed)
        } else {
            Err(wrong(0, "it is not in its one spelling".into()))
        }
    }

    /// Verifies a suppression proof offline. Without a trust file the log is whoever signed the
    /// tick, and anyone could have. `relays` are keys whose receipts count beside the log's.
    #[must_use]
    pub fn verify(
        bytes: &[u8],
        trust: Option<&TrustFile>,
        relays: &[VerifierKey],
    ) -> SuppressionVerification {
        let mut report = Report::default();
        let shown = check(&mut report, bytes, trust, relays);
        SuppressionVerification {
            report,
            shown,
            pinned: trust.is_some(),
        }
    }
}

fn check(
    report: &mut Report,
    bytes: &[u8],
    trust: Option<&TrustFile>,
    relays: &[VerifierKey],
) -> Option<Suppressed> {
    let parsed = SuppressionProof::parse(bytes);
    let proof = report.note("form", "a suppression proof", parsed)?;
    let (index, log) = check_tick(report, &proof.tick, trust)?;
    let (promise, signer) = report.note(
        "receipt",
        "an intake receipt for this log",
        receipt_of(&proof.receipt, &log, relays),
    )?;
    check_bytes(report, &proof, &promise, signer == log)?;
    let after = (index.time > promise.merge_by)
        .then_some(())
        .ok_or_else(|| {
            format!(
                "the index is of {}, merge-by is {}: the log had time until then",
                index.time, promise.merge_by
            )
        });
    report.note("time", "the index was stated after merge-by", after)?;
    let opened = checkpoint_of(&proof, &log, trust, &promise);
    let checkpoint = report.note("checkpoint", "the tick is in the cosigned log", opened)?;
    let subjects = [
        (
            "statement",
            Subject::Statement(promise.leaf),
            &proof.statement,
        ),
        ("refused", refusals(&promise, proof.in_time), &proof.refused),
    ];
    for (name, subject, key_proof) in subjects {
        let absent = absent(&index, &subject, key_proof);
        report.note(name, format!("{subject} is not in the index"), absent)?;
    }
    Some(Suppressed {
        by_log: signer == log,
        promise,
        signer,
        index,
        checkpoint,
    })
}

/// The refusals that would answer a promise.
fn refusals(promise: &Promise, in_time: bool) -> Subject {
    match in_time {
        true => Subject::Answered(promise.leaf),
        false => Subject::Refused(promise.leaf),
    }
}

fn receipt_of(
    receipt: &[u8],
    log: &VerifierKey,
    relays: &[VerifierKey],
) -> Result<(Promise, VerifierKey), String> {
    let (promise, signer) = Promise::open(receipt, log, relays)
        .map_err(|e: IntakeError| format!("{e}; a relay's receipt counts once its key is named"))?;
    if promise.log != log.name() {
        return Err(format!("it is for the log {}", promise.log));
    }
    Ok((promise, signer))
}

/// The bytes beside a receipt: a relay's counts only with them, and against a refusal as outside its time the log's too.
fn check_bytes(
    report: &mut Report,
    proof: &SuppressionProof,
    promise: &Promise,
    by_log: bool,
) -> Option<()> {
    let has_to_be_in_time = proof.in_time || !by_log;
    if !has_to_be_in_time && proof.entry.is_none() {
        report.not_checked("entry", "the log's own promise needs no bytes beside it");
        return Some(());
    }
    let entry = proof.entry.as_deref().ok_or_else(|| match by_log {
        true => {
            "that a statement was handed over in time is shown by the statement itself".to_owned()
        }
        false => "a relay's receipt counts only with the entry it is about".to_owned(),
    });
    let made = entry.and_then(|entry| check_entry(entry, promise, has_to_be_in_time));
    report.note("entry", "the bytes that were promised, signed", made)
}

/// The entry is the promised one, signed, for this log, and admissible by its time until merge-by.
fn check_entry(entry: &[u8], promise: &Promise, in_time: bool) -> Result<(), String> {
    let statement = Verified::parse(entry).map_err(|e| e.to_string())?;
    if statement.id != promise.leaf {
        return Err(format!("it is {}, not {}", statement.id, promise.leaf));
    }
    if statement.record != promise.log {
        return Err(format!("it is for the record {}", statement.record));
    }
    if !in_time || is_in_time(promise, statement.issued) {
        return Ok(());
    }
    Err(format!(
        "it was issued at {}, received at {}, due at {}: no log need have admitted it by its time",
        statement.issued, promise.received, promise.merge_by
    ))
}

/// Whether a statement was handed over so early, and issued so, that its time lets the log record it until merge-by.
fn is_in_time(promise: &Promise, issued: Timestamp) -> bool {
    let ahead_s = issued.unix_seconds() - promise.received.unix_seconds();
    let before_s = promise.merge_by.unix_seconds() - issued.unix_seconds();
    ahead_s <= MAX_ISSUED_AFTER_S && before_s <= MAX_ISSUED_BEFORE_S
}

/// Signature, quorum, times and inclusion.
fn checkpoint_of(
    proof: &SuppressionProof,
    log: &VerifierKey,
    trust: Option<&TrustFile>,
    promise: &Promise,
) -> Result<Checkpoint, String> {
    let policy = trust.map(|trust| &trust.policy);
    let leaf = leaf_hash(&proof.tick);
    let checkpoint = proof
        .inclusion
        .verify(&leaf, log, policy)
        .map_err(|e| with_sources(&e))?;
    let Some(policy) = policy.filter(|policy| policy.quorum().is_some()) else {
        return Ok(checkpoint);
    };
    let note = proof.inclusion.checkpoint.as_bytes();
    let (_, _, signatures) = tlog::open_checkpoint_with(note, log, &policy.witness_keys())
        .map_err(|e| with_sources(&e))?;
    let latest = signatures.iter().filter_map(|s| s.timestamp).max();
    let due = u64::try_from(promise.merge_by.unix_seconds()).unwrap_or(0);
    if latest.is_some_and(|latest| latest > due) {
        return Ok(checkpoint);
    }
    Err(format!(
        "no witness cosigned it after merge-by, {}",
        promise.merge_by
    ))
}

fn absent(index: &StatedIndex, subject: &Subject, proof: &KeyProof) -> Result<(), String> {
    match check_proof(index.size, &index.sha256, subject, proof) {
        Ok(Found::Absent) => Ok(()),
        Ok(Found::Entries(entries)) => Err(format!("{subject} is there, at {entries:?}")),
        Err(e) => Err(e.to_string()),
    }
}

impl fmt::Display for SuppressionProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{SUPPRESSION_HEADER}")?;
        writeln!(f, "receipt {}", STANDARD.encode(&self.receipt))?;
        writeln!(f, "tick {}", STANDARD.encode(&self.tick))?;
        let entry = self.entry.as_ref().map(|entry| STANDARD.encode(entry));
        writeln!(f, "entry {}", entry.as_deref().unwrap_or("-"))?;
        writeln!(f, "statement {}", self.statement)?;
        let word = if self.in_time { "answered" } else { "refused" };
        writeln!(f, "{word} {}", self.refused)?;
        write!(f, "\n{}", self.inclusion)
    }
}
