//! Indented text for a parser of modules.
//!
//! The text of a block is indented as a whole, which a module may not be. Instead of removing the indentation, which would move every
//! offset by another amount, the text becomes the body of a statement: `if 1:` and a line break before it, and nothing else changes. Where
//! the first statement stands on the line of the opening brace, its own indentation is not part of the text; it is given the one that makes
//! the rest parse.

use super::Form;
use crate::diag::Span;
use ruff_python_ast::{Stmt, Suite};
use ruff_text_size::TextRange;

/// The header that an indented text is the body of.
const HEADER: &str = "if 1:\n";

/// Indentations of the first line that are tried, the narrowest first: what is right is hardly ever another than the first.
const READINGS: usize = 8;

/// One reading of a text as a module.
pub(super) struct Frame {
    /// What the parser sees.
    pub(super) source: String,
    /// Bytes of `source` that stand before the text.
    added: usize,
    /// Bytes of the text that `source` leaves out at its beginning.
    dropped: usize,
    /// Whether the text is the body of the header.
    pub(super) nested: bool,
}

impl Frame {
    fn new(text: &str, indentation: &str, dropped: usize, nested: bool) -> Self {
        let header = if nested { HEADER } else { "" };
        let mut source = String::with_capacity(header.len() + indentation.len() + text.len());
        source.push_str(header);
        source.push_str(indentation);
        source.push_str(text.get(dropped..).unwrap_or_default());
        Self {
            source,
            added: header.len() + indentation.len(),
            dropped,
            nested,
        }
    }

    /// The readings of a text, the likeliest first.
    pub(super) fn candidates(text: &str, form: Form) -> Vec<Self> {
        let plain = || Self::new(text, "", 0, false);
        if form == Form::Module {
            return vec![plain()];
        }
        let mut lines = text.split_inclusive('\n');
        let first = lines.next().unwrap_or_default();
        if !is_code(first) {
            return match lines.find(|line| is_code(line)).map(indentation) {
                None => Vec::new(),
                Some("") => vec![plain()],
                Some(_) => vec![Self::new(text, "", 0, true)],
            };
        }
        let dropped = indentation(first).len();
        let mut widths: Vec<&str> = lines
            .filter(|line| is_code(line))
            .map(indentation)
            .collect();
        widths.sort_by_key(|width| width.len());
        widths.dedup();
        widths.truncate(READINGS);
        let outside = widths
            .first()
            .and_then(|least| least.get(..least.len().checked_sub(1)?));
        let mut frames: Vec<Self> = outside
            .into_iter()
            .chain(widths.iter().copied())
            .map(|width| Self::new(text, width, dropped, !width.is_empty()))
            .collect();
        if frames.is_empty() {
            frames.push(Self::new(text, "", dropped, false));
        }
        frames
    }

    /// Whether all statements stand where the frame wants them.
    pub(super) fn holds(&self, body: &Suite) -> bool {
        !self.nested
            || matches!(body.as_slice(), [Stmt::If(header)] if header.elif_else_clauses.is_empty())
    }

    /// The place in the text of a place in what the parser saw.
    pub(super) fn offset(&self, offset: usize) -> usize {
        offset.max(self.added) - self.added + self.dropped
    }

    pub(super) fn span(&self, range: TextRange) -> Span {
        Span::new(
            self.offset(range.start().to_usize()),
            self.offset(range.end().to_usize()),
        )
    }
}

fn indentation(line: &str) -> &str {
    line.get(..line.len() - line.trim_start().len())
        .unwrap_or_default()
        .trim_end_matches(['\n', '\r'])
}

/// Whether the line holds more than blanks and a comment.
fn is_code(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}
