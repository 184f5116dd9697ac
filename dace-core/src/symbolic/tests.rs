//! The symbolic engine against brute force over small integers, negative ones included.

use super::{Expr, Facts, Range, Sym, parse};
use proptest::prelude::*;

/// An expression as written, with Python's meaning computed directly.
#[derive(Clone, Debug)]
enum Tree {
    Int(i64),
    Sym(usize),
    Op(Op, Box<Tree>, Box<Tree>),
}

#[derive(Clone, Copy, Debug)]
enum Op {
    Add,
    Sub,
    Mul,
    FloorDiv,
    Mod,
    Max,
    Min,
}

const NAMES: [&str; 3] = ["a", "b", "c"];

/// Python's floor division, by way of rounding down.
fn floor_div(a: i64, b: i64) -> Option<i64> {
    (b != 0).then(|| (a as f64 / b as f64).floor() as i64)
}

impl Tree {
    fn eval(&self, values: [i64; 3]) -> Option<i64> {
        Some(match self {
            Self::Int(v) => *v,
            Self::Sym(k) => values[*k],
            Self::Op(op, a, b) => {
                let (a, b) = (a.eval(values)?, b.eval(values)?);
                match op {
                    Op::Add => a + b,
                    Op::Sub => a - b,
                    Op::Mul => a * b,
                    Op::FloorDiv => floor_div(a, b)?,
                    Op::Mod => a - floor_div(a, b)? * b,
                    Op::Max => a.max(b),
                    Op::Min => a.min(b),
                }
            }
        })
    }

    fn expr(&self) -> Expr {
        match self {
            Self::Int(v) => Expr::int(*v),
            Self::Sym(k) => Expr::sym(NAMES[*k]),
            Self::Op(op, a, b) => {
                let (a, b) = (a.expr(), b.expr());
                match op {
                    Op::Add => a + b,
                    Op::Sub => a - b,
                    Op::Mul => a * b,
                    Op::FloorDiv => a.floor_div(&b),
                    Op::Mod => a.modulo(&b),
                    Op::Max => a.maximum(&b),
                    Op::Min => a.minimum(&b),
                }
            }
        }
    }
}

fn trees(depth: u32) -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        (-4i64..=4).prop_map(Tree::Int),
        (0usize..3).prop_map(Tree::Sym)
    ];
    leaf.prop_recursive(depth, 12, 2, |inner| {
        let op = prop_oneof![
            3 => Just(Op::Add),
            3 => Just(Op::Sub),
            2 => Just(Op::Mul),
            1 => Just(Op::FloorDiv),
            1 => Just(Op::Mod),
            1 => Just(Op::Max),
            1 => Just(Op::Min),
        ];
        (op, inner.clone(), inner).prop_map(|(op, a, b)| Tree::Op(op, Box::new(a), Box::new(b)))
    })
}

fn eval(e: &Expr, values: [i64; 3]) -> Option<i64> {
    e.eval(&|s| {
        NAMES
            .iter()
            .position(|n| *n == s.as_str())
            .map(|k| values[k])
    })
}

fn assignments(range: std::ops::RangeInclusive<i64>) -> impl Iterator<Item = [i64; 3]> {
    let r = move || range.clone();
    r().flat_map(move |a| {
        let r2 = r();
        r().flat_map(move |b| r2.clone().map(move |c| [a, b, c]))
    })
}

/// Bounds that name symbols defined before, and inequalities.
#[derive(Clone, Debug)]
struct Known {
    bounds: Vec<(Option<Expr>, Option<Expr>)>,
    nonneg: Vec<Expr>,
}

impl Known {
    fn facts(&self) -> Facts {
        let mut facts = Facts::new();
        for (name, (low, high)) in NAMES.iter().zip(&self.bounds) {
            facts.bound(&Sym::new(name), low.clone(), high.clone());
        }
        for e in &self.nonneg {
            facts.assume_nonneg(e.clone());
        }
        facts
    }

    fn allows(&self, values: [i64; 3]) -> bool {
        let at_least = |a: Option<i64>, b: i64| a.is_some_and(|a| a <= b);
        self.bounds.iter().zip(values).all(|((low, high), v)| {
            low.as_ref().is_none_or(|l| at_least(eval(l, values), v))
                && high
                    .as_ref()
                    .is_none_or(|h| at_least(eval(h, values).map(|h| -h), -v))
        }) && self
            .nonneg
            .iter()
            .all(|e| eval(e, values).is_some_and(|v| v >= 0))
    }
}

