//! Replaces symbols that are assigned a symbolic value by that value.
//!
//! ```text
//! n = N + 1                        for i in 0:N + 1 { … }
//! for i in 0:n { … }
//! ```

use super::common::{Footprint, global_facts, global_symbols, shapes};
use crate::pipeline::Options;
use crate::sdfg::{Block, Code, LoopKind, Node, Region, Sdfg};
use crate::symbolic::{Expr, Facts, Sym};
use std::collections::BTreeSet;

/// Returns how many assignments it removed.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let globals = global_symbols(sdfg);
    let mut changes = 0;
    let mut facts = global_facts(sdfg);
    let mut kept: BTreeSet<Sym> = BTreeSet::new();
    loop {
        let shapes = shapes(sdfg);
        let mut body = sdfg.body.clone();
        let Some((sym, value)) = region(&mut body, &shapes, &mut facts, &kept) else {
            return changes;
        };
        let subs = |e: &Expr| e.subs_one(&sym, &value);
        let in_shape = shapes.iter().flatten().any(|e| e.contains(&sym));
        let new_shapes: Vec<Vec<Expr>> = shapes
            .iter()
            .map(|s| s.iter().map(subs).collect())
            .collect();
        // A use elsewhere keeps the assignment, and so does the shape of a container that would come to depend on a loop.
        let used = body.blocks.iter().any(|b| uses(b, &sym, &new_shapes));
        if used || (in_shape && !value.symbols().is_subset(&globals)) {
            kept.insert(sym);
            continue;
        }
        sdfg.body = body;
        for desc in &mut sdfg.data {
            desc.shape = desc.shape.iter().map(subs).collect();
            desc.strides = desc.strides.iter().map(subs).collect();
        }
        changes += 1;
    }
}

/// Removes the first assignment that may be, and replaces the symbol in what follows it.
fn region(
    r: &mut Region,
    shapes: &[Vec<Expr>],
    facts: &mut Facts,
    kept: &BTreeSet<Sym>,
) -> Option<(Sym, Expr)> {
    for k in 0..r.blocks.len() {
        if let Block::Assign(a) = &r.blocks[k]
            && let Code::Sym(value) = &a.value.code
            && !value.contains(&a.sym)
            && !kept.contains(&a.sym)
            && a.low.as_ref().is_none_or(|l| facts.le(l, value))
            && a.high.as_ref().is_none_or(|h| facts.le(value, h))
        {
            let (sym, value) = (a.sym.clone(), value.clone());
            // What the value names must keep its meaning in all that follows.
            let steady = r.blocks[k + 1..].iter().all(|b| {
                let print = Footprint::of(b, shapes);
                print
                    .assigns
                    .iter()
                    .all(|s| !value.contains(s) && *s != sym)
            });
            let before = r.blocks[..k].iter().any(|b| uses(b, &sym, shapes));
            if steady && !before {
                r.blocks.remove(k);
                let mut rest = Region::new(r.blocks.split_off(k));
                rest.subs(&|s| (*s == sym).then(|| value.clone()));
                r.blocks.append(&mut rest.blocks);
                return Some((sym, value));
            }
        }
        let found = match &mut r.blocks[k] {
            Block::State(state) => state.graph.node_weights_mut().find_map(|n| {
                if let Node::Map(m) = n {
                    region(&mut m.body, shapes, facts, kept)
                } else {
                    None
                }
            }),
            Block::Loop(l) => {
                let mark = facts.mark();
                if let LoopKind::For { var, range } = &l.kind {
                    super::common::assume_in(facts, var, range);
                }
                let found = region(&mut l.body, shapes, facts, kept);
                facts.truncate(mark);
                found
            }
            Block::Branch(b) => region(&mut b.then, shapes, facts, kept)
                .or_else(|| region(&mut b.otherwise, shapes, facts, kept)),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn uses(block: &Block, sym: &Sym, shapes: &[Vec<Expr>]) -> bool {
    Footprint::of(block, shapes).uses.contains(sym)
}
