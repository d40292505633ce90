//! The imported datasets of a record's folder, read when they change.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use incidents::Base;
use store::Record;
use store::datasets::{self, Stamp};

use crate::error::ApiError;

/// What every answer and page about a dataset says of it.
pub(crate) const CLAIMS: &str = "claims by others, not findings";

/// Datasets read, by name, with the edition they were read from.
#[derive(Default)]
pub(crate) struct Datasets(Mutex<BTreeMap<String, (Stamp, Arc<Base>)>>);

impl Datasets {
    /// A dataset of the record, in the edition that lies there now. Reads files: on a thread that may block.
    pub(crate) fn get(&self, record: &Record, name: &str) -> Result<Arc<Base>, ApiError> {
        let dir = record.dir();
        let absent = || {
            ApiError::not_found(format!(
                "the record has no dataset {name}; an operator imports one with `solferino import`"
            ))
        };
        let stamp = datasets::stamp(dir, name)?.ok_or_else(absent)?;
        // The lock is held while reading, so that a crowd after a new edition reads it once. A panic elsewhere
        // cannot leave a half-read base in the map.
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, base)) = read.get(name).filter(|(of, _)| *of == stamp) {
            return Ok(Arc::clone(base));
        }
        let bytes = datasets::read(dir, name)?.ok_or_else(absent)?;
        let base = Base::read(&bytes)
            .map_err(|e| ApiError::internal(format!("datasets/{name}.json: {e}")))?;
        let base = Arc::new(base);
        read.insert(name.to_owned(), (stamp, Arc::clone(&base)));
        Ok(base)
    }
}
