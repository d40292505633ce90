//! What docs/taxii.md, section 9, promises, beside what was measured.

use crate::problem::Exit;
use crate::ui;

/// Objects taken in a second, at least.
const TAKEN_IN: f64 = 20_000.0;
/// Seconds to page through everything, at most.
const PAGED_WHOLE_S: f64 = 0.3;
/// Milliseconds for one object by its identifier in 99 of 100 cases, at most.
const BY_ID_P99_MS: f64 = 1.0;
/// Milliseconds for a page of 100 in half of the cases, at most.
const PAGE_P50_MS: f64 = 2.0;
/// Pages of 100 a second for 8 clients, at least.
const PAGES: f64 = 2_000.0;
/// Megabytes of the server, at most.
const MEMORY_MB: f64 = 200.0;
/// Milliseconds for the tail of a large collection in 99 of 100 cases, at most.
const TAIL_P99_MS: f64 = 20.0;
/// What a page inside a large collection costs of a page at its beginning, in processor time, at most: what is flat
/// differs by the noise of measuring only.
const FLAT: f64 = 1.5;

/// What was measured, each beside its promise.
#[derive(Debug, Default)]
pub(super) struct Promises(Vec<(String, bool)>);

impl Promises {
    fn at_most(&mut self, what: &str, figure: f64, promised: f64, unit: &str) {
        let line = format!("{what}: {figure:.2} of at most {promised} {unit}");
        self.0.push((line, figure <= promised));
    }

    fn at_least(&mut self, what: &str, figure: f64, promised: f64, unit: &str) {
        let line = format!("{what}: {figure:.0} of at least {promised} {unit}");
        self.0.push((line, figure >= promised));
    }

    pub(super) fn taken_in(&mut self, a_second: f64) {
        self.at_least("taken in", a_second, TAKEN_IN, "objects/s");
    }

    pub(super) fn paged_whole(&mut self, seconds: f64) {
        self.at_most("paged whole", seconds, PAGED_WHOLE_S, "s");
    }

    pub(super) fn by_id(&mut self, p99_ms: f64) {
        self.at_most("by identifier, p99", p99_ms, BY_ID_P99_MS, "ms");
    }

    pub(super) fn page(&mut self, p50_ms: f64) {
        self.at_most("page of 100, p50", p50_ms, PAGE_P50_MS, "ms");
    }

    pub(super) fn pages(&mut self, a_second: f64) {
        self.at_least("pages of 100 for 8 clients", a_second, PAGES, "pages/s");
    }

    pub(super) fn memory(&mut self, most_mb: f64) {
        self.at_most("memory of the server", most_mb, MEMORY_MB, "MB");
    }

    pub(super) fn tail(&mut self, p99_ms: f64) {
        self.at_most("tail of a large collection, p99", p99_ms, TAIL_P99_MS, "ms");
    }

    /// Processor time of a page at the beginning of a large collection, and elsewhere in it.
    pub(super) fn flat(&mut self, beginning_ms: f64, elsewhere_ms: f64) {
        let times = elsewhere_ms / beginning_ms.max(f64::MIN_POSITIVE);
        self.at_most(
            "a page inside of one at the beginning",
            times,
            FLAT,
            "times",
        );
    }

    /// Tells each, and how many were missed.
    pub(super) fn tell(&self) -> Exit {
        for (line, met) in &self.0 {
            ui::line(format!("{:<8} {line}", if *met { "met" } else { "MISSED" }));
        }
        match self.0.iter().filter(|(_, met)| !met).count() {
            0 => Exit::Ok,
            missed => {
                ui::line(format!(
                    "{missed} promises were missed; they are those of a release build on two idle cores"
                ));
                Exit::Failed
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Exit, Promises};

    #[test]
    fn a_promise_is_met_on_its_bound_and_one_missed_is_a_failure() {
        let mut promises = Promises::default();
        promises.tail(20.0);
        promises.pages(2_000.0);
        promises.flat(1.0, 1.5);
        assert_eq!(promises.tell(), Exit::Ok);
        promises.memory(200.1);
        assert_eq!(promises.tell(), Exit::Failed);
    }
}
