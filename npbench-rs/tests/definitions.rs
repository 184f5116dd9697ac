//! The texts against the definitions of their programs: plain loops as PolyBench and the papers write them, compared with
//! what NumPy made of the text (its stored samples).

mod common;

use common::check;
use ndarray::{Array1, Array2, Array3, Array4, Ix5, Ix6};
use num_complex::Complex;

type Vector = Array1<f64>;
type Matrix = Array2<f64>;
type Cube = Array3<f64>;

#[test]
fn products() {
    let product = |a: &Matrix, b: &Matrix| {
        let ((n, m), l) = (a.dim(), b.ncols());
        Matrix::from_shape_fn((n, l), |(i, j)| (0..m).map(|k| a[[i, k]] * b[[k, j]]).sum())
    };
    check("gemm", |x| {
        let (c, a, b): (Matrix, Matrix, Matrix) = (x.array(2), x.array(3), x.array(4));
        vec![(product(&a, &b) * x.float(0) + c * x.float(1)).into()]
    });
    check("k2mm", |x| {
        let (a, b, c, d): (Matrix, Matrix, Matrix, Matrix) =
            (x.array(2), x.array(3), x.array(4), x.array(5));
        vec![(product(&(product(&a, &b) * x.float(0)), &c) + d * x.float(1)).into()]
    });
    check("atax", |x| {
        let (a, v): (Matrix, Vector) = (x.array(0), x.array(1));
        let mut y = Vector::zeros(v.len());
        for row in a.rows() {
            let t: f64 = row.iter().zip(&v).map(|(a, x)| a * x).sum();
            y.iter_mut().zip(row).for_each(|(y, a)| *y += a * t);
        }
        vec![y.into()]
    });
    check("gesummv", |x| {
        let (a, b, v): (Matrix, Matrix, Vector) = (x.array(2), x.array(3), x.array(4));
        let n = v.len();
        let y = |i| {
            (0..n)
                .map(|j| (x.float(0) * a[[i, j]] + x.float(1) * b[[i, j]]) * v[j])
                .sum()
        };
        vec![Vector::from_shape_fn(n, y).into()]
    });
}

#[test]
fn solvers() {
    check("lu", |x| {
        let mut a: Matrix = x.array(0);
        for i in 0..a.nrows() {
            for j in 0..i {
                for k in 0..j {
                    a[[i, j]] -= a[[i, k]] * a[[k, j]];
                }
                a[[i, j]] /= a[[j, j]];
            }
            for j in i..a.nrows() {
                for k in 0..i {
                    a[[i, j]] -= a[[i, k]] * a[[k, j]];
                }
            }
        }
        vec![a.into()]
    });
    check("cholesky", |x| {
        let mut a: Matrix = x.array(0);
        for i in 0..a.nrows() {
            for j in 0..i {
                for k in 0..j {
                    a[[i, j]] -= a[[i, k]] * a[[j, k]];
                }
                a[[i, j]] /= a[[j, j]];
            }
            for k in 0..i {
                a[[i, i]] -= a[[i, k]] * a[[i, k]];
            }
            a[[i, i]] = a[[i, i]].sqrt();
        }
        vec![a.into()]
    });
    check("trisolv", |x| {
        let (l, b): (Matrix, Vector) = (x.array(0), x.array(2));
        let mut y = b.clone();
        for i in 0..y.len() {
            for j in 0..i {
                y[i] -= l[[i, j]] * y[j];
            }
            y[i] /= l[[i, i]];
        }
        vec![y.into()]
    });
    check("durbin", |x| {
        let r: Vector = x.array(0);
        let mut y = Vector::zeros(r.len());
        y[0] = -r[0];
        let (mut beta, mut alpha) = (1.0, -r[0]);
        for k in 1..r.len() {
            beta *= 1.0 - alpha * alpha;
            let sum: f64 = (0..k).map(|i| r[k - i - 1] * y[i]).sum();
            alpha = -(r[k] + sum) / beta;
            let z: Vec<f64> = (0..k).map(|i| y[i] + alpha * y[k - i - 1]).collect();
            z.into_iter().enumerate().for_each(|(i, z)| y[i] = z);
            y[k] = alpha;
        }
        vec![y.into()]
    });
}

