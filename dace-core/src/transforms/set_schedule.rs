//! `set_schedule(map = "i", schedule = "sequential")`: where a map runs.

use super::{Refusal, select};
use crate::pipeline::Options;
use crate::sdfg::{Schedule, Sdfg};
use crate::syntax::ast::Attribute;

const SCHEDULES: &[(&str, Schedule)] = &[
    ("sequential", Schedule::Sequential),
    ("multicore", Schedule::Multicore),
    ("device", Schedule::Device),
    ("device_block", Schedule::DeviceBlock),
    ("pipeline", Schedule::Pipeline),
    ("unrolled", Schedule::Unrolled),
];

/// Any schedule is correct for any map: its iterations are independent.
pub fn run(sdfg: &mut Sdfg, attribute: &Attribute, _: &Options) -> Result<(), Refusal> {
    select::only(attribute, &["map", "schedule"])?;
    let targets = select::maps(sdfg, attribute)?;
    let name = select::text(attribute, &["schedule"], Some(1))?
        .ok_or("it needs the argument `schedule = \"…\"`")?;
    let Some((_, schedule)) = SCHEDULES.iter().find(|(n, _)| *n == name) else {
        let known: Vec<&str> = SCHEDULES.iter().map(|(n, _)| *n).collect();
        return Err(format!(
            "there is no schedule `{name}`; the schedules are {}",
            known.join(", ")
        )
        .into());
    };
    for target in targets {
        select::on_map(sdfg, &target, &mut |map| {
            map.schedule = *schedule;
            Ok(())
        })?;
    }
    Ok(())
}
