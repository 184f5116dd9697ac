//! The parser's expressions to ours.

use super::ast::{BinOp, CompareOp, Expr, ExprKind, Keyword, Parameter, UnaryOp};
use super::convert::{Converter, Place};
use super::refuse;
use crate::diag::{Diagnostic, ErrorCode};
use ruff_python_ast as py;
use ruff_text_size::Ranged;

/// Operators of a chain of comparisons.
const MAX_LINKS: usize = 100;

pub(super) fn bin_op(op: py::Operator) -> BinOp {
    match op {
        py::Operator::Add => BinOp::Add,
        py::Operator::Sub => BinOp::Sub,
        py::Operator::Mult => BinOp::Mul,
        py::Operator::MatMult => BinOp::MatMul,
        py::Operator::Div => BinOp::Div,
        py::Operator::Mod => BinOp::Mod,
        py::Operator::Pow => BinOp::Pow,
        py::Operator::LShift => BinOp::Shl,
        py::Operator::RShift => BinOp::Shr,
        py::Operator::BitOr => BinOp::BitOr,
        py::Operator::BitXor => BinOp::BitXor,
        py::Operator::BitAnd => BinOp::BitAnd,
        py::Operator::FloorDiv => BinOp::FloorDiv,
    }
}

fn compare_op(op: py::CmpOp) -> CompareOp {
    match op {
        py::CmpOp::Eq => CompareOp::Eq,
        py::CmpOp::NotEq => CompareOp::Ne,
        py::CmpOp::Lt => CompareOp::Lt,
        py::CmpOp::LtE => CompareOp::Le,
        py::CmpOp::Gt => CompareOp::Gt,
        py::CmpOp::GtE => CompareOp::Ge,
        py::CmpOp::Is => CompareOp::Is,
        py::CmpOp::IsNot => CompareOp::IsNot,
        py::CmpOp::In => CompareOp::In,
        py::CmpOp::NotIn => CompareOp::NotIn,
    }
}

/// The value of an integer literal, digits separated and in any base.
fn integer(literal: &str) -> Option<i128> {
    let digits = literal.replace('_', "").to_ascii_lowercase();
    let (digits, radix) = match digits.get(..2) {
        Some("0x") => (&digits[2..], 16),
        Some("0o") => (&digits[2..], 8),
        Some("0b") => (&digits[2..], 2),
        _ => (digits.as_str(), 10),
    };
    i128::from_str_radix(digits, radix).ok()
}

