//! Products with few rows, at the speed of memory: the right operand is read once, along its rows, and is not packed.

use super::{MatMut, MatRef, Number, Shared, leveled, rows::put, small};
use crate::rt::{Buf, par};

/// Products of up to this many rows do less arithmetic on an element of the right operand than packing it would cost.
pub(super) const MOST_ROWS: usize = 16;
/// Elements of a right operand that does not stay in the inner caches.
pub(super) const LARGE: usize = 1 << 16;

/// Bytes of the result that are held near while rows of the right operand go by.
const RESULT: usize = 128 * 1024;

/// `W` columns of the result from `j` on, for `L` rows of `b` with their factors.
///
/// # Safety
/// As [`super::matmul`]; rows of `dst` are contiguous.
#[inline(always)]
unsafe fn columns<T: Number, const FMA: bool, const L: usize, const W: usize>(
    dst: &MatMut<T>,
    factors: &[[T; L]; MOST_ROWS],
    rows: [*const T; L],
    j: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let b: [[T; W]; L] =
            core::array::from_fn(|l| core::array::from_fn(|w| *rows[l].add(j + w)));
        for (r, factor) in factors.iter().enumerate().take(dst.shape[0]) {
            let to = dst.at(r, j);
            let mut c: [T; W] = core::array::from_fn(|w| *to.add(w));
            for l in 0..L {
                for w in 0..W {
                    c[w] = c[w].madd::<FMA>(factor[l], b[l][w]);
                }
            }
            for w in 0..W {
                *to.add(w) = c[w];
            }
        }
    }
}

/// `dst += a[:, l..l + L] @ b[l..l + L, :]`.
///
/// # Safety
/// As [`columns`]; rows of `b` are contiguous.
#[inline(always)]
unsafe fn rows<T: Number, const FMA: bool, const L: usize>(
    dst: &MatMut<T>,
    a: &MatRef<T>,
    b: &MatRef<T>,
    l: usize,
) {
    let [m, n] = dst.shape;
    let mut factors = [[T::ZERO; L]; MOST_ROWS];
    // SAFETY: the caller's.
    unsafe {
        for (r, factor) in factors.iter_mut().enumerate().take(m) {
            *factor = core::array::from_fn(|q| *a.at(r, l + q));
        }
        let from: [*const T; L] = core::array::from_fn(|q| b.at(l + q, 0));
        let mut j = 0;
        if size_of::<T>() <= 4 {
            while j + 32 <= n {
                columns::<T, FMA, L, 32>(dst, &factors, from, j);
                j += 32;
            }
        }
        while j + 16 <= n {
            columns::<T, FMA, L, 16>(dst, &factors, from, j);
            j += 16;
        }
        while j < n {
            columns::<T, FMA, L, 1>(dst, &factors, from, j);
            j += 1;
        }
    }
}

leveled! {
    /// `dst += a @ b`, rows of `dst` and `b` contiguous.
    ///
    /// # Safety
    /// As [`super::matmul`]; `a` has at most [`MOST_ROWS`] rows.
    unsafe fn sweep<T: Number>(dst: MatMut<T>, a: MatRef<T>, b: MatRef<T>) {
        let ([m, k], n) = (a.shape, b.shape[1]);
        let width = (RESULT / size_of::<T>() / m).max(1);
        let mut from = 0;
        while from < n {
            let columns = width.min(n - from);
            // SAFETY: the caller's.
            unsafe {
                let dst = dst.block([0, from], [m, columns]);
                let b = MatRef { ptr: b.at(0, from), shape: [k, columns], ..b };
                let mut l = 0;
                while l + 4 <= k {
                    rows::<T, FMA, 4>(&dst, &a, &b, l);
                    l += 4;
                }
                while l < k {
                    rows::<T, FMA, 1>(&dst, &a, &b, l);
                    l += 1;
                }
            }
            from += columns;
        }
    }
}

/// `dst (+)= a @ b` for up to [`MOST_ROWS`] rows, rows of `dst` and `b` contiguous. Threads share the rows of `b`, each with a result of its own.
///
/// # Safety
/// As [`super::matmul`].
pub(super) unsafe fn product<T: Number>(
    dst: MatMut<T>,
    a: MatRef<T>,
    b: MatRef<T>,
    accumulate: bool,
) {
    let ([m, k], n) = (a.shape, b.shape[1]);
    // Nanoseconds: of reading `b`, or of multiplying.
    let work = k as f64 * n as f64 * size_of::<T>() as f64 / 8.0 * (m as f64 / 4.0).max(1.0);
    // SAFETY: the caller's; a thread's own result has the shape of `dst`.
    unsafe {
        if !accumulate {
            small::fill_zero(dst);
        }
        let chunks = par::shares(k as i64, work, (m * n) as f64);
        if chunks == 1 {
            return sweep(dst, a, b);
        }
        let shared = Shared((a, b));
        let own = par::gather(
            chunks,
            k as i64,
            &|from, to| {
                let (a, b) = shared.get();
                let (from, rows) = (from as usize, (to - from) as usize);
                let mut sum = Buf::new();
                let part = MatMut {
                    ptr: sum.resize_unread("product", &[m as i64, n as i64])?.at(0),
                    shape: [m, n],
                    strides: [n as isize, 1],
                };
                small::fill_zero(part);
                sweep(
                    part,
                    MatRef {
                        ptr: a.at(0, from),
                        shape: [m, rows],
                        ..a
                    },
                    MatRef {
                        ptr: b.at(from, 0),
                        shape: [rows, n],
                        ..b
                    },
                );
                Ok(sum)
            },
            &|a, b| a.combine(&b, m * n, T::plus),
        );
        let Ok(mut own) = own else {
            // No memory for the threads' results.
            return sweep(dst, shared.get().0, shared.get().1);
        };
        let own = MatRef {
            ptr: own.base().at(0).cast_const(),
            shape: [m, n],
            strides: [n as isize, 1],
        };
        put(dst, own, true);
    }
}
