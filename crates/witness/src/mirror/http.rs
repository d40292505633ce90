//! A mirror, read only: the log as C2SP tlog-tiles, its public exhibits, its pins.

use std::borrow::Cow;
use std::future::Future;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path as UrlPath, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use server::listen::Bounded;
use tlog::{EntryBundleId, Hash, MAX_WITNESS_BODY_BYTES, TileId, origin_hash};
use tokio::net::TcpListener;
use tower_http::timeout::TimeoutLayer;

use super::Shown;
use super::upload::{MAX_UPLOAD_BYTES, Uploads};
use crate::http::{Answer, CONNECTION_IDLE_TIMEOUT, MAX_CONNECTIONS, REQUEST_TIMEOUT};
use crate::relay::{self, Relay};

/// Longest time an upload may take.
pub const UPLOAD_TIMEOUT: Duration = Duration::from_secs(60);

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
const NO_STORE: &str = "no-store";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// What a mirror serves; cheap to clone.
#[derive(Clone, Debug)]
pub struct Site {
    dir: PathBuf,
    shown: Arc<RwLock<Shown>>,
    /// The prefix of tlog-mirror: one mirror may serve several logs.
    hash: String,
}

impl Site {
    pub(super) fn new(dir: &Path, shown: Arc<RwLock<Shown>>, origin: &str) -> Self {
        Self {
            dir: dir.to_path_buf(),
            shown,
            hash: origin_hash(origin).to_string(),
        }
    }

    /// A file below the log's folder, if the path is one that tlog-tiles names.
    async fn file(&self, path: String) -> Response {
        let known = TileId::parse_path(&path).is_ok() || EntryBundleId::parse_path(&path).is_ok();
        if !known {
            return nothing();
        }
        read(self.dir.join("log").join(path)).await
    }
}

/// Everything a mirror answers.
pub fn router(site: Site) -> Router {
    let timeout = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIMEOUT);
    let log = Router::new()
        .route("/checkpoint", get(checkpoint))
        .route("/tile/{*path}", get(tile));
    Router::new()
        .nest(&format!("/{}", site.hash), log.clone())
        .merge(log)
        .route("/trust", get(trust))
        .route("/api/v1/exhibits/{sha256}", get(exhibit))
        .layer(timeout)
        .with_state(site)
}

/// What those who bring entries are answered, beside [`router`].
pub fn upload_router(uploads: Uploads) -> Router {
    let timeout = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, UPLOAD_TIMEOUT);
    let checkpoint = post(add_checkpoint).layer(DefaultBodyLimit::max(MAX_WITNESS_BODY_BYTES));
    let entries = post(add_entries).layer(DefaultBodyLimit::max(MAX_UPLOAD_BYTES));
    Router::new()
        .route("/add-checkpoint", checkpoint)
        .route("/add-entries", entries)
        .layer(timeout)
        .with_state(uploads)
}

async fn add_checkpoint(State(uploads): State<Uploads>, body: Bytes) -> Answer {
    uploads.add_checkpoint(&body).await
}

async fn add_entries(State(uploads): State<Uploads>, headers: HeaderMap, body: Bytes) -> Response {
    let gzip = headers.get(CONTENT_ENCODING).is_some_and(|v| v == "gzip");
    let work = move || match unpacked(gzip, &body) {
        Ok(body) => uploads.add_entries(&body),
        Err(problem) => Answer::text(400, format!("{problem}\n")),
    };
    let answer = tokio::task::spawn_blocking(work).await;
    let mut response = answer
        .unwrap_or_else(|error| Answer::failed(&error))
        .into_response();
    let accepted = HeaderValue::from_static("gzip");
    response.headers_mut().insert(ACCEPT_ENCODING, accepted);
    response
}

/// The body, decompressed if it is; never more than [`MAX_UPLOAD_BYTES`].
fn unpacked(gzip: bool, body: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if !gzip {
        return Ok(Cow::Borrowed(body));
    }
    let mut bytes = Vec::new();
    let limit = MAX_UPLOAD_BYTES as u64 + 1;
    let read = flate2::read::GzDecoder::new(body)
        .take(limit)
        .read_to_end(&mut bytes);
    match read {
        // A stream that was cut short: what arrived may hold whole packages.
        Ok(_) | Err(_) if bytes.len() as u64 == limit => Err(format!(
            "the body unpacks to more than {MAX_UPLOAD_BYTES} bytes"
        )),
        Ok(_) => Ok(Cow::Owned(bytes)),
        Err(error) if bytes.is_empty() => Err(format!("the body is not gzip: {error}")),
        Err(_) => Ok(Cow::Owned(bytes)),
    }
}

/// Serves a mirror until `shutdown` is done; `uploads` if it takes them, `relay` if it takes
/// submissions.
///
/// # Errors
/// Where the listener fails.
pub async fn serve(
    site: Site,
    uploads: Option<Uploads>,
    relay: Option<Relay>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let uploads = uploads.map_or_else(Router::new, upload_router);
    let relay = relay.map_or_else(Router::new, relay::router);
    let router = router(site).merge(uploads).merge(relay);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let listener = Bounded::new(listener, MAX_CONNECTIONS, CONNECTION_IDLE_TIMEOUT).tap_io(|_| ());
    axum::serve(listener, service)
        .with_graceful_shutdown(shutdown)
        .await
}

async fn checkpoint(State(site): State<Site>) -> Response {
    let note = {
        let shown = site.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.checkpoint.clone()
    };
    if note.is_empty() {
        return nothing();
    }
    ([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, NO_STORE)], note).into_response()
}

async fn tile(State(site): State<Site>, UrlPath(path): UrlPath<String>) -> Response {
    site.file(format!("tile/{path}")).await
}

async fn trust(State(site): State<Site>) -> Response {
    let mut response = read(site.dir.join("trust.txt")).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(TEXT));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(NO_STORE));
    response
}

/// Content of unknown origin: never rendered, never guessed at.
async fn exhibit(State(site): State<Site>, UrlPath(hash): UrlPath<String>) -> Response {
    match hash.parse::<Hash>() {
        Ok(hash) => read(site.dir.join("exhibits").join(hash.to_string())).await,
        Err(_) => nothing(),
    }
}

async fn read(path: PathBuf) -> Response {
    match tokio::fs::read(&path).await {
        Ok(bytes) => {
            let headers = [
                (CONTENT_TYPE, BYTES),
                (CACHE_CONTROL, IMMUTABLE),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, bytes).into_response()
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => nothing(),
        Err(error) => {
            tracing::error!(%error, "a mirrored file could not be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "this mirror has no such file\n").into_response()
}
