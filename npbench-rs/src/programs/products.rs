//! Products of matrices and vectors.

#![allow(non_snake_case, reason = "names are those of the Python text")]

use super::{Program, SUMS, cyclic, grid1, grid2, grid3, program, ratio};
use ndarray::Array1;

pub(super) fn programs() -> Vec<Program> {
    vec![
        program! {
            k3mm ("3mm", "LinAlg", "dense_linear_algebra")
            sizes (NI: i64, NJ: i64, NK: i64, NL: i64, NM: i64) {
                test: (7, 5, 3, 9, 11),
                S: (800, 850, 900, 950, 1000),
                M: (2000, 2200, 2400, 2600, 2800),
                L: (5500, 6000, 6500, 7000, 7500),
                paper: (3200, 3600, 4000, 4400, 4800),
            }
            arguments {
                A = grid2(NI, NK, |i, j| ratio((i * j + 1) % NI, 5 * NI)),
                B = grid2(NK, NJ, |i, j| ratio((i * (j + 1) + 2) % NJ, 5 * NJ)),
                C = grid2(NJ, NM, |i, j| ratio(i * (j + 3) % NL, 5 * NL)),
                D = grid2(NM, NL, |i, j| ratio((i * (j + 2) + 2) % NK, 5 * NK)),
            }
            outputs () returns 1
            tolerance SUMS;
            compiled
        },
        program! {
            bicg ("bicg", "LinAlg", "dense_linear_algebra")
            sizes (M: i64, N: i64) {
                test: (7, 5),
                S: (4000, 5000),
                M: (10000, 12500),
                L: (20000, 25000),
                paper: (18000, 22000),
            }
            arguments {
                A = grid2(N, M, |i, j| cyclic(i * (j + 1), N)),
                p = grid1(M, |i| cyclic(i, M)),
                r = grid1(N, |i| cyclic(i, N)),
            }
            outputs () returns 2
            tolerance SUMS;
            compiled
        },
        program! {
            mvt ("mvt", "LinAlg", "dense_linear_algebra")
            sizes (N: i64) {
                test: (7),
                S: (5500),
                M: (11000),
                L: (22000),
                paper: (16000),
            }
            arguments {
                x1 = grid1(N, |i| cyclic(i, N)),
                x2 = grid1(N, |i| cyclic(i + 1, N)),
                y_1 = grid1(N, |i| cyclic(i + 3, N)),
                y_2 = grid1(N, |i| cyclic(i + 4, N)),
                A = grid2(N, N, |i, j| cyclic(i * j, N)),
            }
            outputs (x1, x2) returns 0
            tolerance SUMS;
            compiled
        },
        program! {
            gemver ("gemver", "LinAlg", "dense_linear_algebra")
            sizes (N: i64) {
                test: (7),
                S: (1000),
                M: (3000),
                L: (10000),
                paper: (8000),
            }
            arguments {
                alpha = 1.5,
                beta = 1.2,
                A = grid2(N, N, |i, j| cyclic(i * j, N)),
                u1 = grid1(N, |i| i as f64),
                v1 = grid1(N, |i| ratio(i + 1, N) / 4.0),
                u2 = grid1(N, |i| ratio(i + 1, N) / 2.0),
                v2 = grid1(N, |i| ratio(i + 1, N) / 6.0),
                w = Array1::<f64>::zeros(N as usize),
                x = Array1::<f64>::zeros(N as usize),
                y = grid1(N, |i| ratio(i + 1, N) / 8.0),
                z = grid1(N, |i| ratio(i + 1, N) / 9.0),
            }
            outputs (A, w, x) returns 0
            tolerance SUMS;
            compiled
        },
        program! {
            doitgen ("doitgen", "LinAlg", "dense_linear_algebra")
            sizes (NR: i64, NQ: i64, NP: i64) {
                test: (5, 3, 7),
                S: (60, 60, 128),
                M: (110, 125, 256),
                L: (220, 250, 512),
                paper: (220, 250, 270),
            }
            arguments {
                NR = NR,
                NQ = NQ,
                NP = NP,
                A = grid3(NR, NQ, NP, |i, j, k| cyclic(i * j + k, NP)),
                C4 = grid2(NP, NP, |i, j| cyclic(i * j, NP)),
            }
            outputs (A) returns 0
            tolerance SUMS;
            compiled
        },
        program! {
            symm ("symm", "LinAlg", "dense_linear_algebra")
            sizes (M: i64, N: i64) {
                test: (7, 5),
                S: (40, 50),
                M: (120, 150),
                L: (350, 550),
                paper: (200, 240),
            }
            arguments {
                alpha = 1.5,
                beta = 1.2,
                C = grid2(M, N, |i, j| ratio((i + j) % 100, M)),
                // Only the lower triangle may be read.
                A = grid2(M, M, |i, j| if j > i { -999.0 } else { ratio((i + j) % 100, M) }),
                B = grid2(M, N, |i, j| ratio((N + i - j) % 100, M)),
            }
            outputs (C) returns 0
            tolerance SUMS;
            compiled
        },
        program! {
            syrk ("syrk", "LinAlg", "dense_linear_algebra")
            sizes (M: i64, N: i64) {
                test: (5, 7),
                S: (50, 70),
                M: (150, 200),
                L: (500, 600),
                paper: (1000, 1200),
            }
            arguments {
                alpha = 1.5,
                beta = 1.2,
                C = grid2(N, N, |i, j| ratio((i * j + 2) % N, M)),
                A = grid2(N, M, |i, j| cyclic(i * j + 1, N)),
            }
            outputs (C) returns 0
            tolerance SUMS;
            compiled
        },
        program! {
            syr2k ("syr2k", "LinAlg", "dense_linear_algebra")
            sizes (M: i64, N: i64) {
                test: (5, 7),
                S: (35, 50),
                M: (110, 140),
                L: (350, 400),
                paper: (200, 240),
            }
            arguments {
                alpha = 1.5,
                beta = 1.2,
                C = grid2(N, N, |i, j| ratio((i * j + 3) % N, M)),
                A = grid2(N, M, |i, j| cyclic(i * j + 1, N)),
                B = grid2(N, M, |i, j| cyclic(i * j + 2, M)),
            }
            outputs (C) returns 0
            tolerance SUMS;
            compiled
        },
        program! {
            trmm ("trmm", "LinAlg", "dense_linear_algebra")
            sizes (M: i64, N: i64) {
                test: (7, 5),
                S: (65, 80),
                M: (200, 250),
                L: (600, 700),
                paper: (1000, 1200),
            }
            arguments {
                alpha = 1.5,
                A = grid2(M, M, |i, j| if i == j { 1.0 } else { cyclic(i * j, M) }),
                B = grid2(M, N, |i, j| cyclic(N + i - j, N)),
            }
            outputs (B) returns 0
            tolerance SUMS;
            compiled
        },
    ]
}
