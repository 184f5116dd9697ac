//! Rust identifiers for Python names.

use proc_macro2::{Ident, Span};
use std::collections::HashSet;
use std::fmt::Write;

/// Gives out identifiers that are valid in Rust and different from each other.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
}

/// What a generated local must not be called, though it is an identifier: patterns would not bind it.
const RESERVED: &[&str] = &["FMA", "Ok", "Err", "Some", "None", "rt", "_"];

impl Names {
    pub(super) fn new() -> Self {
        Self {
            taken: RESERVED.iter().map(|s| (*s).to_owned()).collect(),
        }
    }

    /// An identifier like `name` that was not given out before.
    pub(super) fn fresh(&mut self, name: &str) -> Ident {
        let base = plain(name);
        let mut candidate = base.clone();
        let mut number = 1;
        while !self.taken.insert(candidate.clone()) {
            number += 1;
            candidate = format!("{base}_{number}");
        }
        ident(&candidate)
    }
}

/// A name in the letters that Rust identifiers surely take.
fn plain(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            out.push(c);
        } else if c.is_ascii() {
            out.push('_');
        } else {
            let _ = write!(out, "u{:x}", c as u32);
        }
    }
    if out.is_empty()
        || out.starts_with(|c: char| c.is_ascii_digit())
        || out.chars().all(|c| c == '_')
    {
        out.insert(0, 'v');
    }
    out
}

/// The identifier for a name that others see: keywords become raw.
pub(super) fn ident(name: &str) -> Ident {
    let name = plain(name);
    match name.as_str() {
        "self" | "Self" | "super" | "crate" => Ident::new(&format!("{name}_"), Span::call_site()),
        _ if KEYWORDS.contains(&name.as_str()) => Ident::new_raw(&name, Span::call_site()),
        _ => Ident::new(&name, Span::call_site()),
    }
}

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];
