//! Which transients each iteration of a loop or map may have for itself: those whose every read in an iteration is
//! covered by a write of the same iteration, and whose value nothing reads afterwards.

use super::coverage::Coverage;
use super::scope::{Step, facts_at, region_at};
use crate::sdfg::{
    Block, Code, DataId, Eval, LoopKind, Memlet, Node, Region, Sdfg, accesses_of_region,
};
use crate::symbolic::{Dim, Expr, Range, Sym};
use std::collections::BTreeSet;

/// Each iteration of the body at `path` may have `data` for itself. `used_outside`: it has accesses elsewhere.
pub fn privatisable(sdfg: &Sdfg, path: &[Step], data: DataId, used_outside: bool) -> bool {
    if sdfg.is_visible(data) {
        return false;
    }
    let Some(body) = region_at(&sdfg.body, path) else {
        return false;
    };
    let mut coverage = Coverage::new(data, facts_at(sdfg, path));
    coverage.blocks(&body.blocks);
    !coverage.exposed() && (!used_outside || !live_after(sdfg, path, data))
}

/// Whether something may read what the loop or map at `path` leaves in a container.
pub fn live_after(sdfg: &Sdfg, path: &[Step], data: DataId) -> bool {
    if sdfg.is_visible(data) {
        return true;
    }
    let shape = &sdfg.desc(data).shape;
    for depth in (0..path.len()).rev() {
        let (outer, step) = (&path[..depth], path[depth]);
        let Some(region) = region_at(&sdfg.body, outer) else {
            return true;
        };
        if let (Step::Map(_, node), Some(Block::State(state))) =
            (step, region.blocks.get(step.block()))
        {
            // Other computations of the same state.
            let touched = state.computations().any(|other| {
                let is = |m: &&Memlet| m.data == data;
                other != node
                    && if let Node::Map(map) = &state.graph[other] {
                        accesses(&map.body, data)
                    } else {
                        state.inputs(other).iter().any(is) || state.outputs(other).iter().any(is)
                    }
            });
            if touched {
                return true;
            }
        }
        let facts = facts_at(sdfg, outer);
        let mut rest = Coverage::new(data, facts.clone());
        let reaches_end = rest.blocks(&region.blocks[step.block() + 1..]);
        if rest.exposed() {
            return true;
        }
        if rest.complete(shape) && reaches_end && !may_leave_blocks(region, step.block() + 1) {
            return false;
        }
        // The next iteration of the loop around, from its start.
        let around = outer
            .split_last()
            .and_then(|(last, before)| Some((last, region_at(&sdfg.body, before)?)));
        if let Some((Step::Loop(k), parent)) = around
            && let Some(Block::Loop(l)) = parent.blocks.get(*k)
        {
            if let LoopKind::While { cond } = &l.kind
                && cond.inputs.iter().any(|m| m.data == data)
            {
                return true;
            }
            let mut again = Coverage::new(data, facts);
            again.blocks(&region.blocks);
            if again.exposed() {
                return true;
            }
        }
    }
    false
}

fn may_leave_blocks(region: &Region, from: usize) -> bool {
    fn leaves(region: &[Block]) -> bool {
        region.iter().any(|block| match block {
            Block::Break | Block::Continue | Block::Return => true,
            Block::Branch(b) => leaves(&b.then.blocks) || leaves(&b.otherwise.blocks),
            _ => false,
        })
    }
    leaves(&region.blocks[from..])
}

fn accesses(region: &Region, data: DataId) -> bool {
    let mut found = false;
    accesses_of_region(region, &mut |a| found |= a.memlet.data == data);
    found
}

