//! Stored results: samples of what NumPy computed, for machines without NumPy.
//!
//! `npbench reference` writes `reference/results.json`: for each program, preset and result its type, its shape, its sum
//! of magnitudes, and the elements at fixed places. The file is compiled in.

use crate::programs::Preset;
use crate::value::{AnyArray, element_error};
use num_complex::Complex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const RESULTS: &str = include_str!("../reference/results.json");

/// Presets with stored results.
pub const PRESETS: [Preset; 2] = [Preset::Test, Preset::S];

/// Number of stored elements of a result.
const SAMPLES: usize = 24;

/// What is kept of one result.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub name: String,
    pub dtype: String,
    pub shape: Vec<usize>,
    /// Mean magnitude of the finite elements.
    pub mean: f64,
    /// Real and imaginary parts at `places`; `None` is not finite.
    pub samples: Vec<(Option<f64>, Option<f64>)>,
}

/// By program, then by preset.
pub type Results = BTreeMap<String, BTreeMap<String, Vec<Summary>>>;

/// Where the samples are taken: spread over the array in steps that share no factor with common sizes, ends included.
fn places(len: usize) -> Vec<usize> {
    let count = SAMPLES.min(len);
    (0..count)
        .map(|k| {
            if count < 2 {
                0
            } else {
                k * (len - 1) / (count - 1)
            }
        })
        .collect()
}

/// Summarises a result.
pub fn summarise(name: &str, array: &dyn AnyArray) -> Summary {
    let elements: Vec<Complex<f64>> = array.elements().collect();
    let finite: Vec<f64> = elements
        .iter()
        .map(|x| x.norm())
        .filter(|x| x.is_finite())
        .collect();
    let number = |x: f64| x.is_finite().then_some(x);
    Summary {
        name: name.to_owned(),
        dtype: array.dtype().to_owned(),
        shape: array.shape().to_vec(),
        mean: if finite.is_empty() {
            0.0
        } else {
            finite.iter().sum::<f64>() / finite.len() as f64
        },
        samples: places(elements.len())
            .into_iter()
            .map(|i| (number(elements[i].re), number(elements[i].im)))
            .collect(),
    }
}

/// Largest relative error against the stored samples, of elements and of the mean magnitude.
pub fn compare(
    program: &str,
    preset: Preset,
    results: &[(String, Box<dyn AnyArray>)],
) -> Result<f64, String> {
    let all: Results = serde_json::from_str(RESULTS).map_err(|e| format!("stored results: {e}"))?;
    let stored = all
        .get(program)
        .and_then(|presets| presets.get(preset.name()))
        .ok_or("no stored results")?;
    if stored.len() != results.len() {
        return Err(format!(
            "{} results instead of {}",
            results.len(),
            stored.len()
        ));
    }
    let mut worst = 0.0_f64;
    for (reference, (name, result)) in stored.iter().zip(results) {
        let summary = summarise(name, &**result);
        if (&summary.dtype, &summary.shape) != (&reference.dtype, &reference.shape) {
            return Err(format!(
                "{name}: {}{:?} instead of {}{:?}",
                summary.dtype, summary.shape, reference.dtype, reference.shape
            ));
        }
        worst = worst.max(element_error(
            summary.mean.into(),
            reference.mean.into(),
            0.0,
        ));
        let complex = |(re, im): &(Option<f64>, Option<f64>)| {
            Complex::new(re.unwrap_or(f64::NAN), im.unwrap_or(f64::NAN))
        };
        for (x, y) in summary.samples.iter().zip(&reference.samples) {
            worst = worst.max(element_error(complex(x), complex(y), reference.mean));
        }
    }
    Ok(worst)
}

/// The text of `reference/results.json`: one line for each result.
pub fn to_json(results: &Results) -> Result<String, String> {
    let mut programs = Vec::new();
    for (program, presets) in results {
        let mut lines = Vec::new();
        for (preset, summaries) in presets {
            let summaries: Result<Vec<String>, String> = summaries
                .iter()
                .map(|s| serde_json::to_string(s).map_err(|e| e.to_string()))
                .collect();
            lines.push(format!(
                "  \"{preset}\": [\n   {}\n  ]",
                summaries?.join(",\n   ")
            ));
        }
        programs.push(format!(" \"{program}\": {{\n{}\n }}", lines.join(",\n")));
    }
    Ok(format!("{{\n{}\n}}", programs.join(",\n")))
}
