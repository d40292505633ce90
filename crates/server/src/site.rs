//! The record as files that any web server can serve: the very answers of the server.
//!
//! Every address that a page links is asked of the router in this process and its answer written
//! to a file of that name, so that a copy and the server cannot differ. A list of all files with
//! their SHA-256 stands beside them: what did not change is not written again, and what is no
//! longer part of the copy is removed.

mod addresses;
mod files;
mod keeping;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use store::Record;
use tower::ServiceExt as _;

use self::addresses::addresses;
use self::files::Files;
pub use self::keeping::Keeper;
pub(crate) use self::keeping::keep_up;
use crate::assets::address;
use crate::config::Config;
use crate::modules::{Modules, VERIFIER};
use crate::rate::Rate;

/// Name of the list of all files, one line each: SHA-256, two spaces, path.
pub const LIST: &str = "solferino-site.txt";
/// Rate that stands in nobody's way here.
const UNLIMITED: Rate = Rate::new(u32::MAX, u32::MAX);
/// What ends in one of these is a file and no page.
const FILE_ENDINGS: [&str; 9] = [
    ".json", ".bundle", ".atom", ".svg", ".png", ".css", ".mjs", ".js", ".wasm",
];
/// Pages made at one time, for each core.
const AT_ONCE: usize = 2;

/// Why a copy could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The folder holds something else.
    #[error("{} is neither empty nor an earlier copy (it has no {LIST})", .0.display())]
    NotACopy(PathBuf),
    /// A file could not be read or written.
    #[error("cannot {what} {}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The record could not be read.
    #[error("the record cannot be read")]
    Store(#[from] store::StoreError),
    /// A page that another links was not answered.
    #[error("{address} answers {status}")]
    Answer {
        /// The address.
        address: String,
        /// The status of the answer.
        status: StatusCode,
    },
    /// An address that is no name for a file.
    #[error("{0} cannot be the name of a file")]
    Name(String),
    /// A worker ended early.
    #[error("a worker ended early: {0}")]
    Worker(String),
}

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Files of the copy.
    pub files: u64,
    /// Files written because they were not there or had changed.
    pub written: u64,
    /// Files of an earlier copy that were removed.
    pub removed: u64,
    /// Bytes of all files.
    pub bytes: u64,
}

