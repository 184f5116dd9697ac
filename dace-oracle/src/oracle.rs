//! The same text under CPython with NumPy and in the interpreter, as lowered and as optimised.

use crate::random::Random;
use crate::{PYTHON, WRITER, close, python, run_script, tensor};
use dace_core::analysis::signature::signature;
use dace_core::interpret::{Options, Tensor, run_with};
use dace_core::sdfg::{Const, DType, ParamKind, Sdfg};
use dace_core::symbolic::Sym;
use dace_core::syntax::{Form, parse};
use dace_core::{lower, pipeline, verify};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

/// What NumPy's arrays hold here where a program has not written: ours may hold anything there but what shows that memory was not made
/// for it.
const UNWRITTEN: f64 = 1.2345e300;
/// The bytes with which the runtime's debug builds fill memory that is to be written before it is read (`rt/buf.rs`).
const SPOILT: u8 = 0xa5;

/// Stands for the module `dace` in CPython: what programs use of it, with its plain Python meaning.
const SHIM: &str = r#"
import sys, types, textwrap, itertools, math
SIZES = {}
class Map:
    def __getitem__(self, ranges):
        one = not isinstance(ranges, tuple)
        ranges = [range(*(int(v) for v in (r.start or 0, r.stop, r.step or 1))) for r in ((ranges,) if one else ranges)]
        for point in itertools.product(*ranges):
            yield point[0] if one else point
def program(*args, **kwargs):
    return args[0] if len(args) == 1 and callable(args[0]) and not kwargs else (lambda f: f)
dace = types.ModuleType('dace')
dace.map, dace.program = Map(), program
dace.symbol = lambda name, dtype=None: SIZES.get(name)
class Type:
    def __init__(self, dtype): self.dtype = dtype
    def __getitem__(self, shape): return self
    def __call__(self, value=0): return self.dtype(value)
NAMES = {}
for name in 'bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128'.split():
    NAMES[name.rstrip('_')] = getattr(np, name)
    setattr(dace, name, Type(getattr(np, name)))
del NAMES['bool']
for name in 'sqrt exp log sin cos tan tanh floor ceil'.split(): setattr(dace, name, getattr(np, name))
sys.modules['dace'] = dace
def empty(shape, dtype=np.float64, **rest):
    made = EMPTY(shape, dtype, **rest)
    if made.dtype == np.float64: made[...] = UNWRITTEN
    return made
EMPTY, np.empty = np.empty, empty
def shake(seed):
    # Functions whose last digit is another at each call, one way or the other.
    random = np.random.default_rng(seed)
    def shaken(f):
        def g(*args, **kwargs):
            r = f(*args, **kwargs)
            if not np.issubdtype(np.asarray(r).dtype, np.inexact): return r
            factor = 1 + random.integers(-1, 2, np.shape(r)) * np.finfo(r.dtype).eps
            return np.multiply(r, factor.astype(np.finfo(r.dtype).dtype))[()]
        return g
    for name in 'sin cos tan tanh sinh cosh exp log sqrt power hypot arctan2 sum mean prod std var dot matmul'.split():
        ORIGINAL.setdefault(name, getattr(np, name))
        setattr(np, name, shaken(ORIGINAL[name]))
ORIGINAL = {}
def case(text, entry, sizes, args):
    SIZES.clear(); SIZES.update(sizes)
    space = dict(NAMES, np=np, numpy=np, dace=dace, dc=dace, math=math, **sizes)
    print('case')
    try:
        exec(compile('from __future__ import annotations\n' + textwrap.dedent(text), 'program', 'exec'), space)
        result = space[entry](*args)
        for r in result if isinstance(result, (tuple, list)) else (result,):
            if result is not None and np.asarray(r).dtype == object: raise OverflowError('a type of NumPy for it')
    except Exception as e:
        print('raised', type(e).__name__, str(e).replace('\n', ' '))
        return
    for a in args: dump(a)
    for r in () if result is None else result if isinstance(result, (tuple, list)) else (result,): dump(r)
"#;

