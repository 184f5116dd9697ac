//! The command line as a user calls it.

use ndarray::{Array1, Array2, ArrayD, array};
use ndarray_npy::{read_npy, write_npy};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/programs")
        .join(name)
}

fn call(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cargo-dace"))
        .args(args)
        .output()
        .expect("the binary starts")
}

/// Standard output of a call that has to succeed.
fn succeeds(args: &[&str]) -> String {
    let output = call(args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}\n{errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Standard error of a call that has to fail.
fn fails(args: &[&str]) -> String {
    let output = call(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    assert!(
        output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    String::from_utf8(output.stderr).expect("UTF-8")
}

fn contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
}

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a folder");
    path
}

#[test]
fn check_counts_programs() {
    let file = program("scale.py");
    let file = file.to_str().unwrap();
    assert_eq!(succeeds(&["check", file]), format!("{file}: 2 programs\n"));
    // As cargo calls it.
    assert_eq!(
        succeeds(&["dace", "check", file]),
        format!("{file}: 2 programs\n")
    );
}

#[test]
fn check_shows_every_mistake_in_its_place() {
    let file = program("mistakes.py");
    let errors = fails(&["check", file.to_str().unwrap()]);
    contains(&errors, &["error[D", "mistakes.py:13:5", "yield A"]);
    let inline = program("inline.rs");
    let errors = fails(&["check", inline.to_str().unwrap()]);
    contains(
        &errors,
        &[
            "error[D003]",
            "inline.rs:13:16",
            "x[:] = x / nothing",
            "1 mistake in",
        ],
    );
}

#[test]
fn check_reads_standard_input() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cargo-dace"))
        .args(["check", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"def f(x: float64[N]):\n    x[:] = y\n")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(!output.status.success());
    contains(
        &String::from_utf8_lossy(&output.stderr),
        &["<stdin>:2:12", "D003"],
    );
}

#[test]
fn show_prints_each_form() {
    let file = program("scale.py");
    let file = file.to_str().unwrap();
    let sdfg = "\
sdfg scale(factor, A):
    symbols N
    data factor: float64
    data A: float64[N]
";
    let text = succeeds(&["show", file, "-f", "scale"]);
    assert!(text.starts_with(sdfg), "{text}");
    assert!(succeeds(&["show", file]).contains("sdfg grid("));
    contains(
        &succeeds(&["show", file, "-f", "scale", "--after", "lower"]),
        &[sdfg],
    );
    contains(
        &succeeds(&["show", file, "-f", "scale", "--rust"]),
        &["pub fn scale(", "pub mod scale"],
    );
    contains(
        &succeeds(&["show", file, "-f", "scale", "--json", "--no-optimize"]),
        &["\"type\": \"SDFG\"", "\"MapEntry\""],
    );
    contains(
        &succeeds(&["show", file, "-f", "scale", "--dot"]),
        &["digraph \"scale\"", "->"],
    );
    contains(
        &fails(&["show", file, "-f", "other"]),
        &["there is no program `other`; there are: scale, grid"],
    );
    contains(
        &fails(&["show", file, "-f", "scale", "--after", "nonsense"]),
        &["`nonsense` changed nothing in `scale`"],
    );
    contains(&fails(&["show", "missing.py"]), &["cannot read missing.py"]);
}

#[test]
fn passes_are_listed() {
    contains(&succeeds(&["passes"]), &["map_fusion", "dead_code"]);
}

#[test]
fn run_changes_and_returns_arrays() {
    let dir = folder("run");
    let file = program("scale.py");
    let file = file.to_str().unwrap();
    write_npy(dir.join("a.npy"), &array![1.0, -2.0, 4.0]).unwrap();
    let input = format!("A={}", dir.join("a.npy").display());
    let out = dir.join("out");
    let out_text = out.to_str().unwrap();
    succeeds(&[
        "run",
        file,
        "-f",
        "scale",
        "--input",
        &input,
        "--set",
        "factor=-0.5",
        "--out",
        out_text,
    ]);
    let a: Array1<f64> = read_npy(out.join("A.npy")).unwrap();
    assert_eq!(a, array![-0.5, 1.0, -2.0]);

    let b = dir.join("b.npy");
    write_npy(&b, &array![1.5f32, 2.0]).unwrap();
    let input = format!("B={}", b.display());
    succeeds(&[
        "run", file, "-f", "grid", "-i", &input, "-s", "n=2", "-s", "N=2", "-o", out_text,
    ]);
    let c: Array2<f32> = read_npy(out.join("return_0.npy")).unwrap();
    assert_eq!(c, array![[3.0, 4.0], [0.0, 0.0]]);
    let n: ArrayD<i64> = read_npy(out.join("return_1.npy")).unwrap();
    assert_eq!(n.first(), Some(&3));
    let names: Vec<_> = std::fs::read_dir(&out)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    // Without a folder the results are printed.
    let printed = succeeds(&[
        "run", file, "-f", "grid", "-i", &input, "-s", "n=2", "-s", "N=2",
    ]);
    assert_eq!(
        printed,
        "return_0 = float32[2, 2] [3.0, 4.0, 0.0, 0.0]\nreturn_1 = 3 (int64)\n"
    );
}

#[test]
fn run_refuses_bad_input_and_leaves_nothing() {
    let dir = folder("refuse");
    let file = program("scale.py");
    let file = file.to_str().unwrap();
    let a = dir.join("a.npy");
    write_npy(&a, &array![1i32, 2]).unwrap();
    let input = format!("A={}", a.display());
    let run = |rest: &[&str]| {
        let mut args = vec!["run", file];
        args.extend(rest);
        fails(&args)
    };
    contains(&run(&[]), &["several programs", "scale, grid"]);
    contains(
        &run(&["-f", "scale"]),
        &["`scale` needs --set factor=VALUE --input A=FILE.npy"],
    );
    contains(
        &run(&["-f", "scale", "-s", "factor=2", "-i", &input]),
        &["a.npy as an array of float64"],
    );
    contains(
        &run(&["-f", "scale", "-s", "factor=two", "-i", &input]),
        &["factor=two: not a value of float64"],
    );
    contains(&run(&["-f", "scale", "-s", "factor"]), &["expected NAME="]);
    contains(
        &run(&["-f", "scale", "-s", "factor=1", "-s", "factor=2"]),
        &["given twice"],
    );
    contains(
        &run(&["-f", "scale", "-s", "factor=1", "-i", "A=none.npy"]),
        &["cannot read none.npy"],
    );
    let good = dir.join("good.npy");
    write_npy(&good, &array![1.0, 2.0]).unwrap();
    let input = format!("A={}", good.display());
    contains(
        &run(&["-f", "scale", "-s", "factor=1", "-s", "K=2", "-i", &input]),
        &["no scalar parameter and no free symbol `K`"],
    );
    // A file stands where the folder has to be.
    contains(
        &run(&[
            "-f",
            "scale",
            "-s",
            "factor=1",
            "-i",
            &input,
            "-o",
            good.to_str().unwrap(),
        ]),
        &["cannot make the folder"],
    );
    // A folder stands where a result has to be: nothing of the run is left beside it.
    let out = dir.join("out");
    std::fs::create_dir_all(out.join("A.npy")).unwrap();
    contains(
        &run(&[
            "-f",
            "scale",
            "-s",
            "factor=1",
            "-i",
            &input,
            "-o",
            out.to_str().unwrap(),
        ]),
        &["cannot write"],
    );
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 1);
}
