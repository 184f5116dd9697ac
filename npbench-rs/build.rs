//! Puts the files of `peers/` into the binary: what runs the programs under other frameworks.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=peers");
    let mut files = Vec::new();
    collect(Path::new("peers"), &mut files)?;
    files.sort();
    let mut table = String::from("[\n");
    for file in &files {
        let name: Vec<_> = file
            .iter()
            .skip(1)
            .map(|part| part.to_string_lossy())
            .collect();
        let path = std::path::absolute(file)?.display().to_string();
        let _ = writeln!(table, "({:?}, include_str!({:?})),", name.join("/"), path);
    }
    table.push(']');
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    std::fs::write(out.join("peers.rs"), table)
}

/// All files of a folder and of those in it, but for what Python leaves behind.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.is_dir() {
            files.push(path);
        } else if !path.ends_with("__pycache__") {
            collect(&path, files)?;
        }
    }
    Ok(())
}
