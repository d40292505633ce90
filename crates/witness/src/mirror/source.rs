//! Where a mirror reads a log from.

use std::time::Duration;

use tlog::{EntryBundleId, HASH_BYTES, TileId};

use super::MirrorError;
use crate::agent::agent;

/// Longest time one request may take.
pub const SOURCE_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest answer that is read, in bytes: a bundle of 256 entries of the longest kind.
pub const MAX_ANSWER_BYTES: u64 = 17 * 1024 * 1024;

/// A log as C2SP tlog-tiles serves it. Nothing it gives is believed.
pub trait Source: Send + Sync {
    /// The bytes below the log's prefix; `None` where there is nothing.
    ///
    /// # Errors
    /// A sentence saying why the log could not be asked.
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String>;
}

/// A log over HTTP or HTTPS.
#[derive(Clone, Debug)]
pub struct HttpSource {
    agent: ureq::Agent,
    url: String,
}

impl HttpSource {
    /// The log at an address such as `http://127.0.0.1:8017`.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            agent: agent(SOURCE_TIMEOUT),
            url: url.trim_end_matches('/').to_owned(),
        }
    }
}

impl Source for HttpSource {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let url = format!("{}/{path}", self.url);
        let asked = self.agent.get(&url).call();
        let mut response = asked.map_err(|error| format!("{url}: {error}"))?;
        match response.status().as_u16() {
            200 => {
                let body = response.body_mut().with_config().limit(MAX_ANSWER_BYTES);
                let body = body.read_to_vec();
                body.map(Some).map_err(|error| format!("{url}: {error}"))
            }
            404 => Ok(None),
            status => Err(format!("{url}: status {status}")),
        }
    }
}

/// A log kept in a folder, as tlog-tiles lays it out.
#[derive(Clone, Debug)]
pub struct FolderSource(std::path::PathBuf);

impl FolderSource {
    /// The copy that a mirror keeps below `dir`.
    #[must_use]
    pub fn of_mirror(dir: &std::path::Path) -> Self {
        Self(dir.join("log"))
    }
}

impl Source for FolderSource {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let path = self.0.join(path);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }
}

/// A tile; where a log no longer has the partial one, the beginning of the full one.
pub(super) fn tile(source: &dyn Source, tile: &TileId) -> Result<Vec<u8>, MirrorError> {
    if let Some(bytes) = source.get(&tile.path()).map_err(MirrorError::Source)? {
        return Ok(bytes);
    }
    let full = TileId::new(tile.level, tile.index, tlog::TILE_WIDTH);
    let full = full.map_err(|error| MirrorError::Source(error.to_string()))?;
    let mut bytes = super::required(source, &full.path())?;
    bytes.truncate(usize::from(tile.width) * HASH_BYTES);
    Ok(bytes)
}

/// A bundle, likewise.
pub(super) fn bundle(source: &dyn Source, bundle: &EntryBundleId) -> Result<Vec<u8>, MirrorError> {
    if let Some(bytes) = source.get(&bundle.path()).map_err(MirrorError::Source)? {
        return Ok(bytes);
    }
    let full = EntryBundleId::new(bundle.index, tlog::TILE_WIDTH);
    let full = full.map_err(|error| MirrorError::Source(error.to_string()))?;
    let bytes = super::required(source, &full.path())?;
    let mut held = tlog::parse_entry_bundle(&bytes, tlog::TILE_WIDTH)
        .map_err(|error| MirrorError::NotCommitted(format!("{full}: {error}")))?;
    held.truncate(usize::from(bundle.width));
    super::encode(&held)
}
