//! Sparse matrices, graphs, dynamic programming and irregular accesses.

#![allow(non_snake_case, reason = "names are those of the Python text")]

use super::{EXACT, Program, SUMS, Tolerance, grid1, grid2, program, shape};
use crate::random::Rng;
use ndarray::{Array, Array1, Array2};
use num_complex::Complex;
use std::collections::BTreeSet;

/// A random `m` by `n` matrix in compressed sparse row format with exactly `nnz` elements, uniform in `[0, 1)`, at places
/// drawn without replacement, as `scipy.sparse.random` makes it: row pointers, columns, values.
fn random_csr(m: i64, n: i64, nnz: i64, rng: &mut Rng) -> (Array1<u32>, Array1<u32>, Array1<f64>) {
    let (n, places) = (n as u64, (m * n) as u64);
    // Floyd's sampling: each subset is equally likely.
    let mut chosen = BTreeSet::new();
    for last in places.saturating_sub(nnz as u64)..places {
        let place = rng.below(last + 1);
        chosen.insert(if chosen.contains(&place) { last } else { place });
    }
    let mut rows = Array1::<u32>::zeros(m as usize + 1);
    for place in &chosen {
        rows[(place / n) as usize + 1] += 1;
    }
    rows.accumulate_axis_inplace(ndarray::Axis(0), |&before, count| *count += before);
    let columns = chosen.iter().map(|place| (place % n) as u32).collect();
    let values = rng.random(chosen.len());
    (rows, columns, values)
}

/// The neighbours of each atom: a window of `nb` atoms around it, on a ring of `na`.
fn neighbours(na: i64, nb: i64) -> Array2<i32> {
    // NumPy's `arange` of floats: for an odd `nb` the window begins half way between two atoms, and `int32` truncates.
    grid2(na, nb, |i, b| {
        ((i as f64 - nb as f64 / 2.0 + b as f64).rem_euclid(na as f64)) as i32
    })
}

pub(super) fn programs() -> Vec<Program> {
    vec![
        program! {
            floyd_warshall ("floydwar", "Graphs", "graph_traversal")
            sizes (N: i64) {
                test: (29),
                S: (200),
                M: (400),
                L: (850),
                paper: (2800),
            }
            arguments {
                path = grid2(N, N, |i, j| {
                    let far = [13, 7, 11].iter().any(|d| (i + j) % d == 0);
                    if far { 999 } else { (i * j % 7 + 1) as i32 }
                }),
            }
            outputs (path) returns 0
            tolerance EXACT;
            compiled
        },
        program! {
            nussinov ("nussinov", "Bioinf", "dynamic_programming")
            sizes (N: i64) {
                test: (13),
                S: (40),
                M: (90),
                L: (200),
                paper: (500),
            }
            arguments {
                N = N,
                seq = grid1(N, |i| ((i + 1) % 4) as i32),
            }
            outputs () returns 1
            tolerance EXACT;
            compiled
        },
        program! {
            spmv ("spmv", "LinAlg", "sparse_linear_algebra")
            sizes (M: i64, N: i64, nnz: i64) {
                test: (11, 13, 29),
                S: (4096, 4096, 8192),
                M: (32768, 32768, 65536),
                L: (262_144, 262_144, 262_144),
                paper: (131_072, 131_072, 262_144),
            }
            with {
                let mut rng = Rng::default();
                let drawn = rng.random(N as usize);
                let (rows, columns, values) = random_csr(M, N, nnz, &mut rng);
            }
            arguments {
                A_row = rows,
                A_col = columns,
                A_val = values,
                x = drawn,
            }
            outputs () returns 1
            tolerance SUMS;
            compiled
        },
        program! {
            scattering_self_energies ("sselfeng", "Physics", "dense_linear_algebra")
            sizes (Nkz: i64, NE: i64, Nqz: i64, Nw: i64, N3D: i64, NA: i64, NB: i64, Norb: i64) {
                test: (2, 3, 2, 2, 3, 5, 4, 3),
                S: (2, 4, 2, 2, 2, 6, 2, 3),
                M: (4, 6, 4, 3, 2, 10, 2, 3),
                L: (4, 8, 4, 3, 3, 16, 4, 3),
                paper: (4, 10, 4, 3, 3, 20, 4, 4),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                neigh_idx = neighbours(NA, NB),
                dH = rng.random_c128(shape([NA, NB, N3D, Norb, Norb])),
                G = rng.random_c128(shape([Nkz, NE, NA, Norb, Norb])),
                D = rng.random_c128(shape([Nqz, Nw, NA, NB, N3D, N3D])),
                Sigma = Array::<Complex<f64>, _>::zeros(shape([Nkz, NE, NA, Norb, Norb])),
            }
            outputs (Sigma) returns 0
            tolerance Tolerance::new(1e-12, "a few roundings for each term of short sums");
            compiled
        },
    ]
}
