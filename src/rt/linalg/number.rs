//! The element types of matrices.

use super::{MatMut, MatRef, factor, small};
use crate::rt::Element;
use crate::rt::buf::has_room;
use crate::rt::math::ComplexMath;
use gemm::Parallelism;
use gemm_common::cache::CACHE_INFO;
use gemm_common::gemm::L2_SLAB;
use num_complex::Complex;
use std::cell::Cell;

/// Types that matrices can be multiplied over.
pub trait Number: Element {
    /// Whether [`Number::gemm`] knows this type.
    const LIBRARY: bool = false;
    /// `self + a * b`; integers wrap, `bool` is `self | (a & b)`.
    #[must_use]
    fn madd<const FMA: bool>(self, a: Self, b: Self) -> Self;
    /// `self + b`, in the same sense.
    #[must_use]
    fn plus(self, b: Self) -> Self;
    /// A product by a library on this thread, where there is one for this type.
    ///
    /// # Safety
    /// As [`super::matmul`].
    unsafe fn gemm(dst: MatMut<Self>, a: MatRef<Self>, b: MatRef<Self>, accumulate: bool) {
        let _ = (dst, a, b, accumulate);
        unreachable!("asked for only where there is a library")
    }
}

macro_rules! integers {
    ($($t:ty),*) => { $(
        impl Number for $t {
            #[inline(always)]
            fn madd<const FMA: bool>(self, a: Self, b: Self) -> Self {
                self.wrapping_add(a.wrapping_mul(b))
            }
            #[inline(always)]
            fn plus(self, b: Self) -> Self {
                self.wrapping_add(b)
            }
        }
    )* };
}
integers!(i8, i16, i32, i64, u8, u16, u32, u64);

impl Number for bool {
    #[inline(always)]
    fn madd<const FMA: bool>(self, a: Self, b: Self) -> Self {
        self | (a & b)
    }
    #[inline(always)]
    fn plus(self, b: Self) -> Self {
        self | b
    }
}

/// Types that equations can be solved over.
pub trait Field: Number {
    const ONE: Self;
    #[must_use]
    fn minus(self, b: Self) -> Self;
    #[must_use]
    fn times(self, b: Self) -> Self;
    #[must_use]
    fn over(self, b: Self) -> Self;
    /// Complex conjugate.
    #[must_use]
    fn conj(self) -> Self;
    /// By what pivots are compared: the absolute value, or as LAPACK the sum of both parts' absolute values.
    fn size(self) -> f64;
    fn real(self) -> f64;
    fn from_real(x: f64) -> Self;
    /// `dst -= a @ b`, `b` conjugated where asked, by the library on this thread.
    ///
    /// # Safety
    /// As [`super::matmul`]; columns of `dst` and `a` are contiguous.
    unsafe fn gemm_sub(dst: MatMut<Self>, a: MatRef<Self>, b: MatRef<Self>, conj_b: bool);
}

/// Whether the library's memory for a product of (m, k) and (k, n) elements of so many bytes can be had: where it cannot, the library ends the process.
/// It packs parts of the operands into new memory, and others into memory of the thread, which is gone once the thread's locals are.
fn has_library_room([m, n, k]: [usize; 3], size: usize) -> bool {
    thread_local! {
        static ASKED: Cell<bool> = const { Cell::new(false) };
    }
    /// No tile of a kernel has more rows or columns, and no pass over the inner dimension is longer.
    const TILE: usize = 64;
    const DEPTH: usize = 4096;
    let [_, second, third] = [0, 1, 2].map(|level| CACHE_INFO[level].cache_bytes);
    // Virtual processors do not always tell; the library takes that for granted.
    if second < DEPTH || !ASKED.get() && !has_room(second.saturating_mul(2)) {
        return false;
    }
    ASKED.set(true);
    if L2_SLAB.try_with(|_| ()).is_err() {
        return false;
    }
    let bytes = |count: usize| {
        count
            .saturating_add(TILE)
            .saturating_mul(k.min(DEPTH))
            .saturating_mul(size)
    };
    let right = bytes(n).min(bytes(128 * TILE).max(third.saturating_add(bytes(0))));
    let left = bytes(m).min(bytes(8 * TILE).max(second).saturating_mul(2));
    has_room(right.saturating_add(left))
}

