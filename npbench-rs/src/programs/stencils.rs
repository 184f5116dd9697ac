//! Stencils on structured grids.

#![allow(non_snake_case, reason = "names are those of the Python text")]

use super::{ELEMENTWISE, Program, Tolerance, grid1, grid2, grid3, program, ratio, shape};
use crate::random::Rng;

/// At 200 points and 20 steps the values reach 1e36, and NumPy's own result is 3.5e-10 from that in extended precision.
const GROWTH: Tolerance = Tolerance::new(
    1e-8,
    "the scheme is unstable at these sizes: values grow without bound, and their roundings with them",
);
const STEPS: Tolerance = Tolerance::new(1e-11, "roundings of many time steps add up");

pub(super) fn programs() -> Vec<Program> {
    vec![
        program! {
            jacobi_1d ("jacobi1d", "Solver", "structured_grids")
            sizes (TSTEPS: i64, N: i64) {
                test: (5, 17),
                S: (800, 3200),
                M: (3000, 12000),
                L: (8500, 34000),
                paper: (4000, 32000),
            }
            arguments {
                TSTEPS = TSTEPS,
                A = grid1(N, |i| ratio(i + 2, N)),
                B = grid1(N, |i| ratio(i + 3, N)),
            }
            outputs (A, B) returns 0
            tolerance STEPS;
            compiled
        },
        program! {
            jacobi_2d ("jacobi2d", "Solver", "structured_grids")
            sizes (TSTEPS: i64, N: i64) {
                test: (5, 17),
                S: (50, 150),
                M: (80, 350),
                L: (200, 700),
                paper: (1000, 2800),
            }
            arguments {
                TSTEPS = TSTEPS,
                A = grid2(N, N, |i, j| ratio(i * (j + 2), N)),
                B = grid2(N, N, |i, j| ratio(i * (j + 3), N)),
            }
            outputs (A, B) returns 0
            tolerance STEPS;
            compiled
        },
        program! {
            heat_3d ("heat3d", "Solver", "structured_grids")
            sizes (TSTEPS: i64, N: i64) {
                test: (5, 9),
                S: (25, 25),
                M: (50, 40),
                L: (100, 70),
                paper: (500, 120),
            }
            arguments {
                TSTEPS = TSTEPS,
                A = grid3(N, N, N, |i, j, k| ratio((i + j + (N - k)) * 10, N)),
                B = A.clone(),
            }
            outputs (A, B) returns 0
            tolerance STEPS;
            compiled
        },
        program! {
            fdtd_2d ("fdtd_2d", "Solver", "structured_grids")
            sizes (TMAX: i64, NX: i64, NY: i64) {
                test: (5, 11, 13),
                S: (20, 200, 220),
                M: (60, 400, 450),
                L: (150, 800, 900),
                paper: (500, 1000, 1200),
            }
            arguments {
                TMAX = TMAX,
                ex = grid2(NX, NY, |i, j| ratio(i * (j + 1), NX)),
                ey = grid2(NX, NY, |i, j| ratio(i * (j + 2), NY)),
                hz = grid2(NX, NY, |i, j| ratio(i * (j + 3), NX)),
                _fict_ = grid1(TMAX, |i| i as f64),
            }
            outputs (ex, ey, hz) returns 0
            tolerance STEPS;
            compiled
        },
        program! {
            seidel_2d ("seidel2d", "Solver", "structured_grids")
            sizes (TSTEPS: i64, N: i64) {
                test: (5, 11),
                S: (8, 50),
                M: (15, 100),
                L: (40, 200),
                paper: (100, 400),
            }
            arguments {
                TSTEPS = TSTEPS,
                N = N,
                A = grid2(N, N, |i, j| ratio(i * (j + 2) + 2, N)),
            }
            outputs (A) returns 0
            tolerance STEPS;
            compiled
        },
        program! {
            hdiff ("hdiff", "Weather", "structured_grids")
            sizes (I: i64, J: i64, K: i64) {
                test: (5, 7, 3),
                S: (64, 64, 60),
                M: (128, 128, 160),
                L: (384, 384, 160),
                paper: (256, 256, 160),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                in_field = rng.random(shape([I + 4, J + 4, K])),
                out_field = rng.random(shape([I, J, K])),
                coeff = rng.random(shape([I, J, K])),
            }
            outputs (out_field) returns 0
            tolerance ELEMENTWISE;
            compiled
        },
        program! {
            adi ("adi", "Solver", "structured_grids")
            sizes (TSTEPS: i64, N: i64) {
                test: (5, 11),
                S: (5, 100),
                M: (20, 200),
                L: (50, 500),
                paper: (100, 200),
            }
            arguments {
                TSTEPS = TSTEPS,
                N = N,
                u = grid2(N, N, |i, j| ratio(i + N - j, N)),
            }
            outputs (u) returns 0
            tolerance GROWTH;
            compiled
        },
        program! {
            deriche ("deriche", "Imaging", "structured_grids")
            sizes (W: i64, H: i64) {
                test: (11, 7),
                S: (400, 200),
                M: (1500, 1000),
                L: (6000, 3000),
                paper: (7680, 4320),
            }
            arguments {
                alpha = 0.25,
                imgIn = grid2(W, H, |i, j| ratio((313 * i + 991 * j) % 65536, 65535)),
            }
            outputs () returns 1
            tolerance Tolerance::new(1e-11, "a rounding is carried along its row and its column");
            compiled
        },
    ]
}
