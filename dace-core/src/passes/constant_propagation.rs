//! Puts the value of a scalar that is written once, by a constant or a symbolic value, where it is read; and computes what is constant then.
//!
//! ```text
//! n = 2.0
//! map i { B[i] = n * A[i] }      map i { B[i] = 2.0 * A[i] }
//! ```

use super::common::{
    Alone, assume_assign, assume_in, assume_map, count_accesses, count_in_block, global_facts,
};
use super::fold::fold;
use super::tasklet_fusion::tidy;
use crate::pipeline::Options;
use crate::sdfg::{Block, Code, DataId, Eval, LoopKind, Node, Region, Sdfg, accesses_of_region};
use crate::symbolic::Facts;
use std::collections::{BTreeMap, BTreeSet};

/// Returns how many scalars it replaced and how many codes it folded.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let total = count_accesses(&sdfg.body);
    let mut writes: BTreeMap<DataId, usize> = BTreeMap::new();
    accesses_of_region(&sdfg.body, &mut |a| {
        *writes.entry(a.memlet.data).or_insert(0) += usize::from(a.write);
    });
    let once: BTreeSet<DataId> = sdfg
        .ids()
        .filter(|d| writes.get(d) == Some(&1) && sdfg.desc(*d).is_scalar() && !sdfg.is_visible(*d))
        .collect();
    let mut body = std::mem::take(&mut sdfg.body);
    let mut changes = region(sdfg, &mut body, &once, &total);
    changes += fold_region(&mut body, &mut global_facts(sdfg));
    sdfg.body = body;
    changes
}

fn region(
    sdfg: &Sdfg,
    r: &mut Region,
    once: &BTreeSet<DataId>,
    total: &BTreeMap<DataId, usize>,
) -> usize {
    let mut changes = 0;
    let mut k = 0;
    while k < r.blocks.len() {
        let value = Alone::of(&r.blocks[k])
            .filter(|t| once.contains(&t.output.data) && t.writes_plainly() && t.inputs.is_empty());
        if let Some(t) = value
            && matches!(
                t.tasklet.code,
                Code::Const(_) | Code::Sym(_) | Code::Cast(..)
            )
        {
            let data = t.output.data;
            // All reads must stand behind the write, in this region: then each sees the value of this very iteration.
            let behind: usize = r.blocks[k + 1..]
                .iter()
                .map(|b| count_in_block(b).get(&data).copied().unwrap_or(0))
                .sum();
            if total.get(&data) == Some(&(behind + 1)) {
                let dtype = t.tasklet.code.dtype(&|_| sdfg.desc(data).dtype);
                let code = t.tasklet.code.cast(dtype, sdfg.desc(data).dtype);
                if r.blocks[k + 1..]
                    .iter_mut()
                    .all(|b| !library_reads(b, data))
                {
                    r.blocks[k + 1..]
                        .iter_mut()
                        .for_each(|b| put(b, data, &code));
                    r.blocks.remove(k);
                    changes += 1;
                    continue;
                }
            }
        }
        match &mut r.blocks[k] {
            Block::State(state) => {
                for node in state.graph.node_weights_mut() {
                    if let Node::Map(map) = node {
                        changes += region(sdfg, &mut map.body, once, total);
                    }
                }
            }
            Block::Loop(l) => changes += region(sdfg, &mut l.body, once, total),
            Block::Branch(b) => {
                changes += region(sdfg, &mut b.then, once, total);
                changes += region(sdfg, &mut b.otherwise, once, total);
            }
            _ => {}
        }
        k += 1;
    }
    changes
}

/// Whether something that has no code reads the scalar: a library node or a call, or a tasklet that is not alone in its state.
fn library_reads(block: &Block, data: DataId) -> bool {
    match block {
        Block::State(state) => {
            let alone = Alone::of(block).is_some();
            state.computations().any(|n| match &state.graph[n] {
                Node::Map(map) => map.body.blocks.iter().any(|b| library_reads(b, data)),
                Node::Tasklet(_) if alone => false,
                _ => state.inputs(n).iter().any(|m| m.data == data),
            })
        }
        Block::Loop(l) => l.body.blocks.iter().any(|b| library_reads(b, data)),
        Block::Branch(b) => b
            .then
            .blocks
            .iter()
            .chain(&b.otherwise.blocks)
            .any(|b| library_reads(b, data)),
        _ => false,
    }
}

