//! Puts the code of a tasklet into the one that uses its result.
//!
//! ```text
//! t = a[i] + b[i]
//! c[i] = t * 2        c[i] = (a[i] + b[i]) * 2
//! ```
//!
//! The result is a scalar transient that is used once; one that costs nothing (a copy of a scalar) may be used more often. Code that may fail by an
//! index does not move under a condition.

use super::common::{Alone, Footprint, connectors, count_accesses, shapes, walk};
use crate::pipeline::Options;
use crate::sdfg::{Block, Code, DataId, Eval, Memlet, Region, Sdfg};
use crate::symbolic::{Expr, Facts};
use std::collections::BTreeMap;

/// Returns how many tasklets it moved.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let shapes = shapes(sdfg);
    // Counts grow stale as inputs merge, but never too small: the next round sees what this one missed.
    let total = count_accesses(&sdfg.body);
    let mut changes = 0;
    walk(sdfg, &mut |sdfg, region, facts, _| {
        changes += fuse(sdfg, region, facts, &shapes, &total);
    });
    changes
}

fn fuse(
    sdfg: &Sdfg,
    region: &mut Region,
    facts: &Facts,
    shapes: &[Vec<Expr>],
    total: &BTreeMap<DataId, usize>,
) -> usize {
    let mut prints: Vec<Option<Footprint>> = region.blocks.iter().map(|_| None).collect();
    let mut changes = 0;
    let mut i = 0;
    while i < region.blocks.len() {
        let fused = Alone::of(&region.blocks[i]).is_some_and(|producer| {
            let data = producer.output.data;
            let fits = producer.writes_plainly()
                && sdfg.desc(data).is_scalar()
                && !sdfg.is_visible(data)
                && total.get(&data) == Some(&2)
                && producer.inputs.iter().all(|m| m.data != data);
            fits && into_user(sdfg, region, i, producer, facts, shapes, &mut prints)
        });
        if fused {
            region.blocks.remove(i);
            prints.remove(i);
            changes += 1;
        } else {
            i += 1;
        }
    }
    changes
}

/// Moves the producer at block `i` into the block that reads its result.
fn into_user(
    sdfg: &Sdfg,
    region: &mut Region,
    i: usize,
    producer: Alone,
    facts: &Facts,
    shapes: &[Vec<Expr>],
    prints: &mut [Option<Footprint>],
) -> bool {
    let data = producer.output.data;
    let before = Footprint::of(&region.blocks[i], shapes);
    // The write itself is no obstacle: nobody else touches the result.
    let before = Footprint {
        writes: BTreeMap::new(),
        ..before
    };
    for (block, known) in region.blocks.iter_mut().zip(prints).skip(i + 1) {
        let print = known.get_or_insert_with(|| Footprint::of(block, shapes));
        if print.reads.contains_key(&data) {
            let done = insert(sdfg, block, &producer);
            if done {
                *known = None;
            }
            return done;
        }
        if !print.commutes(&before, facts) {
            return false;
        }
    }
    false
}

fn insert(sdfg: &Sdfg, block: &mut Block, producer: &Alone) -> bool {
    let data = producer.output.data;
    let dtype = producer.tasklet.code.dtype(&|k| {
        producer
            .inputs
            .get(k)
            .map_or(crate::sdfg::DType::Int64, |m| sdfg.desc(m.data).dtype)
    });
    let code = producer
        .tasklet
        .code
        .clone()
        .cast(dtype, sdfg.desc(data).dtype);
    let may_fail = has_load(&code);
    match block {
        Block::State(_) => {
            let Some(mut user) = Alone::of(block) else {
                return false;
            };
            let Some(k) = user.inputs.iter().position(|m| m.data == data) else {
                return false;
            };
            let conditional = user.tasklet.guard.is_some() || user.codes().any(has_select);
            if (may_fail && conditional) || !once(user.codes(), k) {
                return false;
            }
            let base = user.inputs.len();
            for c in user.codes_mut() {
                substitute(c, k, &code, base);
            }
            user.inputs.extend(producer.inputs.iter().cloned());
            user.tidy_inputs();
            *block = user.into_block();
            true
        }
        Block::Branch(b) => into_eval(&mut b.cond, data, &code, &producer.inputs, may_fail),
        Block::Assign(a) => into_eval(&mut a.value, data, &code, &producer.inputs, may_fail),
        // A `while` condition is evaluated many times, a loop's body too.
        _ => false,
    }
}

fn into_eval(
    eval: &mut Eval,
    data: DataId,
    code: &Code,
    inputs: &[Memlet],
    may_fail: bool,
) -> bool {
    let Some(k) = eval.inputs.iter().position(|m| m.data == data) else {
        return false;
    };
    if (may_fail && has_select(&eval.code)) || !once(std::iter::once(&eval.code), k) {
        return false;
    }
    let base = eval.inputs.len();
    substitute(&mut eval.code, k, code, base);
    eval.inputs.extend(inputs.iter().cloned());
    tidy(eval);
    true
}

/// Drops inputs that the code does not name.
pub fn tidy(eval: &mut Eval) {
    let used = connectors(&eval.code);
    let mut kept = Vec::new();
    let mut number = BTreeMap::new();
    for (k, memlet) in eval.inputs.iter().enumerate() {
        if used.contains(&k) {
            let at = kept.iter().position(|m| m == memlet).unwrap_or(kept.len());
            if at == kept.len() {
                kept.push(memlet.clone());
            }
            number.insert(k, at);
        }
    }
    eval.code
        .map_inputs(&|k| number.get(&k).copied().unwrap_or(k));
    eval.inputs = kept;
}

/// Whether connector `k` is named exactly once, by itself.
fn once<'a>(codes: impl Iterator<Item = &'a Code>, k: usize) -> bool {
    let (mut plain, mut loads) = (0, 0);
    for code in codes {
        code.visit(&mut |c| match c {
            Code::In(n) if *n == k => plain += 1,
            Code::Load(n, _) if *n == k => loads += 1,
            _ => {}
        });
    }
    plain == 1 && loads == 0
}

/// Replaces `In(k)` by a code whose connectors are moved up by `base`.
pub fn substitute(code: &mut Code, k: usize, by: &Code, base: usize) {
    code.visit_mut(&mut |c| {
        if *c == Code::In(k) {
            let mut new = by.clone();
            new.map_inputs(&|n| n + base);
            *c = new;
        }
    });
}

fn has_load(code: &Code) -> bool {
    let mut found = false;
    code.visit(&mut |c| found |= matches!(c, Code::Load(..)));
    found
}

fn has_select(code: &Code) -> bool {
    let mut found = false;
    code.visit(&mut |c| found |= matches!(c, Code::Select(..)));
    found
}
