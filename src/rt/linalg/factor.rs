//! LU with partial pivoting and Cholesky, recursive over column blocks.

use super::{Field, MatMut, MatRef, divide, leveled};
use crate::Error;
use crate::rt::Buf;

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
            divide::subtract(c, a, b, conj_b);
        }
    }
}

/// The reciprocal of a divisor by which many are divided, where that is as good: not near the ends of the exponents.
fn reciprocal<T: Field>(d: T) -> Option<T> {
    let size = d.size();
    (1e-30..1e30).contains(&size).then(|| T::ONE.over(d))
}

/// `x / d`, where `r` is the reciprocal of `d` if it may be used.
#[inline(always)]
fn quotient<T: Field>(x: T, d: T, r: Option<T>) -> T {
    r.map_or_else(|| x.over(d), |r| x.times(r))
}

/// `Q` columns of `b` from `j` on, up to [`BASE`] elements each, padded with zeros.
///
/// # Safety
/// They may be read.
#[inline(always)]
unsafe fn load<T: Field, const Q: usize>(b: &MatMut<T>, j: usize) -> [[T; BASE]; Q] {
    let n = b.shape[0];
    let mut x = [[T::ZERO; BASE]; Q];
    for q in 0..Q {
        let from = b.at(0, j + q);
        // SAFETY: the caller's.
        unsafe {
            if n == BASE {
                x[q] = core::array::from_fn(|i| *from.add(i));
            } else {
                for i in 0..n {
                    x[q][i] = *from.add(i);
                }
            }
        }
    }
    x
}

/// Writes what [`load`] read.
///
/// # Safety
/// They may be written.
#[inline(always)]
unsafe fn store<T: Field, const Q: usize>(b: &MatMut<T>, j: usize, x: [[T; BASE]; Q]) {
    let n = b.shape[0];
    for q in 0..Q {
        let to = b.at(0, j + q);
        // SAFETY: the caller's.
        unsafe {
            for i in 0..n {
                *to.add(i) = x[q][i];
            }
        }
    }
}

/// Solves for `Q` columns with a triangle whose columns are `t`, below the diagonal or above: the elements `order` names, one after another.
/// `divided` divides an element by its one on the diagonal.
///
/// # Safety
/// The columns of `b` may be accessed.
#[inline(always)]
unsafe fn eliminate<T: Field, const FMA: bool, const LOWER: bool, const Q: usize>(
    b: &MatMut<T>,
    j: usize,
    t: &[[T; BASE]; BASE],
    order: impl Iterator<Item = usize>,
    divided: impl Fn(usize, T) -> T,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut x = load::<T, Q>(b, j);
        for p in order {
            for q in 0..Q {
                let v = divided(p, x[q][p]);
                x[q][p] = v;
                let f = T::ZERO.minus(v);
                for i in 0..BASE {
                    let v = x[q][i].madd::<FMA>(f, t[p][i]);
                    // Not by the zeros there: an infinity times zero would spoil what is solved.
                    let inside = if LOWER { i > p } else { i < p };
                    x[q][i] = if inside { v } else { x[q][i] };
                }
            }
        }
        store(b, j, x);
    }
}

leveled! {
    /// [`solve_lower`] for up to [`BASE`] rows.
    ///
    /// # Safety
    /// As there.
    unsafe fn solve_lower_small<T: Field>(l: MatMut<T>, b: MatMut<T>) {
        let [n, k] = b.shape;
        // SAFETY: the caller's.
        unsafe {
            let mut t = [[T::ZERO; BASE]; BASE];
            for p in 0..n {
                for i in p + 1..n {
                    t[p][i] = *l.at(i, p);
                }
            }
            let mut j = 0;
            while j + 4 <= k {
                eliminate::<T, FMA, true, 4>(&b, j, &t, 0..n, |_, x| x);
                j += 4;
            }
            while j < k {
                eliminate::<T, FMA, true, 1>(&b, j, &t, 0..n, |_, x| x);
                j += 1;
            }
        }
    }
}

