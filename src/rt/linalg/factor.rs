//! LU with partial pivoting and Cholesky, recursive over column blocks.

use super::{Field, MatMut, MatRef, leveled};
use crate::Error;

/// Up to this size, loops; beyond, halves.
const BASE: usize = 16;

leveled! {
    /// `c -= a @ b` for small sizes, columns of `a` and `c` contiguous.
    ///
    /// # Safety
    /// As [`super::matmul`].
    unsafe fn subtract_small<T: Field>(c: MatMut<T>, a: MatRef<T>, b: MatRef<T>, conj_b: bool) {
        let [m, k] = a.shape;
        for j in 0..b.shape[1] {
            let to = c.at(0, j);
            for l in 0..k {
                let from = a.at(0, l);
                // SAFETY: the caller's.
                unsafe {
                    let f = *b.at(l, j);
                    let f = T::ZERO.minus(if conj_b { f.conj() } else { f });
                    for i in 0..m {
                        *to.add(i) = (*to.add(i)).madd::<FMA>(f, *from.add(i));
                    }
                }
            }
        }
    }
}

/// `c -= a @ b`.
///
/// # Safety
/// As [`super::matmul`]; columns of `a` and `c` are contiguous.
unsafe fn subtract<T: Field>(c: MatMut<T>, a: MatRef<T>, b: MatRef<T>, conj_b: bool) {
    let ([m, k], n) = (a.shape, b.shape[1]);
    if m == 0 || n == 0 || k == 0 {
        return;
    }
    // SAFETY: the caller's.
    unsafe {
        if m.saturating_mul(n).saturating_mul(k) <= BASE * BASE * BASE {
            subtract_small(c, a, b, conj_b);
        } else {
            T::gemm_sub(c, a, b, conj_b);
        }
    }
}

/// `b = l^-1 b` for a lower triangle with unit diagonal.
///
/// # Safety
/// `l` is (n, n), `b` is (n, k), both with contiguous columns, and apart.
unsafe fn solve_lower<T: Field>(l: MatMut<T>, b: MatMut<T>) {
    let [n, k] = b.shape;
    // SAFETY: the caller's, for all blocks.
    unsafe {
        if n <= BASE {
            for j in 0..k {
                for p in 0..n {
                    let f = *b.at(p, j);
                    for i in p + 1..n {
                        let to = b.at(i, j);
                        *to = (*to).minus(f.times(*l.at(i, p)));
                    }
                }
            }
            return;
        }
        let h = n / 2;
        let (top, bottom) = (b.block([0, 0], [h, k]), b.block([h, 0], [n - h, k]));
        solve_lower(l.block([0, 0], [h, h]), top);
        subtract(
            bottom,
            l.block([h, 0], [n - h, h]).read(),
            top.read(),
            false,
        );
        solve_lower(l.block([h, h], [n - h, n - h]), bottom);
    }
}

/// `b = u^-1 b` for an upper triangle.
///
/// # Safety
/// As [`solve_lower`].
unsafe fn solve_upper<T: Field>(u: MatMut<T>, b: MatMut<T>) {
    let [n, k] = b.shape;
    // SAFETY: the caller's, for all blocks.
    unsafe {
        if n <= BASE {
            for j in 0..k {
                for p in (0..n).rev() {
                    let f = (*b.at(p, j)).over(*u.at(p, p));
                    *b.at(p, j) = f;
                    for i in 0..p {
                        let to = b.at(i, j);
                        *to = (*to).minus(f.times(*u.at(i, p)));
                    }
                }
            }
            return;
        }
        let h = n / 2;
        let (top, bottom) = (b.block([0, 0], [h, k]), b.block([h, 0], [n - h, k]));
        solve_upper(u.block([h, h], [n - h, n - h]), bottom);
        subtract(
            top,
            u.block([0, h], [h, n - h]).read(),
            bottom.read(),
            false,
        );
        solve_upper(u.block([0, 0], [h, h]), top);
    }
}

/// Exchanges rows `p` and `pivots[p]`, in order.
///
/// # Safety
/// The rows exist.
unsafe fn permute<T: Field>(b: MatMut<T>, pivots: &[usize]) {
    for j in 0..b.shape[1] {
        for (p, q) in pivots.iter().enumerate() {
            if p != *q {
                // SAFETY: the caller's.
                unsafe { core::ptr::swap(b.at(p, j), b.at(*q, j)) };
            }
        }
    }
}

