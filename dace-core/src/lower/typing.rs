//! Values whose NumPy type depends on the way the program takes: `C[0] if c else A[0]`, `max(x, 0)`, a variable that the two sides of a branch give values of
//! different types. They are held in the common type. Where NumPy's result would be of one type whatever the way, and of the same value, they are like any other;
//! elsewhere they are refused.

use super::elementwise::result_type;
use super::value::{Elem, Typing, Value};
use super::{Lowerer, R, Stop};
use crate::diag::{ErrorCode, Span};
use crate::interpret::scalar::cast;
use crate::sdfg::{BinOp, Code, Const, DType, UnOp};

impl Elem {
    /// Every type that the value may have.
    pub(super) fn possible(&self) -> Vec<Typing> {
        if self.typings.is_empty() {
            return vec![Typing {
                dtype: self.dtype,
                weak: self.weak,
                value: self.constant().filter(|_| self.shape.is_empty()),
            }];
        }
        self.typings.clone()
    }

    /// The same value where it is known to be of one of the types.
    fn of_type(&self, typing: Typing) -> Self {
        let code = match typing.value {
            Some(Const::Int(v, _)) if typing.weak => i64::try_from(v).map_or_else(
                |_| self.code.clone(),
                |v| Code::Sym(crate::symbolic::Expr::int(v)),
            ),
            Some(c) => Code::Const(cast(typing.dtype, c)),
            None => self.code.clone(),
        };
        Self {
            code,
            dtype: typing.dtype,
            weak: typing.weak,
            typings: Vec::new(),
            ..self.clone()
        }
    }
}

/// The types of a value that is one of two; nothing where that is one type.
pub(super) fn either(a: &Elem, b: &Elem) -> Vec<Typing> {
    let mut all = a.possible();
    all.extend(b.possible());
    distinct(all)
}

/// Each type once: two constants of one type are any value of it.
pub(super) fn distinct(all: Vec<Typing>) -> Vec<Typing> {
    let mut out: Vec<Typing> = Vec::new();
    for t in all {
        match out
            .iter_mut()
            .find(|o| (o.dtype, o.weak) == (t.dtype, t.weak))
        {
            Some(o) if o.value != t.value => o.value = None,
            Some(_) => {}
            None => out.push(t),
        }
    }
    if out.len() == 1 {
        out.clear();
    }
    out
}

/// Whether every value of a type, or this one, is a value of another type.
fn is_exact(typing: Typing, to: DType) -> bool {
    use DType::*;
    let from = typing.dtype;
    if from == to || from == Bool {
        return true;
    }
    let bits = match to.real() {
        Float32 => 24,
        Float64 => 53,
        _ => 0,
    };
    match typing.value {
        Some(Const::Int(v, _)) if to.is_int() => super::fits::fits(v, to),
        Some(Const::Int(v, _)) => v.unsigned_abs() <= 1 << bits,
        Some(Const::Float(v, _)) if bits == 24 => f64::from(v as f32) == v || v.is_nan(),
        Some(Const::Float(..)) => bits > 0,
        _ if from.is_int() && to.is_int() => from.promote(to) == to,
        _ if from.is_int() => {
            let width = 8 * from.size() as u32 - u32::from(from.is_signed_int());
            width <= bits
        }
        _ => !to.is_int() && from.promote(to) == to,
    }
}

/// Whether a value is exactly what it is held as. A Python integer that does not fit into an integer type is an error there.
fn is_held(typing: Typing, held: DType) -> bool {
    is_exact(typing, held) || typing.weak && typing.dtype.is_int() && held.is_int()
}

