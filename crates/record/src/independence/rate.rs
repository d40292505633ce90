//! Shares with their intervals, and quartiles of whole numbers.

use std::fmt;

use serde::Serialize;

/// Two-sided 95 % of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;
/// Parts per million of one.
const PPM: f64 = 1e6;

/// A share with its 95 % interval by Wilson's score (E. B. Wilson, Probable inference, the law of
/// succession, and statistical inference, JASA 22 (158), 1927), the cases taken as independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// How many count.
    pub count: u64,
    /// Out of how many.
    pub of: u64,
    /// The share, parts per million; absent out of none.
    pub ppm: Option<u32>,
    /// Its interval, parts per million; out of none everything is possible.
    pub interval_ppm: [u32; 2],
}

impl Rate {
    /// `count` out of `of`; a count above is held at it.
    #[must_use]
    pub fn of(count: u64, of: u64) -> Self {
        let count = count.min(of);
        if of == 0 {
            return Self {
                count,
                of,
                ppm: None,
                interval_ppm: [0, PPM as u32],
            };
        }
        let (n, p) = (of as f64, count as f64 / of as f64);
        // Each of these operations is exactly rounded in IEEE 754: the same bits everywhere.
        let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let (middle, scale) = (p + Z * Z / (2.0 * n), 1.0 + Z * Z / n);
        let ppm = |x: f64| (x.clamp(0.0, 1.0) * PPM).round() as u32;
        let (low, high) = ((middle - spread) / scale, (middle + spread) / scale);
        Self {
            count,
            of,
            ppm: Some(ppm(p)),
            interval_ppm: [
                if count == 0 { 0 } else { ppm(low) },
                if count == of { PPM as u32 } else { ppm(high) },
            ],
        }
    }
}

impl fmt::Display for Rate {
    /// `3 of 5, 60.0 % (23.1 to 88.2)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |ppm: u32| f64::from(ppm) / 10_000.0;
        write!(f, "{} of {}", self.count, self.of)?;
        let Some(ppm) = self.ppm else { return Ok(()) };
        let [low, high] = self.interval_ppm.map(percent);
        write!(f, ", {:.1} % ({low:.1} to {high:.1})", percent(ppm))
    }
}

impl fmt::Display for Quartiles {
    /// `12 (8 to 20)`: median, first and third quartile.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} to {})", self.median, self.q1, self.q3)
    }
}

/// Quartiles by nearest rank: of n sorted values, those at ranks ⌈n/4⌉, ⌈n/2⌉ and ⌈3n/4⌉.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quartiles {
    /// How many values.
    pub n: u64,
    /// A quarter is at most this.
    pub q1: u64,
    /// Half is at most this.
    pub median: u64,
    /// Three quarters are at most this.
    pub q3: u64,
}

impl Quartiles {
    /// Of values in any order; none of none.
    #[must_use]
    pub fn of(mut values: Vec<u64>) -> Option<Self> {
        values.sort_unstable();
        let n = values.len();
        let at = |quarters: usize| {
            values
                .get((quarters * n).div_ceil(4).checked_sub(1)?)
                .copied()
        };
        Some(Self {
            n: u64::try_from(n).unwrap_or(u64::MAX),
            q1: at(1)?,
            median: at(2)?,
            q3: at(3)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_as_published() {
        // Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29
        for (count, of, low, high) in [
            (81, 263, 2553, 3662),
            (15, 148, 624, 1605),
            (0, 20, 0, 1611),
            (1, 29, 61, 1718),
        ] {
            let rate = Rate::of(count, of);
            let rounded = rate.interval_ppm.map(|ppm| (ppm + 50) / 100);
            assert_eq!(rounded, [low, high], "{count}/{of}");
        }
        assert_eq!(Rate::of(20, 20).interval_ppm[1], 1_000_000);
        assert_eq!(Rate::of(3, 5).to_string(), "3 of 5, 60.0 % (23.1 to 88.2)");
        let none = Rate::of(0, 0);
        assert_eq!(none.to_string(), "0 of 0");
        assert_eq!((none.ppm, none.interval_ppm), (None, [0, 1_000_000]));
    }

    #[test]
    fn nearest_rank() {
        assert_eq!(Quartiles::of(vec![]), None);
        let of = |v: &[u64]| Quartiles::of(v.to_vec()).map(|q| [q.q1, q.median, q.q3]);
        assert_eq!(of(&[7]), Some([7, 7, 7]));
        assert_eq!(of(&[9, 3]), Some([3, 3, 9]));
        assert_eq!(of(&[4, 1, 3, 2]), Some([1, 2, 3]));
        assert_eq!(of(&[5, 4, 3, 2, 1]), Some([2, 3, 4]));
    }
}
