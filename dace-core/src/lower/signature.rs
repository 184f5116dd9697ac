//! Annotations, parameters and the module level.

use super::bind::Frame;
use super::value::{Elem, Value, View};
use super::{Globals, Lowerer, R, Stop, numpy};
use crate::diag::{Diagnostic, ErrorCode, Span};
use crate::sdfg::{Code, Const, DType, DataDesc, Param, ParamKind, row_major};
use crate::symbolic::{Expr, Sym};
use crate::syntax::ast::{self, ExprKind, Item, StmtKind};
use crate::syntax::identifier;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Evaluates the module level: imports, symbols and constants.
pub(super) fn globals(module: &ast::Module, diagnostics: &mut Vec<Diagnostic>) -> Globals {
    let mut globals = Globals {
        functions: Vec::new(),
        values: BTreeMap::new(),
        numbered: module.numbered.clone(),
    };
    for item in &module.items {
        match item {
            Item::Function(f) => globals.functions.push(Rc::new(f.clone())),
            Item::Import { name, path, span } => match numpy::resolve(path) {
                Some(v) => {
                    globals.values.insert(name.clone(), v);
                }
                None => {
                    let mut d = Diagnostic::new(
                        ErrorCode::Module,
                        *span,
                        format!("the module or name `{path}` is not supported"),
                    );
                    d.hint = Some("numpy, dace and math can be imported".into());
                    diagnostics.push(d);
                    globals.values.insert(name.clone(), Value::Poison);
                }
            },
            Item::Stmt(stmt) => {
                let nowhere = ast::Function {
                    name: "module".into(),
                    name_span: stmt.span,
                    params: Vec::new(),
                    returns: None,
                    body: Vec::new(),
                    decorators: Vec::new(),
                    attributes: Vec::new(),
                    docstring: None,
                    span: stmt.span,
                };
                let mut lowerer = Lowerer::new(&globals, &nowhere);
                lowerer.frames.push(Frame {
                    vars: BTreeMap::new(),
                    enclosing: None,
                    name: "module".into(),
                });
                let _ = lowerer.module_statement(stmt);
                lowerer.report_exhausted();
                let emitted = lowerer.regions.iter().any(|r| !r.is_empty());
                let vars = lowerer.frames.pop().map(|f| f.vars).unwrap_or_default();
                let failed = !lowerer.diagnostics.is_empty();
                diagnostics.append(&mut lowerer.diagnostics);
                if emitted && !failed {
                    let d = Diagnostic::new(
                        ErrorCode::Module,
                        stmt.span,
                        "a module-level value must be known when the program is compiled",
                    );
                    diagnostics
                        .push(d.hint("arrays are made inside functions, or passed as arguments"));
                }
                for (name, b) in vars {
                    // A container of the module level is none of a program.
                    let value = if failed || emitted {
                        Value::Poison
                    } else {
                        b.value
                    };
                    globals.values.insert(name, value);
                }
            }
        }
    }
    globals
}

/// Whether a function is a program of its own: decorated as one, or with all parameters annotated.
pub(super) fn is_program(f: &ast::Function, globals: &Globals) -> bool {
    let decorated = f.decorators.iter().any(|d| {
        let d = match &d.kind {
            ExprKind::Call { func, .. } => func,
            _ => d,
        };
        match &d.kind {
            ExprKind::Name(n) => n == "program" || matches!(globals.values.get(n), Some(Value::Path(p)) if p == "dace.program" || p == "dace") || n == "dace",
            ExprKind::Attribute { attr, .. } => attr == "program",
            _ => false,
        }
    });
    decorated
        || f.params.iter().all(|p| p.annotation.is_some())
        || f.params.iter().any(|p| p.annotation.is_some())
}