/// The file of an address, by its path below the folder: a page is the index of a folder of its
/// name, so that its address needs no ending.
#[must_use]
pub fn file_of(address: &str) -> String {
    let path = address.trim_start_matches('/');
    let page = path.is_empty() || path.ends_with('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_file = FILE_ENDINGS.iter().any(|e| last.ends_with(e));
    let raw = ["tile/", "api/", "checkpoint", "trust"]
        .iter()
        .any(|p| path.starts_with(p));
    match (page, is_file || raw) {
        (true, _) => format!("{path}index.html"),
        (false, true) => path.to_owned(),
        (false, false) => format!("{path}/index.html"),
    }
}

/// Every address of a copy, in a fixed order.
///
/// # Errors
/// The record cannot be read.
pub async fn addresses_of(record: &Record) -> Result<Vec<String>, SiteError> {
    addresses(record).await
}

/// Writes a copy of a record into a folder; `progress` hears how many files of how many are done.
///
/// # Errors
/// [`SiteError`]. A copy that was not finished is finished by the next export.
pub async fn export(
    record: &Record,
    folder: &Path,
    progress: impl Fn(u64, u64) + Send + Sync + 'static,
) -> Result<Exported, SiteError> {
    export_with(record, folder, Modules::default(), progress).await
}

/// As [`export`], with the modules that verify in the browser.
///
/// # Errors
/// As [`export`].
pub async fn export_with(
    record: &Record,
    folder: &Path,
    modules: Modules,
    progress: impl Fn(u64, u64) + Send + Sync + 'static,
) -> Result<Exported, SiteError> {
    let before = Files::open(folder)?;
    let mut addresses = addresses(record).await?;
    addresses.extend(modules.verifier.iter().map(|_| address(VERIFIER)));
    let addresses = Arc::new(addresses);
    let config = Config {
        modules,
        client_reads: UNLIMITED,
        client_pages: UNLIMITED,
        all_reads: UNLIMITED,
        is_copy: true,
        ..Config::default()
    };
    let work = Arc::new(Work {
        router: crate::router(record.clone(), config),
        addresses: Arc::clone(&addresses),
        next: AtomicUsize::new(0),
        done: AtomicU64::new(0),
        before,
        progress: Box::new(progress),
    });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers: Vec<_> = (0..cores * AT_ONCE)
        .map(|_| tokio::spawn(worker(Arc::clone(&work))))
        .collect();
    let (mut all, mut exported) = (Vec::new(), Exported::default());
    for worker in workers {
        let part = worker.await.map_err(|e| SiteError::Worker(e.to_string()))?;
        for (file, hash, bytes, written) in part? {
            exported.files += 1;
            exported.bytes += bytes;
            exported.written += u64::from(written);
            all.push((file, hash));
        }
    }
    all.sort();
    exported.removed = work.before.finish(&all)?;
    Ok(exported)
}

/// What the workers share.
struct Work {
    router: Router,
    addresses: Arc<Vec<String>>,
    next: AtomicUsize,
    done: AtomicU64,
    before: Files,
    progress: Box<dyn Fn(u64, u64) + Send + Sync>,
}

/// A file that was made: name, SHA-256, bytes, whether it was written.
type Made = (String, String, u64, bool);

async fn worker(work: Arc<Work>) -> Result<Vec<Made>, SiteError> {
    let mut made = Vec::new();
    let total = u64::try_from(work.addresses.len()).unwrap_or(u64::MAX);
    while let Some(address) = work
        .addresses
        .get(work.next.fetch_add(1, Ordering::Relaxed))
    {
        let body = answer(&work.router, address).await?;
        let (shared, file) = (Arc::clone(&work), file_of(address));
        let written = tokio::task::spawn_blocking(move || {
            let hash = tlog::sha256(&body).to_string();
            let bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
            let written = shared.before.write(&file, &hash, &body)?;
            Ok::<_, SiteError>((file, hash, bytes, written))
        });
        made.push(
            written
                .await
                .map_err(|e| SiteError::Worker(e.to_string()))??,
        );
        let done = work.done.fetch_add(1, Ordering::Relaxed) + 1;
        (work.progress)(done, total);
    }
    Ok(made)
}

async fn answer(router: &Router, address: &str) -> Result<Vec<u8>, SiteError> {
    let request = Request::get(address).body(Body::empty());
    let request = request.map_err(|_| SiteError::Name(address.to_owned()))?;
    let response = match router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let status = response.status();
    if status != StatusCode::OK {
        return Err(SiteError::Answer {
            address: address.to_owned(),
            status,
        });
    }
    let body = to_bytes(response.into_body(), usize::MAX).await;
    Ok(body.map_err(|e| SiteError::Worker(e.to_string()))?.to_vec())
}

#[cfg(test)]
mod tests {
    use super::file_of;

    #[test]
    fn a_page_is_the_index_of_a_folder_and_the_rest_are_files() {
        for (address, file) in [
            ("/", "index.html"),
            ("/fr/", "fr/index.html"),
            ("/cases/x", "cases/x/index.html"),
            ("/ar/norms/GGE15.f", "ar/norms/GGE15.f/index.html"),
            ("/norms/GGE15.f.json", "norms/GGE15.f.json"),
            ("/findings/ab.bundle", "findings/ab.bundle"),
            ("/style.css", "style.css"),
            ("/checkpoint", "checkpoint"),
            ("/tile/0/000", "tile/0/000"),
            ("/api/openapi.json", "api/openapi.json"),
        ] {
            assert_eq!(file_of(address), file);
        }
    }
}
