//! Memlet propagation: the edges of a map carry the union of what its body moves.
//!
//! A point `A[i + 1, j]` inside a map over `i in 0:N` becomes `A[1:N + 1, j]` outside. Where a bound cannot be expressed outside, the whole
//! dimension is taken. When the map has no iterations the propagated memlet means nothing.

use super::{Block, DataId, Edge, LoopKind, Map, Memlet, Node, Region, Sdfg, State};
use crate::symbolic::{Dim, Expr, Range, Subset, Sym};
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::visit::EdgeRef;
use std::collections::BTreeMap;

type Memlets = BTreeMap<DataId, Memlet>;

/// Brings the edges of all maps of a program up to date. To be called after lowering and after every pass.
/// Transients private to a map get no edge.
pub fn propagate(sdfg: &mut Sdfg) {
    let shapes: Vec<Vec<Expr>> = sdfg.data.iter().map(|d| d.shape.clone()).collect();
    let visible: Vec<bool> = sdfg.ids().map(|d| sdfg.is_visible(d)).collect();
    let total = count(&sdfg.body);
    sdfg.body.visit_regions_mut(&mut |region| {
        for block in &mut region.blocks {
            if let Block::State(state) = block {
                propagate_state(state, &shapes, &visible, &total);
            }
        }
    });
}

fn count(region: &Region) -> BTreeMap<DataId, usize> {
    let mut counts = BTreeMap::new();
    super::accesses_of_region(region, &mut |a| {
        *counts.entry(a.memlet.data).or_insert(0) += 1
    });
    counts
}

fn propagate_state(
    state: &mut State,
    shapes: &[Vec<Expr>],
    visible: &[bool],
    total: &BTreeMap<DataId, usize>,
) {
    let maps: Vec<_> = state
        .graph
        .node_indices()
        .filter(|n| matches!(state.graph[*n], Node::Map(_)))
        .collect();
    for node in maps {
        let Node::Map(map) = &state.graph[node] else {
            continue;
        };
        let inside = count(&map.body);
        let (mut reads, mut writes) = propagate_map(map, shapes);
        let outside = |d: &DataId| visible[d.0 as usize] || total.get(d) != inside.get(d);
        reads.retain(|d, _| outside(d));
        writes.retain(|d, _| outside(d));
        for (memlets, direction) in [(reads, Incoming), (writes, Outgoing)] {
            let mut kept = BTreeMap::new();
            let mut stale = Vec::new();
            for edge in state.graph.edges_directed(node, direction) {
                let other = if direction == Incoming {
                    edge.source()
                } else {
                    edge.target()
                };
                if let Some(m) = &edge.weight().memlet {
                    if memlets.contains_key(&m.data) && !kept.contains_key(&m.data) {
                        kept.insert(m.data, edge.id());
                    } else {
                        stale.push((edge.id(), other));
                    }
                }
            }
            for (edge, other) in stale {
                state.graph.remove_edge(edge);
                if state.graph.neighbors_undirected(other).next().is_none() {
                    state.graph.remove_node(other);
                }
            }
            for (data, memlet) in memlets {
                let weight = Edge {
                    memlet: Some(memlet),
                    conn: 0,
                };
                if let Some(edge) = kept.get(&data) {
                    state.graph[*edge] = weight;
                } else {
                    let access = state.graph.add_node(Node::Access(data));
                    let (from, to) = if direction == Incoming {
                        (access, node)
                    } else {
                        (node, access)
                    };
                    state.graph.add_edge(from, to, weight);
                }
            }
        }
    }
}

/// What a block reads and writes: one memlet for each container, private ones included.
pub fn propagate_block(block: &Block, shapes: &[Vec<Expr>]) -> (Memlets, Memlets) {
    let mut gather = Gather {
        shapes,
        scope: Vec::new(),
        reads: Memlets::new(),
        writes: Memlets::new(),
    };
    gather.blocks(std::slice::from_ref(block));
    (gather.reads, gather.writes)
}

/// What a map's body reads and writes, as seen from outside: one memlet for each container, private ones included.
pub fn propagate_map(map: &Map, shapes: &[Vec<Expr>]) -> (Memlets, Memlets) {
    let mut gather = Gather {
        shapes,
        scope: Vec::new(),
        reads: Memlets::new(),
        writes: Memlets::new(),
    };
    gather.scope.extend(
        map.params
            .iter()
            .cloned()
            .zip(map.ranges.iter().cloned().map(Some)),
    );
    gather.region(&map.body);
    (gather.reads, gather.writes)
}

struct Gather<'a> {
    shapes: &'a [Vec<Expr>],
    /// Symbols defined between the map and here, outermost first; without a range where only assigned.
    scope: Vec<(Sym, Option<Range>)>,
    reads: Memlets,
    writes: Memlets,
}

