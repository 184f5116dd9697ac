//! The Python text of an invocation inside of a `macro_rules!` macro: tokens of its template, of its caller, or of both.
//!
//! The tokens that decide the layout are the template's, or, if it has none, all. What stands between two of them is copied from their file,
//! since tokens lack what Rust takes for a comment; the other tokens come one blank apart from each other.

use crate::recover::Token;
use crate::spans::Leaf;
use proc_macro::Span;
use std::collections::HashMap;
use std::path::PathBuf;

/// The beginnings of a text's lines.
pub(crate) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    first_line: usize,
    first_column: usize,
}

impl<'t> Lines<'t> {
    /// A text whose first character stands in a line and a column, both counted from 1.
    pub(crate) fn new(text: &'t str, first_line: usize, first_column: usize) -> Self {
        let starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            text,
            starts,
            first_line,
            first_column,
        }
    }

    /// The byte at a line and a column; columns count characters.
    pub(crate) fn offset(&self, line: usize, column: usize) -> Option<usize> {
        let number = line.checked_sub(self.first_line)?;
        let chars = column.checked_sub(if number == 0 { self.first_column } else { 1 })?;
        let start = *self.starts.get(number)?;
        let line = self.text.get(start..)?.split('\n').next()?;
        let mut places = line
            .char_indices()
            .map(|(at, _)| at)
            .chain(std::iter::once(line.len()));
        places.nth(chars).map(|at| start + at)
    }
}

/// Why the text is not available, and where.
type Lost = (Span, &'static str);

const NOT_IN_FILE: &str = "the text of these tokens cannot be read from their file";

/// The source files of tokens.
#[derive(Default)]
struct Files {
    texts: HashMap<PathBuf, Option<String>>,
}

impl Files {
    fn text(&mut self, span: Span) -> Option<&str> {
        let path = span.local_file()?;
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path)
                .ok()
                .map(|text| text.replace("\r\n", "\n"))
        };
        self.texts.entry(path).or_insert_with_key(read).as_deref()
    }

    /// The range of the file that a token stands in, if it does.
    fn range(&mut self, token: &Token) -> Option<std::ops::Range<usize>> {
        let text = self.text(token.span)?;
        let start = Lines::new(text, 1, 1).offset(token.span.line(), token.span.column())?;
        text.get(start..)?
            .starts_with(&token.text)
            .then_some(start..start + token.text.len())
    }

    /// Whether `//` follows, which is no comment in Python; `None` where that cannot be told.
    fn is_before_comment(&mut self, token: &Token) -> Option<bool> {
        let range = self.range(token)?;
        let after = self.text(token.span)?.get(range.end..)?;
        Some(after.trim_start().starts_with("//"))
    }
}

pub(crate) fn from_tokens(tokens: &[Token], call: Span) -> Result<(String, Vec<Leaf>), Lost> {
    let (from, to) = (
        (call.line(), call.column()),
        (call.end().line(), call.end().column()),
    );
    let in_template = |token: &Token| {
        let at = (token.span.line(), token.span.column());
        !token.virtual_ && token.span.file() == call.file() && from <= at && at < to
    };
    let has_template = tokens.iter().any(in_template);
    let mut files = Files::default();
    let (mut text, mut leaves) = (String::new(), Vec::new());
    // The last token of the layout, where it ends in its file, and whether others have followed it.
    let mut last: Option<(&Token, usize)> = None;
    let mut inserted = false;
    for token in tokens {
        if token.virtual_ || (has_template && !in_template(token)) {
            if !token.virtual_
                && files
                    .is_before_comment(token)
                    .ok_or((token.span, NOT_IN_FILE))?
            {
                return Err((
                    token.span,
                    "Rust takes what follows this token for a comment",
                ));
            }
            text.push(' ');
            push(&mut text, &mut leaves, token);
            inserted = true;
            continue;
        }
        let range = files.range(token).ok_or((token.span, NOT_IN_FILE))?;
        let file = files.text(token.span).unwrap_or_default();
        match last {
            None => {
                let line = file
                    .get(..range.start)
                    .and_then(|before| before.rsplit('\n').next())
                    .unwrap_or_default();
                if line.trim().is_empty() {
                    text.insert_str(0, line);
                    text.insert(0, '\n');
                }
            }
            Some((previous, end)) => {
                if previous.span.local_file() != token.span.local_file() || range.start < end {
                    return Err((token.span, "tokens from several places do not make a text"));
                }
                let gap = file.get(end..range.start).unwrap_or_default();
                text.push_str(
                    &between(gap, has_template, inserted)
                        .ok_or((token.span, "what stands before this token cannot be told"))?,
                );
            }
        }
        push(&mut text, &mut leaves, token);
        last = Some((token, range.end));
        inserted = false;
    }
    if let Some((token, end)) = last {
        // A comment of Rust's at the end: `x // 2`.
        let rest = files
            .text(token.span)
            .and_then(|file| file.get(end..))
            .unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        if line.trim_start().starts_with("//") {
            text.push_str(line);
        }
    }
    Ok((text, leaves))
}

fn push(text: &mut String, leaves: &mut Vec<Leaf>, token: &Token) {
    let start = text.len();
    text.push_str(&token.text);
    leaves.push(Leaf {
        range: start..text.len(),
        span: token.span,
    });
}

/// What stands between two tokens: blanks and comments, and in a template also `$name`, which the tokens inserted stand for.
fn between(gap: &str, in_template: bool, inserted: bool) -> Option<String> {
    let mut kept = String::with_capacity(gap.len());
    let mut rest = gap;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/")? + 2
        } else if c == '$' && in_template {
            let name = rest[1..]
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len() - 1);
            if name == 0 {
                return None;
            }
            rest = &rest[1 + name..];
            continue;
        } else if c.is_whitespace() {
            c.len_utf8()
        } else {
            return None;
        };
        kept.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    if inserted && kept.is_empty() {
        kept.push(' ');
    }
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::{Lines, between};

    #[test]
    fn columns_count_characters() {
        let lines = Lines::new("aé b\nc\n", 3, 5);
        assert_eq!(lines.offset(3, 5), Some(0));
        assert_eq!(lines.offset(3, 8), Some(4));
        assert_eq!(lines.offset(4, 1), Some(6));
        assert_eq!(lines.offset(4, 2), Some(7));
        assert_eq!(
            (
                lines.offset(3, 4),
                lines.offset(2, 1),
                lines.offset(4, 3),
                lines.offset(9, 1)
            ),
            (None, None, None, None)
        );
    }

    #[test]
    fn between_tokens_stand_blanks_and_comments() {
        assert_eq!(
            between(" // 2\n  ", false, false).as_deref(),
            Some(" // 2\n  ")
        );
        assert_eq!(
            between(" $x // 2\n", true, true).as_deref(),
            Some("  // 2\n")
        );
        assert_eq!(between("$x", true, true).as_deref(), Some(" "));
        assert_eq!(between(" $x ", false, false), None);
        assert_eq!(between(" $($t)* ", true, true), None);
        assert_eq!(between(" ignored ", false, false), None);
    }
}
