//! Drops dimensions of transients in which only one index is ever used.
//!
//! ```text
//! map i in 0:N {                 map i in 0:N {
//!     t[i] = a[i] + b[i]             t = a[i] + b[i]
//!     c[i] = t[i] * t[i]             c[i] = t * t
//! }                              }
//! ```
//!
//! A transient that is private to a map begins anew in each iteration, so the index may name the map's parameters. Elsewhere it must be the same
//! for the whole call.

use super::common::{Place, count_accesses, defined_symbols, walk};
use crate::pipeline::Options;
use crate::sdfg::{DataId, Region, Sdfg, accesses_of_region, row_major};
use crate::symbolic::{Dim, Expr, Facts, Sym};
use std::collections::{BTreeMap, BTreeSet};

/// Returns how many dimensions it dropped.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let total = count_accesses(&sdfg.body);
    let mut changes = 0;
    walk(sdfg, &mut |sdfg, region, facts, place| {
        if matches!(place, Place::Program | Place::Map) {
            changes += contract(sdfg, region, facts, &total);
        }
    });
    changes
}

fn contract(
    sdfg: &mut Sdfg,
    region: &mut Region,
    facts: &Facts,
    total: &BTreeMap<DataId, usize>,
) -> usize {
    let inside = count_accesses(region);
    let defined = defined_symbols(region);
    // For each candidate, the index common to all accesses so far, by dimension.
    let mut found: BTreeMap<DataId, Vec<Option<Expr>>> = BTreeMap::new();
    accesses_of_region(region, &mut |a| {
        let data = a.memlet.data;
        if sdfg.is_visible(data)
            || sdfg.desc(data).is_scalar()
            || inside.get(&data) != total.get(&data)
        {
            return;
        }
        let index: Vec<Option<Expr>> = a
            .memlet
            .subset
            .0
            .iter()
            .map(|d| fixed(d, &defined))
            .collect();
        match found.get_mut(&data) {
            None => {
                found.insert(data, index);
            }
            Some(old) => {
                for (x, y) in old.iter_mut().zip(index) {
                    if *x != y {
                        *x = None;
                    }
                }
            }
        }
    });
    let mut changes = 0;
    for (data, index) in found {
        let shape = sdfg.desc(data).shape.clone();
        // An index that may be outside is an error that must stay.
        let drop: Vec<bool> = index
            .iter()
            .zip(&shape)
            .map(|(e, n)| {
                e.as_ref()
                    .is_some_and(|e| facts.is_nonneg(e) && facts.lt(e, n))
            })
            .collect();
        if !drop.contains(&true) {
            continue;
        }
        changes += drop.iter().filter(|d| **d).count();
        let keep = |k: &usize| drop.get(*k) != Some(&true);
        region.visit_memlets_mut(&mut |m| {
            if m.data == data {
                let dims = std::mem::take(&mut m.subset.0);
                m.subset.0 = dims
                    .into_iter()
                    .enumerate()
                    .filter(|(k, _)| keep(k))
                    .map(|(_, d)| d)
                    .collect();
            }
        });
        let desc = sdfg.desc_mut(data);
        desc.shape = shape
            .into_iter()
            .enumerate()
            .filter(|(k, _)| keep(k))
            .map(|(_, n)| n)
            .collect();
        desc.strides = row_major(&desc.shape);
    }
    changes
}

/// The index, if it names nothing that is defined inside.
fn fixed(dim: &Dim, defined: &BTreeSet<Sym>) -> Option<Expr> {
    match dim {
        Dim::Index(e) if e.symbols().is_disjoint(defined) => Some(e.clone()),
        _ => None,
    }
}
