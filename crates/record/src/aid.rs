//! Forms used beside the statements of aid: commitments, keys from words, the text that shows who
//! asks, the seed of a round (docs/aid-statements.md). Randomness is an argument.

mod readers;
mod round;
mod shown;

pub use readers::{
    Evidence, MAX_SHOWN, Reader, Readers, ReadersError, ShownEntry, readers, recipient_digest,
};
pub use round::{Fixed, round_fixed};

use tlog::Hash;

use crate::ids::StatementId;
use crate::time::Timestamp;

/// Random bytes behind twelve words.
pub const ENTROPY_BYTES: usize = 16;
/// Bytes of salt before the content of a sealed item.
pub const SALT_BYTES: usize = 32;
/// Name of every requester's key: the name of a key is public, so it tells nothing.
pub const REQUESTER_NAME: &str = "requester";
/// Name of a proxy's key, where it is not that of another who has words.
pub const PROXY_NAME: &str = "proxy";
/// Name of every responder's key.
pub const RESPONDER_NAME: &str = "responder";
/// Name of every key that answers a notice or relay.
pub const ANSWER_NAME: &str = "answer";
/// Seconds for which a signature opens a sealed item.
pub const ACCESS_WINDOW_S: u64 = 300;

const ITEM_DOMAIN: &[u8] = b"solferino.org/aid-item@v1\n";
const KEY_DOMAIN: &[u8] = b"solferino.org/continuity-key@v1\n";
const AGE_DOMAIN: &[u8] = b"solferino.org/continuity-age@v1\n";
const SEED_DOMAIN: &[u8] = b"solferino.org/aid-seed@v1\n";

/// What a statement says of a sealed item: opens to one content, tells nothing without the salt.
#[must_use]
pub fn commitment(salt: &[u8; SALT_BYTES], content: &[u8]) -> Hash {
    let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
    tlog::sha256(&[ITEM_DOMAIN, salt, &length.to_be_bytes(), content].concat())
}

/// Commitment and content of a sealed item's plaintext; `None` if it is shorter than a salt.
#[must_use]
pub fn opened(plaintext: &[u8]) -> Option<(Hash, &[u8])> {
    let (salt, content) = plaintext.split_first_chunk::<SALT_BYTES>()?;
    Some((commitment(salt, content), content))
}

/// Seed of the Ed25519 key that twelve words make in a record.
#[must_use]
pub fn continuity_seed(origin: &str, entropy: &[u8; ENTROPY_BYTES]) -> [u8; 32] {
    *derived(KEY_DOMAIN, origin, entropy).as_bytes()
}

/// X25519 secret of the age identity that twelve words make in a record.
#[must_use]
pub fn continuity_age_secret(origin: &str, entropy: &[u8; ENTROPY_BYTES]) -> [u8; 32] {
    *derived(AGE_DOMAIN, origin, entropy).as_bytes()
}

/// What is signed to read a sealed item at a path of the API.
#[must_use]
pub fn access_text(origin: &str, path: &str, at: Timestamp) -> String {
    format!("solferino.org/aid-access@v1\n{origin}\n{path}\n{at}\n")
}

/// Seed of a round: fixed by the first tick after its inputs were closed.
#[must_use]
pub fn round_seed(round: StatementId, tick: StatementId) -> Hash {
    tlog::sha256(&[SEED_DOMAIN, round.0.as_bytes(), tick.0.as_bytes()].concat())
}

fn derived(domain: &[u8], origin: &str, entropy: &[u8; ENTROPY_BYTES]) -> Hash {
    let length = u32::try_from(origin.len()).unwrap_or(u32::MAX);
    let parts = [domain, &length.to_be_bytes(), origin.as_bytes(), entropy];
    tlog::sha256(&parts.concat())
}
