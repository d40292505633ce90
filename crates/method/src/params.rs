//! Policy parameters of the charter: every threshold and width the method uses, as integers.
//!
//! They are choices, labelled as such, not law. Units stand in the names: `_ppm` parts per
//! million of a probability, `_unat` millionths of a nat (natural log-odds or log-probability),
//! `_millibits` thousandths of a bit.

use crate::input::PPM;
use serde::{Deserialize, Serialize};

/// Fewest Monte Carlo draws a charter may set.
pub const MIN_DRAWS: u32 = 10_000;
/// Most Monte Carlo draws a charter may set.
pub const MAX_DRAWS: u32 = 1_000_000;
/// Largest seed: every integer up to it survives a JSON number.
pub const MAX_SEED: u64 = 1 << 53;
/// Largest perturbation width, millionths of a nat.
pub const MAX_WIDTH_UNAT: u32 = 10_000_000;
/// Most removal sets the planting search may try.
pub const MAX_PLANTING_SETS: u32 = 20_000;

/// Largest loss, in thousandths of the loss unit.
pub const MAX_LOSS_MILLI: u32 = 1_000_000_000;
/// Fewest resolved questions before a calibration record may count in full.
pub const MIN_CALIBRATION_N: u32 = 30;
/// Most resolved questions a charter may ask for before it counts in full.
pub const MAX_CALIBRATION_N: u32 = 10_000;

/// The gates of one standard of proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// P(state): above it for S1, at least it for S2 and S3.
    pub p_ppm: u32,
    /// 5 % bound of P(state), compared as `p_ppm`.
    pub bound_ppm: u32,
    /// Least P(state) with any one strand removed; 0 means no such gate.
    pub worst_ppm: u32,
    /// Fewest supporting strands.
    pub strands: u32,
    /// Largest framed mass of the state; one million means no such gate.
    pub framed_max_ppm: u32,
    /// Least P(state) any single reviewer may hold.
    pub reviewer_low_ppm: u32,
}

/// What one level of analytic confidence asks for; all must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfidenceThresholds {
    /// Fewest supporting strands.
    pub strands: u32,
    /// Least P(state) with any one strand removed.
    pub worst_ppm: u32,
    /// Widest 5-95 % interval of P(state).
    pub width_ppm: u32,
    /// Least share of the weight that comes from re-checkable items.
    pub recheckable_ppm: u32,
    /// Most disagreement of the reviewers (Jensen-Shannon divergence).
    pub jsd_millibits: u32,
    /// Fewest opened reviews.
    pub reviews: u32,
}

/// All policy parameters of the method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Monte Carlo draws.
    pub draws: u32,
    /// Seed of SplitMix64; at most 2^53.
    pub seed: u64,
    /// Half-width of the log-odds of r where the item states no range of its own.
    pub r_width_unat: u32,
    /// Half-width of the log-odds of c.
    pub c_width_unat: u32,
    /// Half-width of ρ, which is then clamped to [0, 1].
    pub rho_width_ppm: u32,
    /// Half-width of the log-odds of δ.
    pub delta_width_unat: u32,
    /// Half-width of the logarithm of each prior.
    pub prior_width_unat: u32,
    /// A strand supports a state if its removal divides the state's odds by at least this,
    /// in thousandths (2,000: halves them).
    pub support_divisor_milli: u32,
    /// S1, preponderance.
    pub s1: Thresholds,
    /// S2, clear and convincing.
    pub s2: Thresholds,
    /// S3, fully conclusive.
    pub s3: Thresholds,
    /// S2 and S3 must also hold on re-checkable items alone.
    pub recheck_rule: bool,
    /// Least c of any strand; a smaller one is raised to it.
    pub c_min_ppm: u32,
    /// Least c of a strand that holds an item nobody outside can re-check.
    pub unshared_c_min_ppm: u32,
    /// Least c of the strand a machine made.
    pub machine_c_min_ppm: u32,
    /// Fewest reviews before the gates on reviewers are judged at all.
    pub min_reviews: u32,
    /// Floor ε under each reviewer's probability in the log pool: no veto by zero.
    pub pool_floor_ppm: u32,
    /// Items at least this easily planted count as plantable.
    pub plantable_phi_ppm: u32,
    /// Most removal sets the planting search tries.
    pub planting_max_sets: u32,
    /// Most millions of cell products (strands² × joint hypotheses per set) of that search.
    pub planting_max_mega_products: u32,
    /// Loss K of naming a state that did not do it, thousandths of the loss unit.
    pub loss_false_milli: u32,
    /// Loss of staying silent; naming the right state loses nothing.
    pub loss_silence_milli: u32,
    /// Resolved questions after which a reviewer's calibration record counts in full.
    pub calibration_full_n: u32,
    /// What moderate confidence asks for.
    pub moderate: ConfidenceThresholds,
    /// What high confidence asks for.
    pub high: ConfidenceThresholds,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            draws: MIN_DRAWS,
            // 24 June 1859, the battle the name remembers
            seed: 18_590_624,
            r_width_unat: 1_000_000,
            c_width_unat: 1_000_000,
            rho_width_ppm: 250_000,
            delta_width_unat: 1_500_000,
            prior_width_unat: 1_224_700,
            support_divisor_milli: 2_000,
            s1: thresholds(500_000, 500_000, 0, 2, PPM, 200_000),
            s2: thresholds(800_000, 700_000, 550_000, 3, PPM, 550_000),
            s3: thresholds(950_000, 900_000, 800_000, 4, 30_000, 800_000),
            recheck_rule: true,
            c_min_ppm: 10_000,
            unshared_c_min_ppm: 80_000,
            machine_c_min_ppm: 300_000,
            min_reviews: 2,
            pool_floor_ppm: 100,
            plantable_phi_ppm: 500_000,
            planting_max_sets: 10_000,
            planting_max_mega_products: 200,
            loss_false_milli: 20_000,
            loss_silence_milli: 1_000,
            calibration_full_n: MIN_CALIBRATION_N,
            moderate: ConfidenceThresholds {
                strands: 2,
                worst_ppm: 500_000,
                width_ppm: 400_000,
                recheckable_ppm: 250_000,
                jsd_millibits: 300,
                reviews: 0,
            },
            high: ConfidenceThresholds {
                strands: 3,
                worst_ppm: 800_000,
                width_ppm: 150_000,
                recheckable_ppm: 500_000,
                jsd_millibits: 100,
                reviews: 2,
            },
        }
    }
}

