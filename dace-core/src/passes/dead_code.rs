//! Removes computations whose results nobody reads.
//!
//! ```text
//! t = a + b        # t is a transient that is not read again
//! c = a * b        c = a * b
//! ```
//!
//! A computation that may fail by its values (solve, inverse, Cholesky), a `while` loop and an assignment with bounds stay.
//! An index error of a computation that goes disappears with it.

use super::common::{Footprint, shapes};
use crate::pipeline::Options;
use crate::sdfg::{
    Block, DataId, Eval, LibraryKind, LoopKind, Memlet, Node, Region, Sdfg, State,
    accesses_of_region,
};
use crate::symbolic::{Dim, Expr, Facts, Sym};
use petgraph::stable_graph::NodeIndex;
use std::collections::{BTreeMap, BTreeSet};

type Live = BTreeSet<DataId>;

/// Returns how many computations, loops, branches and assignments it removed.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let exit: Live = sdfg.ids().filter(|d| sdfg.is_visible(*d)).collect();
    let shapes = shapes(sdfg);
    let mut used = BTreeSet::new();
    for b in &sdfg.body.blocks {
        used.extend(Footprint::of(b, &shapes).uses);
    }
    let mut pass = DeadCode {
        shapes: &shapes,
        exit: exit.clone(),
        loops: Vec::new(),
        used,
        facts: super::common::global_facts(sdfg),
        removed: 0,
    };
    let mut body = std::mem::take(&mut sdfg.body);
    let total = super::common::count_accesses(&body);
    pass.region(&mut body, exit, &total);
    let removed = pass.removed;
    sdfg.body = body;
    removed
}

struct DeadCode<'a> {
    shapes: &'a [Vec<Expr>],
    /// Live at the end of the program.
    exit: Live,
    /// Live after the innermost loop, and at its next iteration.
    loops: Vec<(Live, Live)>,
    /// Symbols that are used anywhere.
    used: BTreeSet<Sym>,
    facts: Facts,
    removed: usize,
}

impl DeadCode<'_> {
    /// Backward over a region; `live` is what is live after it; returns what is live before it.
    fn region(
        &mut self,
        region: &mut Region,
        mut live: Live,
        total: &BTreeMap<DataId, usize>,
    ) -> Live {
        let mut kept = Vec::with_capacity(region.blocks.len());
        for mut block in std::mem::take(&mut region.blocks).into_iter().rev() {
            let keep = match &mut block {
                Block::State(state) => {
                    self.state(state, &mut live, total);
                    state.graph.node_count() > 0
                }
                Block::Loop(l) => {
                    let mut around = live.clone();
                    accesses_of_region(&l.body, &mut |a| {
                        if !a.write || a.memlet.wcr.is_some() {
                            around.insert(a.memlet.data);
                        }
                    });
                    let is_while = if let LoopKind::While { cond } = &l.kind {
                        read(cond, &mut around);
                        true
                    } else {
                        false
                    };
                    self.loops.push((live.clone(), around.clone()));
                    self.region(&mut l.body, around.clone(), total);
                    self.loops.pop();
                    if l.body.is_empty() && !is_while {
                        false
                    } else {
                        live = around;
                        true
                    }
                }
                Block::Branch(b) => {
                    let then = self.region(&mut b.then, live.clone(), total);
                    let otherwise = self.region(&mut b.otherwise, live.clone(), total);
                    if b.then.is_empty() && b.otherwise.is_empty() {
                        false
                    } else {
                        live = then;
                        live.extend(otherwise);
                        read(&b.cond, &mut live);
                        true
                    }
                }
                Block::Assign(a) => {
                    if a.low.is_none() && a.high.is_none() && !self.used.contains(&a.sym) {
                        false
                    } else {
                        read(&a.value, &mut live);
                        true
                    }
                }
                Block::Break => {
                    live = self
                        .loops
                        .last()
                        .map_or_else(|| self.exit.clone(), |(after, _)| after.clone());
                    true
                }
                Block::Continue => {
                    live = self
                        .loops
                        .last()
                        .map_or_else(|| self.exit.clone(), |(_, next)| next.clone());
                    true
                }
                Block::Return => {
                    live = self.exit.clone();
                    true
                }
            };
            if keep {
                kept.push(block);
            } else {
                self.removed += 1;
            }
        }
        kept.reverse();
        region.blocks = kept;
        live
    }

    fn state(&mut self, state: &mut State, live: &mut Live, total: &BTreeMap<DataId, usize>) {
        let mut gone = Vec::new();
        let computations: Vec<_> = state.computations().collect();
        for node in computations.into_iter().rev() {
            if let Node::Map(map) = &mut state.graph[node] {
                let mut body = std::mem::take(&mut map.body);
                // At the end of an iteration: what is live after the map, and what another iteration reads.
                let private = private(&body, total);
                let mut after = live.clone();
                after.extend(outer_reads(&body, &private));
                self.region(&mut body, after, total);
                if body.is_empty() {
                    gone.push(node);
                } else {
                    if body
                        .blocks
                        .iter()
                        .all(|b| super::common::Alone::of(b).is_some_and(|t| t.writes_plainly()))
                    {
                        let killed = overwritten(map, &body, self.shapes, &self.facts);
                        live.retain(|d| !killed.contains(d));
                    }
                    live.extend(outer_reads(&body, &private));
                }
                map.body = body;
                continue;
            }
            let outputs = state.outputs(node);
            let dead =
                outputs.iter().all(|m| !live.contains(&m.data)) && removable(&state.graph[node]);
            if dead {
                gone.push(node);
                continue;
            }
            let conditional = matches!(&state.graph[node], Node::Tasklet(t) if t.guard.is_some() || t.index.is_some());
            for m in outputs {
                if m.wcr.is_some() {
                    live.insert(m.data);
                } else if !m.dynamic
                    && !conditional
                    && !matches!(state.graph[node], Node::Nested(_))
                    && m.subset
                        .covers(&self.shapes[m.data.0 as usize], &self.facts)
                {
                    live.remove(&m.data);
                }
            }
            live.extend(state.inputs(node).iter().map(|m| m.data));
        }
        self.removed += gone.len();
        remove_nodes(state, &gone);
    }
}

