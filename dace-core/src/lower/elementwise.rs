//! Elementwise operations: NumPy's promotion (NEP 50), broadcasting, and the typed code of each operator.

use super::fits::fits;
use super::value::{Elem, Value, axis, axis_number};
use super::{Lowerer, R};
use crate::diag::{ErrorCode, Span};
use crate::sdfg::{BinOp, Code, Const, DType, UnOp};
use crate::symbolic::Expr;

/// The common type of two operands, as NumPy 2 finds it.
pub(super) fn result_type(a: &Elem, b: &Elem) -> DType {
    match (a.weak, b.weak) {
        (false, false) | (true, true) => a.dtype.promote(b.dtype),
        (true, false) => weak_with(a.dtype, b.dtype),
        (false, true) => weak_with(b.dtype, a.dtype),
    }
}

/// The type when a Python number meets a NumPy type.
fn weak_with(python: DType, numpy: DType) -> DType {
    use DType::*;
    match python {
        Int64 if numpy == Bool => Int64,
        Float64 if numpy == Bool || numpy.is_int() => Float64,
        Complex128 => match numpy {
            Float32 | Complex64 => Complex64,
            _ => Complex128,
        },
        _ => numpy,
    }
}

impl Lowerer<'_> {
    /// The shape two operands broadcast to.
    pub(super) fn broadcast_shapes(&mut self, a: &[Expr], b: &[Expr], span: Span) -> R<Vec<Expr>> {
        let rank = a.len().max(b.len());
        let mut shape = Vec::with_capacity(rank);
        for d in 0..rank {
            let at = |s: &[Expr]| (d + s.len()).checked_sub(rank).map(|k| s[k].clone());
            shape.push(match (at(a), at(b)) {
                (Some(x), Some(y)) => self.same_size(&x, &y, a, b, span)?,
                (Some(x), None) | (None, Some(x)) => x,
                (None, None) => Expr::one(),
            });
        }
        Ok(shape)
    }

    fn same_size(&mut self, x: &Expr, y: &Expr, a: &[Expr], b: &[Expr], span: Span) -> R<Expr> {
        if x == y {
            return Ok(x.clone());
        }
        if y.as_int() == Some(1) {
            return Ok(x.clone());
        }
        if x.as_int() == Some(1) {
            return Ok(y.clone());
        }
        if self.facts.eq(x, y) {
            return Ok(x.clone());
        }
        if self.facts.ne(x, y) || !(self.is_runtime(x) || self.is_runtime(y)) {
            let show = |s: &[Expr]| {
                format!(
                    "({})",
                    s.iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            };
            return Err(self.error_hint(
                ErrorCode::Shape,
                span,
                format!(
                    "shapes {} and {} do not broadcast: {x} is not {y}",
                    show(a),
                    show(b)
                ),
                "sizes must be equal for every value of the symbols, or one of them 1",
            ));
        }
        self.check_equal(x, y, span);
        Ok(if self.is_runtime(x) {
            y.clone()
        } else {
            x.clone()
        })
    }

    /// Whether an expression depends on more than the sizes of arguments.
    pub(super) fn is_runtime(&self, e: &Expr) -> bool {
        e.symbols().iter().any(|s| !self.sdfg.symbols.contains(s))
    }

    /// The expression spread over a shape that its own broadcasts to.
    pub(super) fn broadcast(&mut self, elem: Elem, shape: &[Expr]) -> R<Elem> {
        if elem.shape == shape || elem.shape.is_empty() {
            return Ok(Elem {
                shape: shape.to_vec(),
                ..elem
            });
        }
        let offset = shape.len() - elem.shape.len();
        // Computed once per element of the operand, not once per element of the result.
        let grows = offset > 0
            || elem
                .shape
                .iter()
                .zip(&shape[offset..])
                .any(|(own, all)| own.as_int() == Some(1) && all.as_int() != Some(1));
        let elem = if grows && elem.is_costly() && elem.mask.is_none() {
            self.stored(elem)?
        } else {
            elem
        };
        let mapping: Vec<Expr> = elem
            .shape
            .iter()
            .enumerate()
            .map(|(k, own)| {
                if own.as_int() == Some(1) && shape[k + offset].as_int() != Some(1) {
                    Expr::zero()
                } else {
                    Expr::sym(axis(k + offset))
                }
            })
            .collect();
        Ok(elem.reindex(&mapping, shape.to_vec()))
    }

    /// Brings two operands to one shape and joint connectors: the carrier (shape, inputs, mask) and the two codes.
    pub(super) fn join(&mut self, a: Elem, b: Elem, span: Span) -> R<(Elem, Code, Code)> {
        let mask = match (&a.mask, &b.mask) {
            (Some(x), Some(y)) if x != y => {
                return Err(self.error_hint(
                    ErrorCode::Shape,
                    span,
                    "elements selected by different masks cannot be combined",
                    "select with the same boolean array, unchanged in between",
                ));
            }
            (Some(m), other) | (other, Some(m)) => {
                if other.is_none()
                    && (!a.shape.is_empty() && a.mask.is_none()
                        || !b.shape.is_empty() && b.mask.is_none())
                {
                    return Err(self.error_hint(
                        ErrorCode::Shape,
                        span,
                        "a selection by a boolean array and a whole array have different shapes",
                        "apply the mask to both, or use np.where",
                    ));
                }
                Some(m.clone())
            }
            (None, None) => None,
        };
        let shape = self.broadcast_shapes(&a.shape, &b.shape, span)?;
        let mut a = self.broadcast(a, &shape)?;
        let b = self.broadcast(b, &shape)?;
        let right = a.absorb(&b);
        let left = std::mem::replace(&mut a.code, Code::int(0));
        a.mask = mask;
        Ok((a, left, right))
    }

    pub(super) fn cast(&mut self, elem: Elem, to: DType) -> Elem {
        if elem.dtype == to {
            return Elem {
                weak: false,
                typings: Vec::new(),
                ..elem
            };
        }
        let code = match (elem.constant(), to) {
            (Some(c), _) if to.is_float() || to.is_complex() || to == DType::Bool => match c {
                Const::Bool(b) => Code::Const(Const::from_i64(i64::from(b), to)),
                Const::Int(v, _) if to == DType::Bool => Code::Const(Const::Bool(v != 0)),
                Const::Int(v, _) => Code::Const(float_const(v as f64, 0.0, to)),
                Const::Float(v, _) if to == DType::Bool => Code::Const(Const::Bool(v != 0.0)),
                Const::Float(v, _) => Code::Const(float_const(v, 0.0, to)),
                Const::Complex(re, im, _) if to.is_complex() => {
                    Code::Const(float_const(re, im, to))
                }
                Const::Complex(..) => elem.code.cast(elem.dtype, to),
            },
            (Some(Const::Int(v, _)), _) if to.is_int() && fits(v, to) => {
                Code::Const(Const::Int(v, to))
            }
            (Some(Const::Bool(b)), _) if to.is_int() => Code::Const(Const::Int(i128::from(b), to)),
            _ => elem.code.cast(elem.dtype, to),
        };
        Elem {
            code,
            dtype: to,
            weak: false,
            typings: Vec::new(),
            ..elem
        }
    }

    /// `a op b` with Python's and NumPy's typing.
    pub(super) fn binary(&mut self, op: BinOp, a: Elem, b: Elem, span: Span) -> R<Elem> {
        if !(a.typings.is_empty() && b.typings.is_empty()) {
            return self.binary_of_any(op, a, b, span);
        }
        if let Some(folded) = self.fold(op, &a, &b) {
            if let Code::Sym(e) = &folded.code
                && !e.is_exact()
            {
                return Err(self.error_hint(
                    ErrorCode::Value,
                    span,
                    "this integer does not fit in 64 bits",
                    "use a floating-point number",
                ));
            }
            return Ok(folded);
        }
        let both_weak = a.weak && b.weak;
        let common = result_type(&a, &b);
        let unsupported = |this: &mut Self, what: &str| {
            Err(this.error(
                ErrorCode::Type,
                span,
                format!("{what} is not defined for {} and {}", a.dtype, b.dtype),
            ))
        };
        // The type in which the operation is done.
        let (op, operand) = match op {
            BinOp::Add | BinOp::Mul if common == DType::Bool => {
                if both_weak {
                    (op, DType::Int64)
                } else {
                    (
                        if op == BinOp::Add {
                            BinOp::Or
                        } else {
                            BinOp::And
                        },
                        common,
                    )
                }
            }
            BinOp::Sub if common == DType::Bool && !both_weak => {
                return unsupported(self, "subtraction");
            }
            BinOp::Add | BinOp::Sub | BinOp::Mul => (
                op,
                if common == DType::Bool {
                    DType::Int64
                } else {
                    common
                },
            ),
            BinOp::Div => (
                op,
                if common.is_float() || common.is_complex() {
                    common
                } else {
                    DType::Float64
                },
            ),
            BinOp::FloorDiv | BinOp::Mod | BinOp::Fmod if common.is_complex() => {
                return unsupported(self, "floor division or modulo");
            }
            BinOp::FloorDiv | BinOp::Mod | BinOp::Fmod | BinOp::Pow if common == DType::Bool => {
                (op, if both_weak { DType::Int64 } else { DType::Int8 })
            }
            BinOp::FloorDiv | BinOp::Mod | BinOp::Fmod => (op, common),
            BinOp::Pow => {
                if common.is_int()
                    && let Some(Const::Int(v, _)) = b.constant()
                    && v < 0
                {
                    if both_weak {
                        (op, DType::Float64)
                    } else {
                        return Err(self.error_hint(
                            ErrorCode::Value,
                            span,
                            "integers to negative integer powers are not allowed",
                            "make the base a float",
                        ));
                    }
                } else {
                    (op, common)
                }
            }
            BinOp::BitAnd | BinOp::BitOr | BinOp::BitXor => {
                if common == DType::Bool {
                    (
                        match op {
                            BinOp::BitAnd => BinOp::And,
                            BinOp::BitOr => BinOp::Or,
                            _ => BinOp::Ne,
                        },
                        common,
                    )
                } else if common.is_int() {
                    (op, common)
                } else {
                    return unsupported(self, "a bitwise operation");
                }
            }
            BinOp::Shl | BinOp::Shr => {
                if common == DType::Bool {
                    (op, if both_weak { DType::Int64 } else { DType::Int8 })
                } else if common.is_int() {
                    (op, common)
                } else {
                    return unsupported(self, "a shift");
                }
            }
            BinOp::And | BinOp::Or => (op, DType::Bool),
            BinOp::Atan2 | BinOp::Hypot | BinOp::Copysign => {
                if common.is_complex() {
                    return unsupported(self, "this function");
                }
                let t = self.float_type(common, span)?;
                (op, t)
            }
            BinOp::Fmin | BinOp::Fmax if !common.is_float() => (
                if op == BinOp::Fmin {
                    BinOp::Min
                } else {
                    BinOp::Max
                },
                common,
            ),
            _ => (op, common),
        };
        let weak = both_weak;
        if !both_weak && operand.is_int() {
            let fit = self.surely_fits(&a, operand) && self.surely_fits(&b, operand);
            if !fit && op.is_comparison() {
                return self.compare_exactly(op, a, b, operand, span);
            }
            self.check_fits(&a, operand, span)?;
            self.check_fits(&b, operand, span)?;
        }
        let a = self.cast(a, operand);
        let b = self.cast(b, operand);
        let (mut carrier, left, right) = self.join(a, b, span)?;
        carrier.code = Code::bin(op, left, right);
        carrier.dtype = if op.is_comparison() {
            DType::Bool
        } else {
            operand
        };
        carrier.weak = weak;
        Ok(carrier)
    }

    /// Symbolic integers and constants are computed here and now: Python's exactly, NumPy's modulo 2^64.
    fn fold(&mut self, op: BinOp, a: &Elem, b: &Elem) -> Option<Elem> {
        if !a.shape.is_empty() || !b.shape.is_empty() {
            return None;
        }
        if let (Some(x), Some(y)) = (beyond_int64(a), beyond_int64(b))
            && (a.dtype == DType::UInt64 || b.dtype == DType::UInt64)
        {
            return python_arithmetic(op, x, y);
        }
        // Only where 64-bit arithmetic is what NumPy or Python would do.
        let wide = |e: &Elem| matches!(e.dtype, DType::Int64) || (e.weak && e.dtype == DType::Bool);
        let weak = a.weak && b.weak;
        if wide(a)
            && wide(b)
            && let (Some(x), Some(y)) = (a.symbolic(&self.facts), b.symbolic(&self.facts))
            // A Python number becomes an `int64` first, or is an error.
            && (weak || (self.facts.fits_int64(&x) && self.facts.fits_int64(&y)))
        {
            let int = |e: Expr| {
                let e = if weak { e } else { self.facts.wrapped(&e)? };
                Some(Elem {
                    weak,
                    ..Elem::scalar(Code::Sym(e), DType::Int64)
                })
            };
            let divisor = || y.as_int().is_some_and(|v| v != 0) || self.facts.ne(&y, &Expr::zero());
            match op {
                BinOp::Add => return int(x + y),
                BinOp::Sub => return int(x - y),
                BinOp::Mul if x.may_multiply(&y) => return int(x * y),
                BinOp::FloorDiv if divisor() => return int(x.floor_div(&y)),
                BinOp::Mod if divisor() => return int(x.modulo(&y)),
                BinOp::Pow => {
                    if let Some(p @ 0..=8) = y.as_int() {
                        let power = (0..p).try_fold(Expr::one(), |product, _| {
                            product.may_multiply(&x).then(|| product * &x)
                        });
                        if let Some(power) = power {
                            return int(power);
                        }
                    }
                    // Python's integers have no end; these end where one is stored.
                    if let (true, Some(base), Some(p @ 0..)) = (weak, x.as_int(), y.as_int()) {
                        let power = match base {
                            0 | 1 if p > 0 => Some(i128::from(base)),
                            -1 => Some(if p % 2 == 0 { 1 } else { -1 }),
                            _ => u32::try_from(p)
                                .ok()
                                .and_then(|p| i128::from(base).checked_pow(p)),
                        };
                        return int(Expr::big(power.unwrap_or(i128::MAX)));
                    }
                }
                _ => {}
            }
            // Of constants, Python's integers.
            if let (true, Some(x), Some(y)) = (weak, x.as_int(), y.as_int()) {
                match op {
                    BinOp::BitAnd => return int(Expr::int(x & y)),
                    BinOp::BitOr => return int(Expr::int(x | y)),
                    BinOp::BitXor => return int(Expr::int(x ^ y)),
                    BinOp::Shl if (0..64).contains(&y) => {
                        return int(Expr::big(i128::from(x) << y));
                    }
                    BinOp::Shr if (0..64).contains(&y) => return int(Expr::int(x >> y)),
                    _ => {}
                }
            }
            if op.is_comparison()
                && let Some(v) = self.decide(op, &x, &y)
            {
                return Some(Elem {
                    weak,
                    ..Elem::scalar(Code::Const(Const::Bool(v)), DType::Bool)
                });
            }
        }
        if weak && let (Some(x), Some(y)) = (float_of(a), float_of(b)) {
            let is_float = a.dtype == DType::Float64 || b.dtype == DType::Float64;
            let float = |v: f64| Some(Elem::py_float(v));
            return match op {
                BinOp::Add if is_float => float(x + y),
                BinOp::Sub if is_float => float(x - y),
                BinOp::Mul if is_float => float(x * y),
                BinOp::Div if y != 0.0 => float(x / y),
                BinOp::Pow if (is_float || y < 0.0) && (x > 0.0 || y.fract() == 0.0) => {
                    float(x.powf(y))
                }
                _ => None,
            };
        }
        None
    }

    /// Whether a comparison of symbolic integers is known.
    fn decide(&self, op: BinOp, x: &Expr, y: &Expr) -> Option<bool> {
        let f = &self.facts;
        let (yes, no) = match op {
            BinOp::Eq => (f.eq(x, y), f.ne(x, y)),
            BinOp::Ne => (f.ne(x, y), f.eq(x, y)),
            BinOp::Lt => (f.lt(x, y), f.le(y, x)),
            BinOp::Le => (f.le(x, y), f.lt(y, x)),
            BinOp::Gt => (f.lt(y, x), f.le(x, y)),
            BinOp::Ge => (f.le(y, x), f.lt(x, y)),
            _ => return None,
        };
        if yes {
            Some(true)
        } else if no {
            Some(false)
        } else {
            None
        }
    }

    /// The type in which NumPy computes a function such as `sqrt` of this type.
    pub(super) fn float_type(&mut self, dtype: DType, span: Span) -> R<DType> {
        Ok(match dtype {
            DType::Bool | DType::Int8 | DType::UInt8 => {
                return Err(self.error_hint(
                    ErrorCode::Type,
                    span,
                    format!(
                        "NumPy computes this function of {dtype} in float16, which is not supported"
                    ),
                    "convert with .astype(np.float32) first",
                ));
            }
            DType::Int16 | DType::UInt16 => DType::Float32,
            d if d.is_int() => DType::Float64,
            d => d,
        })
    }

    /// A function of one operand.
    pub(super) fn unary(&mut self, op: UnOp, a: Elem, span: Span) -> R<Elem> {
        if !a.typings.is_empty() {
            return self.unary_of_any(a, span, |s, e| s.unary(op, e, span));
        }
        use UnOp::*;
        if a.dtype == DType::UInt64
            && let Some(v) = beyond_int64(&a)
            && matches!(op, Neg | Invert | Abs)
        {
            return Ok(python_integer(match op {
                Neg => -v,
                Invert => !v,
                _ => v.abs(),
            }));
        }
        let weak = a.weak;
        let (operand, result) = match op {
            Neg | Sign if a.dtype == DType::Bool && !a.weak => {
                return Err(self.error_hint(
                    ErrorCode::Type,
                    span,
                    "the negative of a boolean is not defined in NumPy",
                    "use ~ or np.logical_not",
                ));
            }
            Neg => {
                if let Some(e) = a
                    .symbolic(&self.facts)
                    .filter(|_| a.dtype == DType::Int64 || a.weak)
                    && let Some(negative) = if a.weak {
                        Some(-e)
                    } else {
                        self.facts.wrapped(&-e)
                    }
                {
                    return Ok(Elem {
                        code: Code::Sym(negative),
                        dtype: DType::Int64,
                        ..a
                    });
                }
                if let (true, Some(Const::Float(v, d))) = (a.shape.is_empty(), a.constant()) {
                    return Ok(Elem {
                        code: Code::Const(Const::Float(-v, d)),
                        ..a
                    });
                }
                let t = if a.dtype == DType::Bool {
                    DType::Int64
                } else {
                    a.dtype
                };
                (t, t)
            }
            Not => (DType::Bool, DType::Bool),
            Invert => {
                if a.dtype == DType::Bool && !a.weak {
                    return Ok(Elem {
                        code: Code::un(Not, a.code.clone()),
                        ..a
                    });
                }
                if let Some(e) = a
                    .symbolic(&self.facts)
                    .filter(|_| a.dtype == DType::Int64 || a.weak)
                {
                    return Ok(Elem {
                        code: Code::Sym(-e - 1),
                        dtype: DType::Int64,
                        ..a
                    });
                }
                let t = if a.dtype == DType::Bool {
                    DType::Int64
                } else {
                    a.dtype
                };
                if !t.is_int() {
                    return Err(self.error(
                        ErrorCode::Type,
                        span,
                        format!("~ is not defined for {t}"),
                    ));
                }
                (t, t)
            }
            Abs if a.dtype == DType::Bool => {
                return Ok(if a.weak {
                    self.cast(a, DType::Int64)
                } else {
                    a
                });
            }
            Abs => (a.dtype, a.dtype.real()),
            Real | Imag => {
                if !a.dtype.is_complex() {
                    return Ok(if op == Real {
                        a
                    } else {
                        Elem {
                            code: Code::Const(Const::zero(a.dtype)),
                            inputs: Vec::new(),
                            ..a
                        }
                    });
                }
                (a.dtype, a.dtype.real())
            }
            Conj => {
                if !a.dtype.is_complex() {
                    return Ok(a);
                }
                (a.dtype, a.dtype)
            }
            Floor | Ceil | Trunc | Rint if a.dtype.is_int() || a.dtype == DType::Bool => {
                if op == Rint {
                    let t = self.float_type(a.dtype, span)?;
                    (t, t)
                } else {
                    return Ok(a);
                }
            }
            Floor | Ceil | Trunc | SignBit if a.dtype.is_complex() => {
                return Err(self.error(
                    ErrorCode::Type,
                    span,
                    "this function is not defined for complex numbers",
                ));
            }
            IsNan | IsInf | IsFinite | SignBit => {
                if !a.dtype.is_float() && !a.dtype.is_complex() {
                    let t = if a.dtype.is_int() {
                        DType::Float64
                    } else {
                        DType::Float32
                    };
                    (t, DType::Bool)
                } else {
                    (a.dtype, DType::Bool)
                }
            }
            Sign => (a.dtype, a.dtype),
            _ => {
                // A Python int is an int64 here.
                let t = self.float_type(a.dtype, span)?;
                (t, t)
            }
        };
        let mut a = self.cast(a, operand);
        a.code = Code::un(op, a.code);
        a.dtype = result;
        a.weak = weak && matches!(op, Neg | Not | Invert | Abs);
        Ok(a)
    }

    /// `np.where(c, a, b)` and the ternary of scalars. A Python integer that does not fit wraps, as in `np.where`.
    pub(super) fn choose(&mut self, condition: Elem, a: Elem, b: Elem, span: Span) -> R<Elem> {
        let common = result_type(&a, &b);
        let weak = a.weak && b.weak;
        let (a, b) = (self.cast(a, common), self.cast(b, common));
        let condition = self.truth(condition);
        let (mut pair, left, right) = self.join(a, b, span)?;
        // Join the condition with the pair: its code is carried along in a pair of codes.
        pair.code = left;
        let other = Elem {
            code: right,
            ..pair.clone()
        };
        let (mut carrier, left, test) = self.join(pair, condition.clone(), span)?;
        let other = {
            let shape = carrier.shape.clone();
            self.broadcast(other, &shape)?
        };
        let right = carrier.absorb(&other);
        carrier.code = Code::select(test, left, right);
        carrier.dtype = common;
        carrier.weak = weak && condition.shape.is_empty();
        Ok(carrier)
    }

    /// `!= 0` as a `bool`.
    pub(super) fn truth(&mut self, e: Elem) -> Elem {
        if e.dtype == DType::Bool {
            Elem {
                weak: false,
                typings: Vec::new(),
                ..e
            }
        } else {
            self.cast(e, DType::Bool)
        }
    }

    /// An array or number as an elementwise expression.
    pub(super) fn elem(&mut self, value: Value, span: Span) -> R<Elem> {
        match value {
            Value::Elem(e) => Ok(e),
            Value::View(v) => Ok(v.elem(self.sdfg.desc(v.data).dtype)),
            Value::List(items) | Value::Tuple(items) => self.array_of(items, None, span),
            Value::Poison => Err(super::Stop),
            Value::Undefined(..) => Err(self.undefined(&value, span)),
            other => Err(self.error(
                ErrorCode::Type,
                span,
                format!("expected a number or an array, found {}", other.kind()),
            )),
        }
    }

    /// A scalar, where an array is not allowed.
    pub(super) fn scalar(&mut self, value: Value, span: Span) -> R<Elem> {
        let e = self.elem(value, span)?;
        if e.shape.is_empty() && e.mask.is_none() {
            return Ok(e);
        }
        // NumPy takes an array of one element for a scalar in the places where this is called.
        if e.mask.is_none() && e.shape.iter().all(|n| n.as_int() == Some(1)) {
            let zeros = vec![Expr::zero(); e.shape.len()];
            return Ok(e.reindex(&zeros, Vec::new()));
        }
        Err(self.error(
            ErrorCode::Type,
            span,
            format!("expected a scalar, found an array of rank {}", e.rank()),
        ))
    }
}

