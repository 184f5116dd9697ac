//! What follows a conditional `continue` moves into the other side of the branch.
//!
//! ```text
//! for i in range(N):                      for i in range(N):
//!     if a[i] > 0:                            if a[i] > 0:
//!         b[i] = 1                                b[i] = 1
//!         continue                    →       else:
//!     b[i] = a[i]                                 b[i] = a[i]
//! ```
//!
//! A loop without jumps may become a map. Only a `continue` that ends a side of a branch (or the body) is met; others stay.

use crate::pipeline::Options;
use crate::sdfg::{Block, Region, Sdfg};

/// Returns how many `continue`s are gone.
pub fn run(sdfg: &mut Sdfg, _options: &Options) -> usize {
    let mut changes = 0;
    sdfg.body.visit_regions_mut(&mut |region| {
        for block in &mut region.blocks {
            if let Block::Loop(l) = block {
                changes += tail(&mut l.body);
            }
        }
    });
    changes
}

/// A region at whose end the iteration ends.
fn tail(region: &mut Region) -> usize {
    let mut at = 0;
    while at < region.blocks.len() {
        let last = at + 1 == region.blocks.len();
        match &mut region.blocks[at] {
            Block::Continue => {
                region.blocks.truncate(at);
                return 1;
            }
            Block::Branch(b) => {
                let ends = |r: &Region| matches!(r.blocks.last(), Some(Block::Continue));
                let (then, otherwise) = (ends(&b.then), ends(&b.otherwise));
                if then || otherwise || last {
                    let rest = region.blocks.split_off(at + 1);
                    let Some(Block::Branch(b)) = region.blocks.last_mut() else {
                        return 0;
                    };
                    // What follows runs on a side that does not end here; after two that do, it never runs.
                    if !then {
                        b.then.blocks.extend(rest);
                    } else if !otherwise {
                        b.otherwise.blocks.extend(rest);
                    }
                    return tail(&mut b.then) + tail(&mut b.otherwise);
                }
            }
            _ => {}
        }
        at += 1;
    }
    0
}
