//! `f32`: native where single precision is enough, else through short double-precision kernels.

use super::bits::{nearest, poly, pow2 as pow2_wide};
use super::log;
use super::reduce::reduce_single;

#[inline(always)]
fn fma<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// Added to `|v| < 2^22`, puts the rounded integer into the low bits.
const MAGIC: f32 = 12_582_912.0;

/// `2^k`, `k` integral in -126..=127.
#[inline(always)]
fn pow2(k: f32) -> f32 {
    f32::from_bits((k + (MAGIC + 127.0)).to_bits() << 23)
}

#[inline(always)]
pub(super) fn exp<const FMA: bool>(x: f32) -> f32 {
    // As in double precision (`exp.rs`), with a fit of lower degree.
    const LN2_HI: f32 = 0.693_115_234_375;
    const LN2_LO: f32 = 3.194_618_494_530_941_5e-5;
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < -105.0 { -105.0 } else { x };
    let k = (x * core::f32::consts::LOG2_E + MAGIC) - MAGIC;
    let r = fma::<FMA>(-k, LN2_LO, fma::<FMA>(-k, LN2_HI, x));
    let q = fma::<FMA>(r, 1.989_103_054e-4, 1.393_368_586_2e-3);
    let q = fma::<FMA>(r, q, 8.333_310_89e-3);
    let q = fma::<FMA>(r, q, 4.166_646_460_2e-2);
    let q = fma::<FMA>(r, q, 1.666_666_668_2e-1);
    let q = fma::<FMA>(r, q, 0.5);
    let p = 1.0 + fma::<FMA>(r * r, q, r);
    let half = (k * 0.5 + MAGIC) - MAGIC;
    p * pow2(half) * pow2(k - half)
}

/// `exp(x) - 1` in double precision, to about 2^-36, for `x` in [-200, 0].
#[inline(always)]
fn expm1_wide<const FMA: bool>(x: f64) -> f64 {
    const Q: [f64; 7] = [
        2.485_963_629_410_833e-5,
        1.989_933_232_056_408_3e-4,
        1.388_885_397_983_235_7e-3,
        8.333_298_413_941_455e-3,
        4.166_666_671_913_807e-2,
        0.166_666_667_191_548,
        0.5,
    ];
    let k = nearest(x * core::f64::consts::LOG2_E);
    let r = x - k * core::f64::consts::LN_2;
    let s = pow2_wide(k);
    s * (r * r * poly::<FMA, 7>(r, &Q) + r) + (s - 1.0)
}

#[inline(always)]
pub(super) fn tanh<const FMA: bool>(x: f32) -> f32 {
    let a = x.abs();
    let w = f64::from(a);
    let t = expm1_wide::<FMA>(-2.0 * if w > 20.0 { 20.0 } else { w });
    let y = (-t / (t + 2.0)) as f32;
    y.copysign(x)
}

#[inline(always)]
pub(super) fn log<const FMA: bool>(x: f32) -> f32 {
    // After FDLIBM's `e_logf.c`.
    const SQRT_HALF: u32 = core::f32::consts::FRAC_1_SQRT_2.to_bits();
    const LN2_HI: f32 = 0.693_138_122_56;
    const LN2_LO: f32 = 9.058_000_614_5e-6;
    let denormal = x < f32::MIN_POSITIVE;
    let v = if denormal { x * 33_554_432.0 } else { x };
    let t = v.to_bits().wrapping_add(0x3f80_0000 - SQRT_HALF);
    let k = ((t >> 23) as i32 - 127 - if denormal { 25 } else { 0 }) as f32;
    let f = f32::from_bits((t & 0x7f_ffff) + SQRT_HALF) - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let r = fma::<FMA>(z, 0.242_790_788_412_094_12, 0.284_987_866_878_509_5);
    let r = fma::<FMA>(z, r, 0.400_009_721_517_562_87);
    let r = fma::<FMA>(z, r, 0.666_666_626_930_236_8);
    let half = 0.5 * f * f;
    let y = k * LN2_HI - ((half - (s * (half + z * r) + k * LN2_LO)) - f);
    let y = if x < f32::INFINITY { y } else { x };
    let y = if x > 0.0 { y } else { f32::NAN };
    let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
    if x.is_nan() { x } else { y }
}

#[inline(always)]
pub(super) fn exp2<const FMA: bool>(x: f32) -> f32 {
    super::exp::exp2::<FMA>(f64::from(x)) as f32
}

#[inline(always)]
pub(super) fn log2<const FMA: bool>(x: f32) -> f32 {
    log::log2::<FMA>(f64::from(x)) as f32
}

#[inline(always)]
pub(super) fn log10<const FMA: bool>(x: f32) -> f32 {
    log::log10::<FMA>(f64::from(x)) as f32
}

