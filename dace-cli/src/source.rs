//! Python text from a file.

use crate::Failed;
use dace_backends::build::{Invocation, Kind, scan};
use dace_core::syntax::Form;
use std::io::Read as _;
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

/// The texts of a file: one for a Python module, one for each `dace!` of a Rust file.
pub(crate) fn read(path: &Path) -> Result<Vec<Unit>, Failed> {
    let stdin = path.as_os_str() == "-";
    let file = if stdin {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|e| format!("cannot read standard input: {e}"))?;
        text
    } else {
        std::fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?
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
