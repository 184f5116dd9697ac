//! The Python that dace programs are written in, as a tree. Every node knows its place in the text.
//!
//! Constructs outside of this tree are refused by [`super::parse`] under their own name.

use crate::diag::Span;
use std::collections::BTreeSet;

/// A parsed source: a module (file form) or the text between the braces of `dace!`.
#[derive(Clone, Debug, Default)]
pub struct Module {
    pub items: Vec<Item>,
    /// The names with a number at their end, `i_2`, that occur in the text: the compiler has no such names for its own.
    pub numbered: BTreeSet<String>,
}

#[derive(Clone, Debug)]
pub enum Item {
    Function(Function),
    /// Any other module-level statement that has a meaning at compile time: assignment of a constant, `N = dc.symbol('N')`,
    /// `N, M = (dc.symbol(s, dtype=dc.int64) for s in ('N', 'M'))`, annotated assignment.
    Stmt(Stmt),
    /// `import numpy as np`: local name and module path.
    Import {
        name: String,
        path: String,
        span: Span,
    },
}

#[derive(Clone, Debug)]
pub struct Function {
    pub name: String,
    pub name_span: Span,
    pub params: Vec<Parameter>,
    pub returns: Option<Expr>,
    pub body: Vec<Stmt>,
    pub decorators: Vec<Expr>,
    /// `#[name(args)]` comments before the function.
    pub attributes: Vec<Attribute>,
    pub docstring: Option<String>,
    /// From the first decorator or attribute to the end of the body.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub annotation: Option<Expr>,
    pub default: Option<Expr>,
    pub span: Span,
}

/// `#[transform(map_tiling(map = "i", tile_sizes = [64]), loop_to_map)]`: a tree of calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    pub name: String,
    pub args: Vec<AttributeArg>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AttributeArg {
    /// `map` in `map = "i"`.
    pub key: Option<String>,
    pub value: AttributeValue,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValue {
    Int(i64),
    Bool(bool),
    Str(String),
    List(Vec<AttributeValue>),
    /// `name` or `name(args)`.
    Call(Attribute),
}

#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `a = b = value`: several targets, each a name, subscript, attribute, tuple or list.
    Assign {
        targets: Vec<Expr>,
        value: Expr,
    },
    AugAssign {
        target: Expr,
        op: BinOp,
        value: Expr,
    },
    AnnAssign {
        target: Expr,
        annotation: Expr,
        value: Option<Expr>,
    },
    For {
        target: Expr,
        iter: Expr,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    While {
        test: Expr,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    If {
        test: Expr,
        then: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    Return(Option<Expr>),
    Expr(Expr),
    /// A nested helper function.
    Def(Box<Function>),
    Assert {
        test: Expr,
        message: Option<Expr>,
    },
    Pass,
    Break,
    Continue,
}

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Name(String),
    /// Python integers beyond 128 bits are refused.
    Int(i128),
    Float(f64),
    /// `2j`
    Imaginary(f64),
    Bool(bool),
    Str(String),
    None,
    Ellipsis,
    Tuple(Vec<Expr>),
    List(Vec<Expr>),
    Attribute {
        value: Box<Expr>,
        attr: String,
        attr_span: Span,
    },
    Subscript {
        value: Box<Expr>,
        index: Box<Expr>,
    },
    /// Inside a subscript only.
    Slice {
        lower: Option<Box<Expr>>,
        upper: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
    },
    Call {
        func: Box<Expr>,
        args: Vec<Expr>,
        keywords: Vec<Keyword>,
    },
    Unary {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Binary {
        op: BinOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `and`/`or` over two or more values.
    Bool2 {
        and: bool,
        values: Vec<Expr>,
    },
    /// `a < b <= c`: first operand, then operator and operand of each link.
    Compare {
        first: Box<Expr>,
        rest: Vec<(CompareOp, Expr)>,
    },
    /// `then if test else orelse`
    Ternary {
        test: Box<Expr>,
        then: Box<Expr>,
        orelse: Box<Expr>,
    },
    Lambda {
        params: Vec<Parameter>,
        body: Box<Expr>,
    },
    /// `element for target in iter`, with one clause and no conditions: for `dc.symbol` at module level.
    Generator {
        element: Box<Expr>,
        target: Box<Expr>,
        iter: Box<Expr>,
    },
    Starred(Box<Expr>),
}

#[derive(Clone, Debug)]
pub struct Keyword {
    pub name: String,
    pub value: Expr,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    Neg,
    Pos,
    Not,
    Invert,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    MatMul,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Is,
    IsNot,
    In,
    NotIn,
}
