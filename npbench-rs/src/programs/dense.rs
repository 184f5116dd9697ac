//! Dense linear algebra.

#![allow(non_snake_case, reason = "names are those of the Python text")]

use super::{Program, SUMS, Tolerance, cyclic, grid1, grid2, program, ratio};
use ndarray::{Array1, Array2};

/// The positive definite matrix of PolyBench's decompositions: `L L^T` of a lower triangle with a unit diagonal.
pub(super) fn positive_definite(n: i64) -> Array2<f64> {
    let lower = grid2(n, n, |i, j| match j.cmp(&i) {
        std::cmp::Ordering::Less => cyclic(-j, n) + 1.0,
        std::cmp::Ordering::Equal => 1.0,
        std::cmp::Ordering::Greater => 0.0,
    });
    lower.dot(&lower.t())
}

pub(super) fn programs() -> Vec<Program> {
    vec![
        program! {
            gemm ("gemm", "LinAlg", "dense_linear_algebra")
            sizes (NI: i64, NJ: i64, NK: i64) {
                test: (7, 5, 3),
                S: (1000, 1100, 1200),
                M: (2500, 2750, 3000),
                L: (7000, 7500, 8000),
                paper: (2000, 2300, 2600),
            }
            arguments {
                alpha = 1.5,
                beta = 1.2,
                C = grid2(NI, NJ, |i, j| cyclic(i * j + 1, NI)),
                A = grid2(NI, NK, |i, k| cyclic(i * (k + 1), NK)),
                B = grid2(NK, NJ, |k, j| cyclic(k * (j + 2), NJ)),
            }
            outputs (C) returns 0
            tolerance SUMS;
            compiled
        },
        program! {
            k2mm ("2mm", "LinAlg", "dense_linear_algebra")
            sizes (NI: i64, NJ: i64, NK: i64, NL: i64) {
                test: (7, 5, 3, 9),
                S: (800, 850, 900, 950),
                M: (2000, 2250, 2500, 2750),
                L: (6000, 6500, 7000, 7500),
                paper: (3200, 3600, 4400, 4800),
            }
            arguments {
                alpha = 1.5,
                beta = 1.2,
                A = grid2(NI, NK, |i, j| cyclic(i * j + 1, NI)),
                B = grid2(NK, NJ, |i, j| cyclic(i * (j + 1), NJ)),
                C = grid2(NJ, NL, |i, j| cyclic(i * (j + 3) + 1, NL)),
                D = grid2(NI, NL, |i, j| cyclic(i * (j + 2), NK)),
            }
            outputs (D) returns 0
            tolerance SUMS;
            compiled
        },
        program! {
            atax ("atax", "LinAlg", "dense_linear_algebra")
            sizes (M: i64, N: i64) {
                test: (7, 5),
                S: (4000, 5000),
                M: (10000, 12500),
                L: (20000, 25000),
                paper: (18000, 22000),
            }
            arguments {
                A = grid2(M, N, |i, j| ratio((i + j) % N, 5 * M)),
                x = grid1(N, |i| 1.0 + ratio(i, N)),
            }
            outputs () returns 1
            tolerance SUMS;
            compiled
        },
        program! {
            gesummv ("gesummv", "LinAlg", "dense_linear_algebra")
            sizes (N: i64) {
                test: (7),
                S: (2000),
                M: (4000),
                L: (14000),
                paper: (11200),
            }
            arguments {
                alpha = 1.5,
                beta = 1.2,
                A = grid2(N, N, |i, j| cyclic(i * j + 1, N)),
                B = grid2(N, N, |i, j| cyclic(i * j + 2, N)),
                x = grid1(N, |i| cyclic(i, N)),
            }
            outputs () returns 1
            tolerance SUMS;
            compiled
        },
        program! {
            lu ("lu", "LinAlg", "dense_linear_algebra")
            sizes (N: i64) {
                test: (13),
                S: (60),
                M: (220),
                L: (700),
                paper: (2000),
            }
            arguments {
                A = positive_definite(N),
            }
            outputs (A) returns 0
            tolerance Tolerance::new(1e-10, "elimination multiplies roundings by the condition of the matrix");
            compiled
        },
        program! {
            cholesky ("cholesky", "LinAlg", "dense_linear_algebra")
            sizes (N: i64) {
                test: (13),
                S: (100),
                M: (300),
                L: (1000),
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
            trisolv ("trisolv", "LinAlg", "dense_linear_algebra")
            sizes (N: i64) {
                test: (13),
                S: (2000),
                M: (5000),
                L: (14000),
                paper: (16000),
            }
            arguments {
                L = grid2(N, N, |i, j| ratio((i + N - j + 1) * 2, N)),
                x = Array1::from_elem(N as usize, -999.0),
                b = grid1(N, |i| i as f64),
            }
            outputs (x) returns 0
            tolerance Tolerance::new(1e-9, "roundings of one element are carried to all after it");
            compiled
        },
        program! {
            durbin ("durbin", "LinAlg", "dense_linear_algebra")
            sizes (N: i64) {
                test: (13),
                S: (1000),
                M: (6000),
                L: (20000),
                paper: (16000),
            }
            arguments {
                r = grid1(N, |i| (N + 1 - i) as f64),
            }
            outputs () returns 1
            tolerance Tolerance::new(1e-3, "the recursion is unstable for this r: one rounding of one element moves y by up to 2.5e-4 at paper");
            compiled
        },
    ]
}
