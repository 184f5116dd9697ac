//! Trees and mistakes as text, for snapshots.

use crate::diag::Span;
use crate::syntax::ast::*;
use crate::syntax::{Form, parse};
use std::fmt::Write as _;

/// Each mistake with the lines it is in, underlined.
pub(super) fn mistakes(text: &str, form: Form) -> String {
    let mut out = String::new();
    let Err(mistakes) = parse(text, form) else {
        return "no mistakes".to_owned();
    };
    for mistake in mistakes {
        let _ = writeln!(out, "{mistake}");
        underline(text, mistake.span, &mut out);
        for (span, note) in &mistake.notes {
            let _ = writeln!(out, "note: {note}");
            underline(text, *span, &mut out);
        }
        out.push('\n');
    }
    out
}

fn underline(text: &str, span: Span, out: &mut String) {
    let (start, end) = (span.start as usize, span.end as usize);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (from, to) = (start.max(at), end.min(at + line.len()));
        if from < to || (start == end && from == start && start <= at + line.len()) {
            let _ = writeln!(out, "    |{}", line.trim_end());
            let _ = writeln!(
                out,
                "    |{}{}",
                " ".repeat(text[at..from].chars().count()),
                "^".repeat(text[from..to.max(from)].trim_end().chars().count().max(1))
            );
        }
        at += line.len();
    }
}

/// The tree without spans, one line for each statement.
pub(super) fn tree(text: &str, form: Form) -> String {
    let module = match parse(text, form) {
        Ok(module) => module,
        Err(_) => return mistakes(text, form),
    };
    let mut out = String::new();
    for item in &module.items {
        match item {
            Item::Import { name, path, .. } => {
                let _ = writeln!(out, "import {path} as {name}");
            }
            Item::Function(f) => function(f, 0, &mut out),
            Item::Stmt(s) => stmt(s, 0, &mut out),
        }
    }
    out
}

fn function(f: &Function, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    for a in &f.attributes {
        let _ = writeln!(out, "{pad}#[{}]", attribute(a));
    }
    for d in &f.decorators {
        let _ = writeln!(out, "{pad}@{}", expr(d));
    }
    let returns = f
        .returns
        .as_ref()
        .map_or(String::new(), |r| format!(" -> {}", expr(r)));
    let _ = writeln!(out, "{pad}def {}({}){returns}", f.name, params(&f.params));
    if let Some(doc) = &f.docstring {
        let _ = writeln!(out, "{pad}  doc {doc:?}");
    }
    body(&f.body, depth + 1, out);
}

fn params(params: &[Parameter]) -> String {
    let one = |p: &Parameter| {
        let annotation = p
            .annotation
            .as_ref()
            .map_or(String::new(), |a| format!(": {}", expr(a)));
        let default = p
            .default
            .as_ref()
            .map_or(String::new(), |d| format!(" = {}", expr(d)));
        format!("{}{annotation}{default}", p.name)
    };
    params.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn attribute(a: &Attribute) -> String {
    if a.args.is_empty() {
        return a.name.clone();
    }
    let one = |arg: &AttributeArg| match &arg.key {
        Some(key) => format!("{key} = {}", attribute_value(&arg.value)),
        None => attribute_value(&arg.value),
    };
    let args: Vec<_> = a.args.iter().map(one).collect();
    format!("{}({})", a.name, args.join(", "))
}

fn attribute_value(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Int(i) => i.to_string(),
        AttributeValue::Bool(b) => b.to_string(),
        AttributeValue::Str(s) => format!("{s:?}"),
        AttributeValue::List(l) => {
            let values: Vec<_> = l.iter().map(attribute_value).collect();
            format!("[{}]", values.join(", "))
        }
        AttributeValue::Call(call) => attribute(call),
    }
}

fn body(statements: &[Stmt], depth: usize, out: &mut String) {
    for s in statements {
        stmt(s, depth, out);
    }
}

