//! Large products, divided into blocks of the result that threads take one after another.
//!
//! Each block is a product of its own on one thread, so that threads never wait for each other within one; a thread that is slower, or
//! busy elsewhere, takes fewer.

use super::{Field, MatMut, MatRef, Number, Shared};
use crate::rt::{Buf, par, pool, races};

/// Nanoseconds of a product of this many multiplications, by 32 of them in each for a double.
fn nanoseconds<T>(m: usize, n: usize, k: usize) -> f64 {
    // A product of complex numbers is four.
    let each = if size_of::<T>() > 8 {
        4.0
    } else {
        size_of::<T>() as f64 / 8.0
    };
    m as f64 * n as f64 * k as f64 * each / 32.0
}

/// Blocks are not thinner than this: what a block reads would cost more than it multiplies.
const THIN: usize = if races::ON { 4 } else { 48 };

/// A grid of blocks over a result of (m, n), for a product of so many nanoseconds: rows and columns of a block. `contiguous` is the
/// dimension along which the result is contiguous.
fn grid([m, n]: [usize; 2], contiguous: usize, work: f64) -> [usize; 2] {
    let threads = pool::threads() as f64;
    if !races::ON && (threads < 2.0 || work < 50_000.0) {
        return [m, n];
    }
    // Two milliseconds are long enough for the packing of a block, and short enough to wait for.
    let wanted = (work / 2e6).ceil().clamp(1.0, 4.0) * threads;
    let most = (work / 25_000.0).floor();
    let pieces = if races::ON {
        16.0
    } else {
        wanted.min(most).max(1.0)
    };
    let mut parts = [1usize, 1];
    // Halves the longer side of the block until there are enough; the library likes blocks that are narrow along rows.
    while ((parts[0] * parts[1]) as f64) < pieces {
        let block = [m.div_ceil(parts[0]), n.div_ceil(parts[1])];
        let side = usize::from(2 * block[contiguous] > block[1 - contiguous]) ^ (1 - contiguous);
        if block[side] < 2 * THIN {
            break;
        }
        parts[side] += if pieces - (parts[0] * parts[1]) as f64 >= parts[side] as f64 {
            parts[side]
        } else {
            1
        };
    }
    // Whole tiles of the kernels, so that only the last block has a remainder.
    let round = |size: usize, parts: usize| {
        let block = size.div_ceil(parts);
        if parts == 1 {
            block
        } else {
            block.next_multiple_of(THIN)
        }
    };
    [round(m, parts[0]), round(n, parts[1])]
}

/// Calls `body` with the numbers of so many blocks, shared between threads where there is more than one.
fn by_blocks(blocks: usize, work: f64, body: &(dyn Fn(usize) + Sync)) {
    let chunks = if work < 50_000.0 && !races::ON {
        1
    } else {
        blocks
    };
    // The body does not fail.
    let _ = par::gather(
        chunks as i64,
        blocks as i64,
        &|from, to| {
            (from as usize..to as usize).for_each(body);
            Ok(())
        },
        &|(), ()| (),
    );
}

/// Calls `body` with the blocks `[row, column, rows, columns]` of a result, shared between threads.
fn by_grid<T>(dst: MatMut<T>, work: f64, body: &(dyn Fn([usize; 4]) + Sync)) {
    let [m, n] = dst.shape;
    let contiguous = usize::from(dst.strides[1].unsigned_abs() <= dst.strides[0].unsigned_abs());
    let [h, w] = grid(dst.shape, contiguous, work);
    let columns = n.div_ceil(w);
    by_blocks(m.div_ceil(h) * columns, work, &|block| {
        let (i, j) = (block / columns * h, block % columns * w);
        body([i, j, h.min(m - i), w.min(n - j)]);
    });
}

/// The operands of a block of the product.
fn operands<T>(a: MatRef<T>, b: MatRef<T>, [i, j, h, w]: [usize; 4]) -> (MatRef<T>, MatRef<T>) {
    (
        a.block([i, 0], [h, a.shape[1]]),
        b.block([0, j], [b.shape[0], w]),
    )
}

