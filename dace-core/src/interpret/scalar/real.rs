//! Operations on real floating-point numbers, at the operands' own precision.

use crate::sdfg::{BinOp, UnOp};
use num_traits::{Float, FloatConst};

/// `f32` and `f64`.
pub(super) trait Real: Float + FloatConst + std::fmt::Debug {
    /// To nearest, ties to even.
    fn rint(self) -> Self;
    /// A small constant.
    fn of(value: f64) -> Self;
}

impl Real for f32 {
    fn rint(self) -> Self {
        self.round_ties_even()
    }
    fn of(value: f64) -> Self {
        value as Self
    }
}

impl Real for f64 {
    fn rint(self) -> Self {
        self.round_ties_even()
    }
    fn of(value: f64) -> Self {
        value
    }
}

pub(super) fn unary<T: Real>(op: UnOp, x: T) -> Option<T> {
    Some(match op {
        UnOp::Neg => -x,
        UnOp::Abs => x.abs(),
        UnOp::Sqrt => x.sqrt(),
        UnOp::Cbrt => x.cbrt(),
        UnOp::Exp => x.exp(),
        UnOp::Exp2 => x.exp2(),
        UnOp::Expm1 => x.exp_m1(),
        UnOp::Log => x.ln(),
        UnOp::Log2 => x.log2(),
        UnOp::Log10 => x.log10(),
        UnOp::Log1p => x.ln_1p(),
        UnOp::Sin => x.sin(),
        UnOp::Cos => x.cos(),
        UnOp::Tan => x.tan(),
        UnOp::Asin => x.asin(),
        UnOp::Acos => x.acos(),
        UnOp::Atan => x.atan(),
        UnOp::Sinh => x.sinh(),
        UnOp::Cosh => x.cosh(),
        UnOp::Tanh => x.tanh(),
        UnOp::Asinh => asinh(x),
        UnOp::Acosh => acosh(x),
        UnOp::Atanh => x.atanh(),
        UnOp::Floor => x.floor(),
        UnOp::Ceil => x.ceil(),
        UnOp::Trunc => x.trunc(),
        UnOp::Rint => x.rint(),
        // Zero of either sign gives +0.
        UnOp::Sign if x == T::zero() => T::zero(),
        UnOp::Sign if x.is_nan() => x,
        UnOp::Sign => x.signum(),
        UnOp::Real | UnOp::Conj => x,
        UnOp::Imag => T::zero(),
        UnOp::Not | UnOp::Invert | UnOp::IsNan | UnOp::IsInf | UnOp::IsFinite | UnOp::SignBit => {
            return None;
        }
    })
}

/// Where the square would overflow, `log(2 x)`.
fn is_huge<T: Real>(x: T) -> bool {
    x.is_finite() && x > T::max_value().sqrt()
}

pub(super) fn asinh<T: Real>(x: T) -> T {
    if is_huge(x.abs()) {
        (x.abs().ln() + T::LN_2()).copysign(x)
    } else {
        x.asinh()
    }
}

fn acosh<T: Real>(x: T) -> T {
    if is_huge(x) {
        x.ln() + T::LN_2()
    } else {
        x.acosh()
    }
}

pub(super) fn binary<T: Real>(op: BinOp, a: T, b: T) -> Option<T> {
    Some(match op {
        BinOp::Add => a + b,
        BinOp::Sub => a - b,
        BinOp::Mul => a * b,
        BinOp::Div => a / b,
        BinOp::FloorDiv => divmod(a, b).0,
        BinOp::Mod => divmod(a, b).1,
        BinOp::Fmod => a % b,
        BinOp::Pow => a.powf(b),
        BinOp::Min => choose(a <= b || a.is_nan(), a, b),
        BinOp::Max => choose(a >= b || a.is_nan(), a, b),
        BinOp::Fmin => choose(a <= b || b.is_nan(), a, b),
        BinOp::Fmax => choose(a >= b || b.is_nan(), a, b),
        BinOp::Atan2 => a.atan2(b),
        BinOp::Hypot => a.hypot(b),
        BinOp::Copysign => a.copysign(b),
        _ => return None,
    })
}

fn choose<T>(first: bool, a: T, b: T) -> T {
    if first { a } else { b }
}

/// Python's floor division and modulo as NumPy computes them (`npy_divmod`).
fn divmod<T: Real>(a: T, b: T) -> (T, T) {
    let rest = a % b;
    if b == T::zero() {
        return (a / b, rest);
    }
    let mut quotient = (a - rest) / b;
    let modulus = if rest == T::zero() {
        T::zero().copysign(b)
    } else if (b < T::zero()) == (rest < T::zero()) {
        rest
    } else {
        quotient = quotient - T::one();
        rest + b
    };
    if quotient == T::zero() {
        return (T::zero().copysign(a / b), modulus);
    }
    let floor = quotient.floor();
    (
        if quotient - floor > T::of(0.5) {
            floor + T::one()
        } else {
            floor
        },
        modulus,
    )
}
