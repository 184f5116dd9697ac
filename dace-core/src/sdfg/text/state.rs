//! The lines of a state.

use super::cursor::{Cursor, Input, Scope};
use super::edges::Numbering;
use super::names::{ASSIGNMENTS, MAP, TASKLET, find_schedule, find_wcr};
use super::read::{Line, Reader, Result, sdfg};
use crate::diag::Span;
use crate::sdfg::{
    DataId, Edge, Library, LibraryKind, Map, Memlet, Nested, Node, Schedule, State, Tasklet,
};
use crate::symbolic::{Expr, Range, Sym};
use petgraph::algo::is_cyclic_directed;
use petgraph::stable_graph::NodeIndex;

type Parsed<T> = std::result::Result<T, String>;

/// A memlet at a connector, and the number of its access node if given.
type Port = (usize, Input);

struct Builder {
    state: State,
    numbering: Numbering,
    /// The computations, by line.
    lines: Vec<NodeIndex<u32>>,
    /// While accesses are counted maps have no edges: then the numbers of access nodes mean nothing.
    counting: bool,
}

/// A state from its lines.
pub(super) fn state(reader: &Reader<'_>, lines: &[Line<'_>]) -> Result<State> {
    let counting = reader.context.is_none();
    let mut builder = Builder {
        state: State::default(),
        numbering: Numbering::default(),
        lines: Vec::new(),
        counting,
    };
    for line in lines {
        match line.first_word() {
            "pass" => line.parse(|c| {
                c.word("pass");
                Ok(())
            })?,
            "access" => line.parse(|c| {
                c.word("access");
                let data = c.container(reader.sdfg)?;
                builder.access(data, None, true).map(drop)
            })?,
            "order" => {}
            _ => builder.computation(reader, line)?,
        }
    }
    if let Some(line) = lines.first()
        && is_cyclic_directed(&builder.state.graph)
    {
        return Err(line.error("the nodes of the state cannot be put in an order"));
    }
    // The lines that an ordering edge names may come after it.
    for line in lines
        .iter()
        .filter(|l| l.first_word() == "order" && !counting)
    {
        line.parse(|c| builder.order(reader, c))?;
        if is_cyclic_directed(&builder.state.graph) {
            return Err(line.error("the nodes cannot be put in an order"));
        }
    }
    Ok(builder.state)
}

impl Builder {
    fn access(
        &mut self,
        data: DataId,
        number: Option<usize>,
        write: bool,
    ) -> Parsed<NodeIndex<u32>> {
        let number = number.filter(|_| !self.counting);
        self.numbering.find(data, number, write, || {
            self.state.graph.add_node(Node::Access(data))
        })
    }

    /// Access nodes read, the node, access nodes written: an order that the edges respect.
    fn add(&mut self, node: Node, inputs: Vec<Port>, outputs: Vec<Port>) -> Parsed<()> {
        let mut sources = Vec::with_capacity(inputs.len());
        for (conn, (memlet, number)) in inputs {
            sources.push((self.access(memlet.data, number, false)?, conn, memlet));
        }
        let node = self.state.graph.add_node(node);
        self.lines.push(node);
        for (source, conn, memlet) in sources {
            self.state.graph.add_edge(
                source,
                node,
                Edge {
                    memlet: Some(memlet),
                    conn,
                },
            );
        }
        for (conn, (memlet, number)) in outputs {
            let target = self.access(memlet.data, number, true)?;
            self.state.graph.add_edge(
                node,
                target,
                Edge {
                    memlet: Some(memlet),
                    conn,
                },
            );
        }
        Ok(())
    }

    /// `order 1 -> A@2`
    fn order(&mut self, reader: &Reader<'_>, c: &mut Cursor<'_>) -> Parsed<()> {
        c.word("order");
        let from = self.endpoint(reader, c)?;
        c.expect("->")?;
        let to = self.endpoint(reader, c)?;
        self.state.graph.add_edge(
            from,
            to,
            Edge {
                memlet: None,
                conn: 0,
            },
        );
        Ok(())
    }

    fn endpoint(&self, reader: &Reader<'_>, c: &mut Cursor<'_>) -> Parsed<NodeIndex<u32>> {
        if c.peek().is_some_and(|c| c.is_ascii_digit()) {
            let line = c.unsigned()?;
            let node = line.checked_sub(1).and_then(|at| self.lines.get(at));
            return node
                .copied()
                .ok_or_else(|| format!("the state has no line {line}"));
        }
        let data = c.container(reader.sdfg)?;
        let number = c.node_number()?.unwrap_or(1);
        self.numbering
            .get(data, number)
            .ok_or_else(|| format!("there is no access node {number} of the container"))
    }

    fn computation(&mut self, reader: &Reader<'_>, line: &Line<'_>) -> Result<()> {
        match line.first_word() {
            "map" | "explicit" => self.map(reader, line),
            "call" if line.label.is_none() => self.nested(reader, line),
            _ => {
                if let Some(below) = line.below.first() {
                    return Err(below.error("unexpected indentation"));
                }
                let (node, inputs, outputs) =
                    line.parse(|c| assignment(reader, c, line.label.clone()))?;
                self.add(node, inputs, outputs).map_err(|m| line.error(m))
            }
        }
    }

