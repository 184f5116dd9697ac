//! Histograms.

use super::Args;
use crate::diag::{ErrorCode, Span};
use crate::lower::value::{Elem, Value, View};
use crate::lower::{Lowerer, R};
use crate::sdfg::{BinOp, Code, Const, DType, UnOp, Wcr};
use crate::symbolic::Expr;

/// The bins of a histogram: scalars in the type of the edges.
struct Bins {
    first: Elem,
    /// Distance from the first edge to the last.
    width: Elem,
    count: Expr,
    edges: View,
}

impl Lowerer<'_> {
    /// `np.histogram` with bins of one width: the histogram and the edges of its bins.
    pub(super) fn histogram(&mut self, mut args: Args) -> R<Value> {
        let span = args.span;
        let (a, at) = self.required(&mut args, "a")?;
        let count = match args.take("bins") {
            Some((v, bt)) => {
                let e = self.elem(v, bt)?;
                if !e.shape.is_empty() || !e.dtype.is_int() {
                    return Err(self.error_hint(
                        ErrorCode::Unsupported,
                        bt,
                        "bins of different widths are not supported",
                        "give their number",
                    ));
                }
                self.symbolize(&e, bt)?
            }
            None => Expr::int(10),
        };
        let range = args.take("range");
        let density = args.take("density");
        let weights = args.take("weights");
        self.finish(&args)?;
        let density = match density {
            Some((Value::None, _)) => false,
            other => self.flag(other, false)?,
        };
        let values = self.elem(a, at)?;
        if values.dtype.is_complex() || values.mask.is_some() {
            return Err(self.error_hint(
                ErrorCode::Unsupported,
                at,
                "a histogram of complex numbers or of a selection by a boolean array is not supported",
                "copy the selection first: .copy()",
            ));
        }
        let values = if values.dtype == DType::Bool {
            self.cast(values, DType::UInt8)
        } else {
            values
        };
        let values = if values.is_costly() {
            self.stored(values)?
        } else {
            values
        };
        let weights = match weights {
            None | Some((Value::None, _)) => None,
            Some((v, wt)) => {
                let e = self.elem(v, wt)?;
                if e.rank() != values.rank() {
                    return Err(self.error(
                        ErrorCode::Shape,
                        wt,
                        "weights must have the shape of the array",
                    ));
                }
                for (m, n) in e.shape.iter().zip(&values.shape) {
                    self.need_equal(m, n, "the sizes of the array and its weights", wt)?;
                }
                Some(e)
            }
        };
        self.check_at_least(&count, 1, span);
        let ranged = match range {
            None | Some((Value::None, _)) => None,
            Some((Value::Tuple(items) | Value::List(items), rt)) if items.len() == 2 => {
                let mut bounds = Vec::new();
                for v in items {
                    bounds.push(self.scalar(v, rt)?);
                }
                Some((bounds[0].clone(), bounds[1].clone()))
            }
            Some((_, rt)) => {
                return Err(self.error(ErrorCode::Type, rt, "the range must be a pair of numbers"));
            }
        };
        let bins = self.bins(&values, count, ranged.clone(), span)?;
        let hist = self.fill_bins(&values, weights, &bins, ranged, span)?;
        let edges = Value::View(bins.edges.clone());
        if !density {
            return Ok(Value::Tuple(vec![hist, edges]));
        }
        // Divided by the widths of the bins and the sum of all.
        let part = |low: i64, high: Option<i64>| {
            Value::Slice(Box::new([
                Some(Value::int(low)),
                high.map(Value::int),
                None,
            ]))
        };
        let upper = self.subscript(edges.clone(), part(1, None), span)?;
        let lower = self.subscript(edges.clone(), part(0, Some(-1)), span)?;
        let (upper, lower) = (self.elem(upper, span)?, self.elem(lower, span)?);
        let widths = self.binary(BinOp::Sub, upper, lower, span)?;
        let widths = self.cast(widths, DType::Float64);
        let hist = self.elem(hist, span)?;
        let rank = hist.rank();
        let sum = self.reduce(hist.clone(), &(0..rank).collect::<Vec<_>>(), Wcr::Sum, span)?;
        let sum = sum.elem(hist.dtype);
        let share = self.binary(BinOp::Div, hist, widths, span)?;
        let share = self.binary(BinOp::Div, share, sum, span)?;
        Ok(Value::Tuple(vec![Value::Elem(share), edges]))
    }

    /// The outer edges as NumPy finds them, and those between.
    fn bins(
        &mut self,
        values: &Elem,
        count: Expr,
        range: Option<(Elem, Elem)>,
        span: Span,
    ) -> R<Bins> {
        let (first, last) = match range {
            Some(bounds) => bounds,
            None => {
                let axes: Vec<usize> = (0..values.rank()).collect();
                let dtype = values.dtype;
                let low = self.reduce(values.clone(), &axes, Wcr::Min, span)?;
                let high = self.reduce(values.clone(), &axes, Wcr::Max, span)?;
                // Nothing lies between 0 and 1.
                let size = values.shape.iter().fold(Expr::one(), |p, n| p * n);
                let empty = Elem::scalar(
                    Code::bin(BinOp::Eq, Code::Sym(size), Code::int(0)),
                    DType::Bool,
                );
                let zero = Self::constant(0, dtype);
                let one = Self::constant(1, dtype);
                (
                    self.choose(empty.clone(), zero, low.elem(dtype), span)?,
                    self.choose(empty, one, high.elem(dtype), span)?,
                )
            }
        };
        let common = super::super::elementwise::result_type(&first, &last);
        let bounds = Elem {
            weak: first.weak && last.weak,
            ..Elem::scalar(Code::int(0), common)
        };
        let t = super::super::elementwise::result_type(
            &bounds,
            &Elem {
                shape: Vec::new(),
                ..values.clone()
            },
        );
        let t = if t.is_float() { t } else { DType::Float64 };
        let ordered = self.binary(BinOp::Le, first.clone(), last.clone(), span)?;
        self.demand(
            ordered,
            "the end of the range must not lie before its begin",
            span,
        )?;
        let equal = self.binary(BinOp::Eq, first.clone(), last.clone(), span)?;
        let equal = self.held(equal)?;
        let (a, b) = (self.cast(first.clone(), t), self.cast(last.clone(), t));
        for bound in [&a, &b] {
            let finite = self.unary(UnOp::IsFinite, bound.clone(), span)?;
            self.demand(finite, "the range of a histogram must be finite", span)?;
        }
        let half = Elem::scalar(Code::Const(Const::Float(0.5, t)), t);
        let below = self.binary(BinOp::Sub, a.clone(), half.clone(), span)?;
        let above = self.binary(BinOp::Add, b.clone(), half, span)?;
        let a = self.choose(equal.clone(), below, a, span)?;
        let b = self.choose(equal.clone(), above, b, span)?;
        let (a, b) = (self.held(a)?, self.held(b)?);
        let mut width = self.binary(BinOp::Sub, b.clone(), a.clone(), span)?;
        if common.is_int() {
            // The distance of integers is exact.
            let (first, last) = (
                self.cast(first, DType::Int64),
                self.cast(last, DType::Int64),
            );
            let distance = self.binary(BinOp::Sub, last, first, span)?;
            let distance = self.cast(distance, DType::UInt64);
            let distance = self.cast(distance, t);
            width = self.choose(equal, width, distance, span)?;
        }
        let width = self.held(width)?;
        let edges = self.linspace(Args {
            function: "linspace".into(),
            positional: [
                Value::Elem(a.clone()),
                Value::Elem(b.clone()),
                Value::Elem(Elem::py_int(&count + 1)),
            ]
            .into_iter()
            .map(|v| (v, span))
            .collect(),
            keywords: vec![("dtype".into(), Value::DType(t), span)],
            span,
        })?;
        let Value::View(edges) = edges else {
            return Err(crate::lower::Stop);
        };
        Ok(Bins {
            first: a,
            width,
            count,
            edges,
        })
    }

    /// A scalar computed once.
    fn held(&mut self, e: Elem) -> R<Elem> {
        if e.constant().is_some() {
            Ok(e)
        } else {
            self.stored(e)
        }
    }

    /// A condition that must hold: an error now where it is known not to, else one at run time.
    fn demand(&mut self, condition: Elem, what: &str, span: Span) -> R<()> {
        match condition.as_bool() {
            Some(true) => Ok(()),
            Some(false) => Err(self.error(ErrorCode::Value, span, what)),
            None => {
                let code = condition.code.cast(DType::Bool, DType::Int64);
                let one = Some(Expr::one());
                self.assign("holds", code, condition.inputs, one.clone(), one, span);
                Ok(())
            }
        }
    }

    /// Adds each value's weight to its bin.
    fn fill_bins(
        &mut self,
        values: &Elem,
        weights: Option<Elem>,
        bins: &Bins,
        range: Option<(Elem, Elem)>,
        span: Span,
    ) -> R<Value> {
        let keep = match range {
            None => None,
            Some((first, last)) => {
                let above = self.binary(BinOp::Ge, values.clone(), first, span)?;
                let below = self.binary(BinOp::Le, values.clone(), last, span)?;
                let inside = self.binary(BinOp::BitAnd, above, below, span)?;
                Some(self.stored(inside)?)
            }
        };
        let t = bins.first.dtype;
        let x = self.cast(values.clone(), t);
        let x = if x.is_costly() { self.stored(x)? } else { x };
        let distance = self.binary(BinOp::Sub, x.clone(), bins.first.clone(), span)?;
        let share = self.binary(BinOp::Div, distance, bins.width.clone(), span)?;
        let number = self.cast(Elem::py_int(bins.count.clone()), t);
        let position = self.binary(BinOp::Mul, share, number, span)?;
        let mut at = self.cast(position, DType::Int64);
        if let Some(keep) = &keep {
            at = self.choose(keep.clone(), at, Elem::py_int(Expr::zero()), span)?;
        }
        let at = self.stored(at)?;
        // The last bin holds its upper edge; roundings are put right by the edges themselves.
        let last = Elem::py_int(&bins.count - 1);
        let at = self.binary(BinOp::Min, at, last.clone(), span)?;
        let at = self.stored(at)?;
        let edge = |this: &mut Self, at: Elem| -> R<Elem> {
            let edges = Value::View(bins.edges.clone());
            let value = this.subscript(edges, Value::Elem(at), span)?;
            this.elem(value, span)
        };
        let lower = edge(self, at.clone())?;
        let less = self.binary(BinOp::Lt, x.clone(), lower, span)?;
        let less = match &keep {
            Some(keep) => self.binary(BinOp::BitAnd, less, keep.clone(), span)?,
            None => less,
        };
        let less = self.cast(less, DType::Int64);
        let at = self.binary(BinOp::Sub, at, less, span)?;
        let at = self.stored(at)?;
        let next = self.binary(BinOp::Add, at.clone(), Elem::py_int(Expr::one()), span)?;
        let upper = edge(self, next)?;
        let more = self.binary(BinOp::Ge, x, upper, span)?;
        let inner = self.binary(BinOp::Ne, at.clone(), last, span)?;
        let more = self.binary(BinOp::BitAnd, more, inner, span)?;
        let more = self.cast(more, DType::Int64);
        let at = self.binary(BinOp::Add, at, more, span)?;
        // NumPy adds real weights up in double precision.
        let to = weights.as_ref().map_or(DType::Int64, |w| w.dtype);
        let sums = if weights.is_none() || to.is_complex() {
            to
        } else {
            DType::Float64
        };
        let weight = match weights {
            Some(w) => self.cast(w, sums),
            None => Self::constant(1, sums),
        };
        let hist = self.filled(
            "hist",
            vec![bins.count.clone()],
            Code::Const(Const::zero(sums)),
            sums,
            span,
        )?;
        self.accumulate(&hist, at, weight, keep, span);
        let result = hist.elem(sums);
        Ok(if sums == to {
            Value::View(hist)
        } else {
            let result = self.cast(result, to);
            Value::View(self.stored_as("hist", result, span)?)
        })
    }
}
