//! The command line: what it prints, refuses and writes.

use std::process::{Command, Output};

fn npbench(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_npbench"));
    command.args(arguments).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_misspelt_program_is_refused_with_a_suggestion() {
    let output = npbench(&["run", "-b", "jacobi_3d"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    assert!(
        errors.contains("similar") && errors.contains("'jacobi_2d'"),
        "{errors}"
    );
}

#[test]
fn bad_values_are_refused() {
    for arguments in [
        ["run", "--preset=XL"],
        ["run", "--repeat=0"],
        ["run", "--threads=0"],
        ["run", "--threads=100000"],
        ["ceilings", "--threads=100000"],
        ["run", "--timeout=-1"],
        ["run", "--timeout=nan"],
        ["run", "--framework=cupy"],
        ["run", "--validate=maybe"],
        ["text", "nothing"],
        ["run", "--python=/nonexistent/python"],
    ] {
        let output = npbench(&arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn the_list_names_each_program() {
    let output = npbench(&["list"]);
    assert!(output.status.success());
    let list = text(&output.stdout);
    for program in npbench::programs::all() {
        assert!(
            list.lines()
                .any(|l| l.split_whitespace().next() == Some(program.name)),
            "{}",
            program.name
        );
    }
}

#[test]
fn the_text_of_a_program_is_python() {
    let output = npbench(&["text", "adist"]);
    assert!(output.status.success());
    assert!(text(&output.stdout).starts_with("def arc_distance("));
}

#[test]
fn json_has_one_object_for_each_measurement() {
    let directory = tempfile::tempdir().expect("a folder for temporary files");
    let file = directory.path().join("out.json");
    let path = file.to_str().expect("a path in UTF-8");
    let output = npbench(&[
        "run",
        "--no-db",
        "-p",
        "test",
        "-b",
        "gemm,adist",
        "-f",
        "dace-rs",
        "-r",
        "3",
        "--json",
        path,
    ]);
    let lines = std::fs::read_to_string(&file).expect("the JSON file");
    let records: Vec<serde_json::Value> = lines
        .lines()
        .map(|l| serde_json::from_str(l).expect("a JSON object"))
        .collect();
    let names: Vec<_> = records.iter().map(|r| r["benchmark"].as_str()).collect();
    assert_eq!(
        names,
        [Some("gemm"), Some("arc_distance")],
        "{}",
        text(&output.stderr)
    );
    for record in &records {
        assert_eq!(record["preset"], "test");
        assert_eq!(record["framework"], "dace-rs");
        for key in ["median_s", "min_s", "repeat", "validated", "max_rel_err"] {
            assert!(record.get(key).is_some(), "{key} is missing in {record}");
        }
    }
}

#[test]
fn a_timeout_is_reported_and_the_run_goes_on() {
    let output = npbench(&[
        "run",
        "--no-db",
        "-p",
        "L",
        "-b",
        "gemm,go_fast",
        "-f",
        "dace-rs",
        "-t",
        "0.05",
        "-v",
        "false",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let table = text(&output.stdout);
    assert!(
        table.contains("gemm, go_fast (dace-rs): timeout"),
        "{table}"
    );
}
