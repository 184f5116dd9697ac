//! The roofline: operations in a second over operations a byte, with the ceilings of the machine.

use crate::ceilings::Kind;
use crate::frameworks::Framework;
use crate::matrix::{Cell, Matrix};
use crate::programs::all;
use maud::{Markup, html};

/// Rates of a machine for a number of threads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ceilings {
    /// The better of copy and triad.
    pub(super) bandwidth: f64,
    pub(super) float64: f64,
    pub(super) float32: f64,
}

impl Ceilings {
    /// If all are known.
    pub(super) fn of(ceiling: impl Fn(Kind) -> Option<f64>) -> Option<Self> {
        Some(Self {
            bandwidth: ceiling(Kind::Copy)?.max(ceiling(Kind::Triad)?),
            float64: ceiling(Kind::Float64)?,
            float32: ceiling(Kind::Float32)?,
        })
    }

    fn peak(self, single: bool) -> f64 {
        if single { self.float32 } else { self.float64 }
    }
}

/// The ceiling that a program meets first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bound {
    Memory,
    Operations,
}

impl Bound {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Operations => "operations",
        }
    }
}

/// Where a program of ours stands.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) program: String,
    /// None where their number depends on data.
    pub(super) operations: Option<f64>,
    pub(super) bytes: f64,
    pub(super) seconds: f64,
    pub(super) bound: Bound,
    /// The least time that the ceilings allow over the measured one.
    pub(super) share: f64,
    pub(super) numpy_seconds: Option<f64>,
    pub(super) numpy_share: Option<f64>,
    single: bool,
}

impl Place {
    /// Operations a byte; none where there are none.
    pub(super) fn intensity(&self) -> Option<f64> {
        Some(self.operations.filter(|x| *x > 0.0)? / self.bytes)
    }

    /// Operations in a second.
    pub(super) fn rate(&self) -> Option<f64> {
        Some(self.operations.filter(|x| *x > 0.0)? / self.seconds)
    }
}

/// The places of all programs with a measurement of ours and known bytes.
pub(super) fn places(matrix: &Matrix, ceilings: Ceilings) -> Vec<Place> {
    let programs = all();
    let cells = |f| matrix.frameworks.iter().position(|g| *g == f);
    let Some(ours) = cells(Framework::DaceRs) else {
        return Vec::new();
    };
    let numpy = cells(Framework::Numpy);
    let seconds = |cell: &Cell| match cell {
        Cell::Measured { record, .. } => record.median_s,
        _ => None,
    };
    let place = |row: &crate::matrix::Row| {
        let Cell::Measured { record, .. } = &row.cells[ours] else {
            return None;
        };
        let (bytes, measured) = (record.minimum_bytes?, record.median_s?);
        let single = programs
            .iter()
            .find(|p| p.name == row.program)
            .is_some_and(crate::programs::Program::is_single);
        let moving = bytes / ceilings.bandwidth;
        let computing = record.operations.unwrap_or(0.0) / ceilings.peak(single);
        let least = moving.max(computing);
        let numpy_seconds = numpy.and_then(|k| seconds(&row.cells[k]));
        Some(Place {
            program: row.program.clone(),
            operations: record.operations,
            bytes,
            seconds: measured,
            bound: if computing > moving {
                Bound::Operations
            } else {
                Bound::Memory
            },
            share: least / measured,
            numpy_seconds,
            numpy_share: numpy_seconds.map(|s| least / s),
            single,
        })
    };
    matrix.rows.iter().filter_map(place).collect()
}

const SIZE: (f64, f64) = (960.0, 640.0);
/// Left, top, right and bottom of the field.
const FIELD: (f64, f64, f64, f64) = (58.0, 16.0, 930.0, 588.0);

/// Whole decades around some numbers.
struct Axis {
    from: i32,
    to: i32,
    begin: f64,
    end: f64,
}

impl Axis {
    fn around(numbers: impl Iterator<Item = f64>, begin: f64, end: f64) -> Self {
        let (low, high) = numbers
            .map(f64::log10)
            .filter(|x| x.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| {
                (a.min(x), b.max(x))
            });
        let from = low.floor() as i32;
        Self {
            from,
            to: (high.ceil() as i32).max(from + 1),
            begin,
            end,
        }
    }

