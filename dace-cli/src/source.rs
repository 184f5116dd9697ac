//! Python text from a file.

use crate::Failed;
use dace_core::syntax::Form;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::io::Read as _;
use std::path::Path;

/// One text to compile, and where it stands.
pub(crate) struct Unit {
    /// For messages.
    pub(crate) path: String,
    /// The whole file.
    pub(crate) file: String,
    /// Where `text` begins in `file`.
    pub(crate) offset: usize,
    pub(crate) text: String,
    pub(crate) form: Form,
}

/// The texts of a file: one for a Python module, one for each `dace!` of a Rust file.
pub(crate) fn read(path: &Path) -> Result<Vec<Unit>, Failed> {
    let stdin = path.as_os_str() == "-";
    let file = if stdin {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|e| format!("cannot read standard input: {e}"))?;
        text
    } else {
        std::fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?
    };
    let name = if stdin {
        "<stdin>".to_owned()
    } else {
        path.display().to_string()
    };
    if path.extension().is_none_or(|e| e != "rs") {
        return Ok(vec![Unit {
            path: name,
            text: file.clone(),
            file,
            offset: 0,
            form: Form::Module,
        }]);
    }
    let tokens: TokenStream = file
        .parse()
        .map_err(|e| format!("{name} is not Rust: {e}"))?;
    let mut units = Vec::new();
    scan(tokens, &name, &file, &mut units);
    if units.is_empty() {
        return Err(format!("{name} has no `dace!` with a text in it"));
    }
    Ok(units)
}

/// Finds `dace! { … }` and `dace!("…")`, also inside of other items. The form `dace!(file = "…")` has no text here: its file is checked by itself.
fn scan(tokens: TokenStream, path: &str, file: &str, units: &mut Vec<Unit>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (k, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        let named = k >= 2
            && matches!(&tokens[k - 2], TokenTree::Ident(i) if i == "dace")
            && matches!(&tokens[k - 1], TokenTree::Punct(p) if p.as_char() == '!');
        if named {
            units.extend(unit(group, path, file));
        } else if group.delimiter() != Delimiter::None || !group.stream().is_empty() {
            scan(group.stream(), path, file, units);
        }
    }
}

fn unit(group: &Group, path: &str, file: &str) -> Option<Unit> {
    let made = |offset: usize, text: String| Unit {
        path: path.to_owned(),
        file: file.to_owned(),
        offset,
        text,
        form: Form::Block,
    };
    let inside = group.span().byte_range();
    let mut tokens = group.stream().into_iter();
    let first = tokens.next()?;
    if let TokenTree::Literal(literal) = &first
        && let Ok(string) = syn::parse_str::<syn::LitStr>(&literal.to_string())
        && tokens.next().is_none_or(|t| t.to_string() == ",")
    {
        let value = string.value();
        let range = literal.span().byte_range();
        // A raw string stands in the file as it is; one with escapes is shown by itself.
        let written = file.get(range.clone())?;
        return Some(match written.find(&value) {
            Some(at) => made(range.start + at, value),
            None => Unit {
                file: value.clone(),
                ..made(0, value)
            },
        });
    }
    if matches!(&first, TokenTree::Ident(i) if i == "file")
        && matches!(tokens.next(), Some(TokenTree::Punct(p)) if p.as_char() == '=')
        && matches!(tokens.next(), Some(TokenTree::Literal(_)))
    {
        return None;
    }
    let text = file.get(inside.start + 1..inside.end - 1)?;
    Some(made(inside.start + 1, text.to_owned()))
}
