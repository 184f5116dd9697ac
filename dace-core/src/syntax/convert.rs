//! The parser's statements to ours.

use super::ast::{Expr, ExprKind, Function, Item, Module, Parameter, Stmt, StmtKind};
use super::attribute::Attributes;
use super::frame::Frame;
use super::refuse;
use crate::diag::{Diagnostic, ErrorCode, Span};
use ruff_python_ast as py;
use ruff_python_ast::token::Tokens;
use ruff_text_size::{Ranged, TextRange};
use std::collections::BTreeSet;

/// Statements that may stand in one another, as in CPython.
const MAX_BLOCKS: usize = 100;

/// Statements and expressions that may stand in one another. Later stages recurse over the tree.
const MAX_DEPTH: usize = 400;

pub(super) struct Converter<'a> {
    pub(super) text: &'a str,
    frame: &'a Frame,
    diagnostics: Vec<Diagnostic>,
    attributes: Attributes,
    depth: usize,
    /// Bodies of statements around the current place.
    blocks: usize,
    too_deep: bool,
    /// Where a bracket opens that is never closed.
    pub(super) unclosed: Option<u32>,
    /// Where everything is said to stand, if not where it stands in the text.
    pub(super) fixed: Option<Span>,
    place: Place,
    numbered: BTreeSet<String>,
}

/// Where the lines of a text end.
pub(super) fn line_breaks(text: &str) -> Vec<u32> {
    let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
    breaks.map(|(at, _)| at as u32).collect()
}

/// The number of the line of a byte.
pub(super) fn line(breaks: &[u32], offset: u32) -> usize {
    breaks.partition_point(|b| *b < offset)
}

/// What may stand at the current place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Module,
    Function,
    Loop,
}

impl<'a> Converter<'a> {
    pub(super) fn new(text: &'a str, frame: &'a Frame, tokens: &Tokens) -> Self {
        let mut diagnostics = Vec::new();
        let attributes = Attributes::collect(frame, tokens, &mut diagnostics);
        Self {
            text,
            frame,
            diagnostics,
            attributes,
            depth: 0,
            blocks: 0,
            too_deep: false,
            unclosed: None,
            fixed: None,
            place: Place::Module,
            numbered: BTreeSet::new(),
        }
    }

    /// A name occurs in the text.
    pub(super) fn note(&mut self, name: &str) {
        let number = name.rsplit_once('_').map(|(_, number)| number);
        if number.is_some_and(|n| n.ends_with(|c: char| c.is_ascii_digit())) {
            self.numbered.insert(name.to_owned());
        }
    }

