//! The texts of dense linear algebra against the definitions of their programs, as `definitions.rs` has them for others.

mod common;

use common::check;
use ndarray::{Array1, Array2, Array3};
use num_complex::Complex;

type Vector = Array1<f64>;
type Matrix = Array2<f64>;
type Cube = Array3<f64>;
type ComplexMatrix = Array2<Complex<f64>>;

#[test]
fn products() {
    let product = |a: &Matrix, b: &Matrix| {
        let ((n, m), l) = (a.dim(), b.ncols());
        Matrix::from_shape_fn((n, l), |(i, j)| (0..m).map(|k| a[[i, k]] * b[[k, j]]).sum())
    };
    check("k3mm", |x| {
        let m: [Matrix; 4] = [x.array(0), x.array(1), x.array(2), x.array(3)];
        vec![product(&product(&m[0], &m[1]), &product(&m[2], &m[3])).into()]
    });
    // `A x` and `x A`.
    let times = |a: &Matrix, x: &Vector| -> Vector {
        a.rows()
            .into_iter()
            .map(|row| row.iter().zip(x).map(|(a, x)| a * x).sum())
            .collect()
    };
    let transposed_times = |a: &Matrix, x: &Vector| times(&a.t().to_owned(), x);
    check("bicg", |x| {
        let (a, p, r): (Matrix, Vector, Vector) = (x.array(0), x.array(1), x.array(2));
        vec![transposed_times(&a, &r).into(), times(&a, &p).into()]
    });
    check("mvt", |x| {
        let v: Vec<Vector> = (0..4).map(|i| x.array(i)).collect();
        let a: Matrix = x.array(4);
        vec![
            (&v[0] + times(&a, &v[2])).into(),
            (&v[1] + transposed_times(&a, &v[3])).into(),
        ]
    });
    check("gemver", |x| {
        let mut a: Matrix = x.array(2);
        let v: Vec<Vector> = (3..11).map(|i| x.array(i)).collect();
        let [u1, v1, u2, v2, w, z0, y, z] = &v[..] else {
            panic!("eight vectors")
        };
        for ((i, j), a) in a.indexed_iter_mut() {
            *a += u1[i] * v1[j] + u2[i] * v2[j];
        }
        let new_x = z0 + &(transposed_times(&a, y) * x.float(1)) + z;
        let new_w = w + &(times(&a, &new_x) * x.float(0));
        vec![a.into(), new_w.into(), new_x.into()]
    });
    check("doitgen", |x| {
        let (a, c): (Cube, Matrix) = (x.array(3), x.array(4));
        let sum = |(r, q, p)| (0..c.nrows()).map(|s| a[[r, q, s]] * c[[s, p]]).sum();
        vec![Cube::from_shape_fn(a.dim(), sum).into()]
    });
}

/// Products with symmetric and triangular matrices.
#[test]
fn structured_products() {
    check("symm", |x| {
        let (c, a, b): (Matrix, Matrix, Matrix) = (x.array(2), x.array(3), x.array(4));
        let symmetric = |i: usize, k: usize| a[[i.max(k), i.min(k)]];
        let value = |(i, j)| {
            let sum: f64 = (0..b.nrows()).map(|k| symmetric(i, k) * b[[k, j]]).sum();
            x.float(0) * sum + x.float(1) * c[[i, j]]
        };
        vec![Matrix::from_shape_fn(c.dim(), value).into()]
    });
    check("syrk", |x| {
        let (mut c, a): (Matrix, Matrix) = (x.array(2), x.array(3));
        for i in 0..c.nrows() {
            for j in 0..=i {
                let sum: f64 = (0..a.ncols()).map(|k| a[[i, k]] * a[[j, k]]).sum();
                c[[i, j]] = x.float(0) * sum + x.float(1) * c[[i, j]];
            }
        }
        vec![c.into()]
    });
    check("syr2k", |x| {
        let (mut c, a, b): (Matrix, Matrix, Matrix) = (x.array(2), x.array(3), x.array(4));
        for i in 0..c.nrows() {
            for j in 0..=i {
                let sum: f64 = (0..a.ncols())
                    .map(|k| a[[i, k]] * b[[j, k]] + b[[i, k]] * a[[j, k]])
                    .sum();
                c[[i, j]] = x.float(0) * sum + x.float(1) * c[[i, j]];
            }
        }
        vec![c.into()]
    });
    check("trmm", |x| {
        let (a, b): (Matrix, Matrix) = (x.array(1), x.array(2));
        let value = |(i, j)| {
            // Column `i` of a unit lower triangle.
            let below: f64 = (i + 1..b.nrows()).map(|k| a[[k, i]] * b[[k, j]]).sum();
            x.float(0) * (b[[i, j]] + below)
        };
        vec![Matrix::from_shape_fn(b.dim(), value).into()]
    });
}

