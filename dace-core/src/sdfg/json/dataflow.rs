//! States: access nodes, tasklets, maps, library nodes, and the memlets between them.

use super::code::Python;
use super::scope::flat;
use super::{Exporter, Names, code_block, range, schedule};
use crate::sdfg::{DataId, LibraryKind, Map, Memlet, Node, Sdfg, State, Tasklet, Wcr};
use crate::symbolic::{Expr, Range, Subset};
use petgraph::Direction::{self, Incoming, Outgoing};
use petgraph::stable_graph::NodeIndex;
use petgraph::visit::{EdgeRef, IntoEdgeReferences};
use serde_json::{Map as Object, Value, json};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
struct Graph {
    nodes: Vec<Value>,
    edges: Vec<Value>,
}

/// Where the nodes of a state go: between this entry and exit.
struct Scope {
    entry: usize,
    exit: usize,
    /// Containers that come through the entry or leave through the exit, and so have no access nodes inside.
    outside: BTreeSet<DataId>,
}

/// A node and its connector.
type Port = (usize, Option<String>);

/// An edge of a state: the other node, the connector, the memlet.
type Link<'a> = (NodeIndex<u32>, usize, &'a Memlet);

fn links(state: &State, node: NodeIndex<u32>, direction: Direction) -> Vec<Link<'_>> {
    let other = |e: &petgraph::stable_graph::EdgeReference<'_, crate::sdfg::Edge, u32>| {
        if direction == Incoming {
            e.source()
        } else {
            e.target()
        }
    };
    let mut links: Vec<Link<'_>> = state
        .graph
        .edges_directed(node, direction)
        .filter_map(|e| Some((other(&e), e.weight().conn, e.weight().memlet.as_ref()?)))
        .collect();
    links.sort_by_key(|(_, conn, m)| (*conn, m.data));
    links
}

fn wcr(w: Wcr) -> String {
    let body = match w {
        Wcr::Min => "min(a, b)".to_owned(),
        Wcr::Max => "max(a, b)".to_owned(),
        other => format!("(a {} b)", crate::sdfg::text::names::bin_name(other.op())),
    };
    format!("(lambda a, b: {body})")
}

fn memlet(names: &Names, m: &Memlet) -> Value {
    let mut attributes = json!({
        "volume": if m.dynamic { "0".to_owned() } else { m.volume().to_string() }, "dynamic": m.dynamic,
        "subset": range(&m.subset), "data": names.name(m.data),
    });
    if let Some(w) = m.wcr {
        attributes["wcr"] = json!(wcr(w));
    }
    json!({"type": "Memlet", "attributes": attributes})
}

fn nothing() -> Value {
    json!({"type": "Memlet", "attributes": {"volume": "0"}})
}

fn connectors<'a>(names: impl IntoIterator<Item = &'a String>) -> Object<String, Value> {
    names
        .into_iter()
        .map(|n| (n.clone(), Value::Null))
        .collect()
}

impl Graph {
    fn node(&mut self, mut node: Value, scope: Option<&Scope>) -> usize {
        let id = self.nodes.len();
        node["id"] = json!(id);
        node["scope_entry"] = scope.map_or(Value::Null, |s| json!(s.entry.to_string()));
        node["scope_exit"] = scope.map_or(Value::Null, |s| json!(s.exit.to_string()));
        self.nodes.push(node);
        id
    }

    fn edge(&mut self, from: Port, to: Port, memlet: Value) {
        self.edges.push(json!({"type": "MultiConnectorEdge", "attributes": {"data": memlet}, "src": from.0.to_string(),
            "dst": to.0.to_string(), "src_connector": from.1, "dst_connector": to.1}));
    }
}

impl Exporter {
    pub(super) fn state(
        &mut self,
        sdfg: &Sdfg,
        names: &Names,
        state: &State,
        label: &str,
    ) -> Value {
        let mut graph = Graph::default();
        self.nodes(sdfg, names, state, None, &mut graph);
        json!({"type": "SDFGState", "label": label, "id": 0, "collapsed": false, "scope_dict": {}, "nodes": graph.nodes,
            "edges": graph.edges, "attributes": {}})
    }

