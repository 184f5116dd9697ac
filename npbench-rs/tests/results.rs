//! The command line around the database: run, resume, compare, plot, report, ceilings.

use rusqlite::Connection;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the binary in a folder. No Python is found there: only our own programs are measured.
fn npbench(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_npbench"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary runs")
}

fn succeeds(folder: &Path, arguments: &[&str]) -> String {
    let output = npbench(folder, arguments);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{arguments:?}: {out}{err}");
    out
}

#[track_caller]
fn refuses(folder: &Path, arguments: &[&str], reason: &str) {
    let output = npbench(folder, arguments);
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {err}");
    assert!(err.contains(reason), "{arguments:?}: {err}");
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn number(database: &Path, query: &str) -> i64 {
    let connection = Connection::open(database).expect("a database");
    connection
        .query_row(query, [], |row| row.get(0))
        .expect("a number")
}

const RUN: [&str; 8] = [
    "run",
    "-p=test",
    "-b=crc16,gemm",
    "-f=dace-rs",
    "-r=5",
    "--threads=2",
    "-v=false",
    "--peers=none",
];

/// Enters measurements of NumPy beside those of the last run: ten times slower.
fn add_numpy(database: &Path) {
    let connection = Connection::open(database).expect("a database");
    connection
        .execute_batch(
            "INSERT INTO measurements (run, benchmark, framework, mode, version)
                 SELECT run, benchmark, 'numpy', '', '2.0' FROM measurements WHERE framework = 'dace-rs';
             INSERT INTO results (timestamp, benchmark, preset, mode, framework, version, time)
                 SELECT m.id, m.benchmark, 'test', 'main', 'numpy', '2.0', 10 * r.time
                 FROM measurements m JOIN measurements o ON o.benchmark = m.benchmark AND o.framework = 'dace-rs' AND o.run = m.run
                 JOIN timings t ON t.measurement = o.id JOIN results r ON r.id = t.result
                 WHERE m.framework = 'numpy';
             INSERT INTO timings SELECT id, timestamp FROM results WHERE framework = 'numpy'",
        )
        .expect("entered");
}

#[test]
fn results_are_kept_compared_and_shown() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    let database = folder.join("npbench.db");
    succeeds(folder, &RUN);
    assert_eq!(number(&database, "SELECT count(*) FROM results"), 10);
    assert_eq!(
        number(
            &database,
            "SELECT count(*) FROM runs WHERE finished IS NOT NULL"
        ),
        1
    );
    // See `work.rs`.
    assert_eq!(
        number(
            &database,
            "SELECT CAST(operations AS INTEGER) FROM measurements WHERE benchmark = 'gemm'"
        ),
        7 * 3 + 2 * 7 * 5 * 3 + 2 * 7 * 5
    );

    // The same results: no regression. Times without noise from here on.
    let connection = Connection::open(&database).expect("a database");
    connection
        .execute("UPDATE results SET time = 0.001 * (1 + 0.001 * id)", [])
        .expect("updated");
    drop(connection);
    std::fs::copy(&database, folder.join("before.db")).expect("copied");
    let report = succeeds(folder, &["compare", "before.db", "npbench.db"]);
    assert!(
        report.contains("2 compared: 0 slower, 0 faster"),
        "{report}"
    );
    // Three times as long: a regression, but none above 300 %.
    let connection = Connection::open(&database).expect("a database");
    connection
        .execute("UPDATE results SET time = 3 * time", [])
        .expect("updated");
    drop(connection);
    let output = npbench(folder, &["compare", "before.db", "npbench.db"]);
    let report = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{report}");
    assert!(report.contains("2 slower"), "{report}");
    succeeds(
        folder,
        &["compare", "before.db", "npbench.db", "--threshold=300"],
    );
    succeeds(folder, &["compare", "npbench.db", "before.db"]);

    refuses(folder, &["plot", "-o=a.svg"], "no measurement of NumPy");
    add_numpy(&database);
    succeeds(folder, &["plot", "-o=a.svg"]);
    succeeds(folder, &["plot", "-o=a.png", "-p=test"]);
    let picture = std::fs::read_to_string(folder.join("a.svg")).expect("a picture");
    assert!(picture.contains(">10.0×<"), "{picture}");
    let picture = std::fs::read(folder.join("a.png")).expect("a picture");
    assert_eq!(&picture[..8], b"\x89PNG\r\n\x1a\n");
    succeeds(folder, &["report", "-o=a.html"]);
    let page = std::fs::read_to_string(folder.join("a.html")).expect("a page");
    assert!(page.contains("npbench ceilings --threads 2"), "{page}");
    assert!(
        page.contains(">10.0×<") && page.ends_with("</html>"),
        "{page}"
    );
}

