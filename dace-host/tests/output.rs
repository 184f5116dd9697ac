//! Files appear whole or not at all.

#![cfg(unix)]

use dace_host::output::{Draft, INTERRUPTED, Lines, publish, write};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

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

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a text")
}

#[test]
fn a_file_is_replaced_when_all_of_it_is_there() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    let (a, b) = (folder.join("a"), folder.join("b"));
    std::fs::write(&a, "old").expect("written");
    std::fs::set_permissions(&a, PermissionsExt::from_mode(0o640)).expect("set");
    let mut drafts = vec![
        Draft::new(&a).expect("a draft"),
        Draft::new(&b).expect("a draft"),
    ];
    for draft in &mut drafts {
        draft.write_all(b"new").expect("written");
    }
    assert_eq!(text(&a), "old");
    assert!(!b.exists());
    publish(drafts).expect("published");
    assert_eq!((text(&a), text(&b)), ("new".into(), "new".into()));
    assert_eq!(a.metadata().expect("a file").mode() & 0o777, 0o640);
    // As a file that is made in the plain way.
    std::fs::write(folder.join("plain"), "").expect("written");
    let mode = |path: &Path| path.metadata().expect("a file").mode();
    assert_eq!(mode(&b), mode(&folder.join("plain")));
    // One that is given up.
    let mut draft = Draft::new(&a).expect("a draft");
    draft.write_all(b"other").expect("written");
    drop(draft);
    assert_eq!(text(&a), "new");
    assert_eq!(names(folder), ["a", "b", "plain"]);
    // The longest name that there may be.
    let long = folder.join("n".repeat(255));
    write(&long, b"long").expect("written");
    assert_eq!(text(&long), "long");
}

#[test]
fn what_cannot_be_written_is_named() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    let file = folder.join("file");
    std::fs::write(&file, "old").expect("written");
    for wrong in ["", "none/a", "file/a", ".", "..", "/"] {
        let name = if wrong.is_empty() {
            Path::new("").to_owned()
        } else {
            folder.join(wrong)
        };
        let why = write(&name, b"new").expect_err(wrong);
        assert!(why.starts_with("cannot write "), "{why}");
    }
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o444)).expect("set");
    let why = write(&file, b"new").expect_err("protected");
    assert!(why.contains("write-protected"), "{why}");
    assert_eq!(text(&file), "old");
    assert_eq!(names(folder), ["file"]);
}

#[test]
fn links_are_followed_and_devices_stay() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    std::fs::create_dir(folder.join("other")).expect("a folder");
    std::fs::write(folder.join("other/file"), "old").expect("written");
    symlink("other/file", folder.join("link")).expect("a link");
    symlink("other/new", folder.join("new")).expect("a link");
    symlink("loop", folder.join("loop")).expect("a link");
    write(&folder.join("link"), b"1").expect("written");
    write(&folder.join("new"), b"2").expect("written");
    assert!(write(&folder.join("loop"), b"3").is_err());
    assert_eq!(text(&folder.join("other/file")), "1");
    assert_eq!(text(&folder.join("other/new")), "2");
    assert!(folder.join("link").is_symlink() && folder.join("new").is_symlink());
    assert_eq!(names(folder), ["link", "loop", "new", "other"]);
    write(Path::new("/dev/null"), b"4").expect("written");
    assert!(
        !Path::new("/dev/null")
            .metadata()
            .expect("a device")
            .is_file()
    );
    // What a device refuses is an error.
    if cfg!(target_os = "linux") {
        assert!(write(Path::new("/dev/full"), b"5").is_err());
    }
}

#[test]
fn lines_are_whole_after_each() {
    let temporary = tempfile::tempdir().expect("a folder");
    let path = temporary.path().join("lines");
    std::fs::write(&path, "old\n").expect("written");
    let mut lines = Lines::new(&path).expect("lines");
    assert_eq!(text(&path), "old\n");
    lines.add("1\n").expect("written");
    assert_eq!(text(&path), "1\n");
    lines.add("2\n3\n").expect("written");
    assert_eq!(text(&path), "1\n2\n3\n");
    assert_eq!(names(temporary.path()), ["lines"]);
    assert!(Lines::new(&temporary.path().join("none/lines")).is_err());
}

/// Named in a process that the test below interrupts.
const FOLDER: &str = "DACE_HOST_TEST_FOLDER";

#[test]
fn an_interruption_leaves_what_was_there() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let mut draft = Draft::new(&Path::new(&folder).join("a")).expect("a draft");
        draft.write_all(&vec![b'x'; 1 << 16]).expect("written");
        std::thread::sleep(std::time::Duration::from_mins(1));
        return;
    }
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    std::fs::write(folder.join("a"), "old").expect("written");
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .arg("an_interruption_leaves_what_was_there")
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let begin = std::time::Instant::now();
    let written = |name: &String| {
        let file = folder.join(name).metadata();
        name.starts_with(".dace-") && file.is_ok_and(|file| file.len() > 0)
    };
    while !names(folder).iter().any(written) {
        assert!(begin.elapsed().as_secs() < 60);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.is_ok_and(|status| status.success()));
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(i32::from(INTERRUPTED)));
    assert_eq!(names(folder), ["a"]);
    assert_eq!(text(&folder.join("a")), "old");
}
