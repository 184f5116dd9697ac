//! Finds the programs in a Rust file: a build script runs before any macro does.
//!
//! Found is every `dace!` invocation by that name, with any path before it, and inside of other macros. Not found are invocations
//! by another name (`use dace::dace as d`), and what a `macro_rules!` macro passes on: its template is no program until it is expanded.

use super::literal;
use dace_core::syntax::Form;
use proc_macro2::{Delimiter, Group, LexError, TokenStream, TokenTree};
use std::fmt;
use std::ops::Range;

/// How a program is given to the macro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Between the delimiters.
    Inline,
    /// In a string literal.
    Literal,
    /// In a Python file.
    File,
}

/// One `dace!` invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    pub kind: Kind,
    /// The Python text; for [`Kind::File`], the path as it is written, which is relative to the crate's `Cargo.toml`.
    pub text: String,
    /// The bytes of the Rust file that `text` is written in: without the delimiters, for a literal with its quotes.
    pub range: Range<usize>,
    /// For a literal: the byte of the file for each byte of `text`, and for its end.
    places: Option<Vec<usize>>,
}

impl Invocation {
    /// How the text (of the file, for [`Kind::File`]) is to be parsed.
    pub fn form(&self) -> Form {
        match self.kind {
            Kind::Inline | Kind::Literal => Form::Block,
            Kind::File => Form::Module,
        }
    }

    /// The byte of the Rust file at which a byte of `text` stands.
    pub fn place(&self, offset: usize) -> usize {
        match &self.places {
            None => (self.range.start + offset).min(self.range.end),
            Some(places) => places
                .get(offset)
                .or(places.last())
                .copied()
                .unwrap_or(self.range.start),
        }
    }
}

/// Why a file cannot be scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanError {
    pub message: String,
    /// Where in the Rust file.
    pub range: Range<usize>,
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.message, self.range.start)
    }
}

impl std::error::Error for ScanError {}

/// All invocations, in the order of the file.
///
/// # Errors
/// The text has no Rust tokens, or an invocation has arguments that no form of the macro takes.
pub fn scan(rust_source: &str) -> Result<Vec<Invocation>, ScanError> {
    let mark = rust_source.len() - rust_source.trim_start_matches('\u{feff}').len();
    let source = &rust_source[mark..];
    let tokens: TokenStream = source.parse().map_err(|error: LexError| {
        let range = error.span().byte_range();
        ScanError {
            message: "this is not Rust".to_owned(),
            range: range.start + mark..range.end + mark,
        }
    })?;
    let mut scanner = Scanner {
        source,
        mark,
        found: Vec::new(),
    };
    scanner.stream(tokens)?;
    Ok(scanner.found)
}

struct Scanner<'s> {
    source: &'s str,
    /// Bytes before `source`: a byte order mark.
    mark: usize,
    found: Vec<Invocation>,
}

impl Scanner<'_> {
    /// Goes into groups without recursion: they may be nested to any depth.
    fn stream(&mut self, tokens: TokenStream) -> Result<(), ScanError> {
        let mut open = vec![Level::new(tokens, false)];
        while let Some(level) = open.last_mut() {
            let (taken, inner) = match &level.trees[level.next..] {
                [] => {
                    open.pop();
                    continue;
                }
                [
                    TokenTree::Ident(name),
                    TokenTree::Punct(bang),
                    TokenTree::Group(group),
                    ..,
                ] if name == "dace" && bang.as_char() == '!' => {
                    if !(level.in_template && has_variables(group.stream())) {
                        self.invocation(group)?;
                    }
                    (3, None)
                }
                [
                    TokenTree::Ident(name),
                    TokenTree::Punct(bang),
                    TokenTree::Ident(_),
                    TokenTree::Group(group),
                    ..,
                ] if name == "macro_rules" && bang.as_char() == '!' => {
                    (4, Some(Level::new(group.stream(), true)))
                }
                [TokenTree::Group(group), ..] => {
                    (1, Some(Level::new(group.stream(), level.in_template)))
                }
                _ => (1, None),
            };
            level.next += taken;
            open.extend(inner);
        }
        Ok(())
    }

    fn invocation(&mut self, group: &Group) -> Result<(), ScanError> {
        let trees: Vec<TokenTree> = group.stream().into_iter().collect();
        let arguments = match trees.as_slice() {
            [arguments @ .., TokenTree::Punct(comma)] if comma.as_char() == ',' => arguments,
            all => all,
        };
        let invocation = match arguments {
            [TokenTree::Literal(text)] => self.literal(Kind::Literal, text)?,
            [
                TokenTree::Ident(file),
                TokenTree::Punct(equals),
                TokenTree::Literal(path),
            ] if file == "file" && equals.as_char() == '=' => self.literal(Kind::File, path)?,
            _ => {
                let (open, close) = (
                    group.span_open().byte_range(),
                    group.span_close().byte_range(),
                );
                let text = self.source.get(open.end..close.start).unwrap_or_default();
                Invocation {
                    kind: Kind::Inline,
                    text: text.to_owned(),
                    range: self.mark + open.end..self.mark + close.start,
                    places: None,
                }
            }
        };
        self.found.push(invocation);
        Ok(())
    }

    fn literal(&self, kind: Kind, token: &proc_macro2::Literal) -> Result<Invocation, ScanError> {
        let inner = token.span().byte_range();
        let range = inner.start + self.mark..inner.end + self.mark;
        let source = self.source.get(inner).unwrap_or_default();
        let Some((text, mut places)) = literal::value(source) else {
            let message = "expected a string literal".to_owned();
            return Err(ScanError { message, range });
        };
        for place in &mut places {
            *place += range.start;
        }
        Ok(Invocation {
            kind,
            text,
            range,
            places: Some(places),
        })
    }
}

