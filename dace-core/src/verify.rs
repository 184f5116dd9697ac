//! The invariants of an SDFG. They hold after lowering and after every pass.
//!
//! # Program
//! - Container names are unique; strides have the rank of the shape.
//! - Parameters name valid containers, each once; these and only these are not transient. Returned containers are valid.
//! - Free symbols and symbol parameters are distinct. Shapes of parameters name only these.
//!
//! # Symbols
//! - Every symbol is in scope where it is used: free symbols and symbol parameters everywhere; a loop's variable in its body; a map's parameters
//!   in its body; an assigned symbol from the block after its assignment to the end of that region (regions inside included).
//! - No definition hides one in scope. An assigned symbol has one place of assignment and no other definition.
//! - Where a container is accessed, the symbols of its shape are in scope.
//!
//! # Control flow
//! - Conditions are `bool`, assigned values `int64`.
//! - `Break` and `Continue` have their loop inside the same map body; `Return` is in no map.
//!
//! # States
//! - The graph has no cycle.
//! - An edge with a memlet runs between an access node of the memlet's container and a computing node.
//! - Connectors are dense from 0 and each has one edge. Those of nested programs are indices of [`Nested::args`](crate::sdfg::Nested::args), each with
//!   at most one edge in and one out. A map has at most one edge in and one out for each container.
//! - Subsets have the rank of their container; the constant bounds of what certainly moves are within its constant sizes.
//! - Write-conflict resolutions stand only on writes, and are defined for the element type.
//! - Two nodes that no path orders do not conflict: what one writes the other neither reads nor writes, unless both resolve in the same way
//!   or the subsets are proved disjoint.
//!
//! # Code
//! - Operations are defined for their operands' types; the operands of a binary operation have one type; conditions of `Select` are `bool` and its sides of one type;
//!   indices are `int64`; constants fit their types.
//! - `In(k)` reads a memlet that is a single element; `Load(k, …)` has one index for each range of its memlet.
//!
//! # Nodes
//! - A tasklet has exactly one edge out; its value has the type of the container. Its memlet is a single element, or with `index` a region with one
//!   index for each range. With a guard (`bool`) or an index the memlet is dynamic.
//! - A map has one range for each of its distinct parameters; ranges do not name them; a constant step is positive. Its edges list exactly the containers
//!   that its body uses and that are used outside of it too (or are visible to the caller).
//! - A library node has its number of operands, with the ranks and types of its operation; only a matrix product may resolve conflicts, by `Sum`.
//! - A nested program satisfies all of this itself. Each of its free symbols and symbol parameters gets one value; each of its array parameters and each container it
//!   returns has an edge, out if it is written; the container's rank and type are the region's. An edge in and an edge out of one connector
//!   have one region. Out-edges do not resolve conflicts.
//! - What a library node or nested program writes is not also an operand of another connector, unless proved disjoint.
//!
//! # Gaps
//! Not verified, because undecidable, or a matter of run time: subsets in bounds (checked where not proved); shapes of library operands and of nested programs'
//! regions (compared when they run); symbolic steps other than zero; that shapes of returned containers have a value at the end; that iterations of a map do not
//! conflict (an analysis proves it before a map runs in parallel); that elements are written before they are read.

mod code;
mod node;
mod state;

use crate::analysis::presburger::Fact;
use crate::sdfg::{
    Block, DType, DataId, Eval, LoopKind, Memlet, Node, ParamKind, Region, Sdfg, accesses_of_region,
};
use crate::symbolic::{Dim, Expr, Range, Sym};
use std::collections::{BTreeMap, BTreeSet};

/// Checks all invariants; the complaints, if any.
pub fn verify(sdfg: &Sdfg) -> Result<(), Vec<String>> {
    let mut verifier = Verifier::new(sdfg);
    verifier.program();
    if verifier.errors.is_empty() {
        Ok(())
    } else {
        Err(verifier.errors)
    }
}

struct Verifier<'a> {
    sdfg: &'a Sdfg,
    errors: Vec<String>,
    /// Where we are, outermost first.
    path: Vec<String>,
    /// Symbols in scope.
    scope: Vec<Sym>,
    /// What is known of them.
    facts: Vec<Fact>,
    assigned: BTreeSet<Sym>,
    /// Defined by a loop or map, or from the start.
    other: BTreeSet<Sym>,
    /// Accesses of each container in the whole program.
    total: BTreeMap<DataId, usize>,
    shapes: Vec<Vec<Expr>>,
    /// Loops around, inside the innermost map.
    loops: usize,
    maps: usize,
}