/// Gaussian elimination without pivoting, multipliers kept below the diagonal.
fn eliminate(a: &mut Matrix) {
    let n = a.nrows();
    for k in 0..n {
        for i in k + 1..n {
            a[[i, k]] /= a[[k, k]];
            for j in k + 1..n {
                a[[i, j]] -= a[[i, k]] * a[[k, j]];
            }
        }
    }
}

/// `solve(t, y)` of complex numbers by Gauss-Jordan elimination with pivoting.
fn gauss_jordan(mut t: ComplexMatrix, mut y: ComplexMatrix) -> ComplexMatrix {
    let n = t.nrows();
    for k in 0..n {
        let pivot = (k..n)
            .max_by(|i, j| t[[*i, k]].norm().total_cmp(&t[[*j, k]].norm()))
            .expect("a row");
        for j in 0..n {
            t.swap([k, j], [pivot, j]);
        }
        for j in 0..y.ncols() {
            y.swap([k, j], [pivot, j]);
        }
        for i in (0..n).filter(|i| *i != k) {
            let factor = t[[i, k]] / t[[k, k]];
            for j in 0..n {
                let above = t[[k, j]];
                t[[i, j]] -= factor * above;
            }
            for j in 0..y.ncols() {
                let above = y[[k, j]];
                y[[i, j]] -= factor * above;
            }
        }
    }
    ComplexMatrix::from_shape_fn(y.dim(), |(i, j)| y[[i, j]] / t[[i, i]])
}

#[test]
fn decompositions() {
    check("cholesky2", |x| {
        let a: Matrix = x.array(0);
        // The upper triangle is that of the matrix.
        let mut l = a.clone();
        for j in 0..a.nrows() {
            for i in j..a.nrows() {
                let sum: f64 = (0..j).map(|k| l[[i, k]] * l[[j, k]]).sum();
                let rest = a[[i, j]] - sum;
                l[[i, j]] = if i == j {
                    rest.sqrt()
                } else {
                    rest / l[[j, j]]
                };
            }
        }
        vec![l.into()]
    });
    check("ludcmp", |x| {
        let (mut a, b): (Matrix, Vector) = (x.array(0), x.array(1));
        eliminate(&mut a);
        let mut y = b.clone();
        for i in 0..y.len() {
            for k in 0..i {
                y[i] -= a[[i, k]] * y[k];
            }
        }
        let mut solution = y.clone();
        for i in (0..y.len()).rev() {
            for k in i + 1..y.len() {
                solution[i] -= a[[i, k]] * solution[k];
            }
            solution[i] /= a[[i, i]];
        }
        vec![a.into(), solution.into(), y.into()]
    });
    check("gramschmidt", |x| {
        let mut a: Matrix = x.array(0);
        let (m, n) = a.dim();
        let (mut q, mut r) = (Matrix::zeros((m, n)), Matrix::zeros((n, n)));
        for k in 0..n {
            let square: f64 = (0..m).map(|i| a[[i, k]] * a[[i, k]]).sum();
            r[[k, k]] = square.sqrt();
            for i in 0..m {
                q[[i, k]] = a[[i, k]] / r[[k, k]];
            }
            for j in k + 1..n {
                r[[k, j]] = (0..m).map(|i| q[[i, k]] * a[[i, j]]).sum();
                for i in 0..m {
                    a[[i, j]] -= q[[i, k]] * r[[k, j]];
                }
            }
        }
        vec![a.into(), q.into(), r.into()]
    });
    check("contour_integral", |x| {
        let h: Array3<Complex<f64>> = x.array(3);
        let (points, y): (Array1<Complex<f64>>, ComplexMatrix) = (x.array(4), x.array(5));
        let mut p0 = ComplexMatrix::zeros(y.dim());
        let mut p1 = p0.clone();
        for z in points {
            let t = ComplexMatrix::from_shape_fn((y.nrows(), y.nrows()), |(i, j)| {
                (0..h.dim().0)
                    .map(|n| z.powi(x.int(2) as i32 / 2 - n as i32) * h[[n, i, j]])
                    .sum()
            });
            let sign = if z.norm() < 1.0 { -1.0 } else { 1.0 };
            let solution = gauss_jordan(t, y.clone()) * Complex::from(sign);
            p0 += &solution;
            p1 += &(solution * z);
        }
        vec![p0.into(), p1.into()]
    });
}

/// The columns of a data set less their means.
fn centred(data: &Matrix) -> Matrix {
    let n = data.nrows() as f64;
    let mean = |j: usize| data.column(j).iter().sum::<f64>() / n;
    Matrix::from_shape_fn(data.dim(), |(i, j)| data[[i, j]] - mean(j))
}

