//! A page with all results of a database: HTML that needs nothing else.

mod roofline;
mod tables;

use crate::ceilings::Kind;
use crate::database::Selection;
use crate::frameworks::Framework;
use crate::matrix::{Cell, Matrix};
use crate::memory;
use crate::plot::{factor, heat_map};
use crate::record::Record;
use crate::statistics::median;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use roofline::{Ceilings, Place};

const STYLE: &str = include_str!("style.css");

/// The page for a selection, with the rate of each ceiling that is known for its machine and threads.
pub fn page(selection: &Selection, ceiling: impl Fn(Kind) -> Option<f64>) -> String {
    let records = selection.by_program();
    let matrix = Matrix::new(&records);
    let plan = &selection.plan;
    let ceilings = Ceilings::of(ceiling);
    let places = ceilings.map_or(Vec::new(), |c| roofline::places(&matrix, c));
    let title = format!(
        "NPBench, preset {}, on {}",
        plan.preset, plan.machine.processor
    );
    let html = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "NPBench, preset " (plan.preset) }
                p.soft { (selection.date) " UTC" }
                (figures(&matrix, &records, &places))
                (machine(selection, &records))
                section {
                    h2 { "Speed over NumPy" }
                    @match heat_map(&matrix, &[]) {
                        Ok(picture) => figure { (picture) },
                        Err(why) => p.soft { (why) },
                    }
                }
                section {
                    h2 { "Times" }
                    p.soft {
                        "Medians of the fastest valid mode with 95 % bootstrap intervals. The fastest framework of a program is bold; what is wrong
                         with a result is told under the pointer and below."
                    }
                    div.wide { (tables::times(&matrix)) }
                    (tables::failures(&records))
                }
                section {
                    h2 { "Against the ceilings of the machine" }
                    (roofs(ceilings, &places, plan.threads))
                }
                @if let Some(table) = tables::compile_times(&matrix) {
                    section {
                        h2 { "Compile times" }
                        p.soft { "Seconds to compile a program at run time, or by a compiler called then. dace-rs compiles programs with the crate they stand in." }
                        div.wide { (table) }
                    }
                }
            }
        }
    };
    html.into_string()
}

/// What the page comes to.
fn figures(matrix: &Matrix, records: &[Vec<Record>], places: &[Place]) -> Markup {
    let ours: Vec<&Record> = records
        .iter()
        .flatten()
        .filter(|r| r.framework == Framework::DaceRs.name())
        .collect();
    let judged = ours.iter().filter(|r| r.validated.is_some()).count();
    let valid = ours.iter().filter(|r| r.validated == Some(true)).count();
    let (mean, count) = matrix.mean(Framework::DaceRs);
    let shares: Vec<f64> = places.iter().map(|p| p.share).collect();
    html! {
        ul.figures {
            @if let Some(mean) = mean {
                li { strong { (factor(mean)) } "dace-rs over NumPy, geometric mean of " (count) }
            }
            @if judged > 0 {
                li { strong { (valid) " of " (judged) } "results of dace-rs valid" }
            }
            @if let Some(share) = median(&shares) {
                li { strong { (percent(share)) } "of the ceiling reached by dace-rs, median" }
            }
        }
    }
}

fn percent(share: f64) -> String {
    match share * 100.0 {
        x if x > 0.0 && x < 0.0095 => "< 0.01 %".to_owned(),
        x if x > 0.0 && x < 0.095 => format!("{x:.2} %"),
        x if x < 9.95 => format!("{x:.1} %"),
        x => format!("{x:.0} %"),
    }
}

/// Where and how it was measured.
fn machine(selection: &Selection, records: &[Vec<Record>]) -> Markup {
    let plan = &selection.plan;
    let mut versions: Vec<String> = Vec::new();
    for framework in Framework::ALL {
        let mut of = records.iter().flatten();
        let found = of.find(|r| r.framework == framework.name() && !r.version.is_empty());
        if let Some(record) = found {
            versions.push(format!("{} {}", framework.title(), record.version));
        }
    }
    html! {
        dl {
            dt { "Processor" } dd { (plan.machine.processor) }
            dt { "Cores" } dd { (plan.machine.cores) ", of which each framework used " (plan.threads) }
            @if let Some(memory) = plan.machine.memory {
                dt { "Memory" } dd { (memory::show(memory)) }
            }
            dt { "System" } dd { (plan.machine.system) }
            dt { "Timed runs" } dd { (plan.repeat) " of each" }
            dt { "Frameworks" } dd { (versions.join(", ")) }
        }
    }
}

fn roofs(ceilings: Option<Ceilings>, places: &[Place], threads: usize) -> Markup {
    let Some(ceilings) = ceilings else {
        return html! {
            p.soft { "Not measured for " (threads) " threads: " code { "npbench ceilings --threads " (threads) } " does so." }
        };
    };
    html! {
        p {
            "Operations and least bytes are the compiler's count. The least time of a program is what it takes to move those bytes at the
             bandwidth of memory, or to do those operations at the peak of multiply-adds, whichever is longer; the share of the ceiling is the
             least time over the measured one. Programs whose data stay in the caches may exceed the bandwidth of memory; a product
             with the own transpose, of which half need not be computed, may exceed the peak."
        }
        p.soft {
            "With " (threads) " threads: memory " (Kind::Triad.show(ceilings.bandwidth)) ", float64 " (Kind::Float64.show(ceilings.float64))
            ", float32 " (Kind::Float32.show(ceilings.float32)) "."
        }
        @if places.is_empty() {
            p.soft { "No measurement of dace-rs to compare with them." }
        } @else {
            figure { (roofline::picture(ceilings, places)) }
            div.wide { (tables::shares(places)) }
        }
    }
}

/// The text of a cell without a time, and how it is shown.
fn missing(cell: &Cell) -> (&'static str, &str, &'static str) {
    match cell {
        Cell::Invalid { reason } => ("invalid", reason, "bad"),
        Cell::Timeout => ("timeout", "used up its time", "none"),
        Cell::Failed { reason } => ("–", reason, "none"),
        Cell::Absent | Cell::Measured { .. } => ("", "not measured", "none"),
    }
}

#[cfg(test)]
mod tests;
