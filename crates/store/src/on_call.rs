//! Who is on call, and what they were told: two files beside the log that the officers of the desk keep
//! (docs/aid.md, section 4). Nothing of a victim is in them, and nothing of them is in the log.
//!
//! ```text
//! on-call/rota.json      the week and the people; replaced whole, also while a server runs
//! on-call/outbox.json    what was said to whom about clocks that still run; written after each page
//! ```

use std::path::{Path, PathBuf};

use aid::{MAX_ROTA_BYTES, OnCall, Outbox};

use crate::disk::{self, IoError};
use crate::error::StoreError;
use crate::layout::Layout;

/// Where the rota of a record's folder lies.
#[must_use]
pub fn rota_file(dir: &Path) -> PathBuf {
    Layout::new(dir).on_call().join("rota.json")
}

fn outbox_file(dir: &Path) -> PathBuf {
    Layout::new(dir).on_call().join("outbox.json")
}

/// Reads a rota from a file; none if there is no such file.
///
/// # Errors
/// [`StoreError::Damaged`] for what is no rota, with the sentence why; failures of the storage.
pub fn read_rota(file: &Path) -> Result<Option<OnCall>, StoreError> {
    let Some(bytes) = disk::read_if_there(file)? else {
        return Ok(None);
    };
    let damaged = |problem: String| StoreError::Damaged {
        place: file.display().to_string(),
        problem,
    };
    if bytes.len() > MAX_ROTA_BYTES {
        return Err(damaged(aid::OnCallError::TooLarge(bytes.len()).to_string()));
    }
    let read = OnCall::from_json(&bytes);
    read.map(Some).map_err(|error| damaged(error.to_string()))
}

/// Puts a rota into the folder of a record, in place of the one before. Whoever serves the record takes it in at its next look.
///
/// # Errors
/// [`StoreError::NoRecord`]; failures of the storage, and then the one before stands.
pub fn keep_rota(dir: &Path, rota: &OnCall) -> Result<(), StoreError> {
    Layout::new(dir).read_origin()?;
    let text = serde_json::to_string_pretty(rota).unwrap_or_default();
    write(dir, &rota_file(dir), &format!("{text}\n"))
}

/// What was said to whom, as far as clocks still run; empty where nothing was kept.
///
/// # Errors
/// [`StoreError::Damaged`] for what is no outbox; failures of the storage.
pub fn outbox(dir: &Path) -> Result<Outbox, StoreError> {
    let file = outbox_file(dir);
    let Some(bytes) = disk::read_if_there(&file)? else {
        return Ok(Outbox::default());
    };
    serde_json::from_slice(&bytes).map_err(|error| StoreError::Damaged {
        place: file.display().to_string(),
        problem: error.to_string(),
    })
}

/// Keeps it, durably.
///
/// # Errors
/// Failures of the storage, and then the one before stands: at worst something is said once more.
pub fn keep_outbox(dir: &Path, outbox: &Outbox) -> Result<(), StoreError> {
    let text = serde_json::to_string(outbox).unwrap_or_default();
    write(dir, &outbox_file(dir), &format!("{text}\n"))
}

fn write(dir: &Path, file: &Path, text: &str) -> Result<(), StoreError> {
    let folder = Layout::new(dir).on_call();
    disk::create_folder(&folder)?;
    disk::set_path_mode(&folder, disk::PRIVATE_FOLDER_MODE)
        .map_err(IoError::at("make private", &folder))?;
    Ok(disk::replace(file, text.as_bytes(), disk::SECRET_MODE)?)
}
