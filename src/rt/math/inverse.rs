//! Inverse trigonometric functions, after FDLIBM's `e_asin.c`, `e_acos.c`, `s_atan.c`, `e_atan2.c`.

use super::bits::{high, poly};

const PI: f64 = core::f64::consts::PI;
const PI_LO: f64 = 1.224_646_799_147_353_2e-16;
const PIO2: f64 = core::f64::consts::FRAC_PI_2;
const PIO2_LO: f64 = 6.123_233_995_736_766e-17;
const PIO4: f64 = core::f64::consts::FRAC_PI_4;

/// `(asin(sqrt z) / sqrt z) - 1` for `z <= 1/4`.
#[inline(always)]
fn rational<const FMA: bool>(z: f64) -> f64 {
    const P: [f64; 6] = [
        3.479_331_075_960_211_675_7e-5,
        7.915_349_942_898_145_321_76e-4,
        -4.005_553_450_067_941_140_27e-2,
        2.012_125_321_348_629_258_81e-1,
        -3.255_658_186_224_009_154_05e-1,
        1.666_666_666_666_666_574_15e-1,
    ];
    const Q: [f64; 5] = [
        7.703_815_055_590_193_527_91e-2,
        -6.882_839_716_054_532_930_3e-1,
        2.020_945_760_233_505_694_71,
        -2.403_394_911_734_414_218_78,
        1.0,
    ];
    z * poly::<FMA, 6>(z, &P) / poly::<FMA, 5>(z, &Q)
}

#[inline(always)]
pub(super) fn asin<const FMA: bool>(x: f64) -> f64 {
    let a = x.abs();
    let near = a < 0.5;
    let z = if near { a * a } else { 0.5 * (1.0 - a) };
    let s = z.sqrt();
    let r = rational::<FMA>(z);
    let inner = a + a * r;
    // pi/2 - 2 asin(s), with `s` split so that the leading terms are exact.
    let h = high(s);
    let c = (z - h * h) / (s + h);
    let c = if s > 0.0 { c } else { 0.0 };
    let p = 2.0 * s * r - (PIO2_LO - 2.0 * c);
    let q = PIO4 - 2.0 * h;
    let outer = PIO4 - (p - q);
    (if near { inner } else { outer }).copysign(x)
}

#[inline(always)]
pub(super) fn acos<const FMA: bool>(x: f64) -> f64 {
    let a = x.abs();
    let near = a < 0.5;
    let z = if near { a * a } else { 0.5 * (1.0 - a) };
    let s = z.sqrt();
    let r = rational::<FMA>(z);
    let inner = PIO2 - (x - (PIO2_LO - x * r));
    let h = high(s);
    let c = (z - h * h) / (s + h);
    let c = if s > 0.0 { c } else { 0.0 };
    let right = 2.0 * (h + (r * s + c));
    let left = PI - 2.0 * (s + (r * s - PIO2_LO));
    let outer = if x > 0.0 { right } else { left };
    if near { inner } else { outer }
}

/// `atan(n / d)` for `n, d >= 0`, not both zero or infinite, as high and low part, given the quotient too.
#[inline(always)]
fn atan_positive<const FMA: bool>(a: f64) -> f64 {
    const EVEN: [f64; 6] = [
        1.628_582_011_536_578_236_23e-2,
        4.976_877_994_615_932_360_17e-2,
        6.661_073_137_387_531_206_69e-2,
        9.090_887_133_436_506_561_96e-2,
        1.428_571_427_250_346_637_11e-1,
        3.333_333_333_333_293_180_27e-1,
    ];
    const ODD: [f64; 5] = [
        -3.653_157_274_421_691_552_7e-2,
        -5.833_570_133_790_573_486_45e-2,
        -7.691_876_205_044_829_994_95e-2,
        -1.111_111_040_546_235_578_8e-1,
        -1.999_999_999_987_648_324_76e-1,
    ];
    // Around 0, 1/2, 1, 3/2, infinity: atan a = atan c + atan((a - c) / (1 + a c)).
    let (mut n, mut d, mut hi, mut lo) = (a, 1.0, 0.0, 0.0);
    if a >= 0.4375 {
        (n, d, hi, lo) = (
            2.0 * a - 1.0,
            2.0 + a,
            0.463_647_609_000_806_1,
            2.269_877_745_296_168_7e-17,
        );
    }
    if a >= 0.6875 {
        (n, d, hi, lo) = (a - 1.0, a + 1.0, PIO4, 3.061_616_997_868_383e-17);
    }
    if a >= 1.1875 {
        (n, d, hi, lo) = (
            a - 1.5,
            1.0 + 1.5 * a,
            0.982_793_723_247_329,
            1.390_331_103_123_099_8e-17,
        );
    }
    if a >= 2.4375 {
        (n, d, hi, lo) = (-1.0, a, PIO2, PIO2_LO);
    }
    let t = n / d;
    let z = t * t;
    let w = z * z;
    let s = z * poly::<FMA, 6>(w, &EVEN) + w * poly::<FMA, 5>(w, &ODD);
    hi - ((t * s - lo) - t)
}

#[inline(always)]
pub(super) fn atan<const FMA: bool>(x: f64) -> f64 {
    atan_positive::<FMA>(x.abs()).copysign(x)
}

#[inline(always)]
pub(super) fn atan2<const FMA: bool>(y: f64, x: f64) -> f64 {
    let (a, b) = (y.abs(), x.abs());
    let quotient = a / b;
    let quotient = if a == b { 1.0 } else { quotient };
    let quotient = if a == 0.0 { 0.0 } else { quotient };
    let t = atan_positive::<FMA>(quotient);
    // Straight up: rounding `pi - t` could go past pi/2.
    let left = if quotient > 1e18 {
        PIO2
    } else {
        PI - (t - PI_LO)
    };
    let t = if x.is_sign_negative() { left } else { t };
    (if x.is_nan() || y.is_nan() {
        f64::NAN
    } else {
        t
    })
    .copysign(y)
}
