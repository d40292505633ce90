//! `exp` and `ln` without branches, for loops over whole tables of hypotheses.
//!
//! Both take the steps of FreeBSD msun `e_exp.c` and `e_log.c` (Sun Microsystems 1993, the source
//! of the `libm` crate) on the ranges stated below, without the special cases outside, so that a
//! compiler can compute several cells at once. `ln` has the very bits of `libm`; `exp` reduces
//! its argument by the nearest multiple of ln 2, and is within one unit in the last place of
//! `libm`. Nothing is fused or reordered: the forms are normative (docs/method.md, "Exact forms").

/// Adding it to a number below 2^51 rounds to the nearest integer; the sum's low bits hold that
/// integer in two's complement.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
const LN2_HI: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN2_LO: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
const INV_LN2: f64 = f64::from_bits(0x3ff7_1547_652b_82fe);

/// e^x for |x| ≤ 700.
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    const P1: f64 = f64::from_bits(0x3fc5_5555_5555_553e);
    const P2: f64 = f64::from_bits(0xbf66_c16c_16be_bd93);
    const P3: f64 = f64::from_bits(0x3f11_566a_af25_de2c);
    const P4: f64 = f64::from_bits(0xbebb_bd41_c5d2_6bf1);
    const P5: f64 = f64::from_bits(0x3e66_3769_72be_a4d0);

    let shifted = x * INV_LN2 + ROUNDER;
    let k = shifted - ROUNDER;
    let hi = x - k * LN2_HI;
    let lo = k * LN2_LO;
    let r = hi - lo;
    let rr = r * r;
    let c = r - rr * (P1 + rr * (P2 + rr * (P3 + rr * (P4 + rr * P5))));
    let y = 1.0 + (r * c / (2.0 - c) - lo + hi);
    y * f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
}

/// ln x for normal positive x, that is from 2^-1022 on.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    const LG1: f64 = f64::from_bits(0x3fe5_5555_5555_5593);
    const LG2: f64 = f64::from_bits(0x3fd9_9999_9997_fa04);
    const LG3: f64 = f64::from_bits(0x3fd2_4924_9422_9359);
    const LG4: f64 = f64::from_bits(0x3fcc_71c5_1d8e_78af);
    const LG5: f64 = f64::from_bits(0x3fc7_4664_96cb_03de);
    const LG6: f64 = f64::from_bits(0x3fc3_9a09_d078_c69f);
    const LG7: f64 = f64::from_bits(0x3fc2_f112_df3e_5244);
    /// High word of about √½, where the reduced range begins.
    const ROOT: u64 = 0x3fe6_a09e << 32;
    /// The integer 2^52 as a number's bits; or-ing a smaller integer in adds it.
    const TWO_52_BITS: u64 = 0x4330_0000_0000_0000;
    const TWO_52: f64 = 4_503_599_627_370_496.0;

    let shifted = x
        .to_bits()
        .wrapping_add((0x3ff0_0000_u64 << 32).wrapping_sub(ROOT));
    let k = f64::from_bits((shifted >> 52) | TWO_52_BITS) - (TWO_52 + 1023.0);
    let reduced = f64::from_bits((shifted & 0x000f_ffff_ffff_ffff).wrapping_add(ROOT));

    let f = reduced - 1.0;
    let hfsq = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let t1 = w * (LG2 + w * (LG4 + w * LG6));
    let t2 = z * (LG1 + w * (LG3 + w * (LG5 + w * LG7)));
    let r = t2 + t1;
    s * (hfsq + r) + k * LN2_LO - hfsq + f + k * LN2_HI
}

#[cfg(test)]
mod tests {
    use super::{exp, ln};
    use crate::random::SplitMix64;

    /// Arguments every test looks at: the reduction's borders and their neighbours.
    fn borders() -> Vec<f64> {
        let mut out = vec![0.0, -0.0, 1.0, 700.0];
        let words = [
            0x3fd6_2e42_u64,
            0x3ff0_a2b2,
            0x3e30_0000,
            0x3ff0_0000,
            0x3fe6_a09e,
        ];
        for word in words {
            for low in [0, 1, 0x8000_0000, 0xffff_fffe, 0xffff_ffff] {
                out.push(f64::from_bits((word << 32) | low));
                out.push(f64::from_bits(((word + 1) << 32) | low));
                out.push(f64::from_bits(((word - 1) << 32) | low));
            }
        }
        for k in 1..1_000 {
            let middle = (f64::from(k) - 0.5) * core::f64::consts::LN_2;
            for step in 0..5_u64 {
                out.push(f64::from_bits(middle.to_bits() - 2 + step));
            }
        }
        out
    }

    #[test]
    fn exp_is_within_one_unit_of_libm() {
        let mut rng = SplitMix64::new(7);
        let random = (0..400_000).map(|i| {
            let width = [700.0, 50.0, 1.0, 1e-3, 1e-8, 1e-12][i % 6];
            (rng.uniform() * 2.0 - 1.0) * width
        });
        let all = borders().into_iter().chain(random);
        for x in all.filter(|x| x.abs() <= 700.0) {
            for x in [x, -x] {
                let apart = exp(x).to_bits().abs_diff(libm::exp(x).to_bits());
                assert!(apart <= 1, "exp({x:e}): {apart}");
            }
        }
        assert_eq!(exp(0.0).to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn ln_has_the_bits_of_libm() {
        let mut rng = SplitMix64::new(8);
        let random = (0..400_000).map(|i| {
            let spread = [1.0, 0.01, 300.0][i % 3];
            libm::exp((rng.uniform() * 2.0 - 1.0) * spread)
        });
        let scales = (-1022..1023).map(|k| libm::scalbn(1.3, k));
        let all = borders().into_iter().chain(random).chain(scales);
        for x in all.filter(|x| *x >= f64::MIN_POSITIVE) {
            assert_eq!(ln(x).to_bits(), libm::log(x).to_bits(), "ln({x:e})");
        }
    }
}