#[test]
fn stencils() {
    check("jacobi_1d", |x| {
        let (mut a, mut b): (Vector, Vector) = (x.array(1), x.array(2));
        let step = |from: &Vector, to: &mut Vector| {
            for i in 1..from.len() - 1 {
                to[i] = 0.33333 * (from[i - 1] + from[i] + from[i + 1]);
            }
        };
        for _ in 1..x.int(0) {
            step(&a, &mut b);
            step(&b, &mut a);
        }
        vec![a.into(), b.into()]
    });
    check("jacobi_2d", |x| {
        let (mut a, mut b): (Matrix, Matrix) = (x.array(1), x.array(2));
        let step = |from: &Matrix, to: &mut Matrix| {
            for i in 1..from.nrows() - 1 {
                for j in 1..from.ncols() - 1 {
                    let around =
                        from[[i, j - 1]] + from[[i, j + 1]] + from[[i + 1, j]] + from[[i - 1, j]];
                    to[[i, j]] = 0.2 * (from[[i, j]] + around);
                }
            }
        };
        for _ in 1..x.int(0) {
            step(&a, &mut b);
            step(&b, &mut a);
        }
        vec![a.into(), b.into()]
    });
    check("heat_3d", |x| {
        let (mut a, mut b): (Cube, Cube) = (x.array(1), x.array(2));
        let step = |from: &Cube, to: &mut Cube| {
            let n = from.dim().0;
            for i in 1..n - 1 {
                for j in 1..n - 1 {
                    for k in 1..n - 1 {
                        let c = from[[i, j, k]];
                        let second = |before: f64, after: f64| 0.125 * (after - 2.0 * c + before);
                        to[[i, j, k]] = second(from[[i - 1, j, k]], from[[i + 1, j, k]])
                            + second(from[[i, j - 1, k]], from[[i, j + 1, k]])
                            + second(from[[i, j, k - 1]], from[[i, j, k + 1]])
                            + c;
                    }
                }
            }
        };
        for _ in 1..x.int(0) {
            step(&a, &mut b);
            step(&b, &mut a);
        }
        vec![a.into(), b.into()]
    });
    check("fdtd_2d", |x| {
        let (mut ex, mut ey, mut hz): (Matrix, Matrix, Matrix) =
            (x.array(1), x.array(2), x.array(3));
        let fict: Vector = x.array(4);
        let (nx, ny) = ex.dim();
        for t in 0..x.int(0) as usize {
            for j in 0..ny {
                ey[[0, j]] = fict[t];
            }
            for i in 0..nx {
                for j in 0..ny {
                    if i > 0 {
                        ey[[i, j]] -= 0.5 * (hz[[i, j]] - hz[[i - 1, j]]);
                    }
                    if j > 0 {
                        ex[[i, j]] -= 0.5 * (hz[[i, j]] - hz[[i, j - 1]]);
                    }
                }
            }
            for i in 0..nx - 1 {
                for j in 0..ny - 1 {
                    hz[[i, j]] -= 0.7 * (ex[[i, j + 1]] - ex[[i, j]] + ey[[i + 1, j]] - ey[[i, j]]);
                }
            }
        }
        vec![ex.into(), ey.into(), hz.into()]
    });
    check("seidel_2d", |x| {
        let mut a: Matrix = x.array(2);
        let n = x.int(1) as usize;
        for _ in 0..x.int(0) - 1 {
            for i in 1..n - 1 {
                for j in 1..n - 1 {
                    let around = a.slice(ndarray::s![i - 1..=i + 1, j - 1..=j + 1]).sum();
                    a[[i, j]] = around / 9.0;
                }
            }
        }
        vec![a.into()]
    });
    check("hdiff", |x| {
        let (input, coefficient): (Cube, Cube) = (x.array(0), x.array(2));
        // Positions in the coordinates of the input, whose rim is two points wide.
        let at = |i: isize, j: isize, k: usize| input[[(i + 2) as usize, (j + 2) as usize, k]];
        let laplace = |i, j, k| {
            4.0 * at(i, j, k)
                - (at(i + 1, j, k) + at(i - 1, j, k) + at(i, j + 1, k) + at(i, j - 1, k))
        };
        let flux = |from: (isize, isize), to: (isize, isize), k| {
            let difference = laplace(to.0, to.1, k) - laplace(from.0, from.1, k);
            if difference * (at(to.0, to.1, k) - at(from.0, from.1, k)) > 0.0 {
                0.0
            } else {
                difference
            }
        };
        let result = Cube::from_shape_fn(coefficient.dim(), |(i, j, k)| {
            let (p, q) = (i as isize, j as isize);
            let x_fluxes = flux((p, q), (p + 1, q), k) - flux((p - 1, q), (p, q), k);
            let y_fluxes = flux((p, q), (p, q + 1), k) - flux((p, q - 1), (p, q), k);
            at(p, q, k) - coefficient[[i, j, k]] * (x_fluxes + y_fluxes)
        });
        vec![result.into()]
    });
}

