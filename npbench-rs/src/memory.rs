//! Whether the arrays of a program fit into memory, known before they are made.

use crate::programs::{Preset, Program, Size};
pub use dace_host::memory::{available, line, show};

/// About how many bytes a process needs for a program with arguments of so many bytes: a copy restores them, and as much
/// again is for temporaries and results.
pub fn needed(arguments: u64) -> u64 {
    arguments.saturating_mul(3)
}

/// Bytes of a program's arguments, from the annotations of its text and the sizes of the preset; none where an annotation names
/// other sizes than the preset.
pub fn arguments(program: &Program, preset: Preset) -> Option<u64> {
    let text = crate::text::python(program.file)?;
    let sizes: Vec<(&str, f64)> = program
        .sizes
        .iter()
        .zip(program.preset(preset))
        .map(|(name, size)| match *size {
            Size::Int(x) => (*name, x as f64),
            Size::Float(x) => (*name, x),
        })
        .collect();
    let mut bytes = 0.0;
    for array in crate::text::arrays(&text, program.name)? {
        let mut elements = 1.0;
        for dimension in array.shape {
            elements *= Expression::value(dimension, &sizes)?;
        }
        bytes += width(array.dtype) * elements;
    }
    Some(bytes as u64)
}

fn width(dtype: &str) -> f64 {
    match dtype {
        "bool" | "bool_" | "int8" | "uint8" => 1.0,
        "int16" | "uint16" => 2.0,
        "int32" | "uint32" | "float32" => 4.0,
        "complex128" => 16.0,
        _ => 8.0,
    }
}

/// Whole-number arithmetic of sizes: names, numbers, `+ - * // %` and brackets.
struct Expression<'a> {
    rest: &'a str,
    sizes: &'a [(&'a str, f64)],
}

impl<'a> Expression<'a> {
    fn value(text: &'a str, sizes: &'a [(&'a str, f64)]) -> Option<f64> {
        let mut expression = Self { rest: text, sizes };
        let value = expression.sum()?;
        expression.rest.trim().is_empty().then_some(value)
    }

    fn take(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn sum(&mut self) -> Option<f64> {
        let mut value = self.product()?;
        loop {
            if self.take("+") {
                value += self.product()?;
            } else if self.take("-") {
                value -= self.product()?;
            } else {
                return Some(value);
            }
        }
    }

    fn product(&mut self) -> Option<f64> {
        let mut value = self.atom()?;
        loop {
            if self.take("//") {
                value = (value / self.atom()?).floor();
            } else if self.take("*") {
                value *= self.atom()?;
            } else if self.take("%") {
                value = value.rem_euclid(self.atom()?);
            } else {
                return Some(value);
            }
        }
    }

    fn atom(&mut self) -> Option<f64> {
        if self.take("-") {
            return Some(-self.atom()?);
        }
        if self.take("(") {
            let value = self.sum()?;
            return self.take(")").then_some(value);
        }
        let text = self.rest.trim_start();
        let end = text
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        let named = self.sizes.iter().find(|(name, _)| *name == word);
        named.map(|(_, value)| *value).or_else(|| word.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::all;

    #[test]
    fn sizes_are_computed_as_python_does() {
        let sizes = [("N", 7.0), ("M", 3.0)];
        let value = |text| Expression::value(text, &sizes);
        assert_eq!(value("N + 2*M"), Some(13.0));
        assert_eq!(value("(N - 1) // 4 * M"), Some(3.0));
        assert_eq!(value("-M + 10 % N"), Some(0.0));
        assert_eq!(value("K"), None);
        assert_eq!(value("N N"), None);
    }

    /// What the text says is what the arguments take, where the preset names the sizes of the text.
    #[test]
    fn annotations_tell_the_size_of_the_arguments() {
        let mut known = 0;
        for program in all() {
            let Some(told) = arguments(&program, Preset::Test) else {
                continue;
            };
            known += 1;
            let values = program.arguments(Preset::Test).expect("arguments");
            let bytes: u64 = values.iter().map(crate::value::Value::bytes).sum();
            assert_eq!(told, bytes, "{}", program.name);
        }
        assert!(known > all().len() / 2, "only {known} programs");
    }

    #[test]
    fn the_largest_presets_are_known_to_be_large() {
        let gemm = all().into_iter().find(|p| p.name == "gemm").expect("gemm");
        // Arrays of 7000 by 7500, 7000 by 8000 and 8000 by 7500 doubles.
        let elements = 7000 * 7500 + 7000 * 8000 + 8000 * 7500;
        assert_eq!(arguments(&gemm, Preset::L), Some(elements * 8));
    }
}
