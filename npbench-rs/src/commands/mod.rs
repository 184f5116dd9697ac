//! The commands that have settings of their own.

pub(crate) mod ceilings;
pub(crate) mod compare;
pub(crate) mod plot;
pub(crate) mod report;
pub(crate) mod run;

use clap::Args;
use npbench::database::{self, Database, Selection};
use npbench::programs::Preset;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// How many threads may be asked for: no machine has more processors, and every system still starts so many.
const THREADS: RangeInclusive<i64> = 1..=4096;

/// Where results are read from.
#[derive(Args)]
pub(crate) struct Source {
    /// The database with the results
    #[arg(long, value_name = "FILE", default_value = database::FILE)]
    db: PathBuf,
    /// Sizes [default: those measured last]
    #[arg(short, long)]
    preset: Option<Preset>,
}

impl Source {
    /// The database, and the latest measurements in it, for a file to be written.
    fn read(&self, output: &Path) -> Result<(Database, Selection), String> {
        apart(output, &self.db)?;
        let database = Database::open(&self.db)?;
        let selection = database.latest(self.preset.map(Preset::name))?;
        Ok((database, selection))
    }
}

/// Output does not replace the database.
fn apart(output: &Path, database: &Path) -> Result<(), String> {
    let same = output == database
        || output
            .canonicalize()
            .is_ok_and(|output| database.canonicalize().is_ok_and(|d| d == output));
    if same {
        return Err(format!("{} is the database", output.display()));
    }
    Ok(())
}
