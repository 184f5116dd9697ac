//! What a Python expression evaluates to while a program is lowered.
//!
//! Elementwise NumPy expressions stay unevaluated trees ([`Elem`]) until they are stored, so that one statement becomes one map with one
//! tasklet. Arrays are [`View`]s: a container and an index expression for each of its dimensions.

use crate::diag::Span;
use crate::sdfg::{BinOp, Code, Const, DType, DataId, Memlet};
use crate::symbolic::{Dim, Expr, Facts, Range, Subset, Sym};
use crate::syntax::ast;
use std::rc::Rc;

/// The symbol that stands for the index along dimension `k` of an array value.
pub(super) fn axis(k: usize) -> Sym {
    Sym::new(&format!("${k}"))
}

/// The dimension that an axis symbol stands for.
pub(super) fn axis_number(symbol: &Sym) -> Option<usize> {
    symbol.as_str().strip_prefix('$')?.parse().ok()
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    /// An array in memory: assigning through it changes the container.
    View(View),
    /// A computed value: a scalar (rank 0) or an elementwise expression not stored yet.
    Elem(Elem),
    Tuple(Vec<Value>),
    List(Vec<Value>),
    None,
    Ellipsis,
    Str(String),
    DType(DType),
    /// `a:b:c` inside a subscript.
    Slice(Box<[Option<Value>; 3]>),
    /// `range(begin, end, step)`.
    Range([Expr; 3]),
    /// A module or a function of a library, by its full path: `numpy`, `numpy.linalg.solve`, `dace.map`, `abs`.
    Path(String),
    /// A function of the program text.
    Function(Rc<ast::Function>),
    Lambda(Rc<(Vec<ast::Parameter>, ast::Expr)>),
    /// `x.method` of an array or scalar, not called yet.
    Method(Box<Value>, String),
    /// May not have been given a value, with the place to blame and why.
    Undefined(Span, String),
    /// The value of an expression that was refused already: uses say nothing more.
    Poison,
}

/// An array: element `($0, $1, …)` is element `index` of the container.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct View {
    pub data: DataId,
    pub shape: Vec<Expr>,
    pub index: Vec<Expr>,
    /// A compressed selection `A[mask]`.
    pub mask: Option<Mask>,
}

/// A boolean array that selects elements. Values selected by the same mask can be combined element by element.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mask {
    /// Its rank may be smaller than that of the array it selects from (leading dimensions).
    pub view: Box<View>,
    /// How often the mask's container had been written when the selection was made.
    pub version: u32,
}

/// An elementwise expression over `shape`. Inputs are points in terms of the axis symbols (or whole regions read with [`Code::Load`]).
#[derive(Clone, Debug)]
pub(super) struct Elem {
    pub shape: Vec<Expr>,
    pub code: Code,
    pub inputs: Vec<Memlet>,
    pub dtype: DType,
    /// A Python number, whose type adapts to that of the other operand (NEP 50).
    pub weak: bool,
    pub mask: Option<Mask>,
    /// What NumPy's type may be where that depends on the way that the program takes; at least two, or none. `dtype` is their common type.
    pub typings: Vec<Typing>,
}

/// One type that a value may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Typing {
    pub dtype: DType,
    pub weak: bool,
    /// What it then is, where that is known.
    pub value: Option<Const>,
}

impl View {
    /// The whole of a container.
    pub(super) fn whole(data: DataId, shape: &[Expr]) -> Self {
        Self {
            data,
            shape: shape.to_vec(),
            index: (0..shape.len()).map(|k| Expr::sym(axis(k))).collect(),
            mask: None,
        }
    }
    pub(super) fn rank(&self) -> usize {
        self.shape.len()
    }
    pub(super) fn elem(&self, dtype: DType) -> Elem {
        Elem {
            shape: self.shape.clone(),
            code: Code::In(0),
            inputs: vec![Memlet::point(self.data, self.index.iter().cloned())],
            dtype,
            weak: false,
            mask: self.mask.clone(),
            typings: Vec::new(),
        }
    }
    /// Whether the view is the whole container in its own order.
    pub(super) fn is_whole(&self, shape: &[Expr]) -> bool {
        self.mask.is_none()
            && self.shape == shape
            && self
                .index
                .iter()
                .enumerate()
                .all(|(k, e)| e.as_sym() == Some(&axis(k)))
    }
    /// The region as a subset with `Range` dimensions in the order of the container, and the view's axis at each of them.
    /// `None` where the view is not a plain strided region with positive steps.
    pub(super) fn region(&self) -> Option<(Subset, Vec<usize>)> {
        let mut order = Vec::new();
        let mut dims = Vec::new();
        for e in &self.index {
            let axes: Vec<usize> = e.symbols().iter().filter_map(axis_number).collect();
            match axes.as_slice() {
                [] => dims.push(Dim::Index(e.clone())),
                [k] => {
                    let (step, begin) = e.linear_in(&axis(*k))?;
                    let step = step.as_int().filter(|s| *s > 0)?;
                    if order.contains(k) {
                        return None;
                    }
                    order.push(*k);
                    let end = if step == 1 {
                        &begin + &self.shape[*k]
                    } else {
                        &begin + (&self.shape[*k] - 1) * step + 1
                    };
                    dims.push(Dim::Range(Range::new(begin, end, step)));
                }
                _ => return None,
            }
        }
        (order.len() == self.shape.len()).then_some((Subset(dims), order))
    }
}

