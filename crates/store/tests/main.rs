//! Tests of the store: the storage contract against each backend, what only local files can show,
//! and the vault.

// Helpers outside `#[test]` functions may fail a test just as well.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod contract;
mod local;
mod vault;
