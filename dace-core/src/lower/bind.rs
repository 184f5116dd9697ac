//! Variables. In straight-line code a name is bound anew by every assignment. A scalar or array that is given another value in a loop or in one side of a
//! branch lives in a container of its own, which those assignments write ("demoted").

use super::value::{Elem, Mask, Typing, Value, View};
use super::{Assigned, Lowerer, R, elementwise, typing};
use crate::diag::{ErrorCode, Span};
use crate::sdfg::{Block, Code, DType, DataId, Region};
use crate::symbolic::Expr;
use crate::syntax::ast::{self, ExprKind, Stmt, StmtKind};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Where the value of an inlined function is bound.
pub(super) const RETURN: &str = "return";

/// The variables of one call.
#[derive(Clone)]
pub(super) struct Frame {
    pub vars: BTreeMap<String, Binding>,
    /// The frame whose variables a nested function sees.
    pub enclosing: Option<usize>,
    pub name: String,
}

#[derive(Clone)]
pub(super) struct Binding {
    pub value: Value,
    /// Assignments write this container.
    pub mutable: Option<DataId>,
    /// The value is not computed yet: containers it depends on, with the version they must still have.
    pub pins: Vec<(DataId, u32)>,
    pub span: Span,
}

/// All that lowering has made so far, to go back to.
pub(super) struct Snapshot {
    data: usize,
    versions: Vec<u32>,
    counter: u32,
    facts: crate::symbolic::Mark,
    region: usize,
    frames: Vec<Frame>,
    assigned: Vec<Assigned>,
    counts: Vec<(Mask, Expr)>,
    diagnostics: usize,
    returned: Option<Vec<Value>>,
    returns: Vec<DataId>,
    given: usize,
}

/// A variable turned out to need another container than it has.
pub(super) struct Promotion {
    frame: usize,
    name: String,
    container: Kind,
}
/// What containers hold the variables of a loop or branch.
pub(super) type Types = BTreeMap<String, Kind>;

#[derive(Clone)]
pub(super) struct Kind {
    dtype: DType,
    weak: bool,
    /// Of a scalar: every type that it is given.
    typings: Vec<Typing>,
    /// Dimensions along which the variable becomes smaller than its container.
    varies: Vec<bool>,
}

