//! Keeps an accumulator in a scalar while a map adds to it.
//!
//! ```text
//! map i in 0:N, k in 0:M { s[i] += a[i, k] }      map i in 0:N {
//!                                                     acc = 0
//!                                                     map k in 0:M { acc += a[i, k] }
//!                                                     s[i] += acc
//!                                                 }
//! ```
//!
//! Where the element is given its start value just before, `acc` takes that and the element is simply written.
//!
//! The first step, splitting the map into parameters that choose the accumulator and parameters that run over what is combined, is not made where a
//! contiguous access would become a strided one. The second is made for any map that combines into one element only.

use super::common::{Alone, Footprint, as_map, as_map_mut, defined_symbols, shapes, walk};
use super::map_fusion::may_be_outer;
use crate::pipeline::Options;
use crate::sdfg::{
    Block, Code, DataId, Map, Memlet, Region, Sdfg, State, Tasklet, accesses_of_region,
};
use crate::symbolic::{Dim, Expr, Facts, Sym};
use std::collections::BTreeSet;

/// Returns how many maps it split and accumulators it made.
pub fn run(sdfg: &mut Sdfg, options: &Options) -> usize {
    let mut changes = 0;
    walk(sdfg, &mut |sdfg, region, facts, _| {
        for block in &mut region.blocks {
            if let Some(map) = as_map_mut(block) {
                changes += usize::from(split(map));
            }
        }
        changes += localize(sdfg, region, facts, options);
    });
    changes
}

/// Splits off the parameters that do not choose the element combined into.
fn split(map: &mut Map) -> bool {
    let Some(targets) = targets(map) else {
        return false;
    };
    let chooses = |p: &Sym| targets.iter().all(|m| m.subset.contains_sym(p));
    let chosen: Vec<Sym> = map.params.iter().filter(|p| chooses(p)).cloned().collect();
    let outer: Vec<Sym> = {
        let mut outer = chosen;
        loop {
            let kept: Vec<Sym> = outer
                .iter()
                .filter(|p| may_be_outer(map, p, &outer))
                .cloned()
                .collect();
            if kept.len() == outer.len() {
                break kept;
            }
            outer = kept;
        }
    };
    // What stays inside must all be run over, else the split gains nothing.
    let inner_runs = map
        .params
        .iter()
        .filter(|p| !outer.contains(p))
        .all(|p| targets.iter().all(|m| !m.subset.contains_sym(p)));
    if outer.is_empty() || outer.len() == map.params.len() || !inner_runs {
        return false;
    }
    split_off(map, &outer);
    true
}

/// Makes a map over `outer` of a map over the rest.
pub fn split_off(map: &mut Map, outer: &[Sym]) {
    let body = std::mem::take(&mut map.body);
    let all: Vec<_> = std::mem::take(&mut map.params)
        .into_iter()
        .zip(std::mem::take(&mut map.ranges))
        .collect();
    let (outside, inside): (Vec<_>, Vec<_>) = all.into_iter().partition(|(p, _)| outer.contains(p));
    let (params, ranges) = inside.into_iter().unzip();
    let inner = Map {
        name: map.name.clone(),
        params,
        ranges,
        schedule: map.schedule,
        body,
        explicit: map.explicit,
        span: map.span,
    };
    (map.params, map.ranges) = outside.into_iter().unzip();
    map.body = Region::new(vec![Block::State(State::of_map(inner))]);
}

/// The elements that a map of simple statements combines into, if it writes nothing else that is seen outside.
fn targets(map: &Map) -> Option<Vec<Memlet>> {
    if !map.body.blocks.iter().all(|b| Alone::of(b).is_some()) {
        return None;
    }
    let mut found = Vec::new();
    let mut plain = BTreeSet::new();
    let mut reads = BTreeSet::new();
    accesses_of_region(&map.body, &mut |a| {
        if !a.write {
            reads.insert(a.memlet.data);
        } else if a.memlet.wcr.is_some() {
            found.push(a.memlet.clone());
        } else {
            plain.insert(a.memlet.data);
        }
    });
    // Plain writes must be of scalars private to the iteration: written here, and nowhere the map could be seen to write.
    let fine = !found.is_empty()
        && plain.iter().all(|d| {
            map.body.blocks.iter().any(|b| {
                Alone::of(b).is_some_and(|t| t.output.data == *d && t.output.subset.rank() == 0)
            })
        })
        && found.iter().all(|m| {
            !reads.contains(&m.data) && !plain.contains(&m.data) && m.subset.as_point().is_some()
        });
    fine.then_some(found)
}