    fn at(&self, x: f64) -> f64 {
        let share = (x.log10() - f64::from(self.from)) / f64::from(self.to - self.from);
        // Tenths of a unit are finer than can be seen.
        ((self.begin + share * (self.end - self.begin)) * 10.0).round() / 10.0
    }

    fn decades(&self) -> impl Iterator<Item = f64> {
        (self.from..=self.to).map(|k| 10_f64.powi(k))
    }
}

/// Our programs as points, NumPy's as rings, under the roofs.
pub(super) fn picture(ceilings: Ceilings, places: &[Place]) -> Markup {
    let shown: Vec<(&Place, f64, f64)> = places
        .iter()
        .filter_map(|p| Some((p, p.intensity()?, p.rate()?)))
        .collect();
    let roofs = [ceilings.float64, ceilings.float32];
    let ridges = roofs.map(|peak| peak / ceilings.bandwidth);
    let x = Axis::around(
        shown.iter().map(|s| s.1).chain(ridges.map(|x| x * 4.0)),
        FIELD.0,
        FIELD.2,
    );
    let numpy_rate = |p: &Place| Some(p.operations? / p.numpy_seconds?);
    let rates = shown
        .iter()
        .flat_map(|(p, _, rate)| [Some(*rate), numpy_rate(p)])
        .flatten();
    let y = Axis::around(rates.chain(roofs), FIELD.3, FIELD.1);
    let lowest = 10_f64.powi(x.from);
    let points = shown.iter().map(|(place, intensity, rate)| {
        let at = (x.at(*intensity), y.at(*rate));
        let numpy = numpy_rate(place).map(|rate| (at.0, y.at(rate)));
        (place.program.as_str(), at, numpy)
    });
    let names = place_names(&points.collect::<Vec<_>>());
    // The roof of memory begins at the left edge, or at the bottom where it is lower there.
    let start = lowest.max(10_f64.powi(y.from) / ceilings.bandwidth);
    html! {
        svg.roofline xmlns="http://www.w3.org/2000/svg" width=(SIZE.0) height=(SIZE.1) viewBox=(format!("0 0 {} {}", SIZE.0, SIZE.1))
            role="img" aria-label="Roofline" {
            @for tick in x.decades() {
                line.grid x1=(x.at(tick)) x2=(x.at(tick)) y1=(FIELD.1) y2=(FIELD.3) {}
                text x=(x.at(tick)) y=(FIELD.3 + 16.0) text-anchor="middle" { (tick) }
            }
            @for tick in y.decades() {
                line.grid x1=(FIELD.0) x2=(FIELD.2) y1=(y.at(tick)) y2=(y.at(tick)) {}
                text x=(FIELD.0 - 6.0) y=(y.at(tick) + 4.0) text-anchor="end" { (tick / 1e9) }
            }
            text x=(f64::midpoint(FIELD.0, FIELD.2)) y=(FIELD.3 + 34.0) text-anchor="middle" { "operations a byte" }
            text transform=(format!("translate(14 {}) rotate(-90)", f64::midpoint(FIELD.1, FIELD.3))) text-anchor="middle" { "GFLOP/s" }
            (roof(&x, &y, start, ceilings.bandwidth, ceilings.float32, "roof single"))
            (roof(&x, &y, start, ceilings.bandwidth, ceilings.float64, "roof"))
            text x=(FIELD.2 - 6.0) y=(y.at(ceilings.float32) - 6.0) text-anchor="end" { "float32 " (Kind::Float32.show(ceilings.float32)) }
            text x=(FIELD.2 - 6.0) y=(y.at(ceilings.float64) + 14.0) text-anchor="end" { "float64 " (Kind::Float64.show(ceilings.float64)) }
            @for (place, intensity, rate) in &shown {
                @if let Some(numpy) = numpy_rate(place) {
                    line.way x1=(x.at(*intensity)) x2=(x.at(*intensity)) y1=(y.at(numpy)) y2=(y.at(*rate)) {}
                    circle.numpy cx=(x.at(*intensity)) cy=(y.at(numpy)) r="3" {
                        title { (place.program) ", NumPy: " (Kind::Float64.show(numpy)) }
                    }
                }
            }
            @for ((place, ..), corner) in shown.iter().zip(names) {
                @if let Some((left, base)) = corner {
                    text.name x=(left) y=(base) { (place.program) }
                }
            }
            @for (place, intensity, rate) in &shown {
                circle class=(if place.single { "single-point" } else { "double" }) cx=(x.at(*intensity)) cy=(y.at(*rate)) r="4" {
                    title { (place.program) ": " (Kind::Float64.show(*rate)) ", " (super::percent(place.share)) " of the ceiling" }
                }
            }
            (legend())
        }
    }
}

