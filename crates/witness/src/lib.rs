//! Those who watch a log from outside: its witnesses, and how independent they are.
//!
//! [`decide`] is what a witness decides, without I/O; [`keeper`] records it and cosigns, [`http`]
//! speaks C2SP tlog-witness. [`policy`] computes how many of a policy's witnesses, operators,
//! jurisdictions, owners, hosts or implementations would have to collude for a split view, or to
//! fail for a halt. [`relay`] is the door that a mirror or witness keeps open to a log. docs/witness.md is the page of this crate.
//!
//! **Architecture Invariant:** no cosignature leaves before the transaction that records it.

pub mod agent;
pub mod client;
pub mod decide;
pub mod evidence;
pub mod folder;
pub mod guard;
pub mod http;
pub mod keeper;
mod metrics;
pub mod mirror;
pub mod policy;
pub mod relay;
pub mod state;
mod subtree;
