//! Generated functions: results, errors, layouts.

use dace::{Complex, Error, dace};
use ndarray::{Array1, Array2, Array3, ArrayView1, Axis, ShapeBuilder, array, s};

// Constants of the user's own do not get in the way of Python's names.
const N: usize = 5;
const FMA: bool = true;

dace! {
    def add(A: float64[N, M], B: float64[N, M]):
        return A + B

    def scale_in_place(A: float64[N, M], alpha: float64):
        A *= alpha

    def stencil(A: float64[N], B: float64[N]):
        B[1:-1] = A[:-2] + A[1:-1] + A[2:]

    def total(A: float64[N]):
        return np.sum(A)

    def extremes(A: float64[N]):
        return np.min(A), np.max(A), np.prod(A)

    def columns(A: float64[N, M]):
        return np.sum(A, axis=0)

    def integers(a: int32[N], b: int32[N]):
        return a // b, a % b, a << b, a >> b

    def unsigned(A: float64[N], B: float32[N]):
        return A.astype(np.uint8), A.astype(np.uint32), A.astype(np.uint64), B.astype(np.uint64), A.astype(np.int8)

    def at(A: float64[N, N], i: int64, j: int64):
        return A[i, j]

    def shifted(A: float64[N], k: int64):
        out = np.zeros_like(A)
        for i in range(3):
            out[i + k] = A[i + k] * 2.0
        return out

    def histogram(index: int64[M], n: int64):
        h = np.zeros(n, np.int64)
        for i in range(index.shape[0]):
            h[index[i]] += 1
        return h

    def first_above(A: float64[N], limit: float64):
        for i in range(A.shape[0]):
            if A[i] > limit:
                return i
        return -1

    def collatz(n: int64):
        steps = 0
        while n != 1:
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            steps += 1
        return steps

    def rotate(z: complex128[N], angle: float64):
        return z * np.exp(1j * angle)

    def keywords(type: float64[N], loop: float64):
        match_ = type * loop
        return match_ + 1.0

    def product(A: float64[N, K], B: float64[K, M]):
        return A @ B

    def solve(A: float64[N, N], b: float64[N]):
        return np.linalg.solve(A, b)

    def window(A: float64[N], n: int64):
        return np.zeros(n - 3) + A[0]

    def backwards(A: float64[N]):
        out = np.zeros_like(A)
        k = 0
        for i in range(A.shape[0] - 1, -1, -2):
            out[k] = A[i]
            k += 1
        return out

    def powers(a: int64[N], e: int64):
        return a ** e
}

#[test]
fn any_layout() {
    let a = Array2::from_shape_fn((N, 7), |(i, j)| (10 * i + j) as f64);
    let b = Array2::from_shape_fn((5, 7).f(), |(i, j)| (100 * i + j) as f64);
    let sum = &a + &b;
    assert_eq!(add(&a, &b).unwrap(), sum);
    // Reversed, strided and broadcast views.
    let r = a.slice(s![..;-1, ..;-1]);
    assert_eq!(add(&r, &b).unwrap(), &r + &b);
    let wide = Array2::from_shape_fn((5, 14), |(i, j)| (i * j) as f64);
    assert_eq!(
        add(&wide.slice(s![.., ..;2]), &a).unwrap(),
        &wide.slice(s![.., ..;2]) + &a
    );
    let row = array![1.0];
    assert_eq!(add(&row.broadcast((5, 7)).unwrap(), &a).unwrap(), &a + 1.0);
    let mut c = Array2::<f64>::ones((4, 6).f());
    scale_in_place(&mut c, 3.0).unwrap();
    assert_eq!(c, Array2::from_elem((4, 6), 3.0));
    let mut d = Array2::<f64>::ones((4, 6));
    scale_in_place(&mut d.slice_mut(s![1..3, ..;-2]), 3.0).unwrap();
    assert_eq!(d.sum(), 24.0 + 2.0 * 6.0);
    assert_eq!(d[[1, 5]], 3.0);
    assert_eq!(d[[1, 0]], 1.0);
}

