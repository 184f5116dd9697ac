//! How much memory there is.

use std::path::Path;

/// Bytes that this process can still have; none where the system does not say.
pub fn available() -> Option<u64> {
    [line("MemAvailable:"), group()].into_iter().flatten().min()
}

/// A line of Linux's account of memory, in bytes.
pub fn line(key: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix(key))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// What the control groups of this process, as those of a container, leave to it.
fn group() -> Option<u64> {
    let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let group = groups.lines().find_map(|l| l.strip_prefix("0::/"))?;
    let root = Path::new("/sys/fs/cgroup");
    let number =
        |path: &Path| -> Option<u64> { std::fs::read_to_string(path).ok()?.trim().parse().ok() };
    let left = |folder: &Path| {
        let most = number(&folder.join("memory.max"))?;
        Some(most.saturating_sub(number(&folder.join("memory.current"))?))
    };
    root.join(group)
        .ancestors()
        .take_while(|folder| folder.starts_with(root))
        .filter_map(left)
        .min()
}

/// Bytes for people.
pub fn show(bytes: u64) -> String {
    match bytes as f64 {
        b if b < 1e6 => format!("{:.0} kB", b / 1e3),
        b if b < 1e9 => format!("{:.0} MB", b / 1e6),
        b => format!("{:.1} GB", b / 1e9),
    }
}
