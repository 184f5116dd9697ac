//! Computing nodes.

use super::{Verifier, counts, verify};
use crate::analysis::signature::writes_of;
use crate::sdfg::{
    DType, DataId, Library, LibraryKind, Map, Memlet, Nested, Node, ParamKind, State, Tasklet, Wcr,
    propagate_map,
};
use crate::symbolic::Dim;
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::stable_graph::NodeIndex;
use std::collections::{BTreeMap, BTreeSet};

/// The rank a consumer sees.
fn rank(memlet: &Memlet) -> usize {
    memlet
        .subset
        .0
        .iter()
        .filter(|d| matches!(d, Dim::Range(_)))
        .count()
}

impl Verifier<'_> {
    pub(super) fn node(&mut self, state: &State, node: NodeIndex<u32>) {
        match &state.graph[node] {
            Node::Access(_) => {}
            Node::Tasklet(tasklet) => {
                self.tasklet(tasklet, &state.inputs(node), &state.outputs(node));
            }
            Node::Map(map) => self.map(state, node, map),
            Node::Library(library) => {
                self.library(library, &state.inputs(node), &state.outputs(node));
            }
            Node::Nested(nested) => self.nested(state, node, nested),
        }
    }

    fn tasklet(&mut self, tasklet: &Tasklet, inputs: &[&Memlet], outputs: &[&Memlet]) {
        let [out] = outputs else {
            self.error(format!("{} edges out, a tasklet has one", outputs.len()));
            return;
        };
        let wanted = self.sdfg.desc(out.data).dtype;
        if let Some(found) = self.code(&tasklet.code, inputs)
            && found != wanted
        {
            let name = self.name(out.data);
            self.error(format!(
                "a value of type {found} is written to {name}, of type {wanted}"
            ));
        }
        if let Some(guard) = &tasklet.guard
            && let Some(found) = self.code(guard, inputs)
            && found != DType::Bool
        {
            self.error(format!("a guard of type {found}"));
        }
        match &tasklet.index {
            Some(index) => self.indices(out, index, inputs),
            None if rank(out) > 0 => {
                let name = self.name(out.data);
                self.error(format!("a tasklet without index writes a region of {name}"));
            }
            None => {}
        }
        if (tasklet.guard.is_some() || tasklet.index.is_some()) && !out.dynamic {
            self.error(
                "a tasklet with a guard or index writes through a memlet that is not dynamic",
            );
        }
    }

    fn map(&mut self, state: &State, node: NodeIndex<u32>, map: &Map) {
        if map.params.len() != map.ranges.len() {
            self.error(format!(
                "{} parameters and {} ranges",
                map.params.len(),
                map.ranges.len()
            ));
            return;
        }
        for range in &map.ranges {
            self.range(range);
            if let Some(param) = map.params.iter().find(|p| range.contains_sym(p)) {
                self.error(format!(
                    "the range `{range}` names the map's own parameter `{param}`"
                ));
            }
            if range.step.as_int().is_some_and(|s| s <= 0) {
                self.error(format!("the step of the range `{range}` is not positive"));
            }
        }
        let (reads, writes) = propagate_map(map, &self.shapes);
        let inside = counts(&map.body);
        for (expected, direction) in [(reads, Incoming), (writes, Outgoing)] {
            let outside = |id: &DataId| {
                (id.0 as usize) < self.sdfg.data.len()
                    && (self.sdfg.is_visible(*id) || self.total.get(id) != inside.get(id))
            };
            let expected: BTreeSet<DataId> = expected.into_keys().filter(outside).collect();
            let memlets = if direction == Incoming {
                state.inputs(node)
            } else {
                state.outputs(node)
            };
            let listed: BTreeSet<DataId> = memlets.iter().map(|m| m.data).collect();
            let side = if direction == Incoming { "in" } else { "out" };
            if listed.len() != memlets.len() {
                self.error(format!("two edges {side} for one container"));
            }
            for id in expected.symmetric_difference(&listed) {
                let (name, listed) = (self.name(*id), listed.contains(id));
                let what = if listed {
                    "is listed without need"
                } else {
                    "is missing"
                };
                self.error(format!("{name} {what} on the edges {side}"));
            }
        }
        let loops = std::mem::take(&mut self.loops);
        self.maps += 1;
        self.scoped(|this| {
            for param in &map.params {
                this.define(param, false);
            }
            for (param, range) in map.params.iter().zip(&map.ranges) {
                this.range_facts(param, range);
            }
            this.region(&map.body);
        });
        self.maps -= 1;
        self.loops = loops;
    }

    fn library(&mut self, library: &Library, inputs: &[&Memlet], outputs: &[&Memlet]) {
        let operands = if matches!(
            library.kind,
            LibraryKind::MatMul { .. } | LibraryKind::Solve
        ) {
            2
        } else {
            1
        };
        let [out] = outputs else {
            self.error(format!("{} results, there is one", outputs.len()));
            return;
        };
        if inputs.len() != operands {
            self.error(format!("{} operands, not {operands}", inputs.len()));
            return;
        }
        let types: Vec<DType> = inputs
            .iter()
            .map(|m| self.sdfg.desc(m.data).dtype)
            .collect();
        let ranks: Vec<usize> = inputs.iter().map(|m| rank(m)).collect();
        let (result, out_rank) = (self.sdfg.desc(out.data).dtype, rank(out));
        let fine = match &library.kind {
            LibraryKind::MatMul { trans_a, trans_b } => {
                let (a, b) = (ranks[0], ranks[1]);
                let expected = a.max(2).max(b.max(2)) - usize::from(a == 1) - usize::from(b == 1);
                a > 0
                    && b > 0
                    && !(*trans_a && a == 1)
                    && !(*trans_b && b == 1)
                    && out_rank == expected
            }
            LibraryKind::Solve => {
                ranks[0] == 2 && (1..=2).contains(&ranks[1]) && out_rank == ranks[1]
            }
            LibraryKind::Inv | LibraryKind::Cholesky => ranks[0] == 2 && out_rank == 2,
            LibraryKind::ArgReduce {
                axis: Some(axis), ..
            } => *axis < ranks[0] && out_rank == ranks[0] - 1,
            LibraryKind::ArgReduce { axis: None, .. } => out_rank == 0,
        };
        if !fine {
            self.error(format!(
                "operands of ranks {ranks:?} and a result of rank {out_rank}"
            ));
        }
        let fine = match &library.kind {
            LibraryKind::MatMul { .. } => types.iter().all(|t| *t == result),
            LibraryKind::ArgReduce { .. } => result == DType::Int64,
            _ => (result.is_float() || result.is_complex()) && types.iter().all(|t| *t == result),
        };
        if !fine {
            self.error(format!(
                "operands of types {types:?} and a result of type {result}"
            ));
        }
        if out.wcr.is_some()
            && !(matches!(library.kind, LibraryKind::MatMul { .. }) && out.wcr == Some(Wcr::Sum))
        {
            self.error("a write-conflict resolution that the operation does not have");
        }
        if inputs.iter().any(|input| self.overlap(input, out)) {
            self.error("the result overlaps an operand");
        }
    }

    fn nested(&mut self, state: &State, node: NodeIndex<u32>, nested: &Nested) {
        if let Err(errors) = verify(&nested.sdfg) {
            for error in errors {
                self.error(error);
            }
            return;
        }
        let inner = &nested.sdfg;
        let mut wanted: BTreeSet<_> = inner.symbols.iter().cloned().collect();
        wanted.extend(inner.params.iter().filter_map(|p| {
            if let ParamKind::Symbol(s, _) = &p.kind {
                Some(s.clone())
            } else {
                None
            }
        }));
        for (sym, value) in &nested.symbols {
            self.expr(value);
            if !wanted.remove(sym) {
                self.error(format!(
                    "`{sym}` gets a value twice, or is no symbol of the program called"
                ));
            }
        }
        for sym in wanted {
            self.error(format!("`{sym}` of the program called gets no value"));
        }
        if nested
            .args
            .iter()
            .any(|id| id.0 as usize >= inner.data.len())
        {
            self.error("a connector of no container");
            return;
        }
        if nested.args.iter().collect::<BTreeSet<_>>().len() != nested.args.len() {
            self.error("two connectors of one container");
        }
        let mut sides = [BTreeMap::new(), BTreeMap::new()];
        for (side, direction) in [Incoming, Outgoing].into_iter().enumerate() {
            for edge in state.graph.edges_directed(node, direction) {
                let (Some(memlet), conn) = (&edge.weight().memlet, edge.weight().conn) else {
                    continue;
                };
                let Some(id) = nested.args.get(conn) else {
                    self.error(format!("there is no connector {conn}"));
                    continue;
                };
                let (desc, outer) = (inner.desc(*id), self.sdfg.desc(memlet.data));
                if desc.rank() != rank(memlet) || desc.dtype != outer.dtype {
                    let ranks = (desc.rank(), rank(memlet));
                    self.error(format!(
                        "`{}` of {} with rank {} is bound to {} with rank {}",
                        desc.name, desc.dtype, ranks.0, outer.dtype, ranks.1
                    ));
                }
                if memlet.wcr.is_some() {
                    self.error(format!(
                        "the program called does not resolve conflicts on `{}`",
                        desc.name
                    ));
                }
                if sides[side].insert(*id, memlet).is_some() {
                    self.error(format!("connector {conn} has two edges on one side"));
                }
            }
        }
        let [ins, outs] = sides;
        for (id, memlet) in &ins {
            if outs
                .get(id)
                .is_some_and(|out| out.data != memlet.data || out.subset != memlet.subset)
            {
                self.error(format!(
                    "`{}` goes in and out by different regions",
                    inner.desc(*id).name
                ));
            }
        }
        let writes = writes_of(inner);
        for id in inner.ids().filter(|id| inner.is_visible(*id)) {
            let returned = inner.returns.contains(&id);
            if (returned || writes.contains(&id)) && !outs.contains_key(&id) {
                self.error(format!(
                    "`{}` is written and has no edge out",
                    inner.desc(id).name
                ));
            } else if !ins.contains_key(&id) && !outs.contains_key(&id) {
                self.error(format!("`{}` has no edge", inner.desc(id).name));
            }
        }
        for (id, out) in &outs {
            let others = ins.iter().chain(&outs).filter(|(other, _)| *other != id);
            if others
                .into_iter()
                .any(|(_, memlet)| self.overlap(out, memlet))
            {
                self.error(format!(
                    "what `{}` writes overlaps another operand",
                    inner.desc(*id).name
                ));
            }
        }
    }
}
