//! The Python text of an invocation.
//!
//! Between braces the text is taken from the source, not from the tokens, which lack what Rust takes for comments (`//`), and compared with
//! them: inside of a `macro_rules!` macro, the source of the invocation is that of the macro's template, and [`crate::layout`] takes over.

use crate::layout;
use crate::spans::{Failure, Leaf, Page, Places};
use dace_core::diag::{self, Diagnostic, ErrorCode};
use dace_core::syntax::Form;
use proc_macro::{Delimiter, Literal, Span, TokenStream, TokenTree};
use std::path::Path;

pub(crate) enum Recovered {
    Text {
        text: String,
        form: Form,
        places: Places,
        /// Makes cargo build anew when the file changes.
        tracked: TokenStream,
    },
    /// Positions are missing, as in some editors: only the headers of the functions, each with an empty body.
    Signatures(String),
    Nothing(Failure),
}

/// A token, or the delimiter of a group.
pub(crate) struct Token {
    pub(crate) span: Span,
    pub(crate) text: String,
    /// Not in the source: the parentheses around an expression that a `macro_rules!` macro took.
    pub(crate) virtual_: bool,
}

pub(crate) fn recover(input: TokenStream) -> Recovered {
    let trees: Vec<TokenTree> = input.clone().into_iter().collect();
    let without_comma = match trees.as_slice() {
        [rest @ .., TokenTree::Punct(comma)] if comma.as_char() == ',' => rest,
        all => all,
    };
    match without_comma {
        [TokenTree::Literal(literal)] => return from_literal(literal),
        [
            TokenTree::Ident(file),
            TokenTree::Punct(equals),
            TokenTree::Literal(path),
        ] if file.to_string() == "file" && equals.as_char() == '=' => {
            return from_file(path);
        }
        _ => {}
    }
    let mut tokens = Vec::new();
    flatten(input, &mut tokens);
    let call = Span::call_site();
    let same_place =
        |a: &Token, b: &Token| (a.span.line(), a.span.column()) == (b.span.line(), b.span.column());
    let no_positions =
        tokens.len() > 1 && tokens.windows(2).all(|pair| same_place(&pair[0], &pair[1]));
    let Some(whole) = call.source_text().filter(|_| !no_positions) else {
        return Recovered::Signatures(crate::fallback::headers(&trees));
    };
    let recovered = from_invocation(&whole, call, &tokens)
        .map_or_else(|| layout::from_tokens(&tokens, call), Ok);
    match recovered {
        Ok((text, leaves)) => Recovered::Text {
            text,
            form: Form::Block,
            places: Places::Tokens(leaves),
            tracked: TokenStream::new(),
        },
        Err((span, message)) => {
            let diagnostic = Diagnostic::new(ErrorCode::Text, diag::Span::default(), message)
                .hint("write the program as a string, `dace!(\"...\")`, or into a file, `dace!(file = \"...\")`");
            Recovered::Nothing(Failure::new(&diagnostic, span))
        }
    }
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => {
                        let several = group.stream().into_iter().nth(1).is_some();
                        let parenthesis = |text: &str| Token {
                            span: group.span(),
                            text: text.to_owned(),
                            virtual_: true,
                        };
                        tokens.extend(several.then(|| parenthesis("(")));
                        flatten(group.stream(), tokens);
                        tokens.extend(several.then(|| parenthesis(")")));
                        continue;
                    }
                };
                let delimiter = |span: Span, text: &str| Token {
                    span,
                    text: text.to_owned(),
                    virtual_: false,
                };
                tokens.push(delimiter(group.span_open(), open));
                flatten(group.stream(), tokens);
                tokens.push(delimiter(group.span_close(), close));
            }
            tree => {
                let text = tree
                    .span()
                    .source_text()
                    .unwrap_or_else(|| tree.to_string());
                tokens.push(Token {
                    span: tree.span(),
                    text,
                    virtual_: false,
                });
            }
        }
    }
}

/// The text between the delimiters, if that is where the tokens stand.
fn from_invocation(whole: &str, call: Span, tokens: &[Token]) -> Option<(String, Vec<Leaf>)> {
    let open = whole
        .find('!')
        .and_then(|bang| Some(bang + whole.get(bang..)?.find(['{', '(', '['])?))?;
    let text = whole.get(open + 1..whole.len().checked_sub(1)?)?;
    let lines = layout::Lines::new(whole, call.line(), call.column());
    let mut leaves = Vec::with_capacity(tokens.len());
    for token in tokens {
        let start = lines
            .offset(token.span.line(), token.span.column())?
            .checked_sub(open + 1)?;
        // A doc comment stands for several tokens, a delimiter's text may be part of it.
        let source = token.span.source_text()?;
        if token.virtual_ || !text.get(start..)?.starts_with(&source) {
            return None;
        }
        leaves.push(Leaf {
            range: start..start + source.len(),
            span: token.span,
        });
    }
    Some((text.to_owned(), leaves))
}

fn text_error(span: Span, message: &str, hint: &str) -> Recovered {
    Recovered::Nothing(Failure::new(
        &Diagnostic::new(ErrorCode::Text, diag::Span::default(), message).hint(hint),
        span,
    ))
}

fn from_literal(token: &Literal) -> Recovered {
    let span = token.span();
    let source = token.to_string();
    let Some((text, mut offsets)) = dace_backends::build::literal_value(&source) else {
        return text_error(
            span,
            "expected a string literal",
            "write `dace! { def ... }`, `dace!(\"...\")` or `dace!(file = \"...\")`",
        );
    };
    // Blanks before the literal, so that columns in its first line are right.
    let indentation = span.column().saturating_sub(1);
    for offset in &mut offsets {
        *offset += indentation;
    }
    let shown = " ".repeat(indentation) + &source;
    let page = Page {
        shown,
        offsets: Some(offsets),
        path: span.file(),
        line: span.line(),
    };
    Recovered::Text {
        text,
        form: Form::Block,
        places: Places::Page(page, span),
        tracked: TokenStream::new(),
    }
}

fn from_file(token: &Literal) -> Recovered {
    let span = token.span();
    let Some((path, _)) = dace_backends::build::literal_value(&token.to_string()) else {
        return text_error(
            span,
            "expected the path of a Python file as a string",
            "write `dace!(file = \"kernels/x.py\")`",
        );
    };
    let base = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let full = Path::new(&base).join(&path);
    let text = match std::fs::read_to_string(&full) {
        Ok(text) => text,
        Err(error) => {
            return text_error(
                span,
                &format!("cannot read `{path}`: {error}"),
                "the path is relative to the folder of the crate's Cargo.toml",
            );
        }
    };
    let Some(absolute) = full.to_str() else {
        return text_error(
            span,
            "the path is not UTF-8",
            "rename the file or its folder",
        );
    };
    let tracked = quote::quote! { const _: &str = ::core::include_str!(#absolute); };
    let page = Page {
        shown: text.clone(),
        offsets: None,
        path,
        line: 1,
    };
    Recovered::Text {
        text,
        form: Form::Module,
        places: Places::Page(page, span),
        tracked: tracked.into(),
    }
}
