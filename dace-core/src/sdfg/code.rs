//! What a tasklet computes: a typed scalar expression over its connectors.
//!
//! All conversions are explicit [`Code::Cast`] nodes: the operands of a binary operation have one type.

use super::{Const, DType};
use crate::symbolic::{Expr, Sym};

#[derive(Clone, Debug, PartialEq)]
pub enum Code {
    Const(Const),
    /// A symbolic integer; its type is `int64`, and a value that is none is an error.
    Sym(Expr),
    /// The element that arrives at an input connector whose memlet is a single element.
    In(usize),
    /// Element `index` (one `int64` code per range dimension of the memlet's subset, counted from the subset's begin, in its steps)
    /// of the region that arrives at an input connector. Checked: outside of the region is an index error.
    /// A negative index is an error here; lowering has wrapped it.
    Load(usize, Vec<Code>),
    Un(UnOp, Box<Code>),
    /// Both operands have the same type. Comparisons give `bool`.
    Bin(BinOp, Box<Code>, Box<Code>),
    /// `if .0 (bool) { .1 } else { .2 }`: only the chosen side is evaluated.
    Select(Box<Code>, Box<Code>, Box<Code>),
    /// NumPy's `astype`. Complex to real drops the imaginary part; to bool is `!= 0`.
    Cast(DType, Box<Code>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnOp {
    Neg,
    /// Logical not of a `bool`.
    Not,
    /// Bitwise not of an integer.
    Invert,
    /// Complex operand: gives the real type.
    Abs,
    Sqrt,
    Cbrt,
    Exp,
    Exp2,
    Expm1,
    Log,
    Log2,
    Log10,
    Log1p,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,
    Floor,
    Ceil,
    Trunc,
    /// To nearest, ties to even.
    Rint,
    Sign,
    /// Complex operand, real result.
    Real,
    Imag,
    Conj,
    IsNan,
    IsInf,
    IsFinite,
    SignBit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BinOp {
    /// Integers wrap.
    Add,
    Sub,
    Mul,
    /// True division, of floats or complex numbers.
    Div,
    /// Python's `//`; an integer divided by zero gives 0, as in NumPy.
    FloorDiv,
    /// Python's `%` (sign of the divisor); integer modulo zero gives 0.
    Mod,
    /// C's `fmod`/`%` (sign of the dividend).
    Fmod,
    /// Integers: exponent not negative, wraps.
    Pow,
    BitAnd,
    BitOr,
    BitXor,
    /// Shifts of integers; by the width or more: 0, or -1 for a negative value shifted right.
    Shl,
    Shr,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// Logical, of `bool`s.
    And,
    Or,
    /// `np.minimum` / `np.maximum`: NaN wins.
    Min,
    Max,
    /// `np.fmin` / `np.fmax`: NaN loses.
    Fmin,
    Fmax,
    Atan2,
    Hypot,
    Copysign,
}

impl BinOp {
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge
        )
    }
}

impl Code {
    pub fn int(value: i64) -> Self {
        Self::Sym(Expr::int(value))
    }
    pub fn un(op: UnOp, a: Self) -> Self {
        Self::Un(op, Box::new(a))
    }
    pub fn bin(op: BinOp, a: Self, b: Self) -> Self {
        Self::Bin(op, Box::new(a), Box::new(b))
    }
    pub fn select(condition: Self, a: Self, b: Self) -> Self {
        Self::Select(Box::new(condition), Box::new(a), Box::new(b))
    }
    /// A cast, or the code itself where the type is right already (`from` is its type).
    pub fn cast(self, from: DType, to: DType) -> Self {
        if from == to {
            self
        } else {
            Self::Cast(to, Box::new(self))
        }
    }

    /// The type of the value; `input(k)` gives the element type at connector `k`.
    pub fn dtype(&self, input: &dyn Fn(usize) -> DType) -> DType {
        match self {
            Self::Const(c) => c.dtype(),
            Self::Sym(_) => DType::Int64,
            Self::In(k) | Self::Load(k, _) => input(*k),
            Self::Un(op, a) => match op {
                UnOp::Not | UnOp::IsNan | UnOp::IsInf | UnOp::IsFinite | UnOp::SignBit => {
                    DType::Bool
                }
                UnOp::Abs | UnOp::Real | UnOp::Imag => a.dtype(input).real(),
                _ => a.dtype(input),
            },
            Self::Bin(op, a, _) => {
                if op.is_comparison() {
                    DType::Bool
                } else {
                    a.dtype(input)
                }
            }
            Self::Select(_, a, _) => a.dtype(input),
            Self::Cast(d, _) => *d,
        }
    }

    /// Direct children.
    pub fn children(&self) -> Vec<&Self> {
        match self {
            Self::Const(_) | Self::Sym(_) | Self::In(_) => vec![],
            Self::Load(_, index) => index.iter().collect(),
            Self::Un(_, a) | Self::Cast(_, a) => vec![a],
            Self::Bin(_, a, b) => vec![a, b],
            Self::Select(c, a, b) => vec![c, a, b],
        }
    }
    pub fn children_mut(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Const(_) | Self::Sym(_) | Self::In(_) => vec![],
            Self::Load(_, index) => index.iter_mut().collect(),
            Self::Un(_, a) | Self::Cast(_, a) => vec![a],
            Self::Bin(_, a, b) => vec![a, b],
            Self::Select(c, a, b) => vec![c, a, b],
        }
    }
    /// Visits the code and everything below it, parents first.
    pub fn visit<'a>(&'a self, f: &mut dyn FnMut(&'a Self)) {
        f(self);
        for child in self.children() {
            child.visit(f);
        }
    }
    /// Visits children first, then the code itself.
    pub fn visit_mut(&mut self, f: &mut dyn FnMut(&mut Self)) {
        for child in self.children_mut() {
            child.visit_mut(f);
        }
        f(self);
    }
    /// Rewrites each symbolic expression.
    pub fn map_exprs(&mut self, f: &mut dyn FnMut(&Expr) -> Expr) {
        self.visit_mut(&mut |c| {
            if let Self::Sym(e) = c {
                *e = f(e);
            }
        });
    }
    pub fn subs(&mut self, replace: &dyn Fn(&Sym) -> Option<Expr>) {
        self.map_exprs(&mut |e| e.subs(replace));
    }
    /// Renumbers connectors.
    pub fn map_inputs(&mut self, f: &dyn Fn(usize) -> usize) {
        self.visit_mut(&mut |c| {
            if let Self::In(k) | Self::Load(k, _) = c {
                *k = f(*k);
            }
        });
    }
}
