//! `run`: a program in the interpreter, on files.

use crate::show::no_program;
use crate::{Failed, Run, compile, npy, source};
use dace_core::analysis::signature::{Signature, signature};
use dace_core::interpret::{self, Options, Tensor};
use dace_core::sdfg::{Const, DType, Param, ParamKind, Sdfg};
use dace_core::symbolic::Sym;
use dace_host::output::{Draft, publish};
use dace_host::{console, memory};
use std::collections::BTreeMap;
use std::path::Path;

pub(crate) fn run(args: &Run) -> Result<(), Failed> {
    let sdfg = program(args)?;
    let signature = signature(&sdfg);
    let (inputs, symbols) = arguments(args, &sdfg, &signature)?;
    let options = Options {
        // Operations and results are copied beside the containers.
        max_bytes: memory::available().map(|free| free / 3),
        ..Options::default()
    };
    let outcome = interpret::run_with(&sdfg, inputs, &symbols, &options)
        .map_err(|e| format!("`{}` failed: {e}", sdfg.name))?;
    let mut results: Vec<(String, Tensor)> = Vec::new();
    for (k, (param, tensor)) in sdfg.params.iter().zip(outcome.args).enumerate() {
        if signature.written.contains(&k) {
            results.push((param.name.clone(), tensor));
        }
    }
    let single = outcome.returns.len() == 1;
    for (k, tensor) in outcome.returns.into_iter().enumerate() {
        results.push((
            if single {
                "return".to_owned()
            } else {
                format!("return_{k}")
            },
            tensor,
        ));
    }
    if let Some(dir) = &args.out {
        return write(dir, &results);
    }
    let lines: Vec<String> = results
        .iter()
        .map(|(name, tensor)| summary(name, tensor) + "\n")
        .collect();
    console::print(&lines.concat())
}

fn program(args: &Run) -> Result<Sdfg, Failed> {
    let mut found = Vec::new();
    for unit in source::read(&args.file)? {
        found.extend(
            compile(&unit, &|options| options.optimize &= !args.no_optimize)?
                .into_iter()
                .map(|p| p.sdfg),
        );
    }
    let names: Vec<String> = found.iter().map(|s| s.name.clone()).collect();
    match &args.function {
        Some(wanted) => found
            .into_iter()
            .find(|s| s.name == *wanted)
            .ok_or_else(|| no_program(Some(wanted), &names)),
        None if names.len() > 1 => Err(format!(
            "the file has several programs; choose one with --function: {}",
            names.join(", ")
        )),
        None => found.pop().ok_or_else(|| no_program(None, &names)),
    }
}

/// `NAME=VALUE`s by name.
fn pairs<'a>(option: &str, given: &'a [String]) -> Result<BTreeMap<&'a str, &'a str>, Failed> {
    let mut pairs = BTreeMap::new();
    for pair in given {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| format!("--{option} {pair}: expected NAME=…"))?;
        if pairs.insert(name.trim(), value).is_some() {
            return Err(format!("`{name}` is given twice"));
        }
    }
    Ok(pairs)
}

fn arguments(
    args: &Run,
    sdfg: &Sdfg,
    signature: &Signature,
) -> Result<(Vec<Tensor>, Vec<(Sym, i64)>), Failed> {
    let mut files = pairs("input", &args.input)?;
    let mut values = pairs("set", &args.set)?;
    let mut tensors = Vec::new();
    let mut missing = Vec::new();
    for param in &sdfg.params {
        let (dtype, array) = kind(sdfg, param);
        let name = param.name.as_str();
        if array {
            match files.remove(name) {
                Some(file) => tensors.push(npy::read(Path::new(file), dtype)?),
                None => missing.push(format!("--input {name}=FILE.npy")),
            }
        } else {
            match (values.remove(name), param.default) {
                (Some(text), _) => tensors.push(Tensor::scalar(scalar(name, text, dtype)?)),
                (None, Some(default)) => tensors.push(Tensor::scalar(default)),
                (None, None) => missing.push(format!("--set {name}=VALUE")),
            }
        }
    }
    let mut symbols = Vec::new();
    for symbol in &signature.trailing {
        match values.remove(symbol.as_str()) {
            Some(text) => match scalar(symbol.as_str(), text, DType::Int64)? {
                Const::Int(v, _) => symbols.push((symbol.clone(), v as i64)),
                _ => return Err(format!("`{text}` is not a size")),
            },
            None => missing.push(format!("--set {symbol}=VALUE")),
        }
    }
    if !missing.is_empty() {
        return Err(format!("`{}` needs {}", sdfg.name, missing.join(" ")));
    }
    if let Some(name) = files.keys().next() {
        return Err(format!("`{}` has no array parameter `{name}`", sdfg.name));
    }
    if let Some(name) = values.keys().next() {
        return Err(format!(
            "`{}` has no scalar parameter and no free symbol `{name}`",
            sdfg.name
        ));
    }
    Ok((tensors, symbols))
}

