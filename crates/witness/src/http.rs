//! The witness over HTTP: C2SP tlog-witness (docs/witness.md, section 2).

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use server::listen::Bounded;
use server::rate::Rate;
use tlog::{
    MAX_WITNESS_BODY_BYTES, Note, SIZE_CONTENT_TYPE, VerifierKey, origin_hash,
    signature_lines_body, size_body,
};
use tokio::net::TcpListener;
use tower_http::timeout::TimeoutLayer;

use crate::decide::{self, Contradiction, Logs, Refused};
use crate::evidence::{Contradictory, Evidence, Kept};
use crate::folder::Folder;
use crate::guard::Guard;
use crate::keeper::{Keeper, KeeperError, Verdict};
use crate::metrics::Metrics;
use crate::relay::{self, Relay};
use crate::subtree;

/// Connections held open at one time.
pub const MAX_CONNECTIONS: usize = 1_024;
/// Longest time a connection may be open without a byte in either direction.
pub const CONNECTION_IDLE_TIMEOUT: Duration = Duration::from_secs(75);
/// Longest time one request may take.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Seconds after which an asker is to come back when the witness is overloaded.
pub const OVERLOAD_RETRY_S: u64 = 1;

const TEXT: &str = "text/plain; charset=utf-8";
pub(crate) const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What an operator decides about a witness.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Requests per client address.
    pub client: Rate,
    /// Requests of all clients together.
    pub all: Rate,
    /// Whether a proxy stands in front, whose last `X-Forwarded-For` entry is the client address. Only with a proxy
    /// that sets it: otherwise a client chooses its own address.
    pub behind_proxy: bool,
}

impl Default for Config {
    /// Room for a log that asks with every batch, and for all logs of a witness together.
    fn default() -> Self {
        Self {
            client: Rate::new(2_000, 500),
            all: Rate::new(20_000, 10_000),
            behind_proxy: false,
        }
    }
}

/// A running witness; cheap to clone.
#[derive(Clone)]
pub struct Witness(Arc<Parts>);

struct Parts {
    logs: Logs,
    keys: Vec<tlog::SigningKey>,
    keeper: Keeper,
    evidence: Evidence,
    metrics: Metrics,
    guard: Guard,
    // Held as long as the witness runs.
    _folder: Folder,
}

impl Witness {
    /// Starts a witness over its folder.
    ///
    /// # Errors
    /// [`KeeperError`] if its state cannot be opened.
    pub fn start(folder: Folder, config: Config) -> Result<Self, KeeperError> {
        let keeper = Keeper::start(folder.state(), folder.keys.clone())?;
        Ok(Self(Arc::new(Parts {
            logs: folder.logs.clone(),
            keys: folder.keys.clone(),
            keeper,
            evidence: Evidence::new(folder.evidence()),
            metrics: Metrics::new(),
            guard: Guard::new(config.client, config.all, config.behind_proxy),
            _folder: folder,
        })))
    }

    /// The public halves of its keys.
    #[must_use]
    pub fn keys(&self) -> Vec<VerifierKey> {
        let keys = self.0.keys.iter();
        keys.map(tlog::SigningKey::verifier_key).collect()
    }

    /// Answers the body of an `add-checkpoint`.
    pub async fn add_checkpoint(&self, body: &[u8]) -> Answer {
        let asked = match decide::read(&self.0.logs, body) {
            Ok(asked) => asked,
            Err(refused) => return Answer::refused(&refused),
        };
        let (origin, size) = (asked.checkpoint.origin.clone(), asked.checkpoint.size);
        let note = asked.note.clone();
        match self.0.keeper.judge(asked).await {
            Ok(Verdict::Cosigned(signatures)) => {
                self.0.metrics.cosigned(&origin, size);
                Answer::text(200, signature_lines_body(&signatures))
            }
            Ok(Verdict::Refused(refused, seen)) => {
                if let Refused::Inconsistent(contradiction) = &refused {
                    let found = self.contradictory(contradiction, seen, note, body);
                    self.keep(found).await;
                }
                Answer::refused(&refused)
            }
            Ok(Verdict::Unsigned(error)) => Answer::failed(&error),
            Err(error) => Answer::failed(&error),
        }
    }

    /// What is kept of a contradiction. Two roots of one size under the log's key are proof.
    fn contradictory(
        &self,
        contradiction: &Contradiction,
        seen: Option<String>,
        note: Note,
        shown: &[u8],
    ) -> Contradictory {
        let held = seen
            .as_ref()
            .and_then(|note| Note::parse(note.as_bytes()).ok());
        let origin = note.text.lines().next().unwrap_or_default();
        let signers = self.0.logs.keys(origin).unwrap_or_default().iter();
        let text = note.text.clone();
        let proof = match (contradiction, held) {
            (Contradiction::SameSize { .. }, Some(older)) => Some(tlog::Evidence {
                // A log that changes its key may have signed the two with different ones.
                signers: signers
                    .filter(|key| both_signed(key, &older, &note))
                    .cloned()
                    .collect(),
                prefix: Vec::new(),
                older,
                newer: note,
            }),
            _ => None,
        };
        Contradictory {
            problem: contradiction.to_string(),
            seen,
            text,
            shown: shown.to_vec(),
            proof,
        }
    }

    async fn keep(&self, found: Contradictory) {
        let problem = &found.problem;
        tracing::warn!(problem, "a signed checkpoint contradicts what was cosigned");
        let evidence = self.0.evidence.clone();
        let keep = move || evidence.keep(&found);
        let kept = match tokio::task::spawn_blocking(keep).await {
            Ok(Ok(Kept::Written | Kept::Before)) => true,
            Ok(Ok(Kept::Full)) => false,
            Ok(Err(error)) => {
                tracing::error!(%error, "evidence could not be kept");
                false
            }
            Err(error) => {
                tracing::error!(%error, "evidence could not be kept");
                false
            }
        };
        self.0.metrics.contradiction(kept);
    }

