//! Every operation of the tasklet language on edge values of every type, against NumPy.

use dace_core::interpret::scalar;
use dace_core::sdfg::{BinOp, Const, DType, UnOp};
use dace_oracle::{WRITER, close, literal, python, run_script, tensor};
use std::fmt::Write;

const UNARY: &[(UnOp, &str)] = &[
    (UnOp::Neg, "-x"),
    (UnOp::Not, "np.logical_not(x)"),
    (UnOp::Invert, "~x"),
    (UnOp::Abs, "np.abs(x)"),
    (UnOp::Sqrt, "np.sqrt(x)"),
    (UnOp::Cbrt, "np.cbrt(x)"),
    (UnOp::Exp, "np.exp(x)"),
    (UnOp::Exp2, "np.exp2(x)"),
    (UnOp::Expm1, "np.expm1(x)"),
    (UnOp::Log, "np.log(x)"),
    (UnOp::Log2, "np.log2(x)"),
    (UnOp::Log10, "np.log10(x)"),
    (UnOp::Log1p, "np.log1p(x)"),
    (UnOp::Sin, "np.sin(x)"),
    (UnOp::Cos, "np.cos(x)"),
    (UnOp::Tan, "np.tan(x)"),
    (UnOp::Asin, "np.arcsin(x)"),
    (UnOp::Acos, "np.arccos(x)"),
    (UnOp::Atan, "np.arctan(x)"),
    (UnOp::Sinh, "np.sinh(x)"),
    (UnOp::Cosh, "np.cosh(x)"),
    (UnOp::Tanh, "np.tanh(x)"),
    (UnOp::Asinh, "np.arcsinh(x)"),
    (UnOp::Acosh, "np.arccosh(x)"),
    (UnOp::Atanh, "np.arctanh(x)"),
    (UnOp::Floor, "np.floor(x)"),
    (UnOp::Ceil, "np.ceil(x)"),
    (UnOp::Trunc, "np.trunc(x)"),
    (UnOp::Rint, "np.rint(x)"),
    (UnOp::Sign, "np.sign(x)"),
    (UnOp::Real, "np.real(x)"),
    (UnOp::Imag, "np.imag(x)"),
    (UnOp::Conj, "np.conj(x)"),
    (UnOp::IsNan, "np.isnan(x)"),
    (UnOp::IsInf, "np.isinf(x)"),
    (UnOp::IsFinite, "np.isfinite(x)"),
    (UnOp::SignBit, "np.signbit(x)"),
];

const BINARY: &[(BinOp, &str)] = &[
    (BinOp::Add, "x + y"),
    (BinOp::Sub, "x - y"),
    (BinOp::Mul, "x * y"),
    (BinOp::Div, "x / y"),
    (BinOp::FloorDiv, "x // y"),
    (BinOp::Mod, "x % y"),
    (BinOp::Fmod, "np.fmod(x, y)"),
    (BinOp::Pow, "x ** y"),
    (BinOp::BitAnd, "x & y"),
    (BinOp::BitOr, "x | y"),
    (BinOp::BitXor, "x ^ y"),
    (BinOp::Shl, "x << y"),
    (BinOp::Shr, "x >> y"),
    (BinOp::Eq, "x == y"),
    (BinOp::Ne, "x != y"),
    (BinOp::Lt, "x < y"),
    (BinOp::Le, "x <= y"),
    (BinOp::Gt, "x > y"),
    (BinOp::Ge, "x >= y"),
    (BinOp::And, "np.logical_and(x, y)"),
    (BinOp::Or, "np.logical_or(x, y)"),
    (BinOp::Min, "np.minimum(x, y)"),
    (BinOp::Max, "np.maximum(x, y)"),
    (BinOp::Fmin, "np.fmin(x, y)"),
    (BinOp::Fmax, "np.fmax(x, y)"),
    (BinOp::Atan2, "np.arctan2(x, y)"),
    (BinOp::Hypot, "np.hypot(x, y)"),
    (BinOp::Copysign, "np.copysign(x, y)"),
];

