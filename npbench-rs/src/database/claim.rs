//! Who measures a run.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Held by the process that measures a run: the lock of a file beside the database. The system gives it back when the process
/// ends, however that happens; the file goes when the run is complete.
#[derive(Debug)]
pub(super) struct Claim {
    /// Locked for as long as it is open. It holds the process's number.
    _file: File,
    path: PathBuf,
}

impl Claim {
    /// Takes a run, unless another process has it.
    pub(super) fn take(database: &Path, run: i64) -> Result<Self, String> {
        let failed = |e: std::io::Error| format!("{}: {e}", database.display());
        // One for all names of the file.
        let mut name = OsString::from(database.canonicalize().map_err(failed)?);
        name.push(format!("-run-{run}.lock"));
        let path = PathBuf::from(name);
        let failed = |e: std::io::Error| format!("{}: {e}", path.display());
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                // Unreadable where the system locks reading, too, and not yet written at the very beginning.
                let mut holder = String::new();
                let holder = match (&file).take(20).read_to_string(&mut holder) {
                    Ok(1..) => format!("process {}", holder.trim()),
                    _ => "another process".to_owned(),
                };
                return Err(format!(
                    "{}: run {run} is being measured by {holder}",
                    database.display()
                ));
            }
            Err(TryLockError::Error(e)) => return Err(failed(e)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(failed)?;
        Ok(Self { _file: file, path })
    }

    /// Gives back a run that is complete: whoever waits for the file finds no run for it.
    pub(super) fn end(self) {
        // A file that is left is none of an unfinished run and disturbs nobody.
        let _ = std::fs::remove_file(&self.path);
    }
}
