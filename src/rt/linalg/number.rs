//! The element types of matrices.

use super::{MatMut, MatRef};
use crate::rt::Element;
use crate::rt::math::ComplexMath;
use gemm::Parallelism;
use num_complex::Complex;

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
    /// As [`super::matmul`].
    unsafe fn gemm_sub(dst: MatMut<Self>, a: MatRef<Self>, b: MatRef<Self>, conj_b: bool);
}

/// Calls the library on this thread.
macro_rules! call {
    ($dst:expr, $a:expr, $b:expr, $read:expr, $alpha:expr, $beta:expr, $conj:expr) => {{
        let (dst, a, b) = ($dst, $a, $b);
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
                unsafe { call!(dst, a, b, accumulate, 1.0, 1.0, false) };
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
                unsafe { call!(dst, a, b, true, 1.0, -1.0, false) };
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
                unsafe { call!(dst, a, b, accumulate, Self::ONE, Self::ONE, false) };
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
                unsafe { call!(dst, a, b, true, Self::ONE, -Self::ONE, conj_b) };
            }
        }
    )* };
}
floats!(f32, f64);
