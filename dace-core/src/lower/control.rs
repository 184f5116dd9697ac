//! Statements.

use super::bind::{self, RETURN, Types, assignments, leaves};
use super::value::{Elem, Value, View};
use super::{Lowerer, R, Stop};
use crate::diag::{ErrorCode, Span};
use crate::sdfg::{
    BinOp, Block, Branch, Code, Const, DType, DataId, Eval, Loop, LoopKind, Map, ParamKind, Region,
    Schedule, State,
};
use crate::symbolic::{Expr, Facts, Range, Sym};
use crate::syntax::ast::{self, ExprKind, Stmt, StmtKind};
use std::rc::Rc;

/// How often a loop is lowered again because a variable's type grew.
const RETRIES: usize = 6;

impl Lowerer<'_> {
    /// Lowers statements; a mistake in one does not keep the others from being checked.
    pub(super) fn block(&mut self, stmts: &[Stmt]) {
        for (k, stmt) in stmts.iter().enumerate() {
            // A helper's early return: what follows belongs to the sides that go on.
            if self.frames.len() > 1
                && let StmtKind::If { test, then, orelse } = &stmt.kind
                && (returns(then) || returns(orelse))
                && k + 1 < stmts.len()
            {
                let rest = &stmts[k + 1..];
                let extend = |side: &[Stmt]| {
                    let mut side = side.to_vec();
                    if !ends(&side) {
                        side.extend_from_slice(rest);
                    }
                    side
                };
                let (then, orelse) = (extend(then), extend(orelse));
                let joined = Stmt {
                    kind: StmtKind::If {
                        test: test.clone(),
                        then,
                        orelse,
                    },
                    span: stmt.span,
                };
                self.statement_or_poison(&joined);
                return;
            }
            self.statement_or_poison(stmt);
            if matches!(
                stmt.kind,
                StmtKind::Return(_) | StmtKind::Break | StmtKind::Continue
            ) {
                return;
            }
        }
    }

    fn statement_or_poison(&mut self, stmt: &Stmt) {
        if self.statement(stmt).is_err() {
            // What it would have assigned is unknown: no follow-up errors.
            let names = assignments(std::slice::from_ref(stmt));
            for name in names.keys() {
                if name != RETURN {
                    self.bind_raw(name, Value::Poison, stmt.span);
                }
            }
        }
    }

    fn statement(&mut self, stmt: &Stmt) -> R<()> {
        self.step(stmt.span)?;
        self.masks.clear();
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Assign { targets, value } => {
                let array = gives_array(value);
                let value = self.assigned_value(targets, value)?;
                self.array_assigned = array;
                let done = targets
                    .iter()
                    .try_for_each(|t| self.assign_target(t, value.clone()));
                self.array_assigned = false;
                done
            }
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
            } => self.annotated(target, annotation, value.as_ref(), span),
            StmtKind::AugAssign { target, op, value } => self.augmented(target, *op, value, span),
            StmtKind::Expr(e) => {
                if matches!(e.kind, ExprKind::Str(_) | ExprKind::Ellipsis) {
                    return Ok(());
                }
                self.eval(e).map(|_| ())
            }
            StmtKind::Pass => Ok(()),
            StmtKind::Def(f) => {
                let f = Rc::new((**f).clone());
                self.bind_raw(&f.name.clone(), Value::Function(f), span);
                Ok(())
            }
            StmtKind::Assert { test, .. } => {
                let e = self.eval(test)?;
                let e = self.scalar(e, test.span)?;
                match e.as_bool() {
                    Some(true) => Ok(()),
                    Some(false) => {
                        Err(self.error(ErrorCode::Value, test.span, "this assertion is false"))
                    }
                    None => Err(self.error_hint(
                        ErrorCode::Unsupported,
                        span,
                        "assertions on run-time values are not supported",
                        "shapes are checked anyway; compare before the call",
                    )),
                }
            }
            StmtKind::Return(value) => self.return_statement(value.as_ref(), span),
            StmtKind::Break | StmtKind::Continue => {
                if self.loops.last().copied() != Some(true) {
                    let what = if matches!(stmt.kind, StmtKind::Break) {
                        "break"
                    } else {
                        "continue"
                    };
                    let hint = if self.loops.is_empty() {
                        "it must stand in a loop"
                    } else {
                        "the iterations of a dace.map run in any order: use a for loop, or an if"
                    };
                    return Err(self.error_hint(
                        ErrorCode::Unsupported,
                        span,
                        format!("`{what}` cannot be used here"),
                        hint,
                    ));
                }
                self.push(if matches!(stmt.kind, StmtKind::Break) {
                    Block::Break
                } else {
                    Block::Continue
                });
                Ok(())
            }
            StmtKind::If { test, then, orelse } => self.if_statement(test, then, orelse, span),
            StmtKind::While { test, body, orelse } => {
                self.no_else(orelse)?;
                self.while_loop(test, body, span)
            }
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
            } => {
                self.no_else(orelse)?;
                self.for_loop(target, iter, body, span)
            }
        }
    }

    fn no_else(&mut self, orelse: &[Stmt]) -> R<()> {
        match orelse.first() {
            None => Ok(()),
            Some(s) => Err(self.error_hint(
                ErrorCode::Unsupported,
                s.span,
                "`else` of a loop is not supported",
                "set a variable before `break` and test it after the loop",
            )),
        }
    }

    /// The value of an assignment. What reads memory that the same statement may write is computed before.
    fn assigned_value(&mut self, targets: &[ast::Expr], value: &ast::Expr) -> R<Value> {
        let v = self.eval(value)?;
        let several = targets.len() > 1
            || matches!(
                targets.first().map(|t| &t.kind),
                Some(ExprKind::Tuple(_) | ExprKind::List(_))
            );
        if !several {
            return Ok(v);
        }
        let writes_memory = targets.iter().any(|t| stores_elements(t));
        let v = self.settle(v, writes_memory, value.span)?;
        match (targets, v) {
            ([target], Value::Tuple(items)) => self.apart(target, items, value.span),
            (_, v) => Ok(v),
        }
    }

    /// The items of a tuple, selections stored where an earlier item's assignment changes what they select from.
    fn apart(&mut self, target: &ast::Expr, items: Vec<Value>, span: Span) -> R<Value> {
        let targets: &[ast::Expr] = match &target.kind {
            ExprKind::Tuple(targets) | ExprKind::List(targets) => targets,
            _ => std::slice::from_ref(target),
        };
        let mut changed = Vec::new();
        let mut values = Vec::new();
        for (k, item) in items.into_iter().enumerate() {
            let masked = matches!(
                item,
                Value::View(View { mask: Some(_), .. }) | Value::Elem(Elem { mask: Some(_), .. })
            );
            values.push(if masked && !changed.is_empty() {
                let e = self.elem(item, span)?;
                if mentions(&e, &changed) {
                    Value::View(self.stored_view(e)?)
                } else {
                    Value::Elem(e)
                }
            } else {
                item
            });
            if let Some(ExprKind::Name(name)) = targets.get(k).map(|t| &t.kind) {
                changed.extend(self.frame().vars.get(name).and_then(|b| b.mutable));
            }
        }
        Ok(Value::Tuple(values))
    }

    /// A value that later stores do not change: expressions are computed, and single elements copied if `elements`. Views of arrays see later
    /// stores, as in NumPy: `A[:, 0], A[:, 1] = A[:, 1], A[:, 0]` does not swap.
    pub(super) fn settle(&mut self, value: Value, elements: bool, span: Span) -> R<Value> {
        Ok(match value {
            Value::Tuple(items) => Value::Tuple(
                items
                    .into_iter()
                    .map(|v| self.settle(v, elements, span))
                    .collect::<R<_>>()?,
            ),
            Value::List(items) => Value::List(
                items
                    .into_iter()
                    .map(|v| self.settle(v, elements, span))
                    .collect::<R<_>>()?,
            ),
            Value::Elem(e) if e.inputs.is_empty() || e.mask.is_some() => Value::Elem(e),
            Value::Elem(e) if e.shape.is_empty() => Value::Elem(self.stored(e)?),
            Value::Elem(e) => Value::View(self.stored_view(e)?),
            Value::View(v) if elements && v.mask.is_none() && v.rank() == 0 => {
                let dtype = self.sdfg.desc(v.data).dtype;
                Value::View(self.stored_view(v.elem(dtype))?)
            }
            other => other,
        })
    }

    pub(super) fn assign_target(&mut self, target: &ast::Expr, value: Value) -> R<()> {
        match &target.kind {
            ExprKind::Name(name) => self.bind(name, value, target.span),
            ExprKind::Tuple(targets) | ExprKind::List(targets) => {
                let items = self.unpack(value, targets.len(), target.span)?;
                for (t, v) in targets.iter().zip(items) {
                    self.assign_target(t, v)?;
                }
                Ok(())
            }
            ExprKind::Subscript { value: base, index } => {
                let base = self.eval(base)?;
                let index = self.eval_index(index)?;
                let place = self.place(base, index, target.span)?;
                let e = self.elem(value, target.span)?;
                self.store_place(&place, e, target.span)
            }
            ExprKind::Attribute {
                value: base, attr, ..
            } if attr == "shape" && matches!(base.kind, ExprKind::Name(_)) => {
                let ExprKind::Name(name) = &base.kind else {
                    return Err(Stop);
                };
                self.assign_shape(name, value, target.span)
            }
            ExprKind::Starred(_) => Err(self.error_hint(
                ErrorCode::Unsupported,
                target.span,
                "starred assignment is not supported",
                "name each item",
            )),
            _ => Err(self.error(
                ErrorCode::Unsupported,
                target.span,
                "cannot assign to this expression",
            )),
        }
    }

    /// The items of a tuple, or the rows of an array of known length.
    pub(super) fn unpack(&mut self, value: Value, count: usize, span: Span) -> R<Vec<Value>> {
        let items = match value {
            Value::Tuple(items) | Value::List(items) => items,
            Value::View(_) | Value::Elem(_) => {
                let length = match &value {
                    Value::View(v) => v.shape.first().cloned(),
                    Value::Elem(e) => e.shape.first().cloned(),
                    _ => None,
                };
                let Some(length) = length else {
                    return Err(self.error(ErrorCode::Type, span, "a scalar cannot be unpacked"));
                };
                if length.as_int() != Some(count as i64) {
                    return Err(self.error(
                        ErrorCode::Shape,
                        span,
                        format!("cannot unpack an array of length {length} into {count} variables"),
                    ));
                }
                (0..count)
                    .map(|k| self.subscript(value.clone(), Value::int(k as i64), span))
                    .collect::<R<_>>()?
            }
            Value::Poison => return Err(Stop),
            other => {
                return Err(self.error(
                    ErrorCode::Type,
                    span,
                    format!("{} cannot be unpacked", other.kind()),
                ));
            }
        };
        if items.len() != count {
            return Err(self.error(
                ErrorCode::Value,
                span,
                format!(
                    "cannot unpack {} values into {count} variables",
                    items.len()
                ),
            ));
        }
        Ok(items)
    }

    /// `x: float64 = 1.0`, `tmp: float64[N, M]`: the annotation fixes type and shape.
    fn annotated(
        &mut self,
        target: &ast::Expr,
        annotation: &ast::Expr,
        value: Option<&ast::Expr>,
        span: Span,
    ) -> R<()> {
        let ExprKind::Name(name) = &target.kind else {
            return Err(self.error_hint(
                ErrorCode::Unsupported,
                target.span,
                "only names can be annotated",
                "leave the annotation out",
            ));
        };
        let (dtype, shape) = self.annotation(annotation)?;
        let Some(value) = value else {
            if shape.is_none() {
                return Ok(());
            }
            let shape = shape.unwrap_or_default();
            let data = self.new_transient(name, dtype, shape.clone(), span);
            self.bind_raw(name, Value::View(View::whole(data, &shape)), span);
            return Ok(());
        };
        let v = self.eval(value)?;
        let e = self.elem(v, value.span)?;
        let e = self.cast(e, dtype);
        match shape {
            Some(shape) => {
                let data = self.new_transient(name, dtype, shape.clone(), span);
                let view = View::whole(data, &shape);
                self.store(&view, e, value.span)?;
                self.bind(name, Value::View(view), span)
            }
            None => self.bind(name, Value::Elem(e), span),
        }
    }

    fn augmented(
        &mut self,
        target: &ast::Expr,
        op: ast::BinOp,
        value: &ast::Expr,
        span: Span,
    ) -> R<()> {
        match &target.kind {
            ExprKind::Name(name) => {
                let (old, _) = self.lookup(name, target.span)?;
                if let Value::View(view) = &old
                    && view.mask.is_none()
                {
                    let rhs = self.eval(value)?;
                    let e = self.operate(op, old.clone(), rhs, span)?;
                    let e = self.elem(e, span)?;
                    self.in_place(view, e, span)
                } else {
                    let rhs = self.eval(value)?;
                    let v = self.operate(op, old, rhs, span)?;
                    self.bind(name, v, span)
                }
            }
            ExprKind::Subscript { value: base, index } => {
                let base = self.eval(base)?;
                let index = self.eval_index(index)?;
                let old = self.subscript(base.clone(), index.clone(), target.span)?;
                let place = self.place(base, index, target.span)?;
                let rhs = self.eval(value)?;
                let new = self.operate(op, old, rhs, span)?;
                let e = self.elem(new, span)?;
                match &place {
                    super::index::Place::View(view) if view.rank() > 0 => {
                        self.in_place(&view.clone(), e, span)
                    }
                    place => self.store_place(place, e, span),
                }
            }
            _ => Err(self.error(
                ErrorCode::Unsupported,
                target.span,
                "cannot assign to this expression",
            )),
        }
    }

    /// An array changed in place: NumPy refuses to lose a kind of number.
    fn in_place(&mut self, view: &View, e: Elem, span: Span) -> R<()> {
        let to = self.sdfg.desc(view.data).dtype;
        let kind = |d: DType| match d {
            DType::Bool => 0,
            d if d.is_unsigned_int() => 1,
            d if d.is_int() => 2,
            d if d.is_float() => 3,
            _ => 4,
        };
        if kind(e.dtype) > kind(to) {
            return Err(self.error_hint(
                ErrorCode::Type,
                span,
                format!(
                    "the result has type {} and cannot be kept in an array of type {to}",
                    e.dtype
                ),
                "convert explicitly with .astype(…), or make the array of the wider type",
            ));
        }
        self.store(view, e, span)
    }

    fn return_statement(&mut self, value: Option<&ast::Expr>, span: Span) -> R<()> {
        let value = match value {
            None => Value::None,
            Some(e) => self.eval(e)?,
        };
        if self.frames.len() > 1 {
            if !self.loops.is_empty() {
                return Err(self.error_hint(
                    ErrorCode::Unsupported,
                    span,
                    "`return` inside a dace.map of a helper function is not supported",
                    "the iterations of a map run in any order: use a for loop",
                ));
            }
            if matches!(value, Value::None) {
                return Ok(());
            }
            let value = self.settle(value, false, span)?;
            return self.bind(RETURN, value, span);
        }
        if self.loops.contains(&false) {
            return Err(self.error_hint(
                ErrorCode::Unsupported,
                span,
                "`return` inside a dace.map is not supported",
                "the iterations of a map run in any order: use a for loop",
            ));
        }
        let values = match value {
            Value::Tuple(items) => items,
            Value::None => Vec::new(),
            one => vec![one],
        };
        let tail = self.regions.len() == 1;
        match self.returned.clone() {
            None => {
                let mut places = Vec::new();
                for v in values {
                    let direct = match &v {
                        // A fresh whole transient can be handed out itself.
                        Value::View(view) if tail => {
                            let desc = self.sdfg.desc(view.data);
                            desc.transient
                                && view.is_whole(&desc.shape)
                                && !self.sdfg.returns.contains(&view.data)
                        }
                        _ => false,
                    };
                    let view = match v {
                        Value::View(view) if direct => view,
                        Value::Tuple(_) | Value::None => {
                            return Err(self.error_hint(
                                ErrorCode::Unsupported,
                                span,
                                format!("{} cannot be returned inside a tuple", v.kind()),
                                "return arrays and scalars",
                            ));
                        }
                        other => {
                            let e = self.elem(other, span)?;
                            self.returns_one_type(&e, span)?;
                            let e = Elem { weak: false, ..e };
                            self.stored_as("result", e, span)?
                        }
                    };
                    self.sdfg.returns.push(view.data);
                    places.push(Value::View(view));
                }
                self.returned = Some(places);
            }
            Some(places) => {
                if places.len() != values.len() {
                    return Err(self.error(
                        ErrorCode::Type,
                        span,
                        format!(
                            "this returns {} value(s), an earlier `return` {}",
                            values.len(),
                            places.len()
                        ),
                    ));
                }
                for (place, v) in places.iter().zip(values) {
                    let Value::View(view) = place else { continue };
                    let e = self.elem(v, span)?;
                    let to = self.sdfg.desc(view.data).dtype;
                    self.returns_one_type(&e, span)?;
                    // A Python number has no type, but one of a wider kind is no value of the other's.
                    let fits = e.weak && e.dtype.promote(to) == to
                        || e.weak && e.dtype.is_int() && to.is_int();
                    if e.dtype != to && !fits {
                        return Err(self.error_hint(
                            ErrorCode::Type,
                            span,
                            format!("this returns {}, an earlier `return` {to}", e.dtype),
                            "convert one of them",
                        ));
                    }
                    if e.rank() != view.rank() {
                        return Err(self.error(
                            ErrorCode::Shape,
                            span,
                            format!(
                                "this returns rank {}, an earlier `return` rank {}",
                                e.rank(),
                                view.rank()
                            ),
                        ));
                    }
                    self.returns_known_size(view, &e.shape, span)?;
                    self.store(view, e, span)?;
                }
            }
        }
        if !tail {
            self.push(Block::Return);
        }
        Ok(())
    }

    /// What is returned has one shape for the whole program: one that this `return` knows, too. `here` is the shape of what it returns.
    fn returns_known_size(&mut self, view: &View, here: &[Expr], span: Span) -> R<()> {
        let known = |s: &Sym| {
            here.iter().any(|n| n.contains(s))
                || self.sdfg.symbols.contains(s)
                || self.assigned.iter().any(|a| a.sym == *s)
                || self
                    .sdfg
                    .params
                    .iter()
                    .any(|p| matches!(&p.kind, ParamKind::Symbol(sym, _) if sym == s))
        };
        if view.shape.iter().all(|n| n.symbols().iter().all(known)) {
            return Ok(());
        }
        Err(self.error_hint(
            ErrorCode::Unsupported,
            span,
            "an earlier `return` gives an array of a size that is found only there",
            "find the size before the first `return`, or return arrays of one size",
        ))
    }

    /// A condition as a scalar evaluation.
    pub(super) fn condition(&mut self, test: &ast::Expr) -> R<Elem> {
        let v = match &test.kind {
            ExprKind::Bool2 { and, values } => self.logical(*and, values, false, test.span)?,
            _ => self.eval(test)?,
        };
        self.truth_of(v, test.span)
    }

    /// The truth value of a scalar.
    pub(super) fn truth_of(&mut self, value: Value, span: Span) -> R<Elem> {
        let e = match value {
            Value::View(ref view)
                if view.rank() > 0 && view.shape.iter().any(|n| n.as_int() != Some(1)) =>
            {
                return Err(self.error_hint(
                    ErrorCode::Type,
                    span,
                    "the truth value of an array is ambiguous",
                    "use np.any(…) or np.all(…)",
                ));
            }
            Value::None => Elem::py_bool(false),
            v => self.scalar(v, span)?,
        };
        Ok(self.truth(e))
    }

    fn if_statement(
        &mut self,
        test: &ast::Expr,
        then: &[Stmt],
        orelse: &[Stmt],
        span: Span,
    ) -> R<()> {
        let cond = match self.condition(test) {
            Ok(c) => c,
            Err(stop) => {
                // The sides are checked all the same.
                self.in_region(|s| s.block(then));
                self.in_region(|s| s.block(orelse));
                return Err(stop);
            }
        };
        if let Some(known) = cond.as_bool() {
            self.block(if known { then } else { orelse });
            return Ok(());
        }
        let mut names = assignments(then);
        for (n, a) in assignments(orelse) {
            names.entry(n).or_default().rebinds |= a.rebinds;
        }
        let mut types = Types::new();
        for attempt in 0..RETRIES {
            let start = self.snapshot();

            let demoted = self.demote(&names, &types)?;
            let before = self.frame().clone();
            let (mut then_region, then_frame) = self.in_region(|s| {
                s.assume(&cond.code, true);
                s.block(then);
                std::mem::replace(s.frame(), before.clone())
            });
            let (mut else_region, else_frame) = self.in_region(|s| {
                s.assume(&cond.code, false);
                s.block(orelse);
                std::mem::replace(s.frame(), before.clone())
            });
            if self.promote(&demoted, &mut types) && attempt + 1 < RETRIES {
                self.restore(&start);
                continue;
            }
            let (then_ends, else_ends) = (leaves(&then_region), leaves(&else_region));
            self.merge(
                &cond.code,
                [
                    (&mut then_region, then_frame, then_ends),
                    (&mut else_region, else_frame, else_ends),
                ],
            );
            self.undemote(&demoted);
            if then_ends != else_ends {
                // What follows runs only if the other side was taken.
                self.assume(&cond.code, else_ends);
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
            return Ok(());
        }
        Err(self.error(
            ErrorCode::Type,
            span,
            "the types of variables keep changing",
        ))
    }

    /// Adds what a condition says of symbols to the facts.
    pub(super) fn assume(&mut self, code: &Code, holds: bool) {
        match code {
            Code::Un(crate::sdfg::UnOp::Not, a) => self.assume(a, !holds),
            Code::Bin(BinOp::And, a, b) if holds => {
                self.assume(a, true);
                self.assume(b, true);
            }
            Code::Bin(BinOp::Or, a, b) if !holds => {
                self.assume(a, false);
                self.assume(b, false);
            }
            Code::Bin(op, a, b) => {
                let (Some(x), Some(y)) = (symbolic(a, &self.facts), symbolic(b, &self.facts))
                else {
                    return;
                };
                let op = match (op, holds) {
                    (op, true) => *op,
                    (BinOp::Lt, false) => BinOp::Ge,
                    (BinOp::Le, false) => BinOp::Gt,
                    (BinOp::Gt, false) => BinOp::Le,
                    (BinOp::Ge, false) => BinOp::Lt,
                    (BinOp::Eq, false) => BinOp::Ne,
                    (BinOp::Ne, false) => BinOp::Eq,
                    _ => return,
                };
                match op {
                    BinOp::Lt => self.facts.assume_nonneg(y - x - 1),
                    BinOp::Le => self.facts.assume_nonneg(y - x),
                    BinOp::Gt => self.facts.assume_nonneg(x - y - 1),
                    BinOp::Ge => self.facts.assume_nonneg(x - y),
                    BinOp::Eq => {
                        self.facts.assume_nonneg(&x - &y);
                        self.facts.assume_nonneg(y - x);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// Lowers the body of a loop in a region of its own, again if a variable's type grew.
    fn loop_body<T>(
        &mut self,
        names: &bind::Assignments,
        sequential: bool,
        span: Span,
        mut body: impl FnMut(&mut Self) -> R<T>,
    ) -> R<(Region, T)> {
        let mut types = Types::new();
        let mut all_types = false;
        for attempt in 0..RETRIES {
            let start = self.snapshot();
            // Symbols assigned from data hold for this iteration only.
            self.assigned.retain(|a| a.inputs.is_empty());
            self.counts.clear();
            let demoted = self.demote(names, &types)?;
            let any = |name: &str| all_types || demoted.iter().any(|d| d == name);
            let at_head = self.types_at_head(names, &any);
            let given = self.given.len();
            let before = self.frame().clone();
            let versions = self.versions.clone();
            let pinned = std::mem::take(&mut self.pinned);
            self.loops.push(sequential);
            let (region, result) = self.in_region(&mut body);
            self.loops.pop();
            let used = std::mem::replace(&mut self.pinned, pinned);
            let result = match result {
                Ok(r) => r,
                Err(stop) => {
                    self.after_loop(&before);
                    self.undemote(&demoted);
                    return Err(stop);
                }
            };
            if self.promote(&demoted, &mut types) && attempt + 1 < RETRIES {
                self.restore(&start);
                continue;
            }
            if !self.types_after(&at_head, given) && attempt + 1 < RETRIES {
                all_types = true;
                self.restore(&start);
                continue;
            }
            for (data, version, place) in used {
                let old = versions.get(data.0 as usize).copied();
                if old == Some(version) && self.version(data) != version {
                    return Err(self.error_hint(ErrorCode::Alias, place, "a selection of unknown size made before the loop is used in it, and its array changes in it", "select again inside the loop"));
                }
                self.pinned.push((data, version, place));
            }
            // Data written in the loop is not what symbols before were assigned from.
            self.after_loop(&before);
            self.undemote(&demoted);
            return Ok((region, result));
        }
        Err(self.error(
            ErrorCode::Type,
            span,
            "the types of variables keep changing",
        ))
    }

    fn while_loop(&mut self, test: &ast::Expr, body: &[Stmt], span: Span) -> R<()> {
        let names = assignments(body);
        let (mut region, (cond, emitted)) = self.loop_body(&names, true, span, |s| {
            let cond = s.condition(test)?;
            let emitted = s.regions.last().map_or(0, Vec::len);
            s.assume(&cond.code, true);
            s.block(body);
            Ok((cond, emitted))
        })?;
        let cond = Eval {
            code: cond.code,
            inputs: cond.inputs,
        };
        let kind = if emitted == 0 {
            LoopKind::While { cond }
        } else {
            // The condition needs states of its own: computed at the top of each iteration.
            let stop = Block::Branch(Branch {
                cond,
                then: Region::default(),
                otherwise: Region::new(vec![Block::Break]),
                span: test.span,
            });
            region.blocks.insert(emitted, stop);
            LoopKind::While {
                cond: Eval::constant(Code::Const(Const::Bool(true))),
            }
        };
        self.push(Block::Loop(Loop {
            kind,
            body: region,
            span,
        }));
        Ok(())
    }

    fn for_loop(
        &mut self,
        target: &ast::Expr,
        iter: &ast::Expr,
        body: &[Stmt],
        span: Span,
    ) -> R<()> {
        if let Some(ranges) = self.map_ranges(iter)? {
            return self.explicit_map(target, iter, &ranges, body, span);
        }
        let over = match self.eval(iter) {
            Ok(v) => v,
            Err(stop) => {
                let mut names = bind::Assignments::new();
                bind::target(target, true, &mut names);
                for n in names.keys() {
                    self.bind_raw(n, Value::Poison, target.span);
                }
                self.loops.push(true);
                self.in_region(|s| s.block(body));
                self.loops.pop();
                return Err(stop);
            }
        };
        match over {
            Value::Range([begin, end, step]) => {
                let ExprKind::Name(name) = &target.kind else {
                    return Err(self.error(
                        ErrorCode::Type,
                        target.span,
                        "the items of a range are integers: one name is needed",
                    ));
                };
                let var = self.fresh(name);
                let mut names = assignments(body);
                names.remove(name);
                let mark = self.facts.mark();
                let (region, ()) = self.loop_body(&names, true, span, |s| {
                    s.bound_loop(&var, &begin, &end, &step);
                    s.bind_raw(
                        name,
                        Value::Elem(Elem::py_int(Expr::sym(var.clone()))),
                        target.span,
                    );
                    s.block(body);
                    Ok(())
                })?;
                self.facts.truncate(mark);
                let left = Value::Undefined(
                    target.span,
                    "the loop may not run; its variable is not kept after it".into(),
                );
                self.bind_raw(name, left, target.span);
                self.push(Block::Loop(Loop {
                    kind: LoopKind::For {
                        var,
                        range: Range { begin, end, step },
                    },
                    body: region,
                    span,
                }));
                Ok(())
            }
            Value::Tuple(items) | Value::List(items) => {
                for item in items {
                    self.assign_target(target, item)?;
                    self.loops.push(false);
                    self.block(body);
                    self.loops.pop();
                }
                Ok(())
            }
            Value::View(_) | Value::Elem(_) => {
                // The rows of an array.
                let array = match over {
                    Value::Elem(e) => Value::View(self.stored_view(e)?),
                    v => v,
                };
                let Value::View(view) = &array else {
                    return Err(Stop);
                };
                let Some(n) = view.shape.first().cloned() else {
                    return Err(self.error(
                        ErrorCode::Type,
                        iter.span,
                        "a scalar cannot be iterated over",
                    ));
                };
                let var = self.fresh("row");
                let mut names = assignments(body);
                bind::target(target, true, &mut names);
                let (begin, step) = (Expr::zero(), Expr::one());
                let (region, ()) = self.loop_body(&names, true, span, |s| {
                    s.bound_loop(&var, &begin, &n, &step);
                    let row = s.subscript(
                        array.clone(),
                        Value::Elem(Elem::py_int(Expr::sym(var.clone()))),
                        iter.span,
                    )?;
                    s.assign_target(target, row)?;
                    s.block(body);
                    Ok(())
                })?;
                self.push(Block::Loop(Loop {
                    kind: LoopKind::For {
                        var,
                        range: Range::upto(n),
                    },
                    body: region,
                    span,
                }));
                Ok(())
            }
            Value::Poison => Err(Stop),
            other => Err(self.error_hint(
                ErrorCode::Unsupported,
                iter.span,
                format!("cannot iterate over {}", other.kind()),
                "use range(…), dace.map[…], an array or a tuple",
            )),
        }
    }

    /// Facts about a loop's variable, inside of its body.
    fn bound_loop(&mut self, var: &Sym, begin: &Expr, end: &Expr, step: &Expr) {
        match step.as_int() {
            Some(s) if s > 0 => {
                self.facts.bound(var, Some(begin.clone()), Some(end - 1));
                self.facts.assume_nonneg(end - begin - 1);
            }
            Some(s) if s < 0 => {
                self.facts.bound(var, Some(end + 1), Some(begin.clone()));
                self.facts.assume_nonneg(begin - end - 1);
            }
            _ => self.facts.bound(var, None, None),
        }
    }

    /// The entries between the brackets of `dace.map[...]`, if the expression is one.
    fn map_ranges(&mut self, iter: &ast::Expr) -> R<Option<Vec<ast::Expr>>> {
        // `dace.map[...] @ Schedule` carries a schedule that a backend may use.
        let iter = match &iter.kind {
            ExprKind::Binary {
                op: ast::BinOp::MatMul,
                left,
                ..
            } => left,
            _ => iter,
        };
        let ExprKind::Subscript { value, index } = &iter.kind else {
            return Ok(None);
        };
        if !matches!(value.kind, ExprKind::Attribute { .. } | ExprKind::Name(_)) {
            return Ok(None);
        }
        if let ExprKind::Name(n) = &value.kind
            && self.frames.iter().any(|f| f.vars.contains_key(n))
        {
            return Ok(None);
        }
        match self.eval(value)? {
            Value::Path(p) if p == "dace.map" => {}
            _ => return Ok(None),
        }
        Ok(Some(match &index.kind {
            ExprKind::Tuple(items) => items.clone(),
            _ => vec![(**index).clone()],
        }))
    }

    fn explicit_map(
        &mut self,
        target: &ast::Expr,
        iter: &ast::Expr,
        ranges: &[ast::Expr],
        body: &[Stmt],
        span: Span,
    ) -> R<()> {
        let targets: Vec<&ast::Expr> = match &target.kind {
            ExprKind::Tuple(items) => items.iter().collect(),
            _ => vec![target],
        };
        if targets.len() != ranges.len() {
            return Err(self.error(
                ErrorCode::Shape,
                iter.span,
                format!("{} ranges for {} variables", ranges.len(), targets.len()),
            ));
        }
        let mut names = assignments(body);
        let mut params = Vec::new();
        let mut bounds = Vec::new();
        for (t, r) in targets.iter().zip(ranges) {
            let ExprKind::Name(name) = &t.kind else {
                return Err(self.error(ErrorCode::Type, t.span, "a map's variable is a name"));
            };
            names.remove(name);
            let ExprKind::Slice { lower, upper, step } = &r.kind else {
                return Err(self.error_hint(
                    ErrorCode::Value,
                    r.span,
                    "a map's range is begin:end or begin:end:step",
                    "write dace.map[0:N]",
                ));
            };
            let mut part = |e: &Option<Box<ast::Expr>>, default: Option<i64>| -> R<Expr> {
                match (e, default) {
                    (Some(e), _) => {
                        let v = self.eval(e)?;
                        let e2 = self.scalar(v, e.span)?;
                        self.symbolize(&e2, e.span)
                    }
                    (None, Some(d)) => Ok(Expr::int(d)),
                    (None, None) => {
                        Err(self.error(ErrorCode::Value, r.span, "a map's range needs an end"))
                    }
                }
            };
            let range = Range {
                begin: part(lower, Some(0))?,
                end: part(upper, None)?,
                step: part(step, Some(1))?,
            };
            if !self.facts.is_pos(&range.step) {
                return Err(self.error_hint(
                    ErrorCode::Value,
                    r.span,
                    "a map's step must be a positive number",
                    "use a for loop over range(…)",
                ));
            }
            params.push((self.fresh(name), name.clone(), t.span));
            bounds.push(range);
        }
        let mark = self.facts.mark();
        let (region, ()) = self.loop_body(&names, false, span, |s| {
            for ((sym, name, at), range) in params.iter().zip(&bounds) {
                s.bound_loop(sym, &range.begin, &range.end, &range.step);
                s.bind_raw(name, Value::Elem(Elem::py_int(Expr::sym(sym.clone()))), *at);
            }
            s.block(body);
            Ok(())
        })?;
        self.facts.truncate(mark);
        for (_, name, at) in &params {
            let left = Value::Undefined(*at, "a map's variable is not kept after it".into());
            self.bind_raw(name, left, *at);
        }
        let map = Map {
            name: "map".into(),
            params: params.into_iter().map(|(s, ..)| s).collect(),
            ranges: bounds,
            schedule: Schedule::Default,
            body: region,
            explicit: true,
            span,
        };
        self.push(Block::State(State::of_map(map)));
        Ok(())
    }

    /// The end of the program: every path must have returned, if any does.
    pub(super) fn end_of_program(&mut self, function: &ast::Function) {
        if self.returned.as_ref().is_some_and(|r| !r.is_empty()) && !ends(&function.body) {
            self.error_hint(
                ErrorCode::NotDefined,
                function.name_span,
                "some paths through this function return no value",
                "end it with a `return`",
            );
        }
    }
}

fn symbolic(code: &Code, facts: &Facts) -> Option<Expr> {
    Elem::scalar(code.clone(), DType::Int64).symbolic(facts)
}

/// Whether a `return` occurs in the statements.
fn returns(stmts: &[Stmt]) -> bool {
    stmts.iter().any(|s| match &s.kind {
        StmtKind::Return(_) => true,
        StmtKind::If { then, orelse, .. } => returns(then) || returns(orelse),
        _ => false,
    })
}

/// Whether the statements always return.
pub(super) fn ends(stmts: &[Stmt]) -> bool {
    stmts.iter().any(|s| match &s.kind {
        StmtKind::Return(_) | StmtKind::Break | StmtKind::Continue => true,
        StmtKind::If { then, orelse, .. } => ends(then) && ends(orelse),
        _ => false,
    })
}

/// Whether a selection depends on one of these containers.
fn mentions(e: &Elem, containers: &[DataId]) -> bool {
    let mask = e.mask.iter().map(|m| m.view.data);
    let inputs = e.inputs.iter().map(|m| m.data);
    mask.chain(inputs).any(|d| containers.contains(&d))
}

fn stores_elements(target: &ast::Expr) -> bool {
    match &target.kind {
        ExprKind::Subscript { .. } => true,
        ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().any(stores_elements),
        _ => false,
    }
}

/// Whether NumPy makes an array of no dimensions of what this expression gives for scalars, where others give scalars.
fn gives_array(e: &ast::Expr) -> bool {
    let ExprKind::Call { func, .. } = &e.kind else {
        return false;
    };
    matches!(&func.kind, ExprKind::Attribute { attr, .. } if matches!(attr.as_str(), "where" | "array" | "asarray"))
}
