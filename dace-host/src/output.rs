//! Files that programs write: each appears under its name when all of it has been written. A failure, or Ctrl-C, leaves what
//! was there before, and nothing else.

use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use tempfile::NamedTempFile;

/// Files that are being written aside.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The exit status of a program that Ctrl-C ended.
pub const INTERRUPTED: u8 = 130;

/// Ends the program, as Ctrl-C asks, and removes what is being written.
pub fn abandon() -> ! {
    // Held to the end: nothing is begun or completed from here on.
    let files = unfinished();
    for file in files.iter() {
        // There is nobody left to tell.
        let _ = std::fs::remove_file(file);
    }
    std::process::exit(i32::from(INTERRUPTED))
}

/// A file while it is being written.
pub struct Draft {
    content: Content,
    /// As it was asked for.
    name: PathBuf,
}

enum Content {
    /// In the folder of the last name, to be renamed.
    Aside {
        file: BufWriter<NamedTempFile>,
        last: PathBuf,
        listed: Listed,
    },
    /// A pipe or a device cannot be replaced by a file.
    Direct(BufWriter<File>),
}

impl Content {
    fn aside(last: PathBuf, before: Option<Permissions>) -> io::Result<Self> {
        if last.file_name().is_none() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no name of a file"));
        }
        if before.as_ref().is_some_and(Permissions::readonly) {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "the file there is write-protected",
            ));
        }
        let folder = match last.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        listen();
        let mut builder = tempfile::Builder::new();
        builder.prefix(".dace-");
        // As any new file, less what the user's mask takes away.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let (file, listed) = {
            let mut files = unfinished();
            let file = builder.tempfile_in(folder)?;
            let path = file.path().to_owned();
            files.push(path.clone());
            (file, Listed(path))
        };
        if let Some(before) = before {
            file.as_file().set_permissions(before)?;
        }
        Ok(Self::Aside {
            file: BufWriter::new(file),
            last,
            listed,
        })
    }
}

/// A name in [`UNFINISHED`].
struct Listed(PathBuf);

impl Drop for Listed {
    fn drop(&mut self) {
        unfinished().retain(|other| *other != self.0);
    }
}

impl Draft {
    /// Begins a file that will appear under this name. What cannot be written there is refused now.
    pub fn new(name: &Path) -> Result<Self, String> {
        Self::begin(name).map_err(|e| failed(name, &e))
    }

    fn begin(name: &Path) -> io::Result<Self> {
        let (content, name) = match std::fs::metadata(name) {
            Ok(found) if !found.is_file() => {
                let file = File::options().write(true).open(name)?;
                (Content::Direct(BufWriter::new(file)), name.to_owned())
            }
            // Behind links it is the file that is replaced.
            Ok(found) => {
                let content = Content::aside(name.canonicalize()?, Some(found.permissions()))?;
                (content, name.to_owned())
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                (Content::aside(followed(name)?, None)?, name.to_owned())
            }
            Err(e) => return Err(e),
        };
        Ok(Self { content, name })
    }

    /// Everything is written, and on the disk.
    fn complete(&mut self) -> io::Result<()> {
        match &mut self.content {
            Content::Aside { file, .. } => {
                file.flush()?;
                file.get_ref().as_file().sync_all()
            }
            Content::Direct(file) => file.flush(),
        }
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.content {
            Content::Aside { file, .. } => file.write(bytes),
            Content::Direct(file) => file.write(bytes),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.content {
            Content::Aside { file, .. } => file.flush(),
            Content::Direct(file) => file.flush(),
        }
    }
}

/// Completes files that belong together: none gets its name before all of them are on the disk.
pub fn publish(mut drafts: Vec<Draft>) -> Result<(), String> {
    for draft in &mut drafts {
        draft.complete().map_err(|e| failed(&draft.name, &e))?;
    }
    let mut listed = Vec::new();
    // Ctrl-C comes before all of them or after; names are given back behind the lock.
    let outcome = {
        let _held = unfinished();
        drafts
            .into_iter()
            .try_for_each(|draft| match draft.content {
                Content::Aside {
                    file,
                    last,
                    listed: name,
                } => {
                    listed.push(name);
                    // Where this fails the file is removed.
                    let renamed = file.into_parts().0.persist(&last);
                    renamed.map_err(|e| failed(&draft.name, &e.error)).map(drop)
                }
                Content::Direct(_) => Ok(()),
            })
    };
    drop(listed);
    outcome
}

/// Writes one file.
pub fn write(name: &Path, content: &[u8]) -> Result<(), String> {
    let mut draft = Draft::new(name)?;
    draft.write_all(content).map_err(|e| failed(name, &e))?;
    publish(vec![draft])
}

fn failed(name: &Path, why: &io::Error) -> String {
    format!("cannot write {}: {why}", name.display())
}

/// A file that grows by lines while a program runs. It is whole after each of them: a regular file is replaced, a pipe or a
/// device gets the lines one by one.
pub struct Lines {
    name: PathBuf,
    /// All lines, or the pipe.
    content: Result<Vec<u8>, Box<Draft>>,
}

impl Lines {
    /// What cannot be written is refused now. A file that is there stays as it is until the first line.
    pub fn new(name: &Path) -> Result<Self, String> {
        let draft = Draft::new(name)?;
        let content = match &draft.content {
            Content::Aside { .. } => Ok(Vec::new()),
            Content::Direct(_) => Err(Box::new(draft)),
        };
        let name = name.to_owned();
        Ok(Self { name, content })
    }

    /// Adds whole lines.
    pub fn add(&mut self, lines: &str) -> Result<(), String> {
        match &mut self.content {
            Ok(all) => {
                all.extend_from_slice(lines.as_bytes());
                write(&self.name, all)
            }
            Err(pipe) => pipe
                .write_all(lines.as_bytes())
                .and_then(|()| pipe.flush())
                .map_err(|e| failed(&self.name, &e)),
        }
    }
}

/// What a name stands for at the end of all links, which may be a file that is not there yet.
fn followed(name: &Path) -> io::Result<PathBuf> {
    // As many as Linux follows.
    const MOST: usize = 40;
    let mut last = name.to_owned();
    for _ in 0..MOST {
        match std::fs::read_link(&last) {
            Ok(link) => last = last.parent().unwrap_or(Path::new("")).join(link),
            // No link.
            Err(_) => return Ok(last),
        }
    }
    Err(io::Error::other("too many levels of links"))
}

/// Removes what is unfinished at Ctrl-C, from the first file on. A program that listens itself calls [`abandon`].
fn listen() {
    static LISTENING: Once = Once::new();
    // Whoever listens already is not disturbed.
    LISTENING.call_once(|| drop(ctrlc::try_set_handler(|| abandon())));
}