    /// Ends the witness once what waits is answered.
    pub fn stop(&self) {
        self.0.keeper.stop();
    }
}

fn both_signed(key: &VerifierKey, older: &Note, newer: &Note) -> bool {
    let signed = |note: &Note| note.verify(std::slice::from_ref(key)).is_ok();
    signed(older) && signed(newer)
}

/// What a witness answers: the protocol, apart from HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Media type of the body.
    pub content_type: &'static str,
    /// Signature lines, the size cosigned last, or a sentence about what is wrong.
    pub body: String,
}

impl Answer {
    pub(crate) fn text(status: u16, body: String) -> Self {
        Self {
            status,
            content_type: TEXT,
            body,
        }
    }

    pub(crate) fn refused(refused: &Refused) -> Self {
        if let Refused::Stale { size } = refused {
            return Self {
                status: refused.status(),
                content_type: SIZE_CONTENT_TYPE,
                body: size_body(*size),
            };
        }
        let sentence = record::trust::with_sources(refused);
        Self::text(refused.status(), format!("{sentence}\n"))
    }

    pub(crate) fn failed(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %record::trust::with_sources(error), "not cosigned");
        Self::text(503, format!("{error}; try again\n"))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = [
            (CONTENT_TYPE, self.content_type),
            (CACHE_CONTROL, "no-store"),
        ];
        let mut response = (status, headers, self.body).into_response();
        if self.status == 503 {
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, HeaderValue::from(OVERLOAD_RETRY_S));
        }
        response
    }
}

/// Everything a witness answers.
pub fn router(witness: Witness) -> Router {
    let timeout = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIMEOUT);
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/sign-subtree", post(sign_subtree))
        .route("/{origin}/checkpoint", get(latest))
        .route("/metrics", get(metrics))
        .route("/", get(about))
        .layer(DefaultBodyLimit::max(MAX_WITNESS_BODY_BYTES))
        .layer(timeout)
        .layer(from_fn_with_state(witness.clone(), guard))
        .with_state(witness)
}

/// Serves a witness until `shutdown` is done, then answers what waits; `relay` if it takes
/// submissions.
///
/// # Errors
/// Where the listener fails.
pub async fn serve(
    witness: Witness,
    relay: Option<Relay>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let relay = relay.map_or_else(Router::new, relay::router);
    let router = router(witness.clone()).merge(relay);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // `tap_io` is what lets handlers learn the peer's address from a listener of our own.
    let listener = Bounded::new(listener, MAX_CONNECTIONS, CONNECTION_IDLE_TIMEOUT).tap_io(|_| ());
    let served = axum::serve(listener, service)
        .with_graceful_shutdown(shutdown)
        .await;
    tokio::task::spawn_blocking(move || witness.stop())
        .await
        .map_err(io::Error::other)?;
    served
}

/// Refuses what comes too often.
async fn guard(State(witness): State<Witness>, request: Request, next: Next) -> Response {
    match witness.0.guard.admit(&request) {
        Ok(_) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

async fn add_checkpoint(
    State(witness): State<Witness>,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let answer = match body {
        Ok(body) => {
            // What is recorded is also answered for: the asker's hanging up ends nothing.
            let asked = witness.clone();
            let task = tokio::spawn(async move { asked.add_checkpoint(&body).await });
            task.await.unwrap_or_else(|error| Answer::failed(&error))
        }
        Err(rejected) => too_long(&rejected),
    };
    witness.0.metrics.answered("add-checkpoint", answer.status);
    answer
}

async fn sign_subtree(
    State(witness): State<Witness>,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let answer = match body {
        Ok(body) => subtree::sign(&witness.0.logs, &witness.0.keys, &body),
        Err(rejected) => too_long(&rejected),
    };
    witness.0.metrics.answered("sign-subtree", answer.status);
    answer
}

fn too_long(rejected: &BytesRejection) -> Answer {
    let status = rejected.status().as_u16();
    Answer::text(
        status,
        format!("the body did not arrive whole, or has more than {MAX_WITNESS_BODY_BYTES} bytes\n"),
    )
}

async fn latest(State(witness): State<Witness>, Path(hash): Path<String>) -> Answer {
    let mut origins = witness.0.logs.origins();
    let answer = match origins.find(|origin| origin_hash(origin).to_string() == hash) {
        None => Answer::text(404, "this witness does not watch that log\n".into()),
        Some(origin) => match witness.0.keeper.cosigned(origin).await {
            Ok(Some(note)) => Answer::text(200, note),
            Ok(None) => Answer::text(404, "nothing of that log was cosigned yet\n".into()),
            Err(error) => Answer::failed(&error),
        },
    };
    witness.0.metrics.answered("checkpoint", answer.status);
    answer
}

async fn metrics(State(witness): State<Witness>) -> Response {
    match witness.0.metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, OPENMETRICS)], text).into_response(),
        Err(error) => Answer::failed(&error).into_response(),
    }
}

async fn about(State(witness): State<Witness>) -> Answer {
    let keys = witness.keys();
    let keys = keys.iter().map(|key| format!("witness {key}\n"));
    let logs = witness.0.logs.origins();
    let logs = logs.map(|origin| format!("log {} {origin}\n", origin_hash(origin)));
    Answer::text(200, keys.chain(logs).collect())
}
