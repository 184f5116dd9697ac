//! Rounding to integers, cube root, hypotenuse.

use super::bits::{TWO52, TWO54, fma, poly, small_to_f64};

/// 2^600 and 2^-600.
const GROW: f64 = f64::from_bits((1023 + 600) << 52);
const SHRINK: f64 = f64::from_bits((1023 - 600) << 52);

/// Nearest integer of the absolute value, ties to even, sign restored: for the baseline, which has no rounding instruction.
#[inline(always)]
fn rint_emulated(x: f64) -> f64 {
    let a = x.abs();
    let r = if a < TWO52 { (a + TWO52) - TWO52 } else { a };
    r.copysign(x)
}

#[inline(always)]
pub(super) fn rint<const FMA: bool>(x: f64) -> f64 {
    if FMA {
        x.round_ties_even()
    } else {
        rint_emulated(x)
    }
}

#[inline(always)]
pub(super) fn floor<const FMA: bool>(x: f64) -> f64 {
    if FMA {
        return x.floor();
    }
    let r = rint_emulated(x);
    (if r > x { r - 1.0 } else { r }).copysign(x)
}

#[inline(always)]
pub(super) fn ceil<const FMA: bool>(x: f64) -> f64 {
    if FMA {
        return x.ceil();
    }
    let r = rint_emulated(x);
    (if r < x { r + 1.0 } else { r }).copysign(x)
}

#[inline(always)]
pub(super) fn trunc<const FMA: bool>(x: f64) -> f64 {
    if FMA {
        return x.trunc();
    }
    let a = x.abs();
    let r = rint_emulated(a);
    (if r > a { r - 1.0 } else { r }).copysign(x)
}

/// After FreeBSD's `s_cbrt.c`: an estimate from the bits, a polynomial, one step of Newton's method.
#[inline(always)]
pub(super) fn cbrt<const FMA: bool>(x: f64) -> f64 {
    const P: [f64; 5] = [
        0.145_996_192_886_612_446_982,
        -0.758_397_934_778_766_047_437,
        1.621_429_720_105_354_466_14,
        -1.884_979_795_433_771_698_75,
        1.875_951_824_271_770_096_43,
    ];
    let a = x.abs();
    let denormal = a < f64::MIN_POSITIVE;
    let v = if denormal { a * TWO54 } else { a };
    // A third of the exponent and leading bits, plus the bias.
    let third = small_to_f64(v.to_bits() >> 32) * (1.0 / 3.0) + (715_094_163.0 + TWO52);
    let t = f64::from_bits(third.to_bits() << 32);
    let r = (t * t) * (t / v);
    let t = t * poly::<FMA, 5>(r, &P);
    // To 23 bits, so that the square is exact.
    let t = f64::from_bits((t.to_bits() + 0x8000_0000) & 0xffff_ffff_c000_0000);
    let r = v / (t * t);
    let r = (r - t) / ((t + t) + r);
    let t = fma::<FMA>(t, r, t);
    let t = if denormal { t * (1.0 / 262_144.0) } else { t };
    (if a > 0.0 && a < f64::INFINITY { t } else { a }).copysign(x)
}

#[inline(always)]
pub(super) fn hypot<const FMA: bool>(x: f64, y: f64) -> f64 {
    let (a, b) = (x.abs(), y.abs());
    let (m, n) = if a > b { (a, b) } else { (b, a) };
    let big = m > 1e150;
    let small = m < 1e-140;
    let up = if big {
        SHRINK
    } else if small {
        GROW
    } else {
        1.0
    };
    let down = if big {
        GROW
    } else if small {
        SHRINK
    } else {
        1.0
    };
    let (m, n) = (m * up, n * up);
    let h = fma::<FMA>(m, m, n * n).sqrt() * down;
    let h = if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        h
    };
    if a == f64::INFINITY || b == f64::INFINITY {
        f64::INFINITY
    } else {
        h
    }
}
