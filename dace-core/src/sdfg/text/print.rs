//! An SDFG as text.

use super::code::{CodePrinter, constant, memlet, quoted};
use super::edges::{Context, Numbering, count};
use super::names::{MAP, TASKLET, lifetime_name, schedule_name, storage_name, wcr_name};
use crate::sdfg::{
    Assign, Block, DataDesc, DataId, Edge, Eval, Library, LibraryKind, Lifetime, LoopKind, Map,
    Memlet, Nested, Node, ParamKind, Region, Role, Schedule, Sdfg, State, Storage, Tasklet,
    row_major,
};
use petgraph::Direction::{self, Incoming, Outgoing};
use petgraph::stable_graph::NodeIndex;
use petgraph::visit::EdgeRef;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The text form; [`super::read`] reads it back.
pub fn print(sdfg: &Sdfg) -> String {
    let mut printer = Printer::new(sdfg);
    printer.context = Context::new(sdfg, count(&sdfg.body));
    printer.sdfg();
    printer.out
}

/// A condition as it stands in the text form.
pub fn eval_text(sdfg: &Sdfg, eval: &Eval) -> String {
    Printer::new(sdfg).eval(eval)
}

/// A memlet as it stands in the text form.
pub fn memlet_text(sdfg: &Sdfg, m: &Memlet) -> String {
    memlet(sdfg, m, None)
}

/// The line of a tasklet or a library node, without the numbers of access nodes; empty for other nodes.
pub fn computation_text(sdfg: &Sdfg, state: &State, node: NodeIndex<u32>) -> String {
    let (inputs, outputs) = (links(state, node, Incoming), links(state, node, Outgoing));
    let printer = Printer::new(sdfg);
    let mut numbering = Numbering::default();
    match &state.graph[node] {
        Node::Tasklet(t) => printer.tasklet(t, &inputs, &outputs, &mut numbering),
        Node::Library(l) => printer.library(l, &inputs, &outputs, &mut numbering),
        Node::Access(_) | Node::Map(_) | Node::Nested(_) => String::new(),
    }
}

struct Printer<'a> {
    sdfg: &'a Sdfg,
    context: Context,
    out: String,
    depth: usize,
}

/// A memlet on an edge: the access node, the connector at the computing node.
struct Link<'a> {
    node: NodeIndex<u32>,
    conn: usize,
    memlet: &'a Memlet,
}

impl<'a> Printer<'a> {
    fn new(sdfg: &'a Sdfg) -> Self {
        Self {
            sdfg,
            context: Context::new(sdfg, BTreeMap::new()),
            out: String::new(),
            depth: 0,
        }
    }

