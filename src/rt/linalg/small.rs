//! Products without packing: rows of the result in panels of a few columns held in registers.

use super::{MatMut, MatRef, Number, leveled};

/// `R` rows and `W` columns of the product from (i, j) on. They lie in registers while the sums go on: every index into them is a constant.
///
/// # Safety
/// As [`super::matmul`]; where `UNIT`, rows of `dst` are contiguous.
#[inline(always)]
unsafe fn panel<T: Number, const FMA: bool, const UNIT: bool, const R: usize, const W: usize>(
    dst: &MatMut<T>,
    a: &MatRef<T>,
    b: &MatRef<T>,
    [i, j]: [usize; 2],
    accumulate: bool,
) {
    let k = a.shape[1];
    let step = if UNIT { 1 } else { dst.strides[1] };
    let to = |r: usize, w: usize| dst.at(i + r, j).wrapping_offset(w as isize * step);
    let mut sum = [[T::ZERO; W]; R];
    // SAFETY: the caller's.
    unsafe {
        if accumulate {
            sum = core::array::from_fn(|r| core::array::from_fn(|w| *to(r, w)));
        }
        if b.strides[1] == 1 {
            for l in 0..k {
                let row = b.at(l, j);
                let row: [T; W] = core::array::from_fn(|w| *row.add(w));
                for r in 0..R {
                    let x = *a.at(i + r, l);
                    for w in 0..W {
                        sum[r][w] = sum[r][w].madd::<FMA>(x, row[w]);
                    }
                }
            }
        } else {
            for l in 0..k {
                let row: [T; W] = core::array::from_fn(|w| *b.at(l, j + w));
                for r in 0..R {
                    let x = *a.at(i + r, l);
                    for w in 0..W {
                        sum[r][w] = sum[r][w].madd::<FMA>(x, row[w]);
                    }
                }
            }
        }
        for r in 0..R {
            if UNIT {
                to(r, 0).cast::<[T; W]>().write(sum[r]);
            } else {
                for w in 0..W {
                    *to(r, w) = sum[r][w];
                }
            }
        }
    }
}

/// Panels of `W` columns from `j` on; the first column that is left.
///
/// # Safety
/// As [`super::matmul`].
#[inline(always)]
unsafe fn panels<T: Number, const FMA: bool, const UNIT: bool, const W: usize>(
    dst: &MatMut<T>,
    a: &MatRef<T>,
    b: &MatRef<T>,
    mut j: usize,
    accumulate: bool,
) -> usize {
    let [m, n] = dst.shape;
    while j + W <= n {
        let mut i = 0;
        // SAFETY: the caller's.
        unsafe {
            // Four rows fill the registers of the widest panels, and more are not worth their code.
            while i + 4 <= m {
                panel::<T, FMA, UNIT, 4, W>(dst, a, b, [i, j], accumulate);
                i += 4;
            }
            while i < m {
                panel::<T, FMA, UNIT, 1, W>(dst, a, b, [i, j], accumulate);
                i += 1;
            }
        }
        j += W;
    }
    j
}

leveled! {
    /// `dst (+)= a @ b`.
    ///
    /// # Safety
    /// As [`super::matmul`].
    unsafe fn product<T: Number>(dst: MatMut<T>, a: MatRef<T>, b: MatRef<T>, accumulate: bool) {
        // SAFETY: the caller's.
        unsafe {
            let mut j = 0;
            if dst.strides[1] == 1 {
                if size_of::<T>() <= 8 {
                    j = panels::<T, FMA, true, 16>(&dst, &a, &b, j, accumulate);
                    j = panels::<T, FMA, true, 8>(&dst, &a, &b, j, accumulate);
                }
                j = panels::<T, FMA, true, 4>(&dst, &a, &b, j, accumulate);
                j = panels::<T, FMA, true, 2>(&dst, &a, &b, j, accumulate);
                panels::<T, FMA, true, 1>(&dst, &a, &b, j, accumulate);
            } else {
                j = panels::<T, FMA, false, 4>(&dst, &a, &b, j, accumulate);
                panels::<T, FMA, false, 1>(&dst, &a, &b, j, accumulate);
            }
        }
    }
}

/// Writes zeros.
///
/// # Safety
/// All elements may be written.
pub(super) unsafe fn fill_zero<T: Number>(dst: MatMut<T>) {
    for i in 0..dst.shape[0] {
        for j in 0..dst.shape[1] {
            // SAFETY: the caller's.
            unsafe { *dst.at(i, j) = T::ZERO };
        }
    }
}
