//! Linear algebra in generated functions: results, types, singular matrices; products of stacks; where an extreme value stands.

use dace::{Complex, Error, dace};
use ndarray::{Array, Array1, Array2, Array3, Axis, ShapeBuilder, array, s};

dace! {
    def inverse(A: float64[N, N]):
        return np.linalg.inv(A)

    def inverse_single(A: float32[N, N]):
        return np.linalg.inv(A)

    def inverse_complex(A: complex128[N, N]):
        return np.linalg.inv(A)

    def solve_one(A: float64[N, N], b: float64[N]):
        return np.linalg.solve(A, b)

    def solve_many(A: float64[N, N], B: float64[N, K]):
        return np.linalg.solve(A, B)

    def solve_single(A: float32[N, N], b: float32[N]):
        return np.linalg.solve(A, b)

    def solve_complex(A: complex128[N, N], b: complex128[N]):
        return np.linalg.solve(A, b)

    def solve_integers(A: int64[N, N], b: int32[N]):
        return np.linalg.solve(A, b)

    def factor(A: float64[N, N]):
        return np.linalg.cholesky(A)

    def factor_single(A: float32[N, N]):
        return np.linalg.cholesky(A)

    def factor_complex(A: complex128[N, N]):
        return np.linalg.cholesky(A)

    def in_turn(A: float64[N, N], b: float64[N], steps: int64):
        x = b + 0.0
        for t in range(steps):
            x[:] = np.linalg.solve(A, x) + np.linalg.inv(A) @ b
        return x

    def stack(A: float64[K, N, M], B: float64[K, M, L]):
        return A @ B

    def stack_of_one(A: float64[K, N, M], B: float64[M, L]):
        return A @ B

    def stack_of_vectors(A: float64[K, N, M], x: float64[M]):
        return A @ x

    def stack_of_integers(A: int32[K, N, M], B: int32[K, M, L]):
        return np.matmul(A, B)

    def extremes(A: float64[N, M]):
        return np.argmin(A), np.argmax(A), np.argmin(A, axis=0), np.argmax(A, axis=1)

    def extremes_of_integers(A: int32[N]):
        return np.argmin(A), np.argmax(A[::-1])

    def late(A: float64[N], limit: float64):
        n = 0
        for i in range(A.shape[0]):
            if A[i] > limit:
                n += 1
        found = np.zeros(n)
        if n == 0:
            return found, n
        k = 0
        for i in range(A.shape[0]):
            if A[i] > limit:
                found[k] = A[i]
                k += 1
            if k > 3:
                return found * 2.0, n
        return found[::-1], n
}

/// A matrix far from singular, without symmetry.
fn matrix(n: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, n), |(i, j)| {
        let x = ((7 * i + 13 * j) % 11) as f64 / 11.0 - 0.4;
        if i == j { x + n as f64 } else { x }
    })
}

fn complex(n: usize) -> Array2<Complex<f64>> {
    let (re, im) = (matrix(n), matrix(n).reversed_axes());
    Array2::from_shape_fn((n, n), |at| Complex::new(re[at], 0.5 * im[at]))
}

/// Of the size that one block of the factorisation takes, and beyond.
const SIZES: [usize; 7] = [0, 1, 2, 5, 16, 33, 80];

fn close<D: ndarray::Dimension>(a: &Array<f64, D>, b: &Array<f64, D>, tolerance: f64) -> bool {
    a.shape() == b.shape() && a.iter().zip(b).all(|(x, y)| (x - y).abs() <= tolerance)
}

fn norms(a: &Array2<Complex<f64>>) -> Array2<f64> {
    a.map(|z| z.norm())
}

#[test]
fn inverses() {
    for n in SIZES {
        let a = matrix(n);
        let eye = Array2::<f64>::eye(n);
        assert!(close(&inverse(&a).unwrap().dot(&a), &eye, 1e-13), "{n}");
        // Rows in the order of columns, and of every other column.
        let turned = a.t();
        assert!(close(&inverse(&turned).unwrap().dot(&turned), &eye, 1e-13));
        let mut wide = Array2::zeros((n, 2 * n));
        wide.slice_mut(s![.., ..;2]).assign(&a);
        assert!(close(
            &inverse(&wide.slice(s![.., ..;2])).unwrap().dot(&a),
            &eye,
            1e-13
        ));
        let single = a.map(|x| *x as f32);
        let product = inverse_single(&single).unwrap().dot(&single);
        assert!(close(&product.map(|x| f64::from(*x)), &eye, 1e-4));
        let z = complex(n);
        let rest = inverse_complex(&z).unwrap().dot(&z) - eye.map(|x| Complex::new(*x, 0.0));
        assert!(norms(&rest).iter().all(|e| *e < 1e-13));
    }
}

