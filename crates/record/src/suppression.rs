//! Suppression proofs: a promise, and that the log did not keep it in time, in one file
//! (docs/suppression.md, section 5).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tlog::{Checkpoint, Hash, TlogProof, VerifierKey, leaf_hash};

use crate::body::log::StatedIndex;
use crate::check::Report;
use crate::index::{Found, Index, KeyProof, Subject, check_proof};
use crate::intake::{IntakeError, MAX_MERGE_WINDOW_S, Promise};
use crate::kind::Body;
use crate::statement::{Statement, Verified};
use crate::time::Timestamp;
use crate::trust::{TrustFile, with_sources};

/// First line of a suppression proof.
pub const SUPPRESSION_HEADER: &str = "solferino.org/suppression@v1";
/// How long before a relay received it a statement may have been issued, in seconds (seven days). What is older
/// no log would have admitted on that day.
pub const MAX_ISSUED_BEFORE_S: i64 = MAX_MERGE_WINDOW_S;
/// How far a submitter's clock may be ahead of a relay's, in seconds.
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
    /// That no refusal of it is.
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
        let refused = next("refused ")?;
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
    let (index, signed_by) = report.note(
        "tick",
        "a tick of the log, signed by it, that states an index",
        stated_index(&proof.tick),
    )?;
    let log = match trust.and_then(|t| t.policy.logs().first()) {
        Some(log) if log.key == signed_by => Ok(log.key.clone()),
        Some(log) => Err(format!(
            "the tick is of {signed_by}, the trust file pins {}",
            log.key
        )),
        None => Ok(signed_by),
    };
    match trust {
        Some(_) => drop(report.note(
            "trust",
            "the tick is of the pinned log",
            log.clone().map(|_| ()),
        )?),
        None => report.not_checked("trust", "no trust file says whose log this is"),
    }
    let log = log.ok()?;
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
        ("refused", Subject::Refused(promise.leaf), &proof.refused),
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

/// The index that a tick states, and the key that signed the tick.
fn stated_index(tick: &[u8]) -> Result<(StatedIndex, VerifierKey), String> {
    let statement = Verified::parse(tick).map_err(|e| e.to_string())?;
    let signer = statement.signer.verifier().map_err(|e| e.to_string())?;
    if signer.name() != statement.record {
        return Err(format!(
            "it is signed by {signer}, not by the log {}",
            statement.record
        ));
    }
    match &statement.body {
        Body::Tick(tick) => match &tick.index {
            Some(index) => Ok((index.clone(), signer)),
            None => Err("the tick states no index".into()),
        },
        other => Err(format!("it is a {}, not a tick", other.kind())),
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

/// The bytes beside a receipt: a relay's counts only with them.
fn check_bytes(
    report: &mut Report,
    proof: &SuppressionProof,
    promise: &Promise,
    by_log: bool,
) -> Option<()> {
    if by_log && proof.entry.is_none() {
        report.not_checked("entry", "the log's own promise needs no bytes beside it");
        return Some(());
    }
    let entry = proof
        .entry
        .as_deref()
        .ok_or_else(|| "a relay's receipt counts only with the entry it is about".to_owned());
    let made = entry.and_then(|entry| check_entry(entry, promise, by_log));
    report.note("entry", "the bytes that were promised, signed", made)
}

/// The entry is the promised one, signed, for this log, and of about that day.
fn check_entry(entry: &[u8], promise: &Promise, by_log: bool) -> Result<(), String> {
    let statement = Verified::parse(entry).map_err(|e| e.to_string())?;
    if statement.id != promise.leaf {
        return Err(format!("it is {}, not {}", statement.id, promise.leaf));
    }
    if statement.record != promise.log {
        return Err(format!("it is for the record {}", statement.record));
    }
    let waited_s = promise.received.unix_seconds() - statement.issued.unix_seconds();
    if by_log || (-MAX_ISSUED_AFTER_S..=MAX_ISSUED_BEFORE_S).contains(&waited_s) {
        return Ok(());
    }
    Err(format!(
        "it was issued at {}, and the relay says that it received it at {}: no log would have admitted it then",
        statement.issued, promise.received
    ))
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
        writeln!(f, "refused {}", self.refused)?;
        write!(f, "\n{}", self.inclusion)
    }
}

/// Looks through a log, entry by entry, for what a promise is about.
#[derive(Clone, Debug)]
pub struct Search {
    promise: Promise,
    size: u64,
    recorded: Option<u64>,
    refused: Option<(u64, Vec<u8>)>,
    tick: Option<(u64, Vec<u8>, StatedIndex)>,
    began: Option<Timestamp>,
}

/// What a log holds of a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// The entry, at this index, in time.
    Recorded(u64),
    /// Its refusal: index and code.
    Refused(u64, String),
    /// Neither, in an index of this size that the tick at this index states after merge-by.
    Missing {
        /// Entry of the tick.
        tick: u64,
        /// Entries that were indexed.
        size: u64,
        /// Where it was recorded too late, if it was.
        late: Option<u64>,
    },
    /// Neither, and the log has stated no index after merge-by.
    NotYet,
}

