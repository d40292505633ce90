//! A mirror, read only: the log as C2SP tlog-tiles, its public exhibits, its pins.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::{Path as UrlPath, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use server::listen::Bounded;
use tlog::{EntryBundleId, Hash, TileId, VerifierKey, origin_hash};
use tokio::net::TcpListener;
use tower_http::timeout::TimeoutLayer;

use super::Shown;
use super::status::Status;
use super::upload::Uploads;
pub use super::upload_http::{UPLOAD_TIMEOUT, upload_router};
use crate::http::{Answer, CONNECTION_IDLE_TIMEOUT, MAX_CONNECTIONS, OPENMETRICS, REQUEST_TIMEOUT};
use crate::relay::{self, Relay};

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
const NO_STORE: &str = "no-store";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// What a mirror serves; cheap to clone.
#[derive(Clone)]
pub struct Site {
    dir: PathBuf,
    shown: Arc<RwLock<Shown>>,
    status: Arc<Status>,
    /// The prefix of tlog-mirror: one mirror may serve several logs.
    hash: String,
    /// Whose mirror of which log it is, in lines.
    about: String,
}

impl Site {
    pub(super) fn new(
        dir: &Path,
        shown: Arc<RwLock<Shown>>,
        status: Arc<Status>,
        log: &VerifierKey,
        own: &VerifierKey,
    ) -> Self {
        let hash = origin_hash(log.name()).to_string();
        Self {
            dir: dir.to_path_buf(),
            shown,
            status,
            about: format!("mirror {own}\nlog {hash} {}\n", log.name()),
            hash,
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
        .route("/metrics", get(metrics))
        .route("/", get(about))
        .route("/api/v1/exhibits/{sha256}", get(exhibit))
        .layer(timeout)
        .with_state(site)
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

/// Whose mirror it is, how far it is, and what is wrong with the log's answers.
async fn about(State(site): State<Site>) -> Response {
    let size = {
        let shown = site.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.size
    };
    let text = format!("{}size {size}\n{}", site.about, site.status.lines());
    let headers = [
        (CONTENT_TYPE, TEXT),
        (CACHE_CONTROL, NO_STORE),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}

async fn metrics(State(site): State<Site>) -> Response {
    match site.status.metrics() {
        Ok(text) => ([(CONTENT_TYPE, OPENMETRICS)], text).into_response(),
        Err(error) => Answer::failed(&error).into_response(),
    }
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