#[test]
fn solutions() {
    for n in SIZES {
        let (a, z) = (matrix(n), complex(n));
        let b = Array1::from_shape_fn(n, |i| (i % 5) as f64 - 2.0);
        assert!(close(&a.dot(&solve_one(&a, &b).unwrap()), &b, 1e-12));
        let many = Array2::from_shape_fn((n, 3).f(), |(i, j)| (i + j) as f64);
        assert!(close(&a.dot(&solve_many(&a, &many).unwrap()), &many, 1e-12));
        assert_eq!(
            solve_many(&a, &Array2::zeros((n, 0))).unwrap(),
            Array2::zeros((n, 0))
        );
        let x = solve_single(&a.map(|x| *x as f32), &b.map(|x| *x as f32)).unwrap();
        assert!(close(&a.dot(&x.map(|x| f64::from(*x))), &b, 1e-4));
        let c = b.map(|x| Complex::new(*x, 1.0 - *x));
        let rest = z.dot(&solve_complex(&z, &c).unwrap()) - &c;
        assert!(rest.iter().all(|e| e.norm() < 1e-12));
    }
    let x = solve_integers(&array![[2, 1], [1, 3]], &array![3, 5]).unwrap();
    assert!(close(&x, &array![0.8, 1.4], 1e-15));
    // The pivot is not on the diagonal.
    let x = solve_one(&array![[0.0, 2.0], [4.0, 0.0]], &array![2.0, 8.0]).unwrap();
    assert_eq!(x, array![2.0, 1.0]);
    let a = matrix(4);
    let b = array![1.0, 2.0, 3.0, 4.0];
    let inverse = inverse(&a).unwrap();
    let once = inverse.dot(&b) * 2.0;
    let twice = inverse.dot(&once) + inverse.dot(&b);
    assert!(close(&in_turn(&a, &b, 2).unwrap(), &twice, 1e-14));
    assert_eq!(in_turn(&Array2::zeros((4, 4)), &b, 0).unwrap(), b);
}

#[test]
fn singular_matrices() {
    for n in [1, 2, 5, 33, 80] {
        // A row of zeros is the last to be found out.
        let mut a = matrix(n);
        a.row_mut(n / 2).fill(0.0);
        let b = Array1::ones(n);
        assert_eq!(inverse(&a), Err(Error::Singular), "{n}");
        assert_eq!(solve_one(&a, &b), Err(Error::Singular));
        assert_eq!(solve_many(&a, &Array2::ones((n, 2))), Err(Error::Singular));
        assert_eq!(in_turn(&a, &b, 1), Err(Error::Singular));
        let single = a.map(|x| *x as f32);
        assert_eq!(inverse_single(&single), Err(Error::Singular));
        assert_eq!(
            solve_single(&single, &Array1::ones(n)),
            Err(Error::Singular)
        );
        let z = a.map(|x| Complex::new(0.0, *x));
        assert_eq!(inverse_complex(&z), Err(Error::Singular));
        assert_eq!(solve_complex(&z, &Array1::ones(n)), Err(Error::Singular));
    }
    let twice = array![[1.0, 2.0], [2.0, 4.0]];
    assert_eq!(inverse(&twice), Err(Error::Singular));
    // Not square.
    let error = inverse(&Array2::zeros((2, 3))).unwrap_err();
    assert!(matches!(
        error,
        Error::Shape {
            argument: "A",
            dimension: 1,
            ..
        }
    ));
}

#[test]
fn cholesky_factors() {
    for n in SIZES {
        let a = matrix(n);
        let positive = a.dot(&a.t());
        let l = factor(&positive).unwrap();
        assert!(close(&l.dot(&l.t()), &positive, 1e-10 * (1 + n * n) as f64));
        // Of the upper triangle nothing is read, and zeros are returned.
        let mut lower = positive.clone();
        for ((i, j), x) in lower.indexed_iter_mut() {
            if j > i {
                *x = f64::NAN;
            }
        }
        assert_eq!(factor(&lower).unwrap(), l);
        assert!(l.indexed_iter().all(|((i, j), x)| j <= i || *x == 0.0));
        let single = factor_single(&positive.map(|x| *x as f32)).unwrap();
        assert!(close(
            &single.map(|x| f64::from(*x)),
            &l,
            1e-3 * (1 + n) as f64
        ));
        let z = complex(n);
        let adjoint = z.t().map(|x| x.conj());
        let positive = z.dot(&adjoint);
        let l = factor_complex(&positive).unwrap();
        let rest = l.dot(&l.t().map(|x| x.conj())) - &positive;
        assert!(norms(&rest).iter().all(|e| *e < 1e-10 * (1 + n * n) as f64));
    }
}

