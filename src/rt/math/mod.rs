//! Elementary functions that LLVM vectorises.
//!
//! A loop that calls `libm` stays scalar. The functions here are straight-line code (every case distinction is a select),
//! so that a plain loop over them becomes packed instructions, at whatever width the enclosing function's target features allow.
//! They are right for every argument: denormals, infinities, NaN, signed zeros and arguments of any size.
//!
//! `FMA` says what the surrounding code may use: `true` inside functions compiled with fused multiply-add and a rounding
//! instruction (AVX2+FMA, AVX-512, NEON), `false` for the baseline.
//!
//! Accuracy: `f64` within 2 units in the last place (most within 1), `f32` within 1 (`log`, `exp` native; others rounded from `f64`).
//!
//! Methods: argument reduction after Cody and Waite, *Software Manual for the Elementary Functions* (1980), and Payne and
//! Hanek, *Radian reduction for trigonometric functions* (SIGNUM 1983); kernels after FDLIBM (K. C. Ng, Sun Microsystems 1993)
//! where named; the polynomial of the exponential is a Chebyshev fit of our own.

// The functions must take on the target features of the code around them.
#![allow(clippy::inline_always)]
// Coefficients are as published.
#![allow(clippy::unreadable_literal, clippy::excessive_precision)]

mod bits;
mod complex;
mod exp;
mod hyperbolic;
mod inverse;
mod log;
mod pow;
mod reduce;
mod round;
mod single;
mod trig;

pub use complex::ComplexMath;

macro_rules! real_unary {
    ($($(#[$doc:meta])* $name:ident: $wide:path, $narrow:path;)*) => {
        /// `f32` or `f64` with vectorisable elementary functions; see the [module](self).
        pub trait Real: Copy + PartialOrd + core::fmt::Debug + Send + Sync + 'static {
            $($(#[$doc])* fn $name<const FMA: bool>(self) -> Self;)*
            /// `self` to the power `y`, with C's (and NumPy's) special cases.
            fn pow<const FMA: bool>(self, y: Self) -> Self;
            /// `self` to the power `WHOLE + 1/2` (`WHOLE` up to 2), or its inverse.
            fn half_power<const WHOLE: u8, const INVERSE: bool>(self) -> Self;
            /// Angle of the point (`x`, `self`).
            fn atan2<const FMA: bool>(self, x: Self) -> Self;
            /// Euclidean length of (`self`, `y`) without overflow on the way; infinity wins over NaN.
            fn hypot<const FMA: bool>(self, y: Self) -> Self;
            /// `self * a + b`, in one rounding where `FMA`.
            fn fma<const FMA: bool>(self, a: Self, b: Self) -> Self;
        }
        impl Real for f64 {
            $(#[inline(always)] fn $name<const FMA: bool>(self) -> Self { $wide(self) })*
            #[inline(always)]
            fn pow<const FMA: bool>(self, y: Self) -> Self { pow::pow::<FMA>(self, y) }
            #[inline(always)]
            fn half_power<const WHOLE: u8, const INVERSE: bool>(self) -> Self { pow::half_power::<WHOLE, INVERSE>(self) }
            #[inline(always)]
            fn atan2<const FMA: bool>(self, x: Self) -> Self { inverse::atan2::<FMA>(self, x) }
            #[inline(always)]
            fn hypot<const FMA: bool>(self, y: Self) -> Self { round::hypot::<FMA>(self, y) }
            #[inline(always)]
            fn fma<const FMA: bool>(self, a: Self, b: Self) -> Self { bits::fma::<FMA>(self, a, b) }
        }
        impl Real for f32 {
            $(#[inline(always)] fn $name<const FMA: bool>(self) -> Self { $narrow(self) })*
            #[inline(always)]
            fn pow<const FMA: bool>(self, y: Self) -> Self { single::pow::<FMA>(self, y) }
            #[inline(always)]
            fn half_power<const WHOLE: u8, const INVERSE: bool>(self) -> Self { pow::half_power::<WHOLE, INVERSE>(f64::from(self)) as Self }
            #[inline(always)]
            fn atan2<const FMA: bool>(self, x: Self) -> Self { inverse::atan2::<FMA>(f64::from(self), f64::from(x)) as Self }
            #[inline(always)]
            fn hypot<const FMA: bool>(self, y: Self) -> Self { single::hypot(self, y) }
            #[inline(always)]
            fn fma<const FMA: bool>(self, a: Self, b: Self) -> Self { if FMA { self.mul_add(a, b) } else { self * a + b } }
        }
    };
}

/// Rounds the `f64` result for an `f32` argument.
macro_rules! through {
    ($($name:ident: $wide:path;)*) => {
        mod narrow {
            use super::*;
            $(#[inline(always)] pub(super) fn $name<const FMA: bool>(x: f32) -> f32 { $wide(f64::from(x)) as f32 })*
        }
    };
}

through! {
    expm1: exp::expm1::<FMA>;
    log1p: log::log1p::<FMA>;
    asin: inverse::asin::<FMA>;
    acos: inverse::acos::<FMA>;
    atan: inverse::atan::<FMA>;
    sinh: hyperbolic::sinh::<FMA>;
    cosh: hyperbolic::cosh::<FMA>;
    asinh: hyperbolic::asinh::<FMA>;
    acosh: hyperbolic::acosh::<FMA>;
    atanh: hyperbolic::atanh::<FMA>;
    cbrt: round::cbrt::<FMA>;
}

real_unary! {
    exp: exp::exp::<FMA>, single::exp::<FMA>;
    exp2: exp::exp2::<FMA>, single::exp2::<FMA>;
    expm1: exp::expm1::<FMA>, narrow::expm1::<FMA>;
    log: log::log::<FMA>, single::log::<FMA>;
    log2: log::log2::<FMA>, single::log2::<FMA>;
    log10: log::log10::<FMA>, single::log10::<FMA>;
    log1p: log::log1p::<FMA>, narrow::log1p::<FMA>;
    sin: trig::sin::<FMA>, single::sin::<FMA>;
    cos: trig::cos::<FMA>, single::cos::<FMA>;
    tan: trig::tan::<FMA>, single::tan::<FMA>;
    asin: inverse::asin::<FMA>, narrow::asin::<FMA>;
    acos: inverse::acos::<FMA>, narrow::acos::<FMA>;
    atan: inverse::atan::<FMA>, narrow::atan::<FMA>;
    sinh: hyperbolic::sinh::<FMA>, narrow::sinh::<FMA>;
    cosh: hyperbolic::cosh::<FMA>, narrow::cosh::<FMA>;
    tanh: hyperbolic::tanh::<FMA>, single::tanh::<FMA>;
    asinh: hyperbolic::asinh::<FMA>, narrow::asinh::<FMA>;
    acosh: hyperbolic::acosh::<FMA>, narrow::acosh::<FMA>;
    atanh: hyperbolic::atanh::<FMA>, narrow::atanh::<FMA>;
    cbrt: round::cbrt::<FMA>, narrow::cbrt::<FMA>;
    /// Correctly rounded; NaN for negative arguments.
    sqrt: f64::sqrt, f32::sqrt;
    floor: round::floor::<FMA>, single::floor::<FMA>;
    ceil: round::ceil::<FMA>, single::ceil::<FMA>;
    trunc: round::trunc::<FMA>, single::trunc::<FMA>;
    /// To the nearest integer, ties to even.
    rint: round::rint::<FMA>, single::rint::<FMA>;
}

#[cfg(test)]
mod tests;
