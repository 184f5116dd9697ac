//! The program texts of this repository.

use dace_backends::build::literal_value;
use proc_macro2::{TokenStream, TokenTree};
use std::path::{Path, PathBuf};

/// Every text in a `dace!`, in a string literal with a function, or in a Python file of the repository, each once, in the order of paths.
pub(super) fn texts() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in [
        "npbench-rs/kernels/src",
        "dace-oracle/collection",
        "dace-core/tests",
        "dace-backends/tests",
        "dace-macros",
        "tests",
        "examples",
        "benches",
    ] {
        gather(&root.join(folder), &mut files);
    }
    files.sort();
    let mut found = Vec::new();
    for path in files {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        if path.extension().is_some_and(|e| e == "py") {
            let programs = text.split("#:").filter(|t| t.contains("def "));
            // The rest of the marker's line holds settings.
            found.extend(programs.map(|p| {
                let body = if text.contains("#:") {
                    p.split_once('\n').map_or(p, |(_, body)| body)
                } else {
                    p
                };
                body.to_owned()
            }));
            continue;
        }
        if let Ok(invocations) = dace_backends::build::scan(&text) {
            found.extend(invocations.into_iter().map(|i| unindented(&i.text)));
        }
        if let Ok(tokens) = text.parse() {
            literals(tokens, &mut found);
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|t| t.contains("def ") && t.len() < 8000 && seen.insert(t.clone()));
    found
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.filter_map(Result::ok).map(|e| e.path()) {
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs" || e == "py") {
            files.push(path);
        }
    }
}

/// String literals that hold a function.
fn literals(tokens: TokenStream, found: &mut Vec<String>) {
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => literals(group.stream(), found),
            TokenTree::Literal(literal) => {
                if let Some((text, _)) = literal_value(&literal.to_string())
                    && text.contains("def ")
                {
                    found.push(unindented(&text));
                }
            }
            _ => {}
        }
    }
}

/// The text of a block from the left margin, as a module has it.
fn unindented(text: &str) -> String {
    let code = |line: &&str| !line.trim().is_empty();
    let margin = text
        .lines()
        .filter(code)
        .map(|l| l.len() - l.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let mut lines = text
        .lines()
        .skip_while(|l| l.trim().is_empty())
        .map(|l| l.get(margin..).unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    lines.push('\n');
    lines
}
