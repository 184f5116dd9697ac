//! Programs over integers at the ends of their ranges: what is concluded from conditions, loops and slices has to hold where
//! arithmetic wraps.
//!
//! All arithmetic has a NumPy scalar on one side, so that it wraps for Python too; loops are short whatever the numbers are.

use super::Random;
use std::fmt::Write;

/// Numbers at which something changes: the ends of types, and what overflows when it is doubled or squared.
const NUMBERS: &[&str] = &[
    "1",
    "2",
    "3",
    "-1",
    "-2",
    "5",
    "7",
    "2147483647",
    "-2147483648",
    "2147483648",
    "4294967296",
    "3037000500",
    "4611686018427387904",
    "-4611686018427387904",
    "9223372036854775807",
    "9223372036854775806",
    "-9223372036854775807",
];

/// Narrow parameters: the name, the type, the literals that it takes.
const NARROW: &[(&str, &[&str])] = &[
    ("int32", &["1", "2", "-1", "2147483647"]),
    ("int16", &["1", "3", "-1", "32767"]),
    ("int8", &["1", "2", "-1", "127"]),
    ("uint8", &["1", "2", "255"]),
    ("uint32", &["1", "4294967295"]),
];

struct Writer {
    random: Random,
    text: String,
    indent: usize,
    /// `int64` scalars in scope.
    scalars: Vec<String>,
    /// Loop variables in scope, Python's numbers.
    loops: Vec<String>,
    counter: usize,
}

/// A program and its settings.
pub(super) fn program(seed: u64) -> (String, String) {
    let mut random = Random(seed);
    let (narrow, literals) = random.pick(NARROW);
    let mut writer = Writer {
        random,
        text: String::new(),
        indent: 1,
        scalars: vec!["n".to_owned(), "m".to_owned()],
        loops: Vec::new(),
        counter: 0,
    };
    let (op, literal) = (
        writer.random.pick(&["+", "-", "*"]),
        writer.random.pick(literals),
    );
    writer.line(&format!("q = np.int64(k {op} {literal})"));
    writer.scalars.push("q".to_owned());
    let returned = writer.random.chance(50);
    if returned {
        writer.covered();
    }
    let count = 2 + writer.random.below(4);
    for _ in 0..count {
        writer.statement(2);
    }
    let last = writer.scalar();
    writer.line(&if returned {
        format!("return W, {last}")
    } else {
        format!("return {last}")
    });
    let text = format!(
        "def f(n: int64, m: int64, k: {narrow}, A: float64[N], B: int64[N], I: int64[N]):\n{}",
        writer.text
    );
    (text, "extreme=yes raises=perhaps".to_owned())
}

