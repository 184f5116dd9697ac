//! The function that tells a program's work for given sizes.

use super::names::Names;
use dace_core::analysis::work::{Count, work};
use dace_core::sdfg::Sdfg;
use dace_core::symbolic::{Atom, Expr, Sym};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// `fn work(size) -> Option<dace::Work>`.
pub(super) fn function(sdfg: &Sdfg) -> TokenStream {
    let work = work(sdfg);
    let mut symbols = work.bytes.symbols();
    symbols.extend(work.operations.iter().flat_map(Count::symbols));
    let mut names = Names::default();
    let variables: Variables = symbols
        .iter()
        .map(|s| (s.clone(), names.fresh(s.as_str())))
        .collect();
    let names = variables.values();
    let texts = variables.keys().map(Sym::as_str);
    let bytes = value(&work.bytes, &variables);
    let operations = match &work.operations {
        Some(count) => {
            let value = value(count, &variables);
            quote!(::core::option::Option::Some(#value))
        }
        None => quote!(::core::option::Option::None),
    };
    let unknown = "depends on data";
    let formulas = format!(
        "Operations: {}\n\nBytes: {}\n\n`size` tells the value of a symbol by its name.",
        work.operations
            .as_ref()
            .map_or(unknown.to_owned(), |c| format!("`{c}`")),
        format_args!("`{}`", work.bytes),
    );
    quote! {
        /// The operations it executes, and the bytes it has to move at the least.
        ///
        #[doc = #formulas]
        #[allow(unused_variables)]
        pub fn work(size: &dyn ::core::ops::Fn(&str) -> ::core::option::Option<i64>) -> ::core::option::Option<::dace::Work> {
            #(let #names = size(#texts)? as f64;)*
            ::core::option::Option::Some(::dace::Work { operations: #operations, bytes: #bytes })
        }
    }
}

type Variables = BTreeMap<Sym, Ident>;

fn value(count: &Count, variables: &Variables) -> TokenStream {
    let terms = count.terms().map(|(monomial, coefficient)| {
        let coefficient = Literal::f64_unsuffixed(coefficient);
        let factors = monomial.iter().flat_map(|(atom, power)| {
            let factor = atom_value(atom, variables);
            (0..*power).map(move |_| quote!(* #factor))
        });
        quote!(#coefficient #(#factors)*)
    });
    quote!(0.0 #(+ #terms)*)
}

fn atom_value(atom: &Atom, variables: &Variables) -> TokenStream {
    let of = |e: &Expr| value(&Count::of(e), variables);
    match atom {
        Atom::Sym(s) => {
            let name = &variables[s];
            quote!(#name)
        }
        Atom::Pos(e) => {
            let e = of(e);
            quote!(f64::max(0.0, #e))
        }
        Atom::Wrap(e) => {
            let e = of(e);
            quote!((#e))
        }
        Atom::FloorDiv(a, b) => {
            let (a, b) = (of(a), of(b));
            quote!(((#a) / (#b)))
        }
        Atom::Mod(a, b) => {
            let (a, b) = (of(a), of(b));
            quote!(f64::rem_euclid(#a, #b))
        }
    }
}
