//! Creation of arrays.

use super::Args;
use crate::diag::{ErrorCode, Span};
use crate::lower::value::{Elem, Value, View, axis};
use crate::lower::{Lowerer, R};
use crate::sdfg::{BinOp, Code, Const, DType, UnOp};
use crate::symbolic::Expr;

impl Lowerer<'_> {
    pub(super) fn create(&mut self, name: &str, mut args: Args) -> R<Value> {
        let span = args.span;
        match name {
            "zeros" | "ones" | "empty" | "ndarray" | "full" => {
                let (shape, at) = self.required(&mut args, "shape")?;
                let shape = self.shape_of(shape, at)?;
                let fill = if name == "full" {
                    let (v, at) = self.required(&mut args, "fill_value")?;
                    Some((self.elem(v, at)?, at))
                } else {
                    None
                };
                let dtype = self.dtype_argument(&mut args)?;
                args.keyword("order");
                self.finish(&args)?;
                self.new_array(name, shape, fill, dtype, DType::Float64, span)
                    .map(Value::View)
            }
            "zeros_like" | "ones_like" | "empty_like" | "full_like" => {
                let (v, at) = self.required(&mut args, "prototype")?;
                let like = self.elem(v, at)?;
                let fill = if name == "full_like" {
                    let (v, at) = self.required(&mut args, "fill_value")?;
                    Some((self.elem(v, at)?, at))
                } else {
                    None
                };
                let dtype = Some(self.dtype_argument(&mut args)?.unwrap_or(like.dtype));
                self.finish(&args)?;
                let kind = name.trim_end_matches("_like");
                self.new_array(kind, like.shape, fill, dtype, DType::Float64, span)
                    .map(Value::View)
            }
            "eye" | "identity" => {
                let (n, at) = self.required(&mut args, "N")?;
                let n = self.integer(n, at)?;
                let m = match args.take("M") {
                    Some((Value::None, _)) | None => n.clone(),
                    Some((m, at)) if name == "eye" => self.integer(m, at)?,
                    Some((_, at)) => {
                        return Err(self.error(ErrorCode::BadCall, at, "identity takes one size"));
                    }
                };
                let k = match args.take("k") {
                    Some((k, at)) => self.integer(k, at)?,
                    None => Expr::zero(),
                };
                let dtype = self.dtype_argument(&mut args)?.unwrap_or(DType::Float64);
                self.finish(&args)?;
                let code = Code::bin(
                    BinOp::Eq,
                    Code::Sym(Expr::sym(axis(1))),
                    Code::Sym(Expr::sym(axis(0)) + k),
                );
                let code = Code::select(
                    code,
                    Code::Const(Const::from_i64(1, dtype)),
                    Code::Const(Const::zero(dtype)),
                );
                self.filled("eye", vec![n, m], code, dtype, span)
                    .map(Value::View)
            }
            "arange" => self.arange(args),
            "linspace" => self.linspace(args),
            "array" | "asarray" => {
                let (v, at) = self.required(&mut args, "object")?;
                let dtype = self.dtype_argument(&mut args)?;
                args.keyword("copy");
                self.finish(&args)?;
                let e = match v {
                    Value::Tuple(items) | Value::List(items) => self.array_of(items, dtype, at)?,
                    Value::View(view)
                        if name == "asarray"
                            && dtype.is_none_or(|d| d == self.sdfg.desc(view.data).dtype) =>
                    {
                        return Ok(Value::View(view));
                    }
                    v => self.elem(v, at)?,
                };
                let e = match dtype {
                    Some(d) => {
                        self.check_fits(&e, d, at)?;
                        self.cast(e, d)
                    }
                    None => Elem { weak: false, ..e },
                };
                if e.shape.is_empty() {
                    Ok(Value::Elem(e))
                } else {
                    self.stored_as("array", e, span).map(Value::View)
                }
            }
            _ => {
                // copy
                let (v, at) = self.required(&mut args, "a")?;
                args.keyword("order");
                self.finish(&args)?;
                let e = self.elem(v, at)?;
                if e.shape.is_empty() {
                    Ok(Value::Elem(e))
                } else {
                    self.stored_as("copy", e, span).map(Value::View)
                }
            }
        }
    }

    fn dtype_argument(&mut self, args: &mut Args) -> R<Option<DType>> {
        match args.take("dtype") {
            None | Some((Value::None, _)) => Ok(None),
            Some((v, at)) => self.dtype_of(&v, at).map(Some),
        }
    }

    fn new_array(
        &mut self,
        kind: &str,
        shape: Vec<Expr>,
        fill: Option<(Elem, Span)>,
        dtype: Option<DType>,
        default: DType,
        span: Span,
    ) -> R<View> {
        if let Some((value, at)) = fill {
            let dtype = dtype.unwrap_or(value.dtype);
            let data = self.new_transient(kind, dtype, shape.clone(), span);
            let view = View::whole(data, &shape);
            self.store(&view, value, at)?;
            return Ok(view);
        }
        let dtype = dtype.unwrap_or(default);
        if matches!(kind, "empty" | "ndarray") {
            let data = self.new_transient(kind, dtype, shape.clone(), span);
            return Ok(View::whole(data, &shape));
        }
        self.filled(
            kind,
            shape,
            Code::Const(Const::from_i64(i64::from(kind == "ones"), dtype)),
            dtype,
            span,
        )
    }

    pub(super) fn arange(&mut self, mut args: Args) -> R<Value> {
        let span = args.span;
        let mut bounds = Vec::new();
        while bounds.len() < 3 {
            match args.positional.pop_front() {
                Some((v, at)) => bounds.push(self.scalar(v, at)?),
                None => break,
            }
        }
        for (k, name) in ["start", "stop", "step"].iter().enumerate() {
            if let Some((v, at)) = args.keyword(name) {
                let e = self.scalar(v, at)?;
                if k >= bounds.len() {
                    bounds.push(e);
                }
            }
        }
        let dtype = self.dtype_argument(&mut args)?;
        self.finish(&args)?;
        let one = Elem::py_int(1);
        let (start, stop, step) = match bounds.as_slice() {
            [stop] => (Elem::py_int(0), stop.clone(), one),
            [start, stop] => (start.clone(), stop.clone(), one),
            [start, stop, step] => (start.clone(), stop.clone(), step.clone()),
            _ => {
                return Err(self.error(
                    ErrorCode::BadCall,
                    span,
                    "arange takes one to three numbers",
                ));
            }
        };
        let index = Expr::sym(axis(0));
        if bounds.iter().all(|e| e.dtype.is_int()) {
            let (a, b, s) = (
                self.symbolize(&start, span)?,
                self.symbolize(&stop, span)?,
                self.symbolize(&step, span)?,
            );
            if s.as_int().is_none_or(|s| s == 0) {
                return Err(self.error_hint(
                    ErrorCode::Unsupported,
                    span,
                    "the step of arange must be a constant other than zero",
                    "use np.linspace, or scale np.arange(n)",
                ));
            }
            let n = (&b - &a).ceil_div(&s).pos();
            let to = dtype.unwrap_or_else(|| {
                bounds
                    .iter()
                    .filter(|e| !e.weak)
                    .map(|e| e.dtype)
                    .reduce(DType::promote)
                    .unwrap_or(DType::Int64)
            });
            let e = Elem {
                shape: vec![n],
                ..Elem::scalar(Code::Sym(a + index * s), DType::Int64)
            };
            let e = self.cast(e, to);
            return Ok(Value::View(self.stored_as("arange", e, span)?));
        }
        let to = dtype.unwrap_or_else(|| {
            bounds
                .iter()
                .filter(|e| !e.weak)
                .map(|e| e.dtype)
                .fold(DType::Float64, DType::promote)
        });
        let extent = self.binary(BinOp::Sub, stop, start.clone(), span)?;
        let ratio = self.binary(BinOp::Div, extent, step.clone(), span)?;
        let ratio = self.unary(UnOp::Ceil, ratio, span)?;
        let n = self.cast(ratio, DType::Int64);
        let n = self.symbolize(&n, span)?.pos();
        let i = Elem {
            shape: vec![n],
            ..Elem::py_int(index)
        };
        let scaled = self.binary(BinOp::Mul, i, step, span)?;
        let e = self.binary(BinOp::Add, start, scaled, span)?;
        let e = self.cast(e, to);
        Ok(Value::View(self.stored_as("arange", e, span)?))
    }

    /// NumPy's `linspace`: `start + i * step`, and the end exactly.
    pub(super) fn linspace(&mut self, mut args: Args) -> R<Value> {
        let span = args.span;
        let ((a, at), (b, bt)) = (
            self.required(&mut args, "start")?,
            self.required(&mut args, "stop")?,
        );
        let n = match args.take("num") {
            Some((v, nt)) => self.integer(v, nt)?,
            None => Expr::int(50),
        };
        let endpoint = args.take("endpoint");
        let endpoint = self.flag(endpoint, true)?;
        let dtype = self.dtype_argument(&mut args)?;
        self.finish(&args)?;
        let (start, stop) = (self.scalar(a, at)?, self.scalar(b, bt)?);
        let t = crate::lower::elementwise::result_type(&start, &stop);
        let t = if t.is_float() || t.is_complex() {
            t
        } else {
            DType::Float64
        };
        let (start, stop) = (self.cast(start, t), self.cast(stop, t));
        let delta = self.binary(BinOp::Sub, stop.clone(), start.clone(), span)?;
        let intervals = if endpoint {
            (&n - 1).maximum(&Expr::one())
        } else {
            n.maximum(&Expr::one())
        };
        let intervals = self.cast(Elem::py_int(intervals), t);
        let step = self.binary(BinOp::Div, delta, intervals, span)?;
        // One division, not one for each element.
        let step = if step.constant().is_some() {
            step
        } else {
            self.stored(step)?
        };
        let index = Expr::sym(axis(0));
        let i = Elem {
            shape: vec![n.clone()],
            weak: true,
            ..Elem::scalar(Code::Sym(index.clone()), DType::Int64)
        };
        let i = self.cast(i, t);
        let scaled = self.binary(BinOp::Mul, i, step, span)?;
        let mut e = self.binary(BinOp::Add, scaled, start, span)?;
        if endpoint && n.as_int() != Some(1) {
            let mut last = Code::bin(BinOp::Eq, Code::Sym(index), Code::Sym(&n - 1));
            if n.as_int().is_none() {
                last = Code::bin(
                    BinOp::And,
                    last,
                    Code::bin(BinOp::Gt, Code::Sym(n.clone()), Code::int(1)),
                );
            }
            let test = Elem {
                shape: vec![n],
                ..Elem::scalar(last, DType::Bool)
            };
            e = self.choose(test, stop, e, span)?;
        }
        let to = dtype.unwrap_or(t);
        let e = if to.is_int() {
            self.unary(UnOp::Floor, e, span)?
        } else {
            e
        };
        let e = self.cast(e, to);
        Ok(Value::View(self.stored_as("linspace", e, span)?))
    }

    /// An array of items written out: numbers, or arrays of one shape.
    pub(in crate::lower) fn array_of(
        &mut self,
        items: Vec<Value>,
        dtype: Option<DType>,
        span: Span,
    ) -> R<Elem> {
        let items = items
            .into_iter()
            .map(|v| self.elem(v, span))
            .collect::<R<Vec<_>>>()?;
        let Some(first) = items.first() else {
            let data = self.new_transient(
                "array",
                dtype.unwrap_or(DType::Float64),
                vec![Expr::zero()],
                span,
            );
            return Ok(View::whole(data, &[Expr::zero()]).elem(dtype.unwrap_or(DType::Float64)));
        };
        let mut shape = vec![Expr::int(items.len() as i64)];
        shape.extend(first.shape.iter().cloned());
        let mut joint = Elem {
            weak: first.weak,
            ..Elem::scalar(Code::int(0), first.dtype)
        };
        for e in &items[1..] {
            if e.shape != first.shape {
                return Err(self.error(
                    ErrorCode::Shape,
                    span,
                    "the items of an array must have one shape",
                ));
            }
            joint.dtype = crate::lower::elementwise::result_type(&joint, e);
            joint.weak &= e.weak;
        }
        if dtype.is_none() {
            for e in &items {
                self.check_has_type(e, span)?;
            }
        }
        let to = dtype.unwrap_or(joint.dtype);
        let data = self.new_transient("array", to, shape.clone(), span);
        let view = View::whole(data, &shape);
        for (k, e) in items.into_iter().enumerate() {
            let mut mapping = vec![Expr::int(k as i64)];
            mapping.extend((0..shape.len() - 1).map(|d| Expr::sym(axis(d))));
            let row = crate::lower::index::reindex_view(&view, &mapping, shape[1..].to_vec());
            self.store(&row, e, span)?;
        }
        Ok(view.elem(to))
    }
}
