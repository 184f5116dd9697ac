//! Programs of the repository with some tokens changed.

use super::Text;
use super::tokens::{tokens, word};
use crate::random::Random;
use dace_core::syntax::Form;

/// A text grows no larger than this: long texts take long without being wrong.
const LARGEST: usize = 16_000;

/// What stands in no program, or at the edge of what may.
pub(super) const EXTREMES: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "3",
    "255",
    "2147483647",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "4611686018427387904",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "170141183460469231731687303715884105727",
    "340282366920938463463374607431768211456",
    "10**18",
    "2**40",
    "2**62",
    "2**63",
    "2**127",
    "2**2**40",
    "10**5000",
    "1e308",
    "1e400",
    "1e-400",
    "0.1",
    "-0.0",
    "1j",
    "1e400j",
    "np.inf",
    "np.nan",
    "np.pi",
    "None",
    "True",
    "False",
    "...",
    "()",
    "[]",
    "{}",
    "''",
    "'\0'",
    "\"axis\"",
    "::",
    "::-1",
    "::2",
    "-1:",
    ":0",
    "None:None:None",
    "N",
    "M",
    "N*M",
    "N//M",
    "N%M",
    "N//0",
    "N%0",
    "N**40",
    "(N+1)**20",
    "min(N, M)",
    "max(N, M, 0)",
    "-N",
    "N-9223372036854775807",
    "9223372036854775807*N",
    "range(10**9)",
    "[0]*10**9",
    "(0,)*10**9",
    "np.zeros(10**18)",
    "np.zeros((N, M))",
    "np.arange(N)",
    "np.newaxis",
    "lambda x: x",
    "if",
    "else",
    "for",
    "in",
    "while",
    "not",
    "and",
    "or",
    "is",
    "def",
    "return",
    "break",
    "continue",
    "pass",
    "global",
    "assert",
    "del",
    "lambda",
    "yield",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "@",
    "**",
    "<",
    "<=",
    "==",
    "!=",
    "&",
    "|",
    "^",
    "~",
    "<<",
    ">>",
    "=",
    "+=",
    "*=",
    "//=",
    "@=",
    "->",
    ":=",
    ",",
    ":",
    ";",
    ".",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\\",
    "\u{feff}",
    "\0",
    "\t",
    "\r\n",
    "é",
    "\u{1d7d8}",
    ".T",
    ".reshape(-1)",
    ".shape",
    ".ravel()",
    ".copy()",
    ".astype(int8)",
    ".astype(bool)",
    "[::2]",
    "[None]",
    "[...]",
    "[-1]",
    "[A > 0]",
];

/// Numbers for another number.
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "-1",
    "7",
    "64",
    "0.5",
    "1e300",
    "2147483648",
    "4611686018427387904",
    "9223372036854775807",
    "N",
    "M",
    "N - 1",
    "-N",
];

const TYPES: &[&str] = &[
    "bool",
    "int8",
    "uint8",
    "int32",
    "int64",
    "uint64",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "int",
    "float",
];

const CALLS: &[&str] = &[
    "max",
    "min",
    "abs",
    "int",
    "float",
    "bool",
    "len",
    "range",
    "round",
    "np.sum",
    "np.max",
    "np.diff",
    "np.cumsum",
    "np.sort",
    "np.transpose",
    "np.reshape",
    "np.concatenate",
    "np.stack",
    "np.zeros",
    "np.full",
    "np.arange",
    "np.linspace",
    "np.eye",
    "np.where",
    "np.repeat",
    "np.tile",
    "np.roll",
    "np.flip",
    "np.outer",
    "np.dot",
    "np.sqrt",
    "np.minimum",
    "np.nonzero",
    "np.pad",
    "np.einsum",
    "np.linalg.solve",
    "np.linalg.inv",
    "np.histogram",
    "np.mean",
    "np.std",
    "np.prod",
    "np.argmax",
    "np.clip",
    "np.power",
    "np.float32",
    "np.int8",
    "sum",
    "enumerate",
    "zip",
    "sorted",
];

