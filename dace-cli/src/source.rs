//! Python text from a file.

use crate::Failed;
use dace_backends::build::{Invocation, Kind, scan};
use dace_core::syntax::Form;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// One text to compile, and where it stands.
pub(crate) struct Unit {
    /// For messages.
    pub(crate) path: String,
    /// The whole file.
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) form: Form,
    /// Of a Rust file: where `text` stands in it.
    invocation: Option<Invocation>,
}

impl Unit {
    /// The byte of the file at which a byte of the text stands.
    pub(crate) fn place(&self, offset: usize) -> usize {
        self.invocation.as_ref().map_or(offset, |i| i.place(offset))
    }
}

/// Reads all of a text, unless it is one that nobody wrote.
fn bounded(reader: impl Read) -> io::Result<String> {
    const MOST: u64 = 16 << 20;
    let mut text = String::new();
    reader.take(MOST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MOST {
        return Err(io::Error::other(format!("more than {MOST} bytes")));
    }
    Ok(text)
}

/// The texts of a file: one for a Python module, one for each `dace!` of a Rust file.
pub(crate) fn read(path: &Path) -> Result<Vec<Unit>, Failed> {
    let stdin = path.as_os_str() == "-";
    let file = if stdin {
        bounded(std::io::stdin().lock()).map_err(|e| format!("cannot read standard input: {e}"))?
    } else {
        File::open(path)
            .and_then(bounded)
            .map_err(|e| format!("cannot read {}: {e}", path.display()))?
    };
    let name = if stdin {
        "<stdin>".to_owned()
    } else {
        path.display().to_string()
    };
    if path.extension().is_none_or(|e| e != "rs") {
        return Ok(vec![Unit {
            path: name,
            text: file.clone(),
            file,
            form: Form::Module,
            invocation: None,
        }]);
    }
    let invocations = scan(&file).map_err(|e| format!("{name}: {e}"))?;
    // The form `dace!(file = "…")` has no text here: its file is checked by itself.
    let units: Vec<Unit> = invocations
        .into_iter()
        .filter(|i| i.kind != Kind::File)
        .map(|invocation| Unit {
            path: name.clone(),
            file: file.clone(),
            text: invocation.text.clone(),
            form: invocation.form(),
            invocation: Some(invocation),
        })
        .collect();
    if units.is_empty() {
        return Err(format!("{name} has no `dace!` with a text in it"));
    }
    Ok(units)
}
