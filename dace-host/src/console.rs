//! Standard output and standard error.
//!
//! `println!` and `eprintln!` panic where nobody reads what they write. Here a reader that has gone away has what it wanted,
//! and anything else, as a full disk, is an error.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

/// Prints to standard output, at once.
pub fn print(text: &str) -> Result<(), String> {
    let mut output = io::stdout().lock();
    let written = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush());
    printed(written)
}

/// What is to be said of an attempt to print to standard output.
pub fn printed(outcome: io::Result<()>) -> Result<(), String> {
    match outcome {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(|e| format!("cannot write to standard output: {e}")),
    }
}

/// Prints a line to standard error. Where that cannot be written there is no place to say so.
pub fn complain(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