impl Gather<'_> {
    fn region(&mut self, region: &Region) {
        self.blocks(&region.blocks);
    }

    fn blocks(&mut self, blocks: &[Block]) {
        let depth = self.scope.len();
        for block in blocks {
            match block {
                Block::State(state) => self.state(state),
                Block::Loop(l) => {
                    let inner = self.scope.len();
                    match &l.kind {
                        LoopKind::For { var, range } => {
                            self.scope.push((var.clone(), Some(range.clone())))
                        }
                        LoopKind::While { cond } => {
                            cond.inputs.iter().for_each(|m| self.add(m, false))
                        }
                    }
                    self.region(&l.body);
                    self.scope.truncate(inner);
                }
                Block::Branch(b) => {
                    b.cond.inputs.iter().for_each(|m| self.add(m, false));
                    self.region(&b.then);
                    self.region(&b.otherwise);
                }
                Block::Assign(a) => {
                    a.value.inputs.iter().for_each(|m| self.add(m, false));
                    self.scope.push((a.sym.clone(), None));
                }
                Block::Break | Block::Continue | Block::Return => {}
            }
        }
        self.scope.truncate(depth);
    }

    fn state(&mut self, state: &State) {
        for node in state.computations() {
            if let Node::Map(map) = &state.graph[node] {
                let depth = self.scope.len();
                self.scope.extend(
                    map.params
                        .iter()
                        .cloned()
                        .zip(map.ranges.iter().cloned().map(Some)),
                );
                self.region(&map.body);
                self.scope.truncate(depth);
                continue;
            }
            state
                .inputs(node)
                .into_iter()
                .for_each(|m| self.add(m, false));
            state
                .outputs(node)
                .into_iter()
                .for_each(|m| self.add(m, true));
        }
    }

    fn add(&mut self, memlet: &Memlet, write: bool) {
        let shape = &self.shapes[memlet.data.0 as usize];
        let dims = memlet
            .subset
            .0
            .iter()
            .zip(shape)
            .map(|(dim, size)| self.outside(dim, size))
            .collect();
        let seen = Memlet {
            subset: Subset(dims),
            ..memlet.clone()
        };
        let into = if write {
            &mut self.writes
        } else {
            &mut self.reads
        };
        match into.get_mut(&memlet.data) {
            None => {
                into.insert(memlet.data, seen);
            }
            Some(old) => {
                for ((a, b), size) in old.subset.0.iter_mut().zip(seen.subset.0).zip(shape) {
                    *a = union(a, b, size);
                }
                old.dynamic |= seen.dynamic;
                if old.wcr != seen.wcr {
                    old.wcr = None;
                }
            }
        }
    }

    /// A dimension with the symbols of the scope eliminated.
    fn outside(&self, dim: &Dim, size: &Expr) -> Dim {
        let defined = |e: &Expr| self.scope.iter().any(|(s, _)| e.contains(s));
        let (low, high) = dim.hull();
        if !defined(&low) && !defined(&high) {
            return dim.clone();
        }
        let whole = || Dim::Range(Range::upto(size.clone()));
        let eliminate = |e: Expr, upper: bool| -> Option<Expr> {
            let mut e = e;
            for (sym, range) in self.scope.iter().rev() {
                if !e.contains(sym) {
                    continue;
                }
                let (a, rest) = e.linear_in(sym)?;
                let range = range.as_ref()?;
                let ascending = range.step.as_int()? > 0;
                let (first, last) = if ascending {
                    (range.begin.clone(), &range.end - 1)
                } else {
                    (&range.end + 1, range.begin.clone())
                };
                let rising = a.as_int()? > 0;
                e = a * if rising == upper { last } else { first } + rest;
            }
            Some(e)
        };
        match (eliminate(low, false), eliminate(high, true)) {
            (Some(low), Some(high)) => Dim::Range(Range::new(low, high + 1, 1)),
            _ => whole(),
        }
    }
}

fn union(a: &Dim, b: Dim, size: &Expr) -> Dim {
    if *a == b {
        return b;
    }
    let ((low_a, high_a), (low_b, high_b)) = (a.hull(), b.hull());
    let smaller = |x: &Expr, y: &Expr| {
        (y - x)
            .as_int()
            .map(|d| if d >= 0 { x.clone() } else { y.clone() })
    };
    match (smaller(&low_a, &low_b), smaller(&-&high_a, &-&high_b)) {
        (Some(low), Some(high)) => Dim::Range(Range::new(low, -high + 1, 1)),
        _ => Dim::Range(Range::upto(size.clone())),
    }
}
