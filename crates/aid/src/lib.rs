//! Help by need alone (docs/aid.md): the workflow of a request for help, triage, clocks, matching, the guard, playbooks.
//!
//! Everything here is a pure function of its arguments: no disk, no network, no clock, no randomness. Times are seconds since
//! 1970-01-01T00:00:00Z.

mod words;
mod workflow;

pub use words::WordError;
pub use workflow::{
    Reason, Role, Stage, Standing, Step, StepRefused, TRANSITIONS, Transition, Wait, Waits,
    allowed, step,
};