/// What a map's body reads (or combines with) that is not its own.
fn outer_reads(body: &Region, private: &Live) -> Live {
    let mut found = Live::new();
    accesses_of_region(body, &mut |a| {
        if (!a.write || a.memlet.wcr.is_some()) && !private.contains(&a.memlet.data) {
            found.insert(a.memlet.data);
        }
    });
    found
}

fn read(eval: &Eval, live: &mut Live) {
    live.extend(eval.inputs.iter().map(|m| m.data));
}

fn removable(node: &Node) -> bool {
    match node {
        Node::Library(l) => matches!(
            l.kind,
            LibraryKind::MatMul { .. } | LibraryKind::ArgReduce { .. }
        ),
        Node::Nested(n) => !super::region_cleanup::may_fail(&n.sdfg.body),
        _ => true,
    }
}

/// Containers all of whose accesses lie in this body.
pub fn private(body: &Region, total: &BTreeMap<DataId, usize>) -> BTreeSet<DataId> {
    super::common::count_accesses(body)
        .into_iter()
        .filter(|(d, n)| total.get(d) == Some(n))
        .map(|(d, _)| d)
        .collect()
}

/// Containers that a map overwrites entirely: each dimension from 0 to its size by a parameter of its own.
fn overwritten(map: &crate::sdfg::Map, body: &Region, shapes: &[Vec<Expr>], facts: &Facts) -> Live {
    let mut found = Live::new();
    accesses_of_region(body, &mut |a| {
        if a.write
            && a.memlet.wcr.is_none()
            && covers(map, a.memlet, &shapes[a.memlet.data.0 as usize], facts)
        {
            found.insert(a.memlet.data);
        }
    });
    found
}

/// Whether a point written in each iteration of a map runs over the whole container, whatever the sizes.
pub fn covers(map: &crate::sdfg::Map, memlet: &Memlet, shape: &[Expr], facts: &Facts) -> bool {
    let mut seen = BTreeSet::new();
    let all = memlet.subset.0.iter().zip(shape).all(|(dim, size)| {
        let Dim::Index(e) = dim else { return false };
        let Some(k) = e
            .as_sym()
            .and_then(|s| map.params.iter().position(|p| p == s))
        else {
            return facts.eq(e, &Expr::zero()) && facts.eq(size, &Expr::one());
        };
        let r = &map.ranges[k];
        seen.insert(k)
            && r.step.as_int() == Some(1)
            && facts.le(&r.begin, &Expr::zero())
            && facts.le(size, &r.end)
    });
    // A parameter that does not occur must have iterations.
    all && (0..map.params.len()).all(|k| seen.contains(&k) || facts.is_pos(&map.ranges[k].count()))
}

/// Removes computations with their edges, and access nodes that nothing is left of. Edges of order go on through what is removed.
pub fn remove_nodes(state: &mut State, gone: &[NodeIndex<u32>]) {
    use petgraph::Direction::{Incoming, Outgoing};
    for node in gone {
        let before: Vec<_> = state.graph.neighbors_directed(*node, Incoming).collect();
        let after: Vec<_> = state.graph.neighbors_directed(*node, Outgoing).collect();
        state.graph.remove_node(*node);
        for a in &before {
            for b in &after {
                if !state.graph.contains_edge(*a, *b) {
                    state.graph.add_edge(
                        *a,
                        *b,
                        crate::sdfg::Edge {
                            memlet: None,
                            conn: 0,
                        },
                    );
                }
            }
        }
    }
    if gone.is_empty() {
        return;
    }
    let bare: Vec<_> = state
        .graph
        .node_indices()
        .filter(|n| {
            matches!(state.graph[*n], Node::Access(_))
                && state
                    .graph
                    .edges_directed(*n, Incoming)
                    .chain(state.graph.edges_directed(*n, Outgoing))
                    .all(|e| e.weight().memlet.is_none())
        })
        .collect();
    for node in bare {
        let before: Vec<_> = state.graph.neighbors_directed(node, Incoming).collect();
        let after: Vec<_> = state.graph.neighbors_directed(node, Outgoing).collect();
        state.graph.remove_node(node);
        for a in &before {
            for b in &after {
                if !state.graph.contains_edge(*a, *b) {
                    state.graph.add_edge(
                        *a,
                        *b,
                        crate::sdfg::Edge {
                            memlet: None,
                            conn: 0,
                        },
                    );
                }
            }
        }
    }
}
