//! Types of code.

use super::Verifier;
use crate::interpret::scalar;
use crate::sdfg::{Code, Const, DType, Memlet};
use crate::symbolic::Dim;

impl Verifier<'_> {
    /// The type of a code over these memlets, which are valid; nothing after a complaint that leaves it open.
    pub(super) fn code(&mut self, code: &Code, inputs: &[&Memlet]) -> Option<DType> {
        match code {
            Code::Const(c) => {
                if !fits(*c) {
                    self.error(format!("the constant {c:?} does not fit its type"));
                }
                Some(c.dtype())
            }
            Code::Sym(e) => {
                self.expr(e);
                Some(DType::Int64)
            }
            Code::In(k) => {
                let memlet = self.input(*k, inputs)?;
                if memlet.subset.as_point().is_none() {
                    let name = self.name(memlet.data);
                    self.error(format!(
                        "connector {k} takes one element of {name}, its memlet moves a region"
                    ));
                }
                Some(self.sdfg.desc(memlet.data).dtype)
            }
            Code::Load(k, index) => {
                let memlet = self.input(*k, inputs)?;
                self.indices(memlet, index, inputs);
                Some(self.sdfg.desc(memlet.data).dtype)
            }
            Code::Un(op, a) => {
                let a = self.code(a, inputs)?;
                if !scalar::has_unary(*op, a) {
                    self.error(format!("{op:?} is not defined for {a}"));
                }
                Some(code.dtype(&|k| self.input_type(k, inputs)))
            }
            Code::Bin(op, a, b) => {
                let (a, b) = (self.code(a, inputs), self.code(b, inputs));
                let (a, b) = (a?, b?);
                if a != b {
                    self.error(format!("{op:?} of {a} and {b}"));
                } else if !scalar::has_binary(*op, a) {
                    self.error(format!("{op:?} is not defined for {a}"));
                }
                Some(if op.is_comparison() { DType::Bool } else { a })
            }
            Code::Select(condition, a, b) => {
                let (condition, a, b) = (
                    self.code(condition, inputs),
                    self.code(a, inputs),
                    self.code(b, inputs),
                );
                if condition.is_some_and(|c| c != DType::Bool) {
                    self.error("a selection whose condition is not bool");
                }
                if let (Some(a), Some(b)) = (a, b)
                    && a != b
                {
                    self.error(format!("a selection between {a} and {b}"));
                }
                a
            }
            Code::Cast(to, a) => {
                self.code(a, inputs);
                Some(*to)
            }
        }
    }

    fn input<'m>(&mut self, k: usize, inputs: &[&'m Memlet]) -> Option<&'m Memlet> {
        if k >= inputs.len() {
            self.error(format!(
                "the code reads connector {k}, there are {}",
                inputs.len()
            ));
        }
        inputs.get(k).copied()
    }

    fn input_type(&self, k: usize, inputs: &[&Memlet]) -> DType {
        inputs
            .get(k)
            .map_or(DType::Float64, |m| self.sdfg.desc(m.data).dtype)
    }

    /// One `int64` index for each range of a memlet.
    pub(super) fn indices(&mut self, memlet: &Memlet, index: &[Code], inputs: &[&Memlet]) {
        let ranges = memlet
            .subset
            .0
            .iter()
            .filter(|d| matches!(d, Dim::Range(_)))
            .count();
        if ranges != index.len() {
            let name = self.name(memlet.data);
            self.error(format!(
                "{} indices for a region of {name} with {ranges} ranges",
                index.len()
            ));
        }
        for code in index {
            if let Some(found) = self.code(code, inputs)
                && found != DType::Int64
            {
                self.error(format!("an index of type {found}"));
            }
        }
    }
}

fn fits(c: Const) -> bool {
    match c {
        Const::Bool(_) => true,
        Const::Int(_, d) => d.is_int() && scalar::cast(d, c) == c,
        Const::Float(v, d) => d.is_float() && (v.is_nan() || scalar::cast(d, c) == c),
        Const::Complex(re, im, d) => {
            d.is_complex() && (re.is_nan() || im.is_nan() || scalar::cast(d, c) == c)
        }
    }
}
