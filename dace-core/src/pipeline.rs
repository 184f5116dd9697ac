//! Runs the pipelines over a program.

use crate::diag::{Diagnostic, ErrorCode};
use crate::passes::data_race::check_explicit_maps;
use crate::registry::{self, Pass, Step};
use crate::sdfg::{Node, Region, Sdfg, propagate};
use crate::syntax::ast::{Attribute, AttributeValue, ExprKind, Function};
use crate::transforms;
use crate::verify::verify;

/// What a user may choose.
#[derive(Clone, Debug)]
pub struct Options {
    /// Run the optimising pipeline.
    pub optimize: bool,
    /// Floating point exactly as written: no reassociation, no contraction.
    pub strict_fp: bool,
    /// Keep the program after each pass.
    pub trace: bool,
    /// Verify after each pass, not only at the end.
    pub verify_each: bool,
    /// Transformations to apply, in order.
    pub transforms: Vec<Attribute>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            optimize: true,
            strict_fp: false,
            trace: false,
            verify_each: cfg!(debug_assertions),
            transforms: Vec::new(),
        }
    }
}

/// What the pipeline did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Name of each pass or transformation that changed something, with the number of changes.
    pub changes: Vec<(String, usize)>,
    /// The program after each of them, if [`Options::trace`] asks for it.
    pub trace: Vec<(String, Sdfg)>,
}

impl Options {
    /// The choices that stand at a function, as attributes or in its decorator's arguments.
    pub fn of_function(function: &Function) -> Result<Self, Vec<Diagnostic>> {
        let mut options = Self::default();
        let mut problems = Vec::new();
        for decorator in &function.decorators {
            let ExprKind::Call { keywords, .. } = &decorator.kind else {
                continue;
            };
            for keyword in keywords {
                if let ("auto_optimize", ExprKind::Bool(on)) =
                    (keyword.name.as_str(), &keyword.value.kind)
                {
                    options.optimize = *on;
                }
            }
        }
        for attribute in &function.attributes {
            match attribute.name.as_str() {
                "auto_optimize" => match switch(attribute) {
                    Some(on) => options.optimize = on,
                    None => problems.push(
                        Diagnostic::new(
                            ErrorCode::Attribute,
                            attribute.span,
                            "`auto_optimize` takes nothing, `on` or `off`",
                        )
                        .hint("write `#[auto_optimize(off)]`"),
                    ),
                },
                "strict_fp" => match switch(attribute) {
                    Some(on) => options.strict_fp = on,
                    None => problems.push(Diagnostic::new(
                        ErrorCode::Attribute,
                        attribute.span,
                        "`strict_fp` takes nothing, `on` or `off`",
                    )),
                },
                "transform" => {
                    for argument in &attribute.args {
                        match &argument.value {
                            AttributeValue::Call(call) if argument.key.is_none() => options.transforms.push(call.clone()),
                            _ => problems.push(
                                Diagnostic::new(ErrorCode::Attribute, argument.span, "expected a transformation")
                                    .hint("write `#[transform(map_tiling(map = \"i\", tile_sizes = [64]))]`"),
                            ),
                        }
                    }
                }
                _ => {}
            }
        }
        if problems.is_empty() {
            Ok(options)
        } else {
            Err(problems)
        }
    }
}