    fn map(&mut self, reader: &Reader<'_>, line: &Line<'_>) -> Result<()> {
        let name = line.label.clone().unwrap_or_else(|| MAP.to_owned());
        let (params, ranges, schedule, explicit) = line.header(map_header)?;
        let word = |l: &&Line<'_>| {
            let mut c = Cursor::new(l.text);
            let list = ["from", "to"].iter().any(|w| c.word(w)) && c.name().is_ok();
            list || ["reads", "writes"].contains(&l.first_word())
        };
        let lists = line.below.iter().take_while(word).count();
        let (lists, body) = line.below.split_at(lists);
        let body = reader.region(body)?;
        let map = Map {
            name,
            params,
            ranges,
            schedule,
            body,
            explicit,
            span: Span::default(),
        };
        let Some(context) = &reader.context else {
            return self
                .add(Node::Map(Box::new(map)), Vec::new(), Vec::new())
                .map_err(|m| line.error(m));
        };
        let explicit_edges = lists
            .iter()
            .any(|l| matches!(l.first_word(), "reads" | "writes"));
        let (mut reads, mut writes): (Vec<Input>, Vec<Input>) = if explicit_edges {
            (Vec::new(), Vec::new())
        } else {
            let (reads, writes) = context.propagated(&map);
            let usual = |memlets: Vec<Memlet>| memlets.into_iter().map(|m| (m, None)).collect();
            (usual(reads), usual(writes))
        };
        for list in lists {
            let word = list.first_word();
            let side = if matches!(word, "reads" | "from") {
                &mut reads
            } else {
                &mut writes
            };
            if explicit_edges != matches!(word, "reads" | "writes") {
                return Err(
                    list.error("`from` and `to` do not go together with `reads` and `writes`")
                );
            }
            list.parse(|c| {
                c.word(word);
                while !c.at_end() {
                    if explicit_edges {
                        let (mut memlet, number) = c.memlet(reader.sdfg)?;
                        memlet.wcr = ASSIGNMENTS
                            .iter()
                            .find(|sign| c.take(sign))
                            .and_then(|sign| find_wcr(sign));
                        side.push((memlet, number));
                    } else {
                        let data = c.container(reader.sdfg)?;
                        let Some(edge) = side.iter_mut().find(|(m, _)| m.data == data) else {
                            return Err(format!(
                                "the map has no edge for `{}`",
                                reader.sdfg.desc(data).name
                            ));
                        };
                        edge.1 = c.node_number()?;
                    }
                    if !c.take(",") {
                        break;
                    }
                }
                Ok(())
            })?;
        }
        let ports = |inputs: Vec<Input>| inputs.into_iter().map(|input| (0, input)).collect();
        self.add(Node::Map(Box::new(map)), ports(reads), ports(writes))
            .map_err(|m| line.error(m))
    }

    fn nested(&mut self, reader: &Reader<'_>, line: &Line<'_>) -> Result<()> {
        let is_list = |l: &&Line<'_>| matches!(l.first_word(), "reads" | "writes");
        let lists = line.below.iter().take_while(is_list).count();
        let (lists, below) = line.below.split_at(lists);
        let [program] = below else {
            return Err(line.error("one `sdfg` is expected below `call`"));
        };
        let inner = sdfg(program, reader.context.is_some())?;
        let (args, symbols) = line.header(|c| {
            c.word("call");
            c.expect("(")?;
            let mut args = Vec::new();
            while !c.take(")") {
                args.push(c.container(&inner)?);
                if !c.take(",") {
                    c.expect(")")?;
                    break;
                }
            }
            let mut symbols: Vec<(Sym, Expr)> = Vec::new();
            if c.word("symbols") {
                loop {
                    let symbol = c.symbol()?;
                    c.expect("=")?;
                    symbols.push((symbol, c.expr()?));
                    if !c.take(",") {
                        break;
                    }
                }
            }
            Ok((args, symbols))
        })?;
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        for list in lists {
            let word = list.first_word();
            let side = if word == "reads" {
                &mut inputs
            } else {
                &mut outputs
            };
            list.parse(|c| {
                c.word(word);
                loop {
                    let data = c.container(&inner)?;
                    let conn = args.iter().position(|d| *d == data);
                    let conn = conn
                        .ok_or_else(|| format!("`{}` is not an argument", inner.desc(data).name))?;
                    let sign = ASSIGNMENTS
                        .iter()
                        .find(|sign| c.take(sign))
                        .ok_or_else(|| c.expected("`=`"))?;
                    let (mut memlet, number) = c.memlet(reader.sdfg)?;
                    memlet.wcr = find_wcr(sign);
                    side.push((conn, (memlet, number)));
                    if !c.take(",") {
                        return Ok(());
                    }
                }
            })?;
        }
        let nested = Nested {
            sdfg: inner,
            args,
            symbols,
            span: Span::default(),
        };
        self.add(Node::Nested(Box::new(nested)), inputs, outputs)
            .map_err(|m| line.error(m))
    }
}

