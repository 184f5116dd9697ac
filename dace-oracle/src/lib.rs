//! Comparing with CPython and NumPy: the same text there, in the interpreter, and as generated Rust; and random programs to compare.

pub mod generated;
pub mod hostile;
pub mod oracle;
pub mod random;

use dace_core::interpret::Tensor;
use dace_core::sdfg::{Const, DType};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The Python that runs the oracle: `NPBENCH_PYTHON`, else `python3` on the path; nothing (and a note) without NumPy 2.
pub fn python() -> Option<PathBuf> {
    let python =
        std::env::var_os("NPBENCH_PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let check = "import numpy, sys; sys.exit(int(numpy.__version__.split('.')[0]) < 2)";
    let found = Command::new(&python)
        .args(["-c", check])
        .stderr(Stdio::null())
        .status();
    if found.is_ok_and(|s| s.success()) {
        Some(python)
    } else {
        dace_host::console::complain("skipped: no Python with NumPy 2 (set NPBENCH_PYTHON)");
        None
    }
}

/// Runs a script; its standard output.
pub fn run_script(python: &PathBuf, script: &str) -> String {
    let mut child = Command::new(python)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python starts");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(script.as_bytes())
        .expect("the script is read");
    let output = child.wait_with_output().expect("Python ends");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

/// A constant as a Python expression of a NumPy scalar, exactly.
pub fn literal(c: Const) -> String {
    let float = |v: f64| format!("float('{v:e}')").replace("'NaN'", "'nan'");
    match c {
        Const::Bool(v) => format!("np.bool_({})", u8::from(v)),
        Const::Int(v, d) => format!("np.{d}({v})"),
        Const::Float(v, d) => format!("np.{d}({})", float(v)),
        Const::Complex(re, im, d) => format!("np.{d}(complex({}, {}))", float(re), float(im)),
    }
}

/// Reads a line that the Python function [`WRITER`] wrote: type, shape, elements.
pub fn tensor(line: &str) -> Tensor {
    let mut parts = line.split('|');
    let name = parts.next().expect("a type").trim_end_matches(PYTHON);
    let dtype = DType::from_name(name).unwrap_or_else(|| panic!("type {name} in {line}"));
    let number = |s: &str| s.parse::<f64>().unwrap_or_else(|_| panic!("number {s}"));
    let shape = parts
        .next()
        .expect("a shape")
        .split_whitespace()
        .map(|n| n.parse().expect("a size"))
        .collect();
    let element = |s: &str| match dtype {
        DType::Bool => Const::Bool(s == "1"),
        d if d.is_int() => Const::Int(s.parse().expect("an integer"), d),
        d if d.is_float() => Const::Float(number(s), d),
        d => {
            let (re, im) = s.split_once(',').expect("two parts");
            Const::Complex(number(re), number(im), d)
        }
    };
    let data = parts
        .next()
        .expect("elements")
        .split_whitespace()
        .map(element)
        .collect();
    Tensor { dtype, shape, data }
}

/// Stands behind the type where NumPy's result is one of Python's own numbers, which has none.
pub const PYTHON: char = '*';

/// Python: `dump(x)` writes an array or scalar as one line, exactly.
pub const WRITER: &str = r"
import numpy as np
import warnings
warnings.simplefilter('ignore')
np.seterr(all='ignore')
def dump(x):
    python = '*' if type(x) in (int, float) else ''
    x = np.asarray(x)
    name = x.dtype.name
    if name == 'bool': items = ['1' if v else '0' for v in x.flat]
    elif name.startswith('complex'): items = ['%r,%r' % (float(v.real), float(v.imag)) for v in x.flat]
    elif name.startswith('float'): items = [repr(float(v)) for v in x.flat]
    else: items = [str(int(v)) for v in x.flat]
    print(name + python, ' '.join(str(n) for n in x.shape), ' '.join(items), sep='|')
";

/// Whether two elements agree up to rounding: `ulps` units in the last place of the larger part, relative to `scale`.
pub fn close(a: Const, b: Const, ulps: f64, scale: f64) -> bool {
    let part = |a: f64, b: f64, unit: f64, size: f64| {
        a == b
            || a.is_nan() && b.is_nan()
            || a.is_finite() && b.is_finite() && (a - b).abs() <= ulps * unit * size
    };
    let unit = |d: DType| {
        if d.real() == DType::Float32 {
            f64::from(f32::EPSILON)
        } else {
            f64::EPSILON
        }
    };
    match (a, b) {
        (Const::Float(x, d), Const::Float(y, e)) => {
            d == e && part(x, y, unit(d), x.abs().max(y.abs()).max(scale))
        }
        (Const::Complex(xr, xi, d), Const::Complex(yr, yi, e)) => {
            let size = [xr, xi, yr, yi]
                .iter()
                .filter(|v| v.is_finite())
                .fold(scale, |m, v| m.max(v.abs()));
            d == e && part(xr, yr, unit(d), size) && part(xi, yi, unit(d), size)
        }
        _ => a == b,
    }
}
