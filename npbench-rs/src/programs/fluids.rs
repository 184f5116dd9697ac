//! Flows of fluids.

#![allow(non_snake_case, reason = "names are those of the Python text")]

use super::{Program, Tolerance, program, ratio, shape};
use crate::random::Rng;
use ndarray::Array2;

/// Time step of the flows on a grid of this size.
fn time_step(nx: i64, ny: i64) -> f64 {
    0.1 / ((nx - 1) * (ny - 1)) as f64
}

const PRESSURE: Tolerance = Tolerance::new(
    1e-11,
    "a few roundings for each element and step of the pressure, which the steps damp",
);

pub(super) fn programs() -> Vec<Program> {
    vec![
        program! {
            cavity_flow ("cavtflow", "Physics", "structured_grids")
            sizes (ny: i64, nx: i64, nt: i64, nit: i64, rho: f64, nu: f64) {
                test: (11, 13, 7, 3, 1.0, 0.1),
                S: (61, 61, 25, 5, 1.0, 0.1),
                M: (121, 121, 50, 10, 1.0, 0.1),
                L: (201, 201, 100, 20, 1.0, 0.1),
                paper: (101, 101, 700, 50, 1.0, 0.1),
            }
            arguments {
                nx = nx,
                ny = ny,
                nt = nt,
                nit = nit,
                u = Array2::<f64>::zeros(shape([ny, nx])),
                v = Array2::<f64>::zeros(shape([ny, nx])),
                dt = time_step(nx, ny),
                dx = ratio(2, nx - 1),
                dy = ratio(2, ny - 1),
                p = Array2::<f64>::zeros(shape([ny, nx])),
                rho = rho,
                nu = nu,
            }
            outputs (u, v, p) returns 0
            tolerance PRESSURE;
            compiled
        },
        program! {
            channel_flow ("chanflow", "Physics", "structured_grids")
            sizes (ny: i64, nx: i64, nit: i64, rho: f64, nu: f64, F: f64) {
                test: (11, 13, 3, 1.0, 0.1, 1.0),
                S: (61, 61, 5, 1.0, 0.1, 1.0),
                M: (121, 121, 10, 1.0, 0.1, 1.0),
                L: (201, 201, 20, 1.0, 0.1, 1.0),
                paper: (101, 101, 50, 1.0, 0.1, 1.0),
            }
            arguments {
                nit = nit,
                u = Array2::<f64>::zeros(shape([ny, nx])),
                v = Array2::<f64>::zeros(shape([ny, nx])),
                dt = time_step(nx, ny),
                dx = ratio(2, nx - 1),
                dy = ratio(2, ny - 1),
                p = Array2::<f64>::ones(shape([ny, nx])),
                rho = rho,
                nu = nu,
                F = F,
            }
            outputs (u, v, p) returns 1
            tolerance PRESSURE;
            compiled
        },
        program! {
            vadv ("vadv", "Weather", "structured_grids")
            sizes (I: i64, J: i64, K: i64) {
                test: (7, 5, 11),
                S: (60, 60, 40),
                M: (112, 112, 80),
                L: (180, 180, 160),
                paper: (256, 256, 160),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                utens_stage = rng.random(shape([I, J, K])),
                u_stage = rng.random(shape([I, J, K])),
                wcon = rng.random(shape([I + 1, J, K])),
                u_pos = rng.random(shape([I, J, K])),
                utens = rng.random(shape([I, J, K])),
                dtr_stage = 3.0 / 20.0,
            }
            outputs (utens_stage) returns 0
            tolerance Tolerance::new(
                1e-8,
                "the random systems are not diagonally dominant: they amplify roundings",
            );
            compiled
        },
    ]
}
