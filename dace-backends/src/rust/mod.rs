//! The back end for processors: an SDFG as a safe Rust function over `ndarray` arrays.
//!
//! The public function takes Python's parameters, finds the symbols, checks the shapes, and calls one inner function, which is
//! compiled for several levels of the processor (`rt::levels!`). In the body a container is a base pointer with strides, or
//! a local variable. Soundness rests on three things: every access is proved or checked (`access.rs`), integers are exact
//! (`expr.rs`), and maps run in parallel only where writes cannot meet (`parallel.rs`).

mod access;
mod code;
mod cost;
mod emit;
mod expr;
mod function;
mod lanes;
mod library;
mod map;
mod names;
mod nested;
mod parallel;
mod placement;
mod region;
mod rows;
mod token;
mod work;

use dace_core::Program;
use dace_core::sdfg::Sdfg;
use emit::inner_symbols;
use proc_macro2::TokenStream;
use quote::quote;

/// How to generate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// No reassociation of sums, no contraction of multiply-add.
    pub strict_fp: bool,
}

/// Everything for some programs.
pub fn generate(programs: &[Program]) -> TokenStream {
    programs.iter().map(generate_program).collect()
}

/// What is generated for one program: a function, and beside it a module of the same name with what is known of it.
pub fn generate_program(program: &Program) -> TokenStream {
    let Program {
        sdfg,
        source,
        report,
        options,
        ..
    } = program;
    let name = names::ident(&sdfg.name);
    let function = generate_function(
        sdfg,
        Options {
            strict_fp: options.strict_fp,
        },
    );
    let text = dace_core::sdfg::text::print(sdfg);
    let work = work::function(sdfg);
    let report: Vec<String> = report
        .changes
        .iter()
        .map(|(pass, count)| format!("{pass}: {count}"))
        .collect();
    let doc = format!("```python\n{}\n```", source.trim_end());
    let about = format!("What is known of [`{name}`](fn@{name}).");
    quote! {
        #[doc = #about]
        #[allow(non_snake_case, non_camel_case_types, clippy::all, clippy::pedantic)]
        pub mod #name {
            /// The Python text.
            pub const SOURCE: &str = #source;
            /// The program that was compiled, after all transformations.
            pub const SDFG: &str = #text;
            /// What the compiler did.
            pub const REPORT: &[&str] = &[#(#report),*];
            #work
            mod code {
                use ::dace::rt;
                #[doc = #doc]
                #function
            }
            pub use code::#name;
        }
        #[doc(inline)]
        pub use #name::#name;
    }
}

/// The function alone.
pub fn generate_function(sdfg: &Sdfg, options: Options) -> TokenStream {
    function::function(sdfg, options)
}
