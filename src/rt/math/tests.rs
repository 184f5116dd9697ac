use super::{ComplexMath, Real};
use num_complex::Complex;

type Unary<T> = fn(T) -> T;

macro_rules! table {
    ($t:ty, $fma:literal: $($name:ident)*) => { [$((stringify!($name), (|x: $t| Real::$name::<$fma>(x)) as Unary<$t>)),*] };
}
macro_rules! tables {
    ($($name:ident)*) => {
        fn doubles() -> [Vec<(&'static str, Unary<f64>)>; 2] { [table!(f64, true: $($name)*).to_vec(), table!(f64, false: $($name)*).to_vec()] }
        fn singles() -> [Vec<(&'static str, Unary<f32>)>; 2] { [table!(f32, true: $($name)*).to_vec(), table!(f32, false: $($name)*).to_vec()] }
    };
}
tables! { exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh cbrt sqrt floor ceil trunc rint }

fn libm(name: &str, x: f64) -> f64 {
    match name {
        "exp" => x.exp(),
        "exp2" => x.exp2(),
        "expm1" => x.exp_m1(),
        "log" => x.ln(),
        "log2" => x.log2(),
        "log10" => x.log10(),
        "log1p" => x.ln_1p(),
        "sin" => x.sin(),
        "cos" => x.cos(),
        "tan" => x.tan(),
        "asin" => x.asin(),
        "acos" => x.acos(),
        "atan" => x.atan(),
        "sinh" => x.sinh(),
        "cosh" => x.cosh(),
        "tanh" => x.tanh(),
        // The standard library's own formulas lose digits; those of the C library are not reachable from here.
        "asinh" => {
            let a = x.abs();
            let y = if a < 1e8 {
                (a + a * a / (1.0 + (1.0 + a * a).sqrt())).ln_1p()
            } else {
                a.ln() + core::f64::consts::LN_2
            };
            y.copysign(x)
        }
        "acosh" if x < 1.0 => f64::NAN,
        "acosh" if x < 1e8 => ((x - 1.0) + ((x - 1.0) * (x + 1.0)).sqrt()).ln_1p(),
        "acosh" => x.ln() + core::f64::consts::LN_2,
        "atanh" => (0.5 * (2.0 * x.abs() / (1.0 - x.abs())).ln_1p()).copysign(x),
        "cbrt" => x.cbrt(),
        "sqrt" => x.sqrt(),
        "floor" => x.floor(),
        "ceil" => x.ceil(),
        "trunc" => x.trunc(),
        "rint" => x.round_ties_even(),
        other => unreachable!("{other}"),
    }
}

/// Distance in units in the last place; different NaN or sign of zero is infinitely far.
fn ulps(a: f64, b: f64) -> u64 {
    let ordered = |x: f64| {
        let b = x.to_bits() as i64;
        if b < 0 { i64::MIN - b } else { b }
    };
    match (a.is_nan(), b.is_nan()) {
        (true, true) => 0,
        (false, false) if a != 0.0 || b != 0.0 || a.is_sign_negative() == b.is_sign_negative() => {
            ordered(a).abs_diff(ordered(b))
        }
        _ => u64::MAX,
    }
}

fn lines(text: &str) -> impl Iterator<Item = (&str, Vec<f64>)> {
    text.lines().filter(|l| !l.starts_with('#')).map(|line| {
        let mut words = line.split(' ');
        let name = words.next().unwrap();
        (
            name,
            words
                .map(|w| f64::from_bits(u64::from_str_radix(w, 16).unwrap()))
                .collect(),
        )
    })
}

#[test]
fn double_precision_matches_high_precision_values() {
    for (name, v) in lines(include_str!("reference/real.txt")) {
        let got = match name {
            "pow" => [
                Real::pow::<true>(v[0], v[1]),
                Real::pow::<false>(v[0], v[1]),
            ],
            "atan2" => [
                Real::atan2::<true>(v[0], v[1]),
                Real::atan2::<false>(v[0], v[1]),
            ],
            "hypot" => [
                Real::hypot::<true>(v[0], v[1]),
                Real::hypot::<false>(v[0], v[1]),
            ],
            _ => doubles().map(|t| t.iter().find(|(n, _)| *n == name).unwrap().1(v[0])),
        };
        let expected = *v.last().unwrap();
        for g in got {
            assert!(
                ulps(g, expected) <= 2,
                "{name}({:e} {:e}) = {g:e}, not {expected:e}",
                v[0],
                v[1]
            );
        }
    }
}

const SPECIAL: [f64; 36] = [
    0.0,
    -0.0,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    -2.5,
    2.0,
    -2.0,
    3.0,
    -3.0,
    1e300,
    -1e300,
    5e-324,
    -5e-324,
    1e-310,
    -1e-310,
    1e17,
    4_503_599_627_370_497.0,
    9_007_199_254_740_992.0,
    -4_503_599_627_370_497.0,
    1e-20,
    -1e-20,
    1.000_000_000_1,
    1024.0,
    710.0,
    -746.0,
    709.0,
    1e9,
    4_503_599_627_370_495.5,
    2_251_799_813_685_247.5,
    -2_251_799_813_685_247.75,
];

#[test]
fn special_arguments() {
    for x in SPECIAL {
        for table in doubles() {
            for (name, f) in table {
                assert!(
                    ulps(f(x), libm(name, x)) <= 3,
                    "{name}({x:e}) = {:e}, not {:e}",
                    f(x),
                    libm(name, x)
                );
            }
        }
        for y in SPECIAL {
            for (name, expected, got) in [
                (
                    "pow",
                    x.powf(y),
                    [Real::pow::<true>(x, y), Real::pow::<false>(x, y)],
                ),
                (
                    "atan2",
                    x.atan2(y),
                    [Real::atan2::<true>(x, y), Real::atan2::<false>(x, y)],
                ),
                (
                    "hypot",
                    x.hypot(y),
                    [Real::hypot::<true>(x, y), Real::hypot::<false>(x, y)],
                ),
            ] {
                for g in got {
                    assert!(
                        ulps(g, expected) <= 2,
                        "{name}({x:e}, {y:e}) = {g:e}, not {expected:e}"
                    );
                }
            }
            let (x, y) = (x as f32, y as f32);
            for (name, expected, got) in [
                (
                    "pow",
                    f64::from(x).powf(f64::from(y)),
                    [Real::pow::<true>(x, y), Real::pow::<false>(x, y)],
                ),
                (
                    "atan2",
                    f64::from(x).atan2(f64::from(y)),
                    [Real::atan2::<true>(x, y), Real::atan2::<false>(x, y)],
                ),
                (
                    "hypot",
                    f64::from(x).hypot(f64::from(y)),
                    [Real::hypot::<true>(x, y), Real::hypot::<false>(x, y)],
                ),
            ] {
                for g in got {
                    assert!(
                        single_error(g, expected) <= 1.0,
                        "{name}({x:e}, {y:e}) = {g:e}, not {expected:e}"
                    );
                }
            }
        }
    }
}

/// Error of an `f32` in its units in the last place against a more precise value.
fn single_error(got: f32, exact: f64) -> f64 {
    let rounded = exact as f32;
    if rounded.is_nan() || got.is_nan() {
        return if rounded.is_nan() == got.is_nan() {
            0.0
        } else {
            f64::INFINITY
        };
    }
    if got == rounded {
        return if got == 0.0 && got.is_sign_negative() != rounded.is_sign_negative() {
            f64::INFINITY
        } else {
            0.0
        };
    }
    if !got.is_finite() || !rounded.is_finite() {
        return f64::INFINITY;
    }
    let unit = f64::from(f32::from_bits(rounded.abs().to_bits() + 1)) - f64::from(rounded.abs());
    (f64::from(got) - exact).abs() / unit
}

/// All of `f32` in steps; `DACE_MATH_STEP=1` walks through every value.
#[test]
fn single_precision_over_the_whole_range() {
    let step: u64 = std::env::var("DACE_MATH_STEP")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(400_009);
    for ((name, f), (_, g)) in singles()[0].iter().zip(&singles()[1]) {
        let mut bits = 0;
        while bits < 1 << 32 {
            let x = f32::from_bits(bits as u32);
            let exact = libm(name, f64::from(x));
            for y in [f(x), g(x)] {
                assert!(
                    single_error(y, exact) <= 1.0,
                    "{name}({x:e}) = {y:e}, not {exact:e}"
                );
            }
            bits += step;
        }
    }
}

fn close(a: f64, b: f64, size: f64) -> bool {
    a == b && (a != 0.0 || a.is_sign_negative() == b.is_sign_negative())
        || a.is_nan() && b.is_nan()
        || (a - b).abs() <= 1e-14 * size.abs()
}

fn complex_unary<const FMA: bool>(name: &str, z: Complex<f64>) -> Complex<f64> {
    match name {
        "exp" => ComplexMath::exp::<FMA>(z),
        "log" => ComplexMath::log::<FMA>(z),
        "log2" => ComplexMath::log2::<FMA>(z),
        "log10" => ComplexMath::log10::<FMA>(z),
        "sqrt" => ComplexMath::sqrt::<FMA>(z),
        "sin" => ComplexMath::sin::<FMA>(z),
        "cos" => ComplexMath::cos::<FMA>(z),
        "tan" => ComplexMath::tan::<FMA>(z),
        "sinh" => ComplexMath::sinh::<FMA>(z),
        "cosh" => ComplexMath::cosh::<FMA>(z),
        "tanh" => ComplexMath::tanh::<FMA>(z),
        "abs" => Complex::new(ComplexMath::abs::<FMA>(z), 0.0),
        other => unreachable!("{other}"),
    }
}

/// Values and special cases as NumPy computes them.
#[test]
fn complex_functions_match_numpy() {
    let mut wrong = 0;
    for (name, v) in lines(include_str!("reference/complex.txt")) {
        let z = Complex::new(v[0], v[1]);
        let (got, expected) = if v.len() == 4 {
            (
                [
                    complex_unary::<true>(name, z),
                    complex_unary::<false>(name, z),
                ],
                Complex::new(v[2], v[3]),
            )
        } else {
            let y = Complex::new(v[2], v[3]);
            let got = if name == "pow" {
                [
                    ComplexMath::pow::<true>(z, y),
                    ComplexMath::pow::<false>(z, y),
                ]
            } else {
                [
                    ComplexMath::div::<true>(z, y),
                    ComplexMath::div::<false>(z, y),
                ]
            };
            (got, Complex::new(v[4], v[5]))
        };
        // The size of the number, not of each part, is what a product keeps.
        let finite = expected.re.is_finite() && expected.im.is_finite();
        let (sr, si) = if finite {
            (
                expected.re.hypot(expected.im),
                expected.re.hypot(expected.im),
            )
        } else {
            (expected.re, expected.im)
        };
        // An error of the logarithm grows with the exponent.
        let slack = if name == "pow" { 10.0 } else { 1.0 };
        let (sr, si) = (sr * slack, si * slack);
        for g in got {
            if !close(g.re, expected.re, sr) || !close(g.im, expected.im, si) {
                wrong += 1;
                println!("{name} {v:?}: {g:e}, not {expected:e}");
            }
        }
    }
    assert_eq!(wrong, 0);
}

/// Powers by roots and products against the C library's, special cases included.
#[test]
fn half_powers_agree_with_pow() {
    let mut x = 5e-324_f64;
    let mut arguments = vec![
        0.0,
        -0.0,
        1.0,
        -1.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        f64::MAX,
        f64::MIN_POSITIVE,
        -2.5,
    ];
    while x < 1e308 {
        arguments.push(x);
        x *= 1.618;
    }
    for x in arguments {
        let results = [
            (-2.5, Real::half_power::<2, true>(x)),
            (-1.5, Real::half_power::<1, true>(x)),
            (-0.5, Real::half_power::<0, true>(x)),
            (1.5, Real::half_power::<1, false>(x)),
            (2.5, Real::half_power::<2, false>(x)),
        ];
        for (y, result) in results {
            let expected = x.powf(y);
            assert!(
                ulps(result, expected) <= 2,
                "{x:e}**{y}: {result:e} instead of {expected:e}"
            );
        }
        let single = (x as f32, Real::half_power::<1, true>(x as f32));
        let expected = f64::from(single.0).powf(-1.5) as f32;
        assert!(
            single.1 == expected
                || (single.1.is_nan() && expected.is_nan())
                || (single.1 / expected - 1.0).abs() < 2e-7,
            "{}: {} instead of {expected}",
            single.0,
            single.1
        );
    }
}