#[test]
fn elementwise_programs_and_reductions() {
    check("arc_distance", |x| {
        let v: Vec<Vector> = (0..4).map(|i| x.array(i)).collect();
        let distance = |i: usize| {
            let (theta, phi) = ((v[2][i] - v[0][i]) / 2.0, (v[3][i] - v[1][i]) / 2.0);
            let a = theta.sin().powi(2) + v[0][i].cos() * v[2][i].cos() * phi.sin().powi(2);
            2.0 * a.sqrt().atan2((1.0 - a).sqrt())
        };
        vec![Vector::from_shape_fn(v[0].len(), distance).into()]
    });
    check("go_fast", |x| {
        let a: Matrix = x.array(0);
        let trace: f64 = a.diag().iter().map(|x| x.tanh()).sum();
        vec![(a + trace).into()]
    });
    check("compute", |x| {
        let (p, q): (Array2<i64>, Array2<i64>) = (x.array(0), x.array(1));
        vec![(p.mapv(|v| v.clamp(2, 10)) * x.int(2) + q * x.int(3) + x.int(4)).into()]
    });
    check("softmax", |x| {
        let mut a: Array4<f32> = x.array(0);
        for mut row in a.rows_mut() {
            let sum: f32 = row.iter().map(|x| x.exp()).sum();
            row.mapv_inplace(|x| x.exp() / sum);
        }
        vec![a.into()]
    });
    check("azimint_naive", |x| {
        let (data, radius): (Vector, Vector) = (x.array(0), x.array(1));
        let (n, largest) = (x.int(2), radius.iter().copied().fold(f64::MIN, f64::max));
        let mean = |i: usize| {
            let edge = |i: usize| largest * i as f64 / n as f64;
            let bin: Vec<f64> = data
                .iter()
                .zip(&radius)
                .filter(|(_, r)| (edge(i)..edge(i + 1)).contains(*r))
                .map(|(d, _)| *d)
                .collect();
            bin.iter().sum::<f64>() / bin.len() as f64
        };
        vec![Vector::from_shape_fn(n as usize, mean).into()]
    });
    check("mandelbrot1", |x| {
        let points = |low: f64, high: f64, n: i64| -> Vec<f64> {
            (0..n)
                .map(|i| low + (high - low) / (n - 1) as f64 * i as f64)
                .collect()
        };
        let real = points(x.float(0), x.float(1), x.int(4));
        let imaginary = points(x.float(2), x.float(3), x.int(5));
        let shape = (imaginary.len(), real.len());
        let (mut values, mut counts) = (
            Array2::<Complex<f64>>::zeros(shape),
            Array2::<i64>::zeros(shape),
        );
        for ((i, j), z) in values.indexed_iter_mut() {
            for n in 0..x.int(6) {
                if z.norm() < x.float(7) {
                    *z = *z * *z + Complex::new(real[j], imaginary[i]);
                    counts[[i, j]] = n;
                }
            }
        }
        counts.mapv_inplace(|n| if n == x.int(6) - 1 { 0 } else { n });
        vec![values.into(), counts.into()]
    });
}

#[test]
fn sparse_and_graph_programs() {
    check("floyd_warshall", |x| {
        let mut path: Array2<i32> = x.array(0);
        let n = path.nrows();
        for k in 0..n {
            for i in 0..n {
                for j in 0..n {
                    path[[i, j]] = path[[i, j]].min(path[[i, k]] + path[[k, j]]);
                }
            }
        }
        vec![path.into()]
    });
    check("nussinov", |x| {
        let seq: Array1<i32> = x.array(1);
        let n = seq.len();
        let mut table = Array2::<i32>::zeros((n, n));
        for i in (0..n).rev() {
            for j in i + 1..n {
                let mut best = table[[i, j]].max(table[[i, j - 1]]);
                if i + 1 < n {
                    let pair = i32::from(i + 1 < j && seq[i] + seq[j] == 3);
                    best = best
                        .max(table[[i + 1, j]])
                        .max(table[[i + 1, j - 1]] + pair);
                }
                for k in i + 1..j {
                    best = best.max(table[[i, k]] + table[[k + 1, j]]);
                }
                table[[i, j]] = best;
            }
        }
        vec![table.into()]
    });
    check("spmv", |x| {
        let (rows, columns): (Array1<u32>, Array1<u32>) = (x.array(0), x.array(1));
        let (values, v): (Vector, Vector) = (x.array(2), x.array(3));
        let product = |i: usize| {
            let row = rows[i] as usize..rows[i + 1] as usize;
            row.map(|k| values[k] * v[columns[k] as usize]).sum::<f64>()
        };
        vec![Vector::from_shape_fn(rows.len() - 1, product).into()]
    });
    check("scattering_self_energies", |x| {
        type Tensor<D> = ndarray::Array<Complex<f64>, D>;
        let neighbours: Array2<i32> = x.array(0);
        let (dh, g): (Tensor<Ix5>, Tensor<Ix5>) = (x.array(1), x.array(2));
        let (d, mut sigma): (Tensor<Ix6>, Tensor<Ix5>) = (x.array(3), x.array(4));
        let (nkz, ne, na, norb, _) = g.dim();
        let (nqz, nw, _, nb, n3d, _) = d.dim();
        for (k, e, q, w) in tuples(nkz, ne, nqz, nw).filter(|(_, e, _, w)| e >= w) {
            for (a, b, i, j) in tuples(na, nb, n3d, n3d) {
                let f = neighbours[[a, b]] as usize;
                for (l, m, n, o) in tuples(norb, norb, norb, norb) {
                    sigma[[k, e, a, l, o]] += g[[k, e - w, f, l, m]]
                        * dh[[a, b, i, m, n]]
                        * dh[[a, b, j, n, o]]
                        * d[[q, w, a, b, i, j]];
                }
            }
        }
        vec![sigma.into()]
    });
}

/// All index tuples of a four-dimensional box.
fn tuples(
    n: usize,
    m: usize,
    l: usize,
    k: usize,
) -> impl Iterator<Item = (usize, usize, usize, usize)> {
    ndarray::indices((n, m, l, k)).into_iter()
}