    fn nodes<'a>(
        &mut self,
        sdfg: &Sdfg,
        names: &Names,
        state: &'a State,
        scope: Option<&Scope>,
        graph: &mut Graph,
    ) {
        // Where edges into a node end, and where those out of it begin: different for maps.
        let mut ids: BTreeMap<NodeIndex<u32>, (usize, usize)> = BTreeMap::new();
        for node in state.order() {
            let (inputs, outputs) = (links(state, node, Incoming), links(state, node, Outgoing));
            let through = |d: &DataId| scope.is_some_and(|s| s.outside.contains(d));
            // The connectors at the node, in and out, by link.
            let (first, last, into, out): (usize, usize, Vec<String>, Vec<String>) = match &state
                .graph[node]
            {
                Node::Access(data) => {
                    if through(data) {
                        continue;
                    }
                    let name = names.name(*data);
                    let id = graph.node(
                        json!({"type": "AccessNode", "label": name, "attributes": {"data": name}}),
                        scope,
                    );
                    ids.insert(node, (id, id));
                    if let Some(scope) = scope {
                        if state.graph.edges_directed(node, Incoming).next().is_none() {
                            graph.edge((scope.entry, None), (id, None), nothing());
                        }
                        if state.graph.edges_directed(node, Outgoing).next().is_none() {
                            graph.edge((id, None), (scope.exit, None), nothing());
                        }
                    }
                    continue;
                }
                Node::Tasklet(t) => {
                    let (into, out): (Vec<String>, Vec<String>) = (
                        inputs.iter().map(|(_, c, _)| format!("__in{c}")).collect(),
                        vec!["__out".to_owned(); outputs.len()],
                    );
                    let id = graph.node(tasklet(names, t, &inputs, &into, &out), scope);
                    (id, id, into, out)
                }
                Node::Library(l) => {
                    let (node, into, out) = library(&l.kind, inputs.len(), outputs.len());
                    let id = graph.node(node, scope);
                    (id, id, into, out)
                }
                Node::Nested(nested) => {
                    let plain = |links: &[Link<'a>]| {
                        links
                            .iter()
                            .map(|(_, c, m)| (*c, *m))
                            .collect::<Vec<(usize, &'a Memlet)>>()
                    };
                    let (value, args) = self.call(sdfg, nested, &plain(&inputs), &plain(&outputs));
                    let id = graph.node(value, scope);
                    let of = |links: &[Link<'_>]| {
                        links
                            .iter()
                            .map(|(_, c, _)| args.get(*c).cloned().unwrap_or_default())
                            .collect()
                    };
                    (id, id, of(&inputs), of(&outputs))
                }
                Node::Map(map) => {
                    let (first, last) = self.map(sdfg, names, map, &inputs, &outputs, scope, graph);
                    let of = |links: &[Link<'_>], side: &str| {
                        links
                            .iter()
                            .map(|(_, _, m)| format!("{side}_{}", names.name(m.data)))
                            .collect()
                    };
                    (first, last, of(&inputs, "IN"), of(&outputs, "OUT"))
                }
            };
            ids.insert(node, (first, last));
            for ((other, _, m), connector) in inputs.iter().zip(into) {
                let from = match (scope, ids.get(other)) {
                    (_, Some((_, id))) => (*id, None),
                    (Some(s), None) => (s.entry, Some(format!("OUT_{}", names.name(m.data)))),
                    (None, None) => continue,
                };
                graph.edge(from, (first, Some(connector)), memlet(names, m));
            }
            if let Some(scope) = scope {
                if state.graph.edges_directed(node, Incoming).next().is_none() {
                    graph.edge((scope.entry, None), (first, None), nothing());
                }
                for ((_, _, m), connector) in outputs
                    .iter()
                    .zip(&out)
                    .filter(|((_, _, m), _)| scope.outside.contains(&m.data))
                {
                    let to = (scope.exit, Some(format!("IN_{}", names.name(m.data))));
                    graph.edge((last, Some(connector.clone())), to, memlet(names, m));
                }
                if state.graph.edges_directed(node, Outgoing).next().is_none() {
                    graph.edge((last, None), (scope.exit, None), nothing());
                }
            }
        }
        written(names, state, &ids, graph);
    }

    fn map(
        &mut self,
        sdfg: &Sdfg,
        names: &Names,
        map: &Map,
        inputs: &[Link<'_>],
        outputs: &[Link<'_>],
        scope: Option<&Scope>,
        graph: &mut Graph,
    ) -> (usize, usize) {
        let of = |links: &[Link<'_>], side: &str| -> Vec<String> {
            let set: BTreeSet<String> = links
                .iter()
                .map(|(_, _, m)| format!("{side}_{}", names.name(m.data)))
                .collect();
            set.into_iter().collect()
        };
        let label = if map.name.is_empty() {
            self.map_label()
        } else {
            map.name.clone()
        };
        let params: Vec<&str> = map
            .params
            .iter()
            .map(crate::symbolic::Sym::as_str)
            .collect();
        let ranges = Subset(
            map.ranges
                .iter()
                .cloned()
                .map(crate::symbolic::Dim::Range)
                .collect(),
        );
        let entry = graph.node(
            json!({"type": "MapEntry", "label": label, "attributes": {"label": label, "params": params, "range": range(&ranges),
                "schedule": schedule(map.schedule), "in_connectors": connectors(&of(inputs, "IN")),
                "out_connectors": connectors(&of(inputs, "OUT"))}}),
            scope,
        );
        let exit = graph.node(
            json!({"type": "MapExit", "label": label, "attributes": {"in_connectors": connectors(&of(outputs, "IN")),
                "out_connectors": connectors(&of(outputs, "OUT"))}}),
            None,
        );
        graph.nodes[entry]["scope_exit"] = json!(exit.to_string());
        graph.nodes[exit]["scope_entry"] = json!(entry.to_string());
        graph.nodes[exit]["scope_exit"] = json!(exit.to_string());
        let outside = inputs
            .iter()
            .chain(outputs)
            .map(|(_, _, m)| m.data)
            .collect();
        let inner = Scope {
            entry,
            exit,
            outside,
        };
        if let Some(body) = flat(map, &inner.outside) {
            self.nodes(sdfg, names, body, Some(&inner), graph);
            return (entry, exit);
        }
        let body = self.body(sdfg, names, map, &inner.outside);
        let id = graph.node(body.node, Some(&inner));
        let whole = |d: &DataId| {
            let dims = sdfg
                .desc(*d)
                .shape
                .iter()
                .map(|n| crate::symbolic::Dim::Range(Range::new(Expr::zero(), n.clone(), 1)));
            Memlet::new(*d, Subset(dims.collect())).dynamic()
        };
        for d in &body.reads {
            let name = names.name(*d);
            graph.edge(
                (entry, Some(format!("OUT_{name}"))),
                (id, Some(name.to_owned())),
                memlet(names, &whole(d)),
            );
        }
        if body.reads.is_empty() {
            graph.edge((entry, None), (id, None), nothing());
        }
        for d in &body.writes {
            let name = names.name(*d);
            graph.edge(
                (id, Some(name.to_owned())),
                (exit, Some(format!("IN_{name}"))),
                memlet(names, &whole(d)),
            );
        }
        if body.writes.is_empty() {
            graph.edge((id, None), (exit, None), nothing());
        }
        (entry, exit)
    }

    fn map_label(&mut self) -> String {
        self.states += 1;
        format!("map_{}", self.states)
    }
}

fn tasklet(
    names: &Names,
    t: &Tasklet,
    inputs: &[Link<'_>],
    into: &[String],
    out: &[String],
) -> Value {
    let python = Python {
        names,
        inputs: inputs.iter().map(|(_, _, m)| *m).collect(),
        in_place: false,
    };
    let index: Vec<String> = t.index.iter().flatten().map(|c| python.text(c)).collect();
    let target = if index.is_empty() {
        "__out".to_owned()
    } else {
        format!("__out[{}]", index.join(", "))
    };
    let mut code = format!("{target} = {}", python.text(&t.code));
    if let Some(guard) = &t.guard {
        code = format!("if {}:\n    {code}", python.text(guard));
    }
    let label = if t.name.is_empty() {
        "tasklet".to_owned()
    } else {
        super::identifier(&t.name)
    };
    json!({"type": "Tasklet", "label": label, "attributes": {"label": label, "code": code_block(&code),
        "in_connectors": connectors(into), "out_connectors": connectors(out)}})
}

/// The node, and its connectors.
fn library(kind: &LibraryKind, inputs: usize, outputs: usize) -> (Value, Vec<String>, Vec<String>) {
    let (path, into, out): (&str, &[&str], &[&str]) = match kind {
        LibraryKind::MatMul {
            trans_a: false,
            trans_b: false,
        } => (
            "dace.libraries.blas.nodes.matmul.MatMul",
            &["_a", "_b"],
            &["_c"],
        ),
        LibraryKind::MatMul { .. } => (
            "dace.libraries.blas.nodes.gemm.Gemm",
            &["_a", "_b"],
            &["_c"],
        ),
        LibraryKind::Solve => (
            "dace.libraries.linalg.nodes.solve.Solve",
            &["_ain", "_bin"],
            &["_bout"],
        ),
        LibraryKind::Inv => ("dace.libraries.linalg.nodes.inv.Inv", &["_ain"], &["_aout"]),
        LibraryKind::Cholesky => (
            "dace.libraries.linalg.nodes.cholesky.Cholesky",
            &["_a"],
            &["_b"],
        ),
        LibraryKind::ArgReduce { .. } => ("", &[], &[]),
    };
    let name = |known: &[&str], k: usize, other: &str| {
        known
            .get(k)
            .map_or_else(|| format!("{other}{k}"), |n| (*n).to_owned())
    };
    let into: Vec<String> = (0..inputs).map(|k| name(into, k, "__in")).collect();
    let out: Vec<String> = (0..outputs).map(|k| name(out, k, "__out")).collect();
    let mut attributes =
        json!({"in_connectors": connectors(&into), "out_connectors": connectors(&out)});
    let label = match kind {
        LibraryKind::MatMul { trans_a, trans_b } => {
            if *trans_a || *trans_b {
                attributes["transA"] = json!(trans_a);
                attributes["transB"] = json!(trans_b);
            }
            "matmul"
        }
        LibraryKind::Solve => "solve",
        LibraryKind::Inv => "inv",
        LibraryKind::Cholesky => "cholesky",
        LibraryKind::ArgReduce { max, axis } => {
            let function = if *max { "argmax" } else { "argmin" };
            let axis = axis.map_or(String::new(), |a| format!(", {a}"));
            attributes["label"] = json!(function);
            attributes["code"] = code_block(&format!("__out0 = {function}(__in0{axis})"));
            return (
                json!({"type": "Tasklet", "label": function, "attributes": attributes}),
                into,
                out,
            );
        }
    };
    attributes["name"] = json!(label);
    attributes["label"] = json!(label);
    (
        json!({"type": "LibraryNode", "label": label, "classpath": path, "attributes": attributes}),
        into,
        out,
    )
}

/// Edges to access nodes, and those without a memlet: their targets have numbers only now.
fn written(
    names: &Names,
    state: &State,
    ids: &BTreeMap<NodeIndex<u32>, (usize, usize)>,
    graph: &mut Graph,
) {
    for edge in (&state.graph).edge_references() {
        let (Some((_, from)), Some((to, _))) = (ids.get(&edge.source()), ids.get(&edge.target()))
        else {
            continue;
        };
        let Some(m) = &edge.weight().memlet else {
            graph.edge((*from, None), (*to, None), nothing());
            continue;
        };
        if !matches!(state.graph[edge.target()], Node::Access(_)) {
            continue;
        }
        let connector = match &state.graph[edge.source()] {
            Node::Tasklet(_) => "__out".to_owned(),
            Node::Library(l) => library(&l.kind, 0, edge.weight().conn + 1)
                .2
                .pop()
                .unwrap_or_default(),
            Node::Map(_) => format!("OUT_{}", names.name(m.data)),
            Node::Nested(n) => n
                .args
                .get(edge.weight().conn)
                .map_or(String::new(), |d| Names::plain(&n.sdfg).name(*d).to_owned()),
            Node::Access(_) => continue,
        };
        graph.edge((*from, Some(connector)), (*to, None), memlet(names, m));
    }
}
