//! `x` modulo pi/2 for every `x`, after Payne and Hanek: multiply by the part of 2/pi that matters for the exponent of `x`.
//!
//! One path for all arguments: up to 2^53 that part is 2/pi itself, beyond it is looked up by the exponent.

use super::bits::{MAGIC, TWO52, fast_two_sum, fma, nearest, two_prod, two_sum};
use super::round::rint;

/// The first 1280 bits of 2/pi behind the point.
const TWO_OVER_PI: [u64; 20] = [
    0xa2f9_836e_4e44_1529,
    0xfc27_57d1_f534_ddc0,
    0xdb62_9599_3c43_9041,
    0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0,
    0x0649_2eea_09d1_921c,
    0xfe1d_eb1c_b129_a73e,
    0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41,
    0x3991_d639_8353_39f4,
    0x9c84_5f8b_bdf9_283b,
    0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f,
    0x6d36_7ecf_27cb_09b7,
    0x4f46_3f66_9e5f_ea2d,
    0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea,
    0x6bfb_5fb1_1f8d_5d08,
    0x5603_3046_fc7b_6bab,
    0xf0cf_bc20_9af4_361d,
];

/// Bit of weight `2^-position` of 2/pi.
const fn bit(position: i64) -> u64 {
    if position < 1 {
        return 0;
    }
    let at = position as usize - 1;
    (TWO_OVER_PI[at / 64] >> (63 - at % 64)) & 1
}

/// `2^shift * 2/pi` modulo 4, its bits from weight 2 down in `N` pieces of `width` bits.
const fn pieces<const N: usize>(shift: i64, width: i64) -> [f64; N] {
    let mut out = [0.0; N];
    let mut n = 0;
    while n < N {
        let mut value = 0u64;
        let mut i = 0;
        while i < width {
            // Weight of this bit: 2^(1 - n * width - i).
            value = value << 1 | bit(shift - 1 + n as i64 * width + i);
            i += 1;
        }
        let lowest = 2 - (n as i64 + 1) * width;
        out[n] = value as f64 * f64::from_bits(((1023 + lowest) as u64) << 52);
        n += 1;
    }
    out
}

/// Row `s`: 2/pi times `2^s`. The last rows are never reached and stay zero.
///
/// A constant, not a static: a loop is vectorised only where the compiler sees that its stores do not change the table, also in other crates.
const WIDE: &[[f64; 4]; 1024] = &{
    let mut table = [[0.0; 4]; 1024];
    let mut s = 0;
    while s <= 971 {
        table[s] = pieces::<4>(s as i64, 53);
        s += 1;
    }
    table
};

/// For `f32`: 27 bits make the first product exact.
const NARROW: &[[f64; 2]; 128] = &{
    let mut table = [[0.0; 2]; 128];
    let mut s = 0;
    while s < 128 {
        let [a, b, c] = pieces::<3>(s as i64, 27);
        table[s] = [a, b + c];
        s += 1;
    }
    table
};

/// `|x|` as an integer of 53 bits (or `|x|` itself below 2^53) and the row of the table.
#[inline(always)]
fn normalise(a: f64) -> (f64, usize) {
    let exponent = a.to_bits() >> 52;
    let large = a >= 2.0 * TWO52;
    let fixed = f64::from_bits((a.to_bits() & ((1 << 52) - 1)) | TWO52.to_bits());
    let row = if large {
        exponent.wrapping_sub(1075)
    } else {
        0
    };
    (if large { fixed } else { a }, (row & 1023) as usize)
}

/// For `a = |x|`: `(r, tail, n)` with `a = (4 m + n) pi/2 + r + tail`, `|r| <= pi/4`; the low two bits of the last give `n`.
#[inline(always)]
pub(super) fn reduce<const FMA: bool>(a: f64) -> (f64, f64, u64) {
    let (x, row) = normalise(a);
    let [c0, c1, c2, c3] = WIDE[row];
    let (p0, e0) = two_prod::<FMA>(x, c0);
    let (p1, e1) = two_prod::<FMA>(x, c1);
    let (p2, e2) = two_prod::<FMA>(x, c2);
    // Multiples of 4 go; exact.
    let quarter = 0.25 * p0;
    let whole = if FMA {
        rint::<FMA>(quarter)
    } else {
        let w = (quarter + TWO52) - TWO52;
        if quarter < TWO52 { w } else { quarter }
    };
    let h = p0 - 4.0 * whole;
    // h + (e0 + p1) + (e1 + p2) + ...: a sum whose leading part may cancel by 61 bits.
    let (s1, t1) = two_sum(e0, p1);
    let (s2, t2) = two_sum(e1, p2);
    let (s3, t3) = two_sum(t1, s2);
    let rest = t3 + (t2 + fma::<FMA>(x, c3, e2));
    let (h, l) = two_sum(h, s1);
    let shifted = h + MAGIC;
    let h = h - (shifted - MAGIC);
    let (h, l) = two_sum(h, l);
    let (l, l2) = two_sum(l, s3);
    let (h, l) = fast_two_sum(h, l);
    let l = l + (l2 + rest);
    let (h, l) = fast_two_sum(h, l);
    // Times pi/2.
    let (r, e) = two_prod::<FMA>(h, core::f64::consts::FRAC_PI_2);
    let e = fma::<FMA>(
        l,
        core::f64::consts::FRAC_PI_2,
        fma::<FMA>(h, 6.123_233_995_736_766e-17, e),
    );
    let (r, tail) = fast_two_sum(r, e);
    (r, tail, shifted.to_bits())
}

/// The same for an `f32`, whose double precision needs no tail.
#[inline(always)]
pub(super) fn reduce_single<const FMA: bool>(a: f32) -> (f64, u64) {
    const TWO23: f32 = 8_388_608.0;
    let exponent = a.to_bits() >> 23;
    let large = a >= 2.0 * TWO23;
    let fixed = f32::from_bits((a.to_bits() & 0x7f_ffff) | TWO23.to_bits());
    let row = if large { exponent.wrapping_sub(150) } else { 0 };
    let x = f64::from(if large { fixed } else { a });
    let [c0, c1] = NARROW[(row & 127) as usize];
    let p = x * c0;
    let p = p - 4.0 * nearest(0.25 * p);
    let shifted = (p + x * c1) + MAGIC;
    let h = fma::<FMA>(x, c1, p - (shifted - MAGIC));
    (h * core::f64::consts::FRAC_PI_2, shifted.to_bits())
}
