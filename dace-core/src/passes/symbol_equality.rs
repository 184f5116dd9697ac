//! Gives symbols that a check proves equal one name.
//!
//! ```text
//! m = len(b) with n <= m <= n        m = len(b) with n <= m <= n
//! for i in 0:m { … }             →   for i in 0:n { … }
//! ```
//!
//! The check stays. Loops and maps over arrays that must agree come to have equal ranges.

use super::common::{count_accesses, defined_symbols, global_symbols};
use crate::pipeline::Options;
use crate::sdfg::{Assign, Block, Code, DataId, Node, Region, Sdfg};
use crate::symbolic::{Expr, Sym};
use std::collections::BTreeMap;

/// Returns how many symbols it renamed after a check.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let mut body = std::mem::take(&mut sdfg.body);
    let mut pass = Equality {
        total: count_accesses(&body),
        defined: global_symbols(sdfg).into_iter().collect(),
        sdfg,
        changes: 0,
    };
    pass.region(&mut body);
    let changes = pass.changes;
    sdfg.body = body;
    changes
}

struct Equality<'a> {
    sdfg: &'a mut Sdfg,
    total: BTreeMap<DataId, usize>,
    /// The symbols that are defined at the place under way, in the order of their definition.
    defined: Vec<Sym>,
    changes: usize,
}

impl Equality<'_> {
    fn region(&mut self, r: &mut Region) {
        let visible = self.defined.len();
        for k in 0..r.blocks.len() {
            match &mut r.blocks[k] {
                Block::State(state) => {
                    for node in state.graph.node_weights_mut() {
                        if let Node::Map(map) = node {
                            self.region(&mut map.body);
                        }
                    }
                }
                Block::Loop(l) => self.region(&mut l.body),
                Block::Branch(b) => {
                    self.region(&mut b.then);
                    self.region(&mut b.otherwise);
                }
                Block::Assign(a) => {
                    let pairs = equal(a);
                    self.defined.push(a.sym.clone());
                    let mut rest = Region::new(r.blocks.split_off(k + 1));
                    for (x, y) in pairs {
                        self.unite(&mut rest, x, y);
                    }
                    r.blocks.append(&mut rest.blocks);
                }
                _ => {}
            }
        }
        self.defined.truncate(visible);
    }

    /// Names two equal symbols by the one that was defined first, in what follows the check.
    fn unite(&mut self, rest: &mut Region, x: Sym, y: Sym) {
        let place = |s: &Sym| self.defined.iter().position(|d| d == s);
        let (Some(at_x), Some(at_y)) = (place(&x), place(&y)) else {
            return;
        };
        let (kept, gone) = if at_x < at_y { (x, y) } else { (y, x) };
        let assigned = defined_symbols(rest);
        if assigned.contains(&kept) || assigned.contains(&gone) {
            return;
        }
        let kept = Expr::from(&kept);
        let mut changed = false;
        rest.map_exprs(&mut |e| {
            changed |= e.contains(&gone);
            e.subs_one(&gone, &kept)
        });
        // What only lives after the check is as large by either name.
        for (data, count) in count_accesses(rest) {
            let whole = self.total.get(&data) == Some(&count);
            if !whole || self.sdfg.is_visible(data) {
                continue;
            }
            let desc = self.sdfg.desc_mut(data);
            for e in desc.shape.iter_mut().chain(&mut desc.strides) {
                changed |= e.contains(&gone);
                *e = e.subs_one(&gone, &kept);
            }
        }
        self.changes += usize::from(changed);
    }
}

/// The pairs of symbols that are equal after an assignment.
fn equal(a: &Assign) -> Vec<(Sym, Sym)> {
    let Code::Sym(value) = &a.value.code else {
        return Vec::new();
    };
    let checked = match (&a.low, &a.high) {
        (Some(low), Some(high)) if low == high => Some(low),
        _ => None,
    };
    let mut names: Vec<&Sym> = vec![&a.sym];
    names.extend(
        std::iter::once(value)
            .chain(checked)
            .filter_map(Expr::as_sym),
    );
    let mut pairs = Vec::new();
    for (k, x) in names.iter().enumerate() {
        for y in names[..k].iter().filter(|y| *y != x) {
            pairs.push(((*x).clone(), (*y).clone()));
        }
    }
    pairs
}
