//! Mistakes as rustc shows them.

use crate::source::Unit;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use dace_core::diag::{Diagnostic, Span};
use dace_host::console;
use std::io::IsTerminal as _;
use std::ops::Range;

fn renderer() -> Renderer {
    if std::io::stderr().is_terminal() {
        Renderer::styled()
    } else {
        Renderer::plain()
    }
}

/// A message without a place.
pub(crate) fn error(message: &str) -> String {
    renderer().render(&[Group::with_title(Level::ERROR.primary_title(message))])
}

/// Prints all mistakes of a text to standard error.
pub(crate) fn diagnostics(unit: &Unit, diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        console::complain(one(unit, diagnostic) + "\n");
    }
}

fn one(unit: &Unit, d: &Diagnostic) -> String {
    let mut snippet = Snippet::source(unit.file.as_str())
        .path(unit.path.as_str())
        .annotation(AnnotationKind::Primary.span(place(unit, d.span)));
    for (span, text) in &d.notes {
        snippet = snippet.annotation(
            AnnotationKind::Context
                .span(place(unit, *span))
                .label(text.as_str()),
        );
    }
    let mut group = Level::ERROR
        .primary_title(d.message.as_str())
        .id(d.code.code())
        .element(snippet);
    if let Some(hint) = &d.hint {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    renderer().render(&[group])
}

/// A range of the file, inside of it and between characters whatever the span.
fn place(unit: &Unit, span: Span) -> Range<usize> {
    let within = |at: u32| {
        let mut at = unit.place(at as usize).min(unit.file.len());
        while !unit.file.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = within(span.start);
    start..within(span.end).max(start)
}