fn thresholds(
    p_ppm: u32,
    bound_ppm: u32,
    worst_ppm: u32,
    strands: u32,
    framed_max_ppm: u32,
    reviewer_low_ppm: u32,
) -> Thresholds {
    Thresholds {
        p_ppm,
        bound_ppm,
        worst_ppm,
        strands,
        framed_max_ppm,
        reviewer_low_ppm,
    }
}

/// Why a set of parameters is not usable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParamsError {
    /// A value outside its range.
    #[error("parameter {name} is {value}, outside {min} to {max}")]
    OutOfRange {
        /// The field.
        name: &'static str,
        /// What was given.
        value: u64,
        /// Least allowed.
        min: u64,
        /// Most allowed.
        max: u64,
    },
    /// A higher standard or confidence asks for less than the one below it.
    #[error("parameter {name}: the {higher} level asks for less than the {lower} one")]
    NotOrdered {
        /// The field.
        name: &'static str,
        /// The lower level.
        lower: &'static str,
        /// The higher level.
        higher: &'static str,
    },
}

impl Params {
    /// Checks ranges, and that each standard asks for at least what the one below it asks.
    ///
    /// # Errors
    /// The first parameter that breaks a rule, with its value.
    pub fn validate(&self) -> Result<(), ParamsError> {
        in_range(
            "draws",
            self.draws.into(),
            MIN_DRAWS.into(),
            MAX_DRAWS.into(),
        )?;
        in_range("seed", self.seed, 0, MAX_SEED)?;
        let (width, ppm) = (u64::from(MAX_WIDTH_UNAT), u64::from(PPM));
        in_range("r_width_unat", self.r_width_unat.into(), 0, width)?;
        in_range("c_width_unat", self.c_width_unat.into(), 0, width)?;
        in_range("rho_width_ppm", self.rho_width_ppm.into(), 0, ppm)?;
        in_range("delta_width_unat", self.delta_width_unat.into(), 0, width)?;
        in_range("prior_width_unat", self.prior_width_unat.into(), 0, width)?;
        in_range(
            "support_divisor_milli",
            self.support_divisor_milli.into(),
            1_001,
            1_000_000,
        )?;
        in_range("c_min_ppm", self.c_min_ppm.into(), 1, ppm)?;
        in_range(
            "unshared_c_min_ppm",
            self.unshared_c_min_ppm.into(),
            self.c_min_ppm.into(),
            ppm,
        )?;
        in_range(
            "machine_c_min_ppm",
            self.machine_c_min_ppm.into(),
            self.c_min_ppm.into(),
            ppm,
        )?;
        in_range("min_reviews", self.min_reviews.into(), 1, 1_000)?;
        in_range("pool_floor_ppm", self.pool_floor_ppm.into(), 1, 10_000)?;
        in_range("plantable_phi_ppm", self.plantable_phi_ppm.into(), 0, ppm)?;
        in_range(
            "planting_max_sets",
            self.planting_max_sets.into(),
            1,
            MAX_PLANTING_SETS.into(),
        )?;
        in_range(
            "planting_max_mega_products",
            self.planting_max_mega_products.into(),
            1,
            100_000,
        )?;
        self.validate_losses()?;
        for (name, gates) in [("s1", &self.s1), ("s2", &self.s2), ("s3", &self.s3)] {
            gates.validate(name)?;
        }
        self.s2.at_least(&self.s1, "s1", "s2")?;
        self.s3.at_least(&self.s2, "s2", "s3")?;
        self.moderate.validate("moderate")?;
        self.high.validate("high")?;
        self.high.at_least(&self.moderate)
    }