/// `name`, `name(on)`, `name(off)`, `name(true)`, `name(false)`.
fn switch(attribute: &Attribute) -> Option<bool> {
    match attribute.args.as_slice() {
        [] => Some(true),
        [one] => match &one.value {
            AttributeValue::Bool(on) => Some(*on),
            AttributeValue::Call(call) if call.args.is_empty() => match call.name.as_str() {
                "on" | "true" => Some(true),
                "off" | "false" => Some(false),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Simplifies a program, applies what the user asks for, and optimises it.
pub fn optimize(sdfg: &mut Sdfg, options: &Options) -> Result<Report, Vec<Diagnostic>> {
    let mut report = Report::default();
    let inner = Options {
        transforms: Vec::new(),
        trace: false,
        ..options.clone()
    };
    nested(
        &mut sdfg.body,
        &Options {
            optimize: false,
            ..inner.clone()
        },
    )?;
    run(sdfg, registry::SIMPLIFY, options, &mut report)?;
    let races = check_explicit_maps(sdfg);
    if !races.is_empty() {
        return Err(races);
    }
    // Calls that are still there could not be inlined: they are optimised by themselves.
    if options.optimize {
        nested(&mut sdfg.body, &inner)?;
    }
    for attribute in &options.transforms {
        transforms::apply(sdfg, attribute, options).map_err(|d| vec![d])?;
        finish(sdfg, &attribute.name, 1, options, &mut report)?;
    }
    if options.optimize {
        run(sdfg, registry::OPTIMIZE, options, &mut report)?;
    }
    propagate(sdfg);
    check(sdfg, "the pipeline")?;
    Ok(report)
}

/// Optimises the programs called, innermost first; those that cannot be inlined stay so.
fn nested(region: &mut Region, options: &Options) -> Result<(), Vec<Diagnostic>> {
    let mut result = Ok(());
    region.visit_regions_mut(&mut |r| {
        for block in &mut r.blocks {
            let crate::sdfg::Block::State(state) = block else {
                continue;
            };
            for node in state.graph.node_weights_mut() {
                if let (Node::Nested(nested), Ok(())) = (node, &result) {
                    result = optimize_simple(&mut nested.sdfg, options);
                }
            }
        }
    });
    result
}

fn optimize_simple(sdfg: &mut Sdfg, options: &Options) -> Result<(), Vec<Diagnostic>> {
    optimize(sdfg, options).map(|_| ())
}

/// Runs a pipeline; returns how many changes it made.
fn run(
    sdfg: &mut Sdfg,
    steps: &[Step],
    options: &Options,
    report: &mut Report,
) -> Result<usize, Vec<Diagnostic>> {
    /// Each round of a repetition makes the program smaller; the limit guards against two passes that undo each other.
    const ROUNDS: usize = 20;
    let mut total = 0;
    for step in steps {
        match step {
            Step::Run(name, _) => {
                if let Some(pass) = registry::pass(name) {
                    total += run_pass(sdfg, pass, options, report)?;
                }
            }
            Step::Repeat(inner, _) => {
                for _ in 0..ROUNDS {
                    let changes = run(sdfg, inner, options, report)?;
                    total += changes;
                    if changes == 0 {
                        break;
                    }
                }
            }
        }
    }
    Ok(total)
}

/// Runs one pass and checks what it leaves.
pub fn run_pass(
    sdfg: &mut Sdfg,
    pass: &Pass,
    options: &Options,
    report: &mut Report,
) -> Result<usize, Vec<Diagnostic>> {
    let changes = (pass.run)(sdfg, options);
    if changes > 0 {
        finish(sdfg, pass.name, changes, options, report)?;
    }
    Ok(changes)
}

fn finish(
    sdfg: &mut Sdfg,
    name: &str,
    changes: usize,
    options: &Options,
    report: &mut Report,
) -> Result<(), Vec<Diagnostic>> {
    report.changes.push((name.to_owned(), changes));
    if options.verify_each || options.trace {
        propagate(sdfg);
    }
    if options.verify_each {
        check(sdfg, name)?;
    }
    if options.trace {
        report.trace.push((name.to_owned(), sdfg.clone()));
    }
    Ok(())
}

/// An invariant that does not hold after a pass is a mistake of the compiler, under that pass's name.
fn check(sdfg: &Sdfg, pass: &str) -> Result<(), Vec<Diagnostic>> {
    verify(sdfg).map_err(|broken| {
        broken
            .into_iter()
            .map(|what| {
                Diagnostic::new(
                    ErrorCode::Internal,
                    sdfg.span,
                    format!("after `{pass}`: {what}"),
                )
            })
            .collect()
    })
}
