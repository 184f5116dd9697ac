//! Scalar operations with NumPy's meaning, for every element type.

use super::Element;
use crate::Error;
use num_complex::Complex;

/// `a * b + c`, in one rounding where `FMA`.
#[inline(always)]
pub fn fma<const FMA: bool>(a: f64, b: f64, c: f64) -> f64 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// [`fma`] of `f32`.
#[inline(always)]
pub fn fma32<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// Operations that some types need a definition of their own for. An operation that a type lacks is never generated for
/// it; its default gives back an operand.
pub trait Scalar: Element {
    /// Python's `//`. An integer divided by zero gives 0.
    fn floor_div(self, b: Self) -> Self {
        let _ = b;
        self
    }
    /// Python's `%`. An integer modulo zero gives 0.
    fn modulo(self, b: Self) -> Self {
        let _ = b;
        self
    }
    /// C's remainder. An integer modulo zero gives 0.
    fn fmod(self, b: Self) -> Self {
        let _ = b;
        self
    }
    /// Integer power that wraps.
    fn int_pow(self, b: Self) -> Self {
        let _ = b;
        self
    }
    fn is_negative(self) -> bool {
        false
    }
    fn shl(self, b: Self) -> Self {
        let _ = b;
        self
    }
    fn shr(self, b: Self) -> Self {
        let _ = b;
        self
    }
    /// NaN wins.
    fn min(self, b: Self) -> Self;
    /// NaN wins.
    fn max(self, b: Self) -> Self;
    /// NaN loses.
    fn fmin(self, b: Self) -> Self {
        self.min(b)
    }
    /// NaN loses.
    fn fmax(self, b: Self) -> Self {
        self.max(b)
    }
    fn sign(self) -> Self {
        self
    }
    fn absolute(self) -> Self {
        self
    }
    fn copysign(self, b: Self) -> Self {
        let _ = b;
        self
    }
}

macro_rules! integer {
    ($($t:ty, $signed:literal;)*) => { $(
        #[allow(unused_comparisons, clippy::absurd_extreme_comparisons)]
        impl Scalar for $t {
            #[inline(always)]
            fn floor_div(self, b: Self) -> Self {
                if b == 0 {
                    return 0;
                }
                let (q, r) = (self.wrapping_div(b), self.wrapping_rem(b));
                if $signed && r != 0 && (r < 0) != (b < 0) { q.wrapping_sub(1) } else { q }
            }
            #[inline(always)]
            fn modulo(self, b: Self) -> Self {
                if b == 0 {
                    return 0;
                }
                let r = self.wrapping_rem(b);
                if $signed && r != 0 && (r < 0) != (b < 0) { r.wrapping_add(b) } else { r }
            }
            #[inline(always)]
            fn fmod(self, b: Self) -> Self {
                if b == 0 { 0 } else { self.wrapping_rem(b) }
            }
            #[inline(always)]
            fn int_pow(self, b: Self) -> Self {
                let (mut base, mut exponent, mut product) = (self, b, 1);
                while exponent > 0 {
                    if exponent & 1 == 1 {
                        product = <$t>::wrapping_mul(product, base);
                    }
                    base = base.wrapping_mul(base);
                    exponent >>= 1;
                }
                product
            }
            #[inline(always)]
            fn is_negative(self) -> bool {
                self < 0
            }
            #[inline(always)]
            fn shl(self, b: Self) -> Self {
                if b >= 0 && (b as u64) < <$t>::BITS as u64 { self.wrapping_shl(b as u32) } else { 0 }
            }
            #[inline(always)]
            fn shr(self, b: Self) -> Self {
                if b >= 0 && (b as u64) < <$t>::BITS as u64 {
                    self.wrapping_shr(b as u32)
                } else if self < 0 {
                    (0 as $t).wrapping_sub(1)
                } else {
                    0
                }
            }
            #[inline(always)]
            fn min(self, b: Self) -> Self {
                if self < b { self } else { b }
            }
            #[inline(always)]
            fn max(self, b: Self) -> Self {
                if self > b { self } else { b }
            }
            #[inline(always)]
            fn sign(self) -> Self {
                if self < 0 { (0 as $t).wrapping_sub(1) } else { (self > 0) as $t }
            }
            #[inline(always)]
            fn absolute(self) -> Self {
                if self < 0 { (0 as $t).wrapping_sub(self) } else { self }
            }
        }
    )* };
}
integer! {
    i8, true; i16, true; i32, true; i64, true;
    u8, false; u16, false; u32, false; u64, false;
}

