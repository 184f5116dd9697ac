//! The machine on which is measured.

use crate::memory;

/// What is told of a machine beside its results.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// The processor's name.
    pub processor: String,
    /// The operating system and the architecture.
    pub system: String,
    /// Processors that this process may use.
    pub cores: usize,
    /// Bytes of memory, where the system says.
    pub memory: Option<u64>,
}

impl Machine {
    /// The one on which this runs.
    pub fn this() -> Self {
        Self {
            processor: processor().unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            system: system(),
            cores: cores(),
            memory: memory::line("MemTotal:"),
        }
    }
}

/// Processors that this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|l| l.starts_with("model name"))?;
    let name = line.split_once(':')?.1.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

fn system() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release
        .lines()
        .find_map(|l| l.strip_prefix("PRETTY_NAME="))
        .map(|name| name.trim_matches('"'));
    format!(
        "{}, {}",
        name.unwrap_or(std::env::consts::OS),
        std::env::consts::ARCH
    )
}