fn known() -> impl Strategy<Value = Known> {
    // Symbol k may be bounded by `small * symbol + constant` of an earlier one.
    let bound = |k: usize| {
        prop::option::weighted(
            0.7,
            (-1i64..=2, 0..k.max(1), -3i64..=3).prop_map(move |(scale, of, c)| {
                if k == 0 {
                    Expr::int(c)
                } else {
                    Expr::sym(NAMES[of]).scale(scale.into()) + c
                }
            }),
        )
    };
    let bounds = (
        (bound(0), bound(0)),
        (bound(1), bound(1)),
        (bound(2), bound(2)),
    );
    let nonneg = prop::collection::vec(trees(2).prop_map(|t| t.expr()), 0..3);
    (bounds, nonneg).prop_map(|((a, b, c), nonneg)| Known {
        bounds: vec![a, b, c],
        nonneg,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn canonical_form_keeps_the_value(tree in trees(4)) {
        let e = tree.expr();
        for values in assignments(-3..=3) {
            if let Some(v) = tree.eval(values) {
                prop_assert_eq!(eval(&e, values), Some(v), "{} at {:?}", e, values);
            }
        }
    }

    #[test]
    fn what_prints_reads_back(tree in trees(4)) {
        let e = tree.expr();
        prop_assert_eq!(parse(&e.to_string()), Ok(e));
    }

    #[test]
    fn substitution_is_evaluation(tree in trees(3), by in trees(2)) {
        let replaced = tree.expr().subs_one(&Sym::new("b"), &by.expr());
        prop_assert!(by.expr().contains(&Sym::new("b")) || !replaced.contains(&Sym::new("b")));
        for values in assignments(-3..=3) {
            let Some(b) = by.eval(values) else { continue };
            if let Some(v) = tree.eval([values[0], b, values[2]]) {
                prop_assert_eq!(eval(&replaced, values), Some(v), "{} at {:?}", replaced, values);
            }
        }
    }

    #[test]
    fn exact_division(a in trees(3), b in trees(2)) {
        let (a, b) = (a.expr(), b.expr());
        if let Some(q) = a.exact_div(&b) {
            prop_assert_eq!(&q * &b, a.clone());
        }
        if !b.is_zero() {
            prop_assert_eq!((&a * &b).exact_div(&b), Some(a));
        }
    }

    #[test]
    fn linear_parts(tree in trees(4)) {
        let (e, b) = (tree.expr(), Sym::new("b"));
        if let Some((factor, rest)) = e.linear_in(&b) {
            prop_assert!(!factor.contains(&b) && !rest.contains(&b));
            prop_assert_eq!(factor * Expr::from(&b) + rest, e);
        }
    }

    #[test]
    fn proofs_hold(known in known(), x in trees(3), y in trees(2)) {
        let (facts, x, y) = (known.facts(), x.expr(), y.expr());
        let (nonneg, le, lt) = (facts.is_nonneg(&x), facts.le(&x, &y), facts.lt(&x, &y));
        let (eq, ne) = (facts.eq(&x, &y), facts.ne(&x, &y));
        prop_assert!(le || !lt);
        if !(nonneg || le || eq || ne) {
            return Ok(());
        }
        for values in assignments(-5..=5).filter(|v| known.allows(*v)) {
            let (Some(x), Some(y)) = (eval(&x, values), eval(&y, values)) else { continue };
            prop_assert!(!nonneg || x >= 0, "{} >= 0 at {:?}", x, values);
            prop_assert!((!le || x <= y) && (!lt || x < y), "{} <= {} at {:?}", x, y, values);
            prop_assert!((!eq || x == y) && (!ne || x != y), "{} == {} at {:?}", x, y, values);
        }
    }

    #[test]
    fn ranges_count(begin in -6i64..6, end in -6i64..6, step in prop_oneof![-4i64..=-1, 1i64..=4]) {
        let symbolic = Range::new(Expr::sym("a"), Expr::sym("b"), step).count();
        let constant = Range::new(begin, end, step).count().as_int();
        let mut counted = 0;
        let mut at = begin;
        while if step > 0 { at < end } else { at > end } {
            (counted, at) = (counted + 1, at + step);
        }
        prop_assert_eq!(constant, Some(counted));
        prop_assert_eq!(eval(&symbolic, [begin, end, 0]), constant);
    }
}

#[test]
fn what_is_the_same_is_equal() {
    let cases = [
        ("(N + 1)*(N - 1)", "N*N - 1"),
        ("max(N, M)", "max(M, N)"),
        ("min(N, M) + max(N, M)", "M + N"),
        ("max(0, 2*N - 2*M)", "2*max(0, N - M)"),
        ("max(0, max(0, N))", "max(0, N)"),
        ("(4*N + 7) // 4", "N + 1 + 3 // 4"),
        ("(N*M + i) // M", "N + i // M"),
        ("(N*M + i) % M", "i % M"),
        ("(N*(M + 1)) // (M + 1)", "N"),
        ("-7 // 2", "-4"),
        ("-7 % 3", "2"),
        ("7 % -3", "-2"),
        ("2**3 * N**2", "8*N*N"),
        ("- -N", "N"),
        ("max(1, 2, 3, min(9, 5))", "5"),
    ];
    for (a, b) in cases {
        assert_eq!(parse(a), parse(b), "{a}");
    }
}

#[test]
fn printed_forms() {
    let cases = [
        ("N-1", "N - 1"),
        ("-1+N", "N - 1"),
        ("-N", "-N"),
        ("N//2 + 1", "N // 2 + 1"),
        ("2*(N//2)", "2*(N // 2)"),
        ("-(N//2)", "-(N // 2)"),
        ("(N+1)//2 - (i+1)%M", "(N + 1) // 2 - (i + 1) % M"),
        ("min(N, M)", "N - max(0, N - M)"),
        ("0 // 0", "0 // 0"),
        ("(-3) // N", "(-3) // N"),
    ];
    for (text, printed) in cases {
        let e = parse(text).unwrap();
        assert_eq!(e.to_string(), printed);
        assert_eq!(parse(printed), Ok(e));
    }
}

#[test]
fn mistakes_in_expressions() {
    let deep = "(".repeat(100_000);
    let cases = [
        ("", "expected an expression"),
        ("N +", "expected an expression"),
        ("(N", "expected `)`"),
        ("N N", "unexpected `N`"),
        ("2N", "not an integer"),
        ("2.5", "not an integer"),
        ("max(N)", "expected `,`"),
        ("N**M", "constant from 0"),
        ("999999999999999999999999999999999999999999", "too large"),
        (&deep, "nests too deep"),
    ];
    for (text, message) in cases {
        let error = parse(text).unwrap_err();
        assert!(error.contains(message), "{text}: {error}");
    }
}

/// What programs need proved.
#[test]
fn proofs_that_must_succeed() {
    let expr = |t: &str| parse(t).unwrap();
    let mut facts = Facts::new();
    for size in ["N", "M", "K"] {
        facts.size(&Sym::new(size));
    }
    facts.bound(&Sym::new("i"), Some(expr("1")), Some(expr("N - 2")));
    facts.bound(&Sym::new("j"), Some(expr("i + 1")), Some(expr("N - 1")));
    facts.bound(
        &Sym::new("t"),
        Some(expr("0")),
        Some(expr("(N + 31) // 32 - 1")),
    );
    facts.bound(
        &Sym::new("l"),
        Some(expr("32*t")),
        Some(expr("min(32*t + 32, N) - 1")),
    );
    facts.assume_nonneg(expr("M - N"));
    for nonneg in [
        "i - 1",
        "N - 1 - i",
        "j - i - 1",
        "N - j - 1",
        "M - j - 1",
        "N*M",
        "N*M + i*K",
        "max(0, N - 5)",
        "N - l - 1",
        "l",
        "max(N, M) - M",
        "M - min(N, M)",
        "N // 2",
        "N - N // 2",
        "N % 7",
        "6 - N % 7",
        "N*N - N*i",
        "max(0, M - N) - M + N",
        "N // 2 - i // 2",
    ] {
        assert!(facts.is_nonneg(&expr(nonneg)), "{nonneg}");
    }
    for unknown in [
        "N - 4",
        "i - 2",
        "M - K",
        "N - M",
        "K - 1",
        "N % 7 - N % 7 * M",
        "2*(N % 7)*M - 3*(N % 7)*M*M + 1",
    ] {
        assert!(!facts.is_nonneg(&expr(unknown)), "{unknown}");
    }
    assert!(facts.ne(&expr("i"), &expr("j")) && facts.lt(&expr("i"), &expr("j")));
    assert!(facts.eq(&expr("max(N, M)"), &expr("M")));
}

#[test]
fn facts_end_with_their_scope() {
    let (mut facts, n, i) = (Facts::new(), Expr::sym("N"), Sym::new("i"));
    facts.size(&Sym::new("N"));
    let mark = facts.mark();
    facts.bound(&i, Some(Expr::zero()), Some(&n - 1));
    facts.assume_nonneg(&n - 7);
    assert!(facts.is_nonneg(&(&n - 7)) && facts.lt(&Expr::from(&i), &n));
    facts.truncate(mark);
    assert!(!facts.is_nonneg(&(&n - 7)) && !facts.lt(&Expr::from(&i), &n));
}

/// A question that cannot be answered costs little.
#[test]
fn hopeless_proofs_end() {
    let mut facts = Facts::new();
    let syms: Vec<Expr> = (0..12)
        .map(|k| Expr::sym(format!("s{k}").as_str()))
        .collect();
    let mut sum = Expr::int(-1);
    for pair in syms.windows(2) {
        facts.assume_nonneg(&pair[0] * &pair[1] - &pair[0]);
        sum = sum + Expr::maximum(&pair[0], &pair[1])
            - Expr::minimum(&pair[0], &Expr::int(3)) * &pair[1];
    }
    let start = std::time::Instant::now();
    assert!(!facts.is_nonneg(&sum));
    assert!(start.elapsed().as_millis() < 2000);
}

#[test]
fn what_wraps_is_written_so() {
    let n = Expr::sym("n");
    let next = (&n + 1).wrapped().expect("short");
    assert_eq!(next.to_string(), "int64(n + 1)");
    assert_eq!(parse("int64(n + 1)"), Ok(next.clone()));
    // Sums and products of what wraps wrap once, at the end.
    assert_eq!((&next - 1).wrapped(), Some(n.clone()));
    assert_eq!(
        (&next * &next).wrapped(),
        (&(&n * &n) + &(&n * 2) + 1).wrapped()
    );
    assert_eq!(Expr::big(1 << 63).wrapped(), Some(Expr::int(i64::MIN)));
    let most = |_: &Sym| Some(i64::MAX);
    assert_eq!(next.eval(&most), Some(i64::MIN));
    assert_eq!((&n + 1).eval(&most), None);
}

#[test]
fn facts_about_what_wraps() {
    let (n, i) = (Expr::sym("n"), Expr::sym("i"));
    let next = (&n + 1).wrapped().expect("short");
    let mut facts = Facts::new();
    facts.bound(&Sym::new("n"), None, None);
    assert!(!facts.lt(&n, &next) && !facts.le(&next, &n));
    // It is never more than `n + 1`, and so is what stays below it.
    assert!(facts.le(&next, &(&n + 1)));
    facts.bound(&Sym::new("i"), Some(Expr::zero()), Some(&next - 1));
    assert!(facts.le(&i, &n));
    assert!(!facts.le(&Expr::zero(), &next));
    // Sizes have room above them.
    facts.size(&Sym::new("N"));
    let size = Expr::sym("N");
    assert_eq!(facts.wrapped(&(&size * 3 - 5)), Some(&size * 3 - 5));
    assert_ne!(facts.wrapped(&(&size * &size)), Some(&size * &size));
    assert!(
        facts
            .wrapped(&(&size * &n))
            .is_some_and(|e| e.as_wrapped().is_some())
    );
}

#[test]
fn numbers_beyond_the_range_have_no_value() {
    let large = Expr::big(1 << 100) * Expr::sym("n");
    let product = &large * &large;
    assert_eq!(product.eval(&|_| Some(0)), None);
    let facts = Facts::new();
    assert!(!facts.is_nonneg(&product) && !facts.is_nonneg(&-&product));
}

proptest! {
    #[test]
    fn wrapping_is_that_of_machine_integers(
        tree in trees(4),
        values in [any::<i64>(), any::<i64>(), any::<i64>()],
    ) {
        fn machine(t: &Tree, values: [i64; 3]) -> Option<i64> {
            Some(match t {
                Tree::Int(v) => *v,
                Tree::Sym(k) => values[*k],
                Tree::Op(op, a, b) => {
                    let (a, b) = (machine(a, values)?, machine(b, values)?);
                    match op {
                        Op::Add => a.wrapping_add(b),
                        Op::Sub => a.wrapping_sub(b),
                        Op::Mul => a.wrapping_mul(b),
                        _ => return None,
                    }
                }
            })
        }
        if let (Some(expected), Some(e)) = (machine(&tree, values), tree.expr().wrapped()) {
            let value_of = |s: &Sym| NAMES.iter().position(|n| *n == s.as_str()).map(|k| values[k]);
            prop_assert_eq!(e.eval(&value_of), Some(expected));
        }
    }
}
