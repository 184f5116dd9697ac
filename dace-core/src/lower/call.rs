//! Calls: of NumPy, of methods, and of the program's own functions, which are lowered in place.

use super::bind::{Frame, RETURN};
use super::numpy::Args;
use super::value::{Elem, Value, View};
use super::{Lowerer, R, Stop};
use crate::diag::{ErrorCode, Span};
use crate::sdfg::DType;
use crate::symbolic::Expr;
use crate::syntax::ast::{self, ExprKind};
use std::collections::BTreeMap;
use std::rc::Rc;

impl Lowerer<'_> {
    pub(super) fn call(
        &mut self,
        func: &ast::Expr,
        args: &[ast::Expr],
        keywords: &[ast::Keyword],
        span: Span,
    ) -> R<Value> {
        let (callee, frame) = match &func.kind {
            ExprKind::Name(name) => match self.lookup(name, func.span) {
                Ok(found) => found,
                Err(stop) => {
                    // `print` and the like: say that it is the function that is missing.
                    if let Some(d) = self.diagnostics.last_mut()
                        && d.code == ErrorCode::UnknownName
                        && d.span == func.span
                    {
                        d.code = ErrorCode::UnknownFunction;
                        d.message = format!("there is no function `{name}`");
                    }
                    return Err(stop);
                }
            },
            _ => (self.eval(func)?, None),
        };
        let mut positional = std::collections::VecDeque::new();
        let mut failed = false;
        for a in args {
            match self.eval(a) {
                Ok(v) => positional.push_back((v, a.span)),
                Err(Stop) => failed = true,
            }
        }
        let mut named = Vec::new();
        for k in keywords {
            match self.eval(&k.value) {
                Ok(v) => named.push((k.name.clone(), v, k.value.span)),
                Err(Stop) => failed = true,
            }
        }
        if failed {
            return Err(Stop);
        }
        let name = match &callee {
            Value::Path(p) => p.clone(),
            Value::Function(f) => f.name.clone(),
            Value::Method(_, m) => m.clone(),
            Value::DType(d) => d.name().to_owned(),
            _ => "this".into(),
        };
        let mut args = Args {
            function: name,
            positional,
            keywords: named,
            span,
        };
        match callee {
            Value::Path(path) => self.call_path(&path, args),
            Value::Method(value, method) => self.call_method(*value, &method, args),
            Value::DType(to) => {
                let Some((v, at)) = args.take("value") else {
                    return Ok(Value::Elem(Self::constant(0, to)));
                };
                self.finish(&args)?;
                let e = self.elem(v, at)?;
                if e.dtype.is_complex() && !to.is_complex() && to != DType::Bool {
                    return Err(self.error_hint(
                        ErrorCode::Type,
                        at,
                        format!("a complex value cannot become {to}"),
                        "take np.real(…) first",
                    ));
                }
                self.converts(&e, to, at)?;
                self.check_fits(&e, to, at)?;
                if e.weak && e.dtype.is_float() {
                    self.check_stored(&e, to, false, at)?;
                }
                Ok(Value::Elem(self.cast(e, to)))
            }
            Value::Function(f) => self.inline_call(&f, frame, args),
            Value::Lambda(l) => {
                let (params, body) = (l.0.clone(), l.1.clone());
                let enclosing = Some(self.frames.len() - 1);
                let vars = self.bind_arguments("lambda", &params, args, enclosing)?;
                self.enter("lambda", vars, enclosing, span)?;
                let result = self.eval(&body);
                self.frames.pop();
                result
            }
            Value::Poison => Err(Stop),
            other => Err(self.error(
                ErrorCode::Type,
                func.span,
                format!("{} cannot be called", other.kind()),
            )),
        }
    }

    fn enter(
        &mut self,
        name: &str,
        vars: BTreeMap<String, super::bind::Binding>,
        enclosing: Option<usize>,
        span: Span,
    ) -> R<()> {
        if self.frames.len() > 64
            || self.frames.iter().filter(|f| f.name == name).count()
                > usize::from(name == "lambda") * 8
        {
            return Err(self.error_hint(
                ErrorCode::Recursion,
                span,
                format!("`{name}` calls itself"),
                "recursion is not supported: write a loop",
            ));
        }
        self.frames.push(Frame {
            vars,
            enclosing,
            name: name.to_owned(),
        });
        Ok(())
    }

    /// Arguments to parameters, by position, keyword and default.
    fn bind_arguments(
        &mut self,
        name: &str,
        params: &[ast::Parameter],
        mut args: Args,
        enclosing: Option<usize>,
    ) -> R<BTreeMap<String, super::bind::Binding>> {
        let mut vars = BTreeMap::new();
        for p in params {
            let value = match args.take(&p.name) {
                Some((v, at)) => self.settle_argument(v, at)?,
                None => match &p.default {
                    Some(d) => {
                        // Defaults belong to the place of definition; constants mean the same here.
                        self.frames.push(Frame {
                            vars: BTreeMap::new(),
                            enclosing,
                            name: String::new(),
                        });
                        let v = self.eval(d);
                        self.frames.pop();
                        v?
                    }
                    None => {
                        return Err(self.error(
                            ErrorCode::BadCall,
                            args.span,
                            format!("`{name}` needs the argument `{}`", p.name),
                        ));
                    }
                },
            };
            vars.insert(
                p.name.clone(),
                super::bind::Binding {
                    value,
                    mutable: None,
                    pins: Vec::new(),
                    span: p.span,
                },
            );
        }
        // Symbols of the callee given by keyword (`f(A, N=10)`) are bound by shape as well; they are checked there.
        args.keywords.retain(|(n, v, _)| {
            if let Value::Elem(e) = v
                && e.symbolic(&self.facts).is_some()
                && self.globals.values.contains_key(n)
            {
                vars.insert(
                    n.clone(),
                    super::bind::Binding {
                        value: v.clone(),
                        mutable: None,
                        pins: Vec::new(),
                        span: args.span,
                    },
                );
                return false;
            }
            true
        });
        self.finish(&args)?;
        Ok(vars)
    }

    /// An argument keeps the value it has at the call; arrays are passed by reference.
    fn settle_argument(&mut self, value: Value, span: Span) -> R<Value> {
        match value {
            Value::Elem(e) if e.mask.is_some() => Ok(Value::Elem(e)),
            Value::List(items) => {
                let e = self.array_of(items, None, span)?;
                Ok(Value::View(self.stored_view(e)?))
            }
            other => self.settle(other, false, span),
        }
    }

    pub(super) fn inline_call(
        &mut self,
        f: &Rc<ast::Function>,
        defined_in: Option<usize>,
        args: Args,
    ) -> R<Value> {
        let span = args.span;
        let mut vars = self.bind_arguments(&f.name, &f.params, args, defined_in)?;
        self.match_annotations(f, &mut vars, span)?;
        self.enter(&f.name, vars, defined_in, span)?;
        let loops = std::mem::take(&mut self.loops);
        let errors = self.diagnostics.len();
        match super::returns::out_of_loops(&f.body) {
            Some(body) => self.block(&body),
            None => self.block(&f.body),
        }
        self.loops = loops;
        let frame = self.frames.pop();
        if self.diagnostics.len() > errors {
            for d in &mut self.diagnostics[errors..] {
                if d.notes.iter().all(|(s, _)| *s != span) {
                    d.notes
                        .push((span, format!("in this call of `{}`", f.name)));
                }
            }
            return Err(Stop);
        }
        match frame.and_then(|mut f| f.vars.remove(RETURN)) {
            None => Ok(Value::None),
            Some(b) => match b.value {
                Value::Undefined(..) => Err(self.error_hint(
                    ErrorCode::NotDefined,
                    span,
                    format!("`{}` returns a value on some paths only", f.name),
                    "end it with a `return`",
                )),
                Value::Poison => Err(Stop),
                v => Ok(v),
            },
        }
    }

    /// Annotated parameters: types must agree, and sizes are bound by the shapes of the arguments.
    fn match_annotations(
        &mut self,
        f: &ast::Function,
        vars: &mut BTreeMap<String, super::bind::Binding>,
        call: Span,
    ) -> R<()> {
        let mut sizes: BTreeMap<String, Expr> = BTreeMap::new();
        let mut open = Vec::new();
        for p in &f.params {
            let Some(annotation) = &p.annotation else {
                continue;
            };
            let Some((dtype, dims)) = self.annotation_form(annotation)? else {
                continue;
            };
            let Some(binding) = vars.get(&p.name).cloned() else {
                continue;
            };
            match (&binding.value, &dims) {
                (Value::View(v), Some(dims)) => {
                    let v: &View = v;
                    let found = self.sdfg.desc(v.data).dtype;
                    if found != dtype {
                        return Err(self.error_hint(
                            ErrorCode::Type,
                            call,
                            format!(
                                "`{}` of `{}` is {dtype}, the argument is {found}",
                                p.name, f.name
                            ),
                            "convert with .astype(…)",
                        ));
                    }
                    if v.rank() != dims.len() {
                        return Err(self.error(
                            ErrorCode::Shape,
                            call,
                            format!(
                                "`{}` of `{}` has rank {}, the argument rank {}",
                                p.name,
                                f.name,
                                dims.len(),
                                v.rank()
                            ),
                        ));
                    }
                    for (dim, n) in dims.iter().zip(&v.shape) {
                        match &dim.kind {
                            ExprKind::Name(name)
                                if !vars.contains_key(name) && self.is_size_name(name) =>
                            {
                                if let Some(old) = sizes.get(name).cloned() {
                                    self.need_equal(
                                        &old,
                                        n,
                                        &format!("the sizes bound to `{name}` in this call"),
                                        call,
                                    )?;
                                } else {
                                    sizes.insert(name.clone(), n.clone());
                                }
                            }
                            _ => open.push((dim.clone(), n.clone())),
                        }
                    }
                }
                (Value::Elem(e), None) if e.shape.is_empty() => {
                    self.check_fits(e, dtype, call)?;
                    let e: Elem = self.cast(e.clone(), dtype);
                    vars.insert(
                        p.name.clone(),
                        super::bind::Binding {
                            value: Value::Elem(e),
                            ..binding
                        },
                    );
                }
                (_, None) => {
                    return Err(self.error(
                        ErrorCode::Type,
                        call,
                        format!(
                            "`{}` of `{}` is a scalar, the argument is {}",
                            p.name,
                            f.name,
                            binding.value.kind()
                        ),
                    ));
                }
                (_, Some(_)) => {
                    return Err(self.error(
                        ErrorCode::Type,
                        call,
                        format!(
                            "`{}` of `{}` is an array, the argument is {}",
                            p.name,
                            f.name,
                            binding.value.kind()
                        ),
                    ));
                }
            }
        }
        for (name, n) in sizes {
            vars.insert(
                name,
                super::bind::Binding {
                    value: Value::Elem(Elem::py_int(n)),
                    mutable: None,
                    pins: Vec::new(),
                    span: call,
                },
            );
        }
        for (dim, n) in open {
            self.frames.push(Frame {
                vars: vars.clone(),
                enclosing: None,
                name: String::new(),
            });
            let expected = self.eval(&dim).and_then(|v| self.integer(v, dim.span));
            self.frames.pop();
            self.need_equal(
                &expected?,
                &n,
                "the size in the annotation and that of the argument",
                call,
            )?;
        }
        Ok(())
    }
}
