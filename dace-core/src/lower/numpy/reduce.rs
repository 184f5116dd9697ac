//! Reductions.

use super::Args;
use crate::diag::ErrorCode;
use crate::lower::value::{Elem, Value, View, axis};
use crate::lower::{Lowerer, R};
use crate::sdfg::{BinOp, Code, DType, LibraryKind, UnOp, Wcr};
use crate::symbolic::Expr;

impl Lowerer<'_> {
    /// `np.name(value, axis=…, keepdims=…)`.
    pub(super) fn reduction(&mut self, name: &str, value: Value, mut args: Args) -> R<Value> {
        let span = args.span;
        let e = self.elem(value, span)?;
        let along_axes = !args.positional.is_empty()
            || args
                .keywords
                .iter()
                .any(|(n, v, _)| n == "axis" && !matches!(v, Value::None));
        let e = if e.mask.is_some() && along_axes {
            let dtype = e.dtype;
            self.compress("selected", e, span)?.elem(dtype)
        } else {
            e
        };
        match name {
            "argmax" | "argmin" => return self.arg_reduction(name == "argmax", e, args),
            "mean" => return self.mean(e, args),
            "std" | "var" => {
                let e = if e.is_costly() && e.mask.is_none() {
                    self.stored(e)?
                } else {
                    e
                };
                let (axes, keep) = self.axes(&mut args, e.rank())?;
                let ddof = match args.take("ddof") {
                    Some((v, at)) => self.constant_int(v, "ddof", at)?,
                    None => 0,
                };
                self.finish(&args)?;
                let mean = self.mean_over(e.clone(), &axes, span)?;
                let mean = expand(mean.elem(self.sdfg.desc(mean.data).dtype), &axes, e.rank());
                let centred = self.binary(BinOp::Sub, e.clone(), mean, span)?;
                let square = if centred.dtype.is_complex() {
                    let a = self.unary(UnOp::Abs, centred, span)?;
                    self.binary(BinOp::Pow, a, Elem::py_int(2), span)?
                } else {
                    self.binary(BinOp::Pow, centred, Elem::py_int(2), span)?
                };
                let dtype = square.dtype;
                let sum = self.reduce(square, &axes, Wcr::Sum, span)?;
                let count = self.count(&e, &axes, dtype, span)?;
                let count = if ddof == 0 {
                    count
                } else {
                    self.binary(BinOp::Sub, count, Self::constant(ddof, dtype), span)?
                };
                let mut result = self.binary(BinOp::Div, sum.elem(dtype), count, span)?;
                if name == "std" {
                    result = self.unary(UnOp::Sqrt, result, span)?;
                }
                let result = if keep {
                    expand(result, &axes, e.rank())
                } else {
                    result
                };
                return Ok(Value::Elem(result));
            }
            _ => {}
        }
        let (e, wcr) = match name {
            "sum" | "prod" => {
                let to = match e.dtype {
                    DType::Bool => DType::Int64,
                    d if d.is_signed_int() => DType::Int64,
                    d if d.is_unsigned_int() => DType::UInt64,
                    d => d,
                };
                let to = match args.keyword("dtype") {
                    Some((d, at)) => self.dtype_of(&d, at)?,
                    None => to,
                };
                (
                    self.cast(e, to),
                    if name == "sum" {
                        Wcr::Sum
                    } else {
                        Wcr::Product
                    },
                )
            }
            "count_nonzero" => {
                let e = self.truth(e);
                (self.cast(e, DType::Int64), Wcr::Sum)
            }
            "max" | "amax" => (e, Wcr::Max),
            "min" | "amin" => (e, Wcr::Min),
            "any" => (self.truth(e), Wcr::Or),
            _ => (self.truth(e), Wcr::And),
        };
        self.reduce_with(e, wcr, args)
    }

    /// Reduces over the axes that the arguments name.
    pub(super) fn reduce_with(&mut self, e: Elem, wcr: Wcr, mut args: Args) -> R<Value> {
        let span = args.span;
        let rank = e.rank();
        let (axes, keep) = self.axes(&mut args, rank)?;
        let initial = args.keyword("initial");
        self.finish(&args)?;
        let dtype = e.dtype;
        if rank == 0 {
            return Ok(Value::Elem(Elem { weak: false, ..e }));
        }
        // A minimum or maximum of nothing has no value.
        let mut e = e;
        if matches!(wcr, Wcr::Min | Wcr::Max) && initial.is_none() && dtype != DType::Bool {
            if e.mask.is_some() {
                let count = self.count_selected(&e, DType::Int64, span)?;
                let n = self.symbolize(&count.elem(DType::Int64), span)?;
                self.check_at_least(&n, 1, span);
            } else {
                for k in &axes {
                    let n = e.shape[*k].clone();
                    if self.facts.le(&n, &Expr::zero()) {
                        return Err(self.error(
                            ErrorCode::Value,
                            span,
                            "minimum or maximum over a dimension of size 0",
                        ));
                    }
                    self.check_at_least(&n, 1, span);
                }
            }
        }
        if matches!(wcr, Wcr::Min | Wcr::Max) && dtype == DType::Bool {
            e.dtype = DType::Bool;
            return self.finish_reduction(
                e,
                &axes,
                if wcr == Wcr::Min { Wcr::And } else { Wcr::Or },
                keep,
                None,
                span,
            );
        }
        self.finish_reduction(e, &axes, wcr, keep, initial.map(|(v, _)| v), span)
    }

    fn finish_reduction(
        &mut self,
        e: Elem,
        axes: &[usize],
        wcr: Wcr,
        keep: bool,
        initial: Option<Value>,
        span: crate::diag::Span,
    ) -> R<Value> {
        let (rank, dtype) = (e.rank(), e.dtype);
        let view = self.reduce(e, axes, wcr, span)?;
        let mut result = view.elem(dtype);
        let combined = initial.is_some();
        if let Some(v) = initial {
            let i = self.scalar(v, span)?;
            self.check_fits(&i, dtype, span)?;
            let i = self.cast(i, dtype);
            result = self.binary(wcr.op(), result, i, span)?;
        }
        if keep {
            return Ok(Value::View({
                let e = expand(result, axes, rank);
                if combined {
                    self.stored_view(e)?
                } else {
                    view_of(&e).map_or_else(|| self.stored_view(e), Ok)?
                }
            }));
        }
        if view.shape.is_empty() || combined {
            Ok(Value::Elem(result))
        } else {
            Ok(Value::View(view))
        }
    }

    /// The axes of a reduction, sorted, and `keepdims`.
    fn axes(&mut self, args: &mut Args, rank: usize) -> R<(Vec<usize>, bool)> {
        let axes = match args.take("axis") {
            None | Some((Value::None, _)) => (0..rank).collect(),
            Some((Value::Tuple(items), at)) => {
                let mut axes = items
                    .into_iter()
                    .map(|v| self.axis(v, rank, at))
                    .collect::<R<Vec<_>>>()?;
                axes.sort_unstable();
                if axes.windows(2).any(|w| w[0] == w[1]) {
                    return Err(self.error(ErrorCode::Value, at, "an axis is named twice"));
                }
                axes
            }
            Some((v, at)) => vec![self.axis(v, rank, at)?],
        };
        let keep = args.keyword("keepdims");
        let keep = self.flag(keep, false)?;
        Ok((axes, keep))
    }

    fn mean(&mut self, e: Elem, mut args: Args) -> R<Value> {
        let span = args.span;
        let rank = e.rank();
        let (axes, keep) = self.axes(&mut args, rank)?;
        let e = match args.keyword("dtype") {
            Some((d, at)) => {
                let d = self.dtype_of(&d, at)?;
                self.cast(e, d)
            }
            None => e,
        };
        self.finish(&args)?;
        let view = self.mean_over(e, &axes, span)?;
        let dtype = self.sdfg.desc(view.data).dtype;
        if view.shape.is_empty() {
            let e = view.elem(dtype);
            return Ok(Value::Elem(if keep { expand(e, &axes, rank) } else { e }));
        }
        let e = view.elem(dtype);
        if keep {
            let e = expand(e, &axes, rank);
            return Ok(view_of(&e).map_or(Value::Elem(e), Value::View));
        }
        Ok(Value::View(view))
    }

    pub(super) fn mean_over(
        &mut self,
        e: Elem,
        axes: &[usize],
        span: crate::diag::Span,
    ) -> R<View> {
        let to = if e.dtype.is_float() || e.dtype.is_complex() {
            e.dtype
        } else {
            DType::Float64
        };
        let e = self.cast(e, to);
        let count = self.count(&e, axes, to, span)?;
        let sum = self.reduce(e, axes, Wcr::Sum, span)?;
        let result = self.binary(BinOp::Div, sum.elem(to), count, span)?;
        self.stored_as("mean", result, span)
    }

    /// How many elements a reduction over these axes combines, as a number of the type.
    fn count(
        &mut self,
        e: &Elem,
        axes: &[usize],
        dtype: DType,
        span: crate::diag::Span,
    ) -> R<Elem> {
        if e.mask.is_some() {
            let view = self.count_selected(e, dtype.real(), span)?;
            let n = view.elem(dtype.real());
            return Ok(self.cast(n, dtype));
        }
        let n = axes.iter().fold(Expr::one(), |p, k| p * &e.shape[*k]);
        Ok(self.cast(Elem::scalar(Code::Sym(n), DType::Int64), dtype))
    }

    fn arg_reduction(&mut self, max: bool, e: Elem, mut args: Args) -> R<Value> {
        let span = args.span;
        let rank = e.rank();
        let axis_ = match args.take("axis") {
            None | Some((Value::None, _)) => None,
            Some((v, at)) => Some(self.axis(v, rank, at)?),
        };
        let keep = args.keyword("keepdims");
        let keep = self.flag(keep, false)?;
        self.finish(&args)?;
        if e.mask.is_some() {
            return Err(self.error_hint(
                ErrorCode::Unsupported,
                span,
                "argmin and argmax of a selection by a boolean array are not supported",
                "use np.where to fill the rest",
            ));
        }
        let checked: Vec<Expr> =
            axis_.map_or_else(|| e.shape.clone(), |k| vec![e.shape[k].clone()]);
        for n in checked {
            self.check_at_least(&n, 1, span);
        }
        let shape: Vec<Expr> = match axis_ {
            None => Vec::new(),
            Some(k) => e
                .shape
                .iter()
                .enumerate()
                .filter(|(d, _)| *d != k)
                .map(|(_, n)| n.clone())
                .collect(),
        };
        let (operand, _) = self.operand(e, false)?;
        let view = self.library(
            LibraryKind::ArgReduce { max, axis: axis_ },
            vec![operand],
            "arg",
            DType::Int64,
            shape,
            span,
        );
        let result = view.elem(DType::Int64);
        let result = match (keep, axis_) {
            (true, Some(k)) => expand(result, &[k], rank),
            (true, None) => expand(result, &(0..rank).collect::<Vec<_>>(), rank),
            _ => result,
        };
        Ok(if result.shape.is_empty() {
            Value::Elem(result)
        } else {
            view_of(&result).map_or(Value::Elem(result), Value::View)
        })
    }
}

/// Puts dimensions of size 1 where axes were reduced.
pub(super) fn expand(e: Elem, axes: &[usize], rank: usize) -> Elem {
    let kept: Vec<usize> = (0..rank).filter(|k| !axes.contains(k)).collect();
    let mapping: Vec<Expr> = kept.iter().map(|k| Expr::sym(axis(*k))).collect();
    let shape = (0..rank)
        .map(|k| {
            kept.iter()
                .position(|x| *x == k)
                .map_or_else(Expr::one, |p| e.shape[p].clone())
        })
        .collect();
    e.reindex(&mapping, shape)
}

/// The view behind an expression that only reads one.
pub(in crate::lower) fn view_of(e: &Elem) -> Option<View> {
    match (&e.code, e.inputs.as_slice()) {
        (Code::In(0), [m]) => Some(View {
            data: m.data,
            shape: e.shape.clone(),
            index: m.subset.as_point()?.into_iter().cloned().collect(),
            mask: e.mask.clone(),
        }),
        _ => None,
    }
}
