//! Elementwise programs and reductions.

#![allow(non_snake_case, reason = "names are those of the Python text")]

use super::{ELEMENTWISE, EXACT, Preset, Program, SINGLE, SUMS, Tolerance, program, shape};
use crate::random::Rng;
use ndarray::Array2;

pub(super) fn programs() -> Vec<Program> {
    vec![
        program! {
            arc_distance ("adist", "Pythran", "dense_linear_algebra")
            sizes (N: i64) {
                test: (17),
                S: (100_000),
                M: (1_000_000),
                L: (10_000_000),
                paper: (10_000_000),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                theta_1 = rng.random(N as usize),
                phi_1 = rng.random(N as usize),
                theta_2 = rng.random(N as usize),
                phi_2 = rng.random(N as usize),
            }
            outputs () returns 1
            tolerance ELEMENTWISE;
            compiled
        },
        program! {
            go_fast ("gofast", "Numba", "dense_linear_algebra")
            sizes (N: i64) {
                test: (13),
                S: (2000),
                M: (6000),
                L: (20000),
                paper: (12500),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                a = rng.random(shape([N, N])),
            }
            outputs () returns 1
            tolerance SUMS;
            compiled
        },
        program! {
            compute ("compute", "Cython", "dense_linear_algebra")
            sizes (M: i64, N: i64) {
                test: (7, 11),
                S: (2000, 2000),
                M: (5000, 5000),
                L: (16000, 16000),
                paper: (12500, 12500),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                array_1 = rng.uniform_i64(0.0, 1000.0, shape([M, N])),
                array_2 = rng.uniform_i64(0.0, 1000.0, shape([M, N])),
                a = 4_i64,
                b = 3_i64,
                c = 9_i64,
            }
            outputs () returns 1
            tolerance EXACT;
            compiled
        },
        program! {
            mandelbrot1 ("mandel1", "Fractals", "unstructured_grids")
            sizes (xmin: f64, xmax: f64, xn: i64, ymin: f64, ymax: f64, yn: i64, maxiter: i64, horizon: f64) {
                test: (-1.75, 0.25, 13, -1.0, 1.0, 11, 17, 2.0),
                S: (-1.75, 0.25, 125, -1.0, 1.0, 125, 60, 2.0),
                M: (-1.75, 0.25, 250, -1.0, 1.0, 250, 150, 2.0),
                L: (-2.0, 0.5, 833, -1.25, 1.25, 833, 200, 2.0),
                paper: (-2.25, 0.75, 1000, -1.25, 1.25, 833, 200, 2.0),
            }
            arguments {
                xmin = xmin,
                xmax = xmax,
                ymin = ymin,
                ymax = ymax,
                xn = xn,
                yn = yn,
                maxiter = maxiter,
                horizon = horizon,
            }
            outputs () returns 2
            tolerance Tolerance {
                value: 1e-6,
                stray: Some((Preset::Test, 5e-4)),
                reason: "each step may double an error: points at the border of the set keep no digit",
            };
            compiled
        },
        program! {
            mandelbrot2 ("mandel2", "Fractals", "unstructured_grids")
            sizes (xmin: f64, xmax: f64, xn: i64, ymin: f64, ymax: f64, yn: i64, itermax: i64, horizon: f64) {
                test: (-1.75, 0.25, 13, -1.0, 1.0, 11, 17, 2.0),
                S: (-2.0, 0.5, 200, -1.25, 1.25, 200, 40, 2.0),
                M: (-2.25, 0.75, 500, -1.25, 1.25, 500, 80, 2.0),
                L: (-2.25, 0.75, 1000, -1.25, 1.25, 1000, 100, 2.0),
                paper: (-2.25, 0.75, 1000, -1.25, 1.25, 1000, 200, 2.0),
            }
            arguments {
                xmin = xmin,
                xmax = xmax,
                ymin = ymin,
                ymax = ymax,
                xn = xn,
                yn = yn,
                itermax = itermax,
                horizon = horizon,
            }
            outputs () returns 2
            tolerance Tolerance {
                value: 1e-6,
                stray: Some((Preset::Test, 5e-4)),
                reason: "each step may double an error: points at the border of the set keep no digit",
            };
            compiled
        },
        program! {
            softmax ("softmax", "Learning", "dense_linear_algebra")
            sizes (N: i64, H: i64, SM: i64) {
                test: (3, 2, 13),
                S: (16, 16, 128),
                M: (32, 16, 256),
                L: (64, 16, 448),
                paper: (64, 16, 512),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                x = rng.random_f32(shape([N, H, SM, SM])),
            }
            outputs () returns 1
            tolerance SINGLE;
            compiled
        },
        program! {
            azimint_naive ("azimnaiv", "Physics", "map_reduce")
            sizes (N: i64, npt: i64) {
                test: (101, 7),
                S: (40_000, 100),
                M: (400_000, 250),
                L: (4_000_000, 250),
                paper: (1_000_000, 1000),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                data = rng.random(N as usize),
                radius = rng.random(N as usize),
                npt = npt,
            }
            outputs () returns 1
            tolerance SUMS;
            compiled
        },
        program! {
            azimint_hist ("azimhist", "Physics", "map_reduce")
            sizes (N: i64, npt: i64) {
                test: (101, 7),
                S: (400_000, 1000),
                M: (4_000_000, 1000),
                L: (40_000_000, 1000),
                paper: (1_000_000, 1000),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                data = rng.random(N as usize),
                radius = rng.random(N as usize),
                npt = npt,
            }
            outputs () returns 1
            tolerance SUMS;
            compiled
        },
        program! {
            nbody ("nbody", "Physics", "n_body_methods")
            sizes (N: i64, tEnd: f64, dt: f64, softening: f64, G: f64) {
                test: (9, 0.3, 0.1, 0.1, 1.0),
                S: (25, 2.0, 0.05, 0.1, 1.0),
                M: (50, 5.0, 0.02, 0.1, 1.0),
                L: (100, 9.0, 0.01, 0.1, 1.0),
                paper: (100, 10.0, 0.01, 0.1, 1.0),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                // The total mass is 20.
                mass = Array2::from_elem((N as usize, 1), 20.0 / N as f64),
                pos = rng.random((N as usize, 3)),
                vel = rng.random((N as usize, 3)),
                N = N,
                Nt = (tEnd / dt).ceil() as i64,
                dt = dt,
                G = G,
                softening = softening,
            }
            outputs (pos, vel) returns 2
            tolerance Tolerance {
                value: 1e-6,
                stray: Some((Preset::M, 0.65)),
                reason: "the system is chaotic: one rounding at the start moves the stars by more than their distance after 200 steps",
            };
            compiled
        },
    ]
}
