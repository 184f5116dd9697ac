//! Expressions.

use super::value::{Elem, Value, View, axis};
use super::{Lowerer, R, Stop, numpy, typing};
use crate::diag::{ErrorCode, Span};
use crate::sdfg::{
    self, Block, Branch, Code, Const, DType, DataDesc, Eval, LibraryKind, UnOp, Wcr,
};
use crate::symbolic::Expr;
use crate::syntax::ast::{self, BinOp, CompareOp, ExprKind, UnaryOp};

impl Lowerer<'_> {
    pub(super) fn eval(&mut self, e: &ast::Expr) -> R<Value> {
        self.step(e.span)?;
        let value = self.eval_kind(e)?;
        self.bounded(value, e.span)
    }

    fn eval_kind(&mut self, e: &ast::Expr) -> R<Value> {
        let span = e.span;
        match &e.kind {
            ExprKind::Name(name) => self.lookup(name, span).map(|(v, _)| v),
            ExprKind::Int(v) => match i64::try_from(*v) {
                Ok(v) => Ok(Value::int(v)),
                Err(_) if u64::try_from(*v).is_ok() => Ok(Value::Elem(Elem::weak(
                    Code::Const(Const::Int(*v, DType::UInt64)),
                    DType::UInt64,
                ))),
                Err(_) => Err(self.error(
                    ErrorCode::Value,
                    span,
                    "this integer does not fit in 64 bits",
                )),
            },
            ExprKind::Float(v) => Ok(Value::Elem(Elem::py_float(*v))),
            ExprKind::Imaginary(v) => Ok(Value::Elem(Elem::weak(
                Code::Const(Const::Complex(0.0, *v, DType::Complex128)),
                DType::Complex128,
            ))),
            ExprKind::Bool(b) => Ok(Value::Elem(Elem::py_bool(*b))),
            ExprKind::Str(s) => Ok(Value::Str(s.clone())),
            ExprKind::None => Ok(Value::None),
            ExprKind::Ellipsis => Ok(Value::Ellipsis),
            ExprKind::Tuple(items) => Ok(Value::Tuple(self.eval_items(items)?)),
            ExprKind::List(items) => Ok(Value::List(self.eval_items(items)?)),
            ExprKind::Attribute {
                value,
                attr,
                attr_span,
            } => {
                let value = self.eval(value)?;
                self.attribute(value, attr, *attr_span)
            }
            ExprKind::Subscript { value, index } => {
                let value = self.eval(value)?;
                if let Value::Path(path) = &value
                    && let Some(open) = numpy::is_grid(path)
                {
                    let index = self.eval_index(index)?;
                    return self.grid(open, index, span);
                }
                if let (Value::DType(_), _) | (Value::Path(_), _) = (&value, index) {
                    return Err(self.error_hint(
                        ErrorCode::Type,
                        span,
                        format!("{} cannot be subscripted here", value.kind()),
                        "type annotations stand after a colon; dace.map in a for loop",
                    ));
                }
                let index = self.eval_index(index)?;
                self.subscript(value, index, span)
            }
            ExprKind::Slice { .. } => self.eval_index(e),
            ExprKind::Call {
                func,
                args,
                keywords,
            } => self.call(func, args, keywords, span),
            ExprKind::Unary { op, operand } => {
                let operand = if *op == UnaryOp::Not {
                    self.condition(operand)?
                } else {
                    let value = self.eval(operand)?;
                    self.elem(value, span)?
                };
                let op = match op {
                    UnaryOp::Neg => UnOp::Neg,
                    UnaryOp::Not => {
                        if let Some(b) = operand.as_bool() {
                            return Ok(Value::Elem(Elem::py_bool(!b)));
                        }
                        let e = self.unary(UnOp::Not, operand, span)?;
                        return Ok(Value::Elem(Elem { weak: true, ..e }));
                    }
                    UnaryOp::Invert => UnOp::Invert,
                    UnaryOp::Pos => {
                        if operand.dtype == DType::Bool && !operand.weak {
                            return Err(self.error(
                                ErrorCode::Type,
                                span,
                                "unary + is not defined for booleans",
                            ));
                        }
                        return Ok(Value::Elem(operand));
                    }
                };
                self.unary(op, operand, span).map(Value::Elem)
            }
            ExprKind::Binary { op, left, right } => {
                let a = self.eval(left)?;
                // A call on the right may change what the left operand reads.
                let a = if calls_program(right) {
                    self.settle(a, false, left.span)?
                } else {
                    a
                };
                let b = self.eval(right)?;
                self.operate(*op, a, b, span)
            }
            ExprKind::Bool2 { and, values } => self.logical(*and, values, true, span),
            ExprKind::Compare { first, rest } => self.compare(first, rest, span),
            ExprKind::Ternary { test, then, orelse } => self.ternary(test, then, orelse, span),
            ExprKind::Lambda { params, body } => Ok(Value::Lambda(std::rc::Rc::new((
                params.clone(),
                (**body).clone(),
            )))),
            ExprKind::Generator { .. } => Err(self.error_hint(
                ErrorCode::Unsupported,
                span,
                "generator expressions are not supported here",
                "use a for loop",
            )),
            ExprKind::Starred(_) => Err(self.error_hint(
                ErrorCode::Unsupported,
                span,
                "starred expressions are not supported",
                "write the items out",
            )),
        }
    }

    fn eval_items(&mut self, items: &[ast::Expr]) -> R<Vec<Value>> {
        items.iter().map(|e| self.eval(e)).collect()
    }

    /// What stands between the brackets of a subscript.
    pub(super) fn eval_index(&mut self, e: &ast::Expr) -> R<Value> {
        match &e.kind {
            ExprKind::Slice { lower, upper, step } => {
                let mut part =
                    |e: &Option<Box<ast::Expr>>| e.as_ref().map(|e| self.eval(e)).transpose();
                Ok(Value::Slice(Box::new([
                    part(lower)?,
                    part(upper)?,
                    part(step)?,
                ])))
            }
            ExprKind::Tuple(items) => Ok(Value::Tuple(
                items.iter().map(|e| self.eval_index(e)).collect::<R<_>>()?,
            )),
            _ => self.eval(e),
        }
    }

    /// `value.attr`.
    pub(super) fn attribute(&mut self, value: Value, attr: &str, span: Span) -> R<Value> {
        match &value {
            Value::Path(path) => {
                let path = format!("{path}.{attr}");
                match numpy::resolve(&path) {
                    Some(v) => Ok(v),
                    None => Err(self.error_hint(
                        ErrorCode::UnknownFunction,
                        span,
                        format!("`{path}` is not supported"),
                        numpy::suggest(&path),
                    )),
                }
            }
            Value::View(_) | Value::Elem(_) => self.array_attribute(value, attr, span),
            Value::Poison => Err(Stop),
            Value::Undefined(..) => Err(self.undefined(&value, span)),
            other => Err(self.error(
                ErrorCode::Type,
                span,
                format!("{} has no attribute `{attr}`", other.kind()),
            )),
        }
    }

    fn array_attribute(&mut self, value: Value, attr: &str, span: Span) -> R<Value> {
        let value = if matches!(attr, "T" | "flat") {
            self.unmasked(value, span)?
        } else {
            value
        };
        let whole = self.elem(value.clone(), span)?;
        let dtype = whole.dtype;
        let shape = if matches!(attr, "shape" | "size" | "nbytes") {
            self.extents(&whole, span)?
        } else {
            whole.shape.clone()
        };
        Ok(match attr {
            "shape" => Value::Tuple(
                shape
                    .into_iter()
                    .map(|n| Value::Elem(Elem::py_int(n)))
                    .collect(),
            ),
            "size" => Value::Elem(Elem::py_int(shape.iter().fold(Expr::one(), |p, n| p * n))),
            "ndim" => {
                let joined = whole.mask.map_or(0, |m| m.view.rank() - 1);
                Value::int((shape.len() - joined) as i64)
            }
            "dtype" => Value::DType(dtype),
            "itemsize" => Value::int(dtype.size() as i64),
            "nbytes" => Value::Elem(Elem::py_int(
                shape
                    .iter()
                    .fold(Expr::int(dtype.size() as i64), |p, n| p * n),
            )),
            "T" => {
                let axes: Vec<usize> = (0..shape.len()).rev().collect();
                self.transpose(value, &axes)?
            }
            "real" | "imag" => {
                let e = self.elem(value, span)?;
                Value::Elem(self.unary(
                    if attr == "real" {
                        UnOp::Real
                    } else {
                        UnOp::Imag
                    },
                    e,
                    span,
                )?)
            }
            "flat" => self.reshape(value, None, span)?,
            method if numpy::is_method(method) => Value::Method(Box::new(value), method.to_owned()),
            _ => {
                let hint = format!(
                    "known attributes: shape, size, ndim, dtype, T, real, imag; methods: {}",
                    numpy::METHODS.join(", ")
                );
                return Err(self.error_hint(
                    ErrorCode::UnknownFunction,
                    span,
                    format!("arrays have no supported attribute `{attr}`"),
                    hint,
                ));
            }
        })
    }

    /// The array with its axes in another order: a view of a view.
    pub(super) fn transpose(&mut self, value: Value, axes: &[usize]) -> R<Value> {
        let mapping: Vec<Expr> = (0..axes.len())
            .map(|k| Expr::sym(axis(axes.iter().position(|a| *a == k).unwrap_or(k))))
            .collect();
        let permuted = |shape: &[Expr]| axes.iter().map(|a| shape[*a].clone()).collect::<Vec<_>>();
        Ok(match value {
            Value::View(v) => {
                let shape = permuted(&v.shape);
                Value::View(super::index::reindex_view(&v, &mapping, shape))
            }
            Value::Elem(e) => {
                let shape = permuted(&e.shape);
                Value::Elem(e.reindex(&mapping, shape))
            }
            other => other,
        })
    }

    /// `a op b` for Python's operators.
    pub(super) fn operate(&mut self, op: BinOp, a: Value, b: Value, span: Span) -> R<Value> {
        // Tuples and lists concatenate and repeat; strings are compile-time only.
        if let (BinOp::Add, Value::Tuple(x), Value::Tuple(y)) = (op, &a, &b) {
            return Ok(Value::Tuple(x.iter().chain(y).cloned().collect()));
        }
        if op == BinOp::MatMul {
            return self.matmul(a, b, span);
        }
        let (x, y) = (self.elem(a, span)?, self.elem(b, span)?);
        let op = match op {
            BinOp::Add => sdfg::BinOp::Add,
            BinOp::Sub => sdfg::BinOp::Sub,
            BinOp::Mul => sdfg::BinOp::Mul,
            BinOp::Div => sdfg::BinOp::Div,
            BinOp::FloorDiv => sdfg::BinOp::FloorDiv,
            BinOp::Mod => sdfg::BinOp::Mod,
            BinOp::Pow => sdfg::BinOp::Pow,
            BinOp::BitAnd => sdfg::BinOp::BitAnd,
            BinOp::BitOr => sdfg::BinOp::BitOr,
            BinOp::BitXor => sdfg::BinOp::BitXor,
            BinOp::Shl => sdfg::BinOp::Shl,
            BinOp::Shr => sdfg::BinOp::Shr,
            BinOp::MatMul => return Err(Stop),
        };
        self.binary(op, x, y, span).map(Value::Elem)
    }

    /// `and` / `or` of scalars. What Python would not evaluate is not evaluated where it could fail. As a value, `a and b` is one of its operands:
    /// only of booleans is that what this computes.
    pub(super) fn logical(
        &mut self,
        and: bool,
        values: &[ast::Expr],
        as_value: bool,
        span: Span,
    ) -> R<Value> {
        let operand = |s: &mut Self, e: &ast::Expr| {
            if !as_value {
                return s.condition(e);
            }
            let value = s.eval(e)?;
            let dtype = match &value {
                Value::Elem(e) => Some(e.dtype),
                Value::View(v) => Some(s.sdfg.desc(v.data).dtype),
                _ => None,
            };
            if let Some(dtype) = dtype.filter(|d| *d != DType::Bool) {
                return Err(s.error_hint(
                    ErrorCode::Type,
                    e.span,
                    format!("the value of `and`/`or` with an operand of type {dtype} is not supported"),
                    "it is one of the operands in Python: write `a if a else b`, or compare to get a bool",
                ));
            }
            s.truth_of(value, e.span)
        };
        let mut result: Option<Elem> = None;
        for value in values {
            result = Some(match result {
                None => operand(self, value)?,
                Some(left) => self.lazily(and, left, |s| operand(s, value), span)?,
            });
        }
        let e = result.ok_or(Stop)?;
        Ok(Value::Elem(Elem { weak: true, ..e }))
    }

    /// `left and right`, or `left or right`: `right` is evaluated where `left` does not decide. One operator where it may be evaluated anyway, else a branch.
    fn lazily(
        &mut self,
        and: bool,
        left: Elem,
        right: impl FnOnce(&mut Self) -> R<Elem>,
        span: Span,
    ) -> R<Elem> {
        if let Some(known) = left.as_bool() {
            return if known == and { right(self) } else { Ok(left) };
        }
        let start = self.snapshot();
        // Lowered once, whatever becomes of it: an operand may hold others that are lazy, and twice for each would be without end.
        let data = self.scalar_container("cond", left.clone(), span);
        let held = View::whole(data, &[]);
        let (mut region, second) = self.in_region(|s| {
            s.assume(&left.code, and);
            right(s)
        });
        let second = second?;
        if region.is_empty() && self.is_safe(&second) {
            let counter = self.counter;
            self.restore(&start);
            self.counter = counter;
            let op = if and {
                sdfg::BinOp::And
            } else {
                sdfg::BinOp::Or
            };
            return self.binary(op, left, second, span);
        }
        let test = held.elem(DType::Bool);
        let (mut last, ()) = self.in_region(|s| s.emit(&held, second, None, span));
        region.blocks.append(&mut last.blocks);
        let (then, otherwise) = if and {
            (region, sdfg::Region::default())
        } else {
            (sdfg::Region::default(), region)
        };
        self.push(Block::Branch(Branch {
            cond: Eval {
                code: test.code,
                inputs: test.inputs,
            },
            then,
            otherwise,
            span,
        }));
        Ok(held.elem(DType::Bool))
    }

    /// Whether all reads of a scalar are proved in bounds without the help of `given` (which must hold or not, as `holds` says, where it would be read).
    fn is_safe(&self, e: &Elem) -> bool {
        fn loads(c: &Code) -> bool {
            let mut found = false;
            c.visit(&mut |c| found |= matches!(c, Code::Load(..)));
            found
        }
        !loads(&e.code)
            && e.inputs.iter().all(|m| {
                let shape = &self.sdfg.desc(m.data).shape;
                m.subset.0.iter().zip(shape).all(|(dim, n)| {
                    let (low, high) = dim.hull();
                    self.facts.is_nonneg(&low) && self.facts.lt(&high, n)
                })
            })
    }

    /// `a < b <= c`: every link, joined by `and`; operands are evaluated once.
    fn compare(
        &mut self,
        first: &ast::Expr,
        rest: &[(CompareOp, ast::Expr)],
        span: Span,
    ) -> R<Value> {
        let left = self.eval(first)?;
        self.compare_from(left, rest, span)
    }

    /// A chain of comparisons of which the first operand is evaluated: each other one once, and only if the links before it hold.
    fn compare_from(
        &mut self,
        left: Value,
        rest: &[(CompareOp, ast::Expr)],
        span: Span,
    ) -> R<Value> {
        let [(op, right), rest @ ..] = rest else {
            return Err(Stop);
        };
        let right = self.eval(right)?;
        let link = self.compare_link(*op, left, right.clone(), span)?;
        if rest.is_empty() {
            return Ok(Value::Elem(link));
        }
        self.need_scalar_link(&link, span)?;
        let others = |s: &mut Self| {
            let value = s.compare_from(right.clone(), rest, span)?;
            let link = s.elem(value, span)?;
            s.need_scalar_link(&link, span)?;
            Ok(link)
        };
        Ok(Value::Elem(self.lazily(true, link, others, span)?))
    }

    fn need_scalar_link(&mut self, link: &Elem, span: Span) -> R<()> {
        if link.shape.is_empty() {
            return Ok(());
        }
        Err(self.error_hint(
            ErrorCode::Type,
            span,
            "the truth value of an array is ambiguous",
            "combine comparisons of arrays with & or np.logical_and",
        ))
    }

    fn compare_link(&mut self, op: CompareOp, a: Value, b: Value, span: Span) -> R<Elem> {
        let known = |v: bool| Ok(Elem::py_bool(v));
        match op {
            CompareOp::Is | CompareOp::IsNot => {
                let same = match (&a, &b) {
                    (Value::None, Value::None) => true,
                    (Value::None, _) | (_, Value::None) => false,
                    _ => {
                        return Err(self.error_hint(
                            ErrorCode::Unsupported,
                            span,
                            "`is` is supported with None only",
                            "use ==",
                        ));
                    }
                };
                return known(same == (op == CompareOp::Is));
            }
            CompareOp::In | CompareOp::NotIn => {
                return Err(self.error_hint(
                    ErrorCode::Unsupported,
                    span,
                    "`in` is not supported",
                    "compare with == and `or`, or np.any(a == x)",
                ));
            }
            _ => {}
        }
        match (&a, &b) {
            (Value::Str(x), Value::Str(y)) => return known((x == y) == (op == CompareOp::Eq)),
            (Value::DType(x), Value::DType(y)) => return known((x == y) == (op == CompareOp::Eq)),
            (Value::None, _) | (_, Value::None) => {
                let both = matches!((&a, &b), (Value::None, Value::None));
                return known(both == (op == CompareOp::Eq));
            }
            _ => {}
        }
        let op = match op {
            CompareOp::Eq => sdfg::BinOp::Eq,
            CompareOp::Ne => sdfg::BinOp::Ne,
            CompareOp::Lt => sdfg::BinOp::Lt,
            CompareOp::Le => sdfg::BinOp::Le,
            CompareOp::Gt => sdfg::BinOp::Gt,
            _ => sdfg::BinOp::Ge,
        };
        let (x, y) = (self.elem(a, span)?, self.elem(b, span)?);
        self.binary(op, x, y, span)
    }

    /// `a if c else b`: one select where both sides may be evaluated, else a branch.
    fn ternary(
        &mut self,
        test: &ast::Expr,
        then: &ast::Expr,
        orelse: &ast::Expr,
        span: Span,
    ) -> R<Value> {
        let cond = self.condition(test)?;
        if let Some(known) = cond.as_bool() {
            return self.eval(if known { then } else { orelse });
        }
        let start = self.snapshot();
        // What the value is stored in, if it has to be: its type and shape are known once both sides are. Each side is lowered once, since it
        // may hold other conditional expressions.
        let data = self.new_transient("value", DType::Bool, Vec::new(), span);
        let mut side = |e: &ast::Expr, holds: bool| {
            self.in_region(|s| {
                s.assume(&cond.code, holds);
                let v = s.eval(e)?;
                s.elem(v, e.span)
            })
        };
        let (mut then_region, a) = side(then, true);
        let (mut else_region, b) = side(orelse, false);
        let (a, b) = (a?, b?);
        if a.rank() != b.rank() || a.mask.is_some() || b.mask.is_some() {
            return Err(self.error(
                ErrorCode::Shape,
                span,
                "the two values of a conditional expression have different shapes",
            ));
        }
        if then_region.is_empty()
            && else_region.is_empty()
            && a.shape.is_empty()
            && self.is_safe(&a)
            && self.is_safe(&b)
            && self.surely_fits(&a, super::elementwise::result_type(&a, &b))
            && self.surely_fits(&b, super::elementwise::result_type(&a, &b))
        {
            let counter = self.counter;
            self.restore(&start);
            self.counter = counter;
            let weak = a.weak && b.weak;
            let typings = typing::either(&a, &b);
            let e = self.choose(cond, a, b, span)?;
            return Ok(Value::Elem(Elem { weak, typings, ..e }));
        }
        let same = a
            .shape
            .iter()
            .zip(&b.shape)
            .all(|(m, n)| self.facts.eq(m, n));
        if !same {
            return Err(self.error(
                ErrorCode::Shape,
                span,
                "the two values of a conditional expression have different shapes",
            ));
        }
        let (dtype, weak, shape) = (
            super::elementwise::result_type(&a, &b),
            a.weak && b.weak,
            a.shape.clone(),
        );
        let typings = typing::either(&a, &b);
        if !shape.is_empty() && !typings.is_empty() {
            return Err(self.error_hint(
                ErrorCode::Type,
                span,
                format!(
                    "the two arrays of a conditional expression have different types, {} and {}",
                    a.dtype, b.dtype
                ),
                format!("convert one of them: astype(np.{dtype})"),
            ));
        }
        let name = self.sdfg.desc(data).name.clone();
        self.sdfg.data[data.0 as usize] = DataDesc {
            name,
            span,
            ..DataDesc::transient("value", dtype, shape.clone())
        };
        let view = View::whole(data, &shape);
        for (region, value, holds, at) in [
            (&mut then_region, a, true, then.span),
            (&mut else_region, b, false, orelse.span),
        ] {
            let (mut last, stored) = self.in_region(|s| {
                s.assume(&cond.code, holds);
                s.store(&view, value, at)
            });
            stored?;
            region.blocks.append(&mut last.blocks);
        }
        self.push(Block::Branch(Branch {
            cond: Eval {
                code: cond.code,
                inputs: cond.inputs,
            },
            then: then_region,
            otherwise: else_region,
            span,
        }));
        Ok(if shape.is_empty() {
            Value::Elem(Elem {
                weak,
                typings,
                ..view.elem(dtype)
            })
        } else {
            Value::View(view)
        })
    }

    /// `a @ b`, NumPy's matmul.
    pub(super) fn matmul(&mut self, a: Value, b: Value, span: Span) -> R<Value> {
        let (a, b) = (self.elem(a, span)?, self.elem(b, span)?);
        if a.shape.is_empty() || b.shape.is_empty() {
            return Err(self.error_hint(
                ErrorCode::Shape,
                span,
                "matmul needs arrays, not scalars",
                "use *",
            ));
        }
        let dtype = super::elementwise::result_type(&a, &b);
        let (m, n) = (a.rank(), b.rank());
        let (inner_a, inner_b) = (
            a.shape[m - 1].clone(),
            b.shape[if n == 1 { 0 } else { n - 2 }].clone(),
        );
        self.need_equal(
            &inner_a,
            &inner_b,
            "the inner dimensions of a matrix product",
            span,
        )?;
        let (a, b) = (self.cast(a, dtype), self.cast(b, dtype));
        if a.mask.is_some() || b.mask.is_some() {
            return Err(self.error_hint(
                ErrorCode::Unsupported,
                span,
                "a selection by a boolean array cannot be an operand of a matrix product",
                "multiply by the mask instead",
            ));
        }
        // Inner products, and products with a vector whose matrix is itself an expression, are sums that need no temporary.
        let plain = |e: &Elem| matches!(e.code, Code::In(_));
        if m == 1 && n == 1 {
            let product = if dtype == DType::Bool {
                self.binary(sdfg::BinOp::And, a, b, span)?
            } else {
                self.binary(sdfg::BinOp::Mul, a, b, span)?
            };
            let wcr = if dtype == DType::Bool {
                Wcr::Or
            } else {
                Wcr::Sum
            };
            let view = self.reduce(product, &[0], wcr, span)?;
            return Ok(Value::Elem(view.elem(dtype)));
        }
        if m == 2 && n == 1 && !plain(&a) && dtype != DType::Bool {
            let b = if b.is_costly() { self.stored(b)? } else { b };
            let product = self.binary(sdfg::BinOp::Mul, a, b, span)?;
            return Ok(Value::View(self.reduce(product, &[1], Wcr::Sum, span)?));
        }
        if m == 1 && n == 2 && !plain(&b) && dtype != DType::Bool {
            let a = if a.is_costly() { self.stored(a)? } else { a };
            let column = a
                .clone()
                .reindex(&[Expr::sym(axis(0))], vec![a.shape[0].clone(), Expr::one()]);
            let product = self.binary(sdfg::BinOp::Mul, column, b, span)?;
            return Ok(Value::View(self.reduce(product, &[0], Wcr::Sum, span)?));
        }
        let batch = self.broadcast_shapes(
            &a.shape[..m.saturating_sub(2)],
            &b.shape[..n.saturating_sub(2)],
            span,
        )?;
        let mut shape = batch;
        if m > 1 {
            shape.push(a.shape[m - 2].clone());
        }
        if n > 1 {
            shape.push(b.shape[n - 1].clone());
        }
        let (a, trans_a) = self.operand(a, true)?;
        let (b, trans_b) = self.operand(b, true)?;
        Ok(Value::View(self.library(
            LibraryKind::MatMul { trans_a, trans_b },
            vec![a, b],
            "product",
            dtype,
            shape,
            span,
        )))
    }

    /// Two sizes that must be equal: proved, checked at run time, or refused.
    pub(super) fn need_equal(&mut self, a: &Expr, b: &Expr, what: &str, span: Span) -> R<()> {
        if self.facts.eq(a, b) {
            return Ok(());
        }
        if self.facts.ne(a, b) || !(self.is_runtime(a) || self.is_runtime(b)) {
            return Err(self.error(
                ErrorCode::Shape,
                span,
                format!("{what} differ: {a} and {b}"),
            ));
        }
        self.check_equal(a, b, span);
        Ok(())
    }
}

/// Whether an expression contains a call of something that is not known to be free of effects: any call of a plain name.
fn calls_program(e: &ast::Expr) -> bool {
    match &e.kind {
        ExprKind::Call {
            func,
            args,
            keywords,
        } => {
            matches!(&func.kind, ExprKind::Name(n) if numpy::builtin(n).is_none())
                || args.iter().any(calls_program)
                || keywords.iter().any(|k| calls_program(&k.value))
        }
        ExprKind::Binary { left, right, .. } => calls_program(left) || calls_program(right),
        ExprKind::Unary { operand, .. } => calls_program(operand),
        ExprKind::Subscript { value, index } => calls_program(value) || calls_program(index),
        ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().any(calls_program),
        ExprKind::Compare { first, rest } => {
            calls_program(first) || rest.iter().any(|(_, e)| calls_program(e))
        }
        ExprKind::Bool2 { values, .. } => values.iter().any(calls_program),
        ExprKind::Ternary { test, then, orelse } => {
            calls_program(test) || calls_program(then) || calls_program(orelse)
        }
        ExprKind::Attribute { value, .. } => calls_program(value),
        _ => false,
    }
}
