//! What keeps lowering short on any text.
//!
//! Calls of helpers, loops over tuples and early returns are lowered by putting statements in place, as often as they are reached: a text can
//! ask for more than it is long. Values that are not stored yet grow with each operator, and an operand that is used twice doubles what is
//! built on it.

use super::value::{Elem, Value, View};
use super::{Lowerer, R, Stop};
use crate::diag::{Diagnostic, ErrorCode, Span};
use crate::sdfg::Code;
use crate::symbolic::Expr;

/// Expressions and statements lowered for one program, those of its helpers counted at each call.
pub(super) const STEPS: u32 = 200_000;

/// States, loops and branches of one program.
pub(super) const BLOCKS: u32 = 10_000;

/// Operators, operands and parts of their indices that one tasklet computes at most; what is longer is computed in parts.
const LONGEST: usize = 1000;

/// The product of the numbers of terms of an array's sizes, which are multiplied for its strides.
const SHAPE_TERMS: usize = 200;

/// The degree of that product.
const SHAPE_DEGREE: u64 = 64;

impl Lowerer<'_> {
    /// One more expression or statement is lowered. Nothing is, once there were too many.
    pub(super) fn step(&mut self, span: Span) -> R<()> {
        if self.exhausted.is_some() {
            return Err(Stop);
        }
        self.steps += 1;
        if self.steps > STEPS || self.blocks > BLOCKS {
            self.exhausted = Some(span);
            return Err(Stop);
        }
        Ok(())
    }

    /// The mistake of a program that becomes too large. Said at the end: what is lowered again forgets what was said before.
    pub(super) fn report_exhausted(&mut self) {
        if let Some(span) = self.exhausted {
            self.diagnostics.push(
                Diagnostic::new(
                    ErrorCode::Unsupported,
                    span,
                    format!(
                        "the program becomes too large here: more than {BLOCKS} states or {STEPS} expressions, those of helpers counted at each call"
                    ),
                )
                .hint("write a loop over range(…) instead of repeated calls or a loop over a tuple, or make several programs of it"),
            );
        }
    }

    /// A value of bounded length: what is longer is stored.
    pub(super) fn bounded(&mut self, value: Value, span: Span) -> R<Value> {
        match value {
            Value::Elem(e) => self.bounded_elem(e, span).map(Value::Elem),
            Value::View(v) if length_of_view(&v) > LONGEST => Err(self.error_hint(
                ErrorCode::Alias,
                span,
                "the indices of this view have become too long",
                "copy what it is a view of, with np.copy",
            )),
            other => Ok(other),
        }
    }

    pub(super) fn bounded_elem(&mut self, e: Elem, span: Span) -> R<Elem> {
        let long = match &e.code {
            Code::Sym(x) => x.is_long(),
            _ => length_of(&e) > LONGEST,
        };
        if !long {
            return Ok(e);
        }
        if e.mask.is_some() {
            return Err(self.error_hint(
                ErrorCode::Unsupported,
                span,
                "this expression of selected elements is too long",
                "assign parts of it to variables",
            ));
        }
        self.stored(e)
    }
}

/// Whether the sizes of an array may be multiplied.
pub(super) fn may_be_shape(shape: &[Expr]) -> bool {
    let terms = shape
        .iter()
        .try_fold(1usize, |n, e| n.checked_mul(e.terms().len().max(1)));
    terms.is_some_and(|n| n <= SHAPE_TERMS)
        && shape.iter().map(|e| u64::from(e.degree())).sum::<u64>() <= SHAPE_DEGREE
        && !shape.iter().any(Expr::is_long)
}

fn length_of_view(v: &View) -> usize {
    v.index.iter().chain(&v.shape).map(Expr::length).sum()
}

/// Stops counting where it is long enough.
fn length_of(e: &Elem) -> usize {
    fn count(code: &Code, length: &mut usize) {
        *length += match code {
            Code::Sym(e) => e.length(),
            _ => 1,
        };
        if *length <= LONGEST {
            for child in code.children() {
                count(child, length);
            }
        }
    }
    let mut length = 0;
    count(&e.code, &mut length);
    for memlet in &e.inputs {
        memlet.subset.map(&mut |e| {
            length += e.length();
            Expr::zero()
        });
    }
    length
}