/// Some symbol of `symbols`, which the block at the end of `path` defines, may be used outside of it.
pub fn symbols_escape(sdfg: &Sdfg, path: &[Step], symbols: &BTreeSet<Sym>) -> bool {
    for depth in (0..path.len()).rev() {
        let (outer, step) = (&path[..depth], path[depth]);
        let Some(region) = region_at(&sdfg.body, outer) else {
            return true;
        };
        let in_loop = matches!(outer.last(), Some(Step::Loop(_)));
        let blocks = if in_loop {
            &region.blocks[..]
        } else {
            &region.blocks[step.block() + 1..]
        };
        let mut used = free_symbols_of(sdfg, &region.blocks[step.block() + 1..]);
        if in_loop {
            used.extend(free_symbols_of(sdfg, blocks));
        }
        if !used.is_disjoint(symbols) {
            return true;
        }
    }
    false
}

/// Symbols whose value comes from outside of the blocks; those in shapes of the containers used included.
pub fn free_symbols_of(sdfg: &Sdfg, blocks: &[Block]) -> BTreeSet<Sym> {
    let mut walk = Free {
        sdfg,
        bound: Vec::new(),
        found: BTreeSet::new(),
    };
    walk.blocks(blocks);
    walk.found
}

struct Free<'a> {
    sdfg: &'a Sdfg,
    bound: Vec<Sym>,
    found: BTreeSet<Sym>,
}

impl Free<'_> {
    fn expr(&mut self, e: &Expr) {
        for symbol in e.symbols() {
            if !self.bound.contains(&symbol) {
                self.found.insert(symbol);
            }
        }
    }
    fn range(&mut self, r: &Range) {
        self.expr(&r.begin);
        self.expr(&r.end);
        self.expr(&r.step);
    }
    fn memlet(&mut self, m: &Memlet) {
        for dim in &m.subset.0 {
            match dim {
                Dim::Index(e) => self.expr(e),
                Dim::Range(r) => self.range(r),
            }
        }
        for size in &self.sdfg.desc(m.data).shape {
            self.expr(size);
        }
    }
    fn code(&mut self, code: &Code) {
        let mut symbols = Vec::new();
        code.visit(&mut |c| {
            if let Code::Sym(e) = c {
                symbols.push(e.clone());
            }
        });
        for symbol in &symbols {
            self.expr(symbol);
        }
    }
    fn eval(&mut self, eval: &Eval) {
        self.code(&eval.code);
        eval.inputs.iter().for_each(|m| self.memlet(m));
    }
    fn blocks(&mut self, blocks: &[Block]) {
        let mark = self.bound.len();
        for block in blocks {
            match block {
                Block::State(state) => {
                    for node in state.graph.node_weights() {
                        match node {
                            Node::Tasklet(t) => {
                                self.code(&t.code);
                                t.guard.iter().for_each(|c| self.code(c));
                                t.index.iter().flatten().for_each(|c| self.code(c));
                            }
                            Node::Map(map) => {
                                map.ranges.iter().for_each(|r| self.range(r));
                                let mark = self.bound.len();
                                self.bound.extend(map.params.iter().cloned());
                                self.blocks(&map.body.blocks);
                                self.bound.truncate(mark);
                            }
                            Node::Nested(n) => n.symbols.iter().for_each(|(_, e)| self.expr(e)),
                            Node::Access(_) | Node::Library(_) => {}
                        }
                    }
                    // Edges of maps are propagated from their bodies and add no symbols of their own.
                    for edge in state.graph.edge_weights() {
                        edge.memlet.iter().for_each(|m| self.memlet(m));
                    }
                }
                Block::Loop(l) => {
                    let mark = self.bound.len();
                    match &l.kind {
                        LoopKind::For { var, range } => {
                            self.range(range);
                            self.bound.push(var.clone());
                        }
                        LoopKind::While { cond } => self.eval(cond),
                    }
                    self.blocks(&l.body.blocks);
                    self.bound.truncate(mark);
                }
                Block::Branch(b) => {
                    self.eval(&b.cond);
                    self.blocks(&b.then.blocks);
                    self.blocks(&b.otherwise.blocks);
                }
                Block::Assign(a) => {
                    self.eval(&a.value);
                    a.low.iter().chain(&a.high).for_each(|e| self.expr(e));
                    self.bound.push(a.sym.clone());
                }
                Block::Break | Block::Continue | Block::Return => {}
            }
        }
        self.bound.truncate(mark);
    }
}
