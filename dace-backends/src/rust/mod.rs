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
pub use names::public as identifier;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// How to generate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// No reassociation of sums, no contraction of multiply-add.
    pub strict_fp: bool,
}

/// Everything for some programs.
pub fn generate(programs: &[Program]) -> TokenStream {
    let idents = names::Names::default().public(programs.iter().map(|p| p.sdfg.name.as_str()));
    let programs = programs.iter().zip(&idents);
    dace_core::on_deep_stack(|| programs.map(|(p, name)| one(p, name)).collect())
}

/// What is generated for one program: a function, and beside it a module of the same name with what is known of it.
pub fn generate_program(program: &Program) -> TokenStream {
    one(program, &identifier(&program.sdfg.name))
}

fn one(program: &Program, name: &Ident) -> TokenStream {
    let Program {
        sdfg,
        source,
        report,
        options,
        ..
    } = program;
    let function = function::function(
        sdfg,
        name,
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
    let about = format!("What is known of `{name}`.");
    quote! {
        #[doc = #about]
        #[allow(non_snake_case, non_camel_case_types, clippy::all, clippy::pedantic)]
        #[no_implicit_prelude]
        pub mod #name {
            /// The Python text.
            pub const SOURCE: &str = #source;
            /// The program that was compiled, after all transformations.
            pub const SDFG: &str = #text;
            /// What the compiler did.
            pub const REPORT: &[&str] = &[#(#report),*];
            #work
            // A module of its own: what is above may be called as the function is.
            pub(super) mod code {
                use ::core::convert::{From as _, TryFrom as _};
                use ::dace::rt;
                #[doc = #doc]
                #function
            }
        }
        #[doc(inline)]
        pub use #name::code::#name;
    }
}

/// The function alone.
pub fn generate_function(sdfg: &Sdfg, options: Options) -> TokenStream {
    dace_core::on_deep_stack(|| function::function(sdfg, &identifier(&sdfg.name), options))
}
