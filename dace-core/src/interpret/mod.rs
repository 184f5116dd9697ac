//! The reference interpreter: executes any SDFG, slowly and obviously. It is the meaning of the IR.
//!
//! What it does not promise: iterations of maps and unordered nodes of states run in an order drawn from a seed, so a program whose
//! result depends on that order gives different results for different seeds; with [`Options::detect_races`] it is an error.

mod code;
mod error;
mod frame;
mod library;
mod memory;
mod run;
pub mod scalar;

pub use error::RunError;

use crate::analysis::signature::signature;
use crate::sdfg::{Const, DType, ParamKind, Sdfg};
use crate::symbolic::{MAX_SIZE, Sym};
use frame::Frame;
use run::Machine;
use std::collections::HashMap;

/// An array in row-major order; a scalar is an array of rank 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    pub dtype: DType,
    pub shape: Vec<usize>,
    /// All of type `dtype`.
    pub data: Vec<Const>,
}

impl Tensor {
    pub fn scalar(value: Const) -> Self {
        Self {
            dtype: value.dtype(),
            shape: Vec::new(),
            data: vec![value],
        }
    }
    pub fn filled(shape: Vec<usize>, value: Const) -> Self {
        let size = shape.iter().product();
        Self {
            dtype: value.dtype(),
            shape,
            data: vec![value; size],
        }
    }
    /// A `float64` array.
    pub fn floats(shape: Vec<usize>, values: &[f64]) -> Self {
        Self {
            dtype: DType::Float64,
            shape,
            data: values
                .iter()
                .map(|v| Const::Float(*v, DType::Float64))
                .collect(),
        }
    }
    /// An `int64` array.
    pub fn ints(shape: Vec<usize>, values: &[i64]) -> Self {
        Self {
            dtype: DType::Int64,
            shape,
            data: values
                .iter()
                .map(|v| Const::from_i64(*v, DType::Int64))
                .collect(),
        }
    }
}

/// What a run may do beside what the SDFG says.
#[derive(Clone, Debug)]
pub struct Options {
    /// Error after this many steps (tasklets, library operations, iterations, branches, assignments).
    pub max_steps: Option<u64>,
    /// Draws the order of a map's iterations and of unordered nodes; without a seed they run in order.
    pub seed: Option<u64>,
    /// Two iterations of a map that touch one element, at least one by writing it, are an error (unless all of them resolve the conflict
    /// in the same way).
    pub detect_races: bool,
    /// Error where the elements of all containers together would take more bytes than this.
    pub max_bytes: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_steps: None,
            seed: Some(1),
            detect_races: false,
            max_bytes: None,
        }
    }
}

/// What a run gives back.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The arguments, as the program left them; scalars are passed by value and stay as they were.
    pub args: Vec<Tensor>,
    pub returns: Vec<Tensor>,
}

/// Runs a program: one argument for each parameter, and the trailing arguments (see [`signature`]) by name.
pub fn run(sdfg: &Sdfg, args: Vec<Tensor>, symbols: &[(Sym, i64)]) -> Result<Outcome, RunError> {
    run_with(sdfg, args, symbols, &Options::default())
}

/// [`run`] with options.
pub fn run_with(
    sdfg: &Sdfg,
    mut args: Vec<Tensor>,
    symbols: &[(Sym, i64)],
    options: &Options,
) -> Result<Outcome, RunError> {
    let known = bind_symbols(sdfg, &args, symbols)?;
    let mut machine = Machine::new(options);
    let mut frame = Frame::new(sdfg, known);
    for (param, arg) in sdfg.params.iter().zip(&args) {
        if let ParamKind::Data(id) = param.kind {
            let shape: Vec<i64> = arg.shape.iter().map(|n| *n as i64).collect();
            let mut elements = machine
                .memory
                .room(&shape, &|| format!("`{}`", param.name))?;
            elements.extend(arg.data.iter().copied().map(Some));
            let mut view = machine.memory.adopt(shape, elements);
            view.owned = false;
            frame.bind(id, view);
        }
    }
    machine.program(&mut frame)?;
    for (param, arg) in sdfg.params.iter().zip(&mut args) {
        if let ParamKind::Data(id) = param.kind
            && !sdfg.desc(id).is_scalar()
        {
            *arg = machine.snapshot(&mut frame, id)?;
        }
    }
    let returns = sdfg
        .returns
        .iter()
        .map(|id| machine.snapshot(&mut frame, *id))
        .collect::<Result<_, _>>()?;
    Ok(Outcome { args, returns })
}

