//! Draws: SplitMix64 (Steele, Lea, Flood 2014) and the triangular distribution.
//!
//! The seed is a constant of the charter, never derived from the case: a seed from case bytes
//! could be ground for a pleasing result, and would change under renaming.

/// What SplitMix64 adds to its state for each number.
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// The SplitMix64 generator.
pub(crate) struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The generator as it is after `count` numbers.
    pub(crate) fn skip(self, count: u64) -> Self {
        Self {
            state: self.state.wrapping_add(GAMMA.wrapping_mul(count)),
        }
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GAMMA);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1): the upper 53 bits times 2^-53, both exact.
    pub(crate) fn uniform(&mut self) -> f64 {
        const TWO_POW_MINUS_53: f64 = 1.0 / 9_007_199_254_740_992.0;
        (self.next_u64() >> 11) as f64 * TWO_POW_MINUS_53
    }

    /// Triangular on (-1, 0, 1) by the inverse distribution function; one uniform per draw.
    pub(crate) fn triangular(&mut self) -> f64 {
        let u = self.uniform();
        if u < 0.5 {
            libm::sqrt(2.0 * u) - 1.0
        } else {
            1.0 - libm::sqrt(2.0 * (1.0 - u))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SplitMix64;

    #[test]
    fn published_sequence_of_seed_1234567() {
        // Reference outputs of the algorithm's authors' C code (prng.di.unimi.it/splitmix64.c).
        let mut rng = SplitMix64::new(1_234_567);
        let got: Vec<u64> = (0..5).map(|_| rng.next_u64()).collect();
        let want = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(got, want);
    }

    #[test]
    fn skipping_is_drawing() {
        for count in [0, 1, 2, 1_000] {
            let mut drawn = SplitMix64::new(18_590_624);
            for _ in 0..count {
                drawn.next_u64();
            }
            let mut skipped = SplitMix64::new(18_590_624).skip(count);
            assert_eq!(drawn.next_u64(), skipped.next_u64(), "{count}");
        }
    }

    #[test]
    fn triangular_stays_in_range_and_is_centred() {
        let mut rng = SplitMix64::new(1);
        let mut sum = 0.0;
        for _ in 0..100_000 {
            let t = rng.triangular();
            assert!((-1.0..=1.0).contains(&t));
            sum += t;
        }
        assert!((sum / 100_000.0_f64).abs() < 0.005);
    }
}