leveled! {
    /// [`solve_upper`] for up to [`BASE`] rows.
    ///
    /// # Safety
    /// As there.
    unsafe fn solve_upper_small<T: Field>(u: MatMut<T>, b: MatMut<T>) {
        let [n, k] = b.shape;
        // SAFETY: the caller's.
        unsafe {
            let mut t = [[T::ZERO; BASE]; BASE];
            let mut divisors = [(T::ONE, None); BASE];
            for p in 0..n {
                for i in 0..p {
                    t[p][i] = *u.at(i, p);
                }
                let d = *u.at(p, p);
                divisors[p] = (d, reciprocal(d));
            }
            let divided = |p: usize, x: T| quotient(x, divisors[p].0, divisors[p].1);
            let mut j = 0;
            while j + 4 <= k {
                eliminate::<T, FMA, false, 4>(&b, j, &t, (0..n).rev(), divided);
                j += 4;
            }
            while j < k {
                eliminate::<T, FMA, false, 1>(&b, j, &t, (0..n).rev(), divided);
                j += 1;
            }
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
            return solve_lower_small(l, b);
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
            return solve_upper_small(u, b);
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

leveled! {
    /// [`lu`] for up to [`BASE`] columns; tells whether no pivot is zero.
    ///
    /// # Safety
    /// As there.
    unsafe fn lu_small<T: Field>(a: MatMut<T>, pivots: &mut [usize], regular: &mut bool) {
        let [m, n] = a.shape;
        // SAFETY: the caller's.
        unsafe {
            for p in 0..n {
                let column = a.at(0, p);
                let (mut q, mut largest) = (p, (*column.add(p)).size());
                for i in p + 1..m {
                    let size = (*column.add(i)).size();
                    if size > largest {
                        (q, largest) = (i, size);
                    }
                }
                pivots[p] = q;
                if largest == 0.0 {
                    *regular = false;
                    return;
                }
                if q != p {
                    for j in 0..n {
                        core::ptr::swap(a.at(p, j), a.at(q, j));
                    }
                }
                let pivot = *column.add(p);
                let r = reciprocal(pivot);
                for i in p + 1..m {
                    *column.add(i) = quotient(*column.add(i), pivot, r);
                }
                for j in p + 1..n {
                    let to = a.at(0, j);
                    let f = T::ZERO.minus(*to.add(p));
                    for i in p + 1..m {
                        *to.add(i) = (*to.add(i)).madd::<FMA>(f, *column.add(i));
                    }
                }
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
            let mut regular = true;
            lu_small(a, pivots, &mut regular);
            return if regular {
                Ok(())
            } else {
                Err(Error::Singular)
            };
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

/// Calls `body` for all elements of a matrix in small squares, so that neither rows nor columns stride over many pages.
#[inline(always)]
fn in_squares([m, n]: [usize; 2], mut body: impl FnMut(usize, usize)) {
    const SQUARE: usize = 16;
    for top in (0..m).step_by(SQUARE) {
        for left in (0..n).step_by(SQUARE) {
            for i in top..m.min(top + SQUARE) {
                for j in left..n.min(left + SQUARE) {
                    body(i, j);
                }
            }
        }
    }
}

/// Memory for a matrix of this shape by columns, of which nothing is written yet.
fn by_columns<T: Field>(
    store: &mut Buf<T>,
    name: &'static str,
    [m, n]: [usize; 2],
) -> Result<MatMut<T>, Error> {
    let base = store.resize_unread(name, &[m as i64, n as i64])?;
    Ok(MatMut {
        ptr: base.at(0),
        shape: [m, n],
        strides: [1, m as isize],
    })
}

/// A copy by columns.
///
/// # Safety
/// `a` may be read.
unsafe fn columns<T: Field>(
    store: &mut Buf<T>,
    name: &'static str,
    a: MatRef<T>,
) -> Result<MatMut<T>, Error> {
    let to = by_columns(store, name, a.shape)?;
    // SAFETY: the caller's; the copy has the same shape.
    in_squares(a.shape, |i, j| unsafe { *to.at(i, j) = *a.at(i, j) });
    Ok(to)
}

/// Copies a matrix to where it belongs.
///
/// # Safety
/// Both may be accessed.
unsafe fn copy<T: Field>(dst: MatMut<T>, src: MatMut<T>) {
    // SAFETY: the caller's.
    in_squares(dst.shape, |i, j| unsafe { *dst.at(i, j) = *src.at(i, j) });
}

/// `dst = a^-1 b`, as NumPy's `solve`. A pivot of exactly zero is [`Error::Singular`]. `name` is the result's, for want of memory.
///
/// # Safety
/// `a` is (n, n), `b` and `dst` are (n, k), all may be accessed. They may overlap.
pub unsafe fn solve<T: Field>(
    dst: MatMut<T>,
    a: MatRef<T>,
    b: MatRef<T>,
    name: &'static str,
) -> Result<(), Error> {
    dst.touched();
    a.touched();
    b.touched();
    let (mut a_store, mut b_store) = (Buf::new(), Buf::new());
    // SAFETY: the caller's; the copies have the shapes they are given.
    unsafe {
        let a = columns(&mut a_store, name, a)?;
        let b = columns(&mut b_store, name, b)?;
        factor_and_solve(a, b, dst, name)
    }
}

/// `dst = a^-1`, as NumPy's `inv`. A pivot of exactly zero is [`Error::Singular`]. `name` is the result's, for want of memory.
///
/// # Safety
/// `a` and `dst` are (n, n) and may be accessed. They may overlap.
pub unsafe fn inv<T: Field>(dst: MatMut<T>, a: MatRef<T>, name: &'static str) -> Result<(), Error> {
    dst.touched();
    a.touched();
    let (mut store, mut unit) = (Buf::new(), Buf::new());
    // SAFETY: the caller's; the copies have the shapes they are given.
    unsafe {
        let a = columns(&mut store, name, a)?;
        let identity = by_columns(&mut unit, name, a.shape)?;
        for j in 0..a.shape[1] {
            for i in 0..a.shape[0] {
                *identity.at(i, j) = if i == j { T::ONE } else { T::ZERO };
            }
        }
        factor_and_solve(a, identity, dst, name)
    }
}

/// # Safety
/// `a` (n, n) and `b` (n, k), both with contiguous columns, may be overwritten; `dst` is (n, k).
unsafe fn factor_and_solve<T: Field>(
    a: MatMut<T>,
    b: MatMut<T>,
    dst: MatMut<T>,
    name: &'static str,
) -> Result<(), Error> {
    let n = a.shape[0];
    let (mut few, mut many) = ([0; BASE], Vec::new());
    let pivots = if n <= BASE {
        &mut few[..n]
    } else {
        many.try_reserve_exact(n).map_err(|_| Error::Memory {
            array: name,
            bytes: n.saturating_mul(size_of::<usize>()),
        })?;
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

/// `dst = l` with `a = l l^H`, as NumPy's `cholesky`: reads the lower triangle, writes zeros above. `name` is the result's, for want of memory.
///
/// # Safety
/// `a` and `dst` are (n, n) and may be accessed. They may overlap.
pub unsafe fn cholesky<T: Field>(
    dst: MatMut<T>,
    a: MatRef<T>,
    name: &'static str,
) -> Result<(), Error> {
    dst.touched();
    a.touched();
    let mut store = Buf::new();
    // SAFETY: the caller's; the copy has the shape it is given.
    unsafe {
        let l = columns(&mut store, name, a)?;
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
