//! NPBench's heat map: programs down, frameworks across, speed over NumPy in colour.

use super::colour::Scale;
use crate::frameworks::Framework;
use crate::matrix::{Cell, Matrix};
use crate::record::Record;
use crate::table::{interval, seconds};
use maud::{Markup, html};
use std::fmt::Write;

/// Sizes in the picture's units.
const CELL: (f64, f64) = (76.0, 18.0);
const GAP: f64 = 1.0;
const MARGIN: f64 = 12.0;
const HEADER: f64 = 24.0;
const FONT: f64 = 11.0;
/// About the width of a letter in names.
const LETTER: f64 = 6.0;

/// Fonts for viewers; our own picture files are drawn with the first.
pub(super) const FAMILY: &str = "Roboto, Helvetica, Arial, sans-serif";

/// The picture as SVG. `notes` are the lines under it.
///
/// Letters have the picture's own colour (`color`), so that a page may choose it.
pub fn heat_map(matrix: &Matrix, notes: &[String]) -> Result<Markup, String> {
    if matrix.column(Framework::Numpy).all(|c| c.speed().is_none()) {
        return Err("no measurement of NumPy, which the heat map compares with: npbench run -f dace-rs,numpy".into());
    }
    let peers = matrix.frameworks.iter().filter(|f| **f != Framework::Numpy);
    let speeds: Vec<f64> = peers
        .flat_map(|f| matrix.column(*f))
        .filter_map(Cell::speed)
        .collect();
    let scale = Scale::of(&speeds);
    let longest = matrix
        .rows
        .iter()
        .map(|row| row.program.chars().count())
        .max();
    let left = MARGIN + LETTER * longest.unwrap_or(0).max(16) as f64 + 8.0;
    let right = left + CELL.0 * matrix.frameworks.len() as f64;
    let top = MARGIN + HEADER;
    // The means stand between two lines over the programs.
    let body = top + CELL.1 + 6.0;
    let bottom = body + CELL.1 * matrix.rows.len() as f64;
    let legend = bottom + 16.0;
    let note = notes.iter().map(|n| n.chars().count()).max().unwrap_or(0);
    let width = (right + MARGIN)
        .max(left + 350.0)
        .max(2.0 * MARGIN + LETTER * note as f64);
    let height = legend + 46.0 + 15.0 * notes.len() as f64 + MARGIN;
    let column = |k: usize| left + CELL.0 * k as f64;
    Ok(html! {
        svg xmlns="http://www.w3.org/2000/svg" class="heat-map" role="img" aria-label="Speed over NumPy"
            width=(width) height=(height) viewBox=(format!("0 0 {width} {height}"))
            font-family=(FAMILY) font-size=(FONT) color="#1c1c1c" fill="currentColor" {
            defs {
                pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect width="6" height="6" fill="#e4e4e4" {}
                    rect width="2" height="6" fill="#c3c3c3" {}
                }
            }
            @for (k, framework) in matrix.frameworks.iter().enumerate() {
                (label(column(k) + CELL.0 / 2.0, top - 9.0, "middle", true, framework.title()))
                (mean(matrix, *framework, scale, column(k), top))
            }
            (label(left - 8.0, top + baseline(), "end", true, "geometric mean"))
            (line(left, right, body - 3.0))
            @for (r, row) in matrix.rows.iter().enumerate() {
                @let y = body + CELL.1 * r as f64;
                (label(left - 8.0, y + baseline(), "end", false, &row.program))
                @for ((k, framework), cell) in matrix.frameworks.iter().enumerate().zip(&row.cells) {
                    g {
                        title { (hint(&row.program, *framework, cell)) }
                        (cell_content(*framework, cell, scale, column(k), y))
                    }
                }
            }
            (bar(scale, left, legend))
            (marks(left + 210.0, legend, right - left > 480.0))
            @for (k, note) in notes.iter().enumerate() {
                (label(MARGIN, legend + 58.0 + 15.0 * k as f64, "start", false, note))
            }
        }
    })
}

/// Where letters stand in a cell.
fn baseline() -> f64 {
    CELL.1 / 2.0 + FONT * 0.36
}

fn label(x: f64, y: f64, anchor: &str, bold: bool, text: &str) -> Markup {
    html! {
        text x=(x) y=(y) text-anchor=(anchor) font-weight=[bold.then_some("bold")] { (text) }
    }
}

fn line(from: f64, to: f64, y: f64) -> Markup {
    html! { line x1=(from) x2=(to) y1=(y) y2=(y) stroke="currentColor" stroke-width="1" {} }
}

fn rectangle(x: f64, y: f64, fill: &str) -> Markup {
    html! {
        rect x=(x + GAP / 2.0) y=(y + GAP / 2.0) width=(CELL.0 - GAP) height=(CELL.1 - GAP) rx="2" fill=(fill) {}
    }
}

