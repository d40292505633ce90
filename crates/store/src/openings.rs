//! What opens the statements sealed here: kept encrypted to the vault's key, one file for each.

use std::path::PathBuf;

use record::ids::StatementId;
use record::seal::Opening;

use crate::disk;
use crate::error::StoreError;
use crate::layout::Layout;
use crate::vault::Vault;

fn file_of(layout: &Layout, id: &StatementId) -> PathBuf {
    layout.openings().join(format!("{id}.age"))
}

/// Keeps an opening durably; the same one again changes nothing.
pub(crate) fn keep(
    layout: &Layout,
    vault: &Vault,
    id: &StatementId,
    opening: &Opening,
) -> Result<(), StoreError> {
    let path = file_of(layout, id);
    let value = serde_json::to_value(opening).unwrap_or_default();
    let text = record::json::canonical(&value);
    if vault.seal_into(&path, text.as_bytes())?
        || load(layout, vault, id)?.as_ref() == Some(opening)
    {
        return Ok(());
    }
    Err(StoreError::OtherOpening(*id))
}

/// The opening of a statement, if it is kept here.
pub(crate) fn load(
    layout: &Layout,
    vault: &Vault,
    id: &StatementId,
) -> Result<Option<Opening>, StoreError> {
    let Some(bytes) = vault.unseal_from(&file_of(layout, id))? else {
        return Ok(None);
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| StoreError::damaged_by(format!("openings/{id}.age"), &error))
}

/// Makes the folder, for the one user that runs Solferino.
pub(crate) fn create_folder(layout: &Layout) -> Result<(), StoreError> {
    let folder = layout.openings();
    disk::create_folder(&folder)?;
    disk::set_path_mode(&folder, disk::PRIVATE_FOLDER_MODE)
        .map_err(crate::disk::IoError::at("make private", &folder))?;
    Ok(())
}
