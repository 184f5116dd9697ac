//! Moves a sequential loop around a map into the map, where the iterations of the map never meet.
//!
//! ```text
//! for t in 0:T { map i, j { z[i, j] = z[i, j] * z[i, j] + c[i, j] } }
//!
//! map i { for t in 0:T { map j { z[i, j] = z[i, j] * z[i, j] + c[i, j] } } }
//! ```
//!
//! A row then stays in the cache for the whole loop, and the cores start once. The last parameter stays inside, so that it still runs along memory,
//! unless it is the loop that does: in columns of `z[i, j, t]` nothing stays inside.

use super::common::{Alone, as_map, count_accesses, count_in_block, defined_symbols, walk};
use super::wcr_locality::split_off;
use crate::pipeline::Options;
use crate::sdfg::{
    Block, DataId, Loop, LoopKind, Map, Region, Schedule, Sdfg, State, accesses_of_region,
};
use crate::symbolic::{Dim, Expr, Subset, Sym};

/// Returns how many loops it moved.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let mut changes = 0;
    let total = count_accesses(&sdfg.body);
    walk(sdfg, &mut |sdfg, region, _, _| {
        for block in &mut region.blocks {
            // What only lives in an iteration of the map meets nothing.
            let inside = count_in_block(block);
            let private = |d: DataId| !sdfg.is_visible(d) && total.get(&d) == inside.get(&d);
            let Some(map) = moved(block, &private) else {
                continue;
            };
            *block = Block::State(State::of_map(map));
            changes += 1;
        }
    });
    changes
}

/// The map around the loop, if the loop may go into it.
fn moved(block: &Block, private: &dyn Fn(DataId) -> bool) -> Option<Map> {
    let Block::Loop(Loop {
        kind: LoopKind::For { var, range },
        body,
        span,
    }) = block
    else {
        return None;
    };
    let [one] = body.blocks.as_slice() else {
        return None;
    };
    let map = as_map(one)?;
    let depends = map.ranges.iter().any(|r| r.contains_sym(var));
    // Statements only: with maps inside there is parallelism to lose, and a step of zero is an error that must stay where it is.
    let simple = map.body.blocks.iter().all(|b| Alone::of(b).is_some());
    let steady = range.step.as_int().is_some_and(|s| s != 0);
    let last = map.params.last()?;
    let stays = along(map, last) || !along(map, var);
    if stays && map.params.len() < 2
        || map.schedule != Schedule::Default
        || depends
        || !simple
        || !steady
        || meets(map, var, private)
    {
        return None;
    }
    let mut around = map.clone();
    if stays {
        let outer: Vec<Sym> = around.params[..around.params.len() - 1].to_vec();
        split_off(&mut around, &outer);
    }
    let inner = std::mem::take(&mut around.body);
    around.body = Region::new(vec![Block::Loop(Loop {
        kind: LoopKind::For {
            var: var.clone(),
            range: range.clone(),
        },
        body: inner,
        span: *span,
    })]);
    Some(around)
}

/// Whether the map accesses neighbours in memory as a parameter, of its own or of a loop around, rises.
fn along(map: &Map, param: &Sym) -> bool {
    let mut found = false;
    accesses_of_region(&map.body, &mut |a| {
        found |= match a.memlet.subset.0.split_last() {
            Some((Dim::Index(e), rest)) => {
                let steps = e
                    .linear_in(param)
                    .and_then(|(c, _)| c.as_int())
                    .is_some_and(|c| c.abs() == 1);
                steps && !Subset(rest.to_vec()).contains_sym(param)
            }
            _ => false,
        };
    });
    found
}

/// Whether iterations of the map that differ may touch one element, in any two iterations of the loop.
fn meets(map: &Map, var: &Sym, private: &dyn Fn(DataId) -> bool) -> bool {
    let mut inner = defined_symbols(&map.body);
    inner.insert(var.clone());
    let mut accesses = Vec::new();
    accesses_of_region(&map.body, &mut |a| {
        if !private(a.memlet.data) {
            accesses.push(a);
        }
    });
    accesses.iter().filter(|a| a.write).any(|write| {
        // Each parameter must stand alone in a dimension, in the same way in all accesses of the container.
        let fixed: Vec<(usize, Expr)> = map
            .params
            .iter()
            .filter_map(|p| {
                write
                    .memlet
                    .subset
                    .0
                    .iter()
                    .enumerate()
                    .find_map(|(k, d)| match d {
                        Dim::Index(e) => {
                            let (c, rest) = e.linear_in(p)?;
                            let alone = c.as_int().is_some_and(|c| c != 0)
                                && rest.symbols().is_disjoint(&inner)
                                && !map.params.iter().any(|q| rest.contains(q));
                            alone.then(|| (k, e.clone()))
                        }
                        Dim::Range(_) => None,
                    })
            })
            .collect();
        let alike = |other: &crate::sdfg::Memlet| {
            fixed.len() == map.params.len()
                && fixed
                    .iter()
                    .all(|(k, e)| other.subset.0.get(*k) == Some(&Dim::Index(e.clone())))
        };
        accesses
            .iter()
            .any(|a| a.memlet.data == write.memlet.data && !alike(a.memlet))
    })
}
