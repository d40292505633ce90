//! The bundle: one text file that verifies and replays a finding with no network.
//!
//! ```text
//! solferino.org/bundle@v1
//! finding <statement id>
//! checkpoint <base64 of the checkpoint note>
//! statement <index> <path: base64 hashes joined by commas, or -> <envelope>
//! …
//! exhibit <sha256> <base64>
//! result <one line of JSON>
//! sha256 <SHA-256 of everything before this line>
//! ```

mod build;
mod verify;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tlog::Hash;

pub use build::{BuildError, Source, build, select, select_docket};
pub use verify::{Verification, verify, verify_telling};

use crate::ids::StatementId;

/// First line of a bundle.
pub const HEADER: &str = "solferino.org/bundle@v1";
/// Largest bundle that is read, in bytes (256 MiB).
pub const MAX_BUNDLE_BYTES: usize = 256 << 20;

/// A parsed bundle; nothing in it is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The finding it is about.
    pub finding: StatementId,
    /// The checkpoint note.
    pub checkpoint: Vec<u8>,
    /// Statements with index and inclusion path, by index.
    pub statements: Vec<BundledStatement>,
    /// Exhibits carried along: declared hash and content.
    pub exhibits: Vec<(Hash, Vec<u8>)>,
    /// The result the finding was computed to.
    pub result: String,
}

/// One statement of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundledStatement {
    /// Index in the log.
    pub index: u64,
    /// Inclusion path, leaf to root.
    pub path: Vec<Hash>,
    /// The entry's bytes.
    pub entry: Vec<u8>,
}

/// Why bytes are not a bundle, with the line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct BundleError {
    /// Line number, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
}

fn error<T>(line: usize, problem: impl Into<String>) -> Result<T, BundleError> {
    Err(BundleError {
        line,
        problem: problem.into(),
    })
}

impl fmt::Display for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.body();
        writeln!(f, "{body}sha256 {}", tlog::sha256(body.as_bytes()))
    }
}

impl Bundle {
    fn body(&self) -> String {
        let mut out = format!(
            "{HEADER}\nfinding {}\ncheckpoint {}\n",
            self.finding,
            STANDARD.encode(&self.checkpoint)
        );
        for s in &self.statements {
            let path: Vec<_> = s.path.iter().map(Hash::to_base64).collect();
            let path = if path.is_empty() {
                "-".to_string()
            } else {
                path.join(",")
            };
            // An entry is canonical JSON, so it holds no line break.
            out.push_str(&format!(
                "statement {} {path} {}\n",
                s.index,
                String::from_utf8_lossy(&s.entry)
            ));
        }
        for (hash, content) in &self.exhibits {
            out.push_str(&format!("exhibit {hash} {}\n", STANDARD.encode(content)));
        }
        out.push_str(&format!("result {}\n", self.result));
        out
    }

    /// Checks the digest in the last line; gives what it covers.
    ///
    /// # Errors
    /// [`BundleError`] with line 0 for size and encoding, else the last line.
    pub fn check_digest(bytes: &[u8]) -> Result<&str, BundleError> {
        if bytes.len() > MAX_BUNDLE_BYTES {
            return error(
                0,
                format!(
                    "{} bytes; a bundle has at most {MAX_BUNDLE_BYTES}",
                    bytes.len()
                ),
            );
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(e) => return error(0, format!("not UTF-8 from byte {}", e.valid_up_to())),
        };
        if let Some(at) = text.bytes().position(|b| b == b'\r') {
            return error(
                0,
                format!("a carriage return at byte {at}; lines end in a line feed alone"),
            );
        }
        let last = text.lines().count();
        let Some((body, digest)) = text
            .strip_suffix('\n')
            .and_then(|t| t.rsplit_once("\nsha256 "))
        else {
            return error(last, "the last line is `sha256` and a digest");
        };
        // The line break before the last line belongs to the body.
        let body = &text[..=body.len()];
        let found = tlog::sha256(body.as_bytes());
        if digest.parse::<Hash>() != Ok(found) {
            return error(
                last,
                format!("the file's digest is {found}, its last line says {digest}"),
            );
        }
        Ok(body)
    }

    /// Reads the lines that [`Self::check_digest`] gave.
    ///
    /// # Errors
    /// [`BundleError`] with the line.
    pub fn parse(body: &str) -> Result<Self, BundleError> {
        let mut lines = body.lines().enumerate().map(|(n, line)| (n + 1, line));
        if lines.next().map(|(_, l)| l) != Some(HEADER) {
            return error(1, format!("the first line of a bundle is {HEADER:?}"));
        }
        let finding = field(lines.next(), "finding")?;
        let finding = finding
            .1
            .parse()
            .or_else(|_| error(finding.0, "not a statement identifier"))?;
        let (n, checkpoint) = field(lines.next(), "checkpoint")?;
        let checkpoint = STANDARD
            .decode(checkpoint)
            .or_else(|_| error(n, "the checkpoint is not canonical base64"))?;
        let mut bundle = Self {
            finding,
            checkpoint,
            statements: Vec::new(),
            exhibits: Vec::new(),
            result: String::new(),
        };
        for (n, line) in lines.by_ref() {
            let Some((word, rest)) = line.split_once(' ') else {
                return error(n, "an empty or unknown line");
            };
            match word {
                "statement" if bundle.exhibits.is_empty() => {
                    bundle.statements.push(statement(n, rest)?)
                }
                "exhibit" => bundle.exhibits.push(exhibit(n, rest)?),
                "result" => {
                    bundle.result = rest.to_string();
                    break;
                }
                other => return error(n, format!("{other:?} is not expected here")),
            }
        }
        if bundle.result.is_empty() {
            return error(0, "the bundle has no result");
        }
        match lines.next() {
            Some((n, _)) => error(n, "nothing follows the result but the digest"),
            None => Ok(bundle),
        }
    }
}

fn field<'a>(line: Option<(usize, &'a str)>, word: &str) -> Result<(usize, &'a str), BundleError> {
    let Some((n, text)) = line else {
        return error(0, format!("the line {word:?} is missing"));
    };
    match text.strip_prefix(word).and_then(|t| t.strip_prefix(' ')) {
        Some(rest) => Ok((n, rest)),
        None => error(n, format!("the line {word:?} is expected here")),
    }
}

fn statement(n: usize, rest: &str) -> Result<BundledStatement, BundleError> {
    let mut parts = rest.splitn(3, ' ');
    let (Some(index), Some(path), Some(entry)) = (parts.next(), parts.next(), parts.next()) else {
        return error(n, "a statement line has an index, a path and an envelope");
    };
    let Some(index) = index.parse::<u64>().ok().filter(|i| i.to_string() == index) else {
        return error(n, format!("{index:?} is not an index"));
    };
    let mut hashes = Vec::new();
    for text in path.split(',').filter(|_| path != "-") {
        hashes.push(
            Hash::from_base64(text)
                .or_else(|_| error(n, format!("{text:?} is not a base64 hash")))?,
        );
    }
    Ok(BundledStatement {
        index,
        path: hashes,
        entry: entry.as_bytes().to_vec(),
    })
}

fn exhibit(n: usize, rest: &str) -> Result<(Hash, Vec<u8>), BundleError> {
    let Some((hash, content)) = rest.split_once(' ') else {
        return error(n, "an exhibit line has a hash and a content");
    };
    let hash = hash
        .parse()
        .or_else(|_| error(n, format!("{hash:?} is not a hash")))?;
    let content = STANDARD
        .decode(content)
        .or_else(|_| error(n, "the exhibit is not canonical base64"))?;
    Ok((hash, content))
}