/// The axes an expression names.
pub(super) fn axes_of(e: &Expr) -> Vec<usize> {
    e.symbols().iter().filter_map(axis_number).collect()
}

/// The value of a Python integer that is known and may be too large for `int64`.
fn beyond_int64(e: &Elem) -> Option<i128> {
    match e.constant() {
        Some(Const::Int(v, _)) if e.weak && e.shape.is_empty() && e.dtype.is_int() => Some(v),
        _ => None,
    }
}

/// A Python integer. Where it is used, one beyond 64 bits is out of the range of every type.
pub(super) fn python_integer(v: i128) -> Elem {
    if i64::try_from(v).is_err() && u64::try_from(v).is_ok() {
        Elem::weak(Code::Const(Const::Int(v, DType::UInt64)), DType::UInt64)
    } else {
        Elem::py_int(Expr::big(v))
    }
}

/// Arithmetic on Python integers that are known, exactly.
fn python_arithmetic(op: BinOp, x: i128, y: i128) -> Option<Elem> {
    let truth = |v: bool| Some(Elem::py_bool(v));
    let floor = |q: i128, r: i128| {
        if r != 0 && (r < 0) != (y < 0) {
            q - 1
        } else {
            q
        }
    };
    let value = match op {
        BinOp::Add => x.checked_add(y),
        BinOp::Sub => x.checked_sub(y),
        BinOp::Mul => x.checked_mul(y),
        BinOp::FloorDiv if y != 0 => Some(floor(x / y, x % y)),
        BinOp::Mod if y != 0 => Some(x - floor(x / y, x % y) * y),
        BinOp::Pow => u32::try_from(y).ok().and_then(|y| x.checked_pow(y)),
        BinOp::BitAnd => Some(x & y),
        BinOp::BitOr => Some(x | y),
        BinOp::BitXor => Some(x ^ y),
        BinOp::Shl if (0..64).contains(&y) => x.checked_mul(1 << y),
        BinOp::Shr if (0..128).contains(&y) => Some(x >> y),
        BinOp::Eq => return truth(x == y),
        BinOp::Ne => return truth(x != y),
        BinOp::Lt => return truth(x < y),
        BinOp::Le => return truth(x <= y),
        BinOp::Gt => return truth(x > y),
        BinOp::Ge => return truth(x >= y),
        _ => None,
    };
    value.map(python_integer)
}

fn float_of(e: &Elem) -> Option<f64> {
    match e.constant()? {
        Const::Bool(b) => Some(f64::from(u8::from(b))),
        Const::Int(v, _) => (v.unsigned_abs() < 1 << 53).then_some(v as f64),
        Const::Float(v, _) => Some(v),
        Const::Complex(..) => None,
    }
}

fn float_const(re: f64, im: f64, dtype: DType) -> Const {
    let round = |v: f64| {
        if matches!(dtype, DType::Float32 | DType::Complex64) {
            f64::from(v as f32)
        } else {
            v
        }
    };
    if dtype.is_complex() {
        Const::Complex(round(re), round(im), dtype)
    } else {
        Const::Float(round(re), dtype)
    }
}
