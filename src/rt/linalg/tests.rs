use super::{Field, MatMut, MatRef, Number, cholesky, inv, matmul, solve};
use crate::Error;
use num_complex::Complex;

/// Small pseudo-random integers, exact in every type.
struct Random(u64);
impl Random {
    fn next(&mut self) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 60) as i64 - 7
    }
}

/// A matrix in some layout, with elements around it that must stay as they are.
struct Matrix<T> {
    store: Vec<T>,
    offset: usize,
    shape: [usize; 2],
    strides: [isize; 2],
}

#[derive(Clone, Copy)]
enum Layout {
    Rows,
    Columns,
    /// Every other element of every other row.
    Sparse,
    /// Backwards.
    Reversed,
}
const LAYOUTS: [Layout; 4] = [
    Layout::Rows,
    Layout::Columns,
    Layout::Sparse,
    Layout::Reversed,
];

impl<T: Copy + PartialEq + core::fmt::Debug> Matrix<T> {
    fn new(shape: [usize; 2], layout: Layout, mut value: impl FnMut() -> T) -> Self {
        let [m, n] = [shape[0] as isize, shape[1] as isize];
        let (strides, offset) = match layout {
            Layout::Rows => ([n, 1], 0),
            Layout::Columns => ([1, m], 0),
            Layout::Sparse => ([4 * n.max(1), 2], 1),
            Layout::Reversed => ([-n, -1], (m * n - 1).max(0)),
        };
        let store = (0..4 * (m * n) as usize + 4).map(|_| value()).collect();
        Self {
            store,
            offset: offset as usize,
            shape,
            strides,
        }
    }
    fn get(&self, i: usize, j: usize) -> T {
        self.store[self.place(i, j)]
    }
    fn place(&self, i: usize, j: usize) -> usize {
        (self.offset as isize + i as isize * self.strides[0] + j as isize * self.strides[1])
            as usize
    }
    fn read(&self) -> MatRef<T> {
        MatRef {
            ptr: self.store[self.offset..].as_ptr(),
            shape: self.shape,
            strides: self.strides,
        }
    }
    fn write(&mut self) -> MatMut<T> {
        MatMut {
            ptr: self.store[self.offset..].as_mut_ptr(),
            shape: self.shape,
            strides: self.strides,
        }
    }
}

fn check_products<T: Number + PartialEq + core::fmt::Debug>(of: fn(i64) -> T, largest: usize) {
    let mut random = Random(1);
    let sizes = [0, 1, 2, 3, 4, 5, 7, 16, 17, 33, largest];
    for (case, m) in sizes.into_iter().enumerate() {
        for n in sizes {
            for k in sizes {
                let pick = |x: usize| LAYOUTS[(case + x) % 4];
                let mut value = || of(random.next());
                let a = Matrix::new([m, k], pick(n), &mut value);
                let b = Matrix::new([k, n], pick(k / 3), &mut value);
                for accumulate in [false, true] {
                    let mut c = Matrix::new([m, n], pick(n + k), &mut value);
                    let mut expected = c.store.clone();
                    for i in 0..m {
                        for j in 0..n {
                            let begin = if accumulate { c.get(i, j) } else { T::ZERO };
                            expected[c.place(i, j)] = (0..k)
                                .fold(begin, |s, l| s.madd::<false>(a.get(i, l), b.get(l, j)));
                        }
                    }
                    // SAFETY: the matrices are as large as they say.
                    unsafe { matmul(c.write(), a.read(), b.read(), accumulate) };
                    assert_eq!(
                        c.store, expected,
                        "{m} x {k} x {n}, accumulate: {accumulate}"
                    );
                }
            }
        }
    }
}

#[test]
fn products_of_floats() {
    check_products(|x| x as f64, 65);
    check_products(|x| x as f32, 40);
}

#[test]
fn products_of_complex_numbers() {
    check_products(|x| Complex::new(x as f64, (x * x % 5) as f64), 40);
    check_products(|x| Complex::new(x as f32, (x * x % 5) as f32), 24);
}

#[test]
fn products_of_integers_wrap() {
    check_products(|x| (x * 29) as i8, 30);
    check_products(|x| (x * 29) as u8, 20);
    check_products(|x| x * 0x1234_5678_9abc, 30);
    check_products(|x| x > 5, 30);
}

#[test]
fn long_vectors_and_shared_work() {
    let mut random = Random(5);
    for [m, k] in [[3, 100_000], [2000, 150], [150, 2000], [1, 300_000]] {
        for layout in LAYOUTS {
            let mut value = || random.next() as f64;
            let a = Matrix::new([m, k], layout, &mut value);
            let x = Matrix::new([k, 1], layout, &mut value);
            let mut y = Matrix::new([m, 1], layout, &mut value);
            // SAFETY: the matrices are as large as they say.
            unsafe { matmul(y.write(), a.read(), x.read(), false) };
            for i in 0..m {
                assert_eq!(
                    y.get(i, 0),
                    (0..k).map(|l| a.get(i, l) * x.get(l, 0)).sum::<f64>()
                );
            }
        }
    }
}

