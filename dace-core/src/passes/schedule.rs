//! Chooses where maps run on the CPU: outer maps on all cores, maps inside them in sequence.
//!
//! ```text
//! map i in 0:N:                           map i in 0:N @ multicore:
//!     map j in 0:M:                   →       map j in 0:M @ sequential:
//!         C[i, j] = A[i] * B[j]                   C[i, j] = A[i] * B[j]
//! ```
//!
//! A map with few iterations of known number leaves the cores to the maps inside it, if there are any; one with little
//! work in all stays sequential. Schedules that are chosen already stay.

use crate::pipeline::Options;
use crate::sdfg::{Block, Map, Node, Region, Schedule, Sdfg};

/// An outer map with fewer iterations than this does not fill the cores.
const FEW_ITERATIONS: i64 = 4;
/// Fewer elementary iterations than this in all are not worth starting threads.
const LITTLE_WORK: i64 = 512;

/// Returns how many schedules were chosen.
pub fn run(sdfg: &mut Sdfg, _options: &Options) -> usize {
    region(&mut sdfg.body, false)
}

/// `parallel`: inside something that runs on the cores already.
fn region(r: &mut Region, parallel: bool) -> usize {
    let mut changes = 0;
    for block in &mut r.blocks {
        match block {
            Block::State(state) => {
                for node in state.graph.node_weights_mut() {
                    match node {
                        Node::Map(map) => changes += choose(map, parallel),
                        Node::Nested(nested) => {
                            changes += region(&mut nested.sdfg.body, parallel);
                        }
                        _ => {}
                    }
                }
            }
            Block::Loop(l) => changes += region(&mut l.body, parallel),
            Block::Branch(b) => {
                changes += region(&mut b.then, parallel) + region(&mut b.otherwise, parallel);
            }
            _ => {}
        }
    }
    changes
}

fn choose(map: &mut Map, parallel: bool) -> usize {
    let mut changes = 0;
    if map.schedule == Schedule::Default {
        let few = iterations(map).is_some_and(|n| n < FEW_ITERATIONS) && has_map(&map.body);
        let little = work(map).is_some_and(|n| n < LITTLE_WORK);
        map.schedule = if parallel || few || little {
            Schedule::Sequential
        } else {
            Schedule::Multicore
        };
        changes += 1;
    }
    let inside = parallel || !matches!(map.schedule, Schedule::Sequential | Schedule::Unrolled);
    changes + region(&mut map.body, inside)
}

/// The number of iterations, where it is a constant.
fn iterations(map: &Map) -> Option<i64> {
    map.ranges
        .iter()
        .try_fold(1i64, |n, r| n.checked_mul(r.count().as_int()?))
}

/// Elementary iterations in all, where constant; only maps and straight code are counted.
fn work(map: &Map) -> Option<i64> {
    fn of_region(r: &Region) -> Option<i64> {
        r.blocks.iter().try_fold(0i64, |sum, block| {
            let work = match block {
                Block::State(state) => state.graph.node_weights().try_fold(0i64, |sum, node| {
                    let work = match node {
                        Node::Map(map) => work(map)?,
                        Node::Tasklet(_) => 1,
                        Node::Access(_) => 0,
                        Node::Nested(_) | Node::Library(_) => return None,
                    };
                    sum.checked_add(work)
                })?,
                Block::Branch(b) => of_region(&b.then)?.max(of_region(&b.otherwise)?),
                Block::Loop(_) => return None,
                _ => 0,
            };
            sum.checked_add(work)
        })
    }
    iterations(map)?.checked_mul(of_region(&map.body)?.max(1))
}

fn has_map(r: &Region) -> bool {
    r.blocks.iter().any(|block| match block {
        Block::State(state) => state
            .graph
            .node_weights()
            .any(|node| matches!(node, Node::Map(_))),
        Block::Loop(l) => has_map(&l.body),
        Block::Branch(b) => has_map(&b.then) || has_map(&b.otherwise),
        _ => false,
    })
}
