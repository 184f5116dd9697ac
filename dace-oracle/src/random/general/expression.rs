//! Expressions of a shape and at most a kind.

use super::{Bool, Complex, Dim, Float, Int, Kind, Text, Var, Writer, kind_of};

impl Writer {
    /// Ways to read an array of this shape, or one that broadcasts to it, from the variables; with kind and exactness.
    pub(super) fn leaves(&mut self, shape: &[Dim]) -> Vec<(String, Kind, bool)> {
        let mut found = Vec::new();
        for v in self.vars.clone() {
            for text in self.readings(&v, shape) {
                found.push((text, v.kind, v.exact));
            }
        }
        found
    }

    /// Slices of a dimension of a variable that make it the dimension that is wanted.
    fn slices(&mut self, have: Dim, want: Dim) -> Option<&'static str> {
        match (have, want) {
            ((a, p), (b, q)) if a == b && p == q => Some(self.slice(0)),
            ((a, 0), (b, q)) if a == b => Some(self.slice(q)),
            _ => None,
        }
    }

    fn readings(&mut self, v: &Var, shape: &[Dim]) -> Vec<String> {
        let n = &v.name;
        let mut found = Vec::new();
        if v.shape.is_empty() {
            found.push(n.clone());
            return found;
        }
        // The last dimensions.
        if v.shape.len() <= shape.len() {
            let tail = &shape[shape.len() - v.shape.len()..];
            let slices: Option<Vec<_>> = v
                .shape
                .iter()
                .zip(tail)
                .map(|(have, want)| self.slices(*have, *want))
                .collect();
            if let Some(slices) = slices {
                found.push(format!("{n}[{}]", slices.join(", ")));
                if v.shape == tail {
                    found.push(n.clone());
                }
            }
        }
        // The first of two.
        if let ([a], [c, _]) = (v.shape.as_slice(), shape)
            && let Some(slice) = self.slices(*a, *c)
        {
            found.push(format!("{n}[{slice}, None]"));
        }
        if let ([a, b], [c, d]) = (v.shape.as_slice(), shape)
            && a != b
            && let (Some(s), Some(t)) = (self.slices(*a, *d), self.slices(*b, *c))
        {
            found.push(format!("{n}[{s}, {t}].T"));
            if (a, b) == (d, c) {
                found.push(format!("np.transpose({n})"));
            }
        }
        // An integer in one place, or two.
        for (k, (size, part)) in v.shape.iter().enumerate() {
            let mut left = v.shape.clone();
            left.remove(k);
            if left.len() != shape.len() {
                continue;
            }
            let slices: Option<Vec<_>> = left
                .iter()
                .zip(shape)
                .map(|(have, want)| self.slices(*have, *want))
                .collect();
            if let Some(mut slices) =
                slices.map(|s| s.into_iter().map(str::to_owned).collect::<Vec<_>>())
            {
                slices.insert(k, self.index(size, *part));
                found.push(format!("{n}[{}]", slices.join(", ")));
            }
        }
        if shape.is_empty() && v.shape.len() == 2 {
            let (a, b) = (v.shape[0], v.shape[1]);
            let (i, j) = (self.index(a.0, a.1), self.index(b.0, b.1));
            found.push(format!("{n}[{i}, {j}]"));
        }
        if v.shape == [("N", 0)] && shape == [("N", 0)] {
            found.push(format!("{n}[ind]"));
        }
        found
    }

    /// Something of exactly this shape.
    pub(super) fn exact_leaf(&mut self, shape: &[Dim]) -> Option<(String, Kind, bool)> {
        let mut found = Vec::new();
        for v in self.vars.clone() {
            if v.shape.len() == shape.len() {
                for text in self.readings(&v, shape) {
                    found.push((text, v.kind, v.exact));
                }
            }
        }
        (!found.is_empty()).then(|| found.swap_remove(self.random.below(found.len())))
    }

    pub(super) fn scalar(&mut self, most: Kind) -> Text {
        let (text, kind) = match self.random.below(7) {
            0 | 1 if most >= Float => (self.random.pick(&["0.5", "1.25", "3.0", "1e-3"]), Float),
            2 if most >= Complex => (self.random.pick(&["1j", "(2.0 - 0.5j)"]), Complex),
            3 if most >= Int && !self.unsigned => (self.random.pick(&["-1", "-2", "k"]), Int),
            _ if most >= Int => (self.random.pick(&["2", "1", "3", "7", "0"]), Int),
            _ => (self.random.pick(&["True", "False"]), Bool),
        };
        Text {
            text: text.to_owned(),
            kind,
            exact: true,
        }
    }

    pub(super) fn leaf(&mut self, shape: &[Dim], most: Kind) -> Text {
        let mut found = self.leaves(shape);
        found.retain(|(_, k, _)| *k <= most);
        if found.is_empty() || self.random.one_in(12) {
            return self.scalar(most);
        }
        let (text, kind, exact) = found.swap_remove(self.random.below(found.len()));
        Text { text, kind, exact }
    }

    /// A leaf whose value is the same everywhere.
    fn exact(&mut self, shape: &[Dim], most: Kind) -> Text {
        let mut found = self.leaves(shape);
        found.retain(|(_, k, exact)| *k <= most && *exact);
        if found.is_empty() {
            return self.scalar(most);
        }
        let (text, kind, exact) = found.swap_remove(self.random.below(found.len()));
        Text { text, kind, exact }
    }

    pub(super) fn boolean(&mut self, shape: &[Dim], depth: usize) -> Text {
        let exact = |text: String| Text {
            text,
            kind: Bool,
            exact: true,
        };
        match self.random.below(7) {
            0 if depth > 0 => {
                let (a, b) = (
                    self.boolean(shape, depth - 1),
                    self.boolean(shape, depth - 1),
                );
                let join = if shape.is_empty() {
                    self.random.pick(&["and", "or"])
                } else {
                    self.random.pick(&["&", "|", "^"])
                };
                exact(format!("({} {join} {})", a.text, b.text))
            }
            1 if !shape.is_empty() => {
                let a = self.leaf(shape, Complex);
                let f = self.random.pick(&["np.isnan", "np.isfinite", "np.isinf"]);
                match a.kind {
                    Bool | Int => a_comparison(&a.text, &mut self.random),
                    // Overflow comes a little sooner or later with other roundings.
                    _ if !a.exact => a_comparison("s", &mut self.random),
                    _ => exact(format!("{f}({})", a.text)),
                }
            }
            2 if shape.is_empty() => {
                let v = self.var(|v| !v.shape.is_empty() && v.exact && v.kind <= Float);
                match v {
                    Some(v) => {
                        let f = self.random.pick(&["np.any", "np.all"]);
                        exact(format!("{f}({} > 1)", v.name))
                    }
                    None => exact("k == 3".to_owned()),
                }
            }
            3 => {
                let a = self.exact(shape, Complex);
                let b = self.exact(shape, Complex);
                let op = self.random.pick(&["==", "!="]);
                exact(format!("({} {op} {})", a.text, b.text))
            }
            4 if shape.is_empty() => {
                let (a, b) = (self.exact(shape, Float), self.exact(shape, Int));
                exact(format!("(0 < {} <= {})", a.text, b.text))
            }
            _ => {
                let (a, b) = (self.exact(shape, Float), self.exact(shape, Float));
                let op = self.random.pick(&["<", "<=", ">", ">="]);
                exact(format!("({} {op} {})", a.text, b.text))
            }
        }
    }

    /// An expression that broadcasts to the shape.
    pub(super) fn expr(&mut self, shape: &[Dim], depth: usize, most: Kind) -> Text {
        if depth == 0 {
            return self.leaf(shape, most);
        }
        match self.random.below(15) {
            0..=3 => {
                let (a, b) = (
                    self.expr(shape, depth - 1, most),
                    self.expr(shape, depth - 1, most),
                );
                let kind = a.kind.max(b.kind);
                let op = match kind {
                    Bool => self.random.pick(&["&", "|", "^"]),
                    _ if a.kind == Bool || b.kind == Bool => self.random.pick(&["+", "*"]),
                    Int if self.random.one_in(4) => self.random.pick(&["&", "|", "^"]),
                    _ => self.random.pick(&["+", "-", "*"]),
                };
                Text {
                    text: format!("({} {op} {})", a.text, b.text),
                    kind,
                    exact: a.exact && b.exact && kind <= Int,
                }
            }
            4 if most >= Float => {
                let (a, b) = (self.expr(shape, depth - 1, most), self.leaf(shape, Float));
                Text {
                    text: format!("({} / {})", a.text, b.text),
                    kind: a.kind.max(b.kind).max(Float),
                    exact: false,
                }
            }
            5 if most >= Int => {
                let most = most.min(Float);
                let (a, b) = (self.exact(shape, most), self.exact(shape, most));
                // Of `uint64` and `int64` NumPy makes floats, which divided by zero fit into no integer.
                if a.kind == Bool || b.kind == Bool || self.unsigned && a.kind.max(b.kind) == Int {
                    return a;
                }
                let op = self.random.pick(&["//", "%"]);
                Text {
                    text: format!("({} {op} {})", a.text, b.text),
                    kind: a.kind.max(b.kind),
                    exact: a.exact && b.exact,
                }
            }
            6 if most >= Int => {
                let a = self.expr(shape, depth - 1, most);
                if a.kind == Bool {
                    return a;
                }
                let text = match (a.kind, self.random.below(5)) {
                    (_, 0) if !self.unsigned || a.kind > Int => format!("(-{})", a.text),
                    (Int | Float, 1) => format!("np.abs({})", a.text),
                    (_, 2) => format!("({} ** 2)", a.text),
                    (Int, 3) if a.text.parse::<i64>().is_err() => format!("(~{})", a.text),
                    (Int, 4) => format!("({} {} 2)", a.text, self.random.pick(&["<<", ">>"])),
                    (Int, _) => a.text.clone(),
                    (Float, _) => format!("np.square({})", a.text),
                    _ => format!("np.conj({})", a.text),
                };
                let exact = a.exact && a.kind <= Int;
                Text { text, exact, ..a }
            }
            7 if most >= Float => self.function(shape, depth, most),
            8 => {
                let (c, a, b) = (
                    self.boolean(shape, 1),
                    self.expr(shape, depth - 1, most),
                    self.expr(shape, depth - 1, most),
                );
                let text = if shape.is_empty() && a.kind == b.kind && self.random.one_in(2) {
                    format!("({} if {} else {})", a.text, c.text, b.text)
                } else {
                    format!("np.where({}, {}, {})", c.text, a.text, b.text)
                };
                Text {
                    text,
                    kind: a.kind.max(b.kind),
                    exact: a.exact && b.exact,
                }
            }
            9 if most >= Int => {
                let most = most.min(Float);
                let (a, b) = (
                    self.expr(shape, depth - 1, most),
                    self.expr(shape, depth - 1, most),
                );
                let f = self
                    .random
                    .pick(&["np.minimum", "np.maximum", "np.fmin", "np.fmax"]);
                Text {
                    text: format!("{f}({}, {})", a.text, b.text),
                    kind: a.kind.max(b.kind),
                    exact: a.exact && b.exact,
                }
            }
            10 | 11 => match self.reduction(shape, most) {
                Some(text) => text,
                None => self.scalar(most),
            },
            12 => match self.conversion(shape, most) {
                Some(text) => text,
                None => self.scalar(most),
            },
            13 if most >= Complex => {
                let (a, b) = (self.expr(shape, depth - 1, Float), self.leaf(shape, Float));
                Text {
                    text: format!("({} + 1j * {})", a.text, b.text),
                    kind: Complex,
                    exact: false,
                }
            }
            _ => self.leaf(shape, most),
        }
    }

    /// A mathematical function.
    fn function(&mut self, shape: &[Dim], depth: usize, most: Kind) -> Text {
        let a = self.expr(shape, depth - 1, most);
        // Of small integers NumPy computes in half precision.
        let t = if a.kind < Float {
            format!("({} * 1.0)", a.text)
        } else {
            a.text
        };
        let text = if a.kind == Complex {
            match self.random.below(6) {
                0 => format!("np.exp(-np.abs({t}) + 0.5j)"),
                1 => format!("np.abs({t})"),
                2 => format!("np.real({t})"),
                3 => format!("np.imag({t})"),
                4 => format!("np.sqrt(np.abs({t}) + 1j)"),
                _ => format!("np.conj({t})"),
            }
        } else {
            match self.random.below(12) {
                0 => format!("np.sqrt(np.abs({t}))"),
                1 => format!("np.exp(-np.abs({t}))"),
                2 => format!("np.sin({t})"),
                3 => format!("np.tanh({t})"),
                4 => format!("np.log(1.5 + np.abs({t}))"),
                5 => format!("np.arctan2({t}, 2.0)"),
                6 => format!("np.cos({t})"),
                7 => format!("np.hypot({t}, 1.0)"),
                8 => format!("np.log1p(np.abs({t}))"),
                9 => format!("np.expm1(np.minimum({t}, 1.0))"),
                10 => format!("np.arctan({t})"),
                _ => format!("(np.abs({t}) + 0.5) ** 1.5"),
            }
        };
        Text {
            text,
            kind: a.kind.max(Float),
            exact: false,
        }
    }

    pub(super) fn reduction(&mut self, shape: &[Dim], most: Kind) -> Option<Text> {
        let f = self.random.pick(&[
            "sum",
            "sum",
            "max",
            "min",
            "mean",
            "prod",
            "any",
            "all",
            "argmax",
            "argmin",
            "std",
            "count_nonzero",
        ]);
        // The dimension that is summed over.
        let other = self.random.pick(&["N", "M"]);
        let (mut of, axis): (Vec<Dim>, String) = match shape {
            [] => match self.random.below(3) {
                0 => (vec![(other, 0)], String::new()),
                1 => (vec![(other, 1)], String::new()),
                _ => (
                    vec![("N", 0), ("M", 0)],
                    self.random.pick(&["", ", axis=(0, 1)"]).to_owned(),
                ),
            },
            [a] => match self.random.below(2) {
                0 => (
                    vec![*a, (other, 0)],
                    self.random.pick(&[", axis=1", ", axis=-1"]).to_owned(),
                ),
                _ => (
                    vec![(other, 0), *a],
                    self.random.pick(&[", axis=0", ", axis=-2"]).to_owned(),
                ),
            },
            [a, b] => {
                let axis = self.random.below(2);
                (vec![*a, *b], format!(", axis={axis}, keepdims=True"))
            }
            _ => return None,
        };
        if f.starts_with("arg") && (of.len() != shape.len() + 1 || axis.contains('(')) {
            return None;
        }
        if f == "count_nonzero" && axis.contains("(0, 1)") {
            of.truncate(2);
        }
        let (text, kind, exact) = self.exact_leaf(&of)?;
        let result = match f {
            "any" | "all" => Bool,
            "argmax" | "argmin" | "count_nonzero" => Int,
            "mean" | "std" => kind.max(Float),
            "sum" | "prod" => kind.max(Int),
            _ => kind,
        };
        let usable = match f {
            "max" | "min" => matches!(kind, Int | Float),
            "argmax" | "argmin" => exact && kind <= Float,
            "any" | "all" | "count_nonzero" => exact,
            "std" | "mean" => kind >= Int,
            "prod" => kind <= Float,
            _ => true,
        };
        if !usable || result > most || f == "std" && kind == Complex && most < Complex {
            return None;
        }
        let result = if f == "std" { Float } else { result };
        Some(Text {
            text: format!("np.{f}({text}{axis})"),
            kind: result,
            exact: exact
                && result <= Int
                && (kind <= Int
                    || f.starts_with("arg")
                    || f.starts_with('a')
                    || f == "count_nonzero"),
        })
    }

    fn conversion(&mut self, shape: &[Dim], most: Kind) -> Option<Text> {
        let (text, kind, exact) = self.exact_leaf(shape)?;
        if shape.is_empty() {
            return None;
        }
        let targets: &[&'static str] = match kind {
            Bool => &["int64", "int32", "float64", "float32", "uint8"],
            Int => &[
                "int64",
                "float64",
                "int32",
                "float32",
                "int8",
                "uint16",
                "complex128",
            ],
            Float => &["float64", "float32", "complex128"],
            Complex => &["complex128", "complex64"],
        };
        let to = self.random.pick(targets);
        if self.unsigned && matches!(to, "int8" | "uint16") {
            return None;
        }
        (kind_of(to) <= most).then(|| Text {
            text: format!("{text}.astype(np.{to})"),
            kind: kind_of(to),
            exact: exact && kind_of(to) <= Float,
        })
    }
}

fn a_comparison(text: &str, random: &mut super::Random) -> Text {
    let op = random.pick(&["==", "!=", ">"]);
    Text {
        text: format!("({text} {op} 1)"),
        kind: Bool,
        exact: true,
    }
}