impl<'a> Verifier<'a> {
    fn new(sdfg: &'a Sdfg) -> Self {
        Self {
            sdfg,
            errors: Vec::new(),
            path: Vec::new(),
            scope: Vec::new(),
            facts: Vec::new(),
            assigned: BTreeSet::new(),
            other: BTreeSet::new(),
            total: counts(&sdfg.body),
            shapes: sdfg.data.iter().map(|d| d.shape.clone()).collect(),
            loops: 0,
            maps: 0,
        }
    }

    fn error(&mut self, message: impl AsRef<str>) {
        let mut text = self.sdfg.name.clone();
        for part in &self.path {
            text.push_str(" / ");
            text.push_str(part);
        }
        text.push_str(": ");
        text.push_str(message.as_ref());
        self.errors.push(text);
    }

    fn within(&mut self, part: String, f: impl FnOnce(&mut Self)) {
        self.path.push(part);
        f(self);
        self.path.pop();
    }

    fn name(&self, id: DataId) -> String {
        self.sdfg.data.get(id.0 as usize).map_or_else(
            || format!("container {}", id.0),
            |d| format!("`{}`", d.name),
        )
    }

    fn valid(&mut self, id: DataId) -> bool {
        let valid = (id.0 as usize) < self.sdfg.data.len();
        if !valid {
            self.error(format!("there is no container {}", id.0));
        }
        valid
    }

    fn program(&mut self) {
        let sdfg = self.sdfg;
        let mut names = BTreeSet::new();
        for desc in &sdfg.data {
            if !names.insert(&desc.name) {
                self.error(format!("two containers are called `{}`", desc.name));
            }
            if desc.strides.len() != desc.shape.len() {
                self.error(format!(
                    "`{}` has {} strides and {} dimensions",
                    desc.name,
                    desc.strides.len(),
                    desc.shape.len()
                ));
            }
        }
        for sym in &sdfg.symbols {
            self.define(sym, false);
            self.facts.push(Fact::Nonneg(sym.into()));
        }
        let mut bound = BTreeSet::new();
        for param in &sdfg.params {
            match &param.kind {
                ParamKind::Symbol(sym, dtype) => {
                    self.define(sym, false);
                    if !dtype.is_int() {
                        self.error(format!("the symbol parameter `{sym}` is of type {dtype}"));
                    }
                }
                ParamKind::Data(id) => {
                    if !bound.insert(*id) {
                        self.error(format!("{} is bound to two parameters", self.name(*id)));
                    }
                    if self.valid(*id) && sdfg.desc(*id).transient {
                        self.error(format!("the parameter `{}` is transient", param.name));
                    }
                }
            }
        }
        for id in sdfg.ids() {
            let desc = sdfg.desc(id);
            if desc.transient {
                continue;
            }
            if !bound.contains(&id) {
                self.error(format!(
                    "`{}` is neither a parameter nor transient",
                    desc.name
                ));
            }
            for size in &desc.shape {
                self.expr(size);
                self.facts.push(Fact::Nonneg(size.clone()));
            }
        }
        for id in &sdfg.returns {
            self.valid(*id);
        }
        self.region(&sdfg.body);
    }

    /// Brings a symbol into scope.
    fn define(&mut self, sym: &Sym, assigned: bool) {
        if self.scope.contains(sym) {
            self.error(format!("the definition of `{sym}` hides another"));
        }
        if assigned && !self.assigned.insert(sym.clone()) {
            self.error(format!("`{sym}` is assigned in two places"));
        }
        if !assigned {
            self.other.insert(sym.clone());
        }
        if self.assigned.contains(sym) && self.other.contains(sym) {
            self.error(format!("`{sym}` is assigned, and defined elsewhere too"));
        }
        self.scope.push(sym.clone());
    }

    /// Runs `f` and forgets what it brought into scope.
    fn scoped(&mut self, f: impl FnOnce(&mut Self)) {
        let (scope, facts) = (self.scope.len(), self.facts.len());
        f(self);
        self.scope.truncate(scope);
        self.facts.truncate(facts);
    }

    fn expr(&mut self, expr: &Expr) {
        for sym in expr.symbols() {
            if !self.scope.contains(&sym) {
                self.error(format!("`{sym}` is not in scope in `{expr}`"));
            }
        }
    }

    fn range(&mut self, range: &Range) {
        self.expr(&range.begin);
        self.expr(&range.end);
        self.expr(&range.step);
    }

