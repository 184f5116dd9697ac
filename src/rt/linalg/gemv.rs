//! Matrix times vector, and dot products, at the speed of memory.

use super::{MatMut, MatRef, Number, Shared, by_rows, leveled};
use crate::rt::{Buf, par};

/// Independent sums, so that additions need not wait for each other.
const LANES: usize = 16;

/// Rows at a time: memory is fetched ahead along each of them, and `x` is loaded once for all.
const ROWS: usize = 4;

/// `R` dot products of contiguous rows with a contiguous vector.
///
/// # Safety
/// `k` elements may be read from each pointer.
#[inline(always)]
unsafe fn dots<T: Number, const FMA: bool, const R: usize>(
    rows: [*const T; R],
    x: *const T,
    k: usize,
) -> [T; R] {
    let mut sums = [[T::ZERO; LANES]; R];
    let whole = k - k % LANES;
    // SAFETY: the caller's.
    unsafe {
        let mut l = 0;
        while l < whole {
            let x = x.add(l).cast::<[T; LANES]>().read_unaligned();
            for r in 0..R {
                let a = rows[r].add(l).cast::<[T; LANES]>().read_unaligned();
                for w in 0..LANES {
                    sums[r][w] = sums[r][w].madd::<FMA>(x[w], a[w]);
                }
            }
            l += LANES;
        }
        core::array::from_fn(|r| {
            let mut rest = T::ZERO;
            for l in whole..k {
                rest = rest.madd::<FMA>(*x.add(l), *rows[r].add(l));
            }
            total(&sums[r]).plus(rest)
        })
    }
}

/// The sum of some lanes.
#[inline(always)]
fn total<T: Number>(sums: &[T; LANES]) -> T {
    // Through memory: where LLVM sees in what order lanes are added, it takes two of them to a register from the start.
    let mut sums = std::hint::black_box(*sums);
    let mut half = LANES / 2;
    while half > 0 {
        for w in 0..half {
            sums[w] = sums[w].plus(sums[w + half]);
        }
        half /= 2;
    }
    sums[0]
}

leveled! {
    /// `y (+)= a x`, rows of `a` and `x` contiguous.
    ///
    /// # Safety
    /// As [`super::matmul`].
    unsafe fn by_row<T: Number>(y: MatMut<T>, a: MatRef<T>, x: *const T, accumulate: bool) {
        let [m, k] = a.shape;
        // SAFETY: the caller's.
        unsafe {
            let put = |i: usize, v: T| {
                let to = y.at(i, 0);
                *to = if accumulate { (*to).plus(v) } else { v };
            };
            let mut i = 0;
            while i + ROWS <= m {
                let rows: [_; ROWS] = core::array::from_fn(|r| a.at(i + r, 0));
                let sums = dots::<T, FMA, ROWS>(rows, x, k);
                for (r, v) in sums.into_iter().enumerate() {
                    put(i + r, v);
                }
                i += ROWS;
            }
            for i in i..m {
                let [v] = dots::<T, FMA, 1>([a.at(i, 0)], x, k);
                put(i, v);
            }
        }
    }
}

leveled! {
    /// `y += a x`, columns of `a` and `y` contiguous: four columns at a time over pieces of `y` that stay in the cache.
    ///
    /// # Safety
    /// As [`super::matmul`].
    unsafe fn by_column<T: Number>(y: *mut T, a: MatRef<T>, x: MatRef<T>) {
        // Long pieces: memory is fetched ahead along a row, and each new row starts anew.
        let piece = (24 * 1024 / size_of::<T>()).max(1);
        let [m, k] = a.shape;
        let mut from = 0;
        while from < m {
            let rows = piece.min(m - from);
            let mut l = 0;
            // SAFETY: the caller's.
            unsafe {
                let y = y.add(from);
                while l + 4 <= k {
                    let c: [*const T; 4] = core::array::from_fn(|q| a.at(from, l + q));
                    let f: [T; 4] = core::array::from_fn(|q| *x.at(l + q, 0));
                    for i in 0..rows {
                        let mut v = *y.add(i);
                        for q in 0..4 {
                            v = v.madd::<FMA>(f[q], *c[q].add(i));
                        }
                        *y.add(i) = v;
                    }
                    l += 4;
                }
                while l < k {
                    let (c, f) = (a.at(from, l), *x.at(l, 0));
                    for i in 0..rows {
                        *y.add(i) = (*y.add(i)).madd::<FMA>(f, *c.add(i));
                    }
                    l += 1;
                }
            }
            from += rows;
        }
    }
}

