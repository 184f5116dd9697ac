//! Stage 1: Python text to a tree. The only room that names the parser crate.
//!
//! [`parse`] reports every mistake of a text at once: syntax errors, and constructs outside of [`ast`] under their own name.

pub mod ast;
mod attribute;
mod broken;
mod convert;
mod expr;
mod frame;
mod refuse;
#[cfg(test)]
mod tests;

pub use attribute::NAMES as ATTRIBUTES;

use crate::diag::{Diagnostic, ErrorCode, Span};
use convert::Converter;
use frame::Frame;
use ruff_python_ast::{self as py, ModModule, PySourceType};
use ruff_python_parser::Parsed;

/// How a text stands in its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Between the braces of `dace! { … }` or in a string literal: uniformly indented, and possibly beginning on the line of
    /// the opening brace.
    Block,
    /// A Python file.
    Module,
}

/// Parses a text.
///
/// # Errors
/// All mistakes, ordered by place. Their spans, like the tree's, are byte ranges of `text`.
pub fn parse(text: &str, form: Form) -> Result<ast::Module, Vec<Diagnostic>> {
    let (module, diagnostics) = parse_partial(text, form);
    if diagnostics.is_empty() {
        Ok(module)
    } else {
        Err(diagnostics)
    }
}

/// As [`parse`], and of a text with mistakes what could be understood: enough for the signatures of its functions.
pub fn parse_partial(text: &str, form: Form) -> (ast::Module, Vec<Diagnostic>) {
    if u32::try_from(text.len()).is_err() {
        let message = "a text of more than 4 GiB cannot be parsed";
        return (
            ast::Module::default(),
            vec![Diagnostic::new(ErrorCode::Syntax, Span::default(), message)],
        );
    }
    // Where the text alone does not decide how far the first line is indented, the reading with the fewest mistakes holds.
    let mut best: Option<(usize, Frame, Parsed<ModModule>)> = None;
    for frame in Frame::candidates(text, form) {
        let parsed =
            ruff_python_parser::parse_unchecked_source(&frame.source, PySourceType::Python);
        let mistakes = parsed.errors().len() + usize::from(!frame.holds(&parsed.syntax().body));
        if best.as_ref().is_none_or(|(least, ..)| mistakes < *least) {
            best = Some((mistakes, frame, parsed));
        }
        if mistakes == 0 {
            break;
        }
    }
    let Some((_, frame, parsed)) = best else {
        return (ast::Module::default(), Vec::new());
    };
    let mut converter = Converter::new(text, &frame, parsed.tokens());
    converter.syntax_errors(parsed.errors(), parsed.tokens());
    let module = match broken::deepest_bracket(parsed.tokens()) {
        None => converter.module(&parsed.syntax().body),
        Some(range) => {
            converter.too_deep(range);
            ast::Module::default()
        }
    };
    let too_deep = converter.is_too_deep();
    let diagnostics = converter.finish();
    if too_deep {
        // Dropping a tree recurses as deep as the tree is; one that deep could overflow the stack.
        std::mem::forget(parsed);
    }
    (module, diagnostics)
}

/// A text of the compiler's own, which has no mistakes: all that it stands for is said to stand at one place of the program.
pub(crate) fn parse_at(text: &str, span: Span) -> ast::Module {
    let Some(frame) = Frame::candidates(text, Form::Module).into_iter().next() else {
        return ast::Module::default();
    };
    let parsed = ruff_python_parser::parse_unchecked_source(&frame.source, PySourceType::Python);
    let mut converter = Converter::new(text, &frame, parsed.tokens());
    converter.fixed = Some(span);
    converter.module(&parsed.syntax().body)
}

/// The identifier that a text is, in the form in which Python compares them.
pub(crate) fn identifier(text: &str) -> Option<String> {
    // Anything else is not worth the parser's recursion.
    let is_letter = |c: char| c == '_' || c.is_ascii_alphanumeric() || !c.is_ascii();
    if !text.chars().all(is_letter) {
        return None;
    }
    let parsed = ruff_python_parser::parse_expression(text).ok()?;
    match parsed.expr() {
        py::Expr::Name(name) if usize::from(name.range.len()) == text.len() => {
            Some(name.id.to_string())
        }
        _ => None,
    }
}

/// What stands at a span, without the indentation that its first line has in the text.
pub fn unindented(text: &str, span: Span) -> String {
    let (start, end) = (span.start as usize, span.end as usize);
    let before = text.get(..start).unwrap_or_default();
    let indentation = before.rsplit('\n').next().unwrap_or_default();
    let found = text.get(start..end).unwrap_or_default();
    if !indentation.trim().is_empty() {
        return found.to_owned();
    }
    let lines = found
        .split('\n')
        .map(|line| line.strip_prefix(indentation).unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}
