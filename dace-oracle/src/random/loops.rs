//! Random programs of loops over elements and slices, with jumps, conditions and scalars that change.

use super::Random;
use std::fmt::Write;

/// Writes programs over `A`, `B`: float64[N], `C`: float64[N, M], `I`: int64[N], scalars `s`, `n`, `k` and temporaries.
struct Generator {
    random: Random,
    text: String,
    depth: usize,
    /// Loop variables in scope: those that run within `1..N - 1`, and whether one runs within `0..M`.
    rows: Vec<&'static str>,
    column: bool,
    temporary: bool,
    budget: u32,
}

impl Generator {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        self.random.pick(from)
    }
    fn chance(&mut self, percent: usize) -> bool {
        self.random.chance(percent)
    }
    fn line(&mut self, text: &str) {
        let indent = "    ".repeat(self.depth + 1);
        writeln!(self.text, "{indent}{text}").expect("a string");
    }

    fn row(&mut self) -> String {
        match self.rows.clone().as_slice() {
            [] => self.pick(&["0", "1", "-1", "N - 2", "k"]).to_owned(),
            rows => format!(
                "{}{}",
                self.pick(rows),
                self.pick(&["", "", " - 1", " + 1"])
            ),
        }
    }
    fn column(&mut self) -> String {
        if self.column {
            "j".to_owned()
        } else {
            self.pick(&["0", "1", "M - 1"]).to_owned()
        }
    }
    fn element(&mut self) -> String {
        match self.random.below(4) {
            0 => format!("A[{}]", self.row()),
            1 => format!("B[{}]", self.row()),
            2 => format!("C[{}, {}]", self.row(), self.column()),
            _ => format!("A[I[{}]]", self.row()),
        }
    }
    fn scalar(&mut self, depth: u32) -> String {
        if depth == 0 || self.chance(30) {
            return match self.random.below(6) {
                0 => "s".into(),
                1 => "0.5".into(),
                2 => "n".into(),
                3 if !self.rows.is_empty() => self.rows[0].into(),
                _ => self.element(),
            };
        }
        let (a, b) = (self.scalar(depth - 1), self.scalar(depth - 1));
        match self.random.below(6) {
            0 => format!("({a} + {b})"),
            1 => format!("({a} - {b})"),
            2 => format!("{a} * 0.5"),
            3 => format!("max({a}, {b})"),
            4 => format!("({a} if {} else {b})", self.condition()),
            _ => format!("np.sin({a})"),
        }
    }
    fn condition(&mut self) -> String {
        match self.random.below(5) {
            0 => "k > 1".into(),
            1 => "n % 2 == 0".into(),
            2 => format!("{} > 0 and s < 1", self.element()),
            3 if !self.rows.is_empty() => format!("{} < 3", self.rows[0]),
            _ => format!("{} > 0", self.element()),
        }
    }
    /// An array of `N` elements, or of `N - 2` when `inner`.
    fn vector(&mut self, inner: bool, depth: u32) -> String {
        if depth == 0 || self.chance(25) {
            let (column, row) = (self.column(), self.row());
            let name = match self.random.below(5) {
                0 => format!("C[:, {column}]"),
                1 if self.temporary => "T".into(),
                2 if !inner => {
                    return format!("A[::-1] * {row}")
                        .replace("* k", "* 2")
                        .replace("* N", "* 2");
                }
                3 => "B".into(),
                _ => "A".into(),
            };
            let slice = self.pick(&["[1:-1]", "[2:]", "[:-2]"]);
            return match (inner, name.strip_prefix("C[:, ")) {
                (false, _) => name,
                (true, Some(column)) => format!("C{}, {column}", slice.trim_end_matches(']')),
                (true, None) => format!("{name}{slice}"),
            };
        }
        let a = self.vector(inner, depth - 1);
        match self.random.below(6) {
            0 => format!("({a} + {})", self.vector(inner, depth - 1)),
            1 => format!("({a} - {})", self.vector(inner, depth - 1)),
            2 => format!("{a} * 0.5"),
            3 => format!("np.where({a} > 0, {a}, {})", self.vector(inner, depth - 1)),
            4 => format!("np.maximum({a}, {})", self.scalar(0)),
            _ => format!("np.cos({a})"),
        }
    }

    fn block(&mut self, statements: usize) {
        let before = self.temporary;
        for _ in 0..=statements {
            self.statement();
        }
        if self.depth > 0 {
            self.temporary = before;
        }
    }
    fn nested(&mut self, statements: usize) {
        self.depth += 1;
        self.block(statements);
        self.depth -= 1;
    }

    fn statement(&mut self) {
        self.budget = self.budget.saturating_sub(1);
        let deep = self.depth >= 3 || self.budget == 0;
        match self.random.below(if deep { 8 } else { 14 }) {
            0 => {
                let (target, value) = (self.element(), self.scalar(2));
                self.line(&format!("{target} = {value}"));
            }
            1 => {
                let (target, value) = (self.element(), self.scalar(1));
                let op = self.pick(&["+=", "-=", "+="]);
                self.line(&format!("{target} {op} {value}"));
            }
            2 => {
                let value = self.scalar(2);
                let op = self.pick(&["=", "+="]);
                self.line(&format!("s {op} {value} * 0.5"));
            }
            3 => {
                let value = self.vector(false, 2);
                let target = self.pick(&["A[:]", "B[:]", "C[:, 1]"]);
                self.line(&format!("{target} = {value}"));
            }
            4 => {
                let value = self.vector(true, 2);
                let target = self.pick(&["A[1:-1]", "B[2:]", "C[1:-1, 0]", "A[:-2]"]);
                let op = self.pick(&["=", "=", "+="]);
                self.line(&format!("{target} {op} {value}"));
            }
            5 => {
                let value = self.vector(false, 2);
                self.line(&format!("s = np.sum({value}) * 0.1"));
            }
            6 => {
                let row = self.row();
                let text = self.pick(&[
                    "C[ROW, :] = C[0] * 0.5",
                    "C[ROW] += C[:, 0][:M] * 0",
                    "n += 1",
                    "C[:] = C * 0.5 + A[:, None]",
                    "A[A > 0] *= 0.5",
                ]);
                self.line(&text.replace("ROW", &row).replace("C[:, 0][:M] * 0", "1"));
            }
            7 if self.depth == 0 => {
                let value = self.vector(false, 2);
                self.temporary = true;
                self.line(&format!("T = {value} + 0"));
            }
            7 => self.line("n = n + 1"),
            8 | 9 => {
                let name = ["i", "p", "q"][self.rows.len().min(2)];
                if self.rows.contains(&name) {
                    return self.line("n += 2");
                }
                let range = self.pick(&["1, N - 1", "1, N - 1", "N - 2, 0, -1", "1, N - 1, 2"]);
                self.line(&format!("for {name} in range({range}):"));
                self.rows.push(name);
                let statements = self.random.below(3);
                self.nested(statements);
                self.rows.pop();
            }
            10 if !self.column => {
                self.line("for j in range(M):");
                self.column = true;
                let statements = self.random.below(2);
                self.nested(statements);
                self.column = false;
            }
            11 | 12 => {
                let condition = self.condition();
                self.line(&format!("if {condition}:"));
                self.nested(1);
                if self.chance(50) {
                    self.line("else:");
                    self.nested(0);
                }
            }
            _ if !self.rows.is_empty() && self.chance(50) => {
                let (condition, jump) = (self.condition(), self.pick(&["break", "continue"]));
                self.line(&format!("if {condition}:"));
                self.line(&format!("    {jump}"));
            }
            _ => self.line("n += 1"),
        }
    }
}

pub(super) fn program(seed: u64) -> (String, String) {
    let mut g = Generator {
        random: Random(seed),
        text: String::new(),
        depth: 0,
        rows: Vec::new(),
        column: false,
        temporary: false,
        budget: 14,
    };
    g.text.push_str(
        "def f(A: float64[N], B: float64[N], C: float64[N, M], I: int64[N], k: int64):\n",
    );
    g.line("s = 0.25");
    g.line("n = 0");
    let statements = 3 + g.random.below(4);
    g.block(statements);
    let results = if g.temporary {
        "return s, n, T"
    } else {
        "return s, n"
    };
    g.line(results);
    (g.text, "I=-2..2 raises=perhaps".to_owned())
}
