//! Attributes: Rust-like `#[name(args)]` lines before `def`, which are comments in Python.
//!
//! ```text
//! attribute = "#[" call "]"                 a comment on a line of its own; may go on in comments on the lines that follow
//! call      = name [ "(" [ arg { "," arg } [ "," ] ] ")" ]
//! arg       = [ name "=" ] value
//! value     = integer | string | "true" | "false" | "[" [ value { "," value } [ "," ] ] "]" | call
//! ```

use super::ast::{Attribute, AttributeArg, AttributeValue};
use super::frame::Frame;
use crate::diag::{Diagnostic, ErrorCode, Span};
use ruff_python_ast::StmtFunctionDef;
use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_text_size::Ranged;

/// The attributes there are.
pub const NAMES: &[&str] = &[
    "transform",
    "auto_optimize",
    "strict_fp",
    "device",
    "distribute",
];

/// Values that may stand in one another.
const MAX_DEPTH: usize = 32;

/// The attributes of a text, each with the place of the token that follows.
pub(super) struct Attributes {
    found: Vec<(usize, Attribute)>,
}

impl Attributes {
    pub(super) fn collect(
        frame: &Frame,
        tokens: &Tokens,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut found = Vec::new();
        let mut pending: Vec<Attribute> = Vec::new();
        let mut rest: &[Token] = tokens;
        let mut own_line = true;
        while let Some((token, after)) = rest.split_first() {
            rest = after;
            match token.kind() {
                TokenKind::Comment => {
                    let Some(mut chars) = attribute_chars(frame, *token) else {
                        continue;
                    };
                    if own_line {
                        rest = continue_over_lines(frame, &mut chars, rest);
                    }
                    match Parser::new(chars).attribute() {
                        Ok(Some(attribute)) if own_line => pending.push(attribute),
                        Ok(Some(attribute)) => diagnostics.extend(misplaced(&attribute)),
                        Ok(None) => {}
                        Err(diagnostic) => diagnostics.push(diagnostic),
                    }
                }
                TokenKind::Newline | TokenKind::NonLogicalNewline => own_line = true,
                TokenKind::Indent | TokenKind::Dedent => {}
                _ => {
                    own_line = false;
                    found.extend(
                        pending
                            .drain(..)
                            .map(|attribute| (token.start().to_usize(), attribute)),
                    );
                }
            }
        }
        found.extend(pending.into_iter().map(|attribute| (usize::MAX, attribute)));
        Self { found }
    }

    /// The attributes before a function, its decorators, or between them.
    pub(super) fn take(&mut self, node: &StmtFunctionDef) -> Vec<Attribute> {
        let head = node.range.start().to_usize()..node.name.range.start().to_usize();
        self.found
            .extract_if(.., |(at, _)| head.contains(at))
            .map(|(_, attribute)| attribute)
            .collect()
    }

    /// Reports attributes that no function has taken.
    pub(super) fn report_left_over(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.extend(
            self.found
                .drain(..)
                .filter_map(|(_, attribute)| misplaced(&attribute)),
        );
    }
}

/// A comment elsewhere is an attribute only if its name is one.
fn misplaced(attribute: &Attribute) -> Option<Diagnostic> {
    NAMES.contains(&attribute.name.as_str()).then(|| {
        Diagnostic::new(
            ErrorCode::Attribute,
            attribute.span,
            format!("`#[{}]` does not stand before a function", attribute.name),
        )
        .hint("put it on a line of its own before `def`")
    })
}

type Chars = Vec<(usize, char)>;

/// The characters after `#` of a comment that begins like an attribute.
fn attribute_chars(frame: &Frame, token: Token) -> Option<Chars> {
    let comment = frame
        .source
        .get(token.start().to_usize()..token.end().to_usize())?;
    let name = comment.strip_prefix("#[")?.trim_start();
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        .then(|| chars_after_hash(frame, token))
}

fn chars_after_hash(frame: &Frame, token: Token) -> Chars {
    let start = token.start().to_usize() + 1;
    let comment = frame
        .source
        .get(start..token.end().to_usize())
        .unwrap_or_default();
    comment
        .char_indices()
        .map(|(at, c)| (frame.offset(start + at), c))
        .collect()
}

