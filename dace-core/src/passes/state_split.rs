//! Makes the linear form: one computation for each state, in an order that respects the dataflow.
//!
//! ```text
//! state { t = a + b -> c = t * t }      state { t = a + b }
//!                                       state { c = t * t }
//! ```

use crate::pipeline::Options;
use crate::sdfg::{Block, Edge, Node, Sdfg, State};
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::stable_graph::NodeIndex;

/// Returns how many states became several.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let mut changes = 0;
    sdfg.body.visit_regions_mut(&mut |region| {
        let mut blocks = Vec::with_capacity(region.blocks.len());
        for block in std::mem::take(&mut region.blocks) {
            match block {
                Block::State(state) => {
                    let nodes: Vec<_> = state.computations().collect();
                    if nodes.len() > 1 {
                        changes += 1;
                        blocks.extend(nodes.into_iter().map(|n| Block::State(part(&state, n))));
                    } else {
                        blocks.push(Block::State(state));
                    }
                }
                other => blocks.push(other),
            }
        }
        region.blocks = blocks;
    });
    changes
}

/// A state of one computation of another state.
fn part(state: &State, node: NodeIndex<u32>) -> State {
    let mut new = State::new(state.span);
    let computation = state.graph[node].clone();
    let is_map = matches!(computation, Node::Map(_));
    let here = new.graph.add_node(computation);
    if is_map {
        return new;
    }
    let mut read = Vec::new();
    for direction in [Incoming, Outgoing] {
        let mut edges: Vec<&Edge> = state
            .graph
            .edges_directed(node, direction)
            .map(|e| e.weight())
            .collect();
        edges.sort_by_key(|e| e.conn);
        for edge in edges {
            let Some(memlet) = &edge.memlet else { continue };
            if direction == Outgoing {
                let to = new.graph.add_node(Node::Access(memlet.data));
                new.graph.add_edge(here, to, edge.clone());
                continue;
            }
            let from = if let Some((_, n)) = read.iter().find(|(d, _)| *d == memlet.data) {
                *n
            } else {
                let n = new.graph.add_node(Node::Access(memlet.data));
                read.push((memlet.data, n));
                n
            };
            new.graph.add_edge(from, here, edge.clone());
        }
    }
    new
}
