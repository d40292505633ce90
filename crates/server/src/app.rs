//! What all handlers share.

use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use record::body::charter::Clock;
use record::state::State;
use record::time::Timestamp;
use store::Record;
use store::taxii::Taxii;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

use crate::assets::Assets;
use crate::config::Config;
use crate::datasets::Datasets;
use crate::error::ApiError;
use crate::limits::{
    MAX_DOWNLOADS, MAX_REQUESTS, MAX_TAXII_POSTS, MAX_TRACKED_CLIENTS, MAX_UPLOADS,
    OVERLOAD_RETRY_S, TAXII_PATIENCE,
};
use crate::metrics::Metrics;
use crate::pages::{Cache, KeptFacets};
use crate::rate::{Limiter, Rate};

/// What a demonstration record says on every page and in every answer.
pub const DEMONSTRATION_NOTICE: &str =
    "demonstration, illustrative judgements, no body has decided this";

/// Seconds of a minute: some limits count by the minute.
const SECONDS_OF_MINUTE: u64 = 60;
/// For what is limited elsewhere.
const NO_LIMIT: Rate = Rate::new(u32::MAX, u32::MAX);

/// A running server's parts; cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

struct Parts {
    record: Record,
    config: Config,
    metrics: Metrics,
    datasets: Datasets,
    taxii: OnceCell<Arc<Taxii>>,
    assets: Assets,
    facets: KeptFacets,
    pages: Cache,
    reads: Mutex<Limiter>,
    exchange: Mutex<Limiter>,
    writes: Mutex<Limiter>,
    asks: Mutex<Limiter>,
    help: Mutex<Limiter>,
    told: Mutex<Limiter>,
    decisions: Mutex<Limiter>,
    refusals: Mutex<Limiter>,
    requests: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    downloads: Arc<Semaphore>,
    taxii_posts: Arc<Semaphore>,
    started: Instant,
}

/// What a request costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toll {
    /// Looking.
    Read,
    /// Looking over TAXII.
    Page,
    /// Submitting or uploading.
    Write,
    /// Asking for help: its limits count per minute, and nothing else uses them up.
    Ask,
    /// What whoever asks for help reads: pages, scripts, the desk's recipients, items. Nothing else uses its limits up.
    Help,
    /// Telling something more in a request; likewise.
    Told,
    /// A step, scope or consent of a request that is there; likewise.
    Decision,
    /// Having a refusal logged; counted per minute. The log has a limit for all together.
    Refusal,
}

impl App {
    pub(crate) fn new(record: Record, config: Config) -> Self {
        let limiter = |client, all| Mutex::new(Limiter::new(client, all, MAX_TRACKED_CLIENTS));
        Self(Arc::new(Parts {
            reads: limiter(config.client_reads, config.all_reads),
            exchange: limiter(config.client_pages, config.all_reads),
            writes: limiter(config.client_writes, config.all_writes),
            asks: limiter(config.client_asks, config.all_asks),
            help: limiter(config.client_reads, config.all_reads),
            told: limiter(config.client_writes, config.all_writes),
            decisions: limiter(config.client_decisions, config.all_decisions),
            refusals: limiter(config.client_refusals, NO_LIMIT),
            metrics: Metrics::new(),
            datasets: Datasets::default(),
            taxii: OnceCell::new(),
            assets: Assets::new(&config.modules),
            facets: KeptFacets::default(),
            pages: Cache::default(),
            requests: Arc::new(Semaphore::new(MAX_REQUESTS)),
            uploads: Arc::new(Semaphore::new(MAX_UPLOADS)),
            downloads: Arc::new(Semaphore::new(MAX_DOWNLOADS)),
            taxii_posts: Arc::new(Semaphore::new(MAX_TAXII_POSTS)),
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

    /// What is exchanged over TAXII; opened when it is asked for first.
    pub(crate) async fn taxii(&self) -> Result<&Arc<Taxii>, ApiError> {
        let open = || async { Ok(Arc::new(Taxii::open(self.record().dir()).await?)) };
        self.0.taxii.get_or_try_init(open).await
    }

    /// A place to judge what was posted over TAXII; waits until one is free.
    pub(crate) async fn taxii_place(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        let place = self.0.taxii_posts.clone().acquire_owned();
        let place = tokio::time::timeout(TAXII_PATIENCE, place).await;
        let busy = || ApiError::busy("too many envelopes are being judged", OVERLOAD_RETRY_S);
        place.map_err(|_| busy())?.map_err(|_| busy())
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
            Toll::Page => &self.0.exchange,
            Toll::Write => &self.0.writes,
            Toll::Ask => &self.0.asks,
            Toll::Help => &self.0.help,
            Toll::Told => &self.0.told,
            Toll::Decision => &self.0.decisions,
            Toll::Refusal => &self.0.refusals,
        };
        let now_ms = u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        // A limiter holds no invariant that a panic elsewhere could break.
        let mut limiter = limiter.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(toll, Toll::Ask | Toll::Refusal) {
            return limiter.check(client, now_ms).map_err(ApiError::too_many);
        }
        // A minute is these limiters' second.
        let allowed = limiter.check(client, now_ms / SECONDS_OF_MINUTE);
        let allowed = allowed.map_err(|wait| wait.saturating_mul(SECONDS_OF_MINUTE));
        match toll {
            Toll::Ask => allowed.map_err(ApiError::too_many_asks),
            _ => allowed.map_err(ApiError::too_many_refusals),
        }
    }

    /// The present time, by the charter's clock: what clocks and signatures of readers are held against.
    pub(crate) fn now(&self) -> Timestamp {
        let (clock, governing) = {
            let state = self.record().state();
            let charter = state.global.charter.as_ref();
            (charter.map(|c| c.clock), state.global.time)
        };
        let present = match (clock, self.config().steered_by.as_deref()) {
            (Some(Clock::Injected), Some(file)) => self.steer(file),
            (Some(Clock::Injected), None) => None,
            _ => system_time(),
        };
        // The system's clock may lag behind a tick by a moment; time never goes back.
        present.max(governing).unwrap_or(Timestamp::EPOCH)
    }

    /// Sets the injected clock to what a file says; what is no later time leaves it where it is.
    fn steer(&self, file: &Path) -> Option<Timestamp> {
        let text = std::fs::read_to_string(file).ok()?;
        let time: Timestamp = text.trim().parse().ok()?;
        self.record().set_time(time).ok()?;
        Some(time)
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

fn system_time() -> Option<Timestamp> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Timestamp::from_unix_seconds(i64::try_from(since.as_secs()).ok()?).ok()
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
