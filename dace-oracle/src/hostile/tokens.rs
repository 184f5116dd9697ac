//! Python's tokens, roughly: enough to change a text without breaking its words.

/// The tokens of a text, each with the blanks before it; line breaks and the indentation after them are tokens as well.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let length = blanks + length(&rest[blanks..]);
        let (token, after) = rest.split_at(length);
        found.push(token.to_owned());
        rest = after;
    }
    found
}

/// The token without the blanks before it.
pub(super) fn word(token: &str) -> &str {
    token.trim_start_matches([' ', '\t'])
}

fn length(text: &str) -> usize {
    let Some(first) = text.chars().next() else {
        return 0;
    };
    let run = |test: &dyn Fn(char) -> bool| text.find(|c| !test(c)).unwrap_or(text.len());
    match first {
        '\n' => 1 + text[1..].len() - text[1..].trim_start_matches([' ', '\t']).len(),
        '#' => run(&|c| c != '\n'),
        '"' | '\'' => {
            let body = &text[1..];
            body.find([first, '\n']).map_or(text.len(), |end| {
                1 + end + usize::from(body[end..].starts_with(first))
            })
        }
        c if c.is_alphanumeric() || c == '_' => {
            run(&|c| c.is_alphanumeric() || matches!(c, '_' | '.')).min(
                // `A.T` is three tokens, `1.5` is one.
                if c.is_ascii_digit() {
                    usize::MAX
                } else {
                    run(&|c| c.is_alphanumeric() || c == '_')
                },
            )
        }
        _ => {
            const LONG: [&str; 16] = [
                "**=", "//=", "<<=", ">>=", "...", "**", "//", "<<", ">>", "<=", ">=", "==", "!=",
                "->", "+=", "-=",
            ];
            LONG.iter()
                .find(|l| text.starts_with(**l))
                .map_or(first.len_utf8(), |l| l.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn a_text_is_its_tokens() {
        let text = "def f(A: float64[N]):\n    A[1:-1] **= 'a b' # é\n  return A.T, 1.5\n";
        let found = tokens(text);
        assert_eq!(found.concat(), text);
        assert!(found.contains(&" **=".to_owned()) && found.contains(&" 1.5".to_owned()));
        assert!(found.contains(&"\n    ".to_owned()) && found.contains(&"T".to_owned()));
    }
}
