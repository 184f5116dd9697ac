//! Decompositions and linear systems.

#![allow(non_snake_case, reason = "names are those of the Python text")]

use super::dense::positive_definite;
use super::{Program, SUMS, Tolerance, grid1, program, ratio, shape};
use crate::random::Rng;

pub(super) fn programs() -> Vec<Program> {
    vec![
        program! {
            cholesky2 ("cholesky2", "LinAlg", "dense_linear_algebra")
            sizes (N: i64) {
                test: (13),
                S: (1000),
                M: (3000),
                L: (10000),
                paper: (2000),
            }
            arguments {
                A = positive_definite(N),
            }
            outputs (A) returns 0
            tolerance SUMS;
            compiled
        },
        program! {
            ludcmp ("ludcmp", "LinAlg", "dense_linear_algebra")
            sizes (N: i64) {
                test: (13),
                S: (60),
                M: (220),
                L: (700),
                paper: (2000),
            }
            arguments {
                A = positive_definite(N),
                b = grid1(N, |i| ratio(i + 1, N) / 2.0 + 4.0),
            }
            outputs (A) returns 2
            tolerance Tolerance::new(1e-9, "elimination multiplies roundings by the condition of the matrix");
            compiled
        },
        program! {
            gramschmidt ("gramschm", "LinAlg", "dense_linear_algebra")
            sizes (M: i64, N: i64) {
                test: (13, 7),
                S: (70, 60),
                M: (220, 180),
                L: (600, 500),
                paper: (240, 200),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                // NPBench draws again while the columns are linearly dependent: these are not.
                A = rng.random(shape([M, N])),
            }
            outputs (A) returns 2
            tolerance Tolerance::new(1e-9, "orthogonalisation multiplies roundings by the condition of the matrix");
            compiled
        },
        program! {
            contour_integral ("coninteg", "Physics", "dense_linear_algebra")
            sizes (NR: i64, NM: i64, slab_per_bc: i64, num_int_pts: i64) {
                test: (5, 7, 2, 3),
                S: (50, 150, 2, 32),
                M: (200, 400, 2, 32),
                L: (600, 1000, 2, 32),
                paper: (500, 1000, 2, 32),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                NR = NR,
                NM = NM,
                slab_per_bc = slab_per_bc,
                Ham = rng.random_c128(shape([slab_per_bc + 1, NR, NR])),
                int_pts = rng.random_c128(num_int_pts as usize),
                Y = rng.random_c128(shape([NR, NM])),
            }
            outputs () returns 2
            tolerance Tolerance::new(1e-9, "solving multiplies roundings by the condition of the matrices");
            compiled
        },
    ]
}
