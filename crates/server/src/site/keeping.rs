//! A copy that is kept in step with a record while it is served.

use std::path::PathBuf;
use std::time::Duration;

use store::Record;

use super::{Exported, SiteError, export_with};
use crate::modules::Modules;

/// How often the record is looked at: a copy lags at most so long behind, and the time it takes.
const EVERY: Duration = Duration::from_secs(60);

/// Keeps a copy of a record in step with it.
pub struct Keeper {
    record: Record,
    folder: PathBuf,
    modules: Modules,
    /// Entries that the copy has, once it is whole.
    copied: Option<u64>,
}

impl Keeper {
    /// A keeper of the copy in a folder: absent, empty, or an earlier copy.
    #[must_use]
    pub fn new(record: Record, folder: PathBuf, modules: Modules) -> Self {
        Self {
            record,
            folder,
            modules,
            copied: None,
        }
    }

    /// Writes what changed; nothing where the log has not grown. A copy made while the log grew may
    /// hold pages of both sizes, so the next look makes it again.
    ///
    /// # Errors
    /// [`SiteError`]; the next look tries again.
    pub async fn look(&mut self) -> Result<Option<Exported>, SiteError> {
        let size = self.record.size();
        if self.copied == Some(size) {
            return Ok(None);
        }
        let modules = self.modules.clone();
        let exported = export_with(&self.record, &self.folder, modules, |_, _| {}).await?;
        self.copied = (self.record.size() == size).then_some(size);
        Ok(Some(exported))
    }
}

/// Looks until dropped.
pub(crate) async fn keep_up(mut keeper: Keeper) {
    loop {
        match keeper.look().await {
            Ok(None) => {}
            Ok(Some(e)) => tracing::info!(files = e.files, written = e.written, "copy written"),
            Err(error) => {
                let problem = record::trust::with_sources(&error);
                tracing::error!(problem, "the copy could not be written; it is tried again");
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}