/// `a = P l u` in place; `pivots[p]` is the row exchanged with row `p`. At least as many rows as columns.
///
/// # Safety
/// `a` may be accessed; its columns are contiguous; one pivot for each column.
unsafe fn lu<T: Field>(a: MatMut<T>, pivots: &mut [usize]) -> Result<(), Error> {
    let [m, n] = a.shape;
    // SAFETY: the caller's, for all blocks.
    unsafe {
        if n <= BASE {
            for p in 0..n {
                let mut q = p;
                for i in p + 1..m {
                    if (*a.at(i, p)).size() > (*a.at(q, p)).size() {
                        q = i;
                    }
                }
                pivots[p] = q;
                if (*a.at(q, p)).size() == 0.0 {
                    return Err(Error::Singular);
                }
                if q != p {
                    for j in 0..n {
                        core::ptr::swap(a.at(p, j), a.at(q, j));
                    }
                }
                let pivot = *a.at(p, p);
                for i in p + 1..m {
                    *a.at(i, p) = (*a.at(i, p)).over(pivot);
                }
                let rest = [m - p - 1, n - p - 1];
                subtract_small(
                    a.block([p + 1, p + 1], rest),
                    a.block([p + 1, p], [rest[0], 1]).read(),
                    a.block([p, p + 1], [1, rest[1]]).read(),
                    false,
                );
            }
            return Ok(());
        }
        let h = n / 2;
        let (left, right) = pivots.split_at_mut(h);
        lu(a.block([0, 0], [m, h]), left)?;
        let (a12, a22) = (a.block([0, h], [h, n - h]), a.block([h, h], [m - h, n - h]));
        let a21 = a.block([h, 0], [m - h, h]);
        permute(a.block([0, h], [m, n - h]), left);
        solve_lower(a.block([0, 0], [h, h]), a12);
        subtract(a22, a21.read(), a12.read(), false);
        lu(a22, right)?;
        permute(a21, right);
        for p in right {
            *p += h;
        }
        Ok(())
    }
}

/// A copy by columns, and itself as a matrix.
///
/// # Safety
/// `a` may be read.
unsafe fn columns<T: Field>(a: MatRef<T>) -> Vec<T> {
    let [m, n] = a.shape;
    let mut store = Vec::with_capacity(m * n);
    for j in 0..n {
        // SAFETY: the caller's.
        store.extend((0..m).map(|i| unsafe { *a.at(i, j) }));
    }
    store
}

fn by_columns<T: Field>(store: &mut [T], [m, n]: [usize; 2]) -> MatMut<T> {
    MatMut {
        ptr: store.as_mut_ptr(),
        shape: [m, n],
        strides: [1, m as isize],
    }
}

/// Copies a matrix with contiguous columns to where it belongs.
///
/// # Safety
/// Both may be accessed.
unsafe fn copy<T: Field>(dst: MatMut<T>, src: MatMut<T>) {
    for i in 0..dst.shape[0] {
        for j in 0..dst.shape[1] {
            // SAFETY: the caller's.
            unsafe { *dst.at(i, j) = *src.at(i, j) };
        }
    }
}

/// `dst = a^-1 b`, as NumPy's `solve`. A pivot of exactly zero is [`Error::Singular`].
///
/// # Safety
/// `a` is (n, n), `b` and `dst` are (n, k), all may be accessed. They may overlap.
pub unsafe fn solve<T: Field>(dst: MatMut<T>, a: MatRef<T>, b: MatRef<T>) -> Result<(), Error> {
    // SAFETY: the caller's; the copies have the shapes they are given.
    unsafe {
        let (mut a_store, mut b_store) = (columns(a), columns(b));
        factor_and_solve(
            by_columns(&mut a_store, a.shape),
            by_columns(&mut b_store, b.shape),
            dst,
        )
    }
}

/// `dst = a^-1`, as NumPy's `inv`. A pivot of exactly zero is [`Error::Singular`].
///
/// # Safety
/// `a` and `dst` are (n, n) and may be accessed. They may overlap.
pub unsafe fn inv<T: Field>(dst: MatMut<T>, a: MatRef<T>) -> Result<(), Error> {
    let n = a.shape[0];
    let mut identity = vec![T::ZERO; n * n];
    identity.iter_mut().step_by(n + 1).for_each(|x| *x = T::ONE);
    // SAFETY: the caller's; the copies have the shapes they are given.
    unsafe {
        let mut store = columns(a);
        factor_and_solve(
            by_columns(&mut store, a.shape),
            by_columns(&mut identity, a.shape),
            dst,
        )
    }
}

