//! NumPy's functions that are written in Python, in terms of others: `library.py`.

use super::Args;
use crate::diag::Span;
use crate::lower::value::Value;
use crate::lower::{Lowerer, R, Stop};
use crate::syntax::{ast, parse_at};
use std::rc::Rc;

const TEXT: &str = include_str!("library.py");

/// Frames of these functions have names that begin so; in them no name of the program is seen.
pub(in crate::lower) const PREFIX: &str = "numpy.";

/// The text of a function, by its path in NumPy.
fn text(path: &str) -> Option<&'static str> {
    let start = TEXT.find(&format!("\ndef {}(", path.replace('.', "_")))? + 1;
    let length = TEXT[start..].find("\n\n\n").unwrap_or(TEXT.len() - start);
    Some(&TEXT[start..start + length])
}

/// Whether there is such a function.
pub(super) fn contains(path: &str) -> bool {
    text(path).is_some()
}

/// The function, with every part of it at this place.
fn function(path: &str, span: Span) -> Option<ast::Function> {
    let module = parse_at(text(path)?, span);
    let found = module.items.into_iter().find_map(|item| match item {
        ast::Item::Function(f) => Some(f),
        _ => None,
    })?;
    Some(ast::Function {
        name: format!("{PREFIX}{path}"),
        ..found
    })
}

impl Lowerer<'_> {
    pub(super) fn library_function(&mut self, path: &str, args: Args) -> R<Value> {
        let f = function(path, args.span).ok_or(Stop)?;
        self.inline_call(&Rc::new(f), None, args)
    }
}

#[cfg(test)]
mod tests {
    use super::{Span, TEXT, function};

    #[test]
    fn every_function_is_found_and_parsed() {
        let names = TEXT.split("\ndef ").skip(1);
        for name in names.filter_map(|t| t.split('(').next()) {
            let f = function(name, Span { start: 3, end: 4 }).expect("it is in the text");
            assert!(!f.body.is_empty(), "{name}");
            assert!(f.body.iter().all(|s| s.span == Span { start: 3, end: 4 }));
        }
    }
}