/// A vector as contiguous memory: itself, or a copy in `store`, if there is memory for one.
///
/// # Safety
/// Its elements may be read.
unsafe fn contiguous<T: Number>(x: MatRef<T>, store: &mut Buf<T>) -> Option<*const T> {
    if x.strides[0] == 1 || x.shape[0] <= 1 {
        return Some(x.ptr);
    }
    let to = store.resize_unread("product", &[x.shape[0] as i64]).ok()?;
    for i in 0..x.shape[0] {
        // SAFETY: the caller's; the copy has as many elements.
        unsafe { to.set(i as i64, *x.at(i, 0)) };
    }
    Some(to.at(0).cast_const())
}

/// `y (+)= a x` for one column each of `y` and `x`, all sizes positive.
///
/// # Safety
/// As [`super::matmul`].
pub(super) unsafe fn gemv<T: Number>(y: MatMut<T>, a: MatRef<T>, x: MatRef<T>, accumulate: bool) {
    let [m, k] = a.shape;
    // Nanoseconds at some 8 bytes each.
    let work = m as f64 * k as f64 * size_of::<T>() as f64 / 8.0;
    let row_wise = a.strides[1] == 1 || k == 1 || m == 1;
    // SAFETY: the caller's, for all blocks.
    unsafe {
        if m == 1 {
            dot(y, a, x, work, accumulate);
        } else if row_wise {
            let mut store = Buf::new();
            let Some(x) = contiguous(x, &mut store) else {
                return super::small::product(y, a, x, accumulate);
            };
            if m < 8 && work > 200_000.0 {
                // Too few rows to share.
                let column = MatRef {
                    ptr: x,
                    shape: [k, 1],
                    strides: [1, 1],
                };
                for i in 0..m {
                    let row = MatRef {
                        ptr: a.at(i, 0),
                        shape: [1, k],
                        ..a
                    };
                    dot(
                        y.block([i, 0], [1, 1]),
                        row,
                        column,
                        work / m as f64,
                        accumulate,
                    );
                }
                return;
            }
            let shared = Shared((y, a, x));
            by_rows(m, work, &|from, to| {
                let (y, a, x) = shared.get();
                let rows = to - from;
                let own = y.block([from, 0], [rows, 1]);
                own.touched();
                by_row(
                    own,
                    MatRef {
                        ptr: a.at(from, 0),
                        shape: [rows, k],
                        ..a
                    },
                    x,
                    accumulate,
                );
            });
        } else if a.strides[0] == 1 {
            let direct = y.strides[0] == 1;
            let mut store = Buf::new();
            let own = if direct { 0 } else { m as i64 };
            let Ok(sums) = store.resize_unread("product", &[own]) else {
                return super::small::product(y, a, x, accumulate);
            };
            let base = if direct { y.ptr } else { sums.at(0) };
            let shared = Shared((base, a, x));
            by_rows(m, work, &|from, to| {
                let (base, a, x) = shared.get();
                let rows = to - from;
                if !direct || !accumulate {
                    // SAFETY: all bytes zero is a value; the rows are this thread's.
                    base.add(from).write_bytes(0, rows);
                }
                by_column(
                    base.add(from),
                    MatRef {
                        ptr: a.at(from, 0),
                        shape: [rows, k],
                        ..a
                    },
                    x,
                );
            });
            if !direct {
                for i in 0..m {
                    let (to, v) = (y.at(i, 0), sums.get(i as i64));
                    *to = if accumulate { (*to).plus(v) } else { v };
                }
            }
        } else {
            super::small::product(y, a, x, accumulate);
        }
    }
}

/// One dot product.
///
/// # Safety
/// As [`super::matmul`].
unsafe fn dot<T: Number>(y: MatMut<T>, a: MatRef<T>, x: MatRef<T>, work: f64, accumulate: bool) {
    let k = a.shape[1];
    let shared = Shared((a, x));
    let piece = |from: usize, to: usize| -> T {
        let (a, x) = shared.get();
        let n = to - from;
        let mut sum = T::ZERO;
        let out = MatMut {
            ptr: &raw mut sum,
            shape: [1, 1],
            strides: [1, 1],
        };
        let row = MatRef {
            ptr: a.at(0, from),
            shape: [1, n],
            ..a
        };
        let column = MatRef {
            ptr: x.at(from, 0),
            shape: [n, 1],
            ..x
        };
        // SAFETY: part of the vectors.
        unsafe {
            if (a.strides[1] == 1 && x.strides[0] == 1) || n <= 1 {
                by_row(out, row, column.ptr, false);
            } else {
                super::small::product(out, row, column, false);
            }
        }
        sum
    };
    let sum = par::reduce(
        k as i64,
        work,
        T::ZERO,
        &|from, to| Ok(piece(from as usize, to as usize)),
        &T::plus,
    )
    .unwrap_or(T::ZERO);
    // SAFETY: the caller's.
    unsafe {
        *y.ptr = if accumulate { (*y.ptr).plus(sum) } else { sum };
    }
}