/// A program and, as `name=value` separated by blanks, sizes and arguments: an integer, a float, or `low..high` for random integers.
/// What is not given is drawn; sizes are then small, and integers are so too unless the settings have `extreme=yes`. The last function of the text is run. `precision=single`: it computes in single precision on the way. `refused=D007`: the program has to be refused with this code. `raises`: it raises an
/// error at the first sizes; `raises=perhaps`: it may.
pub type Case = (&'static str, &'static str);

impl Random {
    fn float(&mut self) -> f64 {
        self.below(1 << 20) as f64 / f64::from(1 << 18) - 2.0
    }
    /// A number at or near the ends of the type or of what its square, double or half can be; small ones now and then.
    fn extreme(&mut self, dtype: DType) -> i64 {
        let (low, high) = dtype.int_range();
        let near = [
            0,
            low,
            high,
            1 << 31,
            1 << 32,
            3_037_000_500,
            1 << 62,
            low / 2,
        ];
        let value = match self.below(4) {
            0 => self.below(9) as i128 - 4,
            1 => i128::from(self.below(usize::MAX) as i64),
            _ => near[self.below(near.len())] + self.below(7) as i128 - 3,
        };
        // What the type does not hold is taken modulo its size, and kept from what a symbol does not hold.
        let span = high - low + 1;
        let value = low + (value - low).rem_euclid(span);
        value.min(i128::from(i64::MAX)) as i64
    }
    fn draw(&mut self, dtype: DType, (low, high): (i64, i64)) -> Const {
        let int = low + self.below((high - low).max(1) as usize) as i64;
        match dtype {
            DType::Bool => Const::Bool(self.below(2) == 1),
            d if d.is_int() => Const::from_i64(int, d),
            d if d.is_float() => Const::Float(self.float(), d),
            d => Const::Complex(self.float(), self.float(), d),
        }
    }
}

/// One set of arguments of a program.
pub(crate) struct Prepared {
    text: &'static str,
    entry: String,
    params: Vec<String>,
    pub(crate) args: Vec<Tensor>,
    pub(crate) symbols: Vec<(Sym, i64)>,
    pub(crate) sizes: BTreeMap<String, i64>,
    /// Everything is as precise as single precision only.
    single: bool,
    /// NumPy's functions are off by a rounding, drawn with this seed.
    shaken: Option<u64>,
}

impl Prepared {
    /// Of all arguments.
    pub(crate) fn elements(&self) -> usize {
        self.args.iter().map(|a| a.data.len()).sum()
    }
}

