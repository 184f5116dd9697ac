//! `npbench report`.

use super::Source;
use clap::Args;
use dace_host::output;
use npbench::ceilings::Kind;
use npbench::report::page;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Report {
    #[command(flatten)]
    source: Source,
    /// The page
    #[arg(short, long, value_name = "FILE", default_value = "report.html")]
    output: PathBuf,
}

pub(crate) fn execute(options: &Report) -> Result<bool, String> {
    let (database, selection) = options.source.read(&options.output)?;
    let plan = &selection.plan;
    let mut rates = Vec::new();
    for kind in Kind::ALL {
        rates.push((kind, database.ceiling(&plan.machine, plan.threads, kind)?));
    }
    let page = page(&selection, |kind| {
        rates.iter().find(|(k, _)| *k == kind).and_then(|(_, x)| *x)
    });
    output::write(&options.output, page.as_bytes())?;
    Ok(true)
}
