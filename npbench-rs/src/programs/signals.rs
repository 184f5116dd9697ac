//! Signals and codes.

#![allow(non_snake_case, reason = "names are those of the Python text")]

use super::{EXACT, Program, SUMS, program};
use crate::random::Rng;
use ndarray::Array1;
use num_complex::Complex;

pub(super) fn programs() -> Vec<Program> {
    vec![
        program! {
            crc16 ("crc16", "Other", "combinational_logic")
            sizes (N: i64) {
                test: (19),
                S: (1600),
                M: (16_000),
                L: (80_000),
                paper: (1_000_000),
            }
            with { let mut rng = Rng::default(); }
            arguments {
                data = rng.bytes(N as usize),
                poly = 0x8408_i64,
            }
            outputs () returns 1
            tolerance EXACT;
            compiled
        },
        program! {
            stockham_fft ("sthamfft", "Signals", "spectral_methods")
            sizes (R: i64, K: i64) {
                test: (3, 4),
                S: (2, 15),
                M: (2, 18),
                L: (2, 21),
                paper: (4, 10),
            }
            with {
                let mut rng = Rng::default();
                let length = R.pow(u32::try_from(K).map_err(|e| e.to_string())?);
            }
            arguments {
                N = length,
                R = R,
                K = K,
                x = rng.random_c128(length as usize),
                y = Array1::<Complex<f64>>::zeros(length as usize),
            }
            outputs (y) returns 0
            tolerance SUMS;
            compiled
        },
    ]
}
