//! The exhibits, by their ciphertext: no key is needed to find a damaged one.

use std::collections::BTreeSet;

use record::state::State;
use tlog::Hash;

use crate::disk;
use crate::error::StoreError;
use crate::layout::Layout;
use crate::vault::Vault;
use crate::views::rows::is_destroyed;

/// What the vault holds.
pub(super) struct Found {
    pub(super) whole: usize,
    pub(super) destroyed: usize,
    /// Files that no exhibit declares.
    pub(super) undeclared: Vec<String>,
}

/// Checks every declared exhibit that custody does not say was destroyed.
pub(super) fn check(layout: &Layout, state: &State) -> Result<Found, StoreError> {
    let vault = Vault::open_keyless(&layout.vault())?;
    let recipient = disk::read_if_there(&layout.vault().join("recipient"))?;
    if recipient.as_deref() != Some(vault.recipient_line().as_bytes()) {
        let problem = "it is not one line with a public key";
        return Err(StoreError::damaged("vault/recipient", problem));
    }
    let mut declared: BTreeSet<Hash> = BTreeSet::new();
    let (mut whole, mut destroyed) = (0, 0);
    for case in state.cases.values() {
        for (hash, exhibit) in &case.exhibits {
            declared.insert(*hash);
            if is_destroyed(exhibit) {
                destroyed += 1;
                continue;
            }
            vault
                .check_ciphertext(hash, &exhibit.body.ciphertext_sha256)
                .map_err(|error| {
                    let place = format!("{}, an exhibit of case {}", vault.name_of(hash), case.id);
                    StoreError::damaged_by(place, &error)
                })?;
            whole += 1;
        }
    }
    let held = vault.list()?;
    let undeclared = held.iter().filter(|hash| !declared.contains(hash));
    Ok(Found {
        whole,
        destroyed,
        undeclared: undeclared.map(|hash| vault.name_of(hash)).collect(),
    })
}
