//! The texts of the larger applications against definitions of their own: see `definitions.rs`.

mod common;

use common::{Arguments, check};
use ndarray::{Array1, Array2, Array3, Array4, s};
use npbench::value::Value;
use num_complex::Complex;

type Vector = Array1<f64>;
type Matrix = Array2<f64>;
type Cube = Array3<f64>;
/// Batch, height, width, channels; or height, width, channels in, channels out.
type Images = Array4<f32>;

/// Solves a system of equations by elimination with pivots.
fn solve(mut a: Matrix, mut b: Vector) -> Vector {
    let n = b.len();
    for k in 0..n {
        let pivot = (k..n)
            .max_by(|&i, &j| a[[i, k]].abs().total_cmp(&a[[j, k]].abs()))
            .expect("a row");
        for j in 0..n {
            a.swap([k, j], [pivot, j]);
        }
        b.swap(k, pivot);
        for i in k + 1..n {
            let factor = a[[i, k]] / a[[k, k]];
            for j in k..n {
                a[[i, j]] -= factor * a[[k, j]];
            }
            b[i] -= factor * b[k];
        }
    }
    for i in (0..n).rev() {
        b[i] = (b[i] - (i + 1..n).map(|j| a[[i, j]] * b[j]).sum::<f64>()) / a[[i, i]];
    }
    b
}

#[test]
fn vertical_advection() {
    check("vadv", |x| {
        let old: Cube = x.array(0);
        let (u, w, position, tendency): (Cube, Cube, Cube, Cube) =
            (x.array(1), x.array(2), x.array(3), x.array(4));
        let rate = x.float(5);
        let (ni, nj, nk) = old.dim();
        let mut new = old.clone();
        for (i, j) in ndarray::indices((ni, nj)) {
            let (mut a, mut d) = (Matrix::zeros((nk, nk)), Vector::zeros(nk));
            for k in 0..nk {
                // Half of the mean wind through the lower and the upper face of the cell.
                let below = -0.125 * (w[[i + 1, j, k]] + w[[i, j, k]]);
                d[k] = rate * position[[i, j, k]] + tendency[[i, j, k]] + old[[i, j, k]];
                a[[k, k]] = rate;
                if k > 0 {
                    a[[k, k - 1]] = below;
                    a[[k, k]] -= below;
                    d[k] -= below * (u[[i, j, k - 1]] - u[[i, j, k]]);
                }
                if k + 1 < nk {
                    let above = 0.125 * (w[[i + 1, j, k + 1]] + w[[i, j, k + 1]]);
                    a[[k, k + 1]] = above;
                    a[[k, k]] -= above;
                    d[k] -= above * (u[[i, j, k + 1]] - u[[i, j, k]]);
                }
            }
            let moved = solve(a, d);
            for k in 0..nk {
                new[[i, j, k]] = rate * (moved[k] - position[[i, j, k]]);
            }
        }
        vec![new.into()]
    });
}

/// A grid on which the equations of Navier and Stokes are solved.
struct Grid {
    periodic: bool,
    dt: f64,
    dx: f64,
    dy: f64,
    rho: f64,
    nu: f64,
    force: f64,
}

impl Grid {
    /// The points that are computed; each with its neighbours to the left, right, below and above.
    fn points(&self, (ny, nx): (usize, usize)) -> Vec<[[usize; 2]; 5]> {
        let columns = if self.periodic { 0..nx } else { 1..nx - 1 };
        let rows = 1..ny - 1;
        rows.flat_map(|i| {
            columns.clone().map(move |j| {
                let (left, right) = ((j + nx - 1) % nx, (j + 1) % nx);
                [[i, j], [i, left], [i, right], [i - 1, j], [i + 1, j]]
            })
        })
        .collect()
    }

    /// The source of the pressure.
    fn source(&self, u: &Matrix, v: &Matrix) -> Matrix {
        let mut b = Matrix::zeros(u.dim());
        for [here, left, right, below, above] in self.points(u.dim()) {
            let along = |f: &Matrix| (f[right] - f[left]) / (2.0 * self.dx);
            let across = |f: &Matrix| (f[above] - f[below]) / (2.0 * self.dy);
            b[here] = self.rho
                * ((along(u) + across(v)) / self.dt
                    - along(u).powi(2)
                    - 2.0 * across(u) * along(v)
                    - across(v).powi(2));
        }
        b
    }

    /// One relaxation of the pressure without its boundary.
    fn relax(&self, p: &mut Matrix, b: &Matrix) {
        let old = p.clone();
        let (x, y) = (self.dx * self.dx, self.dy * self.dy);
        for [here, left, right, below, above] in self.points(p.dim()) {
            let around = (old[right] + old[left]) * y + (old[above] + old[below]) * x;
            p[here] = (around - x * y * b[here]) / (2.0 * (x + y));
        }
    }

