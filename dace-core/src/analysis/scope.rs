//! Places inside a program and what is known there: sizes, ranges of the loops and maps around, branch conditions.

use super::presburger::Fact;
use crate::sdfg::{
    Assign, BinOp, Block, Code, Const, DataId, LoopKind, Map, Memlet, Node, Region, Sdfg, State,
    UnOp,
};
use crate::symbolic::{Atom, Expr, Range, Sym};
use petgraph::stable_graph::NodeIndex;
use petgraph::visit::{EdgeRef, IntoEdgeReferences};
use std::collections::{BTreeMap, BTreeSet};

/// One step down, from a region into a region of one of its blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The body of the loop that is block `.0`.
    Loop(usize),
    Then(usize),
    Otherwise(usize),
    /// The body of a map in the state that is block `.0`.
    Map(usize, NodeIndex<u32>),
}

impl Step {
    /// The block stepped into.
    pub fn block(self) -> usize {
        match self {
            Self::Loop(k) | Self::Then(k) | Self::Otherwise(k) | Self::Map(k, _) => k,
        }
    }

    /// The region one step down.
    pub fn enter(self, region: &Region) -> Option<&Region> {
        match (self, region.blocks.get(self.block())?) {
            (Self::Loop(_), Block::Loop(l)) => Some(&l.body),
            (Self::Then(_), Block::Branch(b)) => Some(&b.then),
            (Self::Otherwise(_), Block::Branch(b)) => Some(&b.otherwise),
            (Self::Map(_, node), Block::State(s)) => match s.graph.node_weight(node)? {
                Node::Map(map) => Some(&map.body),
                _ => None,
            },
            _ => None,
        }
    }

    fn enter_mut(self, region: &mut Region) -> Option<&mut Region> {
        match (self, region.blocks.get_mut(self.block())?) {
            (Self::Loop(_), Block::Loop(l)) => Some(&mut l.body),
            (Self::Then(_), Block::Branch(b)) => Some(&mut b.then),
            (Self::Otherwise(_), Block::Branch(b)) => Some(&mut b.otherwise),
            (Self::Map(_, node), Block::State(s)) => match s.graph.node_weight_mut(node)? {
                Node::Map(map) => Some(&mut map.body),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The region at the end of a path.
pub fn region_at<'a>(root: &'a Region, path: &[Step]) -> Option<&'a Region> {
    path.iter()
        .try_fold(root, |region, step| step.enter(region))
}

/// The region at the end of a path.
pub fn region_at_mut<'a>(root: &'a mut Region, path: &[Step]) -> Option<&'a mut Region> {
    path.iter()
        .try_fold(root, |region, step| step.enter_mut(region))
}

