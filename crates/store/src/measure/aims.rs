//! What is promised of the log's speed, and whether a run keeps it.

use super::{Audited, Intake, Limits, Receipts, Reopened};

/// Statements taken in each second, in process.
const INTAKE_PER_S: f64 = 20_000.0;
/// Longest wait of 99 in 100 submissions, in seconds.
const INTAKE_P99_S: f64 = 1.0;
/// Share of the strict-verification limit of all cores that intake comes to.
const INTAKE_SHARE: f64 = 0.5;
/// Receipts made each second.
const RECEIPTS_PER_S: f64 = 300_000.0;
/// Time in which a record of a million entries is opened, in seconds; of a smaller one in proportion.
const RECOVERY_S_PER_MILLION: f64 = 2.0;
/// Share of the strict-verification limit of all cores that a full audit comes to.
const AUDIT_SHARE: f64 = 0.8;

/// One promised figure beside the one that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Aim {
    what: String,
    wanted: f64,
    found: f64,
    at_least: bool,
    /// What the same figure is by processor time, where that says more on a shared machine.
    by_processor: Option<f64>,
}

impl Aim {
    /// A figure that should not be below what is wanted.
    pub fn at_least(what: impl Into<String>, wanted: f64, found: f64) -> Self {
        Self {
            what: what.into(),
            wanted,
            found,
            at_least: true,
            by_processor: None,
        }
    }

    /// A figure that should not be above what is wanted.
    pub fn at_most(what: impl Into<String>, wanted: f64, found: f64) -> Self {
        Self {
            at_least: false,
            ..Self::at_least(what, wanted, found)
        }
    }

    /// A share of the verification limit, in percent.
    fn share(what: &str, wanted: f64, (clock, processor): (f64, f64)) -> Self {
        Self {
            by_processor: Some(100.0 * processor),
            ..Self::at_least(what, 100.0 * wanted, 100.0 * clock)
        }
    }

    /// Whether the run keeps it. A figure that is no number keeps nothing.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.holds(self.found)
    }

    fn holds(&self, found: f64) -> bool {
        match self.at_least {
            true => found >= self.wanted,
            false => found <= self.wanted,
        }
    }

    /// Its line: the verdict is by the clock.
    #[must_use]
    pub fn line(&self) -> String {
        let verdict = |met: bool| if met { "met" } else { "not met" };
        let bound = if self.at_least { "at least" } else { "at most" };
        let digits = if self.wanted < 10.0 { 2 } else { 0 };
        let mut line = format!(
            "aim         {:<7} {}: {:.digits$}, {bound} {:.digits$}",
            verdict(self.is_met()),
            self.what,
            self.found,
            self.wanted,
        );
        if let Some(found) = self.by_processor {
            let verdict = verdict(self.holds(found));
            line += &format!("; by processor time {found:.digits$}, {verdict}");
        }
        line
    }
}

impl Limits {
    /// What is promised of submissions in process.
    #[must_use]
    pub fn aims_of_intake(&self, intake: &Intake) -> Vec<Aim> {
        let per_s = intake.statements as f64 / intake.spent.wall_s;
        let share = self.share(intake.statements, intake.spent);
        vec![
            Aim::at_least("statements taken in, a second", INTAKE_PER_S, per_s),
            Aim::at_most("seconds that 99 % of them wait", INTAKE_P99_S, intake.p99_s),
            Aim::share("intake, % of the verification limit", INTAKE_SHARE, share),
        ]
    }

    /// What is promised of a full audit.
    #[must_use]
    pub fn aim_of_audit(&self, audited: &Audited) -> Aim {
        let share = self.share(audited.entries, audited.spent);
        Aim::share("audit, % of the verification limit", AUDIT_SHARE, share)
    }
}

impl Receipts {
    /// What is promised of receipts.
    #[must_use]
    pub fn aim(&self) -> Aim {
        let per_s = self.made as f64 / self.spent.wall_s;
        Aim::at_least("receipts made, a second", RECEIPTS_PER_S, per_s)
    }
}

impl Reopened {
    /// What is promised of opening.
    #[must_use]
    pub fn aim(&self) -> Aim {
        let entries = self.entries as f64 / 1e6;
        let wanted = RECOVERY_S_PER_MILLION * entries;
        let what = format!("seconds to open {} entries", self.entries);
        Aim::at_most(what, wanted, self.spent.wall_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Spent;

    fn limits() -> Limits {
        Limits {
            cores: 2,
            sha256_mb_per_s: 1.0,
            verify_per_s: 40_000.0,
            verify_cpu_us: 50.0,
            syncs_per_s: 1.0,
        }
    }

    fn taken(statements: u64, wall_s: f64, cpu_s: f64, p99_s: f64) -> Vec<Aim> {
        limits().aims_of_intake(&Intake {
            statements,
            spent: Spent { wall_s, cpu_s },
            median_s: 0.1,
            p99_s,
            grown_bytes: 0,
        })
    }

    fn met(aims: &[Aim]) -> Vec<bool> {
        aims.iter().map(Aim::is_met).collect()
    }

    #[test]
    fn each_aim_is_met_at_its_bound_and_not_past_it() {
        assert_eq!(met(&taken(20_000, 1.0, 2.0, 1.0)), [true, true, true]);
        assert_eq!(met(&taken(19_999, 1.0, 2.0, 1.01)), [false, false, false]);
        let audited = |entries| {
            let (wall_s, cpu_s) = (1.0, 2.0);
            let spent = Spent { wall_s, cpu_s };
            limits().aim_of_audit(&Audited { entries, spent }).is_met()
        };
        assert_eq!((audited(32_000), audited(31_999)), (true, false));
        let opened = |wall_s| {
            let spent = Spent { wall_s, cpu_s: 0.0 };
            let (entries, grown_bytes) = (500_000, 0);
            let opened = Reopened {
                entries,
                spent,
                grown_bytes,
            };
            opened.aim().is_met()
        };
        assert_eq!((opened(1.0), opened(1.01)), (true, false));
        assert!(!Aim::at_least("nothing", 1.0, f64::NAN).is_met());
        assert!(!Aim::at_most("nothing", 1.0, f64::NAN).is_met());
    }

    #[test]
    fn a_line_says_whether_it_was_met() {
        let [rate, wait, share] = taken(19_000, 1.0, 1.5, 0.25).try_into().unwrap();
        let beginning = "aim         not met statements taken in, a second: 19000";
        assert_eq!(rate.line(), format!("{beginning}, at least 20000"));
        assert!(wait.line().starts_with("aim         met     seconds"));
        assert!(wait.line().ends_with("0.25, at most 1.00"));
        let end = "48, at least 50; by processor time 63, met";
        assert!(share.line().ends_with(end), "{}", share.line());
    }
}
