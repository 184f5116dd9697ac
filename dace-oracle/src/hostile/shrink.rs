//! The smallest part of a text that still shows a fault.

use super::{Text, tokens};
use std::time::{Duration, Instant};

/// For one fault: what is left then is small enough to be read.
const PATIENCE: Duration = Duration::from_mins(1);

/// Leaves out lines, then tokens, in ever smaller pieces, as long as `shows` holds.
pub(super) fn shrink(text: &Text, shows: &mut dyn FnMut(&Text) -> bool) -> Text {
    let start = Instant::now();
    let lines: Vec<String> = text.text.split_inclusive('\n').map(str::to_owned).collect();
    let lines = reduce(text, lines, start, shows);
    let tokens = reduce(text, tokens::tokens(&lines.concat()), start, shows);
    Text {
        text: tokens.concat(),
        form: text.form,
    }
}

fn reduce(
    text: &Text,
    mut pieces: Vec<String>,
    start: Instant,
    shows: &mut dyn FnMut(&Text) -> bool,
) -> Vec<String> {
    let mut size = pieces.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        let before = pieces.len();
        while at < pieces.len() {
            if start.elapsed() > PATIENCE {
                return pieces;
            }
            let mut fewer = pieces.clone();
            fewer.drain(at..(at + size).min(pieces.len()));
            let candidate = Text {
                text: fewer.concat(),
                form: text.form,
            };
            if shows(&candidate) {
                pieces = fewer;
            } else {
                at += size;
            }
        }
        if size > 1 {
            size = size.div_ceil(2);
        } else if pieces.len() == before {
            return pieces;
        }
    }
}
