//! Logarithms, after FDLIBM's `e_log.c`, `s_log1p.c` and FreeBSD's `e_log2.c`, `e_log10.c`:
//! `x = 2^k (1 + f)`, `s = f / (2 + f)`, `log(1 + f) = 2 s + s R(s^2)`.

use super::bits::{TWO54, fma, high, poly, split_exponent};
use super::exp::{LN2_HI, LN2_LO};

const SQRT_HALF: f64 = core::f64::consts::FRAC_1_SQRT_2;
const LG: [f64; 7] = [
    1.479_819_860_511_658_591e-1,
    1.531_383_769_920_937_332e-1,
    1.818_357_216_161_805_012e-1,
    2.222_219_843_214_978_396e-1,
    2.857_142_874_366_239_149e-1,
    3.999_999_999_940_941_908e-1,
    6.666_666_666_666_735_13e-1,
];

/// `f` and `k` of a positive number, denormals included.
#[inline(always)]
pub(super) fn reduce(x: f64) -> (f64, f64) {
    let denormal = x < f64::MIN_POSITIVE;
    let (m, k) = split_exponent(if denormal { x * TWO54 } else { x }, SQRT_HALF);
    (m - 1.0, if denormal { k - 54.0 } else { k })
}

/// `log(1 + f) - f + f^2/2` and `f^2/2`.
#[inline(always)]
fn tail<const FMA: bool>(f: f64) -> (f64, f64) {
    let s = f / (2.0 + f);
    let z = s * s;
    let half = 0.5 * f * f;
    (s * (half + z * poly::<FMA, 7>(z, &LG)), half)
}

/// The logarithm's values outside of the positive finite numbers.
#[inline(always)]
pub(super) fn special(x: f64, y: f64) -> f64 {
    let y = if x < f64::INFINITY { y } else { x };
    let y = if x > 0.0 { y } else { f64::NAN };
    let y = if x == 0.0 { f64::NEG_INFINITY } else { y };
    if x.is_nan() { x } else { y }
}

#[inline(always)]
pub(super) fn log<const FMA: bool>(x: f64) -> f64 {
    let (f, k) = reduce(x);
    let (r, half) = tail::<FMA>(f);
    special(x, k * LN2_HI - ((half - (r + k * LN2_LO)) - f))
}

#[inline(always)]
pub(super) fn log2<const FMA: bool>(x: f64) -> f64 {
    const INV_HI: f64 = 1.442_695_040_721_446_3;
    const INV_LO: f64 = 1.675_171_316_488_651_2e-10;
    let (f, k) = reduce(x);
    let (r, half) = tail::<FMA>(f);
    let hi = high(f - half);
    let lo = ((f - hi) - half) + r;
    let main = hi * INV_HI;
    let rest = fma::<FMA>(lo + hi, INV_LO, lo * INV_HI);
    let w = k + main;
    special(x, (rest + ((k - w) + main)) + w)
}

#[inline(always)]
pub(super) fn log10<const FMA: bool>(x: f64) -> f64 {
    const INV_HI: f64 = 0.434_294_481_878_168_9;
    const INV_LO: f64 = 2.508_294_671_164_527_5e-11;
    const LOG10_2_HI: f64 = 0.301_029_995_663_611_77;
    const LOG10_2_LO: f64 = 3.694_239_077_158_931e-13;
    let (f, k) = reduce(x);
    let (r, half) = tail::<FMA>(f);
    let hi = high(f - half);
    let lo = ((f - hi) - half) + r;
    let main = hi * INV_HI;
    let k_main = k * LOG10_2_HI;
    let rest = fma::<FMA>(k, LOG10_2_LO, fma::<FMA>(lo + hi, INV_LO, lo * INV_HI));
    let w = k_main + main;
    special(x, (rest + ((k_main - w) + main)) + w)
}

#[inline(always)]
pub(super) fn log1p<const FMA: bool>(x: f64) -> f64 {
    let u = 1.0 + x;
    // Near zero `f` is `x` itself; elsewhere the rounding of `1 + x` is given back through `c`.
    let near = x > -0.292_893 && x < 0.414_213;
    let (m, k) = split_exponent(u, SQRT_HALF);
    let (f, k) = if near { (x, 0.0) } else { (m - 1.0, k) };
    let lost = if k >= 2.0 {
        1.0 - (u - x)
    } else {
        x - (u - 1.0)
    };
    let c = if near || k > 54.0 { 0.0 } else { lost / u };
    let (r, half) = tail::<FMA>(f);
    let y = k * LN2_HI - ((half - (r + (k * LN2_LO + c))) - f);
    let y = special(u, y);
    // Tiny arguments are their own result (and keep the sign of zero).
    if x.abs() < 5.551_115_123_125_783e-17 {
        x
    } else {
        y
    }
}
