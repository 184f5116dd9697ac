//! What each operation of the tasklet language means on single elements: NumPy 2, for every element type.
//!
//! A function gives `None` where the operation is not defined for the types (the verifier refuses such code), never for values.
//!
//! Where NumPy leaves the result to the C compiler (a float outside the range of the integer it is cast to), the value saturates and NaN
//! gives 0, as Rust's `as` does.

mod complex;
mod real;

use crate::sdfg::{BinOp, Const, DType, UnOp};
use complex::Cplx;

/// Wraps an exact integer into its type.
fn wrap(value: i128, dtype: DType) -> Const {
    let bits = 8 * dtype.size() as u32;
    let low = value & ((1i128 << bits) - 1);
    let negative = dtype.is_signed_int() && low >> (bits - 1) == 1;
    Const::Int(if negative { low - (1i128 << bits) } else { low }, dtype)
}

/// A value computed in `f64` as a constant of a floating-point type.
fn float(value: f64, dtype: DType) -> Const {
    Const::Float(
        if dtype == DType::Float32 {
            f64::from(value as f32)
        } else {
            value
        },
        dtype,
    )
}

fn single(value: f32) -> Const {
    Const::Float(f64::from(value), DType::Float32)
}

fn double(value: f64) -> Const {
    Const::Float(value, DType::Float64)
}

fn single_complex(z: Cplx<f32>) -> Const {
    Const::Complex(f64::from(z.re), f64::from(z.im), DType::Complex64)
}

fn double_complex(z: Cplx<f64>) -> Const {
    Const::Complex(z.re, z.im, DType::Complex128)
}

/// A unary operation.
pub fn unary(op: UnOp, a: Const) -> Option<Const> {
    match a {
        Const::Bool(v) => match op {
            UnOp::Not | UnOp::Invert => Some(Const::Bool(!v)),
            UnOp::Abs | UnOp::Real | UnOp::Floor | UnOp::Ceil | UnOp::Trunc => Some(a),
            UnOp::Imag | UnOp::IsNan | UnOp::IsInf | UnOp::SignBit => Some(Const::Bool(false)),
            UnOp::IsFinite => Some(Const::Bool(true)),
            _ => None,
        },
        Const::Int(v, d) => match op {
            UnOp::Neg => Some(wrap(-v, d)),
            UnOp::Invert => Some(wrap(!v, d)),
            UnOp::Abs => Some(wrap(v.abs(), d)),
            UnOp::Sign => Some(Const::Int(v.signum(), d)),
            UnOp::Real | UnOp::Conj | UnOp::Floor | UnOp::Ceil | UnOp::Trunc => Some(a),
            UnOp::Imag => Some(Const::Int(0, d)),
            UnOp::IsNan | UnOp::IsInf => Some(Const::Bool(false)),
            UnOp::IsFinite => Some(Const::Bool(true)),
            UnOp::SignBit => Some(Const::Bool(v < 0)),
            _ => None,
        },
        Const::Float(v, d) => match op {
            UnOp::IsNan => Some(Const::Bool(v.is_nan())),
            UnOp::IsInf => Some(Const::Bool(v.is_infinite())),
            UnOp::IsFinite => Some(Const::Bool(v.is_finite())),
            UnOp::SignBit => Some(Const::Bool(v.is_sign_negative())),
            _ if d == DType::Float32 => real::unary(op, v as f32).map(single),
            _ => real::unary(op, v).map(double),
        },
        Const::Complex(re, im, d) => {
            let real = d.real();
            match op {
                UnOp::Real => Some(Const::Float(re, real)),
                UnOp::Imag => Some(Const::Float(im, real)),
                UnOp::IsNan => Some(Const::Bool(re.is_nan() || im.is_nan())),
                UnOp::IsInf => Some(Const::Bool(re.is_infinite() || im.is_infinite())),
                UnOp::IsFinite => Some(Const::Bool(re.is_finite() && im.is_finite())),
                UnOp::Abs if d == DType::Complex64 => Some(single((re as f32).hypot(im as f32))),
                UnOp::Abs => Some(double(re.hypot(im))),
                _ if d == DType::Complex64 => {
                    complex::unary(op, Cplx::new(re as f32, im as f32)).map(single_complex)
                }
                _ => complex::unary(op, Cplx::new(re, im)).map(double_complex),
            }
        }
    }
}

