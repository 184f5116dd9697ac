//! Loops whose iterations are independent become maps.
//!
//! ```text
//! for i in range(N - 1, -1, -1):          map i in 0:N:
//!     t = A[i] * 2                    →       t_0 = A[i] * 2
//!     B[i] = t + 1                            B[i] = t_0 + 1
//! ```
//!
//! A transient that each iteration writes before it reads gets a container of its own for the body, so that it is
//! private to the map. Loops that may be left early, and loops whose variable is used after them, stay.

use super::privatise::give_own;
use crate::analysis::parallel::{Plan, plan};
use crate::analysis::scope::{Step, bodies, region_at_mut};
use crate::pipeline::Options;
use crate::sdfg::{Block, LoopKind, Map, Schedule, Sdfg, State, propagate};
use crate::symbolic::Range;

/// Turns every loop that allows it into a map, inner ones first. Returns how many.
pub fn run(sdfg: &mut Sdfg, _options: &Options) -> usize {
    let mut changes = 0;
    for path in bodies(&sdfg.body) {
        if matches!(path.last(), Some(Step::Loop(_)))
            && let Ok(plan) = plan(sdfg, &path)
        {
            changes += usize::from(apply(sdfg, &path, &plan));
        }
    }
    if changes > 0 {
        propagate(sdfg);
    }
    changes
}

/// Turns the loop whose body is at the end of `path` into a map, by a plan made for it.
pub fn apply(sdfg: &mut Sdfg, path: &[Step], plan: &Plan) -> bool {
    give_own(sdfg, path, &plan.renamed);
    convert(sdfg, path)
}

fn convert(sdfg: &mut Sdfg, path: &[Step]) -> bool {
    let Some((last, outer)) = path.split_last() else {
        return false;
    };
    let Some(region) = region_at_mut(&mut sdfg.body, outer) else {
        return false;
    };
    let Some(Block::Loop(l)) = region.blocks.get_mut(last.block()) else {
        return false;
    };
    let LoopKind::For { var, range } = &l.kind else {
        return false;
    };
    let map = Map {
        name: var.to_string(),
        params: vec![var.clone()],
        ranges: vec![ascending(range)],
        schedule: Schedule::Default,
        body: std::mem::take(&mut l.body),
        explicit: false,
        span: l.span,
    };
    region.blocks[last.block()] = Block::State(State::of_map(map));
    true
}

/// The same values with a positive step.
fn ascending(range: &Range) -> Range {
    let (begin, end) = (&range.begin, &range.end);
    match range.step.as_int() {
        Some(step) if step < 0 => {
            // The last value is the one within a step above the end; of an empty range nothing remains, since it then
            // lies above the begin.
            let rest = (begin - end - 1).modulo(&(-step).into());
            Range::new(end + 1 + rest, begin + 1, -step)
        }
        _ => range.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descending_ranges() {
        for begin in -7i64..8 {
            for end in -7i64..8 {
                for step in [-1, -2, -3, -5] {
                    let expected: Vec<i64> = (0..20)
                        .map(|k| begin + k * step)
                        .take_while(|v| *v > end)
                        .collect();
                    let r = ascending(&Range::new(begin, end, step));
                    let value = |e: &crate::symbolic::Expr| e.as_int().expect("constant");
                    let mut found: Vec<i64> = (value(&r.begin)..value(&r.end))
                        .step_by(value(&r.step) as usize)
                        .collect();
                    found.reverse();
                    assert_eq!(found, expected, "range({begin}, {end}, {step})");
                }
            }
        }
    }
}