const ATTRIBUTES: &[&str] = &[
    "map_tiling(map = \"i\", tile_sizes = [0])",
    "map_tiling(map = \"i\", tile_sizes = [-1])",
    "map_tiling(map = \"i\", tile_sizes = [9223372036854775807])",
    "map_tiling(map = \"i\", tile_sizes = [64, 64, 64])",
    "map_tiling(map = 0, tile_sizes = [])",
    "map_tiling",
    "loop_unroll(loop = \"i\")",
    "loop_unroll(loop = \"i\", count = 0)",
    "loop_unroll(loop = \"i\", factor = -1)",
    "loop_unroll(loop = \"i\", factor = 9223372036854775807)",
    "loop_peeling(loop = \"i\", begin = 1)",
    "map_fusion",
    "map_interchange(map = \"i\")",
    "map_to_for(map = \"i\")",
    "loop_to_map(loop = \"i\")",
    "set_schedule(map = \"i\", schedule = \"sequential\")",
];

/// A text, from the programs `corpus`.
pub(super) fn mutant(corpus: &[String], random: &mut Random) -> Text {
    let any = |random: &mut Random| tokens(&corpus[random.below(corpus.len())]);
    let mut text = any(random);
    // Mostly one: what two changes leave is seldom a program.
    for _ in 0..[1, 1, 1, 1, 2, 2, 3, 5][random.below(8)] {
        if text.is_empty() {
            break;
        }
        change(&mut text, random, &any);
        if text.iter().map(String::len).sum::<usize>() > LARGEST {
            text.truncate(text.len() / 2);
        }
    }
    shaped(text.concat(), random)
}

/// The text in one of the forms in which it may be given.
pub(super) fn shaped(text: String, random: &mut Random) -> Text {
    let indented = || {
        text.lines()
            .map(|l| format!("    {l}\n"))
            .collect::<String>()
    };
    let (text, form) = match random.below(3) {
        0 => (text, Form::Module),
        1 => (format!("\n{}", indented()), Form::Block),
        _ => (indented().trim_start().to_owned(), Form::Block),
    };
    Text { text, form }
}

fn change(text: &mut Vec<String>, random: &mut Random, any: &dyn Fn(&mut Random) -> Vec<String>) {
    let at = random.below(text.len());
    let few = (at + 1 + random.below(12)).min(text.len());
    // The blanks before a token stay, so that words do not run together.
    let put = |text: &mut Vec<String>, at: usize, new: &str| {
        let blanks = text[at].len() - word(&text[at]).len();
        text[at].replace_range(blanks.., new);
    };
    match random.below(32) {
        20..=31 => like(text, random),
        0 => {
            text.remove(at);
        }
        1 => text.insert(at, text[at].clone()),
        2 => {
            let other = random.below(text.len());
            text.swap(at, other);
        }
        3 | 4 => {
            let new = word(&text[random.below(text.len())]).to_owned();
            put(text, at, &new);
        }
        5 => {
            let other = any(random);
            let new = word(&other[random.below(other.len())]).to_owned();
            put(text, at, &new);
        }
        6 | 7 => put(text, at, random.pick(EXTREMES)),
        8 => text.insert(at, format!(" {} ", random.pick(EXTREMES))),
        9 => {
            text.drain(at..few);
        }
        10 => {
            // Also many times: what grows with each is to be seen.
            let part: Vec<String> = text[at..few].to_vec();
            let times = [1, 2, 5, 30][random.below(4)];
            for _ in 0..times {
                text.splice(few..few, part.iter().cloned());
            }
        }
        11 => {
            let other = any(random);
            let from = random.below(other.len());
            let to = (from + 1 + random.below(40)).min(other.len());
            text.splice(at..few, other[from..to].iter().cloned());
        }
        12 | 13 => like(text, random),
        14 => {
            let is_number = |t: &&mut String| word(t).starts_with(|c: char| c.is_ascii_digit());
            let mut numbers: Vec<&mut String> = text.iter_mut().filter(is_number).collect();
            if !numbers.is_empty() {
                let at = random.below(numbers.len());
                let blanks = numbers[at].len() - word(numbers[at]).len();
                numbers[at].replace_range(blanks.., random.pick(EXTREMES));
            }
        }
        15 => {
            let new = format!(" {}({})", random.pick(CALLS), text[at..few].concat());
            text.splice(at..few, [new]);
        }
        16 => {
            let lines = lines(text);
            let from = lines[random.below(lines.len())].clone();
            let to = lines[random.below(lines.len())].start;
            let line = text[from].to_vec();
            text.splice(to..to, line);
        }
        17 => {
            let lines = lines(text);
            let line = lines[random.below(lines.len())].clone();
            text.drain(line);
        }
        18 => {
            let is_type = |t: &&mut String| TYPES.contains(&word(t));
            for t in text.iter_mut().filter(is_type) {
                if random.below(2) == 0 {
                    let blanks = t.len() - word(t).len();
                    t.replace_range(blanks.., random.pick(TYPES));
                }
            }
        }
        _ => {
            let attribute = random.pick(ATTRIBUTES);
            text.insert(0, format!("#[transform({attribute})]\n"));
        }
    }
}

