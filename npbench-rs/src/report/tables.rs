//! The tables of the page.

use super::missing;
use super::roofline::Place;
use crate::frameworks::Framework;
use crate::matrix::{Cell, Matrix};
use crate::plot::{factor, measured};
use crate::record::Record;
use crate::table::{failures as grouped, interval, seconds};
use maud::{Markup, html};

fn header(matrix: &Matrix) -> Markup {
    html! {
        thead {
            tr {
                th { "Program" }
                @for framework in &matrix.frameworks { th { (framework.title()) } }
            }
        }
    }
}

/// Medians of all frameworks.
pub(super) fn times(matrix: &Matrix) -> Markup {
    html! {
        table {
            (header(matrix))
            tbody {
                @for row in &matrix.rows {
                    @let best = fastest(&row.cells);
                    tr {
                        td { (row.program) }
                        @for (k, cell) in row.cells.iter().enumerate() { (time(cell, best == Some(k))) }
                    }
                }
            }
            tfoot {
                tr {
                    td { "Speed over NumPy" }
                    @for framework in &matrix.frameworks {
                        @let (mean, count) = matrix.mean(*framework);
                        td title=(format!("geometric mean of {count} programs")) { (mean.map_or_else(String::new, factor)) }
                    }
                }
            }
        }
    }
}

/// The place of the shortest median.
fn fastest(cells: &[Cell]) -> Option<usize> {
    let median = |cell: &Cell| match cell {
        Cell::Measured { record, .. } => record.median_s,
        _ => None,
    };
    let all = cells.iter().enumerate();
    all.filter_map(|(k, cell)| Some((k, median(cell)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(k, _)| k)
}

fn time(cell: &Cell, best: bool) -> Markup {
    match cell {
        Cell::Measured { record, .. } => html! {
            td .best[best] title=(measured(record)) {
                (record.median_s.map_or_else(String::new, seconds))
                @if let Some((low, high)) = record.interval_s {
                    small { (interval(low, high)) }
                }
            }
        },
        cell => {
            let (text, reason, class) = missing(cell);
            html! { td class=(class) title=(reason) { (text) } }
        }
    }
}

/// What did not run or is wrong, by framework and reason.
pub(super) fn failures(records: &[Vec<Record>]) -> Markup {
    let found = grouped(records);
    html! {
        @if !found.is_empty() {
            h2 { "What did not run or is wrong" }
            ul.failures {
                @for failure in found {
                    li { strong { (failure.contestant) } ": " (failure.programs.join(", ")) ": " code { (failure.reason) } }
                }
            }
        }
    }
}

/// How long compiling took; none where nothing was compiled at run time.
pub(super) fn compile_times(matrix: &Matrix) -> Option<Markup> {
    let compile = |cell: &Cell| match cell {
        Cell::Measured { record, .. } => record.compile_s,
        _ => None,
    };
    let columns: Vec<(usize, &Framework)> = matrix
        .frameworks
        .iter()
        .enumerate()
        .filter(|(_, f)| matrix.column(**f).any(|cell| compile(cell).is_some()))
        .collect();
    if columns.is_empty() {
        return None;
    }
    let show = |x: Option<f64>| x.map_or_else(String::new, |x| format!("{x:.2}"));
    let total = |f: Framework| matrix.column(f).filter_map(compile).sum::<f64>();
    Some(html! {
        table {
            thead {
                tr {
                    th { "Program" }
                    @for (_, framework) in &columns { th { (framework.title()) } }
                }
            }
            tbody {
                @for row in &matrix.rows {
                    tr {
                        td { (row.program) }
                        @for (k, _) in &columns { td { (show(compile(&row.cells[*k]))) } }
                    }
                }
            }
            tfoot {
                tr {
                    td { "All" }
                    @for (_, framework) in &columns { td { (show(Some(total(**framework)))) } }
                }
            }
        }
    })
}

/// How near programs come to the ceilings.
pub(super) fn shares(places: &[Place]) -> Markup {
    let share = |share: f64| html! { (super::percent(share)) };
    html! {
        table {
            thead {
                tr {
                    th { "Program" } th { "Operations" } th { "Least bytes" } th { "Operations a byte" } th { "GFLOP/s" } th { "GB/s" }
                    th { "Bound by" } th { "Share of the ceiling" } th { "NumPy's share" }
                }
            }
            tbody {
                @for place in places {
                    tr {
                        td { (place.program) }
                        td { (place.operations.map_or_else(|| "depend on data".to_owned(), |x| format!("{x:.3e}"))) }
                        td { (format!("{:.3e}", place.bytes)) }
                        td { (place.intensity().map_or_else(String::new, |x| format!("{x:.2}"))) }
                        td { (place.rate().map_or_else(String::new, |x| format!("{:.2}", x / 1e9))) }
                        td { (format!("{:.2}", place.bytes / place.seconds / 1e9)) }
                        td { (place.bound.text()) }
                        td {
                            (share(place.share))
                            span.share { i style=(format!("width:{:.1}%", 100.0 * place.share.min(1.0))) {} }
                        }
                        td { (place.numpy_share.map_or_else(|| html! {}, share)) }
                    }
                }
            }
        }
    }
}
