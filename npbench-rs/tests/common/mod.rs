//! Programs compared with definitions of their own.

use npbench::programs::{Preset, all};
use npbench::stored;
use npbench::value::{AnyArray, Value};

/// Arguments of a program at the sizes for tests, taken by position.
pub(crate) struct Arguments(Vec<Value>);

impl Arguments {
    pub(crate) fn int(&self, position: usize) -> i64 {
        match self.0[position] {
            Value::Int(x) => x,
            _ => panic!("argument {position} is no integer"),
        }
    }
    pub(crate) fn float(&self, position: usize) -> f64 {
        match self.0[position] {
            Value::Float(x) => x,
            _ => panic!("argument {position} is no float"),
        }
    }
    pub(crate) fn array<A: AnyArray + Clone>(&self, position: usize) -> A {
        match &self.0[position] {
            Value::Array(array) => array
                .as_any()
                .downcast_ref::<A>()
                .expect("another type of array")
                .clone(),
            _ => panic!("argument {position} is no array"),
        }
    }
}

/// Compares what a definition gives, at the sizes for tests, with what NumPy made of the program's text (its stored samples).
pub(crate) fn check(name: &str, definition: impl Fn(&Arguments) -> Vec<Value>) {
    let program = all()
        .into_iter()
        .find(|p| p.name == name)
        .expect("a program");
    let arguments = Arguments(program.arguments(Preset::Test).expect("arguments"));
    let results: Vec<_> = definition(&arguments)
        .into_iter()
        .map(|value| (name.to_owned(), value.into_array()))
        .collect();
    let error = stored::compare(name, Preset::Test, &results).expect("results of the right shape");
    // Exact for integers; a few roundings otherwise.
    let single = results.iter().any(|(_, x)| x.dtype() == "float32");
    let tolerance = program
        .tolerance
        .value
        .min(if single { 1e-5 } else { 1e-12 });
    assert!(error <= tolerance, "{name}: {error:e}");
}
