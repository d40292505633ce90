//! The aid crate from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test stops at the first surprise

mod desk;
mod guard;
mod harm;
mod inputs;
mod matching;
mod page;
mod paging;
mod playbooks;
mod responders;
mod speed;
mod support;
mod triage;
mod vectors;
mod words_between;
mod workflow;
