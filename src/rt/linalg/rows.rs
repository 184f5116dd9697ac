//! Products of many matrices, or a tensor, with one matrix: rows that lie evenly in memory are one tall matrix.

use super::{MatMut, MatRef, Number, Shared, matmul};
use crate::Error;
use crate::rt::{Buf, par};

/// Rows of a tensor: all its dimensions but the last, with strides in elements.
#[derive(Clone, Copy, Debug)]
struct Extent {
    size: usize,
    dst: isize,
    a: isize,
}

impl Extent {
    const ROW: Self = Self {
        size: 1,
        dst: 0,
        a: 0,
    };
}

/// The fewest dimensions that walk over the same rows in the same order, none of them empty; at least one. In the memory of `all`, which has one for each dimension.
fn merged<'a>(all: &'a mut [Extent], shape: &[i64], dst: &[i64], a: &[i64]) -> &'a mut [Extent] {
    // From the inner to the outer, at the end of the memory.
    let mut first = all.len();
    for ((size, dst), a) in shape.iter().zip(dst).zip(a).rev() {
        let next = Extent {
            size: *size as usize,
            dst: *dst as isize,
            a: *a as isize,
        };
        match all.get_mut(first) {
            _ if next.size == 1 => {}
            Some(inner)
                if next.dst == inner.dst.wrapping_mul(inner.size as isize)
                    && next.a == inner.a.wrapping_mul(inner.size as isize) =>
            {
                // The result has all these rows.
                inner.size *= next.size;
            }
            _ => {
                first -= 1;
                all[first] = next;
            }
        }
    }
    // Without any other, one row.
    let first = first.min(all.len() - 1);
    &mut all[first..]
}

/// `dst (+)= a @ b` for tensors `dst` and `a` whose dimensions before the last are `shape`, each with its strides; the last is given by the columns of
/// `dst` and `a`, which are matrices of the first rows only. Where `dst` and `a` may overlap, the result is as if it was written at the end.
///
/// # Safety
/// All elements may be accessed; `b` does not overlap `dst`, and `a` only if `overlap`.
pub unsafe fn matmul_rows<T: Number, const N: usize>(
    (dst, dst_strides): (MatMut<T>, &[i64; N]),
    (a, a_strides): (MatRef<T>, &[i64; N]),
    shape: &[i64; N],
    b: MatRef<T>,
    accumulate: bool,
    overlap: bool,
    name: &'static str,
) -> Result<(), Error> {
    if shape.contains(&0) {
        return Ok(());
    }
    let mut all = [Extent::ROW; N];
    let extents = &*merged(&mut all, shape, dst_strides, a_strides);
    // Each row of the result takes the place of the row it is made from, which nothing else reads.
    let in_place = dst.ptr.cast_const() == a.ptr
        && extents.iter().all(|e| e.dst == e.a)
        && dst.shape[1] == a.shape[1]
        && (dst.strides[1] == a.strides[1] || dst.shape[1] == 1);
    // SAFETY: the caller's; parts of the tensors.
    unsafe {
        if overlap && !in_place {
            let n = dst.shape[1] as i64;
            // The result has as many elements.
            let rows: i64 = extents.iter().map(|e| e.size as i64).product();
            let mut whole = Buf::<T>::new();
            let base = whole.resize(name, &[rows, n])?.at(0);
            let mut at = 0;
            each_matrix(extents, dst, a, &mut |_, a| {
                let part = MatMut {
                    ptr: base.wrapping_offset(at),
                    shape: [a.shape[0], n as usize],
                    strides: [n as isize, 1],
                };
                at += a.shape[0] as isize * n as isize;
                matmul(part, a, b, false);
            });
            at = 0;
            each_matrix(extents, dst, a, &mut |dst, _| {
                let part = MatRef {
                    ptr: base.wrapping_offset(at).cast_const(),
                    shape: dst.shape,
                    strides: [n as isize, 1],
                };
                at += dst.shape[0] as isize * n as isize;
                put(dst, part, accumulate);
            });
        } else {
            let mut result = Ok(());
            each_matrix(extents, dst, a, &mut |dst, a| {
                if !overlap {
                    matmul(dst, a, b, accumulate);
                } else if result.is_ok() {
                    result = replace(dst, a, b, accumulate, name);
                }
            });
            result?;
        }
    }
    Ok(())
}

/// Calls `body` with the matrices over the last of the extents.
fn each_matrix<T: Number>(
    extents: &[Extent],
    dst: MatMut<T>,
    a: MatRef<T>,
    body: &mut dyn FnMut(MatMut<T>, MatRef<T>),
) {
    let [first, rest @ ..] = extents else {
        return;
    };
    if rest.is_empty() {
        return body(
            MatMut {
                ptr: dst.ptr,
                shape: [first.size, dst.shape[1]],
                strides: [first.dst, dst.strides[1]],
            },
            MatRef {
                ptr: a.ptr,
                shape: [first.size, a.shape[1]],
                strides: [first.a, a.strides[1]],
            },
        );
    }
    for i in 0..first.size as isize {
        let (mut dst, mut a) = (dst, a);
        dst.ptr = dst.ptr.wrapping_offset(i * first.dst);
        a.ptr = a.ptr.wrapping_offset(i * first.a);
        each_matrix(rest, dst, a, body);
    }
}

