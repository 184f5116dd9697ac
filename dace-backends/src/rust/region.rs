//! Control flow and tasklets.

use super::code::{Inputs, operate};
use super::emit::{Emit, Scope, is_fallible};
use super::placement::key;
use super::token::{Tok, constant};
use dace_core::sdfg::{
    Assign, BinOp, Block, Branch, Code, Const, DType, Eval, Loop, LoopKind, Memlet, Node, Region,
    Role, State, Tasklet, Wcr,
};
use dace_core::symbolic::{Dim, Expr, Sym};
use proc_macro2::TokenStream;
use quote::quote;

impl Emit<'_> {
    pub(super) fn region(&mut self, region: &Region) -> TokenStream {
        let mark = self.facts.mark();
        let mut out = TokenStream::new();
        for (index, block) in region.blocks.iter().enumerate() {
            if let Some(list) = self.place.make_block.get(&(key(region), index)).cloned() {
                out.extend(self.make(&list));
            }
            out.extend(match block {
                Block::State(state) => self.state(state),
                Block::Loop(l) => self.looped(l),
                Block::Branch(b) => self.branch(b),
                Block::Assign(a) => self.assign(a),
                Block::Break => quote!(break;),
                Block::Continue => quote!(continue;),
                Block::Return => quote!(break 'program;),
            });
        }
        self.facts.truncate(mark);
        out
    }

    fn state(&mut self, state: &State) -> TokenStream {
        let mut out = TokenStream::new();
        for node in state.computations() {
            let (inputs, outputs) = (state.inputs(node), state.outputs(node));
            out.extend(match &state.graph[node] {
                Node::Access(_) => continue,
                Node::Tasklet(t) => self.tasklet(t, inputs, outputs),
                Node::Map(map) => self.map(map),
                Node::Library(l) => self.library(l, &inputs, &outputs),
                Node::Nested(n) => {
                    let edges: Vec<(usize, &Memlet)> = state
                        .graph
                        .edge_indices()
                        .filter(|e| {
                            state
                                .graph
                                .edge_endpoints(*e)
                                .is_some_and(|(a, b)| a == node || b == node)
                        })
                        .filter_map(|e| {
                            state.graph[e]
                                .memlet
                                .as_ref()
                                .map(|m| (state.graph[e].conn, m))
                        })
                        .collect();
                    self.nested(n, &edges)
                }
            });
        }
        out
    }

    fn tasklet(&mut self, t: &Tasklet, inputs: Vec<&Memlet>, outputs: Vec<&Memlet>) -> TokenStream {
        let Some(out) = outputs.first() else {
            return TokenStream::new();
        };
        let mut codes: Vec<(&Code, bool)> = vec![(&t.code, t.guard.is_some())];
        codes.extend(t.guard.iter().map(|g| (g, false)));
        codes.extend(t.index.iter().flatten().map(|c| (c, t.guard.is_some())));
        let stored_back = self.may_store_back(t, &inputs, out);
        let (before, inputs) = self.load_inputs(inputs, &codes);
        let always = t.guard.is_none();
        let value = self.code(&t.code, &inputs, always);
        let write = match &t.index {
            None => self.write(out, t, &inputs, &value, always),
            Some(index) => {
                let index = self.region_index(out, index, &inputs, always);
                let place = self.element(out.data, index, false);
                let dtype = self.sdfg.desc(out.data).dtype;
                match out.wcr {
                    None => place.set(value.ts.clone()),
                    Some(wcr) => {
                        let old = Tok::atom(place.get());
                        let new = operate(wcr.op(), dtype, &old, &value).ts;
                        match &place {
                            super::access::Place::Element(base, at) => {
                                let old_value = operate(
                                    wcr.op(),
                                    dtype,
                                    &Tok::atom(quote!(#base.get(at))),
                                    &value,
                                )
                                .ts;
                                quote!({ let at = #at; #base.set(at, #old_value); })
                            }
                            super::access::Place::Scalar(_) => place.set(new),
                        }
                    }
                }
            }
        };
        let write = match &t.guard {
            None => write,
            Some(guard) => {
                let guard = self.code(guard, &inputs, true).ts;
                let place = self.place(out, false);
                if stored_back && !is_fallible(&write) {
                    let (new, old) = (value.ts, place.get());
                    place.set(quote!(if #guard { #new } else { #old }))
                } else {
                    quote!(if #guard { #write })
                }
            }
        };
        if before.is_empty() {
            write
        } else {
            quote!({ #before #write })
        }
    }

    /// Whether a guarded write may write back what is there where the guard does not hold. Vector units have masked stores for numbers, but none for pairs of
    /// them; so this is done for complex numbers that are read in any case, where the value costs little and no other thread writes the element.
    fn may_store_back(&self, t: &Tasklet, inputs: &[&Memlet], out: &Memlet) -> bool {
        /// Nanoseconds.
        const LITTLE: f64 = 8.0;
        let own = |p: &Sym| {
            out.subset
                .0
                .iter()
                .any(|d| matches!(d, Dim::Index(e) if e.as_sym() == Some(p)))
        };
        t.guard.is_some()
            && t.index.is_none()
            && out.wcr.is_none()
            && self.sdfg.desc(out.data).dtype.is_complex()
            && inputs
                .iter()
                .any(|m| m.data == out.data && m.subset == out.subset)
            && (!self.parallel || self.divided.as_ref().is_some_and(|d| own(d.param())))
            && super::cost::code(&t.code) < LITTLE
    }

    fn write(
        &mut self,
        out: &Memlet,
        t: &Tasklet,
        inputs: &Inputs,
        value: &Tok,
        always: bool,
    ) -> TokenStream {
        let dtype = self.sdfg.desc(out.data).dtype;
        let place = self.place(out, always);
        let Some(wcr) = out.wcr else {
            return place.set(value.ts.clone());
        };
        let old = Tok::atom(place.get());
        // `acc += a * b` in one rounding.
        if wcr == Wcr::Sum
            && dtype.is_float()
            && !self.options.strict_fp
            && let Code::Bin(BinOp::Mul, a, b) = &t.code
        {
            let fma = if dtype == DType::Float32 {
                quote!(rt::fma32)
            } else {
                quote!(rt::fma)
            };
            let (a, b, old) = (
                self.code(a, inputs, always).ts,
                self.code(b, inputs, always).ts,
                old.ts,
            );
            return place.set(quote!(#fma::<FMA>(#a, #b, #old)));
        }
        place.set(operate(wcr.op(), dtype, &old, value).ts)
    }

    /// The value of a computation in control flow.
    fn eval(&mut self, e: &Eval, always: bool) -> Tok {
        let memlets: Vec<&Memlet> = e.inputs.iter().collect();
        let loaded = vec![None; memlets.len()];
        self.code(&e.code, &Inputs { memlets, loaded }, always)
    }

    fn assign(&mut self, a: &Assign) -> TokenStream {
        let value = self.eval(&a.value, true).ts;
        let bounded = a.low.is_some() || a.high.is_some();
        let value = if bounded {
            let end = |e: &Option<Expr>, none: TokenStream| {
                e.as_ref().map_or(none, |e| self.symbols.wide(e).ts)
            };
            let (low, high) = (
                end(&a.low, quote!(i128::MIN)),
                end(&a.high, quote!(i128::MAX)),
            );
            match &a.role {
                Some(Role::Index(array, dim)) if a.high.is_some() => {
                    quote!(rt::wrapped(#value, #high, #array, #dim)?)
                }
                Some(Role::Element(dtype)) => {
                    let dtype = dtype.name();
                    quote!(rt::fitting(#value, #low, #high, #dtype)?)
                }
                _ => {
                    let name = a.sym.as_str();
                    quote!(rt::within(#value, #low, #high, #name)?)
                }
            }
        } else {
            value
        };
        let magnitude = match (&a.low, &a.high) {
            (Some(l), Some(h)) => self.symbols.magnitude(l).max(self.symbols.magnitude(h)),
            _ => super::expr::ANY,
        };
        let name = self.define(&a.sym, magnitude);
        self.facts.bound(&a.sym, a.low.clone(), a.high.clone());
        let mut out = if self.place.late.contains(&a.sym) {
            quote!(#name = #value;)
        } else {
            quote!(let #name: i64 = #value;)
        };
        out.extend(self.make_late(&a.sym));
        out
    }

    fn make_late(&mut self, sym: &Sym) -> TokenStream {
        match self.place.make_late.get(sym).cloned() {
            Some(list) => self.make(&list),
            None => TokenStream::new(),
        }
    }

    fn branch(&mut self, b: &Branch) -> TokenStream {
        if b.cond.as_bool() == Some(true) {
            return self.region(&b.then);
        }
        let cond = self.eval(&b.cond, true).ts;
        let mark = self.facts.mark();
        self.scopes.push(Scope::Barrier);
        self.assume(&b.cond.code, true);
        let then = self.region(&b.then);
        self.facts.truncate(mark);
        self.assume(&b.cond.code, false);
        let otherwise = self.region(&b.otherwise);
        self.facts.truncate(mark);
        self.scopes.pop();
        match (then.is_empty(), otherwise.is_empty()) {
            (_, true) => quote!(if #cond { #then }),
            (true, false) => quote!(if !(#cond) { #otherwise }),
            _ => quote!(if #cond { #then } else { #otherwise }),
        }
    }

    /// Takes on what a condition over symbols says. Only of values that are computed without wrapping.
    pub(super) fn assume(&mut self, cond: &Code, holds: bool) {
        match cond {
            Code::Un(dace_core::sdfg::UnOp::Not, a) => self.assume(a, !holds),
            Code::Bin(BinOp::And, a, b) if holds => {
                self.assume(a, true);
                self.assume(b, true);
            }
            Code::Bin(BinOp::Or, a, b) if !holds => {
                self.assume(a, false);
                self.assume(b, false);
            }
            Code::Bin(op, a, b) => {
                let (Some(a), Some(b)) = (self.symbolic(a), self.symbolic(b)) else {
                    return;
                };
                let op = match (op, holds) {
                    (BinOp::Lt, true) | (BinOp::Ge, false) => BinOp::Lt,
                    (BinOp::Le, true) | (BinOp::Gt, false) => BinOp::Le,
                    (BinOp::Gt, true) | (BinOp::Le, false) => BinOp::Gt,
                    (BinOp::Ge, true) | (BinOp::Lt, false) => BinOp::Ge,
                    (BinOp::Eq, true) | (BinOp::Ne, false) => BinOp::Eq,
                    _ => return,
                };
                match op {
                    BinOp::Lt => self.facts.assume_nonneg(&b - &a - 1),
                    BinOp::Le => self.facts.assume_nonneg(&b - &a),
                    BinOp::Gt => self.facts.assume_nonneg(&a - &b - 1),
                    BinOp::Ge => self.facts.assume_nonneg(&a - &b),
                    _ => {
                        self.facts.assume_nonneg(&a - &b);
                        self.facts.assume_nonneg(&b - &a);
                    }
                }
            }
            _ => {}
        }
    }

    fn symbolic(&self, code: &Code) -> Option<Expr> {
        match code {
            Code::Sym(e) if self.symbols.fits(e) => Some(e.clone()),
            Code::Const(Const::Int(v, DType::Int64)) => Some(Expr::big(*v)),
            _ => None,
        }
    }

    fn looped(&mut self, l: &Loop) -> TokenStream {
        match &l.kind {
            LoopKind::While { cond } => {
                self.scopes.push(Scope::Barrier);
                let cond = self.eval(cond, true).ts;
                let body = self.region(&l.body);
                self.scopes.pop();
                quote!(while #cond { #body })
            }
            LoopKind::For { var, range } => {
                let straight = !leaves(&l.body);
                let levels = [super::map::Level {
                    var: var.clone(),
                    range: range.clone(),
                }];
                self.levels(&levels, &l.body, straight)
            }
        }
    }
}

/// Whether a region may leave the loop it is the body of, or its iteration.
fn leaves(region: &Region) -> bool {
    region.blocks.iter().any(|b| match b {
        Block::Break | Block::Continue | Block::Return => true,
        Block::Branch(b) => leaves(&b.then) || leaves(&b.otherwise),
        Block::Loop(l) => returns(&l.body),
        Block::State(_) | Block::Assign(_) => false,
    })
}

fn returns(region: &Region) -> bool {
    region.blocks.iter().any(|b| match b {
        Block::Return => true,
        Block::Branch(b) => returns(&b.then) || returns(&b.otherwise),
        Block::Loop(l) => returns(&l.body),
        Block::Break | Block::Continue | Block::State(_) | Block::Assign(_) => false,
    })
}

/// The identity of a write-conflict resolution as tokens.
pub(super) fn identity(wcr: Wcr, dtype: DType) -> TokenStream {
    match (wcr, dtype) {
        (Wcr::Min | Wcr::Max, d) if d.is_complex() => {
            let re = if wcr == Wcr::Min {
                f64::INFINITY
            } else {
                f64::NEG_INFINITY
            };
            constant(Const::Complex(re, re, d)).ts
        }
        _ => constant(wcr.identity(dtype)).ts,
    }
}
