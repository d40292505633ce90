//! Which entries are about a subject, or that none is, in one file (docs/suppression.md, section 6).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tlog::{Checkpoint, TlogProof, VerifierKey, leaf_hash};

use crate::body::log::StatedIndex;
use crate::check::Report;
use crate::index::{Found, Index, KeyProof, Subject, check_proof};
use crate::kind::Body;
use crate::statement::{Statement, Verified};
use crate::trust::{TrustFile, with_sources};

/// First line of such a file.
pub const SUBJECT_HEADER: &str = "solferino.org/index-proof@v1";
/// Longest such file that is read, in bytes.
pub const MAX_SUBJECT_PROOF_BYTES: usize = 4_000_000;

/// A parsed proof; nothing in it is verified yet. Displays as the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectProof {
    /// What is asked about.
    pub subject: Subject,
    /// The tick that states the index, an entry of the log.
    pub tick: Vec<u8>,
    /// Where the subject is in that index, or that it is nowhere.
    pub proof: KeyProof,
    /// That the tick is in the log.
    pub inclusion: TlogProof,
}

/// Why bytes are no such file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the index proof: {problem}")]
pub struct SubjectFormError {
    /// Line, from 1; 0 for the whole.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
}

/// What is shown of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectShown {
    /// The subject.
    pub subject: Subject,
    /// All entries about it among those indexed, ascending; none if it is absent.
    pub entries: Vec<u64>,
    /// The index: of how many entries, and as of when.
    pub index: StatedIndex,
    /// The checkpoint that holds the log's statement of that index.
    pub checkpoint: Checkpoint,
}

/// How a verification came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubjectVerification {
    /// Check by check.
    pub report: Report,
    /// What is shown, if everything holds.
    pub shown: Option<SubjectShown>,
    /// Whether a trust file said whose log it is.
    pub pinned: bool,
}

impl SubjectProof {
    /// Reads a proof.
    ///
    /// # Errors
    /// [`SubjectFormError`] with the line.
    pub fn parse(bytes: &[u8]) -> Result<Self, SubjectFormError> {
        let wrong = |line, problem: String| SubjectFormError { line, problem };
        if bytes.len() > MAX_SUBJECT_PROOF_BYTES {
            let problem = format!("more than {MAX_SUBJECT_PROOF_BYTES} bytes");
            return Err(wrong(0, problem));
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
        let _ = next(SUBJECT_HEADER)?;
        let (line, subject) = next("subject ")?;
        let subject = subject
            .parse()
            .map_err(|e: crate::index::SubjectError| wrong(line, e.to_string()))?;
        let (line, tick) = next("tick ")?;
        let tick = STANDARD
            .decode(tick)
            .map_err(|e| wrong(line, e.to_string()))?;
        let (line, proof) = next("proof ")?;
        let proof = proof
            .parse()
            .map_err(|e: crate::index::KeyProofError| wrong(line, e.to_string()))?;
        let parsed = Self {
            subject,
            tick,
            proof,
            inclusion: TlogProof::parse(inclusion).map_err(|e| wrong(6, with_sources(&e)))?,
        };
        if parsed.to_string() == text {
            Ok(parsed)
        } else {
            Err(wrong(0, "it is not in its one spelling".into()))
        }
    }

    /// Verifies a proof offline. Without a trust file the log is whoever signed the tick, and anyone could have.
    #[must_use]
    pub fn verify(bytes: &[u8], trust: Option<&TrustFile>) -> SubjectVerification {
        let mut report = Report::default();
        let shown = check(&mut report, bytes, trust);
        SubjectVerification {
            report,
            shown,
            pinned: trust.is_some(),
        }
    }
}

fn check(report: &mut Report, bytes: &[u8], trust: Option<&TrustFile>) -> Option<SubjectShown> {
    let parsed = SubjectProof::parse(bytes);
    let proof = report.note("form", "a proof from the log's index", parsed)?;
    let (index, log) = check_tick(report, &proof.tick, trust)?;
    let policy = trust.map(|trust| &trust.policy);
    let opened = proof
        .inclusion
        .verify(&leaf_hash(&proof.tick), &log, policy)
        .map_err(|e| with_sources(&e));
    let checkpoint = report.note("checkpoint", "the tick is in the cosigned log", opened)?;
    let found = check_proof(index.size, &index.sha256, &proof.subject, &proof.proof);
    let found = found.map_err(|e| e.to_string());
    let held = "where the subject is in the index that the tick states";
    let entries = match report.note("index", held, found)? {
        Found::Entries(entries) => entries,
        Found::Absent => Vec::new(),
    };
    Some(SubjectShown {
        subject: proof.subject,
        entries,
        index,
        checkpoint,
    })
}

/// The index that a tick states, and the log: the pinned one, or whoever signed the tick.
pub(crate) fn check_tick(
    report: &mut Report,
    tick: &[u8],
    trust: Option<&TrustFile>,
) -> Option<(StatedIndex, VerifierKey)> {
    let (index, signed_by) = report.note(
        "tick",
        "a tick of the log, signed by it, that states an index",
        stated_index(tick),
    )?;
    let log = match trust.and_then(|t| t.policy.logs().first()) {
        Some(log) if log.key == signed_by => Ok(log.key.clone()),
        Some(log) => Err(format!(
            "the tick is of {signed_by}, the trust file pins {}",
            log.key
        )),
        None => Ok(signed_by),
    };
    let log = match trust {
        Some(_) => report.note("trust", "the tick is of the pinned log", log)?,
        None => {
            report.not_checked("trust", "no trust file says whose log this is");
            log.ok()?
        }
    };
    Some((index, log))
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

impl fmt::Display for SubjectProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{SUBJECT_HEADER}\nsubject {}", self.subject)?;
        writeln!(f, "tick {}", STANDARD.encode(&self.tick))?;
        writeln!(f, "proof {}", self.proof)?;
        write!(f, "\n{}", self.inclusion)
    }
}

/// The last tick of a log that states an index, found entry by entry.
#[derive(Clone, Debug, Default)]
pub struct LastStated {
    size: u64,
    found: Option<(u64, Vec<u8>, StatedIndex)>,
}

impl LastStated {
    /// Takes the next entry of the log.
    pub fn push(&mut self, entry: &[u8]) {
        let at = self.size;
        self.size += 1;
        let body = Statement::parse(entry).map(|statement| statement.body);
        if let Ok(Body::Tick(tick)) = body
            && let Some(index) = tick.index
        {
            self.found = Some((at, entry.to_vec(), index));
        }
    }

    /// Entry of the tick, and the index it states; nothing if none does.
    #[must_use]
    pub fn found(&self) -> Option<(u64, &StatedIndex)> {
        self.found.as_ref().map(|(at, _, index)| (*at, index))
    }

    /// The proof. `index` is over exactly the entries that the tick states, `inclusion` of that tick. Nothing where the
    /// log's index is another than stated: an audit finds that too.
    #[must_use]
    pub fn proof(
        &self,
        subject: Subject,
        index: &mut Index,
        inclusion: TlogProof,
    ) -> Option<SubjectProof> {
        let (_, tick, stated) = self.found.as_ref()?;
        if index.size() != stated.size || index.root() != stated.sha256 {
            return None;
        }
        let proof = index.prove(&subject);
        Some(SubjectProof {
            subject,
            tick: tick.clone(),
            proof,
            inclusion,
        })
    }
}
