//! Random programs that use much of the language: slices of every kind, all types, functions, maps, jumps, linear algebra.
//!
//! What NumPy leaves to the machine is not written: floats out of range that become integers, comparisons of rounded numbers.

mod expression;

use super::Random;

/// What arithmetic an expression allows, ordered as NumPy promotes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Bool,
    Int,
    Float,
    Complex,
}
use Kind::{Bool, Complex, Float, Int};

/// Slices that select equally many elements of any dimension.
const WHOLE: &[&str] = &[":", ":", ":", "::-1"];
const PARTS: [&[&str]; 6] = [
    &["1:", ":-1", ":0:-1", "-2::-1"],
    &["2:", ":-2", "1:-1", ":1:-1"],
    &["::2", "::-2"],
    &["1::2", "-2::-2"],
    &["-2:", ":2", ":-3:-1"],
    &["::3", "::-3"],
];

/// A dimension: a symbol or a number, and the part of it: 0 for all of it, or a number of [`PARTS`] and one.
type Dim = (&'static str, usize);

#[derive(Clone)]
struct Var {
    name: String,
    dtype: &'static str,
    kind: Kind,
    shape: Vec<Dim>,
    /// May be assigned to.
    written: bool,
    /// Holds numbers that were not rounded, so that comparisons are the same everywhere.
    exact: bool,
}

struct Text {
    text: String,
    kind: Kind,
    exact: bool,
}

struct Writer {
    random: Random,
    /// Has a type without negative numbers among its variables: then no constant is negative.
    unsigned: bool,
    vars: Vec<Var>,
    helpers: Vec<String>,
    lines: Vec<String>,
    fresh: usize,
    indent: usize,
    /// Loop variables in scope with the size that bounds them.
    loops: Vec<(String, &'static str)>,
    /// Inside of a map only the map's own element is written.
    parallel: bool,
    /// What is returned.
    results: Vec<&'static str>,
}

fn kind_of(dtype: &str) -> Kind {
    match dtype {
        "bool" => Bool,
        d if d.contains("int") => Int,
        d if d.starts_with("float") => Float,
        _ => Complex,
    }
}

fn whole(sizes: &[&'static str]) -> Vec<Dim> {
    sizes.iter().map(|s| (*s, 0)).collect()
}

/// The type in which NumPy keeps a result of this kind, where it is assigned to an argument of the same kind without a loss.
fn is_wide(dtype: &str) -> bool {
    matches!(dtype, "int64" | "float64" | "complex128" | "bool")
}

impl Writer {
    fn line(&mut self, text: &str) {
        self.lines
            .push(format!("{}{text}", "    ".repeat(self.indent)));
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.fresh += 1;
        format!("{prefix}{}", self.fresh)
    }

    /// One of the variables for which `choose` holds.
    fn var(&mut self, choose: impl Fn(&Var) -> bool) -> Option<Var> {
        let found: Vec<&Var> = self.vars.iter().filter(|v| choose(v)).collect();
        (!found.is_empty()).then(|| found[self.random.below(found.len())].clone())
    }

    /// The variable does not hold exact numbers any more.
    fn rounded(&mut self, name: &str, exact: bool) {
        if !exact && let Some(v) = self.vars.iter_mut().find(|v| v.name == name) {
            v.exact = false;
        }
    }

    fn slice(&mut self, part: usize) -> &'static str {
        let from = if part == 0 { WHOLE } else { PARTS[part - 1] };
        self.random.pick(from)
    }

    /// The dimensions of a part of a variable, and its slices; a part of a part is not taken.
    fn part(&mut self, v: &Var) -> (Vec<Dim>, String) {
        let mut shape = Vec::new();
        let mut slices = Vec::new();
        for (size, part) in &v.shape {
            let part = if *part == 0 && self.random.one_in(2) {
                1 + self.random.below(PARTS.len())
            } else {
                *part
            };
            shape.push((*size, part));
            let of_variable = v.shape[shape.len() - 1].1;
            slices.push(if of_variable == part {
                self.slice(0)
            } else {
                self.slice(part)
            });
        }
        (shape, slices.join(", "))
    }

    fn body(&mut self, depth: usize, count: usize) {
        self.indent += 1;
        let before = self.lines.len();
        let vars = self.vars.len();
        for _ in 0..count {
            self.statement(depth);
        }
        if self.lines.len() == before {
            self.line("pass");
        }
        // What is first assigned inside may have no value outside.
        self.vars.truncate(vars);
        self.indent -= 1;
    }

    fn statement(&mut self, depth: usize) {
        match self.random.below(if depth > 0 { 26 } else { 16 }) {
            0 | 1 => self.variable(),
            2 | 3 => self.whole_store(),
            4..=6 => self.part_store(),
            7 => self.overlap(),
            8 => self.mask(),
            9 => self.through_indices(),
            10 => self.accumulate(),
            11 => self.element(),
            12 => self.swap(),
            13 => self.alias(),
            14 => self.product(),
            15 => self.linear_algebra(),
            16 | 17 => self.counted_loop(depth),
            18 => self.conditional(depth),
            19 => self.while_loop(depth),
            20 => self.map(),
            21 => self.call(),
            22 => self.leave(),
            23 => self.scalar_index(),
            24 => self.reduction_store(),
            _ => self.nested_loops(),
        }
    }

    /// `v = …`
    fn variable(&mut self) {
        let shape: Vec<Dim> = match self.random.below(5) {
            0 => whole(&["N"]),
            1 => whole(&["N", "M"]),
            2 => whole(&["M"]),
            3 => vec![("N", 1 + self.random.below(2))],
            _ => vec![("N", 0), ("M", 1)],
        };
        let most = self.random.pick(&[Int, Float, Float, Complex]);
        let value = self.expr(&shape, 2, most);
        // Adding a leaf of the very shape pins the shape.
        let Some((pin, kind, exact)) = self.exact_leaf(&shape) else {
            return;
        };
        if value.kind == Bool || kind == Bool {
            return;
        }
        let name = self.fresh("v");
        self.line(&format!("{name} = {} + {pin}", value.text));
        self.vars.push(Var {
            name,
            dtype: "",
            kind: value.kind.max(kind),
            shape,
            written: false,
            exact: value.exact && exact && value.kind.max(kind) <= Int,
        });
    }

    fn target(&mut self) -> Option<Var> {
        if self.parallel {
            return None;
        }
        self.var(|v| v.written && !v.shape.is_empty())
    }

    /// `op=` where NumPy can keep the result.
    fn operator(&mut self, v: &Var, value: Kind) -> &'static str {
        if v.kind == Bool || value != v.kind || !is_wide(v.dtype) {
            return "=";
        }
        match v.kind {
            Int => self
                .random
                .pick(&["=", "=", "+=", "-=", "*=", "|=", "&=", "^="]),
            _ => self.random.pick(&["=", "=", "+=", "-=", "*="]),
        }
    }

    fn whole_store(&mut self) {
        let Some(v) = self.target() else { return };
        let value = self.expr(&v.shape, 2, v.kind);
        let op = self.operator(&v, value.kind);
        let place = if op != "=" && self.random.one_in(2) {
            v.name.clone()
        } else {
            format!("{}[{}]", v.name, self.random.pick(&[":", "..."]))
        };
        self.rounded(&v.name, value.exact);
        self.line(&format!("{place} {op} {}", value.text));
    }

    fn part_store(&mut self) {
        let Some(v) = self.target() else { return };
        let (shape, slices) = self.part(&v);
        let value = self.expr(&shape, 2, v.kind);
        let op = self.operator(&v, value.kind);
        self.rounded(&v.name, value.exact);
        self.line(&format!("{}[{slices}] {op} {}", v.name, value.text));
    }

    /// Reads where it writes.
    fn overlap(&mut self) {
        let Some(v) = self.target() else { return };
        let (shape, slices) = self.part(&v);
        let other: Vec<&str> = shape
            .iter()
            .zip(&v.shape)
            .map(|((_, part), (_, own))| self.slice(if part == own { 0 } else { *part }))
            .collect();
        let other = format!("{}[{}]", v.name, other.join(", "));
        let value = self.expr(&shape, 1, v.kind);
        let text = match (v.kind, self.random.below(3)) {
            (Bool, _) => format!("{other} ^ {other}"),
            (_, 0) => other,
            (_, 1) if value.kind == v.kind || value.kind > Bool => {
                format!("{other} + {}", value.text)
            }
            _ => format!(
                "np.where({} > 0, {other}, {other} * 2)",
                self.whole_of(&shape)
            ),
        };
        self.rounded(&v.name, value.exact && v.kind <= Int);
        self.line(&format!("{}[{slices}] = {text}", v.name));
    }

    /// Something of exactly this shape that is exact and real, or zero.
    fn whole_of(&mut self, shape: &[Dim]) -> String {
        let found: Vec<(String, Kind, bool)> = self
            .leaves(shape)
            .into_iter()
            .filter(|(_, k, exact)| *exact && *k <= Float && *k > Bool)
            .collect();
        if found.is_empty() {
            return "1".to_owned();
        }
        self.random.below(found.len());
        found[self.random.below(found.len())].0.clone()
    }

    fn mask(&mut self) {
        let Some(v) = self.target() else { return };
        if v.shape.iter().any(|(_, part)| *part != 0) {
            return;
        }
        let shape = v.shape.clone();
        let Some(w) = self.var(|w| w.shape == shape && w.exact && matches!(w.kind, Int | Float))
        else {
            return;
        };
        let op = self.random.pick(&[">", "<=", "!="]);
        let limit = self.random.pick(&["0", "1", "2"]);
        let mut mask = format!("{} {op} {limit}", w.name);
        if self.random.one_in(3) {
            let other = self.boolean(&shape, 0);
            mask = format!("({mask}) & {}", other.text);
        }
        let value = self.scalar(v.kind);
        let text = match self.random.below(4) {
            0 if v.kind > Bool && is_wide(v.dtype) => format!("*= {}", value.text),
            1 if v.kind > Bool
                && is_wide(v.dtype)
                && v.name != w.name
                && !mask.contains(&v.name) =>
            {
                let text = format!("{n}[{mask}] = {n}[{mask}] * 2 - 1", n = v.name);
                if !self.unsigned {
                    self.line(&text);
                }
                return;
            }
            _ => format!("= {}", value.text),
        };
        self.rounded(&v.name, value.exact);
        self.line(&format!("{}[{mask}] {text}", v.name));
    }

    /// Gather and scatter.
    fn through_indices(&mut self) {
        let Some(v) = self.target() else { return };
        if v.shape[0] != ("N", 0) || v.shape.len() > 2 {
            return;
        }
        let rest = v.shape[1..].to_vec();
        if rest.iter().any(|(_, part)| *part != 0) {
            return;
        }
        let n = &v.name;
        let text = match self.random.below(4) {
            0 => format!("{n}[:] = {n}[ind]"),
            1 => format!("{n}[ind] = {}", self.scalar(v.kind).text),
            2 if rest.is_empty() => format!("{n}[ind[::-1]] = {n}"),
            2 => format!("{n}[ind, 0] = {}", self.scalar(v.kind).text),
            _ if rest.is_empty() && v.kind > Bool && is_wide(v.dtype) => {
                format!(
                    "{n}[ind] += {}",
                    self.scalar(Int.max(v.kind.min(Float))).text
                )
            }
            _ => format!("{n}[::-1] = {n}[ind]"),
        };
        if text.contains("0.") || text.contains('j') || text.contains("1e") {
            self.rounded(&v.name.clone(), false);
        }
        self.line(&text);
    }

    /// A scalar that changes.
    fn accumulate(&mut self) {
        if self.parallel {
            return;
        }
        let value = self.expr(&[], 2, Float);
        let op = self.random.pick(&["+=", "-=", "+="]);
        let name = self.random.pick(&["r", "c"]);
        self.line(&format!("{name} {op} {} * 0.5", value.text));
    }

    /// One element, inside or outside of a loop.
    fn element(&mut self) {
        let Some(v) = self.target() else { return };
        let (index, rest) = self.index_into(&v);
        let value = self.expr(&rest, 2, v.kind);
        let op = self.operator(&v, value.kind);
        self.rounded(&v.name, value.exact);
        self.line(&format!("{}[{index}] {op} {}", v.name, value.text));
    }

    /// A subscript with at least one integer, and the dimensions that are left.
    fn index_into(&mut self, v: &Var) -> (String, Vec<Dim>) {
        let mut texts = Vec::new();
        let mut rest = Vec::new();
        let first = self.random.below(v.shape.len());
        for (k, (size, part)) in v.shape.iter().enumerate() {
            if k == first || self.random.one_in(2) {
                texts.push(self.index(size, *part));
            } else {
                texts.push(self.slice(0).to_owned());
                rest.push((*size, *part));
            }
        }
        (texts.join(", "), rest)
    }

    /// An integer index: mostly inside.
    fn index(&mut self, size: &'static str, part: usize) -> String {
        let loops: Vec<String> = self
            .loops
            .iter()
            .filter(|(_, s)| *s == size && part == 0)
            .map(|(v, _)| v.clone())
            .collect();
        if !loops.is_empty() && !self.random.one_in(4) {
            let var = &loops[self.random.below(loops.len())];
            return match self.random.below(8) {
                0 => format!("-{var} - 1"),
                1 => format!("{size} - 1 - {var}"),
                2 => format!("{var} // 2"),
                3 if size == "N" => format!("ind[{var}]"),
                4 => format!("({var} + 1) % {size}"),
                _ => var.clone(),
            };
        }
        match self.random.below(8) {
            0 => "1".to_owned(),
            1 => "k - 3".to_owned(),
            2 => format!("{size} // 2 - 1"),
            3 => "-2".to_owned(),
            4 => "-1".to_owned(),
            _ => "0".to_owned(),
        }
    }

    /// `a, b = b, a` of parts: the right-hand sides are views.
    fn swap(&mut self) {
        let (Some(v), Some(w)) = (self.target(), self.target()) else {
            return;
        };
        if v.dtype != w.dtype || v.shape != w.shape || v.shape.iter().any(|(_, p)| *p != 0) {
            return;
        }
        let part = self.random.below(PARTS.len() + 1);
        let (a, b) = (self.slice(part), self.slice(part));
        let (v, w) = (v.name, w.name);
        self.line(&format!("{v}[{a}], {w}[{b}] = {w}[{b}], {v}[{a}]"));
    }

    /// A name for a part of an argument.
    fn alias(&mut self) {
        let Some(v) = self.target() else { return };
        let (shape, slices) = self.part(&v);
        let name = self.fresh("w");
        self.line(&format!("{name} = {}[{slices}]", v.name));
        let w = Var {
            name: name.clone(),
            shape: shape.clone(),
            // Assigned to through its name only here, so that the argument's exactness is known.
            written: false,
            exact: false,
            ..v.clone()
        };
        let value = self.expr(&shape, 1, v.kind);
        self.rounded(&v.name, value.exact);
        self.line(&format!("{name}[...] = {}", value.text));
        self.vars.push(w);
    }

    fn product(&mut self) {
        if self.parallel {
            return;
        }
        let matrix = |v: &Var, a: &str, b: &str| {
            v.shape == [(a_static(a), 0), (a_static(b), 0)] && v.kind > Bool
        };
        let (Some(a), Some(b)) = (
            self.var(|v| matrix(v, "N", "M")),
            self.var(|v| matrix(v, "M", "N")),
        ) else {
            return;
        };
        let vector = self.var(|v| v.shape == whole(&["M"]) && v.kind > Bool);
        let square = self.var(|v| matrix(v, "N", "N"));
        let n = self.var(|v| v.shape == whole(&["N"]) && v.kind > Bool);
        let (an, bn) = (&a.name, &b.name);
        let (text, sizes, kind): (String, &[&'static str], Kind) = match self.random.below(10) {
            0 => (format!("{an} @ {bn}"), &["N", "N"], a.kind.max(b.kind)),
            1 => (format!("{bn} @ {an}"), &["M", "M"], a.kind.max(b.kind)),
            2 => (format!("{an} @ {an}.T"), &["N", "N"], a.kind),
            3 => (format!("{an}.T @ {an}"), &["M", "M"], a.kind),
            4 if vector.is_some() => {
                let x = vector.expect("checked");
                (
                    format!("{an} @ {}[::-1]", x.name),
                    &["N"],
                    a.kind.max(x.kind),
                )
            }
            5 if n.is_some() => {
                let x = n.expect("checked");
                (
                    format!("np.dot({}, {an})", x.name),
                    &["M"],
                    a.kind.max(x.kind),
                )
            }
            6 if n.is_some() && vector.is_some() => {
                let (x, y) = (n.expect("checked"), vector.expect("checked"));
                (
                    format!("np.outer({}, {})", x.name, y.name),
                    &["N", "M"],
                    x.kind.max(y.kind),
                )
            }
            7 if square.is_some() => {
                let s = square.expect("checked");
                (
                    format!("2 * {} @ {an} + {an}", s.name),
                    &["N", "M"],
                    s.kind.max(a.kind),
                )
            }
            8 => (
                format!("{an}[::-1, ::2] @ {bn}[::2]"),
                &["N", "N"],
                a.kind.max(b.kind),
            ),
            _ => {
                let Some(w) = self.var(|v| v.shape.len() == 3 && v.kind > Bool) else {
                    return;
                };
                // A product for each of the leading dimension, summed.
                (
                    format!("np.sum({} @ {bn}, axis=0)", w.name),
                    &["N", "N"],
                    w.kind.max(b.kind),
                )
            }
        };
        let name = self.fresh("p");
        self.line(&format!("{name} = {text}"));
        self.vars.push(Var {
            name,
            dtype: "",
            kind,
            shape: whole(sizes),
            written: false,
            exact: kind == Int,
        });
    }

    /// Matrices that are well conditioned, or exactly singular.
    fn linear_algebra(&mut self) {
        if self.parallel || self.indent > 1 {
            return;
        }
        let matrix = self.var(|v| v.shape == whole(&["N", "M"]) && v.kind >= Float);
        let Some(a) = matrix else { return };
        let vector = self.var(|v| v.shape == whole(&["N"]) && v.kind > Bool);
        let adjoint = if a.kind == Complex {
            format!("np.conj({}).T", a.name)
        } else {
            format!("{}.T", a.name)
        };
        let spd = if self.random.one_in(6) {
            // Of rank less than N, or zero.
            format!("0 * ({} @ {adjoint})", a.name)
        } else {
            format!("({} @ {adjoint} + 3 * np.eye(N))", a.name)
        };
        let name = self.fresh("q");
        let (text, sizes): (String, &[&'static str]) = match self.random.below(4) {
            0 => (format!("np.linalg.inv({spd})"), &["N", "N"]),
            1 => (format!("np.linalg.cholesky({spd})"), &["N", "N"]),
            2 if vector.is_some() => (
                format!("np.linalg.solve({spd}, {})", vector.expect("checked").name),
                &["N"],
            ),
            _ => (format!("np.linalg.solve({spd}, {})", a.name), &["N", "M"]),
        };
        self.line(&format!("{name} = {text}"));
        self.vars.push(Var {
            name,
            dtype: "",
            kind: Complex,
            shape: whole(sizes),
            written: false,
            exact: false,
        });
    }

    fn counted_loop(&mut self, depth: usize) {
        if self.loops.len() > 1 {
            return;
        }
        let size = self.random.pick(&["N", "M"]);
        let var = self.fresh("i");
        let header = match self.random.below(6) {
            0 => format!("for {var} in range({size} - 1, -1, -1):"),
            1 => format!("for {var} in range(0, {size}, 2):"),
            2 => format!("for {var} in range(1, {size}):"),
            3 => format!("for {var} in range({size} - 2, 0, -3):"),
            _ => format!("for {var} in range({size}):"),
        };
        self.line(&header);
        self.loops.push((var, size));
        let count = 1 + self.random.below(3);
        self.body(depth - 1, count);
        if self.random.one_in(3) {
            self.indent += 1;
            let condition = self.boolean(&[], 0);
            self.line(&format!("if {}:", condition.text));
            let jump = self.random.pick(&["break", "continue"]);
            self.line(&format!("    {jump}"));
            self.element();
            self.indent -= 1;
        }
        self.loops.pop();
    }

    /// Elementwise, as people write it in C.
    fn nested_loops(&mut self) {
        if !self.loops.is_empty() {
            return;
        }
        let Some(v) = self.target().filter(|v| v.shape.len() == 2) else {
            return;
        };
        if v.shape.iter().any(|(_, p)| *p != 0) {
            return;
        }
        let (a, b) = (v.shape[0].0, v.shape[1].0);
        let (i, j) = (self.fresh("i"), self.fresh("j"));
        let from = self.random.pick(&["0", "1"]);
        self.line(&format!("for {i} in range({from}, {a}):"));
        self.loops.push((i.clone(), a));
        self.indent += 1;
        let header = match self.random.below(3) {
            0 if a == b => format!("for {j} in range({i}):"),
            1 => format!("for {j} in range({b} - 1, -1, -1):"),
            _ => format!("for {j} in range({b}):"),
        };
        self.line(&header);
        self.loops.push((j.clone(), b));
        self.indent += 1;
        let value = self.expr(&[], 2, v.kind);
        let n = &v.name;
        let neighbour = if from == "1" && v.kind > Bool && self.random.one_in(2) {
            format!(" + {n}[{i} - 1, {j}]")
        } else {
            String::new()
        };
        if v.kind > Bool || value.kind == Bool && neighbour.is_empty() {
            let text = format!("{n}[{i}, {j}] = {}{neighbour}", value.text);
            self.rounded(&v.name, value.exact && v.kind <= Int);
            self.line(&text);
        } else {
            self.line("pass");
        }
        self.indent -= 2;
        self.loops.truncate(self.loops.len() - 2);
    }

    fn conditional(&mut self, depth: usize) {
        let condition = self.boolean(&[], 1);
        self.line(&format!("if {}:", condition.text));
        self.body(depth - 1, 1);
        if self.random.one_in(3) {
            let condition = self.boolean(&[], 0);
            self.line(&format!("elif {}:", condition.text));
            self.body(depth - 1, 1);
        }
        if self.random.one_in(2) {
            self.line("else:");
            self.body(depth - 1, 1);
        }
    }

    fn while_loop(&mut self, depth: usize) {
        if !self.loops.is_empty() {
            return;
        }
        let var = self.fresh("n");
        let start = self.random.pick(&["0", "k", "1"]);
        self.line(&format!("{var} = {start}"));
        let header = match self.random.below(3) {
            0 => format!("while {var} < N and {var} < 4:"),
            1 => format!("while not ({var} > 4):"),
            _ => format!("while {var} < 3:"),
        };
        self.line(&header);
        self.indent += 1;
        self.line(&format!("{var} += 1"));
        if self.random.one_in(2) {
            let condition = self.boolean(&[], 0);
            let jump = self.random.pick(&["break", "continue"]);
            self.line(&format!("if {}:", condition.text));
            self.line(&format!("    {jump}"));
        }
        self.indent -= 1;
        self.body(depth - 1, 1);
    }

    /// Each iteration writes its own element.
    fn map(&mut self) {
        if self.parallel || self.loops.len() > 1 {
            return;
        }
        let Some(v) = self.target().filter(|v| v.shape.len() <= 2) else {
            return;
        };
        if v.shape.iter().any(|(_, p)| *p != 0) {
            return;
        }
        let vars: Vec<String> = v.shape.iter().map(|_| self.fresh("m")).collect();
        let ranges: Vec<String> = v.shape.iter().map(|(s, _)| format!("0:{s}")).collect();
        self.line(&format!(
            "for {} in dace.map[{}]:",
            vars.join(", "),
            ranges.join(", ")
        ));
        for (var, (size, _)) in vars.iter().zip(&v.shape) {
            self.loops.push((var.clone(), size));
        }
        self.indent += 1;
        self.parallel = true;
        // The array itself is not read: other iterations write it.
        let kept = self.vars.clone();
        self.vars
            .retain(|w| w.name != v.name && !w.name.starts_with('w'));
        let value = self.expr(&[], 2, v.kind);
        self.vars = kept;
        let place = format!("{}[{}]", v.name, vars.join(", "));
        if self.random.one_in(3) {
            let condition = self.random.pick(&["s > 0", "k > 2"]);
            self.line(&format!("if {condition} or {} > 1:", vars[0]));
            self.line(&format!("    {place} = {}", value.text));
        } else {
            let op = self.operator(&v, value.kind);
            self.line(&format!("{place} {op} {}", value.text));
        }
        self.rounded(&v.name, value.exact);
        self.parallel = false;
        self.indent -= 1;
        self.loops.truncate(self.loops.len() - vars.len());
    }

    /// A function of our own.
    fn call(&mut self) {
        let Some(v) = self
            .target()
            .filter(|v| v.shape.len() == 1 && v.kind > Bool)
        else {
            return;
        };
        let (shape, slices) = self.part(&v);
        let helper = self.fresh("h");
        let (dtype, name) = (v.dtype, v.name.clone());
        let argument = format!("{name}[{slices}]");
        match self.random.below(4) {
            0 => {
                // Writes its argument.
                self.helpers.push(format!(
                    "def {helper}(a: {dtype}[L], n: int64):\n    for i in range(a.shape[0]):\n        if i > n:\n            a[i] = a[i - 1]\n"
                ));
                self.line(&format!("{helper}({argument}, k - 3)"));
            }
            1 => {
                self.helpers.push(format!(
                    "def {helper}(a: {dtype}[L], t: float64):\n    b = a * a\n    b[:1] = 0\n    return b + a[::-1], t * 0.5\n"
                ));
                let (x, y) = (self.fresh("x"), self.fresh("y"));
                self.line(&format!("{x}, {y} = {helper}({argument}, s)"));
                self.line(&format!("c += {y}"));
                self.vars.push(Var {
                    name: x,
                    dtype: "",
                    written: false,
                    exact: false,
                    shape,
                    ..v
                });
            }
            2 => {
                self.helpers.push(format!(
                    "def {helper}(a: {dtype}[L]):\n    at = -1\n    for i in range(a.shape[0]):\n        if a[i] != 0:\n            at = i\n            break\n    return at\n"
                ));
                self.line(&format!("r += {helper}({argument})"));
            }
            _ => {
                self.helpers
                    .push(format!("def {helper}(x):\n    return x * x + x\n"));
                self.line(&format!("c += {helper}(s) + {helper}(k)"));
                if is_wide(dtype) {
                    self.rounded(&name, v.kind <= Int);
                    self.line(&format!("{name}[:] = {helper}({name})"));
                }
            }
        }
    }

    /// An early return of what is returned at the end.
    fn leave(&mut self) {
        if self.parallel {
            return;
        }
        let condition = self.boolean(&[], 0);
        self.line(&format!("if {}:", condition.text));
        self.line(&format!("    return {}", self.results.join(", ")));
    }

    /// Slices with bounds known at run time.
    fn scalar_index(&mut self) {
        let Some(v) = self
            .target()
            .filter(|v| v.shape.len() == 1 && v.kind > Bool)
        else {
            return;
        };
        let slice = self
            .random
            .pick(&["k:", ":k", "-k:", "k - 2:k", ":-k", "k::-1", "k:2", "1:k:2"]);
        let n = v.name.clone();
        match self.random.below(3) {
            0 => {
                let value = self.scalar(v.kind);
                self.rounded(&n, value.exact);
                self.line(&format!("{n}[{slice}] = {}", value.text));
            }
            1 if is_wide(v.dtype) => {
                self.rounded(&n, false);
                self.line(&format!("{n}[{slice}] *= 2"));
            }
            _ if v.kind <= Float => self.line(&format!("c += np.sum({n}[{slice}]) * 0.25")),
            _ => {}
        }
    }

    /// A reduction with its axis kept, into a part.
    fn reduction_store(&mut self) {
        let Some(v) = self.target().filter(|v| v.shape.len() == 2) else {
            return;
        };
        if let Some(value) = self.reduction(&v.shape.clone(), v.kind) {
            self.rounded(&v.name, value.exact);
            self.line(&format!("{}[:] = {}", v.name, value.text));
        }
    }
}

/// The size of this name.
fn a_static(name: &str) -> &'static str {
    if name == "N" { "N" } else { "M" }
}

/// A program and its settings.
pub(super) fn program(seed: u64) -> (String, String) {
    let mut w = Writer {
        random: Random(seed),
        unsigned: false,
        vars: Vec::new(),
        helpers: Vec::new(),
        lines: Vec::new(),
        fresh: 0,
        indent: 1,
        loops: Vec::new(),
        parallel: false,
        results: Vec::new(),
    };
    let rare = w.random.one_in(3);
    let types: &[&'static str] = if rare {
        &[
            "int8",
            "int16",
            "int32",
            "uint8",
            "uint16",
            "uint32",
            "uint64",
            "bool",
            "float32",
            "complex64",
            "complex128",
            "int64",
            "float64",
        ]
    } else {
        &[
            "float64",
            "float64",
            "float64",
            "int64",
            "float32",
            "complex128",
            "int32",
            "bool",
        ]
    };
    let mut shapes: Vec<(&str, &[&'static str])> = vec![
        ("A", &["N", "M"]),
        ("B", &["M", "N"]),
        ("x", &["N"]),
        ("y", &["N"]),
        ("z", &["M"]),
    ];
    if w.random.one_in(2) {
        shapes.insert(1, ("D", &["N", "M"]));
    }
    if w.random.one_in(3) {
        shapes.push(("Q", &["N", "N"]));
    }
    if w.random.one_in(3) {
        shapes.push(("W", &["K", "N", "M"]));
    }
    let mut params = Vec::new();
    for (name, sizes) in shapes {
        let dtype = w.random.pick(types);
        params.push(format!("{name}: {dtype}[{}]", sizes.join(", ")));
        w.unsigned |= dtype.starts_with('u');
        w.vars.push(Var {
            name: name.to_owned(),
            dtype,
            kind: kind_of(dtype),
            shape: whole(sizes),
            written: true,
            exact: true,
        });
    }
    params.push("ind: int64[N]".to_owned());
    params.push("s: float64".to_owned());
    params.push("k: int64".to_owned());
    for (name, kind) in [("s", Float), ("k", Int)] {
        w.vars.push(Var {
            name: name.to_owned(),
            dtype: "",
            kind,
            shape: Vec::new(),
            written: false,
            exact: true,
        });
    }
    let mut start = vec!["    r = 0.0".to_owned(), "    c = s * 0.5".to_owned()];
    w.results = vec!["r", "c"];
    if w.random.one_in(3) {
        // An array among what an early return gives.
        let size = w.random.pick(&["N", "M"]);
        start.push(format!("    R = np.zeros({size})"));
        w.results.push("R");
        w.vars.push(Var {
            name: "R".to_owned(),
            dtype: "float64",
            kind: Float,
            shape: whole(&[size]),
            written: true,
            exact: true,
        });
    }
    let count = 3 + w.random.below(6);
    let mut tries = 0;
    while w.lines.len() < count && tries < 20 {
        w.statement(2);
        tries += 1;
    }
    // Seen by the caller: variables as well, unless a function returns before.
    let returns_early = w.lines.iter().any(|l| l.trim_start().starts_with("return"));
    let mut results: Vec<String> = w.results.iter().map(|r| (*r).to_owned()).collect();
    if !returns_early {
        let new = w
            .vars
            .iter()
            .filter(|v| v.dtype.is_empty() && !v.shape.is_empty());
        results.extend(new.map(|v| v.name.clone()));
    }
    let text = format!(
        "{}def f({}):\n{}\n{}\n    return {}\n",
        w.helpers.concat(),
        params.join(", "),
        start.join("\n"),
        w.lines.join("\n"),
        results.join(", ")
    );
    // Small types become `float32` in some functions.
    let single = [
        "float32",
        "complex64",
        "int16",
        "uint16",
        "int8",
        "uint8",
        "bool",
    ];
    let precision = if single.iter().any(|t| text.contains(t)) {
        " precision=single"
    } else {
        ""
    };
    (text, format!("ind=-1..1 raises=perhaps{precision}"))
}
