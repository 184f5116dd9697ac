//! What a measurement gives.

use crate::frameworks::{Contestant, Framework};
use crate::programs::{Preset, Program};
use crate::statistics::{median, median_interval};
use serde::Serialize;

/// One measurement: a program under a framework in one of its modes. One line of the JSON output.
#[derive(Clone, Debug, Default, Serialize, PartialEq)]
pub struct Record {
    pub benchmark: String,
    pub preset: String,
    pub framework: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mode: String,
    pub version: String,
    pub median_s: Option<f64>,
    /// 95 % bootstrap interval of the median.
    pub interval_s: Option<(f64, f64)>,
    pub min_s: Option<f64>,
    /// Timed runs: fewer than asked for when they used up their share of the timeout.
    pub repeat: usize,
    pub times_s: Vec<f64>,
    /// Compiling at run time or by a compiler called then; not part of the times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compile_s: Option<f64>,
    /// Whether the results agree with NumPy's; none where that was not asked for.
    pub validated: Option<bool>,
    pub max_rel_err: Option<f64>,
    /// What the results were compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Why there is no measurement, or why it is not valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Arithmetic operations of the program as the compiler counts them; none where their number depends on data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operations: Option<f64>,
    /// Bytes that every schedule of the program moves at the least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_bytes: Option<f64>,
}

impl Record {
    /// Nothing measured, and why.
    pub fn failed(program: &Program, preset: Preset, contestant: Contestant, why: String) -> Self {
        Self {
            benchmark: program.name.to_owned(),
            preset: preset.name().to_owned(),
            framework: contestant.framework.name().to_owned(),
            mode: contestant.mode.to_owned(),
            error: Some(why),
            ..Self::default()
        }
    }

    /// Enters the times and what follows from them.
    pub fn set_times(&mut self, times: Vec<f64>) {
        self.median_s = median(&times);
        self.interval_s = median_interval(&times);
        self.min_s = times.iter().copied().min_by(f64::total_cmp);
        self.repeat = times.len();
        self.times_s = times;
    }

    /// Measured, and not known to be wrong.
    pub fn counts(&self) -> bool {
        self.median_s.is_some() && self.validated != Some(false)
    }

    /// The framework with its mode, for people.
    pub fn contestant(&self) -> String {
        if self.mode.is_empty() {
            self.framework.clone()
        } else {
            format!("{} {}", self.framework, self.mode)
        }
    }
}

/// The record of a framework that counts: of its valid modes the fastest.
pub fn best<'a>(
    records: impl IntoIterator<Item = &'a Record>,
    framework: Framework,
) -> Option<&'a Record> {
    records
        .into_iter()
        .filter(|r| r.framework == framework.name() && r.counts())
        .min_by(|a, b| {
            f64::total_cmp(
                &a.median_s.unwrap_or(f64::MAX),
                &b.median_s.unwrap_or(f64::MAX),
            )
        })
}