/// Left, top, right, bottom.
type Area = (f64, f64, f64, f64);

/// Where the name of each point begins, by its left end and base line: beside its point, and on no other point or name. None where there is no room.
fn place_names(points: &[(&str, (f64, f64), Option<(f64, f64)>)]) -> Vec<Option<(f64, f64)>> {
    /// Of a letter of a name, and how much of it is over and under the base line.
    const LETTER: (f64, f64, f64) = (4.9, 7.0, 2.0);
    const LEGEND: (f64, f64) = (130.0, 56.0);
    let around = |(x, y): (f64, f64)| (x - 4.0, y - 4.0, x + 4.0, y + 4.0);
    let apart = |a: &Area, b: &Area| a.2 <= b.0 || b.2 <= a.0 || a.3 <= b.1 || b.3 <= a.1;
    let mut taken = vec![(FIELD.0, FIELD.1, FIELD.0 + LEGEND.0, FIELD.1 + LEGEND.1)];
    taken.extend(points.iter().map(|p| around(p.1)));
    taken.extend(points.iter().filter_map(|p| p.2).map(around));
    let mut place = |(name, (x, y), _): &(&str, (f64, f64), Option<(f64, f64)>)| {
        let width = LETTER.0 * name.chars().count() as f64;
        let (right, left) = (x + 5.0, x - 5.0 - width);
        let places = [
            (right, y + 3.0),
            (left, y + 3.0),
            (right - 1.0, y - 4.0),
            (right - 1.0, y + 10.0),
            (left + 1.0, y - 4.0),
            (left + 1.0, y + 10.0),
            (x - width / 2.0, y - 7.0),
            (x - width / 2.0, y + 13.0),
        ];
        let found = places.into_iter().find_map(|(left, base)| {
            let area = (left, base - LETTER.1, left + width, base + LETTER.2);
            let inside =
                area.0 > FIELD.0 && area.2 < FIELD.2 && area.1 > FIELD.1 && area.3 < FIELD.3;
            (inside && taken.iter().all(|other| apart(&area, other))).then_some((left, base, area))
        });
        found.map(|(left, base, area)| {
            taken.push(area);
            let tenth = |x: f64| (x * 10.0).round() / 10.0;
            (tenth(left), tenth(base))
        })
    };
    points.iter().map(&mut place).collect()
}

/// Up the bandwidth of memory, then along the peak.
fn roof(x: &Axis, y: &Axis, start: f64, bandwidth: f64, peak: f64, class: &str) -> Markup {
    let ridge = peak / bandwidth;
    let points = [
        (start, start * bandwidth),
        (ridge, peak),
        (10_f64.powi(x.to), peak),
    ];
    let points: Vec<String> = points
        .iter()
        .map(|(a, b)| format!("{},{}", x.at(*a), y.at(*b)))
        .collect();
    html! { polyline class=(class) points=(points.join(" ")) {} }
}

fn legend() -> Markup {
    let entries = [
        ("double", "dace-rs, float64"),
        ("single-point", "dace-rs, float32"),
        ("numpy", "NumPy"),
    ];
    html! {
        @for (k, (class, text)) in entries.into_iter().enumerate() {
            @let y = FIELD.1 + 14.0 + 16.0 * k as f64;
            circle class=(class) cx=(FIELD.0 + 14.0) cy=(y) r="4" {}
            text x=(FIELD.0 + 24.0) y=(y + 4.0) { (text) }
        }
    }
}
