//! `loop_to_map(loop = "i")`: a loop whose iterations are independent becomes a map. Without an argument, all that can.

use super::{Refusal, select};
use crate::analysis::parallel::{Obstacle, plan};
use crate::analysis::scope::{Step, bodies, region_at};
use crate::passes::loop_to_map;
use crate::pipeline::Options;
use crate::sdfg::{Block, LoopKind, Sdfg};
use crate::syntax::ast::Attribute;

pub fn run(sdfg: &mut Sdfg, attribute: &Attribute, options: &Options) -> Result<(), Refusal> {
    select::only(attribute, &["loop"])?;
    let Some(name) = select::text(attribute, &["loop"], Some(0))? else {
        return if loop_to_map::run(sdfg, options) > 0 {
            Ok(())
        } else {
            Err("no loop has independent iterations".into())
        };
    };
    for target in select::find(sdfg, &name)? {
        if target.is_map {
            return Err(format!("`{}` is a map already", target.sym).into());
        }
        let path = bodies(&sdfg.body).into_iter().find(|path| {
            let Some((Step::Loop(k), outer)) = path.split_last() else { return false };
            matches!(region_at(&sdfg.body, outer).and_then(|r| r.blocks.get(*k)),
                Some(Block::Loop(l)) if matches!(&l.kind, LoopKind::For { var, .. } if *var == target.sym))
        });
        let Some(path) = path else { continue };
        match plan(sdfg, &path) {
            Ok(found) => loop_to_map::apply(sdfg, &path, &found),
            Err(Obstacle::Kind(why)) => return Err(why.into()),
            Err(Obstacle::Conflicts(conflicts)) => {
                let why: Vec<String> = conflicts.values().map(|c| c.explain(sdfg)).collect();
                return Err(format!(
                    "the iterations of `{name}` depend on each other: {}",
                    why.join("; ")
                )
                .into());
            }
        };
    }
    Ok(())
}
