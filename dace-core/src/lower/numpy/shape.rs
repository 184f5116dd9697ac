//! Functions that rearrange arrays: views where NumPy makes views.

use super::Args;
use crate::diag::{ErrorCode, Span};
use crate::lower::index::reindex_view;
use crate::lower::value::{Elem, Value, View, axis};
use crate::lower::{Lowerer, R};
use crate::sdfg::{BinOp, Code, Const, DType};
use crate::symbolic::Expr;

/// `np.diff` with more of them is a loop.
const DIFFERENCES: i64 = 8;

impl Lowerer<'_> {
    pub(super) fn shape_function(&mut self, name: &str, mut args: Args) -> R<Value> {
        let span = args.span;
        if matches!(
            name,
            "concatenate" | "stack" | "vstack" | "hstack" | "column_stack"
        ) {
            return self.join_arrays(name, args);
        }
        let (value, at) = self.required(&mut args, "a")?;
        let rank = self.elem(value.clone(), at)?.rank();
        match name {
            "reshape" => {
                let (shape, st) = match args.keyword("newshape") {
                    Some(s) => s,
                    None => self.required(&mut args, "shape")?,
                };
                if let Some((Value::Str(order), ot)) = args.take("order")
                    && order != "C"
                {
                    return Err(self.error(
                        ErrorCode::Unsupported,
                        ot,
                        "only row-major order (\"C\") is supported",
                    ));
                }
                self.finish(&args)?;
                let shape = self.shape_of_reshape(&value, shape, st)?;
                self.reshaped(value, Some(shape), span)
            }
            "ravel" => {
                self.finish(&args)?;
                self.reshaped(value, None, span)
            }
            "shape" => {
                self.finish(&args)?;
                self.attribute(value, "shape", at)
            }
            "tile" => self.tile(value, args),
            "diff" => self.diff(value, args),
            "transpose" => {
                let axes = match args.take("axes") {
                    None | Some((Value::None, _)) => (0..rank).rev().collect(),
                    Some((Value::Tuple(items) | Value::List(items), xt)) => items
                        .into_iter()
                        .map(|v| self.axis(v, rank, xt))
                        .collect::<R<Vec<_>>>()?,
                    Some((v, xt)) => vec![self.axis(v, rank, xt)?],
                };
                self.finish(&args)?;
                let mut sorted = axes.clone();
                sorted.sort_unstable();
                if sorted != (0..rank).collect::<Vec<_>>() {
                    return Err(self.error(
                        ErrorCode::Value,
                        span,
                        format!("the axes must be a permutation of 0..{rank}"),
                    ));
                }
                self.transpose(value, &axes)
            }
            "swapaxes" | "moveaxis" => {
                let ((a, at), (b, bt)) = (
                    self.required(&mut args, "source")?,
                    self.required(&mut args, "destination")?,
                );
                self.finish(&args)?;
                let (a, b) = (self.axis(a, rank, at)?, self.axis(b, rank, bt)?);
                let mut axes: Vec<usize> = (0..rank).collect();
                if name == "swapaxes" {
                    axes.swap(a, b);
                } else {
                    let moved = axes.remove(a);
                    axes.insert(b, moved);
                }
                self.transpose(value, &axes)
            }
            "squeeze" => {
                let only = match args.take("axis") {
                    None | Some((Value::None, _)) => None,
                    Some((v, xt)) => Some(self.axis(v, rank, xt)?),
                };
                self.finish(&args)?;
                let shape = self.elem(value.clone(), at)?.shape;
                if let Some(k) = only
                    && shape[k].as_int() != Some(1)
                {
                    return Err(self.error(
                        ErrorCode::Shape,
                        span,
                        format!("axis {k} has size {}, not 1", shape[k]),
                    ));
                }
                if only.is_none()
                    && let Some(size) = shape.iter().find(|n| n.as_int().is_none())
                {
                    return Err(self.error_hint(
                        ErrorCode::Shape,
                        span,
                        format!("the rank of the result depends on whether {size} is 1"),
                        "say which dimension to drop: axis=…",
                    ));
                }
                let dropped = |k: usize| only.map_or(shape[k].as_int() == Some(1), |o| o == k);
                let entries = (0..rank)
                    .map(|k| {
                        if dropped(k) {
                            Value::int(0)
                        } else {
                            Value::Slice(Box::new([None, None, None]))
                        }
                    })
                    .collect();
                self.subscript(value, Value::Tuple(entries), span)
            }
            "expand_dims" => {
                let (v, xt) = self.required(&mut args, "axis")?;
                self.finish(&args)?;
                let k = self.axis(v, rank + 1, xt)?;
                let entries = (0..=rank)
                    .map(|d| {
                        if d == k {
                            Value::None
                        } else {
                            Value::Slice(Box::new([None, None, None]))
                        }
                    })
                    .collect();
                self.subscript(value, Value::Tuple(entries), span)
            }
            "flip" | "flipud" | "fliplr" => {
                let axes: Vec<usize> = match (name, args.take("axis")) {
                    ("flipud", _) => vec![0],
                    ("fliplr", _) => vec![1],
                    (_, None | Some((Value::None, _))) => (0..rank).collect(),
                    (_, Some((v, xt))) => vec![self.axis(v, rank, xt)?],
                };
                self.finish(&args)?;
                let entries = (0..rank)
                    .map(|k| {
                        Value::Slice(Box::new([
                            None,
                            None,
                            axes.contains(&k).then(|| Value::int(-1)),
                        ]))
                    })
                    .collect();
                self.subscript(value, Value::Tuple(entries), span)
            }
            "broadcast_to" => {
                let (shape, st) = self.required(&mut args, "shape")?;
                self.finish(&args)?;
                let shape = self.shape_of(shape, st)?;
                let e = self.elem(value, at)?;
                let joint = self.broadcast_shapes(&e.shape, &shape, span)?;
                if joint.len() != shape.len() {
                    return Err(self.error(
                        ErrorCode::Shape,
                        span,
                        "the array has more dimensions than the shape",
                    ));
                }
                self.broadcast(e, &shape).map(Value::Elem)
            }
            "triu" | "tril" => {
                let k = match args.take("k") {
                    Some((v, kt)) => self.integer(v, kt)?,
                    None => Expr::zero(),
                };
                self.finish(&args)?;
                let e = self.elem(value, at)?;
                if rank < 2 {
                    return Err(self.error(
                        ErrorCode::Unsupported,
                        at,
                        format!("np.{name} needs a matrix"),
                    ));
                }
                let (row, col) = (Expr::sym(axis(rank - 2)), Expr::sym(axis(rank - 1)));
                let op = if name == "triu" { BinOp::Ge } else { BinOp::Le };
                let test = Code::bin(op, Code::Sym(col - row), Code::Sym(k));
                let test = Elem {
                    shape: e.shape.clone(),
                    ..Elem::scalar(test, DType::Bool)
                };
                let zero = Elem::scalar(Code::Const(Const::zero(e.dtype)), e.dtype);
                self.choose(test, e, zero, span).map(Value::Elem)
            }
            "diagonal" | "diag" if rank == 2 => {
                let offset = match args.take("offset").or_else(|| args.keyword("k")) {
                    Some((v, kt)) => self.constant_int(v, "the offset", kt)?,
                    None => 0,
                };
                self.finish(&args)?;
                self.diagonal(value, offset, span)
            }
            "diag" if rank == 1 => {
                self.finish(&args)?;
                let e = self.elem(value, at)?;
                let n = e.shape[0].clone();
                let test = Code::bin(
                    BinOp::Eq,
                    Code::Sym(Expr::sym(axis(0))),
                    Code::Sym(Expr::sym(axis(1))),
                );
                let test = Elem {
                    shape: vec![n.clone(), n],
                    ..Elem::scalar(test, DType::Bool)
                };
                let zero = Elem::scalar(Code::Const(Const::zero(e.dtype)), e.dtype);
                self.choose(test, e, zero, span).map(Value::Elem)
            }
            "repeat" | "roll" => {
                let (count, ct) =
                    self.required(&mut args, if name == "roll" { "shift" } else { "repeats" })?;
                let k = match args.take("axis") {
                    Some((v, xt)) if !matches!(v, Value::None) => self.axis(v, rank, xt)?,
                    _ if rank == 1 => 0,
                    _ => return Err(self.unsupported_call(&args, "needs an axis here")),
                };
                self.finish(&args)?;
                let n = self.integer(count, ct)?;
                let e = self.elem(value, at)?;
                let e = if e.is_costly() { self.stored(e)? } else { e };
                let size = e.shape[k].clone();
                let mut shape = e.shape.clone();
                let index = Expr::sym(axis(k));
                let from = if name == "roll" {
                    (&index - &n).modulo(&size)
                } else {
                    if self.facts.lt(&n, &Expr::zero()) {
                        return Err(self.error(
                            ErrorCode::Value,
                            ct,
                            "the number of repeats must not be negative",
                        ));
                    }
                    self.check_at_least(&n, 0, ct);
                    shape[k] = &size * &n;
                    // Without repeats there is no element to find.
                    let each = if self.facts.is_pos(&n) {
                        n
                    } else {
                        n.maximum(&Expr::one())
                    };
                    index.floor_div(&each)
                };
                let mapping: Vec<Expr> = (0..rank)
                    .map(|d| {
                        if d == k {
                            from.clone()
                        } else {
                            Expr::sym(axis(d))
                        }
                    })
                    .collect();
                Ok(Value::Elem(e.reindex(&mapping, shape)))
            }
            "copy" => self.call_method(value, "copy", args),
            _ => Err(self.unsupported_call(&args, "is not supported for this argument")),
        }
    }

    /// `name.shape = shape`: NumPy changes the array itself, whatever its names.
    pub(in crate::lower) fn assign_shape(&mut self, name: &str, shape: Value, span: Span) -> R<()> {
        let (value, frame) = self.lookup(name, span)?;
        let refuse = |this: &mut Self, what: &str| {
            Err(this.error_hint(
                ErrorCode::Unsupported,
                span,
                format!("the shape of {what} cannot be assigned"),
                "use np.reshape",
            ))
        };
        let Value::View(view) = &value else {
            return refuse(self, &value.kind());
        };
        let desc = self.sdfg.desc(view.data);
        if !desc.transient || !view.is_whole(&desc.shape) {
            return refuse(self, "an argument or a view");
        }
        let own = frame == Some(self.frames.len() - 1);
        if !own
            || self
                .frame()
                .vars
                .get(name)
                .is_some_and(|b| b.mutable.is_some())
        {
            return refuse(self, "an array of another function, loop or branch");
        }
        let names = self.frames.iter().flat_map(|f| f.vars.values());
        if names.filter(|b| holds(&b.value, view)).count() > 1 {
            return refuse(self, "an array with several names");
        }
        let shape = self.shape_of_reshape(&value, shape, span)?;
        let value = self.reshape(value, Some(shape), span)?;
        self.bind_raw(name, value, span);
        Ok(())
    }

    /// `np.tile(a, reps)`.
    fn tile(&mut self, value: Value, mut args: Args) -> R<Value> {
        let (reps, rt) = self.required(&mut args, "reps")?;
        self.finish(&args)?;
        let mut reps = self.shape_of(reps, rt)?;
        for n in &reps {
            self.check_at_least(n, 0, rt);
        }
        let e = self.elem(value, rt)?;
        let mut e = if e.is_costly() || e.mask.is_some() {
            self.stored(e)?
        } else {
            e
        };
        // The shorter of shape and repetitions is filled up with ones in front.
        let rank = e.rank().max(reps.len());
        while reps.len() < rank {
            reps.insert(0, Expr::one());
        }
        let added = rank - e.rank();
        let mapping: Vec<Expr> = (added..rank)
            .map(|d| Expr::sym(axis(d)).modulo(&e.shape[d - added]))
            .collect();
        let shape = (0..rank)
            .map(|d| {
                if d < added {
                    reps[d].clone()
                } else {
                    &reps[d] * &e.shape[d - added]
                }
            })
            .collect();
        e = e.reindex(&mapping, shape);
        Ok(Value::Elem(e))
    }

    /// `np.diff(a, n, axis)`: differences of differences, a few as one statement each, more in a loop.
    fn diff(&mut self, value: Value, mut args: Args) -> R<Value> {
        let span = args.span;
        let times = match args.take("n") {
            Some((v, at)) => self.constant_int(v, "n", at)?,
            None => 1,
        };
        let rank = self.elem(value.clone(), span)?.rank();
        let (k, kt) = args.take("axis").unwrap_or((Value::int(-1), span));
        let k = self.axis(k, rank, kt)?;
        self.finish(&args)?;
        let part = |from: Option<i64>, to: Option<i64>| {
            let whole = || Value::Slice(Box::new([None, None, None]));
            let ends = [from.map(Value::int), to.map(Value::int), None];
            let mut entries: Vec<Value> = (0..rank).map(|_| whole()).collect();
            entries[k] = Value::Slice(Box::new(ends));
            Value::Tuple(entries)
        };
        if times > DIFFERENCES {
            let k = Value::int(k as i64);
            let positional = [value, Value::int(times), k].map(|v| (v, span)).into();
            let args = Args {
                function: "diff".to_owned(),
                positional,
                keywords: Vec::new(),
                span,
            };
            return self.library_function("differences", args);
        }
        let mut value = value;
        for _ in 0..times {
            let e = self.elem(value.clone(), span)?;
            if e.is_costly() {
                value = Value::View(self.stored_view(e)?);
            }
            let upper = self.subscript(value.clone(), part(Some(1), None), span)?;
            let lower = self.subscript(value, part(None, Some(-1)), span)?;
            let (upper, lower) = (self.elem(upper, span)?, self.elem(lower, span)?);
            let op = if upper.dtype == DType::Bool {
                BinOp::Ne
            } else {
                BinOp::Sub
            };
            value = Value::Elem(self.binary(op, upper, lower, span)?);
        }
        Ok(value)
    }

    pub(super) fn join_arrays(&mut self, name: &str, mut args: Args) -> R<Value> {
        let span = args.span;
        let (items, at) = self.required(&mut args, "arrays")?;
        let (Value::Tuple(items) | Value::List(items)) = items else {
            return Err(self.error(
                ErrorCode::Type,
                at,
                format!("np.{name} takes a tuple of arrays"),
            ));
        };
        let along = match args.take("axis") {
            Some((v, xt)) => Some(self.constant_int(v, "an axis", xt)?),
            None => None,
        };
        self.finish(&args)?;
        let mut arrays = items
            .into_iter()
            .map(|v| {
                let e = self.elem(v, at)?;
                if e.mask.is_none() {
                    return Ok(e);
                }
                let dtype = e.dtype;
                Ok(self.compress("selected", e, at)?.elem(dtype))
            })
            .collect::<R<Vec<_>>>()?;
        let Some(rank) = arrays.first().map(Elem::rank) else {
            return Err(self.error(
                ErrorCode::Value,
                at,
                format!("np.{name} needs at least one array"),
            ));
        };
        if arrays.iter().any(|e| e.rank() != rank) {
            return Err(self.error(ErrorCode::Shape, at, "the arrays must have one rank"));
        }
        let new_axis = name == "stack" || matches!(name, "vstack" | "column_stack") && rank == 1;
        let out_rank = rank + usize::from(new_axis);
        let k = match name {
            "vstack" => 0,
            "hstack" => i64::from(rank > 1),
            "column_stack" => 1,
            _ => along.unwrap_or(0),
        };
        if k < -(out_rank as i64) || k >= out_rank as i64 || rank == 0 && !new_axis {
            return Err(self.error(
                ErrorCode::Index,
                span,
                format!("axis {k} is out of bounds for rank {out_rank}"),
            ));
        }
        let k = (if k < 0 { k + out_rank as i64 } else { k }) as usize;
        if new_axis {
            arrays = arrays
                .into_iter()
                .map(|e| {
                    let mapping: Vec<Expr> = (0..rank)
                        .map(|d| Expr::sym(axis(if d < k { d } else { d + 1 })))
                        .collect();
                    let mut shape = e.shape.clone();
                    shape.insert(k, Expr::one());
                    e.reindex(&mapping, shape)
                })
                .collect();
        }
        let mut shape = arrays[0].shape.clone();
        let mut dtype = arrays[0].dtype;
        for e in &arrays[1..] {
            dtype = dtype.promote(e.dtype);
            for d in 0..out_rank {
                if d == k {
                    shape[d] = &shape[d] + &e.shape[d];
                } else {
                    self.need_equal(
                        &shape[d].clone(),
                        &e.shape[d],
                        "the other dimensions of joined arrays",
                        at,
                    )?;
                }
            }
        }
        let data = self.new_transient("joined", dtype, shape.clone(), span);
        let whole = View::whole(data, &shape);
        let mut offset = Expr::zero();
        for e in arrays {
            let mapping: Vec<Expr> = (0..out_rank)
                .map(|d| {
                    if d == k {
                        Expr::sym(axis(d)) + &offset
                    } else {
                        Expr::sym(axis(d))
                    }
                })
                .collect();
            offset = &offset + &e.shape[k];
            let part = reindex_view(&whole, &mapping, e.shape.clone());
            self.store(&part, e, span)?;
        }
        Ok(Value::View(whole))
    }
}

/// Whether a value is or contains an array.
fn holds(value: &Value, array: &View) -> bool {
    match value {
        Value::View(v) => v == array,
        Value::Tuple(items) | Value::List(items) => items.iter().any(|v| holds(v, array)),
        _ => false,
    }
}