fn stmt(s: &Stmt, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    let optional = |e: &Option<Expr>| e.as_ref().map_or(String::new(), expr);
    let line = match &s.kind {
        StmtKind::Assign { targets, value } => {
            let targets: Vec<_> = targets.iter().map(expr).collect();
            format!("{} := {}", targets.join(" := "), expr(value))
        }
        StmtKind::AugAssign { target, op, value } => {
            format!("{} {op:?}= {}", expr(target), expr(value))
        }
        StmtKind::AnnAssign {
            target,
            annotation,
            value,
        } => {
            format!(
                "{}: {} := {}",
                expr(target),
                expr(annotation),
                optional(value)
            )
        }
        StmtKind::Return(value) => format!("return {}", optional(value)),
        StmtKind::Expr(e) => expr(e),
        StmtKind::Assert { test, message } => {
            format!("assert {}, {}", expr(test), optional(message))
        }
        StmtKind::Pass => "pass".to_owned(),
        StmtKind::Break => "break".to_owned(),
        StmtKind::Continue => "continue".to_owned(),
        StmtKind::Def(f) => return function(f, depth, out),
        StmtKind::For { target, iter, .. } => format!("for {} in {}", expr(target), expr(iter)),
        StmtKind::While { test, .. } => format!("while {}", expr(test)),
        StmtKind::If { test, .. } => format!("if {}", expr(test)),
    };
    let _ = writeln!(out, "{pad}{}", line.trim_end());
    if let StmtKind::For {
        body: then, orelse, ..
    }
    | StmtKind::While {
        body: then, orelse, ..
    }
    | StmtKind::If { then, orelse, .. } = &s.kind
    {
        body(then, depth + 1, out);
        if !orelse.is_empty() {
            let _ = writeln!(out, "{pad}else");
            body(orelse, depth + 1, out);
        }
    }
}

fn all(exprs: &[Expr]) -> String {
    exprs.iter().map(expr).collect::<Vec<_>>().join(", ")
}

fn expr(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Name(name) => name.clone(),
        ExprKind::Int(i) => i.to_string(),
        ExprKind::Float(f) => format!("{f:?}"),
        ExprKind::Imaginary(f) => format!("{f:?}j"),
        ExprKind::Bool(b) => b.to_string(),
        ExprKind::Str(s) => format!("{s:?}"),
        ExprKind::None => "None".to_owned(),
        ExprKind::Ellipsis => "...".to_owned(),
        ExprKind::Tuple(l) => format!("tuple({})", all(l)),
        ExprKind::List(l) => format!("[{}]", all(l)),
        ExprKind::Attribute { value, attr, .. } => format!("{}.{attr}", expr(value)),
        ExprKind::Subscript { value, index } => format!("{}[{}]", expr(value), expr(index)),
        ExprKind::Slice { lower, upper, step } => {
            let part = |p: &Option<Box<Expr>>| p.as_deref().map_or("_".to_owned(), expr);
            format!("{}:{}:{}", part(lower), part(upper), part(step))
        }
        ExprKind::Call {
            func,
            args,
            keywords,
        } => {
            let keywords = keywords
                .iter()
                .map(|k| format!("{} = {}", k.name, expr(&k.value)));
            let args: Vec<_> = args.iter().map(expr).chain(keywords).collect();
            format!("{}({})", expr(func), args.join(", "))
        }
        ExprKind::Unary { op, operand } => format!("{op:?}({})", expr(operand)),
        ExprKind::Binary { op, left, right } => format!("{op:?}({}, {})", expr(left), expr(right)),
        ExprKind::Bool2 { and, values } => {
            format!("{}({})", if *and { "and" } else { "or" }, all(values))
        }
        ExprKind::Compare { first, rest } => {
            let rest: String = rest
                .iter()
                .map(|(op, e)| format!(" {op:?} {}", expr(e)))
                .collect();
            format!("({}{rest})", expr(first))
        }
        ExprKind::Ternary { test, then, orelse } => {
            format!("({} ? {} : {})", expr(test), expr(then), expr(orelse))
        }
        ExprKind::Lambda { params: p, body } => format!("(|{}| {})", params(p), expr(body)),
        ExprKind::Generator {
            element,
            target,
            iter,
        } => format!("({} for {} in {})", expr(element), expr(target), expr(iter)),
        ExprKind::Starred(e) => format!("*{}", expr(e)),
    }
}
