//! Computes at compile time what is constant in a tasklet's code, with the interpreter's arithmetic. Functions whose last bit depends on the
//! library (exponentials and the like) are left alone. Sums of symbols stay what they are: they wrap, unless they surely fit.

use crate::interpret::scalar;
use crate::sdfg::{BinOp, Code, Const, DType, UnOp};
use crate::symbolic::{Expr, Facts};

/// Folds a code in place; returns whether anything changed.
pub fn fold(code: &mut Code, facts: &Facts) -> bool {
    let mut changed = false;
    code.visit_mut(&mut |c| {
        if let Some(new) = step(c, facts) {
            *c = new;
            changed = true;
        }
    });
    changed
}

/// One step at the root.
fn step(code: &Code, facts: &Facts) -> Option<Code> {
    match code {
        Code::Un(op, a) if exact(*op) => scalar::unary(*op, constant(a)?).map(Code::Const),
        Code::Cast(dtype, a) => constant(a).map(|c| Code::Const(scalar::cast(*dtype, c))),
        Code::Select(c, a, b) => match constant(c)? {
            Const::Bool(true) => Some((**a).clone()),
            Const::Bool(false) => Some((**b).clone()),
            _ => None,
        },
        Code::Bin(op, a, b) => {
            if let (Code::Sym(x), Code::Sym(y)) = (&**a, &**b) {
                let short = |e: &Expr| {
                    let value = facts.wrapped(e).filter(|_| !e.is_long());
                    value.map(Code::Sym)
                };
                return match op {
                    BinOp::Add => short(&(x + y)),
                    BinOp::Sub => short(&(x - y)),
                    BinOp::Mul if x.may_multiply(y) => short(&(x * y)),
                    _ => scalar::binary(*op, constant(a)?, constant(b)?).map(Code::Const),
                };
            }
            match (constant(a), constant(b)) {
                (Some(x), Some(y)) if *op != BinOp::Pow || x.dtype().is_int() => {
                    scalar::binary(*op, x, y).map(Code::Const)
                }
                // 1 changes nothing, exactly.
                (_, Some(y)) if matches!(op, BinOp::Mul | BinOp::Div) && is_one(y) => {
                    Some((**a).clone())
                }
                (Some(x), _) if *op == BinOp::Mul && is_one(x) => Some((**b).clone()),
                (Some(Const::Bool(true)), _) if *op == BinOp::And => Some((**b).clone()),
                (_, Some(Const::Bool(true))) if *op == BinOp::And => Some((**a).clone()),
                (Some(Const::Bool(false)), _) if *op == BinOp::Or => Some((**b).clone()),
                (_, Some(Const::Bool(false))) if *op == BinOp::Or => Some((**a).clone()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The value of a code that is a constant, symbolic integers included.
fn constant(code: &Code) -> Option<Const> {
    match code {
        Code::Const(c) => Some(*c),
        Code::Sym(e) => e.as_int().map(|v| Const::Int(i128::from(v), DType::Int64)),
        _ => None,
    }
}

fn is_one(c: Const) -> bool {
    matches!(c, Const::Int(1, _)) || matches!(c, Const::Float(v, _) if v == 1.0)
}

fn exact(op: UnOp) -> bool {
    matches!(
        op,
        UnOp::Neg
            | UnOp::Not
            | UnOp::Invert
            | UnOp::Abs
            | UnOp::Sqrt
            | UnOp::Floor
            | UnOp::Ceil
            | UnOp::Trunc
            | UnOp::Rint
            | UnOp::Sign
            | UnOp::Real
            | UnOp::Imag
            | UnOp::Conj
            | UnOp::IsNan
            | UnOp::IsInf
            | UnOp::IsFinite
            | UnOp::SignBit
    )
}
