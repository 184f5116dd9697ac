//! `map_collapse`, `map_expansion`, `map_interchange`: the same iterations in another nest.
//!
//! ```text
//! map i, j { … }     expansion →   map i { map j { … } }
//!                    ← collapse
//! map i, j { … }     interchange(order = ["j", "i"]) →   map j, i { … }
//! ```

use super::{Refusal, select};
use crate::passes::common::{as_map, as_map_mut};
use crate::passes::map_collapse;
use crate::passes::wcr_locality::split_off;
use crate::pipeline::Options;
use crate::sdfg::{Map, Schedule, Sdfg};
use crate::syntax::ast::Attribute;

/// `map_collapse(map = "i")`: with the only map in its body.
pub fn collapse(sdfg: &mut Sdfg, attribute: &Attribute, _: &Options) -> Result<(), Refusal> {
    select::only(attribute, &["map"])?;
    for target in select::maps(sdfg, attribute)? {
        select::on_map(sdfg, &target, &mut |map| {
            map_collapse::collapse(map).map_err(Refusal)
        })?;
    }
    Ok(())
}

/// `map_expansion(map = "i")`: a map for each parameter. The inner ones are sequential.
pub fn expand(sdfg: &mut Sdfg, attribute: &Attribute, _: &Options) -> Result<(), Refusal> {
    select::only(attribute, &["map"])?;
    for target in select::maps(sdfg, attribute)? {
        select::on_map(sdfg, &target, &mut |map| {
            if map.params.len() < 2 {
                return Err(format!("`{}` has one parameter only", map.name).into());
            }
            split(map);
            Ok(())
        })?;
    }
    Ok(())
}

fn split(map: &mut Map) {
    if map.params.len() < 2 {
        return;
    }
    let first = map.params[..1].to_vec();
    split_off(map, &first);
    if let Some(inner) = map.body.blocks.first_mut().and_then(as_map_mut) {
        inner.schedule = Schedule::Sequential;
        split(inner);
    }
}

/// `map_interchange(map = "i", order = ["j", "i"])`: the parameters in another order; without `order`, the map changes places with the only map in its body,
/// or the first two parameters do.
pub fn interchange(sdfg: &mut Sdfg, attribute: &Attribute, _: &Options) -> Result<(), Refusal> {
    select::only(attribute, &["map", "order"])?;
    let order = select::names(attribute, "order", Some(1))?;
    for target in select::maps(sdfg, attribute)? {
        select::on_map(sdfg, &target, &mut |map| match &order {
            Some(order) => reorder(map, order),
            None if map.params.len() > 1 => {
                map.params.swap(0, 1);
                map.ranges.swap(0, 1);
                Ok(())
            }
            None => swap_with_inner(map),
        })?;
    }
    Ok(())
}

fn reorder(map: &mut Map, order: &[String]) -> Result<(), Refusal> {
    let place = |name: &String| map.params.iter().position(|p| select::means(name, p));
    let new: Vec<usize> = order
        .iter()
        .map(|n| place(n).ok_or_else(|| Refusal(format!("`{}` has no parameter `{n}`", map.name))))
        .collect::<Result<_, _>>()?;
    let mut sorted = new.clone();
    sorted.sort_unstable();
    if sorted != (0..map.params.len()).collect::<Vec<_>>() {
        return Err(format!(
            "`order` must name each of the {} parameters of `{}` once",
            map.params.len(),
            map.name
        )
        .into());
    }
    map.params = new.iter().map(|k| map.params[*k].clone()).collect();
    map.ranges = new.iter().map(|k| map.ranges[*k].clone()).collect();
    Ok(())
}

fn swap_with_inner(map: &mut Map) -> Result<(), Refusal> {
    let not_nested = || {
        Refusal(format!(
            "`{}` has one parameter, and its body is not one map",
            map.name
        ))
    };
    let [block] = map.body.blocks.as_slice() else {
        return Err(not_nested());
    };
    let inner = as_map(block).ok_or_else(not_nested)?;
    if let Some(p) = map
        .params
        .iter()
        .find(|p| inner.ranges.iter().any(|r| r.contains_sym(p)))
    {
        return Err(format!("the range of the inner map depends on `{p}`").into());
    }
    if let Some(inner) = map.body.blocks.first_mut().and_then(as_map_mut) {
        std::mem::swap(&mut map.params, &mut inner.params);
        std::mem::swap(&mut map.ranges, &mut inner.ranges);
    }
    Ok(())
}
