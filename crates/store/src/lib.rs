//! A record as a folder: durable log, vault of exhibits, SQL views.

pub mod aid;
mod answers;
mod audit;
pub mod cell;
mod copy;
pub mod cosigning;
pub mod datasets;
pub mod disk;
mod error;
pub mod filesystem;
pub mod folder;
pub mod handed;
pub mod indexing;
pub mod intake;
mod layout;
pub mod lock;
pub mod log;
pub mod measure;
pub mod memory;
mod object_path;
pub mod objects;
pub mod on_call;
mod openings;
mod record_folder;
mod sequencer;
pub mod taxii;
pub mod vault;
pub mod views;

pub use audit::{AuditReport, audit, audit_at};
pub use copy::LogCopy;
pub use error::{StoreError, SubmitError, Submitted};
pub use layout::FORMAT;
pub use record_folder::{MAX_BUNDLED_EXHIBIT_BYTES, Record, Shown, StateGuard, Taken};
pub use sequencer::{MAX_BATCH, MAX_BATCH_BYTES, MAX_BATCH_WAIT_MS, MAX_QUEUE};
pub use views::{Views, ViewsSummary, rebuild_views};
