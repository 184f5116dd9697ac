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

/// A parameter annotated as `NAME: DTYPE[SHAPE]`.
#[derive(Debug, PartialEq)]
pub struct ArrayParameter<'a> {
    pub name: &'a str,
    pub dtype: &'a str,
    /// The texts of its sizes.
    pub shape: Vec<&'a str>,
}

/// The arrays among the parameters of a function; none where the text has no such function.
pub fn arrays<'a>(text: &'a str, function: &str) -> Option<Vec<ArrayParameter<'a>>> {
    let begin = text.find(&format!("def {function}("))?;
    let begin = begin + "def (".len() + function.len();
    let mut rest = &text[begin..begin + text[begin..].find("):")?];
    let mut found = Vec::new();
    while let Some((before, after)) = rest.split_once('[') {
        let parameter = before.rsplit(',').next().unwrap_or("");
        let (name, dtype) = parameter.split_once(':')?;
        let mut depth = 1;
        let end = after.find(|c| {
            depth += i32::from(c == '[') - i32::from(c == ']');
            depth == 0
        })?;
        found.push(ArrayParameter {
            name: name.trim(),
            dtype: dtype.rsplit('.').next().unwrap_or(dtype).trim(),
            shape: split(&after[..end]),
        });
        rest = &after[end + 1..];
    }
    Some(found)
}

/// Divides at the commas outside of brackets.
fn split(shape: &str) -> Vec<&str> {
    let mut depth = 0;
    shape
        .split(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            c == ',' && depth == 0
        })
        .map(str::trim)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_found_among_the_parameters() {
        let text =
            "def f(n: int64, A: float64[N, (M + 1) * 2],\n      b: dc.int32[N]):\n    pass\n";
        let found = arrays(text, "f").expect("the function");
        assert_eq!(
            found,
            [
                ArrayParameter {
                    name: "A",
                    dtype: "float64",
                    shape: vec!["N", "(M + 1) * 2"]
                },
                ArrayParameter {
                    name: "b",
                    dtype: "int32",
                    shape: vec!["N"]
                },
            ]
        );
        assert_eq!(arrays(text, "g"), None);
    }
}