/// Large enough for more than one thread: blocks of the result, and chunks of the inner dimension.
#[test]
fn divided_products() {
    let mut random = Random(8);
    for [m, k, n] in [[331, 200, 290], [20, 9000, 33], [1001, 20, 190]] {
        for layout in LAYOUTS {
            let mut value = || random.next() as f64;
            let a = Matrix::new([m, k], Layout::Columns, &mut value);
            let b = Matrix::new([k, n], Layout::Rows, &mut value);
            for accumulate in [false, true] {
                let mut c = Matrix::new([m, n], layout, &mut value);
                let mut expected = c.store.clone();
                for i in 0..m {
                    for j in 0..n {
                        let begin = if accumulate { c.get(i, j) } else { 0.0 };
                        expected[c.place(i, j)] =
                            (0..k).fold(begin, |s, l| s + a.get(i, l) * b.get(l, j));
                    }
                }
                // SAFETY: the matrices are as large as they say.
                unsafe { matmul(c.write(), a.read(), b.read(), accumulate) };
                assert!(c.store == expected, "{m} x {k} x {n}");
            }
        }
    }
}

#[test]
fn few_rows_and_a_large_operand() {
    let mut random = Random(6);
    for [m, k, n] in [[2, 700, 150], [16, 1030, 65], [5, 65, 1100], [17, 300, 300]] {
        for transposed in [false, true] {
            for accumulate in [false, true] {
                let layout = if transposed {
                    Layout::Columns
                } else {
                    Layout::Rows
                };
                let mut value = || random.next() as f32;
                let a = Matrix::new([m, k], Layout::Sparse, &mut value);
                let b = Matrix::new([k, n], Layout::Rows, &mut value);
                let mut c =
                    Matrix::new(if transposed { [n, m] } else { [m, n] }, layout, &mut value);
                let mut expected = c.store.clone();
                for i in 0..m {
                    for j in 0..n {
                        let at = if transposed {
                            c.place(j, i)
                        } else {
                            c.place(i, j)
                        };
                        let begin = if accumulate { c.store[at] } else { 0.0 };
                        expected[at] = (0..k).fold(begin, |s, l| s + a.get(i, l) * b.get(l, j));
                    }
                }
                // SAFETY: the matrices are as large as they say.
                unsafe {
                    if transposed {
                        matmul(c.write(), b.read().t(), a.read().t(), accumulate);
                    } else {
                        matmul(c.write(), a.read(), b.read(), accumulate);
                    }
                }
                assert!(c.store == expected, "{m} x {k} x {n}");
            }
        }
    }
}

#[test]
fn products_with_the_own_transpose() {
    let mut random = Random(7);
    for n in [95, 96, 97, 203] {
        for layout in LAYOUTS {
            let a = Matrix::new([n, 12], layout, || random.next());
            let mut floats = Matrix::new([n, 12], layout, || 0.0);
            floats.store = a.store.iter().map(|x| *x as f64).collect();
            let mut c = Matrix::new([n, n], layout, || 1);
            let mut d = Matrix::new([n, n], layout, || 1.0);
            let mut expected = c.store.clone();
            for i in 0..n {
                for j in 0..n {
                    expected[c.place(i, j)] = (0..12).map(|l| a.get(i, l) * a.get(j, l)).sum();
                }
            }
            // SAFETY: the matrices are as large as they say.
            unsafe {
                matmul(c.write(), a.read(), a.read().t(), false);
                matmul(d.write(), floats.read(), floats.read().t(), false);
            }
            assert!(c.store == expected, "{n}");
            assert!(
                d.store.iter().zip(&expected).all(|(x, y)| *x == *y as f64),
                "{n}"
            );
        }
    }
}

#[test]
fn nan_comes_through() {
    for n in [1, 3, 20] {
        let a = Matrix::new([n, n], Layout::Rows, || 0.0);
        let mut b = Matrix::new([n, n], Layout::Rows, || 1.0);
        b.store[0] = f64::NAN;
        let mut c = Matrix::new([n, n], Layout::Rows, || 2.0);
        // SAFETY: the matrices are as large as they say.
        unsafe { matmul(c.write(), a.read(), b.read(), false) };
        assert!((0..n).all(|i| c.get(i, 0).is_nan()));
        assert!((0..n).all(|i| n == 1 || c.get(i, n - 1) == 0.0));
    }
}

