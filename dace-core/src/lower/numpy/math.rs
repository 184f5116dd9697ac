//! Elementwise functions ("ufuncs").

use super::Args;
use crate::diag::ErrorCode;
use crate::lower::elementwise::result_type;
use crate::lower::value::{Elem, Typing, Value, axis};
use crate::lower::{Lowerer, R, typing};
use crate::sdfg::{BinOp, Code, Const, DType, UnOp, Wcr};
use crate::symbolic::Expr;

/// NumPy and `math` functions of one operand.
pub(in crate::lower) fn unary_function(name: &str) -> Option<UnOp> {
    Some(match name {
        "negative" => UnOp::Neg,
        "abs" | "absolute" | "fabs" => UnOp::Abs,
        "sqrt" => UnOp::Sqrt,
        "cbrt" => UnOp::Cbrt,
        "exp" => UnOp::Exp,
        "exp2" => UnOp::Exp2,
        "expm1" => UnOp::Expm1,
        "log" => UnOp::Log,
        "log2" => UnOp::Log2,
        "log10" => UnOp::Log10,
        "log1p" => UnOp::Log1p,
        "sin" => UnOp::Sin,
        "cos" => UnOp::Cos,
        "tan" => UnOp::Tan,
        "arcsin" | "asin" => UnOp::Asin,
        "arccos" | "acos" => UnOp::Acos,
        "arctan" | "atan" => UnOp::Atan,
        "sinh" => UnOp::Sinh,
        "cosh" => UnOp::Cosh,
        "tanh" => UnOp::Tanh,
        "arcsinh" | "asinh" => UnOp::Asinh,
        "arccosh" | "acosh" => UnOp::Acosh,
        "arctanh" | "atanh" => UnOp::Atanh,
        "floor" => UnOp::Floor,
        "ceil" => UnOp::Ceil,
        "trunc" => UnOp::Trunc,
        "rint" => UnOp::Rint,
        "sign" => UnOp::Sign,
        "real" => UnOp::Real,
        "imag" => UnOp::Imag,
        "conj" | "conjugate" => UnOp::Conj,
        "isnan" => UnOp::IsNan,
        "isinf" => UnOp::IsInf,
        "isfinite" => UnOp::IsFinite,
        "signbit" => UnOp::SignBit,
        "invert" | "bitwise_not" => UnOp::Invert,
        "logical_not" => UnOp::Not,
        _ => return None,
    })
}

/// NumPy and `math` functions of two operands.
pub(in crate::lower) fn binary_function(name: &str) -> Option<BinOp> {
    Some(match name {
        "add" => BinOp::Add,
        "subtract" => BinOp::Sub,
        "multiply" => BinOp::Mul,
        "divide" | "true_divide" => BinOp::Div,
        "floor_divide" => BinOp::FloorDiv,
        "mod" | "remainder" => BinOp::Mod,
        "fmod" => BinOp::Fmod,
        "power" | "pow" | "float_power" => BinOp::Pow,
        "maximum" => BinOp::Max,
        "minimum" => BinOp::Min,
        "fmax" => BinOp::Fmax,
        "fmin" => BinOp::Fmin,
        "arctan2" | "atan2" => BinOp::Atan2,
        "hypot" => BinOp::Hypot,
        "copysign" => BinOp::Copysign,
        "equal" => BinOp::Eq,
        "not_equal" => BinOp::Ne,
        "less" => BinOp::Lt,
        "less_equal" => BinOp::Le,
        "greater" => BinOp::Gt,
        "greater_equal" => BinOp::Ge,
        "logical_and" => BinOp::And,
        "logical_or" => BinOp::Or,
        "logical_xor" => BinOp::Ne,
        "bitwise_and" => BinOp::BitAnd,
        "bitwise_or" => BinOp::BitOr,
        "bitwise_xor" => BinOp::BitXor,
        "left_shift" => BinOp::Shl,
        "right_shift" => BinOp::Shr,
        _ => return None,
    })
}

