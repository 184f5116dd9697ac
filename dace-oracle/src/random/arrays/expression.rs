//! Expressions of a shape and at most a kind.

use super::{Bool, Complex, Float, Int, Kind, Text, Var, Writer, kind_of};

impl Writer {
    /// Ways to read an array of this shape from the variables, without arithmetic.
    pub(super) fn leaves(&self, shape: &[&str]) -> Vec<(String, Kind)> {
        let mut found = Vec::new();
        for v in &self.vars {
            let mut add = |t: String| found.push((t, v.kind));
            let n = &v.name;
            if v.shape == shape {
                add(n.clone());
                match shape.len() {
                    1 => {
                        add(format!("{n}[::-1]"));
                        add(format!("{n}[:]"));
                    }
                    2 => {
                        add(format!("{n}[::-1]"));
                        add(format!("{n}[:, ::-1]"));
                        add(format!("{n}[...]"));
                    }
                    _ => {}
                }
            }
            if let ([a, b], [c, d]) = (v.shape.as_slice(), shape)
                && a == d
                && b == c
                && a != b
            {
                add(format!("{n}.T"));
                add(format!("np.transpose({n})"));
            }
            if let ([a, b], [c]) = (v.shape.as_slice(), shape) {
                if a == c {
                    add(format!("{n}[:, 0]"));
                    add(format!("{n}[:, -1]"));
                }
                if b == c {
                    add(format!("{n}[0]"));
                    add(format!("{n}[-1, :]"));
                    for (var, size) in &self.loops {
                        if size == a {
                            add(format!("{n}[{var}]"));
                        }
                    }
                }
            }
            // Broadcast.
            if let ([a], [c, d]) = (v.shape.as_slice(), shape) {
                if a == d {
                    add(n.clone());
                    add(format!("{n}[None, :]"));
                }
                if a == c {
                    add(format!("{n}[:, None]"));
                    add(format!("{n}[::-1, np.newaxis]"));
                }
            }
            if v.shape.is_empty() {
                add(n.clone());
            }
            if shape.is_empty() {
                match v.shape.as_slice() {
                    [a] => {
                        for (var, size) in &self.loops {
                            if size == a {
                                add(format!("{n}[{var}]"));
                                add(format!("{n}[-{var} - 1]"));
                            }
                        }
                    }
                    [a, b] => {
                        for (var, size) in &self.loops {
                            if size == a {
                                add(format!("{n}[{var}, 0]"));
                            }
                            if size == b {
                                add(format!("{n}[-1, {var}]"));
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        found
    }

    pub(super) fn scalar(&mut self, most: Kind) -> Text {
        let (text, kind) = match self.random.below(6) {
            0 if most >= Float => (
                self.random
                    .pick(&["0.5", "-1.25", "3.0", "1e-3"])
                    .to_owned(),
                Float,
            ),
            1 if most >= Complex => (
                self.random.pick(&["1j", "(2.0 - 0.5j)"]).to_owned(),
                Complex,
            ),
            // A loop variable's value decides in CPython whether `uint8` can take it.
            2 if most >= Int
                && !self.loops.is_empty()
                && self.vars.iter().all(|v| v.dtype != "uint8") =>
            {
                (self.loops[0].0.clone(), Int)
            }
            _ if most >= Int => (
                self.random.pick(&["2", "-1", "3", "7", "0"]).to_owned(),
                Int,
            ),
            _ => (self.random.pick(&["True", "False"]).to_owned(), Bool),
        };
        Text {
            text,
            kind,
            exact: true,
        }
    }

    pub(super) fn leaf(&mut self, shape: &[&str], most: Kind) -> Text {
        let found: Vec<_> = self
            .leaves(shape)
            .into_iter()
            .filter(|(_, k)| *k <= most)
            .collect();
        if found.is_empty() || self.random.one_in(12) {
            return self.scalar(most);
        }
        let (text, kind) = found[self.random.below(found.len())].clone();
        Text {
            text,
            kind,
            exact: true,
        }
    }

    /// An array of exactly this shape (leaves of scalars would have none).
    pub(super) fn full(&mut self, shape: &[&'static str], most: Kind) -> Option<Var> {
        let found: Vec<Var> = self
            .vars
            .iter()
            .filter(|v| v.shape == shape && v.kind <= most)
            .cloned()
            .collect();
        if found.is_empty() {
            None
        } else {
            Some(found[self.random.below(found.len())].clone())
        }
    }

    pub(super) fn boolean(&mut self, shape: &[&'static str], depth: usize) -> Text {
        let op = self.random.pick(&["<", "<=", ">", ">=", "==", "!="]);
        match self.random.below(5) {
            0 if depth > 0 => {
                let (a, b) = (
                    self.boolean(shape, depth - 1),
                    self.boolean(shape, depth - 1),
                );
                let join = self.random.pick(&["&", "|", "^"]);
                Text {
                    text: format!("({} {join} {})", a.text, b.text),
                    kind: Bool,
                    exact: true,
                }
            }
            1 if !shape.is_empty() => {
                let a = self.leaf(shape, Float);
                let f = self
                    .random
                    .pick(&["np.isnan", "np.isfinite", "np.logical_not"]);
                if a.kind == Bool {
                    a
                } else {
                    Text {
                        text: format!("{f}({})", a.text),
                        kind: Bool,
                        exact: true,
                    }
                }
            }
            _ => {
                let (a, b) = (self.leaf(shape, Float), self.leaf(shape, Float));
                Text {
                    text: format!("({} {op} {})", a.text, b.text),
                    kind: Bool,
                    exact: true,
                }
            }
        }
    }

    /// An expression that broadcasts to the shape.
    pub(super) fn expr(&mut self, shape: &[&'static str], depth: usize, most: Kind) -> Text {
        if depth == 0 {
            return self.leaf(shape, most);
        }
        match self.random.below(12) {
            0..=3 => {
                let (a, b) = (
                    self.expr(shape, depth - 1, most),
                    self.expr(shape, depth - 1, most),
                );
                let kind = a.kind.max(b.kind);
                let op = match kind {
                    Bool => self.random.pick(&["&", "|", "^"]),
                    _ if a.kind == Bool || b.kind == Bool => self.random.pick(&["+", "*"]),
                    _ => self.random.pick(&["+", "-", "*"]),
                };
                Text {
                    text: format!("({} {op} {})", a.text, b.text),
                    kind,
                    exact: a.exact && b.exact && kind != Complex,
                }
            }
            4 if most >= Float => {
                let (a, b) = (self.expr(shape, depth - 1, most), self.leaf(shape, most));
                let kind = a.kind.max(b.kind).max(Float);
                Text {
                    text: format!("({} / {})", a.text, b.text),
                    kind,
                    exact: false,
                }
            }
            5 if most >= Int => {
                // Floor and remainder jump: only of exact numbers.
                let (a, b) = (
                    self.leaf(shape, most.min(Float)),
                    self.leaf(shape, most.min(Float)),
                );
                if a.kind == Bool || b.kind == Bool {
                    return a;
                }
                let op = self.random.pick(&["//", "%"]);
                Text {
                    text: format!("({} {op} {})", a.text, b.text),
                    kind: a.kind.max(b.kind),
                    exact: true,
                }
            }
            6 if most >= Int => {
                let a = self.expr(shape, depth - 1, most);
                if a.kind == Bool {
                    return a;
                }
                let text = match (a.kind, self.random.below(4)) {
                    (_, 0) => format!("(-{})", a.text),
                    (Int | Float, 1) => format!("np.abs({})", a.text),
                    (_, 2) => format!("({} ** 2)", a.text),
                    (Int, _) if a.text.parse::<i64>().is_err() => format!("(~{})", a.text),
                    (Int, _) => a.text.clone(),
                    _ => format!("np.conj({})", a.text),
                };
                Text { text, ..a }
            }
            7 if most >= Float => {
                let a = self.expr(shape, depth - 1, Float);
                let text = match self.random.below(7) {
                    0 => format!("np.sqrt(np.abs({}))", a.text),
                    1 => format!("np.exp(-np.abs({}))", a.text),
                    2 => format!("np.sin({})", a.text),
                    3 => format!("np.tanh({})", a.text),
                    4 => format!("np.log(1.5 + np.abs({}))", a.text),
                    5 => format!("np.arctan2({}, 2.0)", a.text),
                    _ => format!("np.cos({})", a.text),
                };
                if a.kind == Bool {
                    a
                } else {
                    Text {
                        text,
                        kind: a.kind.max(Float),
                        exact: false,
                    }
                }
            }
            8 => {
                let (c, a, b) = (
                    self.boolean(shape, 1),
                    self.expr(shape, depth - 1, most),
                    self.expr(shape, depth - 1, most),
                );
                Text {
                    text: format!("np.where({}, {}, {})", c.text, a.text, b.text),
                    kind: a.kind.max(b.kind),
                    exact: a.exact && b.exact,
                }
            }
            9 if most >= Int => {
                let (a, b) = (
                    self.expr(shape, depth - 1, most.min(Float)),
                    self.expr(shape, depth - 1, most.min(Float)),
                );
                let f = self.random.pick(&["np.minimum", "np.maximum"]);
                Text {
                    text: format!("{f}({}, {})", a.text, b.text),
                    kind: a.kind.max(b.kind),
                    exact: a.exact && b.exact,
                }
            }
            10 => self
                .reduction(shape, most)
                .unwrap_or_else(|| self.scalar(most)),
            11 => self
                .conversion(shape, most)
                .unwrap_or_else(|| self.scalar(most)),
            _ => self.leaf(shape, most),
        }
    }

    pub(super) fn reduction(&mut self, shape: &[&'static str], most: Kind) -> Option<Text> {
        let other = self.random.pick(&["N", "M"]);
        let f = self
            .random
            .pick(&["np.sum", "np.max", "np.min", "np.mean", "np.prod"]);
        let result = |v: &Var, text: String| {
            let kind = match (f, v.kind) {
                ("np.mean", k) => k.max(Float),
                (_, Bool) => Int,
                (_, k) => k,
            };
            Text {
                text,
                kind,
                exact: v.kind <= Int && f != "np.mean",
            }
        };
        let most = if f == "np.mean" && most < Float {
            return None;
        } else {
            most
        };
        match shape {
            [] => {
                let v = if self.random.one_in(2) {
                    self.full(&[other], most)?
                } else {
                    self.full(&["N", "M"], most)?
                };
                (v.kind != Bool && v.kind != Complex)
                    .then(|| result(&v, format!("{f}({})", v.name)))
            }
            [a] => {
                let (v, axis) = if self.random.one_in(2) {
                    (self.full(&[a, other], most)?, 1)
                } else {
                    (self.full(&[other, a], most)?, 0)
                };
                (v.kind != Bool && v.kind != Complex)
                    .then(|| result(&v, format!("{f}({}, axis={axis})", v.name)))
            }
            [a, b] => {
                let v = self.full(&[a, b], most)?;
                let axis = self.random.below(2);
                (v.kind != Bool && v.kind != Complex)
                    .then(|| result(&v, format!("{f}({}, axis={axis}, keepdims=True)", v.name)))
            }
            _ => None,
        }
    }

    pub(super) fn conversion(&mut self, shape: &[&'static str], most: Kind) -> Option<Text> {
        let v = self.full(shape, most)?;
        if v.shape.is_empty() {
            return None;
        }
        let targets: &[&'static str] = match v.kind {
            Bool => &["int64", "int32", "float64", "float32", "uint8"],
            Int => &["int64", "float64", "int32", "float32"],
            Float => &["float64", "float32", "complex128"],
            Complex => &["complex128", "complex64"],
        };
        let to = self.random.pick(targets);
        (kind_of(to) <= most).then(|| Text {
            text: format!("{}.astype(np.{to})", v.name),
            kind: kind_of(to),
            exact: true,
        })
    }
}
