//! Tables for people.

use crate::measure::{Framework, Record};
use crate::programs::{Preset, Program};
use std::fmt::Write;

/// Lines up the columns: those in `right` to the right, the others to the left.
fn table(rows: &[Vec<String>], right: std::ops::Range<usize>, separator_after: &[usize]) -> String {
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
        s if s < 1e-3 => format!("{:.1} us", s * 1e6),
        s if s < 1.0 => format!("{:.2} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

/// The table at the end of a run: one line for each program.
pub fn summary(records: &[Vec<Record>]) -> String {
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
    let mut logarithms = Vec::new();
    let mut notes = String::new();
    let (mut valid, mut judged) = (0, 0);
    for records in records {
        let of = |framework: Framework| records.iter().find(|r| r.framework == framework.name());
        let (ours, numpy) = (of(Framework::DaceRs), of(Framework::Numpy));
        let Some(first) = records.first() else {
            continue;
        };
        for record in records {
            if let Some(error) = &record.error {
                let _ = writeln!(
                    notes,
                    "{} ({}): {error}",
                    record.benchmark, record.framework
                );
            }
        }
        let time = |x: Option<f64>| x.map_or("-".to_owned(), seconds);
        let ratio = match (
            ours.and_then(|r| r.median_s),
            numpy.and_then(|r| r.median_s),
        ) {
            (Some(ours), Some(numpy)) => Some(numpy / ours),
            _ => None,
        };
        logarithms.extend(ratio.map(f64::ln));
        let verdict = ours.and_then(|r| r.validated);
        judged += usize::from(verdict.is_some());
        valid += usize::from(verdict == Some(true));
        let verdict = match (verdict, ours.and_then(|r| r.error.as_ref())) {
            (Some(true), _) => "yes",
            (Some(false), _) => "NO",
            (None, Some(_)) => "failed",
            (None, None) => "-",
        };
        rows.push(vec![
            first.benchmark.to_owned(),
            time(ours.and_then(|r| r.median_s)),
            time(ours.and_then(|r| r.min_s)),
            time(numpy.and_then(|r| r.median_s)),
            ratio.map_or("-".to_owned(), |x| format!("{x:.2}x")),
            ours.and_then(|r| r.max_rel_err)
                .map_or("-".to_owned(), |x| format!("{x:.1e}")),
            verdict.to_owned(),
        ]);
    }
    let last = rows.len() - 1;
    if !logarithms.is_empty() {
        let mean = (logarithms.iter().sum::<f64>() / logarithms.len() as f64).exp();
        let mut row = vec![String::new(); 7];
        row[0] = format!("geometric mean of {}", logarithms.len());
        row[4] = format!("{mean:.2}x");
        rows.push(row);
    }
    let separators = if last == 0 || rows.len() - 1 == last {
        vec![0]
    } else {
        vec![0, last]
    };
    let mut text = table(&rows, 1..6, &separators);
    if judged > 0 {
        let _ = writeln!(text, "\n{valid} of {judged} validated");
    }
    if !notes.is_empty() {
        text.push('\n');
        text.push_str(&notes);
    }
    text
}

/// The list of programs.
pub fn list(programs: &[Program]) -> String {
    let mut rows = vec![
        ["name", "short", "domain", "dwarf", "sizes (S)"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for program in programs {
        let sizes: Vec<String> = program
            .sizes
            .iter()
            .zip(program.preset(Preset::S))
            .map(|(name, size)| format!("{name}={size}"))
            .collect();
        rows.push(vec![
            program.name.to_owned(),
            program.short.to_owned(),
            program.domain.to_owned(),
            program.dwarf.to_owned(),
            sizes.join(" "),
        ]);
    }
    table(&rows, 0..0, &[0])
}
