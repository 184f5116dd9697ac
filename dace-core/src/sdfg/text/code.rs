//! Code, constants and memlets as text.

use super::names::{KEYWORDS, bin_name, precedence, un_name};
use crate::sdfg::{Code, Const, DType, Memlet, Sdfg, UnOp};
use crate::symbolic::{Expr, identifier};
use std::fmt::Write as _;

/// Words that mean something inside code or right after it.
const RESERVED: [&str; 12] = [
    "if", "else", "and", "or", "not", "where", "when", "with", "True", "False", "max", "min",
];

/// A name as it is, or in back quotes where it is not an identifier.
pub(super) fn quoted(name: &str) -> String {
    let plain = matches!(identifier(name), Some((_, "")))
        && !RESERVED.contains(&name)
        && !KEYWORDS.contains(&name);
    if plain {
        name.to_owned()
    } else {
        format!("`{}`", name.replace('`', "``"))
    }
}

/// How code prints its inputs, and which names it has to leave to others.
pub(super) struct CodePrinter<'a> {
    sdfg: &'a Sdfg,
    /// What stands for each input: a memlet or a connector's name.
    inputs: Vec<String>,
    /// The clause that names the connectors, if they have names.
    pub(super) clause: String,
}

impl<'a> CodePrinter<'a> {
    /// For the codes of one tasklet or condition, printed in this order, and the text of its input memlets.
    pub(super) fn new(sdfg: &'a Sdfg, codes: &[&Code], memlets: Vec<String>, inline: bool) -> Self {
        let mut order = Vec::new();
        let simple = codes.iter().all(|c| inputs_in_order(c, &mut order))
            && order.iter().copied().eq(0..memlets.len());
        if inline && simple {
            return Self {
                sdfg,
                inputs: memlets,
                clause: String::new(),
            };
        }
        let taken = |name: &str| sdfg.find(name).is_some();
        let inputs: Vec<String> = (0..memlets.len())
            .map(|k| {
                let mut name = format!("in{k}");
                while taken(&name) {
                    name.push('_');
                }
                name
            })
            .collect();
        let defined: Vec<String> = inputs
            .iter()
            .zip(&memlets)
            .map(|(name, m)| format!("{name} = {m}"))
            .collect();
        let clause = if defined.is_empty() {
            String::new()
        } else {
            format!(" where {}", defined.join(", "))
        };
        Self {
            sdfg,
            inputs,
            clause,
        }
    }

    pub(super) fn text(&self, code: &Code) -> String {
        let mut out = String::new();
        self.write(code, 0, &mut out);
        out
    }

    fn write(&self, code: &Code, outer: u8, out: &mut String) {
        let open = binding(code) < outer;
        if open {
            out.push('(');
        }
        match code {
            Code::Const(c) => out.push_str(&constant(*c)),
            Code::Sym(e) => out.push_str(&self.symbolic(e)),
            Code::In(k) => self.input(*k, out),
            Code::Load(k, index) => {
                self.input(*k, out);
                out.push('[');
                self.list(index, out);
                out.push(']');
            }
            Code::Un(op, a) => {
                let name = un_name(*op);
                match op {
                    UnOp::Neg | UnOp::Invert | UnOp::Not => {
                        out.push_str(name);
                        // Once: what is written twice at each level grows without end.
                        let mut operand = String::new();
                        self.write(a, ATOM, &mut operand);
                        let bare = usize::from(binding(a) < ATOM);
                        // A minus before a number would read as a negative number.
                        let number = *op == UnOp::Neg
                            && operand[bare..].starts_with(|c: char| c.is_ascii_digit());
                        match (op, number) {
                            (UnOp::Not, _) => out.push(' '),
                            (_, true) => out.push('('),
                            _ => {}
                        }
                        out.push_str(&operand);
                        if number {
                            out.push(')');
                        }
                    }
                    _ => {
                        out.push_str(name);
                        out.push('(');
                        self.write(a, 0, out);
                        out.push(')');
                    }
                }
            }
            Code::Bin(op, a, b) => {
                let name = bin_name(*op);
                if let Some(p) = precedence(*op) {
                    // Comparisons would chain, powers group to the right: their operands stand in parentheses.
                    let (left, right) = match p {
                        POWER => (ATOM, ATOM),
                        _ if op.is_comparison() => (p + 1, p + 1),
                        _ => (p, p + 1),
                    };
                    self.write(a, left, out);
                    if p >= PRODUCT {
                        out.push_str(name);
                    } else {
                        let _ = write!(out, " {name} ");
                    }
                    self.write(b, right, out);
                } else {
                    out.push_str(name);
                    out.push('(');
                    self.write(a, 0, out);
                    out.push_str(", ");
                    self.write(b, 0, out);
                    out.push(')');
                }
            }
            Code::Select(c, a, b) => {
                self.write(a, 1, out);
                out.push_str(" if ");
                self.write(c, 1, out);
                out.push_str(" else ");
                self.write(b, 0, out);
            }
            Code::Cast(dtype, a) => {
                let _ = write!(out, "{dtype}(");
                self.write(a, 0, out);
                out.push(')');
            }
        }
        if open {
            out.push(')');
        }
    }

