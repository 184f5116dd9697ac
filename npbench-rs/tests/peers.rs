//! The other frameworks: their files, and each that is installed on one program.

use npbench::frameworks::{Contestant, Framework};
use npbench::measure::find_python;
use npbench::peers::{self, Peers};
use npbench::programs::all;
use std::process::Command;

/// A file that replaces a program's text belongs to a program, and defines it.
#[test]
fn each_file_defines_a_program() {
    for name in peers::files() {
        let (folder, file) = name.split_once('/').expect("a folder");
        let Some(framework) = Framework::named(folder) else {
            assert!(
                ["runner", "environments"].contains(&folder),
                "{name} is used by nothing"
            );
            continue;
        };
        let (program, _) = file.rsplit_once('.').expect("an extension");
        assert_eq!(peers::variant(framework, program), Some(name));
        assert!(all().iter().any(|p| p.name == program), "{name}");
        let text = peers::file(name).expect("the file");
        let definition = match framework {
            Framework::C => format!("void {program}("),
            _ => format!("def {program}("),
        };
        assert!(text.contains(&definition), "{name}");
    }
}

#[test]
fn modes_are_told_apart() {
    let contestants = Contestant::of(&Framework::ALL);
    let names: std::collections::HashSet<String> =
        contestants.iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), contestants.len());
    for framework in Framework::ALL {
        assert_eq!(Framework::named(framework.name()), Some(framework));
    }
}

#[test]
fn a_missing_peer_is_shown_with_its_reason() {
    let empty = tempfile::tempdir().expect("a folder");
    let list = Command::new(env!("CARGO_BIN_EXE_npbench"))
        .args(["peers", "list", "--dir"])
        .arg(empty.path())
        .output()
        .expect("the binary runs");
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    for peer in ["numba", "pythran", "dace", "jax"] {
        let line = list.lines().find(|l| l.starts_with(peer)).expect("a line");
        assert!(line.contains("npbench peers install"), "{line}");
    }
    let run = Command::new(env!("CARGO_BIN_EXE_npbench"))
        .args([
            "run",
            "--no-db",
            "-p",
            "test",
            "-b",
            "gemm",
            "-f",
            "dace-rs,jax",
            "--peers",
        ])
        .arg(empty.path())
        .output()
        .expect("the binary runs");
    let table = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(
        run.status.success(),
        "a missing peer is no failure: {table}"
    );
    assert!(table.contains("gemm (jax): not installed"), "{table}");
}

/// Every peer that is installed agrees with NumPy on a program whose arguments are whole numbers and arrays that it writes.
#[test]
fn installed_peers_agree_with_numpy() {
    let peers = Peers::at(None).expect("a folder");
    if find_python(None, &peers).is_ok_and(|python| python.is_none()) {
        println!("note: no Python with NumPy: peers are not tested");
        return;
    }
    for framework in Framework::ALL {
        if matches!(framework, Framework::DaceRs | Framework::Numpy) {
            continue;
        }
        if let Err(why) = peers.version(framework) {
            println!("note: {framework} is not tested: {why}");
            continue;
        }
        let directory = tempfile::tempdir().expect("a folder");
        let file = directory.path().join("out.json");
        let output = Command::new(env!("CARGO_BIN_EXE_npbench"))
            .args(["run", "--no-db", "-p", "test", "-b", "jacobi_2d", "-r", "2"])
            .args(["-f", framework.name(), "--json"])
            .arg(&file)
            .output()
            .expect("the binary runs");
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines = std::fs::read_to_string(&file).expect("the JSON file");
        assert_eq!(lines.lines().count(), framework.modes().len(), "{report}");
        for line in lines.lines() {
            let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
            assert_eq!(record["validated"], true, "{record}");
            assert_eq!(record["repeat"], 2, "{record}");
            assert_eq!(record["reference"], "numpy", "{record}");
            assert!(
                !record["version"].as_str().expect("text").is_empty(),
                "{record}"
            );
        }
    }
}
