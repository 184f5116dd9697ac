//! Sine, cosine, tangent: kernels of FDLIBM's `k_sin.c` and `k_cos.c` on the [reduced](super::reduce) argument.

use super::bits::{fma, poly};
use super::reduce::reduce;

#[inline(always)]
fn kernel_sin<const FMA: bool>(x: f64, tail: f64) -> f64 {
    const S1: f64 = -1.666_666_666_666_663_243_48e-1;
    const S: [f64; 5] = [
        1.589_690_995_211_550_102_21e-10,
        -2.505_076_025_340_686_341_95e-8,
        2.755_731_370_707_006_767_89e-6,
        -1.984_126_982_985_794_931_34e-4,
        8.333_333_333_322_489_461_24e-3,
    ];
    let z = x * x;
    let v = z * x;
    let r = poly::<FMA, 5>(z, &S);
    x - ((z * (0.5 * tail - v * r) - tail) - v * S1)
}

#[inline(always)]
fn kernel_cos<const FMA: bool>(x: f64, tail: f64) -> f64 {
    const C: [f64; 6] = [
        -1.135_964_755_778_819_482_65e-11,
        2.087_572_321_298_174_827_9e-9,
        -2.755_731_435_139_066_330_35e-7,
        2.480_158_728_947_672_941_78e-5,
        -1.388_888_888_887_410_957_49e-3,
        4.166_666_666_666_660_190_37e-2,
    ];
    let z = x * x;
    let half = 0.5 * z;
    let w = 1.0 - half;
    w + (((1.0 - w) - half) + fma::<FMA>(z * z, poly::<FMA, 6>(z, &C), -(x * tail)))
}

/// Flips the sign where bit 1 of `n` is set.
#[inline(always)]
pub(super) fn flip(y: f64, n: u64) -> f64 {
    f64::from_bits(y.to_bits() ^ ((n >> 1) << 63))
}

/// Sine and cosine.
#[inline(always)]
pub(super) fn sin_cos<const FMA: bool>(x: f64) -> (f64, f64) {
    let a = x.abs();
    let (r, tail, n) = reduce::<FMA>(a);
    let (s, c) = (kernel_sin::<FMA>(r, tail), kernel_cos::<FMA>(r, tail));
    let odd = n & 1 != 0;
    let sine = flip(if odd { c } else { s }, n);
    let sine = f64::from_bits(sine.to_bits() ^ (x.to_bits() & (1 << 63)));
    let cosine = flip(if odd { s } else { c }, n.wrapping_add(1));
    let finite = a < f64::INFINITY;
    let tiny = a < 1e-9;
    let sine = if tiny { x } else { sine };
    let cosine = if tiny { 1.0 } else { cosine };
    (
        if finite { sine } else { f64::NAN },
        if finite { cosine } else { f64::NAN },
    )
}

#[inline(always)]
pub(super) fn sin<const FMA: bool>(x: f64) -> f64 {
    sin_cos::<FMA>(x).0
}

#[inline(always)]
pub(super) fn cos<const FMA: bool>(x: f64) -> f64 {
    sin_cos::<FMA>(x).1
}

#[inline(always)]
pub(super) fn tan<const FMA: bool>(x: f64) -> f64 {
    let (s, c) = sin_cos::<FMA>(x);
    s / c
}