#[test]
fn an_unfinished_run_is_continued() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    let database = folder.join("npbench.db");
    let resume = [&RUN[..], &["--resume"]].concat();
    refuses(folder, &resume, "no such file");
    assert!(!database.exists());
    succeeds(folder, &RUN);
    refuses(folder, &resume, "no unfinished run");
    // As if the run had been ended before its second program.
    let connection = Connection::open(&database).expect("a database");
    connection
        .execute_batch(
            "UPDATE runs SET finished = NULL;
             DELETE FROM timings WHERE measurement IN (SELECT id FROM measurements WHERE benchmark = 'gemm');
             DELETE FROM results WHERE id NOT IN (SELECT result FROM timings);
             DELETE FROM measurements WHERE benchmark = 'gemm';
             UPDATE results SET time = 1234",
        )
        .expect("updated");
    drop(connection);
    let other = [&RUN[..4], &["-r=6", "--threads=2", "-v=false", "--resume"]].concat();
    refuses(folder, &other, "repeat: 5");
    let table = succeeds(folder, &resume);
    assert!(
        table.contains("1234.00 s"),
        "what was measured is shown: {table}"
    );
    let measured = "SELECT count(*) FROM results WHERE time < 1234";
    assert_eq!(number(&database, measured), 5, "only the second program");
    assert_eq!(number(&database, "SELECT count(*) FROM results"), 10);
    assert_eq!(number(&database, "SELECT count(*) FROM runs"), 1);
    refuses(folder, &resume, "no unfinished run");
}

/// Ctrl-C between the programs: what is finished is kept, what is cut short is not.
#[cfg(unix)]
#[test]
fn an_interruption_loses_nothing_that_was_finished() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    let database = folder.join("npbench.db");
    // Both programs use up their time, seconds each; the second is interrupted.
    let child = Command::new(env!("CARGO_BIN_EXE_npbench"))
        .args([
            "run",
            "-b=azimint_hist,stockham_fft",
            "-f=dace-rs",
            "-v=false",
        ])
        .args(["--repeat=1000000", "--timeout=9"])
        .current_dir(folder)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let begin = std::time::Instant::now();
    let finished = || {
        let stored = Connection::open(&database).and_then(|connection| {
            connection.query_row("SELECT count(*) FROM measurements", [], |row| row.get(0))
        });
        stored == Ok(1_i64)
    };
    while !finished() && begin.elapsed().as_secs() < 60 {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.is_ok_and(|status| status.success()));
    let output = child.wait_with_output().expect("it ends");
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{errors}");
    assert!(
        errors.contains("1 of 2 programs are in npbench.db"),
        "{errors}"
    );
    assert_eq!(number(&database, "SELECT count(*) FROM measurements"), 1);
    assert_eq!(
        number(
            &database,
            "SELECT count(*) FROM runs WHERE finished IS NULL"
        ),
        1
    );
}