impl Lowerer<'_> {
    pub(super) fn frame(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// The variable's binding, in this function or those around it.
    fn find(&self, name: &str) -> Option<(usize, &Binding)> {
        let mut at = self.frames.len().checked_sub(1);
        while let Some(k) = at {
            if let Some(b) = self.frames[k].vars.get(name) {
                return Some((k, b));
            }
            at = self.frames[k].enclosing;
        }
        None
    }

    /// The value of a name; the frame, where it is a local of one.
    pub(super) fn lookup(&mut self, name: &str, span: Span) -> R<(Value, Option<usize>)> {
        if let Some((frame, b)) = self.find(name) {
            let (value, pins) = (b.value.clone(), b.pins.clone());
            if matches!(value, Value::Undefined(..)) {
                return Err(self.undefined(&value, span));
            }
            if matches!(value, Value::Poison) {
                return Err(super::Stop);
            }
            if pins.iter().any(|(d, v)| self.version(*d) != *v) {
                return Err(self.error_hint(
                    ErrorCode::Alias,
                    span,
                    format!(
                        "`{name}` is a selection of unknown size whose array has changed since"
                    ),
                    "use it before the change, or select again",
                ));
            }
            self.pinned
                .extend(pins.into_iter().map(|(d, v)| (d, v, span)));
            return Ok((self.sized_now(value, span), Some(frame)));
        }
        let in_library = |f: &Frame| f.name.starts_with(super::numpy::LIBRARY_PREFIX);
        if self.frames.iter().any(in_library)
            && let Some(v) = super::numpy::builtin(name)
        {
            return Ok((v, None));
        }
        if let Some(v) = self.globals.values.get(name) {
            let v = v.clone();
            if let Value::Elem(e) = &v
                && let Some(e) = e.symbolic(&self.facts)
            {
                for s in e.symbols() {
                    self.use_symbol(&s);
                }
            }
            return Ok((v, None));
        }
        if self.sdfg.symbols.iter().any(|s| s.as_str() == name) {
            return Ok((Value::Elem(Elem::py_int(Expr::sym(name))), None));
        }
        if let Some(f) = self.globals.functions.iter().find(|f| f.name == name) {
            return Ok((Value::Function(f.clone()), None));
        }
        if let Some(v) = super::numpy::builtin(name) {
            return Ok((v, None));
        }
        let known: Vec<String> = self
            .frames
            .iter()
            .flat_map(|f| f.vars.keys().cloned())
            .chain(self.globals.values.keys().cloned())
            .collect();
        let near = known.iter().find(|k| {
            k.eq_ignore_ascii_case(name)
                || (k.len() > 2
                    && name.len() > 2
                    && (k.starts_with(name) || name.starts_with(k.as_str())))
        });
        let hint = near.map_or_else(
            || "assign it before, or make it a parameter or a size in an annotation".to_owned(),
            |n| format!("did you mean `{n}`?"),
        );
        Err(self.error_hint(
            ErrorCode::UnknownName,
            span,
            format!("`{name}` is not defined"),
            hint,
        ))
    }

    /// Gives a name a value that needs no container.
    pub(super) fn bind_raw(&mut self, name: &str, value: Value, span: Span) {
        let binding = Binding {
            value,
            mutable: None,
            pins: Vec::new(),
            span,
        };
        self.frame().vars.insert(name.to_owned(), binding);
    }

    /// `name = value`.
    pub(super) fn bind(&mut self, name: &str, value: Value, span: Span) -> R<()> {
        let value = match value {
            Value::List(items) => {
                let e = self.array_of(items, None, span)?;
                Value::Elem(e)
            }
            other => other,
        };
        if let Some(data) = self.frame().vars.get(name).and_then(|b| b.mutable) {
            return self.rebind(name, data, value, span);
        }
        let mut pins = Vec::new();
        let value = match value {
            Value::Elem(e) if e.shape.is_empty() && e.mask.is_none() => {
                if e.inputs.is_empty()
                    && !matches!(e.code, Code::Bin(..) | Code::Select(..) | Code::Un(..))
                {
                    Value::Elem(e)
                } else {
                    let (dtype, weak, typings) = (e.dtype, e.weak, e.typings.clone());
                    let data = self.scalar_container(name, e, span);
                    Value::Elem(Elem {
                        weak,
                        typings,
                        ..View::whole(data, &[]).elem(dtype)
                    })
                }
            }
            Value::Elem(e) if e.mask.is_none() => Value::View(self.stored_as(name, e, span)?),
            Value::Elem(ref e) => {
                pins = e
                    .inputs
                    .iter()
                    .map(|m| (m.data, self.version(m.data)))
                    .collect();
                pins.extend(e.mask.iter().map(|m| (m.view.data, m.version)));
                value
            }
            Value::View(ref v) if v.mask.is_some() => {
                pins = vec![(v.data, self.version(v.data))];
                pins.extend(v.mask.iter().map(|m| (m.view.data, m.version)));
                value
            }
            other => other,
        };
        self.frame().vars.insert(
            name.to_owned(),
            Binding {
                value,
                mutable: None,
                pins,
                span,
            },
        );
        Ok(())
    }

    /// Assigns to a variable that lives in a container.
    fn rebind(&mut self, name: &str, data: DataId, value: Value, span: Span) -> R<()> {
        let (dtype, shape) = (
            self.sdfg.desc(data).dtype,
            self.sdfg.desc(data).shape.clone(),
        );
        let old_weak = matches!(self.frame().vars.get(name), Some(Binding { value: Value::Elem(e), .. }) if e.weak);
        if !matches!(value, Value::Elem(_) | Value::View(_)) {
            return Err(self.error(
                ErrorCode::Type,
                span,
                format!(
                    "`{name}` was {} before and becomes {} here, inside a loop or branch",
                    kind_of(&shape, dtype),
                    value.kind()
                ),
            ));
        }
        let e = self.elem(value, span)?;
        let varies = self.smaller(name, data, &e, span)?;
        let old = Elem {
            weak: old_weak,
            ..Elem::scalar(Code::int(0), dtype)
        };
        let joint = elementwise::result_type(
            &old,
            &Elem {
                shape: Vec::new(),
                ..e.clone()
            },
        );
        let weak = old_weak && e.weak;
        let held = self.held.get(&data).cloned().unwrap_or_default();
        let mut typings = Vec::new();
        if shape.is_empty() {
            let all = held.iter().copied().chain(e.possible());
            typings = typing::distinct(all.collect());
        }
        let wider = !typings.is_empty() && typings != held;
        let given = e.possible();
        let sizes = self.varying.get(&data);
        let sized = |k: usize| sizes.is_some_and(|s| s[k].is_some());
        let unsized_dim = (0..varies.len()).any(|k| varies[k] && !sized(k));
        if joint != dtype || weak != old_weak || unsized_dim || wider {
            let varies = (0..varies.len()).map(|k| varies[k] || sized(k)).collect();
            self.promotions.push(Promotion {
                frame: self.frames.len() - 1,
                name: name.to_owned(),
                container: Kind {
                    dtype: joint,
                    weak,
                    typings,
                    varies,
                },
            });
            if unsized_dim {
                // Lowered again.
                return Ok(());
            }
        }
        if !shape.is_empty() {
            self.keep_aliases(name, data, span)?;
        }
        self.check_fits(&e, dtype, span)?;
        let e = self.cast(e, dtype);
        if self.varying.contains_key(&data) {
            return self.resize(data, e, span);
        }
        if held.len() > 1
            && let Some(Binding {
                value: Value::Elem(e),
                ..
            }) = self.frame().vars.get_mut(name)
        {
            e.typings.clone_from(&given);
        }
        self.given.extend(given.into_iter().map(|t| (data, t)));
        self.store(&View::whole(data, &shape), e, span)
    }

    /// The types, at the head of a loop, of scalars that it assigns: of those in `any` all that their containers hold, of the others what they have before the
    /// loop, until it turns out that the loop gives them another.
    pub(super) fn types_at_head(
        &mut self,
        names: &Assignments,
        any: &dyn Fn(&str) -> bool,
    ) -> Vec<(String, DataId, Vec<Typing>)> {
        let last = self.frames.len() - 1;
        let mut at_head = Vec::new();
        for name in names.keys() {
            if let Some(Binding {
                value: Value::Elem(e),
                mutable: Some(data),
                ..
            }) = self.frames[last].vars.get_mut(name)
                && let Some(held) = self.held.get(data)
                && held.len() > 1
            {
                if any(name) || e.typings.is_empty() {
                    e.typings.clone_from(held);
                }
                at_head.push((name.clone(), *data, e.typings.clone()));
            }
        }
        at_head
    }

    /// The types after a loop are those at its head, if it has given no other since `mark`; else nothing.
    pub(super) fn types_after(
        &mut self,
        at_head: &[(String, DataId, Vec<Typing>)],
        mark: usize,
    ) -> bool {
        let known = |(data, typing): &(DataId, Typing)| {
            let mut of = at_head.iter().filter(|(_, d, _)| d == data);
            of.all(|(_, _, known)| known.contains(typing))
        };
        if !self.given.iter().skip(mark).all(known) {
            return false;
        }
        let frame = self.frame();
        for (name, data, typings) in at_head {
            if let Some(Binding {
                value: Value::Elem(e),
                mutable: Some(d),
                ..
            }) = frame.vars.get_mut(name)
                && d == data
            {
                e.typings.clone_from(typings);
            }
        }
        true
    }

    /// Other names for an array whose container is about to be given another variable value keep the old elements in a copy.
    fn keep_aliases(&mut self, name: &str, data: DataId, span: Span) -> R<()> {
        let here = self.frames.len() - 1;
        let aliases: Vec<(usize, String)> = self
            .frames
            .iter()
            .enumerate()
            .flat_map(|(k, f)| f.vars.iter().map(move |(n, b)| (k, n, b)))
            .filter(|(k, n, b)| {
                !(*k == here && *n == name) && matches!(&b.value, Value::View(v) if v.data == data)
            })
            .map(|(k, n, _)| (k, n.clone()))
            .collect();
        if aliases.is_empty() {
            return Ok(());
        }
        let shape = self.sdfg.desc(data).shape.clone();
        let dtype = self.sdfg.desc(data).dtype;
        let copy = self.stored_as(name, View::whole(data, &shape).elem(dtype), span)?;
        for (frame, alias) in aliases {
            if let Some(Binding {
                value: Value::View(v),
                ..
            }) = self.frames[frame].vars.get_mut(&alias)
            {
                v.data = copy.data;
            }
        }
        Ok(())
    }

    /// Gives each variable that the statements assign, and that has a value, a container for its changing values. Gives the names that changed, to be given to [`Self::promote`].
    pub(super) fn demote(&mut self, names: &Assignments, types: &Types) -> R<Vec<String>> {
        let mut demoted = Vec::new();
        for (name, assignment) in names {
            let Some(binding) = self.frame().vars.get(name).cloned() else {
                continue;
            };
            if binding.mutable.is_some() {
                continue;
            }
            let value = match self.sized_now(binding.value, binding.span) {
                Value::Elem(e) if e.mask.is_none() => e,
                Value::View(v) if v.mask.is_some() => {
                    let dtype = self.sdfg.desc(v.data).dtype;
                    self.stored(v.elem(dtype))?
                }
                Value::Elem(e) => self.stored(e)?,
                Value::View(v) if assignment.rebinds => {
                    let dtype = self.sdfg.desc(v.data).dtype;
                    v.elem(dtype)
                }
                _ => continue,
            };
            let Kind {
                dtype,
                weak,
                typings,
                varies,
            } = types.get(name).cloned().unwrap_or(Kind {
                dtype: value.dtype,
                weak: value.weak,
                typings: value.typings.clone(),
                varies: Vec::new(),
            });
            let now = value.possible();
            let value = Elem {
                weak,
                ..self.cast(value, dtype)
            };
            let shape = value.shape.clone();
            let data = self.new_transient(name, dtype, shape.clone(), binding.span);
            let view = View::whole(data, &shape);
            self.emit(&view, value, None, binding.span);
            let typings = if typings.len() > 1 {
                self.held.insert(data, typings);
                now
            } else {
                self.held.insert(data, now);
                Vec::new()
            };
            if varies.contains(&true) {
                self.vary(name, data, &varies, binding.span);
            }
            let value = if shape.is_empty() {
                Value::Elem(Elem {
                    weak,
                    typings,
                    ..view.elem(dtype)
                })
            } else {
                Value::View(view)
            };
            self.frame().vars.insert(
                name.clone(),
                Binding {
                    value,
                    mutable: Some(data),
                    pins: Vec::new(),
                    span: binding.span,
                },
            );
            demoted.push(name.clone());
        }
        Ok(demoted)
    }

    /// Takes the promotions that concern variables demoted here; true when there are any: lower again, with these types.
    pub(super) fn promote(&mut self, demoted: &[String], types: &mut Types) -> bool {
        let frame = self.frames.len() - 1;
        let (mine, others): (Vec<Promotion>, Vec<Promotion>) = std::mem::take(&mut self.promotions)
            .into_iter()
            .partition(|p| p.frame == frame && demoted.contains(&p.name));
        self.promotions = others;
        let any = !mine.is_empty();
        for Promotion {
            name, container, ..
        } in mine
        {
            let entry = types.entry(name).or_insert_with(|| container.clone());
            entry.dtype = entry.dtype.promote(container.dtype);
            entry.weak &= container.weak;
            let mut typings = std::mem::take(&mut entry.typings);
            typings.extend(container.typings);
            entry.typings = typing::distinct(typings);
            entry.varies.resize(container.varies.len(), false);
            for (all, one) in entry.varies.iter_mut().zip(container.varies) {
                *all |= one;
            }
        }
        any
    }

    /// Variables demoted for a loop or branch are bound anew by later assignments again.
    pub(super) fn undemote(&mut self, demoted: &[String]) {
        for name in demoted {
            if let Some(b) = self.frame().vars.get_mut(name) {
                b.mutable = None;
            }
        }
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            data: self.sdfg.data.len(),
            versions: self.versions.clone(),
            counter: self.counter,
            facts: self.facts.mark(),
            region: self.regions.last().map_or(0, Vec::len),
            frames: self.frames.clone(),
            assigned: self.assigned.clone(),
            counts: self.counts.clone(),
            diagnostics: self.diagnostics.len(),
            returned: self.returned.clone(),
            returns: self.sdfg.returns.clone(),
            given: self.given.len(),
        }
    }

    pub(super) fn restore(&mut self, s: &Snapshot) {
        for desc in self.sdfg.data.drain(s.data..) {
            self.names.free(&desc.name);
        }
        self.masks.retain(|m| (m.view.data.0 as usize) < s.data);
        self.versions.clone_from(&s.versions);
        self.counter = s.counter;
        self.facts.truncate(s.facts);
        if let Some(region) = self.regions.last_mut() {
            region.truncate(s.region);
        }
        self.frames.clone_from(&s.frames);
        self.assigned.clone_from(&s.assigned);
        self.counts.clone_from(&s.counts);
        self.varying.retain(|d, _| (d.0 as usize) < s.data);
        self.held.retain(|d, _| (d.0 as usize) < s.data);
        self.diagnostics.truncate(s.diagnostics);
        self.given.truncate(s.given);
        self.returned.clone_from(&s.returned);
        self.sdfg.returns.clone_from(&s.returns);
    }

    /// What holds after a loop: variables first assigned inside may have no value.
    pub(super) fn after_loop(&mut self, before: &Frame) {
        for (name, b) in &mut self.frame().vars {
            if !before.vars.contains_key(name)
                && !matches!(b.value, Value::Function(_) | Value::Poison)
            {
                b.value = Value::Undefined(b.span, "the loop that assigns it may not run".into());
            }
        }
    }

    /// What holds after a branch, from the variables at the end of both sides; copies go to the ends of the regions.
    pub(super) fn merge(&mut self, cond: &Code, sides: [(&mut Region, Frame, bool); 2]) {
        let [
            (then, then_frame, then_ends),
            (otherwise, else_frame, else_ends),
        ] = sides;
        if then_ends || else_ends {
            // Only one side goes on: its variables hold.
            *self.frame() = if then_ends { else_frame } else { then_frame };
            return;
        }
        let mut merged = BTreeMap::new();
        let mut names: Vec<String> = then_frame.vars.keys().cloned().collect();
        names.extend(
            else_frame
                .vars
                .keys()
                .filter(|n| !then_frame.vars.contains_key(*n))
                .cloned(),
        );
        for name in names {
            let binding = match (then_frame.vars.get(&name), else_frame.vars.get(&name)) {
                (Some(a), Some(b)) => {
                    let value =
                        self.merge_values(&name, cond, &a.value, &b.value, then, otherwise, a.span);
                    Binding {
                        value,
                        mutable: a.mutable.filter(|m| Some(*m) == b.mutable),
                        pins: a.pins.clone(),
                        span: a.span,
                    }
                }
                (Some(b), None) | (None, Some(b)) => {
                    let value = if matches!(b.value, Value::Poison) {
                        Value::Poison
                    } else {
                        Value::Undefined(
                            b.span,
                            "it is assigned on one side of a branch only".into(),
                        )
                    };
                    Binding {
                        value,
                        mutable: None,
                        pins: Vec::new(),
                        span: b.span,
                    }
                }
                (None, None) => continue,
            };
            merged.insert(name, binding);
        }
        self.frame().vars = merged;
    }

    /// One shape for the results of both sides of a branch. Where sizes are equal on one side only, since the condition says so, the size of the other
    /// side is that of both: after `if N == M`, an `(N, N)` array and an `(N, M)` array have shape `(N, M)`.
    fn merge_shapes(
        &mut self,
        cond: &Code,
        then: &[Expr],
        otherwise: &[Expr],
    ) -> Option<Vec<Expr>> {
        if then.len() != otherwise.len() {
            return None;
        }
        let mut equal_where = |holds: bool, m: &Expr, n: &Expr| {
            let mark = self.facts.mark();
            self.assume(cond, holds);
            let equal = self.facts.eq(m, n);
            self.facts.truncate(mark);
            equal
        };
        then.iter()
            .zip(otherwise)
            .map(|(m, n)| {
                if equal_where(false, m, n) {
                    Some(m.clone())
                } else {
                    equal_where(true, m, n).then(|| n.clone())
                }
            })
            .collect()
    }

    fn merge_values(
        &mut self,
        name: &str,
        cond: &Code,
        a: &Value,
        b: &Value,
        then: &mut Region,
        otherwise: &mut Region,
        span: Span,
    ) -> Value {
        match (a, b) {
            (Value::Poison, _) | (_, Value::Poison) => Value::Poison,
            (Value::Undefined(..), _) => a.clone(),
            (_, Value::Undefined(..)) => b.clone(),
            (Value::View(x), Value::View(y)) if x == y => a.clone(),
            (Value::Elem(x), Value::Elem(y))
                if x.code == y.code
                    && x.inputs == y.inputs
                    && x.shape == y.shape
                    && x.weak == y.weak =>
            {
                Value::Elem(Elem {
                    typings: if x.typings == y.typings {
                        x.typings.clone()
                    } else {
                        typing::either(x, y)
                    },
                    ..x.clone()
                })
            }
            (Value::Tuple(x), Value::Tuple(y)) if x.len() == y.len() => Value::Tuple(
                x.iter()
                    .zip(y)
                    .map(|(x, y)| self.merge_values(name, cond, x, y, then, otherwise, span))
                    .collect(),
            ),
            (Value::Elem(_) | Value::View(_), Value::Elem(_) | Value::View(_)) => {
                let (Ok(x), Ok(y)) = (self.elem(a.clone(), span), self.elem(b.clone(), span))
                else {
                    return Value::Poison;
                };
                let joint = if x.mask.is_none() && y.mask.is_none() {
                    self.merge_shapes(cond, &x.shape, &y.shape)
                } else {
                    None
                };
                let Some(shape) = joint else {
                    return Value::Undefined(
                        span,
                        "the two sides of a branch give it different shapes".into(),
                    );
                };
                let (dtype, weak) = (elementwise::result_type(&x, &y), x.weak && y.weak);
                let typings = typing::either(&x, &y);
                if !shape.is_empty() && x.dtype != y.dtype {
                    return Value::Undefined(
                        span,
                        "the two sides of a branch give it different types".into(),
                    );
                }
                let data = self.new_transient(name, dtype, shape.clone(), span);
                let view = View::whole(data, &shape);
                for (region, e) in [(then, x), (otherwise, y)] {
                    self.regions.push(std::mem::take(&mut region.blocks));
                    if self.check_fits(&e, dtype, span).is_ok() {
                        let e = Elem {
                            shape: shape.clone(),
                            ..self.cast(e, dtype)
                        };
                        self.emit(&view, e, None, span);
                    }
                    region.blocks = self.regions.pop().unwrap_or_default();
                }
                if shape.is_empty() {
                    Value::Elem(Elem {
                        weak,
                        typings,
                        ..view.elem(dtype)
                    })
                } else {
                    Value::View(view)
                }
            }
            (Value::None, Value::None) => Value::None,
            (Value::Function(x), Value::Function(y)) if Rc::ptr_eq(x, y) => a.clone(),
            (Value::DType(x), Value::DType(y)) if x == y => a.clone(),
            (Value::Str(x), Value::Str(y)) if x == y => a.clone(),
            (Value::Path(x), Value::Path(y)) if x == y => a.clone(),
            _ => Value::Undefined(
                span,
                "the two sides of a branch give it different kinds of values".into(),
            ),
        }
    }
}