    fn line(&mut self, text: &str) {
        self.out.extend(std::iter::repeat_n("    ", self.depth));
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn indented(&mut self, f: impl FnOnce(&mut Self)) {
        self.depth += 1;
        f(self);
        self.depth -= 1;
    }

    fn name(&self, data: DataId) -> String {
        quoted(&self.sdfg.desc(data).name)
    }

    fn sdfg(&mut self) {
        let sdfg = self.sdfg;
        let mut header = format!("sdfg {}(", quoted(&sdfg.name));
        for (k, param) in sdfg.params.iter().enumerate() {
            if k > 0 {
                header.push_str(", ");
            }
            header.push_str(&quoted(&param.name));
            let target = match &param.kind {
                ParamKind::Data(data) => sdfg.desc(*data).name.as_str(),
                ParamKind::Symbol(symbol, dtype) => {
                    let _ = write!(header, ": {dtype}");
                    symbol.as_str()
                }
            };
            if target != param.name {
                let _ = write!(header, " as {}", quoted(target));
            }
            if let Some(default) = param.default {
                let _ = write!(header, " = {}", constant(default));
            }
        }
        header.push(')');
        if !sdfg.returns.is_empty() {
            let names: Vec<String> = sdfg.returns.iter().map(|d| self.name(*d)).collect();
            let _ = write!(header, " -> {}", names.join(", "));
        }
        header.push(':');
        self.line(&header);
        self.indented(|p| {
            if !sdfg.symbols.is_empty() {
                let names: Vec<String> = sdfg.symbols.iter().map(|s| quoted(s.as_str())).collect();
                p.line(&format!("symbols {}", names.join(", ")));
            }
            for desc in &sdfg.data {
                p.line(&container(desc));
            }
            p.region(&sdfg.body, false);
        });
    }

    /// `bare`: where an only state needs no `state:`.
    fn region(&mut self, region: &Region, bare: bool) {
        match region.blocks.as_slice() {
            [] => self.line("pass"),
            [Block::State(state)] if bare && state.graph.node_count() > 0 => self.state(state),
            blocks => blocks.iter().for_each(|b| self.block(b)),
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::State(state) => {
                self.line("state:");
                self.indented(|p| p.state(state));
            }
            Block::Loop(l) => {
                let header = match &l.kind {
                    LoopKind::For { var, range } if range.step.as_int() == Some(1) => {
                        format!(
                            "for {} in range({}, {}):",
                            quoted(var.as_str()),
                            range.begin,
                            range.end
                        )
                    }
                    LoopKind::For { var, range: r } => {
                        format!(
                            "for {} in range({}, {}, {}):",
                            quoted(var.as_str()),
                            r.begin,
                            r.end,
                            r.step
                        )
                    }
                    LoopKind::While { cond } => format!("while {}:", self.eval(cond)),
                };
                self.line(&header);
                self.indented(|p| p.region(&l.body, true));
            }
            Block::Branch(b) => {
                let header = format!("if {}:", self.eval(&b.cond));
                self.line(&header);
                self.indented(|p| p.region(&b.then, true));
                if !b.otherwise.is_empty() {
                    self.line("else:");
                    self.indented(|p| p.region(&b.otherwise, true));
                }
            }
            Block::Assign(a) => {
                let text = self.assign(a);
                self.line(&text);
            }
            Block::Break => self.line("break"),
            Block::Continue => self.line("continue"),
            Block::Return => self.line("return"),
        }
    }

    fn eval(&self, eval: &Eval) -> String {
        let memlets = eval
            .inputs
            .iter()
            .map(|m| memlet(self.sdfg, m, None))
            .collect();
        let inline = eval.inputs.iter().all(|m| !m.dynamic);
        let code = CodePrinter::new(self.sdfg, &[&eval.code], memlets, inline);
        format!("{}{}", code.text(&eval.code), code.clause)
    }

    fn assign(&self, a: &Assign) -> String {
        let mut text = format!(
            "assign {} = {}",
            quoted(a.sym.as_str()),
            self.eval(&a.value)
        );
        let symbol = quoted(a.sym.as_str());
        let _ = match (&a.low, &a.high) {
            (None, None) => Ok(()),
            (Some(low), None) => write!(text, " with {low} <= {symbol}"),
            (None, Some(high)) => write!(text, " with {symbol} <= {high}"),
            (Some(low), Some(high)) => write!(text, " with {low} <= {symbol} <= {high}"),
        };
        let _ = match &a.role {
            None => Ok(()),
            Some(Role::Index(array, dim)) => write!(text, " as index {dim} of {}", quoted(array)),
            Some(Role::Element(dtype)) => write!(text, " as {dtype}"),
        };
        text
    }

    fn state(&mut self, state: &State) {
        let mut numbering = Numbering::default();
        let mut lines = Vec::new();
        if state.graph.node_count() == 0 {
            self.line("pass");
        }
        // Nodes on a cycle have no order; a wrong program prints them all the same.
        let mut nodes = state.order();
        if nodes.len() < state.graph.node_count() {
            nodes.extend(
                state
                    .graph
                    .node_indices()
                    .filter(|n| !nodes.contains(n))
                    .collect::<Vec<_>>(),
            );
        }
        for node in nodes {
            match &state.graph[node] {
                Node::Access(data) => {
                    if links(state, node, Incoming).is_empty()
                        && links(state, node, Outgoing).is_empty()
                    {
                        let _ = numbering.mention(*data, node, true);
                        let text = format!("access {}", self.name(*data));
                        self.line(&text);
                    }
                    continue;
                }
                computation => self.computation(state, node, computation, &mut numbering),
            }
            lines.push(node);
        }
        let endpoint = |node: NodeIndex<u32>| match &state.graph[node] {
            Node::Access(data) => numbering
                .number(*data, node)
                .map(|k| (lines.len() + 1, format!("{}@{k}", self.name(*data)))),
            _ => lines
                .iter()
                .position(|n| *n == node)
                .map(|at| (at, (at + 1).to_string())),
        };
        let ordering = state
            .graph
            .edge_indices()
            .filter(|e| state.graph[*e].memlet.is_none());
        let mut orders: Vec<_> = ordering
            .filter_map(|e| state.graph.edge_endpoints(e))
            .filter_map(|(from, to)| Some((endpoint(from)?, endpoint(to)?)))
            .collect();
        orders.sort();
        for ((_, from), (_, to)) in orders {
            self.line(&format!("order {from} -> {to}"));
        }
    }

    fn computation(
        &mut self,
        state: &State,
        node: NodeIndex<u32>,
        computation: &Node,
        numbering: &mut Numbering,
    ) {
        let (inputs, outputs) = (links(state, node, Incoming), links(state, node, Outgoing));
        match computation {
            Node::Access(_) => {}
            Node::Tasklet(t) => {
                let text = self.tasklet(t, &inputs, &outputs, numbering);
                self.line(&text);
            }
            Node::Library(l) => {
                let text = self.library(l, &inputs, &outputs, numbering);
                self.line(&text);
            }
            Node::Nested(nested) => self.nested(nested, &inputs, &outputs, numbering),
            Node::Map(map) => self.map(map, inputs, outputs, numbering),
        }
    }

    /// Memlets as text, with the numbers of their access nodes where needed.
    fn memlets(&self, links: &[Link<'_>], write: bool, numbering: &mut Numbering) -> Vec<String> {
        let text = |l: &Link<'_>| {
            memlet(
                self.sdfg,
                l.memlet,
                numbering.mention(l.memlet.data, l.node, write),
            )
        };
        links.iter().map(text).collect()
    }

    /// `out =`, with the sign of the write-conflict resolution.
    fn target(&self, outputs: &[Link<'_>], index: &str, numbering: &mut Numbering) -> String {
        let texts = self.memlets(outputs, true, numbering);
        match (outputs, texts.as_slice()) {
            ([link], [text]) => {
                format!("{text}{index} {}", link.memlet.wcr.map_or("=", wcr_name))
            }
            _ => format!("({}){index} =", texts.join(", ")),
        }
    }

    fn tasklet(
        &self,
        t: &Tasklet,
        inputs: &[Link<'_>],
        outputs: &[Link<'_>],
        numbering: &mut Numbering,
    ) -> String {
        let inline = t.index.is_none() && inputs.iter().all(|l| !l.memlet.dynamic);
        let mut codes = vec![&t.code];
        codes.extend(&t.guard);
        let memlets = self.memlets(inputs, false, numbering);
        let code = CodePrinter::new(self.sdfg, &codes, memlets, inline);
        let index = t.index.as_ref().map_or(String::new(), |i| code.index(i));
        let mut text = format!(
            "{}{} {}",
            label(&t.name, TASKLET),
            self.target(outputs, &index, numbering),
            code.text(&t.code)
        );
        if let Some(guard) = &t.guard {
            let _ = write!(text, " when {}", code.text(guard));
        }
        text + &code.clause
    }

    fn library(
        &self,
        l: &Library,
        inputs: &[Link<'_>],
        outputs: &[Link<'_>],
        numbering: &mut Numbering,
    ) -> String {
        let mut args = self.memlets(inputs, false, numbering);
        let name = match &l.kind {
            LibraryKind::MatMul { trans_a, trans_b } => {
                args.extend(trans_a.then(|| "trans_a=True".to_owned()));
                args.extend(trans_b.then(|| "trans_b=True".to_owned()));
                "matmul"
            }
            LibraryKind::Solve => "solve",
            LibraryKind::Inv => "inv",
            LibraryKind::Cholesky => "cholesky",
            LibraryKind::ArgReduce { max, axis } => {
                args.extend(axis.map(|a| format!("axis={a}")));
                if *max { "argmax" } else { "argmin" }
            }
        };
        format!(
            "{} {name}({})",
            self.target(outputs, "", numbering),
            args.join(", ")
        )
    }

    fn nested(
        &mut self,
        nested: &Nested,
        inputs: &[Link<'_>],
        outputs: &[Link<'_>],
        numbering: &mut Numbering,
    ) {
        let inner = |conn: usize| {
            nested
                .args
                .get(conn)
                .map_or_else(|| conn.to_string(), |d| quoted(&nested.sdfg.desc(*d).name))
        };
        let args: Vec<String> = (0..nested.args.len()).map(inner).collect();
        let symbols: Vec<String> = nested
            .symbols
            .iter()
            .map(|(s, e)| format!("{} = {e}", quoted(s.as_str())))
            .collect();
        let mut header = format!("call ({})", args.join(", "));
        if !symbols.is_empty() {
            let _ = write!(header, " symbols {}", symbols.join(", "));
        }
        self.line(&(header + ":"));
        let mut list = |keyword: &str, links: &[Link<'_>], write: bool| {
            let texts = self.memlets(links, write, numbering);
            let bound = links.iter().zip(texts).map(|(l, text)| {
                format!(
                    "{} {} {text}",
                    inner(l.conn),
                    l.memlet.wcr.map_or("=", wcr_name)
                )
            });
            let bound: Vec<String> = bound.collect();
            (!bound.is_empty()).then(|| format!("{keyword} {}", bound.join(", ")))
        };
        let (reads, writes) = (list("reads", inputs, false), list("writes", outputs, true));
        self.indented(|p| {
            reads
                .into_iter()
                .chain(writes)
                .for_each(|line| p.line(&line));
            for line in print(&nested.sdfg).lines() {
                p.line(line);
            }
        });
    }

    fn map(
        &mut self,
        map: &Map,
        mut inputs: Vec<Link<'_>>,
        mut outputs: Vec<Link<'_>>,
        numbering: &mut Numbering,
    ) {
        let mut header = label(&map.name, MAP);
        header.push_str(if map.explicit { "explicit map" } else { "map" });
        for (k, (param, range)) in map.params.iter().zip(&map.ranges).enumerate() {
            let _ = write!(
                header,
                "{} {} in {range}",
                if k > 0 { "," } else { "" },
                quoted(param.as_str())
            );
        }
        if map.schedule != Schedule::Default {
            let _ = write!(header, " @ {}", schedule_name(map.schedule));
        }
        self.line(&(header + ":"));
        inputs.sort_by_key(|l| l.memlet.data);
        outputs.sort_by_key(|l| l.memlet.data);
        let (reads, writes) = self.context.propagated(map);
        let same =
            |links: &[Link<'_>], memlets: &[Memlet]| links.iter().map(|l| l.memlet).eq(memlets);
        let usual = same(&inputs, &reads) && same(&outputs, &writes);
        let mut list = |word: &str, full: &str, links: &[Link<'_>], write: bool| {
            let mut texts = Vec::new();
            for l in links {
                let number = numbering.mention(l.memlet.data, l.node, write);
                if !usual {
                    let wcr = l
                        .memlet
                        .wcr
                        .map_or(String::new(), |w| format!(" {}", wcr_name(w)));
                    texts.push(memlet(self.sdfg, l.memlet, number) + &wcr);
                } else if let Some(number) = number {
                    texts.push(format!("{}@{number}", self.name(l.memlet.data)));
                }
            }
            match (usual, texts.is_empty()) {
                (true, true) => None,
                (true, false) => Some(format!("{word} {}", texts.join(", "))),
                (false, _) => Some(format!("{full} {}", texts.join(", ")).trim_end().to_owned()),
            }
        };
        let (from, to) = (
            list("from", "reads", &inputs, false),
            list("to", "writes", &outputs, true),
        );
        self.indented(|p| {
            from.into_iter().chain(to).for_each(|line| p.line(&line));
            p.region(&map.body, true);
        });
    }
}

/// The edges with memlets at a node, by connector.
fn links(state: &State, node: NodeIndex<u32>, direction: Direction) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    for edge in state.graph.edges_directed(node, direction) {
        let Edge {
            memlet: Some(memlet),
            conn,
        } = edge.weight()
        else {
            continue;
        };
        let other = if direction == Incoming {
            edge.source()
        } else {
            edge.target()
        };
        links.push((
            edge.id(),
            Link {
                node: other,
                conn: *conn,
                memlet,
            },
        ));
    }
    links.sort_by_key(|(id, l)| (l.conn, *id));
    links.into_iter().map(|(_, l)| l).collect()
}

/// `name: `; the usual name is left out.
fn label(name: &str, usual: &str) -> String {
    if name == usual {
        String::new()
    } else {
        format!("{}: ", quoted(name))
    }
}

fn container(desc: &DataDesc) -> String {
    let list = |exprs: &[crate::symbolic::Expr]| {
        let texts: Vec<String> = exprs.iter().map(ToString::to_string).collect();
        format!("[{}]", texts.join(", "))
    };
    let mut text = format!(
        "{} {}: {}",
        if desc.transient { "transient" } else { "data" },
        quoted(&desc.name),
        desc.dtype
    );
    if !desc.shape.is_empty() {
        text.push_str(&list(&desc.shape));
    }
    if desc.strides != row_major(&desc.shape) {
        let _ = write!(text, " strides {}", list(&desc.strides));
    }
    if desc.storage != Storage::Default {
        let _ = write!(text, " storage {}", storage_name(desc.storage));
    }
    if desc.lifetime != Lifetime::Scope {
        let _ = write!(text, " lifetime {}", lifetime_name(desc.lifetime));
    }
    text
}
