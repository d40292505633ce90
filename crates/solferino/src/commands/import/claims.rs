//! Files of claims: what imports write, and what export and linking read again. One JSON value a line,
//! `{"origin", "format", "kind", "document"}`, and the report of what was refused.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::source::Source;
use crate::problem::{Outcome, Problem};

/// Longest claim, in bytes (256 MiB): a whole MISP file may be one document.
const MAX_CLAIM_BYTES: usize = 256 << 20;
/// Most refusals, and most files passed over, that are named in a report; all are counted.
pub(super) const MAX_NAMED: usize = 100;

/// A claim by others, as it is written.
#[derive(Serialize)]
struct Line<'a, D> {
    origin: &'a str,
    format: &'static str,
    kind: &'a str,
    document: D,
}

/// A claim by others, as it is read.
#[derive(Debug, Deserialize)]
pub(crate) struct Claim {
    /// The file it came from.
    pub(crate) origin: String,
    /// `stix` or `misp`.
    pub(crate) format: String,
    /// The document, to the letter.
    pub(crate) document: Map<String, Value>,
}

/// Writes a claim.
pub(super) fn write(
    out: &mut impl Write,
    (origin, format, kind): (&str, &'static str, &str),
    document: impl Serialize,
) -> io::Result<()> {
    let line = Line {
        origin,
        format,
        kind,
        document,
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}

/// How much of a file tells whether it holds claims, in bytes.
pub(crate) const BEGINNING_BYTES: u64 = 12;

/// Whether a file that begins so holds claims, and no bundle: what an object begins with is the property it was
/// written with first.
pub(crate) fn begins(head: &[u8]) -> bool {
    head.starts_with(b"{\"origin\":") || head.starts_with(b"{\"document\":")
}

/// Hands over every claim of a file.
pub(crate) fn each(source: &Source, mut give: impl FnMut(Claim) -> Outcome<()>) -> Outcome<()> {
    let (mut number, mut outcome) = (0_u64, Ok(()));
    source.each_line_up_to(MAX_CLAIM_BYTES, |line| {
        number += 1;
        if outcome.is_err() {
            return;
        }
        let claim = match line {
            None => Err("longer than any claim".to_owned()),
            Some(line) => serde_json::from_slice(line).map_err(|e| e.to_string()),
        };
        outcome = match claim {
            Ok(claim) => give(claim),
            Err(e) => Err(Problem::new(format!("{source}: line {number}: {e}"))
                .hint("`solferino import` writes such files")),
        };
    })?;
    outcome
}

/// Something that was not taken, and why.
#[derive(Debug, Serialize)]
pub(crate) struct Refused {
    pub(crate) origin: String,
    /// Where in it, as a JSON pointer; absent for the whole of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<String>,
    pub(crate) why: String,
}

/// What was refused, the first of it by name.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Refusals {
    pub(crate) count: u64,
    pub(crate) first: Vec<Refused>,
}

impl Refusals {
    pub(crate) fn add(&mut self, origin: &str, at: Option<String>, why: impl Into<String>) {
        self.count += 1;
        if self.first.len() < MAX_NAMED {
            self.first.push(Refused {
                origin: origin.to_owned(),
                at,
                why: why.into(),
            });
        }
    }

    /// How many are not named.
    pub(crate) fn unlisted(&self) -> u64 {
        self.count - self.first.len() as u64
    }

    /// A problem if anything was refused and nobody said to go on without it.
    pub(crate) fn allow(&self, skip: bool) -> Outcome<()> {
        if skip || self.count == 0 {
            return Ok(());
        }
        let named: Vec<_> = self.first.iter().take(5).map(|r| r.why.clone()).collect();
        let text = format!("{} refused: {}", self.count, named.join("; "));
        Err(Problem::new(text)
            .hint("nothing was written; mend or leave out what is refused, or give --skip-refused"))
    }
}
