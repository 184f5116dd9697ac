//! Code as the Python of Python DaCe's tasklets and conditions.

use super::Names;
use crate::sdfg::{BinOp, Code, Const, DType, Eval, Memlet, UnOp};
use crate::symbolic::{Dim, Expr};

/// How code names its inputs.
pub(super) struct Python<'a> {
    pub(super) names: &'a Names,
    pub(super) inputs: Vec<&'a Memlet>,
    /// Inputs are elements of containers in place; else the connectors `__in0`, `__in1`, ….
    pub(super) in_place: bool,
}

/// A condition, or the right side of an assignment on an edge.
pub(super) fn eval(names: &Names, e: &Eval) -> String {
    Python {
        names,
        inputs: e.inputs.iter().collect(),
        in_place: true,
    }
    .text(&e.code)
}

impl Python<'_> {
    fn dtype(&self, code: &Code) -> DType {
        code.dtype(&|k| {
            self.inputs
                .get(k)
                .map_or(DType::Float64, |m| self.names.dtype(m.data))
        })
    }

    /// Every operation in parentheses: who reads it is a parser.
    pub(super) fn text(&self, code: &Code) -> String {
        match code {
            Code::Const(c) => constant(*c),
            Code::Sym(e) => format!("({e})"),
            Code::In(k) => match self.inputs.get(*k) {
                Some(m) if self.in_place => self.element(m, &[]),
                _ => format!("__in{k}"),
            },
            Code::Load(k, index) => {
                let index: Vec<String> = index.iter().map(|c| self.text(c)).collect();
                match self.inputs.get(*k) {
                    Some(m) if self.in_place => self.element(m, &index),
                    _ => format!("__in{k}[{}]", index.join(", ")),
                }
            }
            Code::Un(op, a) => {
                let a = self.text(a);
                match op {
                    UnOp::Neg => format!("(-{a})"),
                    UnOp::Not => format!("(not {a})"),
                    UnOp::Invert => format!("(~{a})"),
                    _ => format!("{}({a})", function(*op)),
                }
            }
            Code::Bin(op, a, b) => self.binary(*op, a, b),
            Code::Select(c, a, b) => format!(
                "({} if {} else {})",
                self.text(a),
                self.text(c),
                self.text(b)
            ),
            Code::Cast(d, a) => format!("dace.{}({})", dtype(*d), self.text(a)),
        }
    }

    fn binary(&self, op: BinOp, left: &Code, right: &Code) -> String {
        let float = self.dtype(left).is_float();
        let (a, b) = (self.text(left), self.text(right));
        let sign = match op {
            BinOp::FloorDiv if float => return format!("floor({a} / {b})"),
            BinOp::FloorDiv => return format!("int_floor({a}, {b})"),
            BinOp::Mod if float => return format!("({a} - floor({a} / {b}) * {b})"),
            BinOp::Mod => return format!("({a} - int_floor({a}, {b}) * {b})"),
            BinOp::Fmod => return format!("fmod({a}, {b})"),
            BinOp::Min => return format!("min({a}, {b})"),
            BinOp::Max => return format!("max({a}, {b})"),
            BinOp::Fmin => return format!("fmin({a}, {b})"),
            BinOp::Fmax => return format!("fmax({a}, {b})"),
            BinOp::Atan2 => return format!("atan2({a}, {b})"),
            BinOp::Hypot => return format!("hypot({a}, {b})"),
            BinOp::Copysign => return format!("copysign({a}, {b})"),
            _ => crate::sdfg::text::names::bin_name(op),
        };
        format!("({a} {sign} {b})")
    }

    /// An element of a container: the memlet's begin, plus an index in its steps for each of its ranges.
    fn element(&self, m: &Memlet, index: &[String]) -> String {
        let mut index = index.iter();
        let dims: Vec<String> = m
            .subset
            .0
            .iter()
            .map(|dim| match dim {
                Dim::Index(e) => e.to_string(),
                Dim::Range(r) => match index.next() {
                    None => r.begin.to_string(),
                    Some(i) if r.step == Expr::one() && r.begin.is_zero() => i.clone(),
                    Some(i) => format!("{} + ({})*({i})", r.begin, r.step),
                },
            })
            .collect();
        let name = self.names.name(m.data);
        if dims.is_empty() && self.names.arrays.contains(&m.data) {
            return format!("{name}[0]");
        }
        if dims.is_empty() {
            name.to_owned()
        } else {
            format!("{name}[{}]", dims.join(", "))
        }
    }
}

/// Names of C++'s standard library, which Python DaCe passes on.
fn function(op: UnOp) -> &'static str {
    match op {
        UnOp::Asin => "asin",
        UnOp::Acos => "acos",
        UnOp::Atan => "atan",
        UnOp::Asinh => "asinh",
        UnOp::Acosh => "acosh",
        UnOp::Atanh => "atanh",
        _ => crate::sdfg::text::names::un_name(op),
    }
}

pub(super) fn dtype(d: DType) -> &'static str {
    if d == DType::Bool { "bool_" } else { d.name() }
}

fn number(v: f64) -> String {
    match (v.is_nan(), v.is_infinite(), v > 0.0) {
        (true, ..) => "(1e309 - 1e309)".to_owned(),
        (_, true, true) => "1e309".to_owned(),
        (_, true, false) => "(-1e309)".to_owned(),
        _ if v.is_sign_negative() => format!("({v:?})"),
        _ => format!("{v:?}"),
    }
}

fn constant(c: Const) -> String {
    match c {
        Const::Bool(b) => if b { "True" } else { "False" }.to_owned(),
        Const::Int(v, DType::Int64) => format!("({v})"),
        Const::Int(v, d) => format!("dace.{d}({v})"),
        Const::Float(v, DType::Float64) => number(v),
        Const::Float(v, d) => format!("dace.{d}({})", number(v)),
        Const::Complex(re, im, d) => format!("dace.{d}({}, {})", number(re), number(im)),
    }
}
