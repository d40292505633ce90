//! Parameters of the evaluation: choices of a charter, not law.

use crate::facts::{PPM, Reading};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Standards of proof a finding may reach (docs/method.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Proof {
    /// Preponderance.
    S1,
    /// Clear and convincing.
    S2,
    /// Fully conclusive.
    S3,
}

/// How much control makes the conduct of others a state's own (ARSIWA art. 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControlTest {
    /// Effective control: ICJ, Nicaragua (1986, para. 115) and Bosnian Genocide (2007, paras. 399-407).
    Effective,
    /// Overall control: ICTY Appeals Chamber, Tadić (1999, paras. 131-137).
    Overall,
}

impl ControlTest {
    /// Name and authority.
    #[must_use]
    pub fn authority(self) -> &'static str {
        match self {
            Self::Effective => "effective control (ICJ, Nicaragua 1986, Bosnia 2007)",
            Self::Overall => "overall control (ICTY, Tadić 1999)",
        }
    }
}

/// Parameters of the evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// From this likelihood a coded fact is met, parts per million.
    pub met_ppm: u32,
    /// Up to this likelihood it is not met, parts per million.
    pub not_met_ppm: u32,
    /// Standard of proof the finding must have reached for the author link.
    pub proof: Proof,
    /// Control test of the author link.
    pub control: ControlTest,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            met_ppm: 800_000,
            not_met_ppm: 200_000,
            proof: Proof::S2,
            control: ControlTest::Effective,
        }
    }
}

/// A policy under which a fact could be met and not met, or likelier false than true and met.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "met from {met_ppm} and not met up to {not_met_ppm} parts per million: met must be more than half and at most one, not met less than half"
)]
pub struct PolicyError {
    /// The one bound.
    pub met_ppm: u32,
    /// The other.
    pub not_met_ppm: u32,
}

impl Policy {
    /// Checks that the bounds leave room for doubt between them.
    ///
    /// # Errors
    /// [`PolicyError`] if they do not.
    pub fn check(self) -> Result<Self, PolicyError> {
        let half = PPM / 2;
        if self.met_ppm > half && self.met_ppm <= PPM && self.not_met_ppm < half {
            Ok(self)
        } else {
            Err(PolicyError {
                met_ppm: self.met_ppm,
                not_met_ppm: self.not_met_ppm,
            })
        }
    }

    /// What a likelihood comes to.
    #[must_use]
    pub fn read(self, likelihood_ppm: u32) -> Reading {
        if likelihood_ppm >= self.met_ppm {
            Reading::Met
        } else if likelihood_ppm <= self.not_met_ppm {
            Reading::NotMet
        } else {
            Reading::Undecided
        }
    }
}
