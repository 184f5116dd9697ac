//! Puts the body of a called program in the place of the call.
//!
//! ```text
//! nested f(x -> A[2, 0:N], n -> N)          A[2, 3] = 0
//!     x[3] = 0
//! ```
//!
//! A callee's container that is bound to a region becomes that region: its subsets are composed with it. Its other containers and symbols are added to the
//! caller under names of their own. Refused when the callee returns from the middle, when it is called from a state with other computations that this
//! pass meets before `state_split`, or when a region cannot be composed.

use super::common::{all_symbols, compose, rebuild_access, single};
use super::region_cleanup::has_return;
use super::unique_symbols::{Names, rename, rename_assigned};
use crate::pipeline::Options;
use crate::sdfg::{Block, DataId, Memlet, Nested, Node, Region, Sdfg, State};
use crate::symbolic::{Expr, Sym};
use std::collections::BTreeMap;

/// Returns how many calls it replaced.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let mut names = Names {
        defined: all_symbols(sdfg),
        taken: all_symbols(sdfg),
    };
    let mut body = std::mem::take(&mut sdfg.body);
    let mut changes = 0;
    body.visit_regions_mut(&mut |region| {
        let mut blocks = Vec::with_capacity(region.blocks.len());
        for block in std::mem::take(&mut region.blocks) {
            match inline(sdfg, &block, &mut names) {
                Some(inner) => {
                    changes += 1;
                    blocks.extend(inner);
                }
                None => blocks.push(block),
            }
        }
        region.blocks = blocks;
    });
    sdfg.body = body;
    changes
}

/// The blocks that stand for a call.
fn inline(sdfg: &mut Sdfg, block: &Block, names: &mut Names) -> Option<Vec<Block>> {
    let (state, node) = single(block)?;
    let Node::Nested(nested) = &state.graph[node] else {
        return None;
    };
    if has_return(&nested.sdfg.body) {
        return None;
    }
    let bound = bindings(state, node, nested)?;
    let mut body = nested.sdfg.body.clone();
    // Names first: nothing of the callee is called as anything of the caller.
    rename(&mut body, names);
    let assigned = rename_assigned(&mut body, names);
    let symbol = |s: &Sym| -> Option<Expr> {
        nested
            .symbols
            .iter()
            .find(|(n, _)| n == s)
            .map(|(_, e)| e.clone())
            .or_else(|| assigned.get(s).cloned().map(Expr::sym))
    };
    body.subs(&symbol);
    let mut place: BTreeMap<DataId, DataId> = BTreeMap::new();
    for id in nested.sdfg.ids() {
        if bound.contains_key(&id) {
            continue;
        }
        let mut desc = nested.sdfg.desc(id).clone();
        desc.transient = true;
        desc.shape = desc.shape.iter().map(|e| e.subs(&symbol)).collect();
        desc.strides = desc.strides.iter().map(|e| e.subs(&symbol)).collect();
        place.insert(id, sdfg.add(desc));
    }
    let mut expressible = true;
    body.visit_memlets_mut(&mut |m| {
        if let Some(outer) = bound.get(&m.data) {
            match compose(&outer.subset, &m.subset) {
                Some(subset) => {
                    m.subset = subset;
                    m.data = outer.data;
                    m.dynamic |= outer.dynamic;
                }
                None => expressible = false,
            }
        } else if let Some(new) = place.get(&m.data) {
            m.data = *new;
        }
    });
    if !expressible {
        return None;
    }
    rebuild_access(&mut body);
    Some(body.blocks)
}

/// The region of the caller that each bound container of the callee stands for.
fn bindings(
    state: &State,
    node: petgraph::stable_graph::NodeIndex<u32>,
    nested: &Nested,
) -> Option<BTreeMap<DataId, Memlet>> {
    use petgraph::Direction::{Incoming, Outgoing};
    let mut bound: BTreeMap<DataId, Memlet> = BTreeMap::new();
    for direction in [Incoming, Outgoing] {
        for edge in state.graph.edges_directed(node, direction) {
            let Some(memlet) = &edge.weight().memlet else {
                continue;
            };
            let inner = *nested.args.get(edge.weight().conn)?;
            let memlet = Memlet {
                wcr: None,
                ..memlet.clone()
            };
            // One container of the callee in two places of the caller would be a copy.
            if let Some(old) = bound.insert(inner, memlet.clone())
                && old.subset != memlet.subset
            {
                return None;
            }
        }
    }
    // Results combined into what is there are no plain writes.
    let combined = state
        .graph
        .edges_directed(node, Outgoing)
        .any(|e| e.weight().memlet.as_ref().is_some_and(|m| m.wcr.is_some()));
    let seen = |d: DataId| nested.sdfg.is_visible(d) && !bound.contains_key(&d);
    // An argument without an edge has no place in the caller.
    let unbound = nested
        .sdfg
        .ids()
        .any(|d| seen(d) && used(&nested.sdfg.body, d));
    (!combined && !unbound).then_some(bound)
}

fn used(body: &Region, data: DataId) -> bool {
    let mut found = false;
    crate::sdfg::accesses_of_region(body, &mut |a| found |= a.memlet.data == data);
    found
}
