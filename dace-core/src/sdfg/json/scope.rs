//! Bodies of maps, and nested SDFGs.

use super::{Exporter, Names};
use crate::sdfg::{
    Block, Code, DataId, Eval, LoopKind, Map, Memlet, Nested, Node, Region, Sdfg, State,
    accesses_of_region,
};
use crate::symbolic::{Dim, Expr, Range, Sym};
use petgraph::Direction::{Incoming, Outgoing};
use serde_json::{Map as Object, Value, json};
use std::collections::BTreeSet;

/// The state that may stand between a map's entry and exit: the only one, whose accesses to containers from outside are plain reads or
/// plain writes.
pub(super) fn flat<'a>(map: &'a Map, outside: &BTreeSet<DataId>) -> Option<&'a State> {
    let [Block::State(state)] = map.body.blocks.as_slice() else {
        return None;
    };
    let passes_through = state
        .graph
        .node_indices()
        .all(|node| match &state.graph[node] {
            Node::Access(data) if outside.contains(data) => {
                let edges = |direction| state.graph.edges_directed(node, direction);
                let ordered = edges(Incoming)
                    .chain(edges(Outgoing))
                    .any(|e| e.weight().memlet.is_none());
                !ordered && (edges(Incoming).next().is_none() || edges(Outgoing).next().is_none())
            }
            _ => true,
        });
    (passes_through && state.graph.node_count() > 0).then_some(state)
}

/// Calls `f` with every expression in a region.
fn exprs(region: &Region, f: &mut dyn FnMut(&Expr)) {
    for block in &region.blocks {
        match block {
            Block::State(state) => {
                state
                    .graph
                    .edge_weights()
                    .filter_map(|e| e.memlet.as_ref())
                    .for_each(|m| memlet(m, f));
                for node in state.graph.node_weights() {
                    match node {
                        Node::Tasklet(t) => {
                            let codes = std::iter::once(&t.code)
                                .chain(&t.guard)
                                .chain(t.index.iter().flatten());
                            codes.for_each(|c| code(c, f));
                        }
                        Node::Map(map) => {
                            map.ranges.iter().for_each(|r| range(r, f));
                            exprs(&map.body, f);
                        }
                        Node::Nested(nested) => nested.symbols.iter().for_each(|(_, e)| f(e)),
                        Node::Access(_) | Node::Library(_) => {}
                    }
                }
            }
            Block::Loop(l) => {
                match &l.kind {
                    LoopKind::For { range: r, .. } => range(r, f),
                    LoopKind::While { cond } => eval(cond, f),
                }
                exprs(&l.body, f);
            }
            Block::Branch(b) => {
                eval(&b.cond, f);
                exprs(&b.then, f);
                exprs(&b.otherwise, f);
            }
            Block::Assign(a) => eval(&a.value, f),
            Block::Break | Block::Continue | Block::Return => {}
        }
    }
}

fn range(r: &Range, f: &mut dyn FnMut(&Expr)) {
    [&r.begin, &r.end, &r.step].into_iter().for_each(f);
}

fn memlet(m: &Memlet, f: &mut dyn FnMut(&Expr)) {
    for dim in &m.subset.0 {
        match dim {
            Dim::Index(e) => f(e),
            Dim::Range(r) => range(r, f),
        }
    }
}

fn code(c: &Code, f: &mut dyn FnMut(&Expr)) {
    c.visit(&mut |c| {
        if let Code::Sym(e) = c {
            f(e);
        }
    });
}

fn eval(e: &Eval, f: &mut dyn FnMut(&Expr)) {
    code(&e.code, f);
    e.inputs.iter().for_each(|m| memlet(m, f));
}

/// A nested SDFG: its node, and the connectors in and out.
pub(super) struct Inner {
    pub(super) node: Value,
    pub(super) reads: BTreeSet<DataId>,
    pub(super) writes: BTreeSet<DataId>,
}

fn connectors<'a>(names: impl Iterator<Item = &'a str>) -> Object<String, Value> {
    names.map(|n| (n.to_owned(), Value::Null)).collect()
}

fn node(
    label: &str,
    sdfg: Value,
    mapping: Object<String, Value>,
    reads: Object<String, Value>,
    writes: Object<String, Value>,
) -> Value {
    json!({"type": "NestedSDFG", "label": label, "attributes": {
        "label": label, "sdfg": sdfg, "symbol_mapping": mapping, "in_connectors": reads, "out_connectors": writes,
    }})
}

