//! Graphs of states: edges, connectors, and conflicts of nodes that nothing orders.

use super::{Verifier, label};
use crate::analysis::presburger::{Fact, infeasible, relevant};
use crate::sdfg::{Memlet, Node, State};
use crate::symbolic::{Dim, Expr, Subset, Sym};
use petgraph::Direction::{self, Incoming, Outgoing};
use petgraph::stable_graph::NodeIndex;
use petgraph::visit::{EdgeRef, IntoEdgeReferences};
use std::collections::{BTreeMap, BTreeSet};

impl Verifier<'_> {
    pub(super) fn state(&mut self, state: &State) {
        let order = state.order();
        if order.len() != state.graph.node_count() {
            self.error("the graph has a cycle");
            return;
        }
        for node in state.graph.node_weights() {
            if let Node::Access(id) = node {
                self.valid(*id);
            }
        }
        let mut valid = true;
        for edge in (&state.graph).edge_references() {
            let Some(memlet) = &edge.weight().memlet else {
                continue;
            };
            let (from, to) = (&state.graph[edge.source()], &state.graph[edge.target()]);
            let (access, write) = match (from, to) {
                (Node::Access(id), other) if !matches!(other, Node::Access(_)) => (*id, false),
                (other, Node::Access(id)) if !matches!(other, Node::Access(_)) => (*id, true),
                _ => {
                    self.error(format!(
                        "an edge with a memlet from {} to {}",
                        label(from),
                        label(to)
                    ));
                    valid = false;
                    continue;
                }
            };
            if access != memlet.data {
                let (access, data) = (self.name(access), self.name(memlet.data));
                self.error(format!("a memlet of {data} on an edge of {access}"));
                valid = false;
            }
            valid &= self.memlet(memlet, write);
        }
        if !valid {
            return;
        }
        for node in order
            .into_iter()
            .filter(|n| !matches!(state.graph[*n], Node::Access(_)))
        {
            self.within(label(&state.graph[node]), |this| {
                if !matches!(state.graph[node], Node::Map(_) | Node::Nested(_)) {
                    this.dense(state, node, Incoming);
                    this.dense(state, node, Outgoing);
                }
                this.node(state, node);
            });
        }
        self.unordered(state);
    }

    /// Connectors are `0..n`, one edge each.
    fn dense(&mut self, state: &State, node: NodeIndex<u32>, direction: Direction) {
        let edges = state
            .graph
            .edges_directed(node, direction)
            .filter(|e| e.weight().memlet.is_some());
        let mut found: Vec<usize> = edges.map(|e| e.weight().conn).collect();
        found.sort_unstable();
        if !found.iter().copied().eq(0..found.len()) {
            let side = if direction == Incoming { "in" } else { "out" };
            self.error(format!("the {side} connectors are {found:?}"));
        }
    }

    /// Nodes without a path between them do not conflict.
    fn unordered(&mut self, state: &State) {
        let order = state.order();
        let mut before: BTreeMap<NodeIndex<u32>, BTreeSet<NodeIndex<u32>>> = BTreeMap::new();
        for node in &order {
            let mut all = BTreeSet::new();
            for previous in state.graph.neighbors_directed(*node, Incoming) {
                all.insert(previous);
                all.extend(before.get(&previous).into_iter().flatten().copied());
            }
            before.insert(*node, all);
        }
        let nodes: Vec<_> = order
            .into_iter()
            .filter(|n| !matches!(state.graph[*n], Node::Access(_)))
            .collect();
        for (index, b) in nodes.iter().enumerate() {
            for a in &nodes[..index] {
                if !before[b].contains(a)
                    && let Some(data) = self.conflict(state, *a, *b)
                {
                    let (a, b) = (label(&state.graph[*a]), label(&state.graph[*b]));
                    self.error(format!(
                        "{a} and {b} conflict on {data}, and no path orders them"
                    ));
                }
            }
        }
    }

    fn conflict(&self, state: &State, a: NodeIndex<u32>, b: NodeIndex<u32>) -> Option<String> {
        let touched = |node| {
            let reads = state.inputs(node).into_iter().map(|m| (m, false));
            reads
                .chain(state.outputs(node).into_iter().map(|m| (m, true)))
                .collect::<Vec<_>>()
        };
        for (x, x_writes) in touched(a) {
            for (y, y_writes) in touched(b) {
                let resolved = x_writes && y_writes && x.wcr.is_some() && x.wcr == y.wcr;
                if (x_writes || y_writes) && !resolved && self.overlap(x, y) {
                    return Some(self.name(x.data));
                }
            }
        }
        None
    }

    /// Whether two memlets may share an element.
    pub(super) fn overlap(&self, a: &Memlet, b: &Memlet) -> bool {
        if a.data != b.data {
            return false;
        }
        let pool: Vec<&Fact> = self.facts.iter().collect();
        !infeasible(&relevant(shared(&a.subset, &b.subset), &pool))
    }
}

/// What holds of an element that is in both subsets.
fn shared(a: &Subset, b: &Subset) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (d, dims) in a.0.iter().zip(&b.0).enumerate() {
        // Names that no program can write.
        let element = Expr::sym(format!("@{d}").as_str());
        for (side, dim) in [dims.0, dims.1].into_iter().enumerate() {
            match dim {
                Dim::Index(e) => facts.push(Fact::eq(e, &element)),
                Dim::Range(r) => match r.step.as_int() {
                    Some(step @ 1..) => {
                        facts.extend([Fact::le(&r.begin, &element), Fact::lt(&element, &r.end)]);
                        if step > 1 {
                            let count = Expr::sym(Sym::new(&format!("@{d}.{side}")));
                            facts.push(Fact::eq(
                                &element,
                                &(&r.begin + count.scale(i128::from(step))),
                            ));
                        }
                    }
                    Some(..=-1) => {
                        facts.extend([Fact::le(&element, &r.begin), Fact::lt(&r.end, &element)]);
                    }
                    _ => {}
                },
            }
        }
    }
    facts
}