    fn region(&mut self, region: &Region) {
        self.scoped(|this| {
            for (index, block) in region.blocks.iter().enumerate() {
                let kind = match block {
                    Block::State(_) => "state",
                    Block::Loop(_) => "loop",
                    Block::Branch(_) => "branch",
                    Block::Assign(_) => "assignment",
                    Block::Break | Block::Continue | Block::Return => "jump",
                };
                this.within(format!("{kind} {index}"), |this| this.block(block));
            }
        });
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::State(state) => self.state(state),
            Block::Loop(l) => self.scoped(|this| {
                match &l.kind {
                    LoopKind::For { var, range } => {
                        this.range(range);
                        this.define(var, false);
                        this.range_facts(var, range);
                    }
                    LoopKind::While { cond } => this.eval(cond, DType::Bool),
                }
                this.loops += 1;
                this.region(&l.body);
                this.loops -= 1;
            }),
            Block::Branch(b) => {
                self.eval(&b.cond, DType::Bool);
                self.within("then".into(), |this| this.region(&b.then));
                self.within("else".into(), |this| this.region(&b.otherwise));
            }
            Block::Assign(a) => {
                self.eval(&a.value, DType::Int64);
                a.low
                    .iter()
                    .chain(&a.high)
                    .for_each(|bound| self.expr(bound));
                self.define(&a.sym, true);
                let sym = Expr::from(&a.sym);
                self.facts
                    .extend(a.low.iter().map(|low| Fact::le(low, &sym)));
                self.facts
                    .extend(a.high.iter().map(|high| Fact::le(&sym, high)));
            }
            Block::Break | Block::Continue => {
                if self.loops == 0 {
                    self.error("a jump without its loop in the same map body");
                }
            }
            Block::Return => {
                if self.maps > 0 {
                    self.error("a return in a map");
                }
            }
        }
    }

    fn range_facts(&mut self, var: &Sym, range: &Range) {
        let var = Expr::from(var);
        match range.step.as_int() {
            Some(1..) => self
                .facts
                .extend([Fact::le(&range.begin, &var), Fact::lt(&var, &range.end)]),
            Some(..=-1) => self
                .facts
                .extend([Fact::le(&var, &range.begin), Fact::lt(&range.end, &var)]),
            _ => {}
        }
    }

    /// A memlet's container, rank and symbols; whether it can be looked at further.
    fn memlet(&mut self, memlet: &Memlet, write: bool) -> bool {
        if !self.valid(memlet.data) {
            return false;
        }
        let desc = self.sdfg.desc(memlet.data);
        if memlet.subset.rank() != desc.rank() {
            self.error(format!(
                "a subset of rank {} of `{}`, of rank {}",
                memlet.subset.rank(),
                desc.name,
                desc.rank()
            ));
            return false;
        }
        for size in &desc.shape {
            self.expr(size);
        }
        for (index, (dim, size)) in memlet.subset.0.iter().zip(&desc.shape).enumerate() {
            match dim {
                Dim::Index(e) => self.expr(e),
                Dim::Range(r) => {
                    self.range(r);
                    if r.step.is_zero() {
                        self.error(format!("a step of zero in a subset of `{}`", desc.name));
                    }
                }
            }
            if let (Dim::Index(e), Some(size), false) = (dim, size.as_int(), memlet.dynamic)
                && e.as_int().is_some_and(|i| !(0..size).contains(&i))
            {
                self.error(format!(
                    "index {e} is out of bounds for dimension {index} of `{}` with size {size}",
                    desc.name
                ));
            }
        }
        match memlet.wcr {
            Some(_) if !write => self.error(format!(
                "a write-conflict resolution on a read of `{}`",
                desc.name
            )),
            Some(wcr) if !crate::interpret::scalar::has_binary(wcr.op(), desc.dtype) => {
                self.error(format!(
                    "{wcr:?} does not resolve conflicts of {} elements",
                    desc.dtype
                ));
            }
            _ => {}
        }
        true
    }

    fn eval(&mut self, eval: &Eval, expected: DType) {
        let inputs: Vec<&Memlet> = eval.inputs.iter().collect();
        let mut valid = true;
        for memlet in &inputs {
            valid &= self.memlet(memlet, false);
        }
        if valid
            && let Some(found) = self.code(&eval.code, &inputs)
            && found != expected
        {
            self.error(format!(
                "a value of type {found} where {expected} is needed"
            ));
        }
    }
}

fn counts(region: &Region) -> BTreeMap<DataId, usize> {
    let mut counts = BTreeMap::new();
    accesses_of_region(region, &mut |access| {
        *counts.entry(access.memlet.data).or_insert(0) += 1;
    });
    counts
}

/// The word for a node in complaints.
fn label(node: &Node) -> String {
    match node {
        Node::Access(id) => format!("access {}", id.0),
        Node::Tasklet(t) => format!("tasklet {}", t.name),
        Node::Map(m) => format!("map {}", m.name),
        Node::Nested(n) => format!("call of {}", n.sdfg.name),
        Node::Library(l) => format!("{:?}", l.kind),
    }
}

#[cfg(test)]
mod tests;