#[test]
fn matrices_that_are_not_positive_definite() {
    for n in [1, 2, 5, 33, 80] {
        for bad in [0.0, -1.0, f64::NAN] {
            let mut a = Array2::<f64>::eye(n);
            a[[n - 1, n - 1]] = bad;
            assert_eq!(factor(&a), Err(Error::NotPositiveDefinite), "{n} {bad}");
            assert_eq!(
                factor_single(&a.map(|x| *x as f32)),
                Err(Error::NotPositiveDefinite)
            );
            assert_eq!(
                factor_complex(&a.map(|x| Complex::new(*x, 0.0))),
                Err(Error::NotPositiveDefinite)
            );
        }
    }
    assert_eq!(
        factor(&array![[1.0, 2.0], [2.0, 1.0]]),
        Err(Error::NotPositiveDefinite)
    );
}

#[test]
fn products_of_stacks() {
    for (k, n, m, l) in [
        (0, 2, 3, 4),
        (3, 0, 3, 4),
        (3, 2, 0, 4),
        (1, 1, 1, 1),
        (4, 5, 6, 7),
        (2, 40, 30, 50),
    ] {
        let a = Array3::from_shape_fn((k, n, m), |(b, i, j)| ((b + 2 * i + 3 * j) % 7) as f64);
        let b = Array3::from_shape_fn((k, m, l).f(), |(b, i, j)| ((3 * b + i + j) % 5) as f64);
        let mut expected = Array3::zeros((k, n, l));
        for (mut c, (a, b)) in expected
            .outer_iter_mut()
            .zip(a.outer_iter().zip(b.outer_iter()))
        {
            c.assign(&a.dot(&b));
        }
        assert_eq!(stack(&a, &b).unwrap(), expected, "{k} {n} {m} {l}");
        let integers = stack_of_integers(&a.map(|x| *x as i32), &b.map(|x| *x as i32)).unwrap();
        assert_eq!(integers, expected.map(|x| *x as i32));
        let one = Array2::from_shape_fn((m, l), |(i, j)| (i * j % 3) as f64);
        let x = Array1::from_shape_fn(m, |i| (i % 4) as f64);
        let (matrices, vectors) = (
            stack_of_one(&a, &one).unwrap(),
            stack_of_vectors(&a, &x).unwrap(),
        );
        assert_eq!((matrices.dim(), vectors.dim()), ((k, n, l), (k, n)));
        for (b, a) in a.outer_iter().enumerate() {
            assert_eq!(matrices.index_axis(Axis(0), b), a.dot(&one));
            assert_eq!(vectors.index_axis(Axis(0), b), a.dot(&x));
        }
    }
    let (a, b) = (Array3::zeros((2, 3, 4)), Array3::zeros((3, 4, 5)));
    assert!(matches!(
        stack(&a, &b),
        Err(Error::Shape {
            argument: "B",
            dimension: 0,
            ..
        })
    ));
}

#[test]
fn where_extremes_stand() {
    let a = array![[3.0, 1.0, 2.0], [1.0, 5.0, 5.0]];
    let (least, greatest, of_columns, of_rows) = extremes(&a).unwrap();
    // The first of equals; indices are those of the flattened array.
    assert_eq!((least, greatest), (1, 4));
    assert_eq!((of_columns, of_rows), (array![1, 0, 0], array![0, 1]));
    let (least, greatest, of_columns, of_rows) =
        extremes(&array![[0.0, f64::NAN], [f64::NAN, 1.0]]).unwrap();
    assert_eq!((least, greatest), (1, 1));
    assert_eq!((of_columns, of_rows), (array![1, 0], array![1, 0]));
    let turned = a.t();
    assert_eq!(extremes(&turned).unwrap().0, 1);
    assert!(extremes(&Array2::zeros((0, 3))).is_err());
    assert!(extremes(&Array2::zeros((3, 0))).is_err());
    let i = array![4, i32::MIN, i32::MAX, i32::MIN, i32::MAX];
    assert_eq!(extremes_of_integers(&i).unwrap(), (1, 0));
    assert!(extremes_of_integers(&Array1::zeros(0)).is_err());
}

#[test]
fn results_of_sizes_known_late() {
    let a = array![1.0, 5.0, 2.0, 8.0, 7.0, 6.0];
    assert_eq!(late(&a, 9.0).unwrap(), (Array1::zeros(0), 0));
    assert_eq!(late(&a, 6.5).unwrap(), (array![7.0, 8.0], 2));
    assert_eq!(late(&a, 4.0).unwrap(), (array![10.0, 16.0, 14.0, 12.0], 4));
    assert_eq!(late(&Array1::zeros(0), 4.0).unwrap(), (Array1::zeros(0), 0));
}