fn map_header(c: &mut Cursor<'_>) -> Parsed<(Vec<Sym>, Vec<Range>, Schedule, bool)> {
    let explicit = c.word("explicit");
    if !c.word("map") {
        return Err(c.expected("`map`"));
    }
    let (mut params, mut ranges) = (Vec::new(), Vec::new());
    while !c.at_end() && c.peek() != Some('@') {
        params.push(c.symbol()?);
        if !c.word("in") {
            return Err(c.expected("`in`"));
        }
        ranges.push(c.range()?);
        if !c.take(",") {
            break;
        }
    }
    let schedule = if c.take("@") {
        let name = c.name()?;
        find_schedule(&name).ok_or_else(|| format!("there is no schedule `{name}`"))?
    } else {
        Schedule::Default
    };
    Ok((params, ranges, schedule, explicit))
}

/// A tasklet or a library node.
fn assignment(
    reader: &Reader<'_>,
    c: &mut Cursor<'_>,
    name: Option<String>,
) -> Parsed<(Node, Vec<Port>, Vec<Port>)> {
    let (mut c_line, clause) = c.split("where");
    c.rest = "";
    let c = &mut c_line;
    let mut scope = Scope::new(reader.sdfg);
    if let Some(mut clause) = clause {
        clause.clause(&mut scope)?;
        clause.end()?;
    }
    let mut outputs = Vec::new();
    if c.take("(") {
        while !c.take(")") {
            outputs.push(c.memlet(reader.sdfg)?);
            if !c.take(",") {
                c.expect(")")?;
                break;
            }
        }
    } else {
        outputs.push(c.memlet(reader.sdfg)?);
    }
    let index = if c.peek() == Some('[') {
        Some(c.index(&mut scope)?)
    } else {
        None
    };
    let sign = ASSIGNMENTS
        .iter()
        .find(|sign| c.take(sign))
        .ok_or_else(|| c.expected("`=`"))?;
    if let (Some(wcr), [(memlet, _)]) = (find_wcr(sign), outputs.as_mut_slice()) {
        memlet.wcr = Some(wcr);
    } else if *sign != "=" {
        return Err(format!("`{sign}` needs one output"));
    }
    let outputs = outputs.into_iter().enumerate().collect();
    if let Some(library) = library(reader, c, &mut scope)? {
        c.end()?;
        if name.is_some() || index.is_some() {
            return Err("a library node has neither a name nor an index".to_owned());
        }
        return Ok((
            Node::Library(library),
            scope.inputs.into_iter().enumerate().collect(),
            outputs,
        ));
    }
    let (mut value, guard) = c.split("when");
    let code = value.code(&mut scope)?;
    value.end()?;
    let guard = match guard {
        None => None,
        Some(mut guard) => {
            let code = guard.code(&mut scope)?;
            guard.end()?;
            Some(code)
        }
    };
    let tasklet = Tasklet {
        name: name.unwrap_or_else(|| TASKLET.to_owned()),
        code,
        guard,
        index,
        span: Span::default(),
    };
    Ok((
        Node::Tasklet(tasklet),
        scope.inputs.into_iter().enumerate().collect(),
        outputs,
    ))
}

/// `matmul(A[0:N], B[0:N], trans_a=True)`, if it is one.
fn library(
    reader: &Reader<'_>,
    c: &mut Cursor<'_>,
    scope: &mut Scope<'_>,
) -> Parsed<Option<Library>> {
    let Some(word) = c.peek_word() else {
        return Ok(None);
    };
    let mut kind = match word {
        "matmul" => LibraryKind::MatMul {
            trans_a: false,
            trans_b: false,
        },
        "solve" => LibraryKind::Solve,
        "inv" => LibraryKind::Inv,
        "cholesky" => LibraryKind::Cholesky,
        "argmax" | "argmin" => LibraryKind::ArgReduce {
            max: word == "argmax",
            axis: None,
        },
        _ => return Ok(None),
    };
    let mut ahead = c.clone();
    ahead.word(word);
    if !ahead.rest.starts_with('(') {
        return Ok(None);
    }
    *c = ahead;
    c.expect("(")?;
    while !c.take(")") {
        match &mut kind {
            LibraryKind::MatMul { trans_a, .. } if c.word("trans_a") => {
                *trans_a = true;
                c.expect("=True")?;
            }
            LibraryKind::MatMul { trans_b, .. } if c.word("trans_b") => {
                *trans_b = true;
                c.expect("=True")?;
            }
            LibraryKind::ArgReduce { axis, .. } if c.word("axis") => {
                c.expect("=")?;
                *axis = Some(c.unsigned()?);
            }
            _ => scope.inputs.push(c.memlet(reader.sdfg)?),
        }
        if !c.take(",") {
            c.expect(")")?;
            break;
        }
    }
    Ok(Some(Library {
        kind,
        span: Span::default(),
    }))
}
