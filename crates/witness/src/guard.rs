//! How often one client, and all together, may ask of a witness, a mirror or a relay.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use server::rate::{Limiter, Rate};

/// Clients whose spending is kept apart.
pub const MAX_TRACKED_CLIENTS: usize = 10_000;

/// A client asks too often; seconds until it may ask again.
pub(crate) struct TooMany(u64);

impl IntoResponse for TooMany {
    fn into_response(self) -> Response {
        let retry = [(RETRY_AFTER, self.0.to_string())];
        let text = "too many requests; wait as Retry-After says\n";
        (StatusCode::TOO_MANY_REQUESTS, retry, text).into_response()
    }
}

/// A limiter with a clock of its own, and how it learns whom it counts.
pub(crate) struct Guard {
    limiter: Mutex<Limiter>,
    started: Instant,
    behind_proxy: bool,
}

impl Guard {
    /// Limits for one client and for all. Behind a proxy, the client is whom the proxy names.
    pub(crate) fn new(client: Rate, all: Rate, behind_proxy: bool) -> Self {
        Self {
            limiter: Mutex::new(Limiter::new(client, all, MAX_TRACKED_CLIENTS)),
            started: Instant::now(),
            behind_proxy,
        }
    }

    /// Counts a request; gives whom it was counted against. The address is used for that alone: never logged,
    /// never stored.
    pub(crate) fn admit(&self, request: &Request) -> Result<IpAddr, TooMany> {
        let client = server::client::address(request, self.behind_proxy);
        let now_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        // A limiter holds no invariant that a panic elsewhere could break.
        let limiter = self.limiter.lock();
        let mut limiter = limiter.unwrap_or_else(PoisonError::into_inner);
        limiter.check(client, now_ms).map_err(TooMany)?;
        Ok(client)
    }
}