    /// All mistakes, ordered by place, each once.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.attributes.report_left_over(&mut self.diagnostics);
        if let Some(bracket) = self.unclosed {
            self.diagnostics.retain(|d| d.span.start <= bracket);
        }
        let breaks = line_breaks(self.text);
        let lines = |span: Span| line(&breaks, span.start)..=line(&breaks, span.end);
        // What the parser made up to get past a syntax error is no one's mistake.
        let broken: Vec<_> = self
            .diagnostics
            .iter()
            .filter(|d| d.code == ErrorCode::Syntax)
            .map(|d| lines(d.span))
            .collect();
        if !broken.is_empty() {
            self.diagnostics.retain(|d| {
                let own = lines(d.span);
                d.code == ErrorCode::Syntax
                    || !broken
                        .iter()
                        .any(|b| b.start() <= own.end() && own.start() <= b.end())
            });
        }
        self.diagnostics
            .sort_by_key(|d| (d.span.start, d.span.end, d.code));
        self.diagnostics
            .dedup_by(|next, kept| next.span == kept.span && next.message == kept.message);
        self.diagnostics
    }

    pub(super) fn is_too_deep(&self) -> bool {
        self.too_deep
    }

    pub(super) fn too_deep(&mut self, range: TextRange) {
        if !self.too_deep {
            let span = self.span(range);
            self.report(
                Diagnostic::new(ErrorCode::Unsupported, span, "this is nested too deeply")
                    .hint("assign parts of it to variables"),
            );
        }
        self.too_deep = true;
    }

    /// Runs `convert` one level deeper, or reports that the tree is too deep.
    pub(super) fn deeper<T>(
        &mut self,
        range: TextRange,
        convert: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            self.too_deep(range);
            return None;
        }
        self.depth += 1;
        let result = convert(self);
        self.depth -= 1;
        Some(result)
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    fn inside<T>(&mut self, place: Place, convert: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.place, place);
        let result = convert(self);
        self.place = outer;
        result
    }

    /// The place in the text, never empty where there is text, and within it.
    pub(super) fn span(&self, range: TextRange) -> Span {
        if let Some(span) = self.fixed {
            return span;
        }
        let end = self.text.len() as u32;
        let span = self.frame.span(range);
        Span {
            start: span.start.min(end),
            end: span.end.min(end),
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn refuse(&mut self, range: TextRange, (what, hint): refuse::Refusal) {
        let span = self.span(range);
        self.report(
            Diagnostic::new(
                ErrorCode::Unsupported,
                span,
                format!("{what} not supported"),
            )
            .hint(hint),
        );
    }

    pub(super) fn module(&mut self, body: &py::Suite) -> Module {
        let mut items = Vec::new();
        let statements = match body.split_first() {
            Some((py::Stmt::If(header), outside)) if self.frame.nested => {
                let clauses = header.elif_else_clauses.iter().map(|clause| clause.range);
                for range in clauses.chain(outside.iter().map(Ranged::range)) {
                    let span = self.first_line(range);
                    self.report(
                        Diagnostic::new(
                            ErrorCode::Syntax,
                            span,
                            "this line is indented less than the first one of the block",
                        )
                        .hint("indent all functions of a block alike"),
                    );
                }
                &header.body
            }
            _ => body,
        };
        for (number, stmt) in statements.iter().enumerate() {
            match stmt {
                py::Stmt::Expr(node) if number == 0 && node.value.is_string_literal_expr() => {}
                _ => self.item(stmt, &mut items),
            }
        }
        Module {
            items,
            numbered: std::mem::take(&mut self.numbered),
        }
    }

    fn item(&mut self, stmt: &py::Stmt, items: &mut Vec<Item>) {
        match stmt {
            py::Stmt::FunctionDef(node) => items.extend(self.function(node).map(Item::Function)),
            py::Stmt::Import(node) => {
                for alias in &node.names {
                    let path = alias.name.as_str();
                    let local = match &alias.asname {
                        Some(name) => name.as_str(),
                        // `import a.b` gives the name `a`.
                        None => path.split('.').next().unwrap_or(path),
                    };
                    let path = if alias.asname.is_some() { path } else { local };
                    items.push(Item::Import {
                        name: local.to_owned(),
                        path: path.to_owned(),
                        span: self.span(alias.range),
                    });
                }
            }
            py::Stmt::ImportFrom(node) => self.import_from(node, items),
            py::Stmt::Assign(_) | py::Stmt::AnnAssign(_) => {
                items.extend(self.stmt(stmt).map(Item::Stmt));
            }
            py::Stmt::Pass(_) => {}
            other => {
                let (what, hint) = refuse::module_stmt(other);
                let span = self.first_line(other.range());
                self.report(
                    Diagnostic::new(
                        ErrorCode::Module,
                        span,
                        format!("{what} not supported at module level"),
                    )
                    .hint(hint),
                );
            }
        }
    }

    fn import_from(&mut self, node: &py::StmtImportFrom, items: &mut Vec<Item>) {
        let Some(module) = node.module.as_ref().filter(|_| node.level == 0) else {
            self.refuse(
                node.range,
                ("a relative import is", "put the functions into one file"),
            );
            return;
        };
        for alias in &node.names {
            if alias.name.as_str() == "*" {
                self.refuse(alias.range, ("`import *` is", "name what is imported"));
                continue;
            }
            let name = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
            items.push(Item::Import {
                name,
                path: format!("{module}.{}", alias.name),
                span: self.span(alias.range),
            });
        }
    }

    /// The part of a range that stands on its first line: of a compound statement, its head.
    fn first_line(&self, range: TextRange) -> Span {
        let span = self.span(range);
        let found = self
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default();
        let head = found.split('\n').next().unwrap_or(found).trim_end();
        Span {
            start: span.start,
            end: span.start + head.len() as u32,
        }
    }

    fn function(&mut self, node: &py::StmtFunctionDef) -> Option<Function> {
        if node.is_async {
            let span = Span {
                end: self.span(node.name.range).end,
                ..self.span(node.range)
            };
            let (what, hint) = refuse::stmt(&py::Stmt::FunctionDef(node.clone()));
            self.report(
                Diagnostic::new(
                    ErrorCode::Unsupported,
                    span,
                    format!("{what} not supported"),
                )
                .hint(hint),
            );
        }
        if let Some(types) = &node.type_params {
            self.refuse(
                types.range,
                (
                    "a type parameter is",
                    "name sizes in the annotations: `A: float64[N, M]`",
                ),
            );
        }
        let attributes = self.attributes.take(node);
        let decorators = node
            .decorator_list
            .iter()
            .map(|d| self.expr(&d.expression))
            .collect();
        let params = self.parameters(&node.parameters);
        let returns = node.returns.as_deref().map(|e| self.expr(e));
        let (docstring, statements) = match node.body.split_first() {
            Some((py::Stmt::Expr(first), rest)) if first.value.is_string_literal_expr() => {
                let text = first
                    .value
                    .as_string_literal_expr()
                    .map(|literal| literal.value.to_str().to_owned());
                (text, rest)
            }
            _ => (None, node.body.as_slice()),
        };
        let body = self.inside(Place::Function, |this| this.body(statements));
        let span = self.span(node.range);
        let span = attributes
            .iter()
            .fold(span, |span, attribute| span.to(attribute.span));
        Some(Function {
            name: node.name.to_string(),
            name_span: self.span(node.name.range),
            params,
            returns,
            body,
            decorators,
            attributes,
            docstring,
            span,
        })
    }

    pub(super) fn parameters(&mut self, node: &py::Parameters) -> Vec<Parameter> {
        if let Some(star) = &node.vararg {
            self.refuse(star.range, ("`*` parameters are", "name every parameter"));
        }
        if let Some(star) = &node.kwarg {
            self.refuse(star.range, ("`**` parameters are", "name every parameter"));
        }
        if let Some(first) = node.kwonlyargs.first() {
            self.refuse(
                first.range,
                (
                    "keyword-only parameters are",
                    "remove the `*` before it: Rust passes arguments by position",
                ),
            );
        }
        let mut params: Vec<Parameter> = Vec::new();
        for parameter in node.iter_non_variadic_params() {
            let name = parameter.parameter.name.to_string();
            self.note(&name);
            let span = self.span(parameter.parameter.name.range);
            if let Some(earlier) = params.iter().find(|p| p.name == name) {
                let earlier = earlier.span;
                self.report(
                    Diagnostic::new(
                        ErrorCode::Syntax,
                        span,
                        format!("duplicate parameter `{name}`"),
                    )
                    .note(earlier, "the first one is here"),
                );
                continue;
            }
            let annotation = parameter
                .parameter
                .annotation
                .as_deref()
                .map(|e| self.expr(e));
            let default = parameter.default.as_deref().map(|e| self.expr(e));
            params.push(Parameter {
                name,
                annotation,
                default,
                span,
            });
        }
        params
    }

    fn body(&mut self, statements: &[py::Stmt]) -> Vec<Stmt> {
        if self.blocks >= MAX_BLOCKS {
            if let Some(first) = statements.first() {
                self.too_deep(first.range());
            }
            return Vec::new();
        }
        self.blocks += 1;
        let body = statements
            .iter()
            .filter_map(|stmt| self.deeper(stmt.range(), |this| this.stmt(stmt)).flatten())
            .collect();
        self.blocks -= 1;
        body
    }

    fn stmt(&mut self, stmt: &py::Stmt) -> Option<Stmt> {
        let kind = match stmt {
            py::Stmt::FunctionDef(node) => StmtKind::Def(Box::new(self.function(node)?)),
            py::Stmt::Return(node) => StmtKind::Return(node.value.as_deref().map(|e| self.expr(e))),
            py::Stmt::Assign(node) => StmtKind::Assign {
                targets: node.targets.iter().map(|e| self.expr(e)).collect(),
                value: self.expr(&node.value),
            },
            py::Stmt::AugAssign(node) => StmtKind::AugAssign {
                target: self.expr(&node.target),
                op: super::expr::bin_op(node.op),
                value: self.expr(&node.value),
            },
            py::Stmt::AnnAssign(node) => StmtKind::AnnAssign {
                target: self.expr(&node.target),
                annotation: self.expr(&node.annotation),
                value: node.value.as_deref().map(|e| self.expr(e)),
            },
            py::Stmt::For(node) if !node.is_async => {
                let (target, iter) = (self.expr(&node.target), self.expr(&node.iter));
                let body = self.inside(Place::Loop, |this| this.body(&node.body));
                StmtKind::For {
                    target,
                    iter,
                    body,
                    orelse: self.body(&node.orelse),
                }
            }
            py::Stmt::While(node) => {
                let test = self.expr(&node.test);
                let body = self.inside(Place::Loop, |this| this.body(&node.body));
                StmtKind::While {
                    test,
                    body,
                    orelse: self.body(&node.orelse),
                }
            }
            py::Stmt::If(node) => return Some(self.conditional(node)),
            py::Stmt::Assert(node) => StmtKind::Assert {
                test: self.expr(&node.test),
                message: node.msg.as_deref().map(|e| self.expr(e)),
            },
            py::Stmt::Expr(node) => StmtKind::Expr(self.expr(&node.value)),
            py::Stmt::Pass(_) => StmtKind::Pass,
            py::Stmt::Break(_) => self.in_loop(stmt, "break", StmtKind::Break),
            py::Stmt::Continue(_) => self.in_loop(stmt, "continue", StmtKind::Continue),
            other => {
                let span = self.first_line(other.range());
                let (what, hint) = refuse::stmt(other);
                self.report(
                    Diagnostic::new(
                        ErrorCode::Unsupported,
                        span,
                        format!("{what} not supported"),
                    )
                    .hint(hint),
                );
                return None;
            }
        };
        Some(Stmt {
            kind,
            span: self.span(stmt.range()),
        })
    }

    fn in_loop(&mut self, stmt: &py::Stmt, what: &str, kind: StmtKind) -> StmtKind {
        if self.place != Place::Loop {
            let span = self.span(stmt.range());
            self.report(Diagnostic::new(
                ErrorCode::Syntax,
                span,
                format!("`{what}` outside of a loop"),
            ));
        }
        kind
    }

    /// `elif` is an `if` in the `else` of the one before.
    fn conditional(&mut self, node: &py::StmtIf) -> Stmt {
        let test = self.expr(&node.test);
        let then = self.body(&node.body);
        let clauses: Vec<_> = node
            .elif_else_clauses
            .iter()
            .enumerate()
            .map(|(number, clause)| {
                // Each `elif` stands in the `else` of the one before.
                self.depth += number;
                let converted = (
                    clause.test.as_ref().map(|e| self.expr(e)),
                    self.body(&clause.body),
                    self.span(clause.range),
                );
                self.depth -= number;
                converted
            })
            .collect();
        let end = self.span(node.range).end;
        let mut orelse = Vec::new();
        if clauses.len() > MAX_DEPTH {
            self.too_deep(node.range);
        } else {
            for (test, body, span) in clauses.into_iter().rev() {
                orelse = match test {
                    None => body,
                    Some(test) => vec![Stmt {
                        kind: StmtKind::If {
                            test,
                            then: body,
                            orelse,
                        },
                        span: Span { end, ..span },
                    }],
                };
            }
        }
        Stmt {
            kind: StmtKind::If { test, then, orelse },
            span: self.span(node.range),
        }
    }

    /// Stands for an expression that was refused; never part of a result.
    pub(super) fn placeholder(&self, range: TextRange) -> Expr {
        Expr {
            kind: ExprKind::None,
            span: self.span(range),
        }
    }
}
