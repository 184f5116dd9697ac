//! Matrix products and factorisations on strided matrices.
//!
//! Products choose by shape: loops for small ones, bandwidth-bound kernels for vectors, the `gemm` crate for the rest.
//! Factorisations are recursive, so that nearly all their work is products (S. Toledo, *Locality of reference in LU
//! decomposition with partial pivoting*, 1997; F. Gustavson, *Recursion leads to automatic variable blocking*, 1997).

// Kernels take on the target features of the code around them; index arithmetic reads best with plain loops; branches would not
// vectorise.
#![allow(
    clippy::inline_always,
    clippy::needless_range_loop,
    clippy::needless_bitwise_bool
)]

mod divide;
mod factor;
mod few_rows;
mod gemv;
mod number;
mod rows;
mod small;

pub use factor::{cholesky, inv, solve};
pub use number::{Field, Number};
pub use rows::matmul_rows;

use super::{Buf, par, races};

/// A matrix that is read. Element (i, j) lies at `ptr + i * strides[0] + j * strides[1]`.
#[derive(Clone, Copy, Debug)]
pub struct MatRef<T> {
    pub ptr: *const T,
    pub shape: [usize; 2],
    /// In elements.
    pub strides: [isize; 2],
}

/// A matrix that is written; laid out as [`MatRef`].
#[derive(Clone, Copy, Debug)]
pub struct MatMut<T> {
    pub ptr: *mut T,
    pub shape: [usize; 2],
    pub strides: [isize; 2],
}

impl<T> MatRef<T> {
    /// Its elements are read.
    #[inline(always)]
    pub(crate) fn touched(&self) {
        races::matrix(self.ptr, self.shape, self.strides, false);
    }
    #[inline(always)]
    pub(crate) fn at(&self, i: usize, j: usize) -> *const T {
        self.ptr
            .wrapping_offset(i as isize * self.strides[0] + j as isize * self.strides[1])
    }
    /// Rows `i..i + m`, columns `j..j + n`.
    #[inline(always)]
    pub(crate) fn block(&self, [i, j]: [usize; 2], shape: [usize; 2]) -> Self {
        Self {
            ptr: self.at(i, j),
            shape,
            strides: self.strides,
        }
    }
    /// The transposed matrix.
    #[inline(always)]
    #[must_use]
    pub fn t(&self) -> Self {
        Self {
            ptr: self.ptr,
            shape: [self.shape[1], self.shape[0]],
            strides: [self.strides[1], self.strides[0]],
        }
    }
}

impl<T> MatMut<T> {
    /// Its elements are written.
    #[inline(always)]
    pub(crate) fn touched(&self) {
        races::matrix(self.ptr, self.shape, self.strides, true);
    }
    #[inline(always)]
    pub(crate) fn at(&self, i: usize, j: usize) -> *mut T {
        self.ptr
            .wrapping_offset(i as isize * self.strides[0] + j as isize * self.strides[1])
    }
    #[inline(always)]
    #[must_use]
    pub fn t(&self) -> Self {
        Self {
            ptr: self.ptr,
            shape: [self.shape[1], self.shape[0]],
            strides: [self.strides[1], self.strides[0]],
        }
    }
    /// The same matrix, to be read.
    #[inline(always)]
    pub(crate) fn read(&self) -> MatRef<T> {
        MatRef {
            ptr: self.ptr,
            shape: self.shape,
            strides: self.strides,
        }
    }
    /// Rows `i..i + m`, columns `j..j + n`.
    #[inline(always)]
    pub(crate) fn block(&self, [i, j]: [usize; 2], shape: [usize; 2]) -> Self {
        Self {
            ptr: self.at(i, j),
            shape,
            strides: self.strides,
        }
    }
}

/// An address that may travel to other threads.
#[derive(Clone, Copy)]
pub(crate) struct Shared<P>(pub(crate) P);
// SAFETY: the kernels below give each thread rows of its own to write; what they read, nobody writes.
unsafe impl<P> Send for Shared<P> {}
// SAFETY: as above.
unsafe impl<P> Sync for Shared<P> {}
impl<P: Copy> Shared<P> {
    /// The matrix; a method, so that closures capture the whole.
    #[inline(always)]
    pub(crate) fn get(&self) -> P {
        self.0
    }
}