    /// One step of the velocities without their boundaries.
    fn advance(&self, u: &mut Matrix, v: &mut Matrix, p: &Matrix) {
        let (un, vn) = (u.clone(), v.clone());
        for [here, left, right, below, above] in self.points(u.dim()) {
            let change = |f: &Matrix| {
                let advection = un[here] * (f[here] - f[left]) / self.dx
                    + vn[here] * (f[here] - f[below]) / self.dy;
                let diffusion = (f[right] - 2.0 * f[here] + f[left]) / self.dx.powi(2)
                    + (f[above] - 2.0 * f[here] + f[below]) / self.dy.powi(2);
                self.nu * diffusion - advection
            };
            let slope_x = (p[right] - p[left]) / (2.0 * self.rho * self.dx);
            let slope_y = (p[above] - p[below]) / (2.0 * self.rho * self.dy);
            u[here] = un[here] + self.dt * (change(&un) - slope_x + self.force);
            v[here] = vn[here] + self.dt * (change(&vn) - slope_y);
        }
    }
}

/// Copies a row or column of a field.
fn copy(field: &mut Matrix, axis: usize, from: usize, to: usize) {
    let source = field.index_axis(ndarray::Axis(axis), from).to_owned();
    field
        .index_axis_mut(ndarray::Axis(axis), to)
        .assign(&source);
}

#[test]
fn flow_in_a_cavity() {
    check("cavity_flow", |x| {
        let (mut u, mut v, mut p): (Matrix, Matrix, Matrix) = (x.array(4), x.array(5), x.array(9));
        let grid = Grid {
            periodic: false,
            dt: x.float(6),
            dx: x.float(7),
            dy: x.float(8),
            rho: x.float(10),
            nu: x.float(11),
            force: 0.0,
        };
        let (ny, nx) = u.dim();
        for _ in 0..x.int(2) {
            let b = grid.source(&u, &v);
            for _ in 0..x.int(3) {
                grid.relax(&mut p, &b);
                copy(&mut p, 1, nx - 2, nx - 1);
                copy(&mut p, 0, 1, 0);
                copy(&mut p, 1, 1, 0);
                p.row_mut(ny - 1).fill(0.0);
            }
            grid.advance(&mut u, &mut v, &p);
            for (i, j) in ndarray::indices((ny, nx)) {
                if i == 0 || i == ny - 1 || j == 0 || j == nx - 1 {
                    // The lid moves, its ends included.
                    u[[i, j]] = if i == ny - 1 { 1.0 } else { 0.0 };
                    v[[i, j]] = 0.0;
                }
            }
        }
        vec![u.into(), v.into(), p.into()]
    });
}

#[test]
fn flow_in_a_channel() {
    check("channel_flow", |x| {
        let (mut u, mut v, mut p): (Matrix, Matrix, Matrix) = (x.array(1), x.array(2), x.array(6));
        let grid = Grid {
            periodic: true,
            dt: x.float(3),
            dx: x.float(4),
            dy: x.float(5),
            rho: x.float(7),
            nu: x.float(8),
            force: x.float(9),
        };
        let ny = u.nrows();
        let mut steps = 0_i64;
        loop {
            let before = u.sum();
            let b = grid.source(&u, &v);
            for _ in 0..x.int(0) {
                grid.relax(&mut p, &b);
                copy(&mut p, 0, ny - 2, ny - 1);
                copy(&mut p, 0, 1, 0);
            }
            grid.advance(&mut u, &mut v, &p);
            for wall in [0, ny - 1] {
                u.row_mut(wall).fill(0.0);
                v.row_mut(wall).fill(0.0);
            }
            steps += 1;
            if (u.sum() - before) / u.sum() <= 0.001 {
                return vec![u.into(), v.into(), p.into(), steps.into()];
            }
        }
    });
}

/// The convolution of images, in double precision.
fn convolution(images: &Array4<f64>, weights: &Images) -> Array4<f64> {
    let (batch, height, width, inputs) = images.dim();
    let (k, _, _, outputs) = weights.dim();
    let shape = (batch, height - k + 1, width - k + 1, outputs);
    Array4::from_shape_fn(shape, |(n, i, j, c)| {
        ndarray::indices((k, k, inputs))
            .into_iter()
            .map(|(y, x, d)| images[[n, i + y, j + x, d]] * f64::from(weights[[y, x, d, c]]))
            .sum()
    })
}