/// `dst (+)= a @ b` by the library.
///
/// # Safety
/// As [`super::matmul`]; the library knows the type.
pub(super) unsafe fn product<T: Number>(
    dst: MatMut<T>,
    a: MatRef<T>,
    b: MatRef<T>,
    accumulate: bool,
) {
    let ([m, k], n) = (a.shape, b.shape[1]);
    let work = nanoseconds::<T>(m, n, k);
    // A small result of long sums: threads share the sums, each with a result of its own.
    let chunks = if k / 4 > m.max(n) {
        par::shares(k as i64, work, (m * n) as f64)
    } else {
        1
    };
    // SAFETY: the caller's.
    if chunks > 1 && unsafe { by_sums(dst, a, b, accumulate, chunks) } {
        return;
    }
    let shared = Shared((dst, a, b));
    by_grid(dst, work, &|block| {
        let (dst, a, b) = shared.get();
        let (left, right) = operands(a, b, block);
        let own = dst.block([block[0], block[1]], [block[2], block[3]]);
        own.touched();
        left.touched();
        right.touched();
        // SAFETY: the block is this thread's; the rest is the caller's.
        unsafe { T::gemm(own, left, right, accumulate) };
    });
}

/// [`product`] in chunks of the inner dimension; false, and nothing done, where there is no memory for the chunks' results.
///
/// # Safety
/// As [`product`].
unsafe fn by_sums<T: Number>(
    dst: MatMut<T>,
    a: MatRef<T>,
    b: MatRef<T>,
    accumulate: bool,
    chunks: i64,
) -> bool {
    let ([m, k], n) = (a.shape, b.shape[1]);
    let shared = Shared((a, b));
    let sum = par::gather(
        chunks.min(pool::threads() as i64),
        k as i64,
        &|from, to| {
            let (a, b) = shared.get();
            let (from, part) = (from as usize, (to - from) as usize);
            let mut sum = Buf::new();
            let own = MatMut {
                ptr: sum.resize("product", &[m as i64, n as i64])?.at(0),
                shape: [m, n],
                strides: [n as isize, 1],
            };
            // SAFETY: the result is this thread's; the rest is the caller's.
            unsafe {
                T::gemm(
                    own,
                    a.block([0, from], [m, part]),
                    b.block([from, 0], [part, n]),
                    false,
                )
            };
            Ok(sum)
        },
        // SAFETY: all of each result is written.
        &|x, y| unsafe { x.combine(&y, m * n, T::plus) },
    );
    let Ok(mut sum) = sum else {
        return false;
    };
    let sum = MatRef {
        ptr: sum.base().at(0).cast_const(),
        shape: [m, n],
        strides: [n as isize, 1],
    };
    // SAFETY: the caller's; the sum has the shape of the result.
    unsafe { super::rows::put(dst, sum, accumulate) };
    true
}

/// `dst -= a @ b`, `b` conjugated where asked, by the library.
///
/// # Safety
/// As [`super::matmul`].
pub(super) unsafe fn subtract<T: Field>(dst: MatMut<T>, a: MatRef<T>, b: MatRef<T>, conj_b: bool) {
    let ([m, k], n) = (a.shape, b.shape[1]);
    let work = nanoseconds::<T>(m, n, k);
    let shared = Shared((dst, a, b));
    by_grid(dst, work, &|block| {
        let (dst, a, b) = shared.get();
        let (left, right) = operands(a, b, block);
        let own = dst.block([block[0], block[1]], [block[2], block[3]]);
        own.touched();
        left.touched();
        right.touched();
        // SAFETY: the block is this thread's; the rest is the caller's.
        unsafe { T::gemm_sub(own, left, right, conj_b) };
    });
}

/// From this many rows on, half of a product with the own transpose is worth copying the other half.
pub(super) const SYMMETRIC: usize = if races::ON { 8 } else { 96 };

