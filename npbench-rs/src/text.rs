//! The Python text of a program's file.

/// The text between the braces of the first `dace! { … }`, without its common indentation: what CPython runs.
///
/// The block begins with a line `dace! {` and ends with a line `}`, both without indentation.
pub fn python(file: &str) -> Option<String> {
    let mut lines = file.lines();
    lines.find(|line| line.trim_end() == "dace! {")?;
    let block: Vec<&str> = lines.take_while(|line| line.trim_end() != "}").collect();
    let indentation = block
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()?;
    let mut text = String::new();
    for line in block {
        text.push_str(line.get(indentation..).unwrap_or(""));
        text.push('\n');
    }
    Some(text)
}

/// The comment at the top of a program's file: what it computes and where it comes from.
pub fn description(file: &str) -> String {
    let lines: Vec<&str> = file
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .collect();
    lines.join(" ").trim().to_owned()
}
