//! An SDFG from text.

use super::ReadError;
use super::code::quoted;
use super::cursor::{Cursor, Input, Scope};
use super::edges::{Context, Counts, count};
use super::names::{KEYWORDS, find_lifetime, find_storage};
use super::state::state;
use crate::diag::Span;
use crate::sdfg::{
    Assign, Block, Branch, DType, DataDesc, Eval, Lifetime, Loop, LoopKind, Param, ParamKind,
    Region, Role, Sdfg, Storage, row_major,
};
use crate::symbolic::{Expr, Range, Sym};

/// Regions may nest this deep.
const DEPTH: usize = 64;

pub(super) type Result<T> = std::result::Result<T, ReadError>;

/// Reads what [`super::print`] writes. Checks names and syntax; the invariants of the IR are the verifier's.
pub fn read(text: &str) -> Result<Sdfg> {
    let lines = tree(text)?;
    match lines.as_slice() {
        [line] => sdfg(line, true),
        [] => Err(ReadError {
            line: 1,
            message: "the text is empty".to_owned(),
        }),
        [_, second, ..] => Err(second.error("one `sdfg` is expected")),
    }
}

/// A line and those indented below it.
pub(super) struct Line<'a> {
    number: usize,
    /// `name` in `name: text`.
    pub(super) label: Option<String>,
    pub(super) text: &'a str,
    pub(super) below: Vec<Line<'a>>,
}

impl<'a> Line<'a> {
    pub(super) fn error(&self, message: impl Into<String>) -> ReadError {
        ReadError {
            line: self.number,
            message: message.into(),
        }
    }

    /// Runs `f` on the line's text; what it says of a mistake gets the line's number.
    pub(super) fn parse<T>(
        &self,
        f: impl FnOnce(&mut Cursor<'a>) -> std::result::Result<T, String>,
    ) -> Result<T> {
        let mut cursor = Cursor::new(self.text);
        f(&mut cursor)
            .and_then(|value| cursor.end().map(|()| value))
            .map_err(|m| self.error(m))
    }

    /// The same for a line that ends with a colon and has lines below.
    pub(super) fn header<T>(
        &self,
        f: impl FnOnce(&mut Cursor<'a>) -> std::result::Result<T, String>,
    ) -> Result<T> {
        let Some(text) = self.text.strip_suffix(':') else {
            return Err(self.error("expected `:` at the end of the line"));
        };
        if self.below.is_empty() {
            return Err(self.error("expected an indented block below; `pass` is an empty one"));
        }
        Line {
            number: self.number,
            label: None,
            text,
            below: Vec::new(),
        }
        .parse(f)
    }

    pub(super) fn first_word(&self) -> &'a str {
        Cursor::new(self.text).peek_word().unwrap_or("")
    }
}

/// The text without its comment.
fn code_part(line: &str) -> &str {
    let mut quote = None;
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (None, '`' | '\'') => quote = Some(c),
            (None, '#') => return &line[..at],
            _ => {}
        }
    }
    line
}

fn tree(text: &str) -> Result<Vec<Line<'_>>> {
    let mut lines = Vec::new();
    for (index, raw) in text.lines().enumerate() {
        let line = code_part(raw).trim_end();
        let body = line.trim_start();
        if body.is_empty() {
            continue;
        }
        let indent = line.len() - body.len();
        let error = |message: &str| {
            Err(ReadError {
                line: index + 1,
                message: message.to_owned(),
            })
        };
        if line[..indent].contains('\t') {
            return error("indentation is by spaces");
        }
        lines.push((index + 1, indent, body));
    }
    let mut at = 0;
    let tree = block(&lines, &mut at, lines.first().map_or(0, |l| l.1), 0)?;
    match lines.get(at) {
        None => Ok(tree),
        Some((number, ..)) => Err(ReadError {
            line: *number,
            message: "unexpected indentation".to_owned(),
        }),
    }
}