/// Edge values of a type.
fn values(dtype: DType) -> Vec<Const> {
    let narrow = dtype.real() == DType::Float32;
    let round = |v: f64| if narrow { f64::from(v as f32) } else { v };
    match dtype {
        DType::Bool => vec![Const::Bool(false), Const::Bool(true)],
        d if d.is_int() => {
            let bits = 8 * d.size() as u32;
            let (low, high) = if d.is_signed_int() {
                (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
            } else {
                (0, (1i128 << bits) - 1)
            };
            let mut all = vec![
                0,
                1,
                2,
                3,
                5,
                7,
                8,
                31,
                32,
                63,
                64,
                100,
                high / 2,
                high - 1,
                high,
            ];
            all.extend(
                [-1, -2, -3, -7, -100, low + 1, low]
                    .into_iter()
                    .filter(|_| d.is_signed_int()),
            );
            all.into_iter().map(|v| Const::Int(v, d)).collect()
        }
        d if d.is_float() => {
            let (tiny, huge) = if narrow {
                (1e-38, 3.0e38)
            } else {
                (1e-308, 1.7e308)
            };
            let some = [
                0.0,
                0.1,
                0.5,
                1.0,
                1.5,
                2.0,
                2.5,
                3.0,
                7.3,
                100.0,
                1e-9,
                1e6,
                tiny,
                huge,
                f64::INFINITY,
            ];
            let mut all: Vec<f64> = some.iter().flat_map(|v| [*v, -*v]).collect();
            all.push(f64::NAN);
            all.into_iter().map(|v| Const::Float(round(v), d)).collect()
        }
        d => {
            let parts = [0.0, -0.0, 0.3, 1.0, -1.0, 2.5, -3.0, 40.0, -0.7];
            let mut all = Vec::new();
            for re in parts {
                for im in parts {
                    all.push(Const::Complex(round(re), round(im), d));
                }
            }
            for (re, im) in [
                (1e3, 1e-9),
                (1e-9, 1.0),
                (1.0, 1e-9),
                (f64::NAN, 1.0),
                (1.0, f64::NAN),
                (-1e5, 1e5),
            ] {
                all.push(Const::Complex(round(re), round(im), d));
            }
            all
        }
    }
}

/// NumPy's results of the expressions, one array each, `None` where NumPy has none of that type (it promotes, or refuses).
fn oracle(python: &std::path::PathBuf, script: &str) -> Vec<Option<Vec<Const>>> {
    let text = run_script(python, &format!("{WRITER}{script}"));
    text.lines()
        .map(|line| (line != "none").then(|| tensor(line).data))
        .collect()
}

fn array(values: &[Const], dtype: DType) -> String {
    let items: Vec<String> = values.iter().map(|c| literal(*c)).collect();
    format!("np.array([{}], dtype=np.{dtype})", items.join(", "))
}

const HELPER: &str = "
def show(f, *args):
    try: r = f(*args)
    except (TypeError, ValueError): print('none'); return
    if r.dtype.name == 'float16': print('none'); return
    dump(r)
";

#[test]
fn unary_operations() {
    let Some(python) = python() else { return };
    let mut script = HELPER.to_owned();
    let mut cases = Vec::new();
    for dtype in DType::ALL {
        writeln!(script, "x = {}", array(&values(dtype), dtype)).unwrap();
        for (op, text) in UNARY.iter().filter(|(op, _)| scalar::has_unary(*op, dtype)) {
            writeln!(script, "show(lambda x: {text}, x)").unwrap();
            cases.push((dtype, *op));
        }
    }
    let mut wrong = Vec::new();
    for ((dtype, op), expected) in cases.into_iter().zip(oracle(&python, &script)) {
        for (index, x) in values(dtype).into_iter().enumerate() {
            let Some(ours) = scalar::unary(op, x) else {
                continue;
            };
            let theirs = expected.as_ref().map(|e| e[index]);
            // `np.abs` and so on of a type that NumPy promotes first: not this operation.
            if !theirs.is_some_and(|t| close(ours, t, 6.0, 0.0)) {
                wrong.push(format!(
                    "{op:?} {} = {ours:?}, NumPy {theirs:?}",
                    literal(x)
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differences\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn binary_operations() {
    let Some(python) = python() else { return };
    let mut script = HELPER.to_owned();
    let mut cases = Vec::new();
    for dtype in DType::ALL {
        let values = values(dtype);
        let grid: Vec<(Const, Const)> = values
            .iter()
            .flat_map(|x| values.iter().map(|y| (*x, *y)))
            .collect();
        writeln!(script, "v = {}", array(&values, dtype)).unwrap();
        script.push_str("a, b = np.repeat(v, len(v)), np.tile(v, len(v))\n");
        for (op, text) in BINARY
            .iter()
            .filter(|(op, _)| scalar::has_binary(*op, dtype))
        {
            let valid = if *op == BinOp::Pow && dtype.is_int() {
                "[b >= 0]"
            } else {
                ""
            };
            let pairs: Vec<_> = grid
                .iter()
                .copied()
                .filter(|(_, y)| !scalar::is_negative_power(*op, *y))
                .collect();
            writeln!(script, "show(lambda x, y: {text}, a{valid}, b{valid})").unwrap();
            cases.push((*op, pairs));
        }
    }
    let mut wrong = Vec::new();
    for ((op, pairs), expected) in cases.into_iter().zip(oracle(&python, &script)) {
        for (index, (x, y)) in pairs.into_iter().enumerate() {
            let Some(ours) = scalar::binary(op, x, y) else {
                continue;
            };
            let theirs = expected.as_ref().map(|e| e[index]);
            // A complex power is an exponential of a product: it multiplies the rounding of its exponent.
            let (ulps, floor) = if op == BinOp::Pow && x.dtype().is_complex() {
                (2000.0, 1.0)
            } else {
                (8.0, 0.0)
            };
            if !theirs.is_some_and(|t| close(ours, t, ulps, f64::from(f32::MIN_POSITIVE) * floor)) {
                wrong.push(format!(
                    "{op:?} {} {} = {ours:?}, NumPy {theirs:?}",
                    literal(x),
                    literal(y)
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differences\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn casts() {
    let Some(python) = python() else { return };
    let mut script = HELPER.to_owned();
    let mut cases = Vec::new();
    for from in DType::ALL {
        for to in DType::ALL {
            // What C leaves undefined is left out.
            let defined = |c: &Const| match *c {
                Const::Float(v, _) | Const::Complex(v, _, _) if to.is_int() => {
                    v.abs() <= 100.0 && (v > -1.0 || to.is_signed_int())
                }
                _ => true,
            };
            let values: Vec<Const> = values(from).into_iter().filter(defined).collect();
            writeln!(
                script,
                "show(lambda x: x.astype(np.{to}), {})",
                array(&values, from)
            )
            .unwrap();
            cases.push((to, values));
        }
    }
    for ((to, values), expected) in cases.into_iter().zip(oracle(&python, &script)) {
        for (index, x) in values.into_iter().enumerate() {
            let (ours, theirs) = (scalar::cast(to, x), expected.as_ref().map(|e| e[index]));
            assert!(
                theirs.is_some_and(|t| close(ours, t, 0.0, 0.0)),
                "{} as {to} = {ours:?}, NumPy {theirs:?}",
                literal(x)
            );
        }
    }
}
