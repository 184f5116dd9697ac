//! Exponentials. `x = k ln 2 + r`, `|r| <= ln 2 / 2`; `exp r = 1 + r + r^2 Q(r)`.

use super::bits::{fma, nearest, poly, pow2};

pub(super) const LOG2E: f64 = core::f64::consts::LOG2_E;
/// 33 bits, so that multiples by an exponent are exact.
pub(super) const LN2_HI: f64 = 0.693_147_180_485_539_1;
pub(super) const LN2_LO: f64 = 7.440_617_110_012_397e-11;

/// Chebyshev fit of `(exp(r) - 1 - r) / r^2`, within 0.12 units in the last place of `exp`.
const Q: [f64; 10] = [
    2.510_042_415_700_506_7e-8,
    2.762_013_871_973_399_4e-7,
    2.755_726_837_868_419_2e-6,
    2.480_152_119_021_773e-5,
    1.984_126_986_310_596_8e-4,
    1.388_888_891_728_179_4e-3,
    8.333_333_333_330_051e-3,
    0.041_666_666_666_623_99,
    0.166_666_666_666_666_69,
    0.500_000_000_000_000_1,
];

/// `exp(x) = p * 2^k`: `(p, k)`, for `|x| < 2^20` or so.
#[inline(always)]
pub(super) fn parts<const FMA: bool>(x: f64) -> (f64, f64) {
    let k = nearest(x * LOG2E);
    let r = fma::<FMA>(-k, LN2_LO, fma::<FMA>(-k, LN2_HI, x));
    (1.0 + fma::<FMA>(r * r, poly::<FMA, 10>(r, &Q), r), k)
}

/// `p * 2^k` in two steps, so that neither overflow nor underflow comes early; `|k| < 2044`.
#[inline(always)]
pub(super) fn scale(p: f64, k: f64) -> f64 {
    let half = nearest(k * 0.5);
    p * pow2(half) * pow2(k - half)
}

/// Limits an argument, keeping NaN.
#[inline(always)]
pub(super) fn clamp(x: f64, low: f64, high: f64) -> f64 {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}

#[inline(always)]
pub(super) fn exp<const FMA: bool>(x: f64) -> f64 {
    let (p, k) = parts::<FMA>(clamp(x, -750.0, 710.0));
    scale(p, k)
}

#[inline(always)]
pub(super) fn exp2<const FMA: bool>(x: f64) -> f64 {
    let x = clamp(x, -1080.0, 1025.0);
    let k = nearest(x);
    let r = (x - k) * core::f64::consts::LN_2;
    scale(1.0 + fma::<FMA>(r * r, poly::<FMA, 10>(r, &Q), r), k)
}

/// A quarter of `exp(x) - 1`, so that results up to four times the largest float stay representable.
#[inline(always)]
pub(super) fn expm1_quarter<const FMA: bool>(x: f64) -> f64 {
    let x = clamp(x, -45.0, 710.48);
    let k = nearest(x * LOG2E);
    let hi = fma::<FMA>(-k, LN2_HI, x);
    let r = fma::<FMA>(-k, LN2_LO, hi);
    // What the reduction lost.
    let lost = if FMA {
        fma::<FMA>(-k, LN2_LO, hi - r)
    } else {
        (hi - r) - k * LN2_LO
    };
    let tail = fma::<FMA>(r * r, poly::<FMA, 10>(r, &Q), lost);
    let s = pow2(k - 2.0);
    s * tail + fma::<FMA>(s, r, s - 0.25)
}

#[inline(always)]
pub(super) fn expm1<const FMA: bool>(x: f64) -> f64 {
    // Below 2^-54 the result is the argument (also -0 and denormals).
    if x.abs() < 5.551_115_123_125_783e-17 {
        x
    } else {
        4.0 * expm1_quarter::<FMA>(x)
    }
}
