//! What docs/pages.md promises of pages, held against what was measured, by the clock.

use super::client::Load;
use crate::problem::Exit;
use crate::ui;

/// Register and findings: pages a second, and seconds within which 99 % come.
const PAGES_A_SECOND: f64 = 3_000.0;
const PAGE_WITHIN_S: f64 = 0.020;
/// The register with so many cases: seconds within which 99 % come.
const CASES: u32 = 100_000;
const REGISTER_WITHIN_S: f64 = 0.050;
/// A static copy of so many cases: seconds it may take.
const COPIED_CASES: usize = 10_000;
const COPY_WITHIN_S: f64 = 60.0;

/// How many promises were missed.
#[derive(Default)]
pub(super) struct Promises {
    missed: u32,
}

impl Promises {
    pub(super) fn of_a_page(&mut self, load: &Load) {
        self.judge(
            &format!("at least {PAGES_A_SECOND} pages/s"),
            load.per_second() >= PAGES_A_SECOND,
        );
        self.within(load, PAGE_WITHIN_S);
    }

    pub(super) fn of_the_register(&mut self, load: &Load, cases: u32) {
        if cases < CASES {
            return ui::line(format!(
                "    not judged: the promise is of {CASES} cases, these are {cases}"
            ));
        }
        self.within(load, REGISTER_WITHIN_S);
    }

    pub(super) fn of_a_copy(&mut self, seconds: f64, cases: usize) {
        if cases < COPIED_CASES {
            return ui::line(format!(
                "    not judged: the promise is of {COPIED_CASES} cases, these are {cases}"
            ));
        }
        self.judge(
            &format!("within {COPY_WITHIN_S} s"),
            seconds < COPY_WITHIN_S,
        );
    }

    fn within(&mut self, load: &Load, seconds: f64) {
        let promise = format!("99 % within {:.0} ms", seconds * 1e3);
        self.judge(&promise, load.within(99) < seconds);
    }

    fn judge(&mut self, promise: &str, met: bool) {
        let word = if met { "met" } else { "MISSED" };
        self.missed += u32::from(!met);
        ui::line(format!("    {word}: {promise}"));
    }

    /// What the command ends with.
    pub(super) fn exit(&self) -> Exit {
        match self.missed {
            0 => Exit::Ok,
            missed => {
                ui::line(format!("{missed} promises were missed"));
                Exit::Failed
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_promise_missed_is_a_failure_and_too_few_cases_are_not_judged() {
        let mut promises = Promises::default();
        promises.of_a_copy(1_000.0, COPIED_CASES - 1);
        assert_eq!(promises.exit(), Exit::Ok);
        promises.of_a_copy(59.9, COPIED_CASES);
        assert_eq!(promises.exit(), Exit::Ok);
        promises.of_a_copy(60.0, COPIED_CASES);
        assert_eq!(promises.exit(), Exit::Failed);
        promises.of_a_copy(1.0, COPIED_CASES);
        assert_eq!(promises.exit(), Exit::Failed);
    }
}
