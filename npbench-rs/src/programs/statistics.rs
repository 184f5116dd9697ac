//! Statistics of data sets.

#![allow(non_snake_case, reason = "names are those of the Python text")]

use super::{Program, SUMS, grid2, program, ratio};

pub(super) fn programs() -> Vec<Program> {
    vec![
        program! {
            correlation ("correlat", "Datamining", "dense_linear_algebra")
            sizes (M: i64, N: i64) {
                test: (5, 7),
                S: (500, 600),
                M: (1400, 1800),
                L: (3200, 4000),
                paper: (1200, 1400),
            }
            arguments {
                M = M,
                float_n = N as f64,
                data = grid2(N, M, |i, j| ratio(i * j, M) + i as f64),
            }
            outputs (data) returns 1
            tolerance SUMS;
            compiled
        },
        program! {
            covariance ("covarian", "Datamining", "dense_linear_algebra")
            sizes (M: i64, N: i64) {
                test: (5, 7),
                S: (500, 600),
                M: (1400, 1800),
                L: (3200, 4000),
                paper: (1200, 1400),
            }
            arguments {
                M = M,
                float_n = N as f64,
                data = grid2(N, M, |i, j| ratio(i * j, M)),
            }
            outputs (data) returns 1
            tolerance SUMS;
            compiled
        },
        program! {
            covariance2 ("covarian2", "Datamining", "dense_linear_algebra")
            sizes (M: i64, N: i64) {
                test: (5, 7),
                S: (500, 600),
                M: (1400, 1800),
                L: (3200, 4000),
                paper: (1200, 1400),
            }
            arguments {
                M = M,
                float_n = N as f64,
                data = grid2(N, M, |i, j| ratio(i * j, M)),
            }
            outputs () returns 1
            tolerance SUMS;
            compiled
        },
    ]
}