/// # Safety
/// `a` (n, n) and `b` (n, k), both with contiguous columns, may be overwritten; `dst` is (n, k).
unsafe fn factor_and_solve<T: Field>(
    a: MatMut<T>,
    b: MatMut<T>,
    dst: MatMut<T>,
) -> Result<(), Error> {
    let n = a.shape[0];
    let (mut few, mut many) = ([0; BASE], Vec::new());
    let pivots = if n <= BASE {
        &mut few[..n]
    } else {
        many.resize(n, 0);
        &mut many[..]
    };
    // SAFETY: the caller's.
    unsafe {
        lu(a, pivots)?;
        permute(b, pivots);
        solve_lower(a, b);
        solve_upper(a, b);
        copy(dst, b);
    }
    Ok(())
}

/// `b = b l^-H` for a lower triangle.
///
/// # Safety
/// `l` is (n, n), `b` is (m, n), both with contiguous columns, and apart.
unsafe fn solve_right<T: Field>(l: MatMut<T>, b: MatMut<T>) {
    let [m, n] = b.shape;
    // SAFETY: the caller's, for all blocks.
    unsafe {
        if n <= BASE {
            for p in 0..n {
                let f = T::ONE.over((*l.at(p, p)).conj());
                for i in 0..m {
                    *b.at(i, p) = (*b.at(i, p)).times(f);
                }
                let rest = n - p - 1;
                subtract_small(
                    b.block([0, p + 1], [m, rest]),
                    b.block([0, p], [m, 1]).read(),
                    l.block([p + 1, p], [rest, 1]).read().t(),
                    true,
                );
            }
            return;
        }
        let h = n / 2;
        let (left, right) = (b.block([0, 0], [m, h]), b.block([0, h], [m, n - h]));
        solve_right(l.block([0, 0], [h, h]), left);
        subtract(
            right,
            left.read(),
            l.block([h, 0], [n - h, h]).read().t(),
            true,
        );
        solve_right(l.block([h, h], [n - h, n - h]), right);
    }
}

/// `c -= x x^H`, lower triangle (and maybe some above).
///
/// # Safety
/// `c` is (n, n), `x` is (n, k), both with contiguous columns, and apart.
unsafe fn update_lower<T: Field>(c: MatMut<T>, x: MatMut<T>) {
    let [n, k] = x.shape;
    // SAFETY: the caller's, for all blocks.
    unsafe {
        if n <= 4 * BASE {
            subtract(c, x.read(), x.read().t(), true);
            return;
        }
        let h = n / 2;
        let (top, bottom) = (x.block([0, 0], [h, k]), x.block([h, 0], [n - h, k]));
        update_lower(c.block([0, 0], [h, h]), top);
        subtract(
            c.block([h, 0], [n - h, h]),
            bottom.read(),
            top.read().t(),
            true,
        );
        update_lower(c.block([h, h], [n - h, n - h]), bottom);
    }
}

/// `a = l l^H` in place, on and below the diagonal.
///
/// # Safety
/// `a` is square, with contiguous columns, and may be overwritten.
unsafe fn factor_lower<T: Field>(a: MatMut<T>) -> Result<(), Error> {
    let n = a.shape[0];
    // SAFETY: the caller's, for all blocks.
    unsafe {
        if n <= BASE {
            for p in 0..n {
                let d = (*a.at(p, p)).real();
                if d.is_nan() || d <= 0.0 {
                    return Err(Error::NotPositiveDefinite);
                }
                let root = T::from_real(d.sqrt());
                *a.at(p, p) = root;
                for i in p + 1..n {
                    *a.at(i, p) = (*a.at(i, p)).over(root);
                }
                let rest = n - p - 1;
                let x = a.block([p + 1, p], [rest, 1]);
                subtract_small(
                    a.block([p + 1, p + 1], [rest, rest]),
                    x.read(),
                    x.read().t(),
                    true,
                );
            }
            return Ok(());
        }
        let h = n / 2;
        let (a11, a21, a22) = (
            a.block([0, 0], [h, h]),
            a.block([h, 0], [n - h, h]),
            a.block([h, h], [n - h, n - h]),
        );
        factor_lower(a11)?;
        solve_right(a11, a21);
        update_lower(a22, a21);
        factor_lower(a22)
    }
}

/// `dst = l` with `a = l l^H`, as NumPy's `cholesky`: reads the lower triangle, writes zeros above.
///
/// # Safety
/// `a` and `dst` are (n, n) and may be accessed. They may overlap.
pub unsafe fn cholesky<T: Field>(dst: MatMut<T>, a: MatRef<T>) -> Result<(), Error> {
    // SAFETY: the caller's; the copy has the shape it is given.
    unsafe {
        let mut store = columns(a);
        let l = by_columns(&mut store, a.shape);
        factor_lower(l)?;
        for j in 0..a.shape[0] {
            for i in 0..j {
                *l.at(i, j) = T::ZERO;
            }
        }
        copy(dst, l);
    }
    Ok(())
}