impl Lowerer<'_> {
    /// Refuses a value of which NumPy's type matters here and is not known.
    pub(super) fn needs_one_type(&mut self, e: &Elem, span: Span) -> R<()> {
        if e.typings.is_empty() {
            return Ok(());
        }
        Err(self.type_depends(e, span))
    }

    fn type_depends(&mut self, e: &Elem, span: Span) -> Stop {
        let mut names: Vec<String> = Vec::new();
        for t in &e.typings {
            let name = match (t.weak, t.dtype) {
                (false, d) => d.to_string(),
                (true, DType::Bool) => "a Python bool".to_owned(),
                (true, d) if d.is_int() => "a Python int".to_owned(),
                (true, d) if d.is_float() => "a Python float".to_owned(),
                (true, _) => "a Python complex".to_owned(),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let target = e.dtype;
        self.error_hint(
            ErrorCode::Type,
            span,
            format!(
                "the type of this result depends on the way that is taken: a value here is {}",
                names.join(" or ")
            ),
            format!(
                "convert where it is chosen or assigned, so that it is of one type: np.{target}(…)"
            ),
        )
    }

    /// Refuses what NumPy would convert to a type with another result than the common type of the value has.
    pub(super) fn converts(&mut self, e: &Elem, to: DType, span: Span) -> R<()> {
        let same = e.typings.iter().all(|t| {
            let truncated = to.is_int() && !e.dtype.is_int() && t.dtype != e.dtype;
            if truncated {
                is_exact(*t, e.dtype) && is_exact(*t, to)
            } else {
                e.dtype == to || to == DType::Bool || is_held(*t, e.dtype)
            }
        });
        if same {
            Ok(())
        } else {
            Err(self.type_depends(e, span))
        }
    }

    /// Refuses to return what is of one NumPy type or another. A Python number has none.
    pub(super) fn returns_one_type(&mut self, e: &Elem, span: Span) -> R<()> {
        let same = e.typings.iter().all(|t| {
            if t.weak {
                is_held(*t, e.dtype)
            } else {
                t.dtype == e.dtype
            }
        });
        if same {
            Ok(())
        } else {
            Err(self.type_depends(e, span))
        }
    }

    /// The result of an operation for operands of given types, without a trace.
    fn tried(&mut self, operation: impl FnOnce(&mut Self) -> R<Elem>) -> Option<Elem> {
        let start = self.snapshot();
        let (_, result) = self.in_region(operation);
        self.restore(&start);
        result.ok()
    }

    /// `a op b` where the type of one of them depends on the way.
    pub(super) fn binary_of_any(&mut self, op: BinOp, a: Elem, b: Elem, span: Span) -> R<Elem> {
        let (xs, ys) = (a.possible(), b.possible());
        let depends = if a.typings.is_empty() {
            b.clone()
        } else {
            a.clone()
        };
        let plain = |e: Elem| Elem {
            typings: Vec::new(),
            ..e
        };
        let operand = result_type(&a, &b);
        let joint = self.binary(op, plain(a.clone()), plain(b.clone()), span)?;
        let mut results = Vec::new();
        for x in &xs {
            for y in &ys {
                let (p, q) = (a.of_type(*x), b.of_type(*y));
                let common = result_type(&p, &q);
                let Some(r) = self.tried(|s| s.binary(op, p, q, span)) else {
                    return Err(self.type_depends(&depends, span));
                };
                let value = r.constant();
                let typing = Typing {
                    dtype: r.dtype,
                    weak: r.weak,
                    value,
                };
                // An operand goes to the type of the operation by way of the type that it is held in.
                let kept = |t: &Typing, held: DType, to: DType| held == to || is_held(*t, held);
                let same = if op.is_comparison() {
                    let exact = |d| is_exact(*x, d) && is_exact(*y, d);
                    common == operand && kept(x, a.dtype, common) && kept(y, b.dtype, common)
                        || exact(common) && exact(operand)
                } else if matches!(op, BinOp::BitAnd | BinOp::BitOr | BinOp::BitXor) {
                    // A wider type holds the same bits.
                    is_held(*x, a.dtype)
                        && is_held(*y, b.dtype)
                        && is_exact(typing, joint.dtype)
                        && (r.dtype == DType::Bool) == (joint.dtype == DType::Bool)
                } else {
                    r.dtype == joint.dtype && kept(x, a.dtype, r.dtype) && kept(y, b.dtype, r.dtype)
                        // Integers that fit are the same in each type.
                        || r.dtype.is_int()
                            && joint.dtype.is_int()
                            && value.is_some()
                            && !matches!(op, BinOp::Shl | BinOp::Shr)
                            && is_exact(typing, joint.dtype)
                            && is_held(*x, a.dtype)
                            && is_held(*y, b.dtype)
                        || value.is_some() && {
                            let held = |t: Typing, held: DType| Typing {
                                dtype: held,
                                value: t.value.map(|c| cast(held, c)),
                                weak: t.weak,
                            };
                            let (p, q) =
                                (a.of_type(held(*x, a.dtype)), b.of_type(held(*y, b.dtype)));
                            let there = self.tried(|s| s.binary(op, p, q, span));
                            there.and_then(|e| e.constant()).is_some_and(|c| {
                                value.is_some_and(|v| {
                                    is_exact(typing, joint.dtype)
                                        && cast(joint.dtype, v) == cast(joint.dtype, c)
                                })
                            })
                        }
                };
                if !same {
                    return Err(self.type_depends(&depends, span));
                }
                results.push(typing);
            }
        }
        Ok(Elem {
            typings: distinct(results),
            ..joint
        })
    }

    /// A function of one value whose type depends on the way.
    pub(super) fn unary_of_any(&mut self, op: UnOp, a: Elem, span: Span) -> R<Elem> {
        let plain = Elem {
            typings: Vec::new(),
            ..a.clone()
        };
        let joint = self.unary(op, plain, span)?;
        let mut results = Vec::new();
        for t in &a.typings {
            let p = a.of_type(*t);
            let Some(r) = self.tried(|s| s.unary(op, p, span)) else {
                return Err(self.type_depends(&a, span));
            };
            let value = r.constant();
            let typing = Typing {
                dtype: r.dtype,
                weak: r.weak,
                value,
            };
            let same = (r.dtype == joint.dtype || value.is_some())
                && is_held(*t, a.dtype)
                && is_exact(typing, joint.dtype);
            // The negative of an integer zero has no sign.
            let zero = op == UnOp::Neg
                && matches!(t.value, Some(Const::Int(0, _)))
                && joint.dtype != r.dtype;
            if !same || zero {
                return Err(self.type_depends(&a, span));
            }
            results.push(typing);
        }
        Ok(Elem {
            typings: distinct(results),
            ..joint
        })
    }

    /// Refuses values of which only the way tells the type.
    pub(super) fn need_one_type<'v>(
        &mut self,
        values: impl Iterator<Item = &'v (Value, Span)>,
    ) -> R<()> {
        for (value, span) in values {
            match value {
                Value::Elem(e) => self.needs_one_type(e, *span)?,
                Value::Tuple(items) | Value::List(items) => {
                    for item in items {
                        if let Value::Elem(e) = item {
                            self.needs_one_type(e, *span)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}
