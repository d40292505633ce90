//! Measuring the log on this machine: what `solferino bench log` and `cargo bench` print.
//!
//! Every figure stands beside the physical limit of the same run, and beside the processor time
//! it took: on a shared machine only the second says something about the software.

mod aims;
mod growth;
mod intake;
mod limits;
mod process;
mod register;
mod text;

pub use self::aims::Aim;
pub use self::growth::{Decade, growth};
pub use self::intake::{Audited, Intake, Receipts, Reopened, audited, intake, receipts, reopened};
pub use self::limits::{Limits, limits};
pub use self::process::{Spent, resident_bytes};
pub use self::register::crowd;

/// Why something was not measured.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The record failed.
    #[error(transparent)]
    Store(#[from] crate::StoreError),
    /// A submission was not recorded.
    #[error("a submission of the measurement was not recorded")]
    Submit(#[from] crate::SubmitError),
    /// A file of the measurement could not be written.
    #[error(transparent)]
    Io(#[from] crate::disk::IoError),
    /// What was measured did not come out right.
    #[error("the measurement went wrong: {0}")]
    Wrong(String),
}
