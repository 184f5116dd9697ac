//! Signals and codes.

#![allow(non_snake_case, reason = "names are those of the Python text")]

use super::{EXACT, Program, program};
use crate::random::Rng;

pub(super) fn programs() -> Vec<Program> {
    vec![program! {
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
    }]
}