#[test]
fn bad_files_are_refused() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    let content = "this is a text and no database".repeat(50);
    std::fs::write(folder.join("text.db"), &content).expect("written");
    for command in [
        &["plot", "-o=a.svg", "--db=text.db"][..],
        &["report", "--db=text.db"],
        &["compare", "text.db", "text.db"],
        &["ceilings", "--db=text.db"],
        &["run", "-p=test", "-b=gemm", "-f=dace-rs", "--db=text.db"],
    ] {
        refuses(folder, command, "text.db: file is not a database");
    }
    let kept = std::fs::read_to_string(folder.join("text.db")).expect("a text");
    assert_eq!(kept, content);
    for command in [
        &["plot", "-o=a.svg", "--db=none.db"][..],
        &["report", "--db=none.db"],
        &["compare", "none.db", "none.db"],
    ] {
        refuses(folder, command, "none.db: no such file");
    }
    let nowhere = [
        "run",
        "-p=test",
        "-b=gemm",
        "-f=dace-rs",
        "--db=no/such/a.db",
    ];
    refuses(folder, &nowhere, "no/such/a.db");
    assert!(!folder.join("none.db").exists() && !folder.join("report.html").exists());

    succeeds(
        folder,
        &[
            "run",
            "-p=test",
            "-b=gemm",
            "-f=dace-rs",
            "-r=1",
            "--db=a.db",
        ],
    );
    refuses(
        folder,
        &["report", "--db=a.db", "-o=no/such/a.html"],
        "no/such/a.html",
    );
    refuses(
        folder,
        &["report", "--db=a.db", "-p=L"],
        "no measurements at preset L",
    );
    refuses(
        folder,
        &["compare", "a.db", "a.db", "-p=L"],
        "no measurements at preset L",
    );
    // A database without any measurement.
    let connection = Connection::open(folder.join("a.db")).expect("a database");
    connection
        .execute_batch("DELETE FROM timings; DELETE FROM results; DELETE FROM measurements")
        .expect("emptied");
    drop(connection);
    refuses(folder, &["report", "--db=a.db"], "a.db: no measurements");
    refuses(
        folder,
        &["compare", "a.db", "a.db"],
        "a.db: no measurements",
    );
}

#[test]
fn nothing_is_kept_where_that_is_asked() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    succeeds(
        folder,
        &["run", "-p=test", "-b=gemm", "-f=dace-rs", "-r=1", "--no-db"],
    );
    let left = std::fs::read_dir(folder).expect("a folder").count();
    assert_eq!(left, 0);
}

/// Names in a folder, without those of a kind.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

/// A run is one process's at a time; one that was killed does not keep it.
#[cfg(unix)]
#[test]
fn a_run_belongs_to_one_process() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    let arguments = [
        "run",
        "-b=azimint_hist",
        "-f=dace-rs",
        "-v=false",
        "--repeat=1000000",
        "--timeout=30",
        "--threads=1",
    ];
    let resume = [&arguments[..], &["--resume"]].concat();
    let start = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_npbench"))
            .args(arguments)
            .current_dir(folder)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the binary runs")
    };
    let claimed_by = |process: u32| {
        let begin = std::time::Instant::now();
        let claim = folder.join("npbench.db-run-1.lock");
        let ours = format!("{process}\n");
        while std::fs::read_to_string(&claim).ok().as_ref() != Some(&ours) {
            assert!(begin.elapsed().as_secs() < 60, "process {process}");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    };
    let mut first = start(&arguments);
    claimed_by(first.id());
    let taken = format!("run 1 is being measured by process {}", first.id());
    refuses(folder, &resume, &taken);
    // SIGKILL: it cannot tidy up.
    first.kill().expect("killed");
    first.wait().expect("ended");
    let mut second = start(&resume);
    claimed_by(second.id());
    let taken = format!("run 1 is being measured by process {}", second.id());
    refuses(folder, &resume, &taken);
    second.kill().expect("killed");
    second.wait().expect("ended");
    assert_eq!(
        number(&folder.join("npbench.db"), "SELECT count(*) FROM runs"),
        1
    );
}

