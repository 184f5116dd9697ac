//! Operations on complex numbers, at the operands' own precision.
//!
//! The inverse functions follow Kahan, "Branch Cuts for Complex Elementary Functions" (1987): accurate, and right on both sides of a cut.

use super::real::{Real, asinh};
use crate::sdfg::{BinOp, UnOp};

pub(super) type Cplx<T> = num_complex::Complex<T>;

pub(super) fn unary<T: Real>(op: UnOp, z: Cplx<T>) -> Option<Cplx<T>> {
    Some(match op {
        UnOp::Neg => -z,
        UnOp::Sqrt => sqrt(z),
        UnOp::Exp => exp(z),
        UnOp::Exp2 => exp(scale(z, T::LN_2())),
        UnOp::Expm1 => {
            let half = (z.im / T::of(2.0)).sin();
            Cplx::new(
                z.re.exp_m1() * z.im.cos() - T::of(2.0) * half * half,
                z.re.exp() * z.im.sin(),
            )
        }
        UnOp::Log => log(z),
        UnOp::Log2 => scale(log(z), T::LOG2_E()),
        UnOp::Log10 => scale(log(z), T::LOG10_E()),
        UnOp::Log1p => log(Cplx::new(z.re + T::one(), z.im)),
        UnOp::Sin => unrotate(sinh(rotate(z))),
        UnOp::Cos => cosh(rotate(z)),
        UnOp::Tan => unrotate(tanh(rotate(z))),
        UnOp::Asin => asin(z),
        UnOp::Acos => acos(z),
        UnOp::Atan => unrotate(atanh(rotate(z))),
        UnOp::Sinh => sinh(z),
        UnOp::Cosh => cosh(z),
        UnOp::Tanh => tanh(z),
        UnOp::Asinh => unrotate(asin(rotate(z))),
        UnOp::Acosh => acosh(z),
        UnOp::Atanh => atanh(z),
        UnOp::Rint => Cplx::new(z.re.rint(), z.im.rint()),
        UnOp::Sign => sign(z),
        UnOp::Conj => z.conj(),
        _ => return None,
    })
}

pub(super) fn binary<T: Real>(op: BinOp, a: Cplx<T>, b: Cplx<T>) -> Option<Cplx<T>> {
    let nan = |z: Cplx<T>| z.re.is_nan() || z.im.is_nan();
    let first = |choice: bool| if choice { a } else { b };
    Some(match op {
        BinOp::Add => a + b,
        BinOp::Sub => a - b,
        BinOp::Mul => mul(a, b),
        BinOp::Div => div(a, b),
        BinOp::Pow => pow(a, b),
        BinOp::Min => first(nan(a) || compare(BinOp::Le, a, b)),
        BinOp::Max => first(nan(a) || compare(BinOp::Ge, a, b)),
        BinOp::Fmin => first(nan(b) || compare(BinOp::Le, a, b)),
        BinOp::Fmax => first(nan(b) || compare(BinOp::Ge, a, b)),
        _ => return None,
    })
}

/// NumPy's lexicographic order.
pub(super) fn compare<T: Real>(op: BinOp, a: Cplx<T>, b: Cplx<T>) -> bool {
    let ordered = !a.im.is_nan() && !b.im.is_nan();
    match op {
        BinOp::Eq => a.re == b.re && a.im == b.im,
        BinOp::Ne => a.re != b.re || a.im != b.im,
        BinOp::Lt => a.re < b.re && ordered || a.re == b.re && a.im < b.im,
        BinOp::Le => a.re < b.re && ordered || a.re == b.re && a.im <= b.im,
        BinOp::Gt => a.re > b.re && ordered || a.re == b.re && a.im > b.im,
        _ => a.re > b.re && ordered || a.re == b.re && a.im >= b.im,
    }
}

/// `i z`
fn rotate<T: Real>(z: Cplx<T>) -> Cplx<T> {
    Cplx::new(-z.im, z.re)
}

/// `-i z`
fn unrotate<T: Real>(z: Cplx<T>) -> Cplx<T> {
    Cplx::new(z.im, -z.re)
}

fn scale<T: Real>(z: Cplx<T>, factor: T) -> Cplx<T> {
    Cplx::new(z.re * factor, z.im * factor)
}

/// The plain formula, without C's recovery of infinities, as in NumPy.
fn mul<T: Real>(a: Cplx<T>, b: Cplx<T>) -> Cplx<T> {
    Cplx::new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
}

/// Smith's algorithm.
fn div<T: Real>(a: Cplx<T>, b: Cplx<T>) -> Cplx<T> {
    let (re, im) = (b.re.abs(), b.im.abs());
    if re >= im {
        if re == T::zero() {
            return Cplx::new(a.re / re, a.im / re);
        }
        let ratio = b.im / b.re;
        let scale = T::one() / (b.re + b.im * ratio);
        return Cplx::new((a.re + a.im * ratio) * scale, (a.im - a.re * ratio) * scale);
    }
    let ratio = b.re / b.im;
    let scale = T::one() / (b.im + b.re * ratio);
    Cplx::new((a.re * ratio + a.im) * scale, (a.im * ratio - a.re) * scale)
}