/// Replaces a token by another of its kind, so that the text stays a program.
fn like(text: &mut [String], random: &mut Random) {
    const OPERATORS: &[&str] = &[
        "+", "-", "*", "/", "//", "%", "@", "**", "<", "<=", ">", ">=", "==", "!=", "&", "|", "^",
        "<<", ">>",
    ];
    const STORES: &[&str] = &["=", "+=", "-=", "*=", "/=", "//=", "%=", "**=", "&=", "@="];
    const WORDS: &[&str] = &[
        "def", "return", "for", "in", "if", "else", "elif", "while", "and", "or", "not", "np",
        "range", "import", "from", "as",
    ];
    let is_name = |t: &str| {
        word(t).starts_with(|c: char| c.is_alphabetic() || c == '_') && !WORDS.contains(&word(t))
    };
    let is_number = |t: &str| word(t).starts_with(|c: char| c.is_ascii_digit());
    let replaceable: Vec<usize> = (0..text.len())
        .filter(|k| {
            let w = word(&text[*k]);
            OPERATORS.contains(&w) || STORES.contains(&w) || is_name(w) || is_number(w)
        })
        .collect();
    if replaceable.is_empty() {
        return;
    }
    let at = replaceable[random.below(replaceable.len())];
    let old = word(&text[at]).to_owned();
    let new = if OPERATORS.contains(&old.as_str()) {
        random.pick(OPERATORS).to_owned()
    } else if STORES.contains(&old.as_str()) {
        random.pick(STORES).to_owned()
    } else if TYPES.contains(&old.as_str()) {
        random.pick(TYPES).to_owned()
    } else if is_number(&old) && random.one_in(2) {
        random.pick(NUMBERS).to_owned()
    } else if at > 0 && word(&text[at - 1]) == "." && random.one_in(2) {
        let call = random.pick(CALLS);
        call.strip_prefix("np.").unwrap_or(call).to_owned()
    } else {
        let same = |t: &&String| is_name(t) == is_name(&old) && is_number(t) == is_number(&old);
        let others: Vec<&String> = text.iter().filter(same).collect();
        word(others[random.below(others.len())]).to_owned()
    };
    let blanks = text[at].len() - old.len();
    text[at].replace_range(blanks.., &new);
}

/// The tokens of each line, the line break first.
fn lines(text: &[String]) -> Vec<std::ops::Range<usize>> {
    let mut starts: Vec<usize> = (0..text.len())
        .filter(|k| *k == 0 || text[*k].starts_with('\n'))
        .collect();
    starts.push(text.len());
    starts.windows(2).map(|w| w[0]..w[1]).collect()
}
