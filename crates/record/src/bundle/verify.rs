//! Verifying a bundle: every check by name, stopping at the first that fails.

use std::collections::BTreeSet;

use serde::Serialize;
use tlog::{Checkpoint, Note, VerifierKey};

use super::Bundle;
use crate::check::{Check, Report};
use crate::clock;
use crate::derive::Replayed;
use crate::ids::CaseId;
use crate::kind::Body;
use crate::rules;
use crate::state::{FindingRecord, State};
use crate::statement::{Statement, Verified};
use crate::trust::{TrustFile, check_second, open_checkpoint, with_sources};

/// What a verification found.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// The checks, in order.
    pub report: Report,
    /// Whether a trust file pinned the signers.
    pub pinned: bool,
    /// Size of the tree the bundle stands in.
    pub as_of_size: u64,
    /// Governing time of the bundle's last statement.
    pub as_of_time: Option<crate::time::Timestamp>,
    /// The state that the bundle's statements fold into.
    #[serde(skip)]
    pub state: State,
    /// The case of the finding.
    pub case: Option<CaseId>,
}

impl Verification {
    /// Whether every check that was made holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.report.failure().is_none() && self.report.holds("replay")
    }

    /// The verified finding, if everything holds.
    #[must_use]
    pub fn finding(&self, bundle: &Bundle) -> Option<&FindingRecord> {
        let case = self.state.cases.get(self.case.as_ref()?)?;
        case.findings.iter().find(|f| f.statement == bundle.finding)
    }
}

/// Verifies the bytes of a bundle, with or without a trust file. Needs no network and no clock.
#[must_use]
pub fn verify(bytes: &[u8], trust: Option<&TrustFile>) -> (Verification, Option<Bundle>) {
    verify_telling(bytes, trust, &mut |_| {})
}

/// As [`verify`], and tells each check as soon as it is made: for whoever shows progress.
#[must_use]
pub fn verify_telling(
    bytes: &[u8],
    trust: Option<&TrustFile>,
    told: &mut dyn FnMut(&Check),
) -> (Verification, Option<Bundle>) {
    let mut v = Verification {
        report: Report::default(),
        pinned: trust.is_some(),
        as_of_size: 0,
        as_of_time: None,
        state: State::default(),
        case: None,
    };
    let bundle = Run { v: &mut v, told }.run(bytes, trust);
    (v, bundle)
}

/// A verification under way, and who hears of its checks.
struct Run<'a> {
    v: &'a mut Verification,
    told: &'a mut dyn FnMut(&Check),
}