/// Calls the library on this thread, or what takes its place where there is too little memory for it.
macro_rules! call {
    ($dst:expr, $a:expr, $b:expr, $read:expr, $alpha:expr, $beta:expr, $conj:expr, $without:expr) => {{
        let (dst, a, b) = ($dst, $a, $b);
        let shape = [dst.shape[0], dst.shape[1], a.shape[1]];
        if !has_library_room(shape, size_of::<Self>()) {
            return $without;
        }
        gemm::gemm(
            dst.shape[0],
            dst.shape[1],
            a.shape[1],
            dst.ptr,
            dst.strides[1],
            dst.strides[0],
            $read,
            a.ptr,
            a.strides[1],
            a.strides[0],
            b.ptr,
            b.strides[1],
            b.strides[0],
            $alpha,
            $beta,
            false,
            false,
            $conj,
            Parallelism::None,
        );
    }};
}

macro_rules! floats {
    ($($t:ident),*) => { $(
        impl Number for $t {
            #[inline(always)]
            fn madd<const FMA: bool>(self, a: Self, b: Self) -> Self {
                if FMA { a.mul_add(b, self) } else { self + a * b }
            }
            #[inline(always)]
            fn plus(self, b: Self) -> Self {
                self + b
            }
            const LIBRARY: bool = true;
            unsafe fn gemm(dst: MatMut<Self>, a: MatRef<Self>, b: MatRef<Self>, accumulate: bool) {
                // SAFETY: the caller's.
                unsafe { call!(dst, a, b, accumulate, 1.0, 1.0, false, small::product(dst, a, b, accumulate)) };
            }
        }
        impl Field for $t {
            const ONE: Self = 1.0;
            #[inline(always)]
            fn minus(self, b: Self) -> Self {
                self - b
            }
            #[inline(always)]
            fn times(self, b: Self) -> Self {
                self * b
            }
            #[inline(always)]
            fn over(self, b: Self) -> Self {
                self / b
            }
            #[inline(always)]
            fn conj(self) -> Self {
                self
            }
            #[inline(always)]
            fn size(self) -> f64 {
                f64::from(self.abs())
            }
            #[inline(always)]
            fn real(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn from_real(x: f64) -> Self {
                x as $t
            }
            unsafe fn gemm_sub(dst: MatMut<Self>, a: MatRef<Self>, b: MatRef<Self>, _: bool) {
                // SAFETY: the caller's.
                unsafe { call!(dst, a, b, true, 1.0, -1.0, false, factor::subtract_small(dst, a, b, false)) };
            }
        }
        impl Number for Complex<$t> {
            #[inline(always)]
            fn madd<const FMA: bool>(self, a: Self, b: Self) -> Self {
                Self {
                    re: self.re.madd::<FMA>(a.re, b.re).madd::<FMA>(-a.im, b.im),
                    im: self.im.madd::<FMA>(a.re, b.im).madd::<FMA>(a.im, b.re),
                }
            }
            #[inline(always)]
            fn plus(self, b: Self) -> Self {
                self + b
            }
            const LIBRARY: bool = true;
            unsafe fn gemm(dst: MatMut<Self>, a: MatRef<Self>, b: MatRef<Self>, accumulate: bool) {
                // SAFETY: the caller's.
                unsafe { call!(dst, a, b, accumulate, Self::ONE, Self::ONE, false, small::product(dst, a, b, accumulate)) };
            }
        }
        impl Field for Complex<$t> {
            const ONE: Self = Self { re: 1.0, im: 0.0 };
            #[inline(always)]
            fn minus(self, b: Self) -> Self {
                self - b
            }
            #[inline(always)]
            fn times(self, b: Self) -> Self {
                self * b
            }
            #[inline(always)]
            fn over(self, b: Self) -> Self {
                ComplexMath::div::<false>(self, b)
            }
            #[inline(always)]
            fn conj(self) -> Self {
                Self { re: self.re, im: -self.im }
            }
            #[inline(always)]
            fn size(self) -> f64 {
                f64::from(self.re.abs()) + f64::from(self.im.abs())
            }
            #[inline(always)]
            fn real(self) -> f64 {
                f64::from(self.re)
            }
            #[inline(always)]
            fn from_real(x: f64) -> Self {
                Self { re: x as $t, im: 0.0 }
            }
            unsafe fn gemm_sub(dst: MatMut<Self>, a: MatRef<Self>, b: MatRef<Self>, conj_b: bool) {
                // SAFETY: the caller's.
                unsafe { call!(dst, a, b, true, Self::ONE, -Self::ONE, conj_b, factor::subtract_small(dst, a, b, conj_b)) };
            }
        }
    )* };
}
floats!(f32, f64);
