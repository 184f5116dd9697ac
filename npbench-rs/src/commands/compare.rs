//! `npbench compare`.

use clap::Args;
use dace_host::console;
use npbench::compare::compare;
use npbench::database::Database;
use npbench::frameworks::Framework;
use npbench::programs::Preset;
use npbench::record::Record;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(crate) struct Compare {
    /// Results before
    before: PathBuf,
    /// Results now
    after: PathBuf,
    /// Sizes [default: all that were measured]
    #[arg(short, long)]
    preset: Option<Preset>,
    /// Frameworks [default: all that were measured]
    #[arg(short, long, value_delimiter = ',')]
    framework: Vec<Framework>,
    /// Per cent by which a program must be slower to count
    #[arg(long, default_value_t = 5.0, value_parser = per_cent)]
    threshold: f64,
}

fn per_cent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').trim_end().parse() {
        Ok(x) if (0.0..1e6).contains(&x) => Ok(x),
        _ => Err("must be a number of per cent, not below 0".into()),
    }
}

impl Compare {
    /// The latest measurements of a file at all presets asked for.
    fn records(&self, path: &Path) -> Result<Vec<Record>, String> {
        let database = Database::open(path)?;
        let presets = match self.preset {
            Some(preset) => vec![preset.name().to_owned()],
            None => database.presets()?,
        };
        if presets.is_empty() {
            // Says that there is nothing.
            database.latest(None)?;
        }
        let mut records = Vec::new();
        for preset in presets {
            records.extend(database.latest(Some(&preset))?.records);
        }
        records.retain(|r| {
            self.framework.is_empty() || self.framework.iter().any(|f| f.name() == r.framework)
        });
        Ok(records)
    }
}

/// True if nothing became slower or stopped to work.
pub(crate) fn execute(options: &Compare) -> Result<bool, String> {
    let (before, after) = (
        options.records(&options.before)?,
        options.records(&options.after)?,
    );
    let comparison = compare(&before, &after, options.threshold / 100.0);
    console::print(&comparison.text())?;
    if comparison.changes.is_empty() {
        return Err("the two have no measurement in common".into());
    }
    Ok(!comparison.has_regression())
}