impl Scalar for bool {
    #[inline(always)]
    fn min(self, b: Self) -> Self {
        self & b
    }
    #[inline(always)]
    fn max(self, b: Self) -> Self {
        self | b
    }
}

macro_rules! float {
    ($($t:ty),*) => { $(
        impl Scalar for $t {
            #[inline(always)]
            fn floor_div(self, b: Self) -> Self {
                // As NumPy's `npy_divmod`.
                let rest = self % b;
                if b == 0.0 {
                    return self / b;
                }
                let mut quotient = (self - rest) / b;
                if rest != 0.0 && (b < 0.0) != (rest < 0.0) {
                    quotient -= 1.0;
                }
                if quotient == 0.0 {
                    return <$t>::copysign(0.0, self / b);
                }
                let floor = quotient.floor();
                if quotient - floor > 0.5 { floor + 1.0 } else { floor }
            }
            #[inline(always)]
            fn modulo(self, b: Self) -> Self {
                let rest = self % b;
                if b == 0.0 {
                    rest
                } else if rest == 0.0 {
                    <$t>::copysign(0.0, b)
                } else if (b < 0.0) == (rest < 0.0) {
                    rest
                } else {
                    rest + b
                }
            }
            #[inline(always)]
            fn fmod(self, b: Self) -> Self {
                self % b
            }
            #[inline(always)]
            fn is_negative(self) -> bool {
                self < 0.0
            }
            #[inline(always)]
            fn min(self, b: Self) -> Self {
                if self <= b || self.is_nan() { self } else { b }
            }
            #[inline(always)]
            fn max(self, b: Self) -> Self {
                if self >= b || self.is_nan() { self } else { b }
            }
            #[inline(always)]
            fn fmin(self, b: Self) -> Self {
                if self <= b || b.is_nan() { self } else { b }
            }
            #[inline(always)]
            fn fmax(self, b: Self) -> Self {
                if self >= b || b.is_nan() { self } else { b }
            }
            #[inline(always)]
            fn sign(self) -> Self {
                if self > 0.0 {
                    1.0
                } else if self < 0.0 {
                    -1.0
                } else if self == 0.0 {
                    0.0
                } else {
                    self
                }
            }
            #[inline(always)]
            fn absolute(self) -> Self {
                self.abs()
            }
            #[inline(always)]
            fn copysign(self, b: Self) -> Self {
                <$t>::copysign(self, b)
            }
        }
    )* };
}
float!(f32, f64);

/// NumPy's order of complex numbers: lexicographic.
pub trait Lexicographic {
    fn lt(self, b: Self) -> bool;
    fn le(self, b: Self) -> bool;
}

macro_rules! complex {
    ($($t:ty),*) => { $(
        impl Lexicographic for Complex<$t> {
            #[inline(always)]
            fn lt(self, b: Self) -> bool {
                let ordered = !self.im.is_nan() && !b.im.is_nan();
                (self.re < b.re && ordered) || (self.re == b.re && self.im < b.im)
            }
            #[inline(always)]
            fn le(self, b: Self) -> bool {
                let ordered = !self.im.is_nan() && !b.im.is_nan();
                (self.re < b.re && ordered) || (self.re == b.re && self.im <= b.im)
            }
        }
        impl Scalar for Complex<$t> {
            #[inline(always)]
            fn min(self, b: Self) -> Self {
                if is_nan(self) || self.le(b) { self } else { b }
            }
            #[inline(always)]
            fn max(self, b: Self) -> Self {
                if is_nan(self) || b.le(self) { self } else { b }
            }
            #[inline(always)]
            fn fmin(self, b: Self) -> Self {
                if is_nan(b) || self.le(b) { self } else { b }
            }
            #[inline(always)]
            fn fmax(self, b: Self) -> Self {
                if is_nan(b) || b.le(self) { self } else { b }
            }
            #[inline(always)]
            fn sign(self) -> Self {
                let size = self.re.hypot(self.im);
                if size.is_nan() || (self.re.is_infinite() && self.im.is_infinite()) {
                    return Self::new(<$t>::NAN, <$t>::NAN);
                }
                if self.re.is_infinite() {
                    return Self::new((1.0 as $t).copysign(self.re), 0.0);
                }
                if self.im.is_infinite() {
                    return Self::new(0.0, (1.0 as $t).copysign(self.im));
                }
                if size == 0.0 { Self::new(0.0, 0.0) } else { Self::new(self.re / size, self.im / size) }
            }
        }
    )* };
}
complex!(f32, f64);