impl Writer {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{}{line}", "    ".repeat(self.indent));
    }
    fn fresh(&mut self, base: &str) -> String {
        self.counter += 1;
        format!("{base}{}", self.counter)
    }
    fn scalar(&mut self) -> String {
        let k = self.random.below(self.scalars.len());
        self.scalars[k].clone()
    }

    /// A NumPy `int64`.
    fn number(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.chance(25) {
            return match self.loops.last().cloned() {
                Some(i) if self.random.chance(20) => {
                    let array = self.random.pick(&["B", "I"]);
                    format!("{array}[{i}]")
                }
                _ => self.scalar(),
            };
        }
        let left = self.number(depth - 1);
        match self.random.below(12) {
            0 => format!("(-{left})"),
            1 => format!("(~{left})"),
            2 => format!("abs({left})"),
            3 => {
                let by = self.random.pick(&["2", "3", "-1", "-2", "7"]);
                let op = self.random.pick(&["//", "%"]);
                format!("({left} {op} {by})")
            }
            4 => {
                let by = self.random.pick(&["1", "31", "62", "63"]);
                let op = self.random.pick(&["<<", ">>"]);
                format!("({left} {op} {by})")
            }
            5 => {
                let power = self.random.pick(&["2", "3"]);
                format!("({left} ** {power})")
            }
            6 => {
                let function = self.random.pick(&["np.minimum", "np.maximum"]);
                let right = self.operand(depth - 1);
                format!("{function}({left}, {right})")
            }
            _ => {
                let right = self.operand(depth - 1);
                let op = self
                    .random
                    .pick(&["+", "-", "*", "+", "-", "*", "&", "|", "^"]);
                if self.random.chance(50) {
                    format!("({left} {op} {right})")
                } else {
                    format!("({right} {op} {left})")
                }
            }
        }
    }

    /// The other side of an operation: also a number of Python's.
    fn operand(&mut self, depth: usize) -> String {
        match self.random.below(4) {
            0 => {
                let literal = self.random.pick(NUMBERS);
                if literal.starts_with('-') {
                    format!("({literal})")
                } else {
                    literal.to_owned()
                }
            }
            1 if !self.loops.is_empty() => {
                let k = self.random.below(self.loops.len());
                self.loops[k].clone()
            }
            2 => "N".to_owned(),
            _ => self.number(depth),
        }
    }

    fn condition(&mut self) -> String {
        let left = self.number(2);
        let right = match self.random.below(3) {
            0 => "0".to_owned(),
            1 => self.operand(1),
            _ => self.number(2),
        };
        let op = self.random.pick(&["<", "<=", ">", ">=", "==", "!="]);
        let one = format!("{left} {op} {right}");
        match self.random.below(6) {
            0 => {
                let other = self.condition_of_one();
                let both = self.random.pick(&["and", "or"]);
                format!("{one} {both} {other}")
            }
            1 => format!("not ({one})"),
            _ => one,
        }
    }
    fn condition_of_one(&mut self) -> String {
        let (a, b) = (self.scalar(), self.operand(0));
        let op = self.random.pick(&["<", ">", "<=", ">="]);
        format!("{a} {op} {b}")
    }

    /// An index of an array of size N; it may be outside.
    fn index(&mut self) -> String {
        match (self.loops.last().cloned(), self.random.below(8)) {
            (Some(i), 0..=3) => i,
            (Some(i), 4) => format!("{i} - 1"),
            (Some(i), 5) => {
                let n = self.number(1);
                format!("({i} + {n}) % N")
            }
            (_, 6) => self.number(1),
            _ => {
                let n = self.number(2);
                format!("{n} % N")
            }
        }
    }

    fn statement(&mut self, depth: usize) {
        match self.random.below(if depth == 0 { 5 } else { 9 }) {
            0 | 1 => {
                let value = self.number(3);
                if self.indent == 1 {
                    let name = self.fresh("x");
                    self.line(&format!("{name} = {value}"));
                    self.scalars.push(name);
                } else {
                    let name = self.scalar();
                    self.line(&format!("{name} = {value}"));
                }
            }
            2 => {
                let (at, value) = (self.index(), self.number(2));
                let op = self.random.pick(&["=", "+=", "-=", "*="]);
                self.line(&format!("B[{at}] {op} {value}"));
            }
            3 => {
                let at = self.index();
                let from = self.index();
                let op = self.random.pick(&["=", "+="]);
                self.line(&format!("A[{at}] {op} A[{from}] + 1.0"));
            }
            4 => {
                let (low, high) = (self.number(2), self.number(2));
                let slice = match self.random.below(3) {
                    0 => format!("{low}:"),
                    1 => format!(":{high}"),
                    _ => format!("{low}:{high}"),
                };
                let value = self.random.pick(&["1.5", "2.5"]);
                self.line(&format!("A[{slice}] = {value}"));
            }
            5 | 6 => {
                let condition = self.condition();
                self.line(&format!("if {condition}:"));
                self.block(depth - 1);
                if self.random.chance(40) {
                    self.line("else:");
                    self.block(depth - 1);
                }
            }
            _ => self.looped(depth),
        }
    }

    fn block(&mut self, depth: usize) {
        self.indent += 1;
        for _ in 0..=self.random.below(2) {
            self.statement(depth);
        }
        self.indent -= 1;
    }

    /// A loop of a few iterations, wherever it begins.
    fn looped(&mut self, depth: usize) {
        let var = self.fresh("i");
        let range = match self.random.below(7) {
            0..=2 => "N".to_owned(),
            3 => "1, N".to_owned(),
            4 => "N - 1, -1, -1".to_owned(),
            5 => {
                let n = self.number(1);
                format!("{n} % 5")
            }
            _ => {
                let n = self.scalar();
                self.random
                    .pick(&["@, @ + 3", "@ - 3, @", "@ - 2, @ + 2, 2"])
                    .replace('@', &n)
            }
        };
        self.line(&format!("for {var} in range({range}):"));
        let own = range.contains('N') && !range.contains('n');
        if own {
            self.loops.push(var);
        }
        self.block(depth - 1);
        if own {
            self.loops.pop();
        }
    }

    /// An array made without values, of which loops and conditions write more or less.
    fn covered(&mut self) {
        self.line("W = np.empty(N)");
        let (a, b) = (self.number(2), self.number(2));
        match self.random.below(6) {
            0 => {
                self.line(&format!("for i in range({a} % 3, N):"));
                self.line("    W[i] = 2.0");
            }
            1 => {
                self.line("for i in range(N):");
                self.line(&format!("    if i + {a} >= {b}:"));
                self.line("        W[i] = 1.0");
                self.line(&format!("    if i + {a} < {b}:"));
                self.line("        W[i] = 2.0");
            }
            2 => {
                self.line("for i in range(N):");
                self.line(&format!("    if {a} + i < {a} + i + 1:"));
                self.line("        W[i] = 1.0");
            }
            3 => {
                self.line(&format!("W[:{a} % (N + 1)] = 1.0"));
                self.line(&format!("W[{a} % (N + 1):] = 2.0"));
            }
            4 => {
                self.line(&format!("W[:{a}] = 1.0"));
                self.line(&format!("W[{a}:] = 2.0"));
            }
            _ => {
                self.line("for i in range(N):");
                self.line(&format!("    W[(i + {a}) % N] = 1.0"));
            }
        }
    }
}