/// `dst (+)= src`.
///
/// # Safety
/// Both may be accessed and lie apart.
pub(super) unsafe fn put<T: Number>(dst: MatMut<T>, src: MatRef<T>, accumulate: bool) {
    let [m, n] = dst.shape;
    dst.touched();
    // SAFETY: the caller's.
    unsafe {
        for i in 0..m {
            if !accumulate && dst.strides[1] == 1 && src.strides[1] == 1 {
                core::ptr::copy_nonoverlapping(src.at(i, 0), dst.at(i, 0), n);
                continue;
            }
            for j in 0..n {
                let (to, v) = (dst.at(i, j), *src.at(i, j));
                *to = if accumulate { (*to).plus(v) } else { v };
            }
        }
    }
}

/// `dst (+)= a @ b` where row `i` of `dst` is row `i` of `a`: some rows at a time, by way of memory that stays in the inner caches.
///
/// # Safety
/// As [`matmul`], but for `dst` and `a`.
unsafe fn replace<T: Number>(
    dst: MatMut<T>,
    a: MatRef<T>,
    b: MatRef<T>,
    accumulate: bool,
    name: &'static str,
) -> Result<(), Error> {
    const NEAR: usize = 128 * 1024;
    let ([m, k], n) = (a.shape, b.shape[1]);
    let height = (NEAR / size_of::<T>() / n.max(1)).clamp(1, m);
    let work = m as f64 * n as f64 * k as f64 / 16.0;
    let shared = Shared((dst, a, b));
    par::for_range(m as i64, work, &|from, to| {
        let (dst, a, b) = shared.get();
        let (from, to) = (from as usize, to as usize);
        let mut near = Buf::new();
        let near = near.resize(name, &[height as i64, n as i64])?.at(0);
        for i in (from..to).step_by(height) {
            let rows = height.min(to - i);
            let part = MatMut {
                ptr: near,
                shape: [rows, n],
                strides: [n as isize, 1],
            };
            // SAFETY: the rows are this thread's; the rest is the caller's.
            unsafe {
                matmul(part, a.block([i, 0], [rows, k]), b, false);
                put(dst.block([i, 0], [rows, n]), part.read(), accumulate);
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::{Extent, MatMut, MatRef, matmul_rows, merged};

    #[test]
    fn rows_that_lie_evenly_are_one_dimension() {
        let sizes = |s: &[i64], d: &[i64], a: &[i64]| -> Vec<usize> {
            let mut all = [Extent::ROW; 3];
            let all = &mut all[..s.len()];
            merged(all, s, d, a).iter().map(|e| e.size).collect()
        };
        assert_eq!(sizes(&[3, 4, 1], &[20, 5, 7], &[20, 5, 9]), [12]);
        assert_eq!(sizes(&[3, 4], &[20, 5], &[40, 5]), [3, 4]);
        assert_eq!(sizes(&[2, 3, 4], &[60, 20, 5], &[99, 20, 5]), [2, 12]);
        assert_eq!(sizes(&[1, 1], &[5, 5], &[5, 5]), [1]);
    }

    /// A tensor of (2, 3, 4, `k`) times a matrix, into another tensor or itself, some elements further on.
    #[test]
    fn tensors_times_a_matrix() {
        for k in [1usize, 4, 40] {
            let count = 24 * k as i64;
            let value = |i: i64| (i % 7 - 3) as f64;
            let b: Vec<f64> = (0..(k * k) as i64).map(value).collect();
            for (offset, gap, accumulate) in [
                (0, 0, false),
                (0, 0, true),
                (k as i64, 0, false),
                (0, 3, false),
                (2 * count, 0, true),
            ] {
                let strides = [12 * k as i64 + gap, 4 * k as i64, k as i64];
                let mut store: Vec<f64> = (0..4 * count + 9).map(value).collect();
                let mut expected = store.clone();
                for row in 0..24i64 {
                    let begin = row / 12 * strides[0] + row % 12 * k as i64;
                    for j in 0..k {
                        let sum: f64 = (0..k)
                            .map(|l| store[begin as usize + l] * b[l * k + j])
                            .sum();
                        let to = &mut expected[(begin + offset) as usize + j];
                        *to = if accumulate {
                            store[(begin + offset) as usize + j]
                        } else {
                            0.0
                        } + sum;
                    }
                }
                let base = store.as_mut_ptr();
                let last = [0, 1];
                // SAFETY: the tensors lie in the memory.
                unsafe {
                    matmul_rows(
                        (
                            MatMut {
                                ptr: base.offset(offset as isize),
                                shape: [1, k],
                                strides: last,
                            },
                            &strides,
                        ),
                        (
                            MatRef {
                                ptr: base,
                                shape: [1, k],
                                strides: last,
                            },
                            &strides,
                        ),
                        &[2, 3, 4],
                        MatRef {
                            ptr: b.as_ptr(),
                            shape: [k, k],
                            strides: [k as isize, 1],
                        },
                        accumulate,
                        offset < count,
                        "a",
                    )
                }
                .unwrap();
                assert!(store == expected, "{k} {offset} {gap}");
            }
        }
    }
}
