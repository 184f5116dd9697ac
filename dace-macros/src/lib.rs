//! The `dace!` macro: recovers the Python text of an invocation, calls the compiler and the Rust backend, and puts mistakes under the
//! Python that caused them.

mod fallback;
mod layout;
mod recover;
mod spans;

use dace_core::diag::{Diagnostic, ErrorCode, Span};
use dace_core::syntax::Form;
use proc_macro::TokenStream;
use recover::Recovered;
use spans::{Failure, Places};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Compiles Python functions with NumPy semantics to safe Rust functions of the same names.
///
/// ```ignore
/// dace! {
///     def axpy(a: float64, x: float64[N], y: float64[N]):
///         y[:] = a * x + y
/// }
/// dace!(r"def ...");             // a string: for what Rust's lexer does not take, as 'many letters' or f"..."
/// dace!(file = "kernels/x.py");  // a Python file, its path relative to the crate's Cargo.toml
/// ```
///
/// Write braces: rustfmt leaves what is between them alone.
#[proc_macro]
pub fn dace(input: TokenStream) -> TokenStream {
    let (text, form, places, tracked) = match recover::recover(input) {
        Recovered::Text {
            text,
            form,
            places,
            tracked,
        } => (text, form, places, tracked),
        Recovered::Signatures(text) => return fallback::signatures(&text),
        Recovered::Nothing(failure) => return failure.expand(),
    };
    let compiled = catch_unwind(AssertUnwindSafe(|| compile(&text, form)));
    let mut output = match compiled {
        Ok(Ok(tokens)) => tokens,
        Ok(Err(diagnostics)) => fail(&text, form, &places, &diagnostics),
        Err(panic) => fail(
            &text,
            form,
            &places,
            &[internal_error(&text, form, &*panic)],
        ),
    };
    output.extend(tracked);
    output
}

/// The Rust text of a Python text.
fn compile(text: &str, form: Form) -> Result<TokenStream, Vec<Diagnostic>> {
    Ok(dace_backends::rust::generate(&dace_core::compile(text, form)?).into())
}

/// Every mistake, and functions of the same names, so that callers have no mistakes of their own.
fn fail(text: &str, form: Form, places: &Places, diagnostics: &[Diagnostic]) -> TokenStream {
    let failures: Vec<Failure> = diagnostics.iter().map(|d| places.failure(d)).collect();
    let names = catch_unwind(|| fallback::names(text, form)).unwrap_or_default();
    fallback::failed(&failures, &names)
}

/// A panic of the compiler as a mistake at the name of the function.
fn internal_error(text: &str, form: Form, panic: &(dyn std::any::Any + Send)) -> Diagnostic {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    let span = catch_unwind(|| fallback::first_name(text, form))
        .ok()
        .flatten()
        .unwrap_or(Span::new(0, text.len()));
    Diagnostic::new(
        ErrorCode::Internal,
        span,
        format!("the compiler failed: {}", message.unwrap_or("no message")),
    )
    .hint("this is a defect of dace, not of the program; please report it with the program's text")
}