/// In a region, gives each map that combines into one element a scalar to combine into.
fn localize(sdfg: &mut Sdfg, region: &mut Region, facts: &Facts, options: &Options) -> usize {
    let mut changes = 0;
    let mut k = 0;
    while k < region.blocks.len() {
        let candidate = as_map(&region.blocks[k]).and_then(|map| accumulator(sdfg, map));
        let Some((target, span)) = candidate else {
            k += 1;
            continue;
        };
        let plain = Memlet {
            wcr: None,
            dynamic: false,
            ..target.clone()
        };
        let start = start_value(sdfg, region, k, &plain);
        // Without its start value in sight the element may be combined into by other iterations around, and it may be outside where the map is idle.
        let safe = || !options.strict_fp && inside(&target, &sdfg.desc(target.data).shape, facts);
        let Some(wcr) = target.wcr.filter(|_| start.is_some() || safe()) else {
            k += 1;
            continue;
        };
        changes += 1;
        let desc = sdfg.desc(target.data);
        let (name, dtype) = (format!("{}_acc", desc.name), desc.dtype);
        let acc = sdfg.add_transient(&name, dtype, Vec::new());
        if let Some(map) = as_map_mut(&mut region.blocks[k]) {
            let mut map = map.clone();
            map.body.visit_memlets_mut(&mut |m| {
                if m.data == target.data {
                    *m = Memlet {
                        wcr: m.wcr,
                        dynamic: m.dynamic,
                        ..Memlet::scalar(acc)
                    };
                }
            });
            super::common::rebuild_access(&mut map.body);
            region.blocks[k] = Block::State(State::of_map(map));
        }
        let tasklet = |name: &str, code: Code, inputs: Vec<Memlet>, to: Memlet| {
            Block::State(State::of_tasklet(
                Tasklet::new(name, code, span),
                inputs,
                to,
            ))
        };
        let store = if start.is_some() {
            plain
        } else {
            plain.with_wcr(wcr)
        };
        region.blocks.insert(
            k + 1,
            tasklet("store", Code::In(0), vec![Memlet::scalar(acc)], store),
        );
        if let Some(at) = start {
            // The start value goes to the scalar at once.
            if let Some(mut start) = Alone::of(&region.blocks[at]) {
                start.output = Memlet::scalar(acc);
                region.blocks[at] = start.into_block();
            }
            k += 2;
        } else {
            region.blocks.insert(
                k,
                tasklet(
                    "start",
                    Code::Const(wcr.identity(dtype)),
                    Vec::new(),
                    Memlet::scalar(acc),
                ),
            );
            k += 3;
        }
    }
    changes
}

/// Proved to be an element of a container of this shape.
fn inside(memlet: &Memlet, shape: &[Expr], facts: &Facts) -> bool {
    memlet
        .subset
        .0
        .iter()
        .zip(shape)
        .all(|(d, n)| matches!(d, Dim::Index(e) if facts.is_nonneg(e) && facts.lt(e, n)))
}

/// The element into which a map combines, the same in all of its iterations, if it is not a scalar of its own already.
fn accumulator(sdfg: &Sdfg, map: &Map) -> Option<(Memlet, crate::diag::Span)> {
    let mut inner = defined_symbols(&map.body);
    inner.extend(map.params.iter().cloned());
    let mut found: Option<Memlet> = None;
    let mut refused: BTreeSet<DataId> = BTreeSet::new();
    let mut candidates: Vec<Memlet> = Vec::new();
    accesses_of_region(&map.body, &mut |a| {
        let fixed = a
            .memlet
            .subset
            .0
            .iter()
            .all(|d| matches!(d, Dim::Index(e) if e.symbols().is_disjoint(&inner)));
        if a.write && a.memlet.wcr.is_some() && fixed {
            candidates.push(a.memlet.clone());
        } else {
            refused.insert(a.memlet.data);
        }
    });
    for m in &candidates {
        let scalar = sdfg.desc(m.data).is_scalar();
        let alike = candidates
            .iter()
            .filter(|c| c.data == m.data)
            .all(|c| c.subset == m.subset && c.wcr == m.wcr);
        if !scalar && alike && !refused.contains(&m.data) {
            found = Some(m.clone());
            break;
        }
    }
    found.map(|m| (m, map.span))
}

/// The block before `k` that overwrites the element, if nothing between touches it and its value is only used here.
fn start_value(sdfg: &Sdfg, region: &Region, k: usize, element: &Memlet) -> Option<usize> {
    let shapes = shapes(sdfg);
    for at in (0..k).rev() {
        let print = Footprint::of(&region.blocks[at], &shapes);
        if let Some(t) = Alone::of(&region.blocks[at])
            && t.writes_plainly()
            && t.output.data == element.data
            && t.output.subset == element.subset
        {
            return t
                .inputs
                .iter()
                .all(|m| m.data != element.data)
                .then_some(at);
        }
        if print.jumps
            || print.touches(element.data)
            || print.assigns.iter().any(|s| element.subset.contains_sym(s))
        {
            return None;
        }
    }
    None
}