/// Checks the arguments and gives all symbols their values.
fn bind_symbols(
    sdfg: &Sdfg,
    args: &[Tensor],
    trailing: &[(Sym, i64)],
) -> Result<HashMap<Sym, i64>, RunError> {
    if args.len() != sdfg.params.len() {
        return Err(RunError::ArgumentCount {
            expected: sdfg.params.len(),
            found: args.len(),
        });
    }
    let mut known: HashMap<Sym, i64> = HashMap::new();
    for (param, arg) in sdfg.params.iter().zip(args) {
        let argument = || param.name.clone();
        let (dtype, rank) = match &param.kind {
            ParamKind::Data(id) => (sdfg.desc(*id).dtype, sdfg.desc(*id).rank()),
            ParamKind::Symbol(_, dtype) => (*dtype, 0),
        };
        if arg.dtype != dtype {
            return Err(RunError::ArgumentType {
                argument: argument(),
                expected: dtype,
                found: arg.dtype,
            });
        }
        if arg.shape.len() != rank {
            return Err(RunError::ArgumentRank {
                argument: argument(),
                expected: rank,
                found: arg.shape.len(),
            });
        }
        let shape: Option<Vec<i64>> = arg.shape.iter().map(|n| i64::try_from(*n).ok()).collect();
        if shape.and_then(|shape| memory::number(&shape)) != Some(arg.data.len() as u64)
            || arg.data.iter().any(|c| c.dtype() != dtype)
        {
            return Err(RunError::ArgumentData {
                argument: argument(),
            });
        }
        if let Some(n) = arg.shape.iter().find(|n| **n > MAX_SIZE as usize) {
            return Err(RunError::TooLarge {
                what: argument(),
                size: *n as u64,
            });
        }
        if let ParamKind::Symbol(sym, _) = &param.kind {
            let value = match arg.data[0] {
                Const::Int(v, _) => i64::try_from(v).ok(),
                _ => None,
            };
            known.insert(
                sym.clone(),
                value.ok_or_else(|| RunError::NoValue {
                    expression: argument(),
                })?,
            );
        }
    }
    let signature = signature(sdfg);
    let shape_error = |param: usize, dim: usize, known: &HashMap<Sym, i64>| {
        let ParamKind::Data(id) = sdfg.params[param].kind else {
            return RunError::Malformed("a shape of no array".into());
        };
        let expected = &sdfg.desc(id).shape[dim];
        let (value, found) = (
            expected.eval(&|s| known.get(s).copied()),
            args[param].shape[dim] as i64,
        );
        RunError::Shape {
            argument: sdfg.params[param].name.clone(),
            dim,
            expected: expected.to_string(),
            value,
            found,
        }
    };
    for solved in &signature.solved {
        let found = args[solved.param].shape[solved.dim] as i64;
        let value = solved
            .value(found, &|s| known.get(s).copied())
            .filter(|v| (0..=MAX_SIZE).contains(v));
        let value = value.ok_or_else(|| shape_error(solved.param, solved.dim, &known))?;
        known.insert(solved.sym.clone(), value);
    }
    for (sym, value) in trailing {
        if !signature.trailing.contains(sym) {
            return Err(RunError::Symbol {
                symbol: sym.to_string(),
                missing: false,
            });
        }
        if *value > MAX_SIZE {
            return Err(RunError::TooLarge {
                what: sym.to_string(),
                size: value.unsigned_abs(),
            });
        }
        if *value < 0 {
            return Err(RunError::NegativeSize {
                what: sym.to_string(),
                size: *value,
            });
        }
        known.insert(sym.clone(), *value);
    }
    if let Some(sym) = signature.trailing.iter().find(|s| !known.contains_key(s)) {
        return Err(RunError::Symbol {
            symbol: sym.to_string(),
            missing: true,
        });
    }
    for check in &signature.checks {
        if check.expected.eval(&|s| known.get(s).copied())
            != Some(args[check.param].shape[check.dim] as i64)
        {
            return Err(shape_error(check.param, check.dim, &known));
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests;
