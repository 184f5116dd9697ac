//! `loop_unroll(loop = "i")`, `map_unroll(map = "i")`: a copy of the body for each iteration; with `factor = 4`, for each of four iterations in turn.
//!
//! ```text
//! for i in 0:N { A[i] = 0 }      for i in 0:4 * (N // 4):4 { A[i] = 0; A[i + 1] = 0; A[i + 2] = 0; A[i + 3] = 0 }
//!                                for i in 4 * (N // 4):N { A[i] = 0 }
//! ```

use super::{Refusal, select};
use crate::passes::common::{all_symbols, as_map, fresh, global_symbols, single};
use crate::passes::unique_symbols::{Names, copy_of};
use crate::pipeline::Options;
use crate::sdfg::{Block, Loop, LoopKind, Map, Node, Region, Sdfg, State};
use crate::symbolic::{Expr, Range, Sym};
use crate::syntax::ast::Attribute;

/// More copies than this make no program faster.
const MOST: i64 = 256;

/// States, loops and branches of all copies together.
const BLOCKS: usize = 10_000;

/// States, loops and branches of a region, those of the regions in it included.
fn count(region: &Region) -> usize {
    let of = |block: &Block| match block {
        Block::State(state) => {
            let maps = state.graph.node_weights().filter_map(|n| match n {
                Node::Map(map) => Some(count(&map.body)),
                _ => None,
            });
            1 + maps.sum::<usize>()
        }
        Block::Loop(l) => 1 + count(&l.body),
        Block::Branch(b) => 1 + count(&b.then) + count(&b.otherwise),
        _ => 1,
    };
    region.blocks.iter().map(of).sum()
}

/// Refuses so many copies if they are too many.
fn refuse_large(body: &Region, copies: i64) -> Result<(), Refusal> {
    let blocks = count(body);
    if usize::try_from(copies).is_ok_and(|n| n.saturating_mul(blocks) > BLOCKS) {
        return Err(format!(
            "{copies} copies of {blocks} states, loops and branches are too many (at most {BLOCKS} together)"
        )
        .into());
    }
    Ok(())
}

pub fn run(sdfg: &mut Sdfg, attribute: &Attribute, _: &Options) -> Result<(), Refusal> {
    select::only(attribute, &["loop", "map", "factor"])?;
    let factor = select::integer(attribute, "factor", Some(1))?;
    let mut names = Names {
        defined: all_symbols(sdfg),
        taken: all_symbols(sdfg),
    };
    names.defined.extend(global_symbols(sdfg));
    for target in select::any(sdfg, attribute)? {
        select::at(&mut sdfg.body, &target, &mut |region, k| {
            let new = match factor {
                Some(factor) => by_factor(&region.blocks[k], factor, &mut names)?,
                None => entirely(&region.blocks[k], &mut names)?,
            };
            region.blocks.splice(k..=k, new);
            Ok(())
        })?;
    }
    Ok(())
}

/// Variable, range and body of a loop or of a map of one parameter that is alone in its state.
fn parts(block: &Block) -> Result<(Sym, Range, &Region), Refusal> {
    let found = if let Block::Loop(Loop {
        kind: LoopKind::For { var, range },
        body,
        ..
    }) = block
    {
        (var.clone(), range.clone(), body)
    } else {
        let map = as_map(block).ok_or("the map is not alone in its state")?;
        let ([p], [r]) = (map.params.as_slice(), map.ranges.as_slice()) else {
            return Err("the map has several parameters: apply `map_expansion` first".into());
        };
        (p.clone(), r.clone(), &map.body)
    };
    if crate::analysis::coverage::may_leave(found.2) {
        return Err(
            "its body leaves the loop or goes to the next iteration from the middle".into(),
        );
    }
    Ok(found)
}

fn entirely(block: &Block, names: &mut Names) -> Result<Vec<Block>, Refusal> {
    let (var, range, body) = parts(block)?;
    let count = range
        .count()
        .as_int()
        .filter(|_| range.step.as_int().is_some_and(|s| s != 0));
    let Some(n) = count else {
        return Err(format!(
            "the number of iterations of `{var}` ({range}) is not a constant: give a `factor`"
        )
        .into());
    };
    if n > MOST {
        return Err(format!("{n} iterations are too many to unroll (at most {MOST})").into());
    }
    refuse_large(body, n)?;
    let value = |k: i64| &range.begin + &(&range.step * k);
    Ok((0..n)
        .flat_map(|k| copy_of(body, &var, &value(k), names).blocks)
        .collect())
}

fn by_factor(block: &Block, factor: i64, names: &mut Names) -> Result<Vec<Block>, Refusal> {
    let (var, range, body) = parts(block)?;
    if factor > MOST {
        return Err(format!("a factor of {factor} is too large (at most {MOST})").into());
    }
    refuse_large(body, factor)?;
    if range.step.as_int().is_none_or(|s| s == 0) {
        return Err("its step is not a constant".into());
    }
    let whole = range.count().floor_div(&Expr::int(factor)) * factor;
    let middle = &range.begin + &(&range.step * &whole);
    let mut copies = Vec::new();
    for k in 0..factor {
        copies.extend(copy_of(body, &var, &(Expr::from(&var) + &range.step * k), names).blocks);
    }
    let main = Range {
        begin: range.begin.clone(),
        end: middle.clone(),
        step: &range.step * factor,
    };
    let rest = Range {
        begin: middle,
        ..range
    };
    let rest_var = fresh(&var, &mut names.taken);
    let rest_body = copy_of(body, &var, &Expr::from(&rest_var), names);
    Ok(vec![
        with(block, &var, main, Region::new(copies)),
        with(block, &rest_var, rest, rest_body),
    ])
}

/// The same kind of loop or map over something else.
fn with(block: &Block, var: &Sym, range: Range, body: Region) -> Block {
    match block {
        Block::Loop(l) => Block::Loop(Loop {
            kind: LoopKind::For {
                var: var.clone(),
                range,
            },
            body,
            span: l.span,
        }),
        other => match (as_map(other), single(other)) {
            (Some(map), Some(_)) => Block::State(State::of_map(Map {
                params: vec![var.clone()],
                ranges: vec![range],
                body,
                ..map.clone()
            })),
            _ => other.clone(),
        },
    }
}
