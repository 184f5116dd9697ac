//! Every NPBench program lowers, and the interpreter can run what comes out.

use dace_core::syntax::{Form, parse};

/// The text between the braces of the `dace!` in a kernel file.
fn kernel_text(rust: &str) -> &str {
    let start = rust.find("dace! {").expect("a dace! block") + "dace! {".len();
    let end = rust.rfind('}').expect("its end");
    &rust[start..end]
}

#[test]
fn npbench_programs_lower() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../npbench-rs/kernels/src");
    let mut failures = Vec::new();
    for entry in std::fs::read_dir(folder).expect("kernels") {
        let path = entry.expect("entry").path();
        if path.file_name().is_some_and(|n| n == "lib.rs") {
            continue;
        }
        let rust = std::fs::read_to_string(&path).expect("readable");
        let text = kernel_text(&rust);
        let module = parse(text, Form::Block).unwrap_or_else(|d| panic!("{path:?}: {d:?}"));
        match dace_core::lower::lower(&module) {
            Ok(programs) => {
                for p in programs {
                    if let Err(broken) = dace_core::verify::verify(&p.sdfg) {
                        failures.push(format!("{}: {}", path.display(), broken.join("; ")));
                    }
                }
            }
            Err(diagnostics) => {
                for d in diagnostics {
                    let at = &text[d.span.start as usize..d.span.end as usize];
                    failures.push(format!("{}: `{at}`: {d}", path.display()));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
