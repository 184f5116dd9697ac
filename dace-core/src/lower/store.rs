//! From values to states: elementwise expressions become maps, reductions become maps with a write-conflict resolution.

use super::index::Place;
use super::value::{Elem, View, axis, axis_number};
use super::{Lowerer, R};
use crate::diag::{ErrorCode, Span};
use crate::sdfg::{
    Block, Code, Const, DType, DataId, Library, LibraryKind, Loop, LoopKind, Map, Memlet, Region,
    Schedule, State, Tasklet, Wcr,
};
use crate::symbolic::{Atom, Dim, Expr, Range, Subset, Sym};

/// `n` where a range `0:n` is meant: `max(0, d)` can be `d`, since a negative end is an empty range.
fn range_end(n: &Expr) -> Expr {
    if let [(mono, 1)] = n.terms()
        && let [(Atom::Pos(d), 1)] = mono.as_slice()
    {
        return (**d).clone();
    }
    n.clone()
}

impl Lowerer<'_> {
    /// The expression computed into a transient of its own: what reads it.
    pub(super) fn stored(&mut self, elem: Elem) -> R<Elem> {
        let (dtype, weak) = (elem.dtype, elem.weak);
        let view = self.stored_view(elem)?;
        Ok(Elem {
            weak,
            ..view.elem(dtype)
        })
    }

    /// The expression as an array in memory: the view itself if it is one, else a new transient.
    pub(super) fn stored_view(&mut self, elem: Elem) -> R<View> {
        self.stored_as("tmp", elem, Span::default())
    }

    pub(super) fn stored_as(&mut self, name: &str, elem: Elem, span: Span) -> R<View> {
        if elem.mask.is_some() {
            return self.compress(name, elem, span);
        }
        let data = self.new_transient(name, elem.dtype, elem.shape.clone(), span);
        let view = View::whole(data, &elem.shape);
        self.emit(&view, elem, None, span);
        Ok(view)
    }

    /// `view[...] = elem`, with NumPy's casting and broadcasting, as if the right-hand side were computed first.
    pub(super) fn store(&mut self, view: &View, elem: Elem, span: Span) -> R<()> {
        let dtype = self.sdfg.desc(view.data).dtype;
        if elem.dtype.is_complex() && !dtype.is_complex() {
            return Err(self.error_hint(
                ErrorCode::Type,
                span,
                format!("a complex value cannot be stored in a {dtype} array"),
                "take np.real(…) or np.abs(…)",
            ));
        }
        self.converts(&elem, dtype, span)?;
        self.check_stored(&elem, dtype, view.mask.is_some(), span)?;
        let mut elem = self.cast(elem, dtype);
        match (&view.mask, &elem.mask) {
            (None, Some(_)) => elem = self.stored(elem)?,
            (Some(_), None) if !elem.shape.is_empty() => {
                return Err(self.error_hint(
                    ErrorCode::Unsupported,
                    span,
                    "values for a masked assignment must be selected by the same mask",
                    "write A[mask] = B[mask], or use np.where",
                ));
            }
            (Some(a), Some(b)) if a != b => {
                return Err(self.error_hint(
                    ErrorCode::Shape,
                    span,
                    "the two sides select with different masks",
                    "select with the same boolean array, unchanged in between",
                ));
            }
            _ => {}
        }
        elem.mask = None;
        // Leading dimensions of size 1 on the right are dropped.
        while elem.rank() > view.rank() && elem.shape.first().and_then(Expr::as_int) == Some(1) {
            let mapping: Vec<Expr> = (0..elem.rank())
                .map(|k| {
                    if k == 0 {
                        Expr::zero()
                    } else {
                        Expr::sym(axis(k - 1))
                    }
                })
                .collect();
            let shape = elem.shape[1..].to_vec();
            elem = elem.reindex(&mapping, shape);
        }
        let joint = self.broadcast_shapes(&elem.shape, &view.shape, span)?;
        let grown = joint.len() > view.rank()
            || joint
                .iter()
                .zip(&view.shape)
                .any(|(a, b)| b.as_int() == Some(1) && a.as_int() != Some(1));
        if grown {
            let show = |s: &[Expr]| {
                s.iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            return Err(self.error(
                ErrorCode::Shape,
                span,
                format!(
                    "a value of shape ({}) cannot be stored in shape ({})",
                    show(&elem.shape),
                    show(&view.shape)
                ),
            ));
        }
        let elem = self.broadcast(elem, &view.shape.clone())?;
        let elem = self.without_hazards(view, elem)?;
        let guard = view.mask.as_ref().map(|m| m.view.elem(DType::Bool));
        self.emit(view, elem, guard, span);
        Ok(())
    }

    /// NumPy reads everything before it writes. Operands in the target's container that are not read at the very element that is written, and not
    /// provably apart from it, are copied before: the operand if it is smaller than the target, else the whole result.
    fn without_hazards(&mut self, view: &View, mut elem: Elem) -> R<Elem> {
        if view.rank() == 0 {
            return Ok(elem);
        }
        let mark = self.facts.mark();
        for (k, n) in view.shape.iter().enumerate() {
            self.facts.bound(&axis(k), Some(Expr::zero()), Some(n - 1));
        }
        let conflicts: Vec<usize> = (0..elem.inputs.len())
            .filter(|k| {
                elem.inputs[*k].data == view.data
                    && !self.same_or_apart(view, &elem.inputs[*k].subset)
            })
            .collect();
        self.facts.truncate(mark);
        for conn in conflicts {
            let axes: Vec<usize> = match elem.inputs[conn].subset.as_point() {
                Some(point) => (0..view.rank())
                    .filter(|k| point.iter().any(|e| e.contains(&axis(*k))))
                    .collect(),
                None => (0..view.rank()).collect(),
            };
            if axes.len() == view.rank() {
                return self.stored(elem);
            }
            let memlet = elem.inputs[conn].clone();
            let dtype = self.sdfg.desc(memlet.data).dtype;
            let compact: Vec<Expr> = (0..view.rank())
                .map(|k| {
                    axes.iter()
                        .position(|a| *a == k)
                        .map_or_else(Expr::zero, |p| Expr::sym(axis(p)))
                })
                .collect();
            let operand = Elem {
                shape: Vec::new(),
                code: Code::In(0),
                inputs: vec![memlet],
                dtype,
                weak: false,
                mask: None,
                typings: Vec::new(),
            }
            .reindex(
                &compact,
                axes.iter().map(|k| view.shape[*k].clone()).collect(),
            );
            let copy = self.stored_as("old", operand, Span::default())?;
            elem.inputs[conn] = Memlet::point(copy.data, axes.iter().map(|k| Expr::sym(axis(*k))));
        }
        Ok(elem)
    }

    /// Whether a read touches only the element being written, or never one that the statement writes.
    fn same_or_apart(&self, view: &View, subset: &Subset) -> bool {
        if subset
            .as_point()
            .is_some_and(|p| p.iter().zip(&view.index).all(|(a, b)| *a == b))
        {
            return true;
        }
        subset.0.iter().zip(&view.index).any(|(read, write)| {
            let (low, high) = read.hull();
            // The range of each side over all elements of the statement.
            let range = |e: &Expr, upper: bool| {
                (0..view.rank()).try_fold(e.clone(), |e, k| {
                    if !e.contains(&axis(k)) {
                        return Some(e);
                    }
                    let (a, b) = e.linear_in(&axis(k))?;
                    Some(if (a.as_int()? > 0) == upper {
                        a * (&view.shape[k] - 1) + b
                    } else {
                        b
                    })
                })
            };
            match (
                range(&low, false),
                range(&high, true),
                range(write, false),
                range(write, true),
            ) {
                (Some(low), Some(high), Some(first), Some(last)) => {
                    self.facts.lt(&high, &first) || self.facts.lt(&last, &low)
                }
                _ => false,
            }
        })
    }

    /// The state that stores `elem` (of the view's shape) through a view, where the guard holds.
    pub(super) fn emit(&mut self, view: &View, elem: Elem, guard: Option<Elem>, span: Span) {
        self.emit_with(view, elem, guard, None, span);
    }

    fn emit_with(
        &mut self,
        view: &View,
        mut elem: Elem,
        guard: Option<Elem>,
        wcr: Option<Wcr>,
        span: Span,
    ) {
        let guard = guard.map(|g| elem.absorb(&g));
        let mut output = Memlet::point(view.data, view.index.iter().cloned());
        output.wcr = wcr;
        output.dynamic = guard.is_some();
        let tasklet = Tasklet {
            guard,
            ..Tasklet::new("compute", elem.code, span)
        };
        self.emit_tasklet(&elem.shape, tasklet, elem.inputs, output, span);
    }

    /// A tasklet over all elements of a shape; code and memlets are in terms of the axis symbols.
    fn emit_tasklet(
        &mut self,
        shape: &[Expr],
        tasklet: Tasklet,
        inputs: Vec<Memlet>,
        output: Memlet,
        span: Span,
    ) {
        self.written(output.data);
        let (params, ranges, replace) = self.parameters(shape);
        let mut state = State::of_tasklet(tasklet, inputs, output);
        state.subs(&|s| axis_number(s).and_then(|k| replace.get(k).cloned()));
        if params.is_empty() {
            self.push(Block::State(state));
            return;
        }
        let map = Map {
            name: "map".into(),
            params,
            ranges,
            schedule: Schedule::Default,
            body: Region::new(vec![Block::State(state)]),
            explicit: false,
            span,
        };
        self.push(Block::State(State::of_map(map)));
    }

    /// Map parameters for a shape: dimensions of size 1 have none.
    fn parameters(&mut self, shape: &[Expr]) -> (Vec<Sym>, Vec<Range>, Vec<Expr>) {
        let (mut params, mut ranges, mut replace) = (Vec::new(), Vec::new(), Vec::new());
        for (k, n) in shape.iter().enumerate() {
            if n.as_int() == Some(1) {
                replace.push(Expr::zero());
                continue;
            }
            let sym = self.fresh(["i", "j", "k", "l", "m"].get(k).unwrap_or(&"n"));
            replace.push(Expr::sym(sym.clone()));
            params.push(sym);
            ranges.push(Range::upto(range_end(n)));
        }
        (params, ranges, replace)
    }

    /// Assigns through integer arrays. Indices may repeat: as in NumPy the last assignment wins, so this is a loop.
    pub(super) fn scatter(
        &mut self,
        base: &View,
        index: &Elem,
        codes: &[Code],
        value: Elem,
        span: Span,
    ) -> R<()> {
        let dtype = self.sdfg.desc(base.data).dtype;
        self.check_stored(&value, dtype, true, span)?;
        let mut value = self.cast(value, dtype);
        let fits = match (&index.mask, &value.mask) {
            (Some(_), None) => value.shape.is_empty(),
            (a, b) => a == b,
        };
        if !fits {
            return Err(self.error_hint(
                ErrorCode::Shape,
                span,
                "the indices and the values are selected differently",
                "select both with the same boolean array",
            ));
        }
        value.mask = None;
        let joint = self.broadcast_shapes(&value.shape, &index.shape, span)?;
        if joint.len() > index.rank() {
            return Err(self.error(
                ErrorCode::Shape,
                span,
                "the value has more dimensions than the indexed place",
            ));
        }
        let mut value = self.broadcast(value, &index.shape.clone())?;
        if value.inputs.iter().any(|m| m.data == base.data) {
            value = self.stored(value)?;
        }
        let codes = self.container_index(base, codes, span)?;
        let mut carrier = index.clone();
        // The index codes are in terms of the carrier's connectors; the value is added behind.
        let code = carrier.absorb(&value);
        let whole = Subset::whole(&self.sdfg.desc(base.data).shape);
        let guard = carrier.mask.take().map(|m| m.view.elem(DType::Bool));
        let tasklet = Tasklet {
            guard: guard.map(|g| carrier.absorb(&g)),
            index: Some(codes),
            ..Tasklet::new("scatter", code, span)
        };
        let output = Memlet::new(base.data, whole).dynamic();
        self.written(base.data);
        let (params, ranges, replace) = self.parameters(&carrier.shape);
        let mut state = State::of_tasklet(tasklet, carrier.inputs, output);
        state.subs(&|s| axis_number(s).and_then(|k| replace.get(k).cloned()));
        let mut block = Block::State(state);
        for (var, range) in params.into_iter().zip(ranges).rev() {
            block = Block::Loop(Loop {
                kind: LoopKind::For { var, range },
                body: Region::new(vec![block]),
                span,
            });
        }
        self.push(block);
        Ok(())
    }

    /// Adds values to elements of a vector chosen by integers in bounds, where the guard holds. Unlike in an assignment, elements may be chosen
    /// more than once.
    pub(super) fn accumulate(
        &mut self,
        sums: &View,
        index: Elem,
        value: Elem,
        guard: Option<Elem>,
        span: Span,
    ) {
        let shape = index.shape.clone();
        let mut carrier = index;
        let index = vec![carrier.code.clone()];
        let code = carrier.absorb(&value);
        let tasklet = Tasklet {
            guard: guard.map(|g| carrier.absorb(&g)),
            index: Some(index),
            ..Tasklet::new("accumulate", code, span)
        };
        let output = Memlet::new(sums.data, Subset::whole(&sums.shape))
            .with_wcr(Wcr::Sum)
            .dynamic();
        self.emit_tasklet(&shape, tasklet, carrier.inputs, output, span);
    }

    /// Stores into any place that a subscript names.
    pub(super) fn store_place(&mut self, place: &Place, value: Elem, span: Span) -> R<()> {
        match place {
            Place::View(view) => self.store(view, value, span),
            Place::Scatter { base, index, codes } => self.scatter(base, index, codes, value, span),
        }
    }

    /// Combines all elements along the axes: an initialisation with the operation's identity, and a map that accumulates. The result has the remaining axes, in order.
    pub(super) fn reduce(&mut self, elem: Elem, axes: &[usize], wcr: Wcr, span: Span) -> R<View> {
        let dtype = elem.dtype;
        let kept: Vec<usize> = (0..elem.rank()).filter(|k| !axes.contains(k)).collect();
        let shape: Vec<Expr> = kept.iter().map(|k| elem.shape[*k].clone()).collect();
        if elem.mask.is_some() && !kept.is_empty() {
            return Err(self.error_hint(
                ErrorCode::Unsupported,
                span,
                "a selection by a boolean array is one-dimensional: it can only be reduced whole",
                "leave out axis",
            ));
        }
        let out = self.new_transient("acc", dtype, shape.clone(), span);
        let view = View::whole(out, &shape);
        let identity = match (wcr, dtype) {
            // Complex numbers have no infinities to start from; lexicographic order is handled by the caller.
            (Wcr::Min | Wcr::Max, d) if d.is_complex() => {
                return Err(self.error(
                    ErrorCode::Unsupported,
                    span,
                    "minimum and maximum of complex numbers are not supported",
                ));
            }
            _ => wcr.identity(dtype),
        };
        self.emit(
            &view,
            Elem {
                shape,
                ..Elem::scalar(Code::Const(identity), dtype)
            },
            None,
            span,
        );
        // Kept axes first, then the reduced ones: accumulation runs innermost.
        let order: Vec<usize> = kept.iter().chain(axes).copied().collect();
        let mapping: Vec<Expr> = (0..elem.rank())
            .map(|k| Expr::sym(axis(order.iter().position(|o| *o == k).unwrap_or(0))))
            .collect();
        let shape = order.iter().map(|k| elem.shape[*k].clone()).collect();
        let guard = match elem.mask.clone() {
            None => None,
            Some(mask) => {
                let mut guard = mask.view.elem(DType::Bool);
                guard.subs(&|s| axis_number(s).and_then(|k| mapping.get(k).cloned()));
                Some(guard)
            }
        };
        let elem = Elem { mask: None, ..elem }.reindex(&mapping, shape);
        self.emit_with(&view, elem, guard, Some(wcr), span);
        Ok(view)
    }

    /// The number of elements that a mask selects, as a float or integer scalar in memory.
    pub(super) fn count_selected(&mut self, elem: &Elem, dtype: DType, span: Span) -> R<View> {
        let one = Elem {
            code: Code::Const(Const::from_i64(1, dtype)),
            inputs: Vec::new(),
            dtype,
            ..elem.clone()
        };
        let axes: Vec<usize> = (0..one.rank()).collect();
        self.reduce(one, &axes, Wcr::Sum, span)
    }

    /// A library node with operands in memory; gives the result.
    pub(super) fn library(
        &mut self,
        kind: LibraryKind,
        operands: Vec<Memlet>,
        name: &str,
        dtype: DType,
        shape: Vec<Expr>,
        span: Span,
    ) -> View {
        let out = self.new_transient(name, dtype, shape.clone(), span);
        self.written(out);
        let output = Memlet::new(out, Subset::whole(&shape));
        self.push(Block::State(State::of_library(
            Library { kind, span },
            operands,
            vec![output],
        )));
        View::whole(out, &shape)
    }

    /// An operand of a library node: a strided region whose axes stand in the container's order, or with the last two exchanged (then `true`).
    /// Anything else is copied first.
    pub(super) fn operand(&mut self, elem: Elem, may_transpose: bool) -> R<(Memlet, bool)> {
        if let (Code::In(0), [memlet], None) = (&elem.code, elem.inputs.as_slice(), &elem.mask)
            && let Some(point) = memlet.subset.as_point()
        {
            let view = View {
                data: memlet.data,
                shape: elem.shape.clone(),
                index: point.into_iter().cloned().collect(),
                mask: None,
            };
            if let Some((subset, order)) = view.region()
                && !self.broadcasts(&view)
            {
                let rank = order.len();
                if order.iter().enumerate().all(|(k, a)| k == *a) {
                    return Ok((Memlet::new(view.data, subset), false));
                }
                let mut exchanged: Vec<usize> = (0..rank).collect();
                if may_transpose && rank >= 2 {
                    exchanged.swap(rank - 1, rank - 2);
                    if order == exchanged {
                        return Ok((Memlet::new(view.data, subset), true));
                    }
                }
            }
        }
        let view = self.stored_as("operand", elem, Span::default())?;
        Ok((whole_memlet(&view), false))
    }

    /// Whether an axis does not move through memory.
    fn broadcasts(&self, view: &View) -> bool {
        (0..view.rank()).any(|k| !view.index.iter().any(|e| e.contains(&axis(k))))
    }

    /// A scalar in a container of its own.
    pub(super) fn scalar_container(&mut self, name: &str, elem: Elem, span: Span) -> DataId {
        let data = self.new_transient(name, elem.dtype, Vec::new(), span);
        self.emit(&View::whole(data, &[]), elem, None, span);
        data
    }
}

/// A stored array as an operand.
pub(super) fn whole_memlet(view: &View) -> Memlet {
    Memlet::new(
        view.data,
        Subset(
            view.shape
                .iter()
                .map(|n| Dim::Range(Range::upto(n.clone())))
                .collect(),
        ),
    )
}