/// Sine and cosine of an argument in [-pi/4, pi/4], to about 2^-34.
#[inline(always)]
fn kernels<const FMA: bool>(r: f64) -> (f64, f64) {
    const S: [f64; 4] = [
        2.724_986_465_513_958_5e-6,
        -1.984_008_626_375_544_3e-4,
        8.333_331_873_837_089e-3,
        -0.166_666_666_638_530_44,
    ];
    const C: [f64; 4] = [
        2.446_372_116_361_199_8e-5,
        -1.388_758_863_781_580_5e-3,
        4.166_665_063_493_084e-2,
        -0.499_999_999_690_946_55,
    ];
    let z = r * r;
    (
        r + r * z * poly::<FMA, 4>(z, &S),
        1.0 + z * poly::<FMA, 4>(z, &C),
    )
}

#[inline(always)]
fn sin_cos<const FMA: bool>(x: f32) -> (f64, f64) {
    let (r, n) = reduce_single::<FMA>(x.abs());
    let (s, c) = kernels::<FMA>(r);
    let odd = n & 1 != 0;
    let sine = super::trig::flip(if odd { c } else { s }, n);
    let cosine = super::trig::flip(if odd { s } else { c }, n.wrapping_add(1));
    let finite = x.abs() < f32::INFINITY;
    let sine = f64::from_bits(sine.to_bits() ^ (f64::from(x).to_bits() & (1 << 63)));
    (
        if finite { sine } else { f64::NAN },
        if finite { cosine } else { f64::NAN },
    )
}

#[inline(always)]
pub(super) fn sin<const FMA: bool>(x: f32) -> f32 {
    sin_cos::<FMA>(x).0 as f32
}

#[inline(always)]
pub(super) fn cos<const FMA: bool>(x: f32) -> f32 {
    sin_cos::<FMA>(x).1 as f32
}

#[inline(always)]
pub(super) fn tan<const FMA: bool>(x: f32) -> f32 {
    let (s, c) = sin_cos::<FMA>(x);
    (s / c) as f32
}

#[inline(always)]
pub(super) fn pow<const FMA: bool>(x: f32, y: f32) -> f32 {
    // Double precision leaves enough of a plain product y * log2 x.
    let (wx, wy) = (f64::from(x), f64::from(y));
    let a = wx.abs();
    let z = wy * log::log2::<FMA>(a);
    let z = if z > 200.0 { 200.0 } else { z };
    let z = if z < -200.0 { -200.0 } else { z };
    let result = super::exp::exp2::<FMA>(z);
    let b = wy.abs();
    let integral = nearest(if b < 1e9 { b } else { 0.0 }) == b || b >= 1e9;
    let halved = 0.5 * b;
    let odd = integral && b < 1e9 && nearest(halved) != halved;
    let negative = wx.is_sign_negative();
    let result = if negative && odd { -result } else { result };
    let result = if negative && !integral && a > 0.0 && a < f64::INFINITY {
        f64::NAN
    } else {
        result
    };
    let result = if wx.is_nan() || wy.is_nan() {
        f64::NAN
    } else {
        result
    };
    let result = if a == 1.0 && b == f64::INFINITY {
        1.0
    } else {
        result
    };
    (if wx == 1.0 || wy == 0.0 { 1.0 } else { result }) as f32
}

#[inline(always)]
pub(super) fn hypot(x: f32, y: f32) -> f32 {
    let (a, b) = (f64::from(x), f64::from(y));
    let h = (a * a + b * b).sqrt() as f32;
    if x.abs() == f32::INFINITY || y.abs() == f32::INFINITY {
        f32::INFINITY
    } else {
        h
    }
}

const TWO23: f32 = 8_388_608.0;

#[inline(always)]
fn rint_emulated(x: f32) -> f32 {
    let a = x.abs();
    let r = if a < TWO23 { (a + TWO23) - TWO23 } else { a };
    r.copysign(x)
}

#[inline(always)]
pub(super) fn rint<const FMA: bool>(x: f32) -> f32 {
    if FMA {
        x.round_ties_even()
    } else {
        rint_emulated(x)
    }
}

#[inline(always)]
pub(super) fn floor<const FMA: bool>(x: f32) -> f32 {
    if FMA {
        return x.floor();
    }
    let r = rint_emulated(x);
    (if r > x { r - 1.0 } else { r }).copysign(x)
}

#[inline(always)]
pub(super) fn ceil<const FMA: bool>(x: f32) -> f32 {
    if FMA {
        return x.ceil();
    }
    let r = rint_emulated(x);
    (if r < x { r + 1.0 } else { r }).copysign(x)
}

#[inline(always)]
pub(super) fn trunc<const FMA: bool>(x: f32) -> f32 {
    if FMA {
        return x.trunc();
    }
    let a = x.abs();
    let r = rint_emulated(a);
    (if r > a { r - 1.0 } else { r }).copysign(x)
}