/// A part is NaN.
#[inline(always)]
pub fn is_nan<T: parts::Float>(z: Complex<T>) -> bool {
    z.re.is_nan() || z.im.is_nan()
}
/// A part is infinite.
#[inline(always)]
pub fn is_inf<T: parts::Float>(z: Complex<T>) -> bool {
    z.re.is_infinite() || z.im.is_infinite()
}
/// Both parts are finite.
#[inline(always)]
pub fn is_finite<T: parts::Float>(z: Complex<T>) -> bool {
    !is_nan(z) && !is_inf(z)
}

/// The little of floating-point numbers that the functions above need.
mod parts {
    pub trait Float: Copy {
        fn is_nan(self) -> bool;
        fn is_infinite(self) -> bool;
        fn rint(self) -> Self;
    }
    macro_rules! float {
        ($($t:ty),*) => { $(
            impl Float for $t {
                #[inline(always)]
                fn is_nan(self) -> bool { <$t>::is_nan(self) }
                #[inline(always)]
                fn is_infinite(self) -> bool { <$t>::is_infinite(self) }
                #[inline(always)]
                fn rint(self) -> Self {
                    self.round_ties_even()
                }
            }
        )* };
    }
    float!(f32, f64);
}

/// Complex product by the plain formula, as NumPy's.
#[inline(always)]
pub fn complex_mul<T>(a: Complex<T>, b: Complex<T>) -> Complex<T>
where
    T: Copy + std::ops::Mul<Output = T> + std::ops::Add<Output = T> + std::ops::Sub<Output = T>,
{
    Complex {
        re: a.re * b.re - a.im * b.im,
        im: a.re * b.im + a.im * b.re,
    }
}

/// A float as an unsigned integer of 64 bits: cut off, and negative ones wrapped as NumPy has it on x86-64.
#[inline(always)]
pub fn to_u64(a: f64) -> u64 {
    if a > 0.0 { a as u64 } else { a as i64 as u64 }
}

/// The square of a real number.
#[inline(always)]
pub fn square<T: Copy + std::ops::Mul<Output = T>>(a: T) -> T {
    a * a
}

/// The square of a complex number.
#[inline(always)]
pub fn complex_square<T>(a: Complex<T>) -> Complex<T>
where
    T: Copy + std::ops::Mul<Output = T> + std::ops::Add<Output = T> + std::ops::Sub<Output = T>,
{
    complex_mul(a, a)
}

/// The complex conjugate.
#[inline(always)]
pub fn conj<T: Copy + std::ops::Neg<Output = T>>(a: Complex<T>) -> Complex<T> {
    Complex {
        re: a.re,
        im: -a.im,
    }
}

/// Both parts to the nearest integer.
#[inline(always)]
pub fn complex_rint<T: parts::Float>(a: Complex<T>) -> Complex<T> {
    Complex {
        re: a.re.rint(),
        im: a.im.rint(),
    }
}

/// An integer to a power that is not negative.
#[inline(always)]
pub fn checked_pow<T: Scalar>(a: T, b: T) -> Result<T, Error> {
    if b.is_negative() {
        Err(Error::NegativePower)
    } else {
        Ok(a.int_pow(b))
    }
}

macro_rules! free {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[inline(always)]
        pub fn $name<T: Scalar>(a: T, b: T) -> T {
            Scalar::$name(a, b)
        }
    )* };
}
free! {
    /// Python's `//`.
    floor_div;
    /// Python's `%`.
    modulo;
    /// C's remainder.
    fmod;
    /// Integer power that wraps.
    int_pow;
    /// Shift left; by the width or more: 0.
    shl;
    /// Shift right; by the width or more: 0 or -1.
    shr;
    /// The smaller; NaN wins.
    min;
    /// The larger; NaN wins.
    max;
    /// The smaller; NaN loses.
    fmin;
    /// The larger; NaN loses.
    fmax;
    /// The first with the sign of the second.
    copysign;
}

/// -1, 0 or 1; of a complex number `z / |z|`.
#[inline(always)]
pub fn sign<T: Scalar>(a: T) -> T {
    a.sign()
}

/// The absolute value of a real number; the most negative integer wraps.
#[inline(always)]
pub fn absolute<T: Scalar>(a: T) -> T {
    a.absolute()
}
