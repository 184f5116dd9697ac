//! `npbench ceilings`.

use super::THREADS;
use clap::Args;
use dace_host::console;
use indicatif::ProgressBar;
use npbench::ceilings::{Ceiling, Kind, measure};
use npbench::database::{self, Database};
use npbench::machine::{self, Machine};
use npbench::table::table;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args)]
pub(crate) struct Ceilings {
    /// The database that keeps them
    #[arg(long, value_name = "FILE", default_value = database::FILE)]
    db: PathBuf,
    /// Print only
    #[arg(long, conflicts_with = "db")]
    no_db: bool,
    /// Threads, beside one alone [default: as many as there are processors]
    #[arg(long, value_parser = clap::value_parser!(u32).range(THREADS))]
    threads: Option<u32>,
}

pub(crate) fn execute(options: &Ceilings) -> Result<bool, String> {
    let mut database = if options.no_db {
        None
    } else {
        Some(Database::create(&options.db)?)
    };
    let most = options.threads.map_or_else(machine::cores, |n| n as usize);
    let threads = if most == 1 { vec![1] } else { vec![1, most] };
    let progress = ProgressBar::new_spinner();
    progress.enable_steady_tick(Duration::from_millis(200));
    let mut ceilings = Vec::new();
    for kind in Kind::ALL {
        for threads in &threads {
            progress.set_message(format!("{}, {threads} threads", kind.title()));
            ceilings.push(measure(kind, *threads)?);
        }
    }
    progress.finish_and_clear();
    let shown = console::print(&text(&ceilings, &threads));
    if let Some(database) = &mut database {
        database.store_ceilings(&ceilings)?;
    }
    shown.map(|()| true)
}

fn text(ceilings: &[Ceiling], threads: &[usize]) -> String {
    let mut header = vec![Machine::this().processor];
    header.extend(threads.iter().map(|n| match n {
        1 => "1 thread".to_owned(),
        n => format!("{n} threads"),
    }));
    let mut rows = vec![header];
    for kind in Kind::ALL {
        let of = ceilings.iter().filter(|c| c.kind == kind);
        let mut row = vec![kind.title().to_owned()];
        row.extend(of.map(|c| kind.show(c.value)));
        rows.push(row);
    }
    table(&rows, 1..threads.len() + 1, &[0])
}
