//! What a piece of program surely writes of one container, and whether it reads elements that it has not written before.
//!
//! Reads that no earlier write of the same piece covers are *exposed*: they see what was there at its start. Writes cover
//! when they happen on all paths, plainly and to all of their subset. Sets of elements are subsets in the symbols of the
//! place; those of loops and maps are expanded over the ranges.

use super::presburger::{Fact, infeasible, relevant};
use super::scope::{assign_facts, condition_facts, map_facts, range_facts};
use crate::sdfg::{Block, DataId, LoopKind, Memlet, Node, Region, State};
use crate::symbolic::{Dim, Expr, Range, Subset, Sym};

/// The walk over a piece of program for one container.
#[derive(Clone, Debug)]
pub struct Coverage {
    data: DataId,
    facts: Vec<Fact>,
    written: Vec<Subset>,
    exposed: bool,
}

/// More sets than this are not followed.
const MOST_SETS: usize = 12;

impl Coverage {
    /// `facts`: what is known at the start of the piece.
    pub fn new(data: DataId, facts: Vec<Fact>) -> Self {
        Self {
            data,
            facts,
            written: Vec::new(),
            exposed: false,
        }
    }

    /// Some read may see what was there before.
    pub fn exposed(&self) -> bool {
        self.exposed
    }

    /// All of a container of this shape has surely been written.
    pub fn complete(&self, shape: &[Expr]) -> bool {
        self.covers(&Subset::whole(shape))
    }

    /// Every element of the subset has surely been written.
    fn covers(&self, subset: &Subset) -> bool {
        if self.written.contains(subset) || (subset.rank() == 0 && !self.written.is_empty()) {
            return true;
        }
        if self.written.is_empty() {
            return false;
        }
        // An element of the subset that is in none of the sets.
        let mut core = Vec::new();
        let mut element = Vec::with_capacity(subset.rank());
        for (k, dim) in subset.0.iter().enumerate() {
            match dim {
                Dim::Index(e) => element.push(e.clone()),
                Dim::Range(range) => {
                    let e = Expr::sym(Sym::new(&format!("#{k}")));
                    match range.step.as_int() {
                        Some(step) if step < 0 => {
                            core.push(Fact::le(&e, &range.begin));
                            core.push(Fact::lt(&range.end, &e));
                        }
                        Some(_) => {
                            core.push(Fact::le(&range.begin, &e));
                            core.push(Fact::lt(&e, &range.end));
                        }
                        None => return false,
                    }
                    element.push(e);
                }
            }
        }
        for set in &self.written {
            let mut outside = Vec::new();
            let mut exact = true;
            for (dim, e) in set.0.iter().zip(&element) {
                match dim {
                    Dim::Index(index) => {
                        outside.push(vec![Fact::lt(e, index)]);
                        outside.push(vec![Fact::lt(index, e)]);
                    }
                    Dim::Range(range) => {
                        exact &= range.step.as_int() == Some(1);
                        outside.push(vec![Fact::lt(e, &range.begin)]);
                        outside.push(vec![Fact::le(&range.end, e)]);
                    }
                }
            }
            if exact {
                core.push(Fact::Any(outside));
            }
        }
        let pool: Vec<&Fact> = self.facts.iter().collect();
        infeasible(&relevant(core, &pool))
    }

    fn read(&mut self, memlet: &Memlet) {
        if memlet.data == self.data && !self.exposed && !self.covers(&memlet.subset) {
            self.exposed = true;
        }
    }

    fn write(&mut self, memlet: &Memlet) {
        if memlet.data != self.data {
            return;
        }
        if memlet.wcr.is_some() {
            self.read(memlet);
        } else if !memlet.dynamic {
            self.add(memlet.subset.clone());
        }
    }

    fn add(&mut self, set: Subset) {
        if self.written.len() < MOST_SETS && !self.written.contains(&set) {
            self.written.push(set);
        }
    }

    /// Walks blocks in order; false when control never reaches their end.
    pub fn blocks(&mut self, blocks: &[Block]) -> bool {
        let mark = self.facts.len();
        let mut assigned = Vec::new();
        let mut reaches_end = true;
        for block in blocks {
            match block {
                Block::State(state) => self.state(state),
                Block::Loop(l) => match &l.kind {
                    LoopKind::For { var, range } => self.for_loop(var, range, &l.body),
                    LoopKind::While { cond } => {
                        cond.inputs.iter().for_each(|m| self.read(m));
                        let before = self.written.clone();
                        self.blocks(&l.body.blocks);
                        self.written = before;
                    }
                },
                Block::Branch(b) => {
                    b.cond.inputs.iter().for_each(|m| self.read(m));
                    let mut sides = Vec::new();
                    for (region, outcome) in [(&b.then, true), (&b.otherwise, false)] {
                        let mut side = self.clone();
                        side.facts.extend(condition_facts(&b.cond.code, outcome));
                        side.blocks(&region.blocks);
                        self.exposed |= side.exposed;
                        sides.push(side);
                    }
                    // A side that leaves early may skip what follows, so it counts like the other.
                    let (first, second) = (&sides[0], &sides[1]);
                    let mut both: Vec<Subset> = Vec::new();
                    for (from, other) in [(first, second), (second, first)] {
                        for set in &from.written {
                            if !both.contains(set) && other.covers(set) {
                                both.push(set.clone());
                            }
                        }
                    }
                    self.written = both;
                }
                Block::Assign(a) => {
                    a.value.inputs.iter().for_each(|m| self.read(m));
                    self.facts.extend(assign_facts(a));
                    assigned.push(a.sym.clone());
                }
                Block::Break | Block::Continue | Block::Return => {
                    reaches_end = false;
                    break;
                }
            }
        }
        self.facts.truncate(mark);
        self.written
            .retain(|set| !assigned.iter().any(|s| set.contains_sym(s)));
        reaches_end
    }