impl Run<'_> {
    fn note<T, E: std::fmt::Display>(
        &mut self,
        name: &str,
        held: impl Into<String>,
        result: Result<T, E>,
    ) -> Option<T> {
        let value = self.v.report.note(name, held, result);
        self.tell();
        value
    }

    fn tell(&mut self) {
        if let Some(check) = self.v.report.checks.last() {
            (self.told)(check);
        }
    }

    /// The way through all checks; `None` as soon as one fails.
    fn run(mut self, bytes: &[u8], trust: Option<&TrustFile>) -> Option<Bundle> {
        let body = self.note(
            "digest",
            "the last line is the digest of everything before it",
            Bundle::check_digest(bytes),
        )?;
        let bundle = self.note(
            "form",
            "every line is as the format says",
            Bundle::parse(body),
        )?;
        let statements = self.note(
            "statements",
            format!("{} statements read", bundle.statements.len()),
            parse_all(&bundle),
        )?;
        let log = self.note(
            "charter",
            "entry 0 is the charter that names the log key",
            log_key(&bundle, &statements),
        )?;
        let opened = open_signed(&bundle, &statements, &log);
        let (checkpoint, note) =
            self.note("checkpoint", "signed by the log key of the charter", opened)?;
        self.v.as_of_size = checkpoint.size;
        self.check_trust(trust, &statements, &note, &log)?;
        let included = check_inclusion(&bundle, &checkpoint);
        self.note(
            "inclusion",
            format!(
                "every statement is in the tree of {} entries",
                checkpoint.size
            ),
            included,
        )?;
        let verified = self.note(
            "signatures",
            "every statement is signed by the key it names",
            verify_all(&bundle, statements),
        )?;
        let judged = judge_all(&mut self.v.state, &bundle, &verified);
        self.note(
            "rules",
            "every statement was admissible when it was made",
            judged,
        )?;
        self.v.as_of_time = self.v.state.global.time;
        let found = find(&self.v.state, &bundle);
        let (case, replayed) = self.note(
            "finding",
            "the finding is in its case and lists every statement of it",
            found,
        )?;
        self.v.case = Some(case);
        let exhibits = check_exhibits(self.v, &bundle);
        self.note(
            "exhibits",
            format!(
                "{} exhibits have the hashes they are declared with",
                bundle.exhibits.len()
            ),
            exhibits,
        )?;
        self.note(
            "replay",
            "recomputed, every number is the same bit for bit",
            same_bits(&bundle.result, &replayed),
        )?;
        Some(bundle)
    }

    fn check_trust(
        &mut self,
        trust: Option<&TrustFile>,
        statements: &[Statement],
        note: &Note,
        log: &VerifierKey,
    ) -> Option<()> {
        let Some(trust) = trust else {
            self.v.report.not_checked(
                "trust",
                "signers not pinned: without a trust file anyone could have made these keys",
            );
            self.tell();
            return Some(());
        };
        let pinned = trust.check(note, log).and_then(|witnesses| {
            match statements.first().map(|s| &s.body) {
                Some(Body::Charter(c)) if c.text.digest() == trust.charter => Ok(witnesses),
                _ => Err("the charter is not the one the trust file pins".to_string()),
            }
        });
        let witnesses = self.note(
            "trust",
            "log key, charter and witness policy are those of the trust file",
            pinned,
        )?;
        self.note(
            "witnesses",
            format!("{witnesses} pinned witnesses cosigned"),
            check_clock(trust, statements, note),
        )
    }
}

/// The checkpoint under the log key, and under the second key where the charter names one.
fn open_signed(
    bundle: &Bundle,
    statements: &[Statement],
    log: &VerifierKey,
) -> Result<(Checkpoint, Note), String> {
    let opened = open_checkpoint(&bundle.checkpoint, log)?;
    // `log_key` has found the charter there.
    if let Some(Body::Charter(first)) = statements.first().map(|s| &s.body) {
        check_second(&first.text, &opened.1)?;
    }
    Ok(opened)
}

/// The last tick is not ahead of what the pinned witnesses signed at.
fn check_clock(trust: &TrustFile, statements: &[Statement], note: &Note) -> Result<(), String> {
    let ticks = statements.iter().filter_map(|s| match &s.body {
        Body::Tick(tick) => Some(tick.time),
        _ => None,
    });
    match (statements.first().map(|s| &s.body), ticks.max()) {
        (Some(Body::Charter(first)), Some(tick)) => {
            clock::check(&first.text, &trust.policy, note, tick).map(|_| ())
        }
        _ => Ok(()),
    }
}

fn parse_all(bundle: &Bundle) -> Result<Vec<Statement>, String> {
    let mut statements = Vec::new();
    let mut before = None;
    for s in &bundle.statements {
        if before >= Some(s.index) {
            return Err(format!("statement at index {} is out of order", s.index));
        }
        before = Some(s.index);
        statements.push(
            Statement::parse(&s.entry)
                .map_err(|e| format!("statement at index {}: {e}", s.index))?,
        );
    }
    Ok(statements)
}

fn log_key(bundle: &Bundle, statements: &[Statement]) -> Result<VerifierKey, String> {
    match (
        bundle.statements.first(),
        statements.first().map(|s| &s.body),
    ) {
        (Some(first), Some(Body::Charter(c))) if first.index == 0 => {
            c.text.log.verifier().map_err(|e| with_sources(&e))
        }
        _ => Err("the first statement is not the charter at index 0".to_string()),
    }
}

