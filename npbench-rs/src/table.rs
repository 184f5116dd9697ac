//! Tables for people.

use crate::frameworks::Framework;
use crate::programs::{Preset, Program};
use crate::record::{Record, best};
use crate::statistics::geometric_mean;
use std::fmt::Write;

/// Lines up the columns: those in `right` to the right, the others to the left.
pub fn table(
    rows: &[Vec<String>],
    right: std::ops::Range<usize>,
    separator_after: &[usize],
) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| {
        rows.iter()
            .filter_map(|r| r.get(c))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (r, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(c, cell)| {
                let padding = " ".repeat(widths[c] - cell.chars().count());
                if right.contains(&c) {
                    format!("{padding}{cell}")
                } else {
                    format!("{cell}{padding}")
                }
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
        if separator_after.contains(&r) {
            let line: Vec<String> = widths.iter().map(|w| "-".repeat(*w)).collect();
            text.push_str(&line.join("  "));
            text.push('\n');
        }
    }
    text
}

/// Seconds with a unit.
pub fn seconds(s: f64) -> String {
    match s {
        s if s < 1e-3 => format!("{:.1} µs", s * 1e6),
        s if s < 1.0 => format!("{:.2} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

/// From `low` to `high` seconds, with one unit.
pub fn interval(low: f64, high: f64) -> String {
    let (low, high) = (seconds(low), seconds(high));
    match (low.split_once(' '), high.split_once(' ')) {
        (Some((number, unit)), Some((_, same))) if unit == same => format!("{number}–{high}"),
        _ => format!("{low}–{high}"),
    }
}

fn time(x: Option<f64>) -> String {
    x.map_or("-".to_owned(), seconds)
}

fn speed(ratio: Option<f64>) -> String {
    ratio.map_or("-".to_owned(), |x| format!("{x:.2}x"))
}

/// The tables at the end of a run: ours against NumPy, all frameworks where there are more, and what went wrong.
pub fn summary(records: &[Vec<Record>]) -> String {
    let mut text = String::new();
    let measured = |framework: Framework| {
        records
            .iter()
            .flatten()
            .any(|r| r.framework == framework.name())
    };
    let peers: Vec<Framework> = Framework::ALL
        .into_iter()
        .filter(|f| measured(*f))
        .collect();
    if measured(Framework::DaceRs) {
        text.push_str(&ours(records));
    }
    if peers
        .iter()
        .any(|f| !matches!(f, Framework::DaceRs | Framework::Numpy))
    {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&all_frameworks(records, &peers));
    }
    let notes = notes(records);
    if !notes.is_empty() {
        text.push('\n');
        text.push_str(&notes);
    }
    text
}

/// Programs that failed for one reason under one framework and mode.
pub struct Failures<'a> {
    /// The framework with its mode.
    pub contestant: String,
    pub reason: &'a str,
    pub programs: Vec<&'a str>,
}

/// What went wrong, by framework and reason.
pub fn failures(records: &[Vec<Record>]) -> Vec<Failures<'_>> {
    let mut found: Vec<Failures> = Vec::new();
    for record in records.iter().flatten() {
        let Some(reason) = record.error.as_deref() else {
            continue;
        };
        let contestant = record.contestant();
        let known = found
            .iter_mut()
            .find(|f| f.contestant == contestant && f.reason == reason);
        match known {
            Some(failures) => failures.programs.push(&record.benchmark),
            None => found.push(Failures {
                contestant,
                reason,
                programs: vec![&record.benchmark],
            }),
        }
    }
    found
}

/// What went wrong: one line for each framework and reason.
fn notes(records: &[Vec<Record>]) -> String {
    let mut text = String::new();
    for failure in failures(records) {
        let _ = writeln!(
            text,
            "{} ({}): {}",
            failure.programs.join(", "),
            failure.contestant,
            shortened(failure.reason, 160)
        );
    }
    text
}

/// At most so many characters.
pub fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let kept: String = text.chars().take(length.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Ours against NumPy: one line for each program.
fn ours(records: &[Vec<Record>]) -> String {
    let mut rows: Vec<Vec<String>> = vec![
        [
            "benchmark",
            "median",
            "min",
            "NumPy median",
            "speed",
            "max rel err",
            "validated",
        ]
        .map(str::to_owned)
        .into(),
    ];
    let mut ratios = Vec::new();
    let (mut valid, mut judged) = (0, 0);
    for records in records {
        let of = |framework: Framework| records.iter().find(|r| r.framework == framework.name());
        let (Some(ours), numpy) = (of(Framework::DaceRs), of(Framework::Numpy)) else {
            continue;
        };
        let ratio = numpy
            .and_then(|r| r.median_s)
            .zip(ours.median_s)
            .map(|(numpy, ours)| numpy / ours);
        ratios.extend(ratio);
        judged += usize::from(ours.validated.is_some());
        valid += usize::from(ours.validated == Some(true));
        let verdict = match (ours.validated, &ours.error) {
            (Some(true), _) => "yes",
            (Some(false), _) => "NO",
            (None, Some(_)) => "failed",
            (None, None) => "-",
        };
        rows.push(vec![
            ours.benchmark.clone(),
            time(ours.median_s),
            time(ours.min_s),
            time(numpy.and_then(|r| r.median_s)),
            speed(ratio),
            ours.max_rel_err
                .map_or("-".to_owned(), |x| format!("{x:.1e}")),
            verdict.to_owned(),
        ]);
    }
    let mut separators = vec![0];
    if let Some(mean) = geometric_mean(&ratios) {
        separators.push(rows.len() - 1);
        let mut row = vec![String::new(); 7];
        row[0] = format!("geometric mean of {}", ratios.len());
        row[4] = speed(Some(mean));
        rows.push(row);
    }
    let mut text = table(&rows, 1..6, &separators);
    if judged > 0 {
        let _ = writeln!(text, "\n{valid} of {judged} validated");
    }
    text
}

/// Median times of all frameworks, each in its fastest valid mode, and their mean speed over NumPy.
fn all_frameworks(records: &[Vec<Record>], frameworks: &[Framework]) -> String {
    let mut header = vec!["benchmark".to_owned()];
    header.extend(frameworks.iter().map(|f| f.title().to_owned()));
    let mut rows = vec![header];
    let mut ratios: Vec<Vec<f64>> = vec![Vec::new(); frameworks.len()];
    for records in records {
        let Some(first) = records.first() else {
            continue;
        };
        let median = |framework| best(records, framework).and_then(|r| r.median_s);
        let mut row = vec![first.benchmark.clone()];
        for (framework, ratios) in frameworks.iter().zip(&mut ratios) {
            let ours = median(*framework);
            ratios.extend(median(Framework::Numpy).zip(ours).map(|(n, t)| n / t));
            row.push(match ours {
                Some(seconds) => time(Some(seconds)),
                None if records
                    .iter()
                    .any(|r| r.framework == framework.name() && r.validated == Some(false)) =>
                {
                    "invalid".to_owned()
                }
                None => "-".to_owned(),
            });
        }
        rows.push(row);
    }
    let last = rows.len() - 1;
    let mut mean = vec!["speed over NumPy".to_owned()];
    let mut count = vec!["programs".to_owned()];
    for ratios in &ratios {
        mean.push(speed(geometric_mean(ratios)));
        count.push(ratios.len().to_string());
    }
    if ratios.iter().any(|r| !r.is_empty()) {
        rows.extend([mean, count]);
    }
    table(&rows, 1..frameworks.len() + 1, &[0, last])
}

/// The list of programs: what is known of each, with its sizes at each preset.
pub fn list(programs: &[Program]) -> String {
    let mut header: Vec<String> = ["name", "short", "domain", "dwarf", "sizes"]
        .map(str::to_owned)
        .into();
    header.extend(Preset::ALL.map(|preset| preset.name().to_owned()));
    let mut rows = vec![header];
    for program in programs {
        let mut row = vec![
            program.name.to_owned(),
            program.short.to_owned(),
            program.domain.to_owned(),
            program.dwarf.to_owned(),
            program.sizes.join(","),
        ];
        row.extend(Preset::ALL.map(|preset| {
            let sizes: Vec<String> = program
                .preset(preset)
                .iter()
                .map(ToString::to_string)
                .collect();
            sizes.join(",")
        }));
        rows.push(row);
    }
    table(&rows, 0..0, &[0])
}
