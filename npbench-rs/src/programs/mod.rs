//! The programs: one entry each, in the order in which they are run and printed.
//!
//! An entry gives names, sizes, arguments and tolerance; the program itself is the Python text in `kernels/src/NAME.rs`
//! (a crate of its own: changes of the harness do not compile the programs again).
//! Sizes are those of NPBench's `bench_info`; arguments are initialised by the rules of its `initialize` functions.

mod deep_learning;
mod dense;
mod fluids;
mod products;
mod signals;
mod solvers;
mod sparse_and_graphs;
mod statistics;
mod stencils;
mod vectors;

use crate::value::Value;
use ndarray::{Array, Array1, Array2, Array3};
use std::fmt;

/// A program of the collection.
pub struct Program {
    /// Name of the Python function and of its file.
    pub name: &'static str,
    /// NPBench's abbreviation.
    pub short: &'static str,
    /// Field of application.
    pub domain: &'static str,
    /// The computational pattern ("dwarf") that dominates it.
    pub dwarf: &'static str,
    /// Names of the sizes.
    pub sizes: &'static [&'static str],
    /// Sizes by preset, in the order of `sizes`.
    pub presets: Vec<(Preset, Vec<Size>)>,
    /// Names of the arguments in the function's order.
    pub arguments: &'static [&'static str],
    /// Arguments that the program writes.
    pub outputs: &'static [&'static str],
    /// Number of values it returns.
    pub returns: usize,
    pub tolerance: Tolerance,
    /// The file with its text.
    pub file: &'static str,
    /// Makes the arguments.
    pub initialize: fn(&[Size]) -> Result<Vec<Value>, String>,
    /// Calls the compiled function.
    pub run: Option<fn(&mut [Value]) -> Result<Vec<Value>, String>>,
    /// Its work for given sizes of the text, which are not always those of the presets: see [`crate::worker::Instance::work`].
    pub work: Option<fn(&dyn Fn(&str) -> Option<i64>) -> Option<dace::Work>>,
}

/// How far results may be from NumPy's, by [`crate::value::relative_errors`], and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    pub value: f64,
    /// Share of the elements of all results that may be anything, from a preset on: where a program amplifies roundings
    /// without bound.
    pub stray: Option<(Preset, f64)>,
    pub reason: &'static str,
}

impl Tolerance {
    const fn new(value: f64, reason: &'static str) -> Self {
        Self {
            value,
            stray: None,
            reason,
        }
    }

    /// Share of the elements that may be anything at a preset.
    pub fn stray(&self, preset: Preset) -> f64 {
        match self.stray {
            Some((from, share)) if preset >= from => share,
            _ => 0.0,
        }
    }
}

const EXACT: Tolerance = Tolerance::new(0.0, "integer arithmetic");
const ELEMENTWISE: Tolerance = Tolerance::new(
    1e-12,
    "a few roundings for each element; multiply and add may be fused",
);
const SUMS: Tolerance = Tolerance::new(1e-11, "sums may be taken in another order");
const SINGLE: Tolerance = Tolerance::new(1e-5, "float32 sums may be taken in another order");

/// A named set of sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Preset {
    /// Small, odd, all different: for tests.
    #[value(name = "test")]
    Test,
    #[value(name = "S", alias = "s")]
    S,
    #[value(name = "M", alias = "m")]
    M,
    #[value(name = "L", alias = "l")]
    L,
    /// The sizes of the NPBench paper.
    #[value(name = "paper")]
    Paper,
}

impl Preset {
    pub const ALL: [Self; 5] = [Self::Test, Self::S, Self::M, Self::L, Self::Paper];
    pub fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::S => "S",
            Self::M => "M",
            Self::L => "L",
            Self::Paper => "paper",
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A parameter of a preset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Size {
    Int(i64),
    Float(f64),
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(x) => write!(f, "{x}"),
            Self::Float(x) => write!(f, "{x:?}"),
        }
    }
}

impl From<i32> for Size {
    fn from(x: i32) -> Self {
        Self::Int(i64::from(x))
    }
}

impl From<f64> for Size {
    fn from(x: f64) -> Self {
        Self::Float(x)
    }
}

impl TryFrom<Size> for i64 {
    type Error = String;
    fn try_from(size: Size) -> Result<Self, String> {
        match size {
            Size::Int(x) => Ok(x),
            Size::Float(x) => Err(format!("size {x} is not whole")),
        }
    }
}

impl TryFrom<Size> for f64 {
    type Error = String;
    fn try_from(size: Size) -> Result<Self, String> {
        match size {
            Size::Int(x) => Ok(x as f64),
            Size::Float(x) => Ok(x),
        }
    }
}

impl Program {
    /// Sizes of a preset.
    pub fn preset(&self, preset: Preset) -> &[Size] {
        self.presets
            .iter()
            .find(|(p, _)| *p == preset)
            .map_or(&[], |(_, sizes)| sizes)
    }

    /// Fresh arguments of a preset.
    pub fn arguments(&self, preset: Preset) -> Result<Vec<Value>, String> {
        (self.initialize)(self.preset(preset))
    }