impl Elem {
    pub(super) fn scalar(code: Code, dtype: DType) -> Self {
        Self {
            shape: Vec::new(),
            code,
            inputs: Vec::new(),
            dtype,
            weak: false,
            mask: None,
            typings: Vec::new(),
        }
    }
    pub(super) fn weak(code: Code, dtype: DType) -> Self {
        Self {
            weak: true,
            ..Self::scalar(code, dtype)
        }
    }
    pub(super) fn py_int(value: impl Into<Expr>) -> Self {
        Self::weak(Code::Sym(value.into()), DType::Int64)
    }
    pub(super) fn py_float(value: f64) -> Self {
        Self::weak(
            Code::Const(Const::Float(value, DType::Float64)),
            DType::Float64,
        )
    }
    pub(super) fn py_bool(value: bool) -> Self {
        Self::weak(Code::Const(Const::Bool(value)), DType::Bool)
    }
    pub(super) fn rank(&self) -> usize {
        self.shape.len()
    }
    /// The value, where it is a constant.
    pub(super) fn constant(&self) -> Option<Const> {
        match &self.code {
            Code::Const(c) => Some(*c),
            Code::Sym(e) => e.as_big().map(|v| Const::Int(v, DType::Int64)),
            _ => None,
        }
    }
    /// The value as a symbolic integer: of symbols, also in another type where that surely holds it.
    pub(super) fn symbolic(&self, facts: &Facts) -> Option<Expr> {
        if !self.shape.is_empty() {
            return None;
        }
        match &self.code {
            Code::Sym(e) => Some(e.clone()),
            // Such as an integer parameter narrower than 64 bits.
            Code::Cast(d, inner) if d.is_int() => match &**inner {
                Code::Sym(e) => {
                    let ((low, high), (least, most)) = (facts.interval(e)?, d.int_range());
                    (least <= low && high <= most).then(|| e.clone())
                }
                _ => None,
            },
            Code::Const(Const::Int(v, _)) => i64::try_from(*v).ok().map(Expr::int),
            Code::Const(Const::Bool(b)) => Some(Expr::int(i64::from(*b))),
            _ => None,
        }
    }
    pub(super) fn as_bool(&self) -> Option<bool> {
        Some(match self.constant()? {
            Const::Bool(b) => b,
            Const::Int(v, _) => v != 0,
            Const::Float(v, _) => v != 0.0,
            Const::Complex(re, im, _) => re != 0.0 || im != 0.0,
        })
    }
    /// Rewrites the axis symbols everywhere.
    pub(super) fn subs(&mut self, replace: &dyn Fn(&Sym) -> Option<Expr>) {
        self.code.subs(replace);
        for m in &mut self.inputs {
            m.subset = m.subset.subs(replace);
        }
    }
    /// The same elements seen with other axes: `mapping[k]` gives axis `k` in terms of the new axes.
    pub(super) fn reindex(mut self, mapping: &[Expr], shape: Vec<Expr>) -> Self {
        self.subs(&|s| axis_number(s).and_then(|k| mapping.get(k).cloned()));
        self.code.visit_mut(&mut choose_known);
        self.shape = shape;
        self
    }
    /// Adds the inputs of another expression; gives that expression's code over the joint connectors.
    pub(super) fn absorb(&mut self, other: &Self) -> Code {
        let places: Vec<usize> = other
            .inputs
            .iter()
            .map(|m| {
                self.inputs.iter().position(|o| o == m).unwrap_or_else(|| {
                    self.inputs.push(m.clone());
                    self.inputs.len() - 1
                })
            })
            .collect();
        let mut code = other.code.clone();
        code.map_inputs(&|k| places[k]);
        code
    }
    /// Whether it costs more than reading: used to decide against computing it once per element of a larger result.
    pub(super) fn is_costly(&self) -> bool {
        fn costly(c: &Code) -> bool {
            match c {
                Code::Const(_) | Code::Sym(_) | Code::In(_) => false,
                Code::Cast(_, a) => costly(a),
                _ => true,
            }
        }
        !self.inputs.is_empty() && costly(&self.code)
    }
}

/// A choice by the value of an axis, once that is a number.
fn choose_known(code: &mut Code) {
    if let Code::Select(test, a, b) = code
        && let Code::Bin(BinOp::Eq, x, y) = &**test
        && let (Code::Sym(x), Code::Sym(y)) = (&**x, &**y)
        && let (Some(x), Some(y)) = (x.as_int(), y.as_int())
    {
        let chosen = if x == y { a } else { b };
        *code = std::mem::replace(&mut **chosen, Code::int(0));
    }
}

impl Value {
    pub(super) fn int(value: i64) -> Self {
        Self::Elem(Elem::py_int(value))
    }
    /// How Python users call this kind of value.
    pub(super) fn kind(&self) -> String {
        match self {
            Self::View(v) => format!("an array of rank {}", v.rank()),
            Self::Elem(e) if e.shape.is_empty() => format!("a {} scalar", e.dtype),
            Self::Elem(e) => format!("an array of rank {}", e.rank()),
            Self::Tuple(_) => "a tuple".into(),
            Self::List(_) => "a list".into(),
            Self::None => "None".into(),
            Self::Ellipsis => "an ellipsis".into(),
            Self::Str(_) => "a string".into(),
            Self::DType(d) => format!("the type {d}"),
            Self::Slice(_) => "a slice".into(),
            Self::Range(_) => "a range".into(),
            Self::Path(p) => format!("`{p}`"),
            Self::Function(f) => format!("the function `{}`", f.name),
            Self::Lambda(_) => "a lambda".into(),
            Self::Method(_, m) => format!("the method `{m}`"),
            Self::Undefined(..) | Self::Poison => "an undefined value".into(),
        }
    }
}