    fn state(&mut self, state: &State) {
        for node in state.computations() {
            if let Node::Map(map) = &state.graph[node] {
                let mark = self.facts.len();
                let before = self.written.clone();
                self.facts.extend(map_facts(map));
                self.blocks(&map.body.blocks);
                let mut inside = std::mem::replace(&mut self.written, before);
                // Outside of the map nothing says that it has iterations.
                self.facts.truncate(mark);
                // Parameters one after the other; each range is free of the others.
                for (param, range) in map.params.iter().zip(&map.ranges) {
                    inside = self.expand(inside, param, range);
                }
                for set in inside {
                    self.add(set);
                }
                continue;
            }
            state.inputs(node).into_iter().for_each(|m| self.read(m));
            state.outputs(node).into_iter().for_each(|m| self.write(m));
        }
    }

    fn for_loop(&mut self, var: &Sym, range: &Range, body: &Region) {
        let mark = self.facts.len();
        let before = self.written.clone();
        let leaves = may_leave(body);
        self.facts.extend(range_facts(var, range, false));
        // What an iteration writes whatever came before it.
        let mut alone = self.clone();
        alone.exposed = true;
        alone.blocks(&body.blocks);
        let each = if leaves { Vec::new() } else { alone.written };
        // Within an iteration, the iterations before it have written theirs.
        if !self.exposed {
            for set in &each {
                if let Some(set) = so_far(set, var, range) {
                    self.add(set);
                }
            }
            self.blocks(&body.blocks);
        }
        self.facts.truncate(mark);
        self.written = before;
        let after = self.expand(each, var, range);
        for set in after {
            self.add(set);
        }
    }

    /// The union over a range of sets that each value of `var` writes, as far as it is a subset.
    fn expand(&self, sets: Vec<Subset>, var: &Sym, range: &Range) -> Vec<Subset> {
        let mut runs: Option<bool> = None;
        sets.into_iter()
            .filter_map(|set| {
                if !set.contains_sym(var) {
                    // Written if there is an iteration at all.
                    let runs = *runs.get_or_insert_with(|| self.runs(range));
                    return (self.written.contains(&set) || runs).then_some(set);
                }
                along(&set, var, |offset, rising| {
                    match (range.step.as_int()?, rising) {
                        (1, true) => {
                            Some(Range::new(&range.begin + offset, &range.end + offset, 1))
                        }
                        (-1, true) => Some(Range::new(
                            &range.end + 1 + offset,
                            &range.begin + 1 + offset,
                            1,
                        )),
                        (1, false) => Some(Range::new(
                            offset - &range.end + 1,
                            offset - &range.begin + 1,
                            1,
                        )),
                        (-1, false) => {
                            Some(Range::new(offset - &range.begin, offset - &range.end, 1))
                        }
                        (step, true) if step > 1 => {
                            Some(Range::new(&range.begin + offset, &range.end + offset, step))
                        }
                        _ => None,
                    }
                })
            })
            .collect()
    }

    /// The range is proved to hold an iteration.
    fn runs(&self, range: &Range) -> bool {
        let empty = match range.step.as_int() {
            Some(step) if step > 0 => Fact::le(&range.end, &range.begin),
            Some(step) if step < 0 => Fact::le(&range.begin, &range.end),
            _ => return false,
        };
        let pool: Vec<&Fact> = self.facts.iter().collect();
        infeasible(&relevant(vec![empty], &pool))
    }
}

/// What iterations before the one at `var` have written.
fn so_far(set: &Subset, var: &Sym, range: &Range) -> Option<Subset> {
    if !set.contains_sym(var) {
        return None;
    }
    let v = Expr::from(var);
    along(set, var, |offset, rising| {
        match (range.step.as_int()?, rising) {
            (1, true) => Some(Range::new(&range.begin + offset, &v + offset, 1)),
            (-1, true) => Some(Range::new(&v + 1 + offset, &range.begin + 1 + offset, 1)),
            (1, false) => Some(Range::new(offset - &v + 1, offset - &range.begin + 1, 1)),
            (-1, false) => Some(Range::new(offset - &range.begin, offset - &v, 1)),
            _ => None,
        }
    })
}

/// Replaces the one dimension that is `offset + var` (rising) or `offset - var` by a range.
fn along(
    set: &Subset,
    var: &Sym,
    range_of: impl Fn(&Expr, bool) -> Option<Range>,
) -> Option<Subset> {
    let mut found = false;
    let mut dims = Vec::with_capacity(set.rank());
    for dim in &set.0 {
        match dim {
            Dim::Index(e) if e.contains(var) => {
                let (a, offset) = e.linear_in(var)?;
                if std::mem::replace(&mut found, true) {
                    return None;
                }
                let rising = match a.as_int()? {
                    1 => true,
                    -1 => false,
                    _ => return None,
                };
                dims.push(Dim::Range(range_of(&offset, rising)?));
            }
            Dim::Range(r) if r.contains_sym(var) => return None,
            other => dims.push(other.clone()),
        }
    }
    Some(Subset(dims))
}

/// Control may leave an iteration of this body before its end.
pub fn may_leave(body: &Region) -> bool {
    leaves(body, true)
}

/// `own`: break and continue in it belong to the loop asked about.
fn leaves(region: &Region, own: bool) -> bool {
    region.blocks.iter().any(|block| match block {
        Block::Break | Block::Continue => own,
        Block::Return => true,
        Block::Branch(b) => leaves(&b.then, own) || leaves(&b.otherwise, own),
        Block::Loop(l) => leaves(&l.body, false),
        Block::State(_) | Block::Assign(_) => false,
    })
}
