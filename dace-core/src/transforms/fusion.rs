//! `map_fusion(first = "i", second = "j")`: merges two maps of one sequence. Without arguments, all that can be and profit.

use super::{Refusal, select};
use crate::passes::common::{Footprint, as_map, global_facts, shapes};
use crate::passes::map_fusion;
use crate::pipeline::Options;
use crate::sdfg::Sdfg;
use crate::syntax::ast::Attribute;

pub fn run(sdfg: &mut Sdfg, attribute: &Attribute, options: &Options) -> Result<(), Refusal> {
    select::only(attribute, &["first", "second"])?;
    let first = select::text(attribute, &["first"], Some(0))?;
    let second = select::text(attribute, &["second"], Some(1))?;
    let (first, second) = match (first, second) {
        (Some(a), Some(b)) => (a, b),
        (None, None) => {
            return if map_fusion::run(sdfg, options) > 0 {
                Ok(())
            } else {
                Err("no two maps can be merged with profit".into())
            };
        }
        _ => return Err("it needs both `first = \"…\"` and `second = \"…\"`, or neither".into()),
    };
    let one = |name: &str| {
        let found = select::find(sdfg, name)?;
        found
            .into_iter()
            .find(|t| t.is_map)
            .ok_or_else(|| Refusal(format!("`{name}` is a loop: make it a map first")))
    };
    let (a, b) = (one(&first)?, one(&second)?);
    let facts = global_facts(sdfg);
    let shapes = shapes(sdfg);
    select::at(&mut sdfg.body, &a, &mut |region, i| {
        let Some(j) = region
            .blocks
            .iter()
            .position(|block| as_map(block).is_some_and(|m| m.params.first() == Some(&b.sym)))
        else {
            return Err(format!("`{first}` and `{second}` do not stand in one sequence").into());
        };
        if j <= i {
            return Err(format!("`{second}` does not come after `{first}`").into());
        }
        let (Some(x), Some(y)) = (as_map(&region.blocks[i]), as_map(&region.blocks[j])) else {
            return Err("the maps share their state with others".into());
        };
        let matches = map_fusion::matching(x, y, &facts).map_err(Refusal)?;
        let prints: Vec<Footprint> = region.blocks[i..=j]
            .iter()
            .map(|b| Footprint::of(b, &shapes))
            .collect();
        let between = &prints[1..prints.len() - 1];
        let up = between
            .iter()
            .all(|p| p.commutes(&prints[prints.len() - 1], &facts));
        if !up && !between.iter().all(|p| p.commutes(&prints[0], &facts)) {
            return Err("what stands between them depends on both".into());
        }
        let later = region.blocks.remove(j);
        let mut merged = region.blocks.remove(i);
        map_fusion::merge(&mut merged, later, &matches);
        region.blocks.insert(if up { i } else { j - 1 }, merged);
        Ok(())
    })
}
