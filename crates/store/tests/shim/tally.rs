//! What many runs came to.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::AddAssign;

use super::disk::Fault;
use super::run::Outcome;
use super::stage::Stage;

/// Every run in it held: one that does not ends the test.
#[derive(Default)]
pub(super) struct Tally {
    runs: u64,
    acknowledged: usize,
    checkpoints: usize,
    met: BTreeMap<Stage, BTreeMap<Fault, u64>>,
}

impl Tally {
    pub(super) fn add(&mut self, outcome: Outcome) {
        self.runs += 1;
        self.acknowledged += outcome.acknowledged;
        self.checkpoints += outcome.checkpoints;
        for (fault, stage) in outcome.met {
            *self.met.entry(stage).or_default().entry(fault).or_default() += 1;
        }
    }

    pub(super) fn in_a_line(&self) -> String {
        format!(
            "{} runs, {} acknowledged statements looked up and none lost, {} checkpoints and no two disagree",
            self.runs, self.acknowledged, self.checkpoints
        )
    }

    /// Every fault was met, at every stage some, and something was acknowledged before them.
    pub(super) fn must_show_something(&self) {
        use Fault::{
            Failed, FailedButPersisted, FlippedInReading, FlippedInWriting, Full, Killed, PowerCut,
            ReadError,
        };
        use Stage::{Judged, Opening, Published, Signed, Staged};
        for fault in [
            PowerCut,
            Killed,
            Failed,
            FailedButPersisted,
            Full,
            ReadError,
            FlippedInWriting,
            FlippedInReading,
        ] {
            let met = self.met.values().any(|met| met.contains_key(&fault));
            assert!(met, "{fault:?} was never met: {self}");
        }
        for stage in [Opening, Judged, Staged, Signed, Published] {
            let met = self.met.contains_key(&stage);
            assert!(met, "no fault struck {stage}: {self}");
        }
        assert!(
            self.acknowledged > 0,
            "no statement was acknowledged: nothing is shown"
        );
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.runs += other.runs;
        self.acknowledged += other.acknowledged;
        self.checkpoints += other.checkpoints;
        for (stage, met) in other.met {
            let ours = self.met.entry(stage).or_default();
            for (fault, times) in met {
                *ours.entry(fault).or_default() += times;
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_a_line())?;
        for (stage, met) in &self.met {
            let times: u64 = met.values().sum();
            write!(f, "\n  {times} faults {stage}: {met:?}")?;
        }
        Ok(())
    }
}