fn kind(sdfg: &Sdfg, param: &Param) -> (DType, bool) {
    match &param.kind {
        ParamKind::Symbol(_, dtype) => (*dtype, false),
        ParamKind::Data(data) => {
            let desc = sdfg.desc(*data);
            (desc.dtype, !desc.is_scalar())
        }
    }
}

/// A value of a type, as Python writes it.
fn scalar(name: &str, text: &str, dtype: DType) -> Result<Const, Failed> {
    let text = text.trim();
    let value = match dtype {
        DType::Bool => match text {
            "True" | "true" | "1" => Some(Const::Bool(true)),
            "False" | "false" | "0" => Some(Const::Bool(false)),
            _ => None,
        },
        d if d.is_int() => text
            .parse::<i128>()
            .ok()
            .filter(|v| fits(*v, d))
            .map(|v| Const::Int(v, d)),
        DType::Float32 => text
            .parse::<f32>()
            .ok()
            .map(|v| Const::Float(f64::from(v), dtype)),
        DType::Float64 => text.parse::<f64>().ok().map(|v| Const::Float(v, dtype)),
        _ => text
            .parse::<num_complex::Complex64>()
            .ok()
            .map(|v| Const::Complex(v.re, v.im, dtype)),
    };
    value.ok_or_else(|| format!("--set {name}={text}: not a value of {dtype}"))
}

fn fits(value: i128, dtype: DType) -> bool {
    let bits = 8 * dtype.size() as u32;
    if dtype.is_unsigned_int() {
        (0..1i128 << bits).contains(&value)
    } else {
        (-(1i128 << (bits - 1))..1i128 << (bits - 1)).contains(&value)
    }
}

/// Writes all results, or none: files appear under their names when all of them have been written.
fn write(dir: &Path, results: &[(String, Tensor)]) -> Result<(), Failed> {
    std::fs::create_dir_all(dir)
        .map_err(|e| format!("cannot make the folder {}: {e}", dir.display()))?;
    let mut drafts = Vec::new();
    let mut names = String::new();
    for (k, (name, tensor)) in results.iter().enumerate() {
        // A parameter may be called `return_0`.
        if results[..k].iter().any(|(other, _)| other == name) {
            return Err(format!(
                "two results are called `{name}`: without --out they are printed"
            ));
        }
        let path = dir.join(format!("{name}.npy"));
        let mut draft = Draft::new(&path)?;
        npy::write(&mut draft, tensor)
            .map_err(|e| format!("cannot write {}: {e}", path.display()))?;
        drafts.push(draft);
        names += &path.display().to_string();
        names.push('\n');
    }
    publish(drafts)?;
    console::print(&names)
}

/// A short array in full, of a long one the first elements.
fn summary(name: &str, tensor: &Tensor) -> String {
    const SHOWN: usize = 16;
    let element = |c: &Const| match c {
        Const::Bool(b) => if *b { "True" } else { "False" }.to_owned(),
        Const::Int(v, _) => v.to_string(),
        Const::Float(v, DType::Float32) => format!("{:?}", *v as f32),
        Const::Float(v, _) => format!("{v:?}"),
        Const::Complex(re, im, _) => format!(
            "({re:?}{}{im:?}j)",
            if im.is_sign_negative() { "" } else { "+" }
        ),
    };
    let elements: Vec<String> = tensor.data.iter().take(SHOWN).map(element).collect();
    let more = if tensor.data.len() > SHOWN {
        ", …"
    } else {
        ""
    };
    if tensor.shape.is_empty() {
        return format!("{name} = {} ({})", elements.join(""), tensor.dtype);
    }
    format!(
        "{name} = {}{:?} [{}{more}]",
        tensor.dtype,
        tensor.shape,
        elements.join(", ")
    )
}
