//! The weights that ship, where they come from, and how often suggestions were right.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::benchmark::lessons;
use crate::error::FileError;
use crate::file::Benchmark;
use crate::none::NoneModel;
use crate::ranker::ranker;

/// The ranker behind every suggestion.
pub const SHIPPED: &str = "guarded";
/// Lower edges of the bins in which reliability is told.
const EDGES: [f64; 6] = [0.0, 0.1, 0.2, 0.4, 0.6, 0.8];
/// Quantile of the normal distribution for 95 %.
const Z: f64 = 1.959_964;

/// How often suggestions of some probability were right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReliabilityBin {
    /// Least open-world probability.
    pub from: f64,
    /// Open-world probability below which the bin ends; the last holds 1 as well.
    pub to: f64,
    /// First suggestions in the bin.
    pub answers: usize,
    /// How many of them were right.
    pub right: usize,
    /// Interval of the share that was right (Wilson 1927, 95 %), cases taken as independent.
    pub interval: [f64; 2],
}

/// Counts first suggestions (open-world probability, right or not) into bins.
pub(crate) fn reliability(answers: &[(f64, bool)]) -> Vec<ReliabilityBin> {
    let bin = |(at, from): (usize, &f64)| {
        let to = EDGES.get(at + 1).copied().unwrap_or(1.0);
        let last = at + 1 == EDGES.len();
        let inside: Vec<_> = answers
            .iter()
            .filter(|(p, _)| *p >= *from && (*p < to || last))
            .collect();
        let right = inside.iter().filter(|(_, right)| *right).count();
        ReliabilityBin {
            from: *from,
            to,
            answers: inside.len(),
            right,
            interval: wilson(right, inside.len()),
        }
    };
    EDGES.iter().enumerate().map(bin).collect()
}

fn wilson(right: usize, answers: usize) -> [f64; 2] {
    if answers == 0 {
        return [0.0, 1.0];
    }
    let n = answers as f64;
    let p = right as f64 / n;
    let spread = Z * libm::sqrt(p * (1.0 - p) / n + Z * Z / (4.0 * n * n));
    let (middle, scale) = (p + Z * Z / (2.0 * n), 1.0 + Z * Z / n);
    [
        ((middle - spread) / scale).max(0.0),
        ((middle + spread) / scale).min(1.0),
    ]
}

/// What a suggestion needs to be calibrated, and the data it was learned from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// The format of this file.
    pub format: String,
    /// The command that makes it again.
    pub made_by: String,
    /// SHA-256 of the unpacked benchmark file.
    pub data_sha256: String,
    /// The last release in it.
    pub last_release: String,
    /// The ranker.
    pub ranker: String,
    /// Its weights, learned from all temporal cases of the file.
    pub weights: Vec<f64>,
    /// The model of "none of these", learned from all temporal and open-set cases.
    pub none: NoneModel,
    /// Temporal and open-set cases it learned from.
    pub learned_from: [usize; 2],
    /// The release from which on reliability was measured, each release with what was known before it.
    pub measured_from: String,
    /// Temporal and open-set cases it was measured on.
    pub measured_on: [usize; 2],
    /// How often first suggestions were right, by open-world probability.
    pub reliability: Vec<ReliabilityBin>,
}

/// Why a weights file was refused.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// Not such a file.
    #[error("not a file of weights: {0}")]
    Shape(#[from] serde_json::Error),
    /// Of another format or ranker.
    #[error(
        "weights of format `{format}` for `{ranker}` with {count} weights; this version reads `{FORMAT}` for `{SHIPPED}`"
    )]
    Other {
        /// Its format.
        format: String,
        /// Its ranker.
        ranker: String,
        /// How many weights it has.
        count: usize,
    },
}

/// The format of a weights file.
const FORMAT: &str = "solferino-suggest-weights-1";

impl Weights {
    /// Those that ship with the program.
    ///
    /// # Errors
    ///
    /// Never, as a test shows.
    pub fn shipped() -> Result<Self, WeightsError> {
        Self::parse(include_bytes!("../data/weights.json"))
    }

    /// Reads a file of weights.
    ///
    /// # Errors
    ///
    /// [`WeightsError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, WeightsError> {
        let weights: Self = serde_json::from_slice(bytes)?;
        let width = ranker(SHIPPED).map_or(0, |r| r.centre().len());
        if weights.format == FORMAT && weights.ranker == SHIPPED && weights.weights.len() == width {
            return Ok(weights);
        }
        let (format, ranker, count) = (weights.format, weights.ranker, weights.weights.len());
        Err(WeightsError::Other {
            format,
            ranker,
            count,
        })
    }

    /// Learns from a benchmark file: weights from all of it, reliability from answers that knew earlier releases only.
    ///
    /// # Errors
    ///
    /// [`FileError::Release`] if `from` is none of its releases.
    pub fn learn(
        file: &Benchmark,
        data_sha256: String,
        from: Option<&str>,
    ) -> Result<Self, FileError> {
        let lessons = lessons(file, ranker(SHIPPED)?, from)?;
        Ok(Self {
            format: FORMAT.to_owned(),
            made_by: "solferino benchmark attribution FILE --write-weights weights.json".to_owned(),
            data_sha256,
            last_release: lessons.last_release,
            ranker: SHIPPED.to_owned(),
            weights: lessons.weights,
            none: lessons.none,
            learned_from: lessons.learned_from,
            measured_from: lessons.measured_from,
            measured_on: lessons.measured_on,
            reliability: lessons.reliability,
        })
    }

    /// The bin of an open-world probability.
    #[must_use]
    pub fn bin(&self, probability: f64) -> Option<&ReliabilityBin> {
        self.reliability
            .iter()
            .rev()
            .find(|bin| probability >= bin.from)
    }
}
