//! Functions of complex numbers, with the special cases of C99's annex G, which NumPy follows.
//!
//! `Complex<f32>` computes in double precision and rounds once. Formulas of the hyperbolic functions: W. Kahan,
//! *Branch cuts for complex elementary functions* (1987).

use super::bits::{fast_two_sum, two_prod, two_sum};
use super::exp::exp;
use super::hyperbolic::{cosh, sinh};
use super::inverse::atan2;
use super::log::{log, log1p};
use super::round::hypot;
use super::trig::sin_cos;
use num_complex::Complex;

type C = Complex<f64>;

/// Complex elementary functions; see the [module](super) for `FMA`. Call them by their path
/// (`ComplexMath::exp::<true>(z)`): `num_complex` has methods of the same names.
pub trait ComplexMath: Copy + Sized {
    /// `f32` or `f64`.
    type Part;
    fn exp<const FMA: bool>(self) -> Self;
    fn log<const FMA: bool>(self) -> Self;
    fn log2<const FMA: bool>(self) -> Self;
    fn log10<const FMA: bool>(self) -> Self;
    fn sqrt<const FMA: bool>(self) -> Self;
    fn sin<const FMA: bool>(self) -> Self;
    fn cos<const FMA: bool>(self) -> Self;
    fn tan<const FMA: bool>(self) -> Self;
    fn sinh<const FMA: bool>(self) -> Self;
    fn cosh<const FMA: bool>(self) -> Self;
    fn tanh<const FMA: bool>(self) -> Self;
    /// NumPy's power: small integral exponents by repeated multiplication.
    fn pow<const FMA: bool>(self, y: Self) -> Self;
    /// Absolute value without overflow on the way.
    fn abs<const FMA: bool>(self) -> Self::Part;
    /// Angle in (-pi, pi].
    fn arg<const FMA: bool>(self) -> Self::Part;
    /// Division after Smith, as NumPy divides.
    fn div<const FMA: bool>(self, divisor: Self) -> Self;
}

