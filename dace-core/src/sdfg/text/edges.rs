//! What the text leaves out: which access node a line means by default, and the propagated edges of maps.

use crate::sdfg::{DataId, Map, Memlet, Region, Sdfg, accesses_of_region, propagate_map};
use crate::symbolic::Expr;
use petgraph::stable_graph::NodeIndex;
use std::collections::BTreeMap;

pub(super) type Counts = BTreeMap<DataId, usize>;

/// Accesses to each container.
pub(super) fn count(region: &Region) -> Counts {
    let mut counts = Counts::new();
    accesses_of_region(region, &mut |a| {
        *counts.entry(a.memlet.data).or_insert(0) += 1;
    });
    counts
}

/// What propagation needs to know of the program.
pub(super) struct Context {
    shapes: Vec<Vec<Expr>>,
    visible: Vec<bool>,
    total: Counts,
}

impl Context {
    pub(super) fn new(sdfg: &Sdfg, total: Counts) -> Self {
        Self {
            shapes: sdfg.data.iter().map(|d| d.shape.clone()).collect(),
            visible: sdfg.ids().map(|d| sdfg.is_visible(d)).collect(),
            total,
        }
    }

    /// The memlets that propagation puts into and out of a map, by container.
    pub(super) fn propagated(&self, map: &Map) -> (Vec<Memlet>, Vec<Memlet>) {
        let inside = count(&map.body);
        let outside = |d: &DataId| self.visible[d.0 as usize] || self.total.get(d) != inside.get(d);
        let (reads, writes) = propagate_map(map, &self.shapes);
        let keep = |memlets: BTreeMap<DataId, Memlet>| {
            let kept = memlets.into_iter().filter(|(d, _)| outside(d));
            kept.map(|(_, m)| m).collect()
        };
        (keep(reads), keep(writes))
    }
}

/// The access nodes of a state, numbered for each container in the order of first mention.
#[derive(Default)]
pub(super) struct Numbering {
    nodes: BTreeMap<DataId, Vec<NodeIndex<u32>>>,
}

impl Numbering {
    /// The number of a node (from 1), if the text has to give it. The node counts as mentioned from here on.
    pub(super) fn mention(
        &mut self,
        data: DataId,
        node: NodeIndex<u32>,
        write: bool,
    ) -> Option<usize> {
        let nodes = self.nodes.entry(data).or_default();
        if let Some(at) = nodes.iter().position(|n| *n == node) {
            return (write || at + 1 != nodes.len()).then_some(at + 1);
        }
        nodes.push(node);
        (!write && nodes.len() > 1).then_some(nodes.len())
    }

    /// The number of a node mentioned before.
    pub(super) fn number(&self, data: DataId, node: NodeIndex<u32>) -> Option<usize> {
        self.nodes
            .get(&data)?
            .iter()
            .position(|n| *n == node)
            .map(|at| at + 1)
    }

    /// The node that the text means; `make` makes a new one.
    pub(super) fn find(
        &mut self,
        data: DataId,
        number: Option<usize>,
        write: bool,
        make: impl FnOnce() -> NodeIndex<u32>,
    ) -> Result<NodeIndex<u32>, String> {
        let nodes = self.nodes.entry(data).or_default();
        let known = match number {
            None if write => None,
            None => nodes.last(),
            Some(number) if (1..=nodes.len() + 1).contains(&number) => nodes.get(number - 1),
            Some(number) => {
                return Err(format!(
                    "access node {number} comes before access node {}",
                    nodes.len() + 1
                ));
            }
        };
        if let Some(node) = known {
            return Ok(*node);
        }
        let node = make();
        nodes.push(node);
        Ok(node)
    }

    /// A node mentioned before, by its number.
    pub(super) fn get(&self, data: DataId, number: usize) -> Option<NodeIndex<u32>> {
        self.nodes.get(&data)?.get(number.checked_sub(1)?).copied()
    }
}