#[test]
fn shapes_are_checked() {
    let (a, b) = (Array2::<f64>::zeros((2, 3)), Array2::<f64>::zeros((2, 4)));
    let error = add(&a, &b).unwrap_err();
    assert_eq!(
        error,
        Error::Shape {
            argument: "B",
            dimension: 1,
            expected: "M",
            value: Some(3),
            found: 4
        }
    );
    assert_eq!(
        error.to_string(),
        "argument `B`: dimension 1 is 4, expected M = 3"
    );
}

#[test]
fn empty_arrays() {
    for n in 0..4 {
        let a = Array1::<f64>::ones(n);
        let mut b = Array1::<f64>::zeros(n);
        stencil(&a, &mut b).unwrap();
        assert_eq!(b.sum(), 3.0 * n.saturating_sub(2) as f64);
        assert_eq!(total(&a).unwrap(), n as f64);
    }
    let a = Array2::<f64>::zeros((0, 3));
    assert_eq!(add(&a, &a).unwrap().dim(), (0, 3));
    assert!(extremes(&Array1::zeros(0)).is_err());
    assert_eq!(
        product(&Array2::zeros((2, 0)), &Array2::zeros((0, 3))).unwrap(),
        Array2::<f64>::zeros((2, 3))
    );
}

#[test]
fn large_enough_for_threads() {
    let n = 300_000;
    let a = Array1::from_shape_fn(n, |i| (i % 1000) as f64);
    assert_eq!(total(&a).unwrap(), a.sum());
    let (low, high, _) = extremes(&a).unwrap();
    assert_eq!((low, high), (0.0, 999.0));
    let mut b = Array1::zeros(n);
    stencil(&a, &mut b).unwrap();
    assert_eq!(b[5], 4.0 + 5.0 + 6.0);
    assert_eq!(b[n - 2], 997.0 + 998.0 + 999.0);
    let m = Array2::from_shape_fn((1500, 400), |(i, j)| ((i * j) % 7) as f64);
    assert_eq!(columns(&m).unwrap(), m.sum_axis(Axis(0)));
    assert_eq!(add(&m, &m).unwrap(), &m + &m);
}

#[test]
fn nan_wins() {
    let mut a = Array1::from_elem(100, 1.0);
    a[63] = f64::NAN;
    let (low, high, product) = extremes(&a).unwrap();
    assert!(low.is_nan() && high.is_nan() && product.is_nan());
}

#[test]
fn integer_arithmetic_is_numpys() {
    let a = array![7, -7, 7, -7, i32::MIN, 5];
    let b = array![2, 2, -2, -2, -1, 0];
    let (div, rem, left, right) = integers(&a, &b).unwrap();
    assert_eq!(div, array![3, -4, -4, 3, i32::MIN, 0]);
    assert_eq!(rem, array![1, 1, -1, -1, 0, 0]);
    assert_eq!(left, array![28, -28, 0, 0, 0, 5]);
    assert_eq!(right, array![1, -2, 0, -1, -1, 5]);
    assert_eq!(powers(&array![2, 3, -2], 3).unwrap(), array![8, 27, -8]);
    assert_eq!(powers(&array![2], -1), Err(Error::NegativePower));
}

#[test]
fn indices_are_checked() {
    let a = Array2::from_shape_fn((3, 3), |(i, j)| (3 * i + j) as f64);
    assert_eq!(at(&a, 1, 2).unwrap(), 5.0);
    assert_eq!(at(&a, -1, -3).unwrap(), 6.0);
    for (i, j) in [
        (3, 0),
        (0, 3),
        (-4, 0),
        (i64::MAX, 0),
        (i64::MIN, 0),
        (0, i64::MIN),
    ] {
        assert!(at(&a, i, j).is_err(), "{i} {j}");
    }
    let x = Array1::from_elem(6, 1.0);
    assert_eq!(
        shifted(&x, 3).unwrap(),
        array![0.0, 0.0, 0.0, 2.0, 2.0, 2.0]
    );
    for k in [4, 6, i64::MAX, i64::MAX - 1, i64::MIN] {
        assert!(shifted(&x, k).is_err(), "{k}");
    }
}

