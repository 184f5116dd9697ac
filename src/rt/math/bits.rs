//! Building blocks: multiply-add, polynomials, powers of two, double-double sums.

/// `a * b + c`, fused where `FMA`.
#[inline(always)]
pub(super) fn fma<const FMA: bool>(a: f64, b: f64, c: f64) -> f64 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// Polynomial by Horner's rule, highest coefficient first.
#[inline(always)]
pub(super) fn poly<const FMA: bool, const N: usize>(x: f64, c: &[f64; N]) -> f64 {
    let mut p = c[0];
    let mut i = 1;
    while i < N {
        p = fma::<FMA>(p, x, c[i]);
        i += 1;
    }
    p
}

/// Added to `v`, `|v| < 2^51`, puts the rounded integer (two's complement) into the low bits.
pub(super) const MAGIC: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52
pub(super) const TWO52: f64 = 4_503_599_627_370_496.0;
pub(super) const TWO54: f64 = 18_014_398_509_481_984.0;
const MANTISSA: u64 = (1 << 52) - 1;

/// `2^k` for an integral `k` in -1022..=1023 (1024 gives infinity).
#[inline(always)]
pub(super) fn pow2(k: f64) -> f64 {
    f64::from_bits((k + (MAGIC + 1023.0)).to_bits() << 52)
}

/// The nearest integer for `|v| < 2^51`.
#[inline(always)]
pub(super) fn nearest(v: f64) -> f64 {
    (v + MAGIC) - MAGIC
}

/// An integer below 2^52 as a float (AVX2 has no such conversion).
#[inline(always)]
pub(super) fn small_to_f64(n: u64) -> f64 {
    f64::from_bits(n | TWO52.to_bits()) - TWO52
}

/// The upper half of the significand.
#[inline(always)]
pub(super) fn high(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & 0xffff_ffff_0000_0000)
}

/// Significand in `[low, 2*low)`, given the bits of `low` in (1/2, 1], and exponent of a positive normal number.
#[inline(always)]
pub(super) fn split_exponent(x: f64, low: f64) -> (f64, f64) {
    let one = 1023u64 << 52;
    let t = x.to_bits().wrapping_add(one.wrapping_sub(low.to_bits()));
    let k = small_to_f64(t >> 52) - 1023.0;
    (
        f64::from_bits((t & MANTISSA).wrapping_add(low.to_bits())),
        k,
    )
}

/// `a + b` and its rounding error (Knuth).
#[inline(always)]
pub(super) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let t = s - a;
    (s, (a - (s - t)) + (b - t))
}

/// `a + b` and its rounding error for `|a| >= |b|` or `a == 0` (Dekker).
#[inline(always)]
pub(super) fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    (s, b - (s - a))
}

/// Two halves of at most 26 bits (Veltkamp); for `|a| < 2^990`.
#[inline(always)]
fn halves(a: f64) -> (f64, f64) {
    let c = 134_217_729.0 * a;
    let h = c - (c - a);
    (h, a - h)
}

/// `a * b` and its rounding error.
#[inline(always)]
pub(super) fn two_prod<const FMA: bool>(a: f64, b: f64) -> (f64, f64) {
    let p = a * b;
    if FMA {
        return (p, a.mul_add(b, -p));
    }
    let ((ah, al), (bh, bl)) = (halves(a), halves(b));
    (p, ((ah * bh - p) + ah * bl + al * bh) + al * bl)
}