    /// Whether all its floating-point arrays are of single precision.
    pub fn is_single(&self) -> bool {
        let text = crate::text::python(self.file).unwrap_or_default();
        let arrays = crate::text::arrays(&text, self.name).unwrap_or_default();
        let has = |dtypes: [&str; 2]| arrays.iter().any(|a| dtypes.contains(&a.dtype));
        has(["float32", "complex64"]) && !has(["float64", "complex128"])
    }

    /// Positions of the written arguments.
    pub fn output_positions(&self) -> Vec<usize> {
        (0..self.arguments.len())
            .filter(|&i| self.outputs.contains(&self.arguments[i]))
            .collect()
    }
}

/// All programs.
pub fn all() -> Vec<Program> {
    [
        dense::programs(),
        products::programs(),
        solvers::programs(),
        statistics::programs(),
        stencils::programs(),
        vectors::programs(),
        sparse_and_graphs::programs(),
        fluids::programs(),
        deep_learning::programs(),
        signals::programs(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The entry of one program; see any of the files beside this one.
///
/// `arguments` are evaluated in order with the sizes as variables, each seeing those before it; their order is that of the
/// function's parameters. `pending` at the end keeps a program that the compiler does not take yet out of the build.
macro_rules! program {
    (@work pending $name:ident) => { None };
    (@work compiled $name:ident) => { Some(npbench_kernels::$name::$name::work) };
    (@run pending $name:ident [$($argument:ident)*]) => { None };
    (@run compiled $name:ident [$($argument:ident)*]) => {
        Some(|arguments: &mut [crate::value::Value]| {
            let [$($argument),*] = arguments else {
                return Err("wrong number of arguments".to_owned());
            };
            let result = npbench_kernels::$name::$name($($argument.argument()?),*);
            result.map(crate::value::Returned::values).map_err(|e| e.to_string())
        })
    };
    (
        $name:ident ($short:literal, $domain:literal, $dwarf:literal)
        sizes ($($size:ident: $type:ty),*) {
            test: ($($test:expr),*), S: ($($small:expr),*), M: ($($medium:expr),*), L: ($($large:expr),*), paper: ($($paper:expr),*) $(,)?
        }
        $(with { $($with:stmt;)* })?
        arguments { $($argument:ident = $value:expr,)* }
        outputs ($($output:ident),*) returns $returns:literal
        tolerance $tolerance:expr;
        $status:ident
    ) => {
        crate::programs::Program {
            name: stringify!($name),
            short: $short,
            domain: $domain,
            dwarf: $dwarf,
            sizes: &[$(stringify!($size)),*],
            presets: vec![
                (crate::programs::Preset::Test, vec![$($test.into()),*]),
                (crate::programs::Preset::S, vec![$($small.into()),*]),
                (crate::programs::Preset::M, vec![$($medium.into()),*]),
                (crate::programs::Preset::L, vec![$($large.into()),*]),
                (crate::programs::Preset::Paper, vec![$($paper.into()),*]),
            ],
            arguments: &[$(stringify!($argument)),*],
            outputs: &[$(stringify!($output)),*],
            returns: $returns,
            tolerance: $tolerance,
            file: include_str!(concat!("../../kernels/src/", stringify!($name), ".rs")),
            initialize: |sizes| {
                let [$($size),*] = sizes else {
                    return Err("wrong number of sizes".to_owned());
                };
                $(let $size = <$type>::try_from(*$size)?;)*
                $($($with)*)?
                // Often a size is an argument.
                $(#[allow(clippy::redundant_locals)] let $argument = $value;)*
                Ok(vec![$(crate::value::Value::from($argument)),*])
            },
            run: program!(@run $status $name [$($argument)*]),
            work: program!(@work $status $name),
        }
    };
}
use program;

/// `(x mod n) / n`, the usual value of a PolyBench array; the modulo is Python's.
fn cyclic(x: i64, n: i64) -> f64 {
    x.rem_euclid(n) as f64 / n as f64
}

/// `x / n` as Python divides.
fn ratio(x: i64, n: i64) -> f64 {
    x as f64 / n as f64
}

/// `numpy.fromfunction` in one dimension.
fn grid1<T>(n: i64, f: impl Fn(i64) -> T) -> Array1<T> {
    Array::from_shape_fn(n as usize, |i| f(i as i64))
}

/// `numpy.fromfunction` in two dimensions.
fn grid2<T>(n: i64, m: i64, f: impl Fn(i64, i64) -> T) -> Array2<T> {
    Array::from_shape_fn((n as usize, m as usize), |(i, j)| f(i as i64, j as i64))
}

/// `numpy.fromfunction` in three dimensions.
fn grid3<T>(n: i64, m: i64, l: i64, f: impl Fn(i64, i64, i64) -> T) -> Array3<T> {
    Array::from_shape_fn((n as usize, m as usize, l as usize), |(i, j, k)| {
        f(i as i64, j as i64, k as i64)
    })
}

/// A shape of the generator's arrays.
fn shape<const R: usize>(sizes: [i64; R]) -> [usize; R] {
    sizes.map(|n| n as usize)
}
