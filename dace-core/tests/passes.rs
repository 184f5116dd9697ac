//! Every pass keeps the meaning of every program: the interpreter gives equal results before and after each of them, on random inputs, in several
//! orders of the maps' iterations.

use dace_core::analysis::signature::signature;
use dace_core::interpret::{Options as RunOptions, Outcome, RunError, Tensor, run_with};
use dace_core::pipeline::{Options, optimize};
use dace_core::sdfg::text::print;
use dace_core::sdfg::{Const, DType, ParamKind, Sdfg};
use dace_core::symbolic::Sym;
use dace_core::syntax::{Form, parse};
use std::collections::BTreeMap;

/// A small deterministic generator, so that failures repeat.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
    fn value(&mut self, dtype: DType) -> Const {
        let x = self.below(1000) as f64 / 250.0 - 1.0;
        match dtype {
            DType::Bool => Const::Bool(x > 0.5),
            DType::Float32 => Const::Float(f64::from(x as f32), dtype),
            DType::Float64 => Const::Float(x, dtype),
            d if d.is_complex() => {
                Const::Complex(f64::from(x as f32), f64::from((x * 0.5) as f32), d)
            }
            d => Const::from_i64(self.below(4) as i64, d),
        }
    }
}

/// Sizes without which a program only computes roundings: program, symbol, the least that is tried.
const LEAST: &[(&str, &str, i64)] = &[
    // Columns that are linearly independent.
    ("gramschmidt", "M", 12),
];

/// Arguments for sizes that differ from symbol to symbol, and values for the symbols that no shape gives.
fn arguments(sdfg: &Sdfg, round: u64, draw: &mut Draw) -> Option<(Vec<Tensor>, Vec<(Sym, i64)>)> {
    // Programs over many sizes work in many dimensions: small ones do.
    let (least, spread) = if sdfg.symbols.len() > 5 {
        (2, 2)
    } else {
        (3, 7)
    };
    let size = |k: u64| (least + (k * 2 + round * 3) % spread) as i64;
    let mut sizes: BTreeMap<Sym, i64> = sdfg
        .symbols
        .iter()
        .enumerate()
        .map(|(k, s)| (s.clone(), size(k as u64)))
        .collect();
    for (_, symbol, least) in LEAST.iter().filter(|(name, ..)| *name == sdfg.name) {
        sizes
            .entry(Sym::new(symbol))
            .and_modify(|n| *n = (*n).max(*least));
    }
    for param in &sdfg.params {
        if let ParamKind::Symbol(s, _) = &param.kind {
            sizes.insert(s.clone(), 3 + round as i64);
        }
    }
    let args = sdfg
        .params
        .iter()
        .map(|param| match &param.kind {
            ParamKind::Data(id) => {
                let desc = sdfg.desc(*id);
                let shape: Vec<usize> = desc
                    .shape
                    .iter()
                    .map(|n| n.eval(&|s| sizes.get(s).copied()).map(|n| n as usize))
                    .collect::<Option<_>>()?;
                let count = shape.iter().product();
                Some(Tensor {
                    dtype: desc.dtype,
                    shape,
                    data: (0..count).map(|_| draw.value(desc.dtype)).collect(),
                })
            }
            ParamKind::Symbol(_, dtype) => {
                Some(Tensor::scalar(Const::from_i64(3 + round as i64, *dtype)))
            }
        })
        .collect::<Option<Vec<_>>>()?;
    let trailing = signature(sdfg)
        .trailing
        .iter()
        .map(|s| (s.clone(), sizes[s]))
        .collect();
    Some((args, trailing))
}

fn near(a: &Outcome, b: &Outcome) -> bool {
    let all = |o: &Outcome| -> Vec<Const> {
        o.args
            .iter()
            .chain(&o.returns)
            .flat_map(|t| t.data.clone())
            .collect()
    };
    let number = |x: f64, y: f64, d: DType| {
        let unit = if d.real() == DType::Float32 {
            2e-4
        } else {
            1e-9
        };
        x == y
            || (x - y).abs() <= unit * x.abs().max(y.abs()).max(1.0)
            || (x.is_nan() && y.is_nan())
    };
    let close = |(a, b): (Const, Const)| match (a, b) {
        (Const::Float(x, d), Const::Float(y, _)) => number(x, y, d),
        (Const::Complex(x, u, d), Const::Complex(y, v, _)) => number(x, y, d) && number(u, v, d),
        (a, b) => a == b,
    };
    let (a, b) = (all(a), all(b));
    a.len() == b.len() && a.into_iter().zip(b).all(close)
}

