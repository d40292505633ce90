//! The one way from aid to a case: items that a fresh consent names, and no others.

use record::ids::StatementId;
use record::state::State;
use record::time::Timestamp;

use super::AidError;
use crate::vault::{MAX_EXHIBIT_BYTES, Stored, Vault};

/// Copies items into the vault that keeps exhibits. `plaintexts` are what an officer opened (salt
/// and content): this function reads nothing of its own, so it cannot take more than it is given,
/// and it takes nothing that the consent does not name.
///
/// # Errors
/// [`AidError::NoConsent`] if the consent is not in force at that time or names another item,
/// [`AidError::NotAnItem`]; what the vault reports.
pub fn cross(
    state: &State,
    vault: &Vault,
    consent: &StatementId,
    plaintexts: &[Vec<u8>],
    at: Timestamp,
) -> Result<Vec<Stored>, AidError> {
    let Some((_, given)) = state.aid.consent(consent, at) else {
        let why = format!("{consent} is not in force at {at}");
        return Err(AidError::NoConsent(why));
    };
    let mut named = given.items.clone();
    let mut contents = Vec::with_capacity(plaintexts.len());
    for plaintext in plaintexts {
        let Some((commitment, content)) = record::aid::opened(plaintext) else {
            return Err(AidError::NotAnItem);
        };
        let Some(place) = named.iter().position(|n| *n == commitment) else {
            let why = format!("{consent} does not name {commitment}");
            return Err(AidError::NoConsent(why));
        };
        named.swap_remove(place);
        contents.push(content);
    }
    // Nothing is copied before everything was compared.
    let put = |content: &&[u8]| vault.put(*content, MAX_EXHIBIT_BYTES);
    Ok(contents.iter().map(put).collect::<Result<_, _>>()?)
}