macro_rules! complex_math {
    ($($name:ident: $f:ident;)*) => {
        impl ComplexMath for C {
            type Part = f64;
            $(#[inline(always)] fn $name<const FMA: bool>(self) -> Self { $f::<FMA>(self) })*
            #[inline(always)]
            fn pow<const FMA: bool>(self, y: Self) -> Self { cpow::<FMA>(self, y) }
            #[inline(always)]
            fn abs<const FMA: bool>(self) -> f64 { hypot::<FMA>(self.re, self.im) }
            #[inline(always)]
            fn arg<const FMA: bool>(self) -> f64 { atan2::<FMA>(self.im, self.re) }
            #[inline(always)]
            fn div<const FMA: bool>(self, divisor: Self) -> Self { cdiv(self, divisor) }
        }
        impl ComplexMath for Complex<f32> {
            type Part = f32;
            $(#[inline(always)] fn $name<const FMA: bool>(self) -> Self { narrow($f::<FMA>(wide(self))) })*
            #[inline(always)]
            fn pow<const FMA: bool>(self, y: Self) -> Self { narrow(cpow::<FMA>(wide(self), wide(y))) }
            #[inline(always)]
            fn abs<const FMA: bool>(self) -> f32 { super::single::hypot(self.re, self.im) }
            #[inline(always)]
            fn arg<const FMA: bool>(self) -> f32 { atan2::<FMA>(f64::from(self.im), f64::from(self.re)) as f32 }
            #[inline(always)]
            fn div<const FMA: bool>(self, divisor: Self) -> Self { narrow(cdiv(wide(self), wide(divisor))) }
        }
    };
}

complex_math! {
    exp: cexp;
    log: clog;
    log2: clog2;
    log10: clog10;
    sqrt: csqrt;
    sin: csin;
    cos: ccos;
    tan: ctan;
    sinh: csinh;
    cosh: ccosh;
    tanh: ctanh;
}

#[inline(always)]
fn wide(z: Complex<f32>) -> C {
    C::new(f64::from(z.re), f64::from(z.im))
}

#[inline(always)]
fn narrow(z: C) -> Complex<f32> {
    Complex::new(z.re as f32, z.im as f32)
}

/// `exp(a)` for `a` up to twice the logarithm of the largest float, as a product.
#[inline(always)]
fn exp_product<const FMA: bool>(a: f64) -> (f64, f64) {
    const EXP_709: f64 = 8.218_407_461_554_972e307;
    let large = a > 709.0;
    (
        exp::<FMA>(if large { a - 709.0 } else { a }),
        if large { EXP_709 } else { 1.0 },
    )
}

#[inline(always)]
fn cexp<const FMA: bool>(z: C) -> C {
    let (s, c) = sin_cos::<FMA>(z.im);
    let (e, f) = exp_product::<FMA>(z.re);
    let re = e * c * f;
    let im = if z.im == 0.0 { z.im } else { e * s * f };
    // The direction at infinity is unknown where the angle is.
    let lost = !z.im.is_finite();
    let re = if lost && z.re == f64::INFINITY {
        f64::INFINITY
    } else {
        re
    };
    if lost && z.re == f64::NEG_INFINITY {
        C::new(0.0, 0.0)
    } else {
        C::new(re, im)
    }
}

/// `log |z|`, exact also where `|z|` is nearly one.
#[inline(always)]
fn log_abs<const FMA: bool>(z: C) -> f64 {
    let (a, b) = (z.re.abs(), z.im.abs());
    let (m, n) = if a > b { (a, b) } else { (b, a) };
    let (p, pe) = two_prod::<FMA>(m, m);
    let (q, qe) = two_prod::<FMA>(n, n);
    let (s, se) = two_sum(p - 1.0, q);
    let (s, se) = fast_two_sum(s, se + (pe + qe));
    let near = 0.5 * log1p::<FMA>(s + se);
    let (scale, shift) = if m > 1e300 {
        (0.0625, 4.0)
    } else if m < 1e-290 {
        (1_152_921_504_606_846_976.0, -60.0)
    } else {
        (1.0, 0.0)
    };
    let far = log::<FMA>(hypot::<FMA>(a * scale, b * scale)) + shift * core::f64::consts::LN_2;
    if m > 0.7 && m < 1.4 && n < 1.4 {
        near
    } else {
        far
    }
}

#[inline(always)]
fn clog<const FMA: bool>(z: C) -> C {
    C::new(log_abs::<FMA>(z), atan2::<FMA>(z.im, z.re))
}

/// NumPy: the natural logarithm, scaled.
#[inline(always)]
fn clog2<const FMA: bool>(z: C) -> C {
    let w = clog::<FMA>(z);
    C::new(
        w.re * core::f64::consts::LOG2_E,
        w.im * core::f64::consts::LOG2_E,
    )
}

#[inline(always)]
fn clog10<const FMA: bool>(z: C) -> C {
    let w = clog::<FMA>(z);
    C::new(
        w.re * core::f64::consts::LOG10_E,
        w.im * core::f64::consts::LOG10_E,
    )
}

#[inline(always)]
fn csqrt<const FMA: bool>(z: C) -> C {
    let (a, b) = (z.re.abs(), z.im.abs());
    let m = if a > b { a } else { b };
    let (scale, back) = if m > 1e300 {
        (0.0625, 4.0)
    } else if m < 1e-290 {
        (1_152_921_504_606_846_976.0, 1.0 / 1_073_741_824.0)
    } else {
        (1.0, 1.0)
    };
    let (sa, sb) = (a * scale, b * scale);
    let t = (0.5 * (sa + hypot::<FMA>(sa, sb))).sqrt();
    let u = if m == 0.0 { 0.0 } else { 0.5 * sb / t };
    let (t, u) = (t * back, u * back);
    let right = C::new(t, u.copysign(z.im));
    let left = C::new(u, t.copysign(z.im));
    let y = if z.re < 0.0 { left } else { right };
    let y = if z.re == f64::INFINITY {
        C::new(
            z.re,
            if z.im.is_nan() {
                z.im
            } else {
                0f64.copysign(z.im)
            },
        )
    } else {
        y
    };
    let y = if z.re == f64::NEG_INFINITY {
        C::new(
            if z.im.is_nan() { z.im } else { 0.0 },
            f64::INFINITY.copysign(z.im),
        )
    } else {
        y
    };
    let y = if z.re.is_nan() {
        C::new(f64::NAN, f64::NAN)
    } else {
        y
    };
    if b == f64::INFINITY {
        C::new(f64::INFINITY, z.im)
    } else {
        y
    }
}

/// `sinh a` and `cosh a`, each as a product with the second member so that neither overflows before the result.
#[inline(always)]
fn hyperbolic_product<const FMA: bool>(a: f64) -> (f64, f64, f64) {
    if a.abs() < 700.0 || a.is_nan() {
        (sinh::<FMA>(a), cosh::<FMA>(a), 1.0)
    } else {
        let (e, f) = exp_product::<FMA>(a.abs());
        ((0.5 * e).copysign(a), 0.5 * e, f)
    }
}

/// `x * y` where zero times anything is zero.
fn zero_product(x: f64, y: f64) -> f64 {
    if x == 0.0 {
        if y.is_sign_negative() && !y.is_nan() {
            -x
        } else {
            x
        }
    } else {
        x * y
    }
}

#[inline]
fn csinh<const FMA: bool>(z: C) -> C {
    let (sh, ch, f) = hyperbolic_product::<FMA>(z.re);
    if z.im == 0.0 {
        return C::new(sh * f, z.im);
    }
    let (s, c) = sin_cos::<FMA>(z.im);
    if z.re.is_infinite() && !z.im.is_finite() {
        return C::new(z.re, f64::NAN);
    }
    C::new(zero_product(sh, c) * f, ch * s * f)
}

#[inline]
fn ccosh<const FMA: bool>(z: C) -> C {
    let (sh, ch, f) = hyperbolic_product::<FMA>(z.re);
    if z.im == 0.0 {
        let im = z.im
            * if z.re.is_nan() {
                1.0
            } else {
                1f64.copysign(z.re)
            };
        return C::new(ch * f, im);
    }
    let (s, c) = sin_cos::<FMA>(z.im);
    if z.re.is_infinite() && !z.im.is_finite() {
        return C::new(f64::INFINITY, f64::NAN);
    }
    C::new(ch * c * f, zero_product(sh, s) * f)
}

#[inline]
fn ctanh<const FMA: bool>(z: C) -> C {
    let (x, y) = (z.re, z.im);
    if x.is_nan() {
        return C::new(x, if y == 0.0 { y } else { f64::NAN });
    }
    let (s, c) = sin_cos::<FMA>(y);
    if x.is_infinite() {
        let im = if y.is_finite() { s * c } else { 0.0 };
        return C::new(1f64.copysign(x), 0f64.copysign(im));
    }
    if !y.is_finite() {
        return C::new(if x == 0.0 { x } else { f64::NAN }, f64::NAN);
    }
    if x.abs() >= 22.0 {
        // cosh^2 and sinh^2 are exp(2 |x|) / 4.
        let e = exp::<FMA>(-x.abs());
        return C::new(1f64.copysign(x), 4.0 * s * c * e * e);
    }
    let t = s / c;
    let beta = 1.0 + t * t;
    let sh = sinh::<FMA>(x);
    let rho = (1.0 + sh * sh).sqrt();
    let denominator = 1.0 + beta * sh * sh;
    C::new(beta * rho * sh / denominator, t / denominator)
}

/// `i z`.
fn turn(z: C) -> C {
    C::new(-z.im, z.re)
}

#[inline]
fn csin<const FMA: bool>(z: C) -> C {
    let w = csinh::<FMA>(turn(z));
    C::new(w.im, -w.re)
}

#[inline]
fn ccos<const FMA: bool>(z: C) -> C {
    ccosh::<FMA>(turn(z))
}

#[inline]
fn ctan<const FMA: bool>(z: C) -> C {
    let w = ctanh::<FMA>(turn(z));
    C::new(w.im, -w.re)
}

#[inline(always)]
fn mul(a: C, b: C) -> C {
    C::new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
}

#[inline(always)]
fn cdiv(a: C, b: C) -> C {
    let (wide, tall) = (b.re.abs(), b.im.abs());
    let by_re = wide >= tall;
    // Scale by the larger part.
    let (large, small) = if by_re { (b.re, b.im) } else { (b.im, b.re) };
    let ratio = small / large;
    let factor = 1.0 / (large + small * ratio);
    let first = C::new(
        (a.re + a.im * ratio) * factor,
        (a.im - a.re * ratio) * factor,
    );
    let second = C::new(
        (a.re * ratio + a.im) * factor,
        (a.im * ratio - a.re) * factor,
    );
    let y = if by_re { first } else { second };
    if wide == 0.0 && tall == 0.0 {
        C::new(a.re / wide, a.im / wide)
    } else {
        y
    }
}

#[inline]
fn cpow<const FMA: bool>(x: C, y: C) -> C {
    if y.re == 0.0 && y.im == 0.0 {
        return C::new(1.0, 0.0);
    }
    if x.re == 0.0 && x.im == 0.0 {
        return if y.re > 0.0 {
            C::new(0.0, 0.0)
        } else {
            C::new(f64::NAN, f64::NAN)
        };
    }
    if y.im == 0.0 && y.re.abs() < 100.0 && y.re.trunc() == y.re {
        let mut n = y.re.abs() as u32;
        if y.re > 0.0 && n <= 3 {
            let square = if n == 1 { x } else { mul(x, x) };
            return if n == 3 { mul(x, square) } else { square };
        }
        let (mut base, mut result) = (x, C::new(1.0, 0.0));
        while n > 0 {
            if n & 1 == 1 {
                result = mul(result, base);
            }
            n >>= 1;
            if n > 0 {
                base = mul(base, base);
            }
        }
        return if y.re < 0.0 {
            cdiv(C::new(1.0, 0.0), result)
        } else {
            result
        };
    }
    cexp::<FMA>(mul(y, clog::<FMA>(x)))
}
