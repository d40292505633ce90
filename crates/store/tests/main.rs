//! Tests of the store: the storage contract against each backend, what only local files can show,
//! the vault, and the log with everything that reads it.

// Helpers outside `#[test]` functions may fail a test just as well.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod aid;
mod audit;
mod contract;
mod crashes;
mod indexing;
mod local;
mod log;
mod recording;
mod shim;
mod support;
mod taxii;
mod taxii_ends;
mod vault;
mod views;