impl Search {
    /// A search for what became of a promise.
    #[must_use]
    pub fn new(promise: Promise) -> Self {
        Self {
            promise,
            size: 0,
            recorded: None,
            refused: None,
            tick: None,
            began: None,
        }
    }

    /// The log's first tick; nothing before one was seen. No submission was received before it.
    #[must_use]
    pub fn began(&self) -> Option<Timestamp> {
        self.began
    }

    /// Takes the next entry of the log.
    pub fn push(&mut self, entry: &[u8]) {
        let at = self.size;
        self.size += 1;
        if leaf_hash(entry) == self.promise.leaf.0 {
            self.recorded.get_or_insert(at);
        }
        let Ok(statement) = Statement::parse(entry) else {
            return;
        };
        match &statement.body {
            Body::Refusal(r) if r.submission == self.promise.leaf.0 => {
                self.refused.get_or_insert((at, entry.to_vec()));
            }
            Body::Tick(tick) => {
                self.began.get_or_insert(tick.time);
                let index = tick.index.clone();
                let index = index.filter(|i| i.time > self.promise.merge_by);
                if let (None, Some(index)) = (&self.tick, index) {
                    self.tick = Some((at, entry.to_vec(), index));
                }
            }
            _ => {}
        }
    }

    /// What the log holds.
    #[must_use]
    pub fn held(&self) -> Held {
        // What stands beyond the index came after merge-by.
        let in_time = |at: u64| self.tick.as_ref().is_none_or(|(_, _, i)| at < i.size);
        let code = |entry: &[u8]| match Statement::parse(entry).map(|s| s.body) {
            Ok(Body::Refusal(r)) => r.code.as_str().to_owned(),
            _ => String::new(),
        };
        match (&self.recorded, &self.refused, &self.tick) {
            (Some(at), _, _) if in_time(*at) => Held::Recorded(*at),
            (_, Some((at, entry)), _) if in_time(*at) => Held::Refused(*at, code(entry)),
            (_, _, None) => Held::NotYet,
            (recorded, refused, Some((tick, _, index))) => Held::Missing {
                tick: *tick,
                size: index.size,
                late: recorded.or(refused.as_ref().map(|(at, _)| *at)),
            },
        }
    }

    /// The proof, where the log holds neither. `index` is over exactly the entries that the tick
    /// of [`Held::Missing`] states, `inclusion` of that tick; `entry` the bytes that were promised, which a relay's
    /// receipt needs. Nothing where the log's index is another than stated: an audit finds that too.
    #[must_use]
    pub fn proof(
        &self,
        receipt: &[u8],
        entry: Option<&[u8]>,
        index: &mut Index,
        inclusion: TlogProof,
    ) -> Option<SuppressionProof> {
        let (_, tick, stated) = self.tick.as_ref()?;
        let root: Hash = index.root();
        if index.size() != stated.size || root != stated.sha256 {
            return None;
        }
        let leaf = self.promise.leaf;
        Some(SuppressionProof {
            receipt: receipt.to_vec(),
            tick: tick.clone(),
            entry: entry.map(<[u8]>::to_vec),
            statement: index.prove(&Subject::Statement(leaf)),
            refused: index.prove(&Subject::Refused(leaf)),
            inclusion,
        })
    }
}
