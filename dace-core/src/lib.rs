//! The dace compiler: Python text in, a verified and optimised SDFG or diagnostics out.
//!
//! Pure: no files, environment, processes or threads. The macro, build scripts, the command line and the tests all call the same functions.

pub mod analysis;
pub mod diag;
pub mod interpret;
pub mod lower;
pub mod passes;
pub mod pipeline;
pub mod registry;
pub mod sdfg;
pub mod symbolic;
pub mod syntax;
pub mod transforms;
pub mod verify;

use diag::Diagnostic;
use pipeline::Options;
use sdfg::Sdfg;
use std::rc::Rc;
use syntax::{Form, ast};

/// Runs something that recurses as deep as a text nests: on this stack if enough of it is left, else on one of its own.
pub fn on_deep_stack<T>(run: impl FnOnce() -> T) -> T {
    const STACK: usize = 64 << 20;
    stacker::maybe_grow(STACK / 2, STACK, run)
}

/// A compiled program: what a backend takes.
#[derive(Clone, Debug)]
pub struct Program {
    /// Verified and, unless switched off, optimised.
    pub sdfg: Sdfg,
    /// The Python text of the function, indented from the left margin.
    pub source: String,
    pub function: Rc<ast::Function>,
    /// Which passes changed what, for people; with a trace if it was asked for.
    pub report: pipeline::Report,
    /// The options it was compiled with, its own attributes included.
    pub options: Options,
}

/// Compiles the text of a module or of an inline block. `adjust` may change the options that a function's attributes ask for.
///
/// # Errors
/// All mistakes, in the order of the text.
pub fn compile_with(
    text: &str,
    form: Form,
    adjust: &dyn Fn(&mut Options),
) -> Result<Vec<Program>, Vec<Diagnostic>> {
    on_deep_stack(|| compile_here(text, form, adjust))
}

fn compile_here(
    text: &str,
    form: Form,
    adjust: &dyn Fn(&mut Options),
) -> Result<Vec<Program>, Vec<Diagnostic>> {
    let module = syntax::parse(text, form)?;
    let lowered = lower::lower(&module)?;
    let mut programs = Vec::new();
    let mut mistakes = Vec::new();
    for lower::Lowered { mut sdfg, function } in lowered {
        let optimized = Options::of_function(&function).and_then(|mut options| {
            adjust(&mut options);
            let report = pipeline::optimize(&mut sdfg, &options)?;
            Ok((options, report))
        });
        match optimized {
            Ok((options, report)) => {
                let source = syntax::unindented(text, function.span);
                programs.push(Program {
                    sdfg,
                    source,
                    function,
                    report,
                    options,
                });
            }
            Err(mut found) => mistakes.append(&mut found),
        }
    }
    if mistakes.is_empty() {
        Ok(programs)
    } else {
        Err(mistakes)
    }
}

/// [`compile_with`] the options that the text asks for.
///
/// # Errors
/// All mistakes, in the order of the text.
pub fn compile(text: &str, form: Form) -> Result<Vec<Program>, Vec<Diagnostic>> {
    compile_with(text, form, &|_| {})
}
