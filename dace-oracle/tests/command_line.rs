//! The campaign's command line.

use std::process::Command;

fn oracle() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dace-oracle"));
    command.args(["show", "3"]);
    command
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = oracle().stdout(writer).output().expect("it starts");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::File::options().write(true).open("/dev/full");
    let output = oracle()
        .stdout(full.expect("a full device"))
        .output()
        .expect("it starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(
        errors.starts_with("cannot write to standard output"),
        "{errors}"
    );
}
