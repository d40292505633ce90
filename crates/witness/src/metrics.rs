//! What the operator of a witness can watch: counts by status and by log, never by client.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    call: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Log {
    origin: String,
}

/// All metrics of a witness.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    answers: Family<Answer, Counter>,
    sizes: Family<Log, Gauge<u64, AtomicU64>>,
    evidence: Counter,
    unkept: Counter,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("solferino_witness");
        let answers = Family::<Answer, Counter>::default();
        let sizes = Family::<Log, Gauge<u64, AtomicU64>>::default();
        let (evidence, unkept) = (Counter::default(), Counter::default());
        registry.register("answers", "Requests answered", answers.clone());
        registry.register(
            "log_size_entries",
            "Size cosigned last since the start",
            sizes.clone(),
        );
        registry.register(
            "contradictions",
            "Signed requests that contradict and were kept",
            evidence.clone(),
        );
        registry.register(
            "contradictions_not_kept",
            "Contradictions that could not be kept: too many, or a failing disk",
            unkept.clone(),
        );
        Self {
            registry,
            answers,
            sizes,
            evidence,
            unkept,
        }
    }

    pub(crate) fn answered(&self, call: &'static str, status: u16) {
        self.answers.get_or_create(&Answer { call, status }).inc();
    }

    /// Only logs of the witness's list come here, so the labels are bounded.
    pub(crate) fn cosigned(&self, origin: &str, size: u64) {
        let origin = origin.to_owned();
        self.sizes.get_or_create(&Log { origin }).set(size);
    }

    pub(crate) fn contradiction(&self, kept: bool) {
        let counter = if kept { &self.evidence } else { &self.unkept };
        counter.inc();
    }

    /// The metrics as OpenMetrics text.
    pub(crate) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
