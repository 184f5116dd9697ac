//! Another shape for the same elements in row-major order: a view where NumPy makes one, else a copy.

use crate::diag::{ErrorCode, Span};
use crate::lower::index::reindex_view;
use crate::lower::value::{Value, View, axis, axis_number};
use crate::lower::{Lowerer, R};
use crate::symbolic::Expr;
use std::ops::Range;

impl Lowerer<'_> {
    /// The target shape of a reshape, with `-1` solved.
    pub(super) fn shape_of_reshape(
        &mut self,
        value: &Value,
        shape: Value,
        span: Span,
    ) -> R<Vec<Expr>> {
        let items = match shape {
            Value::Tuple(items) | Value::List(items) => items,
            one => vec![one],
        };
        let mut sizes = items
            .into_iter()
            .map(|v| self.integer(v, span))
            .collect::<R<Vec<_>>>()?;
        let total = self
            .elem(value.clone(), span)?
            .shape
            .iter()
            .fold(Expr::one(), |p, n| p * n);
        let open: Vec<usize> = (0..sizes.len())
            .filter(|k| sizes[*k].as_int() == Some(-1))
            .collect();
        match open.as_slice() {
            [] => {}
            [k] => {
                let rest = sizes
                    .iter()
                    .enumerate()
                    .filter(|(d, _)| d != k)
                    .fold(Expr::one(), |p, (_, n)| p * n);
                sizes[*k] = total
                    .exact_div(&rest)
                    .unwrap_or_else(|| total.floor_div(&rest));
            }
            _ => return Err(self.error(ErrorCode::Value, span, "only one dimension can be -1")),
        }
        Ok(sizes)
    }

    /// `np.reshape`. Dimensions can be joined in a view only where one continues the other in memory: else the elements are copied.
    pub(in crate::lower) fn reshaped(
        &mut self,
        value: Value,
        shape: Option<Vec<Expr>>,
        span: Span,
    ) -> R<Value> {
        let Value::View(view) = &value else {
            return self.reshape(value, shape, span);
        };
        let total = view.shape.iter().fold(Expr::one(), |p, n| p * n);
        let new = shape.clone().unwrap_or_else(|| vec![total]);
        if view.mask.is_some() || self.stays_view(view, &new) {
            return self.reshape(value, shape, span);
        }
        let e = self.elem(value, span)?;
        self.reshape(Value::Elem(e), shape, span)
    }

    /// Whether the elements of a view have strides under another shape, too.
    fn stays_view(&self, view: &View, new: &[Expr]) -> bool {
        let desc = self.sdfg.desc(view.data);
        if view.is_whole(&desc.shape) {
            return true;
        }
        let mut address = Expr::zero();
        for (index, n) in view.index.iter().zip(&desc.shape) {
            address = address * n + index;
        }
        let mut strides = Vec::new();
        for k in 0..view.rank() {
            match address.linear_in(&axis(k)) {
                Some((s, _)) if s.symbols().iter().all(|s| axis_number(s).is_none()) => {
                    strides.push(s);
                }
                _ => return false,
            }
        }
        groups(&view.shape, new).iter().all(|(old, _)| {
            let long = old.clone().filter(|k| view.shape[*k].as_int() != Some(1));
            let long: Vec<usize> = long.collect();
            long.windows(2)
                .all(|w| strides[w[0]] == &strides[w[1]] * &view.shape[w[1]])
        })
    }

    /// The same elements in row-major order under another shape; `None`: flat. A view: indices are computed.
    pub(in crate::lower) fn reshape(
        &mut self,
        value: Value,
        shape: Option<Vec<Expr>>,
        span: Span,
    ) -> R<Value> {
        let old = self.elem(value.clone(), span)?;
        if old.mask.is_some() {
            return Err(self.error(
                ErrorCode::Unsupported,
                span,
                "a selection by a boolean array cannot be reshaped",
            ));
        }
        let product = |s: &[Expr]| s.iter().fold(Expr::one(), |p, n| p * n);
        let total = product(&old.shape);
        let shape = shape.unwrap_or_else(|| vec![total.clone()]);
        self.need_equal(
            &total,
            &product(&shape),
            "the sizes before and after a reshape",
            span,
        )?;
        let mapping = reshape_mapping(&old.shape, &shape);
        Ok(match value {
            Value::View(v) => Value::View(reindex_view(&v, &mapping, shape)),
            _ => {
                let old = if old.is_costly() {
                    self.stored(old)?
                } else {
                    old
                };
                Value::Elem(old.reindex(&mapping, shape))
            }
        })
    }
}

/// Dimensions before and after a reshape, matched in groups of equal product.
fn groups(old: &[Expr], new: &[Expr]) -> Vec<(Range<usize>, Range<usize>)> {
    let mut found = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() {
        let (mut p, mut q) = (
            old[i].clone(),
            new.get(j).cloned().unwrap_or_else(Expr::one),
        );
        let (first_i, first_j) = (i, j);
        i += 1;
        j = (j + 1).min(new.len());
        // Extend the smaller side until the products agree; in doubt take everything.
        while p != q && (i < old.len() || j < new.len()) {
            let more_old = i < old.len()
                && (j >= new.len()
                    || p.terms().len() < q.terms().len()
                    || q.exact_div(&p).is_some());
            if more_old {
                p = p * &old[i];
                i += 1;
            } else {
                q = q * &new[j];
                j += 1;
            }
        }
        if p != q {
            i = old.len();
            j = new.len();
        }
        found.push((first_i..i, first_j..j));
    }
    found
}

/// Old axes in terms of new ones for equal row-major order; only merged dimensions need `//` and `%`.
fn reshape_mapping(old: &[Expr], new: &[Expr]) -> Vec<Expr> {
    let mut mapping = Vec::new();
    for (before, after) in groups(old, new) {
        let mut linear = Expr::zero();
        for d in after {
            linear = linear * &new[d] + Expr::sym(axis(d));
        }
        let mut stride = Expr::one();
        let mut group = Vec::new();
        for d in before.clone().rev() {
            let quotient = linear.floor_div(&stride);
            group.push(if d == before.start {
                quotient
            } else {
                quotient.modulo(&old[d])
            });
            stride = stride * &old[d];
        }
        mapping.extend(group.into_iter().rev());
    }
    mapping
}
