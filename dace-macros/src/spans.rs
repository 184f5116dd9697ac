//! From places in the Python text to places that rustc can underline.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use dace_core::diag::{self, Diagnostic};
use proc_macro::{
    Delimiter, Group as TokenGroup, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree,
};
use std::ops::Range;

/// A token's place in the Python text.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) range: Range<usize>,
    pub(crate) span: Span,
}

/// Where the Python text comes from.
pub(crate) enum Places {
    /// From tokens, ordered by place.
    Tokens(Vec<Leaf>),
    /// From a string literal or a file, in which rustc underlines nothing: the argument of the macro stands for all of it.
    Page(Page, Span),
}

/// A text to quote from.
pub(crate) struct Page {
    /// What is quoted: the file, or the source text of the literal.
    pub(crate) shown: String,
    /// For each byte of the Python text, and its end, the byte in `shown`; nothing where the two are the same.
    pub(crate) offsets: Option<Vec<usize>>,
    pub(crate) path: String,
    /// The number of the first line of `shown`.
    pub(crate) line: usize,
}

/// A mistake for rustc to report from the beginning of one span to the end of another.
pub(crate) struct Failure {
    message: String,
    first: Span,
    last: Span,
}

impl Failure {
    pub(crate) fn new(diagnostic: &Diagnostic, span: Span) -> Self {
        Self {
            message: message(diagnostic),
            first: span,
            last: span,
        }
    }

    /// `::core::compile_error! { "message" }`. Rustc underlines from the first of these tokens to the last.
    pub(crate) fn expand(&self) -> TokenStream {
        let mut text = Literal::string(&self.message);
        text.set_span(self.last);
        let mut body = TokenGroup::new(Delimiter::Brace, TokenTree::from(text).into());
        body.set_span(self.last);
        let colons = || {
            [
                punct(':', Spacing::Joint, self.first),
                punct(':', Spacing::Alone, self.first),
            ]
        };
        let mut tokens = TokenStream::new();
        tokens.extend(colons());
        tokens.extend([TokenTree::from(Ident::new("core", self.first))]);
        tokens.extend(colons());
        tokens.extend([
            TokenTree::from(Ident::new("compile_error", self.first)),
            punct('!', Spacing::Alone, self.first),
            TokenTree::from(body),
        ]);
        tokens
    }
}

fn punct(c: char, spacing: Spacing, span: Span) -> TokenTree {
    let mut punct = Punct::new(c, spacing);
    punct.set_span(span);
    punct.into()
}

/// Code, message and hint.
fn message(diagnostic: &Diagnostic) -> String {
    let mut message = format!("[{}] {}", diagnostic.code.code(), diagnostic.message);
    if let Some(hint) = &diagnostic.hint {
        message.push_str("\nhelp: ");
        message.push_str(hint);
    }
    message
}

impl Places {
    pub(crate) fn failure(&self, diagnostic: &Diagnostic) -> Failure {
        match self {
            Self::Tokens(leaves) => {
                let (first, last) = covering(leaves, diagnostic.span);
                let mut message = message(diagnostic);
                for (place, note) in &diagnostic.notes {
                    let (at, _) = covering(leaves, *place);
                    let (file, line, column) = (at.file(), at.line(), at.column());
                    let note = format!("\nnote: {file}:{line}:{column}: {note}");
                    message.push_str(&note);
                }
                Failure {
                    message,
                    first,
                    last,
                }
            }
            Self::Page(page, span) => {
                let mut message = message(diagnostic);
                message.push('\n');
                message.push_str(&page.quote(diagnostic));
                Failure {
                    message,
                    first: *span,
                    last: *span,
                }
            }
        }
    }
}

/// The first and the last token that a range touches; the nearest one before it if there is none.
fn covering(leaves: &[Leaf], place: diag::Span) -> (Span, Span) {
    let (start, end) = (
        place.start as usize,
        (place.end as usize).max(place.start as usize + 1),
    );
    let touched = leaves
        .iter()
        .filter(|leaf| leaf.range.start < end && start < leaf.range.end);
    let mut touched = touched.map(|leaf| leaf.span);
    if let Some(first) = touched.next() {
        return (first, touched.next_back().unwrap_or(first));
    }
    let before = leaves
        .iter()
        .rev()
        .find(|leaf| leaf.range.end <= start)
        .or(leaves.first());
    let span = before.map_or_else(Span::call_site, |leaf| leaf.span);
    (span, span)
}

impl Page {
    /// File, line and column, and the lines with what is wrong underlined.
    fn quote(&self, diagnostic: &Diagnostic) -> String {
        let notes = diagnostic
            .notes
            .iter()
            .map(|(span, text)| AnnotationKind::Context.span(self.range(*span)).label(text));
        let snippet = Snippet::source(&self.shown)
            .line_start(self.line)
            .path(&self.path)
            .annotation(AnnotationKind::Primary.span(self.range(diagnostic.span)))
            .annotations(notes);
        Renderer::plain().render(&[Group::with_level(Level::ERROR).element(snippet)])
    }

    fn range(&self, span: diag::Span) -> Range<usize> {
        let shown = |offset: u32| match &self.offsets {
            None => offset as usize,
            Some(offsets) => offsets
                .get(offset as usize)
                .or(offsets.last())
                .copied()
                .unwrap_or(0),
        };
        let end = self.shown.len();
        let start = shown(span.start).min(end);
        start..shown(span.end).clamp(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::Page;
    use dace_core::syntax::{Form, parse};

    #[test]
    fn mistakes_in_a_file_are_quoted() {
        let text = "import dace\n\ndef f(é, é):\n    pass\n";
        let mistakes = parse(text, Form::Module).expect_err("a mistake");
        let page = Page {
            shown: text.to_owned(),
            offsets: None,
            path: "k/f.py".to_owned(),
            line: 1,
        };
        let expected = " --> k/f.py:3:10
  |
3 | def f(é, é):
  |       -  ^
  |       |
  |       the first one is here";
        assert_eq!(page.quote(&mistakes[0]), expected);
    }
}
