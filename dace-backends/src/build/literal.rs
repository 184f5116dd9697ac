//! The value of a Rust string literal, with the place in its source text of every byte.

/// The value, and for each of its bytes, and its end, the offset in the literal's source text. `None` if the text is no string literal.
pub fn value(source: &str) -> Option<(String, Vec<usize>)> {
    if let Some(rest) = source.strip_prefix('r') {
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        let start = 1 + hashes + 1;
        let end = source.len().checked_sub(1 + hashes)?;
        let value = rest
            .get(hashes..)?
            .starts_with('"')
            .then(|| source.get(start..end))
            .flatten()?;
        return Some((value.to_owned(), (start..=end).collect()));
    }
    let end = source.len().checked_sub(1)?;
    let body = source.strip_prefix('"')?.strip_suffix('"')?;
    let (mut value, mut offsets) = (
        String::with_capacity(body.len()),
        Vec::with_capacity(body.len() + 1),
    );
    let mut chars = body.char_indices().map(|(at, c)| (at + 1, c)).peekable();
    while let Some((at, c)) = chars.next() {
        let decoded = match c {
            '\\' => match chars.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' => '\0',
                'x' => {
                    let (high, low) =
                        (chars.next()?.1.to_digit(16)?, chars.next()?.1.to_digit(16)?);
                    char::from_u32(high * 16 + low)?
                }
                'u' => {
                    let digits: String = chars
                        .by_ref()
                        .map(|(_, c)| c)
                        .take_while(|c| *c != '}')
                        .filter(|c| !matches!(c, '{' | '_'))
                        .collect();
                    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                }
                '\n' | '\r' => {
                    while chars
                        .next_if(|(_, c)| matches!(c, ' ' | '\t' | '\n' | '\r'))
                        .is_some()
                    {}
                    continue;
                }
                other => other,
            },
            other => other,
        };
        value.push(decoded);
        offsets.resize(value.len(), at);
    }
    offsets.push(end);
    Some((value, offsets))
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn raw_strings_hold_what_stands_in_them() {
        let (text, offsets) = value("r##\"a\\n\"#b\"##").expect("a string");
        assert_eq!(
            (text.as_str(), offsets),
            ("a\\n\"#b", vec![4, 5, 6, 7, 8, 9, 10])
        );
    }

    #[test]
    fn escapes_keep_their_places() {
        let (text, offsets) = value(r#""a\n\x41\u{e9}\"b""#).expect("a string");
        assert_eq!(text, "a\nA\u{e9}\"b");
        assert_eq!(offsets, [1, 2, 4, 8, 8, 14, 16, 17]);
        assert_eq!(
            value("\"a\\\n   b\"").map(|(text, _)| text).as_deref(),
            Some("ab")
        );
    }

    #[test]
    fn other_literals_are_refused() {
        for literal in ["b\"a\"", "'a'", "12", "c\"a\"", "\"", "r", "r#"] {
            assert_eq!(value(literal), None, "{literal}");
        }
    }
}