fn block<'a>(
    lines: &[(usize, usize, &'a str)],
    at: &mut usize,
    indent: usize,
    depth: usize,
) -> Result<Vec<Line<'a>>> {
    let mut block_lines: Vec<Line<'a>> = Vec::new();
    while let Some((number, found, text)) = lines.get(*at) {
        if *found < indent {
            break;
        }
        if *found == indent {
            let (label, text) = split_label(text);
            block_lines.push(Line {
                number: *number,
                label,
                text,
                below: Vec::new(),
            });
            *at += 1;
            continue;
        }
        let Some(parent) = block_lines
            .last_mut()
            .filter(|p| p.below.is_empty() && depth < DEPTH)
        else {
            let message = if depth < DEPTH {
                "unexpected indentation"
            } else {
                "the text nests too deep"
            };
            return Err(ReadError {
                line: *number,
                message: message.to_owned(),
            });
        };
        parent.below = block(lines, at, *found, depth + 1)?;
    }
    Ok(block_lines)
}

/// `name:` at the start of a line, and the rest.
fn split_label(text: &str) -> (Option<String>, &str) {
    let mut c = Cursor::new(text);
    if !c.peek_word().is_some_and(|w| KEYWORDS.contains(&w))
        && let Ok(name) = c.name()
        && c.take(":")
    {
        return (Some(name.into_owned()), c.rest.trim_start());
    }
    (None, text)
}

/// What the lines of a program's body are read with.
pub(super) struct Reader<'a> {
    pub(super) sdfg: &'a Sdfg,
    /// Absent while accesses are counted: maps then get no edges, nested SDFGs no bodies.
    pub(super) context: Option<Context>,
}

/// `full`: with its body.
pub(super) fn sdfg(line: &Line<'_>, full: bool) -> Result<Sdfg> {
    let head = line.below.iter().take_while(|l| is_declaration(l)).count();
    let mut sdfg = Sdfg {
        name: String::new(),
        params: Vec::new(),
        symbols: Vec::new(),
        data: Vec::new(),
        returns: Vec::new(),
        body: Region::default(),
        span: Span::default(),
    };
    for declaration in &line.below[..head] {
        if declaration.first_word() == "symbols" {
            sdfg.symbols.extend(declaration.parse(symbols)?);
        } else {
            let desc = declaration.parse(container)?;
            if sdfg.find(&desc.name).is_some() {
                return Err(
                    declaration.error(format!("the container `{}` is declared twice", desc.name))
                );
            }
            sdfg.data.push(desc);
        }
        if let Some(below) = declaration.below.first() {
            return Err(below.error("unexpected indentation"));
        }
    }
    line.header(|c| signature(c, &mut sdfg))?;
    if full {
        let body = &line.below[head..];
        let counts = {
            let counting = Reader {
                sdfg: &sdfg,
                context: None,
            };
            count(&counting.region(body)?)
        };
        sdfg.body = with_edges(&sdfg, counts, body)?;
    }
    Ok(sdfg)
}

