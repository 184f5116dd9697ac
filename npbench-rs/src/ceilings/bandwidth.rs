//! Bandwidth of memory as STREAM measures it (McCalpin 1995): bytes that the loop names, without what a cache reads to write.
//!
//! Each loop is taken with ordinary stores and, where the processor has them, with stores past the caches; the faster counts.

use super::shortest_round;
use crate::memory;
use std::hint::black_box;
use std::io;

const ROUNDS: usize = 10;

/// A cache line: arrays of them are aligned as stores past the caches want it.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([f64; 8]);

struct Arrays {
    a: Vec<Line>,
    b: Vec<Line>,
    c: Vec<Line>,
}

/// Lines of each of a thread's three arrays: a gibibyte for all together, much more than caches hold, unless memory is short.
fn lines(threads: usize) -> usize {
    let most = memory::available().map_or(u64::MAX, |free| free / 4);
    let bytes = most.min(1 << 30) as usize;
    (bytes / 3 / size_of::<Line>() / threads).max(1)
}

/// Touched first by the thread that works on it, so that it lies in memory near to it.
fn arrays(lines: usize) -> Arrays {
    let array = |value: f64| vec![Line([value; 8]); lines];
    Arrays {
        a: array(1.0),
        b: array(2.0),
        c: array(3.0),
    }
}

/// Bytes in a second of the faster loop, which moves so many numbers for each element.
fn rate(threads: usize, numbers: usize, loops: &[fn(&mut Arrays)]) -> io::Result<f64> {
    let lines = lines(threads);
    let bytes = (threads * lines * size_of::<Line>() / 8 * numbers * 8) as f64;
    let mut best = 0.0_f64;
    for work in loops {
        let prepare = || arrays(lines);
        let seconds = shortest_round(threads, ROUNDS, prepare, |arrays| {
            work(arrays);
            black_box(&arrays.a);
        })?;
        best = best.max(bytes / seconds);
    }
    Ok(best)
}

pub(super) fn copy(threads: usize) -> io::Result<f64> {
    // The system's copy knows stores past the caches itself.
    rate(threads, 2, &[|x| x.a.copy_from_slice(&x.b)])
}

pub(super) fn triad(threads: usize) -> io::Result<f64> {
    rate(
        threads,
        3,
        &[
            triad_plain,
            #[cfg(target_arch = "x86_64")]
            // SAFETY: every x86-64 processor has SSE2.
            |x| unsafe { triad_past_caches(x) },
        ],
    )
}

fn triad_plain(arrays: &mut Arrays) {
    let s = black_box(3.0);
    let inputs = arrays.b.iter().zip(&arrays.c);
    for (a, (b, c)) in arrays.a.iter_mut().zip(inputs) {
        for k in 0..8 {
            a.0[k] = b.0[k] + s * c.0[k];
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
fn triad_past_caches(arrays: &mut Arrays) {
    use std::arch::x86_64::{
        _mm_add_pd, _mm_mul_pd, _mm_set_pd, _mm_set1_pd, _mm_sfence, _mm_stream_pd,
    };
    let s = _mm_set1_pd(black_box(3.0));
    let inputs = arrays.b.iter().zip(&arrays.c);
    for (a, (b, c)) in arrays.a.iter_mut().zip(inputs) {
        for k in (0..8).step_by(2) {
            let b = _mm_set_pd(b.0[k + 1], b.0[k]);
            let c = _mm_set_pd(c.0[k + 1], c.0[k]);
            let value = _mm_add_pd(b, _mm_mul_pd(s, c));
            // SAFETY: two numbers of a line, at a multiple of 16 bytes, written before the fence below.
            unsafe { _mm_stream_pd(a.0.as_mut_ptr().add(k), value) };
        }
    }
    _mm_sfence();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loops_compute_the_triad() {
        let loops: [fn(&mut Arrays); 2] = [
            triad_plain,
            #[cfg(target_arch = "x86_64")]
            // SAFETY: every x86-64 processor has SSE2.
            |x| unsafe { triad_past_caches(x) },
            #[cfg(not(target_arch = "x86_64"))]
            triad_plain,
        ];
        for work in loops {
            let mut x = arrays(5);
            x.b[3].0[5] = 7.0;
            work(&mut x);
            assert_eq!(x.a[0].0, [11.0; 8]);
            assert_eq!(x.a[3].0[5], 16.0);
        }
    }
}
