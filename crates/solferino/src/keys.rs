//! Private keys in files: C2SP text, one line, readable by their owner only.

use std::path::Path;

use tlog::{KeyType, SigningKey};

use crate::files::{self, Mode};
use crate::problem::{Outcome, Problem};

/// 32 bytes from the operating system's randomness.
pub(crate) fn random() -> Outcome<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|e| Problem::new(format!("the operating system gives no randomness: {e}")))?;
    Ok(seed)
}

/// A fresh key for statements.
pub(crate) fn fresh(name: &str) -> Outcome<SigningKey> {
    fresh_of(name, KeyType::Ed25519)
}

/// A fresh key of a type.
pub(crate) fn fresh_of(name: &str, key_type: KeyType) -> Outcome<SigningKey> {
    Ok(SigningKey::from_seed(name, random()?, key_type)?)
}

/// Reads a private key; comment lines start with `#`.
pub(crate) fn read(path: &Path) -> Outcome<SigningKey> {
    let text = files::read_text(path)?;
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'));
    let (Some(line), None) = (lines.next(), lines.next()) else {
        let text = format!("{}: a key file holds exactly one key", path.display());
        return Err(Problem::new(text).hint("`solferino key new NAME --out FILE` makes one"));
    };
    SigningKey::parse(line).map_err(|e| {
        Problem::from(e)
            .of(path.display())
            .hint("a private key starts with PRIVATE+KEY; `solferino key new NAME` makes one")
    })
}

/// Writes a private key into a new file.
pub(crate) fn write(path: &Path, key: &SigningKey) -> Outcome<()> {
    let text = format!("{}\n", key.to_text());
    files::write_new(path, text.as_bytes(), Mode::Secret)
        .map_err(|p| p.hint("a key file is never overwritten"))
}
