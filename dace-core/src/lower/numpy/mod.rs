//! NumPy's functions: one table of names, and the lowering of each group in a file of its own.

mod create;
mod grid;
mod histogram;
mod library;
mod linalg;
mod math;
mod reduce;
mod reshape;
mod shape;
mod statistics;

use super::value::{Elem, Value, View};
use super::{Lowerer, R, Stop, typing};
use crate::diag::{ErrorCode, Span};
use crate::sdfg::{BinOp, Code, Const, DType, UnOp};
use crate::symbolic::Expr;

pub(super) use grid::is_grid;
pub(super) use library::PREFIX as LIBRARY_PREFIX;
pub(super) use math::{binary_function, unary_function};

/// Functions that are neither elementwise nor reductions, by their NumPy path.
const FUNCTIONS: &[&str] = &[
    // create.rs
    "zeros",
    "ones",
    "empty",
    "full",
    "zeros_like",
    "ones_like",
    "empty_like",
    "full_like",
    "eye",
    "identity",
    "arange",
    "linspace",
    "array",
    "asarray",
    "copy",
    "ndarray",
    // reduce.rs
    "sum",
    "prod",
    "mean",
    "max",
    "amax",
    "min",
    "amin",
    "any",
    "all",
    "std",
    "var",
    "argmax",
    "argmin",
    "count_nonzero",
    // histogram.rs
    "histogram",
    // grid.rs
    "indices",
    // linalg.rs
    "dot",
    "matmul",
    "outer",
    "inner",
    "vdot",
    "trace",
    "linalg.solve",
    "linalg.inv",
    "linalg.cholesky",
    "linalg.norm",
    "tensordot",
    // shape.rs
    "reshape",
    "transpose",
    "ravel",
    "squeeze",
    "expand_dims",
    "swapaxes",
    "moveaxis",
    "flip",
    "flipud",
    "fliplr",
    "broadcast_to",
    "concatenate",
    "stack",
    "vstack",
    "hstack",
    "triu",
    "tril",
    "diag",
    "diagonal",
    "repeat",
    "roll",
    "tile",
    "diff",
    "column_stack",
    "shape",
    // statistics.rs
    "cov",
    // math.rs
    "where",
    "square",
    "reciprocal",
    "positive",
    "angle",
    "deg2rad",
    "radians",
    "rad2deg",
    "degrees",
    "clip",
    "round",
    "around",
];

/// Methods of arrays and scalars.
pub(super) const METHODS: &[&str] = &[
    "copy",
    "astype",
    "reshape",
    "transpose",
    "sum",
    "prod",
    "mean",
    "max",
    "min",
    "any",
    "all",
    "std",
    "var",
    "dot",
    "flatten",
    "ravel",
    "fill",
    "conj",
    "conjugate",
    "argmax",
    "argmin",
    "item",
    "squeeze",
    "clip",
    "round",
    "swapaxes",
    "trace",
    "diagonal",
    "repeat",
    "cumsum",
    "cumprod",
    "take",
    "nonzero",
];

/// Python's own functions that programs may call.
const BUILTINS: &[&str] = &[
    "abs",
    "min",
    "max",
    "len",
    "range",
    "int",
    "float",
    "bool",
    "complex",
    "round",
    "sum",
    "pow",
    "divmod",
    "enumerate",
    "zip",
    "reversed",
    "any",
    "all",
    "tuple",
    "list",
];

pub(super) fn is_method(name: &str) -> bool {
    METHODS.contains(&name)
}

