//! Python integers that meet NumPy's types: NumPy raises an error where one is out of the type's range.

use super::value::Elem;
use super::{Lowerer, R};
use crate::diag::{ErrorCode, Span};
use crate::sdfg::{BinOp, Code, Const, DType, Role};
use crate::symbolic::Expr;

pub(super) fn fits(v: i128, dtype: DType) -> bool {
    let (low, high) = dtype.int_range();
    (low..=high).contains(&v)
}

/// The bounds of a type that an `int64` may violate.
fn bounds(dtype: DType) -> (Option<Expr>, Option<Expr>) {
    let (low, high) = dtype.int_range();
    let low = (low > i128::from(i64::MIN)).then(|| Expr::int(low as i64));
    let high = (high < i128::from(i64::MAX)).then(|| Expr::int(high as i64));
    (low, high)
}

impl Lowerer<'_> {
    /// The bounds of the type that the value is not known to keep, if it is a Python integer.
    fn missing(&self, elem: &Elem, to: DType) -> (Option<Expr>, Option<Expr>) {
        if !elem.weak || !elem.dtype.is_int() || !to.is_int() || !elem.shape.is_empty() {
            return (None, None);
        }
        let (low, high) = bounds(to);
        let Some(value) = elem.symbolic(&self.facts) else {
            return (low, high);
        };
        (
            low.filter(|low| !self.facts.le(low, &value)),
            high.filter(|high| !self.facts.le(&value, high)),
        )
    }

    /// Whether the value is known to lie in the type's range.
    pub(super) fn surely_fits(&self, elem: &Elem, to: DType) -> bool {
        match elem.constant() {
            Some(Const::Int(v, _)) if elem.weak && to.is_int() => fits(v, to),
            _ => self.missing(elem, to) == (None, None),
        }
    }

    /// A Python integer outside of the range of the type it meets is an error: of the program where it is known, else at run time.
    pub(super) fn check_fits(&mut self, elem: &Elem, to: DType, span: Span) -> R<()> {
        if let Some(Const::Int(v, _)) = elem.constant() {
            if elem.weak && to.is_int() && !fits(v, to) {
                return Err(self.error_hint(
                    ErrorCode::Value,
                    span,
                    format!("Python integer {v} is out of bounds for {to}"),
                    "convert the array to a wider type first",
                ));
            }
            return Ok(());
        }
        let (low, high) = self.missing(elem, to);
        self.check_bounds(elem, to, low, high, span);
        Ok(())
    }

    /// A Python integer of more than 64 bits is of no type of NumPy's.
    pub(super) fn check_has_type(&mut self, elem: &Elem, span: Span) -> R<()> {
        match elem.constant() {
            Some(Const::Int(v, _))
                if elem.weak && !fits(v, DType::Int64) && !fits(v, DType::UInt64) =>
            {
                Err(self.error(
                    ErrorCode::Value,
                    span,
                    "this integer does not fit in 64 bits",
                ))
            }
            _ => Ok(()),
        }
    }

    fn check_bounds(
        &mut self,
        elem: &Elem,
        to: DType,
        low: Option<Expr>,
        high: Option<Expr>,
        span: Span,
    ) {
        if low.is_some() || high.is_some() {
            let (code, inputs) = (elem.code.clone(), elem.inputs.clone());
            let role = Some(Role::Element(to));
            self.assign_as("fitting", code, inputs, low, high, role, span);
        }
    }

    /// The same for a number that is stored in an array. There NumPy makes a Python integer of a scalar of its own first, but for those kept
    /// in unsigned types or in `selected` elements (by a boolean or an integer array), which wrap as arrays do.
    pub(super) fn check_stored(
        &mut self,
        elem: &Elem,
        to: DType,
        selected: bool,
        span: Span,
    ) -> R<()> {
        let from = elem.dtype;
        if elem.weak && from.is_int() {
            return self.check_fits(elem, to, span);
        }
        let wraps = selected || self.array_assigned;
        let python = elem.weak && from.is_float() && to.is_int();
        if !elem.shape.is_empty() || !to.is_signed_int() && !python || wraps && !elem.weak {
            return Ok(());
        }
        let (low, high) = bounds(to);
        if from.is_float() {
            if let Some(Const::Float(v, _)) = elem.constant()
                && v.is_finite()
                && fits(v as i128, to)
            {
                return Ok(());
            }
            // What fits into int64 by no means comes out at its ends.
            let low = low.unwrap_or_else(|| Expr::int(i64::MIN + 1));
            let high = high.unwrap_or_else(|| Expr::int(i64::MAX - 1));
            let is_number = self.binary(BinOp::Eq, elem.clone(), elem.clone(), span)?;
            let whole = self.cast(elem.clone(), DType::Int64);
            let most = self.cast(Elem::py_int(Expr::int(i64::MAX)), DType::Int64);
            let value = self.choose(is_number, whole, most, span)?;
            self.check_bounds(&value, to, Some(low), Some(high), span);
        } else if from.is_int() {
            let (least, greatest) = from.int_range();
            // What does not fit into int64 comes out negative.
            let low = low.filter(|_| least < to.int_range().0 || from == DType::UInt64);
            let high = high.filter(|_| greatest > to.int_range().1);
            let wide = self.cast(elem.clone(), DType::Int64);
            let value = wide.symbolic(&self.facts);
            let low = low.filter(|l| value.as_ref().is_none_or(|v| !self.facts.le(l, v)));
            let high = high.filter(|h| value.as_ref().is_none_or(|v| !self.facts.le(v, h)));
            self.check_bounds(&wide, to, low, high, span);
        }
        Ok(())
    }

    /// A Python integer below (or above) the range of the type raised (or lowered) to its end, for operations whose result is the same then.
    pub(super) fn raised(
        &mut self,
        elem: Elem,
        to: DType,
        from_below: bool,
        span: Span,
    ) -> R<Elem> {
        if let Some(Const::Int(v, _)) = elem.constant()
            && elem.weak
            && to.is_int()
        {
            let (least, greatest) = to.int_range();
            return Ok(match from_below {
                true if v < least => super::elementwise::python_integer(least),
                false if v > greatest => super::elementwise::python_integer(greatest),
                _ => elem,
            });
        }
        let (low, high) = self.missing(&elem, to);
        let (op, bound) = match (from_below, low, high) {
            (true, Some(low), _) => (BinOp::Max, low),
            (false, _, Some(high)) => (BinOp::Min, high),
            _ => return Ok(elem),
        };
        if let Some(value) = elem.symbolic(&self.facts) {
            let value = if from_below {
                value.maximum(&bound)
            } else {
                value.minimum(&bound)
            };
            return Ok(Elem {
                code: Code::Sym(value),
                ..elem
            });
        }
        self.binary(op, elem, Elem::py_int(bound), span)
    }

    /// Operands of a comparison in a type that holds both: comparing with a Python integer is exact, and never an error.
    pub(super) fn compare_exactly(
        &mut self,
        op: BinOp,
        a: Elem,
        b: Elem,
        common: DType,
        span: Span,
    ) -> R<Elem> {
        let (python, other) = if a.weak { (&a, &b) } else { (&b, &a) };
        let below = if a.weak {
            matches!(op, BinOp::Lt | BinOp::Le | BinOp::Ne)
        } else {
            matches!(op, BinOp::Gt | BinOp::Ge | BinOp::Ne)
        };
        let everywhere = |holds: bool| Elem {
            code: Code::Const(Const::Bool(holds)),
            inputs: Vec::new(),
            dtype: DType::Bool,
            weak: false,
            ..other.clone()
        };
        if let Some(Const::Int(v, _)) = python.constant() {
            // All values of the type lie on one side of the constant.
            return Ok(everywhere(match op {
                BinOp::Eq => false,
                BinOp::Ne => true,
                _ => (v < common.int_range().0) == below,
            }));
        }
        if common != DType::UInt64 {
            let (a, b) = (self.cast(a, DType::Int64), self.cast(b, DType::Int64));
            return self.binary(op, a, b, span);
        }
        let negative = self.binary(BinOp::Lt, python.clone(), Elem::py_int(0), span)?;
        let known = everywhere(below);
        let compared = {
            let (a, b) = (self.cast(a, common), self.cast(b, common));
            self.binary(op, a, b, span)?
        };
        self.choose(negative, known, compared, span)
    }
}
