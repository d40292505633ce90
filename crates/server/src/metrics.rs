//! What the operator can watch: counts by route template, never by person.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::paging::Told;
use crate::taxii::Unpublished;

/// Upper ends of the buckets of request durations, in seconds.
const DURATION_BUCKETS_S: [f64; 9] = [0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 5.0, 30.0, 300.0];

/// Labels of a request; all three are bounded sets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RequestLabels {
    /// Method, or `other`.
    pub(crate) method: &'static str,
    /// Route template, or `none`.
    pub(crate) route: String,
    /// `2xx` to `5xx`.
    pub(crate) status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabel {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabel {
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PageLabel {
    /// `told`, `failed`, `listed`.
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct UnpublishedLabel {
    /// `finding`, `object`, `collection`.
    what: &'static str,
}

/// All metrics of a server.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabel, Histogram>,
    refusals: Family<CodeLabel, Counter>,
    submissions: Counter,
    repeated: Counter,
    received: Counter,
    quorum_missing: Gauge<u64, AtomicU64>,
    log_size: Gauge<u64, AtomicU64>,
    pages: Family<PageLabel, Counter>,
    on_call: Gauge<u64, AtomicU64>,
    unpublished: Family<UnpublishedLabel, Counter>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("solferino");
        let requests = Family::<RequestLabels, Counter>::default();
        let seconds = Family::<RouteLabel, Histogram>::new_with_constructor(|| {
            Histogram::new(DURATION_BUCKETS_S)
        });
        let refusals = Family::<CodeLabel, Counter>::default();
        let (submissions, repeated) = (Counter::default(), Counter::default());
        let received = Counter::default();
        let quorum_missing = Gauge::<u64, AtomicU64>::default();
        let log_size = Gauge::<u64, AtomicU64>::default();
        let pages = Family::<PageLabel, Counter>::default();
        let on_call = Gauge::<u64, AtomicU64>::default();
        let unpublished = Family::<UnpublishedLabel, Counter>::default();
        for what in Unpublished::ALL {
            // Each stands at 0 from the beginning, so that the first failure is seen as one.
            drop(unpublished.get_or_create(&UnpublishedLabel { what: what.text() }));
        }
        registry.register(
            "taxii_publication_failures",
            "Findings, objects and collections that were not published over TAXII",
            unpublished.clone(),
        );
        registry.register(
            "aid_pages",
            "Alarms for who is on call, by what became of them",
            pages.clone(),
        );
        registry.register(
            "aid_on_call",
            "1 while the desk has a rota that can be read",
            on_call.clone(),
        );
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time to the head of the answer",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register("refusals", "Answers that say no, by code", refusals.clone());
        registry.register("submissions", "Statements recorded", submissions.clone());
        registry.register("resubmissions", "Same bytes again", repeated.clone());
        registry.register("intakes", "Intake receipts given", received.clone());
        registry.register(
            "witness_quorum_missing",
            "1 while a signed batch waits for the witnesses",
            quorum_missing.clone(),
        );
        registry.register(
            "log_size_entries",
            "Entries in the published log",
            log_size.clone(),
        );
        Self {
            registry,
            requests,
            seconds,
            refusals,
            submissions,
            repeated,
            received,
            quorum_missing,
            log_size,
            pages,
            on_call,
            unpublished,
        }
    }

    /// Something of the record could not be published over TAXII.
    pub(crate) fn not_published(&self, what: Unpublished) {
        let what = what.text();
        self.unpublished
            .get_or_create(&UnpublishedLabel { what })
            .inc();
    }

    /// A look whom to page; `None` where nobody could be found.
    pub(crate) fn paged(&self, told: Option<Told>) {
        self.on_call.set(u64::from(told.is_some()));
        let Told {
            told,
            failed,
            listed,
        } = told.unwrap_or_default();
        for (outcome, count) in [("told", told), ("failed", failed), ("listed", listed)] {
            self.pages
                .get_or_create(&PageLabel { outcome })
                .inc_by(count);
        }
    }

    pub(crate) fn answered(&self, labels: RequestLabels, seconds: f64, code: Option<&'static str>) {
        let route = labels.route.clone();
        self.seconds
            .get_or_create(&RouteLabel { route })
            .observe(seconds);
        self.requests.get_or_create(&labels).inc();
        if let Some(code) = code {
            self.refusals.get_or_create(&CodeLabel { code }).inc();
        }
    }

    pub(crate) fn submitted(&self, fresh: bool) {
        let counter = if fresh {
            &self.submissions
        } else {
            &self.repeated
        };
        counter.inc();
    }

    pub(crate) fn received(&self) {
        self.received.inc();
    }

    /// The metrics as OpenMetrics text.
    pub(crate) fn text(
        &self,
        log_size: u64,
        quorum_missing: bool,
    ) -> Result<String, std::fmt::Error> {
        self.log_size.set(log_size);
        self.quorum_missing.set(u64::from(quorum_missing));
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
