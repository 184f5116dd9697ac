//! Random programs of loops and maps whose iterations meet in memory: several updates of one container, at elements that are mirrored,
//! shifted, strided, transposed, the same for all, or found in data; with one operator or with several; beside plain accesses; under
//! conditions, in helpers, in rows and slices. What a map may not do the compiler refuses; what it accepts has one result in every order.

use super::Random;
use std::fmt::Write;

/// A container: name, element type, dimensions (`N` or `2 * N + 2`).
struct Container {
    name: &'static str,
    kind: Kind,
    shape: &'static [Size],
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Float,
    /// `float32` and `int32`: what they are updated with is no wider.
    Single,
    Int,
    Small,
    Bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Size {
    N,
    Wide,
}

const PARAMS: &str = "A: float64[N], D: float64[2 * N + 2], P: float64[N, N], Q: float32[N, N], E: int64[N], U: int32[2 * N + 2], L: bool[N], h: float64[N], w: float64[N, N], g: float32[N], I: int64[N], V: int32[N], k: int64";

const CONTAINERS: [Container; 10] = [
    container("A", Kind::Float, &[Size::N]),
    container("D", Kind::Float, &[Size::Wide]),
    container("P", Kind::Float, &[Size::N, Size::N]),
    container("Q", Kind::Single, &[Size::N, Size::N]),
    container("E", Kind::Int, &[Size::N]),
    container("U", Kind::Small, &[Size::Wide]),
    container("L", Kind::Bool, &[Size::N]),
    container("s", Kind::Float, &[]),
    container("n", Kind::Int, &[]),
    // A temporary.
    container("T", Kind::Float, &[Size::N]),
];

const fn container(name: &'static str, kind: Kind, shape: &'static [Size]) -> Container {
    Container { name, kind, shape }
}

/// An update of one element.
#[derive(Clone, Copy, PartialEq)]
enum Update {
    Augmented(&'static str),
    /// `x = f(x, v)`.
    Call(&'static str),
    /// `if v > x: x = v`.
    Guarded(&'static str),
    Plain,
}

struct Generator {
    random: Random,
    text: String,
    depth: usize,
    /// Variables in scope that run within `0..N`.
    vars: Vec<&'static str>,
    /// The operator of each container in the nest at work: most nests use one.
    updates: Vec<(&'static str, Update)>,
    helper: bool,
    /// Inside of a map, which must not have what is surely refused.
    map: bool,
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
    fn var(&mut self) -> &'static str {
        match self.vars.clone().as_slice() {
            [] => "0",
            vars => self.pick(vars),
        }
    }

    /// Whether to read what may be updated: in a map that is mostly refused.
    fn may_read(&mut self) -> bool {
        let percent = if self.map { 6 } else { 100 };
        self.chance(percent)
    }

    /// An index of a dimension; own ones are those of the variable alone.
    fn index(&mut self, size: Size) -> String {
        let (i, j) = (self.var(), self.var());
        let of_n = |g: &mut Self| match g.random.below(16) {
            0..=4 => i.to_owned(),
            5 | 6 => format!("N - 1 - {i}"),
            7 => format!("{i} // 2"),
            8 => format!("I[{i}]"),
            9 => format!("({i} + 1) % N"),
            10 => g.pick(&["0", "N - 1", "N // 2", "k - 3"]).to_owned(),
            11 => format!("max({i} - 1, 0)"),
            12 => format!("min({i} + 1, N - 1)"),
            13 => format!("({i} * {j}) % N"),
            14 => format!("{i} % max(N // 2, 1)"),
            _ => j.to_owned(),
        };
        match size {
            Size::N => of_n(self),
            Size::Wide => match self.random.below(14) {
                0 | 1 => format!("2 * {i}"),
                2 | 3 => format!("2 * {i} + 1"),
                4 => format!("N + {i}"),
                5 => format!("{i} + 1"),
                6 => format!("2 * N - {i}"),
                7 => format!("{i} + {j}"),
                8 => format!("{i} - {j} + N"),
                9 => format!("2 * N + 1 - {i}"),
                10 => format!("2 * {i} + {j} % 2"),
                11 => i.to_owned(),
                _ => of_n(self),
            },
        }
    }

    fn element(&mut self, c: &Container) -> String {
        if c.shape.is_empty() {
            return c.name.to_owned();
        }
        let indices: Vec<String> = if c.shape.len() == 2 && self.chance(65) {
            let (i, j) = (self.var(), self.var());
            let pair = match self.random.below(9) {
                0..=2 => [i.to_owned(), j.to_owned()],
                3 | 4 => [j.to_owned(), i.to_owned()],
                5 => [format!("N - 1 - {i}"), j.to_owned()],
                6 => [i.to_owned(), format!("N - 1 - {j}")],
                7 => [i.to_owned(), "0".to_owned()],
                _ => [i.to_owned(), i.to_owned()],
            };
            pair.to_vec()
        } else {
            c.shape.iter().map(|s| self.index(*s)).collect()
        };
        format!("{}[{}]", c.name, indices.join(", "))
    }

    fn value(&mut self, kind: Kind, depth: u32) -> String {
        let i = self.var();
        let j = self.var();
        if depth > 0 && self.chance(30) && kind != Kind::Bool {
            let (a, b) = (self.value(kind, depth - 1), self.value(kind, depth - 1));
            let op = self.pick(&["+", "-"]);
            return format!("({a} {op} {b})");
        }
        match (kind, self.random.below(10)) {
            (Kind::Bool, 0..=4) => format!("h[{i}] > 0"),
            (Kind::Bool, _) => format!("w[{i}, {j}] < h[{j}]"),
            (Kind::Single, 0..=6) => format!("g[{i}]"),
            (Kind::Single, _) => format!("g[{j}] * 0.5"),
            (Kind::Small, 0..=5) => format!("V[{i}]"),
            (Kind::Small, _) => self.pick(&["1", "2", "3"]).to_owned(),
            (Kind::Int, 0..=4) => format!("I[{i}]"),
            (Kind::Int, 5) => i.to_owned(),
            (Kind::Int, 6) if self.may_read() => "E[0]".to_owned(),
            (Kind::Int, _) => self.pick(&["1", "2", "3"]).to_owned(),
            (Kind::Float, 0..=3) => format!("h[{i}]"),
            (Kind::Float, 4..=6) => format!("w[{i}, {j}]"),
            (Kind::Float, 7) if self.may_read() => format!("A[{}]", self.index(Size::N)),
            (Kind::Float, 8) => "0.5".to_owned(),
            (Kind::Float, _) => format!("h[{j}] * 0.5"),
        }
    }

    /// How the nest updates a container.
    fn update(&mut self, c: &Container) -> Update {
        let new = match c.kind {
            _ if self.chance(if self.map { 2 } else { 8 }) => Update::Plain,
            Kind::Float | Kind::Single => self.pick(&[
                Update::Augmented("+="),
                Update::Augmented("+="),
                Update::Augmented("+="),
                Update::Augmented("-="),
                Update::Augmented("*="),
                Update::Call("+"),
            ]),
            // A Python integer grows without limit by products.
            Kind::Int if c.shape.is_empty() => self.pick(&[
                Update::Augmented("+="),
                Update::Augmented("^="),
                Update::Call("max"),
                Update::Guarded("<"),
            ]),
            Kind::Int | Kind::Small => self.pick(&[
                Update::Augmented("+="),
                Update::Augmented("+="),
                Update::Augmented("*="),
                Update::Augmented("|="),
                Update::Augmented("&="),
                Update::Augmented("^="),
                Update::Call("max"),
                Update::Call("min"),
                Update::Guarded(">"),
                Update::Guarded("<"),
            ]),
            Kind::Bool => self.pick(&[Update::Augmented("|="), Update::Augmented("&=")]),
        };
        let known = self.updates.iter().find(|(name, _)| *name == c.name);
        match known {
            Some((_, update)) if self.random.below(100) < if self.map { 97 } else { 75 } => *update,
            _ => {
                self.updates.push((c.name, new));
                new
            }
        }
    }

    fn statement(&mut self) {
        let among = if self.vars.is_empty() { 9 } else { 10 };
        let at = self.random.below(among);
        let c = &CONTAINERS[at];
        match self.random.below(100) {
            0..=7 if !self.vars.is_empty() => return self.slices(),
            8..=13 if !self.vars.is_empty() => {
                self.helper = true;
                let (index, value) = (self.index(Size::N), self.value(Kind::Float, 1));
                return self.line(&format!("add(A, {index}, {value})"));
            }
            14..=20 if !self.vars.is_empty() && (!self.map || self.random.chance(12)) => {
                // A stencil reads and writes at different elements.
                let (to, from) = (self.element(c), self.element(c));
                if c.kind == Kind::Float {
                    return self.line(&format!("{to} += {from} * 0.25"));
                }
            }
            _ => {}
        }
        let update = self.update(c);
        let (target, value) = (self.element(c), self.value(c.kind, 1));
        match update {
            // A product of many factors overflows in some orders of a map, unless they are near one.
            Update::Augmented("*=") if matches!(c.kind, Kind::Float | Kind::Single) => {
                self.line(&format!("{target} *= 1.0 + ({value}) * 0.0001"));
            }
            Update::Augmented(op) => self.line(&format!("{target} {op} {value}")),
            Update::Call("+") => self.line(&format!("{target} = {target} + {value}")),
            Update::Call(f) => self.line(&format!("{target} = {f}({target}, {value})")),
            Update::Guarded(op) => {
                self.line(&format!("if {value} {op} {target}:"));
                self.line(&format!("    {target} = {value}"));
            }
            Update::Plain => {
                // A map's own elements, mostly: others are refused.
                let own = match c.shape.len() {
                    _ if self.chance(15) => target,
                    0 => target,
                    1 => format!("{}[{}]", c.name, self.vars.first().unwrap_or(&"0")),
                    _ => format!(
                        "{}[{}, {}]",
                        c.name,
                        self.vars.first().unwrap_or(&"0"),
                        self.vars.last().unwrap_or(&"0")
                    ),
                };
                self.line(&format!("{own} = {value}"));
            }
        }
    }

    /// Updates of many elements at once.
    fn slices(&mut self) {
        let (i, j) = (self.var(), self.var());
        let text = self.pick(&[
            "P[I] += w[J]",
            "P[I, :] += w[:, J]",
            "P[:, I] += w[J]",
            "P[N - 1 - I] += w[J] * h",
            "A += w[I]",
            "A[::-1] += w[I]",
            "A[I:] += h[I:]",
            "A[:I] += w[J, :I]",
            "A[::2] += h[::2] * 0.5",
            "P[I] += h @ w",
            "A += w @ h",
            "A[I] += h @ w[J]",
            "A[I] += np.sum(w[J])",
            "D[:N] += w[I]",
            "D[N:2 * N] += w[I]",
            "D[I:I + 2] += 0.5",
            "D[2 * I:2 * I + 2] += h[J]",
            "s += np.sum(w[I])",
            "P += w * h[I]",
            "P[:] += np.outer(h, w[I])",
            "E[I:] += I",
        ]);
        let text: String = text
            .chars()
            .map(|c| match c {
                'I' => i.to_owned(),
                'J' => j.to_owned(),
                c => c.to_string(),
            })
            .collect();
        self.line(&text);
    }

    fn condition(&mut self) -> String {
        let (i, j) = (self.var(), self.var());
        match self.random.below(7) {
            0 => format!("{i} < N // 2"),
            1 => format!("h[{i}] > 0"),
            2 => format!("{i} % 2 == 0"),
            3 => format!("{i} != {j}"),
            4 => format!("I[{i}] > 0 and h[{j}] < 1"),
            5 => format!("2 * {i} < N"),
            _ => "k > 2".to_owned(),
        }
    }

    fn statements(&mut self, count: usize) {
        for _ in 0..count {
            match self.random.below(10) {
                0 | 1 if !self.vars.is_empty() => {
                    let condition = self.condition();
                    self.line(&format!("if {condition}:"));
                    self.depth += 1;
                    self.statement();
                    self.depth -= 1;
                    if self.chance(40) {
                        self.line("else:");
                        self.depth += 1;
                        self.statement();
                        self.depth -= 1;
                    }
                }
                2..=4 if self.vars.len() < 3 => self.nest(),
                _ => self.statement(),
            }
        }
    }

    fn nest(&mut self) {
        let free: Vec<&'static str> = ["i", "j", "p", "q"]
            .into_iter()
            .filter(|v| !self.vars.contains(v))
            .collect();
        let outer = self.vars.last().copied();
        let was_map = self.map;
        let map = self.chance(if self.map { 30 } else { 55 });
        let mut range = match (self.random.below(12), outer) {
            (0, _) => "1, N - 1",
            (1, _) => "0, N, 2",
            (2, _) => "N // 2",
            (3, Some(_)) => "OUTER",
            (4, Some(_)) => "OUTER, N",
            (5, Some(_)) => "OUTER + 1, N",
            (6, _) if !map => "N - 1, -1, -1",
            _ => "N",
        }
        .replace("OUTER", outer.unwrap_or("0"));
        let head = if map {
            range = range.replace(", ", ":");
            if !range.contains(':') {
                range.insert_str(0, "0:");
            }
            if free.len() > 1 && self.chance(35) {
                self.vars.push(free[0]);
                self.vars.push(free[1]);
                format!("for {}, {} in dace.map[{range}, 0:N]:", free[0], free[1])
            } else {
                self.vars.push(free[0]);
                format!("for {} in dace.map[{range}]:", free[0])
            }
        } else {
            self.vars.push(free[0]);
            format!("for {} in range({range}):", free[0])
        };
        self.map |= map;
        self.line(&head);
        self.depth += 1;
        let count = 1 + self.random.below(3);
        self.statements(count);
        self.depth -= 1;
        self.map = was_map;
        while self.vars.last().copied() != outer {
            self.vars.pop();
        }
    }
}

/// What is asked of the compiler beside; it may not apply.
const TRANSFORMS: [&str; 8] = [
    "map_tiling(map = \"i\", tile_sizes = [2])",
    "map_tiling(map = \"i\", tile_sizes = [3])",
    "loop_to_map(loop = \"i\")",
    "loop_unroll(loop = \"j\", factor = 2)",
    "map_interchange(map = \"i\")",
    "map_collapse(map = \"i\")",
    "map_expansion(map = \"i\")",
    "map_fusion",
];

pub(super) fn program(seed: u64) -> (String, String) {
    let mut g = Generator {
        random: Random(seed),
        text: String::new(),
        depth: 0,
        vars: Vec::new(),
        updates: Vec::new(),
        helper: false,
        map: false,
    };
    g.line("s = 0.25");
    g.line("n = 1");
    g.line("T = h * 0.5");
    for _ in 0..=g.random.below(3) {
        g.updates.clear();
        g.nest();
    }
    g.line("return s, n, T");
    let mut text = String::new();
    if g.helper {
        text.push_str("def add(X: float64[M], at: int64, v: float64):\n    X[at] += v\n\n");
    }
    if g.chance(12) {
        let transform = g.pick(&TRANSFORMS);
        writeln!(text, "#[transform({transform})]").expect("a string");
    }
    write!(text, "def f({PARAMS}):\n{}", g.text).expect("a string");
    (
        text,
        "I=-5..5 V=-3..4 raises=perhaps precision=single".to_owned(),
    )
}
