//! What an item says in words, where its public exhibit carries such an account.

use std::collections::BTreeMap;

use record::state::{Case, State};
use serde::Deserialize;
use store::Record;
use tlog::Hash;

use crate::limits::{MAX_ACCOUNT_BYTES, MAX_ACCOUNTS};
use record::state::is_public;

/// Media type of an item's account.
const ACCOUNT: &str = "application/vnd.solferino.item+json";

/// An account; fields that are not known here are passed over.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Account {
    /// What was observed.
    pub(super) what: String,
    /// Where that is published.
    pub(super) public_source: String,
    /// When it became known.
    pub(super) known: String,
}

/// The public exhibits of a case that carry an account.
pub(super) fn with_account(state: &State, case: &Case) -> Vec<Hash> {
    let with_account = case.exhibits.iter().filter(|(_, exhibit)| {
        let body = &exhibit.body;
        body.media_type.as_str() == ACCOUNT
            && body.size <= MAX_ACCOUNT_BYTES
            && is_public(state, case, exhibit)
    });
    with_account
        .map(|(hash, _)| *hash)
        .take(MAX_ACCOUNTS)
        .collect()
}

/// Reads accounts; the state must not be held. One that is missing or unreadable is left out: the
/// page then shows the hash alone.
pub(super) fn accounts(record: &Record, hashes: &[Hash]) -> BTreeMap<String, Account> {
    let read = |hash: &Hash| -> Option<Account> {
        let bytes = record.vault().read_all(hash, MAX_ACCOUNT_BYTES).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    hashes
        .iter()
        .filter_map(|hash| Some((hash.to_string(), read(hash)?)))
        .collect()
}
