//! Makes one dataflow graph of states that follow each other, the inverse of `state_split`.
//!
//! ```text
//! state { t = a + b }        state { t = a + b -> c = t * t }
//! state { c = t * t }
//! ```
//!
//! What one state writes and the next reads goes through one access node. Two states stay apart where the second overwrites something, unless a
//! path of data orders it behind all that touched it: an order that no data explains is clearer as a sequence.

use crate::pipeline::Options;
use crate::sdfg::{Block, DataId, Edge, Memlet, Node, Sdfg, State, accesses_of_state};
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::stable_graph::NodeIndex;
use petgraph::visit::{EdgeRef, IntoEdgeReferences};
use std::collections::{BTreeMap, BTreeSet};

/// Returns how many states went into the one before.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    // Edges of maps say what the maps touch: they are needed here.
    crate::sdfg::propagate(sdfg);
    let mut changes = 0;
    sdfg.body.visit_regions_mut(&mut |region| {
        let mut blocks: Vec<Block> = Vec::with_capacity(region.blocks.len());
        for block in std::mem::take(&mut region.blocks) {
            if let Block::State(second) = &block
                && let Some(Block::State(first)) = blocks.last_mut()
                && let Some(merged) = merge(first, second)
            {
                *first = merged;
                changes += 1;
            } else {
                blocks.push(block);
            }
        }
        region.blocks = blocks;
    });
    changes
}

fn touched(state: &State) -> (BTreeSet<DataId>, BTreeSet<DataId>) {
    let (mut reads, mut writes) = (BTreeSet::new(), BTreeSet::new());
    accesses_of_state(state, &mut |a| {
        if a.write { &mut writes } else { &mut reads }.insert(a.memlet.data);
    });
    (reads, writes)
}

/// Both states in one graph, or nothing.
fn merge(first: &State, second: &State) -> Option<State> {
    let ((reads_a, writes_a), (reads_b, writes_b)) = (touched(first), touched(second));
    let mut graph = first.graph.clone();
    // The one access node of the first state behind which a container has its final value.
    let last = |data: DataId| -> Option<NodeIndex<u32>> {
        let nodes: Vec<_> = first
            .graph
            .node_indices()
            .filter(|n| matches!(first.graph[*n], Node::Access(d) if d == data))
            .collect();
        let written: Vec<_> = nodes
            .iter()
            .copied()
            .filter(|n| {
                first
                    .graph
                    .neighbors_directed(*n, Incoming)
                    .next()
                    .is_some()
            })
            .collect();
        if let [one] = written.as_slice() {
            Some(*one)
        } else {
            None
        }
    };
    let mut place: BTreeMap<NodeIndex<u32>, NodeIndex<u32>> = BTreeMap::new();
    for node in second.graph.node_indices() {
        let source = second
            .graph
            .neighbors_directed(node, Incoming)
            .next()
            .is_none();
        let new = match &second.graph[node] {
            Node::Access(d) if source && writes_a.contains(d) => last(*d)?,
            other => graph.add_node(other.clone()),
        };
        place.insert(node, new);
    }
    for edge in (&second.graph).edge_references() {
        let weight: Edge = edge.weight().clone();
        graph.add_edge(place[&edge.source()], place[&edge.target()], weight);
    }
    if petgraph::algo::is_cyclic_directed(&graph) {
        return None;
    }
    // Each conflict must be ordered by a path.
    let conflicts = writes_b
        .iter()
        .filter(|d| writes_a.contains(d) || reads_a.contains(d))
        .chain(reads_b.iter().filter(|d| writes_a.contains(d)));
    let touches = |state: &State, node: NodeIndex<u32>, data: DataId| {
        let named = |m: &Option<Memlet>| m.as_ref().is_some_and(|m| m.data == data);
        !matches!(state.graph[node], Node::Access(_))
            && state
                .graph
                .edges_directed(node, Incoming)
                .chain(state.graph.edges_directed(node, Outgoing))
                .any(|e| named(&e.weight().memlet))
    };
    for data in conflicts {
        for a in first
            .graph
            .node_indices()
            .filter(|n| touches(first, *n, *data))
        {
            for b in second
                .graph
                .node_indices()
                .filter(|n| touches(second, *n, *data))
            {
                if !petgraph::algo::has_path_connecting(&graph, a, place[&b], None) {
                    return None;
                }
            }
        }
    }
    Some(State {
        graph,
        span: first.span.to(second.span),
    })
}
