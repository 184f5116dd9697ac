//! Subscripts: integers, slices, ellipsis, `None`, boolean masks and integer arrays.

use super::value::{Elem, Mask, Value, View, axis};
use super::{HeldMask, Lowerer, R};
use crate::diag::{ErrorCode, Span};
use crate::sdfg::{BinOp, Code, DType, Memlet, Role};
use crate::symbolic::{Expr, Subset};

/// One entry of a subscript.
enum Entry {
    Index(Expr),
    /// Start, step and number of elements.
    Slice(Expr, i64, Expr),
    New,
    /// An integer array.
    Array(Elem),
}

/// Where a subscripted assignment goes.
pub(super) enum Place {
    View(View),
    /// Elements chosen by integer arrays: the container view and, for each of its axes, the index code over the connectors of the element.
    Scatter {
        base: View,
        index: Elem,
        codes: Vec<Code>,
    },
}

impl Lowerer<'_> {
    /// An integer index, wrapped if negative. A proof that it is outside is an error here; otherwise the access is checked.
    fn wrap_index(&mut self, x: &Expr, n: &Expr, index_of: (String, usize), span: Span) -> R<Expr> {
        if self.facts.le(n, x) || self.facts.lt(x, &-n) {
            return Err(self.error(
                ErrorCode::Index,
                span,
                format!("index {x} is out of bounds for a dimension of size {n}"),
            ));
        }
        if self.facts.is_nonneg(x) {
            return Ok(x.clone());
        }
        if self.facts.lt(x, &Expr::zero()) {
            return Ok(x + n);
        }
        let code = Code::select(
            Code::bin(BinOp::Lt, Code::Sym(x.clone()), Code::int(0)),
            self.wrapped_sum(x, n),
            Code::Sym(x.clone()),
        );
        Ok(Expr::from(self.assign_as(
            "at",
            code,
            Vec::new(),
            Some(Expr::zero()),
            Some(n - 1),
            Some(Role::Index(index_of.0, index_of.1)),
            span,
        )))
    }

    /// A dimension of an array as messages name it: the container's own, where the array has one.
    fn dimension_name(&self, array: Option<&View>, dim: usize) -> (String, usize) {
        let Some(view) = array else {
            return ("an expression".into(), dim);
        };
        let own = view.index.iter().position(|e| e.contains(&axis(dim)));
        (self.sdfg.desc(view.data).name.clone(), own.unwrap_or(dim))
    }

    /// Start, step and count of `lower:upper:step` on a dimension of size `n`, as Python's `slice.indices` finds them.
    fn slice(&mut self, parts: &[Option<Value>; 3], n: &Expr, span: Span) -> R<(Expr, i64, Expr)> {
        let part = |this: &mut Self, k: usize| -> R<Option<Expr>> {
            match &parts[k] {
                None | Some(Value::None) => Ok(None),
                Some(v) => {
                    let e = this.scalar(v.clone(), span)?;
                    this.symbolize(&e, span).map(Some)
                }
            }
        };
        let (lower, upper, step) = (part(self, 0)?, part(self, 1)?, part(self, 2)?);
        let step = match step {
            None => 1,
            Some(s) => match s.as_int() {
                Some(0) => {
                    return Err(self.error(ErrorCode::Value, span, "slice step cannot be zero"));
                }
                // As Python does: the other way round, it has to be a number of 64 bits as well.
                Some(s) => s.max(-i64::MAX),
                None => {
                    return Err(self.error_hint(
                        ErrorCode::Unsupported,
                        span,
                        "a slice step must be a constant",
                        "use range(begin, end, step) in a loop",
                    ));
                }
            },
        };
        let zero = Expr::zero();
        if step > 0 {
            // A start beyond the end, or an end before the start, gives no elements: neither needs clipping on that side.
            let start = match lower {
                None => zero.clone(),
                Some(x) if self.facts.is_nonneg(&x) => x,
                Some(x) if self.facts.lt(&x, &zero) => {
                    let y = &x + n;
                    if self.facts.is_nonneg(&y) { y } else { y.pos() }
                }
                Some(x) => self.clip(&x, n, 0, n, span),
            };
            let stop = match upper {
                None => n.clone(),
                Some(x) if self.facts.is_nonneg(&x) => {
                    if self.facts.le(&x, n) {
                        x
                    } else {
                        x.minimum(n)
                    }
                }
                Some(x) if self.facts.lt(&x, &zero) => &x + n,
                Some(x) => self.clip(&x, n, 0, n, span),
            };
            let span_ = &stop - &start;
            let count = if step == 1 {
                span_
            } else {
                span_.ceil_div(&Expr::int(step))
            };
            let count = if self.facts.is_nonneg(&count) {
                count
            } else {
                count.pos()
            };
            Ok((start, step, count))
        } else {
            let last = n - 1;
            let start = match lower {
                None => last.clone(),
                Some(x) if self.facts.is_nonneg(&x) => {
                    if self.facts.le(&x, &last) {
                        x
                    } else {
                        x.minimum(&last)
                    }
                }
                Some(x) if self.facts.lt(&x, &zero) => &x + n,
                Some(x) => self.clip(&x, n, -1, &last, span),
            };
            let stop = match upper {
                None => Expr::int(-1),
                Some(x) if self.facts.is_nonneg(&x) => x,
                Some(x) if self.facts.lt(&x, &zero) => (&x + n).maximum(&Expr::int(-1)),
                Some(x) => self.clip(&x, n, -1, n, span),
            };
            let count = (&start - &stop).ceil_div(&Expr::int(-step));
            let count = if self.facts.is_nonneg(&count) {
                count
            } else {
                count.pos()
            };
            Ok((start, step, count))
        }
    }

    /// `x + n` for a negative `x`: it fits, but the facts do not know the sign.
    fn wrapped_sum(&self, x: &Expr, n: &Expr) -> Code {
        let sum = x + n;
        Code::Sym(self.facts.wrapped(&sum).unwrap_or(sum))
    }

    /// A slice bound of unknown sign: wrapped, and clipped to `low..=high` at run time.
    fn clip(&mut self, x: &Expr, n: &Expr, low: i64, high: &Expr, span: Span) -> Expr {
        let code = Code::select(
            Code::bin(BinOp::Lt, Code::Sym(x.clone()), Code::int(0)),
            Code::bin(BinOp::Max, self.wrapped_sum(x, n), Code::int(low)),
            Code::bin(BinOp::Min, Code::Sym(x.clone()), Code::Sym(high.clone())),
        );
        let (low, high) = (Some(Expr::int(low)), Some(high.clone()));
        Expr::from(self.assign("at", code, Vec::new(), low, high, span))
    }

    /// The entries of a subscript on an array of this shape, `...` filled in. A boolean mask is returned apart.
    fn entries(
        &mut self,
        index: Value,
        shape: &[Expr],
        array: Option<&View>,
        span: Span,
    ) -> R<(Vec<Entry>, Option<Mask>)> {
        let items = match index {
            Value::Tuple(items) => items,
            one => vec![one],
        };
        if let [one] = items.as_slice()
            && let Some(mask) = self.mask_of(one, shape, span)?
        {
            return Ok((Vec::new(), Some(mask)));
        }
        let used = items
            .iter()
            .filter(|v| !matches!(v, Value::None | Value::Ellipsis))
            .count();
        if used > shape.len() {
            return Err(self.error(
                ErrorCode::Index,
                span,
                format!(
                    "too many indices: the array has {} dimension(s), {used} were given",
                    shape.len()
                ),
            ));
        }
        if items
            .iter()
            .filter(|v| matches!(v, Value::Ellipsis))
            .count()
            > 1
        {
            return Err(self.error(
                ErrorCode::Index,
                span,
                "an index can have only one ellipsis",
            ));
        }
        let mut fill = shape.len() - used;
        let mut entries = Vec::new();
        let mut dim = 0;
        let whole = |dim: usize| Entry::Slice(Expr::zero(), 1, shape[dim].clone());
        for item in items {
            match item {
                Value::None => entries.push(Entry::New),
                Value::Ellipsis => {
                    for _ in 0..std::mem::take(&mut fill) {
                        entries.push(whole(dim));
                        dim += 1;
                    }
                }
                Value::Slice(parts) => {
                    let (start, step, count) = self.slice(&parts, &shape[dim], span)?;
                    entries.push(Entry::Slice(start, step, count));
                    dim += 1;
                }
                other => {
                    let e = self.elem(other, span)?;
                    if e.dtype == DType::Bool && e.rank() == 1 {
                        // As the integer array of the places that it selects.
                        let n = std::slice::from_ref(&shape[dim]);
                        if let Some(mask) = self.mask_of(&Value::Elem(e), n, span)? {
                            let places = Elem {
                                shape: n.to_vec(),
                                mask: Some(mask),
                                ..Elem::scalar(Code::Sym(Expr::sym(axis(0))), DType::Int64)
                            };
                            let places = self.compress("places", places, span)?;
                            entries.push(Entry::Array(places.elem(DType::Int64)));
                        }
                        dim += 1;
                        continue;
                    }
                    if e.dtype == DType::Bool && !e.shape.is_empty() {
                        return Err(self.error_hint(
                            ErrorCode::Unsupported,
                            span,
                            "a boolean array of several dimensions mixed with other indices is not supported",
                            "use np.where",
                        ));
                    }
                    if !e.dtype.is_int() {
                        return Err(self.error_hint(
                            ErrorCode::Index,
                            span,
                            format!(
                                "an index must be an integer, a slice or a mask, found {}",
                                e.dtype
                            ),
                            "convert with int(…) or .astype(np.int64)",
                        ));
                    }
                    if e.shape.is_empty() {
                        let x = self.symbolize(&e, span)?;
                        let x = self.unwrapped(x);
                        let of = self.dimension_name(array, dim);
                        let x = self.wrap_index(&x, &shape[dim], of, span)?;
                        entries.push(Entry::Index(x));
                    } else {
                        entries.push(Entry::Array(e));
                    }
                    dim += 1;
                }
            }
        }
        while dim < shape.len() {
            entries.push(whole(dim));
            dim += 1;
        }
        Ok((entries, None))
    }

    /// The mask, if a value is a boolean array that selects from an array of this shape.
    fn mask_of(&mut self, value: &Value, shape: &[Expr], span: Span) -> R<Option<Mask>> {
        let e = match value {
            Value::View(v) if self.sdfg.desc(v.data).dtype == DType::Bool && v.rank() > 0 => {
                v.elem(DType::Bool)
            }
            Value::Elem(e) if e.dtype == DType::Bool && e.rank() > 0 => e.clone(),
            _ => return Ok(None),
        };
        if e.rank() > shape.len() {
            return Err(self.error(
                ErrorCode::Index,
                span,
                format!(
                    "a mask of rank {} cannot select from an array of rank {}",
                    e.rank(),
                    shape.len()
                ),
            ));
        }
        for (m, n) in e.shape.iter().zip(shape) {
            if self.facts.eq(m, n) {
                continue;
            }
            if self.facts.ne(m, n) || !(self.is_runtime(m) || self.is_runtime(n)) {
                return Err(self.error(
                    ErrorCode::Index,
                    span,
                    format!("the mask's size {m} does not match the array's size {n}"),
                ));
            }
            self.check_equal(m, n, span);
        }
        let view = match value {
            Value::View(v) => v.clone(),
            _ => self.held_mask(e)?,
        };
        let version = self.version(view.data);
        Ok(Some(Mask {
            view: Box::new(view),
            version,
        }))
    }

    /// Where the values of a condition are; computed once in a statement while its operands are unchanged.
    fn held_mask(&mut self, e: Elem) -> R<View> {
        let versions: Vec<u32> = e.inputs.iter().map(|m| self.version(m.data)).collect();
        if let Some(known) = self.masks.iter().find(|m| {
            m.code == e.code && m.inputs == e.inputs && m.shape == e.shape && m.versions == versions
        }) {
            return Ok(known.view.clone());
        }
        let (code, inputs, shape) = (e.code.clone(), e.inputs.clone(), e.shape.clone());
        let view = self.stored_view(e)?;
        self.masks.push(HeldMask {
            code,
            inputs,
            shape,
            versions,
            view: view.clone(),
        });
        Ok(view)
    }

    /// `value[index]`.
    pub(super) fn subscript(&mut self, value: Value, index: Value, span: Span) -> R<Value> {
        match value {
            Value::Tuple(items) | Value::List(items) => {
                return self.subscript_tuple(items, index, span);
            }
            Value::Poison => return Err(super::Stop),
            Value::View(_) | Value::Elem(_) => {}
            Value::Undefined(..) => return Err(self.undefined(&value, span)),
            other => {
                return Err(self.error(
                    ErrorCode::Type,
                    span,
                    format!("{} cannot be subscripted", other.kind()),
                ));
            }
        }
        let value = self.unmasked(value, span)?;
        let (shape, array) = match &value {
            Value::View(v) => (v.shape.clone(), Some(v)),
            Value::Elem(e) => (e.shape.clone(), None),
            _ => return Err(super::Stop),
        };
        let (entries, mask) = self.entries(index, &shape, array, span)?;
        if let Some(mask) = mask {
            return Ok(match value {
                Value::View(v) => Value::View(View {
                    mask: Some(mask),
                    ..v
                }),
                Value::Elem(e) => Value::Elem(Elem {
                    mask: Some(mask),
                    ..e
                }),
                other => other,
            });
        }
        if entries.iter().any(|e| matches!(e, Entry::Array(_))) {
            let view = match value {
                Value::View(v) => v,
                other => {
                    let e = self.elem(other, span)?;
                    self.stored_view(e)?
                }
            };
            return self.gather(&view, &entries, span).map(Value::Elem);
        }
        let (mapping, shape) = basic(&entries);
        Ok(match value {
            Value::View(v) => {
                let view = reindex_view(&v, &mapping, shape);
                if view.shape.is_empty() {
                    let dtype = self.sdfg.desc(view.data).dtype;
                    Value::Elem(view.elem(dtype))
                } else {
                    Value::View(view)
                }
            }
            Value::Elem(e) => Value::Elem(e.reindex(&mapping, shape)),
            other => other,
        })
    }

    /// A selection as an array.
    pub(super) fn unmasked(&mut self, value: Value, span: Span) -> R<Value> {
        Ok(match value {
            Value::View(View { mask: Some(_), .. }) | Value::Elem(Elem { mask: Some(_), .. }) => {
                let e = self.elem(value, span)?;
                Value::View(self.compress("selected", e, span)?)
            }
            other => other,
        })
    }

    fn subscript_tuple(&mut self, items: Vec<Value>, index: Value, span: Span) -> R<Value> {
        if let Value::Slice(parts) = &index {
            let n = Expr::int(items.len() as i64);
            let (start, step, count) = self.slice(parts, &n, span)?;
            if let (Some(start), Some(count)) = (start.as_int(), count.as_int()) {
                return Ok(Value::Tuple(
                    (0..count)
                        .filter_map(|k| items.get((start + k * step) as usize).cloned())
                        .collect(),
                ));
            }
        }
        let e = self.scalar(index, span)?;
        let n = items.len() as i64;
        match e.symbolic(&self.facts).and_then(|e| e.as_int()) {
            Some(k) if k >= -n && k < n => {
                Ok(items[(if k < 0 { k + n } else { k }) as usize].clone())
            }
            Some(k) => Err(self.error(
                ErrorCode::Index,
                span,
                format!("index {k} is out of range for {n} items"),
            )),
            None => {
                // A list of numbers indexed at run time is an array.
                let array = self.array_of(items, None, span)?;
                let view = self.stored_view(array)?;
                self.subscript(Value::View(view), Value::Elem(e), span)
            }
        }
    }

    /// Reads through integer arrays: `x[cols]`, `A[rows, cols]`, `A[rows, :]`.
    fn gather(&mut self, view: &View, entries: &[Entry], span: Span) -> R<Elem> {
        let (mut carrier, codes, shape) = self.advanced(view, entries, span)?;
        let desc = self.sdfg.desc(view.data);
        let (whole, dtype) = (Subset::whole(&desc.shape), desc.dtype);
        // In container coordinates: axes of the view replaced by their codes.
        let index: R<Vec<Code>> = view
            .index
            .clone()
            .iter()
            .map(|e| self.substitute_axes(e, &codes, span))
            .collect();
        let conn = carrier.inputs.len();
        carrier.inputs.push(Memlet::new(view.data, whole).dynamic());
        carrier.code = Code::Load(conn, index?);
        carrier.dtype = dtype;
        carrier.shape = shape;
        carrier.weak = false;
        Ok(carrier)
    }

    /// An index expression of a view as code, where an axis may be a computed index.
    fn substitute_axes(&mut self, e: &Expr, codes: &[Code], span: Span) -> R<Code> {
        let axes = super::elementwise::axes_of(e);
        let symbolic: Vec<Option<&Expr>> = codes
            .iter()
            .map(|c| if let Code::Sym(e) = c { Some(e) } else { None })
            .collect();
        if axes
            .iter()
            .all(|k| symbolic.get(*k).is_some_and(Option::is_some))
        {
            return Ok(Code::Sym(e.subs(&|s| {
                super::value::axis_number(s)
                    .and_then(|k| symbolic.get(k).copied().flatten().cloned())
            })));
        }
        if let [k] = axes.as_slice()
            && let Some((a, b)) = e.linear_in(&axis(*k))
        {
            let scaled = if a.as_int() == Some(1) {
                codes[*k].clone()
            } else {
                Code::bin(BinOp::Mul, Code::Sym(a), codes[*k].clone())
            };
            return Ok(if b.is_zero() {
                scaled
            } else {
                Code::bin(BinOp::Add, scaled, Code::Sym(b))
            });
        }
        Err(self.error_hint(
            ErrorCode::Unsupported,
            span,
            "indexing a reshaped view by integer arrays is not supported",
            "copy the reshaped array first: .copy()",
        ))
    }

    /// The result axes of an advanced subscript: carrier with the index arrays' connectors, code of each axis of the view, result shape.
    fn advanced(
        &mut self,
        view: &View,
        entries: &[Entry],
        span: Span,
    ) -> R<(Elem, Vec<Code>, Vec<Expr>)> {
        // The shape that the index arrays broadcast to.
        let mut joint: Vec<Expr> = Vec::new();
        let mut masks: Vec<Option<Mask>> = Vec::new();
        for e in entries {
            if let Entry::Array(e) = e {
                joint = self.broadcast_shapes(&joint, &e.shape, span)?;
                masks.push(e.mask.clone());
            }
        }
        // Selected indices: the same selection of each.
        let mask = masks.first().cloned().flatten();
        let alike = masks.iter().all(|m| *m == mask);
        if !alike || mask.as_ref().is_some_and(|m| m.view.rank() != joint.len()) {
            return Err(self.error_hint(
                ErrorCode::Shape,
                span,
                "indices selected by different masks cannot be combined",
                "select all of them with the same boolean array",
            ));
        }
        // An integer beside index arrays takes part in the advanced index.
        let participates = |e: &Entry| matches!(e, Entry::Array(_) | Entry::Index(_));
        let first = entries.iter().position(participates).unwrap_or(0);
        let last = entries.iter().rposition(participates).unwrap_or(0);
        let together = entries[first..=last].iter().all(participates);
        // Position of the joint dimensions in the result: at the first index array, or in front when slices stand between.
        let mut shape: Vec<Expr> = Vec::new();
        let mut joint_at = 0;
        if together {
            for e in &entries[..first] {
                match e {
                    Entry::Slice(_, _, n) => shape.push(n.clone()),
                    Entry::New => shape.push(Expr::one()),
                    _ => {}
                }
            }
            joint_at = shape.len();
        }
        shape.extend(joint.iter().cloned());
        let mut carrier = Elem::scalar(Code::int(0), DType::Int64);
        let mut codes = Vec::new();
        let mut result_axis = 0;
        let mut dim = 0;
        for (at, entry) in entries.iter().enumerate() {
            let here = |k: usize| {
                if together && at < first {
                    k
                } else {
                    k + joint.len()
                }
            };
            match entry {
                Entry::New => {
                    if !(together && at < first) {
                        shape.push(Expr::one());
                    }
                    result_axis += 1;
                }
                Entry::Slice(start, step, n) => {
                    codes.push(Code::Sym(
                        start + Expr::sym(axis(here(result_axis))) * *step,
                    ));
                    if !(together && at < first) {
                        shape.push(n.clone());
                    }
                    result_axis += 1;
                    dim += 1;
                }
                Entry::Index(x) => {
                    codes.push(Code::Sym(x.clone()));
                    dim += 1;
                }
                Entry::Array(e) => {
                    let n = view.shape[dim].clone();
                    let e = self.cast(e.clone(), DType::Int64);
                    let e = self.broadcast(e, &joint)?;
                    let mapping: Vec<Expr> = (0..joint.len())
                        .map(|k| Expr::sym(axis(k + joint_at)))
                        .collect();
                    let e = e.reindex(&mapping, joint.clone());
                    let code = carrier.absorb(&e);
                    codes.push(Code::select(
                        Code::bin(BinOp::Lt, code.clone(), Code::int(0)),
                        Code::bin(BinOp::Add, code.clone(), Code::Sym(n)),
                        code,
                    ));
                    dim += 1;
                }
            }
        }
        if mask.is_some() && joint_at > 0 {
            return Err(self.error_hint(
                ErrorCode::Unsupported,
                span,
                "selected indices behind a slice are not supported",
                "copy the selection first: .copy()",
            ));
        }
        carrier.mask = mask;
        carrier.shape.clone_from(&shape);
        Ok((carrier, codes, shape))
    }

    /// The target of `base[index] = …`.
    pub(super) fn place(&mut self, base: Value, index: Value, span: Span) -> R<Place> {
        let view =
            match base {
                Value::View(v) if v.mask.is_none() => v,
                Value::View(_) => return Err(self.error_hint(
                    ErrorCode::Unsupported,
                    span,
                    "a selection by a boolean array is a copy: assigning into it changes nothing",
                    "write A[mask] = … directly",
                )),
                Value::Poison => return Err(super::Stop),
                Value::Undefined(..) => return Err(self.undefined(&base, span)),
                other => {
                    return Err(self.error(
                        ErrorCode::Type,
                        span,
                        format!("{} cannot be assigned into", other.kind()),
                    ));
                }
            };
        let (entries, mask) = self.entries(index, &view.shape, Some(&view), span)?;
        if let Some(mask) = mask {
            return Ok(Place::View(View {
                mask: Some(mask),
                ..view
            }));
        }
        if entries.iter().any(|e| matches!(e, Entry::Array(_))) {
            let (index, codes, _) = self.advanced(&view, &entries, span)?;
            return Ok(Place::Scatter {
                base: view,
                index,
                codes,
            });
        }
        let (mapping, shape) = basic(&entries);
        Ok(Place::View(reindex_view(&view, &mapping, shape)))
    }

    /// The codes of a scatter in container coordinates.
    pub(super) fn container_index(
        &mut self,
        base: &View,
        codes: &[Code],
        span: Span,
    ) -> R<Vec<Code>> {
        base.index
            .clone()
            .iter()
            .map(|e| self.substitute_axes(e, codes, span))
            .collect()
    }
}

/// How the axes of the source are expressed in the axes of the result, and the result's shape, for integers, slices and new axes.
fn basic(entries: &[Entry]) -> (Vec<Expr>, Vec<Expr>) {
    let mut mapping = Vec::new();
    let mut shape = Vec::new();
    for entry in entries {
        match entry {
            Entry::Index(x) => mapping.push(x.clone()),
            Entry::Slice(start, step, n) => {
                mapping.push(start + Expr::sym(axis(shape.len())) * *step);
                shape.push(n.clone());
            }
            Entry::New | Entry::Array(_) => shape.push(Expr::one()),
        }
    }
    (mapping, shape)
}

/// The view with other axes: `mapping[k]` gives axis `k` in terms of the new axes.
pub(super) fn reindex_view(view: &View, mapping: &[Expr], shape: Vec<Expr>) -> View {
    let index = view
        .index
        .iter()
        .map(|e| e.subs(&|s| super::value::axis_number(s).and_then(|k| mapping.get(k).cloned())))
        .collect();
    View {
        data: view.data,
        shape,
        index,
        mask: None,
    }
}