/// A program as lowered, simplified and optimised.
#[derive(Default)]
pub(crate) struct Compiled {
    pub(crate) stages: Vec<(&'static str, Sdfg)>,
    /// What went wrong on the way.
    pub(crate) wrong: Vec<(&'static str, String)>,
}

/// Sizes that a case does not give are drawn from each of these in turn.
pub(crate) const SIZES: &[[i64; 5]] = &[[5, 4, 3, 6, 2], [2; 5], [1; 5], [0; 5]];

pub(crate) fn compile(text: &str) -> Result<Sdfg, String> {
    let form = if text.contains("import ") {
        Form::Module
    } else {
        Form::Block
    };
    let show = |diagnostics: Vec<dace_core::diag::Diagnostic>| {
        diagnostics
            .iter()
            .map(|d| format!("refused: {d}"))
            .collect::<Vec<_>>()
            .join("\n    ")
    };
    let module = parse(text, form).map_err(show)?;
    let lowered = lower::lower(&module).map_err(show)?;
    let sdfg = lowered
        .into_iter()
        .next_back()
        .map(|l| l.sdfg)
        .ok_or("no program")?;
    verify::verify(&sdfg).map_err(|e| format!("not valid as lowered: {}", e.join("\n    ")))?;
    Ok(sdfg)
}

pub(crate) fn optimised(sdfg: Sdfg) -> Compiled {
    let mut compiled = Compiled {
        stages: Vec::new(),
        wrong: Vec::new(),
    };
    for (stage, optimize) in [("simplified", false), ("optimised", true)] {
        let mut sdfg = sdfg.clone();
        let options = pipeline::Options {
            optimize,
            ..pipeline::Options::default()
        };
        if let Err(d) = pipeline::optimize(&mut sdfg, &options) {
            compiled.wrong.push((
                stage,
                d.iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("; "),
            ));
        } else if let Err(e) = verify::verify(&sdfg) {
            compiled
                .wrong
                .push((stage, format!("not valid: {}", e.join("; "))));
        } else {
            compiled.stages.push((stage, sdfg));
        }
    }
    compiled.stages.insert(0, ("lowered", sdfg));
    compiled
}

pub(crate) fn prepare(
    (text, settings): Case,
    sdfg: &Sdfg,
    defaults: &[i64],
    seed: u64,
) -> Result<Prepared, String> {
    let settings: BTreeMap<&str, &str> = settings
        .split_whitespace()
        .filter_map(|s| s.split_once('='))
        .collect();
    let extreme = settings.contains_key("extreme");
    let mut random = Random(seed);
    let mut sizes = BTreeMap::new();
    for (index, sym) in sdfg.symbols.iter().enumerate() {
        let value = match settings.get(sym.as_str()) {
            Some(s) => s.parse().map_err(|_| format!("bad setting {s}"))?,
            None => defaults[index % defaults.len()],
        };
        sizes.insert(sym.to_string(), value);
    }
    let setting_of = |name: &str| settings.get(name);
    // Sizes may be parameters, which stand behind the arrays.
    let mut known = sizes.clone();
    for param in &sdfg.params {
        if let ParamKind::Symbol(sym, dtype) = &param.kind {
            let value = match setting_of(&param.name) {
                Some(s) => s.parse().map_err(|_| format!("bad setting {s}"))?,
                None if extreme => random.extreme(*dtype),
                None => 3,
            };
            known.insert(sym.to_string(), value);
        }
    }
    let mut args = Vec::new();
    for param in &sdfg.params {
        let setting = setting_of(&param.name);
        let bounds = setting
            .and_then(|s| s.split_once(".."))
            .and_then(|(l, h)| Some((l.parse().ok()?, h.parse().ok()?)));
        match &param.kind {
            ParamKind::Symbol(sym, dtype) => {
                args.push(Tensor::scalar(Const::from_i64(known[sym.as_str()], *dtype)));
            }
            ParamKind::Data(id) => {
                let desc = sdfg.desc(*id);
                let value_of = |s: &Sym| known.get(s.as_str()).copied();
                let shape = desc.shape.iter().map(|e| {
                    e.eval(&value_of)
                        .map(|n| n as usize)
                        .ok_or_else(|| format!("size {e}"))
                });
                let shape = shape.collect::<Result<Vec<_>, _>>()?;
                let bounds = bounds.unwrap_or(if desc.dtype.is_unsigned_int() {
                    (0, 10)
                } else {
                    (-4, 6)
                });
                let data = (0..shape.iter().product()).map(|_| {
                    match setting.and_then(|s| s.parse::<f64>().ok()) {
                        Some(v) if desc.dtype.is_float() => Const::Float(v, desc.dtype),
                        _ if extreme && desc.dtype.is_int() && random.below(3) > 0 => {
                            Const::from_i64(random.extreme(desc.dtype), desc.dtype)
                        }
                        _ => random.draw(desc.dtype, bounds),
                    }
                });
                args.push(Tensor {
                    dtype: desc.dtype,
                    data: data
                        .map(|c| dace_core::interpret::scalar::cast(desc.dtype, c))
                        .collect(),
                    shape,
                });
            }
        }
    }
    let symbols = signature(sdfg)
        .trailing
        .into_iter()
        .map(|s| (s.clone(), sizes[s.as_str()]))
        .collect();
    let params = sdfg.params.iter().map(|p| p.name.clone()).collect();
    Ok(Prepared {
        text,
        entry: sdfg.name.clone(),
        params,
        args,
        symbols,
        sizes,
        single: settings.get("precision") == Some(&"single"),
        shaken: None,
    })
}

/// A tensor as one line, as the Python function `dump` writes it.
pub(crate) fn line(t: &Tensor) -> String {
    let mut text = format!("{}|", t.dtype);
    for n in &t.shape {
        write!(text, "{n} ").expect("a string");
    }
    text.push('|');
    for c in &t.data {
        match *c {
            Const::Bool(v) => write!(text, "{} ", u8::from(v)),
            Const::Int(v, _) => write!(text, "{v} "),
            Const::Float(v, _) => write!(text, "{v:e} "),
            Const::Complex(re, im, _) => write!(text, "{re:e},{im:e} "),
        }
        .expect("a string");
    }
    text
}

/// A tensor as a Python expression, exactly.
fn array(t: &Tensor) -> String {
    let float = |v: f64| {
        if v.is_finite() {
            format!("{v:e}")
        } else {
            format!("float('{v}')")
        }
    };
    let element = |c: &Const| match *c {
        Const::Bool(v) => u8::from(v).to_string(),
        Const::Int(v, _) => v.to_string(),
        Const::Float(v, _) => float(v),
        Const::Complex(re, im, _) => format!("complex({}, {})", float(re), float(im)),
    };
    let items: Vec<String> = t.data.iter().map(element).collect();
    let name = if t.dtype == DType::Bool {
        "bool_"
    } else {
        t.dtype.name()
    };
    if t.shape.is_empty() {
        format!("np.{name}({})", items[0])
    } else {
        format!(
            "np.array([{}], dtype=np.{name}).reshape({:?})",
            items.join(", "),
            t.shape
        )
    }
}

pub(crate) fn script(prepared: &[&Prepared]) -> String {
    let mut script = format!("{WRITER}UNWRITTEN = {UNWRITTEN:e}\n{SHIM}");
    for p in prepared {
        if let Some(seed) = p.shaken {
            writeln!(script, "shake({seed})").expect("a string");
        }
        let args: Vec<String> = p.args.iter().map(array).collect();
        let sizes: Vec<String> = p.sizes.iter().map(|(n, v)| format!("{n:?}: {v}")).collect();
        let text = p.text.replace('\\', "\\\\").replace("'''", "\\'\\'\\'");
        writeln!(
            script,
            "case('''{text}''', {:?}, {{{}}}, [{}])",
            p.entry,
            sizes.join(", "),
            args.join(", ")
        )
        .expect("a string");
    }
    script
}

/// Whether NumPy's element was not written, and ours is no leak.
fn may_be_anything(ours: Const, theirs: Const) -> bool {
    let spoilt = u64::from_ne_bytes([SPOILT; 8]);
    matches!((ours, theirs), (Const::Float(a, _), Const::Float(b, DType::Float64)) if b == UNWRITTEN && a.to_bits() != spoilt)
}

fn differences(what: &str, ours: &Tensor, theirs: &Tensor, single: bool) -> Option<String> {
    if ours.dtype != theirs.dtype || ours.shape != theirs.shape {
        return Some(format!(
            "{what} is {}{:?}, NumPy's {}{:?}",
            ours.dtype, ours.shape, theirs.dtype, theirs.shape
        ));
    }
    let size = |c: &Const| match *c {
        Const::Float(v, _) => v.abs(),
        Const::Complex(re, im, _) => re.abs().max(im.abs()),
        _ => 0.0,
    };
    let scale = theirs
        .data
        .iter()
        .map(size)
        .filter(|v| v.is_finite())
        .fold(0.0, f64::max);
    let ulps = if single && ours.dtype.real() == DType::Float64 {
        200.0 * f64::from(f32::EPSILON) / f64::EPSILON
    } else {
        200.0
    };
    let at = ours
        .data
        .iter()
        .zip(&theirs.data)
        .position(|(a, b)| !close(*a, *b, ulps, scale) && !may_be_anything(*a, *b))?;
    Some(format!(
        "{what}: element {at} of shape {:?} is {:?}, NumPy's {:?}",
        ours.shape, ours.data[at], theirs.data[at]
    ))
}

/// One of Python's numbers in a type of its kind: where another path through the program gives it that type, ours has it on all paths.
fn typed(number: Tensor, dtype: DType) -> Tensor {
    let same_kind =
        number.dtype.is_int() && dtype.is_int() || number.dtype.is_float() && dtype.is_float();
    if !same_kind {
        return number;
    }
    let cast = |c: &Const| dace_core::interpret::scalar::cast(dtype, *c);
    let data: Vec<Const> = number.data.iter().map(cast).collect();
    let kept = |(a, b): (&Const, &Const)| match (a, b) {
        (Const::Int(a, _), Const::Int(b, _)) => a == b,
        _ => true,
    };
    if !data.iter().zip(&number.data).all(kept) {
        return number;
    }
    Tensor {
        dtype,
        data,
        shape: number.shape,
    }
}

/// What is not as CPython has it.
pub(crate) struct Disagreement {
    pub(crate) what: String,
    /// The arguments after the call and what it returned, if there are values.
    pub(crate) values: Option<Vec<Tensor>>,
}

impl From<String> for Disagreement {
    fn from(what: String) -> Self {
        Self { what, values: None }
    }
}

/// Runs one program on one set of arguments; what is not as CPython has it.
pub(crate) fn compare(
    p: &Prepared,
    sdfg: &Sdfg,
    detect_races: bool,
    expected: &[&str],
) -> Option<Disagreement> {
    let mut raised = expected.first().and_then(|l| l.strip_prefix("raised "));
    for seed in [None, Some(1), Some(2)] {
        let options = Options {
            max_steps: Some(2_000_000),
            seed,
            detect_races,
            ..Options::default()
        };
        let outcome = match (
            run_with(sdfg, p.args.clone(), &p.symbols, &options),
            raised.take(),
        ) {
            (Err(_), Some(_)) => return None,
            (Err(e), None) => return Some(format!("error “{e}”, NumPy has a result").into()),
            (Ok(_), Some(error)) => {
                return missing_error(p, error).map(Disagreement::from);
            }
            (Ok(outcome), None) => outcome,
        };
        let values = [outcome.args, outcome.returns].concat();
        let d = differ(p, values, expected);
        if d.is_some() {
            return d;
        }
    }
    None
}

/// Whether a result is wrong where NumPy raises an error.
pub(crate) fn missing_error(p: &Prepared, error: &str) -> Option<String> {
    // An index out of bounds in a selection that is empty anyway is no error here: nothing is accessed. Selections are empty in small arrays.
    let nothing = error.starts_with("IndexError") && p.sizes.values().any(|n| *n <= 2);
    (!nothing).then(|| format!("a result, NumPy raises {error}"))
}

/// How `values`, the arguments after the call and what it returned, differ from NumPy's.
pub(crate) fn differ(p: &Prepared, values: Vec<Tensor>, expected: &[&str]) -> Option<Disagreement> {
    if values.len() != expected.len() {
        let count = |n: usize| n.saturating_sub(p.args.len());
        let (ours, theirs) = (count(values.len()), count(expected.len()));
        return Some(format!("{ours} results, NumPy has {theirs}").into());
    }
    let mut pairs = values.iter().zip(expected).enumerate();
    let what = pairs.find_map(|(index, (ours, theirs))| {
        let name = match p.params.get(index) {
            Some(param) => format!("argument `{param}`"),
            None => format!("result {}", index - p.params.len()),
        };
        let python = theirs
            .split('|')
            .next()
            .is_some_and(|d| d.ends_with(PYTHON));
        let theirs = if python {
            typed(tensor(theirs), ours.dtype)
        } else {
            tensor(theirs)
        };
        differences(&name, ours, &theirs, p.single)
    })?;
    Some(Disagreement {
        what,
        values: Some(values),
    })
}

/// How often arguments and roundings are changed a little to learn how far the results go with them, and how much farther than they a result may be.
const SHAKES: u64 = 8;
const SHAKE_MARGIN: f64 = 10.0;

impl Prepared {
    /// The same with its floating-point arguments changed by some units in the last place, and NumPy's functions by one.
    fn shaken(&self, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut shake = |v: f64, dtype: DType| {
            let unit = if self.single || dtype.real() == DType::Float32 {
                f64::from(f32::EPSILON)
            } else {
                f64::EPSILON
            };
            v * (1.0 + (random.below(9) as f64 - 4.0) * unit)
        };
        let mut args = self.args.clone();
        for c in args.iter_mut().flat_map(|a| &mut a.data) {
            *c = match *c {
                Const::Float(v, d) => {
                    dace_core::interpret::scalar::cast(d, Const::Float(shake(v, d), d))
                }
                Const::Complex(re, im, d) => {
                    let shaken = Const::Complex(shake(re, d), shake(im, d), d);
                    dace_core::interpret::scalar::cast(d, shaken)
                }
                other => other,
            };
        }
        Self {
            text: self.text,
            entry: self.entry.clone(),
            params: self.params.clone(),
            args,
            symbols: self.symbols.clone(),
            sizes: self.sizes.clone(),
            single: self.single,
            shaken: Some(seed),
        }
    }

    /// Whether NumPy's own results go as far away from `expected` as `values` are when its arguments and functions change by a rounding: then a difference says nothing.
    pub(crate) fn is_ill_conditioned(
        &self,
        values: &[Tensor],
        expected: &[&str],
        python: &PathBuf,
    ) -> bool {
        let shaken: Vec<Prepared> = (1..=SHAKES).map(|seed| self.shaken(seed)).collect();
        let output = run_script(python, &script(&shaken.iter().collect::<Vec<_>>()));
        let theirs: Vec<Vec<&str>> = output
            .split("case\n")
            .skip(1)
            .map(|block| block.lines().collect())
            .collect();
        let raised = |lines: &[&str]| lines.first().is_none_or(|l| l.starts_with("raised"));
        if theirs
            .iter()
            .any(|lines| raised(lines) || lines.len() != values.len())
        {
            return true;
        }
        values
            .iter()
            .zip(expected)
            .enumerate()
            .all(|(index, (ours, expected))| {
                let expected = tensor(expected);
                let others: Vec<Tensor> = theirs.iter().map(|lines| tensor(lines[index])).collect();
                if others.iter().any(|o| o.shape != expected.shape) {
                    return true;
                }
                if (ours.dtype, &ours.shape) != (expected.dtype, &expected.shape) {
                    return false;
                }
                let around = (ours.data.iter().zip(&expected.data)).enumerate();
                around.into_iter().all(|(at, (a, e))| {
                    let moved = others
                        .iter()
                        .map(|o| distance(o.data[at], *e))
                        .fold(0.0, f64::max);
                    moved == f64::INFINITY || distance(*a, *e) <= SHAKE_MARGIN * moved || {
                        let one = |c: Const| Tensor {
                            dtype: ours.dtype,
                            shape: Vec::new(),
                            data: vec![c],
                        };
                        differences("", &one(*a), &one(*e), self.single).is_none()
                    }
                })
            })
    }
}

/// How far two numbers are from each other: infinitely where one of them is none.
fn distance(a: Const, b: Const) -> f64 {
    let parts = |c: Const| match c {
        Const::Bool(v) => (f64::from(u8::from(v)), 0.0),
        Const::Int(v, _) => (v as f64, 0.0),
        Const::Float(v, _) => (v, 0.0),
        Const::Complex(re, im, _) => (re, im),
    };
    let apart = |a: f64, b: f64| {
        if a == b || a.is_nan() && b.is_nan() {
            0.0
        } else if a.is_finite() && b.is_finite() {
            (a - b).abs()
        } else {
            f64::INFINITY
        }
    };
    let ((a, x), (b, y)) = (parts(a), parts(b));
    apart(a, b).max(apart(x, y))
}

/// What a `dace.map` accumulates resolves its conflicts only after simplification.
pub(crate) fn detects_races(stage: &str, case: Case) -> bool {
    stage != "lowered" || !(case.0.contains("dace.map") || case.0.contains("dc.map"))
}

/// All cases have to agree: values, types and shapes; and raise where CPython raises.
pub fn agree(cases: &[Case]) {
    compare_all(cases);
}

/// The programs of a file of the folder `collection`: each begins with a line `#: SETTINGS`, which are those of a [`Case`].
pub fn collection(text: &'static str) -> Vec<Case> {
    text.split("#:")
        .skip(1)
        .map(|program| {
            let (settings, text) = program.split_once('\n').unwrap_or((program, ""));
            (text.trim_end(), settings.trim())
        })
        .collect()
}

/// Why the compiler refuses a program, if it does.
pub fn refusal(text: &str) -> Option<String> {
    compile(text).err().filter(|e| e.starts_with("refused"))
}

fn compare_all(cases: &[Case]) {
    let Some(python) = python() else { return };
    let only = std::env::var("ORACLE_ONLY").ok();
    let mut wrong = Vec::new();
    let mut runs: Vec<(Case, Compiled, Vec<Prepared>)> = Vec::new();
    for (index, case) in cases
        .iter()
        .enumerate()
        .filter(|(_, c)| only.as_ref().is_none_or(|o| c.0.contains(o)))
    {
        let mut complain =
            |stage: &str, what: String| wrong.push(complaint(*case, None, stage, &what));
        let refused = case
            .1
            .split_whitespace()
            .find_map(|s| s.strip_prefix("refused="));
        match (compile(case.0), refused) {
            (Ok(_), Some(code)) => complain("lowering", format!("accepted, {code} expected")),
            (Err(e), Some(code)) if e.contains(&format!("refused: {code}")) => {}
            (Err(e), _) => complain("lowering", e),
            (Ok(sdfg), None) => {
                let variants = SIZES
                    .iter()
                    .map(|sizes| prepare(*case, &sdfg, sizes, index as u64 + 1));
                match variants.collect::<Result<Vec<_>, _>>() {
                    Err(e) => complain("arguments", e),
                    Ok(variants) => {
                        // Where a case gives all sizes, there is one variant.
                        let mut variants = variants;
                        variants.dedup_by(|a, b| a.sizes == b.sizes);
                        let compiled = optimised(sdfg);
                        for (stage, what) in &compiled.wrong {
                            complain(stage, what.clone());
                        }
                        runs.push((*case, compiled, variants));
                    }
                }
            }
        }
    }
    let all: Vec<&Prepared> = runs.iter().flat_map(|(_, _, variants)| variants).collect();
    let output = run_script(&python, &script(&all));
    let mut results = output
        .split("case\n")
        .skip(1)
        .map(|block| block.lines().collect::<Vec<_>>());
    for (case, compiled, variants) in &runs {
        for (index, p) in variants.iter().enumerate() {
            let expected = results.next().unwrap_or_default();
            // An error on both sides proves little, so it has to be expected; other sizes may give one.
            let raised = expected.first().is_some_and(|l| l.starts_with("raised"));
            let settings: Vec<&str> = case.1.split_whitespace().collect();
            if index == 0
                && !settings.contains(&"raises=perhaps")
                && raised != settings.contains(&"raises")
            {
                wrong.push(complaint(
                    *case,
                    Some(p),
                    "NumPy",
                    expected.first().unwrap_or(&"nothing"),
                ));
            }
            for (stage, sdfg) in &compiled.stages {
                let detect_races = detects_races(stage, *case);
                if let Some(d) = compare(p, sdfg, detect_races, &expected) {
                    wrong.push(complaint(*case, Some(p), stage, &d.what));
                    break;
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} disagree\n\n{}\n",
        wrong.len(),
        cases.len(),
        wrong.join("\n\n")
    );
}

pub(crate) fn complaint(case: Case, p: Option<&Prepared>, stage: &str, what: &str) -> String {
    let sizes: Vec<String> = p
        .iter()
        .flat_map(|p| &p.sizes)
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    format!(
        "{stage}: {what}\n{} [{}] {}",
        case.0.trim_end(),
        case.1,
        sizes.join(" ")
    )
}