/// Appends comments on the following lines while brackets are open.
fn continue_over_lines<'t>(frame: &Frame, chars: &mut Chars, mut rest: &'t [Token]) -> &'t [Token] {
    while is_open(chars) {
        let [newline, comment, after @ ..] = rest else {
            break;
        };
        if newline.kind() != TokenKind::NonLogicalNewline || comment.kind() != TokenKind::Comment {
            break;
        }
        let more = chars_after_hash(frame, *comment);
        if more.first().is_some_and(|(_, c)| *c == '[') {
            break;
        }
        chars.extend(more);
        rest = after;
    }
    rest
}

fn is_open(chars: &Chars) -> bool {
    let mut depth = 0i32;
    let mut quote = None;
    for (_, c) in chars {
        match (quote, *c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(*c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth -= 1,
            _ => {}
        }
    }
    depth > 0
}

struct Parser {
    chars: Chars,
    at: usize,
    depth: usize,
}

type Parsed<T> = Result<T, Diagnostic>;

impl Parser {
    fn new(chars: Chars) -> Self {
        Self {
            chars,
            at: 0,
            depth: 0,
        }
    }

    /// The attribute, or `None` if it is a comment after all.
    fn attribute(mut self) -> Parsed<Option<Attribute>> {
        let start = self.offset().saturating_sub(1);
        self.at += 1;
        self.blanks();
        let (name, name_span) = self.name()?;
        let known = NAMES.contains(&name.as_str());
        self.blanks();
        if !known {
            let text: String = self.chars[self.at..].iter().map(|(_, c)| *c).collect();
            let text = text.trim_end();
            let like_an_attribute = text == "]" || (text.starts_with('(') && text.ends_with(")]"));
            if !like_an_attribute {
                return Ok(None);
            }
            let names = NAMES
                .iter()
                .map(|n| format!("`{n}`"))
                .collect::<Vec<_>>()
                .join(", ");
            return Err(Diagnostic::new(
                ErrorCode::Attribute,
                name_span,
                format!("unknown attribute `{name}`"),
            )
            .hint(format!(
                "the attributes are {names}; a plain comment has a blank after `#`"
            )));
        }
        let mut attribute = self.call(name, name_span)?;
        self.expect(']')?;
        attribute.span = Span::new(start, self.end_of_last());
        self.blanks();
        if self.peek().is_some() {
            return Err(self.error("nothing may follow the attribute on its line"));
        }
        Ok(Some(attribute))
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).map(|(_, c)| *c)
    }

    /// The place of the next character.
    fn offset(&self) -> usize {
        self.chars
            .get(self.at)
            .map_or_else(|| self.end_of(self.chars.len()), |(at, _)| *at)
    }

    fn end_of_last(&self) -> usize {
        self.end_of(self.at)
    }

    fn end_of(&self, at: usize) -> usize {
        at.checked_sub(1)
            .and_then(|at| self.chars.get(at))
            .map_or(0, |(at, c)| at + c.len_utf8())
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// A mistake at the next character, or at the last one if there is none.
    fn error(&self, message: &str) -> Diagnostic {
        let at = self.at.min(self.chars.len().saturating_sub(1));
        let start = self.chars.get(at).map_or(0, |(at, _)| *at);
        Diagnostic::new(
            ErrorCode::Attribute,
            Span::new(start, self.end_of(at + 1)),
            message,
        )
    }

    fn expect(&mut self, wanted: char) -> Parsed<()> {
        self.blanks();
        if self.peek() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        let found = self
            .peek()
            .map_or_else(|| "the end of the line".to_owned(), |c| format!("`{c}`"));
        Err(self.error(&format!("expected `{wanted}`, found {found}")))
    }

    fn name(&mut self) -> Parsed<(String, Span)> {
        let from = self.at;
        if !self.peek().is_some_and(|c| c.is_alphabetic() || c == '_') {
            return Err(self.error("expected a name"));
        }
        let start = self.offset();
        while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
            self.at += 1;
        }
        let name = self.chars[from..self.at].iter().map(|(_, c)| *c).collect();
        Ok((name, Span::new(start, self.end_of_last())))
    }

    /// What follows a name: arguments in parentheses, if any.
    fn call(&mut self, name: String, span: Span) -> Parsed<Attribute> {
        let mut args = Vec::new();
        let mut end = span.end;
        let after_name = self.at;
        self.blanks();
        if self.peek() == Some('(') {
            self.at += 1;
            self.list(')', |this| {
                args.push(this.arg()?);
                Ok(())
            })?;
            end = self.end_of_last() as u32;
        } else {
            self.at = after_name;
        }
        Ok(Attribute {
            name,
            args,
            span: Span {
                start: span.start,
                end,
            },
        })
    }

    /// Elements separated by commas, up to and with `close`.
    fn list(
        &mut self,
        close: char,
        mut element: impl FnMut(&mut Self) -> Parsed<()>,
    ) -> Parsed<()> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error("this is nested too deeply"));
        }
        self.depth += 1;
        loop {
            self.blanks();
            if self.peek() == Some(close) {
                break;
            }
            element(self)?;
            self.blanks();
            if self.peek() == Some(',') {
                self.at += 1;
            } else {
                break;
            }
        }
        self.depth -= 1;
        self.expect(close)
    }

    fn arg(&mut self) -> Parsed<AttributeArg> {
        let (from, start) = (self.at, self.offset());
        let mut key = None;
        if let Ok((name, _)) = self.name() {
            self.blanks();
            if self.peek() == Some('=') {
                self.at += 1;
                self.blanks();
                key = Some(name);
            } else {
                self.at = from;
            }
        }
        let value = self.value()?;
        Ok(AttributeArg {
            key,
            value,
            span: Span::new(start, self.end_of_last()),
        })
    }

    fn value(&mut self) -> Parsed<AttributeValue> {
        match self.peek() {
            Some(quote @ ('"' | '\'')) => self.string(quote),
            Some('[') => {
                self.at += 1;
                let mut values = Vec::new();
                self.list(']', |this| {
                    values.push(this.value()?);
                    Ok(())
                })?;
                Ok(AttributeValue::List(values))
            }
            Some(c) if c.is_ascii_digit() || c == '-' => self.integer(),
            Some(c) if c.is_alphabetic() || c == '_' => {
                let (name, span) = self.name()?;
                match name.as_str() {
                    "true" | "True" => Ok(AttributeValue::Bool(true)),
                    "false" | "False" => Ok(AttributeValue::Bool(false)),
                    _ => Ok(AttributeValue::Call(self.call(name, span)?)),
                }
            }
            _ => {
                let mut error = self.error("expected a value");
                error.hint = Some("an integer, a string, `true`, `false`, a list in brackets, or a name with or without arguments".to_owned());
                Err(error)
            }
        }
    }

    fn string(&mut self, quote: char) -> Parsed<AttributeValue> {
        self.at += 1;
        let from = self.at;
        while let Some(c) = self.peek() {
            if c == '\\' {
                return Err(self.error("a string in an attribute holds no escapes"));
            }
            self.at += 1;
            if c == quote {
                return Ok(AttributeValue::Str(
                    self.chars[from..self.at - 1]
                        .iter()
                        .map(|(_, c)| *c)
                        .collect(),
                ));
            }
        }
        self.at = from - 1;
        Err(self.error("this string is not closed"))
    }

    fn integer(&mut self) -> Parsed<AttributeValue> {
        let from = self.at;
        let start = self.offset();
        self.at += 1;
        while self
            .peek()
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
        {
            self.at += 1;
        }
        let digits: String = self.chars[from..self.at]
            .iter()
            .map(|(_, c)| *c)
            .filter(|c| *c != '_')
            .collect();
        digits.parse().map(AttributeValue::Int).map_err(|_| {
            let span = Span::new(start, self.end_of_last());
            Diagnostic::new(
                ErrorCode::Attribute,
                span,
                format!("`{digits}` is not a 64-bit integer"),
            )
        })
    }
}
