//! What all handlers share.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use record::state::State;
use store::Record;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::assets::Assets;
use crate::config::Config;
use crate::datasets::Datasets;
use crate::error::ApiError;
use crate::limits::{
    MAX_DOWNLOADS, MAX_REQUESTS, MAX_TRACKED_CLIENTS, MAX_UPLOADS, OVERLOAD_RETRY_S,
};
use crate::metrics::Metrics;
use crate::pages::{Cache, KeptFacets};
use crate::rate::Limiter;

/// What a demonstration record says on every page and in every answer.
pub const DEMONSTRATION_NOTICE: &str =
    "demonstration, illustrative judgements, no body has decided this";

/// A running server's parts; cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

struct Parts {
    record: Record,
    config: Config,
    metrics: Metrics,
    datasets: Datasets,
    assets: Assets,
    facets: KeptFacets,
    pages: Cache,
    reads: Mutex<Limiter>,
    writes: Mutex<Limiter>,
    requests: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    downloads: Arc<Semaphore>,
    started: Instant,
}

/// What a request costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toll {
    /// Looking.
    Read,
    /// Submitting or uploading.
    Write,
}

impl App {
    pub(crate) fn new(record: Record, config: Config) -> Self {
        let limiter = |client, all| Mutex::new(Limiter::new(client, all, MAX_TRACKED_CLIENTS));
        Self(Arc::new(Parts {
            reads: limiter(config.client_reads, config.all_reads),
            writes: limiter(config.client_writes, config.all_writes),
            metrics: Metrics::new(),
            datasets: Datasets::default(),
            assets: Assets::new(&config.modules),
            facets: KeptFacets::default(),
            pages: Cache::default(),
            requests: Arc::new(Semaphore::new(MAX_REQUESTS)),
            uploads: Arc::new(Semaphore::new(MAX_UPLOADS)),
            downloads: Arc::new(Semaphore::new(MAX_DOWNLOADS)),
            started: Instant::now(),
            record,
            config,
        }))
    }

    pub(crate) fn record(&self) -> &Record {
        &self.0.record
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn datasets(&self) -> &Datasets {
        &self.0.datasets
    }

    pub(crate) fn assets(&self) -> &Assets {
        &self.0.assets
    }

    /// Rendered pages.
    pub(crate) fn pages(&self) -> &Cache {
        &self.0.pages
    }

    pub(crate) fn facets(&self) -> &KeptFacets {
        &self.0.facets
    }

    /// Counts a request of a client against its limits.
    pub(crate) fn pay(&self, client: IpAddr, toll: Toll) -> Result<(), ApiError> {
        let limiter = match toll {
            Toll::Read => &self.0.reads,
            Toll::Write => &self.0.writes,
        };
        let now_ms = u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        // A limiter holds no invariant that a panic elsewhere could break.
        let mut limiter = limiter.lock().unwrap_or_else(PoisonError::into_inner);
        limiter.check(client, now_ms).map_err(ApiError::too_many)
    }

    pub(crate) fn request_slot(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        slot(&self.0.requests, "too many requests are being served")
    }

    pub(crate) fn upload_slot(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        slot(&self.0.uploads, "too many exhibits are on their way in")
    }

    pub(crate) fn download_slot(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        slot(&self.0.downloads, "too many files are on their way out")
    }

    /// Runs what reads files or computes on a thread that may block. The work must not read the
    /// log while it holds the state: both take the same lock, and a waiting writer between the
    /// two would stop everything.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Record) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let app = self.clone();
        tokio::task::spawn_blocking(move || work(app.record()))
            .await
            .map_err(ApiError::internal)?
    }
}

fn slot(slots: &Arc<Semaphore>, busy: &'static str) -> Result<OwnedSemaphorePermit, ApiError> {
    let slot = slots.clone().try_acquire_owned();
    slot.map_err(|_| ApiError::busy(busy, OVERLOAD_RETRY_S))
}

/// Whether the record is a demonstration, by its charter.
pub(crate) fn is_demonstration(state: &State) -> bool {
    state
        .global
        .charter
        .as_ref()
        .is_some_and(|c| c.demonstration)
}