/// Replaces reads of the scalar by a code without inputs.
fn put(block: &mut Block, data: DataId, code: &Code) {
    if let Some(mut t) = Alone::of(block) {
        if t.inputs.iter().any(|m| m.data == data) {
            let hit: BTreeSet<usize> = t
                .inputs
                .iter()
                .enumerate()
                .filter(|(_, m)| m.data == data)
                .map(|(k, _)| k)
                .collect();
            t.codes_mut().for_each(|c| replace(c, &hit, code));
            t.tidy_inputs();
            *block = t.into_block();
        }
        return;
    }
    let eval = |e: &mut Eval| {
        let hit: BTreeSet<usize> = e
            .inputs
            .iter()
            .enumerate()
            .filter(|(_, m)| m.data == data)
            .map(|(k, _)| k)
            .collect();
        if !hit.is_empty() {
            replace(&mut e.code, &hit, code);
            tidy(e);
        }
    };
    match block {
        Block::State(state) => {
            let mut stale = Vec::new();
            for n in state.graph.node_indices().collect::<Vec<_>>() {
                if let Node::Map(map) = &mut state.graph[n] {
                    map.body.blocks.iter_mut().for_each(|b| put(b, data, code));
                }
                if matches!(state.graph[n], Node::Access(d) if d == data) {
                    stale.push(n);
                }
            }
            for n in stale {
                state.graph.remove_node(n);
            }
        }
        Block::Loop(l) => {
            if let LoopKind::While { cond } = &mut l.kind {
                eval(cond);
            }
            l.body.blocks.iter_mut().for_each(|b| put(b, data, code));
        }
        Block::Branch(b) => {
            eval(&mut b.cond);
            b.then
                .blocks
                .iter_mut()
                .chain(&mut b.otherwise.blocks)
                .for_each(|b| put(b, data, code));
        }
        Block::Assign(a) => eval(&mut a.value),
        _ => {}
    }
}

fn replace(code: &mut Code, connectors: &BTreeSet<usize>, by: &Code) {
    code.visit_mut(&mut |c| {
        if let Code::In(k) | Code::Load(k, _) = c
            && connectors.contains(k)
        {
            *c = by.clone();
        }
    });
}

/// Folds all codes, with what is known of the symbols where they stand.
fn fold_region(r: &mut Region, facts: &mut Facts) -> usize {
    let start = facts.mark();
    let mut changes = 0;
    for block in &mut r.blocks {
        let mark = facts.mark();
        match block {
            Block::State(state) => {
                for node in state.graph.node_weights_mut() {
                    match node {
                        Node::Tasklet(t) => {
                            changes += usize::from(fold(&mut t.code, facts));
                            t.guard
                                .iter_mut()
                                .chain(t.index.iter_mut().flatten())
                                .for_each(|c| changes += usize::from(fold(c, facts)));
                        }
                        Node::Map(map) => {
                            assume_map(facts, map);
                            changes += fold_region(&mut map.body, facts);
                            facts.truncate(mark);
                        }
                        _ => {}
                    }
                }
            }
            Block::Loop(l) => {
                match &mut l.kind {
                    LoopKind::While { cond } => {
                        changes += usize::from(fold(&mut cond.code, facts));
                    }
                    LoopKind::For { var, range } => assume_in(facts, var, range),
                }
                changes += fold_region(&mut l.body, facts);
                facts.truncate(mark);
            }
            Block::Branch(b) => {
                changes += usize::from(fold(&mut b.cond.code, facts));
                changes += fold_region(&mut b.then, facts);
                changes += fold_region(&mut b.otherwise, facts);
            }
            Block::Assign(a) => {
                changes += usize::from(fold(&mut a.value.code, facts));
                assume_assign(facts, a);
            }
            Block::Break | Block::Continue | Block::Return => {}
        }
    }
    facts.truncate(start);
    changes
}