fn pow<T: Real>(a: Cplx<T>, b: Cplx<T>) -> Cplx<T> {
    let (zero, one) = (T::zero(), T::one());
    if b.re == zero && b.im == zero {
        return Cplx::new(one, zero);
    }
    if a.re == zero && a.im == zero {
        return if b.re > zero {
            Cplx::new(zero, zero)
        } else {
            Cplx::new(T::nan(), T::nan())
        };
    }
    if b.re == one && b.im == zero {
        return a;
    }
    // Small whole exponents by repeated multiplication, exact where the products are.
    if b.im == zero && b.re == b.re.trunc() && b.re.abs() < T::of(100.0) {
        let mut exponent = b.re.abs().to_u32().unwrap_or(0);
        let (mut base, mut product) = (a, Cplx::new(one, zero));
        while exponent > 0 {
            if exponent & 1 == 1 {
                product = mul(product, base);
            }
            base = mul(base, base);
            exponent >>= 1;
        }
        return if b.re < zero {
            div(Cplx::new(one, zero), product)
        } else {
            product
        };
    }
    exp(mul(b, log(a)))
}

/// As C99's `cexp`, infinities included.
fn exp<T: Real>(z: Cplx<T>) -> Cplx<T> {
    if z.im == T::zero() {
        return Cplx::new(z.re.exp(), z.im);
    }
    if z.re.is_infinite() && !z.im.is_finite() {
        return if z.re < T::zero() {
            Cplx::new(T::zero(), T::zero())
        } else {
            Cplx::new(z.re, T::nan())
        };
    }
    // In two steps where the exponential overflows and the product with a small sine does not.
    let (outer, inner) = if z.re.is_finite() {
        (T::of(0.5), (z.re / T::of(2.0)).exp())
    } else {
        (T::zero(), T::one())
    };
    let half = if outer == T::zero() {
        z.re.exp()
    } else {
        inner
    };
    Cplx::new(half * z.im.cos() * inner, half * z.im.sin() * inner)
}

fn log<T: Real>(z: Cplx<T>) -> Cplx<T> {
    let (large, small) = (z.re.abs().max(z.im.abs()), z.re.abs().min(z.im.abs()));
    if z.re.is_nan() || z.im.is_nan() {
        let re = if z.re.is_infinite() || z.im.is_infinite() {
            T::infinity()
        } else {
            T::nan()
        };
        return Cplx::new(re, T::nan());
    }
    // Near the unit circle log|z| cancels; log1p of (|z|^2 - 1) / 2 does not.
    let re = if large > T::of(0.5) && large < T::of(2.0) && small < T::of(2.0) {
        ((large - T::one()) * (large + T::one()) + small * small).ln_1p() / T::of(2.0)
    } else if large.is_finite() && large > T::max_value() / T::of(2.0) {
        (z.re / T::of(2.0)).hypot(z.im / T::of(2.0)).ln() + T::LN_2()
    } else {
        z.re.hypot(z.im).ln()
    };
    Cplx::new(re, z.im.atan2(z.re))
}

/// The root with a non-negative real part; as C99's `csqrt`.
fn sqrt<T: Real>(z: Cplx<T>) -> Cplx<T> {
    let two = T::of(2.0);
    if z.re == T::zero() && z.im == T::zero() {
        return Cplx::new(T::zero(), z.im);
    }
    if z.im.is_infinite() {
        return Cplx::new(T::infinity(), z.im);
    }
    if z.re.is_infinite() {
        let other = if z.im.is_nan() { z.im } else { T::zero() };
        return if z.re > T::zero() {
            Cplx::new(z.re, other.copysign(z.im))
        } else {
            Cplx::new(other.abs(), T::infinity().copysign(z.im))
        };
    }
    // Halved twice where the sum would overflow.
    let quarter = T::of(0.25);
    let huge = z.re.abs() > T::max_value() * quarter || z.im.abs() > T::max_value() * quarter;
    let w = if huge { scale(z, quarter) } else { z };
    let factor = if huge { two } else { T::one() };
    let large = ((w.re.abs() + w.re.hypot(w.im)) / two).sqrt();
    let small = if large == T::zero() {
        T::zero()
    } else {
        w.im.abs() / (two * large)
    };
    if w.re >= T::zero() {
        Cplx::new(large * factor, (small * factor).copysign(w.im))
    } else {
        Cplx::new(small * factor, (large * factor).copysign(w.im))
    }
}

fn sinh<T: Real>(z: Cplx<T>) -> Cplx<T> {
    if z.im == T::zero() {
        return Cplx::new(z.re.sinh(), z.im);
    }
    Cplx::new(
        times(z.re.sinh(), z.im.cos()),
        times(z.re.cosh(), z.im.sin()),
    )
}