fn results(
    sdfg: &Sdfg,
    args: &[Tensor],
    symbols: &[(Sym, i64)],
    seed: Option<u64>,
) -> Result<Outcome, RunError> {
    let options = RunOptions {
        seed,
        detect_races: true,
        max_steps: Some(300_000),
        ..RunOptions::default()
    };
    run_with(sdfg, args.to_vec(), symbols, &options)
}

/// Compares a program with itself after each pass.
fn check(name: &str, original: &Sdfg, options: &Options) -> Sdfg {
    let mut optimised = original.clone();
    let options = Options {
        trace: true,
        verify_each: true,
        ..options.clone()
    };
    let start = std::time::Instant::now();
    let report = match optimize(&mut optimised, &options) {
        Ok(report) => report,
        Err(problems) => panic!("{name}: {problems:?}\n{}", print(&optimised)),
    };
    if std::env::var("DACE_SHOW").is_ok_and(|s| s == name) {
        println!("{}", print(original));
        if std::env::var("DACE_SHOW_ALL").is_ok() {
            for (pass, sdfg) in &report.trace {
                println!("---- after {pass}\n{}", print(sdfg));
            }
        }
        println!("{:?}\n{}", report.changes, print(&optimised));
        println!("optimised in {:?}", start.elapsed());
    }
    let mut draw = Draw(7);
    let mut ran = Err(None);
    for round in 0..3 {
        let Some((args, symbols)) = arguments(original, round, &mut draw) else {
            continue;
        };
        let expected = results(original, &args, &symbols, None);
        match &expected {
            Ok(_) => ran = Ok(()),
            Err(e) if ran.is_err() => ran = Err(Some(format!("{e:?}"))),
            Err(_) => {}
        }
        for seed in [None, Some(1), Some(2)] {
            let found = results(&optimised, &args, &symbols, seed);
            let agree = |found: &Result<Outcome, RunError>| match (&expected, found) {
                (Ok(a), Ok(b)) => near(a, b),
                (Err(_), Err(_)) => true,
                _ => false,
            };
            if agree(&found) {
                continue;
            }
            let mut before = original.clone();
            for (pass, sdfg) in &report.trace {
                let after = results(sdfg, &args, &symbols, seed);
                assert!(
                    agree(&after),
                    "{name}: `{pass}` changes the meaning: {:?} {:?}\n{}\n--- becomes\n{}",
                    expected.as_ref().err(),
                    after.as_ref().err(),
                    print(&before),
                    print(sdfg)
                );
                before = sdfg.clone();
            }
            panic!(
                "{name}: the pipeline changes the meaning\n{}",
                print(&optimised)
            );
        }
    }
    if let Err(why) = ran {
        println!("{name}: no arguments were found that it accepts: {why:?}");
    }
    optimised
}

/// The text between the braces of the `dace!` in a kernel file.
fn kernel_text(rust: &str) -> Option<&str> {
    let start = rust.find("dace! {")? + "dace! {".len();
    Some(&rust[start..rust.rfind('}')?])
}