#[test]
fn runs_share_a_database() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    let children: Vec<_> = ["crc16", "gemm", "crc16,gemm", "gemm"]
        .iter()
        .map(|programs| {
            Command::new(env!("CARGO_BIN_EXE_npbench"))
                .args(["run", "-p=test", "-b", programs, "-f=dace-rs", "-r=3"])
                .args(["--threads=1", "-v=false"])
                .current_dir(folder)
                .stderr(std::process::Stdio::piped())
                .stdout(std::process::Stdio::null())
                .spawn()
                .expect("the binary runs")
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let database = folder.join("npbench.db");
    assert_eq!(number(&database, "SELECT count(*) FROM measurements"), 5);
    assert_eq!(number(&database, "SELECT count(*) FROM results"), 15);
    let finished = "SELECT count(*) FROM runs WHERE finished IS NOT NULL";
    assert_eq!(number(&database, finished), 4);
    assert_eq!(names(folder), ["npbench.db"]);
}

/// Nobody reads what is printed, or it cannot be written: nothing that was measured is lost, and nothing panics.
#[test]
fn what_cannot_be_printed_is_kept() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    let database = folder.join("npbench.db");
    let closed = |arguments: &[&str]| {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        Command::new(env!("CARGO_BIN_EXE_npbench"))
            .args(arguments)
            .current_dir(folder)
            .stdout(writer)
            .output()
            .expect("the binary runs")
    };
    let quick = [
        "run",
        "-p=test",
        "-b=gemm",
        "-f=dace-rs",
        "-r=1",
        "-v=false",
    ];
    for arguments in [
        &quick[..],
        &["list"],
        &["text", "gemm"],
        &["compare", "npbench.db", "npbench.db"],
        &["peers", "list", "--dir=none"],
        &["--help"],
    ] {
        let output = closed(arguments);
        let errors = text(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        assert!(!errors.contains("error"), "{arguments:?}: {errors}");
        if cfg!(target_os = "linux") {
            let full = std::fs::File::options()
                .write(true)
                .open("/dev/full")
                .expect("a full device");
            let output = Command::new(env!("CARGO_BIN_EXE_npbench"))
                .args(arguments)
                .current_dir(folder)
                .stdout(full)
                .output()
                .expect("the binary runs");
            let errors = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
            assert!(
                errors.contains("error: cannot write to standard output"),
                "{arguments:?}: {errors}"
            );
        }
    }
    let unfinished = "SELECT count(*) FROM runs WHERE finished IS NULL";
    assert_eq!(number(&database, unfinished), 0);
}

/// Output that cannot be written leaves what was there.
#[cfg(unix)]
#[test]
fn output_appears_whole_or_not_at_all() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    succeeds(folder, &RUN);
    add_numpy(&folder.join("npbench.db"));
    std::fs::write(folder.join("report.html"), "old").expect("written");
    std::fs::write(folder.join("a.svg"), "old").expect("written");
    std::fs::write(folder.join("a.png"), "old").expect("written");
    let before = names(folder);
    for (arguments, output) in [
        (&["report"][..], "report.html"),
        (&["plot", "-o=a.svg"], "a.svg"),
        (&["plot", "-o=a.png"], "a.png"),
    ] {
        // Half of it fits.
        let failed = Command::new("sh")
            .args(["-c", "ulimit -f 2; exec \"$0\" \"$@\""])
            .arg(env!("CARGO_BIN_EXE_npbench"))
            .args(arguments)
            .current_dir(folder)
            .output()
            .expect("the binary runs");
        let errors = text(&failed.stderr);
        assert_eq!(failed.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(
            errors.contains(&format!("cannot write {output}: File too large")),
            "{errors}"
        );
        let kept = std::fs::read_to_string(folder.join(output)).expect("a text");
        assert_eq!(kept, "old");
        assert_eq!(names(folder), before);
        succeeds(folder, arguments);
    }
    assert_eq!(names(folder), before);
    // The database is no place for a page.
    refuses(folder, &["report", "-o=npbench.db"], "is the database");
    std::os::unix::fs::symlink("npbench.db", folder.join("link")).expect("a link");
    refuses(folder, &["report", "-o=link"], "is the database");
    refuses(
        folder,
        &[&RUN[..], &["--json=npbench.db"]].concat(),
        "is the database",
    );
    // What cannot be written is told before the first measurement, and leaves no run behind.
    refuses(
        folder,
        &[&RUN[..], &["--json=none/a.json"]].concat(),
        "cannot write none/a.json",
    );
    let database = folder.join("npbench.db");
    assert_eq!(number(&database, "SELECT count(*) FROM runs"), 1);
    // A device is written to, not replaced.
    succeeds(folder, &["report", "-o=/dev/null"]);
    let page = succeeds(folder, &["report", "-o=/dev/stdout"]);
    assert!(page.ends_with("</html>"), "{page}");
}