/// The meaning of a dotted path into a library.
pub(super) fn resolve(path: &str) -> Option<Value> {
    let (library, rest) = path.split_once('.').unwrap_or((path, ""));
    if rest.is_empty() {
        return matches!(library, "numpy" | "dace" | "math" | "cmath")
            .then(|| Value::Path(path.to_owned()));
    }
    let known = Some(Value::Path(path.to_owned()));
    match (library, rest) {
        ("numpy" | "dace", "bool_" | "bool8") => return Some(Value::DType(DType::Bool)),
        ("numpy" | "dace", "int_" | "intp" | "int" | "longlong") => {
            return Some(Value::DType(DType::Int64));
        }
        ("numpy" | "dace", "float_" | "double" | "float") => {
            return Some(Value::DType(DType::Float64));
        }
        ("numpy" | "dace", "single") => return Some(Value::DType(DType::Float32)),
        ("numpy" | "dace", "complex_" | "cdouble") => return Some(Value::DType(DType::Complex128)),
        ("numpy" | "dace", name) if DType::from_name(name).is_some() => {
            return DType::from_name(name).map(Value::DType);
        }
        ("numpy" | "math", "pi") => return Some(Value::Elem(Elem::py_float(std::f64::consts::PI))),
        ("numpy" | "math", "e") => return Some(Value::Elem(Elem::py_float(std::f64::consts::E))),
        ("math", "tau") => return Some(Value::Elem(Elem::py_float(std::f64::consts::TAU))),
        ("numpy" | "math", "inf") | ("numpy", "Inf") => {
            return Some(Value::Elem(Elem::py_float(f64::INFINITY)));
        }
        ("numpy" | "math", "nan") | ("numpy", "NaN") => {
            return Some(Value::Elem(Elem::py_float(f64::NAN)));
        }
        ("numpy", "newaxis") => return Some(Value::None),
        ("numpy", "linalg" | "mgrid" | "ogrid")
        | ("dace", "map" | "program" | "symbol" | "inline" | "method") => {
            return known;
        }
        _ => {}
    }
    let function = rest;
    let ufunc = |name: &str| unary_function(name).is_some() || binary_function(name).is_some();
    if library == "numpy" {
        if FUNCTIONS.contains(&function) || ufunc(function) || library::contains(function) {
            return known;
        }
        if let Some((name, method)) = function.split_once('.')
            && binary_function(name).is_some()
            && matches!(method, "outer" | "reduce")
        {
            return known;
        }
    }
    if matches!(library, "math" | "dace") && ufunc(function) {
        return known;
    }
    None
}

/// Names that need no import: Python's builtins, the element types, and in inline programs the usual names of the libraries.
pub(super) fn builtin(name: &str) -> Option<Value> {
    match name {
        "np" | "numpy" => return Some(Value::Path("numpy".into())),
        "dc" | "dace" => return Some(Value::Path("dace".into())),
        "math" => return Some(Value::Path("math".into())),
        _ => {}
    }
    if BUILTINS.contains(&name) {
        return Some(Value::Path(name.to_owned()));
    }
    DType::from_name(name).map(Value::DType)
}

pub(super) fn is_python_function(name: &str) -> bool {
    BUILTINS.contains(&name) && DType::from_name(name).is_none()
}

/// What to say about a function that is not there.
pub(super) fn suggest(path: &str) -> String {
    let name = path.rsplit('.').next().unwrap_or(path);
    let near: Vec<&str> = FUNCTIONS
        .iter()
        .copied()
        .filter(|f| f.len() > 2 && (f.contains(name) || name.contains(f)))
        .take(4)
        .collect();
    if near.is_empty() {
        "write it with the operations and functions that are supported".into()
    } else {
        format!("supported functions of similar name: {}", near.join(", "))
    }
}

/// The arguments of a call, taken one by one by position or keyword.
pub(super) struct Args {
    pub function: String,
    pub positional: std::collections::VecDeque<(Value, Span)>,
    pub keywords: Vec<(String, Value, Span)>,
    pub span: Span,
}

impl Args {
    /// The next positional argument, or the keyword of this name.
    pub(super) fn take(&mut self, name: &str) -> Option<(Value, Span)> {
        if let Some(v) = self.positional.pop_front() {
            return Some(v);
        }
        self.keyword(name)
    }
    pub(super) fn keyword(&mut self, name: &str) -> Option<(Value, Span)> {
        let at = self.keywords.iter().position(|(n, ..)| n == name)?;
        let (_, v, span) = self.keywords.remove(at);
        Some((v, span))
    }
}

