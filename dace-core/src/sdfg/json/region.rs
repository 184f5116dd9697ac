//! Structured control flow: regions as chains of blocks, assignments on the edges between them.

use super::code::eval;
use super::{Exporter, Names, code_block};
use crate::sdfg::{Block, LoopKind, Node, Region, Sdfg};
use crate::symbolic::Sym;
use serde_json::{Map as Object, Value, json};

/// Calls `f` with each symbol that a region defines, those of maps left out.
pub(super) fn defined(region: &Region, f: &mut dyn FnMut(&Sym)) {
    for block in &region.blocks {
        match block {
            Block::Loop(l) => {
                if let LoopKind::For { var, .. } = &l.kind {
                    f(var);
                }
                defined(&l.body, f);
            }
            Block::Branch(b) => {
                defined(&b.then, f);
                defined(&b.otherwise, f);
            }
            Block::Assign(a) => f(&a.sym),
            Block::State(state) => {
                for node in state.graph.node_weights() {
                    if let Node::Map(map) = node {
                        defined(&map.body, f);
                    }
                }
            }
            Block::Break | Block::Continue | Block::Return => {}
        }
    }
}

/// A chain under construction.
#[derive(Default)]
struct Chain {
    nodes: Vec<Value>,
    edges: Vec<Value>,
    /// To be assigned on the next edge.
    assignments: Object<String, Value>,
}

impl Chain {
    fn push(&mut self, mut block: Value) {
        let id = self.nodes.len();
        block["id"] = json!(id);
        self.nodes.push(block);
        if id > 0 {
            let assignments = std::mem::take(&mut self.assignments);
            let data = json!({"type": "InterstateEdge", "attributes": {"assignments": assignments, "condition": code_block("1")}, "label": ""});
            self.edges.push(json!({"type": "Edge", "attributes": {"data": data}, "src": (id - 1).to_string(), "dst": id.to_string()}));
        }
    }
}

impl Exporter {
    fn label(&mut self, what: &str) -> String {
        self.states += 1;
        format!("{what}_{}", self.states)
    }

    fn empty(&mut self) -> Value {
        let label = self.label("state");
        json!({"type": "SDFGState", "label": label, "id": 0, "collapsed": false, "scope_dict": {}, "nodes": [], "edges": [], "attributes": {}})
    }

    /// Blocks and edges of a region; at least one block.
    pub(super) fn region(
        &mut self,
        sdfg: &Sdfg,
        names: &Names,
        region: &Region,
    ) -> (Vec<Value>, Vec<Value>) {
        let mut chain = Chain::default();
        for block in &region.blocks {
            match block {
                Block::State(state) => {
                    let label = self.label("state");
                    let value = self.state(sdfg, names, state, &label);
                    chain.push(value);
                }
                Block::Loop(l) => {
                    let value = self.looped(sdfg, names, &l.kind, &l.body);
                    chain.push(value);
                }
                Block::Branch(b) => {
                    let mut branches = vec![json!([
                        code_block(&eval(names, &b.cond)),
                        self.part(sdfg, names, &b.then)
                    ])];
                    if !b.otherwise.is_empty() {
                        branches.push(json!([Value::Null, self.part(sdfg, names, &b.otherwise)]));
                    }
                    let label = self.label("if");
                    chain.push(json!({"type": "ConditionalBlock", "collapsed": false, "label": label, "id": 0, "attributes": {}, "branches": branches}));
                }
                Block::Assign(a) => {
                    // An edge's assignments see the values from before the edge.
                    if chain.nodes.is_empty() || !chain.assignments.is_empty() {
                        let state = self.empty();
                        chain.push(state);
                    }
                    chain
                        .assignments
                        .insert(a.sym.to_string(), json!(eval(names, &a.value)));
                }
                Block::Break | Block::Continue | Block::Return => {
                    let (kind, what) = match block {
                        Block::Break => ("BreakBlock", "break"),
                        Block::Continue => ("ContinueBlock", "continue"),
                        _ => ("ReturnBlock", "return"),
                    };
                    let label = self.label(what);
                    chain.push(json!({"type": kind, "collapsed": false, "label": label, "id": 0, "attributes": {}, "nodes": [], "edges": []}));
                    // What follows is never reached.
                    return (chain.nodes, chain.edges);
                }
            }
        }
        if chain.nodes.is_empty() || !chain.assignments.is_empty() {
            let state = self.empty();
            chain.push(state);
        }
        (chain.nodes, chain.edges)
    }

    fn part(&mut self, sdfg: &Sdfg, names: &Names, region: &Region) -> Value {
        self.region_value(
            "ControlFlowRegion",
            Object::new(),
            "part",
            sdfg,
            names,
            region,
        )
    }

    fn region_value(
        &mut self,
        kind: &str,
        attributes: Object<String, Value>,
        what: &str,
        sdfg: &Sdfg,
        names: &Names,
        region: &Region,
    ) -> Value {
        let cfg_list_id = self.lists;
        self.lists += 1;
        let label = self.label(what);
        let (nodes, edges) = self.region(sdfg, names, region);
        json!({"type": kind, "attributes": attributes, "nodes": nodes, "edges": edges, "collapsed": false, "label": label, "id": 0,
            "cfg_list_id": cfg_list_id, "start_block": 0})
    }

    fn looped(&mut self, sdfg: &Sdfg, names: &Names, kind: &LoopKind, body: &Region) -> Value {
        let mut attributes = Object::new();
        match kind {
            LoopKind::For { var, range } => {
                let (end, step) = (&range.end, &range.step);
                let condition = match step.as_int() {
                    Some(s) if s > 0 => format!("({var} < {end})"),
                    Some(_) => format!("({var} > {end})"),
                    None => format!(
                        "((({step}) > 0) and ({var} < {end})) or ((({step}) < 0) and ({var} > {end}))"
                    ),
                };
                attributes.insert("loop_variable".to_owned(), json!(var.as_str()));
                attributes.insert(
                    "init_statement".to_owned(),
                    code_block(&format!("{var} = {}", range.begin)),
                );
                attributes.insert("loop_condition".to_owned(), code_block(&condition));
                attributes.insert(
                    "update_statement".to_owned(),
                    code_block(&format!("{var} = ({var} + {step})")),
                );
            }
            LoopKind::While { cond } => {
                attributes.insert("loop_condition".to_owned(), code_block(&eval(names, cond)));
            }
        }
        self.region_value("LoopRegion", attributes, "loop", sdfg, names, body)
    }
}