/// The paths of all bodies of loops and maps, inner ones first.
pub fn bodies(root: &Region) -> Vec<Vec<Step>> {
    fn walk(region: &Region, path: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
        let mut step = |region: &Region, step: Step, path: &mut Vec<Step>, body: bool| {
            path.push(step);
            walk(region, path, found);
            if body {
                found.push(path.clone());
            }
            path.pop();
        };
        for (k, block) in region.blocks.iter().enumerate() {
            match block {
                Block::State(state) => {
                    for node in state.graph.node_indices() {
                        if let Node::Map(map) = &state.graph[node] {
                            step(&map.body, Step::Map(k, node), path, true);
                        }
                    }
                }
                Block::Loop(l) => step(&l.body, Step::Loop(k), path, true),
                Block::Branch(b) => {
                    step(&b.then, Step::Then(k), path, false);
                    step(&b.otherwise, Step::Otherwise(k), path, false);
                }
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    walk(root, &mut Vec::new(), &mut found);
    found
}

/// What is known wherever the program runs: sizes are not negative.
pub fn size_facts(sdfg: &Sdfg) -> Vec<Fact> {
    let mut facts: Vec<Fact> = sdfg
        .symbols
        .iter()
        .map(|s| Fact::Nonneg(s.into()))
        .collect();
    for desc in sdfg.data.iter().filter(|d| !d.transient) {
        for size in &desc.shape {
            // Sums of products of sizes say nothing new.
            let follows = size.terms().iter().all(|(monomial, coefficient)| {
                *coefficient >= 0
                    && monomial
                        .iter()
                        .all(|(atom, _)| matches!(atom, Atom::Sym(s) if sdfg.symbols.contains(s)))
            });
            let fact = Fact::Nonneg(size.clone());
            if !follows && !facts.contains(&fact) {
                facts.push(fact);
            }
        }
    }
    facts
}

/// What is known inside the region at the end of a path.
pub fn facts_at(sdfg: &Sdfg, path: &[Step]) -> Vec<Fact> {
    let mut facts = size_facts(sdfg);
    let mut region = &sdfg.body;
    for step in path {
        let Some(inner) = step.enter(region) else {
            break;
        };
        for block in &region.blocks[..step.block()] {
            if let Block::Assign(assign) = block {
                facts.extend(assign_facts(assign));
            }
        }
        match (&region.blocks[step.block()], step) {
            (Block::Loop(l), _) => {
                if let LoopKind::For { var, range } = &l.kind {
                    facts.extend(range_facts(var, range, false));
                }
            }
            (Block::Branch(b), _) => {
                let taken = matches!(step, Step::Then(_));
                facts.extend(condition_facts(&b.cond.code, taken));
            }
            (Block::State(s), Step::Map(_, node)) => {
                if let Some(Node::Map(map)) = s.graph.node_weight(*node) {
                    facts.extend(map_facts(map));
                }
            }
            _ => {}
        }
        region = inner;
    }
    facts
}

/// What is known of a loop variable; in maps steps are positive. With a constant step other than one the variable is on
/// the lattice `begin + step * t`, `t` a symbol of its own (see [`lattice`]).
pub fn range_facts(var: &Sym, range: &Range, map: bool) -> Vec<Fact> {
    let v = Expr::from(var);
    let step = range.step.as_int();
    let ascending = match step {
        Some(s) => s > 0,
        None if map => true,
        None => return Vec::new(),
    };
    let mut facts = if ascending {
        vec![Fact::le(&range.begin, &v), Fact::lt(&v, &range.end)]
    } else {
        vec![Fact::le(&v, &range.begin), Fact::lt(&range.end, &v)]
    };
    if let Some(s) = step
        && s.abs() > 1
    {
        let t = Expr::from(lattice(var));
        facts.push(Fact::eq(&v, &(&range.begin + t * Expr::int(s))));
    }
    facts
}

/// The symbol that counts the steps of a loop variable. Its name cannot be written in Python.
pub fn lattice(var: &Sym) -> Sym {
    Sym::new(&format!("{var}#"))
}

/// [`range_facts`] of all parameters of a map.
pub fn map_facts(map: &Map) -> impl Iterator<Item = Fact> + '_ {
    map.params
        .iter()
        .zip(&map.ranges)
        .flat_map(|(p, r)| range_facts(p, r, true))
}

/// What an assignment makes known: its checked bounds, and the value where it is symbolic.
pub fn assign_facts(assign: &Assign) -> Vec<Fact> {
    let symbol = Expr::from(&assign.sym);
    let mut facts = Vec::new();
    facts.extend(assign.low.iter().map(|low| Fact::le(low, &symbol)));
    facts.extend(assign.high.iter().map(|high| Fact::le(&symbol, high)));
    if let Some(value) = as_expr(&assign.value.code) {
        facts.push(Fact::eq(&symbol, &value));
    }
    facts
}

/// What is known where a condition has the given outcome; only what speaks of symbols.
pub fn condition_facts(code: &Code, outcome: bool) -> Vec<Fact> {
    match code {
        Code::Const(Const::Bool(b)) if *b != outcome => vec![Fact::never()],
        Code::Un(UnOp::Not, a) => condition_facts(a, !outcome),
        Code::Bin(op @ (BinOp::And | BinOp::Or), a, b) => {
            let (mut a, b) = (condition_facts(a, outcome), condition_facts(b, outcome));
            if (*op == BinOp::And) == outcome {
                a.extend(b);
                a
            } else if a.is_empty() || b.is_empty() {
                Vec::new()
            } else {
                vec![Fact::Any(vec![a, b])]
            }
        }
        Code::Bin(op, a, b) if op.is_comparison() => {
            let (Some(a), Some(b)) = (as_expr(a), as_expr(b)) else {
                return Vec::new();
            };
            let fact = match (op, outcome) {
                (BinOp::Lt, true) | (BinOp::Ge, false) => Fact::lt(&a, &b),
                (BinOp::Le, true) | (BinOp::Gt, false) => Fact::le(&a, &b),
                (BinOp::Gt, true) | (BinOp::Le, false) => Fact::lt(&b, &a),
                (BinOp::Ge, true) | (BinOp::Lt, false) => Fact::le(&b, &a),
                (BinOp::Eq, true) | (BinOp::Ne, false) => Fact::eq(&a, &b),
                _ => Fact::ne(&a, &b),
            };
            vec![fact]
        }
        _ => Vec::new(),
    }
}

/// Whether [`condition_facts`] says all that the condition does.
pub fn is_symbolic(code: &Code) -> bool {
    let mut symbolic = true;
    code.visit(&mut |c| symbolic &= !matches!(c, Code::In(_) | Code::Load(..)));
    symbolic
}

/// An `int64` code as an expression. Sums are not followed: their arithmetic wraps.
fn as_expr(code: &Code) -> Option<Expr> {
    match code {
        Code::Sym(e) => Some(e.clone()),
        Code::Const(Const::Int(v, _)) => Some(Expr::big(*v)),
        _ => None,
    }
}

/// How often each container is accessed in a region (each memlet once).
pub fn access_counts(region: &Region) -> BTreeMap<DataId, usize> {
    access_counts_of(&region.blocks)
}

/// [`access_counts`] of some blocks. Passes ask this of whole programs again and again, so it follows edges rather than program order.
pub fn access_counts_of(blocks: &[Block]) -> BTreeMap<DataId, usize> {
    fn state(state: &State, count: &mut dyn FnMut(&Memlet)) {
        let is_map = |n| matches!(state.graph[n], Node::Map(_));
        for edge in (&state.graph).edge_references() {
            // What a map's own edges carry, its body says.
            if let Some(memlet) = &edge.weight().memlet
                && !is_map(edge.source())
                && !is_map(edge.target())
            {
                count(memlet);
            }
        }
        for node in state.graph.node_weights() {
            if let Node::Map(map) = node {
                walk(&map.body.blocks, count);
            }
        }
    }
    fn walk(blocks: &[Block], count: &mut dyn FnMut(&Memlet)) {
        for block in blocks {
            match block {
                Block::State(s) => state(s, count),
                Block::Loop(l) => {
                    if let LoopKind::While { cond } = &l.kind {
                        cond.inputs.iter().for_each(&mut *count);
                    }
                    walk(&l.body.blocks, count);
                }
                Block::Branch(b) => {
                    b.cond.inputs.iter().for_each(&mut *count);
                    walk(&b.then.blocks, count);
                    walk(&b.otherwise.blocks, count);
                }
                Block::Assign(a) => a.value.inputs.iter().for_each(&mut *count),
                Block::Break | Block::Continue | Block::Return => {}
            }
        }
    }
    let mut counts = BTreeMap::new();
    walk(blocks, &mut |m| {
        *counts.entry(m.data).or_insert(0) += 1;
    });
    counts
}

/// Transients all of whose accesses lie in this body of a map: private to each of its iterations.
pub fn private_to(
    sdfg: &Sdfg,
    totals: &BTreeMap<DataId, usize>,
    body: &Region,
) -> BTreeSet<DataId> {
    access_counts(body)
        .into_iter()
        .filter(|(d, n)| !sdfg.is_visible(*d) && totals.get(d) == Some(n))
        .map(|(d, _)| d)
        .collect()
}

/// Symbols defined in a region: loop variables, map parameters, assignments.
pub fn defined_symbols(region: &Region) -> BTreeSet<Sym> {
    fn walk(region: &Region, into: &mut BTreeSet<Sym>) {
        for block in &region.blocks {
            match block {
                Block::State(state) => {
                    for node in state.graph.node_weights() {
                        if let Node::Map(map) = node {
                            into.extend(map.params.iter().cloned());
                            walk(&map.body, into);
                        }
                    }
                }
                Block::Loop(l) => {
                    if let LoopKind::For { var, .. } = &l.kind {
                        into.insert(var.clone());
                    }
                    walk(&l.body, into);
                }
                Block::Branch(b) => {
                    walk(&b.then, into);
                    walk(&b.otherwise, into);
                }
                Block::Assign(a) => {
                    into.insert(a.sym.clone());
                }
                Block::Break | Block::Continue | Block::Return => {}
            }
        }
    }
    let mut symbols = BTreeSet::new();
    walk(region, &mut symbols);
    symbols
}
