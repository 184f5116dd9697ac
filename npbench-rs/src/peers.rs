//! The peers: other frameworks, installed from PyPI into Python environments of their own.
//!
//! Each environment is a folder under `$NPBENCH_PEERS` or the user's cache; the versions are pinned in
//! `peers/environments/`. Nothing but `install` uses the network.

use crate::frameworks::Framework;
use dace_host::console;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// The files of `peers/`: name and content.
const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/peers.rs"));

/// Peers that can share one NumPy.
struct Environment {
    name: &'static str,
    /// Minor versions of Python 3 for which the pinned packages exist.
    python: std::ops::RangeInclusive<u32>,
    /// Packages by framework, each installed by itself, so that one without a build for this machine does not cost the others.
    packages: &'static [(Framework, &'static [&'static str])],
}

const ENVIRONMENTS: [Environment; 2] = [
    Environment {
        name: "base",
        python: 11..=14,
        packages: &[
            (Framework::Numpy, &["numpy", "scipy"]),
            (Framework::Numba, &["numba"]),
            (Framework::Pythran, &["pythran", "scipy-openblas64"]),
            (Framework::Jax, &["jax"]),
        ],
    },
    Environment {
        name: "dace",
        python: 9..=12,
        // Python DaCe builds with CMake, which is a package, too.
        packages: &[(Framework::Dace, &["dace", "networkx", "scipy", "cmake"])],
    },
];

/// Where the peers are.
#[derive(Clone, Debug)]
pub struct Peers {
    root: PathBuf,
}

impl Peers {
    /// In the folder asked for, else in `$NPBENCH_PEERS`, else in the user's cache.
    pub fn at(asked: Option<PathBuf>) -> Result<Self, String> {
        let named = asked.or_else(|| {
            std::env::var_os("NPBENCH_PEERS")
                .filter(|p| !p.is_empty())
                .map(PathBuf::from)
        });
        let root = match named {
            Some(root) => root,
            None => cache().ok_or("no home folder: name one with NPBENCH_PEERS")?,
        };
        let root = std::path::absolute(&root).map_err(|e| format!("{}: {e}", root.display()))?;
        Ok(Self { root })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where compiled programs are kept.
    pub fn cache(&self) -> PathBuf {
        self.root.join("compiled")
    }

    /// The Python of a framework's environment, where there is one.
    pub fn python(&self, framework: Framework) -> Option<PathBuf> {
        let environment = ENVIRONMENTS
            .iter()
            .find(|e| e.packages.iter().any(|(f, _)| *f == framework))?;
        let python = self.folder(environment).join(if cfg!(windows) {
            "Scripts/python.exe"
        } else {
            "bin/python"
        });
        python.exists().then_some(python)
    }

    fn folder(&self, environment: &Environment) -> PathBuf {
        self.root.join(environment.name)
    }

    /// Makes the environments and installs all peers; true if nothing failed. `python` makes the environments where it
    /// has a version that suits.
    pub fn install(&self, python: Option<&Path>) -> Result<bool, String> {
        let mut complete = true;
        for environment in &ENVIRONMENTS {
            match self.install_environment(environment, python) {
                Ok(failed) if failed.is_empty() => {}
                Ok(failed) => {
                    complete = false;
                    for (framework, why) in failed {
                        console::complain(format_args!("{framework}: {why}"));
                    }
                }
                Err(why) => {
                    complete = false;
                    console::complain(format_args!("{}: {why}", environment.name));
                }
            }
        }
        Ok(complete)
    }

    fn install_environment(
        &self,
        environment: &Environment,
        python: Option<&Path>,
    ) -> Result<Vec<(Framework, String)>, String> {
        let folder = self.folder(environment);
        let interpreter = interpreter(&environment.python, python)?;
        console::print(&format!(
            "{}: {} ({})\n",
            environment.name,
            folder.display(),
            interpreter.display()
        ))?;
        std::fs::create_dir_all(&self.root).map_err(|e| format!("{}: {e}", self.root.display()))?;
        quietly(
            Command::new(&interpreter)
                .args(["-m", "venv", "--clear"])
                .arg(&folder),
        )?;
        let constraints = folder.join("constraints.txt");
        let pins = file(&format!("environments/{}.txt", environment.name)).unwrap_or_default();
        std::fs::write(&constraints, pins)
            .map_err(|e| format!("{}: {e}", constraints.display()))?;
        let mut failed = Vec::new();
        for (framework, packages) in environment.packages {
            let begin = Instant::now();
            let Some(python) = self.python(*framework) else {
                return Err(format!("{} holds no Python", folder.display()));
            };
            let done = quietly(
                Command::new(python)
                    .args([
                        "-m",
                        "pip",
                        "install",
                        "--quiet",
                        "--disable-pip-version-check",
                    ])
                    .args([
                        "--only-binary=numpy,scipy,numba,llvmlite,jaxlib,cmake",
                        "-c",
                    ])
                    .arg(&constraints)
                    .args(*packages),
            );
            match done {
                Ok(()) => console::print(&format!(
                    "  {framework}: {} ({:.0} s)\n",
                    packages.join(", "),
                    begin.elapsed().as_secs_f64()
                ))?,
                Err(why) => failed.push((*framework, why)),
            }
        }
        Ok(failed)
    }

    /// The version of a peer, or why it cannot run here.
    pub fn version(&self, framework: Framework) -> Result<String, String> {
        if framework == Framework::C {
            let output = Command::new("gcc").arg("-dumpfullversion").output();
            return match output {
                Ok(output) if output.status.success() => Ok(format!(
                    "gcc {}",
                    String::from_utf8_lossy(&output.stdout).trim()
                )),
                _ => Err("gcc not found".into()),
            };
        }
        let python = self
            .python(framework)
            .ok_or("not installed: npbench peers install")?;
        let code = format!(
            "import importlib.metadata as m; print(m.version({:?}))",
            framework.name()
        );
        let output = Command::new(&python)
            .args(["-c", &code])
            .output()
            .map_err(|e| format!("{}: {e}", python.display()))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        } else {
            Err(last_line(&output.stderr))
        }
    }

