//! What pages load besides themselves: scripts as plain modules, compiled in as they stand in `js/`, and the
//! WebAssembly modules. Each is named by what it is and revalidated by its digest, so that nothing of an older
//! server is mixed with a newer one's.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::error::ApiError;
use crate::modules::{Modules, VERIFIER};

/// An answer that runs scripts and modules of this server; the outermost layer gives it the policy for that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scripted;

/// Media type of scripts.
const SCRIPT: &str = "text/javascript; charset=utf-8";
/// Kept, and asked for again by its tag each time.
const REVALIDATE: &str = "no-cache";
/// What stands in the service worker's text for the list of what it keeps.
const SCRIPT_ADDRESSES: &str = "SCRIPT_ADDRESSES";

macro_rules! scripts {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../js/", $name)))),*]
    };
}

const SCRIPTS: &[(&str, &str)] = scripts! {
    "aid-again.mjs"
    "aid-crypto.mjs"
    "aid-desk.mjs"
    "aid-form.mjs"
    "aid-keys.mjs"
    "aid-officer.mjs"
    "aid-panel.mjs"
    "aid-readers.mjs"
    "aid-request.mjs"
    "aid-scope.mjs"
    "aid-seal.mjs"
    "aid-status.mjs"
    "aid-suffixes.mjs"
    "aid-told.mjs"
    "desk-form.mjs"
    "desk-hand.mjs"
    "desk-keys.mjs"
    "desk-page.mjs"
    "desk-seal.mjs"
    "desk-server.mjs"
    "desk-show.mjs"
    "module-worker.mjs"
    "module.mjs"
    "texts.mjs"
    "verify.mjs"
    "verify-bytes.mjs"
    "verify-error.mjs"
    "verify-form.mjs"
    "verify-log.mjs"
    "verify-page.mjs"
    "verify-shapes.mjs"
    "verify-worker.mjs"
    "what-if.mjs"
};

/// The style of what verifies and signs.
const TOOLS: (&str, &str) = ("tools.css", include_str!("../templates/tools.css"));

/// Its scope is the folder it is served from, so it stands at the root.
const SERVICE_WORKER: &str = include_str!("../js/service-worker.js");

/// One file.
struct Asset {
    kind: &'static str,
    tag: String,
    bytes: axum::body::Bytes,
}

/// Every file, by name.
pub(crate) struct Assets {
    files: BTreeMap<&'static str, Asset>,
    service_worker: Asset,
}

impl Asset {
    fn new(kind: &'static str, bytes: &[u8]) -> Self {
        Self {
            kind,
            tag: format!("\"{}\"", tlog::sha256(bytes)),
            bytes: axum::body::Bytes::copy_from_slice(bytes),
        }
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let known = asked.get(IF_NONE_MATCH).and_then(|tag| tag.to_str().ok());
        let headers = [
            (CONTENT_TYPE, self.kind),
            (CACHE_CONTROL, REVALIDATE),
            (ETAG, self.tag.as_str()),
        ];
        let (status, body) = if known == Some(self.tag.as_str()) {
            (StatusCode::NOT_MODIFIED, Body::empty())
        } else {
            (StatusCode::OK, Body::from(self.bytes.clone()))
        };
        let mut response = (status, headers, body).into_response();
        response.extensions_mut().insert(Scripted);
        response
    }
}

impl Assets {
    pub(crate) fn new(modules: &Modules) -> Self {
        let scripts = SCRIPTS.iter();
        let mut files: BTreeMap<_, _> = scripts
            .map(|(name, text)| (*name, Asset::new(SCRIPT, text.as_bytes())))
            .collect();
        if let Some(module) = &modules.verifier {
            files.insert(VERIFIER, Asset::new("application/wasm", &module.bytes));
        }
        files.insert(
            TOOLS.0,
            Asset::new("text/css; charset=utf-8", TOOLS.1.as_bytes()),
        );
        let kept = SCRIPTS.iter().map(|(name, _)| address(name));
        let kept: Vec<_> = kept
            .chain(["/style.css", "/icon.svg", "/assets/tools.css"].map(String::from))
            .collect();
        let kept = serde_json::Value::from(kept).to_string();
        let worker = SERVICE_WORKER.replace(SCRIPT_ADDRESSES, &kept);
        Self {
            files,
            service_worker: Asset::new(SCRIPT, worker.as_bytes()),
        }
    }
}

/// Addresses of every file that a server has whatever modules it has.
pub(crate) fn addresses() -> impl Iterator<Item = String> {
    let names = SCRIPTS.iter().map(|(name, _)| *name).chain([TOOLS.0]);
    let files = names.map(address);
    files.chain(["/service-worker.js".to_owned()])
}

/// Where a file is served.
pub(crate) fn address(name: &str) -> String {
    format!("/assets/{name}")
}

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/assets/{name}", get(file))
        .route("/service-worker.js", get(service_worker))
}

async fn file(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let found = app.assets().files.get(name.as_str());
    let found = found.ok_or_else(|| ApiError::not_found("there is no such file"))?;
    Ok(found.answer(&headers))
}

async fn service_worker(State(app): State<App>, headers: HeaderMap) -> Response {
    app.assets().service_worker.answer(&headers)
}
