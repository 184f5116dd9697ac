//! Rust identifiers for Python names, so that no two things of generated code meet, whatever a program calls its own.
//!
//! Three disjoint sets, told apart by how their members end:
//!
//! | identifiers | form | examples |
//! |---|---|---|
//! | that follow from names of the program: [`Names::fresh`] | end in an underscore | `A_`, `i_2_`, `A_shape_` |
//! | that belong to one of those: [`companion`] | such an identifier and a word | `A_buf`, `k_step` |
//! | of the generator and of Rust: locals, constants, keywords, the prelude | end in no underscore, hold no word after one | `total`, `FMA`, `Ok` |
//!
//! What others see of a function, its name and those of its parameters, is as in Python ([`public`]). Nothing else stands beside them: the parameters are
//! used in the prologue only, where all else is fresh and different from them; the module has no prelude and no items but the function. Paths are absolute, or
//! begin with `rt`.

use proc_macro2::{Ident, Span};
use std::collections::HashSet;
use std::fmt::Write;
use unicode_ident::{is_xid_continue, is_xid_start};

/// Gives out identifiers that are valid in Rust and different from each other.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// The identifiers under which others see some names, different from each other and from all fresh ones.
    pub(super) fn public<'n>(
        &mut self,
        names: impl Iterator<Item = &'n str> + Clone,
    ) -> Vec<Ident> {
        // Those that keep their names, whatever becomes of the others.
        let kept = |name: &str| public(name).to_string().trim_start_matches("r#") == name;
        self.taken
            .extend(names.clone().filter(|n| kept(n)).map(str::to_owned));
        let mut given = HashSet::new();
        names
            .map(|name| {
                let mut ident = public(name);
                if kept(name) && given.insert(name) {
                    return ident;
                }
                while !self.taken.insert(ident.to_string()) {
                    ident = Ident::new(
                        &format!("{}_", ident.to_string().trim_start_matches("r#")),
                        Span::call_site(),
                    );
                }
                ident
            })
            .collect()
    }

    /// An identifier like `name` that was not given out before.
    pub(super) fn fresh(&mut self, name: &str) -> Ident {
        let base = plain(name);
        let mut candidate = format!("{base}_");
        let mut number = 1;
        while !self.taken.insert(candidate.clone()) {
            number += 1;
            candidate = format!("{base}_{number}_");
        }
        Ident::new(&candidate, Span::call_site())
    }
}

/// What belongs to something with a fresh identifier, under the name `what`, a word.
pub(super) fn companion(of: &Ident, what: &str) -> Ident {
    Ident::new(&format!("{of}{what}"), Span::call_site())
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
    if out.is_empty() || out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert(0, 'v');
    }
    out
}

/// The identifier for a name that others see: the name itself, raw where it is a keyword of Rust. The few that Rust has no identifier for end in an underscore.
pub fn public(name: &str) -> Ident {
    let mut letters = name.chars();
    let is_identifier =
        letters.next().is_some_and(|c| c == '_' || is_xid_start(c)) && letters.all(is_xid_continue);
    if !is_identifier {
        return Ident::new(&format!("{}_", plain(name)), Span::call_site());
    }
    match name {
        "self" | "Self" | "super" | "crate" | "_" => {
            Ident::new(&format!("{name}_"), Span::call_site())
        }
        _ if KEYWORDS.contains(&name) => Ident::new_raw(name, Span::call_site()),
        _ => Ident::new(name, Span::call_site()),
    }
}

/// Of all editions.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];