fn with_edges(sdfg: &Sdfg, counts: Counts, body: &[Line<'_>]) -> Result<Region> {
    Reader {
        sdfg,
        context: Some(Context::new(sdfg, counts)),
    }
    .region(body)
}

/// `data A: …`, `transient A: …`, `symbols …`; not a tasklet that writes to a container named `data`.
fn is_declaration(line: &Line<'_>) -> bool {
    let mut c = Cursor::new(line.text);
    let named = c.word("data") || c.word("transient");
    (named && c.name().is_ok() && c.peek() == Some(':')) || line.first_word() == "symbols"
}

fn symbols(c: &mut Cursor<'_>) -> std::result::Result<Vec<Sym>, String> {
    c.word("symbols");
    let mut symbols = Vec::new();
    loop {
        symbols.push(c.symbol()?);
        if !c.take(",") {
            return Ok(symbols);
        }
    }
}

fn dtype(c: &mut Cursor<'_>) -> std::result::Result<DType, String> {
    let name = c.name()?;
    DType::from_name(&name).ok_or_else(|| format!("there is no type `{name}`"))
}

fn exprs(c: &mut Cursor<'_>) -> std::result::Result<Vec<Expr>, String> {
    c.expect("[")?;
    let mut exprs = Vec::new();
    while !c.take("]") {
        exprs.push(c.expr()?);
        if !c.take(",") {
            c.expect("]")?;
            break;
        }
    }
    Ok(exprs)
}

fn container(c: &mut Cursor<'_>) -> std::result::Result<DataDesc, String> {
    let transient = c.word("transient");
    if !transient {
        c.word("data");
    }
    let name = c.name()?.into_owned();
    c.expect(":")?;
    let dtype = dtype(c)?;
    let shape = if c.peek() == Some('[') {
        exprs(c)?
    } else {
        Vec::new()
    };
    let strides = if c.word("strides") {
        exprs(c)?
    } else {
        row_major(&shape)
    };
    let mut choice = |word: &str| -> std::result::Result<Option<String>, String> {
        if c.word(word) {
            Ok(Some(c.name()?.into_owned()))
        } else {
            Ok(None)
        }
    };
    let storage = match choice("storage")? {
        None => Storage::Default,
        Some(s) => find_storage(&s).ok_or_else(|| format!("there is no storage `{s}`"))?,
    };
    let lifetime = match choice("lifetime")? {
        None => Lifetime::Scope,
        Some(s) => find_lifetime(&s).ok_or_else(|| format!("there is no lifetime `{s}`"))?,
    };
    Ok(DataDesc {
        name,
        dtype,
        shape,
        strides,
        storage,
        lifetime,
        transient,
        span: Span::default(),
    })
}

/// `sdfg name(params) -> returned`
fn signature(c: &mut Cursor<'_>, sdfg: &mut Sdfg) -> std::result::Result<(), String> {
    if !c.word("sdfg") {
        return Err(c.expected("`sdfg`"));
    }
    sdfg.name = c.name()?.into_owned();
    c.expect("(")?;
    while !c.take(")") {
        let name = c.name()?.into_owned();
        let symbol = if c.take(":") { Some(dtype(c)?) } else { None };
        let target = if c.word("as") {
            c.name()?.into_owned()
        } else {
            name.clone()
        };
        let kind = if let Some(dtype) = symbol {
            ParamKind::Symbol(Cursor::new(&quoted(&target)).symbol()?, dtype)
        } else {
            let data = sdfg
                .find(&target)
                .ok_or_else(|| format!("there is no container `{target}`"))?;
            ParamKind::Data(data)
        };
        let default = if c.take("=") {
            Some(c.constant(sdfg)?)
        } else {
            None
        };
        sdfg.params.push(Param {
            name,
            kind,
            default,
            span: Span::default(),
        });
        if !c.take(",") {
            c.expect(")")?;
            break;
        }
    }
    if c.take("->") {
        loop {
            sdfg.returns.push(c.container(sdfg)?);
            if !c.take(",") {
                break;
            }
        }
    }
    Ok(())
}

const BLOCKS: [&str; 10] = [
    "state", "for", "while", "if", "else", "assign", "break", "continue", "return", "pass",
];

impl Reader<'_> {
    pub(super) fn region(&self, lines: &[Line<'_>]) -> Result<Region> {
        let mut blocks = Vec::new();
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            at += 1;
            if !BLOCKS.contains(&line.first_word()) {
                // Lines of a state that stand bare.
                let length = lines[at..]
                    .iter()
                    .take_while(|l| !BLOCKS.contains(&l.first_word()))
                    .count();
                blocks.push(Block::State(state(self, &lines[at - 1..at + length])?));
                at += length;
                continue;
            }
            if let Some(block) = self.block(line)? {
                blocks.push(block);
            } else if line.first_word() == "else" {
                let Some(Block::Branch(branch)) = blocks
                    .last_mut()
                    .filter(|_| lines[at - 2].first_word() == "if")
                else {
                    return Err(line.error("`else` without `if`"));
                };
                branch.otherwise = self.region(&line.below)?;
            }
        }
        Ok(Region { blocks })
    }

    fn block(&self, line: &Line<'_>) -> Result<Option<Block>> {
        let span = Span::default();
        let word = line.first_word();
        if line.label.is_some() {
            return Err(line.error("only tasklets and maps have a name"));
        }
        if let ("assign" | "break" | "continue" | "return" | "pass", Some(below)) =
            (word, line.below.first())
        {
            return Err(below.error("unexpected indentation"));
        }
        let alone = || {
            line.parse(|c| {
                if c.word(word) {
                    Ok(())
                } else {
                    Err(c.expected(word))
                }
            })
        };
        let block = match word {
            "state" => {
                line.header(|c| {
                    if c.word("state") {
                        Ok(())
                    } else {
                        Err(c.expected("`state`"))
                    }
                })?;
                Block::State(state(self, &line.below)?)
            }
            "for" => {
                let (var, range) = line.header(for_header)?;
                Block::Loop(Loop {
                    kind: LoopKind::For { var, range },
                    body: self.region(&line.below)?,
                    span,
                })
            }
            "while" => {
                let cond = line.header(|c| {
                    c.word("while");
                    self.eval(c)
                })?;
                Block::Loop(Loop {
                    kind: LoopKind::While { cond },
                    body: self.region(&line.below)?,
                    span,
                })
            }
            "if" => {
                let cond = line.header(|c| {
                    c.word("if");
                    self.eval(c)
                })?;
                Block::Branch(Branch {
                    cond,
                    then: self.region(&line.below)?,
                    otherwise: Region::default(),
                    span,
                })
            }
            "else" => {
                line.header(|c| {
                    if c.word("else") {
                        Ok(())
                    } else {
                        Err(c.expected("`else`"))
                    }
                })?;
                return Ok(None);
            }
            "assign" => Block::Assign(line.parse(|c| self.assign(c))?),
            "break" => alone().map(|()| Block::Break)?,
            "continue" => alone().map(|()| Block::Continue)?,
            "return" => alone().map(|()| Block::Return)?,
            _ => {
                alone()?;
                return Ok(None);
            }
        };
        Ok(Some(block))
    }

    /// Code with its inputs: the rest of the line.
    fn eval(&self, c: &mut Cursor<'_>) -> std::result::Result<Eval, String> {
        let (mut code, clause) = c.split("where");
        let mut scope = Scope::new(self.sdfg);
        if let Some(mut clause) = clause {
            clause.clause(&mut scope)?;
            clause.end()?;
        }
        let value = code.code(&mut scope)?;
        code.end()?;
        c.rest = "";
        let inputs = scope
            .inputs
            .into_iter()
            .map(without_node)
            .collect::<std::result::Result<_, _>>()?;
        Ok(Eval {
            code: value,
            inputs,
        })
    }

    fn assign(&self, c: &mut Cursor<'_>) -> std::result::Result<Assign, String> {
        c.word("assign");
        let sym = c.symbol()?;
        c.expect("=")?;
        let (mut value, bounds) = c.split("with");
        let value = self.eval(&mut value)?;
        c.rest = "";
        let (mut low, mut high, mut role) = (None, None, None);
        if let Some(b) = bounds {
            let (mut b, said) = b.split("as");
            if let Some(mut r) = said {
                role = Some(if r.word("index") {
                    let dim = r.unsigned()?;
                    r.expect("of")?;
                    Role::Index(r.name()?.into_owned(), dim)
                } else {
                    Role::Element(dtype(&mut r)?)
                });
                r.end()?;
            }
            let itself = |e: &Expr| e.as_sym() == Some(&sym);
            let first = b.expr()?;
            b.expect("<=")?;
            let second = b.expr()?;
            if b.take("<=") {
                low = Some(first);
                high = Some(b.expr()?);
                if !itself(&second) {
                    return Err(format!("the bounds are of `{sym}`"));
                }
            } else if itself(&first) {
                high = Some(second);
            } else if itself(&second) {
                low = Some(first);
            } else {
                return Err(format!("the bounds are of `{sym}`"));
            }
            b.end()?;
        }
        Ok(Assign {
            sym,
            value,
            low,
            high,
            role,
            span: Span::default(),
        })
    }
}

fn without_node((memlet, number): Input) -> std::result::Result<crate::sdfg::Memlet, String> {
    match number {
        None => Ok(memlet),
        Some(n) => Err(format!("`@{n}`: access nodes are inside of states only")),
    }
}

/// `for i in range(begin, end, step)`
fn for_header(c: &mut Cursor<'_>) -> std::result::Result<(Sym, Range), String> {
    c.word("for");
    let var = c.symbol()?;
    if !c.word("in") || !c.word("range") {
        return Err(c.expected("`in range(…)`"));
    }
    c.expect("(")?;
    let begin = c.expr()?;
    c.expect(",")?;
    let end = c.expr()?;
    let step = if c.take(",") { c.expr()? } else { Expr::one() };
    c.expect(")")?;
    Ok((var, Range { begin, end, step }))
}
