//! The rate of multiply-adds whose operands stay in registers, at the processor's level as the runtime chooses it.
//!
//! Each loop carries as many independent sums as cover the latency of the units (4 cycles by 2 units on current processors)
//! and fit into the registers beside the two factors.

use super::shortest_round;
use dace::rt::{Level, level};
use std::hint::black_box;
use std::io;

const ROUNDS: usize = 20;
const ITERATIONS: usize = 1 << 19;

/// A loop of so many iterations.
type Loop = fn(usize);

pub(super) fn float64(threads: usize) -> io::Result<f64> {
    let (work, operations): (Loop, usize) = match level() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the level.
        Level::Avx512 => (|n| unsafe { x86::avx512_f64(n) }, 2 * 8 * x86::SUMS_AVX512),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the level.
        Level::Avx2 => (|n| unsafe { x86::avx2_f64(n) }, 2 * 4 * x86::SUMS),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: every x86-64 processor has SSE2.
        Level::Baseline => (|n| unsafe { x86::baseline_f64(n) }, 2 * 2 * x86::SUMS),
        #[cfg(not(target_arch = "x86_64"))]
        _ => (portable::f64, 2 * portable::F64),
    };
    rate(threads, work, operations)
}

pub(super) fn float32(threads: usize) -> io::Result<f64> {
    let (work, operations): (Loop, usize) = match level() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the level.
        Level::Avx512 => (|n| unsafe { x86::avx512_f32(n) }, 2 * 16 * x86::SUMS_AVX512),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the level.
        Level::Avx2 => (|n| unsafe { x86::avx2_f32(n) }, 2 * 8 * x86::SUMS),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: every x86-64 processor has SSE2.
        Level::Baseline => (|n| unsafe { x86::baseline_f32(n) }, 2 * 4 * x86::SUMS),
        #[cfg(not(target_arch = "x86_64"))]
        _ => (portable::f32, 2 * portable::F32),
    };
    rate(threads, work, operations)
}

fn rate(threads: usize, work: Loop, operations: usize) -> io::Result<f64> {
    let seconds = shortest_round(
        threads,
        ROUNDS,
        || (),
        |()| {
            work(black_box(ITERATIONS));
        },
    )?;
    Ok((threads * ITERATIONS * operations) as f64 / seconds)
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;
    use std::hint::black_box;

    /// Of 32 registers.
    pub(super) const SUMS_AVX512: usize = 24;
    /// Of 16 registers; without fused operations the products need some, too.
    pub(super) const SUMS: usize = 10;

    /// `x = x * factor + term` for some registers at a time: they tend to 1, so that no number becomes special.
    macro_rules! multiply_add {
        ($(#[$attribute:meta])* $name:ident, $sums:expr, $number:ty, $set:ident, |$x:ident, $factor:ident, $term:ident| $step:expr) => {
            $(#[$attribute])*
            pub(super) fn $name(iterations: usize) {
                let $factor = $set(black_box(0.75));
                let $term = $set(black_box(0.25));
                let mut sums: [_; $sums] = std::array::from_fn(|i| $set(i as $number));
                for _ in 0..iterations {
                    for sum in &mut sums {
                        let $x = *sum;
                        *sum = $step;
                    }
                }
                black_box(sums);
            }
        };
    }

    multiply_add!(
        #[target_feature(enable = "avx512f")]
        avx512_f64,
        SUMS_AVX512,
        f64,
        _mm512_set1_pd,
        |x, m, a| _mm512_fmadd_pd(x, m, a)
    );
    multiply_add!(
        #[target_feature(enable = "avx512f")]
        avx512_f32,
        SUMS_AVX512,
        f32,
        _mm512_set1_ps,
        |x, m, a| _mm512_fmadd_ps(x, m, a)
    );
    multiply_add!(
        #[target_feature(enable = "avx2,fma")]
        avx2_f64,
        SUMS,
        f64,
        _mm256_set1_pd,
        |x, m, a| _mm256_fmadd_pd(x, m, a)
    );
    multiply_add!(
        #[target_feature(enable = "avx2,fma")]
        avx2_f32,
        SUMS,
        f32,
        _mm256_set1_ps,
        |x, m, a| _mm256_fmadd_ps(x, m, a)
    );
    multiply_add!(
        #[target_feature(enable = "sse2")]
        baseline_f64,
        SUMS,
        f64,
        _mm_set1_pd,
        |x, m, a| _mm_add_pd(_mm_mul_pd(x, m), a)
    );
    multiply_add!(
        #[target_feature(enable = "sse2")]
        baseline_f32,
        SUMS,
        f32,
        _mm_set1_ps,
        |x, m, a| _mm_add_ps(_mm_mul_ps(x, m), a)
    );
}

/// Where there are no intrinsics: arrays of numbers, which the compiler puts into vectors.
#[cfg(not(target_arch = "x86_64"))]
mod portable {
    use std::hint::black_box;

    /// Numbers in 16 registers of 16 bytes.
    pub(super) const F64: usize = 32;
    pub(super) const F32: usize = 64;

    macro_rules! multiply_add {
        ($name:ident, $numbers:expr, $number:ty) => {
            pub(super) fn $name(iterations: usize) {
                let (factor, term): ($number, $number) = (black_box(0.75), black_box(0.25));
                let mut sums: [$number; $numbers] = std::array::from_fn(|i| i as $number);
                for _ in 0..iterations {
                    for sum in &mut sums {
                        *sum = sum.mul_add(factor, term);
                    }
                }
                black_box(sums);
            }
        };
    }

    multiply_add!(f64, F64, f64);
    multiply_add!(f32, F32, f32);
}
