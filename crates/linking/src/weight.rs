//! How much a shared observable weighs (docs/linking.md, "Weights"): whole thousandths of a bit, so that
//! the same index and the same question give the same answer everywhere.

/// What each further observable of one family keeps of its weight, relative to the one before, in parts per million.
pub const KEPT_PPM: u64 = 800_000;

const PPM: u64 = 1_000_000;

/// How rare an observable is that this many of the earlier cases hold, in thousandths of a bit: log2((earlier + 1) / holding).
///
/// Nothing if no case holds it. With one more earlier case that does not hold it, the weight rises by at most
/// log2((earlier + 2) / (earlier + 1)), the same for every observable; with one more that does, it never rises.
#[must_use]
pub fn weight_mbits(earlier: u32, holding: u32) -> u32 {
    if holding == 0 {
        return 0;
    }
    let ratio = (f64::from(earlier) + 1.0) / f64::from(holding);
    // At most 32 bits, so 32,000; the cast also makes a negative number nothing.
    (libm::log2(ratio) * 1000.0) as u32
}

/// What is left of each rank's weight within a family, in parts per million: 1, 0.8, 0.64, …
const FACTORS: [u64; 64] = {
    let mut factors = [0; 64];
    let (mut rank, mut factor) = (0, PPM);
    while rank < factors.len() {
        factors[rank] = factor;
        factor = factor * KEPT_PPM / PPM;
        rank += 1;
    }
    factors
};

/// What an observable counts for, being the `rank`-th (from 0) rarest of its family that two cases share.
///
/// A family's sum is less than five times its rarest observable.
pub(crate) fn counted_mbits(weight_mbits: u32, rank: u8) -> u32 {
    let factor = FACTORS.get(usize::from(rank)).copied().unwrap_or(0);
    // The factor is at most one, so the product fits again.
    (u64::from(weight_mbits) * factor / PPM) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_the_logarithm_of_rarity() {
        assert_eq!(weight_mbits(1023, 1), 10_000);
        assert_eq!(weight_mbits(1023, 512), 1_000);
        assert_eq!(weight_mbits(1, 1), 1_000);
        assert_eq!(weight_mbits(7, 0), 0);
        // Held by all: next to nothing, whatever the cap.
        assert!(weight_mbits(1_000, 1_000) < 2);
    }

    #[test]
    fn one_more_case_that_holds_it_never_raises_a_weight() {
        for earlier in 1..200 {
            for holding in 1..=earlier {
                let weight = weight_mbits(earlier, holding);
                assert!(weight_mbits(earlier + 1, holding + 1) <= weight);
                let rise = weight_mbits(earlier + 1, holding) - weight;
                let bound = libm::log2(f64::from(earlier + 2) / f64::from(earlier + 1)) * 1000.0;
                assert!(f64::from(rise) <= bound + 1.0, "{earlier} {holding}");
            }
        }
    }

    #[test]
    fn a_family_counts_less_than_five_times_its_rarest() {
        let ranks = 0..=u8::MAX;
        let sum: u64 = ranks
            .map(|rank| u64::from(counted_mbits(20_000, rank)))
            .sum();
        assert_eq!(
            counted_mbits(20_000, u8::MAX),
            0,
            "a rank that stands for all further ones"
        );
        assert!(sum < 5 * 20_000 && sum > 4 * 20_000, "{sum}");
        assert_eq!(counted_mbits(20_000, 0), 20_000);
        assert_eq!(counted_mbits(20_000, 1), 16_000);
    }
}
