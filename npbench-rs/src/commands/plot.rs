//! `npbench plot`.

use super::Source;
use clap::Args;
use npbench::database::Selection;
use npbench::matrix::Matrix;
use npbench::plot::{heat_map, save};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Plot {
    #[command(flatten)]
    source: Source,
    /// The picture, an .svg or a .png
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// What stands under the picture.
fn notes(selection: &Selection) -> Vec<String> {
    let plan = &selection.plan;
    vec![
        format!(
            "Speed over NumPy (its median time in the first column). Preset {}, {} threads, medians of {} runs.",
            plan.preset, plan.threads, plan.repeat
        ),
        format!("{}, {}", plan.machine.processor, plan.machine.system),
    ]
}

pub(crate) fn execute(options: &Plot) -> Result<bool, String> {
    let (_, selection) = options.source.read(&options.output)?;
    let matrix = Matrix::new(&selection.by_program());
    let picture = heat_map(&matrix, &notes(&selection))?;
    save(&picture.into_string(), &options.output)?;
    Ok(true)
}