/// A binary operation; both operands have one type.
///
/// An integer to a negative power has no value in NumPy (an error when it runs): callers ask [`is_negative_power`] first; here it gives 0.
pub fn binary(op: BinOp, a: Const, b: Const) -> Option<Const> {
    if a.dtype() != b.dtype() {
        return None;
    }
    if op.is_comparison() {
        return compare(op, a, b).map(Const::Bool);
    }
    match (a, b) {
        (Const::Bool(x), Const::Bool(y)) => bools(op, x, y).map(Const::Bool),
        (Const::Int(x, d), Const::Int(y, _)) => ints(op, x, y, d),
        (Const::Float(x, DType::Float32), Const::Float(y, _)) => {
            real::binary(op, x as f32, y as f32).map(single)
        }
        (Const::Float(x, _), Const::Float(y, _)) => real::binary(op, x, y).map(double),
        (Const::Complex(ar, ai, DType::Complex64), Const::Complex(br, bi, _)) => complex::binary(
            op,
            Cplx::new(ar as f32, ai as f32),
            Cplx::new(br as f32, bi as f32),
        )
        .map(single_complex),
        (Const::Complex(ar, ai, _), Const::Complex(br, bi, _)) => {
            complex::binary(op, Cplx::new(ar, ai), Cplx::new(br, bi)).map(double_complex)
        }
        _ => None,
    }
}

/// Whether the operation is an integer to a negative power, which NumPy refuses when it runs.
pub fn is_negative_power(op: BinOp, exponent: Const) -> bool {
    op == BinOp::Pow && matches!(exponent, Const::Int(v, _) if v < 0)
}

fn compare(op: BinOp, a: Const, b: Const) -> Option<bool> {
    fn order<T: PartialOrd>(op: BinOp, a: T, b: T) -> bool {
        match op {
            BinOp::Eq => a == b,
            BinOp::Ne => a != b,
            BinOp::Lt => a < b,
            BinOp::Le => a <= b,
            BinOp::Gt => a > b,
            _ => a >= b,
        }
    }
    match (a, b) {
        (Const::Bool(x), Const::Bool(y)) => Some(order(op, x, y)),
        (Const::Int(x, _), Const::Int(y, _)) => Some(order(op, x, y)),
        (Const::Float(x, _), Const::Float(y, _)) => Some(order(op, x, y)),
        (Const::Complex(ar, ai, _), Const::Complex(br, bi, _)) => {
            Some(complex::compare(op, Cplx::new(ar, ai), Cplx::new(br, bi)))
        }
        _ => None,
    }
}

fn bools(op: BinOp, a: bool, b: bool) -> Option<bool> {
    match op {
        BinOp::Add | BinOp::BitOr | BinOp::Or | BinOp::Max | BinOp::Fmax => Some(a | b),
        BinOp::Mul | BinOp::BitAnd | BinOp::And | BinOp::Min | BinOp::Fmin => Some(a & b),
        BinOp::BitXor => Some(a ^ b),
        _ => None,
    }
}

