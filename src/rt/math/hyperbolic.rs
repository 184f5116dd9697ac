//! Hyperbolic functions and their inverses, after FDLIBM's formulas, on our `expm1` and `log1p`.

use super::exp::{clamp, expm1, expm1_quarter, parts, scale};
use super::log::log1p;

#[inline(always)]
pub(super) fn sinh<const FMA: bool>(x: f64) -> f64 {
    let a = x.abs();
    let q = expm1_quarter::<FMA>(a);
    let t = 4.0 * q;
    // `t` may be infinite where the result is not; the fraction is 1 long before.
    let bounded = if t > 1e18 { 1e18 } else { t };
    // sinh = (t + t/(t+1)) / 2.
    let u = bounded / (bounded + 1.0);
    let y = 2.0 * (q + 0.25 * u);
    (if a < 1e-9 { a } else { y }).copysign(x)
}

#[inline(always)]
pub(super) fn cosh<const FMA: bool>(x: f64) -> f64 {
    let (p, k) = parts::<FMA>(clamp(x.abs(), 0.0, 712.0));
    let quarter = scale(p, k - 2.0);
    2.0 * (quarter + 0.0625 / quarter)
}

#[inline(always)]
pub(super) fn tanh<const FMA: bool>(x: f64) -> f64 {
    let a = x.abs();
    let t = expm1::<FMA>(2.0 * clamp(a, 0.0, 25.0));
    let y = t / (t + 2.0);
    (if a < 1e-9 { a } else { y }).copysign(x)
}

#[inline(always)]
pub(super) fn asinh<const FMA: bool>(x: f64) -> f64 {
    let a = x.abs();
    let large = a > 268_435_456.0;
    let s = a * a;
    let u = if large {
        a - 1.0
    } else {
        a + s / (1.0 + (s + 1.0).sqrt())
    };
    let y = log1p::<FMA>(u);
    let y = if large {
        y + core::f64::consts::LN_2
    } else {
        y
    };
    (if a < 1e-9 { a } else { y }).copysign(x)
}

#[inline(always)]
pub(super) fn acosh<const FMA: bool>(x: f64) -> f64 {
    let large = x > 268_435_456.0;
    let t = x - 1.0;
    let u = if large { t } else { t + (t + t + t * t).sqrt() };
    let y = log1p::<FMA>(u);
    let y = if large {
        y + core::f64::consts::LN_2
    } else {
        y
    };
    if x < 1.0 { f64::NAN } else { y }
}

#[inline(always)]
pub(super) fn atanh<const FMA: bool>(x: f64) -> f64 {
    let a = x.abs();
    let t = a + a;
    let u = if a < 0.5 {
        t + t * a / (1.0 - a)
    } else {
        t / (1.0 - a)
    };
    let y = 0.5 * log1p::<FMA>(u);
    (if a < 1e-9 { a } else { y }).copysign(x)
}
