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

/// Writes a `.npy` file with a header and so many bytes behind it.
fn npy(path: &Path, dictionary: &str, bytes: usize) {
    let mut content = b"\x93NUMPY\x01\x00".to_vec();
    content.extend((dictionary.len() as u16 + 1).to_le_bytes());
    content.extend(dictionary.as_bytes());
    content.push(b'\n');
    content.resize(content.len() + bytes, 0);
    std::fs::write(path, content).unwrap();
}

#[test]
fn arrays_that_are_not_what_they_say_are_refused() {
    let dir = folder("hostile");
    let file = program("scale.py");
    let file = file.to_str().unwrap();
    let path = dir.join("x.npy");
    let input = format!("A={}", path.display());
    let run = || {
        let begin = std::time::Instant::now();
        let errors = fails(&["run", file, "-f", "scale", "-s", "factor=1", "-i", &input]);
        assert!(begin.elapsed().as_secs() < 5);
        contains(&errors, &["cannot read", "x.npy"]);
        errors
    };
    let shaped =
        |shape: &str| format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
    npy(&path, &shaped("(1099511627776, 3)"), 0);
    contains(&run(), &["takes 26388279066624 bytes", "has 0"]);
    npy(&path, &shaped("(18446744073709551615, 0)"), 0);
    contains(&run(), &["no array has the shape"]);
    let nested = format!("{}{}", "[".repeat(25), "]".repeat(25));
    npy(
        &path,
        &format!("{{'descr': {nested}, 'fortran_order': False, 'shape': (2, 3), }}"),
        48,
    );
    contains(&run(), &["a string expected"]);
    npy(&path, &shaped("(2,)"), 15);
    contains(&run(), &["takes 16 bytes", "has 15"]);
    // As large as it says, and without any content on the disk.
    npy(&path, &shaped("(1099511627776,)"), 0);
    let sparse = std::fs::File::options().append(true).open(&path).unwrap();
    if sparse
        .set_len(sparse.metadata().unwrap().len() + (1 << 43))
        .is_ok()
    {
        contains(&run(), &["it would take"]);
    }
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    contains(&run(), &["not a regular file"]);
    std::fs::remove_dir(&path).unwrap();
    std::fs::write(&path, "").unwrap();
    run();
    // Other ranks, and sizes that contradict each other, are the interpreter's to refuse.
    npy(&path, &shaped("(2, 3)"), 48);
    let errors = fails(&["run", file, "-f", "scale", "-s", "factor=1", "-i", &input]);
    contains(&errors, &["`A` has 2 dimensions, not 1"]);
}

#[test]
fn sizes_beyond_memory_are_errors() {
    let dir = folder("memory");
    let file = dir.join("f.py");
    std::fs::write(
        &file,
        "def f(n: int64, m: int64):\n    A = np.ones((n, m, 0, n))\n    B = np.ones((n, m))\n    return B.sum() + A.sum()\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    for (n, m) in [
        ("99999999999999", "1"),
        ("4611686018427387904", "4611686018427387904"),
        ("9223372036854775807", "1"),
        ("10000000", "10000000"),
    ] {
        let (n, m) = (format!("n={n}"), format!("m={m}"));
        let errors = fails(&["run", file, "-s", &n, "-s", &m]);
        contains(&errors, &["`f` failed"]);
    }
    for wrong in ["n=9223372036854775808", "n=1.5", "n=", "n=0x10", "n=nan"] {
        let errors = fails(&["run", file, "-s", wrong, "-s", "m=1"]);
        contains(&errors, &["not a value of int64"]);
    }
    contains(
        &fails(&["run", file, "-s", "n=1"]),
        &["needs --set m=VALUE"],
    );
}

#[test]
fn texts_that_nobody_wrote_are_refused() {
    let dir = folder("texts");
    contains(&fails(&["check", dir.to_str().unwrap()]), &["cannot read"]);
    let bytes = dir.join("bytes.py");
    std::fs::write(&bytes, b"def f(x: float64[N]):\n    x[:] = \xff\n").unwrap();
    contains(&fails(&["check", bytes.to_str().unwrap()]), &["UTF-8"]);
    let large = dir.join("large.py");
    std::fs::write(&large, vec![b'#'; (16 << 20) + 1]).unwrap();
    contains(&fails(&["check", large.to_str().unwrap()]), &["more than"]);
    #[cfg(unix)]
    contains(&fails(&["check", "/dev/zero"]), &["more than"]);
}

/// Nobody reads what is printed, from the beginning.
#[test]
fn a_closed_pipe_ends_quietly() {
    let file = program("scale.py");
    let file = file.to_str().unwrap();
    let mistakes = program("mistakes.py");
    let dir = folder("pipe");
    let a = dir.join("a.npy");
    write_npy(&a, &array![1.0, -2.0, 4.0]).unwrap();
    let input = format!("A={}", a.display());
    let out = dir.join("out");
    for args in [
        &["check", file][..],
        &["show", file],
        &["show", file, "--rust"],
        &["show", file, "--json"],
        &["passes"],
        &["run", file, "-f=scale", "-s=factor=2", "-i", &input],
        &[
            "run",
            file,
            "-f=scale",
            "-s=factor=2",
            "-i",
            &input,
            "-o",
            out.to_str().unwrap(),
        ],
        &["--help"],
        &["help", "run"],
        &["--version"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-dace"))
            .args(args)
            .stdout(writer)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {errors}");
        assert_eq!(errors, "", "{args:?}");
        // A full disk is an error, and none of the program itself.
        if cfg!(target_os = "linux") {
            let full = std::fs::File::options()
                .write(true)
                .open("/dev/full")
                .unwrap();
            let output = Command::new(env!("CARGO_BIN_EXE_cargo-dace"))
                .args(args)
                .stdout(full)
                .output()
                .unwrap();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{args:?}: {errors}");
            contains(&errors, &["error: cannot write to standard output"]);
        }
    }
    assert!(out.join("A.npy").exists());
    // Where complaints cannot be written the status says all.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = Command::new(env!("CARGO_BIN_EXE_cargo-dace"))
        .args(["check", mistakes.to_str().unwrap()])
        .stderr(writer)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(1));
}

/// A disk that is full after half of a file: as a limit on the size of files.
#[cfg(unix)]
#[test]
fn results_that_do_not_fit_leave_what_was_there() {
    let dir = folder("full");
    let file = program("scale.py");
    let a = dir.join("A.npy");
    write_npy(&a, &Array1::<f64>::ones(4000)).unwrap();
    let before = std::fs::read(&a).unwrap();
    let script = "ulimit -f 8; exec \"$0\" \"$@\"";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_cargo-dace")])
        .args(["run", file.to_str().unwrap(), "-f", "scale"])
        .args(["-s", "factor=2", "-i"])
        .arg(format!("A={}", a.display()))
        .arg("-o")
        .arg(&dir)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    contains(&errors, &["cannot write", "A.npy", "File too large"]);
    assert_eq!(std::fs::read(&a).unwrap(), before);
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 1);
}

/// A loop that would take years is ended by Ctrl-C; one in any order needs memory for the order.
#[cfg(unix)]
#[test]
fn a_run_without_end_is_interrupted() {
    let dir = folder("endless");
    let file = dir.join("f.py");
    std::fs::write(
        &file,
        "def f(n: int64):\n    x = 0\n    while x < n:\n        x = x - 1\n    return x\n",
    )
    .unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_cargo-dace"))
        .args(["run", file.to_str().unwrap(), "-s", "n=9"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.is_ok_and(|status| status.success()));
    let output = child.wait_with_output().unwrap();
    assert!(!output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