fn cosh<T: Real>(z: Cplx<T>) -> Cplx<T> {
    if z.im == T::zero() {
        return Cplx::new(z.re.cosh(), z.im * z.re.signum());
    }
    Cplx::new(
        times(z.re.cosh(), z.im.cos()),
        times(z.re.sinh(), z.im.sin()),
    )
}

/// A product in which zero wins over infinity.
fn times<T: Real>(a: T, b: T) -> T {
    if a == T::zero() && b.is_infinite() || b == T::zero() && a.is_infinite() {
        T::zero()
    } else {
        a * b
    }
}

fn tanh<T: Real>(z: Cplx<T>) -> Cplx<T> {
    // Beyond this the hyperbolic tangent is 1 to the last bit, and the plain formula would overflow.
    if z.re.abs() > T::of(22.0) {
        let im = if z.im.is_finite() {
            T::of(4.0) * z.im.sin() * z.im.cos() * (-T::of(2.0) * z.re.abs()).exp()
        } else {
            T::zero()
        };
        return Cplx::new(T::one().copysign(z.re), im);
    }
    // Kahan's ctanh.
    let (t, s) = (z.im.tan(), z.re.sinh());
    let beta = T::one() + t * t;
    let rho = (T::one() + s * s).sqrt();
    if t.is_infinite() {
        return Cplx::new(rho / s, T::one() / t);
    }
    let below = T::one() + beta * s * s;
    Cplx::new(beta * rho * s / below, t / below)
}

fn one_minus<T: Real>(z: Cplx<T>) -> Cplx<T> {
    Cplx::new(T::one() - z.re, -z.im)
}

fn one_plus<T: Real>(z: Cplx<T>) -> Cplx<T> {
    Cplx::new(T::one() + z.re, z.im)
}

fn is_huge<T: Real>(z: Cplx<T>) -> bool {
    z.re.is_finite() && z.im.is_finite() && z.re.abs().max(z.im.abs()) > T::one() / T::epsilon()
}

fn asin<T: Real>(z: Cplx<T>) -> Cplx<T> {
    if is_huge(z) {
        let w = log(z);
        return Cplx::new(z.re.atan2(z.im.abs()), (w.re + T::LN_2()).copysign(z.im));
    }
    let (minus, plus) = (sqrt(one_minus(z)), sqrt(one_plus(z)));
    let re = z.re.atan2(mul(minus, plus).re);
    Cplx::new(re, asinh(mul(minus.conj(), plus).im))
}

fn acos<T: Real>(z: Cplx<T>) -> Cplx<T> {
    if is_huge(z) {
        let w = log(z);
        return Cplx::new(z.im.abs().atan2(z.re), -(w.re + T::LN_2()).copysign(z.im));
    }
    let (minus, plus) = (sqrt(one_minus(z)), sqrt(one_plus(z)));
    Cplx::new(
        T::of(2.0) * minus.re.atan2(plus.re),
        asinh(mul(plus.conj(), minus).im),
    )
}

fn acosh<T: Real>(z: Cplx<T>) -> Cplx<T> {
    if is_huge(z) {
        let w = log(z);
        return Cplx::new(w.re + T::LN_2(), w.im);
    }
    let (minus, plus) = (sqrt(Cplx::new(z.re - T::one(), z.im)), sqrt(one_plus(z)));
    Cplx::new(
        asinh(mul(minus.conj(), plus).re),
        T::of(2.0) * minus.im.atan2(plus.re),
    )
}

fn atanh<T: Real>(z: Cplx<T>) -> Cplx<T> {
    if is_huge(z) {
        // 1 / z is all that is left of the real part.
        return Cplx::new(
            div(Cplx::new(T::one(), T::zero()), z).re,
            T::FRAC_PI_2().copysign(z.im),
        );
    }
    let (one, two, four) = (T::one(), T::of(2.0), T::of(4.0));
    let apart = (one - z.re.abs()) * (one - z.re.abs()) + z.im * z.im;
    let re = (four * z.re.abs() / apart).ln_1p() / four;
    let im = (two * z.im).atan2((one - z.re) * (one + z.re) - z.im * z.im) / two;
    Cplx::new(re.copysign(z.re), im)
}

fn sign<T: Real>(z: Cplx<T>) -> Cplx<T> {
    let (zero, size) = (T::zero(), z.re.hypot(z.im));
    if size.is_nan() {
        return Cplx::new(T::nan(), T::nan());
    }
    if size.is_infinite() {
        return match (z.re.is_infinite(), z.im.is_infinite()) {
            (true, true) => Cplx::new(T::nan(), T::nan()),
            (true, false) => Cplx::new(T::one().copysign(z.re), zero),
            _ => Cplx::new(zero, T::one().copysign(z.im)),
        };
    }
    if size == zero {
        Cplx::new(zero, zero)
    } else {
        Cplx::new(z.re / size, z.im / size)
    }
}
