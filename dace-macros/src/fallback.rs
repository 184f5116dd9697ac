//! What a program that cannot be compiled expands to.

use crate::spans::Failure;
use dace_backends::rust::identifier;
use dace_core::diag::Span;
use dace_core::syntax::ast::{Expr, ExprKind, Function, Item};
use dace_core::syntax::{Form, parse_partial};
use proc_macro::{Delimiter, TokenStream, TokenTree};
use quote::{format_ident, quote};

fn functions(text: &str, form: Form) -> Vec<Function> {
    let (module, _) = parse_partial(text, form);
    let functions = module.items.into_iter().filter_map(|item| match item {
        Item::Function(function) => Some(function),
        _ => None,
    });
    // One that is being written may have no name yet.
    functions.filter(|f| !f.name.is_empty()).collect()
}

/// The names of a text's functions, and how many parameters each has.
pub(crate) fn names(text: &str, form: Form) -> Vec<(String, usize)> {
    let mut names: Vec<(String, usize)> = functions(text, form)
        .into_iter()
        .map(|function| (function.name, function.params.len()))
        .collect();
    names.sort();
    names.dedup_by(|next, kept| next.0 == kept.0);
    names
}

/// The place of the first function's name.
pub(crate) fn first_name(text: &str, form: Form) -> Option<Span> {
    functions(text, form)
        .first()
        .map(|function| function.name_span)
}

/// All mistakes, and for each function one whose type is wrong: rustc takes any use of a type with a mistake in it as right, so callers are
/// not told of mistakes that are not theirs.
pub(crate) fn failed(failures: &[Failure], names: &[(String, usize)]) -> TokenStream {
    let mut output = proc_macro2::TokenStream::new();
    let mut failures = failures
        .iter()
        .map(|failure| proc_macro2::TokenStream::from(failure.expand()));
    if let Some((first, _)) = names.first()
        && let Some(failure) = failures.next()
    {
        let wrong = format_ident!("__dace_error_in_{}", identifier(first));
        let functions = names.iter().map(|(name, params)| {
            let (name, params) = (identifier(name), (0..*params).map(|_| &wrong));
            quote! {
                #[allow(private_interfaces, non_snake_case, dead_code)]
                pub fn #name(#(_: #params),*) -> #wrong { ::core::unreachable!() }
                #[allow(non_snake_case, dead_code)]
                pub mod #name {
                    pub const SOURCE: &str = "";
                    pub const SDFG: &str = "";
                    pub const REPORT: &[&str] = &[];
                    pub fn work(
                        _: &dyn ::core::ops::Fn(&str) -> ::core::option::Option<i64>,
                    ) -> ::core::option::Option<::dace::Work> {
                        ::core::option::Option::None
                    }
                }
            }
        });
        output.extend(quote! {
            #[doc(hidden)]
            #[allow(non_camel_case_types)]
            type #wrong = [(); #failure];
            #(#functions)*
        });
    }
    output.extend(failures);
    output.into()
}

/// The headers of the functions between the tokens, for when nothing tells where lines end: `def name(params): pass`.
pub(crate) fn headers(trees: &[TokenTree]) -> String {
    let mut text = String::new();
    for (at, window) in trees.windows(3).enumerate() {
        let [
            TokenTree::Ident(def),
            TokenTree::Ident(name),
            TokenTree::Group(params),
        ] = window
        else {
            continue;
        };
        if def.to_string() != "def" || params.delimiter() != Delimiter::Parenthesis {
            continue;
        }
        let is_colon =
            |tree: &&TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ':');
        let returns: TokenStream = trees[at + 3..]
            .iter()
            .take_while(|tree| !is_colon(tree))
            .cloned()
            .collect();
        let params = params.stream().to_string().replace('\n', " ");
        text.extend([
            "def ",
            &name.to_string(),
            "(",
            &params,
            ") ",
            &returns.to_string(),
            ": pass\n",
        ]);
    }
    text
}

/// Signatures alone, from the annotations, for an editor that gives no positions. Such a function does not compile when it is called.
pub(crate) fn signatures(text: &str) -> TokenStream {
    let functions = functions(text, Form::Block);
    let signatures = functions.iter().map(|function| {
        let name = identifier(&function.name);
        let params = function.params.iter().map(|param| {
            let name = identifier(&param.name);
            let annotated = param
                .annotation
                .as_ref()
                .map_or_else(unknown, |annotation| rust_type(annotation, true));
            quote!(#name: #annotated)
        });
        let result = match function.returns.as_ref().map(|e| (&e.kind, e)) {
            None | Some((ExprKind::None, _)) => quote!(()),
            Some((ExprKind::Tuple(results), _)) => {
                let results = results.iter().map(|result| rust_type(result, false));
                quote!((#(#results),*))
            }
            Some((_, result)) => rust_type(result, false),
        };
        quote! {
            #[allow(non_snake_case, unused_variables)]
            pub fn #name(#(#params),*) -> ::core::result::Result<#result, ::dace::Error> {
                const { ::core::panic!("the text of this dace program is not available") }
            }
        }
    });
    quote!(#(#signatures)*).into()
}

fn unknown() -> proc_macro2::TokenStream {
    quote!(impl ::core::marker::Sized)
}

/// `float64[N, M]` as a borrowed or an owned array, `float64` as a scalar.
fn rust_type(annotation: &Expr, borrowed: bool) -> proc_macro2::TokenStream {
    let (element, rank) = match &annotation.kind {
        ExprKind::Subscript { value, index } => match &index.kind {
            ExprKind::Tuple(sizes) => (&**value, sizes.len()),
            _ => (&**value, 1),
        },
        _ => (annotation, 0),
    };
    let name = match &element.kind {
        ExprKind::Name(name) | ExprKind::Attribute { attr: name, .. } => name.as_str(),
        _ => "",
    };
    let element = match name {
        "float" | "float64" => quote!(f64),
        "float32" => quote!(f32),
        "int" | "int64" => quote!(i64),
        "int32" => quote!(i32),
        "int16" => quote!(i16),
        "int8" => quote!(i8),
        "uint64" => quote!(u64),
        "uint32" => quote!(u32),
        "uint16" => quote!(u16),
        "uint8" => quote!(u8),
        "bool" | "bool_" => quote!(bool),
        "complex64" => quote!(::dace::Complex<f32>),
        "complex" | "complex128" => quote!(::dace::Complex<f64>),
        _ if borrowed => return unknown(),
        _ => return quote!(()),
    };
    let dimension = if rank <= 6 {
        format_ident!("Ix{rank}")
    } else {
        format_ident!("IxDyn")
    };
    match (rank, borrowed) {
        (0, _) => element,
        (_, true) => quote!(&::dace::ndarray::ArrayRef<#element, ::dace::ndarray::#dimension>),
        (_, false) => quote!(::dace::ndarray::Array<#element, ::dace::ndarray::#dimension>),
    }
}