impl Converter<'_> {
    /// One function for each kind of node: all of them in one body would make its stack frame, and so the recursion, too large.
    pub(super) fn expr(&mut self, expr: &py::Expr) -> Expr {
        match self.deeper(expr.range(), |this| this.kind(expr)).flatten() {
            Some(kind) => Expr {
                kind,
                span: self.span(expr.range()),
            },
            None => self.placeholder(expr.range()),
        }
    }

    fn boxed(&mut self, expr: &py::Expr) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    fn all(&mut self, exprs: &[py::Expr]) -> Vec<Expr> {
        exprs.iter().map(|e| self.expr(e)).collect()
    }

    fn kind(&mut self, expr: &py::Expr) -> Option<ExprKind> {
        match expr {
            py::Expr::Name(node) => {
                self.note(&node.id);
                Some(ExprKind::Name(node.id.to_string()))
            }
            py::Expr::NumberLiteral(node) => self.number(node),
            py::Expr::BooleanLiteral(node) => Some(ExprKind::Bool(node.value)),
            py::Expr::NoneLiteral(_) => Some(ExprKind::None),
            py::Expr::EllipsisLiteral(_) => Some(ExprKind::Ellipsis),
            py::Expr::StringLiteral(node) => {
                // It may name symbols.
                let text = node.value.to_str();
                text.split(|c: char| c != '_' && !c.is_alphanumeric())
                    .for_each(|word| self.note(word));
                Some(ExprKind::Str(text.to_owned()))
            }
            py::Expr::Tuple(node) => Some(ExprKind::Tuple(self.all(&node.elts))),
            py::Expr::List(node) => Some(ExprKind::List(self.all(&node.elts))),
            py::Expr::Attribute(node) => Some(self.attribute(node)),
            py::Expr::Subscript(node) => Some(self.subscript(node)),
            py::Expr::Slice(node) => Some(self.slice(node)),
            py::Expr::Call(node) => Some(self.call(node)),
            py::Expr::UnaryOp(node) => Some(self.unary(node)),
            py::Expr::BinOp(node) => Some(self.binary(node)),
            py::Expr::BoolOp(node) => Some(ExprKind::Bool2 {
                and: node.op == py::BoolOp::And,
                values: self.all(&node.values),
            }),
            py::Expr::Compare(node) => Some(self.compare(node)),
            py::Expr::If(node) => Some(self.ternary(node)),
            py::Expr::Lambda(node) => Some(self.lambda(node)),
            py::Expr::Starred(node) => Some(ExprKind::Starred(self.boxed(&node.value))),
            py::Expr::Generator(node) if self.place() == Place::Module => self.generator(node),
            other => {
                self.refuse(other.range(), refuse::expr(other));
                None
            }
        }
    }

    fn number(&mut self, node: &py::ExprNumberLiteral) -> Option<ExprKind> {
        match &node.value {
            py::Number::Int(value) => {
                let value = value
                    .as_u64()
                    .map(i128::from)
                    .or_else(|| integer(&value.to_string()));
                if value.is_none() {
                    self.refuse(
                        node.range,
                        (
                            "an integer of more than 127 bits is",
                            "use a floating-point number",
                        ),
                    );
                }
                value.map(ExprKind::Int)
            }
            py::Number::Float(value) => Some(ExprKind::Float(*value)),
            py::Number::Complex { imag, .. } => Some(ExprKind::Imaginary(*imag)),
        }
    }

    fn attribute(&mut self, node: &py::ExprAttribute) -> ExprKind {
        ExprKind::Attribute {
            value: self.boxed(&node.value),
            attr: node.attr.to_string(),
            attr_span: self.span(node.attr.range),
        }
    }

    fn subscript(&mut self, node: &py::ExprSubscript) -> ExprKind {
        ExprKind::Subscript {
            value: self.boxed(&node.value),
            index: self.boxed(&node.slice),
        }
    }

    fn slice(&mut self, node: &py::ExprSlice) -> ExprKind {
        let mut part = |part: &Option<Box<py::Expr>>| part.as_deref().map(|e| self.boxed(e));
        ExprKind::Slice {
            lower: part(&node.lower),
            upper: part(&node.upper),
            step: part(&node.step),
        }
    }

    fn call(&mut self, node: &py::ExprCall) -> ExprKind {
        let func = self.boxed(&node.func);
        let args = self.all(&node.arguments.args);
        let mut keywords: Vec<Keyword> = Vec::new();
        for keyword in &node.arguments.keywords {
            let Some(name) = &keyword.arg else {
                self.refuse(keyword.range, ("`**` in a call is", "name every argument"));
                continue;
            };
            if let Some(earlier) = keywords.iter().find(|k| k.name == name.as_str()) {
                let (earlier, span) = (earlier.span, self.span(keyword.range));
                self.report(
                    Diagnostic::new(
                        ErrorCode::Syntax,
                        span,
                        format!("keyword argument `{name}` is repeated"),
                    )
                    .note(earlier, "the first one is here"),
                );
                continue;
            }
            let value = self.expr(&keyword.value);
            keywords.push(Keyword {
                name: name.to_string(),
                value,
                span: self.span(keyword.range),
            });
        }
        ExprKind::Call {
            func,
            args,
            keywords,
        }
    }

    fn unary(&mut self, node: &py::ExprUnaryOp) -> ExprKind {
        let op = match node.op {
            py::UnaryOp::Invert => UnaryOp::Invert,
            py::UnaryOp::Not => UnaryOp::Not,
            py::UnaryOp::UAdd => UnaryOp::Pos,
            py::UnaryOp::USub => UnaryOp::Neg,
        };
        ExprKind::Unary {
            op,
            operand: self.boxed(&node.operand),
        }
    }

    fn binary(&mut self, node: &py::ExprBinOp) -> ExprKind {
        ExprKind::Binary {
            op: bin_op(node.op),
            left: self.boxed(&node.left),
            right: self.boxed(&node.right),
        }
    }

    fn compare(&mut self, node: &py::ExprCompare) -> ExprKind {
        // Each link stands in the one before it.
        if node.ops.len() > MAX_LINKS {
            self.too_deep(node.range());
        }
        let first = self.boxed(&node.left);
        let rest = node
            .ops
            .iter()
            .zip(&*node.comparators)
            .map(|(op, e)| (compare_op(*op), self.expr(e)))
            .collect();
        ExprKind::Compare { first, rest }
    }

    fn ternary(&mut self, node: &py::ExprIf) -> ExprKind {
        ExprKind::Ternary {
            test: self.boxed(&node.test),
            then: self.boxed(&node.body),
            orelse: self.boxed(&node.orelse),
        }
    }

    fn lambda(&mut self, node: &py::ExprLambda) -> ExprKind {
        let params: Vec<Parameter> = node
            .parameters
            .as_deref()
            .map(|p| self.parameters(p))
            .unwrap_or_default();
        ExprKind::Lambda {
            params,
            body: self.boxed(&node.body),
        }
    }

    fn generator(&mut self, node: &py::ExprGenerator) -> Option<ExprKind> {
        let [clause] = node.generators.as_slice() else {
            self.refuse(
                node.range,
                (
                    "a generator expression with several `for` is",
                    "use one `for`",
                ),
            );
            return None;
        };
        if clause.is_async {
            self.refuse(clause.range, ("`async for` is", "remove `async`"));
        }
        for condition in &clause.ifs {
            self.refuse(
                condition.range(),
                (
                    "a condition in a generator expression is",
                    "list the wanted elements only",
                ),
            );
        }
        Some(ExprKind::Generator {
            element: self.boxed(&node.elt),
            target: self.boxed(&clause.target),
            iter: self.boxed(&clause.iter),
        })
    }
}