/// Compiles a generic function for each level of the processor, and picks one when called. `FMA` is a constant in its body.
macro_rules! leveled {
    ($(#[$doc:meta])* unsafe fn $name:ident<T: $bound:ident>($($arg:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$doc])*
        pub(super) unsafe fn $name<T: $bound>($($arg: $type),*) {
            #[inline(always)]
            unsafe fn body<T: $bound, const FMA: bool>($($arg: $type),*) $body
            #[cfg(all(target_arch = "x86_64", not(debug_assertions)))]
            {
                #[target_feature(enable = "avx2,fma")]
                unsafe fn avx2<T: $bound>($($arg: $type),*) {
                    // SAFETY: the caller's.
                    unsafe { body::<T, true>($($arg),*) }
                }
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
                unsafe fn avx512<T: $bound>($($arg: $type),*) {
                    // SAFETY: the caller's.
                    unsafe { body::<T, true>($($arg),*) }
                }
                match $crate::rt::level() {
                    // SAFETY: the processor has these features; the rest is the caller's.
                    $crate::rt::Level::Avx512 => return unsafe { avx512::<T>($($arg),*) },
                    // SAFETY: the processor has these features; the rest is the caller's.
                    $crate::rt::Level::Avx2 => return unsafe { avx2::<T>($($arg),*) },
                    $crate::rt::Level::Baseline => {}
                }
            }
            const FUSED: bool = cfg!(any(target_arch = "aarch64", target_feature = "fma"));
            // SAFETY: the caller's.
            unsafe { body::<T, FUSED>($($arg),*) }
        }
    };
}
pub(crate) use leveled;

/// Products up to this many multiplications are done by [`small::product`], which needs no packing.
const fn small<T>() -> usize {
    if size_of::<T>() > 8 {
        5 * 5 * 5
    } else {
        7 * 7 * 7
    }
}

/// The same where the rows of the right operand and of the result are contiguous, as it likes them.
const fn small_by_rows<T>() -> usize {
    if size_of::<T>() > 8 {
        5 * 5 * 5
    } else {
        20 * 20 * 20
    }
}

/// `dst = a @ b`, or `dst += a @ b`. Integers wrap; for `bool`, sum is "or" and product is "and".
///
/// # Safety
/// The shapes fit together, all elements may be accessed, and `dst` overlaps neither operand.
#[inline]
pub unsafe fn matmul<T: Number>(dst: MatMut<T>, a: MatRef<T>, b: MatRef<T>, accumulate: bool) {
    let ([m, k], n) = (a.shape, b.shape[1]);
    debug_assert!(dst.shape == [m, n] && b.shape[0] == k);
    dst.touched();
    a.touched();
    b.touched();
    // SAFETY: the caller's.
    unsafe {
        let size = m.saturating_mul(n).saturating_mul(k);
        let most = if b.strides[1] == 1 && dst.strides[1] == 1 {
            small_by_rows::<T>()
        } else {
            small::<T>()
        };
        if m > 1 && n > 1 && k > 1 && size <= most {
            small::product(dst, a, b, accumulate);
        } else {
            by_shape(dst, a, b, accumulate);
        }
    }
}

/// The other cases of [`matmul`].
///
/// # Safety
/// As [`matmul`].
unsafe fn by_shape<T: Number>(dst: MatMut<T>, a: MatRef<T>, b: MatRef<T>, accumulate: bool) {
    let ([m, k], n) = (a.shape, b.shape[1]);
    // SAFETY: the caller's.
    unsafe {
        if m == 0 || n == 0 {
        } else if k == 0 {
            if !accumulate {
                small::fill_zero(dst);
            }
        } else if n == 1 {
            gemv::gemv(dst, a, b, accumulate);
        } else if m == 1 {
            gemv::gemv(dst.t(), b.t(), a.t(), accumulate);
        } else if k == 1 {
            // Rows of the result should be contiguous.
            if dst.strides[1].unsigned_abs() <= dst.strides[0].unsigned_abs() {
                outer(dst, a, b, accumulate);
            } else {
                outer(dst.t(), b.t(), a.t(), accumulate);
            }
        } else if has_few_rows(dst, b) {
            few_rows::product(dst, a, b, accumulate);
        } else if has_few_rows(dst.t(), a.t()) {
            few_rows::product(dst.t(), b.t(), a.t(), accumulate);
        } else if !T::LIBRARY {
            integers(dst, a, b, accumulate);
        } else if !accumulate && m >= divide::SYMMETRIC && is_transpose(a, b) {
            divide::symmetric(dst, a, b);
        } else {
            divide::product(dst, a, b, accumulate);
        }
    }
}

/// Whether two matrices are the same elements, transposed.
fn is_transpose<T>(a: MatRef<T>, b: MatRef<T>) -> bool {
    let a = a.t();
    a.ptr == b.ptr && a.shape == b.shape && a.strides == b.strides
}

/// Whether a product is for [`few_rows::product`].
fn has_few_rows<T>(dst: MatMut<T>, b: MatRef<T>) -> bool {
    dst.shape[0] <= few_rows::MOST_ROWS
        && b.shape[0].saturating_mul(b.shape[1]) >= few_rows::LARGE
        && b.shape[1] >= 64
        && dst.strides[1] == 1
        && b.strides[1] == 1
}

/// Runs `body` on ranges of rows, in parallel where `work` (in nanoseconds) is worth it.
pub(crate) fn by_rows(rows: usize, work: f64, body: &(dyn Fn(usize, usize) + Sync)) {
    // The body does not fail.
    let _ = par::for_range(rows as i64, work, &|from, to| {
        body(from as usize, to as usize);
        Ok(())
    });
}

/// A product with an inner dimension of one.
///
/// # Safety
/// As [`matmul`].
unsafe fn outer<T: Number>(dst: MatMut<T>, a: MatRef<T>, b: MatRef<T>, accumulate: bool) {
    let [m, n] = dst.shape;
    let work = m as f64 * n as f64 * size_of::<T>() as f64 / 8.0;
    let shared = Shared((dst, a, b));
    by_rows(m, work, &|from, to| {
        let (dst, a, b) = shared.get();
        dst.block([from, 0], [to - from, n]).touched();
        // SAFETY: the rows are this thread's; the rest is the caller's.
        unsafe {
            small::product(
                dst.block([from, 0], [to - from, n]),
                MatRef {
                    ptr: a.at(from, 0),
                    shape: [to - from, 1],
                    ..a
                },
                b,
                accumulate,
            );
        }
    });
}

/// Large products of types that the `gemm` crate does not know.
///
/// # Safety
/// As [`matmul`].
unsafe fn integers<T: Number>(dst: MatMut<T>, a: MatRef<T>, b: MatRef<T>, accumulate: bool) {
    let ([m, k], n) = (a.shape, b.shape[1]);
    // Rows of `b` must be contiguous for the kernel to be fast.
    let mut packed = Buf::new();
    let contiguous = b.strides[1] == 1;
    let rows = if contiguous { 0 } else { k as i64 };
    let b = match packed.resize_unread("product", &[rows, n as i64]) {
        Ok(to) if !contiguous => {
            let to = MatMut {
                ptr: to.at(0),
                shape: [k, n],
                strides: [n as isize, 1],
            };
            // SAFETY: the copy has the shape of `b`.
            unsafe { rows::put(to, b, false) };
            to.read()
        }
        // Without memory for them it is slow.
        _ => b,
    };
    let shared = Shared((dst, a, b));
    let work = m as f64 * n as f64 * k as f64 / 8.0;
    by_rows(m, work, &|from, to| {
        let (dst, a, b) = shared.get();
        dst.block([from, 0], [to - from, n]).touched();
        // SAFETY: the rows are this thread's; the rest is the caller's.
        unsafe {
            small::product(
                dst.block([from, 0], [to - from, n]),
                MatRef {
                    ptr: a.at(from, 0),
                    shape: [to - from, k],
                    ..a
                },
                b,
                accumulate,
            );
        }
    });
}

#[cfg(test)]
mod tests;