/// Blocks on and below the diagonal from row `at` on: a square below, and the same again on both sides of it.
fn lower_blocks(at: usize, n: usize, least: usize, blocks: &mut Vec<[usize; 4]>) {
    if n <= least {
        blocks.push([at, at, n, n]);
        return;
    }
    let h = (n / 2).next_multiple_of(8);
    blocks.push([at + h, at, n - h, h]);
    lower_blocks(at, h, least, blocks);
    lower_blocks(at + h, n - h, least, blocks);
}

/// `dst = a @ a.T`: blocks on and below the diagonal are multiplied, those above are copied.
///
/// # Safety
/// As [`product`]; `b` is `a` transposed.
pub(super) unsafe fn symmetric<T: Number>(dst: MatMut<T>, a: MatRef<T>, b: MatRef<T>) {
    let [n, k] = a.shape;
    let mut blocks = Vec::new();
    // Sixteen on the diagonal, or with the remainders of the halves twice as many, and one less below it.
    if blocks.try_reserve_exact(64).is_err() {
        // SAFETY: the caller's.
        return unsafe { T::gemm(dst, a, b, false) };
    }
    // Blocks on the diagonal are computed whole: of this size they add a sixteenth to half the product, and are thick enough to multiply well.
    lower_blocks(
        0,
        n,
        (n / 16).max(if races::ON { 8 } else { 64 }),
        &mut blocks,
    );
    let shared = Shared((dst, a, b));
    by_blocks(blocks.len(), nanoseconds::<T>(n, n / 2, k), &|block| {
        let (dst, a, b) = shared.get();
        let [i, j, h, w] = blocks[block];
        let (left, right) = operands(a, b, blocks[block]);
        let (own, mirrored) = (dst.block([i, j], [h, w]), dst.block([j, i], [w, h]));
        own.touched();
        mirrored.touched();
        left.touched();
        right.touched();
        // SAFETY: the block is this thread's, and so is its mirror image, which no other block writes; the rest is the caller's.
        unsafe {
            T::gemm(own, left, right, false);
            // In squares, so that neither side strides over many pages.
            const SQUARE: usize = 32;
            for top in (i..i + h).step_by(SQUARE) {
                for first in (j..j + w).step_by(SQUARE) {
                    for q in first..(j + w).min(first + SQUARE) {
                        for p in top.max(q + 1)..(i + h).min(top + SQUARE) {
                            *dst.at(q, p) = *dst.at(p, q);
                        }
                    }
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{grid, lower_blocks};

    /// How often each element lies in a block.
    fn counts(n: usize, blocks: &[[usize; 4]]) -> Vec<usize> {
        let mut counts = vec![0; n * n];
        for [i, j, h, w] in blocks {
            for p in *i..i + h {
                (*j..j + w).for_each(|q| counts[p * n + q] += 1);
            }
        }
        counts
    }

    #[test]
    fn blocks_below_the_diagonal_cover_it_once() {
        for n in [96, 97, 203, 300, 1024, 1025, 1031, 2049] {
            let mut blocks = Vec::new();
            lower_blocks(0, n, 48, &mut blocks);
            let counts = counts(n, &blocks);
            for i in 0..n {
                assert!((0..=i).all(|j| counts[i * n + j] == 1), "{n}");
            }
            blocks.clear();
            lower_blocks(0, n, (n / 16).max(64), &mut blocks);
            assert!(blocks.len() <= 64);
        }
    }

    #[test]
    fn grids_are_of_thick_blocks() {
        for shape in [[1, 1], [40, 5000], [5000, 40], [95, 95], [1000, 1000]] {
            for contiguous in [0, 1] {
                for work in [0.0, 1e5, 1e7, 1e9, f64::INFINITY] {
                    let block = grid(shape, contiguous, work);
                    for side in 0..2 {
                        assert!(block[side] >= shape[side].min(super::THIN), "{shape:?}");
                    }
                }
            }
        }
    }
}