fn ints(op: BinOp, a: i128, b: i128, d: DType) -> Option<Const> {
    let bits = 8 * d.size() as i128;
    let value = match op {
        BinOp::Add => a + b,
        BinOp::Sub => a - b,
        // The low bits are right whatever is lost above them.
        BinOp::Mul => a.wrapping_mul(b),
        BinOp::FloorDiv | BinOp::Mod | BinOp::Fmod if b == 0 => 0,
        BinOp::FloorDiv => a.div_euclid(b) - i128::from(b < 0 && a.rem_euclid(b) != 0),
        BinOp::Mod => {
            let rest = a.rem_euclid(b);
            if b < 0 && rest != 0 { rest + b } else { rest }
        }
        BinOp::Fmod => a % b,
        BinOp::Pow => return Some(power(a, b, d)),
        BinOp::BitAnd => a & b,
        BinOp::BitOr => a | b,
        BinOp::BitXor => a ^ b,
        BinOp::Shl => {
            if (0..bits).contains(&b) {
                a << b
            } else {
                0
            }
        }
        BinOp::Shr => {
            if (0..bits).contains(&b) {
                a >> b
            } else {
                -i128::from(a < 0)
            }
        }
        BinOp::Min | BinOp::Fmin => a.min(b),
        BinOp::Max | BinOp::Fmax => a.max(b),
        _ => return None,
    };
    Some(wrap(value, d))
}

/// By repeated squaring, wrapping.
fn power(base: i128, exponent: i128, d: DType) -> Const {
    let (mut base, mut exponent, mut product) = (base, exponent, i128::from(exponent >= 0));
    while exponent > 0 {
        if exponent & 1 == 1 {
            product = product.wrapping_mul(base) & i128::from(u64::MAX);
        }
        base = base.wrapping_mul(base) & i128::from(u64::MAX);
        exponent >>= 1;
    }
    wrap(product, d)
}

/// NumPy's `astype`.
pub fn cast(to: DType, a: Const) -> Const {
    if to == DType::Bool {
        return Const::Bool(is_true(a));
    }
    if to.is_int() {
        return match a {
            Const::Bool(v) => Const::Int(i128::from(v), to),
            Const::Int(v, _) => wrap(v, to),
            Const::Float(v, _) | Const::Complex(v, _, _) => integer(v, to),
        };
    }
    let (re, im) = match (a, to.real()) {
        (Const::Bool(v), _) => (f64::from(u8::from(v)), 0.0),
        // One rounding only.
        (Const::Int(v, _), DType::Float32) => (f64::from(v as f32), 0.0),
        (Const::Int(v, _), _) => (v as f64, 0.0),
        (Const::Float(v, _), _) => (v, 0.0),
        (Const::Complex(re, im, _), _) => (re, im),
    };
    if to.is_float() {
        return float(re, to);
    }
    if to == DType::Complex64 {
        single_complex(Cplx::new(re as f32, im as f32))
    } else {
        Const::Complex(re, im, to)
    }
}

/// A float as an integer: cut off, and wrapped where it fits the integer through which it goes (as NumPy has it on x86-64, where it warns); saturated
/// beyond, where NumPy's result is not defined.
fn integer(value: f64, to: DType) -> Const {
    let through = match to {
        DType::Int8 | DType::Int16 | DType::Int32 | DType::UInt8 | DType::UInt16 => {
            i128::from(value as i32)
        }
        DType::UInt64 if value > 0.0 => i128::from(value as u64),
        _ => i128::from(value as i64),
    };
    wrap(through, to)
}

/// Python's truth value: not zero. NaN is true.
pub fn is_true(a: Const) -> bool {
    match a {
        Const::Bool(v) => v,
        Const::Int(v, _) => v != 0,
        Const::Float(v, _) => v != 0.0,
        Const::Complex(re, im, _) => re != 0.0 || im != 0.0,
    }
}

/// Whether a unary operation is defined for a type.
pub fn has_unary(op: UnOp, dtype: DType) -> bool {
    unary(op, Const::from_i64(1, dtype)).is_some()
}

/// Whether a binary operation is defined for a type.
pub fn has_binary(op: BinOp, dtype: DType) -> bool {
    let one = Const::from_i64(1, dtype);
    binary(op, one, one).is_some()
}