fn double(images: &Images) -> Array4<f64> {
    images.mapv(f64::from)
}

/// A product with weights, their bias added.
fn dense(x: &Matrix, weights: &Array2<f32>, bias: &Array1<f32>) -> Matrix {
    x.dot(&weights.mapv(f64::from)) + &bias.mapv(f64::from)
}

fn positive(x: f64) -> f64 {
    x.max(0.0)
}

#[test]
fn neural_networks() {
    check("conv2d_bias", |x| {
        let (images, weights, bias): (Images, Images, Array1<f32>) =
            (x.array(0), x.array(1), x.array(2));
        let result = convolution(&double(&images), &weights) + bias.mapv(f64::from);
        vec![result.mapv(|x| x as f32).into()]
    });
    check("lenet", |x| {
        let layer = |images: &Array4<f64>, x: &Arguments, position| {
            let (weights, bias): (Images, Array1<f32>) = (x.array(position), x.array(position + 1));
            let y = (convolution(images, &weights) + bias.mapv(f64::from)).mapv(positive);
            let (batch, height, width, channels) = y.dim();
            Array4::from_shape_fn((batch, height / 2, width / 2, channels), |(n, i, j, c)| {
                let window = y.slice(s![n, 2 * i..2 * i + 2, 2 * j..2 * j + 2, c]);
                window.fold(0.0, |largest: f64, y| largest.max(*y))
            })
        };
        let images: Images = x.array(0);
        let y = layer(&layer(&double(&images), x, 1), x, 3);
        let batch = y.dim().0;
        let flat = y
            .into_shape_with_order((batch, x.int(12) as usize))
            .expect("the size");
        let y = dense(&flat, &x.array(5), &x.array(6)).mapv(positive);
        let y = dense(&y, &x.array(7), &x.array(8)).mapv(positive);
        let y = dense(&y, &x.array(9), &x.array(10));
        vec![y.mapv(|x| x as f32).into()]
    });
    check("mlp", |x| {
        let input: Array2<f32> = x.array(0);
        let y = dense(&input.mapv(f64::from), &x.array(1), &x.array(2)).mapv(positive);
        let y = dense(&y, &x.array(3), &x.array(4)).mapv(positive);
        let mut y = dense(&y, &x.array(5), &x.array(6)).mapv(f64::exp);
        for mut row in y.rows_mut() {
            let sum = row.sum();
            row /= sum;
        }
        vec![y.mapv(|x| x as f32).into()]
    });
    check("resnet", |x| {
        // Over the batch, with the square root of the deviation.
        let normalised = |y: Array4<f64>| {
            let mut result = y.clone();
            let batch = y.dim().0 as f64;
            for mut lane in result.lanes_mut(ndarray::Axis(0)) {
                let mean = lane.sum() / batch;
                let variance = lane.fold(0.0, |sum, y| sum + (y - mean).powi(2)) / batch;
                lane.mapv_inplace(|y| (y - mean) / (variance.sqrt() + 1e-5).sqrt());
            }
            result
        };
        let input: Images = x.array(0);
        let first = convolution(&double(&input), &x.array(1));
        let (batch, height, width, channels) = first.dim();
        let mut padded = Array4::zeros((batch, height + 2, width + 2, channels));
        padded
            .slice_mut(s![.., 1..=height, 1..=width, ..])
            .assign(&first);
        let y = convolution(&normalised(padded).mapv(positive), &x.array(2));
        let y = convolution(&normalised(y).mapv(positive), &x.array(3));
        let y = normalised(y) + double(&input);
        vec![y.mapv(|x| positive(x) as f32).into()]
    });
}

