//! `show`: what a program becomes.

use crate::{Failed, Show, compile, source};
use dace_core::Program;
use dace_core::sdfg::{Sdfg, dot, json, text};
use dace_host::console;
use std::collections::BTreeSet;

pub(crate) fn show(args: &Show) -> Result<(), Failed> {
    let mut shown = 0;
    let mut names = Vec::new();
    for unit in source::read(&args.file)? {
        let lowered = if args.after.as_deref() == Some("lower") {
            lowered(&unit)?
        } else {
            Vec::new()
        };
        let programs = compile(&unit, &|options| {
            options.optimize &= !args.no_optimize;
            options.trace = args.after.is_some();
        })?;
        for program in programs {
            names.push(program.sdfg.name.clone());
            if args
                .function
                .as_ref()
                .is_some_and(|f| *f != program.sdfg.name)
            {
                continue;
            }
            let before = lowered.iter().find(|s| s.name == program.sdfg.name);
            console::print(&in_form(args, stage(args, program, before)?)?)?;
            shown += 1;
        }
    }
    if shown == 0 {
        return Err(no_program(args.function.as_deref(), &names));
    }
    Ok(())
}

pub(crate) fn no_program(wanted: Option<&str>, names: &[String]) -> Failed {
    match wanted {
        Some(wanted) if !names.is_empty() => format!("there is no program `{wanted}`; there are: {}", names.join(", ")),
        _ => "there is no program: a function whose parameters are annotated, or decorated with `@dace.program`".to_owned(),
    }
}

fn lowered(unit: &source::Unit) -> Result<Vec<Sdfg>, Failed> {
    let programs = dace_core::syntax::parse(&unit.text, unit.form)
        .and_then(|module| dace_core::lower::lower(&module));
    programs
        .map(|all| all.into_iter().map(|p| p.sdfg).collect())
        .map_err(|diagnostics| {
            crate::render::diagnostics(unit, &diagnostics);
            String::new()
        })
}

/// The program at the stage asked for.
fn stage(args: &Show, mut program: Program, lowered: Option<&Sdfg>) -> Result<Program, Failed> {
    let Some(pass) = &args.after else {
        return Ok(program);
    };
    if let Some(sdfg) = lowered {
        program.sdfg = sdfg.clone();
        return Ok(program);
    }
    let Some((_, sdfg)) = program
        .report
        .trace
        .iter()
        .rev()
        .find(|(name, _)| name == pass)
    else {
        let ran: BTreeSet<&str> = program
            .report
            .changes
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let ran: Vec<&str> = ran.into_iter().collect();
        return Err(format!(
            "`{pass}` changed nothing in `{}`; what did: lower, {}",
            program.sdfg.name,
            ran.join(", ")
        ));
    };
    program.sdfg = sdfg.clone();
    Ok(program)
}

fn in_form(args: &Show, program: Program) -> Result<String, Failed> {
    if args.form.rust {
        let tokens = dace_backends::rust::generate_program(&program);
        let file =
            syn::parse2(tokens).map_err(|e| format!("the generated code is not Rust: {e}"))?;
        return Ok(prettyplease::unparse(&file));
    }
    if args.form.work {
        let work = dace_core::analysis::work::work(&program.sdfg);
        let operations = work
            .operations
            .map_or("their number depends on data".to_owned(), |c| c.to_string());
        return Ok(format!(
            "{}\n    operations  {operations}\n    bytes       {}\n",
            program.sdfg.name, work.bytes
        ));
    }
    Ok(if args.form.json {
        format!("{:#}\n", json::export(&program.sdfg))
    } else if args.form.dot {
        dot::print(&program.sdfg)
    } else {
        text::print(&program.sdfg)
    })
}