impl Exporter {
    /// A map's body over whole containers, which keep their names.
    pub(super) fn body(
        &mut self,
        sdfg: &Sdfg,
        names: &Names,
        map: &Map,
        outside: &BTreeSet<DataId>,
    ) -> Inner {
        let (mut reads, mut writes) = (BTreeSet::new(), BTreeSet::new());
        accesses_of_region(&map.body, &mut |a| {
            if outside.contains(&a.memlet.data) {
                if a.write { &mut writes } else { &mut reads }.insert(a.memlet.data);
            }
        });
        let mut used: BTreeSet<DataId> = BTreeSet::new();
        accesses_of_region(&map.body, &mut |a| {
            used.insert(a.memlet.data);
        });
        let mut symbols: BTreeSet<Sym> = map.params.iter().cloned().collect();
        let mut collect = |e: &Expr| e.collect_symbols(&mut symbols);
        exprs(&map.body, &mut collect);
        for data in &used {
            let desc = sdfg.desc(*data);
            desc.shape
                .iter()
                .chain(&desc.strides)
                .for_each(&mut collect);
        }
        let mut inner_maps: BTreeSet<Sym> = BTreeSet::new();
        super::region::defined(&map.body, &mut |s| {
            inner_maps.insert(s.clone());
        });
        params_below(&map.body, &mut inner_maps);
        let mapping: Object<String, Value> = symbols
            .iter()
            .filter(|s| !inner_maps.contains(*s))
            .map(|s| (s.to_string(), json!(s.as_str())))
            .collect();
        let mut inner = sdfg.clone();
        inner.name = if map.name.is_empty() {
            "body".to_owned()
        } else {
            map.name.clone()
        };
        inner.params.clear();
        inner.returns.clear();
        inner.symbols = mapping.keys().map(|s| Sym::new(s)).collect();
        inner.body = map.body.clone();
        let bound: BTreeSet<DataId> = reads.union(&writes).copied().collect();
        let mut value = self.sdfg(&inner, names, Some(&bound));
        if let Some(arrays) = value["attributes"]["_arrays"].as_object_mut() {
            let used: BTreeSet<&str> = used.iter().map(|d| names.name(*d)).collect();
            arrays.retain(|name, _| used.contains(name.as_str()));
        }
        let of = |set: &BTreeSet<DataId>| connectors(set.iter().map(|d| names.name(*d)));
        Inner {
            node: node(&inner.name, value, mapping, of(&reads), of(&writes)),
            reads,
            writes,
        }
    }

    /// A call: the node, and the name of each argument's connector. `memlets` gives an argument's memlet in and out.
    pub(super) fn call(
        &mut self,
        sdfg: &Sdfg,
        nested: &Nested,
        reads: &[(usize, &Memlet)],
        writes: &[(usize, &Memlet)],
    ) -> (Value, Vec<String>) {
        let mut inner = nested.sdfg.clone();
        inner.returns.clear();
        let mut mapping: Object<String, Value> = nested
            .symbols
            .iter()
            .map(|(s, e)| (s.to_string(), json!(e.to_string())))
            .collect();
        // The region that an argument binds has the strides of the container outside.
        for (conn, m) in reads.iter().chain(writes) {
            let Some(arg) = nested.args.get(*conn) else {
                continue;
            };
            let outer = sdfg.desc(m.data);
            let strides =
                m.subset
                    .0
                    .iter()
                    .zip(&outer.strides)
                    .filter_map(|(dim, stride)| match dim {
                        Dim::Range(r) => Some(stride * &r.step),
                        Dim::Index(_) => None,
                    });
            for (d, stride) in strides.enumerate() {
                let symbol = Sym::new(&format!(
                    "__{}_stride{d}",
                    super::identifier(&inner.desc(*arg).name)
                ));
                if mapping
                    .insert(symbol.to_string(), json!(stride.to_string()))
                    .is_none()
                {
                    inner.symbols.push(symbol.clone());
                }
                if let Some(own) = inner.desc_mut(*arg).strides.get_mut(d) {
                    *own = Expr::sym(symbol);
                }
            }
        }
        let names = Names::plain(&inner);
        let bound: BTreeSet<DataId> = nested.args.iter().copied().collect();
        let value = self.sdfg(&inner, &names, Some(&bound));
        let args: Vec<String> = nested
            .args
            .iter()
            .map(|d| names.name(*d).to_owned())
            .collect();
        let of = |links: &[(usize, &Memlet)]| {
            connectors(
                links
                    .iter()
                    .filter_map(|(c, _)| args.get(*c))
                    .map(String::as_str),
            )
        };
        (
            node(&inner.name, value, mapping, of(reads), of(writes)),
            args,
        )
    }
}

fn params_below(region: &Region, into: &mut BTreeSet<Sym>) {
    for block in &region.blocks {
        match block {
            Block::State(state) => {
                for node in state.graph.node_weights() {
                    if let Node::Map(map) = node {
                        into.extend(map.params.iter().cloned());
                        params_below(&map.body, into);
                    }
                }
            }
            Block::Loop(l) => params_below(&l.body, into),
            Block::Branch(b) => {
                params_below(&b.then, into);
                params_below(&b.otherwise, into);
            }
            Block::Assign(_) | Block::Break | Block::Continue | Block::Return => {}
        }
    }
}
