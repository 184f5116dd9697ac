//! Random programs in NumPy's style: well typed, small, and likely to touch what is difficult (overlap, empty arrays, negative steps,
//! promotion, data-dependent indices).

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

/// Sizes of an array, as texts.
type Shape = Vec<&'static str>;

#[derive(Clone)]
struct Var {
    name: String,
    kind: Kind,
    shape: Shape,
    dtype: &'static str,
}

struct Text {
    text: String,
    kind: Kind,
    /// Made of elements only, so that comparisons and roundings see the same numbers everywhere.
    exact: bool,
}

/// One program being written.
struct Writer {
    random: Random,
    vars: Vec<Var>,
    lines: Vec<String>,
    fresh: usize,
    indent: usize,
    /// Loop variables in scope with the size that bounds them.
    loops: Vec<(String, &'static str)>,
}

fn kind_of(dtype: &str) -> Kind {
    match dtype {
        "bool" => Bool,
        d if d.starts_with("int") || d.starts_with("uint") => Int,
        d if d.starts_with("float") => Float,
        _ => Complex,
    }
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

    /// An index expression that selects part of an array, and the same part moved, both of one length for every size.
    fn overlap(&mut self) -> (&'static str, &'static str) {
        self.random.pick(&[
            ("1:", ":-1"),
            (":-1", "1:"),
            ("::-1", ":"),
            ("2:", ":-2"),
            ("1:-1", "2:"),
            ("1:-1", ":-2"),
            (":-1", ":-1"),
        ])
    }

    fn statement(&mut self, depth: usize) {
        match self.random.below(16) {
            0..=4 => {
                // A new variable with an array of its own.
                let shape: Shape =
                    [vec!["N"], vec!["N", "M"], vec!["M"], vec![]][self.random.below(4)].clone();
                let most = [Int, Float, Float, Complex][self.random.below(4)];
                let value = self.expr(&shape, 2, most);
                let name = self.fresh("v");
                // Adding zeros of the shape pins shape and kind.
                let Some(pin) = self.full(&shape, value.kind) else {
                    return;
                };
                if shape.is_empty() {
                    return;
                }
                if value.kind == Bool || pin.kind == Bool {
                    return;
                }
                self.line(&format!("{name} = {} + {}", value.text, pin.name));
                if self.indent == 1 {
                    self.vars.push(Var {
                        name,
                        kind: value.kind.max(pin.kind),
                        shape,
                        dtype: "",
                    });
                }
            }
            5..=8 => {
                // In place.
                let Some(v) = self.target() else { return };
                let value = self.expr(&v.shape, 2, v.kind);
                let text = match self.random.below(4) {
                    0 if v.kind != Bool && value.kind == v.kind => {
                        format!("{} += {}", v.name, value.text)
                    }
                    1 if v.kind != Bool && value.kind == v.kind => {
                        format!("{}[...] *= {}", v.name, value.text)
                    }
                    _ => format!("{}[:] = {}", v.name, value.text),
                };
                self.line(&text);
            }
            9 | 10 => {
                let Some(v) = self.target() else { return };
                let (to, from) = self.overlap();
                let value = self.scalar(v.kind);
                let op = if v.kind == Bool { "|" } else { "+" };
                let sign = if v.kind == Bool || self.random.one_in(2) {
                    ""
                } else {
                    "+"
                };
                let (to, from) = if v.shape.len() == 2 && self.random.one_in(2) {
                    (format!(":, {to}"), format!(":, {from}"))
                } else {
                    (to.to_owned(), from.to_owned())
                };
                if v.kind == Bool && value.kind != Bool {
                    return;
                }
                self.line(&format!(
                    "{n}[{to}] {sign}= {n}[{from}] {op} {}",
                    value.text,
                    n = v.name
                ));
            }
            11 => {
                // Mask or integer index.
                let Some(v) = self.target() else { return };
                let value = self.scalar(v.kind);
                if v.shape == ["N"] && self.random.one_in(2) {
                    let text = if self.random.one_in(2) || v.kind == Bool {
                        format!("{n}[:] = {n}[ind]", n = v.name)
                    } else {
                        format!("{}[ind] = {}", v.name, value.text)
                    };
                    self.line(&text);
                } else if v.kind != Complex {
                    let mask = self.boolean(&v.shape.clone(), 0);
                    // The mask has to have the whole shape.
                    if let Some(w) = self.full(&v.shape.clone(), Float) {
                        self.line(&format!(
                            "{}[({} > 0) | {}] = {}",
                            v.name, w.name, mask.text, value.text
                        ));
                    }
                }
            }
            12 if depth > 0 => {
                let size = self.random.pick(&["N", "M"]);
                let var = self.fresh("i");
                let header = match self.random.below(4) {
                    0 => format!("for {var} in range({size} - 1, -1, -1):"),
                    1 => format!("for {var} in range(0, {size}, 2):"),
                    _ => format!("for {var} in range({size}):"),
                };
                self.line(&header);
                self.indent += 1;
                self.loops.push((var.clone(), size));
                let before = self.lines.len();
                for _ in 0..=self.random.below(2) {
                    self.element(&var, size);
                    if self.random.one_in(3) {
                        self.statement(depth - 1);
                    }
                }
                if self.lines.len() == before {
                    self.line("pass");
                }
                self.loops.pop();
                self.indent -= 1;
            }
            13 if depth > 0 => {
                let condition = self.boolean(&[], 0);
                self.line(&format!("if {}:", condition.text));
                self.branch(depth);
                if self.random.one_in(2) {
                    self.line("else:");
                    self.branch(depth);
                }
            }
            14 if depth > 0 && self.loops.is_empty() => {
                let var = self.fresh("k");
                self.line(&format!("{var} = 0"));
                self.line(&format!("while {var} < 3:"));
                self.indent += 1;
                self.statement(0);
                self.line(&format!("{var} += 1"));
                self.indent -= 1;
            }
            15 => {
                // A product.
                let name = self.fresh("p");
                let (Some(a), Some(b), Some(x)) = (
                    self.full(&["N", "M"], Float),
                    self.full(&["M", "N"], Float),
                    self.full(&["M"], Float),
                ) else {
                    return;
                };
                if a.kind == Bool && (b.kind == Bool || x.kind == Bool) {
                    return;
                }
                let (text, shape, kind) = match self.random.below(3) {
                    0 => (
                        format!("{} @ {}", a.name, b.name),
                        vec!["N", "N"],
                        a.kind.max(b.kind),
                    ),
                    1 => (
                        format!("{} @ {}", a.name, x.name),
                        vec!["N"],
                        a.kind.max(x.kind),
                    ),
                    _ => (format!("{} @ {}.T", a.name, a.name), vec!["N", "N"], a.kind),
                };
                self.line(&format!("{name} = {text}"));
                if self.indent == 1 {
                    self.vars.push(Var {
                        name,
                        kind,
                        shape,
                        dtype: "",
                    });
                }
            }
            _ => {}
        }
    }

    fn branch(&mut self, depth: usize) {
        self.indent += 1;
        let before = self.lines.len();
        self.statement(depth - 1);
        if self.lines.len() == before {
            self.line("pass");
        }
        self.indent -= 1;
    }

    /// One element, inside of a loop.
    fn element(&mut self, var: &str, size: &'static str) {
        let found: Vec<Var> = self
            .vars
            .iter()
            .filter(|v| v.dtype != "" && v.shape.first() == Some(&size) && v.kind != Bool)
            .cloned()
            .collect();
        if found.is_empty() {
            return;
        }
        let v = found[self.random.below(found.len())].clone();
        let (place, shape): (String, Shape) = match v.shape.as_slice() {
            [_] => (format!("{}[{var}]", v.name), vec![]),
            [_, b] => (format!("{}[{var}]", v.name), vec![*b]),
            _ => return,
        };
        let place = if shape.len() == 1 {
            format!("{}[{var}, :]", v.name)
        } else {
            place
        };
        let value = self.expr(&shape, 2, v.kind);
        let op = if value.kind == v.kind && self.random.one_in(2) {
            "+="
        } else {
            "="
        };
        self.line(&format!("{place} {op} {}", value.text));
    }

    /// An argument to be written.
    fn target(&mut self) -> Option<Var> {
        let found: Vec<Var> = self
            .vars
            .iter()
            .filter(|v| v.dtype != "" && !v.shape.is_empty() && v.name != "ind")
            .cloned()
            .collect();
        (!found.is_empty()).then(|| found[self.random.below(found.len())].clone())
    }
}

/// A program and its settings (see [`super::oracle::Case`]).
pub(super) fn program(seed: u64) -> (String, String) {
    let mut w = Writer {
        random: Random(seed),
        vars: Vec::new(),
        lines: Vec::new(),
        fresh: 0,
        indent: 1,
        loops: Vec::new(),
    };
    const TYPES: [&str; 10] = [
        "float64",
        "float64",
        "float64",
        "float32",
        "int64",
        "int32",
        "int64",
        "complex128",
        "bool",
        "uint8",
    ];
    let shapes: [Shape; 7] = [
        vec!["N", "M"],
        vec!["N", "M"],
        vec!["M", "N"],
        vec!["N"],
        vec!["N"],
        vec!["M"],
        vec![],
    ];
    let names = ["A", "B", "C", "x", "y", "z", "s"];
    let mut params = Vec::new();
    for (name, shape) in names.iter().zip(shapes) {
        let dtype = if shape.is_empty() {
            "float64"
        } else {
            TYPES[w.random.below(TYPES.len())]
        };
        params.push(if shape.is_empty() {
            format!("{name}: {dtype}")
        } else {
            format!("{name}: {dtype}[{}]", shape.join(", "))
        });
        w.vars.push(Var {
            name: (*name).to_owned(),
            kind: kind_of(dtype),
            shape,
            dtype,
        });
    }
    params.push("ind: int64[N]".to_owned());
    let count = 2 + w.random.below(4);
    let mut tries = 0;
    while w.lines.len() < count && tries < 20 {
        w.statement(2);
        tries += 1;
    }
    // Booleans and small integers become `float32` in some functions.
    let single = w
        .vars
        .iter()
        .any(|v| matches!(v.dtype, "float32" | "bool" | "uint8"));
    let settings = if single {
        "ind=-1..1 precision=single"
    } else {
        "ind=-1..1"
    };
    let results: Vec<String> = w
        .vars
        .iter()
        .filter(|v| v.dtype.is_empty())
        .map(|v| v.name.clone())
        .collect();
    if !results.is_empty() {
        w.line(&format!("return {}", results.join(", ")));
    } else if w.lines.is_empty() {
        w.line("A[:] = A");
    }
    (
        format!("def f({}):\n{}\n", params.join(", "), w.lines.join("\n")),
        settings.to_owned(),
    )
}
