//! An SDFG as a graph for Graphviz: regions and maps as boxes, data as ellipses, computations as rectangles.

use super::text::{computation_text, memlet_text};
use super::{Block, Eval, LoopKind, Node, Region, Sdfg, State};
use petgraph::stable_graph::NodeIndex;
use petgraph::visit::{EdgeRef, IntoEdgeReferences};
use std::fmt::Write as _;

/// The text of a `.dot` file.
pub fn print(sdfg: &Sdfg) -> String {
    let mut writer = Writer {
        out: String::new(),
        next: 0,
    };
    let _ = writeln!(
        writer.out,
        "digraph {} {{\n  compound=true; node [fontname=monospace]; edge [fontname=monospace];",
        quoted(&sdfg.name)
    );
    writer.region(sdfg, &sdfg.body);
    writer.out.push_str("}\n");
    writer.out
}

struct Writer {
    out: String,
    next: usize,
}

/// First and last graph node of a block.
type Ends = Option<(usize, usize)>;

fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        text.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
    )
}

impl Writer {
    fn id(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    fn node(&mut self, label: &str, shape: &str) -> usize {
        let id = self.id();
        let _ = writeln!(
            self.out,
            "  n{id} [label={}, shape={shape}];",
            quoted(label)
        );
        id
    }

    fn edge(&mut self, from: usize, to: usize, label: &str, style: &str) {
        let _ = writeln!(
            self.out,
            "  n{from} -> n{to} [label={}, style={style}];",
            quoted(label)
        );
    }

    /// A box around what `inside` writes; an anchor keeps an empty one.
    fn cluster(&mut self, label: &str, inside: impl FnOnce(&mut Self) -> Ends) -> (usize, usize) {
        let id = self.id();
        let _ = writeln!(
            self.out,
            "  subgraph cluster_{id} {{\n  label={};",
            quoted(label)
        );
        let ends = inside(self);
        let ends = ends.unwrap_or_else(|| {
            let anchor = self.node("", "point");
            (anchor, anchor)
        });
        self.out.push_str("  }\n");
        ends
    }

    fn region(&mut self, sdfg: &Sdfg, region: &Region) -> Ends {
        let mut ends: Ends = None;
        for block in &region.blocks {
            let (first, last) = self.block(sdfg, block);
            ends = match ends {
                None => Some((first, last)),
                Some((begin, before)) => {
                    self.edge(before, first, "", "bold");
                    Some((begin, last))
                }
            };
        }
        ends
    }

    fn block(&mut self, sdfg: &Sdfg, block: &Block) -> (usize, usize) {
        let eval = |e: &Eval| super::text::eval_text(sdfg, e);
        let single = |w: &mut Self, label: &str| {
            let n = w.node(label, "plaintext");
            (n, n)
        };
        match block {
            Block::State(state) => self.cluster("state", |w| w.state(sdfg, state)),
            Block::Loop(l) => {
                let label = match &l.kind {
                    LoopKind::For { var, range } => format!("for {var} in {range}"),
                    LoopKind::While { cond } => format!("while {}", eval(cond)),
                };
                self.cluster(&label, |w| w.region(sdfg, &l.body))
            }
            Block::Branch(b) => self.cluster(&format!("if {}", eval(&b.cond)), |w| {
                let then = w.cluster("then", |w| w.region(sdfg, &b.then));
                if !b.otherwise.is_empty() {
                    w.cluster("else", |w| w.region(sdfg, &b.otherwise));
                }
                Some(then)
            }),
            Block::Assign(a) => single(self, &format!("{} = {}", a.sym, eval(&a.value))),
            Block::Break => single(self, "break"),
            Block::Continue => single(self, "continue"),
            Block::Return => single(self, "return"),
        }
    }

    fn state(&mut self, sdfg: &Sdfg, state: &State) -> Ends {
        let mut ids: std::collections::BTreeMap<NodeIndex<u32>, (usize, usize)> =
            std::collections::BTreeMap::new();
        let order = state.order();
        for node in &order {
            let ends = match &state.graph[*node] {
                Node::Access(data) => {
                    let n = self.node(&sdfg.desc(*data).name, "ellipse");
                    (n, n)
                }
                Node::Map(map) => {
                    let ranges: Vec<String> = map
                        .params
                        .iter()
                        .zip(&map.ranges)
                        .map(|(p, r)| format!("{p} in {r}"))
                        .collect();
                    let label = format!("map {} @ {:?}", ranges.join(", "), map.schedule);
                    self.cluster(&label, |w| w.region(sdfg, &map.body))
                }
                Node::Nested(nested) => self.cluster(&nested.sdfg.name, |w| {
                    w.region(&nested.sdfg, &nested.sdfg.body)
                }),
                Node::Tasklet(_) | Node::Library(_) => {
                    let n = self.node(&computation_text(sdfg, state, *node), "box");
                    (n, n)
                }
            };
            ids.insert(*node, ends);
        }
        for edge in (&state.graph).edge_references() {
            let (Some(from), Some(to)) = (ids.get(&edge.source()), ids.get(&edge.target())) else {
                continue;
            };
            let (label, style) = match &edge.weight().memlet {
                Some(m) => (
                    memlet_text(sdfg, m),
                    if m.dynamic { "dashed" } else { "solid" },
                ),
                None => (String::new(), "dotted"),
            };
            self.edge(from.1, to.0, &label, style);
        }
        Some((ids.get(order.first()?)?.0, ids.get(order.last()?)?.1))
    }
}
