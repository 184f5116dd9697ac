//! Arrays whose size is known at run time only: what boolean arrays select, and variables that become smaller in a loop.
//!
//! A selection stays a condition on the elements of the whole array for as long as it is only combined, reduced or assigned back; where it is wanted as
//! an array it is moved together in memory. A variable that is given fewer elements in a loop keeps its first container, and its size in a scalar.

use super::value::{Elem, Mask, Value, View, axis, axis_number};
use super::{Assigned, Lowerer, R};
use crate::diag::{ErrorCode, Span};
use crate::sdfg::{
    BinOp, Block, Branch, Code, DType, DataId, Eval, Loop, LoopKind, Map, Memlet, Region, Schedule,
    State, Tasklet, Wcr,
};
use crate::symbolic::{Expr, Range, Subset};

impl Lowerer<'_> {
    /// How many elements a boolean array selects.
    pub(super) fn selected(&mut self, mask: &Mask, span: Span) -> R<Expr> {
        if let Some((_, count)) = self.counts.iter().find(|(m, _)| m == mask) {
            return Ok(count.clone());
        }
        let held = mask.view.elem(DType::Bool);
        let total = held.shape.iter().fold(Expr::one(), |p, n| p * n);
        let axes: Vec<usize> = (0..held.rank()).collect();
        let ones = self.cast(held, DType::Int64);
        let sum = self.reduce(ones, &axes, Wcr::Sum, span)?;
        let count = Expr::from(self.assign(
            "count",
            Code::In(0),
            vec![Memlet::scalar(sum.data)],
            Some(Expr::zero()),
            Some(total),
            span,
        ));
        self.counts.push((mask.clone(), count.clone()));
        Ok(count)
    }

    /// The shape of a value, the number of selected elements included.
    pub(super) fn extents(&mut self, e: &Elem, span: Span) -> R<Vec<Expr>> {
        let Some(mask) = e.mask.clone() else {
            return Ok(e.shape.clone());
        };
        let mut shape = vec![self.selected(&mask, span)?];
        shape.extend(e.shape[mask.view.rank()..].iter().cloned());
        Ok(shape)
    }

    /// What a boolean array selects, as an array of its own.
    pub(super) fn compress(&mut self, name: &str, e: Elem, span: Span) -> R<View> {
        let shape = self.extents(&e, span)?;
        let data = self.new_transient(name, e.dtype, shape.clone(), span);
        let view = View::whole(data, &shape);
        self.compress_into(data, e, span);
        Ok(view)
    }

    /// Moves the selected elements to the begin of a container, in order.
    fn compress_into(&mut self, data: DataId, mut e: Elem, span: Span) {
        let Some(mask) = e.mask.take() else { return };
        let leading = mask.view.rank();
        let place = self.scalar_container("place", Elem::scalar(Code::int(0), DType::Int64), span);
        let (mut outer, mut inner, mut replace) = (Vec::new(), Vec::new(), Vec::new());
        for (k, n) in e.shape.iter().enumerate() {
            let sym = self.fresh(["i", "j", "k"].get(k).unwrap_or(&"n"));
            replace.push(Expr::sym(sym.clone()));
            if k < leading { &mut outer } else { &mut inner }.push((sym, Range::upto(n.clone())));
        }
        let subs = |s: &crate::symbolic::Sym| axis_number(s).and_then(|k| replace.get(k).cloned());
        let mut inputs = e.inputs;
        inputs.push(Memlet::scalar(place));
        let mut index = vec![Code::In(inputs.len() - 1)];
        index.extend((leading..e.shape.len()).map(|k| Code::Sym(Expr::sym(axis(k)))));
        let tasklet = Tasklet {
            index: Some(index),
            ..Tasklet::new("select", e.code, span)
        };
        let whole = Subset::whole(&self.sdfg.desc(data).shape);
        let mut write = State::of_tasklet(tasklet, inputs, Memlet::new(data, whole).dynamic());
        write.subs(&subs);
        if !inner.is_empty() {
            let (params, ranges) = inner.into_iter().unzip();
            write = State::of_map(Map {
                name: "map".into(),
                params,
                ranges,
                schedule: Schedule::Default,
                body: Region::new(vec![Block::State(write)]),
                explicit: false,
                span,
            });
        }
        let next = Code::bin(BinOp::Add, Code::In(0), Code::int(1));
        let step = State::of_tasklet(
            Tasklet::new("next", next, span),
            vec![Memlet::scalar(place)],
            Memlet::scalar(place),
        );
        let mut held = mask.view.elem(DType::Bool);
        held.subs(&subs);
        let mut block = Block::Branch(Branch {
            cond: Eval {
                code: held.code,
                inputs: held.inputs,
            },
            then: Region::new(vec![Block::State(write), Block::State(step)]),
            otherwise: Region::default(),
            span,
        });
        for (var, range) in outer.into_iter().rev() {
            block = Block::Loop(Loop {
                kind: LoopKind::For { var, range },
                body: Region::new(vec![block]),
                span,
            });
        }
        self.written(data);
        self.written(place);
        self.push(block);
    }

    /// A variable's array with the size that it has now.
    pub(super) fn sized_now(&mut self, value: Value, span: Span) -> Value {
        let Value::View(view) = &value else {
            return value;
        };
        let Some(sizes) = self.varying.get(&view.data).cloned() else {
            return value;
        };
        let capacity = self.sdfg.desc(view.data).shape.clone();
        if !view.is_whole(&capacity) {
            return value;
        }
        let mut shape = Vec::new();
        for (size, most) in sizes.into_iter().zip(&capacity) {
            shape.push(match size {
                None => most.clone(),
                Some(size) => Expr::from(self.assign(
                    "size",
                    Code::In(0),
                    vec![Memlet::scalar(size)],
                    Some(Expr::zero()),
                    Some(most.clone()),
                    span,
                )),
            });
        }
        Value::View(View {
            shape,
            ..view.clone()
        })
    }

    /// Which dimensions of a variable's new value may be smaller than its container; an error if one may be larger.
    pub(super) fn smaller(
        &mut self,
        name: &str,
        data: DataId,
        e: &Elem,
        span: Span,
    ) -> R<Vec<bool>> {
        let capacity = self.sdfg.desc(data).shape.clone();
        let extents = self.extents(e, span)?;
        let fits = extents.len() == capacity.len()
            && extents
                .iter()
                .zip(&capacity)
                .all(|(n, most)| self.facts.le(n, most));
        if fits {
            return Ok(extents
                .iter()
                .zip(&capacity)
                .map(|(n, most)| !self.facts.eq(n, most))
                .collect());
        }
        let show = |s: &[Expr]| {
            s.iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        };
        Err(self.error_hint(
            ErrorCode::Shape,
            span,
            format!(
                "`{name}` has shape ({}) before and ({}) here, inside a loop or branch",
                show(&capacity),
                show(&extents)
            ),
            "it may only become smaller: use another name, or slices of one array of the largest size",
        ))
    }

    /// Gives a variable whose size varies another value.
    pub(super) fn resize(&mut self, data: DataId, e: Elem, span: Span) -> R<()> {
        let extents = self.extents(&e, span)?;
        let view = View {
            shape: extents.clone(),
            ..View::whole(data, &extents)
        };
        if e.mask.is_some() {
            // Elements move to lower places only: the array can be compressed where it is.
            let here = |m: &Memlet| {
                m.data != data
                    || m.subset.as_point().is_some_and(
                        |p| matches!(p.as_slice(), [at] if at.as_sym() == Some(&axis(0))),
                    )
            };
            let apart = e.mask.as_ref().is_some_and(|m| m.view.data != data);
            if e.rank() == 1 && apart && e.inputs.iter().all(here) {
                self.compress_into(data, e, span);
            } else {
                let moved = self.compress("selected", e, span)?;
                let dtype = self.sdfg.desc(moved.data).dtype;
                self.store(&view, moved.elem(dtype), span)?;
            }
        } else {
            self.store(&view, e, span)?;
        }
        let capacity = self.sdfg.desc(data).shape.clone();
        let sizes = self.varying.get(&data).cloned().unwrap_or_default();
        for ((size, n), most) in sizes.into_iter().zip(extents).zip(capacity) {
            let Some(size) = size else { continue };
            let value = Elem::scalar(Code::Sym(n.clone()), DType::Int64);
            self.emit(&View::whole(size, &[]), value, None, span);
            if let Some(sym) = n.as_sym() {
                // Until it changes again the size has this name.
                self.assigned.push(Assigned {
                    code: Code::In(0),
                    inputs: vec![Memlet::scalar(size)],
                    versions: vec![self.version(size)],
                    low: Some(Expr::zero()),
                    high: Some(most),
                    sym: sym.clone(),
                });
            }
        }
        Ok(())
    }

    /// Containers for the sizes of a variable's array along these dimensions, with the sizes that it has.
    pub(super) fn vary(&mut self, name: &str, data: DataId, dims: &[bool], span: Span) {
        let shape = self.sdfg.desc(data).shape.clone();
        let mut sizes = Vec::new();
        for (n, varies) in shape.into_iter().zip(dims) {
            sizes.push(varies.then(|| {
                let value = Elem::scalar(Code::Sym(n), DType::Int64);
                self.scalar_container(&format!("{name}_size"), value, span)
            }));
        }
        self.varying.insert(data, sizes);
    }
}