/// The tokens of a group that is being scanned.
struct Level {
    trees: Vec<TokenTree>,
    next: usize,
    in_template: bool,
}

impl Level {
    fn new(tokens: TokenStream, in_template: bool) -> Self {
        Self {
            trees: tokens.into_iter().collect(),
            next: 0,
            in_template,
        }
    }
}

/// Whether the tokens are a template: they name a variable of the macro.
fn has_variables(tokens: TokenStream) -> bool {
    let mut open = vec![tokens];
    while let Some(tokens) = open.pop() {
        for tree in tokens {
            match tree {
                TokenTree::Punct(punct) if punct.as_char() == '$' => return true,
                TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                    open.push(group.stream());
                }
                _ => {}
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{Kind, scan};

    #[test]
    fn every_form_is_found_with_its_place() {
        let source = r##"//! A program.
use dace::dace;
/// In a comment: dace! { def no(): pass }
fn f() -> &'static str { "dace! { def no(): pass }" }
mod é {
    dace::dace! {
        def a(A: float64[N]):  # N // 2
            A[:] = 1
    }
    ::dace::dace!(r#"def b(): "x""#);
    dace!("def c():\n  pass",);
    dace!(file = "k/x.py");
}
macro_rules! wrapper { ($($t:tt)*) => { dace! { $($t)* } }; () => { dace! { def d(): pass } }; }
"##;
        for source in [source.to_owned(), format!("\u{feff}{source}")] {
            let found = scan(&source).expect("Rust");
            let texts: Vec<_> = found.iter().map(|i| (i.kind, i.text.trim())).collect();
            let a = "def a(A: float64[N]):  # N // 2\n            A[:] = 1";
            assert_eq!(
                texts,
                [
                    (Kind::Inline, a),
                    (Kind::Literal, "def b(): \"x\""),
                    (Kind::Literal, "def c():\n  pass"),
                    (Kind::File, "k/x.py"),
                    (Kind::Inline, "def d(): pass"),
                ]
            );
            for invocation in &found {
                let at = invocation.text.find('d').or(invocation.text.find('k'));
                let at = at.expect("a letter");
                let place = invocation.place(at);
                assert_eq!(source.as_bytes()[place], invocation.text.as_bytes()[at]);
                assert!(invocation.range.contains(&place));
            }
            let after_escape = found[2].text.find("pass").expect("it is there");
            assert!(source[found[2].place(after_escape)..].starts_with("pass"));
        }
    }

    #[test]
    fn what_is_no_program_is_refused() {
        let source = "fn f() { (";
        assert!(scan(source).is_err());
        let source = "dace!(b\"x\");";
        let error = scan(source).expect_err("not a string");
        assert_eq!(&source[error.range], "b\"x\"");
    }

    #[test]
    fn groups_are_nested_to_any_depth() {
        let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let source = format!(
            "fn f() {{ {nested} }} macro_rules! m {{ ($x:expr) => {{ dace! {{ {nested} $x }} }} }} dace! {{ {nested} }}"
        );
        let found = scan(&source).expect("Rust");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text.trim(), nested);
    }
}