#[test]
fn stars() {
    check("nbody", |x| {
        let mass: Matrix = x.array(0);
        let (mut position, mut velocity): (Matrix, Matrix) = (x.array(1), x.array(2));
        let (n, steps) = (x.int(3) as usize, x.int(4) as usize);
        let (dt, gravity, softening) = (x.float(5), x.float(6), x.float(7));
        let total: f64 = mass.sum();
        let drift: Vec<f64> = (0..3)
            .map(|k| (0..n).map(|i| mass[[i, 0]] * velocity[[i, k]]).sum::<f64>() / total)
            .collect();
        for ((_, k), v) in velocity.indexed_iter_mut() {
            *v -= drift[k];
        }
        let squared = |position: &Matrix, i: usize, j: usize| {
            (0..3)
                .map(|k| (position[[i, k]] - position[[j, k]]).powi(2))
                .sum::<f64>()
        };
        let kick = |position: &Matrix, velocity: &mut Matrix| {
            for (i, j) in ndarray::indices((n, n)).into_iter().filter(|(i, j)| i != j) {
                let distance = (squared(position, i, j) + softening * softening).sqrt();
                for k in 0..3 {
                    let pull = gravity * mass[[j, 0]] * (position[[j, k]] - position[[i, k]]);
                    velocity[[i, k]] += 0.5 * dt * pull / distance.powi(3);
                }
            }
        };
        let energy = |position: &Matrix, velocity: &Matrix| {
            let kinetic: f64 = (0..n)
                .map(|i| 0.5 * mass[[i, 0]] * velocity.row(i).fold(0.0, |sum, v| sum + v * v))
                .sum();
            let potential: f64 = ndarray::indices((n, n))
                .into_iter()
                .filter(|(i, j)| i < j)
                .map(|(i, j)| {
                    -gravity * mass[[i, 0]] * mass[[j, 0]] / squared(position, i, j).sqrt()
                })
                .sum();
            (kinetic, potential)
        };
        let mut energies = vec![energy(&position, &velocity)];
        for _ in 0..steps {
            kick(&position, &mut velocity);
            position.scaled_add(dt, &velocity);
            kick(&position, &mut velocity);
            energies.push(energy(&position, &velocity));
        }
        let (kinetic, potential): (Vec<f64>, Vec<f64>) = energies.into_iter().unzip();
        vec![
            position.into(),
            velocity.into(),
            Vector::from(kinetic).into(),
            Vector::from(potential).into(),
        ]
    });
}

#[test]
fn cyclic_redundancy() {
    check("crc16", |x| {
        let data: Array1<u8> = x.array(0);
        // Division of the message, each byte with its lowest bit first, by the polynomial, most significant bit first.
        let polynomial = (x.int(1) as u16).reverse_bits();
        let bits = data
            .iter()
            .flat_map(|byte| (0..8).map(move |bit| u16::from(byte >> bit & 1)));
        let rest = bits.fold(0xFFFF_u16, |rest, bit| {
            let subtract = (rest >> 15) ^ bit == 1;
            (rest << 1) ^ if subtract { polynomial } else { 0 }
        });
        let checksum = (!rest).reverse_bits().swap_bytes();
        vec![Value::from(i64::from(checksum))]
    });
}

#[test]
fn fourier_transform() {
    check("stockham_fft", |x| {
        let input: Array1<Complex<f64>> = x.array(3);
        let n = input.len();
        let root = |k: usize| Complex::cis(-std::f64::consts::TAU * (k % n) as f64 / n as f64);
        let term = |k| (0..n).map(|i| input[i] * root(i * k)).sum::<Complex<f64>>();
        vec![Array1::from_shape_fn(n, term).into()]
    });
}

#[test]
fn histogram() {
    check("azimint_hist", |x| {
        let (data, radius): (Vector, Vector) = (x.array(0), x.array(1));
        let bins = x.int(2) as usize;
        let low = radius.iter().copied().fold(f64::MAX, f64::min);
        let high = radius.iter().copied().fold(f64::MIN, f64::max);
        let edge = |i: usize| low + (high - low) * i as f64 / bins as f64;
        let mean = |i: usize| {
            let (from, to) = (edge(i), if i + 1 == bins { f64::MAX } else { edge(i + 1) });
            let within = radius
                .iter()
                .zip(&data)
                .filter(|(r, _)| (from..to).contains(*r));
            let values: Vec<f64> = within.map(|(_, d)| *d).collect();
            values.iter().sum::<f64>() / values.len() as f64
        };
        vec![Vector::from_shape_fn(bins, mean).into()]
    });
}

#[test]
fn mandelbrot_set() {
    check("mandelbrot2", |x| {
        let points = |low: f64, high: f64, n: i64| -> Vec<f64> {
            let step = (high - low) / (n - 1) as f64;
            (0..n).map(|i| low + step * i as f64).collect()
        };
        let real = points(x.float(0), x.float(1), x.int(4));
        let imaginary = points(x.float(2), x.float(3), x.int(5));
        let shape = (imaginary.len(), real.len());
        let mut values = Array2::<Complex<f64>>::zeros(shape);
        let mut counts = Array2::<i64>::zeros(shape);
        for (i, j) in ndarray::indices(shape) {
            let c = Complex::new(real[j], imaginary[i]);
            let mut z = Complex::default();
            // Points that never leave keep zeros.
            if let Some(step) = (1..=x.int(6)).find(|_| {
                z = z * z + c;
                z.norm() > x.float(7)
            }) {
                (values[[i, j]], counts[[i, j]]) = (z, step);
            }
        }
        vec![values.into(), counts.into()]
    });
}