fn check_equations<T: Field + PartialEq + core::fmt::Debug>(of: fn(i64, i64) -> T, tolerance: f64) {
    let mut random = Random(9);
    for n in [0, 1, 2, 3, 5, 8, 16, 17, 40, 130] {
        for layout in LAYOUTS {
            let mut value = || of(random.next(), random.next());
            let a = Matrix::new([n, n], layout, &mut value);
            for k in [1, 3] {
                let b = Matrix::new([n, k], layout, &mut value);
                let mut x = Matrix::new([n, k], layout, || T::ZERO);
                // SAFETY: the matrices are as large as they say.
                unsafe { solve(x.write(), a.read(), b.read(), "x") }.unwrap();
                let scale = x.store.iter().map(|v| v.size()).fold(1.0, f64::max) * n as f64 * 10.0;
                for i in 0..n {
                    for j in 0..k {
                        let back =
                            (0..n).fold(T::ZERO, |s, l| s.madd::<false>(a.get(i, l), x.get(l, j)));
                        assert!(
                            back.minus(b.get(i, j)).size() <= tolerance * scale,
                            "{n}: {back:?} is not {:?}",
                            b.get(i, j)
                        );
                    }
                }
            }
            let mut inverse = Matrix::new([n, n], layout, || T::ZERO);
            // SAFETY: the matrices are as large as they say.
            unsafe { inv(inverse.write(), a.read(), "x") }.unwrap();
            let scale =
                inverse.store.iter().map(|v| v.size()).fold(1.0, f64::max) * n as f64 * 10.0;
            for i in 0..n {
                for j in 0..n {
                    let back = (0..n).fold(T::ZERO, |s, l| {
                        s.madd::<false>(a.get(i, l), inverse.get(l, j))
                    });
                    let expected = if i == j { T::ONE } else { T::ZERO };
                    assert!(back.minus(expected).size() <= tolerance * scale);
                }
            }
            // A A^H + n I is positive definite.
            let mut p = Matrix::new([n, n], layout, || T::ZERO);
            for i in 0..n {
                for j in 0..n {
                    let s = (0..n).fold(T::ZERO, |s, l| {
                        s.madd::<false>(a.get(i, l), a.get(j, l).conj())
                    });
                    let at = p.place(i, j);
                    // What lies above the diagonal must not be read.
                    p.store[at] = if j > i {
                        T::from_real(f64::NAN)
                    } else if i == j {
                        s.plus(T::from_real(n as f64))
                    } else {
                        s
                    };
                }
            }
            let mut l = Matrix::new([n, n], layout, || T::ONE);
            // SAFETY: the matrices are as large as they say.
            unsafe { cholesky(l.write(), p.read(), "x") }.unwrap();
            for i in 0..n {
                for j in 0..=i {
                    let back = (0..=j).fold(T::ZERO, |s, q| {
                        s.madd::<false>(l.get(i, q), l.get(j, q).conj())
                    });
                    assert!(back.minus(p.get(i, j)).size() <= tolerance * n as f64 * 1000.0);
                    assert!(i == j || l.get(j, i) == T::ZERO);
                }
            }
        }
    }
}

#[test]
fn equations() {
    check_equations(|x, y| x as f64 + y as f64 / 7.0, 1e-13);
    check_equations(|x, y| x as f32 + y as f32 / 7.0, 1e-4);
    check_equations(|x, y| Complex::new(x as f64, y as f64 / 7.0), 1e-13);
    check_equations(|x, y| Complex::new(x as f32, y as f32 / 7.0), 1e-4);
}

/// An infinity reaches what it is multiplied by, and no other column.
#[test]
fn infinities_and_tiny_pivots() {
    for n in [2, 3, 16] {
        let mut a = Matrix::new([n, n], Layout::Rows, || 0.0);
        (0..n).for_each(|i| a.store[i * n + i] = if i == 0 { 1e-300 } else { 2.0 });
        a.store[n - 1] = 1.0;
        let mut b = Matrix::new([n, 5], Layout::Rows, || 1.0);
        b.store[(n - 1) * 5] = f64::INFINITY;
        let mut x = Matrix::new([n, 5], Layout::Rows, || 0.0);
        // SAFETY: the matrices are as large as they say.
        unsafe { solve(x.write(), a.read(), b.read(), "x") }.unwrap();
        assert_eq!(x.get(n - 1, 0), f64::INFINITY);
        // Between them it has met zeros.
        assert!(n > 2 || x.get(0, 0) == f64::NEG_INFINITY);
        for j in 1..5 {
            assert_eq!(x.get(0, j), 0.5 / 1e-300);
            assert_eq!(x.get(n - 1, j), 0.5);
        }
    }
}

#[test]
fn singular_and_indefinite_matrices() {
    for n in [1, 2, 8, 40] {
        let a = Matrix::new([n, n], Layout::Rows, || 0.0);
        let b = Matrix::new([n, 1], Layout::Rows, || 1.0);
        let mut x = Matrix::new([n, n], Layout::Rows, || 0.0);
        // SAFETY: the matrices are as large as they say.
        unsafe {
            assert_eq!(
                solve(x.write().block([0, 0], [n, 1]), a.read(), b.read(), "x"),
                Err(Error::Singular)
            );
            assert_eq!(inv(x.write(), a.read(), "x"), Err(Error::Singular));
            assert_eq!(
                cholesky(x.write(), a.read(), "x"),
                Err(Error::NotPositiveDefinite)
            );
        }
    }
}