fn check_inclusion(bundle: &Bundle, checkpoint: &Checkpoint) -> Result<(), String> {
    for s in &bundle.statements {
        let leaf = tlog::leaf_hash(&s.entry);
        tlog::verify_inclusion(&leaf, s.index, checkpoint.size, &s.path, &checkpoint.root)
            .map_err(|e| format!("statement at index {}: {e}", s.index))?;
    }
    Ok(())
}

fn verify_all(bundle: &Bundle, statements: Vec<Statement>) -> Result<Vec<Verified>, String> {
    let checked = bundle.statements.iter().zip(statements);
    checked
        .map(|(s, st)| {
            st.verify()
                .map_err(|e| format!("statement at index {}: {e}", s.index))
        })
        .collect()
}

fn judge_all(state: &mut State, bundle: &Bundle, verified: &[Verified]) -> Result<(), String> {
    for (s, statement) in bundle.statements.iter().zip(verified) {
        rules::admit(state, s.index, statement).map_err(|e| {
            format!(
                "the {} at index {} breaks a rule: {e}",
                statement.kind, s.index
            )
        })?;
    }
    Ok(())
}

fn find(state: &State, bundle: &Bundle) -> Result<(CaseId, std::sync::Arc<Replayed>), String> {
    let all = state
        .cases
        .values()
        .flat_map(|c| c.findings.iter().map(move |f| (c, f)));
    let found = all.into_iter().find(|(_, f)| f.statement == bundle.finding);
    let (case, finding) =
        found.ok_or_else(|| format!("no statement of the bundle is finding {}", bundle.finding))?;
    Ok((case.id.clone(), std::sync::Arc::clone(&finding.replayed)))
}

fn check_exhibits(v: &Verification, bundle: &Bundle) -> Result<(), String> {
    let case = v.case.as_ref().and_then(|c| v.state.cases.get(c));
    let declared: BTreeSet<_> = case.into_iter().flat_map(|c| c.exhibits.keys()).collect();
    for (hash, content) in &bundle.exhibits {
        let found = tlog::sha256(content);
        if found != *hash {
            return Err(format!("exhibit {hash} has content with hash {found}"));
        }
        if !declared.contains(hash) {
            return Err(format!("exhibit {hash} is not declared in the case"));
        }
    }
    Ok(())
}

/// Compares the carried result with the recomputed one and names the first number that differs.
fn same_bits(carried: &str, replayed: &Replayed) -> Result<(), String> {
    let recomputed = replayed.bytes();
    if carried == recomputed {
        return Ok(());
    }
    let parse = |text: &str| {
        serde_json::from_str::<serde_json::Value>(text)
            .map_err(|e| format!("the result is not JSON: {e}"))
    };
    let (a, b) = (parse(carried)?, parse(&recomputed)?);
    Err(match first_difference("", &a, &b) {
        Some((place, carried, recomputed)) => {
            format!("{place} is {carried} in the bundle, {recomputed} recomputed")
        }
        None => "the result is spelled in another way than the recomputed one".to_string(),
    })
}

fn first_difference(
    place: &str,
    a: &serde_json::Value,
    b: &serde_json::Value,
) -> Option<(String, String, String)> {
    use serde_json::Value;
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            let keys: BTreeSet<_> = x.keys().chain(y.keys()).collect();
            let null = Value::Null;
            keys.into_iter().find_map(|k| {
                first_difference(
                    &format!("{place}/{k}"),
                    x.get(k).unwrap_or(&null),
                    y.get(k).unwrap_or(&null),
                )
            })
        }
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => x
            .iter()
            .zip(y)
            .enumerate()
            .find_map(|(n, (p, q))| first_difference(&format!("{place}/{n}"), p, q)),
        _ if a == b => None,
        _ => Some((place.to_string(), shortened(a), shortened(b))),
    }
}

fn shortened(value: &serde_json::Value) -> String {
    value.to_string().chars().take(60).collect()
}