impl Lowerer<'_> {
    fn module_statement(&mut self, stmt: &ast::Stmt) -> R<()> {
        match &stmt.kind {
            StmtKind::Assign { targets, value } => {
                let v = self.module_value(value)?;
                for t in targets {
                    self.assign_target(t, v.clone())?;
                }
                Ok(())
            }
            StmtKind::AnnAssign {
                target,
                value: Some(value),
                ..
            } => {
                let v = self.module_value(value)?;
                self.assign_target(target, v)
            }
            StmtKind::Expr(e) if matches!(e.kind, ExprKind::Str(_)) => Ok(()),
            StmtKind::Pass => Ok(()),
            _ => Err(self.error_hint(
                ErrorCode::Module,
                stmt.span,
                "only imports, constants, symbols and functions can stand at module level",
                "move it into a function",
            )),
        }
    }

    /// `dc.symbol('N')`, a generator of such, or any constant.
    fn module_value(&mut self, e: &ast::Expr) -> R<Value> {
        match &e.kind {
            ExprKind::Call { func, args, .. } if self.is_symbol_call(func) => {
                let Some(name) = args.first() else {
                    return Err(self.no_symbol_name(e.span));
                };
                self.symbol(name)
            }
            ExprKind::Generator {
                element,
                target,
                iter,
            } => {
                let items = match self.module_value(iter)? {
                    Value::Tuple(items) | Value::List(items) => items,
                    Value::Str(s) => s
                        .split_whitespace()
                        .map(|s| Value::Str(s.to_owned()))
                        .collect(),
                    other => {
                        return Err(self.error(
                            ErrorCode::Module,
                            iter.span,
                            format!("expected a tuple of names, found {}", other.kind()),
                        ));
                    }
                };
                let mut values = Vec::new();
                for item in items {
                    self.assign_target(target, item)?;
                    values.push(self.module_value(element)?);
                }
                if let ExprKind::Name(n) = &target.kind {
                    self.frame().vars.remove(n);
                }
                Ok(Value::Tuple(values))
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => Ok(Value::Tuple(
                items
                    .iter()
                    .map(|i| self.module_value(i))
                    .collect::<R<_>>()?,
            )),
            _ => self.eval(e),
        }
    }

    fn is_symbol_call(&mut self, func: &ast::Expr) -> bool {
        match &func.kind {
            ExprKind::Attribute { attr, .. } => attr == "symbol",
            ExprKind::Name(n) => {
                matches!(self.globals.values.get(n), Some(Value::Path(p)) if p == "dace.symbol")
            }
            _ => false,
        }
    }

    /// The symbol that a string names.
    fn symbol(&mut self, name: &ast::Expr) -> R<Value> {
        let Value::Str(text) = self.eval(name)? else {
            return Err(self.no_symbol_name(name.span));
        };
        let Some(identifier) = identifier(&text) else {
            let message = format!("a symbol's name has to be an identifier, which `{text}` is not");
            return Err(self.error_hint(
                ErrorCode::Module,
                name.span,
                message,
                "letters, digits and underscores, e.g. dc.symbol('N')",
            ));
        };
        Ok(Value::Elem(Elem::py_int(Expr::sym(identifier.as_str()))))
    }

    fn no_symbol_name(&mut self, span: Span) -> Stop {
        self.error(
            ErrorCode::Module,
            span,
            "a symbol needs a name: dc.symbol('N')",
        )
    }

    /// Whether a name in an annotation stands for a size.
    pub(super) fn is_size_name(&self, name: &str) -> bool {
        match self.globals.values.get(name) {
            None => true,
            Some(Value::Elem(e)) => e
                .symbolic(&self.facts)
                .is_some_and(|e| e.as_sym().is_some()),
            Some(_) => false,
        }
    }

    /// A free symbol is used: it becomes part of the program's signature.
    pub(super) fn use_symbol(&mut self, s: &Sym) {
        let parameter = self
            .sdfg
            .params
            .iter()
            .any(|p| matches!(&p.kind, ParamKind::Symbol(q, _) if q == s));
        if !parameter && !self.sdfg.symbols.contains(s) {
            self.sdfg.symbols.push(s.clone());
            self.facts.size(s);
        }
    }

    /// Element type and dimension expressions of an annotation; `None` where it is no type of ours (such as `str`).
    pub(super) fn annotation_form(
        &mut self,
        e: &ast::Expr,
    ) -> R<Option<(DType, Option<Vec<ast::Expr>>)>> {
        match &e.kind {
            // `dace.float64[N] @ Storage`
            ExprKind::Binary {
                op: ast::BinOp::MatMul,
                left,
                ..
            } => self.annotation_form(left),
            ExprKind::Subscript { value, index } => {
                let Some((dtype, None)) = self.annotation_form(value)? else {
                    return Err(self.error(ErrorCode::Annotation, e.span, "not an array type"));
                };
                let dims = match &index.kind {
                    ExprKind::Tuple(items) => items.clone(),
                    _ => vec![(**index).clone()],
                };
                Ok(Some((dtype, Some(dims))))
            }
            ExprKind::Name(_) | ExprKind::Attribute { .. } => {
                let v = match &e.kind {
                    ExprKind::Name(n) => self
                        .globals
                        .values
                        .get(n)
                        .cloned()
                        .or_else(|| numpy::builtin(n)),
                    _ => Some(self.eval(e)?),
                };
                let dtype = match &v {
                    Some(Value::DType(d)) => Some(*d),
                    Some(Value::Path(p)) => match p.as_str() {
                        "int" => Some(DType::Int64),
                        "float" => Some(DType::Float64),
                        "bool" => Some(DType::Bool),
                        "complex" => Some(DType::Complex128),
                        _ => None,
                    },
                    _ => None,
                };
                match dtype {
                    Some(d) => Ok(Some((d, None))),
                    None => Err(self.error_hint(
                        ErrorCode::Annotation,
                        e.span,
                        "this is not an element type",
                        "write e.g. float64 for a scalar, float64[N, M] for an array",
                    )),
                }
            }
            _ => Err(self.error_hint(
                ErrorCode::Annotation,
                e.span,
                "not a type",
                "write e.g. float64 for a scalar, float64[N, M] for an array",
            )),
        }
    }

    /// Element type and shape of an annotation, with symbols used.
    pub(super) fn annotation(&mut self, e: &ast::Expr) -> R<(DType, Option<Vec<Expr>>)> {
        let Some((dtype, dims)) = self.annotation_form(e)? else {
            return Err(Stop);
        };
        let Some(dims) = dims else {
            return Ok((dtype, None));
        };
        let mut shape = Vec::new();
        for d in &dims {
            shape.push(self.dimension(d)?);
        }
        Ok((dtype, Some(shape)))
    }

    /// A size in an annotation; an unknown name is a new symbol.
    fn dimension(&mut self, e: &ast::Expr) -> R<Expr> {
        if let ExprKind::Slice { .. } = e.kind {
            return Err(self.error_hint(
                ErrorCode::Annotation,
                e.span,
                "a size is expected here",
                "name it: float64[N, M]",
            ));
        }
        self.declare_sizes(e);
        let v = self.eval(e)?;
        let n = self.scalar(v, e.span)?;
        match n.symbolic(&self.facts) {
            Some(n) => {
                let n = self.unwrapped(n);
                if n.as_int().is_some_and(|n| n < 0) {
                    return Err(self.error(
                        ErrorCode::Annotation,
                        e.span,
                        format!("a size cannot be negative: {n}"),
                    ));
                }
                Ok(n)
            }
            None => Err(self.error_hint(
                ErrorCode::Annotation,
                e.span,
                "a size must be an integer expression of sizes and integer parameters",
                "e.g. float64[N + 1, 2*M]",
            )),
        }
    }

    fn declare_sizes(&mut self, e: &ast::Expr) {
        match &e.kind {
            ExprKind::Name(name) => {
                let local = self.frames.iter().any(|f| f.vars.contains_key(name));
                if !local
                    && !self.globals.values.contains_key(name)
                    // A function of Python's is no size, so its name may be one's.
                    && (numpy::builtin(name).is_none() || numpy::is_python_function(name))
                    && !self.globals.functions.iter().any(|f| f.name == *name)
                {
                    self.use_symbol(&Sym::new(name));
                }
            }
            ExprKind::Binary { left, right, .. } => {
                self.declare_sizes(left);
                self.declare_sizes(right);
            }
            ExprKind::Unary { operand, .. } => self.declare_sizes(operand),
            ExprKind::Call { args, .. } => args.iter().for_each(|a| self.declare_sizes(a)),
            _ => {}
        }
    }

    /// Lowers a whole program.
    pub(super) fn program(&mut self, f: &ast::Function) {
        self.frames.push(Frame {
            vars: BTreeMap::new(),
            enclosing: None,
            name: f.name.clone(),
        });
        let errors = self.diagnostics.len();
        // Integer parameters first: the sizes of arrays may name them.
        let mut forms = Vec::new();
        for p in &f.params {
            let form = match &p.annotation {
                Some(a) => self.annotation_form(a).ok().flatten(),
                None => {
                    let hint = "annotate it, e.g. `x: float64` or `A: float64[N, M]`";
                    self.error_hint(
                        ErrorCode::Annotation,
                        p.span,
                        format!("the parameter `{}` of a program needs a type", p.name),
                        hint,
                    );
                    None
                }
            };
            if let Some((dtype, None)) = &form
                && dtype.is_int()
            {
                let sym = Sym::new(&p.name);
                let (low, high) = dtype.int_range();
                self.facts
                    .bound(&sym, Some(Expr::big(low)), Some(Expr::big(high)));
                let builtin_int = matches!(p.annotation.as_ref().map(|a| &a.kind), Some(ExprKind::Name(n)) if n == "int");
                let e = Elem {
                    weak: builtin_int,
                    ..Elem::scalar(Code::Sym(Expr::sym(sym)), DType::Int64)
                };
                let e = if *dtype == DType::Int64 {
                    e
                } else {
                    Elem {
                        code: e.code.cast(DType::Int64, *dtype),
                        dtype: *dtype,
                        ..e
                    }
                };
                self.bind_raw(&p.name, Value::Elem(e), p.span);
            }
            forms.push(form);
        }
        for (p, form) in f.params.iter().zip(forms) {
            let default = p
                .default
                .as_ref()
                .and_then(|d| self.default_value(d, form.as_ref().map(|f| f.0)));
            let kind = match form {
                Some((dtype, None)) if dtype.is_int() => {
                    ParamKind::Symbol(Sym::new(&p.name), dtype)
                }
                Some((dtype, dims)) => {
                    let shape = match (&dims, &p.annotation) {
                        (Some(_), Some(a)) => self.annotation(a).ok().and_then(|(_, s)| s),
                        _ => Some(Vec::new()),
                    };
                    // What is too long to be multiplied is refused by `new_data`.
                    let long = |s: &Vec<Expr>| !super::limits::may_be_shape(s);
                    if shape.as_ref().is_some_and(long) {
                        let hint = "give the long ones a name: `A: float64[N, M]`";
                        let what = format!("the sizes of `{}` are too long an expression", p.name);
                        self.error_hint(ErrorCode::Annotation, p.span, what, hint);
                    }
                    let shape = shape.filter(|s| !long(s));
                    let known = shape.is_some();
                    let shape = shape.unwrap_or_default();
                    for n in &shape {
                        self.facts.dimension(n);
                    }
                    let desc = DataDesc {
                        transient: false,
                        strides: row_major(&shape),
                        span: p.span,
                        ..DataDesc::transient(&p.name, dtype, shape.clone())
                    };
                    let data = self.new_data(desc);
                    let view = View::whole(data, &shape);
                    let value = match (known, dims.is_some()) {
                        (false, _) => Value::Poison,
                        (true, true) => Value::View(view),
                        (true, false) => Value::Elem(view.elem(dtype)),
                    };
                    self.bind_raw(&p.name, value, p.span);
                    ParamKind::Data(data)
                }
                None => {
                    self.bind_raw(&p.name, Value::Poison, p.span);
                    continue;
                }
            };
            self.sdfg.params.push(Param {
                name: p.name.clone(),
                kind,
                default,
                span: p.span,
            });
        }
        self.block(&f.body);
        self.report_exhausted();
        if self.diagnostics.len() == errors {
            self.end_of_program(f);
        }
        self.sdfg.body.blocks = self.regions.pop().unwrap_or_default();
    }

    fn default_value(&mut self, e: &ast::Expr, dtype: Option<DType>) -> Option<Const> {
        let v = self.eval(e).ok()?;
        let found = self.scalar(v, e.span).ok()?;
        let cast = self.cast(found, dtype?);
        let constant = cast.constant();
        if constant.is_none() {
            self.error(
                ErrorCode::Annotation,
                e.span,
                "a default must be a constant number",
            );
        }
        constant
    }
}