#[test]
fn data_dependent_indices() {
    let index = array![0, 2, 2, -1, 3];
    assert_eq!(histogram(&index, 4).unwrap(), array![1, 0, 2, 2]);
    assert!(histogram(&index, 3).is_err());
    assert!(histogram(&index, -1).is_err());
    assert!(histogram(&index, i64::MAX).is_err());
}

#[test]
fn control_flow() {
    let a = array![1.0, 5.0, 9.0];
    assert_eq!(first_above(&a, 4.0).unwrap(), 1);
    assert_eq!(first_above(&a, 40.0).unwrap(), -1);
    assert_eq!(collatz(27).unwrap(), 111);
    assert_eq!(
        backwards(&array![1.0, 2.0, 3.0, 4.0, 5.0]).unwrap(),
        array![5.0, 3.0, 1.0, 0.0, 0.0]
    );
}

#[test]
fn complex_numbers() {
    let z = array![Complex::new(1.0, 0.0), Complex::new(0.0, 2.0)];
    let turned = rotate(&z, std::f64::consts::FRAC_PI_2).unwrap();
    assert!((turned[0] - Complex::new(0.0, 1.0)).norm() < 1e-15);
    assert!((turned[1] - Complex::new(-2.0, 0.0)).norm() < 1e-15);
}

#[test]
fn names_of_rust() {
    let fast = if FMA { 2.0 } else { 1.0 };
    assert_eq!(keywords(&array![1.0, 2.0], fast).unwrap(), array![3.0, 5.0]);
    assert!(keywords::SOURCE.starts_with("def keywords"));
}

#[test]
fn matrices() {
    let a = Array2::from_shape_fn((3, 4), |(i, j)| (i + j) as f64);
    let b = Array2::from_shape_fn((4, 2).f(), |(i, j)| (i * j) as f64 + 1.0);
    assert_eq!(product(&a, &b).unwrap(), a.dot(&b));
    let m = array![[2.0, 1.0], [1.0, 3.0]];
    let x = solve(&m, &array![3.0, 5.0]).unwrap();
    assert!((x[0] - 0.8).abs() < 1e-14 && (x[1] - 1.4).abs() < 1e-14);
    assert_eq!(
        solve(&Array2::zeros((2, 2)), &array![1.0, 1.0]),
        Err(Error::Singular)
    );
}

#[test]
fn sizes_that_no_array_has() {
    let a = array![1.0];
    assert_eq!(window(&a, 5).unwrap(), array![1.0, 1.0]);
    assert!(window(&a, 2).is_err());
    assert!(window(&a, i64::MIN).is_err());
    assert!(window(&a, i64::MAX).is_err());
    assert!(window(&a, 1 << 61).is_err());
}

#[test]
fn views_of_three_dimensions() {
    let a = Array3::<f64>::ones((2, 3, 4));
    let lane: ArrayView1<f64> = a.slice(s![1, .., 2]);
    assert_eq!(total(&lane).unwrap(), 3.0);
}

/// As NumPy 2 has it on x86-64; what does not fit at all is no undefined behaviour.
#[test]
fn negative_floats_wrap() {
    let values = array![-1.5, 300.7, -6.0, 7.9, 1e300, f64::NAN];
    let single = values.mapv(|v| v as f32);
    let (a, b, c, d, e) = unsigned(&values, &single).expect("a result");
    let few = s![..4];
    assert_eq!(a.slice(few), array![255, 44, 250, 7]);
    assert_eq!(b.slice(few), array![u32::MAX, 300, u32::MAX - 5, 7]);
    assert_eq!(c.slice(few), array![u64::MAX, 300, u64::MAX - 5, 7]);
    assert_eq!(d.slice(few), array![u64::MAX, 300, u64::MAX - 5, 7]);
    assert_eq!(e.slice(few), array![-1, 44, -6, 7]);
}