/// Whether a region's last block leaves it.
pub(super) fn leaves(region: &Region) -> bool {
    matches!(
        region.blocks.last(),
        Some(Block::Return | Block::Break | Block::Continue)
    ) || matches!(region.blocks.last(), Some(Block::Branch(b)) if leaves(&b.then) && leaves(&b.otherwise))
}

fn kind_of(shape: &[Expr], dtype: DType) -> String {
    if shape.is_empty() {
        format!("a {dtype} scalar")
    } else {
        format!("an array of rank {}", shape.len())
    }
}

/// The names that statements assign.
pub(super) type Assignments = BTreeMap<String, Assignment>;

#[derive(Clone, Copy, Default)]
pub(super) struct Assignment {
    /// The name is given another object, not only changed in place (`x += 1` changes an array in place).
    pub rebinds: bool,
}

/// The names assigned in statements, nested functions left out.
pub(super) fn assignments(stmts: &[Stmt]) -> Assignments {
    let mut names = Assignments::new();
    collect(stmts, &mut names);
    names
}

fn collect(stmts: &[Stmt], names: &mut Assignments) {
    for stmt in stmts {
        match &stmt.kind {
            StmtKind::Assign { targets, .. } => targets.iter().for_each(|t| target(t, true, names)),
            StmtKind::AnnAssign { target: t, .. } => target(t, true, names),
            StmtKind::AugAssign { target: t, .. } => target(t, false, names),
            StmtKind::For {
                target: t,
                body,
                orelse,
                ..
            } => {
                target(t, true, names);
                collect(body, names);
                collect(orelse, names);
            }
            StmtKind::While { body, orelse, .. } => {
                collect(body, names);
                collect(orelse, names);
            }
            StmtKind::If { then, orelse, .. } => {
                collect(then, names);
                collect(orelse, names);
            }
            StmtKind::Return(Some(_)) => names.entry(RETURN.to_owned()).or_default().rebinds = true,
            _ => {}
        }
    }
}

pub(super) fn target(e: &ast::Expr, rebinds: bool, names: &mut Assignments) {
    match &e.kind {
        ExprKind::Name(n) => names.entry(n.clone()).or_default().rebinds |= rebinds,
        ExprKind::Tuple(items) | ExprKind::List(items) => {
            items.iter().for_each(|t| target(t, rebinds, names))
        }
        ExprKind::Starred(inner) => target(inner, rebinds, names),
        // `a.shape = …`
        ExprKind::Attribute { value, .. } => target(value, true, names),
        _ => {}
    }
}