fn in_cell(x: f64, y: f64, ink: Option<&str>, bold: bool, text: &str) -> Markup {
    html! {
        text x=(x + CELL.0 / 2.0) y=(y + baseline()) text-anchor="middle" fill=[ink] font-weight=[bold.then_some("bold")] { (text) }
    }
}

/// A coloured cell with a speed.
fn speed_cell(speed: f64, scale: Scale, bold: bool, x: f64, y: f64) -> Markup {
    let colour = scale.colour(speed);
    html! {
        (rectangle(x, y, &colour.css()))
        (in_cell(x, y, Some(colour.ink()), bold, &factor(speed)))
    }
}

fn cell_content(framework: Framework, cell: &Cell, scale: Scale, x: f64, y: f64) -> Markup {
    match cell {
        Cell::Measured { record, speed } => match speed {
            Some(speed) if framework != Framework::Numpy => speed_cell(*speed, scale, false, x, y),
            _ => in_cell(
                x,
                y,
                None,
                false,
                &record.median_s.map_or_else(String::new, seconds),
            ),
        },
        Cell::Invalid { .. } => html! {
            (rectangle(x, y, "url(#hatch)"))
            (in_cell(x, y, Some("#444"), false, "invalid"))
        },
        Cell::Timeout => html! {
            (rectangle(x, y, "#e4e4e4"))
            (in_cell(x, y, Some("#444"), false, "timeout"))
        },
        Cell::Failed { .. } => html! {
            (rectangle(x, y, "#e4e4e4"))
            (in_cell(x, y, Some("#444"), false, "–"))
        },
        Cell::Absent => html! {},
    }
}

/// The mean speed of a framework, of how many programs where not of all.
fn mean(matrix: &Matrix, framework: Framework, scale: Scale, x: f64, y: f64) -> Markup {
    match matrix.mean(framework) {
        (Some(mean), count) if framework != Framework::Numpy => html! {
            g {
                title { "of " (count) " programs" }
                (speed_cell(mean, scale, true, x, y))
            }
        },
        _ => html! {},
    }
}

/// What a pointer over a cell is told.
fn hint(program: &str, framework: Framework, cell: &Cell) -> String {
    let title = framework.title();
    match cell {
        Cell::Measured { record, .. } => format!("{program}, {title}: {}", measured(record)),
        Cell::Invalid { reason } => format!("{program}, {title}: invalid: {reason}"),
        Cell::Timeout => format!("{program}, {title}: timeout"),
        Cell::Failed { reason } => format!("{program}, {title}: {reason}"),
        Cell::Absent => format!("{program}, {title}: not measured"),
    }
}

/// The median with its interval and mode.
pub fn measured(record: &Record) -> String {
    let mut text = record.median_s.map_or_else(String::new, seconds);
    if let Some((low, high)) = record.interval_s {
        let _ = write!(text, " ({})", interval(low, high));
    }
    if !record.mode.is_empty() {
        let _ = write!(text, ", {}", record.mode);
    }
    text
}

/// How many times faster.
pub fn factor(speed: f64) -> String {
    match speed {
        x if x >= 99.95 => format!("{x:.0}×"),
        x if x >= 9.995 => format!("{x:.1}×"),
        x => format!("{x:.2}×"),
    }
}

/// The legend of the colours.
fn bar(scale: Scale, x: f64, y: f64) -> Markup {
    const STEPS: usize = 45;
    const WIDTH: f64 = 180.0;
    let speed = |share: f64| scale.limit.powf(2.0 * share - 1.0);
    let step = WIDTH / STEPS as f64;
    let ticks = [0.0, 0.5, 1.0];
    html! {
        @for k in 0..STEPS {
            @let share = (k as f64 + 0.5) / STEPS as f64;
            rect x=(x + step * k as f64) y=(y) width=(step + 0.3) height="10" fill=(scale.colour(speed(share)).css()) {}
        }
        @for share in ticks {
            @let text = match share {
                0.0 => format!("1/{}×", scale.limit),
                0.5 => "1×".to_owned(),
                _ => format!("{}×", scale.limit),
            };
            (label(x + WIDTH * share, y + 23.0, "middle", false, &text))
        }
        (label(x, y + 36.0, "start", false, "slower than NumPy"))
        (label(x + WIDTH, y + 36.0, "end", false, "faster"))
    }
}

/// The legend of cells without a speed, in one line or in two.
fn marks(x: f64, y: f64, wide: bool) -> Markup {
    let entries = [
        ("url(#hatch)", "wrong results"),
        ("#e4e4e4", "does not run, or too long"),
    ];
    html! {
        @for (k, (fill, text)) in entries.into_iter().enumerate() {
            @let (dx, dy) = if wide { (110.0 * k as f64, 0.0) } else { (0.0, 18.0 * k as f64) };
            rect x=(x + dx) y=(y + dy) width="14" height="10" rx="2" fill=(fill) {}
            (label(x + dx + 20.0, y + dy + 9.0, "start", false, text))
        }
    }
}
