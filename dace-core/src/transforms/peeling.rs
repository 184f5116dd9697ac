//! `loop_peeling(loop = "i", count = 1)`: the first iterations before the loop.
//!
//! ```text
//! for i in 0:N { A[i] = 0 }      if 0 < N { A[0] = 0 }
//!                                for i in 1:N { A[i] = 0 }
//! ```

use super::{Refusal, select};
use crate::passes::common::all_symbols;
use crate::passes::unique_symbols::{Names, copy_of};
use crate::pipeline::Options;
use crate::sdfg::{BinOp, Block, Branch, Code, Eval, LoopKind, Region, Sdfg};
use crate::syntax::ast::Attribute;

/// More copies than this make no program faster.
const MOST: i64 = 64;

pub fn run(sdfg: &mut Sdfg, attribute: &Attribute, _: &Options) -> Result<(), Refusal> {
    select::only(attribute, &["loop", "count"])?;
    let count = select::integer(attribute, "count", Some(1))?.unwrap_or(1);
    if count > MOST {
        return Err(format!("{count} iterations are too many to peel (at most {MOST})").into());
    }
    let mut names = Names {
        defined: all_symbols(sdfg),
        taken: all_symbols(sdfg),
    };
    for target in select::any(sdfg, attribute)? {
        select::at(&mut sdfg.body, &target, &mut |region, at| {
            let Some(Block::Loop(l)) = region.blocks.get_mut(at) else {
                return Err(format!("`{}` is a map, not a loop", target.sym).into());
            };
            let LoopKind::For { var, range } = &mut l.kind else {
                return Ok(());
            };
            if crate::analysis::coverage::may_leave(&l.body) {
                return Err(
                    "its body leaves the loop or goes to the next iteration from the middle".into(),
                );
            }
            let ascending = match range.step.as_int() {
                Some(s) if s != 0 => s > 0,
                _ => return Err("its step is not a constant".into()),
            };
            let mut peeled = Vec::new();
            for k in 0..count {
                let value = &range.begin + &(&range.step * k);
                let op = if ascending { BinOp::Lt } else { BinOp::Gt };
                let runs = Code::bin(op, Code::Sym(value.clone()), Code::Sym(range.end.clone()));
                peeled.push(Block::Branch(Branch {
                    cond: Eval::constant(runs),
                    then: copy_of(&l.body, var, &value, &mut names),
                    otherwise: Region::default(),
                    span: l.span,
                }));
            }
            range.begin = &range.begin + &(&range.step * count);
            region.blocks.splice(at..at, peeled);
            Ok(())
        })?;
    }
    Ok(())
}
