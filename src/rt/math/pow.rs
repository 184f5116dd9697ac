//! Powers, after FDLIBM's `e_pow.c`: the logarithm to base two in about 70 bits, times `y` split in two, then `2^z`.

use super::bits::{TWO54, fma, high, nearest, poly, split_exponent};
use super::exp::scale;

/// `log2(x)` of a positive finite number: high part (32 bits) and rest.
#[inline(always)]
fn log2_split<const FMA: bool>(x: f64) -> (f64, f64) {
    const L: [f64; 6] = [
        2.069_750_178_003_384_177_84e-1,
        2.306_607_457_755_617_540_67e-1,
        2.727_281_238_085_340_064_89e-1,
        3.333_333_298_183_774_329_18e-1,
        4.285_714_285_785_501_842_52e-1,
        5.999_999_999_999_946_487_25e-1,
    ];
    const CP: f64 = 9.617_966_939_259_755_543_29e-1;
    const CP_H: f64 = 9.617_967_009_544_372_558_59e-1;
    const CP_L: f64 = -7.028_461_650_952_758_265_16e-9;
    let denormal = x < f64::MIN_POSITIVE;
    // Significand in [sqrt(3)/2, sqrt(3)), nearest to 1 or to 3/2.
    let (m, k) = split_exponent(
        if denormal { x * TWO54 } else { x },
        0.866_025_403_784_438_6,
    );
    let k = if denormal { k - 54.0 } else { k };
    let upper = m >= 1.224_744_871_391_589;
    let base = if upper { 1.5 } else { 1.0 };
    let (dp_h, dp_l) = if upper {
        (
            5.849_624_872_207_641_601_56e-1,
            1.350_039_202_129_748_971_28e-8,
        )
    } else {
        (0.0, 0.0)
    };
    // s = (m - base) / (m + base) in two parts.
    let u = m - base;
    let sum = m + base;
    let v = 1.0 / sum;
    let s = u * v;
    let s_h = high(s);
    let t_h = high(sum);
    let t_l = m - (t_h - base);
    let s_l = v * ((u - s_h * t_h) - s_h * t_l);
    // log of the quotient: 2/3 s (3 + s^2 + s^4 L).
    let z = s * s;
    let r = z * z * poly::<FMA, 6>(z, &L) + s_l * (s_h + s);
    let z = s_h * s_h;
    let t_h = high(3.0 + z + r);
    let t_l = r - ((t_h - 3.0) - z);
    let u = s_h * t_h;
    let v = s_l * t_h + t_l * s;
    let p_h = high(u + v);
    let p_l = v - (p_h - u);
    let z_h = CP_H * p_h;
    let z_l = CP_L * p_h + p_l * CP + dp_l;
    let t1 = high(((z_h + z_l) + dp_h) + k);
    (t1, z_l - (((t1 - k) - dp_h) - z_h))
}

/// `2^(h + l)`, `|l|` small against `|h| < 1100`.
#[inline(always)]
fn exp2_split<const FMA: bool>(h: f64, l: f64) -> f64 {
    const P: [f64; 5] = [
        4.138_136_797_057_238_460_39e-8,
        -1.653_390_220_546_525_153_9e-6,
        6.613_756_321_437_934_361_17e-5,
        -2.777_777_777_701_559_338_42e-3,
        1.666_666_666_666_660_190_37e-1,
    ];
    const LN2_H: f64 = 6.931_471_824_645_996_093_75e-1;
    const LN2_L: f64 = -1.904_654_299_957_768_045_25e-9;
    let k = nearest(h + l);
    let h = h - k;
    let t = high(l + h);
    let u = t * LN2_H;
    let v = (l - (t - h)) * core::f64::consts::LN_2 + t * LN2_L;
    let z = u + v;
    let w = v - (z - u);
    let t = z * z;
    let t1 = fma::<FMA>(-t, poly::<FMA, 5>(t, &P), z);
    let r = (z * t1) / (t1 - 2.0) - (w + z * w);
    scale(1.0 - (r - z), k)
}

#[inline(always)]
pub(super) fn pow<const FMA: bool>(x: f64, y: f64) -> f64 {
    let a = x.abs();
    // Beyond 2^65 every power of a number other than 1 has left the range.
    let limit = 36_893_488_147_419_103_232.0;
    let y1 = if y > limit { limit } else { y };
    let y1 = if y1 < -limit { -limit } else { y1 };
    let (t1, t2) = log2_split::<FMA>(a);
    let y_h = high(y1);
    let l = (y1 - y_h) * t1 + y1 * t2;
    let h = y_h * t1;
    let z = h + l;
    let over = z > 1100.0;
    let under = z < -1100.0;
    let (h, l) = if over || under {
        (if over { 1100.0 } else { -1100.0 }, 0.0)
    } else {
        (h, l)
    };
    let result = exp2_split::<FMA>(h, l);
    // Zero and infinite bases.
    let grows = (a > 1.0) == (y > 0.0);
    let extreme = if grows { f64::INFINITY } else { 0.0 };
    let result = if a == 0.0 || a == f64::INFINITY || y.abs() == f64::INFINITY {
        extreme
    } else {
        result
    };
    // Negative bases: the sign of an odd power, NaN for a power that is no integer.
    let b = y.abs();
    let integral = b >= 2.0 * super::bits::TWO52 || super::round::rint::<FMA>(b) == b;
    let halved = 0.5 * b;
    let odd =
        integral && b < 2.0 * super::bits::TWO52 && super::round::rint::<FMA>(halved) != halved;
    let negative = x.is_sign_negative();
    let result = if negative && odd { -result } else { result };
    let result = if negative && !integral && a > 0.0 && a < f64::INFINITY {
        f64::NAN
    } else {
        result
    };
    let result = if x.is_nan() || y.is_nan() {
        f64::NAN
    } else {
        result
    };
    // (-1)^inf is 1, as is everything to the zero and one to everything.
    let result = if a == 1.0 && b == f64::INFINITY {
        1.0
    } else {
        result
    };
    if x == 1.0 || y == 0.0 { 1.0 } else { result }
}

/// `x` to the power `WHOLE + 1/2`, or its inverse, by products, a root and at most two divisions: no intermediate value leaves the range before the result does.
#[inline(always)]
pub(super) fn half_power<const WHOLE: u8, const INVERSE: bool>(x: f64) -> f64 {
    // As C's `pow`: the sign of zero and of infinity is lost.
    let x = if x == 0.0 || x == f64::NEG_INFINITY {
        x.abs()
    } else {
        x
    };
    let power = match WHOLE {
        0 => 1.0,
        1 => x,
        _ => x * x,
    };
    if INVERSE {
        1.0 / power / x.sqrt()
    } else {
        power * x.sqrt()
    }
}
