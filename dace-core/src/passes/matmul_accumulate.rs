//! Lets a matrix product add to what is there, instead of adding its result afterwards.
//!
//! ```text
//! t = A @ B
//! C[i, j] = C[i, j] + t[i, j]        C += A @ B
//! ```

use super::common::{Alone, AloneLibrary, Footprint, as_map, count_accesses, shapes, walk};
use super::dead_code::covers;
use crate::pipeline::Options;
use crate::sdfg::{BinOp, Code, DataId, LibraryKind, Map, Memlet, Region, Sdfg, Wcr};
use crate::symbolic::{Dim, Expr, Facts, Range, Subset};
use std::collections::BTreeMap;

/// Returns how many additions it removed.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let shapes = shapes(sdfg);
    let total = count_accesses(&sdfg.body);
    let mut changes = 0;
    walk(sdfg, &mut |sdfg, region, facts, _| {
        let mut k = 0;
        while k < region.blocks.len() {
            if accumulate(sdfg, region, k, &total, &shapes, facts) {
                region.blocks.remove(k);
                changes += 1;
            } else {
                k += 1;
            }
        }
    });
    changes
}

/// Makes the product at block `k` add to the target of the addition behind it, which takes its place there.
fn accumulate(
    sdfg: &Sdfg,
    region: &mut Region,
    k: usize,
    total: &BTreeMap<DataId, usize>,
    shapes: &[Vec<Expr>],
    facts: &Facts,
) -> bool {
    let Some(mut product) = AloneLibrary::of(&region.blocks[k]) else {
        return false;
    };
    let (LibraryKind::MatMul { .. }, [out]) = (&product.library.kind, product.outputs.as_slice())
    else {
        return false;
    };
    let data = out.data;
    let whole = out.wcr.is_none() && out.subset.covers(&shapes[data.0 as usize], facts);
    if !whole || sdfg.is_visible(data) || total.get(&data) != Some(&2) {
        return false;
    }
    let here = Footprint::of(&region.blocks[k], shapes);
    for j in k + 1..region.blocks.len() {
        let print = Footprint::of(&region.blocks[j], shapes);
        if print.reads.contains_key(&data) {
            let Some(target) =
                as_map(&region.blocks[j]).and_then(|map| addition(map, data, shapes, facts))
            else {
                return false;
            };
            // The product must not read what it adds to, and the operands must live until there.
            if product.inputs.iter().any(|m| m.data == target.data)
                || sdfg.desc(target.data).dtype != sdfg.desc(data).dtype
            {
                return false;
            }
            product.outputs = vec![target];
            region.blocks[j] = product.into_block();
            return true;
        }
        if !print.commutes(&here, facts) {
            return false;
        }
    }
    false
}

/// The region to which a map adds each element of a container, in order.
fn addition(map: &Map, data: DataId, shapes: &[Vec<Expr>], facts: &Facts) -> Option<Memlet> {
    let [block] = map.body.blocks.as_slice() else {
        return None;
    };
    let t = Alone::of(block)?;
    if t.tasklet.guard.is_some() || t.tasklet.index.is_some() || t.output.dynamic {
        return None;
    }
    let is_in = |c: &Code, k: usize| *c == Code::In(k);
    let added = match (&t.tasklet.code, t.inputs.as_slice(), t.output.wcr) {
        (Code::In(0), [m], Some(Wcr::Sum)) => m,
        (Code::Bin(BinOp::Add, a, b), [x, y], None)
            if is_in(a, 0) && is_in(b, 1) || is_in(a, 1) && is_in(b, 0) =>
        {
            let same = |m: &Memlet| m.data == t.output.data && m.subset == t.output.subset;
            match (same(x), same(y)) {
                (true, false) => y,
                (false, true) => x,
                _ => return None,
            }
        }
        _ => return None,
    };
    if added.data != data || !covers(map, added, &shapes[data.0 as usize], facts) {
        return None;
    }
    // The parameters in the order of the product's dimensions, and of the target's.
    let mut order = added.subset.0.iter().filter_map(|d| {
        if let Dim::Index(e) = d {
            e.as_sym()
        } else {
            None
        }
    });
    if added.subset.rank() != map.params.len() {
        return None;
    }
    let dims = t
        .output
        .subset
        .0
        .iter()
        .map(|d| {
            let Dim::Index(e) = d else { return None };
            let mut named = map.params.iter().enumerate().filter(|(_, p)| e.contains(p));
            let Some((k, p)) = named.next() else {
                return Some(d.clone());
            };
            let (c, rest) = e.linear_in(p)?;
            if named.next().is_some() || c.as_int() != Some(1) || order.next() != Some(p) {
                return None;
            }
            let r = &map.ranges[k];
            Some(Dim::Range(Range::new(&r.begin + &rest, &r.end + &rest, 1)))
        })
        .collect::<Option<Vec<_>>>()?;
    order
        .next()
        .is_none()
        .then(|| Memlet::new(t.output.data, Subset(dims)).with_wcr(Wcr::Sum))
}