    fn input(&self, k: usize, out: &mut String) {
        match self.inputs.get(k) {
            Some(text) => out.push_str(text),
            None => {
                let _ = write!(out, "in{k}");
            }
        }
    }

    fn symbolic(&self, e: &Expr) -> String {
        if e.as_int().is_some() {
            return e.to_string();
        }
        match e.as_sym().map(crate::symbolic::Sym::as_str) {
            Some(s)
                if !RESERVED.contains(&s)
                    && !self.inputs.iter().any(|i| i == s)
                    && self.sdfg.find(s).is_none() =>
            {
                s.to_owned()
            }
            _ => format!("{{{e}}}"),
        }
    }

    fn list(&self, codes: &[Code], out: &mut String) {
        for (k, code) in codes.iter().enumerate() {
            if k > 0 {
                out.push_str(", ");
            }
            self.write(code, 0, out);
        }
    }

    pub(super) fn index(&self, codes: &[Code]) -> String {
        let mut out = String::from("[");
        self.list(codes, &mut out);
        out.push(']');
        out
    }
}

/// Code as text, with the given text for each input: for messages.
pub fn code_text(sdfg: &Sdfg, code: &Code, inputs: Vec<String>) -> String {
    CodePrinter {
        sdfg,
        inputs,
        clause: String::new(),
    }
    .text(code)
}

/// Looser than comparisons' operands, tighter than `and`.
const NOT: u8 = 3;
const PRODUCT: u8 = 9;
const POWER: u8 = 10;
const UNARY: u8 = 11;
const ATOM: u8 = 12;

/// How tight the printed form holds together.
fn binding(code: &Code) -> u8 {
    match code {
        Code::Const(Const::Int(v, _)) if *v < 0 => UNARY,
        Code::Const(Const::Float(v, _)) if v.is_finite() && v.is_sign_negative() => UNARY,
        Code::Sym(e) if e.as_int().is_some_and(|v| v < 0) => UNARY,
        Code::Un(UnOp::Not, _) => NOT,
        Code::Un(UnOp::Neg | UnOp::Invert, _) => UNARY,
        Code::Bin(op, ..) => precedence(*op).unwrap_or(ATOM),
        Code::Select(..) => 0,
        _ => ATOM,
    }
}

/// Collects inputs in printed order; `false` where one is indexed into.
fn inputs_in_order(code: &Code, order: &mut Vec<usize>) -> bool {
    match code {
        Code::In(k) => order.push(*k),
        Code::Load(..) => return false,
        Code::Select(c, a, b) => return [a, c, b].into_iter().all(|x| inputs_in_order(x, order)),
        _ => {
            return code
                .children()
                .into_iter()
                .all(|x| inputs_in_order(x, order));
        }
    }
    true
}

/// The suffix of a number's type; `float64` has none.
pub(super) fn suffix(dtype: DType) -> &'static str {
    match dtype {
        DType::Int8 => "i8",
        DType::Int16 => "i16",
        DType::Int32 => "i32",
        DType::Int64 => "i64",
        DType::UInt8 => "u8",
        DType::UInt16 => "u16",
        DType::UInt32 => "u32",
        DType::UInt64 => "u64",
        DType::Float32 => "f32",
        DType::Bool | DType::Float64 | DType::Complex64 | DType::Complex128 => "",
    }
}

pub(super) fn constant(value: Const) -> String {
    let special = |v: f64| match (v.is_nan(), v.is_sign_negative()) {
        (true, false) => "nan",
        (true, true) => "-nan",
        (false, false) => "inf",
        (false, true) => "-inf",
    };
    match value {
        Const::Bool(b) => if b { "True" } else { "False" }.to_owned(),
        Const::Int(v, d) => format!("{v}{}", suffix(d)),
        // Rust prints the shortest digits that read back to the same number.
        Const::Float(v, d) if v.is_finite() => format!("{v:?}{}", suffix(d)),
        Const::Float(v, d) => format!("{d}('{}')", special(v)),
        Const::Complex(re, im, d) => {
            let part = |v| constant(Const::Float(v, DType::Float64));
            format!("{d}({}, {})", part(re), part(im))
        }
    }
}

/// A memlet without its write-conflict resolution.
pub(super) fn memlet(sdfg: &Sdfg, memlet: &Memlet, node: Option<usize>) -> String {
    let mut out = String::new();
    if memlet.dynamic {
        out.push_str("dynamic ");
    }
    out.push_str(&quoted(&sdfg.desc(memlet.data).name));
    if let Some(node) = node {
        let _ = write!(out, "@{node}");
    }
    if !memlet.subset.0.is_empty() {
        let _ = write!(out, "[{}]", memlet.subset);
    }
    out
}
