//! `map_tiling(map = "i", tile_sizes = [64, 8])`: blocks of iterations, and the iterations of a block.
//!
//! ```text
//! map i in 0:N { … }      map i_tile in 0:N:64 {
//!                             map i in i_tile:min(N, i_tile + 64) { … }
//!                         }
//! ```

use super::{Refusal, select};
use crate::passes::common::{all_symbols, fresh};
use crate::pipeline::Options;
use crate::sdfg::{Block, Map, Region, Sdfg, State};
use crate::symbolic::{Expr, Range, Sym};
use crate::syntax::ast::Attribute;
use std::collections::BTreeSet;

/// The sizes are of the named parameter and those after it; the map's other parameters go inside.
pub fn run(sdfg: &mut Sdfg, attribute: &Attribute, _: &Options) -> Result<(), Refusal> {
    select::only(attribute, &["map", "tile_sizes"])?;
    let sizes = select::integers(attribute, "tile_sizes", Some(1))?
        .ok_or("it needs the argument `tile_sizes = [64, …]`")?;
    let mut taken = all_symbols(sdfg);
    for target in select::maps(sdfg, attribute)? {
        select::on_map(sdfg, &target, &mut |map| {
            tile(map, target.param, &sizes, &mut taken)
        })?;
    }
    Ok(())
}

fn tile(
    map: &mut Map,
    first: usize,
    sizes: &[i64],
    taken: &mut BTreeSet<Sym>,
) -> Result<(), Refusal> {
    if first + sizes.len() > map.params.len() {
        return Err(format!(
            "`{}` has fewer parameters than there are tile sizes",
            map.name
        )
        .into());
    }
    let (mut params, mut ranges) = (Vec::new(), Vec::new());
    let mut inner = map.ranges.clone();
    for (k, size) in sizes.iter().enumerate() {
        let k = first + k;
        let range = &map.ranges[k];
        let tile = fresh(&Sym::new(&format!("{}_tile", map.params[k])), taken);
        let step = &range.step * *size;
        let begin = Expr::from(&tile);
        inner[k] = Range {
            end: &range.end - &(&range.end - &begin - &step).pos(),
            begin,
            step: range.step.clone(),
        };
        ranges.push(Range {
            begin: range.begin.clone(),
            end: range.end.clone(),
            step,
        });
        params.push(tile);
    }
    let inside = Map {
        name: map.name.clone(),
        params: std::mem::replace(&mut map.params, params),
        ranges: inner,
        schedule: map.schedule,
        body: std::mem::take(&mut map.body),
        explicit: map.explicit,
        span: map.span,
    };
    map.ranges = ranges;
    map.body = Region::new(vec![Block::State(State::of_map(inside))]);
    Ok(())
}