    fn validate_losses(&self) -> Result<(), ParamsError> {
        let (silence, most) = (self.loss_silence_milli.into(), MAX_LOSS_MILLI.into());
        in_range("loss_silence_milli", silence, 1, most)?;
        // a false name is never cheaper than silence
        let wrong = self.loss_false_milli.into();
        in_range("loss_false_milli", wrong, silence, most)?;
        in_range(
            "calibration_full_n",
            self.calibration_full_n.into(),
            MIN_CALIBRATION_N.into(),
            MAX_CALIBRATION_N.into(),
        )
    }
}

impl Thresholds {
    fn validate(&self, name: &'static str) -> Result<(), ParamsError> {
        let ppm = u64::from(PPM);
        // below one half a "preponderance" would be none
        in_range(name, self.p_ppm.into(), 500_000, ppm)?;
        in_range(name, self.bound_ppm.into(), 0, self.p_ppm.into())?;
        in_range(name, self.worst_ppm.into(), 0, self.p_ppm.into())?;
        in_range(name, self.strands.into(), 1, 200)?;
        in_range(name, self.framed_max_ppm.into(), 0, ppm)?;
        in_range(name, self.reviewer_low_ppm.into(), 0, ppm)
    }

    fn at_least(
        &self,
        below: &Self,
        lower: &'static str,
        higher: &'static str,
    ) -> Result<(), ParamsError> {
        let rows = [
            ("p_ppm", below.p_ppm <= self.p_ppm),
            ("bound_ppm", below.bound_ppm <= self.bound_ppm),
            ("worst_ppm", below.worst_ppm <= self.worst_ppm),
            ("strands", below.strands <= self.strands),
            (
                "framed_max_ppm",
                self.framed_max_ppm <= below.framed_max_ppm,
            ),
            (
                "reviewer_low_ppm",
                below.reviewer_low_ppm <= self.reviewer_low_ppm,
            ),
        ];
        ordered(&rows, lower, higher)
    }
}

impl ConfidenceThresholds {
    fn validate(&self, name: &'static str) -> Result<(), ParamsError> {
        for value in [self.worst_ppm, self.width_ppm, self.recheckable_ppm] {
            in_range(name, value.into(), 0, PPM.into())?;
        }
        in_range(name, self.strands.into(), 0, 200)?;
        in_range(name, self.jsd_millibits.into(), 0, 10_000)?;
        in_range(name, self.reviews.into(), 0, 1_000)
    }

    fn at_least(&self, below: &Self) -> Result<(), ParamsError> {
        let rows = [
            ("strands", below.strands <= self.strands),
            ("worst_ppm", below.worst_ppm <= self.worst_ppm),
            ("width_ppm", self.width_ppm <= below.width_ppm),
            (
                "recheckable_ppm",
                below.recheckable_ppm <= self.recheckable_ppm,
            ),
            ("jsd_millibits", self.jsd_millibits <= below.jsd_millibits),
            ("reviews", below.reviews <= self.reviews),
        ];
        ordered(&rows, "moderate", "high")
    }
}

fn ordered(
    rows: &[(&'static str, bool)],
    lower: &'static str,
    higher: &'static str,
) -> Result<(), ParamsError> {
    match rows.iter().find(|(_, holds)| !holds) {
        Some((name, _)) => Err(ParamsError::NotOrdered {
            name,
            lower,
            higher,
        }),
        None => Ok(()),
    }
}

fn in_range(name: &'static str, value: u64, min: u64, max: u64) -> Result<(), ParamsError> {
    if (min..=max).contains(&value) {
        Ok(())
    } else {
        Err(ParamsError::OutOfRange {
            name,
            value,
            min,
            max,
        })
    }
}