impl Lowerer<'_> {
    pub(super) fn required(&mut self, args: &mut Args, name: &str) -> R<(Value, Span)> {
        match args.take(name) {
            Some(v) => Ok(v),
            None => Err(self.error(
                ErrorCode::BadCall,
                args.span,
                format!("`{}` needs the argument `{name}`", args.function),
            )),
        }
    }

    /// All arguments must have been used.
    pub(super) fn finish(&mut self, args: &Args) -> R<()> {
        if let Some((_, span)) = args.positional.front() {
            return Err(self.error(
                ErrorCode::BadCall,
                *span,
                format!("too many arguments for `{}`", args.function),
            ));
        }
        if let Some((name, _, span)) = args.keywords.first() {
            return Err(self.error_hint(
                ErrorCode::BadCall,
                *span,
                format!("`{}` has no supported argument `{name}`", args.function),
                "leave it out",
            ));
        }
        Ok(())
    }

    pub(super) fn dtype_of(&mut self, value: &Value, span: Span) -> R<DType> {
        match value {
            Value::DType(d) => Ok(*d),
            Value::Path(p) => match p.as_str() {
                "int" => Ok(DType::Int64),
                "float" => Ok(DType::Float64),
                "bool" => Ok(DType::Bool),
                "complex" => Ok(DType::Complex128),
                _ => Err(self.error(
                    ErrorCode::Type,
                    span,
                    format!("`{p}` is not an element type"),
                )),
            },
            Value::Str(s) if DType::from_name(s).is_some() => {
                Ok(DType::from_name(s).unwrap_or(DType::Float64))
            }
            other => Err(self.error(
                ErrorCode::Type,
                span,
                format!("expected an element type, found {}", other.kind()),
            )),
        }
    }

    /// A shape argument: an integer or a tuple of integers.
    pub(super) fn shape_of(&mut self, value: Value, span: Span) -> R<Vec<Expr>> {
        match value {
            Value::Tuple(items) | Value::List(items) => {
                items.into_iter().map(|v| self.size_of(v, span)).collect()
            }
            one => Ok(vec![self.size_of(one, span)?]),
        }
    }

    /// A size: negative ones are refused, at run time if need be.
    fn size_of(&mut self, value: Value, span: Span) -> R<Expr> {
        let n = self.integer(value, span)?;
        let n = self.unwrapped(n);
        if self.facts.lt(&n, &Expr::zero()) {
            return Err(self.error(ErrorCode::Value, span, format!("negative dimension {n}")));
        }
        Ok(n)
    }

    pub(super) fn integer(&mut self, value: Value, span: Span) -> R<Expr> {
        let e = self.scalar(value, span)?;
        self.symbolize(&e, span)
    }

    /// A constant integer such as an axis.
    pub(super) fn constant_int(&mut self, value: Value, what: &str, span: Span) -> R<i64> {
        let e = self.integer(value, span)?;
        e.as_int().ok_or_else(|| {
            self.error(
                ErrorCode::Value,
                span,
                format!("{what} must be a constant integer"),
            )
        })
    }

    /// An axis number of an array of this rank, wrapped.
    pub(super) fn axis(&mut self, value: Value, rank: usize, span: Span) -> R<usize> {
        let k = self.constant_int(value, "an axis", span)?;
        let n = rank as i64;
        if k < -n || k >= n {
            return Err(self.error(
                ErrorCode::Index,
                span,
                format!("axis {k} is out of bounds for an array of rank {rank}"),
            ));
        }
        Ok((if k < 0 { k + n } else { k }) as usize)
    }

    /// A flag that is known now.
    pub(super) fn flag(&mut self, arg: Option<(Value, Span)>, default: bool) -> R<bool> {
        match arg {
            None => Ok(default),
            Some((v, span)) => {
                let e = self.scalar(v, span)?;
                e.as_bool().ok_or_else(|| {
                    self.error(
                        ErrorCode::Value,
                        span,
                        "this argument must be True or False",
                    )
                })
            }
        }
    }

    /// A call of a library function or Python builtin.
    pub(super) fn call_path(&mut self, path: &str, mut args: Args) -> R<Value> {
        let span = args.span;
        let Some((library, name)) = path.split_once('.') else {
            return self.call_builtin(path, args);
        };
        if library == "dace" {
            match name {
                "inline" => return self.required(&mut args, "value").map(|(v, _)| v),
                "symbol" | "map" | "program" | "method" => {
                    return Err(self.error(
                        ErrorCode::Unsupported,
                        span,
                        format!("`{path}` cannot be called here"),
                    ));
                }
                _ => {}
            }
        }
        let elementwise = library == "numpy"
            && (unary_function(name).is_some() || binary_function(name).is_some());
        if !elementwise {
            self.need_one_type(args.positional.iter())?;
            for (_, value, at) in &args.keywords {
                self.need_one_type(std::iter::once(&(value.clone(), *at)))?;
            }
        }
        if library == "numpy" && library::contains(name) {
            return self.library_function(name, args);
        }
        if let Some((ufunc, method)) = name.split_once('.')
            && library == "numpy"
            && binary_function(ufunc).is_some()
        {
            return self.ufunc_method(ufunc, method, args);
        }
        if let Some(value) = self.call_ufunc(name, &mut args)? {
            return Ok(value);
        }
        match name {
            "zeros" | "ones" | "empty" | "full" | "ndarray" | "zeros_like" | "ones_like"
            | "empty_like" | "full_like" | "eye" | "identity" | "arange" | "linspace" | "array"
            | "asarray" | "copy" => self.create(name, args),
            "sum" | "prod" | "mean" | "max" | "amax" | "min" | "amin" | "any" | "all" | "std"
            | "var" | "argmax" | "argmin" | "count_nonzero" => {
                let (v, _) = self.required(&mut args, "a")?;
                self.reduction(name, v, args)
            }
            "histogram" => self.histogram(args),
            "indices" => self.indices(args),
            "dot" | "matmul" | "outer" | "inner" | "vdot" | "trace" | "linalg.solve"
            | "linalg.inv" | "linalg.cholesky" | "linalg.norm" | "tensordot" => {
                self.linear_algebra(name, args)
            }
            "cov" => self.covariance(args),
            _ => self.shape_function(name, args),
        }
    }

    /// `value.method(args)`.
    pub(super) fn call_method(&mut self, value: Value, method: &str, mut args: Args) -> R<Value> {
        let span = args.span;
        match method {
            "copy" => {
                self.finish(&args)?;
                let e = self.elem(value, span)?;
                if e.shape.is_empty() {
                    Ok(Value::Elem(e))
                } else {
                    Ok(Value::View(self.stored_as("copy", e, span)?))
                }
            }
            "astype" => {
                let (t, at) = self.required(&mut args, "dtype")?;
                args.keyword("copy");
                self.finish(&args)?;
                let to = self.dtype_of(&t, at)?;
                let e = self.elem(value, span)?;
                self.converts(&e, to, span)?;
                let e = if e.dtype.is_complex() && !to.is_complex() && to != DType::Bool {
                    self.unary(UnOp::Real, e, span)?
                } else {
                    e
                };
                let e = self.cast(e, to);
                // A copy: assignments to the result do not reach the source.
                if e.shape.is_empty() || e.mask.is_some() {
                    Ok(Value::Elem(e))
                } else {
                    Ok(Value::View(self.stored_as("cast", e, span)?))
                }
            }
            "fill" => {
                let (v, at) = self.required(&mut args, "value")?;
                self.finish(&args)?;
                let Value::View(view) = value else {
                    return Err(self.error(
                        ErrorCode::Type,
                        span,
                        "only an array in memory can be filled",
                    ));
                };
                let e = self.scalar(v, at)?;
                self.store(&view, e, span)?;
                Ok(Value::None)
            }
            "item" => {
                self.finish(&args)?;
                let e = self.scalar(value, span)?;
                self.needs_one_type(&e, span)?;
                let weak = !e.dtype.is_int() || e.dtype == DType::Int64;
                Ok(Value::Elem(Elem { weak, ..e }))
            }
            "sum" | "prod" | "mean" | "max" | "min" | "any" | "all" | "std" | "var" | "argmax"
            | "argmin" => self.reduction(method, value, args),
            "flatten" => {
                self.finish(&args)?;
                let flat = self.reshape(value, None, span)?;
                let e = self.elem(flat, span)?;
                Ok(Value::View(self.stored_as("flat", e, span)?))
            }
            "reshape" | "transpose" if args.positional.len() > 1 => {
                // a.reshape(2, 3) for a.reshape((2, 3))
                let items = args.positional.drain(..).map(|(v, _)| v).collect();
                args.positional.push_back((Value::Tuple(items), span));
                args.positional.push_front((value, span));
                self.call_path(&format!("numpy.{method}"), args)
            }
            _ => {
                args.positional.push_front((value, span));
                self.call_path(&format!("numpy.{method}"), args)
            }
        }
    }

    fn call_builtin(&mut self, name: &str, mut args: Args) -> R<Value> {
        let span = args.span;
        match name {
            "range" => {
                let items: Vec<(Value, Span)> = args.positional.drain(..).collect();
                self.finish(&args)?;
                let mut ints = Vec::new();
                for (v, at) in items {
                    ints.push(self.integer(v, at)?);
                }
                let step_zero = |s: &Expr| s.as_int() == Some(0);
                match ints.as_slice() {
                    [n] => Ok(Value::Range([Expr::zero(), n.clone(), Expr::one()])),
                    [a, b] => Ok(Value::Range([a.clone(), b.clone(), Expr::one()])),
                    [_, _, s] if step_zero(s) => Err(self.error(
                        ErrorCode::Value,
                        span,
                        "the step of a range cannot be zero",
                    )),
                    [a, b, s] => Ok(Value::Range([a.clone(), b.clone(), s.clone()])),
                    _ => Err(self.error(
                        ErrorCode::BadCall,
                        span,
                        "range takes one to three integers",
                    )),
                }
            }
            "len" => {
                let (v, at) = self.required(&mut args, "obj")?;
                self.finish(&args)?;
                match v {
                    Value::Tuple(items) | Value::List(items) => Ok(Value::int(items.len() as i64)),
                    v => match self.attribute(v, "shape", at)? {
                        Value::Tuple(s) if !s.is_empty() => Ok(s[0].clone()),
                        _ => Err(self.error(ErrorCode::Type, at, "a scalar has no length")),
                    },
                }
            }
            "abs" => {
                let (v, at) = self.required(&mut args, "x")?;
                self.finish(&args)?;
                let e = self.elem(v, at)?;
                self.unary(UnOp::Abs, e, span).map(Value::Elem)
            }
            "min" | "max" => {
                let mut items: Vec<(Value, Span)> = args.positional.drain(..).collect();
                self.finish(&args)?;
                if let [(one, at)] = items.as_slice() {
                    match one.clone() {
                        Value::Tuple(values) | Value::List(values) => {
                            items = values.into_iter().map(|v| (v, *at)).collect()
                        }
                        v => {
                            let e = self.elem(v, *at)?;
                            if e.rank() != 1 {
                                return Err(self.error_hint(
                                    ErrorCode::Type,
                                    *at,
                                    format!("{name}() of an array of rank {}", e.rank()),
                                    format!("use np.{name}(…)"),
                                ));
                            }
                            return self.reduction(name, Value::Elem(e), args);
                        }
                    }
                }
                self.python_extreme(name == "max", items, span)
            }
            "sum" | "any" | "all" => {
                let (v, at) = self.required(&mut args, "iterable")?;
                self.finish(&args)?;
                if let Value::Tuple(items) | Value::List(items) = v {
                    let mut total = Elem::py_int(0);
                    for item in items {
                        let e = self.elem(item, at)?;
                        total = match name {
                            "sum" => self.binary(BinOp::Add, total, e, span)?,
                            _ => {
                                return Err(self.error_hint(
                                    ErrorCode::Unsupported,
                                    at,
                                    format!("{name}() of a tuple is not supported"),
                                    "use `and` / `or`",
                                ));
                            }
                        };
                    }
                    return Ok(Value::Elem(total));
                }
                args.keywords.push(("axis".into(), Value::int(0), at));
                self.reduction(name, v, args)
            }
            "int" | "float" | "bool" | "complex" => {
                let Some((v, at)) = args.take("x") else {
                    return Ok(Value::Elem(match name {
                        "int" => Elem::py_int(0),
                        "float" => Elem::py_float(0.0),
                        "bool" => Elem::py_bool(false),
                        _ => Elem::weak(
                            Code::Const(Const::Complex(0.0, 0.0, DType::Complex128)),
                            DType::Complex128,
                        ),
                    }));
                };
                let second = args.take("imag");
                self.finish(&args)?;
                let e = self.scalar(v, at)?;
                if let Some((imag, at)) = second {
                    let i = Elem::weak(
                        Code::Const(Const::Complex(0.0, 1.0, DType::Complex128)),
                        DType::Complex128,
                    );
                    let imag = self.scalar(imag, at)?;
                    let imag = self.binary(BinOp::Mul, imag, i, span)?;
                    let sum = self.binary(BinOp::Add, e, imag, span)?;
                    let sum = self.cast(sum, DType::Complex128);
                    return Ok(Value::Elem(Elem { weak: true, ..sum }));
                }
                let to = match name {
                    "int" => {
                        if let Some(x) = e.symbolic(&self.facts) {
                            return Ok(Value::Elem(Elem::py_int(x)));
                        }
                        DType::Int64
                    }
                    "float" => DType::Float64,
                    "bool" => DType::Bool,
                    _ => DType::Complex128,
                };
                if e.dtype.is_complex() && !to.is_complex() && to != DType::Bool {
                    return Err(self.error(
                        ErrorCode::Type,
                        at,
                        format!("{name}() of a complex number is not defined"),
                    ));
                }
                self.converts(&e, to, at)?;
                let e = self.cast(e, to);
                Ok(Value::Elem(Elem { weak: true, ..e }))
            }
            "round" => {
                let (v, at) = self.required(&mut args, "number")?;
                let digits = args.take("ndigits");
                self.finish(&args)?;
                let e = self.scalar(v, at)?;
                if digits.is_some() {
                    return Err(self.error_hint(
                        ErrorCode::Unsupported,
                        span,
                        "round() with digits is not supported",
                        "use np.round(x, digits)",
                    ));
                }
                if e.dtype.is_int() {
                    return Ok(Value::Elem(e));
                }
                let e = self.unary(UnOp::Rint, e, span)?;
                self.converts(&e, DType::Int64, at)?;
                let e = self.cast(e, DType::Int64);
                Ok(Value::Elem(Elem { weak: true, ..e }))
            }
            "pow" => {
                let ((a, at), (b, bt)) = (
                    self.required(&mut args, "base")?,
                    self.required(&mut args, "exp")?,
                );
                self.finish(&args)?;
                let (a, b) = (self.elem(a, at)?, self.elem(b, bt)?);
                self.binary(BinOp::Pow, a, b, span).map(Value::Elem)
            }
            "divmod" => {
                let ((a, at), (b, bt)) = (
                    self.required(&mut args, "a")?,
                    self.required(&mut args, "b")?,
                );
                self.finish(&args)?;
                let (a, b) = (self.elem(a, at)?, self.elem(b, bt)?);
                let q = self.binary(BinOp::FloorDiv, a.clone(), b.clone(), span)?;
                let r = self.binary(BinOp::Mod, a, b, span)?;
                Ok(Value::Tuple(vec![Value::Elem(q), Value::Elem(r)]))
            }
            "tuple" | "list" => {
                let (v, _) = self.required(&mut args, "items")?;
                self.finish(&args)?;
                match v {
                    Value::Tuple(items) | Value::List(items) => Ok(if name == "tuple" {
                        Value::Tuple(items)
                    } else {
                        Value::List(items)
                    }),
                    other => Err(self.error(
                        ErrorCode::Unsupported,
                        span,
                        format!("{name}() of {} is not supported", other.kind()),
                    )),
                }
            }
            "enumerate" | "zip" | "reversed" => self.iterate(name, args),
            _ => Err(self.error(
                ErrorCode::UnknownFunction,
                span,
                format!("`{name}` is not supported"),
            )),
        }
    }

    /// `enumerate`, `zip` and `reversed` of tuples (unrolled), and `reversed(range(…))`.
    fn iterate(&mut self, name: &str, mut args: Args) -> R<Value> {
        let span = args.span;
        let mut columns = Vec::new();
        while let Some((v, at)) = args.positional.pop_front() {
            match v {
                Value::Tuple(items) | Value::List(items) => columns.push(items),
                Value::Range([a, b, s])
                    if name == "reversed" && s.as_int().is_some_and(|s| s == 1 || s == -1) =>
                {
                    return Ok(Value::Range([&b - &s, &a - &s, -s]));
                }
                other => {
                    return Err(self.error_hint(
                        ErrorCode::Unsupported,
                        at,
                        format!("{name}() of {} is not supported", other.kind()),
                        "loop over range(…) and subscript",
                    ));
                }
            }
        }
        self.finish(&args)?;
        let mut columns = columns.into_iter();
        let Some(first) = columns.next() else {
            return Err(self.error(
                ErrorCode::BadCall,
                span,
                format!("{name}() needs an argument"),
            ));
        };
        Ok(Value::Tuple(match name {
            "reversed" => first.into_iter().rev().collect(),
            "enumerate" => first
                .into_iter()
                .enumerate()
                .map(|(k, v)| Value::Tuple(vec![Value::int(k as i64), v]))
                .collect(),
            _ => {
                let rest: Vec<Vec<Value>> = columns.collect();
                let n = rest
                    .iter()
                    .map(Vec::len)
                    .chain([first.len()])
                    .min()
                    .unwrap_or(0);
                (0..n)
                    .map(|k| {
                        Value::Tuple(
                            std::iter::once(first[k].clone())
                                .chain(rest.iter().map(|c| c[k].clone()))
                                .collect(),
                        )
                    })
                    .collect()
            }
        }))
    }

    /// Python's `max(a, b, …)`: the first of equals, and comparison decides (NaN is not special).
    fn python_extreme(&mut self, max: bool, items: Vec<(Value, Span)>, span: Span) -> R<Value> {
        let mut items = items.into_iter();
        let Some((first, at)) = items.next() else {
            return Err(self.error(ErrorCode::BadCall, span, "min() and max() need an argument"));
        };
        let mut best = self.scalar(first, at)?;
        for (v, at) in items {
            self.step(at)?;
            let mut e = self.scalar(v, at)?;
            // Both are used twice: in the comparison and as the value.
            best = self.bounded_elem(best, at)?;
            if let (Some(x), Some(y)) = (best.symbolic(&self.facts), e.symbolic(&self.facts))
                && best.dtype == DType::Int64
                && e.dtype == DType::Int64
            {
                let weak = best.weak && e.weak;
                let typings = typing::either(&best, &e);
                let code = Code::Sym(if max { x.maximum(&y) } else { x.minimum(&y) });
                best = Elem {
                    weak,
                    typings,
                    ..Elem::scalar(code, DType::Int64)
                };
                continue;
            }
            let common = super::elementwise::result_type(&best, &e);
            let typings = typing::either(&best, &e);
            (best.typings, e.typings) = (Vec::new(), Vec::new());
            if common.is_int() || common == DType::Bool {
                let best_before = self.raised(best, common, max, span)?;
                let e = self.raised(e, common, max, span)?;
                best = self.binary(
                    if max { BinOp::Max } else { BinOp::Min },
                    best_before,
                    e,
                    span,
                )?;
            } else {
                let test = self.binary(
                    if max { BinOp::Gt } else { BinOp::Lt },
                    e.clone(),
                    best.clone(),
                    span,
                )?;
                best = self.choose(test, e, best, span)?;
            }
            best.typings = typings;
        }
        Ok(Value::Elem(best))
    }

    /// A new array of a constant, or of an expression of its axes.
    pub(super) fn filled(
        &mut self,
        name: &str,
        shape: Vec<Expr>,
        code: Code,
        dtype: DType,
        span: Span,
    ) -> R<View> {
        self.stored_as(
            name,
            Elem {
                shape,
                ..Elem::scalar(code, dtype)
            },
            span,
        )
    }

    pub(super) fn unsupported_call(&mut self, args: &Args, why: &str) -> Stop {
        self.error(
            ErrorCode::Unsupported,
            args.span,
            format!("`{}` {why}", args.function),
        )
    }
}
