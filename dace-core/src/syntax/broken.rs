//! What is not Python: the parser's errors as mistakes, without those that only follow from another.

use super::convert::{Converter, line, line_breaks};
use crate::diag::{Diagnostic, ErrorCode, Span};
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_parser::{LexicalErrorType, ParseError, ParseErrorType};
use ruff_text_size::{Ranged, TextRange};

/// Syntax errors of which the first on each line is reported.
const MAX_ERRORS: usize = 200;

/// Brackets that may stand in one another, as in CPython.
const MAX_BRACKETS: usize = 200;

impl Converter<'_> {
    /// Reports what the parser found: on each line the first mistake, and nothing after a bracket that is never closed, where the
    /// parser only guesses.
    pub(super) fn syntax_errors(&mut self, errors: &[ParseError], tokens: &Tokens) {
        let unclosed = if errors.is_empty() {
            None
        } else {
            unclosed_bracket(tokens)
        };
        if let Some(range) = unclosed {
            let span = self.span(range);
            let bracket = self.text.get(span.start as usize..span.end as usize);
            let message = format!("`{}` is never closed", bracket.unwrap_or("("));
            self.report(Diagnostic::new(ErrorCode::Syntax, span, message));
            self.unclosed = Some(span.start);
        }
        let mut errors: Vec<&ParseError> = errors.iter().collect();
        errors.sort_by_key(|error| error.location.start());
        if errors.len() > 1 {
            // What another mistake has led to.
            errors.retain(|error| {
                !matches!(
                    error.error,
                    ParseErrorType::ExpectedToken {
                        expected: TokenKind::Dedent,
                        ..
                    }
                )
            });
        }
        let mut last_line = None;
        let breaks = line_breaks(self.text);
        // Thousands of mistakes say no more than the first ones.
        for error in errors.into_iter().take(MAX_ERRORS) {
            let diagnostic = self.syntax_error(error);
            let line = line(&breaks, diagnostic.span.start);
            if last_line.replace(line) != Some(line) {
                self.report(diagnostic);
            }
        }
    }

    fn syntax_error(&self, error: &ParseError) -> Diagnostic {
        let mut span = self.span(error.location);
        let text = self.text;
        let is_blank = text
            .get(span.start as usize..span.end as usize)
            .is_none_or(|found| found.trim().is_empty());
        if is_blank && is_about_indentation(&error.error) {
            // The line that is indented wrongly.
            let after = text.get(span.start as usize..).unwrap_or_default();
            let start = span.start as usize + after.len() - after.trim_start().len();
            let line = after.trim_start().split('\n').next().unwrap_or_default();
            span = Span::new(start, start + line.trim_end().len());
        } else if is_blank {
            // At the end of a line: what stands before it.
            let before = text
                .get(..span.start as usize)
                .unwrap_or_default()
                .trim_end();
            let last = before.char_indices().next_back().map_or(0, |(at, _)| at);
            span = Span::new(last, before.len());
        }
        let line_start = text
            .get(..span.start as usize)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |at| at + 1);
        let line = text.get(line_start..).unwrap_or_default();
        let line = line.split('\n').next().unwrap_or(line);
        let code = line.trim();
        if code.starts_with("//") || code.starts_with("/*") {
            let start = line_start + line.len() - line.trim_start().len();
            let span = Span::new(start, start + code.len());
            return Diagnostic::new(ErrorCode::Syntax, span, "this comment is not Python's")
                .hint("a comment begins with `#`");
        }
        Diagnostic::new(
            ErrorCode::Syntax,
            span,
            lower_first(&error.error.to_string()),
        )
    }
}

/// The parser's messages begin with a capital letter, ours do not.
fn lower_first(message: &str) -> String {
    let mut chars = message.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first
            .to_lowercase()
            .chain(message.chars().skip(1))
            .collect(),
        _ => message.to_owned(),
    }
}

fn is_about_indentation(error: &ParseErrorType) -> bool {
    matches!(
        error,
        ParseErrorType::UnexpectedIndentation
            | ParseErrorType::Lexical(LexicalErrorType::IndentationError)
    )
}

/// The innermost bracket that is open at the end.
fn unclosed_bracket(tokens: &Tokens) -> Option<TextRange> {
    let mut open: Vec<(TokenKind, TextRange)> = Vec::new();
    for token in tokens {
        let opening = match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                open.push((token.kind(), token.range()));
                continue;
            }
            TokenKind::Rpar => TokenKind::Lpar,
            TokenKind::Rsqb => TokenKind::Lsqb,
            TokenKind::Rbrace => TokenKind::Lbrace,
            _ => continue,
        };
        if open.last().is_some_and(|(kind, _)| *kind == opening) {
            open.pop();
        }
    }
    open.pop().map(|(_, range)| range)
}

/// The place where brackets stand in one another too deep, if anywhere.
pub(super) fn deepest_bracket(tokens: &Tokens) -> Option<TextRange> {
    let mut depth = 0usize;
    for token in tokens {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        if depth > MAX_BRACKETS {
            return Some(token.range());
        }
    }
    None
}
