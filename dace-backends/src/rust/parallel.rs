//! Which dimension of a multicore map is divided among threads, and what each thread accumulates for itself.
//!
//! Plain writes of different iterations never touch one element; writes with conflict resolution may. A dimension is safe to divide when
//! each such write has an index that differs between any two of its values. Where none is, single elements that do not depend on the
//! map, and arrays that are only accumulated into, are accumulated per chunk and combined. Otherwise the map runs on one thread.

use dace_core::sdfg::{DataId, Map, Memlet, Schedule, Sdfg, Wcr, accesses_of_region};
use dace_core::symbolic::{Dim, Expr, Subset, Sym};
use std::collections::{BTreeMap, BTreeSet};

/// How a map runs in parallel.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The parameter whose range is divided.
    pub(super) param: usize,
    /// The elements that are accumulated for each chunk.
    pub(super) partial: Vec<Target>,
    /// The arrays that are accumulated for each chunk, and how.
    pub(super) arrays: Vec<(DataId, Wcr)>,
}

/// One element that is only ever written with one operator.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    pub(super) data: DataId,
    pub(super) subset: Subset,
    pub(super) wcr: Wcr,
}

/// How the map may run in parallel, if it may.
pub(super) fn plan(sdfg: &Sdfg, map: &Map, private: &dyn Fn(DataId) -> bool) -> Option<Plan> {
    if map.schedule != Schedule::Multicore || map.params.is_empty() {
        return None;
    }
    let inner = super::inner_symbols(&map.body);
    let mut conflicting: Vec<&Memlet> = Vec::new();
    let mut refused = false;
    accesses_of_region(&map.body, &mut |a| {
        if !a.write || private(a.memlet.data) {
            return;
        }
        if a.memlet.wcr.is_some() {
            conflicting.push(a.memlet);
        } else if sdfg.desc(a.memlet.data).is_scalar() {
            // A variable outside of the chunk.
            refused = true;
        }
    });
    if refused {
        return None;
    }
    let safe = |param: &Sym, m: &Memlet| {
        m.subset.0.iter().any(|dim| match dim {
            Dim::Index(e) => e.linear_in(param).is_some_and(|(a, rest)| {
                a.as_int().is_some_and(|a| a != 0)
                    && !rest
                        .symbols()
                        .iter()
                        .any(|s| inner.contains(s) || map.params.contains(s))
            }),
            Dim::Range(_) => false,
        }) && !sdfg.desc(m.data).is_scalar()
    };
    if let Some(param) = map
        .params
        .iter()
        .position(|p| conflicting.iter().all(|m| safe(p, m)))
    {
        return Some(Plan {
            param,
            partial: Vec::new(),
            arrays: Vec::new(),
        });
    }
    // Dimensions that are safe for some writes are worth more than none, but all the others have to be accumulated.
    let mut best: Option<Plan> = None;
    for (param, p) in map.params.iter().enumerate() {
        let unsafe_writes: Vec<&Memlet> = conflicting
            .iter()
            .copied()
            .filter(|m| !safe(p, m))
            .collect();
        let Some((partial, arrays)) = accumulated(map, &inner, &unsafe_writes) else {
            continue;
        };
        let cost = |partial: usize, arrays: usize| (arrays, partial);
        if best.as_ref().is_none_or(|b| {
            cost(partial.len(), arrays.len()) < cost(b.partial.len(), b.arrays.len())
        }) {
            best = Some(Plan {
                param,
                partial,
                arrays,
            });
        }
    }
    best
}

/// The elements and, where an array is accumulated into at changing places, the arrays that each chunk needs for itself.
fn accumulated(
    map: &Map,
    inner: &BTreeSet<Sym>,
    writes: &[&Memlet],
) -> Option<(Vec<Target>, Vec<(DataId, Wcr)>)> {
    let mut by_data: BTreeMap<DataId, Vec<&Memlet>> = BTreeMap::new();
    for m in writes {
        by_data.entry(m.data).or_default().push(m);
    }
    let (mut partial, mut arrays) = (Vec::new(), Vec::new());
    for (data, writes) in by_data {
        if let Some(targets) = targets(&map.body, &map.params, inner, &writes) {
            partial.extend(targets);
            continue;
        }
        let wcr = writes.first()?.wcr?;
        let mut alone = true;
        accesses_of_region(&map.body, &mut |a| {
            alone &= a.memlet.data != data || (a.write && a.memlet.wcr == Some(wcr));
        });
        if !alone {
            return None;
        }
        arrays.push((data, wcr));
    }
    Some((partial, arrays))
}

/// The elements that the writes accumulate into, if each is one element that does not depend on the loops and has no other access.
pub(super) fn targets(
    body: &dace_core::sdfg::Region,
    params: &[Sym],
    inner: &BTreeSet<Sym>,
    writes: &[&Memlet],
) -> Option<Vec<Target>> {
    let mut targets: Vec<Target> = Vec::new();
    for m in writes {
        let wcr = m.wcr?;
        let fixed = |e: &Expr| {
            !e.symbols()
                .iter()
                .any(|s| inner.contains(s) || params.contains(s))
        };
        if !m
            .subset
            .0
            .iter()
            .all(|d| matches!(d, Dim::Index(e) if fixed(e)))
        {
            return None;
        }
        let target = Target {
            data: m.data,
            subset: m.subset.clone(),
            wcr,
        };
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    for (i, a) in targets.iter().enumerate() {
        // Two elements of one container might be the same.
        if targets[..i].iter().any(|b| b.data == a.data) {
            return None;
        }
    }
    let mut alone = true;
    accesses_of_region(body, &mut |access| {
        let m = access.memlet;
        if let Some(t) = targets.iter().find(|t| t.data == m.data) {
            alone &= access.write && m.wcr == Some(t.wcr) && m.subset == t.subset;
        }
    });
    alone.then_some(targets)
}
