//! Neural networks.

#![allow(non_snake_case, reason = "names are those of the Python text")]

use super::{Program, SINGLE, Tolerance, program, shape};
use crate::random::Rng;

/// Inputs of LeNet's first dense layer: two convolutions by 5 and two poolings by 2 leave 16 channels.
fn before_dense(H: i64, W: i64) -> i64 {
    let pooled = |n: i64| ((n - 4) / 2 - 4) / 2;
    16 * pooled(H) * pooled(W)
}

/// At M, NumPy's own result is 1.4e-5 from that of the same text in float64.
const NORMALISED: Tolerance = Tolerance::new(
    1e-4,
    "batch normalisation divides the roundings of float32 sums by the spread of eight values",
);

pub(super) fn programs() -> Vec<Program> {
    vec![
        program! {
            conv2d_bias ("conv2d", "Learning", "dense_linear_algebra")
            sizes (N: i64, C_in: i64, C_out: i64, K: i64, H: i64, W: i64) {
                test: (2, 3, 5, 4, 7, 9),
                S: (8, 3, 16, 2, 32, 32),
                M: (8, 3, 8, 5, 64, 64),
                L: (8, 3, 8, 10, 128, 128),
                paper: (8, 3, 16, 20, 256, 256),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                input = rng.random_f32(shape([N, H, W, C_in])),
                weights = rng.random_f32(shape([K, K, C_in, C_out])),
                bias = rng.random_f32(C_out as usize),
            }
            outputs () returns 1
            tolerance SINGLE;
            compiled
        },
        program! {
            lenet ("lenet", "Learning", "dense_linear_algebra")
            sizes (N: i64, H: i64, W: i64) {
                test: (3, 18, 21),
                S: (4, 28, 28),
                M: (8, 56, 56),
                L: (8, 176, 176),
                paper: (16, 256, 256),
            }
            with {
                let mut rng = Rng::default();
                let C = before_dense(H, W);
            }
            arguments {
                input = rng.random_f32(shape([N, H, W, 1])),
                conv1 = rng.random_f32((5, 5, 1, 6)),
                conv1bias = rng.random_f32(6),
                conv2 = rng.random_f32((5, 5, 6, 16)),
                conv2bias = rng.random_f32(16),
                fc1w = rng.random_f32(shape([C, 120])),
                fc1b = rng.random_f32(120),
                fc2w = rng.random_f32((120, 84)),
                fc2b = rng.random_f32(84),
                fc3w = rng.random_f32((84, 10)),
                fc3b = rng.random_f32(10),
                N = N,
                C_before_fc1 = C,
            }
            outputs () returns 1
            tolerance SINGLE;
            compiled
        },
        program! {
            mlp ("mlp", "Learning", "dense_linear_algebra")
            sizes (C_in: i64, N: i64, S0: i64, S1: i64, S2: i64) {
                test: (3, 5, 7, 4, 11),
                S: (3, 8, 30000, 2000, 2000),
                M: (3, 8, 30000, 10000, 1000),
                L: (3, 8, 30000, 10000, 10000),
                paper: (3, 8, 30000, 10000, 1000),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                input = rng.random_f32(shape([N, C_in])),
                w1 = rng.random_f32(shape([C_in, S0])),
                b1 = rng.random_f32(S0 as usize),
                w2 = rng.random_f32(shape([S0, S1])),
                b2 = rng.random_f32(S1 as usize),
                w3 = rng.random_f32(shape([S1, S2])),
                b3 = rng.random_f32(S2 as usize),
            }
            outputs () returns 1
            tolerance SINGLE;
            compiled
        },
        program! {
            resnet ("resnet", "Learning", "dense_linear_algebra")
            sizes (N: i64, W: i64, H: i64, C1: i64, C2: i64) {
                test: (3, 5, 7, 6, 4),
                S: (8, 14, 14, 32, 8),
                M: (8, 28, 28, 64, 16),
                L: (8, 56, 56, 128, 32),
                paper: (8, 56, 56, 256, 64),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                input = rng.random_f32(shape([N, H, W, C1])),
                conv1 = rng.random_f32(shape([1, 1, C1, C2])),
                conv2 = rng.random_f32(shape([3, 3, C2, C2])),
                conv3 = rng.random_f32(shape([1, 1, C2, C1])),
            }
            outputs () returns 1
            tolerance NORMALISED;
            compiled
        },
    ]
}