impl Lowerer<'_> {
    /// A call of an elementwise function, if the name is one.
    pub(super) fn call_ufunc(&mut self, name: &str, args: &mut Args) -> R<Option<Value>> {
        let span = args.span;
        let result = if let Some(op) = unary_function(name) {
            let (v, at) = self.required(args, "x")?;
            let mut e = self.elem(v, at)?;
            // Strong from here on: NumPy functions return NumPy scalars.
            if name == "fabs" && !e.dtype.is_float() {
                let t = self.float_type(e.dtype, span)?;
                e = self.cast(e, t);
            }
            self.unary(op, e, span)?
        } else if let Some(op) = binary_function(name) {
            let ((a, at), (b, bt)) = (self.required(args, "x1")?, self.required(args, "x2")?);
            let (mut a, mut b) = (self.elem(a, at)?, self.elem(b, bt)?);
            if name.starts_with("logical_") {
                (a, b) = (self.truth(a), self.truth(b));
            }
            if name == "float_power" && !a.dtype.is_complex() && !b.dtype.is_complex() {
                (a, b) = (self.cast(a, DType::Float64), self.cast(b, DType::Float64));
            }
            self.binary(op, a, b, span)?
        } else {
            match name {
                "square" => {
                    let (v, at) = self.required(args, "x")?;
                    let e = self.elem(v, at)?;
                    self.binary(BinOp::Pow, e, Elem::py_int(2), span)?
                }
                "reciprocal" => {
                    let (v, at) = self.required(args, "x")?;
                    let e = self.elem(v, at)?;
                    if e.dtype.is_int() || e.dtype == DType::Bool {
                        return Err(self.error_hint(
                            ErrorCode::Type,
                            span,
                            "the reciprocal of integers is 0 for nearly all of them",
                            "write 1 / x",
                        ));
                    }
                    self.binary(BinOp::Div, Elem::py_int(1), e, span)?
                }
                "positive" => {
                    let (v, at) = self.required(args, "x")?;
                    let e = self.elem(v, at)?;
                    if e.dtype == DType::Bool {
                        return Err(self.error(
                            ErrorCode::Type,
                            at,
                            "NumPy's positive is not defined for bool",
                        ));
                    }
                    e
                }
                "angle" => {
                    let (v, at) = self.required(args, "z")?;
                    let e = self.elem(v, at)?;
                    if !e.dtype.is_complex() {
                        return Err(self.error_hint(
                            ErrorCode::Type,
                            at,
                            "np.angle is supported of complex numbers only",
                            "write np.where(x < 0, np.pi, 0.0)",
                        ));
                    }
                    let (im, re) = (
                        self.unary(UnOp::Imag, e.clone(), span)?,
                        self.unary(UnOp::Real, e, span)?,
                    );
                    self.binary(BinOp::Atan2, im, re, span)?
                }
                "deg2rad" | "radians" | "rad2deg" | "degrees" => {
                    let (v, at) = self.required(args, "x")?;
                    let e = self.elem(v, at)?;
                    let dtype = self.float_type(e.dtype, span)?;
                    let e = self.cast(e, dtype);
                    let factor = if matches!(name, "deg2rad" | "radians") {
                        std::f64::consts::PI / 180.0
                    } else {
                        180.0 / std::f64::consts::PI
                    };
                    self.binary(BinOp::Mul, e, Elem::py_float(factor), span)?
                }
                "where" => {
                    let (c, ct) = self.required(args, "condition")?;
                    if args.positional.is_empty() && args.keywords.is_empty() {
                        args.positional.push_back((c, ct));
                        let nonzero = Args {
                            function: "numpy.nonzero".into(),
                            positional: std::mem::take(&mut args.positional),
                            keywords: Vec::new(),
                            span,
                        };
                        return self.library_function("nonzero", nonzero).map(Some);
                    }
                    let ((a, at), (b, bt)) = (self.required(args, "x")?, self.required(args, "y")?);
                    let (c, a, b) = (self.elem(c, ct)?, self.elem(a, at)?, self.elem(b, bt)?);
                    self.check_has_type(&a, at)?;
                    self.check_has_type(&b, bt)?;
                    self.choose(c, a, b, span)?
                }
                "clip" => {
                    let (v, at) = self.required(args, "a")?;
                    let mut e = self.elem(v, at)?;
                    let (low, high) = (
                        args.take("min").or_else(|| args.keyword("a_min")),
                        args.take("max").or_else(|| args.keyword("a_max")),
                    );
                    for (bound, op) in [(low, BinOp::Max), (high, BinOp::Min)] {
                        if let Some((b, bt)) = bound
                            && !matches!(b, Value::None)
                        {
                            let b = self.elem(b, bt)?;
                            let common = result_type(&e, &b);
                            let b = self.raised(b, common, op == BinOp::Max, bt)?;
                            e = self.binary(op, e, b, span)?;
                        }
                    }
                    e
                }
                "round" | "around" => {
                    let (v, at) = self.required(args, "a")?;
                    let e = self.elem(v, at)?;
                    let decimals = match args.take("decimals") {
                        Some((d, dt)) => self.constant_int(d, "the number of decimals", dt)?,
                        None => 0,
                    };
                    if e.dtype.is_int() && decimals >= 0 {
                        e
                    } else if decimals == 0 {
                        self.unary(UnOp::Rint, e, span)?
                    } else {
                        let factor = Elem::py_float(10f64.powi(decimals.unsigned_abs() as i32));
                        let (up, down) = if decimals > 0 {
                            (BinOp::Mul, BinOp::Div)
                        } else {
                            (BinOp::Div, BinOp::Mul)
                        };
                        let scaled = self.binary(up, e, factor.clone(), span)?;
                        let rounded = self.unary(UnOp::Rint, scaled, span)?;
                        self.binary(down, rounded, factor, span)?
                    }
                }
                _ => return Ok(None),
            }
        };
        let strong = |t: &Typing| Typing { weak: false, ..*t };
        let result = Elem {
            weak: false,
            typings: typing::distinct(result.typings.iter().map(strong).collect()),
            ..result
        };
        let out = args.take("out");
        let result = match args.keyword("dtype") {
            Some((d, at)) => {
                let d = self.dtype_of(&d, at)?;
                self.cast(result, d)
            }
            None => result,
        };
        self.finish(args)?;
        match out {
            None | Some((Value::None, _)) => Ok(Some(Value::Elem(result))),
            Some((Value::View(view), at)) => {
                self.store(&view, result, at)?;
                Ok(Some(Value::View(view)))
            }
            Some((other, at)) => Err(self.error(
                ErrorCode::Type,
                at,
                format!("`out` must be an array, found {}", other.kind()),
            )),
        }
    }

    /// `np.add.outer(a, b)`, `np.maximum.reduce(a, axis)`.
    pub(super) fn ufunc_method(&mut self, ufunc: &str, method: &str, mut args: Args) -> R<Value> {
        let span = args.span;
        let Some(op) = binary_function(ufunc) else {
            return Err(self.unsupported_call(&args, "is not supported"));
        };
        if method == "outer" {
            let ((a, at), (b, bt)) = (
                self.required(&mut args, "A")?,
                self.required(&mut args, "B")?,
            );
            self.finish(&args)?;
            let (a, b) = (self.elem(a, at)?, self.elem(b, bt)?);
            return self.outer(op, a, b, span).map(Value::Elem);
        }
        let wcr = match op {
            BinOp::Add => Wcr::Sum,
            BinOp::Mul => Wcr::Product,
            BinOp::Max => Wcr::Max,
            BinOp::Min => Wcr::Min,
            BinOp::And => Wcr::And,
            BinOp::Or => Wcr::Or,
            BinOp::BitAnd => Wcr::BitAnd,
            BinOp::BitOr => Wcr::BitOr,
            BinOp::BitXor => Wcr::BitXor,
            _ => return Err(self.unsupported_call(&args, "is not supported for this function")),
        };
        let (a, at) = self.required(&mut args, "array")?;
        let e = self.elem(a, at)?;
        if e.shape.is_empty() {
            return Err(self.error(ErrorCode::Type, at, "cannot reduce a scalar"));
        }
        if args.positional.is_empty() && !args.keywords.iter().any(|(n, ..)| n == "axis") {
            args.keywords.push(("axis".into(), Value::int(0), span));
        }
        self.reduce_with(e, wcr, args)
    }

    /// `a[:, None] op b[None, :]`, for any ranks.
    pub(in crate::lower) fn outer(
        &mut self,
        op: BinOp,
        a: Elem,
        b: Elem,
        span: crate::diag::Span,
    ) -> R<Elem> {
        let (m, n) = (a.rank(), b.rank());
        let a = if a.is_costly() && a.rank() > 0 {
            self.stored(a)?
        } else {
            a
        };
        let b = if b.is_costly() && b.rank() > 0 {
            self.stored(b)?
        } else {
            b
        };
        let mut shape = a.shape.clone();
        shape.extend(std::iter::repeat_n(Expr::one(), n));
        let mapping: Vec<Expr> = (0..m).map(|k| Expr::sym(axis(k))).collect();
        let a = a.reindex(&mapping, shape);
        self.binary(op, a, b, span)
    }

    /// A typed constant.
    pub(in crate::lower) fn constant(value: i64, dtype: DType) -> Elem {
        Elem::scalar(Code::Const(Const::from_i64(value, dtype)), dtype)
    }
}