#[test]
fn npbench_programs_keep_their_meaning() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../npbench-rs/kernels/src");
    let only = std::env::var("DACE_SHOW").ok();
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("kernels")
        .map(|e| e.expect("entry").path())
        .collect();
    paths.sort();
    let mut failures = Vec::new();
    for path in paths {
        let name = path
            .file_stem()
            .and_then(|n| n.to_str())
            .unwrap_or_default()
            .to_owned();
        let rust = std::fs::read_to_string(&path).expect("readable");
        let Some(text) = kernel_text(&rust) else {
            continue;
        };
        if only.as_ref().is_some_and(|o| *o != name) {
            continue;
        }
        let module = parse(text, Form::Block).unwrap_or_else(|d| panic!("{name}: {d:?}"));
        let Ok(programs) = dace_core::lower::lower(&module) else {
            continue;
        };
        for p in programs {
            let run = std::panic::catch_unwind(|| {
                check(&name, &p.sdfg, &Options::default());
            });
            if let Err(e) = run {
                let text = e.downcast_ref::<String>().cloned().unwrap_or_default();
                failures.push(text);
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

fn programs(text: &str) -> Vec<(Sdfg, Options)> {
    let module = parse(text, Form::Block).unwrap_or_else(|d| panic!("{d:?}\n{text}"));
    let lowered = dace_core::lower::lower(&module).unwrap_or_else(|d| panic!("{d:?}\n{text}"));
    lowered
        .into_iter()
        .map(|p| {
            (
                p.sdfg,
                Options::of_function(&p.function).unwrap_or_else(|d| panic!("{d:?}\n{text}")),
            )
        })
        .collect()
}

/// A stencil with two statements, under transformations.
fn transformed(transforms: &str) -> Result<String, String> {
    let text = format!(
        "
    #[transform({transforms})]
    def jacobi(TSTEPS: int64, A: float64[N, M], B: float64[N, M], c: float64[8]):
        for t in range(1, TSTEPS):
            B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[2:, 1:-1])
            A[1:-1, 1:-1] = 0.2 * (B[1:-1, 1:-1] + B[1:-1, :-2] + B[2:, 1:-1])
        for k in range(8):
            c[k] = c[k] + A[0, 0]
        for p in dace.map[0:N]:
            A[p, 0] = 2.0 * B[p, 0]
        for q in dace.map[0:N]:
            B[q, 0] = A[q, 0] + 1.0
"
    );
    let mut shown = String::new();
    for (sdfg, options) in programs(&text) {
        for optimised in [false, true] {
            let options = Options {
                optimize: optimised,
                ..options.clone()
            };
            if let Err(problems) = optimize(
                &mut sdfg.clone(),
                &Options {
                    verify_each: true,
                    ..options.clone()
                },
            ) {
                return Err(problems
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("\n"));
            }
            let after = check("jacobi", &sdfg, &options);
            if !optimised {
                shown = print(&after);
            }
        }
    }
    Ok(shown)
}

#[test]
fn transformations_apply() {
    for transform in [
        "map_tiling(map = \"i\", tile_sizes = [2, 3])",
        "map_tiling(\"i_2\", 4)",
        "loop_unroll(loop = \"k\")",
        "loop_unroll(loop = \"k\", factor = 3)",
        "loop_unroll(loop = \"t\", factor = 2)",
        "loop_peeling(loop = \"t\", count = 2)",
        "loop_to_map(loop = \"k\")",
        "loop_to_map",
        "loop_to_map(\"k\"), map_tiling(\"k\", 3)",
        "map_expansion(map = \"i_2\")",
        "map_expansion(map = \"i_2\"), map_interchange(map = \"i_2\"), map_collapse(\"j_3\")",
        "map_interchange(map = \"i_2\", order = [\"j\", \"i\"])",
        "map_fusion",
        "map_fusion(first = \"p\", second = \"q\")",
        "set_schedule(map = \"i\", schedule = \"sequential\")",
    ] {
        transformed(transform).unwrap_or_else(|e| panic!("{transform}: {e}"));
    }
}

#[test]
fn transformations_say_why_not() {
    for (transform, reason) in [
        ("map_tilling(map = \"i\")", "did you mean `map_tiling`?"),
        (
            "map_tiling(map = \"z\", tile_sizes = [2])",
            "there is no map or loop `z`",
        ),
        (
            "map_tiling(map = \"i\", sizes = [2])",
            "it has no argument `sizes`",
        ),
        (
            "map_tiling(map = \"t\", tile_sizes = [2])",
            "`t_1` is a loop",
        ),
        ("loop_to_map(loop = \"t\")", "depend on each other"),
        ("loop_unroll(loop = \"t\")", "is not a constant"),
        (
            "map_interchange(map = \"i_2\", order = [\"j\"])",
            "must name each of the 2 parameters",
        ),
        (
            "map_fusion(first = \"i_2\", second = \"i_4\")",
            "an iteration of the second uses what several iterations of the first touch",
        ),
        (
            "set_schedule(map = \"i\", schedule = \"gpu\")",
            "there is no schedule `gpu`",
        ),
    ] {
        match transformed(transform) {
            Ok(text) => panic!("{transform} applied:\n{text}"),
            Err(why) => assert!(why.contains(reason), "{transform}: {why}"),
        }
    }
}

/// Programs that passes could get wrong, each for a reason of its own.
const PROGRAMS: &[&str] = &[
    // Copies: of a whole, of a part, transposed, shifted onto itself.
    "
    def copies(A: float64[N, M], B: float64[N, M], C: float64[M, N]):
        t = A.copy()
        B[1:, :] = t[:-1, :]
        A[:, 1:] = t[:, :-1] + A[:, 1:]
        C[:] = np.transpose(B)
        A[1:, :] = A[:-1, :]
",
    // A product that lands in its target, one that must not, and one that is added.
    "
    def products(A: float64[N, N], B: float64[N, N], C: float64[N, N]):
        C[:] = A @ B
        A[:] = A @ B
        B += A @ C
        C[:] = 2.0 * (A @ B) + C
",
    // A transient that is used before and after it changes.
    "
    def reuse(A: float64[N], B: float64[N]):
        t = A + 1.0
        B[:] = t * 2.0
        t[:] = t + B
        A[:] = t
        t[1:] = 0.0
        B[:] = B + t
",
    // Conditions, symbols and early returns.
    "
    def control(A: float64[N], k: int64, x: float64):
        n = k + 1
        if n > 2:
            for i in range(n):
                if i < N:
                    A[i] = A[i] + x
        else:
            A[0] = x
        s = 0.0
        for i in range(N):
            if A[i] > 0.5:
                continue
            s += A[i]
            if s > 3.0:
                break
        return s
",
    // Sums that several statements use, over rows and columns.
    "
    def sums(A: float64[N, M], B: float64[N, M]):
        r = np.sum(A, axis=1)
        c = np.sum(A, axis=0)
        B[:] = A - r[:, np.newaxis] / M + c
        m = np.mean(B)
        return r, c, np.max(B) - m
",
    // A chain that no fusion may close: neighbours are read.
    "
    def chain(A: float64[N], B: float64[N]):
        t = A * 2.0
        u = t[1:] - t[:-1]
        v = u * u
        B[1:] = v
        B[0] = np.sum(v)
        A[:-1] = v[::-1]
",
    // Scalars that are written more than once.
    "
    def scalars(A: float64[N], x: float64):
        a = x
        b = a * 2.0
        a = b + 1.0
        A[0] = a + b
        a = a * a
        A[1] = a
        for i in range(2, N):
            c = a + A[i - 1]
            A[i] = c * c
            a = c
        return a
",
    // Arrays that are flattened, taken apart another way, and flattened again.
    "
    def reshaped(A: float64[N, M], B: float64[M*N], k: int64):
        t = np.reshape(A, (N * M,)) * 2.0 + B
        u = np.reshape(np.transpose(np.reshape(t, (M, N))), (N * M,))
        B[:] = u - np.reshape(A + 1.0, (M * N,))
        rows = k // 2 + 1
        v = np.reshape(np.repeat(B, rows), (rows, N * M))
        A[:] = np.reshape(v[0] + v[-1], (N, M))
        return np.reshape(v, (N, rows, M))
",
    // Several arrays that one mask makes smaller.
    "
    def compacted(A: float64[N], B: float64[N], C: int64[N], steps: int64):
        a, b, c = A + 0.0, B + 0.0, C + 0
        for i in range(steps):
            m = a > b
            a *= 0.5
            C[c[m] % N] = i
            a, b, c = a[m], b[m], c[m]
        return np.sum(a) + np.sum(b)
",
    // Recurrences that may take turns, and some that may not.
    "
    def recurrences(A: float64[N], B: float64[N], C: float64[N]):
        for i in range(1, N):
            A[i] = A[i - 1] * 0.5 + B[i]
        for j in range(1, N):
            B[j] = B[j - 1] * 0.5 + A[j - 1]
        for k in range(1, N):
            C[k] = C[k - 1] * A[N - k] + B[k]
        for l in range(1, N):
            A[l] = A[l - 1] * C[l] + B[l]
        for m in range(1, N):
            C[m] = C[m - 1] + A[m] * B[m - 1]
",
    // Data-dependent subscripts.
    "
    def gather(A: float64[N], idx: int64[M], B: float64[M]):
        t = A * A
        for i in range(M):
            B[i] = t[idx[i] % N]
        s = B + 1.0
        for i in range(M):
            A[idx[i] % N] = s[i]
",
    // Iterations with private arrays.
    "
    def private(A: float64[N, M], B: float64[N]):
        for i in dace.map[0:N]:
            t = A[i, :] * 2.0
            u = t[1:] + t[:-1]
            B[i] = np.sum(u)
",
    // A reduction of a reduction, with keepdims.
    "
    def normalise(A: float64[N, M, K]):
        s = np.sum(A * A, axis=2, keepdims=True)
        m = np.max(s, axis=0)
        return A / (s + 1.0), m
",
    // A ring of two rows in a time loop.
    "
    def ring(A: float64[T, N]):
        t = np.zeros((2, N))
        for k in range(T):
            t[k % 2] = t[(k + 1) % 2] + A[k]
            A[k] = t[k % 2] * 0.5
",
    // Where and masks.
    "
    def masks(A: float64[N], B: float64[N]):
        B[A > 1.0] = 0.0
        C = np.where(A < 0.5, A, B)
        A[:] = C
        A[C < 0.0] = -1.0
        return np.minimum(A, C)
",
    // Calls, with sections as arguments and a result.
    "
    @dace.program
    def scale(x: float64[K], a: float64):
        x[1:] = a * x[:-1]

    @dace.program
    def norm(x: float64[K]):
        return np.sum(x * x)

    @dace.program
    def calls(A: float64[N, M], B: float64[M]):
        for i in range(N):
            scale(A[i, :], 2.0)
            B[0] = B[0] + norm(A[i, :])
        scale(B, 0.5)
        scale(A[:, 1], 3.0)
",
    // Integer arithmetic that wraps and divides.
    "
    def integers(A: int64[N], B: int32[N]):
        t = A // 3
        u = t * B
        A[:] = u % 5 - t
        return A // 2
",
];

#[test]
fn programs_keep_their_meaning() {
    let mut failures = Vec::new();
    for text in PROGRAMS {
        let module = parse(text, Form::Block).unwrap_or_else(|d| panic!("{d:?}\n{text}"));
        let lowered = match dace_core::lower::lower(&module) {
            Ok(lowered) => lowered,
            Err(problems) => {
                failures.push(format!(
                    "{text}\n{}",
                    problems
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join("\n")
                ));
                continue;
            }
        };
        for p in lowered {
            for optimize in [true, false] {
                let name = p.sdfg.name.clone();
                let options = Options {
                    optimize,
                    ..Options::default()
                };
                let run = std::panic::catch_unwind(|| check(&name, &p.sdfg, &options));
                if let Err(e) = run {
                    failures.push(e.downcast_ref::<String>().cloned().unwrap_or_default());
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Each file of `tests/passes` names a pass in its first line; what the pass makes of the program is a snapshot, and means the same.
#[test]
fn passes_by_example() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/passes");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("examples")
        .map(|e| e.expect("entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "sdfg"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let name = path.file_stem().and_then(|n| n.to_str()).expect("a name");
        let text = std::fs::read_to_string(&path).expect("readable");
        let pass = text
            .lines()
            .next()
            .and_then(|l| l.strip_prefix("# "))
            .expect("a pass in the first line")
            .trim();
        let pass =
            dace_core::registry::pass(pass).unwrap_or_else(|| panic!("{name}: no pass `{pass}`"));
        let mut before =
            dace_core::sdfg::text::read(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        dace_core::sdfg::propagate(&mut before);
        let mut after = before.clone();
        (pass.run)(&mut after, &Options::default());
        dace_core::sdfg::propagate(&mut after);
        if let Err(broken) = dace_core::verify::verify(&after) {
            panic!("{name}: {}\n{}", broken.join("; "), print(&after));
        }
        let mut draw = Draw(3);
        for round in 0..3 {
            let (args, symbols) = arguments(&before, round, &mut draw).expect("sizes");
            let expected =
                results(&before, &args, &symbols, None).unwrap_or_else(|e| panic!("{name}: {e:?}"));
            for seed in [None, Some(1)] {
                let found = results(&after, &args, &symbols, seed)
                    .unwrap_or_else(|e| panic!("{name}: {e:?}\n{}", print(&after)));
                assert!(near(&expected, &found), "{name}\n{}", print(&after));
            }
        }
        insta::with_settings!({ snapshot_path => "passes", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, print(&after));
        });
    }
}
