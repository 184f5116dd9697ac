//! Makes one map of maps that are nested in each other with nothing between.
//!
//! ```text
//! map i in 0:N { map j in 0:M { … } }      map i in 0:N, j in 0:M { … }
//! ```

use super::common::{as_map, as_map_mut};
use crate::pipeline::Options;
use crate::sdfg::{Map, Region, Sdfg};

/// Returns how many maps it merged into the one around.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let mut changes = 0;
    sdfg.body.visit_regions_mut(&mut |region: &mut Region| {
        for block in &mut region.blocks {
            if let Some(map) = as_map_mut(block) {
                // A schedule that was chosen for the inner map alone is kept.
                while map
                    .body
                    .blocks
                    .first()
                    .and_then(as_map)
                    .is_some_and(|inner| inner.schedule == map.schedule)
                    && collapse(map).is_ok()
                {
                    changes += 1;
                }
            }
        }
    });
    changes
}

/// Merges the only map in a map's body into it, or says why not. The outer map's schedule holds.
pub fn collapse(map: &mut Map) -> Result<(), String> {
    let [block] = map.body.blocks.as_slice() else {
        return Err(format!("the body of `{}` is not one map", map.name));
    };
    let Some(inner) = as_map(block) else {
        return Err(format!("the body of `{}` is not one map", map.name));
    };
    if let Some(p) = map
        .params
        .iter()
        .find(|p| inner.ranges.iter().any(|r| r.contains_sym(p)))
    {
        return Err(format!("the range of the inner map depends on `{p}`"));
    }
    let inner = inner.clone();
    map.params.extend(inner.params);
    map.ranges.extend(inner.ranges);
    map.explicit |= inner.explicit;
    map.body = inner.body;
    Ok(())
}