    /// One line for each peer.
    pub fn list(&self) -> String {
        let mut text = format!("peers in {}\n", self.root.display());
        for framework in Framework::ALL {
            if framework == Framework::DaceRs {
                continue;
            }
            let state = match self.version(framework) {
                Ok(version) => version,
                Err(why) => format!("missing: {why}"),
            };
            let _ = writeln!(text, "{:10}{state}", framework.name());
        }
        text
    }
}

/// The file of a framework that replaces the text of a program.
pub fn variant(framework: Framework, program: &str) -> Option<&'static str> {
    let extension = if framework == Framework::C { "c" } else { "py" };
    let wanted = format!("{}/{program}.{extension}", framework.name());
    FILES
        .iter()
        .map(|(name, _)| *name)
        .find(|name| *name == wanted)
}

/// Content of a file of `peers/`.
pub fn file(name: &str) -> Option<&'static str> {
    FILES
        .iter()
        .find(|(n, _)| *n == name)
        .map(|(_, text)| *text)
}

/// Names of the files of `peers/`.
pub fn files() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// Writes the files of `peers/` into a folder.
pub fn unpack(folder: &Path) -> Result<(), String> {
    for (name, content) in FILES {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, content))
            .map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// The user's cache, by the customs of the system.
fn cache() -> Option<PathBuf> {
    let variable = |name| {
        std::env::var_os(name)
            .filter(|p| !p.is_empty())
            .map(PathBuf::from)
    };
    let base = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        std::env::home_dir().map(|home| home.join("Library/Caches"))
    } else {
        variable("XDG_CACHE_HOME").or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
    };
    Some(base?.join("npbench/peers"))
}

/// A Python 3 of one of the minor versions: the one asked for, else what is called `python3` or `python3.N`.
fn interpreter(
    minors: &std::ops::RangeInclusive<u32>,
    asked: Option<&Path>,
) -> Result<PathBuf, String> {
    let mut candidates: Vec<PathBuf> = asked.iter().map(|p| p.to_path_buf()).collect();
    candidates.push("python3".into());
    candidates.extend(
        minors
            .clone()
            .rev()
            .map(|minor| format!("python3.{minor}").into()),
    );
    for candidate in candidates {
        let output = Command::new(&candidate)
            .args(["-c", "import sys; print(sys.version_info[1])"])
            .output();
        if let Ok(output) = output
            && let Ok(minor) = String::from_utf8_lossy(&output.stdout).trim().parse()
            && minors.contains(&minor)
        {
            return Ok(candidate);
        }
    }
    Err(format!(
        "needs Python 3.{} to 3.{}: name one with --python",
        minors.start(),
        minors.end()
    ))
}

/// Runs a command; what it says last is the reason where it fails.
fn quietly(command: &mut Command) -> Result<(), String> {
    let output = command
        .output()
        .map_err(|e| format!("{}: {e}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(());
    }
    let mut said = output.stdout;
    said.extend(output.stderr);
    Err(last_line(&said))
}

fn last_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    line.unwrap_or("no message").trim().to_owned()
}

/// The environment variables that set the number of threads, as all frameworks read them.
pub fn limit_threads(process: &mut Command, threads: usize) {
    for variable in [
        "RAYON_NUM_THREADS",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "NPROC",
    ] {
        process.env(variable, threads.to_string());
    }
}

/// Tells the system's OpenBLAS what processor this is: one that is younger than the library it takes for the oldest of all, and is several times
/// slower then. What the user has set stays.
pub fn name_processor(process: &mut Command) {
    const VARIABLE: &str = "OPENBLAS_CORETYPE";
    #[cfg(target_arch = "x86_64")]
    let name = if std::arch::is_x86_feature_detected!("avx512dq") {
        Some("SkylakeX")
    } else {
        std::arch::is_x86_feature_detected!("avx2").then_some("Haswell")
    };
    #[cfg(not(target_arch = "x86_64"))]
    let name: Option<&str> = None;
    if let Some(name) = name
        && std::env::var_os(VARIABLE).is_none()
    {
        process.env(VARIABLE, name);
    }
}