#[test]
fn statistics() {
    let covariance = |c: &Matrix, divisor: f64| {
        Matrix::from_shape_fn((c.ncols(), c.ncols()), |(i, j)| {
            let sum: f64 = c.rows().into_iter().map(|row| row[i] * row[j]).sum();
            sum / divisor
        })
    };
    check("covariance", |x| {
        let c = centred(&x.array(2));
        let result = covariance(&c, x.float(1) - 1.0);
        vec![c.into(), result.into()]
    });
    check("covariance2", |x| {
        let c = centred(&x.array(2));
        vec![covariance(&c, c.nrows() as f64 - 1.0).into()]
    });
    check("correlation", |x| {
        let mut c = centred(&x.array(2));
        let n = c.nrows() as f64;
        for mut column in c.columns_mut() {
            let deviation = (column.iter().map(|x| x * x).sum::<f64>() / n).sqrt();
            // Next to constant columns are left as they are.
            let deviation = if deviation <= 0.1 { 1.0 } else { deviation };
            column.mapv_inplace(|x| x / (n.sqrt() * deviation));
        }
        let mut result = covariance(&c, 1.0);
        result.diag_mut().fill(1.0);
        vec![c.into(), result.into()]
    });
}

#[test]
fn sweeps() {
    check("adi", |x| {
        let (steps, n) = (x.int(0), x.int(1) as usize);
        let mut u: Matrix = x.array(2);
        let (mut v, mut p, mut q) = (
            Matrix::zeros((n, n)),
            Matrix::zeros((n, n)),
            Matrix::zeros((n, n)),
        );
        let (h, dt) = (1.0 / n as f64, 1.0 / steps as f64);
        let (mul1, mul2) = (2.0 * dt / (h * h), dt / (h * h));
        let (a, b, d, e) = (-mul1 / 2.0, 1.0 + mul2, -mul2 / 2.0, 1.0 + mul2);
        for _ in 0..steps {
            for i in 1..n - 1 {
                (v[[0, i]], p[[i, 0]], q[[i, 0]]) = (1.0, 0.0, 1.0);
                for j in 1..n - 1 {
                    let divisor = a * p[[i, j - 1]] + b;
                    p[[i, j]] = -a / divisor;
                    q[[i, j]] = (-d * u[[j, i - 1]] + (1.0 + 2.0 * d) * u[[j, i]]
                        - d * u[[j, i + 1]]
                        - a * q[[i, j - 1]])
                        / divisor;
                }
                v[[n - 1, i]] = 1.0;
                for j in (1..n - 1).rev() {
                    v[[j, i]] = p[[i, j]] * v[[j + 1, i]] + q[[i, j]];
                }
            }
            for i in 1..n - 1 {
                (u[[i, 0]], p[[i, 0]], q[[i, 0]]) = (1.0, 0.0, 1.0);
                for j in 1..n - 1 {
                    let divisor = d * p[[i, j - 1]] + e;
                    p[[i, j]] = -d / divisor;
                    q[[i, j]] = (-a * v[[i - 1, j]] + (1.0 + 2.0 * a) * v[[i, j]]
                        - a * v[[i + 1, j]]
                        - d * q[[i, j - 1]])
                        / divisor;
                }
                u[[i, n - 1]] = 1.0;
                for j in (1..n - 1).rev() {
                    u[[i, j]] = p[[i, j]] * u[[i, j + 1]] + q[[i, j]];
                }
            }
        }
        vec![u.into()]
    });
    check("deriche", |x| {
        let (alpha, image): (f64, Matrix) = (x.float(0), x.array(1));
        let decay = (-alpha).exp();
        let k = (1.0 - decay).powi(2) / (1.0 + alpha * decay - (2.0 * alpha).exp());
        let forward = [k, k * decay * (alpha - 1.0)];
        let backward = [k * decay * (alpha + 1.0), -k * decay * decay];
        let feedback = [(-alpha).exp2(), -(decay * decay)];
        // One line of pixels, filtered from both ends.
        let filter = |line: Vec<f64>| -> Vec<f64> {
            let n = line.len();
            let (mut up, mut down) = (vec![0.0; n], vec![0.0; n]);
            for i in 0..n {
                for back in 0..2.min(i + 1) {
                    up[i] += forward[back] * line[i - back];
                }
                for back in 1..3.min(i + 1) {
                    up[i] += feedback[back - 1] * up[i - back];
                }
            }
            for i in (0..n).rev() {
                for ahead in 1..3.min(n - i) {
                    down[i] += backward[ahead - 1] * line[i + ahead];
                    down[i] += feedback[ahead - 1] * down[i + ahead];
                }
            }
            up.iter().zip(&down).map(|(u, d)| u + d).collect()
        };
        let mut result = image;
        for mut row in result.rows_mut() {
            let filtered = filter(row.to_vec());
            row.assign(&Vector::from(filtered));
        }
        for mut column in result.columns_mut() {
            let filtered = filter(column.to_vec());
            column.assign(&Vector::from(filtered));
        }
        vec![result.into()]
    });
}
