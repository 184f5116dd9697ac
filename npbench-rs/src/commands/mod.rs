//! The commands that have settings of their own.

pub(crate) mod ceilings;
pub(crate) mod compare;
pub(crate) mod plot;
pub(crate) mod report;
pub(crate) mod run;

use clap::Args;
use npbench::database::{self, Database, Selection};
use npbench::programs::Preset;
use std::path::PathBuf;

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
    /// The database, and the latest measurements in it.
    fn read(&self) -> Result<(Database, Selection), String> {
        let database = Database::open(&self.db)?;
        let selection = database.latest(self.preset.map(Preset::name))?;
        Ok((database, selection))
    }
}
