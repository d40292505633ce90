//! How the following of a log goes: what is wrong, since when, and what ends it.

use std::sync::atomic::AtomicU64;
use std::sync::{OnceLock, PoisonError, RwLock};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use record::time::Timestamp;
use record::trust::with_sources;

use super::MirrorError;

/// How much of a problem is shown, in characters: a log's answer may be part of it.
const MAX_PROBLEM_CHARS: usize = 400;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Round {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Upload {
    call: &'static str,
    status: u16,
}

/// Why the last round came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// [`MirrorError::code`].
    pub code: &'static str,
    /// What is wrong, in one line.
    pub problem: String,
    /// What ends it.
    pub ends: &'static str,
    /// Since when, by this machine's clock.
    pub since: Option<Timestamp>,
}

/// What a mirror says of itself, to whoever reads its log, its metrics or its first page.
pub(crate) struct Status {
    trouble: RwLock<Option<Trouble>>,
    /// Why nothing is cosigned any more.
    ended: OnceLock<String>,
    registry: Registry,
    rounds: Family<Round, Counter>,
    uploads: Family<Upload, Counter>,
    following: Gauge<u64, AtomicU64>,
    cosigning: Gauge<u64, AtomicU64>,
    size: Gauge<u64, AtomicU64>,
}

impl Default for Status {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("solferino_mirror");
        let rounds = Family::<Round, Counter>::default();
        let uploads = Family::<Upload, Counter>::default();
        let (following, cosigning, size) = (Gauge::default(), Gauge::default(), Gauge::default());
        registry.register("rounds", "Looks at the log, by outcome", rounds.clone());
        registry.register("uploads", "Uploads answered", uploads.clone());
        let text = "1 if the last look at the log held";
        registry.register("following", text, following.clone());
        let text = "0 once the log has signed what no log may";
        registry.register("cosigning", text, cosigning.clone());
        let text = "Entries mirrored and cosigned";
        registry.register("log_size_entries", text, size.clone());
        cosigning.set(1);
        Self {
            trouble: RwLock::default(),
            ended: OnceLock::new(),
            registry,
            rounds,
            uploads,
            following,
            cosigning,
            size,
        }
    }
}

impl Status {
    /// Why the last round came to nothing, if it did.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        let trouble = self.trouble.read();
        trouble.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why nothing is cosigned any more, if so.
    pub(crate) fn ended(&self) -> Option<&str> {
        self.ended.get().map(String::as_str)
    }

    /// Nothing is cosigned any more; the first reason stays.
    pub(super) fn end(&self, why: &MirrorError) {
        let problem = one_line(why);
        if self.ended.set(problem.clone()).is_ok() {
            self.cosigning.set(0);
            let ends = why.ends();
            tracing::error!(problem, ends, "nothing of this log is cosigned any more");
        }
    }

    /// Notes how a round ended, and says in the log what changed.
    pub(super) fn round(&self, error: Option<&MirrorError>) {
        let outcome = error.map_or("held", MirrorError::code);
        self.rounds.get_or_create(&Round { outcome }).inc();
        self.following.set(u64::from(error.is_none()));
        let mut trouble = self.trouble.write().unwrap_or_else(PoisonError::into_inner);
        let Some(error) = error else {
            if trouble.take().is_some() {
                tracing::info!("the log is followed again");
            }
            return;
        };
        let (problem, ends) = (one_line(error), error.ends());
        let earlier = trouble.as_ref().filter(|known| known.code == outcome);
        if earlier.is_none_or(|known| known.problem != problem) {
            tracing::warn!(code = outcome, problem, ends, "the log is not followed");
        }
        let since = earlier.map_or_else(|| store::intake::now().ok(), |known| known.since);
        *trouble = Some(Trouble {
            code: outcome,
            problem,
            ends,
            since,
        });
    }

    pub(super) fn grown(&self, size: u64) {
        self.size.set(size);
    }

    pub(super) fn answered(&self, call: &'static str, status: u16) {
        self.uploads.get_or_create(&Upload { call, status }).inc();
    }

    /// Lines of the mirror's first page.
    pub(super) fn lines(&self) -> String {
        let mut lines = String::new();
        match self.trouble() {
            None => lines.push_str("following yes\n"),
            Some(trouble) => {
                let since = trouble.since.map(|since| format!(" since {since}"));
                let since = since.unwrap_or_default();
                lines.push_str(&format!("following no{since}: {}\n", trouble.code));
                lines.push_str(&format!("problem {}\n", trouble.problem));
                lines.push_str(&format!("ends {}\n", trouble.ends));
            }
        }
        match self.ended() {
            None => lines.push_str("cosigning yes\n"),
            Some(why) => lines.push_str(&format!("cosigning no: {why}\n")),
        }
        lines
    }

    /// The metrics as OpenMetrics text.
    pub(super) fn metrics(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// An error in one line that ends.
fn one_line(error: &MirrorError) -> String {
    let text = with_sources(error);
    let shown = text.chars().take(MAX_PROBLEM_CHARS);
    shown
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
