//! Linear algebra.

use super::Args;
use crate::diag::{ErrorCode, Span};
use crate::lower::value::{Elem, Value, axis};
use crate::lower::{Lowerer, R};
use crate::sdfg::{BinOp, DType, LibraryKind, UnOp, Wcr};
use crate::symbolic::Expr;

impl Lowerer<'_> {
    pub(super) fn linear_algebra(&mut self, name: &str, mut args: Args) -> R<Value> {
        let span = args.span;
        match name {
            "matmul" | "dot" | "inner" | "vdot" | "outer" => {
                let ((a, at), (b, bt)) = (
                    self.required(&mut args, "a")?,
                    self.required(&mut args, "b")?,
                );
                let out = args.take("out");
                self.finish(&args)?;
                let value = self.product(name, a, at, b, bt, span)?;
                match out {
                    Some((Value::View(view), at)) => {
                        let e = self.elem(value, at)?;
                        self.store(&view, e, at)?;
                        Ok(Value::View(view))
                    }
                    Some((other, at)) => Err(self.error(
                        ErrorCode::Type,
                        at,
                        format!("`out` must be an array, found {}", other.kind()),
                    )),
                    None => Ok(value),
                }
            }
            "trace" => {
                let (v, at) = self.required(&mut args, "a")?;
                self.finish(&args)?;
                let diagonal = self.diagonal(v, 0, at)?;
                let e = self.elem(diagonal, span)?;
                args.positional.clear();
                self.reduction("sum", Value::Elem(e), args)
            }
            "tensordot" => self.tensordot(args),
            "linalg.norm" => {
                let (v, at) = self.required(&mut args, "x")?;
                if args.keywords.iter().any(|(n, ..)| n == "ord") || !args.positional.is_empty() {
                    return Err(self.unsupported_call(&args, "with `ord` is not supported"));
                }
                let e = self.elem(v, at)?;
                let t = self.float_type(e.dtype, span)?;
                let e = self.cast(e, t);
                let e = if t.is_complex() {
                    self.unary(UnOp::Abs, e, span)?
                } else {
                    e
                };
                let square = self.binary(BinOp::Pow, e, Elem::py_int(2), span)?;
                let sum = self.reduce_with(square, Wcr::Sum, args)?;
                let sum = self.elem(sum, span)?;
                self.unary(UnOp::Sqrt, sum, span).map(Value::Elem)
            }
            _ => {
                let (a, at) = self.required(&mut args, "a")?;
                let b = if name == "linalg.solve" {
                    Some(self.required(&mut args, "b")?)
                } else {
                    None
                };
                self.finish(&args)?;
                self.factorisation(name, a, at, b, span)
            }
        }
    }

    fn product(
        &mut self,
        name: &str,
        a: Value,
        at: Span,
        b: Value,
        bt: Span,
        span: Span,
    ) -> R<Value> {
        let (x, y) = (self.elem(a, at)?, self.elem(b, bt)?);
        if name == "outer" {
            let (x, y) = (self.flat(x)?, self.flat(y)?);
            return self.outer(BinOp::Mul, x, y, span).map(Value::Elem);
        }
        if (x.shape.is_empty() || y.shape.is_empty()) && name != "matmul" {
            return self.binary(BinOp::Mul, x, y, span).map(Value::Elem);
        }
        if name == "vdot" {
            let (x, y) = (self.flat(x)?, self.flat(y)?);
            let x = self.unary(UnOp::Conj, x, span)?;
            return self.matmul(Value::Elem(x), Value::Elem(y), span);
        }
        if name == "inner" && y.rank() > 1 || name == "dot" && y.rank() > 2 {
            return Err(self.error_hint(
                ErrorCode::Unsupported,
                span,
                format!(
                    "np.{name} of an array of rank {} is not supported",
                    y.rank()
                ),
                "use @ or np.tensordot",
            ));
        }
        self.matmul(Value::Elem(x), Value::Elem(y), span)
    }

    fn flat(&mut self, e: Elem) -> R<Elem> {
        if e.rank() == 1 {
            return Ok(e);
        }
        let v = self.reshape(Value::Elem(e), None, Span::default())?;
        self.elem(v, Span::default())
    }

    fn factorisation(
        &mut self,
        name: &str,
        a: Value,
        at: Span,
        b: Option<(Value, Span)>,
        span: Span,
    ) -> R<Value> {
        let a = self.elem(a, at)?;
        if a.rank() != 2 {
            return Err(self.error(
                ErrorCode::Shape,
                at,
                format!("expected a square matrix, found rank {}", a.rank()),
            ));
        }
        let n = a.shape[0].clone();
        let m = a.shape[1].clone();
        self.need_equal(&n, &m, "the two sizes of a square matrix", at)?;
        let b = match b {
            Some((b, bt)) => Some((self.elem(b, bt)?, bt)),
            None => None,
        };
        let mut t = a.dtype;
        if let Some((b, _)) = &b {
            t = t.promote(b.dtype);
        }
        // LAPACK computes integers in double precision.
        let t = if t.is_float() || t.is_complex() {
            t
        } else {
            DType::Float64
        };
        let a = self.cast(a, t);
        let (a, _) = self.operand(a, false)?;
        match (name, b) {
            ("linalg.solve", Some((b, bt))) => {
                if b.rank() == 0 || b.rank() > 2 {
                    return Err(self.error(
                        ErrorCode::Shape,
                        bt,
                        "the right-hand side must be a vector or a matrix",
                    ));
                }
                let rows = b.shape[0].clone();
                self.need_equal(
                    &n,
                    &rows,
                    "the sizes of the matrix and the right-hand side",
                    bt,
                )?;
                let shape = b.shape.clone();
                let b = self.cast(b, t);
                let (b, _) = self.operand(b, false)?;
                Ok(Value::View(self.library(
                    LibraryKind::Solve,
                    vec![a, b],
                    "solution",
                    t,
                    shape,
                    span,
                )))
            }
            ("linalg.inv", _) => Ok(Value::View(self.library(
                LibraryKind::Inv,
                vec![a],
                "inverse",
                t,
                vec![n.clone(), n],
                span,
            ))),
            _ => Ok(Value::View(self.library(
                LibraryKind::Cholesky,
                vec![a],
                "factor",
                t,
                vec![n.clone(), n],
                span,
            ))),
        }
    }

    /// `np.tensordot`: axes moved to the ends, then one matrix product of reshaped operands.
    fn tensordot(&mut self, mut args: Args) -> R<Value> {
        let span = args.span;
        let ((a, at), (b, bt)) = (
            self.required(&mut args, "a")?,
            self.required(&mut args, "b")?,
        );
        let axes = args.take("axes");
        self.finish(&args)?;
        let (a, b) = (self.elem(a, at)?, self.elem(b, bt)?);
        let (over_a, over_b): (Vec<usize>, Vec<usize>) = match axes {
            None => (
                (a.rank().saturating_sub(2)..a.rank()).collect(),
                (0..2.min(b.rank())).collect(),
            ),
            Some((Value::Tuple(pair) | Value::List(pair), xt)) if pair.len() == 2 => {
                let mut list = |v: &Value, rank: usize| -> R<Vec<usize>> {
                    match v {
                        Value::Tuple(items) | Value::List(items) => items
                            .iter()
                            .map(|v| self.axis(v.clone(), rank, xt))
                            .collect(),
                        one => Ok(vec![self.axis(one.clone(), rank, xt)?]),
                    }
                };
                (list(&pair[0], a.rank())?, list(&pair[1], b.rank())?)
            }
            Some((v, xt)) => {
                let n = self.constant_int(v, "the number of axes", xt)?.max(0) as usize;
                if n > a.rank() || n > b.rank() {
                    return Err(self.error(
                        ErrorCode::Shape,
                        xt,
                        format!("{n} axes of arrays of rank {} and {}", a.rank(), b.rank()),
                    ));
                }
                ((a.rank() - n..a.rank()).collect(), (0..n).collect())
            }
        };
        if over_a.len() != over_b.len() {
            return Err(self.error(
                ErrorCode::Shape,
                span,
                "the two lists of axes have different lengths",
            ));
        }
        for (x, y) in over_a.iter().zip(&over_b) {
            let (m, n) = (a.shape[*x].clone(), b.shape[*y].clone());
            self.need_equal(&m, &n, "the contracted dimensions", span)?;
        }
        // A broadcast product summed over the contracted axes: [free of a..., free of b..., contracted...].
        let free_a: Vec<usize> = (0..a.rank()).filter(|k| !over_a.contains(k)).collect();
        let free_b: Vec<usize> = (0..b.rank()).filter(|k| !over_b.contains(k)).collect();
        let shape: Vec<Expr> = free_a
            .iter()
            .chain(&over_a)
            .map(|k| a.shape[*k].clone())
            .collect();
        let (m, c, n) = (free_a.len(), over_a.len(), free_b.len());
        let product = |shape: &[Expr]| shape.iter().fold(Expr::one(), |p, s| p * s);
        let (rows, inner) = (product(&shape[..m]), product(&shape[m..]));
        let cols = free_b.iter().fold(Expr::one(), |p, k| p * &b.shape[*k]);
        let order_a: Vec<usize> = free_a.iter().chain(&over_a).copied().collect();
        let order_b: Vec<usize> = over_b.iter().chain(&free_b).copied().collect();
        let mut result: Vec<Expr> = shape[..m].to_vec();
        result.extend(free_b.iter().map(|k| b.shape[*k].clone()));
        let left = self.transpose(Value::Elem(a), &order_a)?;
        let right = self.transpose(Value::Elem(b), &order_b)?;
        let left = self.reshape(left, Some(vec![rows, inner.clone()]), span)?;
        let right = self.reshape(right, Some(vec![inner, cols]), span)?;
        let _ = (c, n);
        let flat = self.matmul(left, right, span)?;
        if result.is_empty() {
            let e = self.elem(flat, span)?;
            return Ok(Value::Elem(
                e.reindex(&[Expr::zero(), Expr::zero()], Vec::new()),
            ));
        }
        self.reshape(flat, Some(result), span)
    }

    /// The diagonal of the first two axes: a view.
    pub(super) fn diagonal(&mut self, value: Value, offset: i64, span: Span) -> R<Value> {
        let e = self.elem(value.clone(), span)?;
        if e.rank() != 2 {
            return Err(self.error(
                ErrorCode::Unsupported,
                span,
                format!(
                    "the diagonal of an array of rank {} is not supported",
                    e.rank()
                ),
            ));
        }
        let (rows, cols) = (&e.shape[0] - (-offset).max(0), &e.shape[1] - offset.max(0));
        let n = if rows == cols {
            rows
        } else {
            rows.minimum(&cols)
        };
        let n = if self.facts.is_nonneg(&n) { n } else { n.pos() };
        let k = Expr::sym(axis(0));
        let mapping = [&k + (-offset).max(0), &k + offset.max(0)];
        Ok(match value {
            Value::View(v) => Value::View(crate::lower::index::reindex_view(&v, &mapping, vec![n])),
            _ => Value::Elem(e.reindex(&mapping, vec![n])),
        })
    }
}
